package casework

import (
	"time"

	"aiqyn"
	"aiqyn/service"
)

// Kinds of event of an auction.
const (
	EventLotPublished EventKind = "lot-published"
	EventLotWithdrawn EventKind = "lot-withdrawn" // by who published it, or because an objection was upheld
	EventLotOpened    EventKind = "lot-opened"    // the seals are committed to, and each bidder may open theirs
	EventLotDrawn     EventKind = "lot-drawn"     // whose it is, and for how much
	EventLotSettled   EventKind = "lot-settled"   // every bid has its end
	// What became of the price.
	EventLotContracted EventKind = "lot-contracted" // it is paid, and the plot was given
	EventLotDefaulted  EventKind = "lot-defaulted"  // it was not paid in time
	EventLotAnnulled   EventKind = "lot-annulled"   // the contract was annulled, the plot is its seller's again

	EventBidEntered EventKind = "bid-entered" // the deposit is paid, the bid may be sealed
	EventBidSealed  EventKind = "bid-sealed"
	EventBidCalled  EventKind = "bid-called" // the bidder was told to open it
	EventBidOpened  EventKind = "bid-opened"
	EventBidWon     EventKind = "bid-won"
	EventBidLost    EventKind = "bid-lost"

	EventLotObjected     EventKind = "lot-objected"     // somebody objects to a lot
	EventObjectionJudged EventKind = "objection-judged" // and has an answer
)

type (
	// lotPublished is a lot as it is sold. Everything in it follows from what the
	// registers say, the pack and the day: nobody sets a price or a date.
	lotPublished struct {
		Bids       time.Time       `json:"bids"` // last instant to seal a bid
		Calendar   string          `json:"calendar"`
		Deposit    int64           `json:"deposit"` // tiyn
		Least      int64           `json:"least"`   // tiyn
		Lot        string          `json:"lot"`
		Objections time.Time       `json:"objections"` // last instant to object
		Opens      time.Time       `json:"opens"`      // no bid is opened before
		Pack       string          `json:"pack"`
		Parcel     string          `json:"parcel"`
		Readings   []reading       `json:"readings"` // of the plot and of the parcel
		Seller     string          `json:"seller"`   // institution
		Service    aiqyn.ServiceID `json:"service"`
	}
	// lotWithdrawn takes a lot back. Objection is the entry of the answer that upheld
	// one, Ground why its seller does; never both.
	lotWithdrawn struct {
		Ground    string `json:"ground,omitempty"`
		Lot       string `json:"lot"`
		Objection int64  `json:"objection,omitempty"`
	}
	// lotOpened commits to the seals, by their root and the hash of the round's file,
	// and to a seed that comes when nobody can open a bid any more.
	lotOpened struct {
		Beacon   string    `json:"beacon"`
		Bids     int       `json:"bids"`
		Calendar string    `json:"calendar"`
		Closed   string    `json:"closed"`
		Inputs   string    `json:"inputs"`
		Lot      string    `json:"lot"`
		Name     string    `json:"name"`
		Root     string    `json:"root"`
		Seed     uint64    `json:"seed"`
		Until    time.Time `json:"until"` // last instant to open a bid
	}
	// lotDrawn is what the round came to. Winner is a name of the round, "" if nobody
	// has offered the least price.
	lotDrawn struct {
		Bids   int    `json:"bids"` // that were opened
		File   string `json:"file"`
		Lot    string `json:"lot"`
		Opened int64  `json:"opened"` // entry
		Price  int64  `json:"price"`
		Proof  string `json:"proof"`
		Result string `json:"result"`
		Value  string `json:"value"`
		Winner string `json:"winner,omitempty"`
	}
	lotSettled struct {
		Lot string `json:"lot"`
	}
	// lotContracted is a plot that was given. Sums are in tiyn, what else is a number
	// is the entry that proves it: of the deposit, of the rest of the price, and of the
	// contract.
	lotContracted struct {
		Contract  int64  `json:"contract"`
		Deposit   int64  `json:"deposit"`
		Deposited int64  `json:"deposited"`
		Lot       string `json:"lot"`
		Paid      int64  `json:"paid"`
		Price     int64  `json:"price"`
		Rest      int64  `json:"rest"`
		Winner    string `json:"winner"`
	}
	// lotDefaulted is a plot whose price was not paid in time. Bid is the entry that
	// ends the winner's bid, Kept what stays of the deposit, tiyn.
	lotDefaulted struct {
		Bid    int64  `json:"bid"`
		Kept   int64  `json:"kept"`
		Lot    string `json:"lot"`
		Winner string `json:"winner"`
	}
	// lotAnnulled is a plot whose contract was annulled: Annulled is the entry that did it,
	// Contract that of the contract.
	lotAnnulled struct {
		Annulled int64  `json:"annulled"`
		Contract int64  `json:"contract"`
		Lot      string `json:"lot"`
		Winner   string `json:"winner"`
	}
	// bidEntered makes the case a bid. Name is what the bidder is called in the round.
	bidEntered struct {
		Lot    string `json:"lot"`
		Name   string `json:"name"`
		Secret string `json:"secret"`
	}
	bidSealed struct {
		Lot  string `json:"lot"`
		Seal string `json:"seal"`
	}
	bidCalled struct {
		Lot   string    `json:"lot"`
		Until time.Time `json:"until"`
	}
	bidOpened struct {
		Amount int64  `json:"amount"` // tiyn
		Lot    string `json:"lot"`
		Salt   string `json:"salt"`
	}
	// bidWon says what the lot costs its bidder: Round is the entry of the result.
	bidWon struct {
		Lot   string `json:"lot"`
		Price int64  `json:"price"`
		Round int64  `json:"round"`
	}
	// bidLost ends a bid. Round is the entry that decides it: of the result, or of the
	// withdrawal; 0 if it came when bids were closed.
	bidLost struct {
		Lot   string `json:"lot,omitempty"`
		Round int64  `json:"round,omitempty"`
		Why   string `json:"why"`
	}
	lotObjected struct {
		Lot string `json:"lot"`
	}
	objectionJudged struct {
		Lot    string `json:"lot"`
		Upheld bool   `json:"upheld"`
	}
)

// newLotPayload is newPayload for the kinds of an auction; nil for others.
func newLotPayload(k EventKind) any {
	switch k {
	case EventLotPublished:
		return new(lotPublished)
	case EventLotWithdrawn:
		return new(lotWithdrawn)
	case EventLotOpened:
		return new(lotOpened)
	case EventLotDrawn:
		return new(lotDrawn)
	case EventLotSettled:
		return new(lotSettled)
	case EventLotContracted:
		return new(lotContracted)
	case EventLotDefaulted:
		return new(lotDefaulted)
	case EventLotAnnulled:
		return new(lotAnnulled)
	case EventBidEntered:
		return new(bidEntered)
	case EventBidSealed:
		return new(bidSealed)
	case EventBidCalled:
		return new(bidCalled)
	case EventBidOpened:
		return new(bidOpened)
	case EventBidWon:
		return new(bidWon)
	case EventBidLost:
		return new(bidLost)
	case EventLotObjected:
		return new(lotObjected)
	case EventObjectionJudged:
		return new(objectionJudged)
	}
	return nil
}

// BidState is where a bid stands, or an objection.
type BidState string

// States of a bid, and of an objection.
const (
	BidEntered BidState = "entered" // it can be sealed
	BidSealed  BidState = "sealed"
	BidOpened  BidState = "opened"
	BidWon     BidState = "won"   // where the price is not paid here, its end
	BidOwing   BidState = "owing" // it has won, and the price is waited for
	BidLost    BidState = "lost"
	BidGone    BidState = "gone" // it was taken back, or never became one

	BidContracted BidState = "contracted" // it is paid, and the plot was given
	BidAnnulled   BidState = "annulled"   // the contract was annulled

	ObjectionOpen      BidState = "objected" // it has no answer yet
	ObjectionUpheld    BidState = "upheld"
	ObjectionDismissed BidState = "dismissed"
)

// onLot is the part of a case's state that is about a lot: a bid, or an objection.
type onLot struct {
	Amount int64     `json:"amount,omitempty"` // tiyn, once it is opened
	Called time.Time `json:"called,omitzero"`  // until when they may open it
	Entry  int64     `json:"entry"`            // that its state is from
	Lot    string    `json:"lot"`
	Name   string    `json:"name,omitempty"`
	Price  int64     `json:"price,omitempty"`
	Salt   string    `json:"salt,omitempty"`
	Seal   string    `json:"seal,omitempty"`
	Secret string    `json:"secret,omitempty"`
	State  BidState  `json:"state"`
	Why    string    `json:"why,omitempty"`
}

// applyLot folds the events of a bid or an objection.
func (s *State) applyLot(ev *event) {
	l := new(onLot)
	if s.OnLot != nil {
		*l = *s.OnLot
	}
	l.Entry = ev.index
	s.OnLot = l
	switch d := ev.data.(type) {
	case *bidEntered:
		l.Lot, l.Name, l.Secret, l.State = d.Lot, d.Name, d.Secret, BidEntered
		s.wait(ev)
	case *bidSealed:
		l.Seal, l.State = d.Seal, BidSealed
	case *bidCalled:
		l.Called = d.Until
	case *bidOpened:
		l.Amount, l.Salt, l.State = d.Amount, d.Salt, BidOpened
	case *bidWon:
		l.Price, l.State = d.Price, BidWon
	case *bidLost:
		l.State, l.Why = BidLost, d.Why
		s.Reason = d.Why
		s.close(aiqyn.Lapsed, ev.at)
	case *lotObjected:
		l.Lot, l.State = d.Lot, ObjectionOpen
	case *objectionJudged:
		if l.State = ObjectionDismissed; d.Upheld {
			l.State = ObjectionUpheld
		}
	}
}

// closeLot is what the end of a case means for its bid, or its objection: what is
// not over is gone.
func (s *State) closeLot() {
	if s.OnLot == nil {
		return
	}
	l := *s.OnLot
	switch {
	case l.State == BidOwing && s.Outcome == aiqyn.Granted:
		l.State, l.Entry = BidContracted, s.GrantAt
	case l.State == BidEntered, l.State == BidSealed, l.State == BidOpened, l.State == BidOwing, l.State == ObjectionOpen:
		l.State = BidGone
	default:
		return
	}
	s.OnLot = &l
}

// applyAnnulled ends what was granted, and takes a plot back that was given by it.
func (s *State) applyAnnulled(ev *event) {
	s.close(aiqyn.Annulled, ev.at)
	if s.OnLot == nil || s.OnLot.State != BidContracted && s.OnLot.State != BidWon {
		return
	}
	l := *s.OnLot
	l.State, l.Entry = BidAnnulled, ev.index
	s.OnLot = &l
}

// bids reports whether the case is a bid that nothing has become of yet.
func (l *onLot) bids() bool {
	return l != nil && (l.State == BidEntered || l.State == BidSealed || l.State == BidOpened)
}

// fate is why a bid that has not won comes to nothing.
func (l *onLot) fate(least int64) string {
	switch {
	case l.State == BidEntered:
		return service.BidUnsealed
	case l.State == BidSealed:
		return service.BidUnopened
	case l.Amount < least:
		return service.BidBelow
	}
	return service.BidOutbid
}

// aboutLot is the lot that an event of a case names, "" if it names none.
func aboutLot(data any) string {
	switch d := data.(type) {
	case *bidEntered:
		return d.Lot
	case *bidSealed:
		return d.Lot
	case *bidCalled:
		return d.Lot
	case *bidOpened:
		return d.Lot
	case *bidWon:
		return d.Lot
	case *bidLost:
		return d.Lot
	case *lotObjected:
		return d.Lot
	case *objectionJudged:
		return d.Lot
	}
	return ""
}
