package casework

import (
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"aiqyn"
	"aiqyn/allocation"
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
	table := c.queueFolds.tables[d.Table]
	leaf := c.e.keys.rowHash(s.Service, d.Source, QueueRow{Row: d.Row, Number: d.Number, Applicant: s.Applicant, First: d.First})
	if table == nil || d.Table >= ev.index || table.Service != s.Service || table.Source != d.Source || !table.has(d, leaf) {
		c.wrong(ev.index, "gives a first date that no table of a former queue has, as it was brought")
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.queueFolds.claimed == nil {
		c.queueFolds.claimed = make(map[int64]firstDate)
	}
	c.queueFolds.claimed[ev.index] = firstDate{string(c.row.Object), d.First}
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

// has reports whether a leaf is in the table where a date says.
func (d *queueTableBrought) has(date *dateImported, leaf tlog.Hash) bool {
	root, ok := secretBytes(d.Root)
	return ok && tlog.CheckRecord(date.Proof, d.Rows, tlog.Hash(root), date.Leaf, leaf) == nil
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
	return firstDate{e.object, e.data.First}, true
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
