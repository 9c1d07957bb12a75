package casework

import (
	"context"
	"encoding/json"
	"time"

	"aiqyn"
	"aiqyn/ledger"
	"aiqyn/store"
)

// EntryLine is one entry in the public list: that it is there, since which
// day, and what commits to its closed content.
type EntryLine struct {
	Index int64
	At    time.Time // recorded; pages show the day only
	Leaf  string    // hex
}

// Entries lists the log from its newest entry back. After is the index below
// which the list goes on.
func (e *Engine) Entries(ctx context.Context, p Page) (List[EntryLine], error) {
	var out List[EntryLine]
	before, err := before(p.After)
	if err != nil {
		return out, err
	}
	rows, err := e.Store.LeafLines(ctx, before, p.limit()+1)
	if err != nil {
		return out, err
	}
	rows, out.Next = onePage(rows, p, func(r store.LeafLine) int64 { return r.Index })
	for _, row := range rows {
		out.Items = append(out.Items, EntryLine{Index: row.Index, At: row.Recorded, Leaf: ledger.Hash(row.Leaf).String()})
	}
	return out, nil
}

// TrafoDay is one transformer as one publication had it.
type TrafoDay struct {
	Publication
	Line   TrafoLine
	Change *TrafoChange // since the publication before; nil: nothing, or withheld
}

// CapacityHistory lists what has been published of one transformer, the newest
// first, as far as the viewer may see it now. A page goes on below the publication
// that it ends with.
func (e *Engine) CapacityHistory(ctx context.Context, viewer aiqyn.Actor, id int, p Page) (List[TrafoDay], error) {
	var out List[TrafoDay]
	from, err := before(p.After)
	if err != nil {
		return out, err
	}
	rows, err := e.Store.CapacityHistory(ctx, int64(id), from, p.limit()+1)
	if err != nil {
		return out, err
	}
	policy, err := e.policy(ctx)
	if err != nil {
		return out, err
	}
	if seesExact(viewer) {
		policy = nil
	}
	rows, out.Next = onePage(rows, p, func(r store.CapacityDay) int64 { return r.ID })
	out.Items = make([]TrafoDay, len(rows))
	for i, row := range rows {
		d := &out.Items[i]
		d.Publication = published1(row.Publication)
		if err := json.Unmarshal(row.Line, &d.Line); err != nil {
			return out, err
		}
		one := Publicly(Exact{Trafos: []TrafoLine{d.Line}}, policy)
		if d.Line = one.Trafos[0]; d.Line.FreeW == Withheld || d.Line.PeakW == Withheld || len(row.Why) == 0 {
			continue
		}
		if err := json.Unmarshal(row.Why, &d.Change); err != nil {
			return out, err
		}
	}
	return out, nil
}

// TransformersOfDay lists every transformer as the newest publication of a day had it,
// ascending by id: page by page it is all that the publication says of them. While anything
// of the network is classified, only who sees it exactly reads it.
func (e *Engine) TransformersOfDay(ctx context.Context, viewer aiqyn.Actor, day string, p Page) (List[TrafoLine], Publication, error) {
	var out List[TrafoLine]
	if policy, err := e.policy(ctx); err != nil {
		return out, Publication{}, err
	} else if !policy.Open() && !seesExact(viewer) {
		return out, Publication{}, aiqyn.E(aiqyn.Conflict, "error.classified")
	}
	pub, ok, err := e.Store.PublicationOfDay(ctx, day)
	if err == nil && !ok {
		err = aiqyn.E(aiqyn.NotFound, "error.no-publication", "day", day)
	}
	if err != nil {
		return out, Publication{}, err
	}
	from := int64(-1)
	if p.After != "" {
		if from, err = after(p.After); err != nil {
			return out, Publication{}, err
		}
	}
	rows, err := e.Store.CapacityLines(ctx, pub.ID, "", "", from, p.limit()+1)
	if err != nil {
		return out, Publication{}, err
	}
	rows, out.Next = onePage(rows, p, func(l store.CapacityLine) int64 { return l.Trafo })
	out.Items = make([]TrafoLine, len(rows))
	for i := range rows {
		if err := json.Unmarshal(rows[i].Line, &out.Items[i]); err != nil {
			return out, Publication{}, err
		}
	}
	return out, published1(pub), nil
}
