package casework

import (
	"context"
	"maps"
	"slices"
	"time"

	"aiqyn"
	"aiqyn/access"
	"aiqyn/deadline"
	"aiqyn/service"
	"aiqyn/store"
)

// ReduceMargin withdraws what was published as free of a transformer, up to now.
// It takes two people of two roles: a head of the utility asks, an overseer signs.
// Both times there must be readings of two meters on file that agree, and are not
// older than the pack allows: a figure that went down by one meter, or by an
// estimate, withdraws nothing.
type ReduceMargin struct {
	ID     aiqyn.CommandID
	Actor  aiqyn.Actor
	Trafo  int
	Ground string
}

// marginReduction is what is recorded, both when it is asked for and when it is
// signed.
type marginReduction struct {
	Asked  int64    `json:"asked,omitempty"` // entry that asked for it
	Ground string   `json:"ground"`
	Meters []string `json:"meters"`
	Trafo  int      `json:"trafo"`
	Watt   int64    `json:"w"` // the lower of what the two have counted
}

// reduceMargin is the command being carried out.
type reduceMargin struct {
	apart
	ReduceMargin
	meters []string
	watt   int64
}

func (c *reduceMargin) prepare(ctx ctx, e *Engine) error {
	if err := c.apart.prepare(ctx, e); err != nil {
		return err
	}
	if err := access.Check(c.actor.Role, access.ActionReduce, access.None); err != nil {
		return err
	}
	if e.Capacity == nil {
		return aiqyn.E(aiqyn.Unavailable, "error.no-network")
	}
	if c.Ground == "" {
		return aiqyn.E(aiqyn.Invalid, "error.answer-required").On("ground")
	}
	var err error
	c.meters, c.watt, err = e.twoMeters(ctx, c.Trafo)
	return err
}

// twoMeters finds two meters of a transformer whose highest current readings agree, and
// are no less than that of any other; no-evidence is an error.
func (e *Engine) twoMeters(ctx context.Context, trafo int) (meters []string, watt int64, err error) {
	rule := e.capacityRule()
	highest, err := e.highestOf(ctx, trafo, deadline.DateOf(e.Clock().In(e.Zone)), noEntry, rule)
	if err != nil {
		return nil, 0, err
	}
	senders, err := e.sendersOf(ctx, highest)
	if err != nil {
		return nil, 0, err
	}
	if meters, watt = agreeing(highest, senders, rule); meters == nil {
		return nil, 0, aiqyn.E(aiqyn.Conflict, "error.reduction-evidence").On("trafo")
	}
	return meters, watt, nil
}

// highestReading is the highest current reading of a meter, and the entry that took it in.
type highestReading struct {
	watt, entry int64
	read        int64 // entry that took in what it was before anybody corrected it
	day         string
	stands      bool   // the meter was registered at its transformer before it was read
	by          string // by whom
}

// highestOf are the highest readings of each meter of a transformer that are current on a
// day, by what entries below before have taken in.
func (e *Engine) highestOf(ctx context.Context, trafo int, today deadline.Date, before int64, rule service.CapacityRule) (map[string]highestReading, error) {
	rows, err := e.Store.MeasurementsBetween(ctx, int64(trafo), int64(trafo), today.AddDays(1-rule.Measured).String(), today.String(), before)
	if err != nil {
		return nil, err
	}
	highest := make(map[string]highestReading)
	for i := range rows {
		m := &rows[i]
		if was, ok := highest[m.Meter]; m.Meter == "" || ok && m.Watt <= was.watt {
			continue
		}
		h := highestReading{watt: m.Watt, entry: m.Entry, read: m.Entry, day: m.Day}
		if rule.Registrars > 0 { // packs from before took a correction for a reading
			if h.read, err = e.firstRead(ctx, m); err != nil {
				return nil, err
			}
		}
		highest[m.Meter] = h
	}
	return highest, e.registeredBy(ctx, trafo, highest)
}

// sendersOf says who has sent each of some readings, by the entry that took it in.
func (e *Engine) sendersOf(ctx context.Context, highest map[string]highestReading) (map[int64]string, error) {
	senders := make(map[int64]string)
	for _, h := range highest {
		if _, known := senders[h.entry]; known || h.entry == noEntry {
			continue
		}
		var err error
		if senders[h.entry], err = e.handOf(ctx, h.entry); err != nil {
			return nil, err
		}
	}
	return senders, nil
}

// handOf is by whose hand an entry came that is about no case.
func (e *Engine) handOf(ctx context.Context, entry int64) (string, error) {
	row, err := e.entry(ctx, entry)
	if err != nil {
		return "", err
	}
	ev, err := e.decodeEntry(row, e.keys.system)
	if err != nil {
		return "", err
	}
	return e.senderOf(ev), nil
}

// senderOf is by whose hand readings came; "" if that is nobody's.
func (e *Engine) senderOf(ev *event) string { return e.hand(ev.actor.Officer) }

// agreeing finds the two meters that bear out the most; none if no two do.
func agreeing(highest map[string]highestReading, senders map[int64]string, rule service.CapacityRule) (meters []string, watt int64) {
	names := slices.Sorted(maps.Keys(highest))
	for i, a := range names {
		for _, b := range names[i+1:] {
			if less := min(highest[a].watt, highest[b].watt); less > watt && bearOut(highest, []string{a, b}, senders, rule) {
				meters, watt = []string{a, b}, less
			}
		}
	}
	return meters, watt
}

// bearOut reports whether two meters agree, with each other and with the highest reading
// of any: two that have counted less withdraw nothing. And there must be two people behind
// them: see [meterEvidence].
func bearOut(highest map[string]highestReading, meters []string, senders map[int64]string, rule service.CapacityRule) bool {
	if len(meters) != 2 || meters[0] >= meters[1] {
		return false
	}
	a, b := highest[meters[0]], highest[meters[1]]
	if !evidenceOf(&rule).holds(a, senders[a.entry], b, senders[b.entry]) {
		return false
	}
	most := max(a.watt, b.watt)
	for _, h := range highest {
		most = max(most, h.watt)
	}
	return a.watt > 0 && b.watt > 0 && most*(100-rule.AgreePct) <= min(a.watt, b.watt)*100
}

// reductionAsked is a reduction that waits for its second signer.
type reductionAsked struct {
	entry int64
	by    aiqyn.Actor
}

func (c *reduceMargin) decide(t *turn) error {
	if done, err := c.once(t); done || err != nil {
		return err
	}
	was, asked := t.s.reductions[c.Trafo]
	d := &marginReduction{Ground: c.Ground, Meters: c.meters, Trafo: c.Trafo, Watt: c.watt}
	switch {
	case c.actor.Role == aiqyn.RoleHead && !asked:
		ev := t.emitSystem(EventReductionAsked, c.actor, d)
		t.s.reductions[c.Trafo] = reductionAsked{ev.index, recorded(c.actor)}
	case c.actor.Role == aiqyn.RoleHead:
		return aiqyn.E(aiqyn.Conflict, "error.reduction-asked").On("trafo")
	case !asked:
		return aiqyn.E(aiqyn.NotFound, "error.not-found")
	default:
		if err := t.countersigned(access.ActReduce, was.by, c.actor); err != nil {
			return err
		}
		d.Asked = was.entry
		ev := t.emitSystem(EventMarginReduced, c.actor, d)
		delete(t.s.reductions, c.Trafo)
		t.undo = append(t.undo, t.e.Capacity.markReduced(reduced{c.Trafo, ev.index}))
	}
	t.undo = append(t.undo, func() {
		if asked {
			t.s.reductions[c.Trafo] = was
		} else {
			delete(t.s.reductions, c.Trafo)
		}
	})
	c.finish(t)
	return nil
}

// recallReduction takes an entry about a reduction into memory.
func (s *sequencer) recallReduction(ev *event, d *marginReduction) {
	if ev.kind == EventMarginReduced {
		delete(s.reductions, d.Trafo)
		return
	}
	s.reductions[d.Trafo] = reductionAsked{ev.index, ev.actor}
}

// maxReductions is how many reductions are remembered: each is an act of two.
const maxReductions = 10_000

// readReductions reads what was withdrawn, in the order of the entries.
func (e *Engine) readReductions(ctx context.Context) ([]reduced, error) {
	rows, err := e.Store.Acts(ctx, string(EventMarginReduced), 1<<62, maxReductions)
	if err != nil {
		return nil, err
	}
	var list []reduced
	for _, row := range rows {
		ev, err := e.decodeEntry(row, e.keys.system)
		if err != nil {
			return nil, err
		}
		list = append(list, reduced{ev.data.(*marginReduction).Trafo, ev.index})
	}
	slices.Reverse(list)
	return list, nil
}

// Reduction is one withdrawal of a published margin, or the wish for one.
type Reduction struct {
	Trafo  int
	Name   string
	Entry  int64
	At     time.Time
	Ground string
	Meters []string
	Watt   int64
	Signed bool // by the second
	// By which office it was asked for, and signed; offices, not people. Only the head of
	// the utility may ask.
	AskedBy, SignedBy aiqyn.Role
	Asked             int64 // entry that asked for what was signed
}

// maxOfOne is how many of the newest withdrawals are looked through for those of one
// transformer: each is an act of two people.
const maxOfOne = 1000

// Withdrawals lists what was withdrawn, newest first, of one transformer or (0) of all:
// whoever was told that there was room may see by whose word there is none. While
// anything of the network is classified, only who sees it does.
func (e *Engine) Withdrawals(ctx context.Context, viewer aiqyn.Actor, trafo int, p Page) (List[Reduction], error) {
	if policy, err := e.policy(ctx); err != nil || !policy.Open() && !seesExact(viewer) {
		return List[Reduction]{}, err
	}
	if trafo == 0 {
		return e.reductionsOf(ctx, EventMarginReduced, p)
	}
	all, err := e.reductionsOf(ctx, EventMarginReduced, Page{Limit: maxOfOne})
	return List[Reduction]{Items: slices.DeleteFunc(all.Items, func(r Reduction) bool { return r.Trafo != trafo })}, err
}

// ReductionsAsked lists those that wait for a second signer.
func (e *Engine) ReductionsAsked(ctx context.Context, viewer aiqyn.Actor) ([]Reduction, error) {
	if err := access.Check(viewer.Role, access.ActionReduce, access.None); err != nil {
		return nil, err
	}
	signed, err := e.readReductions(ctx)
	if err != nil {
		return nil, err
	}
	asked, err := e.reductionsOf(ctx, EventReductionAsked, Page{Limit: maxWaiting})
	return slices.DeleteFunc(asked.Items, func(r Reduction) bool {
		return slices.ContainsFunc(signed, func(s reduced) bool { return s.trafo == r.Trafo && s.entry > r.Entry })
	}), err
}

func (e *Engine) reductionsOf(ctx context.Context, kind EventKind, p Page) (List[Reduction], error) {
	var out List[Reduction]
	from, err := before(p.After)
	if err != nil {
		return out, err
	}
	rows, err := e.Store.Acts(ctx, string(kind), from, p.limit()+1)
	if err != nil {
		return out, err
	}
	rows, out.Next = onePage(rows, p, func(r store.Entry) int64 { return r.Index })
	for _, row := range rows {
		ev, err := e.decodeEntry(row, e.keys.system)
		if err != nil {
			return out, err
		}
		d := ev.data.(*marginReduction)
		r := Reduction{Trafo: d.Trafo, Name: e.Capacity.trafoName(d.Trafo), Entry: ev.index, At: ev.at, Ground: d.Ground, Meters: d.Meters, Watt: d.Watt, Signed: kind == EventMarginReduced, AskedBy: aiqyn.RoleHead, Asked: d.Asked}
		if r.Signed {
			r.SignedBy = ev.actor.Role
		}
		out.Items = append(out.Items, r)
	}
	return out, nil
}
