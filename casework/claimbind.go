package casework

import (
	"bytes"
	"slices"

	"aiqyn"
	"aiqyn/grid"
)

// BindClaim1 gathers the input of grid.claim@1: that of a search for points, and what was
// claimed before. In a ruling it is asked only where no point of the search is free.
func BindClaim1(b *Binding) error {
	taken := func() bool {
		return FoundPoint(b.before.out) && b.order != nil && noneFree([]computed{*b.order})
	}
	return b.claims(taken, func(net *inForce, in grid.Claim1Input, held func(int) []grid.Extra, earlier func([]int) ([]grid.Claimed, []grid.Extra)) ([]byte, []byte, error) {
		return net.model.Claim1Live(in, net.tables.Streets.Graph, held, func(trees []int) []grid.Claimed { list, _ := earlier(trees); return list })
	})
}

// BindClaim2 gathers that of grid.claim@2. In a ruling it is asked where the search has
// found no point, or none that is free, or one that takes the consent of an owner who has
// not answered.
func BindClaim2(b *Binding) error {
	of := func() bool { return claimsAnew(b.before.out, b.before.value, b.order, b.Values["consent"]) }
	return b.claims(of, func(net *inForce, in grid.Claim1Input, held func(int) []grid.Extra, earlier func([]int) ([]grid.Claimed, []grid.Extra)) ([]byte, []byte, error) {
		return net.model.Claim2Live(in, net.tables.Streets.Graph, held, earlier)
	})
}

// BindClaim3 gathers that of grid.claim@3, which is asked in a ruling, too, where a cheaper
// point than the one that is free lacks power.
func BindClaim3(b *Binding) error {
	of := func() bool {
		return claimsAnew(b.before.out, b.before.value, b.order, b.Values["consent"]) || lacksNearer(b.before.value, b.order)
	}
	return b.claims(of, func(net *inForce, in grid.Claim1Input, held func(int) []grid.Extra, earlier func([]int) ([]grid.Claimed, []grid.Extra)) ([]byte, []byte, error) {
		return net.model.Claim3Live(in, net.tables.Streets.Graph, held, earlier)
	})
}

// lacksNearer reports whether a point falls away for want of power that is cheaper than the
// first one that is free, or may: a search keeps only so many of those that fall away.
func lacksNearer(value any, order *computed) bool {
	found, _ := value.(map[string]any)
	feasible, _ := found["feasible"].([]any)
	fallen, _ := found["rejected"].([]any)
	said := (*grid.Precedence)(nil)
	if order != nil {
		said = precedenceIn([]computed{*order})
	}
	for _, p := range feasible {
		of, _ := p.(map[string]any)
		bus, _ := of["bus"].(int64)
		if cost, _ := of["cost"].(int64); said == nil || slices.Contains(said.Free, int(bus)) {
			return slices.ContainsFunc(fallen, func(p any) bool {
				of, _ := p.(map[string]any)
				dearer, _ := of["cost"].(int64)
				return dearer <= cost && (of["because"] == grid.BecauseCapacity || of["because"] == grid.BecauseLosses || len(fallen) >= grid.MostFallen)
			})
		}
	}
	return false // which is asked anyway
}

// claimsAnew reports whether a ruling says by grid.claim@2 where its case is, by its search
// and as rules read that.
func claimsAnew(search []byte, value any, order *computed, consent any) bool {
	if !FoundPoint(search) || order != nil && noneFree([]computed{*order}) {
		return true
	}
	found, _ := value.(map[string]any)
	asks, _ := found["consent"].(map[string]any)
	return consent == "" && asks["parcel"] != "" && asks["parcel"] != nil
}

// claims gathers what a claim is computed from, and has it computed; of is asked in a
// ruling whether it is.
func (b *Binding) claims(of func() bool, live func(net *inForce, in grid.Claim1Input, held func(int) []grid.Extra, earlier func([]int) ([]grid.Claimed, []grid.Extra)) (input, output []byte, err error)) error {
	c := b.Capacity
	if c == nil {
		return aiqyn.E(aiqyn.Unavailable, "error.no-network")
	}
	x, y, load, ok := b.wanted()
	if !ok || b.before != nil && !of() {
		return nil
	}
	net := c.network()
	for _, costs := range b.prices(net.tables) {
		b.Stamp, b.Before = Stamp{networkMark: c.markOf(net)}, nil
		in := grid.Claim1Input{Agreed: b.agreed(), Costs: costs, Detour: net.tables.Detour, Limits: grid.LimitsPPM(c.limits()), LoadW: load * 1000,
			Network: net.hash, Owned: net.tables.owned(), Streets: net.tables.Streets.Hash, XMM: thousandths(x), YMM: thousandths(y)}
		held := func(tree int) []grid.Extra {
			list, mark := c.reserved(tree)
			b.Stamp[tree] = mark
			return list
		}
		earlier := func(trees []int) ([]grid.Claimed, []grid.Extra) {
			at := []looks{{net.model, trees}}
			claims, rest := c.earlierThan(b.Who, at)
			b.Before = &asksBefore{of: b.Who, at: at, mark: c.marked(claims, rest)}
			return claims, rest
		}
		var err error
		if b.Input, b.Output, err = live(net, in, held, earlier); err != nil {
			return err
		}
		if claimsRoom(b.Output) {
			return nil
		}
	}
	return nil
}

// claimsRoom reports whether an answer claims a bus that has room.
func claimsRoom(out []byte) bool {
	return !bytes.HasPrefix(out, []byte(`{"buses":[]`)) && !bytes.Contains(out, []byte(`"full":true`))
}
