package casework

import (
	"cmp"
	"context"
	"encoding/binary"
	"fmt"
	"maps"
	"slices"

	"aiqyn"
	"aiqyn/service"
	"aiqyn/store"
)

// A draw is among the least loaded of a roster, so whoever writes down other loads than
// there are chooses who is drawn. The audit folds once more, in the order of the log,
// whose desk each case was on, as the sequencer does.

// officerLoads is on whose desks cases came to lie, and which loads draws rest on.
type officerLoads struct {
	moved []deskMove
	named []namedLoads
	kept  []keptDraw
}

// deskMove is a case that an entry has put on an officer's desk (1) or taken from it (−1).
type deskMove struct {
	entry   int64
	officer aiqyn.OfficerID
	n       int
}

// namedLoads is the roster that an entry names for a draw, with the loads that it says.
type namedLoads struct {
	entry, from int64  // from: of the first entry that was written with it
	object      string // what the case is about, of its service
	roster      int64
	packed      string // load of each officer, times two; plus one if barred
	inherited   bool   // as an earlier case about the same object has named them
	role        aiqyn.Role
	body        aiqyn.BodyID // of the step; "": of any
}

// keptDraw is a draw of an earlier case that a filing keeps.
type keptDraw struct {
	ev     *event
	object string
	step   aiqyn.StepID
	kept
}

// desk notes whose desk the case lies on after an entry.
func (c *caseAudit) desk(ev *event, was aiqyn.OfficerID) {
	is := c.rec.state.holder()
	if is == was {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if was != "" {
		c.loads.moved = append(c.loads.moved, deskMove{ev.index, was, -1})
	}
	if is != "" {
		c.loads.moved = append(c.loads.moved, deskMove{ev.index, is, 1})
	}
}

// namesRosters notes what a filing says of rosters and loads, and which draws it keeps.
func (c *caseAudit) namesRosters(ev *event, d *filed) {
	svc, err := c.e.packs.service(d.Pack, d.Service)
	if err != nil {
		return // which is said
	}
	object := (&State{Service: d.Service, Object: d.Object}).objectKey()
	for _, name := range slices.Sorted(maps.Keys(d.Rosters)) {
		at, step := d.Rosters[name], findStep(svc, name)
		if step == nil {
			c.wrong(ev.index, "names a draw for a step that its service does not have")
			continue
		}
		c.namesLoads(ev, at, namedLoads{object: object, inherited: at.Round != 0, role: step.By, body: svc.Body})
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	for name, k := range d.Kept {
		c.loads.kept = append(c.loads.kept, keptDraw{ev, object, name, k})
	}
}

// namesLoads notes the loads that an entry names.
func (c *caseAudit) namesLoads(ev *event, at rosterAtFiling, n namedLoads) {
	r := c.rosters[at.Entry]
	if r == nil || len(r.Officers) != len(at.Loads) {
		c.wrong(ev.index, "names a roster that is none")
		return
	}
	if n.role != "" && (r.Role != n.role || r.Body != n.body) {
		c.wrong(ev.index, "names the roster of somebody else's step")
	}
	var packed []byte
	for i, load := range at.Loads {
		bit := uint64(0)
		if slices.Contains(at.Barred, r.Officers[i]) {
			bit = 1
		}
		packed = binary.AppendUvarint(packed, uint64(max(load, 0))<<1|bit)
	}
	n.entry, n.from, n.roster, n.packed = ev.index, ev.index, at.Entry, string(packed)
	if c.before != nil && c.before.index == ev.index-1 && c.before.at.Equal(ev.at) {
		n.from = c.began
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.loads.named = append(c.loads.named, n)
}

// loadsNamed holds the loads that draws rest on to those of the desks at that entry, and
// their rosters to the last that was written down.
func (a *auditor) loadsNamed(ctx context.Context) error {
	if a.books.broken {
		return nil // which is said, and leaves desks without what lay on them
	}
	l := &a.loads
	slices.SortStableFunc(l.moved, func(x, y deskMove) int { return cmp.Compare(x.entry, y.entry) })
	slices.SortFunc(l.named, func(x, y namedLoads) int { return cmp.Or(cmp.Compare(x.from, y.from), cmp.Compare(x.entry, y.entry)) })
	gone := a.drawnErased()
	loads, next, inherited := make(map[aiqyn.OfficerID]int), 0, l.inheritances()
	for i := range l.named {
		n := &l.named[i]
		for ; next < len(l.moved) && l.moved[next].entry < n.from; next++ {
			loads[l.moved[next].officer] += l.moved[next].n
		}
		if latest := a.rosterBefore(n); latest != n.roster {
			a.wrong(n.entry, "names the roster of entry %d, the last is that of entry %d", n.roster, latest)
			continue
		}
		erased := gone.at(n.entry)
		if n.inherited {
			if erased == 0 && !slices.Contains(inherited[n.object], n.unbarred()) {
				a.wrong(n.entry, "keeps the loads of an earlier case that has not named them")
			}
			continue
		}
		if list, some := inherited[n.object]; some {
			inherited[n.object] = append(list, n.unbarred())
		}
		if !a.loaded(n, loads, erased) && !a.loadedLater(n, loads, l.moved[next:], erased) {
			a.wrong(n.entry, "the loads that the draw rests on are not those of the officers' desks")
		}
	}
	return a.keptDraws(ctx)
}

// inheritances are the objects about which a later filing names the loads of an earlier
// one, each with what was named about it so far.
func (l *officerLoads) inheritances() map[string][]string {
	of := make(map[string][]string)
	for i := range l.named {
		if l.named[i].inherited {
			of[l.named[i].object] = nil
		}
	}
	return of
}

// unbarred are a roster and loads without who is barred.
func (n *namedLoads) unbarred() string {
	out := binary.AppendVarint(nil, n.roster)
	for _, x := range unpacked(n.packed) {
		out = binary.AppendUvarint(out, x>>1)
	}
	return string(out)
}

func unpacked(packed string) (list []uint64) {
	for b := []byte(packed); len(b) > 0; {
		n, size := binary.Uvarint(b)
		list, b = append(list, n), b[size:]
	}
	return list
}

// loadedLater is loaded as the desks were directly before the entry: what is written with
// it may have moved some.
func (a *auditor) loadedLater(n *namedLoads, loads map[aiqyn.OfficerID]int, moved []deskMove, erased int) bool {
	later := maps.Clone(loads)
	for _, m := range moved {
		if m.entry >= n.entry {
			break
		}
		later[m.officer] += m.n
	}
	return a.loaded(n, later, erased)
}

// loaded reports whether loads are what an entry names, made blind. So many cases that
// were erased since may have lain on any desk.
func (a *auditor) loaded(n *namedLoads, loads map[aiqyn.OfficerID]int, erased int) bool {
	said, officers := unpacked(n.packed), a.rosters[n.roster].Officers
	is := make([]int, len(officers))
	var free []int
	for i, o := range officers {
		if is[i] = loads[o]; said[i]&1 == 0 {
			free = append(free, is[i])
		}
	}
	for i, least := range level(is, free) {
		if load := int(said[i] >> 1); load < least || load > least+erased {
			return false
		}
	}
	return true
}

// rosterBefore is the last roster of the same officers' body and role that was written
// down before what an entry is written with.
func (a *auditor) rosterBefore(n *namedLoads) int64 {
	of, latest := a.rosters[n.roster], int64(-1)
	for entry, r := range a.rosters {
		if r.Role == of.Role && r.Body == of.Body && entry < n.from {
			latest = max(latest, entry)
		}
	}
	return latest
}

// erasedRuns is when cases that were erased since ran: entries at which one has begun, or
// has ended, ascending.
type erasedRuns struct{ began, ended []int64 }

func (r *erasedRuns) at(entry int64) int {
	began, _ := slices.BinarySearch(r.began, entry)
	ended, _ := slices.BinarySearch(r.ended, entry)
	return began - ended
}

// drawnErased are the erased cases of services that draw officers.
func (a *auditor) drawnErased() *erasedRuns {
	draws := make(map[aiqyn.ServiceID]bool)
	for _, p := range a.e.packs.byHash {
		for i := range p.Services {
			svc := p.Services[i]
			draws[svc.ID] = draws[svc.ID] || slices.ContainsFunc(svc.Steps, func(s *service.Step) bool { return s.Draw })
		}
	}
	r := new(erasedRuns)
	for _, e := range a.books.erased {
		if left := a.residue[e.no]; left != nil && draws[left.Service] {
			r.began, r.ended = append(r.began, e.first), append(r.ended, e.last)
		}
	}
	slices.Sort(r.began)
	slices.Sort(r.ended)
	return r
}

// keptDraws holds every draw that a filing keeps to the case about the same object that
// it was made in.
func (a *auditor) keptDraws(ctx context.Context) error {
	for _, k := range a.loads.kept {
		why, err := a.keptDraw(ctx, &k)
		if err != nil {
			return err
		}
		if why != nil {
			a.wrong(k.ev.index, "keeps a draw that was not made: %v", why)
		}
	}
	return nil
}

func (a *auditor) keptDraw(ctx context.Context, k *keptDraw) (why, err error) {
	if k.Entry < 0 || k.Entry >= k.ev.index {
		return fmt.Errorf("entry %d does not come before it", k.Entry), nil
	}
	row, err := a.e.entry(ctx, k.Entry)
	if err != nil {
		return nil, err
	}
	if a.residue[row.Case] != nil {
		return nil, nil // nobody knows any more
	}
	cases, err := a.Store.CasesByNo(ctx, []int64{row.Case})
	if err != nil {
		return nil, err
	}
	return a.keptFrom(k, row, cases), nil
}

func (a *auditor) keptFrom(k *keptDraw, row store.Entry, cases []store.Case) error {
	if len(cases) != 1 {
		return fmt.Errorf("entry %d is of no case", k.Entry)
	}
	rec, err := a.e.keys.openRecord(cases[0])
	if err != nil {
		return nil // said already
	}
	ev, err := a.e.decodeEntry(row, rec.key)
	if err != nil {
		return err
	}
	d, ok := ev.data.(*drawn)
	switch {
	case !ok || d.Officer != k.Officer || d.Step != k.step || d.Kept != 0:
		return fmt.Errorf("entry %d does not draw %s", k.Entry, k.Officer)
	case rec.state.objectKey() != k.object:
		return fmt.Errorf("it is about something else")
	}
	return nil
}
