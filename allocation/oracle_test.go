package allocation

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"slices"
	"testing"
)

// oracle is a round as its rules are written, with nothing packed or shared.
type oracle struct {
	r     *Round
	list  [][]int32
	order [][]int32 // institution → applicants, best first
	rank  map[[2]int32]int
}

func newOracle(t *testing.T, r *Round) *oracle {
	t.Helper()
	if err := r.Check(); err != nil {
		t.Fatal(errorText(err))
	}
	o := &oracle{r: r, rank: map[[2]int32]int{}}
	for _, a := range r.Applicants {
		list := slices.Clone(a.List)
		if a.Holds >= 0 && !slices.Contains(list, a.Holds) {
			list = append(list, a.Holds)
		}
		o.list = append(o.list, list)
	}
	for h := range r.Institutions {
		var asked []int32
		for i := range r.Applicants {
			if slices.Contains(o.list[i], int32(h)) {
				asked = append(asked, int32(i))
			}
		}
		slices.SortFunc(asked, func(x, y int32) int {
			return slices.Compare(o.standing(x, int32(h)), o.standing(y, int32(h)))
		})
		o.order = append(o.order, asked)
		for k, i := range asked {
			o.rank[[2]int32{int32(h), i}] = k
		}
	}
	return o
}

// standing is how an applicant stands at an institution, part by part of the published
// order, the lower the better; written from docs/allocation.md and nothing of the room's.
func (o *oracle) standing(i, h int32) []int64 {
	a, order := o.r.Applicants[i], o.r.Rules.Order
	if len(order) == 0 {
		order = []string{"holds", "tier", "sibling", "date", "lottery"}
	}
	no := func(is bool) int64 {
		if is {
			return 0
		}
		return 1
	}
	var at []int64
	for _, part := range order {
		switch part {
		case "holds":
			at = append(at, no(a.Holds == h))
		case "tier":
			at = append(at, int64(a.Tier))
		case "sibling":
			at = append(at, no(slices.Contains(a.Siblings, h)))
		case "points":
			at = append(at, -a.Points)
		case "date":
			at = append(at, a.Date)
		case "lottery":
			said := fmt.Appendf(nil, "aiqyn/allocation/lottery\n")
			said = binary.BigEndian.AppendUint32(said, uint32(len(o.r.Name)))
			said = binary.BigEndian.AppendUint64(append(said, o.r.Name...), o.r.Seed.Round)
			said = append(append(said, o.r.Seed.Value[:]...), a.ID...)
			for _, b := range sha256.Sum256(said) {
				at = append(at, int64(b))
			}
		}
	}
	return at
}

// choose is an institution's choice among some, seat after seat.
func (o *oracle) choose(h int32, among []int32) []int32 {
	in := &o.r.Institutions[h]
	left := slices.Clone(among)
	slices.SortFunc(left, func(x, y int32) int { return o.rank[[2]int32{h, x}] - o.rank[[2]int32{h, y}] })
	var got []int32
	take := func(n int, belongs func(int32) bool, soft bool) {
		for range n {
			i := slices.IndexFunc(left, belongs)
			if i < 0 && soft && len(left) > 0 {
				i = 0
			}
			if i < 0 {
				return
			}
			got = append(got, left[i])
			left = slices.Delete(left, i, i+1)
		}
	}
	all := func(int32) bool { return true }
	held := 0
	for i := range o.r.Applicants {
		if o.r.Applicants[i].Holds == h {
			held++
		}
	}
	take(held, func(i int32) bool { return o.r.Applicants[i].Holds == h }, true)
	seats := in.Seats - held
	var kept []int
	open := seats
	for _, n := range in.Reserves {
		n = min(n, open)
		kept = append(kept, n)
		open -= n
	}
	if o.r.Rules.OpenFirst {
		take(open, all, false)
	}
	for k, n := range kept {
		v := o.r.Rules.Reserves[k]
		bit := slices.Index(o.r.Categories, v.Category)
		take(n, func(i int32) bool { return o.r.Applicants[i].Categories>>bit&1 == 1 }, v.Soft)
	}
	if !o.r.Rules.OpenFirst {
		take(open, all, false)
	}
	return got
}

// stable tells whether a matching leaves nobody a claim: every institution
// would choose whom it has, and nobody prefers one that would choose them.
func (o *oracle) stable(match []int32) bool {
	has := make([][]int32, len(o.r.Institutions))
	for i, h := range match {
		if h >= 0 {
			has[h] = append(has[h], int32(i))
		}
	}
	for h := range has {
		if len(o.choose(int32(h), has[h])) != len(has[h]) {
			return false
		}
	}
	for i := range match {
		for _, h := range o.list[i] {
			if h == match[i] {
				break
			}
			if slices.Contains(o.choose(h, append(slices.Clone(has[h]), int32(i))), int32(i)) {
				return false // justified envy, or a place left idle
			}
		}
	}
	return true
}

// all calls each with every matching that lists allow.
func (o *oracle) all(each func(match []int32)) {
	match := make([]int32, len(o.list))
	var from func(i int)
	from = func(i int) {
		if i == len(match) {
			each(match)
			return
		}
		for _, h := range append(slices.Clone(o.list[i]), -1) {
			match[i] = h
			from(i + 1)
		}
	}
	from(0)
}

// liked is the place of an institution in an applicant's list; the end for none.
func (o *oracle) liked(i int, h int32) int {
	if k := slices.Index(o.list[i], h); k >= 0 {
		return k
	}
	return len(o.list[i])
}
