package casework

import (
	"cmp"
	"slices"

	"aiqyn/deadline"
)

// otherSurveys remarks where another surveyed network has taken the place of the one
// before, and no entry says who has put it into force: in logs from before that was an act.
func (a *auditor) otherSurveys() {
	last := ""
	for _, p := range a.tables.published {
		if a.tables.at(p.entry) != nil {
			return
		}
		if last != "" && p.base != "" && p.base != last {
			a.remark(p.entry, "the surveyed network %s has taken the place of %s, and no entry says by whom", p.base, last)
		}
		if p.base != "" {
			last = p.base
		}
	}
}

// quietDays remarks days on which no free power was published since there was any: what
// people read then was old.
func (a *auditor) quietDays() {
	type shown struct {
		day   deadline.Date
		entry int64
	}
	var list []shown
	for entry, ev := range a.figures.publications {
		if d, err := deadline.ParseDate(ev.data.(*capacityPublished).Day); err == nil {
			list = append(list, shown{d, entry})
		}
	}
	if len(list) == 0 {
		return
	}
	list = append(list, shown{deadline.DateOf(a.head.Recorded.In(a.Zone)), a.head.Size}) // which may still have its own
	slices.SortFunc(list, func(x, y shown) int {
		return cmp.Or(x.day.Compare(y.day), cmp.Compare(x.entry, y.entry))
	})
	for i, next := range list[1:] {
		if was := list[i]; was.day.AddDays(1).Before(next.day) {
			a.remark(was.entry, "no free power was published from %s to %s", was.day.AddDays(1), next.day.AddDays(-1))
		}
	}
}
