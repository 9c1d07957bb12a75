package casework

import (
	"bytes"
	"slices"
	"strings"

	"aiqyn"
	"aiqyn/grid"
	"aiqyn/service"
)

// Which voltage a load may be connected at is data of the pack. A load that asks for
// one it cannot have is told so when it is filed. Points at the voltage that was asked
// for are looked for first; where none of them has room, whatever has: nobody shall be
// refused power because they named the wrong line.

// checkVoltage says what is wrong with the voltage that somebody names: answers are
// what is asked at their load, typed all that they have said. A choice that is not
// asked at this load would be left out, and they would believe that they have it.
func (e *Engine) checkVoltage(svc *service.Service, pack string, answers map[string]any, typed map[string]string) error {
	p := e.packs.byHash[pack]
	load, known := answers["load"].(int64)
	if p == nil || !known || !asksPower(p, svc) {
		return nil
	}
	rule, unfit := p.Capacity.Unfit(load, func(question string) any {
		if v, ok := answers[question]; ok {
			return v
		}
		return strings.TrimSpace(typed[question])
	})
	switch {
	case !unfit:
		return nil
	case load < rule.Least:
		return aiqyn.E(aiqyn.Invalid, "error.voltage-least", "kw", rule.Least).On(rule.Question)
	}
	return aiqyn.E(aiqyn.Invalid, "error.voltage-most", "kw", rule.Most).On(rule.Question)
}

// asksPower reports whether an application asks for power, or brings one along that does.
func asksPower(p *service.Pack, svc *service.Service) bool {
	return svc.Outcome.Reserves == shareCapacity || slices.ContainsFunc(svc.Bring, func(b service.Bring) bool {
		along, ok := p.Service(b.Service)
		return ok && along.Outcome.Reserves == shareCapacity
	})
}

// prices are the tables of costs by which points are looked for, one after the other
// until one has room: first what connects at the voltage that was asked for.
func (b *Binding) prices(t *Tables) []grid.Costs {
	all := t.Costs
	rule, ok := b.Rule.Asked(func(question string) any { return b.Values[question] })
	if !ok {
		return []grid.Costs{all}
	}
	return []grid.Costs{all.Between(rule.Above, rule.UpTo), all}
}

// FoundPoint reports whether a search for connection points, which answers out, has found one.
func FoundPoint(out []byte) bool { return !bytes.HasPrefix(out, []byte(`{"best":null`)) }
