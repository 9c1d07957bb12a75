package casework

import (
	"context"
	"fmt"
	"slices"

	"aiqyn"
	"aiqyn/deadline"
	"aiqyn/service"
)

// reductions holds each withdrawal of what was published as free to what it takes: a
// head of the utility has asked, somebody else in the other role has signed, and both
// times two meters on file bore it out.
func (a *auditor) reductions(ctx context.Context) error {
	waiting := make(map[int]*event)
	for _, ev := range a.figures.reductions {
		d := ev.data.(*marginReduction)
		by := aiqyn.RoleHead
		if ev.kind == EventMarginReduced {
			by = aiqyn.RoleOverseer
		}
		if ev.actor.Role != by || ev.actor.Officer == "" {
			a.wrong(ev.index, "what was published as free is withdrawn by somebody who may not")
		}
		if err := a.borneOut(ctx, ev, d); err != nil {
			a.wrong(ev.index, "what was published as free is withdrawn: %v", err)
		}
		first := waiting[d.Trafo]
		switch {
		case ev.kind == EventReductionAsked:
			waiting[d.Trafo] = ev
			continue
		case first == nil || d.Asked != first.index:
			a.wrong(ev.index, "nobody has asked for what it withdraws")
		case first.actor.Role == ev.actor.Role || first.actor.Officer == ev.actor.Officer:
			a.wrong(ev.index, "what was published as free is not withdrawn by two")
		}
		delete(waiting, d.Trafo)
	}
	return nil
}

// borneOut holds the meters that a withdrawal names to what was on file before it, by
// the rule of a pack that was in force.
func (a *auditor) borneOut(ctx context.Context, ev *event, d *marginReduction) error {
	if d.Ground == "" {
		return fmt.Errorf("it gives no ground")
	}
	senders := make(map[int64]string, len(a.figures.batches))
	for _, batch := range a.figures.batches {
		senders[batch.index] = a.e.senderOf(batch)
	}
	for _, rule := range a.capacityRules(ev) {
		highest, err := a.e.highestOf(ctx, d.Trafo, deadline.DateOf(ev.at.In(a.Zone)), ev.index, rule)
		if err != nil {
			return err
		}
		if bearOut(highest, d.Meters, senders, rule) {
			if _, watt := agreeing(highest, senders, rule); watt == d.Watt && watt == min(highest[d.Meters[0]].watt, highest[d.Meters[1]].watt) {
				return nil
			}
		}
	}
	return fmt.Errorf("no two meters bear it out")
}

// capacityRules are how packs that were in force at an entry have free capacity known, each
// once.
func (a *auditor) capacityRules(ev *event) (list []service.CapacityRule) {
	for _, p := range a.packsAt(ev) {
		rule := ruleOf(p)
		same := func(r service.CapacityRule) bool {
			return r.Measured == rule.Measured && r.AgreePct == rule.AgreePct && r.Senders == rule.Senders && r.Meters == rule.Meters && r.Registrars == rule.Registrars
		}
		if !slices.ContainsFunc(list, same) {
			list = append(list, rule)
		}
	}
	return list
}
