package casework

import (
	"encoding/hex"
	"testing"
	"time"

	"aiqyn"
	"aiqyn/beacon"
)

const (
	lotParcel = "99-999-007-001"
	lotSeller = "land-1"
	auction   = aiqyn.ServiceID("land.auction")
)

// auctionRig is a rig with a plot for sale and a lot of it.
func auctionRig(t *testing.T, opts ...rigOption) (*rig, string) {
	t.Helper()
	r := newRig(t, opts...)
	r.roster(aiqyn.RoleEngineer, "akimat-astana", "land-engineer", 6)
	r.forSale(lotParcel, lotSeller, 100_000_000)
	r.must(PublishLot{ID: r.id(), Actor: keeper(lotSeller), Service: auction, Parcel: lotParcel})
	return r, r.lots.onParcel(lotParcel).Published.Lot
}

// bids has somebody pay the deposit, and seal some tiyn.
func (r *rig) bids(i int, tiyn int64) aiqyn.Reference {
	r.t.Helper()
	ref := r.deposits(i)
	r.must(SealBid{ID: r.id(), Actor: payer(childOf(i)), Ref: ref, Seal: r.sealOf(ref, tiyn)})
	return ref
}

// deposits has somebody begin a bid and pay the deposit.
func (r *rig) deposits(i int) aiqyn.Reference {
	r.t.Helper()
	ref := r.must(File{ID: r.id(), Actor: payer(childOf(i)), Service: auction, Lang: "kk", Channel: "online", Answers: map[string]string{"lot": lotParcel}}).Ref
	if _, err := r.Pay(r.t.Context(), PayFee{ID: r.id(), Actor: payer(childOf(i)), Ref: ref, Lang: "kk", Return: "/kk/cases/" + string(ref)}); err != nil {
		r.t.Fatal(err)
	}
	if _, err := r.bank.Take(r.t.Context(), r.newestOrder(ref), r.view(ref).Fee.Amount, "KZT"); err != nil {
		r.t.Fatal(err)
	}
	return ref
}

// paysRest has the winner pay the price less the deposit.
func (r *rig) paysRest(i int, ref aiqyn.Reference) {
	r.t.Helper()
	if _, err := r.Pay(r.t.Context(), PayFee{ID: r.id(), Actor: payer(childOf(i)), Ref: ref, Lang: "kk", Return: "/kk/cases/" + string(ref)}); err != nil {
		r.t.Fatal(err)
	}
	if _, err := r.bank.Take(r.t.Context(), r.newestOrder(ref), r.view(ref).Fee.Amount, "KZT"); err != nil {
		r.t.Fatal(err)
	}
}

func (r *rig) opensBid(i int, ref aiqyn.Reference, tiyn int64) {
	r.t.Helper()
	r.must(OpenBid{ID: r.id(), Actor: payer(childOf(i)), Ref: ref, Amount: tiyn, Salt: hex.EncodeToString(storySalt[:])})
}

// lotsRun takes lots as far as they go now.
func (r *rig) lotsRun() {
	r.t.Helper()
	for range 3 {
		if err := r.RunLots(r.t.Context()); err != nil {
			r.t.Fatal(err)
		}
	}
}

// afterBids is when bids of a lot are opened.
func (r *rig) afterBids(id string) {
	r.t.Helper()
	r.at(r.lots.find(id).Published.Opens.Add(time.Second))
}

// applicantActor is whose case it is.
func (s *State) applicantActor() aiqyn.Actor {
	return aiqyn.Actor{Role: aiqyn.RoleApplicant, Person: s.Applicant}
}

// unopened are the cases of a lot as if no bid had been opened.
func (r *rig) unopened(id string) map[int64]lotCase {
	cases := r.lots.casesOf(id)
	for no, c := range cases {
		if c.state == BidOpened {
			c.state, c.amount, c.salt = BidSealed, 0, ""
			cases[no] = c
		}
	}
	return cases
}

func (r *rig) seedOf(l *lot) beacon.Round {
	r.t.Helper()
	seed, ok := r.Beacon.Published(l.Opened.Seed)
	if !ok {
		r.t.Fatal("no seed")
	}
	return seed
}

// system has an event of the system's own written.
func (r *rig) system(f func(*turn) error) {
	r.t.Helper()
	if _, err := r.send(r.t.Context(), &systemDealt{apart{cid: r.id(), actor: aiqyn.System}, f}); err != nil {
		r.t.Fatal(err)
	}
}

type systemDealt struct {
	apart
	f func(*turn) error
}

func (c *systemDealt) decide(t *turn) error { return c.f(t) }
