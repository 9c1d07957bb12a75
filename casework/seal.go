package casework

import (
	"context"
	"encoding/hex"
	"fmt"
	"maps"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"
	"unicode"

	"aiqyn"
	"aiqyn/ledger"
	"aiqyn/store"
)

// leafVersion is the version of the event format in every leaf.
const leafVersion = "1"

// seal turns what a batch decided into rows: private parts encrypted, leaves
// committed, the tree extended, the checkpoint signed.
func (s *sequencer) seal(e *Engine, turns []*turn) error {
	s.batch = store.Batch{Was: s.head, Head: s.head}
	s.batches++
	s.recent.forget(e.written.Load())
	s.mandates.forget(e.written.Load())
	s.cases.forget(e.written.Load(), s.filings.floor)
	if len(turns) == 0 {
		return nil
	}
	groups := byCase(turns)
	if err := e.sealGroups(groups); err != nil {
		return err
	}
	for _, t := range turns {
		for _, ev := range t.events {
			s.batch.Entries = append(s.batch.Entries, *ev.row)
			s.tree.Append(ledger.LeafHash(ev.row.Leaf))
		}
		s.gather(e, t)
	}
	for _, g := range groups {
		if g.last != nil && g.last.dirty {
			g.last.dirty = false
			s.batch.Cases = append(s.batch.Cases, g.last.row)
			g.last.row.State = nil
			if g.last.row.Status == string(StatusClosed) {
				s.cases.closed(g.last, s.batches, s.lastCase)
			}
		}
	}
	s.extend()
	return nil
}

// group is what one case got in a batch, in order.
type group struct {
	no     int64
	last   *record
	key    *caseKey
	prev   *string // leaf of the case's entry before these
	common leafFields
	events []*event
}

func byCase(turns []*turn) []*group {
	index := make(map[int64]*group, len(turns))
	var groups []*group
	for _, t := range turns {
		for _, ev := range t.events {
			groupOf(index, &groups, ev.no).events = append(index[ev.no].events, ev)
		}
		if t.rec != nil {
			groupOf(index, &groups, t.rec.state.No).last = t.rec
		}
	}
	return groups
}

func groupOf(index map[int64]*group, groups *[]*group, no int64) *group {
	g := index[no]
	if g == nil {
		g = &group{no: no}
		index[no] = g
		*groups = append(*groups, g)
	}
	return g
}

// sealGroups seals events side by side. Only the name of the entry before
// needs that one to be ready: what it changes is done last, in order.
func (e *Engine) sealGroups(groups []*group) error {
	var all []*sealing
	for _, g := range groups {
		e.lead(g)
		for _, ev := range g.events {
			all = append(all, &sealing{event: ev, group: g})
		}
	}
	err := sideBySide(len(all), 8, func(i int) error { return e.sealEvent(all[i]) })
	if err != nil {
		return err
	}
	for _, s := range all {
		s.chain()
	}
	return sideBySide(len(groups), 8, func(i int) error {
		if g := groups[i]; g.no != 0 && g.last.dirty {
			return g.last.sealRow()
		}
		return nil
	})
}

// lead finds what the entries of a case have in common.
func (e *Engine) lead(g *group) {
	if g.no == 0 {
		g.key, g.prev = e.keys.system, &e.seq.systemPrev
		return
	}
	rec := g.last
	g.key, g.prev = rec.key, &rec.state.Prev
	g.common = leafFields{service: string(rec.state.Service), pack: short(rec.state.Pack), tag: rec.tag, body: rec.row.Body}
	g.common.region, g.common.district = rec.where()
}

// sideBySide calls f for 0…n−1 and returns an error of one of the calls. It is
// worth another goroutine if that has so many calls to make.
func sideBySide(n, worthIt int, f func(i int) error) error {
	workers := min(n/worthIt, runtime.GOMAXPROCS(0))
	if workers < 2 {
		for i := range n {
			if err := f(i); err != nil {
				return err
			}
		}
		return nil
	}
	var next atomic.Int64
	var failed atomic.Pointer[error]
	work := func() {
		for i := int(next.Add(1)) - 1; i < n && failed.Load() == nil; i = int(next.Add(1)) - 1 {
			if err := f(i); err != nil {
				failed.Store(&err)
			}
		}
	}
	var others sync.WaitGroup
	for range workers - 1 {
		others.Go(work)
	}
	work()
	others.Wait()
	if err := failed.Load(); err != nil {
		return *err
	}
	return nil
}

// leafFields are what the leaves of one case share.
type leafFields struct{ service, pack, body, region, district, tag string }

// sealing is an event on its way to its row.
type sealing struct {
	*event
	group       *group
	entry       ledger.Entry
	commitments ledger.Commitments
	row         store.Entry
}

// sealEvent makes the event's private part, under the case's key, and commits
// to its fields, all but the name of the entry before.
func (e *Engine) sealEvent(s *sealing) error {
	ev, key, common := s.event, s.group.key, &s.group.common
	plain, err := encodePrivate(ev)
	if err != nil {
		return err
	}
	s.entry.Salts = key.salts(ev.seq)
	f := &s.entry.Fields
	f[ledger.FieldV] = leafVersion
	f[ledger.FieldService], f[ledger.FieldPack], f[ledger.FieldBody] = common.service, common.pack, common.body
	f[ledger.FieldRegion], f[ledger.FieldDistrict], f[ledger.FieldCase] = common.region, common.district, common.tag
	f[ledger.FieldDay] = day(ev.at, e.Zone)
	f[ledger.FieldTime] = string(appendTime(nil, ev.at))
	f[ledger.FieldSeq] = strconv.FormatInt(ev.seq, 10)
	f[ledger.FieldKind], f[ledger.FieldStep] = string(ev.kind), string(ev.step)
	f[ledger.FieldOutcome], f[ledger.FieldReason] = string(ev.outcome), ev.reason
	if ev.actor.Officer != "" {
		f[ledger.FieldOfficer] = key.tag("officer", string(ev.actor.Officer))
	}
	f[ledger.FieldPrivate] = ledger.PrivateHash(plain)
	s.commitments = s.entry.Commitments()
	s.row.Sealed = seal(key.gcm, plain, place(ev.no, ev.seq))
	return nil
}

// chain names the entry before, and with that the row is whole.
func (s *sealing) chain() {
	ev, f, prev := s.event, &s.entry.Fields, s.group.prev
	f[ledger.FieldPrev] = *prev
	s.commitments[ledger.FieldPrev] = ledger.FieldCommitment(ledger.FieldPrev, s.entry.Salts[ledger.FieldPrev], *prev)
	leaf := s.commitments.Entry()
	*prev = hex.EncodeToString(leaf[:])
	s.row = store.Entry{
		Index: ev.index, Case: ev.no, Seq: ev.seq, Kind: string(ev.kind), Recorded: ev.at, Leaf: leaf,
		Fields: strings.Join(f[:ledger.FieldPrivate], "\n"), Sealed: s.row.Sealed,
	}
	ev.row = &s.row
}

// timeFormat is how a leaf writes an instant: UTC, always six decimals.
const timeFormat = "2006-01-02T15:04:05.000000Z"

// appendTime is timeFormat of an instant in UTC: package time knows its one second by
// heart, and would read the whole form anew each time.
func appendTime(to []byte, t time.Time) []byte {
	to = t.AppendFormat(to, time.RFC3339)
	to[len(to)-1] = '.' // the Z
	const digits = 6
	to = strconv.AppendInt(to, int64(t.Nanosecond()/1000)+1e6, 10)
	to = append(to[:len(to)-digits-1], to[len(to)-digits:]...) // without the million
	return append(to, 'Z')
}

// short abbreviates a hash for a leaf.
func short(hash string) string { return hash[:min(16, len(hash))] }

// gather adds what a turn writes besides events.
func (s *sequencer) gather(e *Engine, t *turn) {
	b := &s.batch
	b.Reservations = append(b.Reservations, t.reservations...)
	b.Commands = append(b.Commands, t.commands...)
	b.Snapshots = append(b.Snapshots, t.snapshots...)
	b.Demands = append(b.Demands, t.demands...)
	b.ReportKeys = append(b.ReportKeys, t.reportKeys...)
	b.AccountActs = append(b.AccountActs, t.accountActs...)
	b.Passkeys = append(b.Passkeys, t.passkeys...)
	b.PasskeysGone = append(b.PasskeysGone, t.passkeysGone...)
	b.Mandates = append(b.Mandates, t.mandates...)
	b.MandateCases = append(b.MandateCases, t.under...)
	b.Erased = append(b.Erased, t.erased...)
	b.Silenced = append(b.Silenced, t.silenced...)
	b.Again = append(b.Again, t.again...)
	b.Likenesses = append(b.Likenesses, t.likenesses...)
	b.Payments = append(b.Payments, t.payments...)
	b.Measurements = append(b.Measurements, t.measurements...)
	b.Meters = append(b.Meters, t.meters...)
	b.Questions = append(b.Questions, t.questions...)
	b.Places = append(b.Places, t.places...)
	b.Moves = append(b.Moves, t.moves...)
	b.Inversions = append(b.Inversions, t.inversions...)
	b.QueueDays = append(b.QueueDays, t.queueDays...)
	b.Lots = append(b.Lots, t.lots...)
	b.LotCases = append(b.LotCases, t.lotCases...)
	if t.capacity != nil {
		b.Capacity = t.capacity
	}
	var no int64
	if t.rec != nil {
		no = t.rec.state.No
	}
	for _, m := range slices.Concat(t.messages, t.happenings()) {
		s.lastMessage++
		b.Messages = append(b.Messages, e.sealMessage(s.lastMessage, no, m, t.now))
	}
}

// extend moves the head to the end of the batch. The checkpoint is signed when
// it is written: batches that are committed together need one.
func (s *sequencer) extend() {
	b := &s.batch
	if len(b.Entries) == 0 {
		return
	}
	b.Head.Size, b.Head.Root = s.tree.Size(), s.tree.Root()
	b.Head.Recorded = b.Entries[len(b.Entries)-1].Recorded
	b.Head.Checkpoint = ""
	for _, t := range s.tree.Changed() {
		b.Tiles = append(b.Tiles, store.Tile{Level: int64(t.Level), Index: t.Index, Data: t.Data})
	}
	s.head = b.Head
}

// where is the region and district of what the case is about, by code.
func (r *record) where() (region, district string) {
	facts, err := r.known()
	if err != nil {
		return "", ""
	}
	for _, name := range slices.Sorted(maps.Keys(facts)) {
		m, ok := facts[name].(map[string]any)
		if !ok {
			continue
		}
		if d, ok := m["district"].(string); ok && isCode(d) {
			if region, _ = m["region"].(string); !isCode(region) {
				region = ""
			}
			return region, d
		}
	}
	return "", ""
}

// isCode reports whether a register's text can stand in a leaf: the fields of
// a leaf are kept one per line.
func isCode(s string) bool {
	return s != "" && len(s) <= 64 && strings.IndexFunc(s, unicode.IsControl) < 0
}

// reload reads the head, the edge of the tree and the shares from the database.
func (e *Engine) reload(c context.Context) error {
	head, err := e.Store.Head(c)
	if err != nil {
		return fmt.Errorf("read head: %w", err)
	}
	if head.Fence != e.fence.Load() {
		return store.ErrHeadMoved // another process has taken the log over
	}
	tree, err := ledger.NewTree(head.Size, e.Store)
	if err != nil {
		return fmt.Errorf("read tree: %w", err)
	}
	if root := tree.Root(); head.Size > 0 && root != ledger.Hash(head.Root) {
		return aiqyn.E(aiqyn.Unavailable, "error.log-damaged").Because(fmt.Errorf("tiles give root %x, head says %x", root, head.Root))
	}
	s := sequencer{
		head: head, tree: tree, next: head.Size, last: head.Recorded, cases: newCache(16384),
		loads: make(map[aiqyn.OfficerID]int), rosters: make(map[rosterKey]roster), rostersByEntry: make(map[int64][]aiqyn.OfficerID),
		ties: make(map[aiqyn.OfficerID]string), stood: make(map[aiqyn.OfficerID]bool), reports: make(map[int64]reportState), batches: e.seq.batches, measured: -1, classed: -1, tabled: -1, reductions: make(map[int]reductionAsked), corrections: make(map[int64]aiqyn.Actor),
	}
	if s.lastCase, s.lastMessage, err = e.Store.LastNumbers(c); err != nil {
		return err
	}
	if s.registered, err = e.Store.LastRegistered(c); err != nil {
		return err
	}
	s.filings = newRecentFilings(s.lastCase, ringSize)
	if s.unmarked, err = e.Store.UnmarkedVerdicts(c); err != nil {
		return err
	}
	if e.Capacity != nil {
		if err := e.Capacity.load(c, e); err != nil {
			return err
		}
		if err := e.readOrders(c); err != nil {
			return err
		}
	}
	if err := e.queues.load(c, e.Store, e.Zone, head.Recorded); err != nil {
		return err
	}
	if err := e.lots.load(c, e.Store); err != nil {
		return err
	}
	loads, err := e.Store.Loads(c)
	if err != nil {
		return err
	}
	for _, l := range loads {
		s.loads[aiqyn.OfficerID(l.Officer)] = l.N
	}
	e.health.head.Store(head.Size)
	e.health.recorded.Store(head.Recorded.UnixMicro())
	e.newest.Store(s.lastCase)
	e.seq = s
	if err := e.readSystem(c); err != nil {
		return err
	}
	return e.queues.recallLate(c, e.Store)
}
