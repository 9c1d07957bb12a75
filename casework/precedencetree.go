package casework

import (
	"cmp"
	"maps"
	"math"
	"slices"
	"time"

	"aiqyn/grid"
)

// claimsOn is what is claimed on one tree.
type claimsOn struct {
	list []*applied                  // in the order of filing
	sums map[time.Time]map[int]int64 // watts at each bus of all together, by until when the claims stand
}

// index has a claim be found by its trees, or no more.
func (o *orders) index(a *applied, add bool) {
	if o.model == nil {
		return
	}
	for _, bus := range slices.Concat(a.lists...) {
		tree, ok := o.model.TreeOf(bus)
		if !ok {
			continue
		}
		on := o.byTree[tree]
		if on == nil {
			on = &claimsOn{sums: make(map[time.Time]map[int]int64)}
			o.byTree[tree] = on
		}
		i, there := slices.BinarySearchFunc(on.list, a, inOrderOfFiling)
		watt := a.Watt
		switch {
		case add && !there:
			on.list = slices.Insert(on.list, i, a)
		case !add && there:
			on.list = slices.Delete(on.list, i, i+1)
		}
		if !add {
			watt = -watt
		}
		on.count(a.until, bus, watt)
	}
}

func (on *claimsOn) count(until time.Time, bus int, watt int64) {
	by := on.sums[until]
	if by == nil {
		by = make(map[int]int64)
		on.sums[until] = by
	}
	if by[bus] += watt; by[bus] == 0 {
		delete(by, bus)
	}
	if len(by) == 0 {
		delete(on.sums, until)
	}
}

// of has claims be found by the trees of a network.
func (o *orders) of(m *grid.Model) {
	if o.model == m {
		return
	}
	o.model, o.byTree = m, make(map[int]*claimsOn)
	for _, a := range o.byCase {
		o.index(a, true)
	}
}

// before are those on a tree that were filed before who asks, whether they stand or not.
func (on *claimsOn) before(of claimant) []*applied {
	if of.filed.IsZero() {
		return on.list
	}
	i, _ := slices.BinarySearchFunc(on.list, of, func(a *applied, of claimant) int {
		if by := a.filed.Compare(of.filed); by != 0 || of.no == 0 {
			return cmp.Or(by, -1)
		}
		return cmp.Compare(a.no, of.no)
	})
	return on.list[:i]
}

// on are the claims on some trees of a network that stand before who asks, in the order of
// filing, and of each tree the earliest alone, so many that they claim more than most.
func (o *orders) on(of claimant, m *grid.Model, trees []int, most int) (list []*applied, all bool) {
	o.of(m)
	all = true
	for _, tree := range trees {
		on := o.byTree[tree]
		if on == nil {
			continue
		}
		claimed := 0
		for _, a := range on.before(of) {
			if claimed > most {
				all = false
				break
			}
			if a.before(of) {
				list = append(list, a)
				claimed += len(a.lists)
			}
		}
	}
	if len(trees) > 1 {
		list = eachOnce(list)
	}
	return list, all
}

// looks are trees of a network whose claims somebody looks at.
type looks struct {
	model *grid.Model
	trees []int
}

// earlier are the claims on trees of networks that stand before who asks, as the grid's
// room has them: the earliest one by one, and the rest by bus. Of thousands on the trees of
// one network the earliest are looked at, and what is claimed by all is kept at hand.
func (o *orders) earlier(of claimant, at []looks) ([]grid.Claimed, []grid.Extra) {
	if len(at) == 1 {
		if list, all := o.on(of, at[0].model, at[0].trees, grid.MostClaims); !all {
			claims, _ := oneByOneAndRest(list, at)
			return claims, o.restBeside(of, at[0], claims)
		}
	}
	return o.allEarlier(of, at)
}

// allEarlier is earlier by going over all.
func (o *orders) allEarlier(of claimant, at []looks) ([]grid.Claimed, []grid.Extra) {
	var list []*applied
	for _, l := range at {
		on, _ := o.on(of, l.model, l.trees, math.MaxInt)
		list = append(list, on...)
	}
	if len(at) > 1 {
		list = eachOnce(list)
	}
	return oneByOneAndRest(list, at)
}

// oneByOneAndRest has the first of a list stand for themselves, and sums up the others.
func oneByOneAndRest(list []*applied, at []looks) (claims []grid.Claimed, rest []grid.Extra) {
	claims = make([]grid.Claimed, 0, min(len(list), grid.MostClaims))
	sums := make(map[int]int64)
	for _, a := range list {
		for _, buses := range a.lists {
			if len(claims) < grid.MostClaims {
				claims = append(claims, grid.Claimed{Buses: buses, Entry: a.entry, Watt: a.Watt})
				continue
			}
			for _, bus := range buses {
				sums[bus] += a.Watt
			}
		}
	}
	for bus := range sums {
		if !slices.ContainsFunc(at, func(l looks) bool { return l.has(bus) }) {
			delete(sums, bus)
		}
	}
	return claims, restOf(sums)
}

// has reports whether a bus lies on one of the trees.
func (l looks) has(bus int) bool {
	tree, ok := l.model.TreeOf(bus)
	return ok && slices.Contains(l.trees, tree)
}

// restBeside is what all claim on some trees who stand before who asks, but for those
// claims that are looked at one by one.
func (o *orders) restBeside(of claimant, l looks, claims []grid.Claimed) []grid.Extra {
	sums := make(map[int]int64)
	add := func(tree int, a *applied, watt int64) {
		for _, bus := range slices.Concat(a.lists...) {
			if t, ok := l.model.TreeOf(bus); ok && t == tree {
				sums[bus] += watt
			}
		}
	}
	for _, tree := range l.trees {
		on := o.byTree[tree]
		if on == nil {
			continue
		}
		before := on.before(of)
		if after := on.list[len(before):]; len(after) < len(before) {
			on.sum(of.now, sums)
			for _, a := range after {
				if a.no != of.no && !of.now.After(a.until) {
					add(tree, a, -a.Watt)
				}
			}
			if own := o.byCase[of.no]; own != nil && !of.now.After(own.until) {
				add(tree, own, -own.Watt)
			}
			continue
		}
		for _, a := range before {
			if a.before(of) {
				add(tree, a, a.Watt)
			}
		}
	}
	for _, c := range claims {
		for _, bus := range c.Buses {
			if l.has(bus) {
				sums[bus] -= c.Watt
			}
		}
	}
	return restOf(sums)
}

// sum adds what is claimed at each bus by those who still stand.
func (on *claimsOn) sum(now time.Time, sums map[int]int64) {
	for until, by := range on.sums {
		if now.After(until) {
			continue
		}
		for bus, watt := range by {
			sums[bus] += watt
		}
	}
}

// restOf is what is claimed at each bus, ascending.
func restOf(sums map[int]int64) (rest []grid.Extra) {
	for _, bus := range slices.Sorted(maps.Keys(sums)) {
		if watt := sums[bus]; watt != 0 {
			rest = append(rest, grid.Extra{Bus: bus, Watt: min(watt, grid.MostRestW)})
		}
	}
	return rest
}
