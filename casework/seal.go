package casework

import (
	"context"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"
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
	s.batch = store.Batch{Was: s.head}
	s.flying, s.commands = s.commands, make(map[string]store.Command)
	if len(turns) == 0 {
		s.batch.Head = s.head
		return nil
	}
	groups := byCase(turns)
	if err := e.sealGroups(groups); err != nil {
		return err
	}
	for _, t := range turns {
		for _, ev := range t.events {
			s.batch.Entries = append(s.batch.Entries, ev.row)
			s.tree.Append(ledger.LeafHash(ev.row.Leaf))
		}
		s.gather(e, t)
	}
	for _, g := range groups {
		if g.last != nil && g.last.dirty {
			g.last.dirty = false
			s.batch.Cases = append(s.batch.Cases, g.last.row)
		}
	}
	return s.sign(e)
}

// group is what one case got in a batch, in order.
type group struct {
	no     int64
	last   *record
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

// sealGroups seals cases side by side: within a case each leaf names the one
// before it, between cases nothing depends on anything.
func (e *Engine) sealGroups(groups []*group) error {
	if len(groups) < 8 {
		for _, g := range groups {
			if err := e.sealGroup(g); err != nil {
				return err
			}
		}
		return nil
	}
	const workers = 2
	var wg sync.WaitGroup
	var errs [workers]error
	for w := range workers {
		wg.Go(func() {
			for i := w; i < len(groups); i += workers {
				if err := e.sealGroup(groups[i]); err != nil {
					errs[w] = err
					return
				}
			}
		})
	}
	wg.Wait()
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

func (e *Engine) sealGroup(g *group) error {
	if g.no == 0 {
		for _, ev := range g.events {
			if err := e.sealEvent(ev, e.keys.system, &e.seq.systemPrev, leafFields{}); err != nil {
				return err
			}
		}
		return nil
	}
	rec := g.last
	common := leafFields{
		service: string(rec.state.Service), pack: short(rec.state.Pack), tag: rec.tag, body: rec.row.Body,
	}
	common.region, common.district = rec.where()
	for _, ev := range g.events {
		if err := e.sealEvent(ev, rec.key, &rec.state.Prev, common); err != nil {
			return err
		}
	}
	return rec.sealRow()
}

// leafFields are what the leaves of one case share.
type leafFields struct{ service, pack, body, region, district, tag string }

// sealEvent makes the event's row: its opened fields, its commitment, its
// private part under the case's key.
func (e *Engine) sealEvent(ev *event, key *caseKey, prev *string, common leafFields) error {
	plain, err := encodePrivate(ev)
	if err != nil {
		return err
	}
	entry := ledger.Entry{Salts: key.salts(ev.seq)}
	f := &entry.Fields
	f[ledger.FieldV] = leafVersion
	f[ledger.FieldService], f[ledger.FieldPack], f[ledger.FieldBody] = common.service, common.pack, common.body
	f[ledger.FieldRegion], f[ledger.FieldDistrict], f[ledger.FieldCase] = common.region, common.district, common.tag
	f[ledger.FieldDay] = day(ev.at, e.Zone)
	f[ledger.FieldTime] = ev.at.Format(timeFormat)
	f[ledger.FieldSeq] = strconv.FormatInt(ev.seq, 10)
	f[ledger.FieldKind], f[ledger.FieldStep] = string(ev.kind), string(ev.step)
	f[ledger.FieldOutcome], f[ledger.FieldReason] = string(ev.outcome), ev.reason
	if ev.actor.Officer != "" {
		f[ledger.FieldOfficer] = key.tag("officer", string(ev.actor.Officer))
	}
	f[ledger.FieldPrev] = *prev
	f[ledger.FieldPrivate] = ledger.PrivateHash(plain)
	leaf := entry.Commitment()
	*prev = hex.EncodeToString(leaf[:])
	ev.row = store.Entry{
		Index: ev.index, Case: ev.no, Seq: ev.seq, Kind: string(ev.kind), Recorded: ev.at, Leaf: leaf,
		Fields: strings.Join(f[:ledger.FieldPrivate], "\n"),
		Sealed: seal(key.gcm, plain, place(ev.no, ev.seq)),
	}
	return nil
}

// timeFormat is how a leaf writes an instant: UTC, always six decimals.
const timeFormat = "2006-01-02T15:04:05.000000Z"

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
	b.Erased = append(b.Erased, t.erased...)
	b.Silenced = append(b.Silenced, t.silenced...)
	b.Again = append(b.Again, t.again...)
	if t.capacity != nil {
		b.Capacity = t.capacity
	}
	for _, m := range t.messages {
		s.lastMessage++
		var no int64
		if t.rec != nil {
			no = t.rec.state.No
		}
		b.Messages = append(b.Messages, e.sealMessage(s.lastMessage, no, m, t.now))
	}
}

// sign closes the batch with a signed checkpoint, once for all its entries.
func (s *sequencer) sign(e *Engine) error {
	b := &s.batch
	b.Head = s.head
	if len(b.Entries) == 0 {
		return nil
	}
	b.Head.Size, b.Head.Root = s.tree.Size(), s.tree.Root()
	b.Head.Recorded = b.Entries[len(b.Entries)-1].Recorded
	note, err := ledger.SignCheckpoint(ledger.Checkpoint{Origin: e.Origin, Size: b.Head.Size, Root: b.Head.Root}, e.Signer)
	if err != nil {
		return fmt.Errorf("sign checkpoint: %w", err)
	}
	b.Head.Checkpoint = string(note)
	for _, t := range s.tree.Changed() {
		b.Tiles = append(b.Tiles, store.Tile{Level: int64(t.Level), Index: t.Index, Data: t.Data})
	}
	s.head = b.Head
	return nil
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
	if head.Fence != e.fence {
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
		ties: make(map[aiqyn.OfficerID]string), reports: make(map[int64]reportState),
		commands: make(map[string]store.Command),
	}
	if s.lastCase, s.lastMessage, err = e.Store.LastNumbers(c); err != nil {
		return err
	}
	s.filings = newRecentFilings(s.lastCase)
	if e.Capacity != nil {
		if err := e.Capacity.load(c, e.Store); err != nil {
			return err
		}
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
	e.committed.Store(s.lastCase)
	e.seq = s
	return e.readSystem(c)
}
