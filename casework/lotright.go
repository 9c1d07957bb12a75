package casework

import (
	"context"
	"fmt"
	"time"

	"aiqyn"
	"aiqyn/registry"
)

// A plot that was given by a contract here has its holder from that moment: whoever
// looks the parcel up reads them, also before the register of rights has taken the
// contract over.

// readRegister reads a register. To what the register of rights says of a parcel it adds
// who was given it here.
func (e *Engine) readRegister(ctx context.Context, q registry.Query) (registry.Reading, error) {
	list, err := e.readRegisters(ctx, []registry.Query{q})
	if err != nil {
		return registry.Reading{}, err
	}
	return list[0], nil
}

// readRegisters does so for several queries, in one go where the registers can.
func (e *Engine) readRegisters(ctx context.Context, list []registry.Query) ([]registry.Reading, error) {
	read, err := registry.ReadAll(ctx, e.Registers, list)
	for i := range read {
		if err == nil && list[i].Register == registry.RightRegister {
			read[i], err = e.withContract(ctx, list[i].Key, read[i])
		}
	}
	return read, err
}

func (e *Engine) withContract(ctx context.Context, parcel string, r registry.Reading) (registry.Reading, error) {
	rows, err := e.Store.LotsOfParcel(ctx, parcel, string(LotContracted))
	if err != nil || len(rows) == 0 {
		return r, err
	}
	l, err := lotFromRow(rows[len(rows)-1])
	if err != nil || l.rightOver(e.Clock()) {
		return r, err
	}
	holder, ok, err := e.holderOf(ctx, l)
	if err != nil || !ok {
		return r, err
	}
	right := registry.Right{Parcel: parcel}
	if r.Found {
		if right, err = registry.Decode[registry.Right](r); err != nil {
			return r, err
		}
	}
	for _, h := range right.Holders {
		if h.Person == holder.Person {
			return r, nil // the register has it by now
		}
	}
	if l.sale().Right == "ownership" {
		right.Holders = nil // whose it was has sold it
	}
	right.Holders = append(right.Holders, holder)
	if r.Value, err = registry.Canonical(right); err != nil {
		return r, err
	}
	r.Found, r.Version = true, fmt.Sprintf("%s+%d", r.Version, l.ContractedAt)
	return r, nil
}

// rightOver reports whether a right that was given for some years has ended.
func (l *lot) rightOver(now time.Time) bool {
	years := l.sale().Years
	return years > 0 && !now.Before(l.Changed.AddDate(int(years), 0, 0))
}

// somebodys reports whether a plot was given by a contract that stands at an instant.
func (l *lot) somebodys(now time.Time) bool {
	given := l.state() == LotContracted || l.state() == LotSold && l.SettledAt != 0 // where the price is not paid here
	return given && !l.rightOver(now)
}

// holderOf is who was given a lot; ok is false when their case is erased.
func (e *Engine) holderOf(ctx context.Context, l *lot) (h registry.Holder, ok bool, err error) {
	cases, err := e.Store.LotCasesIn(ctx, l.Published.Lot, string(BidContracted))
	if err != nil || len(cases) == 0 {
		return h, false, err
	}
	rec, err := e.caseNo(ctx, cases[0].Case)
	if aiqyn.KindOf(err) == aiqyn.NotFound {
		return h, false, nil
	}
	if err != nil {
		return h, false, err
	}
	return registry.Holder{Basis: "contract", Person: rec.state.Applicant, Share: "1/1", Since: day(l.Changed, e.Zone)}, true, nil
}
