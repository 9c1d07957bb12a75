package casework

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"slices"
	"testing"
	"time"

	"aiqyn"
	"aiqyn/allocation"
	"aiqyn/beacon"
)

// TestALotStandsAsItsEventsSay: what a process has in memory is what the next one
// reads, the audit finds it sound, each row that follows from the log is found when it
// is changed, and made again; and a stranger runs the round again to the same bytes.
func TestALotStandsAsItsEventsSay(t *testing.T) {
	r, id := auctionRig(t)
	refs := []aiqyn.Reference{r.bids(0, 150_000_000), r.bids(1, 120_000_000), r.bids(2, 190_000_000)}
	r.must(File{ID: r.id(), Actor: payer(childOf(3)), Service: "land.objection", Lang: "kk", Channel: "online", Answers: map[string]string{"lot": lotParcel, "ground": "boundary", "text": "fence"}})
	r.reopen()
	if open, _ := objections(r.lots.casesOf(id)); !open || len(waitingBids(r.lots.casesOf(id))) != 3 {
		t.Fatalf("after a restart: %+v", r.lots.casesOf(id))
	}
	r.afterBids(id)
	r.lotsRun()
	if v, err := r.Lot(t.Context(), id); err != nil || v.State != LotPublished || !v.Held {
		t.Fatalf("an objection has no answer, and the lot is %+v, %v", v, err)
	}
	for no, c := range r.lots.casesOf(id) {
		if c.state == ObjectionOpen {
			rec, err := r.caseNo(t.Context(), no)
			if err != nil {
				t.Fatal(err)
			}
			head := aiqyn.Actor{Role: aiqyn.RoleHead, Officer: "head-9", Body: "akimat-astana"}
			r.must(Perform{ID: r.id(), Actor: head, Ref: rec.state.Ref, Step: "answer", Records: map[string]string{"upheld": "no", "because": "measured"}})
		}
	}
	r.lotsRun()
	r.opensBid(0, refs[0], 150_000_000)
	r.opensBid(1, refs[1], 120_000_000)
	r.reopen()
	until := r.lots.find(id).Opened.Until
	r.at(until.Add(RoundNotice / 2))
	r.lotsRun()
	if l := r.lots.find(id); l.Drawn != nil {
		t.Fatal("drawn before its seed was published")
	}
	r.at(until.Add(RoundNotice + 10*time.Second))
	r.lotsRun()
	if v, err := r.Lot(t.Context(), id); err != nil || v.State != LotSold || v.PayBy.IsZero() || v.Settled != 0 {
		t.Fatalf("the lot is %+v, %v", v, err)
	}
	r.reopen()
	r.sound()
	r.paysRest(0, refs[0])
	r.lotsRun()
	v, err := r.Lot(t.Context(), id)
	if err != nil || v.State != LotContracted || v.Price != 120_000_000 || v.Rest != 110_000_000 || v.Settled == 0 || r.lots.find(id) != nil {
		t.Fatalf("the lot is %+v, %v", v, err)
	}
	for i, want := range []BidState{BidContracted, BidLost, BidLost} {
		if b := r.view(refs[i]).Bid; b.State != want {
			t.Errorf("bid %d is %s, %s", i, b.State, b.Why)
		}
	}
	r.recomputed(v)
	r.sound()
	r.tampered([]string{"lot", "lot_case"}, []string{
		`UPDATE lot SET doc = REPLACE(doc, '"least":100000000', '"least":10000000')`, `UPDATE lot SET state = 'unsold'`,
		`UPDATE lot_case SET seal = name WHERE state = 'contracted'`, `DELETE FROM lot_case WHERE state = 'dismissed'`,
		`INSERT INTO lot_case (case_no, lot, state, name, seal, amount, salt, entry) VALUES (99, 'x', 'sealed', '', '', 0, '', 1)`,
	})
}

// tampered changes rows that follow from the log: the audit finds each, and they are
// made again.
func (r *rig) tampered(tables, changes []string) {
	r.t.Helper()
	rows, found := r.derived(tables...), 0
	for _, change := range changes {
		db := r.beside()
		if _, err := db.Exec(change); err != nil {
			r.t.Fatal(err)
		}
		db.Close()
		rep := r.audit()
		if rep.OK || len(rep.Problems) < found {
			r.t.Errorf("the audit does not find: %s", change)
		}
		found = len(rep.Problems)
	}
	if rep := r.rebuild(); rep.OK || len(rep.Problems) > 0 || rep.Differed < 4 {
		r.t.Errorf("the rebuild says %+v", rep)
	}
	if now := r.derived(tables...); now != rows {
		r.t.Errorf("made again it is\n%s\nand was\n%s", now, rows)
	}
	r.open()
	r.sound()
}

// recomputed runs the published round of a lot again.
func (r *rig) recomputed(v LotView) {
	r.t.Helper()
	file, result, err := r.LotFile(r.t.Context(), v)
	if err != nil {
		r.t.Fatal(err)
	}
	round, err := allocation.Read(bytes.NewReader(file))
	if err != nil {
		r.t.Fatal(err)
	}
	sold, err := round.Auction()
	root := round.Root()
	if err != nil || !bytes.Equal(sold.Encode(), result) || sold.Winner != v.Winner || hex.EncodeToString(root[:]) != v.Root {
		r.t.Errorf("run again it is %+v, %v; published was %s", sold, err, result)
	}
	if !bytes.Equal(round.Encode(), file) {
		r.t.Error("the file is not as it is written")
	}
}

// alterLot changes what a process has in memory of a lot, as who controls it could.
func (r *rig) alterLot(id string, f func(*lot)) {
	r.t.Helper()
	l := *r.lots.of[id]
	f(&l)
	r.lots.of[id] = &l
}

// dropped takes a bid out of memory.
func (r *rig) dropped(id, name string) {
	for no, c := range r.lots.cases[id] {
		if c.name == name {
			delete(r.lots.cases[id], no)
		}
	}
}

// TestTheAuctioneerIsCaught plays who controls the server of an auction. The audit
// names each.
func TestTheAuctioneerIsCaught(t *testing.T) {
	for _, c := range []struct {
		name, finds string
		opts        []rigOption
		f           func(*rig, string, []aiqyn.Reference)
	}{
		{"leaves a bid out", "a bid was left out", nil, func(r *rig, id string, refs []aiqyn.Reference) {
			r.dropped(id, r.view(refs[0]).Bid.Name)
			r.afterBids(id)
			r.lotsRun()
		}},
		{"takes a bid after the close", "seals a bid after bids were closed", nil, func(r *rig, id string, refs []aiqyn.Reference) {
			r.afterBids(id)
			r.deals(refs[2], func(c *turn) {
				c.emit(EventBidSealed, c.rec.state.applicantActor(), &bidSealed{Lot: id, Seal: hex.EncodeToString(make([]byte, 32))})
			})
		}},
		{"exchanges a seal", "exchanges a seal", nil, func(r *rig, id string, refs []aiqyn.Reference) {
			r.deals(refs[0], func(c *turn) {
				c.emit(EventBidSealed, c.rec.state.applicantActor(), &bidSealed{Lot: id, Seal: hex.EncodeToString(make([]byte, 32))})
			})
		}},
		{"opens before the time", "opens bids before their time", nil, func(r *rig, id string, _ []aiqyn.Reference) {
			was := r.lots.of[id].Published.Opens
			r.alterLot(id, func(l *lot) { l.Published.Opens = r.clock().Add(-time.Hour) })
			r.lotsRun()
			r.alterLot(id, func(l *lot) { l.Published.Opens = was })
		}},
		{"opens past an objection", "opens bids past an objection", nil, func(r *rig, id string, _ []aiqyn.Reference) {
			r.must(File{ID: r.id(), Actor: payer(childOf(3)), Service: "land.objection", Lang: "kk", Channel: "online", Answers: map[string]string{"lot": lotParcel, "ground": "boundary", "text": "fence"}})
			for no, one := range r.lots.cases[id] {
				if one.state == ObjectionOpen {
					delete(r.lots.cases[id], no)
				}
			}
			r.afterBids(id)
			r.lotsRun()
		}},
		{"hides a bid that was opened", "whose the lot is does not follow", nil, func(r *rig, id string, refs []aiqyn.Reference) {
			r.afterBids(id)
			r.lotsRun()
			r.opensBid(1, refs[1], 120_000_000)
			r.lots.cases[id] = r.unopened(id)
			r.seedComes(r.lots.find(id))
			r.lotsRun()
		}},
		{"gives it to another", "wins a lot that the round has not given it", nil, func(r *rig, id string, refs []aiqyn.Reference) {
			r.afterBids(id)
			r.lotsRun()
			r.opensBid(1, refs[1], 120_000_000)
			r.seedComes(r.lots.find(id))
			r.deals(refs[0], func(c *turn) {
				c.emit(EventBidWon, aiqyn.System, &bidWon{Lot: id, Price: 1, Round: 1}, atStep("bid"))
			})
		}},
		{"ends a bid for no reason", "loses a lot otherwise", nil, func(r *rig, id string, refs []aiqyn.Reference) {
			r.deals(refs[0], func(c *turn) {
				c.emit(EventBidLost, aiqyn.System, &bidLost{Lot: id, Round: 1, Why: "outbid"}, atStep("bid"), withOutcome(aiqyn.Lapsed), withReason("outbid"))
			})
		}},
		{"runs the round twice", "or twice", nil, func(r *rig, id string, refs []aiqyn.Reference) {
			r.afterBids(id)
			r.lotsRun()
			l := r.lots.find(id)
			r.seedComes(l)
			again := &drawLot{lotCommand("draw", l), r.seedOf(l)}
			again.cid = "again"
			if _, err := r.send(r.t.Context(), again); err != nil {
				r.t.Fatal(err)
			}
			r.alterLot(id, func(l *lot) { l.Drawn, l.DrawnAt = nil, 0 })
			if err := r.drawWhenSeeded(r.t.Context(), r.lots.find(id)); err != nil {
				r.t.Fatal(err)
			}
		}},
		{"chooses the seed", "not what drand-quicknet has published", []rigOption{func(c *Config) { c.Beacon = steered{beacon.Quicknet(), [32]byte{42}} }}, func(r *rig, id string, _ []aiqyn.Reference) {
			r.afterBids(id)
			r.lotsRun()
			r.seedComes(r.lots.find(id))
			r.lotsRun()
		}},
		{"takes a lot back for nothing", "takes a lot back for no reason", nil, func(r *rig, id string, _ []aiqyn.Reference) {
			r.system(func(c *turn) error {
				return c.lotSystem(c.emitSystem(EventLotWithdrawn, aiqyn.System, &lotWithdrawn{Lot: id, Objection: 3}))
			})
		}},
		{"closes a lot with a bid in it", "has left a bid out", nil, func(r *rig, id string, _ []aiqyn.Reference) {
			r.must(WithdrawLot{ID: r.id(), Actor: keeper(lotSeller), Lot: id, Ground: "court"})
			r.system(func(c *turn) error {
				return c.lotSystem(c.emitSystem(EventLotSettled, aiqyn.System, &lotSettled{Lot: id}))
			})
		}},
		{"sells for less than the register says", "not what the registers give", nil, func(r *rig, id string, _ []aiqyn.Reference) {
			was := r.lots.of[id].Published
			r.system(func(c *turn) error {
				was.Least, was.Parcel = 5, "99-999-007-002"
				was.Lot = lotName(was.Parcel, c.s.next)
				return c.lotSystem(c.emitSystem(EventLotPublished, keeper(lotSeller), &was))
			})
		}},
		{"hides an answer", "another than was recorded", nil, func(r *rig, id string, _ []aiqyn.Reference) {
			ref := r.must(File{ID: r.id(), Actor: payer(childOf(3)), Service: "land.objection", Lang: "kk", Channel: "online", Answers: map[string]string{"lot": lotParcel, "ground": "boundary", "text": "fence"}}).Ref
			r.deals(ref, func(c *turn) {
				c.emit(EventObjectionJudged, aiqyn.System, &objectionJudged{Lot: id})
			})
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			r, id := auctionRig(t, c.opts...)
			refs := []aiqyn.Reference{r.bids(0, 150_000_000), r.bids(1, 120_000_000)}
			refs = append(refs, r.deposits(2))
			c.f(r, id, refs)
			r.auditFinds(c.finds)
		})
	}
}

// TestALotGoesOnWhereItStopped: a process that ends between any two steps of a lot
// leaves it to the next one, and nothing is done twice.
func TestALotGoesOnWhereItStopped(t *testing.T) {
	r, id := auctionRig(t)
	refs := []aiqyn.Reference{r.bids(0, 150_000_000), r.bids(1, 150_000_000), r.bids(2, 110_000_000)}
	r.afterBids(id)
	for range 4 {
		if err := r.RunLots(t.Context()); err != nil {
			t.Fatal(err)
		}
		r.reopen()
	}
	for i, tiyn := range []int64{150_000_000, 150_000_000, 110_000_000} {
		if n := countOf(r.view(refs[i]), EventBidCalled); n != 1 {
			t.Errorf("bidder %d was called %d times", i, n)
		}
		r.opensBid(i, refs[i], tiyn)
	}
	r.seedComes(r.lots.find(id))
	for range 4 {
		if err := r.RunLots(t.Context()); err != nil {
			t.Fatal(err)
		}
		r.reopen()
	}
	var states []string
	for _, ref := range refs {
		states = append(states, fmt.Sprint(r.view(ref).Bid.State))
	}
	winner := slices.Index(states, "owing")
	slices.Sort(states[:2]) // of equal bids chance has decided
	if want := []string{"lost", "owing", "lost"}; !slices.Equal(states, want) {
		t.Fatalf("%v, want %v", states, want)
	}
	r.paysRest(winner, refs[winner])
	for range 2 {
		r.reopen()
		if err := r.RunLots(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if v, err := r.Lot(t.Context(), id); err != nil || v.Price != 150_000_000 || v.Settled == 0 {
		t.Errorf("%+v, %v", v, err)
	}
	again := PublishLot{ID: r.id(), Actor: keeper(lotSeller), Service: auction, Parcel: lotParcel}
	if _, err := r.Do(t.Context(), again); keyOf(err) != "error.lot-given" {
		t.Errorf("it is leased, and sold again: %v", err)
	}
	r.sound()
	r.missesFiles(roundInputsKind, roundFileKind, roundResultKind)
}

// TestABidTellsNothing: neither the log's public part, the row nor the page of a lot
// has the amount before it is drawn, and a bidder whose seal does not match is told.
func TestABidTellsNothing(t *testing.T) {
	r, id := auctionRig(t)
	ref := r.bids(0, 123_456_700)
	r.afterBids(id)
	r.lotsRun()
	_, err := r.Do(t.Context(), OpenBid{ID: r.id(), Actor: payer(childOf(0)), Ref: ref, Amount: 123_456_800, Salt: hex.EncodeToString(storySalt[:])})
	if keyOf(err) != "error.bid-mismatch" {
		t.Error(err)
	}
	n := countOf(r.view(ref), EventBidOpened)
	r.opensBid(0, ref, 123_456_700)
	seals, err := r.LotSeals(t.Context(), id, Page{})
	if err != nil || len(seals.Items) != 1 || n != 0 || !seals.Items[0].Opened || seals.Items[0].Amount != 0 {
		t.Errorf("%+v, %v, opened %d before", seals, err, n)
	}
	other := aiqyn.Actor{Role: aiqyn.RoleAuditor, Officer: "auditor-1"}
	if v, err := r.Case(t.Context(), other, ref); err != nil || v.Bid.Amount != 0 || v.Bid.Name != "" {
		t.Errorf("an auditor reads %+v, %v", v.Bid, err)
	}
}

// TestTheDepositIsToldBefore: whoever is about to bid reads the lot's own deposit, and
// nothing of a plot that is not for sale.
func TestTheDepositIsToldBefore(t *testing.T) {
	r, _ := auctionRig(t)
	svc, _ := r.Pack().Service(auction)
	for parcel, want := range map[string]int64{lotParcel: 10_000_000, "99-999-007-099": 0, "": 0} {
		if got, err := r.Fee(svc, map[string]string{"lot": parcel}); err != nil || got != want {
			t.Errorf("%q: %d tiyn, %v; want %d", parcel, got, err, want)
		}
	}
}

// TestOneBidEach: who bids for a lot bids once. Another bid of theirs is refused before
// it costs a deposit: two of one name would keep all from being opened. Who has taken
// theirs back may bid again.
func TestOneBidEach(t *testing.T) {
	r, id := auctionRig(t)
	r.bids(0, 120_000_000)
	first := r.bids(1, 150_000_000)
	again := File{ID: r.id(), Actor: payer(childOf(1)), Service: auction, Lang: "kk", Channel: "online", Answers: map[string]string{"lot": lotParcel}}
	if _, err := r.Do(t.Context(), again); keyOf(err) != "error.case-capped" {
		t.Fatalf("a second bid of one bidder: %v", err)
	}
	r.must(Withdraw{ID: r.id(), Actor: payer(childOf(1)), Ref: first})
	last := r.bids(1, 130_000_000)
	r.afterBids(id)
	r.lotsRun()
	r.opensBid(1, last, 130_000_000)
	r.at(r.lots.find(id).Opened.Until.Add(RoundNotice + 10*time.Second))
	r.lotsRun()
	v, err := r.Lot(t.Context(), id)
	if err != nil || v.State != LotSold || v.Price != 100_000_000 || r.view(last).Bid.State != BidOwing {
		t.Errorf("the lot is %+v, %v", v, err)
	}
	r.sound()
}
