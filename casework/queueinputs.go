package casework

import (
	"slices"
	"time"

	"aiqyn/allocation"
	"aiqyn/service"
)

// inputs writes the round of a moment: what has a seat free, and who waits for one
// of them. Of a group whose places have a time each waits for every slot that they
// can come to, the earliest first.
func (q *queue) inputs(name string, at roundTime, of *service.Queue, secret func(object string) [32]byte) *allocation.Round {
	open, free := q.open(of.Slots, at)
	r := &allocation.Round{Name: name, Rules: roundRules(of), Closed: at.closed.Format(time.RFC3339)}
	for _, k := range r.Rules.Reserves {
		r.Categories = append(r.Categories, k.Category)
	}
	seats := make(map[string][]int32, len(open))
	for _, id := range open {
		seats[seatGroup(id)] = append(seats[seatGroup(id)], int32(len(r.Institutions)))
		r.Institutions = append(r.Institutions, allocation.Institution{ID: id, Seats: free[id], Reserves: q.kept(of, id, free[id])})
	}
	ordinal, last := int64(-1), time.Time{}
	order := q.ranked()
	slices.SortStableFunc(order, func(a, b int64) int { return q.waits[a].first.Compare(q.waits[b].first) })
	for _, no := range order {
		w := q.waits[no]
		var list, siblings []int32
		can := wishOf(w.wish)
		for _, g := range w.groups {
			for _, i := range seats[g] {
				if can.allows(r.Institutions[i].ID) {
					list = append(list, i)
				}
				if w.siblingAt(g) && can.allows(r.Institutions[i].ID) {
					siblings = append(siblings, i)
				}
			}
		}
		if len(list) == 0 {
			continue
		}
		if since := at.since(of, w.first); ordinal < 0 || !since.Equal(last) {
			ordinal, last = ordinal+1, since
		}
		r.Applicants = append(r.Applicants, allocation.Applicant{
			ID: allocation.Pseudonym(secret(w.object), name), Tier: w.tier, Points: w.points, Date: ordinal,
			Categories: categories(r.Categories, w.quotas) | categories(r.Categories, w.reserves), List: list, Siblings: siblings, Holds: -1,
		})
	}
	return r
}

// kept are the seats of a group that a round keeps, in the order of its reserves: those
// of quotas, or the share of its places less what members have already, and no more
// than are free.
func (q *queue) kept(of *service.Queue, group string, free int) []int {
	g := q.groups[group]
	if len(of.Reserves) == 0 || g == nil {
		return keptSeats(of.Quotas, free)
	}
	list, some := make([]int, len(of.Reserves)), false
	for i, k := range of.Reserves {
		list[i] = min(max(k.Keeps(g.places)-q.members[member{group, k.Name}], 0), free)
		free -= list[i]
		some = some || list[i] > 0
	}
	if !some {
		return nil // as a round file has it
	}
	return list
}
