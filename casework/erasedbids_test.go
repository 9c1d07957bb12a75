package casework

import (
	"encoding/hex"
	"strings"
	"testing"
	"time"

	"aiqyn"
	"aiqyn/service"
)

// TestErasedBidsAreHeld: a bid that was erased excuses nothing in the round of its lot:
// its own line must be there, as it was sealed and opened, and no other.
func TestErasedBidsAreHeld(t *testing.T) {
	const first = 150_000_000
	for _, test := range []struct {
		name    string
		opening func(*rig, map[int64]lotCase, int64) // alters what the lot knows before bids are opened; the number is that of the bid to be erased
		drawing func(*rig, map[int64]lotCase, int64) // and before it is drawn
		finds   string
	}{
		{name: "as it was"},
		{name: "left out", opening: func(_ *rig, cases map[int64]lotCase, no int64) { delete(cases, no) }, finds: "a bid was left out, added or exchanged"},
		{name: "another beside", opening: func(_ *rig, cases map[int64]lotCase, no int64) {
			cases[no+1000] = lotCase{lot: cases[no].lot, name: strings.Repeat("ab", 16), seal: strings.Repeat("cd", 32), state: BidSealed}
		}, finds: "a bid was left out, added or exchanged"},
		{name: "under another name", opening: func(_ *rig, cases map[int64]lotCase, no int64) {
			c := cases[no]
			c.name = strings.Repeat("ab", 16)
			cases[no] = c
		}, finds: "a bid was left out, added or exchanged"},
		{name: "opened and hidden", drawing: func(_ *rig, cases map[int64]lotCase, no int64) {
			c := cases[no]
			c.state, c.amount, c.salt = BidSealed, 0, ""
			cases[no] = c
		}, finds: "has other bids opened than were"},
	} {
		t.Run(test.name, func(t *testing.T) {
			r, id := auctionRig(t, ownPack())
			refs := []aiqyn.Reference{r.bids(0, first), r.bids(1, 120_000_000), r.bids(2, 190_000_000)}
			rec, err := r.caseOf(t.Context(), refs[1])
			if err != nil {
				t.Fatal(err)
			}
			r.afterBids(id)
			if test.opening != nil {
				test.opening(r, r.lots.cases[id], rec.row.No)
			}
			if test.opening == nil {
				r.lotsRun()
			} else if err := r.RunLots(t.Context()); err != nil {
				t.Log(err) // a bid of nobody cannot be called
			}
			r.reopen()
			r.opensBid(0, refs[0], first)
			r.opensBid(1, refs[1], 120_000_000)
			if test.drawing != nil {
				test.drawing(r, r.lots.cases[id], rec.row.No)
			}
			r.seedComes(r.lots.find(id))
			if test.opening == nil {
				r.lotsRun()
			} else if err := r.RunLots(t.Context()); err != nil {
				t.Log(err) // the round cannot be drawn: its seals are not those that were committed to
				r.deals(refs[1], func(c *turn) {
					c.emit(EventBidLost, aiqyn.System, &bidLost{Lot: id, Round: 1, Why: "outbid"}, atStep("bid"), withOutcome(aiqyn.Lapsed), withReason("outbid"))
				})
			}
			r.reopen()
			r.pass(24 * time.Hour)
			r.erasesOf(auction, refs[1])
			if test.finds == "" {
				r.sound()
				r.reopen()
				r.sound()
				return
			}
			r.auditFinds(test.finds)
		})
	}
}

// TestWhatIsLeftOfABid has the line of the round hashed, and nothing else.
func TestWhatIsLeftOfABid(t *testing.T) {
	seal := [32]byte{1}
	l := &onLot{Lot: "a", Name: "n", Seal: hex.EncodeToString(seal[:]), Salt: "s", Amount: 5, State: BidLost, Why: "outbid"}
	if got := l.left(); got == nil || got.Lot != "a" || got.Line != bidLine("n", seal) || !got.Opened {
		t.Errorf("left is %+v", got)
	}
	for _, none := range []*onLot{{Lot: "a", Name: "n", State: BidGone, Seal: l.Seal}, {Lot: "a", Name: "n", State: BidLost, Why: service.BidWithdrawn, Seal: l.Seal}, {Lot: "a", Name: "n", State: BidLost}} {
		if got := none.left(); got == nil || got.Line != "" {
			t.Errorf("left of what was in no round is %+v", got)
		}
	}
	if got := (&onLot{Lot: "a", State: ObjectionDismissed}).left(); got != nil {
		t.Errorf("left of an objection is %+v", got)
	}
}
