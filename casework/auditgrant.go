package casework

import (
	"bytes"
	"encoding/json"
	"fmt"
	"time"

	"aiqyn/canonical"
)

// amount holds how much a grant takes from a share, where and until when to its ruling.
func (c *caseAudit) amount(ev *event, d *granted) {
	if c.svc == nil || c.ruled == nil {
		return
	}
	if c.svc.Outcome.Reserves != d.Share {
		c.wrong(ev.index, "the grant takes from another share than its service")
		return
	}
	if !c.validTo(ev, d) {
		c.wrong(ev.index, "what is granted holds for another time than its pack says")
	}
	if d.Share == "" {
		return
	}
	taken, err := c.svc.Outcome.Taken.Value(c.ruled)
	if kw, _ := taken.(int64); err != nil || kw*1000 != d.Amount {
		c.wrong(ev.index, "the grant takes %d W, which is not what was asked for", d.Amount)
	}
	if err := c.point(d); err != nil {
		c.wrong(ev.index, "the grant takes from another place than its ruling has: %v", err)
	}
	if err := c.inTurn(d.Point); err != nil {
		c.wrong(ev.index, "the grant comes out of turn: %v", err)
	}
}

// validTo reports whether a grant holds for as long as its pack says, by a calendar that
// was in force once.
func (c *caseAudit) validTo(ev *event, d *granted) bool {
	valid, err := c.svc.Outcome.ValidFor(c.ruled)
	if err != nil || valid.Days <= 0 {
		return err == nil && d.ValidTo.IsZero()
	}
	for _, cal := range c.e.packs.calendarsNamed(c.svc.Calendar) {
		if due, err := cal.Due(ev.at, valid, nil); err == nil && due.At.Equal(d.ValidTo) {
			return true
		}
	}
	return false
}

// point holds the place of a grant to the best point of its ruling, or to one of the
// others that it has found.
func (c *caseAudit) point(d *granted) error {
	var point struct {
		Bus int64 `json:"bus"`
	}
	if err := canonical.Unmarshal(d.Point, &point); err != nil || point.Bus != d.Place {
		return fmt.Errorf("bus %d is not that of its point", d.Place)
	}
	if best := bestOf(c.computed); bytes.Equal(d.Point, best) || sameJSON(d.Point, best) {
		return nil
	}
	search := searchIn(c.computed)
	var found struct {
		Feasible []json.RawMessage `json:"feasible"`
	}
	if search == nil || c.svc.Outcome.Other == nil {
		return fmt.Errorf("it is not the best")
	}
	if err := canonical.Unmarshal(search.Out, &found); err != nil {
		return err
	}
	for _, p := range found.Feasible {
		if sameJSON(p, d.Point) {
			return nil
		}
	}
	return fmt.Errorf("it has not found it")
}

// sameJSON compares two documents whatever the order of their fields.
func sameJSON(a, b []byte) bool {
	one, errOne := canonicalJSON(string(a))
	other, errOther := canonicalJSON(string(b))
	return errOne == nil && errOther == nil && bytes.Equal(one, other)
}

// lapseSlack is how much later than its term an office may give back what was not used:
// it may have stood still meanwhile.
const lapseSlack = 72 * time.Hour

// lapsing names what is held beyond its term: power that nobody has come to use is free
// again for others, and a publication after that which has it as reserved hides it.
func (c *caseAudit) lapsing() {
	over := c.rec.state.lapses()
	if !over.IsZero() && c.head.Recorded.After(over.Add(lapseSlack)) {
		c.wrong(c.last, "case %d: holds power beyond %s, until when it was to be used", c.row.No, day(over, c.e.Zone))
	}
}
