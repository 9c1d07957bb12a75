package casework

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"aiqyn"
	"aiqyn/attachment"
	"aiqyn/beacon"
	"aiqyn/grid"
	"aiqyn/ledger"
	"aiqyn/service"
	"aiqyn/signature"
	"aiqyn/store"
)

// AuditConfig is what an audit needs: the database, opened for reading, and
// what came from elsewhere than the database.
type AuditConfig struct {
	Store        *store.DB
	VerifierKey  string         // of the log
	Policy       *ledger.Policy // optional
	DataKey      [32]byte
	BasePack     *service.Pack
	Parse        func([]service.File) (*service.Pack, error)
	Computations Computations
	Attachments  *attachment.Keeper      // optional: reads every file as well
	Trust        *signature.Trust        // optional: whom electronic signatures are believed by; nil: they are not verified
	Beacons      []beacon.Source         // optional: the sources that alone may be drawn by; nil: those that the log names
	PayKeys      []string                // optional: every key that the payment provider has signed with; nil: those that the entries name
	Figures      Figures                 // of which publications of free power the figures are made again
	Shards       []Shard                 // optional: other logs, by whose keys and witnesses their receipts are held
	Zone         *time.Location          // optional: Asia/Almaty
	Progress     func(done, total int64) // optional
}

// Problem is one thing that is not as it must be.
type Problem struct {
	Where string `json:"where"`
	What  string `json:"what"`
}

// AuditReport is what an audit found. Problems are in order of the log, at
// most a hundred.
type AuditReport struct {
	OK      bool  `json:"ok"`
	Checked int64 `json:"checked"` // entries
	Rulings int64 `json:"rulings"` // computed again
	Erased  int64 `json:"erased"`  // entries of which only the hash is held
	// Signatures is how many electronic signatures stand under acts.
	Signatures int64        `json:"signatures"`
	Payments   int64        `json:"payments"` // with the provider's word, which was verified
	PayKeys    []string     `json:"pay_keys"` // under which; whether they are the provider's is for it to say
	Beacons    []BeaconUse  `json:"beacons"`  // what chance decided, and by which source
	Problems   []Problem    `json:"problems"`
	Figures    FiguresAgain `json:"figures"` // of free power
	// Remarks are what nobody forged and is not as it should be: the log is sound.
	Remarks []Problem `json:"remarks"`
}

// maxProblems is where an audit stops listing: what is that broken needs no
// longer list.
const maxProblems = 100

// auditor is an audit in progress. It takes the log as of one head; a live
// database may grow meanwhile.
type auditor struct {
	AuditConfig
	e        *Engine // never started: it lends its rules and keys
	head     store.Head
	mu       sync.Mutex
	out      AuditReport
	found    []located
	wrongs   int64        // found, listed or not
	prices   []grid.Costs // tables that were published
	unmarked int64        // the entry from which on verdicts leave marks
	unnamed  int64        // and look-ups, of whom registers name
	// inForceSince is the first publication whose difference says what was in force, 0 if
	// none does.
	inForceSince int64
	forked       bool // what the witnesses cosigned is another log from some size on
	held         map[int64]store.Reservation
	energised    map[int64]store.Reservation // of those, what is or was connected, whole
	led          map[int64]ledTo             // cases that a grant says it has opened
	came         map[int64]ledFrom           // cases that say a grant has opened them
	together     map[int64]askedTogether     // cases by which several were asked at once, by the ruling before
	heard        map[int64]hearsay           // what is recorded of those who were asked, by their cases
	answers      map[int64]theirWord         // what stands in those
	places       [][]grid.OwnedTrafo         // transformers that were published as somebody's
	judgements   []judgement                 // on cases for power
	flipped      []foundFlip                 // that entries name
	owed         map[string]int64            // orders that the provider owes a word about, with their cases
	payKeys      map[string]bool             // that its word was signed with
	rosters      map[int64]*rostered
	stood        stoodAudit
	pairs        pairs
	residue      map[int64]*residue
	cut          int64               // the entry with which the log last went on from a backup
	residueAt    map[int64]int64     // the entry of each, by its case
	erased       map[int64]time.Time // when cases were erased
	figures      publicFigures
	tables       powerTables // what searches for connection points may rest on
	walk         figuresWalk
	month        months
	loads        officerLoads
	books        powerBooks // what cases hold, and what rulings say that they do
	orders       precedenceFolds
	published    sync.Map // limits of publications of free power, by their hash
	accountFigures
	beacons    auditBeacons
	remarks    []located
	queueFolds queueFolds
	since      int64 // entry from which on it is kept who was passed over outside rounds
	lotFolds   lotFolds
	shards     shardFolds
	seen       atomic.Int64 // entries, by either of the two passes
	telling    sync.Mutex   // guards Progress
	decided    decidedCases // read once, for the releases
	origin     string       // of the log
	former     []formerName // that it had before it was restored, the oldest first
	malformed  []malformed
}

type located struct {
	index int64
	Problem
}

// Audit recomputes everything: the tree from its leaves, each leaf from its
// entry, each state from its events, each draw and each ruling. It only reads,
// in slices, and works on a live database.
func Audit(ctx context.Context, cfg AuditConfig) (AuditReport, error) {
	a, err := newAuditor(ctx, cfg)
	if errors.Is(err, store.ErrNoHead) {
		return AuditReport{Problems: []Problem{headless()}}, nil
	}
	if err != nil {
		return AuditReport{}, err
	}
	if err := together(ctx, a.tree, a.entries); err != nil {
		return a.out, err
	}
	if a.out.Checked != a.head.Size && len(a.found) == 0 {
		a.wrong(a.head.Size-1, "%d entries belong to no case", a.head.Size-a.out.Checked)
	}
	if err := a.folded(ctx); err != nil {
		return a.out, err
	}
	return a.report(), nil
}

// newAuditor takes the log as it stands now.
func newAuditor(ctx context.Context, cfg AuditConfig) (*auditor, error) {
	if cfg.Zone == nil {
		zone, err := time.LoadLocation("Asia/Almaty")
		if err != nil {
			return nil, err
		}
		cfg.Zone = zone
	}
	a := &auditor{AuditConfig: cfg, held: make(map[int64]store.Reservation), energised: make(map[int64]store.Reservation), led: make(map[int64]ledTo), came: make(map[int64]ledFrom), heard: make(map[int64]hearsay), together: make(map[int64]askedTogether), answers: make(map[int64]theirWord), owed: make(map[string]int64), payKeys: make(map[string]bool),
		rosters: make(map[int64]*rostered), pairs: newPairs(), residue: make(map[int64]*residue), residueAt: make(map[int64]int64), erased: make(map[int64]time.Time)}
	a.e = &Engine{Config: Config{
		Store: cfg.Store, BasePack: cfg.BasePack, Parse: cfg.Parse, Computations: cfg.Computations, Zone: cfg.Zone, Clock: time.Now, VerifierKey: cfg.VerifierKey, Shards: cfg.Shards,
	}, keys: newKeyring(cfg.DataKey)}
	a.e.packs.begin(cfg.BasePack)
	if err := a.e.packs.readNew(ctx, a.e, a.malformedFile); err != nil {
		return nil, err
	}
	var err error
	if a.unnamed, err = cfg.Store.UnmarkedReadings(ctx); err != nil {
		return nil, err
	}
	if a.unmarked, err = cfg.Store.UnmarkedVerdicts(ctx); err != nil {
		return nil, err
	}
	if err := a.readOwners(ctx); err != nil {
		return nil, err
	}
	if err := a.readPrices(ctx); err != nil {
		return nil, err
	}
	if err := a.readTables(ctx); err != nil {
		return nil, err
	}
	a.beacons.known = slices.Concat(cfg.Beacons, []beacon.Source{beacon.Quicknet(), beacon.DefaultChain()})
	a.head, err = cfg.Store.Head(ctx)
	a.origin = a.head.Origin
	a.e.wasCalled(a.origin)
	return a, err
}

// progress tells how far both passes over the entries have come.
func (a *auditor) progress(entries int64) {
	if done := a.seen.Add(entries); a.Progress != nil {
		a.telling.Lock()
		defer a.telling.Unlock()
		a.Progress(min(done/2, a.head.Size), a.head.Size)
	}
}

func (a *auditor) report() AuditReport {
	slices.SortFunc(a.found, func(x, y located) int { return cmp.Or(cmp.Compare(x.index, y.index), cmp.Compare(x.What, y.What)) })
	a.out.Problems = make([]Problem, 0, len(a.found))
	for _, p := range a.found {
		a.out.Problems = append(a.out.Problems, p.Problem)
	}
	a.out.PayKeys = slices.AppendSeq([]string{}, maps.Keys(a.payKeys))
	slices.Sort(a.out.PayKeys)
	a.out.Beacons, a.out.Remarks = a.beacons.used(), make([]Problem, 0, len(a.remarks))
	slices.SortFunc(a.remarks, func(x, y located) int { return cmp.Or(cmp.Compare(x.index, y.index), cmp.Compare(x.What, y.What)) })
	for _, p := range a.remarks {
		a.out.Remarks = append(a.out.Remarks, p.Problem)
	}
	a.out.OK = len(a.found) == 0
	return a.out
}

// wrong notes a problem at an entry.
func (a *auditor) wrong(index int64, format string, args ...any) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.wrongs++
	if len(a.found) < maxProblems {
		a.found = append(a.found, located{index, Problem{Where: "entry " + strconv.FormatInt(index, 10), What: fmt.Sprintf(format, args...)}})
	}
}

// slice is how many entries or cases are held in memory at once.
const auditSlice = 4096

// opening is the room that an entry is opened in.
type opening struct {
	entry ledger.Entry
	text  [2 * len(ledger.Hash{})]byte
}

var openings = sync.Pool{New: func() any { return new(opening) }}

// opened is an entry that has been opened and holds what its leaf commits to: its row
// keeps no sealed part then. It moves prev on to it.
func (a *auditor) opened(e *store.Entry, key *caseKey, prev *link) *event {
	before := *prev
	*prev = link{e.Leaf, true}
	o := openings.Get().(*opening)
	defer openings.Put(o)
	f := &o.entry.Fields
	clear(f[:])
	plain, err := openRow(&o.entry, e, key, true)
	if err != nil {
		a.wrong(e.Index, "its private part does not open")
		return nil
	}
	if o.entry.Commitment() != ledger.Hash(e.Leaf) {
		a.wrong(e.Index, "is not what its leaf commits to")
	}
	if f[ledger.FieldPrev] != string(before.appendText(o.text[:0])) {
		a.wrong(e.Index, "does not follow the entry before it in its case")
	}
	if f[ledger.FieldSeq] != strconv.FormatInt(e.Seq, 10) || f[ledger.FieldKind] != e.Kind || f[ledger.FieldTime] != string(appendTime(o.text[:0], e.Recorded)) {
		a.wrong(e.Index, "its row says something else than its leaf")
	}
	ev := &event{
		index: e.Index, no: e.Case, seq: e.Seq, kind: EventKind(e.Kind), at: e.Recorded, step: aiqyn.StepID(f[ledger.FieldStep]),
		outcome: aiqyn.Outcome(f[ledger.FieldOutcome]), reason: f[ledger.FieldReason],
	}
	if err := decodePrivate(plain, ev); err != nil {
		a.wrong(e.Index, "its private part is not an event: %v", err)
		return nil
	}
	return ev
}

// entries checks each entry and what follows from it: the system's first, for
// they say who could be drawn and who could act for whom.
func (a *auditor) entries(ctx context.Context) error {
	if err := a.system(ctx); err != nil {
		return err
	}
	if err := a.foldAccounts(ctx); err != nil {
		return err
	}
	return a.cases(ctx)
}

// system checks the entries that belong to no case, and learns the rosters.
func (a *auditor) system(ctx context.Context) error {
	var prev link
	seq := int64(0)
	for e, err := range a.Store.EntriesByCase(ctx, 0, 1) {
		if err != nil {
			return err
		}
		if e.Index >= a.head.Size {
			break
		}
		a.out.Checked++
		if seq++; e.Seq != seq {
			a.wrong(e.Index, "the system's entry %d is missing", seq)
		}
		ev := a.opened(e, a.e.keys.system, &prev)
		if ev == nil {
			continue
		}
		a.standing(ev)
		a.figures.count(ev)
		a.accountFigures.count(ev)
		a.queueFolds.count(ev)
		a.lotFolds.count(ev)
		a.shards.count(a, ev)
		a.pairs.count(a, ev)
		switch d := ev.data.(type) {
		case *beaconNamed:
			a.beaconNamed(ev, d)
		case *rostered:
			a.rosterSet(ev, d)
		case *residue:
			a.residue[d.Case], a.residueAt[d.Case] = d, ev.index
			a.early(ev, d)
		}
	}
	a.tables.announced(&a.figures)
	a.malformedFiles()
	return a.readActs(ctx)
}

// reservations holds the shares' books against what the cases say.
func (a *auditor) reservations(ctx context.Context) error {
	for r, err := range a.Store.AllReservations(ctx) {
		if err != nil {
			return err
		}
		if r.Granted.After(a.head.Recorded) {
			continue
		}
		want, ok := a.held[r.Case]
		if !ok || *r != want {
			if err := a.booked(ctx, r, want); err != nil {
				return err
			}
		}
		delete(a.held, r.Case)
	}
	for no, want := range a.held {
		if err := a.booked(ctx, &store.Reservation{Case: no}, want); err != nil {
			return err
		}
	}
	return nil
}

// booked notes a difference, unless the case has gone on since it was checked.
func (a *auditor) booked(ctx context.Context, r *store.Reservation, want store.Reservation) error {
	last, err := a.lastEntry(ctx, r.Case)
	switch {
	case err != nil:
		return err
	case last >= a.head.Size:
	case r.Amount != want.Amount || r.Place != want.Place:
		a.wrong(last, "case %d: the book has %d W at %d, its events say %d W at %d", r.Case, r.Amount, r.Place, want.Amount, want.Place)
	default:
		a.wrong(last, "case %d: the book has its reservation for another share or another time than its events say", r.Case)
	}
	return nil
}

// lastEntry is the newest entry of a case, or of the log if there is no such case.
func (a *auditor) lastEntry(ctx context.Context, no int64) (int64, error) {
	rows, err := a.Store.CasesByNo(ctx, []int64{no})
	if err != nil || len(rows) != 1 {
		return a.head.Size - 1, err
	}
	entries, err := a.Store.EntriesOf(ctx, no, int(rows[0].Seq)+1)
	if n := len(entries); err == nil && n > 0 {
		return entries[n-1].Index, nil
	}
	return a.head.Size - 1, err
}
