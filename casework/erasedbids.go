package casework

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"

	"aiqyn"
	"aiqyn/allocation"
	"aiqyn/service"
)

// Of a bid that is erased its residue keeps for which lot it was, and the hash of its line
// in the round: the name there and the seal. They tell of nobody, and whose lot it was
// stays provable: every line of a lot's round must be that of a bid that can be asked, or
// of one that was erased, and none that was sealed may be missing.

// bidLeft is what stays of a bid. Line is "" when it was in no round; Opened says that the
// bidder has opened it.
type bidLeft struct {
	Line   string `json:"line,omitempty"`
	Lot    string `json:"lot"`
	Opened bool   `json:"opened,omitempty"`
}

// left is what stays of a bid; nil of what is none.
func (l *onLot) left() *bidLeft {
	if l == nil || l.Name == "" {
		return nil
	}
	b := &bidLeft{Lot: l.Lot}
	seal, sealed := secretBytes(l.Seal)
	if sealed && l.State != BidGone && l.Why != service.BidWithdrawn {
		b.Line, b.Opened = bidLine(l.Name, seal), l.Salt != ""
	}
	return b
}

// bidLine is the hash of a line of a lot's round.
func bidLine(name string, seal [32]byte) string {
	return hexSum(fmt.Appendf(nil, "%q %x", name, seal))
}

// erasedBids are the bids of a lot that were erased and were in its round, by their line.
func (t *lotTelling) erasedBids(svc aiqyn.ServiceID, lot string) map[string]*erasedSpan {
	lines := make(map[string]*erasedSpan)
	for i := range t.queueFolds.erased[svc] {
		if s := &t.queueFolds.erased[svc][i]; s.bid != nil && s.bid.Lot == lot && s.bid.Line != "" {
			lines[s.bid.Line] = s
		}
	}
	return lines
}

// unkept counts the cases of a service that ran at an entry of a day and were erased before
// bids were kept: each may have been any.
func (t *lotTelling) unkept(svc aiqyn.ServiceID, entry int64, day string) (n int) {
	for _, s := range t.queueFolds.erased[svc] {
		if s.bid == nil && t.erased[s.no].Before(movesKept) && s.ran(entry, day) {
			n++
		}
	}
	return n
}

// sealsStand reports whether the seals that a lot's opening commits to are those that were
// handed in: of those who can be asked, and of those whose case was erased.
func (t *lotTelling) sealsStand(ctx context.Context, ev *event, d *lotOpened, want *allocation.Round, svc aiqyn.ServiceID) bool {
	lines, unkept := t.erasedBids(svc, d.Lot), t.unkept(svc, ev.index, day(ev.at, t.Zone))
	if root := want.Root(); len(lines) == 0 && hex.EncodeToString(root[:]) == d.Root && len(want.Bids) == d.Bids {
		return true
	}
	said, err := t.lotRound(ctx, roundInputsKind, d.Inputs)
	if err != nil || len(lines)+unkept == 0 || len(said.Bids) != d.Bids {
		return false
	}
	seals := make(map[string][sha256.Size]byte, len(want.Bids))
	for _, b := range want.Bids {
		seals[b.ID] = b.Sealed
	}
	for _, b := range said.Bids {
		erased := lines[bidLine(b.ID, b.Sealed)]
		switch seal, known := seals[b.ID]; {
		case known && seal == b.Sealed:
			delete(seals, b.ID)
		case erased != nil:
			delete(lines, erased.bid.Line)
		case unkept > 0 && !known:
			unkept--
		default:
			return false
		}
	}
	root := said.Root()
	return hex.EncodeToString(root[:]) == d.Root && said.Name == want.Name && said.Closed == want.Closed && said.Lot == want.Lot && said.Seed.Round == want.Seed.Round &&
		len(seals) == 0 && len(lines) == 0
}

func (t *lotTelling) lotRound(ctx context.Context, kind, hash string) (*allocation.Round, error) {
	data, err := snapshotOf(ctx, t.Store, kind, hash)
	if err != nil {
		return nil, err
	}
	return allocation.Read(bytes.NewReader(data))
}

// drawnFromFile holds the draw of a lot of which bids were erased to the round as it was
// published: what was opened is what those have opened who can be asked, and those of whom
// that is left.
func (t *lotTelling) drawnFromFile(ctx context.Context, ev *event, d *lotDrawn, l *lot) {
	r, err := t.lotRound(ctx, roundFileKind, d.File)
	if err != nil {
		t.wrong(ev.index, "the file of the round: %v", err)
		return
	}
	lines, cases := t.erasedBids(l.Published.Service, d.Lot), make(map[string]lotCase)
	for _, c := range t.cases[d.Lot] {
		cases[c.name] = c
	}
	for _, b := range r.Bids {
		c, known := cases[b.ID]
		switch erased := lines[bidLine(b.ID, b.Sealed)]; {
		case known && (b.Opened != (c.state == BidOpened) || b.Opened && b.Amount != c.amount), !known && erased != nil && b.Opened != erased.bid.Opened:
			t.wrong(ev.index, "the file of the round has other bids opened than were")
			return
		}
	}
	out, err := r.Auction()
	root := r.Root()
	if err != nil || hex.EncodeToString(root[:]) != l.Opened.Root || hexSum(out.Encode()) != d.Result || out.Winner != d.Winner || out.Price != d.Price || hex.EncodeToString(r.Seed.Value[:]) != d.Value || len(r.Bids)-len(out.Unopened) != d.Bids {
		t.wrong(ev.index, "whose the lot is does not follow from the file of the round")
	}
}
