package web

import (
	"context"
	"strings"
	"time"

	"aiqyn"
	"aiqyn/casework"
	"aiqyn/service"
)

// someLot is a lot in some state.
func someLot(id string, state casework.LotState) casework.LotView {
	l := casework.LotView{
		ID: id, Parcel: "20-313-012-345", Service: "land.auction", Seller: casework.InstitutionView{ID: "land-1", Title: aiqyn.Text{KK: "Жер бөлімі", RU: "Отдел земельных отношений", EN: "Land department"}},
		Purpose: aiqyn.Text{KK: "Дүкен", RU: "Магазин", EN: "A shop"}, Right: "lease", Years: 5, Area: 1200, Region: "710000000", District: "711210000", Lat: 51.1, Lon: 71.4, Least: 100_000_000, Deposit: 10_000_000,
		State: state, Entry: 81, At: now.AddDate(0, 0, -3), Changed: now, Objections: now.AddDate(0, 0, 2), Bids: now.AddDate(0, 0, 9), Opens: now.AddDate(0, 0, 10),
	}
	switch state {
	case casework.LotSold, casework.LotUnsold, casework.LotOpened, casework.LotContracted, casework.LotDefaulted, casework.LotAnnulled:
		l.At, l.Objections, l.Bids, l.Opens = now.AddDate(0, 0, -30), now.AddDate(0, 0, -20), now.AddDate(0, 0, -10), now.AddDate(0, 0, -9)
		l.OpenedAt, l.OpenedTime, l.Seals, l.Until, l.Root, l.Beacon, l.Seed, l.SeedDue = 82, l.Opens, 2, now.Add(-time.Hour), strings.Repeat("ab", 32), "practice", 41, now
	}
	switch state {
	case casework.LotOpened:
		l.Until, l.Right = now.AddDate(0, 0, 2), "ownership"
	case casework.LotSold, casework.LotContracted, casework.LotDefaulted, casework.LotAnnulled:
		l.DrawnAt, l.DrawnTime, l.Winner, l.Price, l.Opened, l.File, l.Result, l.Value = 83, now.Add(-time.Minute), strings.Repeat("01", 16), 120_000_000, 2, l.Root, l.Root, l.Root
	case casework.LotUnsold:
		l.DrawnAt, l.File, l.Result, l.Value = 83, l.Root, l.Root, l.Root
	case casework.LotWithdrawn:
		l.WithdrawnAt, l.Upheld = 82, 80
	}
	switch state {
	case casework.LotSold:
		l.PayBy = now.AddDate(0, 0, 10)
	case casework.LotContracted, casework.LotAnnulled:
		l.ContractedAt, l.Contract, l.Rest, l.Deposited, l.Paid, l.Settled, l.ContractTime = 90, 89, 110_000_000, 60, 88, 91, now
		if state == casework.LotAnnulled {
			l.ContractTime, l.Annulled, l.AnnulledAt = now.Add(-30*time.Second), 95, 96
		}
	case casework.LotDefaulted:
		l.DefaultedAt, l.Kept, l.Settled = 90, 10_000_000, 91
	}
	return l
}

var fakeLots = map[string]casework.LotState{
	"lot-open": casework.LotPublished, "lot-opened": casework.LotOpened, "lot-sold": casework.LotSold, "lot-unsold": casework.LotUnsold, "lot-withdrawn": casework.LotWithdrawn,
	"lot-contracted": casework.LotContracted, "lot-defaulted": casework.LotDefaulted, "lot-annulled": casework.LotAnnulled,
}

func (f *fake) Lots(context.Context, casework.LotFilter, casework.Page) (casework.List[casework.LotView], error) {
	var out casework.List[casework.LotView]
	for _, id := range []string{"lot-open", "lot-opened", "lot-sold", "lot-contracted", "lot-defaulted", "lot-annulled", "lot-unsold", "lot-withdrawn"} {
		out.Items = append(out.Items, someLot(id, fakeLots[id]))
	}
	return out, f.down
}

func (f *fake) Lot(_ context.Context, id string) (casework.LotView, error) {
	state, ok := fakeLots[id]
	if !ok {
		return casework.LotView{}, aiqyn.E(aiqyn.NotFound, "error.not-found")
	}
	return someLot(id, state), f.down
}

func (f *fake) LotCounts(context.Context, string) (casework.LotCounts, error) {
	return casework.LotCounts{Seals: 2, Opened: 1, Objected: 1, Dismissed: 1}, f.down
}

func (f *fake) LotSeals(_ context.Context, id string, _ casework.Page) (casework.List[casework.SealView], error) {
	list := []casework.SealView{{Name: strings.Repeat("01", 16), Seal: strings.Repeat("cd", 32), Opened: someLot(id, fakeLots[id]).Winner != ""}, {Name: strings.Repeat("02", 16), Seal: strings.Repeat("ef", 32)}}
	if someLot(id, fakeLots[id]).Winner != "" {
		list[0].Amount = 150_000_000
	}
	return casework.List[casework.SealView]{Items: list}, f.down
}

func (f *fake) LotFile(_ context.Context, l casework.LotView) (file, result []byte, err error) {
	if l.OpenedAt == 0 {
		return nil, nil, aiqyn.E(aiqyn.NotFound, "error.not-found")
	}
	return []byte(`{"round":"x"}`), []byte(`{"winner":null}`), f.down
}

func (f *fake) OwnLots(ctx context.Context, _ aiqyn.Actor, p casework.Page) (*service.Service, casework.List[casework.LotView], error) {
	svc, _ := f.pack.Service("land.auction")
	list, err := f.Lots(ctx, casework.LotFilter{}, p)
	return svc, list, err
}

// bidding adds cases that are bids, and an objection.
func (f *fake) bidding(add func(aiqyn.Reference, func(*casework.CaseView))) {
	svc, _ := f.pack.Service("land.auction")
	for ref, b := range map[aiqyn.Reference]casework.BidView{
		"AQ-BIDS-0001": {Lot: someLot("lot-open", casework.LotPublished), State: casework.BidEntered},
		"AQ-BIDS-0002": {Lot: someLot("lot-open", casework.LotPublished), State: casework.BidSealed, Seal: strings.Repeat("cd", 32)},
		"AQ-BIDS-0003": {Lot: someLot("lot-opened", casework.LotOpened), State: casework.BidSealed, Seal: strings.Repeat("cd", 32), Called: now.AddDate(0, 0, 2)},
		"AQ-BIDS-0004": {Lot: someLot("lot-opened", casework.LotOpened), State: casework.BidOpened, Amount: 150_000_000},
		"AQ-BIDS-0005": {Lot: someLot("lot-sold", casework.LotSold), State: casework.BidWon, Amount: 150_000_000, Price: 120_000_000},
		"AQ-BIDS-0006": {Lot: someLot("lot-sold", casework.LotSold), State: casework.BidLost, Why: service.BidOutbid},
		"AQ-BIDS-0008": {Lot: someLot("lot-sold", casework.LotSold), State: casework.BidOwing, Amount: 150_000_000, Price: 120_000_000},
		"AQ-BIDS-0009": {Lot: someLot("lot-contracted", casework.LotContracted), State: casework.BidContracted, Amount: 150_000_000, Price: 120_000_000},
		"AQ-BIDS-0010": {Lot: someLot("lot-defaulted", casework.LotDefaulted), State: casework.BidLost, Why: service.BidUnpaid},
		"AQ-BIDS-0011": {Lot: someLot("lot-annulled", casework.LotAnnulled), State: casework.BidAnnulled, Amount: 150_000_000, Price: 120_000_000},
		"AQ-BIDS-0007": {Lot: someLot("lot-open", casework.LotPublished), State: casework.ObjectionOpen, Objects: true},
	} {
		add(ref, func(c *casework.CaseView) {
			c.Service, c.Title, c.Step, c.Answers, c.Ruling, c.Draw, c.Due, c.Can = svc, svc.Title, svc.Steps[0], nil, nil, nil, nil, []string{"withdraw"}
			c.Status, c.StepState = casework.StatusOpen, casework.StepWaiting
			b.Name, b.Round = strings.Repeat("01", 16), "land.auction/"+b.Lot.ID
			switch ref {
			case "AQ-BIDS-0001":
				c.Can = append(c.Can, "seal-bid")
			case "AQ-BIDS-0003":
				c.Can = append(c.Can, "open-bid")
			case "AQ-BIDS-0008":
				c.Status, c.StepState, c.Step, c.Can = casework.StatusPayment, casework.StepOpen, svc.Steps[1], []string{"pay"}
				c.Fee = &casework.FeeView{Amount: 110_000_000, Law: svc.Auction.Price.Law, Due: now.AddDate(0, 0, 10), Deposit: &casework.PaidView{Amount: 10_000_000, Law: svc.Fee.Law, Paid: now.AddDate(0, 0, -20), Entry: 60, Receipt: "P-1"}}
			case "AQ-BIDS-0005", "AQ-BIDS-0006", "AQ-BIDS-0009", "AQ-BIDS-0010", "AQ-BIDS-0011":
				c.Status, c.Step, c.Can = casework.StatusClosed, nil, nil
			}
			c.Bid = &b
		})
	}
}
