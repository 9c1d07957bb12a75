package allocation

import (
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
	head := r.lotteryHead()
	for h := range r.Institutions {
		var asked []int32
		for i := range r.Applicants {
			if slices.Contains(o.list[i], int32(h)) {
				asked = append(asked, int32(i))
			}
		}
		slices.SortFunc(asked, func(x, y int32) int {
			if c := r.compare(x, y, int32(h)); c != 0 {
				return c
			}
			m, n := number(head, r.Applicants[x].ID), number(head, r.Applicants[y].ID)
			return slices.Compare(m[:], n[:])
		})
		o.order = append(o.order, asked)
		for k, i := range asked {
			o.rank[[2]int32{int32(h), i}] = k
		}
	}
	return o
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
