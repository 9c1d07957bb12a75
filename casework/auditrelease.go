package casework

import (
	"bytes"
	"context"
	"maps"
	"slices"

	"aiqyn/deadline"
	"aiqyn/ledger"
	"aiqyn/release"
)

// announced holds releases, indexes and verifiers against the entries that
// announce them, and each release against the log that it opens.
func (a *auditor) announced(ctx context.Context) error {
	var state release.State
	var previous string
	for _, ev := range a.figures.announced {
		if ev.kind == EventRestored {
			a.cut = ev.index
		}
	}
	for _, ev := range a.figures.announced {
		var err error
		switch d := ev.data.(type) {
		case *restored:
			state.Cut = ev.index
		case *released:
			err = a.released(ctx, ev.index, d, &state)
		case *indexed:
			a.indexed(ctx, ev.index, d, previous)
			previous = d.Hash
		case *verifierPublished:
			a.hasFile(ctx, ev.index, verifierKind, d.Hash)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// released checks one release: that it is the one announced, shows nobody,
// follows on the last, opens leaves of this log, and says what the log says.
func (a *auditor) released(ctx context.Context, entry int64, d *released, state *release.State) error {
	r, err := a.e.releaseOf(ctx, d.Hash)
	if err != nil {
		a.wrong(entry, "what it announces: %v", err)
		return nil
	}
	before := state.Clone()
	if err := state.Add(r); err != nil {
		a.wrong(entry, "its release does not follow on the last: %v", err)
		return nil
	}
	if d.From != r.From.String() || d.To != r.To.String() || d.Closed != r.Closed || d.Opened != state.Opened()-before.Opened() || r.Size > entry {
		a.wrong(entry, "announces its release with other figures")
	}
	if r.Cuts() && r.Cut != before.Cut {
		a.wrong(entry, "its release tells of cases that a lost part of the log may have told of")
	}
	if err := a.releasedLeaves(ctx, entry, r); err != nil {
		return err
	}
	return a.releasedCases(ctx, entry, r, before)
}

// releasedLeaves holds every opened leaf against the log.
func (a *auditor) releasedLeaves(ctx context.Context, entry int64, r *release.Release) error {
	want := make(map[int64]ledger.Hash)
	for index, leaf := range r.Leaves {
		want[index] = leaf
	}
	indexes := slices.Sorted(maps.Keys(want))
	for len(indexes) > 0 {
		from := indexes[0]
		leaves, err := a.Store.Leaves(ctx, from, from+auditSlice)
		if err != nil {
			return err
		}
		n := 0
		for _, index := range indexes {
			if index >= from+auditSlice {
				break
			}
			if n++; index-from >= int64(len(leaves)) || ledger.LeafHash(leaves[index-from]) != want[index] {
				a.wrong(entry, "its release opens entry %d, and says something else than its leaf", index)
			}
		}
		indexes = indexes[n:]
	}
	return nil
}

// releasedCases makes the release again. Where cases were erased since, it holds it
// against all the others, and those who are gone to what is left of them.
func (a *auditor) releasedCases(ctx context.Context, entry int64, r *release.Release, before *release.State) error {
	if a.decided.nos == nil { // once for all releases
		var err error
		if a.decided, err = a.e.readDecided(ctx, a.head.Size, &release.State{Cut: a.cut}); err != nil {
			a.wrong(entry, "its release cannot be made again: %v", err)
			return nil
		}
	}
	a.e.Origin = r.Origin
	var gone []*release.Gone
	byCase := make(map[int64]*release.Gone)
	for no, left := range a.residue {
		if a.residueAt[no] >= r.Size {
			byCase[no] = goneOf(left)
			gone = append(gone, byCase[no])
		}
	}
	if len(gone) > 0 {
		err := r.Beside(a.e.releaseInput(ctx, a.decided, before, r.To, r.Size, r.Format), gone, func(index int64) (*release.Gone, error) {
			no, err := a.Store.CaseAt(ctx, index)
			return byCase[no], err
		})
		if err != nil {
			a.wrong(entry, "its release says something else than the cases: %v", err)
		}
		return nil
	}
	again, err := a.e.buildFrom(ctx, a.decided, before, r.To, r.Size, r.Format)
	if err != nil {
		a.wrong(entry, "its release cannot be made again: %v", err)
		return nil
	}
	was, err := r.Encode()
	if err != nil {
		return err
	}
	if now, err := again.Encode(); err != nil || !bytes.Equal(was, now) {
		a.wrong(entry, "its release says something else than the cases")
	}
	return nil
}

func goneOf(r *residue) *release.Gone {
	g := &release.Gone{Service: string(r.Service)}
	g.Filed, _ = deadline.ParseDate(r.Filed) // a day that is none excuses nothing
	g.Closed, _ = deadline.ParseDate(r.Closed)
	return g
}

// indexed checks one index: signed by the log, following on the last, its files there.
func (a *auditor) indexed(ctx context.Context, entry int64, d *indexed, previous string) {
	x, err := a.e.indexOf(ctx, d.Hash)
	if err != nil {
		a.wrong(entry, "what it announces: %v", err)
		return
	}
	if x.Previous != previous || d.Previous != previous || len(x.Files) != d.Files || x.Size > entry {
		a.wrong(entry, "its index does not follow on the last one")
	}
	for _, f := range x.Files {
		if what := a.listed(ctx, f); what != "" {
			a.wrong(entry, "%s, which its index lists, %s", f.Path, what)
		}
	}
}

func (a *auditor) listed(ctx context.Context, f release.File) string {
	for _, in := range folders {
		hash, ok := in.hashOf(f.Path)
		if !ok {
			continue
		}
		data, err := a.Store.SnapshotOf(ctx, in.kind, hash)
		switch {
		case err != nil || data == nil:
			return "is missing"
		case int64(len(data)) != f.Size || hexSum(data) != f.Hash:
			return "was changed"
		}
		return ""
	}
	return "is of no kind that is published"
}
