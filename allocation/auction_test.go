package allocation

import (
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
)

// someAuction is a round of bids over some sums, in that order; a sum of 0 was never
// opened.
func someAuction(reserve int64, sums ...int64) *Round {
	r := &Round{Name: "lot", Closed: "2026-05-01T00:00:00Z", Rules: Rules{Kind: SealedBid}, Seed: Seed{Beacon: "practice"}, Lot: Lot{"99-1", reserve}}
	for i, sum := range sums {
		b := Bid{ID: fmt.Sprint("b", i), Opened: sum != 0, Amount: sum, Salt: [32]byte{byte(i)}}
		b.Sealed = Seal(r.Name, b.ID, b.Amount, b.Salt)
		r.Bids = append(r.Bids, b)
	}
	return r
}

func sell(t *testing.T, r *Round) *Sold {
	t.Helper()
	out, err := r.Auction()
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// gain is what a bidder has of a lot that is worth so much to them.
func gain(s *Sold, id string, worth int64) int64 {
	if s.Winner != id {
		return 0
	}
	return worth - s.Price
}

// TestNoFalseBidHelps tries every bid, and none, of every bidder of every small
// auction against their true one; and holds the price between the least and what the
// winner has offered.
func TestNoFalseBidHelps(t *testing.T) {
	const top = 6
	for reserve := int64(1); reserve <= 4; reserve++ {
		for a := int64(1); a <= top; a++ {
			for b := int64(1); b <= top; b++ {
				for c := int64(1); c <= top; c++ {
					worth := []int64{a, b, c}
					honest := sell(t, someAuction(reserve, worth...))
					if honest.Winner != "" && (honest.Price < reserve || honest.Price > slices.Max(worth)) {
						t.Fatalf("reserve %d, %v: sold for %d", reserve, worth, honest.Price)
					}
					if (honest.Winner == "") != (slices.Max(worth) < reserve) {
						t.Fatalf("reserve %d, %v: sold to %q", reserve, worth, honest.Winner)
					}
					for i, v := range worth {
						id := fmt.Sprint("b", i)
						for lie := int64(0); lie <= top+1; lie++ {
							sums := slices.Clone(worth)
							sums[i] = lie
							if got, want := gain(sell(t, someAuction(reserve, sums...)), id, v), gain(honest, id, v); got > want {
								t.Fatalf("reserve %d, %v: bidder %d gains %d by %d, %d by the truth", reserve, worth, i, got, lie, want)
							}
						}
					}
				}
			}
		}
	}
}

// TestAuctionOfEquals: of equal bids the seed decides, and nothing else: neither the
// order of the file nor a bid below; every one of them wins about as often.
func TestAuctionOfEquals(t *testing.T) {
	won := map[string]int{}
	for n := range uint64(3000) {
		r := someAuction(10, 50, 50, 50, 20, 5, 0)
		binary.BigEndian.PutUint64(r.Seed.Value[:], n)
		out := sell(t, r)
		if out.Price != 50 || !slices.Equal(out.Unopened, []string{"b5"}) {
			t.Fatalf("%+v", out)
		}
		won[out.Winner]++
		rand.New(rand.NewPCG(n, 1)).Shuffle(len(r.Bids), func(i, j int) { r.Bids[i], r.Bids[j] = r.Bids[j], r.Bids[i] })
		if again := sell(t, r); again.Winner != out.Winner || string(again.Encode()) != string(out.Encode()) {
			t.Fatalf("in another order it is %+v", again)
		}
	}
	for _, id := range []string{"b0", "b1", "b2"} {
		if won[id] < 900 || won[id] > 1100 { // four standard deviations
			t.Errorf("%s won %d of 3000", id, won[id])
		}
	}
	if len(won) != 3 {
		t.Errorf("%v won", won)
	}
}
