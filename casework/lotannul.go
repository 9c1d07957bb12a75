package casework

import (
	"context"

	"aiqyn"
)

// A contract that should not have been made is annulled by the head, with a ground, as any
// grant. In the same turn the lot says so: the plot is its seller's again and may be put
// up for sale anew; it does not go to who was second (docs/decisions/0018), and what was
// paid goes back where the pack says so.

// prepare reads the lot of the case: one that is over is in its row alone.
func (a *annul) prepare(ctx ctx, e *Engine) error {
	rec, err := a.find(ctx, e)
	if err != nil || rec.state.OnLot == nil || rec.state.OnLot.Lot == "" {
		return err
	}
	a.lot, err = e.lot(ctx, rec.state.OnLot.Lot)
	return err
}

// annulOnLot says in the log that the contract of a lot was annulled; over is the lot as
// its row has it.
func (t *turn) annulOnLot(over *lot) error {
	s := t.rec.state
	if s.OnLot == nil || s.OnLot.State != BidAnnulled {
		return nil
	}
	if t.e.lots.find(s.OnLot.Lot) != nil {
		return t.lotSystem(t.emitSystem(EventLotAnnulled, aiqyn.System, s.annulledLot()))
	}
	if over == nil || over.Published.Lot != s.OnLot.Lot || over.SettledAt == 0 {
		return errStale // it is being closed
	}
	row, err := over.after(t.emitSystem(EventLotAnnulled, aiqyn.System, s.annulledLot())).row()
	t.lots = append(t.lots, row)
	return err
}

// annulledLot is what the log says of a lot whose contract was annulled.
func (s *State) annulledLot() *lotAnnulled {
	return &lotAnnulled{Annulled: s.OnLot.Entry, Contract: s.GrantAt, Lot: s.OnLot.Lot, Winner: s.OnLot.Name}
}

// forSale reports why a parcel is not put up for sale: it is being sold, or was given and
// is somebody's still.
func (e *Engine) forSale(ctx context.Context, parcel string) error {
	row, ok, err := e.Store.LotOfParcel(ctx, parcel)
	if err != nil || !ok {
		return err
	}
	l, err := lotFromRow(row)
	switch {
	case err != nil:
		return err
	case l.SettledAt == 0:
		return aiqyn.E(aiqyn.Conflict, "error.lot-open").On("parcel")
	case l.somebodys(e.Clock()):
		return aiqyn.E(aiqyn.Conflict, "error.lot-given", "lot", l.Published.Lot).On("parcel")
	}
	return nil
}
