package api

import (
	"net/http"

	"aiqyn"
	"aiqyn/access"
	"aiqyn/casework"
	"aiqyn/web/visit"
)

type (
	lotsJSON struct {
		Lots []lotJSON `json:"lots"`
		Next string    `json:"next" doc:"The after of the next page; empty on the last."`
	}
	lotJSON struct {
		ID         string            `json:"id"`
		Parcel     string            `json:"parcel" doc:"Cadastral number."`
		Seller     string            `json:"seller"`
		State      casework.LotState `json:"state"`
		Right      string            `json:"right" doc:"ownership, lease"`
		Years      int64             `json:"years,omitempty" doc:"Of a lease."`
		Area       int64             `json:"area" doc:"Square metres."`
		District   string            `json:"district"`
		Least      int64             `json:"least" doc:"Tiyn."`
		Deposit    int64             `json:"deposit" doc:"Tiyn."`
		Objections moment            `json:"objections" doc:"Last instant to object."`
		Bids       moment            `json:"bids" doc:"Last instant to seal a bid."`
		Opens      moment            `json:"opens" doc:"Bids are opened after it, unless an objection has no answer."`
		Held       bool              `json:"held" doc:"An objection has no answer yet."`
		Until      moment            `json:"until,omitempty" doc:"Last instant to open a bid."`
		Seals      int               `json:"seals,omitempty" doc:"That were committed to."`
		Root       string            `json:"root,omitempty" doc:"Of the seals, as aiqyn allocate computes it."`
		Beacon     string            `json:"beacon,omitempty"`
		Seed       int64             `json:"seed,omitempty" doc:"Round of the beacon, named when the seals were committed to."`
		Winner     string            `json:"winner,omitempty" doc:"Name of the round; a bidder finds their own in their case."`
		Price      int64             `json:"price,omitempty" doc:"Tiyn."`
		PayBy      moment            `json:"payBy,omitempty" doc:"Last instant for the winner to pay the price less the deposit; of one lot, and not in lists."`
		Rest       int64             `json:"rest,omitempty" doc:"Tiyn, that were paid beside the deposit."`
		Deposited  int64             `json:"deposited,omitempty" doc:"Entry of the winner's deposit, once the plot is given."`
		Paid       int64             `json:"paid,omitempty" doc:"Entry of the payment of the rest."`
		Contract   int64             `json:"contract,omitempty" doc:"Entry of the contract."`
		Contracted int64             `json:"contracted,omitempty" doc:"Entry that says that the plot was given."`
		Defaulted  int64             `json:"defaulted,omitempty" doc:"Entry that says that the price was not paid in time."`
		Annulled   int64             `json:"annulled,omitempty" doc:"Entry that says that the contract was annulled, and the plot is its seller's again."`
		Kept       int64             `json:"kept,omitempty" doc:"Tiyn, of the deposit of who has not paid."`
		Entry      int64             `json:"entry" doc:"That published it."`
		Opened     int64             `json:"opened,omitempty" doc:"Entry of the commitment."`
		Drawn      int64             `json:"drawn,omitempty" doc:"Entry of the result."`
	}
	sealsJSON struct {
		Seals []sealJSON `json:"seals"`
		Next  string     `json:"next" doc:"The after of the next page; empty on the last."`
	}
	sealJSON struct {
		Name   string `json:"name"`
		Seal   string `json:"seal"`
		Opened bool   `json:"opened"`
		Amount int64  `json:"amount,omitempty" doc:"Tiyn, once the lot is drawn."`
	}
	bidJSON struct {
		Lot    string            `json:"lot"`
		State  casework.BidState `json:"state"`
		Round  string            `json:"round" doc:"What seals are made with."`
		Name   string            `json:"name" doc:"What the round calls the bidder."`
		Seal   string            `json:"seal,omitempty"`
		Amount int64             `json:"amount,omitempty" doc:"Tiyn, once it is opened."`
		Price  int64             `json:"price,omitempty" doc:"Tiyn, of who has won."`
		Why    string            `json:"why,omitempty" doc:"It came to nothing."`
	}
	sealIn struct {
		actIn
		Seal string `json:"seal" doc:"64 letters; aiqyn allocate --seal makes it where nobody else learns the sum."`
	}
	openIn struct {
		actIn
		Amount int64  `json:"amount" doc:"Tiyn, as it was sealed."`
		Salt   string `json:"salt" doc:"64 letters, as it was sealed."`
	}
	publishLotIn struct {
		actIn
		Service aiqyn.ServiceID `json:"service"`
		Parcel  string          `json:"parcel" doc:"Cadastral number; price and days follow from it."`
	}
	withdrawLotIn struct {
		actIn
		Ground string `json:"ground" doc:"Of the service's list."`
	}
)

func (in sealIn) of(v *visit.Visit) any {
	return casework.SealBid{ID: in.Command, Actor: v.Actor(), Ref: ref(v), Seal: in.Seal}
}

func (in openIn) of(v *visit.Visit) any {
	return casework.OpenBid{ID: in.Command, Actor: v.Actor(), Ref: ref(v), Amount: in.Amount, Salt: in.Salt}
}

func (in publishLotIn) of(v *visit.Visit) any {
	return casework.PublishLot{ID: in.Command, Actor: v.Actor(), Service: in.Service, Parcel: in.Parcel}
}

func (in withdrawLotIn) of(v *visit.Visit) any {
	return casework.WithdrawLot{ID: in.Command, Actor: v.Actor(), Lot: v.Path("lot"), Ground: in.Ground}
}

func lotRoutes() []Route {
	missing := []aiqyn.ErrorKind{aiqyn.NotFound}
	refused := []aiqyn.ErrorKind{aiqyn.NotFound, aiqyn.Conflict}
	return []Route{
		{"GET", "/lots", access.ActionSeePublic, listLots,
			Operation{Name: "listLots", Says: "Plots sold by sealed bids, the newest first.", Paged: true, Gives: lotsJSON{}}},
		{"GET", "/lots/{lot}", access.ActionSeePublic, getLot,
			Operation{Name: "getLot", Says: "One lot: its days, its commitment, whose it is.", Gives: lotJSON{}, Fails: missing}},
		{"GET", "/lots/{lot}/seals", access.ActionSeePublic, listSeals,
			Operation{Name: "listSeals", Says: "The sealed bids of a lot.", Paged: true, Gives: sealsJSON{}, Fails: missing}},
		{"POST", "/lots", access.ActionReportPlaces, carryOut[publishLotIn](http.StatusCreated),
			Operation{Name: "publishLot", Says: "An institution puts a plot up for sale.", Takes: publishLotIn{}, Gives: resultJSON{}, Status: http.StatusCreated, Fails: refused}},
		{"POST", "/lots/{lot}/withdraw", access.ActionReportPlaces, carryOut[withdrawLotIn](http.StatusOK),
			Operation{Name: "withdrawLot", Says: "It takes the plot back before bids are opened.", Takes: withdrawLotIn{}, Gives: resultJSON{}, Fails: refused}},
		{"GET", "/cases/{ref}/bid", access.ActionViewOwnCase, getBid,
			Operation{Name: "getBid", Says: "One's own bid, and what its seal is made with.", Gives: bidJSON{}, Fails: missing}},
		{"POST", "/cases/{ref}/bid/seal", access.ActionTakeStep, carryOut[sealIn](http.StatusOK),
			Operation{Name: "sealBid", Says: "Hands in the seal of a bid, once.", Takes: sealIn{}, Gives: resultJSON{}, Fails: refused}},
		{"POST", "/cases/{ref}/bid/open", access.ActionTakeStep, carryOut[openIn](http.StatusOK),
			Operation{Name: "openBid", Says: "Opens it. What does not match the seal is refused, and nothing is recorded.", Takes: openIn{}, Gives: resultJSON{}, Fails: refused}},
	}
}

func newLot(l casework.LotView) lotJSON {
	return lotJSON{
		ID: l.ID, Parcel: l.Parcel, Seller: l.Seller.ID, State: l.State, Right: l.Right, Years: l.Years, Area: l.Area, District: l.District, Least: l.Least, Deposit: l.Deposit,
		Objections: rfc(l.Objections), Bids: rfc(l.Bids), Opens: rfc(l.Opens), Held: l.Held, Until: rfc(l.Until), Seals: l.Seals, Root: l.Root, Beacon: l.Beacon, Seed: int64(l.Seed),
		Winner: l.Winner, Price: l.Price, PayBy: rfc(l.PayBy), Rest: l.Rest, Deposited: l.Deposited, Paid: l.Paid, Contract: l.Contract, Contracted: l.ContractedAt, Defaulted: l.DefaultedAt, Annulled: l.AnnulledAt, Kept: l.Kept, Entry: l.Entry, Opened: l.OpenedAt, Drawn: l.DrawnAt,
	}
}

func listLots(v *visit.Visit) error {
	p, err := paging(v)
	if err != nil {
		return err
	}
	list, err := v.Engine.Lots(v.Context(), casework.LotFilter{}, p)
	if err != nil {
		return err
	}
	out := lotsJSON{Lots: []lotJSON{}, Next: list.Next}
	for _, l := range list.Items {
		out.Lots = append(out.Lots, newLot(l))
	}
	return send(v, http.StatusOK, out)
}

func getLot(v *visit.Visit) error {
	l, err := v.Engine.Lot(v.Context(), v.Path("lot"))
	if err != nil {
		return err
	}
	return send(v, http.StatusOK, newLot(l))
}

func listSeals(v *visit.Visit) error {
	p, err := paging(v)
	if err != nil {
		return err
	}
	list, err := v.Engine.LotSeals(v.Context(), v.Path("lot"), p)
	if err != nil {
		return err
	}
	out := sealsJSON{Seals: []sealJSON{}, Next: list.Next}
	for _, s := range list.Items {
		out.Seals = append(out.Seals, sealJSON{s.Name, s.Seal, s.Opened, s.Amount})
	}
	return send(v, http.StatusOK, out)
}

func getBid(v *visit.Visit) error {
	c, err := v.Engine.Case(v.Context(), v.Actor(), aiqyn.Reference(v.Path("ref")))
	if err != nil {
		return err
	}
	b := c.Bid
	if b == nil || b.Objects {
		return aiqyn.E(aiqyn.NotFound, "error.not-found")
	}
	return send(v, http.StatusOK, bidJSON{b.Lot.ID, b.State, b.Round, b.Name, b.Seal, b.Amount, b.Price, b.Why})
}
