package allocation

import (
	"cmp"
	"iter"
	"slices"
)

// Inversion is that somebody with a later date was given a place that others with
// earlier dates had asked for and did not get, nor anything they like as well.
type Inversion struct {
	Institution string `json:"institution"`
	Served      string `json:"served"` // who was given the place
	Cause       string `json:"cause"`  // why they came before the others
	Count       int    `json:"count"`  // of the others
	First       string `json:"first"`  // of these the one with the earliest date
}

// Causes of an inversion beside the parts of the order: a seat that was kept for a
// category, a least share of one, and none that the published rules have.
const (
	CauseReserve     = "reserve"
	CauseQuota       = "quota"
	CauseUnexplained = "unexplained"
)

// rankClass is what applicants have in common who come before or after anybody else for
// the same reason.
type rankClass struct {
	holds, sibling bool
	tier           int
	points         int64
	categories     uint32
}

// passedOver are applicants of one class who asked for a place and did not get it, by date.
type passedOver struct {
	rankClass
	who []int32
}

// Inversions yields the inversions of a result, by institution: match is who got what,
// as [Result.Match] has it. They follow from the published file and result alone, by
// whomever these were made.
func (r *Round) Inversions(match []int32) iter.Seq[Inversion] {
	return func(yield func(Inversion) bool) {
		served := make([][]int32, len(r.Institutions))
		over := make([][]int32, len(r.Institutions))
		for i := range r.Applicants {
			for _, h := range r.Applicants[i].List {
				if h == match[i] {
					served[h] = append(served[h], int32(i))
					break
				}
				over[h] = append(over[h], int32(i))
			}
		}
		for h := range r.Institutions {
			if !r.inversionsAt(int32(h), served[h], r.classes(int32(h), over[h]), yield) {
				return
			}
		}
	}
}

func (r *Round) classOf(i, h int32) rankClass {
	a := &r.Applicants[i]
	return rankClass{a.Holds == h, slices.Contains(a.Siblings, h), a.Tier, a.Points, a.Categories}
}

// classes parts those who were passed over at an institution.
func (r *Round) classes(h int32, over []int32) (list []passedOver) {
	at := make(map[rankClass]int)
	for _, i := range over {
		c := r.classOf(i, h)
		k, ok := at[c]
		if !ok {
			k = len(list)
			at[c], list = k, append(list, passedOver{rankClass: c})
		}
		list[k].who = append(list[k].who, i)
	}
	for _, c := range list {
		slices.SortFunc(c.who, func(a, b int32) int {
			return cmp.Or(cmp.Compare(r.Applicants[a].Date, r.Applicants[b].Date), cmp.Compare(a, b))
		})
	}
	return list
}

// inversionsAt yields those of one institution, by who was served.
func (r *Round) inversionsAt(h int32, served []int32, classes []passedOver, yield func(Inversion) bool) bool {
	for _, s := range served {
		var causes []Inversion
		first := make(map[string]int32)
		for _, c := range classes {
			n, _ := slices.BinarySearchFunc(c.who, r.Applicants[s].Date, func(i int32, date int64) int { return cmp.Compare(r.Applicants[i].Date, date) })
			if n == 0 {
				continue
			}
			cause := r.cause(s, h, c.rankClass)
			k := slices.IndexFunc(causes, func(i Inversion) bool { return i.Cause == cause })
			if k < 0 {
				k = len(causes)
				causes = append(causes, Inversion{Institution: r.Institutions[h].ID, Served: r.Applicants[s].ID, Cause: cause})
				first[cause] = c.who[0]
			}
			causes[k].Count += n
			if was := first[cause]; cmp.Or(cmp.Compare(r.Applicants[c.who[0]].Date, r.Applicants[was].Date), cmp.Compare(c.who[0], was)) < 0 {
				first[cause] = c.who[0]
			}
		}
		slices.SortFunc(causes, func(a, b Inversion) int { return cmp.Compare(a.Cause, b.Cause) })
		for _, i := range causes {
			i.First = r.Applicants[first[i.Cause]].ID
			if !yield(i) {
				return false
			}
		}
	}
	return true
}

// cause is why somebody came before others of a class whose date is earlier.
func (r *Round) cause(s, h int32, over rankClass) string {
	mine := r.classOf(s, h)
	for _, part := range r.Rules.order() {
		c := 0
		switch part {
		case ByHolding:
			c = first(mine.holds, over.holds)
		case ByTier:
			c = cmp.Compare(mine.tier, over.tier)
		case BySibling:
			c = first(mine.sibling, over.sibling)
		case ByPoints:
			c = cmp.Compare(over.points, mine.points)
		case ByDate:
			c = 1 // theirs is earlier
		case ByLottery:
			c = -1
		}
		if c < 0 {
			return part
		}
		if c > 0 {
			return r.keptFor(mine.categories&^over.categories, h)
		}
	}
	return ByLottery
}

// keptFor is what lets somebody with categories that others have not come before who
// stands before them in the order.
func (r *Round) keptFor(categories uint32, h int32) string {
	has := func(category string) bool {
		i := slices.Index(r.Categories, category)
		return i >= 0 && categories>>i&1 == 1
	}
	for i, n := range r.Institutions[h].Reserves {
		if n > 0 && has(r.Rules.Reserves[i].Category) {
			return CauseReserve
		}
	}
	if slices.ContainsFunc(r.Rules.Quotas, func(q Quota) bool { return has(q.Category) }) {
		return CauseQuota
	}
	return CauseUnexplained
}

// Inverted counts inversions by their causes: pairs of somebody who was given a place
// and somebody with an earlier date who was not. The log keeps it: its names are in
// their order.
type Inverted struct {
	Holds       int64 `json:"holds,omitempty"`
	Lottery     int64 `json:"lottery,omitempty"`
	Points      int64 `json:"points,omitempty"`
	Quota       int64 `json:"quota,omitempty"`
	Reserve     int64 `json:"reserve,omitempty"`
	Sibling     int64 `json:"sibling,omitempty"`
	Tier        int64 `json:"tier,omitempty"`
	Unexplained int64 `json:"unexplained,omitempty"`
}

// Add counts another inversion.
func (v *Inverted) Add(i Inversion) {
	*v.of(i.Cause) += int64(i.Count)
}

func (v *Inverted) of(cause string) *int64 {
	switch cause {
	case ByHolding:
		return &v.Holds
	case ByTier:
		return &v.Tier
	case BySibling:
		return &v.Sibling
	case ByPoints:
		return &v.Points
	case ByLottery:
		return &v.Lottery
	case CauseReserve:
		return &v.Reserve
	case CauseQuota:
		return &v.Quota
	}
	return &v.Unexplained
}

// Causes are those of an inversion, each with how often it is counted.
func (v Inverted) Causes() iter.Seq2[string, int64] {
	return func(yield func(string, int64) bool) {
		for _, c := range []string{ByHolding, ByTier, BySibling, ByPoints, ByLottery, CauseReserve, CauseQuota, CauseUnexplained} {
			if !yield(c, *v.of(c)) {
				return
			}
		}
	}
}

// Plus is two counts together.
func (v Inverted) Plus(o Inverted) Inverted {
	for cause, n := range o.Causes() {
		*v.of(cause) += n
	}
	return v
}

// Inverted counts the inversions of a result.
func (r *Round) Inverted(match []int32) (v Inverted) {
	for i := range r.Inversions(match) {
		v.Add(i)
	}
	return v
}
