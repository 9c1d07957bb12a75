package casework

import (
	"context"

	"aiqyn"
	"aiqyn/evidence"
	"aiqyn/ledger"
)

// Evidence is every proof of a case in one archive, for those who may see it
// whole, other people's numbers closed as in [Engine.Receipt]: [evidence.OpenArchive] takes it apart again.
func (e *Engine) Evidence(ctx context.Context, viewer aiqyn.Actor, ref aiqyn.Reference) ([]byte, error) {
	if err := e.looks(ctx, viewer); err != nil {
		return nil, err
	}
	rec, err := e.caseOf(ctx, ref)
	if err != nil {
		return nil, err
	}
	if see(rec, viewer, e.Clock()) < seesAll {
		return nil, aiqyn.E(aiqyn.NotFound, "error.not-found")
	}
	if err := e.lookedBy(ctx, viewer, rec, LookArchive); err != nil {
		return nil, err
	}
	rows, err := e.Store.EntriesOf(ctx, rec.row.No, maxEvents)
	if err != nil {
		return nil, err
	}
	x, err := e.strangersIn(rec, viewer, rows)
	if err != nil {
		return nil, err
	}
	var pieces []evidence.Piece
	for _, r := range rows {
		entry, plain, err := e.openEntry(r, rec.key)
		if err != nil {
			return nil, err
		}
		checkpoint, proof, err := e.prove(ctx, r.Index)
		if err != nil {
			return nil, err
		}
		receipt := ledger.NewReceipt(entry, x.private(plain), r.Index, proof, []byte(checkpoint)).MarshalCanonical()
		pieces = append(pieces, evidence.Piece{Entry: r.Index, Event: r.Kind, Data: receipt})
	}
	return evidence.Archive(ref, pieces)
}
