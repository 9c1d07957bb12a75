package casework

import (
	"context"

	"aiqyn"
	"aiqyn/evidence"
	"aiqyn/ledger"
	"aiqyn/store"
)

// documentsOf are what the refusals of a case say to be read, made again from its rulings.
func (e *Engine) documentsOf(rec *record, rows []store.Entry) (list []evidence.Reading, err error) {
	rulings := make(map[int64]*ruled)
	for _, row := range rows {
		if kind := EventKind(row.Kind); kind != EventRuled && kind != EventRefused {
			continue
		}
		ev, err := e.decodeEntry(row, rec.key)
		if err != nil {
			return nil, err
		}
		if d, ok := ev.data.(*ruled); ok {
			rulings[row.Index] = d
			continue
		}
		d := ev.data.(*refused)
		by := rulings[d.Ruling]
		if d.Document == nil || by == nil {
			continue
		}
		svc, err := e.packs.service(by.Pack, rec.state.Service)
		if err != nil {
			return nil, err
		}
		says := refusalSays(rec.state.Ref, svc, d.Reason, d.Ruling, by)
		for _, l := range aiqyn.Langs {
			if says == nil {
				continue // was changed: the audit says so
			}
			text, err := RefusalDocument(d.Document.Form, l, *says)
			if err != nil {
				return nil, err
			}
			list = append(list, evidence.Reading{Entry: row.Index, Lang: l, Data: text})
		}
	}
	return list, nil
}

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
	documents, err := e.documentsOf(rec, rows)
	if err != nil {
		return nil, err
	}
	return evidence.Archive(ref, pieces, documents...)
}
