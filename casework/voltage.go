package casework

import (
	"bytes"
	"encoding/json"

	"aiqyn"
	"aiqyn/grid"
	"aiqyn/service"
)

// Which voltage a load may be connected at is data of the pack. A load that asks for
// one it cannot have is told so when it is filed. Points at the voltage that was asked
// for are looked for first; where none of them has room, whatever has: nobody shall be
// refused power because they named the wrong line.

// checkVoltage says what is wrong with the voltage that answers ask for.
func (e *Engine) checkVoltage(svc *service.Service, pack string, answers map[string]any) error {
	p := e.packs.byHash[pack]
	if p == nil || svc.Outcome.Reserves != shareCapacity {
		return nil
	}
	rule, ok := p.Capacity.Asked(func(question string) any { return answers[question] })
	load, _ := answers["load"].(int64)
	switch {
	case !ok:
	case load < rule.Least:
		return aiqyn.E(aiqyn.Invalid, "error.voltage-least", "kw", rule.Least).On(rule.Question)
	case rule.Most != 0 && load > rule.Most:
		return aiqyn.E(aiqyn.Invalid, "error.voltage-most", "kw", rule.Most).On(rule.Question)
	}
	return nil
}

// tables are the tables of costs by which points are looked for, one after the other
// until one has room: first what connects at the voltage that was asked for.
func (b *Binding) tables() []grid.Costs {
	all := b.Capacity.Costs
	rule, ok := b.Rule.Asked(func(question string) any { return b.Values[question] })
	if !ok {
		return []grid.Costs{all}
	}
	return []grid.Costs{all.Between(rule.Above, rule.UpTo), all}
}

// voltages holds the tables by which a ruling looked for points to what was asked for:
// nothing may be left out but what the asked voltage leaves out.
func (c *caseAudit) voltages(ev *event, r *ruled) {
	var in struct {
		Costs grid.Costs `json:"costs"`
	}
	text := pointsIn(r.Computed)
	if text == nil || c.pack == nil || json.Unmarshal(text, &in) != nil {
		return
	}
	rule, ok := c.pack.Capacity.Asked(func(question string) any { return c.rec.state.Answers[question] })
	for _, l := range in.Costs.Levels {
		if len(l.Cables) == 0 && (!ok || l.MaxV > rule.Above && l.MaxV <= rule.UpTo) {
			c.wrong(ev.index, "the ruling leaves out points at a voltage that could have been asked for")
			return
		}
	}
}

// hasRoom reports whether a search for connection points has found one.
func hasRoom(out []byte) bool { return !bytes.HasPrefix(out, []byte(`{"best":null`)) }
