package casework

import (
	"time"

	"aiqyn"
	"aiqyn/service"
)

// A place that is given once in a life is asked about again when it is offered: while
// somebody waited they may have been given one elsewhere. The registers are read at that
// moment, as they were at the filing, and whoever is barred by what they say leaves the
// queue instead. If that is mended, and they apply again, their first date is kept.

// offersAskAgain is since when an offer of such a place is not made without.
var offersAskAgain = time.Date(2026, time.December, 1, 0, 0, 0, 0, time.UTC)

// EventBarred says that somebody's turn came, and that what registers say by now bars
// them.
const EventBarred EventKind = "queue-barred"

// queueBarred is what was not offered, by the result of which round, and why.
type queueBarred struct {
	Group  string `json:"group"`
	Reason string `json:"reason"` // of the service's list
	Round  int64  `json:"round"`  // entry of the result
}

// prepare reads the registers again where a place is given once.
func (c *makeOffer) prepare(ctx ctx, e *Engine) error {
	rec, err := e.caseNo(ctx, c.no)
	if err != nil {
		return err
	}
	svc, err := e.packs.service(rec.state.Pack, rec.state.Service)
	if err != nil || svc.Queue == nil || svc.Queue.Once == nil {
		return err
	}
	c.readings, err = e.readAll(ctx, svc, aiqyn.Actor{Role: aiqyn.RoleSystem, Person: rec.state.Applicant}, rec.state.Answers)
	return err
}

// barred asks again whether somebody whose turn has come may have a place, and has them
// leave if they may not.
func (c *makeOffer) barred(t *turn) (bool, error) {
	if t.svc.Queue.Once == nil {
		return false, nil
	}
	t.emit(EventLookedUp, aiqyn.System, &lookedUp{Readings: c.readings})
	bar, err := t.bar()
	if bar == nil || err != nil {
		return false, err
	}
	step := atStep(t.svc.Queue.Offer)
	t.emit(EventBarred, aiqyn.System, &queueBarred{Group: c.group, Reason: bar.Name, Round: c.round}, step, withReason(bar.Name))
	t.emit(EventLapsed, aiqyn.System, &lapsed{}, step, withOutcome(aiqyn.Lapsed))
	t.tell("message.queue-barred")
	return true, nil
}

// bar is what bars the case from its queue by the facts that it has; nil if nothing does.
func (t *turn) bar() (*service.Reason, error) {
	vars, err := t.e.variables(t.svc, t.rec, t.now)
	if err != nil {
		return nil, err
	}
	return t.svc.Queue.BarOf(vars)
}

// askedAgain holds an offer of a place that is given once to the registers as they were
// read for it, and who left instead to what they say.
func (c *caseAudit) askedAgain(ev *event) {
	if c.svc.Queue.Once == nil {
		return
	}
	asked := c.before != nil && c.before.kind == EventLookedUp && c.before.command == ev.command
	vars, err := c.e.variables(c.svc, c.rec, ev.at)
	var bar *service.Reason
	if err == nil {
		bar, err = c.svc.Queue.BarOf(vars)
	}
	switch d := ev.data.(type) {
	case *offerMade:
		if !asked && !ev.at.Before(offersAskAgain) || asked && (err != nil || bar != nil) {
			c.wrong(ev.index, "offers a place that is given once to somebody who may not have it, or without asking again")
		}
	case *queueBarred:
		if !asked || err != nil || bar == nil || bar.Name != d.Reason {
			c.wrong(ev.index, "bars somebody from a place for what registers do not say")
		}
	}
}
