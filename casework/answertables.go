package casework

import (
	"cmp"

	"aiqyn"
	"aiqyn/access"
)

// ConfirmTables is an overseer's yes to tables that an operator has brought: they come
// into force with the entry.
type ConfirmTables struct {
	ID     aiqyn.CommandID
	Actor  aiqyn.Actor
	Entry  int64  // that asks for them
	Ground string // what they were held against
}

// DeclineTables is an overseer's no.
type DeclineTables ConfirmTables

// answerTables is a second person's word on tables.
type answerTables struct {
	apart
	entry  int64
	ground string
	kind   EventKind
	after  int64 // newest act that was seen when it was prepared
	shown  int64 // id of the newest publication then; 0: none
	meters int64 // newest entry about meters then
	lost   error // meters that the network loses
	asked  *event
	next   *inForce
}

func (c *answerTables) prepare(ctx ctx, e *Engine) error {
	if err := c.apart.prepare(ctx, e); err != nil {
		return err
	}
	if err := access.Check(c.actor.Role, access.ActionConfirmTables, access.None); err != nil {
		return err
	}
	acts, err := e.tablesActs(ctx)
	if err != nil {
		return err
	}
	c.after, c.asked, c.next = newestAct(acts), nil, nil
	waits, gone := waitingTables(acts), false
	for _, ev := range acts {
		if ev.index == c.entry && ev.kind == EventTablesAsked {
			c.asked, gone = ev, true
		}
	}
	for _, ev := range waits {
		gone = gone && ev.index != c.entry
	}
	switch {
	case c.asked == nil || e.Capacity == nil:
		return aiqyn.E(aiqyn.NotFound, "error.not-found").On("entry")
	case gone:
		c.asked = nil
		return nil // which is told when it is decided, unless it was this very command
	}
	if c.kind != EventTables {
		return nil
	}
	t, err := e.tablesOf(ctx, -1, c.asked.data.(*tablesAct))
	if err != nil {
		return err
	}
	if c.meters, c.lost, err = e.metersLost(ctx, t.Model); err != nil {
		return err
	}
	last, ok, err := e.Store.LastPublication(ctx)
	if c.shown = 0; err != nil {
		return err
	}
	if c.next = t.asSurveyed(); ok {
		c.shown = last.ID
		c.next, err = e.publishedOn(t, last.Base, last.Network)
	}
	return err
}

func (c *answerTables) decide(t *turn) error {
	if done, err := c.once(t); done || err != nil {
		return err
	}
	switch {
	case t.s.tabled > c.after:
		return errStale
	case c.asked == nil:
		return aiqyn.E(aiqyn.Conflict, "error.tables-answered").On("entry")
	case c.ground == "":
		return aiqyn.E(aiqyn.Invalid, "error.answer-required").On("ground")
	}
	if err := t.countersigned(access.ActTables, c.asked.actor, c.actor); err != nil {
		return err
	}
	d := *c.asked.data.(*tablesAct)
	d.Asked, d.Ground = c.entry, c.ground
	if c.kind != EventTables {
		t.tablesAct(c.kind, c.actor, &d, nil)
		c.finish(t)
		return nil
	}
	share := t.e.Capacity
	if share.shown.last != c.shown || t.s.registered != c.meters {
		return errStale
	}
	if err := cmp.Or(c.lost, t.e.CheckNetwork(c.next.tables.Model)); err != nil {
		return err
	}
	ev := t.tablesAct(c.kind, c.actor, &d, nil)
	c.next.tables.act = ev.index + 1
	t.comeIntoForce(ev, &d, c.next)
	c.finish(t)
	return nil
}

// waitingTables are the acts that wait for a second person: nobody has answered them, and
// no others came into force since.
func waitingTables(acts []*event) (list []*event) {
	for _, ev := range acts {
		d := ev.data.(*tablesAct)
		switch ev.kind {
		case EventTablesAsked:
			list = append(list, ev)
		case EventTables:
			list = nil
		case EventTablesDeclined:
			for i := range list {
				if list[i].index == d.Asked {
					list = append(list[:i:i], list[i+1:]...)
					break
				}
			}
		}
	}
	return list
}
