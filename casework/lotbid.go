package casework

import (
	"encoding/hex"
	"time"

	"aiqyn"
	"aiqyn/allocation"
	"aiqyn/deadline"
	"aiqyn/registry"
	"aiqyn/service"
)

// SealBid hands in the seal of a bid, until bids are closed and once. Nothing of the
// amount can be learnt from it.
type SealBid struct {
	ID    aiqyn.CommandID
	Actor aiqyn.Actor // the applicant
	Ref   aiqyn.Reference
	Seal  string // hex, see [allocation.Seal]
}

// OpenBid tells what was sealed, in the time that is given for it.
type OpenBid struct {
	ID     aiqyn.CommandID
	Actor  aiqyn.Actor // the applicant
	Ref    aiqyn.Reference
	Amount int64  // tiyn
	Salt   string // hex
}

// mostBid is more than any plot costs, tiyn.
const mostBid = 1e17

// aboutLot is what the beginning of a case, and an answered objection, mean for the
// lot that they are about.
func (t *turn) aboutLot(after aiqyn.StepID, vars map[string]any) error {
	s := t.rec.state
	if o := t.svc.Objects; o != nil && after == "" && s.OnLot == nil {
		return t.objectToLot(s.Answers[o.Lot])
	} else if o != nil && after == o.Step && s.OnLot != nil && s.OnLot.State == ObjectionOpen {
		upheld, _ := vars[service.Variable(o.Upheld)].(bool)
		t.emit(EventObjectionJudged, aiqyn.System, &objectionJudged{Lot: s.OnLot.Lot, Upheld: upheld})
		return nil
	}
	if t.svc.Auction == nil || after != "" || s.Fee != nil {
		return nil
	}
	bar, err := t.svc.Auction.BarOf(vars)
	if err != nil {
		return err
	}
	if bar != nil {
		return aiqyn.E(aiqyn.Conflict, "error.bid-barred", "reason", bar.Text, "fix", bar.Fix)
	}
	parcel, _ := s.Answers[t.svc.Auction.Lot].(string)
	if l := t.e.lots.onParcel(parcel); !l.bidding(t.now) || l.Published.Service != t.svc.ID {
		return aiqyn.E(aiqyn.Conflict, "error.lot-closed").On(t.svc.Auction.Lot)
	}
	return nil
}

// objectToLot makes the case an objection to the lot of a parcel.
func (t *turn) objectToLot(parcel any) error {
	text, _ := parcel.(string)
	l := t.e.lots.onParcel(text)
	if l == nil || l.Published.Service != t.svc.Objects.To || l.state() != LotPublished || t.now.After(l.Published.Objections) {
		return aiqyn.E(aiqyn.Conflict, "error.lot-no-objection").On(t.svc.Objects.Lot)
	}
	t.emit(EventLotObjected, aiqyn.System, &lotObjected{Lot: l.Published.Lot})
	return nil
}

// beforeBids is when a deposit must be paid by: never after bids are closed, since
// it would buy nothing.
func (s *State) beforeBids(due time.Time, zone *time.Location) time.Time {
	for _, r := range s.Facts {
		if r.Register != registry.LotRegister || !r.Found {
			continue
		}
		doc, err := registry.Decode[registry.Lot](registry.Reading{Found: true, Value: r.Value})
		if err != nil {
			continue
		}
		if last, err := deadline.ParseDate(doc.Bids); err == nil && last.End(zone).Before(due) {
			due = last.End(zone)
		}
	}
	return due
}

// enterLot makes the case a bid: its deposit is paid.
func (t *turn) enterLot(step *service.Step) error {
	s := t.rec.state
	parcel, _ := s.Answers[t.svc.Auction.Lot].(string)
	l := t.e.lots.onParcel(parcel)
	if !l.bidding(t.now) || l.Published.Service != t.svc.ID {
		t.loseBid(&bidLost{Why: service.BidLate}, step.Name)
		return nil
	}
	secret := t.e.keys.bidSecret(t.rec.row.Applicant, l.Published.Lot)
	t.emit(EventBidEntered, aiqyn.System, &bidEntered{
		Lot: l.Published.Lot, Name: allocation.Pseudonym(secret, l.roundName()), Secret: hex.EncodeToString(secret[:]),
	}, atStep(step.Name))
	t.tell("message.bid-entered", "until", l.Published.Bids)
	return nil
}

// bidSecret is what a bidder's name in the round of a lot is made from: the same for
// all their bids for it, and of no use for another.
func (k *keyring) bidSecret(applicant []byte, lot string) [32]byte {
	return k.secretOf(hex.EncodeToString(applicant) + "\x00" + lot)
}

// roundName is what the round of a lot is called.
func (l *lot) roundName() string { return string(l.Published.Service) + "/" + l.Published.Lot }

// loseBid ends a bid that comes to nothing; the deposit goes back where the pack
// says so.
func (t *turn) loseBid(d *bidLost, step aiqyn.StepID) {
	t.emit(EventBidLost, aiqyn.System, d, atStep(step), withOutcome(aiqyn.Lapsed), withReason(d.Why))
	t.tell("message.bid-lost", "why", d.Why)
	t.giveBack(aiqyn.Lapsed, d.Why)
}

// bound reports whether a bid can be taken back no more: bids are being opened, and
// who sees others' might like their own to be gone, or what they owe.
func (s *State) bound(l *lot) bool {
	return s.OnLot.owes() || s.OnLot.bids() && s.OnLot.State != BidEntered && l != nil && l.Opened != nil
}

type sealBid struct {
	onCase
	seal string
}

func (c *sealBid) decide(t *turn) error {
	s := t.rec.state
	if err := c.applicant(t); err != nil {
		return err
	}
	if _, ok := secretBytes(c.seal); !ok || c.seal != lowerHex(c.seal) {
		return aiqyn.E(aiqyn.Invalid, "error.bid-seal").On("seal")
	}
	switch b := s.OnLot; {
	case !b.bids():
		return aiqyn.E(aiqyn.Conflict, "error.bid-none")
	case s.Held:
		return aiqyn.E(aiqyn.Conflict, "error.case-held")
	case b.State != BidEntered:
		return aiqyn.E(aiqyn.Conflict, "error.bid-sealed")
	case !t.e.lots.find(b.Lot).bidding(t.now):
		return aiqyn.E(aiqyn.Conflict, "error.lot-closed")
	}
	t.emit(EventBidSealed, c.actor, &bidSealed{Lot: s.OnLot.Lot, Seal: c.seal})
	t.tell("message.bid-sealed", "at", t.e.lots.find(s.OnLot.Lot).Published.Opens)
	return nil
}

// lowerHex is 32 bytes as they are written, "" if the text is none.
func lowerHex(text string) string {
	b, err := hex.DecodeString(text)
	if err != nil || len(b) != 32 {
		return ""
	}
	return hex.EncodeToString(b)
}

type openBid struct {
	onCase
	amount int64
	salt   string
}

func (c *openBid) decide(t *turn) error {
	s := t.rec.state
	if err := c.applicant(t); err != nil {
		return err
	}
	b := s.OnLot
	if !b.bids() || b.State == BidEntered {
		return aiqyn.E(aiqyn.Conflict, "error.bid-none")
	}
	l := t.e.lots.find(b.Lot)
	switch {
	case s.Held:
		return aiqyn.E(aiqyn.Conflict, "error.case-held")
	case b.State == BidOpened:
		return aiqyn.E(aiqyn.Conflict, "error.bid-opened")
	case l == nil || l.Opened == nil || l.state() != LotOpened:
		return aiqyn.E(aiqyn.Conflict, "error.bid-early")
	case t.now.After(l.Opened.Until):
		return aiqyn.E(aiqyn.Conflict, "error.bid-too-late")
	}
	if !b.matches(l.roundName(), c.amount, c.salt) {
		return aiqyn.E(aiqyn.Invalid, "error.bid-mismatch").On("amount")
	}
	t.emit(EventBidOpened, c.actor, &bidOpened{Amount: c.amount, Lot: b.Lot, Salt: c.salt})
	t.tell("message.bid-opened")
	return nil
}

// matches reports whether an amount and a salt give the seal that was handed in.
func (l *onLot) matches(round string, amount int64, salt string) bool {
	bytes, ok := secretBytes(salt)
	if !ok || salt != lowerHex(salt) || amount <= 0 || amount > mostBid {
		return false
	}
	seal := allocation.Seal(round, l.Name, amount, bytes)
	return hex.EncodeToString(seal[:]) == l.Seal
}
