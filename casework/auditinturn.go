package casework

import (
	"bytes"
	"fmt"
	"slices"

	"aiqyn/grid"
)

// What an application claims is computed before it waits for its turn, and says after how
// many entries of the log. In its turn it is looked at again. Whoever left that out could
// have somebody claim what another has meanwhile, and nothing beside it: they would lose
// their place to whoever comes next. So the audit looks again, at every entry that claims.

// claimInTurn is a claim that was computed before the entry that makes it.
type claimInTurn struct {
	asOf int64 // it was computed after so many entries
	in   *grid.Claim2Input
	said *grid.ClaimAnswer
	out  []byte // the same
	with string // version that it was computed by
}

// saysInTurn notes a claim that was computed before its entry.
func (c *caseAudit) saysInTurn(x *computed, in *grid.Claim2Input, said *grid.ClaimAnswer, asOf int64) error {
	if !c.tables.inForce(in.Network, c.turn.index) {
		return fmt.Errorf("its network was not in force any more when its turn came")
	}
	c.saysOfOrder(precedenceSaid{entry: c.turn.index, of: claimant{no: c.row.No, filed: c.rec.state.Filed, now: c.turn.at},
		turn: &claimInTurn{asOf, in, said, x.Out, x.With}})
	return nil
}

// standingAt is who stands before whom, and what is reserved, before an entry.
type standingAt struct {
	stand orders
	book  *powerBook
	moves []appliedMove // of all cases, in the order of the log
	books []bookMove    // likewise
	done  int           // of moves
	read  int           // of books
}

// until goes on to an entry.
func (n *standingAt) until(entry int64) {
	for ; n.done < len(n.moves) && n.moves[n.done].entry < entry; n.done++ {
		n.stand.set(n.moves[n.done].no, n.moves[n.done].is)
	}
	for ; n.read < len(n.books) && n.books[n.read].entry < entry; n.read++ {
		n.book.set(n.books[n.read])
	}
}

// moved reports whether anything that is claimed or reserved has changed since so many
// entries at buses that count.
func (n *standingAt) moved(asOf int64, counts func(bus int) bool) bool {
	on := func(a *applied) bool {
		return a != nil && slices.ContainsFunc(a.lists, func(buses []int) bool { return slices.ContainsFunc(buses, counts) })
	}
	for i := n.done - 1; i >= 0 && n.moves[i].entry >= asOf; i-- {
		if on(n.moves[i].is) || on(n.moves[i].was) {
			return true
		}
	}
	for i := n.read - 1; i >= 0 && n.books[i].entry >= asOf; i-- {
		if counts(int(n.books[i].place)) || counts(int(n.books[i].from)) {
			return true
		}
	}
	return false
}

// claimedInTurn holds that a claim would have been the same in its turn, or that the one bus
// that it is at had room beside all that was reserved and claimed there by then.
func (a *auditor) claimedInTurn(s *precedenceSaid, now *standingAt) error {
	t := s.turn
	m, err := a.e.modelFor(t.in.Network)
	if err != nil {
		return err
	}
	counts := func(int) bool { return true }
	tree := 0
	bus, one := atOne(t.said)
	if one {
		if tree, one = m.TreeOf(bus); one {
			counts = func(bus int) bool { at, ok := m.TreeOf(bus); return ok && at == tree }
		}
	}
	if !now.moved(t.asOf, counts) {
		return nil
	}
	if one {
		claims, rest := now.stand.earlier(s.of, []looks{{m, []int{tree}}})
		if m.HoldsAll(bus, t.in.LoadW, now.book.heldOn(m, tree), claims, rest, t.in.Limits.Limits()) {
			return nil
		}
	}
	out, err := a.claimAgain(s, m, now)
	if err == nil && !bytes.Equal(out, t.out) && !a.forgotten(counts) {
		a.wrong(s.entry, "was not looked at in its turn: what it claims was computed after %d entries, and by then it would have claimed something else", t.asOf)
	}
	return err
}

// claimAgain is what a claim comes to as things stand.
func (a *auditor) claimAgain(s *precedenceSaid, m *grid.Model, now *standingAt) ([]byte, error) {
	var along *grid.StreetGraph
	in := s.turn.in
	if in.Streets != "" {
		var err error
		if along, err = SnapshotAs[grid.StreetGraph](a.e.snapshots)(in.Streets); err != nil {
			return nil, err
		}
	}
	asks := grid.Claim1Input{Agreed: in.Agreed, Costs: in.Costs, Detour: in.Detour, Limits: in.Limits, LoadW: in.LoadW,
		Network: in.Network, Owned: in.Owned, Streets: in.Streets, XMM: in.XMM, YMM: in.YMM}
	live := m.Claim2Live
	if s.turn.with == grid.Claim3 {
		live = m.Claim3Live
	}
	_, out, err := live(asks, along, func(tree int) []grid.Extra { return now.book.heldOn(m, tree) },
		func(trees []int) ([]grid.Claimed, []grid.Extra) { return now.stand.earlier(s.of, []looks{{m, trees}}) })
	return out, err
}

// forgotten reports whether cases that were erased since may have held something at buses
// that count: how much of it at an entry nobody knows.
func (a *auditor) forgotten(counts func(bus int) bool) bool {
	for _, r := range a.residue {
		if r.Amount != 0 && counts(int(r.Place)) {
			return true
		}
	}
	return false
}
