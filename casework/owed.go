package casework

import (
	"context"
	"slices"
	"time"

	"aiqyn"
	"aiqyn/canonical"
	"aiqyn/grid"
	"aiqyn/service"
	"aiqyn/store"
)

// What nobody knows refuses nobody, and it must not hold anybody up either: where an
// application finds no room, and loads of transformers within its reach are not known,
// the utility owes a meter's reading of each by the date of the step that decides. The
// debt is an entry of the case; it is met by the first reading of a meter that the log
// takes in after it, and by nothing else. An estimate binds the utility, and leaves it in
// debt.

// measurementOwed says of which transformers a reading is owed, and until when.
type measurementOwed struct {
	Due    time.Time `json:"due"`
	Trafos []int     `json:"trafos"` // ascending
}

// owesMeasurements reports whether the case's pack has what nobody knows measured within
// the term, where a step decides on power.
func owesMeasurements(pack *service.Pack, svc *service.Service, step aiqyn.StepID) bool {
	of := findStep(svc, step)
	return pack != nil && pack.Capacity != nil && pack.Capacity.Owed && svc.Outcome.Reserves == shareCapacity && of != nil && of.Decides && !of.Safety
}

// countsUnknown reports whether a count of sources says what nobody knows.
func countsUnknown(with string) bool {
	return with == grid.IndependentSources3 || with == grid.IndependentSources4
}

// unknownIn are the transformers whose load stands between a case and an answer: there
// is no room by what is known, or no second source, and of these nothing is.
func unknownIn(list []computed) []int {
	for i := range list {
		if countsUnknown(list[i].With) {
			var said struct {
				Unknown []int `json:"unknown"`
			}
			if canonical.Unmarshal(list[i].Out, &said) == nil && len(said.Unknown) > 0 {
				return said.Unknown
			}
		}
		if !ofMargin(list[i].With) {
			continue
		}
		var said struct {
			Feasible bool  `json:"feasible"`
			Unknown  []int `json:"unknown"`
		}
		if canonical.Unmarshal(list[i].Out, &said) == nil && !said.Feasible {
			return said.Unknown
		}
	}
	return nil
}

// owe enters what is owed by what was computed, but for what the case has been owed
// already.
func (t *turn) owe(list []computed) {
	s := t.rec.state
	if !owesMeasurements(t.e.packs.byHash[s.Pack], t.svc, s.Step) || s.Due.IsZero() {
		return
	}
	var new []int
	for _, trafo := range unknownIn(list) {
		if !slices.Contains(s.Owed, trafo) {
			new = append(new, trafo)
		}
	}
	if len(new) > 0 {
		t.emit(EventOwed, aiqyn.System, &measurementOwed{Due: s.Due, Trafos: new}, atStep(s.Step))
	}
}

// oweAtOnce asks, when the step that decides begins, what nobody knows: the utility has
// the whole of its term to measure it.
func (t *turn) oweAtOnce(step *service.Step) error {
	c := t.e.Capacity
	if c == nil || !owesMeasurements(t.e.packs.byHash[t.rec.state.Pack], t.svc, step.Name) || !c.someUnknown() {
		return nil
	}
	telling := slices.DeleteFunc(t.svc.ComputeOrder(), func(x service.Compute) bool {
		return !t.e.ofCaseAlone(x) && !ofSearch(x.With) && !ofMargin(x.With) && !countsUnknown(x.With)
	})
	vars, err := t.e.variables(t.svc, t.rec, t.now)
	if err != nil {
		return err
	}
	ev := &evaluation{vars: vars}
	if err := t.e.compute(telling, ev, t.rec.state.Filed); err != nil {
		return err
	}
	t.owe(ev.computed)
	return nil
}

// someUnknown reports whether there is a transformer whose load nobody knows.
func (c *Capacity) someUnknown() bool {
	c.mu.RLock()
	defer c.mu.RUnlock()
	return len(c.shown.unknown) > 0
}

// Debt is one entry by which the utility owes readings.
type Debt struct {
	Entry  int64
	At     time.Time
	Due    time.Time
	Trafos []DebtOf
}

// DebtOf is one transformer of it.
type DebtOf struct {
	Trafo int
	Name  string
	Met   int64 // entry that took the first reading in since; -1: none has
}

// Open reports whether a reading is still owed.
func (d *Debt) Open() bool {
	return slices.ContainsFunc(d.Trafos, func(o DebtOf) bool { return o.Met < 0 })
}

// Overdue reports whether one is, and the date has passed.
func (d *Debt) Overdue(now time.Time) bool { return d.Open() && now.After(d.Due) }

// maxDebts is how many debts a page shows at most: each may be about dozens of
// transformers.
const maxDebts = 10

// MeasurementsOwed lists which readings the utility owes and has owed, the newest first:
// nobody shall wait for an answer because it does not look. Nothing is listed while
// anything of the network is classified, but to who sees it.
func (e *Engine) MeasurementsOwed(ctx context.Context, viewer aiqyn.Actor, p Page) (List[Debt], error) {
	if policy, err := e.policy(ctx); err != nil || !policy.Open() && !seesExact(viewer) {
		return List[Debt]{}, err
	}
	p.Limit = min(p.limit(), maxDebts)
	return e.debts(ctx, p)
}

func (e *Engine) debts(ctx context.Context, p Page) (List[Debt], error) {
	var out List[Debt]
	from, err := before(p.After)
	if err != nil {
		return out, err
	}
	rows, err := e.Store.Owed(ctx, from, p.Limit+1)
	if err != nil {
		return out, err
	}
	rows, out.Next = onePage(rows, p, func(r store.Entry) int64 { return r.Index })
	out.Items, err = e.debtsIn(ctx, rows)
	return out, err
}

// debtsIn opens entries that say what is owed, and finds what has met them. Those of
// cases that were erased are gone with them.
func (e *Engine) debtsIn(ctx context.Context, rows []store.Entry) ([]Debt, error) {
	events, err := e.ofCases(ctx, rows)
	if err != nil {
		return nil, err
	}
	var list []Debt
	var owed []store.Owed
	for _, ev := range events {
		d, ok := ev.data.(*measurementOwed)
		if !ok {
			continue
		}
		debt := Debt{Entry: ev.index, At: ev.at, Due: d.Due}
		for _, trafo := range d.Trafos {
			debt.Trafos = append(debt.Trafos, DebtOf{Trafo: trafo, Name: e.Capacity.trafoName(trafo), Met: -1})
			owed = append(owed, store.Owed{Trafo: int64(trafo), Entry: ev.index})
		}
		list = append(list, debt)
	}
	met, err := e.Store.FirstReadings(ctx, owed)
	for i := range list {
		for k := range list[i].Trafos {
			o := &list[i].Trafos[k]
			if entry, ok := met[store.Owed{Trafo: int64(o.Trafo), Entry: list[i].Entry}]; ok {
				o.Met = entry
			}
		}
	}
	return list, err
}

// ofCases opens entries of cases, with the keys of their cases. What was erased is left
// out.
func (e *Engine) ofCases(ctx context.Context, rows []store.Entry) ([]*event, error) {
	var nos []int64
	for _, row := range rows {
		nos = append(nos, row.Case)
	}
	slices.Sort(nos)
	cases, err := e.Store.CasesByNo(ctx, slices.Compact(nos))
	if err != nil {
		return nil, err
	}
	keys := make(map[int64]*caseKey, len(cases))
	for _, c := range cases {
		if c.Key == nil {
			continue
		}
		if keys[c.No], err = e.keys.unwrap(c.Key); err != nil {
			return nil, err
		}
	}
	var list []*event
	for _, row := range rows {
		if key := keys[row.Case]; key != nil && row.Sealed != nil {
			ev, err := e.decodeEntry(row, key)
			if err != nil {
				return nil, err
			}
			list = append(list, ev)
		}
	}
	return list, nil
}

// maxCounted is how many of the newest debts are looked at to count those that stand.
const maxCounted = 2000

// countOwed adds how many readings are owed, and how many are overdue, to a scorecard: by
// the newest debts.
func (e *Engine) countOwed(ctx context.Context, card *Scorecard) error {
	rows, err := e.Store.Owed(ctx, 1<<62, maxCounted)
	if err != nil {
		return err
	}
	now := e.Clock()
	for part := range slices.Chunk(rows, maxDebts) {
		list, err := e.debtsIn(ctx, part)
		if err != nil {
			return err
		}
		for _, d := range list {
			for _, o := range d.Trafos {
				if o.Met < 0 {
					card.Owed++
					if now.After(d.Due) {
						card.Overdue++
					}
				}
			}
		}
	}
	return nil
}

// owedBy holds an entry by which readings are owed to the case, and notes of whom it says
// that nobody knows their load.
func (c *caseAudit) owedBy(ev *event, d *measurementOwed) {
	s := c.rec.state
	switch {
	case c.svc == nil || !owesMeasurements(c.pack, c.svc, s.Step):
		c.wrong(ev.index, "readings are owed where nothing is decided on power")
	case !d.Due.Equal(s.Due):
		c.wrong(ev.index, "readings are owed by another day than that of the step that decides")
	case len(d.Trafos) == 0 || len(d.Trafos) > grid.MaxSites+5 || !slices.IsSorted(d.Trafos) || slices.ContainsFunc(d.Trafos, func(t int) bool { return slices.Contains(s.Owed, t) }):
		c.wrong(ev.index, "the transformers of which readings are owed are not in order, or were owed before")
	}
	c.says(bookSaid{entry: ev.index, no: c.row.No, owed: d.Trafos})
}

// owesFor holds a ruling that rests on what nobody knows to the debt before it.
func (c *caseAudit) owesFor(ev *event, r *ruled) {
	s := c.rec.state
	if c.svc == nil || r.Step != s.Step || !owesMeasurements(c.pack, c.svc, s.Step) {
		return
	}
	for _, trafo := range unknownIn(r.Computed) {
		if !slices.Contains(s.Owed, trafo) {
			c.wrong(ev.index, "the ruling finds that nobody knows the load of transformer %d, and no entry says that a reading is owed", trafo)
		}
	}
}
