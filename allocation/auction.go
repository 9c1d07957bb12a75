package allocation

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"slices"
)

// Lot is what is sold in a sealed-bid round.
type Lot struct {
	ID      string
	Reserve int64 // the least price, tiyn
}

// Bid is a sealed bid. Amount and Salt are what the bidder told when the seals
// were opened; a bid that was not opened has neither.
type Bid struct {
	ID     string
	Sealed [32]byte
	Opened bool
	Amount int64 // tiyn
	Salt   [32]byte
}

// Sold is the outcome of an auction: the highest bidder pays what the second
// highest offered, or the least price, so that nobody gains by offering less
// than a lot is worth to them (Vickrey 1961).
type Sold struct {
	Winner   string // "" when nobody offered the least price
	Price    int64  // tiyn
	Unopened []string
}

// Seal is what a bidder hands in before the opening: nothing of the amount can
// be learnt from it, and no other amount can be told later.
func Seal(round, id string, amount int64, salt [32]byte) [32]byte {
	b := []byte("aiqyn/allocation/bid\n")
	for _, s := range []string{round, id} {
		b = binary.BigEndian.AppendUint32(b, uint32(len(s)))
		b = append(b, s...)
	}
	b = binary.BigEndian.AppendUint64(b, uint64(amount))
	return sha256.Sum256(append(b, salt[:]...))
}

func (r *Round) checkBids() error {
	if r.Lot.ID == "" || r.Lot.Reserve < 0 {
		return invalid("allocation.bad-value", "where", "lot", "field", "reserve", "value", r.Lot.Reserve)
	}
	seen := map[string]bool{}
	for i := range r.Bids {
		b := &r.Bids[i]
		if b.ID == "" || seen[b.ID] {
			return invalid("allocation.repeated", "where", "bids", "id", b.ID)
		}
		seen[b.ID] = true
		if b.Opened && b.Amount < 0 {
			return invalid("allocation.bad-value", "where", b.ID, "field", "amount", "value", b.Amount)
		}
		if b.Opened && Seal(r.Name, b.ID, b.Amount, b.Salt) != b.Sealed {
			return invalid("allocation.seal", "id", b.ID)
		}
	}
	return nil
}

// Auction opens the bids of a round. Of equal bids the lottery decides.
func (r *Round) Auction() (*Sold, error) {
	if err := r.Check(); err != nil {
		return nil, err
	}
	if r.Rules.Kind != SealedBid {
		return nil, invalid("allocation.bad-value", "where", "rules", "field", "kind", "value", r.Rules.Kind)
	}
	out := &Sold{Unopened: []string{}}
	var valid []*Bid
	for i := range r.Bids {
		switch b := &r.Bids[i]; {
		case !b.Opened:
			out.Unopened = append(out.Unopened, b.ID)
		case b.Amount >= r.Lot.Reserve:
			valid = append(valid, b)
		}
	}
	slices.Sort(out.Unopened)
	head := r.lotteryHead()
	slices.SortFunc(valid, func(a, b *Bid) int {
		m, n := number(head, a.ID), number(head, b.ID)
		return cmp.Or(cmp.Compare(b.Amount, a.Amount), bytes.Compare(m[:], n[:]))
	})
	if len(valid) > 0 {
		out.Winner, out.Price = valid[0].ID, r.Lot.Reserve
	}
	if len(valid) > 1 {
		out.Price = valid[1].Amount
	}
	return out, nil
}
