package casework

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"math"

	"aiqyn/store"
)

// publicFigures are what pages show of the system's own entries.
type publicFigures struct {
	demands      map[store.Demand]int64 // by certificate and body
	publications map[int64]*capacityPublished
	reports      map[int64][]byte // sealed texts that are still kept, by entry
	announced    []*event         // releases, indexes, verifiers, in order
}

// count adds one of the system's entries.
func (f *publicFigures) count(ev *event) {
	if f.demands == nil {
		f.demands, f.publications = make(map[store.Demand]int64), make(map[int64]*capacityPublished)
		f.reports = make(map[int64][]byte)
	}
	switch d := ev.data.(type) {
	case *demanded:
		if d.Certificate != "" { // measurements write entries that count nothing
			f.demands[store.Demand{Certificate: d.Certificate, Body: d.Body}]++
		}
		if d.Sealed != nil {
			f.reports[ev.index] = d.Sealed
		}
	case *reportErasure:
		if ev.kind == EventReportErased {
			delete(f.reports, d.Entry)
		}
	case *capacityPublished:
		f.publications[ev.index] = d
	case *released, *indexed, *verifierPublished:
		f.announced = append(f.announced, ev)
	}
}

// public holds what pages show against the entries, and looks for entries
// behind the head. On a live database all of these grow: a difference counts
// only if the head has not moved since.
func (a *auditor) public(ctx context.Context) error {
	demands, err := a.Store.Demands(ctx, math.MaxInt32)
	if err != nil {
		return err
	}
	pub, published, err := a.Store.LastPublication(ctx)
	if err != nil {
		return err
	}
	beyond := int64(-1)
	for e, err := range a.Store.Entries(ctx, a.head.Size, math.MaxInt64) {
		if err != nil {
			return err
		}
		beyond = e.Index
		break
	}
	now, err := a.Store.Head(ctx)
	if err != nil {
		return err
	}
	if beyond >= now.Size {
		a.wrong(beyond, "stands behind the head")
	}
	if now.Size == a.head.Size {
		a.counted(demands)
	}
	if published && pub.Entry < a.head.Size {
		return a.publication(ctx, pub)
	}
	return nil
}

// counted holds the counts of papers demanded against their entries.
func (a *auditor) counted(rows []store.Demand) {
	for _, row := range rows {
		key := store.Demand{Certificate: row.Certificate, Body: row.Body}
		if n := a.figures.demands[key]; n != row.N {
			a.wrong(a.head.Size-1, "%s demanded by %q is counted %d times, the log has %d", row.Certificate, row.Body, row.N, n)
		}
		delete(a.figures.demands, key)
	}
	for key := range a.figures.demands {
		a.wrong(a.head.Size-1, "%s demanded by %q is not counted", key.Certificate, key.Body)
	}
}

// reports holds the keys of reports against the entries: each text that was not
// erased opens, and no key outlives its text.
func (a *auditor) reports(ctx context.Context) error {
	for after := int64(-1); ; {
		keys, err := a.Store.ReportKeys(ctx, after, auditSlice)
		if err != nil || len(keys) == 0 {
			return a.unread(ctx, err)
		}
		for _, k := range keys {
			after = k.Entry
			if k.Entry >= a.head.Size {
				continue
			}
			sealed, known := a.figures.reports[k.Entry]
			if _, err := a.e.keys.openReport(k, sealed); err != nil || !known {
				a.wrong(k.Entry, "the key of its report does not open it, or should be gone")
			}
			delete(a.figures.reports, k.Entry)
		}
	}
}

// unread names the reports whose keys are missing, unless they were erased
// since the audit began.
func (a *auditor) unread(ctx context.Context, err error) error {
	if err != nil {
		return err
	}
	now, err := a.Store.Head(ctx)
	if err != nil || now.Size != a.head.Size {
		return err
	}
	for entry := range a.figures.reports {
		a.wrong(entry, "the key of its report is gone and no entry says by whom")
	}
	return nil
}

// publication holds the published free power against what its entry commits to.
func (a *auditor) publication(ctx context.Context, pub store.Publication) error {
	d := a.figures.publications[pub.Entry]
	data, err := a.Store.Snapshot(ctx, pub.Hash)
	if err != nil {
		return err
	}
	sum := sha256.Sum256(data)
	if d == nil || d.Hash != pub.Hash || d.Hash != hex.EncodeToString(sum[:]) || d.Network != pub.Network || d.Day != pub.Day {
		a.wrong(pub.Entry, "the free power that is published is not what the entry commits to")
		return nil
	}
	var want struct {
		Trafos []json.RawMessage `json:"trafos"`
	}
	if err := json.Unmarshal(data, &want); err != nil {
		return err
	}
	lines, err := a.Store.CapacityLines(ctx, pub.ID, "", "", math.MinInt64, math.MaxInt32)
	if err != nil {
		return err
	}
	same := len(lines) == len(want.Trafos)
	for i := 0; same && i < len(lines); i++ {
		same = bytes.Equal(lines[i].Line, want.Trafos[i])
	}
	if !same {
		a.wrong(pub.Entry, "the list of free power is not what was published")
	}
	return nil
}
