package casework

import (
	"fmt"
	"time"

	"aiqyn"
	"aiqyn/allocation"
	"aiqyn/service"
)

// dated holds a date that a former system claims to the case, and to the table that
// was committed to.
func (c *caseAudit) dated(ev *event, d *dateImported) {
	c.owesDate = 0
	s := c.rec.state
	if s.Queue == nil || ev.actor.Role != aiqyn.RoleOperator || !d.First.Before(s.Queue.First) || !d.Was.Equal(s.Queue.First) {
		c.wrong(ev.index, "gives a first date that is not earlier, or that nobody who may has given")
		return
	}
	brought := c.queueFolds.tables[d.Table]
	var table *queueTableBrought
	if brought != nil {
		table = brought.data.(*queueTableBrought)
	}
	leaf := c.e.keys.rowHash(s.Service, d.Source, QueueRow{Row: d.Row, Number: d.Number, Applicant: s.Applicant, First: d.First})
	if table == nil || d.Table >= ev.index || table.Service != s.Service || table.Source != d.Source || !table.has(d, leaf) {
		c.wrong(ev.index, "gives a first date that no table of a former queue has, as it was brought")
	} else if !c.queueFolds.confirmed(ev, brought) {
		c.wrong(ev.index, "gives a first date from a table of a former queue that no second person has confirmed")
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.queueFolds.claimed == nil {
		c.queueFolds.claimed = make(map[int64]firstDate)
	}
	c.queueFolds.claimed[ev.index] = firstDate{string(c.row.Object), d.First, d.Table}
}

// broughtIn holds that whoever was brought with a former queue got their date there
// in the same turn, or had an earlier one here.
func (c *caseAudit) broughtIn(ev *event) {
	if c.owesDate != 0 && (ev == nil || ev.kind != EventDateImported) {
		c.wrong(c.owesDate, "was let into the queue by an import that gives no date of a former one")
		c.owesDate = 0
	}
	if ev == nil {
		return
	}
	if d, ok := ev.data.(*entered); ok && c.rec.state.Channel == queueChannel && d.From == 0 {
		c.owesDate = ev.index
	}
}

// firstDates holds first dates to where they are from.
func (a *auditor) firstDates() {
	for index, e := range a.queueFolds.entered {
		if e.data.From == 0 {
			if !e.data.First.Equal(e.at.at) {
				a.wrong(index, "counts as waiting since another time than it came")
			}
			continue
		}
		from, ok := a.dateOf(e.data)
		erased := !ok && len(a.residue) > 0
		if !erased && (!ok || from.object != e.object || !from.first.Equal(e.data.First) || e.data.From >= index) {
			a.wrong(index, "its first date is not that of the entry it names")
		}
	}
}

// firstDate is a date as an entry has given it, and about what.
type firstDate struct {
	object string
	first  time.Time
	table  int64 // entry of the former queue that it is from; 0: none
}

// dateOf is the date of the entry that an entered case names: of its entering before,
// or of a former system's word if it says that nothing proves it.
func (a *auditor) dateOf(d *entered) (firstDate, bool) {
	if d.Unproven {
		c, ok := a.queueFolds.claimed[d.From]
		return c, ok
	}
	e, ok := a.queueFolds.entered[d.From]
	if !ok {
		return firstDate{}, false
	}
	return firstDate{e.object, e.data.First, 0}, true
}

// inverted holds what a result counts of who came before somebody with an earlier date
// to the file that it is from. What the published rules do not explain is wrong, also
// where nothing was counted.
func (t *queueTelling) inverted(ev *event, d *roundDrawn, counted *allocation.Inverted) {
	if counted == nil {
		return // the round could not be run again, which is said
	}
	if d.Inverted != nil && *d.Inverted != *counted {
		t.wrong(ev.index, "counts other people who were passed over than its result has")
	}
	if counted.Unexplained != 0 {
		t.wrong(ev.index, "%d were passed over for no reason that the rules have", counted.Unexplained)
	}
}

// ranked holds a class of priority, points, quotas, kept seats and where a brother or
// sister is to what the rules say on the facts.
func (c *caseAudit) ranked(ev *event, tier int, class string, siblings []string, w worth) {
	vars, err := c.e.variables(c.svc, c.rec, ev.at)
	if err == nil {
		said := service.Rank{Tier: tier, Points: w.Points, Scores: w.Scores, Quotas: w.Quotas, Reserves: w.Reserves, Siblings: siblings}
		var want service.Rank
		if want, err = c.svc.Queue.RankOf(vars); err == nil && (!want.Equal(said) || c.svc.Queue.Tiers[want.Tier].Name != class) {
			err = fmt.Errorf("they give %s with %d points", c.svc.Queue.Tiers[want.Tier].Name, want.Points)
		}
	}
	if err != nil {
		c.wrong(ev.index, "the class in the queue does not follow from the facts: %v", err)
	}
}
