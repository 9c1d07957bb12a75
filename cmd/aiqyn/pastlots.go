package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"

	"aiqyn"
	"aiqyn/allocation"
	"aiqyn/casework"
	"aiqyn/registry"
	"aiqyn/simulate"
)

// The lots of the demonstration: by stride before the present, when each is published
// and how many bid for it. The first was sold and not paid for, the second is paid for
// and given, the third was sold to nobody, the fourth waits for its price, the next is
// being opened, one was taken back, one takes bids and is held by an objection. The last
// was paid for and given, and its contract annulled.
var pastLots = []struct {
	published, bidders int
	unopened           bool // nobody opens what they have sealed
	pays               bool // whoever wins pays the price
	annulled           bool // the contract, once it is made
	withdrawn, objects bool
}{
	{published: 126, bidders: 2}, {published: 90, bidders: 3, pays: true}, {published: 87, bidders: 1, unopened: true}, {published: 75, bidders: 2}, {published: 54, bidders: 2}, {published: 24, withdrawn: true}, {published: 9, bidders: 1, objects: true},
	{published: 114, bidders: 2, pays: true, annulled: true},
}

// saleRows are the plots that may be sold.
func saleRows(w *simulate.World) (rows []row) {
	for _, s := range w.Sales() {
		rows = append(rows, row{registry.SaleRegister, s.Number, &s})
	}
	return rows
}

// sealedBid is a bid of somebody who keeps its salt.
type sealedBid struct {
	actor  aiqyn.Actor
	ref    aiqyn.Reference
	tiyn   int64
	salt   [32]byte
	silent bool
	pays   bool
	annuls bool // the head, what it is given
}

// selling lets lots be published, bid for, opened and sold.
type selling struct {
	*living
	s    *seeding
	bids []*sealedBid
	paid []*sealedBid // whose contract is to be annulled
}

// at does what happens so many strides before the present.
func (q *selling) at(ctx context.Context, left int) error {
	sales := q.s.world.Sales()
	for i, l := range pastLots {
		if l.published != left || i >= len(sales) {
			continue
		}
		if err := q.publish(ctx, i, sales[i]); err != nil {
			return fmt.Errorf("a lot: %w", err)
		}
	}
	if left > pastLots[0].published || left%3 != 0 {
		return nil
	}
	if err := q.RunLots(ctx); err != nil {
		return err
	}
	if err := q.annul(ctx); err != nil {
		return fmt.Errorf("a contract that is annulled: %w", err)
	}
	q.waiting.Store(true) // what names a seed is witnessed before it comes out
	return q.open(ctx)
}

// publish puts a plot up for sale, and lets people bid and object.
func (q *selling) publish(ctx context.Context, i int, sale registry.Sale) error {
	seller := aiqyn.Actor{Role: aiqyn.RoleInstitution, Officer: queueReporter + "-land", Body: simulate.LandSeller}
	if _, err := q.Do(ctx, casework.PublishLot{ID: q.id(), Actor: seller, Service: "land.auction", Parcel: sale.Number}); err != nil {
		return err
	}
	people := q.s.world.Candidates("bidders", 30, 65, 3*len(pastLots)+1)
	for n := range pastLots[i].bidders {
		b, err := q.bid(ctx, people[3*i+n].Exam.Person, sale, int64(10+3*n))
		if err != nil {
			return err
		}
		b.silent, b.pays, b.annuls = pastLots[i].unopened, pastLots[i].pays, pastLots[i].annulled
	}
	if pastLots[i].objects {
		as := aiqyn.Actor{Role: aiqyn.RoleApplicant, Person: people[len(people)-1].Exam.Person, Assurance: aiqyn.ByCode}
		_, err := q.Do(ctx, casework.File{ID: q.id(), Actor: as, Service: "land.objection", Channel: "online", Lang: aiqyn.Russian, Answers: map[string]string{
			"lot": sale.Number, "ground": "boundary", "text": "Забор соседнего участка стоит на этой земле."}})
		return err
	}
	if !pastLots[i].withdrawn {
		return nil
	}
	lots, err := q.Lots(ctx, casework.LotFilter{Seller: string(simulate.LandSeller)}, casework.Page{Limit: 1})
	if err != nil {
		return err
	}
	_, err = q.Do(ctx, casework.WithdrawLot{ID: q.id(), Actor: seller, Lot: lots.Items[0].ID, Ground: "register-error"})
	return err
}

// pay pays what a case owes, by the order of its that comes n-th.
func (q *selling) pay(ctx context.Context, b *sealedBid, n int) error {
	if _, err := q.Pay(ctx, casework.PayFee{ID: q.id(), Actor: b.actor, Ref: b.ref, Lang: aiqyn.Kazakh, Return: "/kk/cases/" + string(b.ref) + "/paid"}); err != nil {
		return err
	}
	view, err := q.Case(ctx, b.actor, b.ref)
	if err != nil {
		return err
	}
	_, err = q.s.bank.Take(ctx, fmt.Sprintf("%s-%d", b.ref, n), view.Fee.Amount, "KZT")
	return err
}

// bid pays the deposit and seals so many tenths of the least price.
func (q *selling) bid(ctx context.Context, who aiqyn.PersonID, sale registry.Sale, tenths int64) (*sealedBid, error) {
	b := &sealedBid{actor: aiqyn.Actor{Role: aiqyn.RoleApplicant, Person: who, Assurance: aiqyn.ByCode}, tiyn: sale.Value / 10 * tenths / 100 * 100}
	res, err := q.Do(ctx, casework.File{ID: q.id(), Actor: b.actor, Service: "land.auction", Channel: "online", Lang: aiqyn.Kazakh, Answers: map[string]string{"lot": sale.Number}})
	if err != nil {
		return nil, err
	}
	b.ref = res.Ref
	if err := q.pay(ctx, b, 1); err != nil {
		return nil, err
	}
	view, err := q.Case(ctx, b.actor, b.ref)
	if err != nil {
		return nil, err
	}
	b.salt = sha256.Sum256([]byte(b.ref))
	seal := allocation.Seal(view.Bid.Round, view.Bid.Name, b.tiyn, b.salt)
	_, err = q.Do(ctx, casework.SealBid{ID: q.id(), Actor: b.actor, Ref: b.ref, Seal: hex.EncodeToString(seal[:])})
	q.bids = append(q.bids, b)
	return b, err
}

// open has whoever may open their bids do so, and who has won and pays do that.
func (q *selling) open(ctx context.Context) error {
	left := q.bids[:0]
	for _, b := range q.bids {
		if b.silent {
			continue
		}
		if owes, err := q.owes(ctx, b); err != nil || owes {
			if err == nil {
				err = q.pay(ctx, b, 2)
			}
			if err != nil {
				return err
			}
			if b.annuls {
				q.paid = append(q.paid, b)
			}
			continue
		}
		_, err := q.Do(ctx, casework.OpenBid{ID: q.id(), Actor: b.actor, Ref: b.ref, Amount: b.tiyn, Salt: hex.EncodeToString(b.salt[:])})
		switch {
		case aiqyn.KindOf(err) == aiqyn.Conflict:
			left = append(left, b) // not yet, or it is over
		case err != nil:
			return err
		case b.pays:
			left = append(left, b)
		}
	}
	q.bids = left
	return nil
}

// annul has the head annul the contracts that should not have been made.
func (q *selling) annul(ctx context.Context) error {
	for _, b := range q.paid {
		svc, _ := q.Pack().Service("land.auction")
		_, err := q.Do(ctx, casework.Annul{ID: q.id(), Actor: q.heads[svc.Body][0], Ref: b.ref, Ground: "Учаскенің шекарасы даулы екені шарт жасалған соң анықталды."})
		if err != nil {
			return err
		}
	}
	q.paid = nil
	return nil
}

// owes reports whether a bid has won, and is to be paid for.
func (q *selling) owes(ctx context.Context, b *sealedBid) (bool, error) {
	if !b.pays {
		return false, nil
	}
	view, err := q.Case(ctx, b.actor, b.ref)
	return err == nil && view.Bid != nil && view.Bid.State == casework.BidOwing, err
}
