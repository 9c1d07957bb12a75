package casework

import (
	"cmp"
	"slices"
	"time"

	"aiqyn"
)

// typedUntil is when the last corrections were written that do not say how a fact was
// read again.
var typedUntil = time.Date(2026, time.December, 1, 0, 0, 0, 0, time.UTC)

// factCorrected holds the correction of a fact of a case in a queue to what was on file,
// and to a register having been read: what somebody typed ranks nobody.
func (c *caseAudit) factCorrected(ev *event, d *corrected) {
	f, ok := c.rec.state.Facts[d.Field]
	if !ok {
		return
	}
	if string(d.Was) != string(f.Value) {
		c.wrong(ev.index, "corrects another value than was on file")
	}
	if d.Read == nil && ev.at.After(typedUntil) {
		c.wrong(ev.index, "corrects a fact by which the case ranks, and no register was read")
	}
}

// unranked is a case that was not ranked anew by a correction, though it ranks otherwise.
type unranked struct {
	svc    aiqyn.ServiceID
	index  int64
	at     time.Time
	groups []string
}

// owesARank notes a correction that has just been folded in, by which the case ranks
// otherwise.
func (c *caseAudit) owesARank(ev *event) {
	if _, ok := ev.data.(*corrected); !ok || c.svc == nil || c.svc.Queue == nil || !c.rec.state.Queue.ranksAnew() {
		return
	}
	vars, err := c.e.variables(c.svc, c.rec, ev.at)
	if err != nil {
		return
	}
	if rank, err := c.svc.Queue.RankOf(vars); err == nil && !rank.Equal(c.rec.state.Queue.rank()) {
		c.owesRank = ev
	}
}

// rankedThen holds the entry behind such a correction, nil if there is none, to be the new
// rank.
func (c *caseAudit) rankedThen(ev *event) {
	owes := c.owesRank
	if owes == nil {
		return
	}
	if c.owesRank = nil; ev != nil && ev.kind == EventRanked && ev.command == owes.command {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.queueFolds.unranked = append(c.queueFolds.unranked, unranked{c.rec.state.Service, owes.index, owes.at, c.rec.state.Queue.Groups})
}

// leftUnranked tells of corrections before an entry that have ranked nobody, unless
// everybody in the line had been counted already.
func (t *queueTelling) leftUnranked(entry int64) {
	if !t.rankless {
		slices.SortFunc(t.queueFolds.unranked, func(a, b unranked) int { return cmp.Compare(a.index, b.index) })
		t.rankless = true
	}
	for list := t.queueFolds.unranked; len(list) > 0 && list[0].index < entry; list = t.queueFolds.unranked {
		u := list[0]
		t.queueFolds.unranked = list[1:]
		groups, today := t.qs.at(u.svc).groups, day(u.at, t.Zone)
		if !slices.ContainsFunc(u.groups, func(id string) bool { return groups[id] != nil && groups[id].closedOn(today) }) {
			t.wrong(u.index, "corrects a fact by which the case ranks otherwise, and does not rank it anew")
		}
	}
}
