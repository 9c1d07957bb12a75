package casework

import (
	"context"
	"slices"

	"aiqyn"
)

// ElsewhereView is a group that somebody does not wait for, and where they would stand
// in its line if they did, by their own date, class and points.
type ElsewhereView struct {
	Group    GroupView
	Position int
}

// mostElsewhere is how many groups are tried by the rule that says whom they suit, for
// one page.
const mostElsewhere = 500

// Elsewhere tells who waits what would be if they had chosen otherwise: the groups that
// suit them and that they do not wait for, in the order of their numbers. Nothing is
// changed by asking, and nobody learns that they did. Next is set where there may be more.
func (e *Engine) Elsewhere(ctx context.Context, viewer aiqyn.Actor, ref aiqyn.Reference, f PlaceFilter, p Page) (List[ElsewhereView], error) {
	var out List[ElsewhereView]
	if err := e.looks(ctx, viewer); err != nil {
		return out, err
	}
	rec, err := e.caseOf(ctx, ref)
	if err != nil {
		return out, err
	}
	now := e.Clock()
	if rec.state.Queue == nil || see(rec, viewer, now.UTC()) < seesMasked {
		return out, aiqyn.E(aiqyn.NotFound, "error.not-found")
	}
	me := rec.state.place()
	if !me.waiting {
		return out, nil
	}
	svc, err := e.packs.service(rec.state.Pack, rec.state.Service)
	if err != nil {
		return out, err
	}
	vars, err := e.variables(svc, rec, now)
	if err != nil {
		return out, err
	}
	candidates, more := e.queues.elsewhere(svc.ID, &f, p.After, me.groups, day(now, e.Zone))
	var suiting []*placeGroup
	for i, g := range candidates {
		suits, err := svc.Queue.Suits(vars, g.attributes())
		if err != nil {
			return out, err
		}
		if suits {
			suiting = append(suiting, g)
		}
		if len(suiting) == p.limit() && (i+1 < len(candidates) || more) || i+1 == len(candidates) && more {
			out.Next = g.id
			break
		}
	}
	e.queues.mu.RLock()
	defer e.queues.mu.RUnlock()
	q := e.queues.of[svc.ID]
	for _, g := range suiting {
		v := ElsewhereView{Group: q.group(svc.ID, g, now), Position: 1}
		if line := q.lines[lineOf(svc.ID, g.id)]; line != nil {
			v.Position += line.Before(me.waiter(rec.state.No, g.id))
		}
		out.Items = append(out.Items, v)
	}
	return out, nil
}

// elsewhere are the next groups that a filter lets pass, that are open and that
// somebody does not wait for; more is true if there are others behind them.
func (qs *queues) elsewhere(svc aiqyn.ServiceID, f *PlaceFilter, after string, waits []string, today string) (list []*placeGroup, more bool) {
	qs.mu.RLock()
	defer qs.mu.RUnlock()
	q := qs.of[svc]
	if q == nil {
		return nil, false
	}
	for g := range q.matching(f, after) {
		if slices.Contains(waits, g.id) || g.closedOn(today) {
			continue
		}
		if len(list) == mostElsewhere {
			return list, true
		}
		list = append(list, g)
	}
	return list, false
}
