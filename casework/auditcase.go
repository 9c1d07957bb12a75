package casework

import (
	"bytes"
	"encoding/hex"
	"slices"
	"sync"

	"aiqyn"
	"aiqyn/canonical"
	"aiqyn/service"
	"aiqyn/store"
)

// caseAudit replays one case from its entries.
type caseAudit struct {
	*auditor
	row         store.Case
	rec         *record
	svc         *service.Service
	pack        *service.Pack
	key         *caseKey
	prev        link
	first, last int64 // entries
	n           int64
	// since counts entries written since the audit began.
	since    int64
	filing   string     // hash of the command that filed it
	body     string     // of the service as it was filed under
	bad      bool       // no use in going on
	before   *event     // the entry before, nil for the first
	began    int64      // entry with which begins what was written together with that
	queued   *queueCase // nil: it has stood in no queue
	owesRank *event     // correction of a fact by which it ranks otherwise, whose next must rank it
	owesDate int64      // entry that let it into a queue, whose next must give its date in a former one
	leaving  *event     // by which it has left a region, in the turn that is read

	likenesses []store.Likeness // of its pictures, and of the transformers that its verdicts are about
	older      []store.Likeness // of verdicts from before they had any, which nobody misses
	readLate   []store.Likeness // of whom registers named before that left marks: a rebuild makes them
	flag       *dearer          // that the entry before raised
	ruled      map[string]any   // what rules read in the last ruling
	computed   []computed       // of the last ruling
	verdict    *ruled           // the last ruling
	verdictAt  int64            // its entry
	named      []following      // that the filing has brought along
	silent     bool             // nobody had answered in time when it was ruled
	annuls     aiqyn.OfficerID  // whoever has just annulled its refusal on appeal, and grants

	returns   string // order whose sum the next entry must give back
	returnsAt int64  // entry after which it must

	owesKnown *event // filing whose applicant is known by what must follow it
	carded    string // hash of the last command that a card has signed

	stands *applied // before others, as it stands; nil: it does not
	turn   *event   // whose claim is read, by the state of the log that it was computed on; nil: of a ruling

	owesTaken bool // another log has sent it on, and is to be told that it was taken on
	placedIn  bool // it was held to the log that it belongs to

	signed   *document // that the entry before was signed for
	signedBy string    // hash of the command
}

// link is the leaf of the entry before in its case, none before the first.
type link struct {
	leaf [32]byte
	some bool
}

// text is the leaf as the next entry names it.
func (l *link) text() string { return string(l.appendText(nil)) }

func (l *link) appendText(to []byte) []byte {
	if !l.some {
		return to
	}
	return hex.AppendEncode(to, l.leaf[:])
}

func (a *auditor) beginCase(row store.Case) *caseAudit {
	c := &caseAudit{auditor: a, row: row, rec: &record{state: new(State), row: row}}
	if row.Status == string(StatusErased) {
		return c
	}
	key, err := a.e.keys.unwrap(row.Key)
	c.bad = err != nil
	c.key, c.rec.key = key, key
	return c
}

// entry checks one entry and folds it in.
func (c *caseAudit) entry(e *store.Entry) { c.opens(e, c.replay) }

// opens opens an entry and has something done with it. One that says what never could be
// in the case as it stands may have been put there to end the audit, or the making again:
// that is named, and nothing follows from it.
func (c *caseAudit) opens(e *store.Entry, do func(*event)) {
	ev := c.next(e)
	if ev == nil {
		return
	}
	defer func() {
		if recover() != nil {
			c.bad = true
			c.brokenOff()
			c.wrong(e.Index, "cannot follow from the case's entries before it")
		}
	}()
	do(ev)
}

// replay holds an entry against the case before it, folds it in, and looks at what
// it has left.
func (c *caseAudit) replay(ev *event) {
	c.between(ev)
	c.check(ev)
	c.fold(ev)
	c.afterPayment(ev)
	c.afterQueue(ev)
}

// next opens the next entry, nil if there is nothing to fold in: it is erased,
// or it is not what its leaf says.
func (c *caseAudit) next(e *store.Entry) *event {
	if c.n++; c.n == 1 {
		c.first = e.Index
	}
	c.last = e.Index
	if e.Seq != c.n {
		c.wrong(e.Index, "the case's entry %d is missing", c.n)
		c.n = e.Seq
		if !c.bad { // what follows rests on it
			c.bad = true
			c.brokenOff()
		}
	}
	if c.bad {
		return nil
	}
	if c.key == nil {
		if e.Fields != "" || e.Sealed != nil {
			c.wrong(e.Index, "belongs to an erased case and was not wiped")
		}
		return nil
	}
	ev := c.opened(e, c.key, &c.prev)
	if c.bad = ev == nil; c.bad {
		c.brokenOff()
	}
	return ev
}

// check holds an entry against the case as it stood before.
func (c *caseAudit) check(ev *event) {
	s := c.rec.state
	c.acts(ev)
	switch d := ev.data.(type) {
	case *signed:
		c.signedEntry(ev, d)
	case *ruled:
		c.ruling(ev, d)
	case *filed:
		c.brings(ev, d)
		c.namesRosters(ev, d)
		c.namesDraw(ev, d.Beacon, d.Round)
	case *lookedUp:
		c.ties(ev, d)
	case *drawn:
		c.drawn(ev, d)
	case *opened:
		c.later(ev, d.Step, d.Draw)
	case *contested:
		c.later(ev, d.Step, d.Draw)
		c.contest(ev, d)
	case *asked:
		c.asked(ev, d)
	case *answeredAlong:
		c.said(ev, d)
	case *dearer:
		c.flag = d
	case *pointChosen, *stoodBehind:
		c.onPower(ev)
	case *measurementOwed:
		c.owedBy(ev, d)
	case *silent:
		c.silent = true
	case *granted:
		c.restsOn(ev, d.Ruling, "")
		c.taken(ev, d)
		c.amount(ev, d)
		c.leads(ev, d)
		c.sites(ev, d.At)
		c.attaches(ev, d)
		c.bySilence(ev, d)
	case *appealed:
		c.later(ev, service.StepAppeal, d.Draw)
	case *appealDecided:
		c.later(ev, d.Step, d.Draw)
	case *refused:
		if !s.Due.IsZero() && ev.at.After(s.Due) {
			c.wrong(ev.index, "is a refusal after its deadline")
		}
		c.restsOn(ev, d.Ruling, d.Reason)
		c.documented(ev, d)
		c.sites(ev, d.At)
	}
	c.knownHow(ev)
	c.payment(ev)
	c.shared(ev)
	c.underMandate(ev)
	if ev.kind != EventSigned && c.svc != nil {
		c.mustBeSigned(ev)
		c.under(ev)
	}
}

// fold brings the case's state, and all that follows from it, on by one entry.
func (c *caseAudit) fold(ev *event) {
	s := c.rec.state
	stood, bid, holds, desk := s.place(), s.lotCase(), s.possession(), s.holder()
	s.apply(ev)
	c.desk(ev, desk)
	c.holdsNow(ev, holds)
	c.stood(ev, stood)
	c.onLot(ev, bid)
	if d, ok := ev.data.(*filed); ok {
		c.named = d.Brought
	}
	if d, ok := ev.data.(*asked); ok && d.Case != 0 {
		c.named = append(slices.Clip(c.named), following{Answers: d.Answers, Case: d.Case, Service: d.Service})
	}
	c.likenesses = append(c.likenesses, c.e.keys.likenesses(s.No, ev.files())...)
	c.rec.facts = factsAfter(ev.kind, c.rec.facts)
	if ev.kind == EventFiled || ev.kind == EventImported || ev.kind == EventRebased {
		svc, err := c.e.packs.service(s.Pack, s.Service)
		if err != nil {
			c.wrong(ev.index, "%v", err)
			c.bad = true
		}
		c.svc, c.pack = svc, c.e.packs.byHash[s.Pack]
	}
	if (ev.kind == EventFiled || ev.kind == EventImported) && c.svc != nil {
		c.filing, c.body = ev.command, string(c.svc.Body)
	}
	c.toldOf(ev)
	c.judged(ev)
	c.standsNow(ev)
}

// ruling makes a ruling again: on the same facts, by the same computations and
// the same rules, it must come out the same.
func (c *caseAudit) ruling(ev *event, r *ruled) {
	s := c.rec.state
	if got := factsHash(s); got != r.Facts {
		c.wrong(ev.index, "the ruling rests on other facts than those recorded before it")
		return
	}
	if r.Evidence != "" && r.Evidence != s.Bundle {
		c.wrong(ev.index, "the ruling names other evidence than was recorded before it")
	}
	c.verdict, c.verdictAt = r, ev.index
	c.margins(ev, r)
	c.voltages(ev, r)
	c.owners(ev, r)
	c.owesFor(ev, r)
	problem, vars, err := c.e.remake(c.svc, c.rec, r)
	c.ruled = vars
	c.inputs(ev, r, vars)
	if err != nil {
		c.wrong(ev.index, "the ruling cannot be made again: %v", err)
	} else if problem != "" {
		c.wrong(ev.index, "the ruling comes out otherwise: %s", problem)
	}
	c.mu.Lock()
	c.out.Rulings++
	c.mu.Unlock()
}

// finish holds the case's row against the state that its entries give.
func (c *caseAudit) finish() {
	if c.row.Status == string(StatusErased) {
		c.finishErased()
		return
	}
	switch {
	case c.key == nil:
		c.wrong(c.last, "case %d: its key does not open", c.row.No)
		return
	case c.row.Seq < c.n || c.row.Seq > c.n+c.since:
		c.wrong(c.last, "case %d: its row counts %d entries, the log has %d", c.row.No, c.row.Seq, c.n)
		return
	case c.bad || c.row.Seq > c.n:
		return // told already, or grown since the audit began
	}
	c.unproven()
	c.returned(nil)
	c.broughtIn(nil)
	c.rankedThen(nil)
	c.leftAlone(nil)
	c.belongs(&event{index: c.last})
	c.files()
	c.ruled = nil
	plain, err := openInstead(c.key.gcm, c.row.State, rowPlace(&c.row))
	if err != nil {
		c.wrong(c.last, "case %d: its row was changed: its state does not open in it", c.row.No)
	}
	text := stateTexts.Get().(*[]byte)
	defer stateTexts.Put(text)
	want, encoding := c.state((*text)[:0])
	*text = want
	if encoding != nil || err == nil && !bytes.Equal(plain, want) {
		c.wrong(c.last, "case %d: its state is not what its entries give", c.row.No)
	}
	for _, name := range differing(&c.row, c.want()) {
		c.wrong(c.last, "case %d: its %s is not what its entries give", c.row.No, name)
	}
	c.reserved()
	c.lapsing()
	c.owing()
	c.onRoad()
	c.theirs()
	c.overdue(noEntry, c.head.Recorded)
}

// stateTexts is room for the text of a state.
var stateTexts = sync.Pool{New: func() any { return new([]byte) }}

// state appends the state that the case's entries give, as its row seals it.
func (c *caseAudit) state(to []byte) ([]byte, error) {
	c.rec.state.Prev = c.prev.text()
	return canonical.AppendMarshal(to, c.rec.state)
}

// want is the case's row as its entries give it, but for its state; when it is
// to be woken is taken as it stands.
func (c *caseAudit) want() *store.Case {
	s, keys := c.rec.state, c.e.keys
	want := c.row
	want.Filing, want.Body = []byte(c.filing), c.body
	s.show(&want)
	want.Ref, want.Service, want.Filed = string(s.Ref), string(s.Service), s.filedHere()
	want.Applicant = keys.hash("applicant", string(s.Applicant))
	want.Object = keys.hash("object", string(s.Service)+"\x00"+s.Object)
	if s.Channel == importChannel {
		want.Object = keys.hash("object", importedObject(s.Service, s.Object))
	}
	if want.Wake.IsZero() && s.Step != "" && !s.heldForGood() && !s.Due.IsZero() {
		want.Wake = s.Last // no case may be forgotten
	}
	return &want
}

// differing names the columns that are not what they are to be, but for the
// sealed state.
func differing(row, want *store.Case) (names []string) {
	for _, column := range []struct {
		name string
		same bool
	}{
		{"ref", row.Ref == want.Ref}, {"service", row.Service == want.Service}, {"applicant", bytes.Equal(row.Applicant, want.Applicant)},
		{"object", bytes.Equal(row.Object, want.Object)}, {"filing", bytes.Equal(row.Filing, want.Filing)}, {"filed", row.Filed.Equal(want.Filed)},
		{"status", row.Status == want.Status}, {"outcome", row.Outcome == want.Outcome}, {"body", row.Body == want.Body},
		{"step", row.Step == want.Step}, {"officer", row.Officer == want.Officer}, {"due", row.Due.Equal(want.Due)},
		{"closed", row.Closed.Equal(want.Closed)}, {"wake", row.Wake.Equal(want.Wake)}, {"seq", row.Seq == want.Seq},
	} {
		if !column.same {
			names = append(names, column.name)
		}
	}
	return names
}

// finishErased checks that what was promised to stay has stayed, and nothing else.
func (c *caseAudit) finishErased() {
	r, row := c.residue[c.row.No], c.row
	if r == nil {
		c.wrong(c.last, "case %d: is wiped and no entry says by whom", row.No)
		return
	}
	kept := erasedRow(r)
	switch {
	case r.Entries != c.n:
		c.wrong(c.last, "case %d: had %d entries when it was erased, %d are left", row.No, r.Entries, c.n)
	case row.Key != nil || len(row.State) > 0 || !bytes.Equal(rowPlace(&row), rowPlace(&kept)):
		c.wrong(c.last, "case %d: is erased and its row is not what must be left", row.No)
	}
	c.holdErased(r)
	c.mu.Lock()
	c.queueFolds.forgotten(c.first, c.last, r)
	c.books.leaves(c.first, c.last, r)
	c.out.Erased += c.n
	c.mu.Unlock()
}
