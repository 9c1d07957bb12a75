package casework

import (
	"context"
	"slices"
	"time"

	"aiqyn/allocation"
	"aiqyn/deadline"
)

// opening makes the commitment to the seals again.
func (t *lotTelling) opening(ctx context.Context, ev *event, d *lotOpened, l *lot) {
	if l.state() != LotPublished {
		t.wrong(ev.index, "opens a lot again, or one that was taken back")
	}
	if !ev.at.After(l.Published.Opens) {
		t.wrong(ev.index, "opens bids before their time")
	}
	if open, upheld := objections(t.cases[d.Lot]); open || upheld != 0 {
		t.wrong(ev.index, "opens bids past an objection that has no answer, or was upheld")
	}
	svc, err := t.e.packs.service(l.Published.Pack, l.Published.Service)
	if err != nil || !slices.ContainsFunc(t.e.packs.calendarsNamed(svc.Calendar), func(cal *deadline.Calendar) bool {
		until, err := cal.Due(ev.at, svc.Auction.Reveal, nil)
		return err == nil && until.At.Equal(d.Until)
	}) {
		t.wrong(ev.index, "no calendar gives the time in which bids are opened")
	}
	closed, err := time.Parse(time.RFC3339, d.Closed)
	if err != nil || closed.After(ev.at) || ev.at.Sub(closed) >= time.Second {
		t.wrong(ev.index, "was closed at another time than it says")
	}
	r := l.sealedRound(closed, allocation.Seed{Beacon: d.Beacon, Round: d.Seed}, t.cases[d.Lot])
	if !t.sealsStand(ctx, ev, d, r, l.Published.Service) {
		t.wrong(ev.index, "the seals that are committed to are not those that were handed in: a bid was left out, added or exchanged")
	}
	t.hasFile(ctx, ev.index, roundInputsKind, d.Inputs)
	t.names(ev, d.Beacon, d.Seed, d.Until.Add(RoundNotice), d.Until.Add(RoundNotice), 0)
}

// drawn runs the round of a lot again.
func (t *lotTelling) drawn(ctx context.Context, ev *event, d *lotDrawn, l *lot) error {
	if l.state() != LotOpened || d.Opened != l.OpenedAt {
		t.wrong(ev.index, "draws a lot that was not opened, or twice")
		return nil
	}
	if !ev.at.After(l.Opened.Until) {
		t.wrong(ev.index, "draws a lot while bids can be opened")
	}
	t.hasFile(ctx, ev.index, roundFileKind, d.File)
	t.hasFile(ctx, ev.index, roundResultKind, d.Result)
	t.rests(ev, t.beaconAt(l.OpenedAt, l.Opened.Beacon), d.Value, d.Proof, l.Opened.Seed, false)
	seed := seedOf(l.Opened.Seed, d.Value, d.Proof)
	closed, err := time.Parse(time.RFC3339, l.Opened.Closed)
	if err == nil && len(t.erasedBids(l.Published.Service, d.Lot))+t.unkept(l.Published.Service, l.OpenedAt, day(closed, t.Zone)) > 0 {
		t.drawnFromFile(ctx, ev, d, l)
		return nil
	}
	want, _, _, err := l.sold(t.cases[d.Lot], seed)
	if err != nil || *want != *d {
		t.wrong(ev.index, "whose the lot is does not follow from the bids that were opened and the seed")
	}
	return nil
}
