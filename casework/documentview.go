package casework

import (
	"encoding/json"

	"aiqyn"
)

// conditions is the document that a grant gives; nil before there is one.
func (v *viewing) conditions() *ConditionsView {
	s := v.rec.state
	if s.Grant == nil {
		return nil
	}
	c := &ConditionsView{Entry: s.GrantAt, At: s.Granted, BySilence: s.Grant.BySilence, AmountW: s.Grant.Amount, ValidTo: s.Grant.ValidTo}
	c.Says = v.statement()
	if len(s.Grant.Point) > 0 {
		c.Point = new(PointView)
		if json.Unmarshal(s.Grant.Point, c.Point) != nil {
			c.Point = nil
		} else if share := v.e.Capacity; share != nil {
			c.Point.Volts, _ = share.network().model.RatedV(c.Point.Bus)
		}
	}
	for _, ev := range v.events {
		if d, ok := ev.data.(*dearer); ok && v.svc.Outcome.Other != nil {
			why, _ := v.svc.Outcome.Other.Reason(d.Reason)
			c.Dearer = &DearerView{Best: d.Best, BestCost: d.BestCost, Cost: d.Cost, Over: d.Over, Reason: why.Text, Letter: d.Letter, Kept: d.File != nil}
		}
	}
	return c
}

// statement is what the document says: of the pack's statements the first that
// holds on what was recorded. One that cannot be read holds nothing back but itself.
func (v *viewing) statement() aiqyn.Text {
	if len(v.svc.Outcome.Says) == 0 {
		return aiqyn.Text{}
	}
	vars, err := v.e.variables(v.svc, v.rec, v.rec.state.Granted)
	if err != nil {
		return aiqyn.Text{}
	}
	for _, one := range v.svc.Outcome.Says {
		if one.When == nil {
			return one.Text
		}
		if holds, err := one.When.Program.Eval(vars); err == nil && holds {
			return one.Text
		}
	}
	return aiqyn.Text{}
}
