package casework

import (
	"encoding/json"
	"slices"
	"testing"
	"time"

	"aiqyn"
	"aiqyn/registry"
	"aiqyn/service"
)

// owingRig is a lot whose price is waited for: the first of two bidders has won it.
func owingRig(t *testing.T, opts ...rigOption) (*rig, string, []aiqyn.Reference) {
	t.Helper()
	r, id, refs := drawnRig(t, opts...)
	r.lotsRun()
	if b := r.view(refs[0]).Bid; b.State != BidOwing {
		t.Fatalf("the winner's bid is %s", b.State)
	}
	return r, id, refs
}

// drawnRig is the same when the bids have no end yet.
func drawnRig(t *testing.T, opts ...rigOption) (*rig, string, []aiqyn.Reference) {
	t.Helper()
	r, id := auctionRig(t, opts...)
	refs := []aiqyn.Reference{r.bids(0, 150_000_000), r.bids(1, 120_000_000)}
	r.afterBids(id)
	r.lotsRun()
	r.opensBid(0, refs[0], 150_000_000)
	r.opensBid(1, refs[1], 120_000_000)
	r.seedComes(r.lots.find(id))
	if err := r.drawWhenSeeded(t.Context(), r.lots.find(id)); err != nil {
		t.Fatal(err)
	}
	return r, id, refs
}

// TestThePriceIsPaidAndThePlotGiven: the winner owes the second price less the deposit
// until the day of the pack's term, pays it in the program, and from that moment the
// lot, its register and the register of rights say whose the plot is, also after a
// restart.
func TestThePriceIsPaidAndThePlotGiven(t *testing.T) {
	r, id, refs := owingRig(t)
	v, err := r.Case(t.Context(), payer(childOf(0)), refs[0])
	if err != nil {
		t.Fatal(err)
	}
	if v.Status != StatusPayment || v.Step.Name != "price" || v.Fee.Amount != 110_000_000 || v.Fee.Deposit == nil || v.Fee.Deposit.Amount != 10_000_000 || v.Due == nil || !slices.Contains(v.Can, "pay") || slices.Contains(v.Can, "take-step") || slices.Contains(v.Can, "withdraw") {
		t.Fatalf("the case is %s at %v, %+v, can %v", v.Status, v.Step.Name, v.Fee, v.Can)
	}
	if lot, err := r.Lot(t.Context(), id); err != nil || lot.State != LotSold || !lot.PayBy.Equal(v.Fee.Due) {
		t.Fatalf("the lot is %+v, %v", lot, err)
	}
	svc, _ := r.Pack().Service("building.address")
	rights := func() (right registry.Right) {
		t.Helper()
		list, err := r.readAll(t.Context(), svc, payer(childOf(0)), map[string]any{"parcel": lotParcel})
		if err != nil {
			t.Fatal(err)
		}
		for _, one := range list {
			if one.Register == registry.RightRegister && one.Found {
				if err := json.Unmarshal(one.Value, &right); err != nil {
					t.Fatal(err)
				}
			}
		}
		return right
	}
	if got := rights(); len(got.Holders) != 0 {
		t.Fatalf("not paid, and the register of rights says %+v", got)
	}
	r.paysRest(0, refs[0])
	for range 2 {
		lot, err := r.Lot(t.Context(), id)
		if err != nil || lot.State != LotContracted || lot.Rest != 110_000_000 || lot.Contract == 0 || lot.Paid == 0 || lot.Deposited == 0 || !lot.PayBy.IsZero() {
			t.Fatalf("the lot is %+v, %v", lot, err)
		}
		if got := rights(); len(got.Holders) != 1 || got.Holders[0].Person != childOf(0) || got.Holders[0].Since != day(r.clock(), r.Zone) {
			t.Fatalf("the register of rights says %+v", got)
		}
		if v := r.view(refs[0]); v.Outcome != aiqyn.Granted || v.Bid.State != BidContracted || v.Fee.Paid.IsZero() {
			t.Fatalf("the case is %s, %s, %+v", v.Outcome, v.Bid.State, v.Fee)
		}
		r.lotsRun()
		r.sound()
		r.reopen()
	}
	r.at(r.clock().AddDate(5, 0, 1)) // the lease is over
	if got := rights(); len(got.Holders) != 0 {
		t.Errorf("the lease is over, and the register of rights says %+v", got)
	}
}

// TestThePriceIsNotPaid: whoever has won and pays nothing by the last day loses the
// deposit, not a moment before; an order that the bank owes a word about keeps the bid.
// The plot is put up for sale again, and they do not bid for it.
func TestThePriceIsNotPaid(t *testing.T) {
	r, id, refs := owingRig(t)
	due := r.view(refs[0]).Fee.Due
	r.at(due.Add(-time.Minute))
	r.lotsRun()
	if b := r.view(refs[0]).Bid; b.State != BidOwing {
		t.Fatalf("in its last minute the bid is %s", b.State)
	}
	if _, err := r.Pay(t.Context(), PayFee{ID: r.id(), Actor: payer(childOf(0)), Ref: refs[0], Lang: "kk", Return: "/"}); err != nil {
		t.Fatal(err)
	}
	r.bank.SetDown(true)
	r.at(due.Add(time.Second))
	if b := r.view(refs[0]).Bid; b.State != BidOwing {
		t.Fatalf("the bank owes a word, and the bid is %s", b.State)
	}
	r.bank.SetDown(false)
	r.at(r.clock().Add(time.Hour))
	v := r.view(refs[0])
	if v.Bid.State != BidLost || v.Bid.Why != service.BidUnpaid || countOf(v, EventRefundDue) != 0 {
		t.Fatalf("the bid is %s, %s, %d refunds", v.Bid.State, v.Bid.Why, countOf(v, EventRefundDue))
	}
	r.reopen()
	r.lotsRun()
	lot, err := r.Lot(t.Context(), id)
	if err != nil || lot.State != LotDefaulted || lot.Kept != 10_000_000 || lot.Settled == 0 {
		t.Fatalf("the lot is %+v, %v", lot, err)
	}
	r.must(PublishLot{ID: r.id(), Actor: keeper(lotSeller), Service: auction, Parcel: lotParcel})
	again := File{ID: r.id(), Actor: payer(childOf(0)), Service: auction, Lang: "kk", Channel: "online", Answers: map[string]string{"lot": lotParcel}}
	if _, err := r.Do(t.Context(), again); keyOf(err) != "error.bid-unpaid-before" {
		t.Errorf("who has not paid bids again: %v", err)
	}
	r.deposits(1)
	r.sound()
}

// TestWhoGivesAPlotAwayIsCaught plays who controls the server when a lot is sold. The
// audit names each.
func TestWhoGivesAPlotAwayIsCaught(t *testing.T) {
	contract := func(c *turn) {
		if err := c.decideByRule(findStep(c.svc, "contract")); err != nil {
			panic(err)
		}
	}
	won := func(c *turn) {
		l := c.e.lots.find(c.rec.state.OnLot.Lot)
		c.emit(EventBidWon, aiqyn.System, &bidWon{Lot: l.Published.Lot, Price: l.Drawn.Price, Round: l.DrawnAt}, atStep("bid"))
	}
	asks := func(c *turn, amount int64) {
		due, cal, err := c.due(findStep(c.svc, "price"), c.now)
		if err != nil {
			panic(err)
		}
		c.emit(EventCharged, aiqyn.System, &charged{Amount: amount, Calendar: cal, Currency: "KZT", Due: due}, atStep("price"))
	}
	for _, c := range []struct {
		name, finds string
		owing       bool
		f           func(*rig, string, []aiqyn.Reference)
	}{
		{"gives it and asks for nothing", "a plot is given and its price was not paid", false, func(r *rig, id string, refs []aiqyn.Reference) {
			r.deals(refs[0], func(c *turn) { won(c); contract(c) })
		}},
		{"gives it before it is paid", "a step begins and the price was not paid", true, func(r *rig, id string, refs []aiqyn.Reference) {
			r.deals(refs[0], contract)
		}},
		{"asks for less", "the rest of the price is not what the lot and the deposit give", false, func(r *rig, id string, refs []aiqyn.Reference) {
			r.deals(refs[0], func(c *turn) { won(c); asks(c, 1_000_000) })
			r.paysRest(0, refs[0])
		}},
		{"asks for less, and makes the price smaller", "wins a lot that the round has not given it", false, func(r *rig, id string, refs []aiqyn.Reference) {
			r.deals(refs[0], func(c *turn) {
				l := c.e.lots.find(id)
				c.emit(EventBidWon, aiqyn.System, &bidWon{Lot: id, Price: 11_000_000, Round: l.DrawnAt}, atStep("bid"))
				asks(c, 1_000_000)
			})
		}},
		{"lets another pay", "is paid for, or given, by another than has won it", false, func(r *rig, id string, refs []aiqyn.Reference) {
			r.deals(refs[1], func(c *turn) {
				l := c.e.lots.find(id)
				c.emit(EventBidWon, aiqyn.System, &bidWon{Lot: id, Price: l.Drawn.Price, Round: l.DrawnAt}, atStep("bid"))
				asks(c, 110_000_000)
			})
		}},
		{"contracts with another", "gives a plot to another than has won it", true, func(r *rig, id string, refs []aiqyn.Reference) {
			name := r.view(refs[1]).Bid.Name
			r.system(func(c *turn) error {
				return c.lotSystem(c.emitSystem(EventLotContracted, aiqyn.System, &lotContracted{Contract: 5, Deposit: 10_000_000, Deposited: 5, Lot: id, Paid: 5, Price: 120_000_000, Rest: 110_000_000, Winner: name}))
			})
		}},
		{"contracts, and no case was paid", "no case was given this plot", true, func(r *rig, id string, refs []aiqyn.Reference) {
			name := r.view(refs[0]).Bid.Name
			r.system(func(c *turn) error {
				return c.lotSystem(c.emitSystem(EventLotContracted, aiqyn.System, &lotContracted{Contract: 5, Deposit: 10_000_000, Deposited: 5, Lot: id, Paid: 5, Price: 120_000_000, Rest: 110_000_000, Winner: name}))
			})
		}},
		{"says nothing of a contract", "no entry of the lot says so", true, func(r *rig, id string, refs []aiqyn.Reference) {
			r.deals(refs[0], func(c *turn) {
				c.emit(EventGranted, aiqyn.System, &granted{Step: "contract"}, atStep("contract"), withOutcome(aiqyn.Granted))
			})
		}},
		{"gives the deposit back to who has not paid", "gives back what no rule of the pack gives back", true, func(r *rig, id string, refs []aiqyn.Reference) {
			r.at(r.view(refs[0]).Fee.Due.Add(time.Second))
			r.deals(refs[0], func(c *turn) {
				f := c.rec.state.Fee
				c.refund(&refundDue{Amount: 10_000_000, Currency: "KZT", Order: f.Orders[0].Key, Why: RefundLapsed})
			})
		}},
		{"keeps the deposit of who has lost", "the price was to go back, and no entry says that it does", false, func(r *rig, id string, refs []aiqyn.Reference) {
			r.deals(refs[1], func(c *turn) {
				l := c.e.lots.find(id)
				c.emit(EventBidLost, aiqyn.System, &bidLost{Lot: id, Round: l.DrawnAt, Why: service.BidOutbid}, atStep("bid"), withOutcome(aiqyn.Lapsed), withReason(service.BidOutbid))
			})
		}},
		{"ends it before the time", "lapses as not paid before its time", true, func(r *rig, id string, refs []aiqyn.Reference) {
			r.deals(refs[0], func(c *turn) {
				if err := c.defaultOnLot(); err != nil {
					panic(err)
				}
			})
		}},
		{"lets the winner go", "or paid for", true, func(r *rig, id string, refs []aiqyn.Reference) {
			r.deals(refs[0], func(c *turn) {
				c.emit(EventWithdrawn, c.rec.state.applicantActor(), &withdrawn{}, withOutcome(aiqyn.Withdrawn))
			})
		}},
		{"lets who has not paid bid again", "has won before and not paid for", true, func(r *rig, id string, refs []aiqyn.Reference) {
			r.at(r.view(refs[0]).Fee.Due.Add(time.Second))
			r.lotsRun()
			doc := `UPDATE lot SET state = 'unsold'`
			db := r.beside()
			if _, err := db.Exec(doc); err != nil {
				r.t.Fatal(err)
			}
			db.Close()
			r.must(PublishLot{ID: r.id(), Actor: keeper(lotSeller), Service: auction, Parcel: lotParcel})
			r.deposits(0)
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			r, id, refs := drawnRig(t)
			if c.owing {
				r.lotsRun()
			}
			c.f(r, id, refs)
			r.auditFinds(c.finds)
		})
	}
}

// TestAContractIsAnnulled: a contract that the head annuls, of a lot that is over or not
// yet, ends what the lot, its rows and the register of rights say of it, all that was paid
// goes back, and the plot is sold anew; while the contract stands it is not. A restart
// between any two of these changes nothing.
func TestAContractIsAnnulled(t *testing.T) {
	for _, over := range []bool{false, true} {
		t.Run(map[bool]string{false: "before the lot is over", true: "after it"}[over], func(t *testing.T) {
			r, id, refs := owingRig(t)
			r.paysRest(0, refs[0])
			if over {
				r.lotsRun()
				r.reopen()
				again := PublishLot{ID: r.id(), Actor: keeper(lotSeller), Service: auction, Parcel: lotParcel}
				if _, err := r.Do(t.Context(), again); keyOf(err) != "error.lot-given" {
					t.Fatalf("a plot that was given is sold again: %v", err)
				}
			}
			signed := r.clock()
			r.pass(time.Hour)
			r.annuls(refs[0])
			for range 2 {
				lot, err := r.Lot(t.Context(), id)
				v := r.view(refs[0])
				if err != nil || lot.State != LotAnnulled || lot.AnnulledAt == 0 || lot.Annulled != r.entryOf(refs[0], EventAnnulled) || lot.Contract == 0 || !lot.ContractTime.Before(signed.Add(time.Minute)) || !lot.Changed.After(lot.ContractTime) {
					t.Fatalf("the lot is %+v, %v", lot, err)
				}
				if v.Outcome != aiqyn.Annulled || v.Bid.State != BidAnnulled || countOf(v, EventRefundDue) != 2 {
					t.Fatalf("the case is %s, %s, %d sums go back", v.Outcome, v.Bid.State, countOf(v, EventRefundDue))
				}
				right := registry.Query{Register: registry.RightRegister, Key: lotParcel, Purpose: "building.address/right", Actor: payer(childOf(0))}
				if got, err := r.readRegister(t.Context(), right); err != nil || got.Found {
					t.Fatalf("who looks the parcel up reads %s, %v", got.Value, err)
				}
				if n, err := r.LotCounts(t.Context(), id); err != nil || n.Seals != 2 {
					t.Errorf("%+v seals, %v", n, err)
				}
				r.lotsRun()
				r.sound()
				r.reopen()
			}
			r.must(PublishLot{ID: r.id(), Actor: keeper(lotSeller), Service: auction, Parcel: lotParcel})
			r.deposits(0)
			r.sound()
			rows := r.derived("lot", "lot_case")
			db := r.beside()
			if _, err := db.Exec(`UPDATE lot SET state = 'contracted', doc = replace(doc, '"annulled_at"', '"annulled_then"') WHERE id = '` + id + `'`); err != nil {
				t.Fatal(err)
			}
			db.Close()
			r.auditFinds("is not what its entries give")
			if rep := r.rebuild(); len(rep.Problems) > 0 || r.derived("lot", "lot_case") != rows {
				t.Errorf("made again it is otherwise: %+v", rep)
			}
		})
	}
}

// annuls has the head annul what a case was given.
func (r *rig) annuls(ref aiqyn.Reference) {
	r.t.Helper()
	svc, _ := r.Pack().Service(auction)
	r.must(Annul{ID: r.id(), Actor: aiqyn.Actor{Role: aiqyn.RoleHead, Officer: "head-01", Body: svc.Body}, Ref: ref, Ground: "the plot is a street"})
}

// TestWhoHidesThatAContractWasAnnulledIsCaught: a lot that goes on as given although its
// contract was annulled, one that is taken from who has it, and a plot that is sold twice.
func TestWhoHidesThatAContractWasAnnulledIsCaught(t *testing.T) {
	for _, c := range []struct {
		name, finds string
		f           func(*rig, string, []aiqyn.Reference)
	}{
		{"the lot goes on as given", "annuls the contract of a plot, and no entry of the lot says so", func(r *rig, id string, refs []aiqyn.Reference) {
			head := aiqyn.Actor{Role: aiqyn.RoleHead, Officer: "head-01", Body: "akimat-astana"}
			r.deals(refs[0], func(c *turn) {
				c.emit(EventAnnulled, head, &annulled{Entry: c.rec.state.GrantAt, Ground: "x"}, withOutcome(aiqyn.Annulled))
				c.giveBack(aiqyn.Annulled, "")
			})
		}},
		{"the price stays", "the price was to go back, and no entry says that it does", func(r *rig, id string, refs []aiqyn.Reference) {
			r.deals(refs[0], func(c *turn) {
				c.emit(EventAnnulled, aiqyn.System, &annulled{Entry: c.rec.state.GrantAt, Ground: "x"}, withOutcome(aiqyn.Annulled))
				if err := c.lotSystem(c.emitSystem(EventLotAnnulled, aiqyn.System, c.rec.state.annulledLot())); err != nil {
					panic(err)
				}
			})
		}},
		{"the plot is taken from who has it", "no case had its contract of this plot annulled", func(r *rig, id string, refs []aiqyn.Reference) {
			v := r.view(refs[0])
			r.system(func(c *turn) error {
				return c.lotSystem(c.emitSystem(EventLotAnnulled, aiqyn.System, &lotAnnulled{Annulled: 5, Contract: r.entryOf(refs[0], EventGranted), Lot: id, Winner: v.Bid.Name}))
			})
		}},
		{"the plot is sold to another too", "sells a plot that was given, by a contract that stands", func(r *rig, id string, refs []aiqyn.Reference) {
			r.lotsRun()
			db := r.beside()
			if _, err := db.Exec(`DELETE FROM lot`); err != nil {
				r.t.Fatal(err)
			}
			db.Close()
			r.must(PublishLot{ID: r.id(), Actor: keeper(lotSeller), Service: auction, Parcel: lotParcel})
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			r, id, refs := owingRig(t)
			r.paysRest(0, refs[0])
			r.sound()
			c.f(r, id, refs)
			r.auditFinds(c.finds)
		})
	}
}
