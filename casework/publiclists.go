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
	Line TrafoLine
}

// maxHistory is how many publications a history goes back: a quarter of a year.
const maxHistory = 92

// CapacityHistory returns what has been published of one transformer, oldest
// first, at most a quarter of a year back, as far as the viewer may see it now.
func (e *Engine) CapacityHistory(ctx context.Context, viewer aiqyn.Actor, id int) ([]TrafoDay, error) {
	rows, err := e.Store.CapacityHistory(ctx, int64(id), maxHistory)
	if err != nil {
		return nil, err
	}
	policy, err := e.policy(ctx)
	if err != nil {
		return nil, err
	}
	if seesExact(viewer) {
		policy = nil
	}
	list := make([]TrafoDay, len(rows))
	for i, row := range rows {
		d := &list[len(rows)-1-i]
		d.Publication = published1(row.Publication)
		if err := json.Unmarshal(row.Line, &d.Line); err != nil {
			return nil, err
		}
		one, _ := Publicly([]TrafoLine{d.Line}, policy)
		d.Line = one[0]
	}
	return list, nil
}
