package casework

import (
	"encoding/hex"
	"fmt"
	"strconv"
	"time"

	"aiqyn"
	"aiqyn/allocation"
	"aiqyn/registry"
	"aiqyn/service"
)

// givenPlot enters a plot that may be sold.
func (s *telling) givenPlot(l service.StoryLine) bool {
	s.t.Helper()
	if l.Verb != "given plot of worth tenge" {
		return false
	}
	tenge, _ := strconv.ParseInt(l.Args[2], 10, 64)
	s.forSale(l.Args[0], l.Args[1], tenge*100)
	return true
}

// forSale enters a plot into the registers that a lot is published from.
func (r *rig) forSale(parcel, seller string, value int64) {
	r.t.Helper()
	r.register(registry.SaleRegister, parcel, registry.Sale{
		Number: parcel, Seller: seller, Right: "lease", Years: 5, Value: value, Purpose: aiqyn.Text{KK: "Дүкен", RU: "Магазин", EN: "A shop"},
		Title: aiqyn.Text{KK: "Жер қатынастары бөлімі", RU: "Отдел земельных отношений", EN: "Land department"},
	})
	r.register(registry.ParcelRegister, parcel, registry.Parcel{Number: parcel, Area: 1200, Use: "vacant", Region: "710000000", District: "711210000", Lat: 51.1, Lon: 71.4})
}

// lotsGoOn takes lots as far as they can go, twice: what is opened is drawn when its
// seed is out.
func (s *telling) lotsGoOn() {
	s.t.Helper()
	for range 2 {
		if err := s.RunLots(s.t.Context()); err != nil {
			s.t.Fatal(err)
		}
	}
}

// storySalt is the salt of every bid in a story.
var storySalt = [32]byte{7}

// onLot is what an applicant or a seller of a lot sends; nil for any other line.
func (s *telling) onLot(l service.StoryLine, applicant aiqyn.Actor) any {
	switch l.Verb {
	case "institution publishes a lot of":
		return PublishLot{ID: s.id(), Actor: keeper(l.Args[0]), Service: "land.auction", Parcel: l.Args[1]}
	case "institution takes back the lot of because":
		return WithdrawLot{ID: s.id(), Actor: keeper(l.Args[0]), Lot: s.lots.onParcel(l.Args[1]).Published.Lot, Ground: l.Args[2]}
	case "applicant seals tenge":
		n, _ := strconv.ParseInt(l.Args[0], 10, 64)
		return SealBid{ID: s.id(), Actor: applicant, Ref: s.ref, Seal: s.sealOf(s.ref, n*100)}
	case "applicant opens tenge":
		n, _ := strconv.ParseInt(l.Args[0], 10, 64)
		return OpenBid{ID: s.id(), Actor: applicant, Ref: s.ref, Amount: n * 100, Salt: hex.EncodeToString(storySalt[:])}
	}
	return nil
}

// sealOf is the seal of a bid over some tiyn.
func (r *rig) sealOf(ref aiqyn.Reference, tiyn int64) string {
	r.t.Helper()
	b := r.view(ref).Bid
	seal := allocation.Seal(b.Round, b.Name, tiyn, storySalt)
	return hex.EncodeToString(seal[:])
}

// expectLot checks where the newest lot of a parcel stands, or the bid.
func (s *telling) expectLot(l service.StoryLine) (problem string, done bool) {
	s.t.Helper()
	switch l.Verb {
	case "expect lot", "expect lot least tenge":
		at, err := s.readLot(s.t.Context(), l.Args[0], "lot")
		if err != nil || !at.Found {
			return fmt.Sprint("there is no such lot ", err), true
		}
		doc, err := registry.Decode[registry.Lot](registry.Reading{Found: true, Value: at.Value})
		if err != nil {
			return err.Error(), true
		}
		if len(l.Args) == 2 && l.Verb == "expect lot" {
			return not(doc.State == l.Args[1], "it is "+doc.State), true
		}
		return not(fmt.Sprint(doc.Least/100) == l.Args[1], fmt.Sprintf("it costs %d tiyn at least", doc.Least)), true
	case "expect bid", "expect bid lost because", "expect won for tenge":
	default:
		return "", false
	}
	b := s.view(s.ref).Bid
	if b == nil {
		return "it is no bid", true
	}
	words := fmt.Sprintf("the bid is %s, %s, price %d tiyn", b.State, b.Why, b.Price)
	switch l.Verb {
	case "expect bid":
		return not(string(b.State) == l.Args[0], words), true
	case "expect bid lost because":
		return not(b.State == BidLost && b.Why == l.Args[0], words), true
	}
	return not((b.State == BidWon || b.State == BidOwing) && fmt.Sprint(b.Price/100) == l.Args[0], words), true
}

// seedComes lets the time pass in which bids are opened, and the seed come out.
func (r *rig) seedComes(l *lot) {
	r.t.Helper()
	r.at(l.Opened.Until.Add(RoundNotice + 10*time.Second))
}
