package casework

import (
	"slices"

	"aiqyn"
	"aiqyn/allocation"
	"aiqyn/service"
)

// roundRules are a service's rules as its rounds name them. The least share of a quota
// is seats that are kept, so that it holds for who is admitted and nobody gains by a
// false list (docs/decisions/0019).
func roundRules(q *service.Queue) allocation.Rules {
	rules := allocation.Rules{Kind: string(q.Round), Order: q.Order}
	for _, k := range q.Quotas {
		rules.Reserves = append(rules.Reserves, allocation.Reserve{Category: k.Name, Soft: true})
	}
	for _, k := range q.Reserves {
		rules.Reserves = append(rules.Reserves, allocation.Reserve{Category: k.Name, Soft: k.Soft})
	}
	rules.OpenFirst = q.OpenFirst
	return rules
}

// keptSeats are how many of some seats quotas keep: each its share, rounded up; where
// there are too few for all, the first has the right of way.
func keptSeats(quotas []service.PlaceQuota, seats int) []int {
	var kept []int
	left := seats
	for _, k := range quotas {
		n := min((seats*k.Percent+99)/100, left)
		kept, left = append(kept, n), left-n
	}
	return kept
}

// asCalled is a round as it was written before its quotas kept seats: who had asked at
// an institution was called in an order that held the share in each of its beginnings.
func asCalled(r *allocation.Round, q *service.Queue) *allocation.Round {
	was := *r
	was.Rules.Reserves, was.Institutions = nil, slices.Clone(r.Institutions)
	for _, k := range q.Quotas {
		was.Rules.Quotas = append(was.Rules.Quotas, allocation.Quota{Category: k.Name, Percent: k.Percent})
	}
	for i := range was.Institutions {
		was.Institutions[i].Reserves = nil
	}
	return &was
}

// asWritten is a round as its commitment wrote it: by quotas that call, as long as none
// of the service has kept seats for them.
func (t *queueTelling) asWritten(r *allocation.Round, d *roundCommitted, q *service.Queue) *allocation.Round {
	if len(q.Quotas) == 0 {
		return r
	}
	if called := asCalled(r, q); d.Rules == called.Rules.Hash() && !t.keeps[d.Service] {
		return called
	}
	t.keeps[d.Service] = true
	return r
}

// keptFor is what a quota or a reserve is called by whose seats parted somebody from a place.
func keptFor(q *service.Queue, by string) aiqyn.Text {
	for _, k := range q.Quotas {
		if k.Name == by {
			return k.Text
		}
	}
	for _, k := range q.Reserves {
		if k.Name == by {
			return k.Text
		}
	}
	return aiqyn.Text{}
}

// categories are quotas and reserves as a round has them, bit by bit.
func categories(all, own []string) (bits uint32) {
	for i, name := range all {
		if slices.Contains(own, name) {
			bits |= 1 << i
		}
	}
	return bits
}
