package casework

import (
	"context"
	"slices"

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

// whole is a case with its entries, for those who may see all of it; that they took what
// it has is recorded.
func (e *Engine) whole(ctx context.Context, viewer aiqyn.Actor, ref aiqyn.Reference) (*record, []store.Entry, error) {
	if err := e.looks(ctx, viewer); err != nil {
		return nil, nil, err
	}
	rec, err := e.caseOf(ctx, ref)
	if err != nil {
		return nil, nil, err
	}
	if see(rec, viewer, e.Clock()) < seesAll {
		return nil, nil, aiqyn.E(aiqyn.NotFound, "error.not-found")
	}
	if err := e.lookedBy(ctx, viewer, rec, LookArchive); err != nil {
		return nil, nil, err
	}
	rows, err := e.Store.EntriesOf(ctx, rec.row.No, maxEvents)
	return rec, rows, err
}

// RefusalPage is what the last refusal of a case says to be read, in one language, as the
// archive of [Engine.Evidence] has it; NotFound where no refusal says anything.
func (e *Engine) RefusalPage(ctx context.Context, viewer aiqyn.Actor, ref aiqyn.Reference, lang aiqyn.Lang) ([]byte, error) {
	rec, rows, err := e.whole(ctx, viewer, ref)
	if err != nil {
		return nil, err
	}
	list, err := e.documentsOf(rec, rows)
	if err != nil {
		return nil, err
	}
	for _, d := range slices.Backward(list) {
		if d.Lang == lang {
			return d.Data, nil
		}
	}
	return nil, aiqyn.E(aiqyn.NotFound, "error.not-found")
}

// refusalPage reports whether a refusal of the case says something to be read.
func (v *viewing) refusalPage() bool {
	return v.sight >= seesAll && slices.ContainsFunc(v.events, func(ev *event) bool {
		d, ok := ev.data.(*refused)
		return ok && d.Document != nil
	})
}

// Evidence is every proof of a case in one archive, for those who may see it
// whole, other people's numbers closed as in [Engine.Receipt]: [evidence.OpenArchive] takes it apart again.
func (e *Engine) Evidence(ctx context.Context, viewer aiqyn.Actor, ref aiqyn.Reference) ([]byte, error) {
	rec, rows, err := e.whole(ctx, viewer, ref)
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
