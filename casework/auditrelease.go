package casework

import (
	"bytes"
	"context"
	"maps"
	"slices"

	"aiqyn/ledger"
	"aiqyn/release"
)

// announced holds releases, indexes and verifiers against the entries that
// announce them, and each release against the log that it opens.
func (a *auditor) announced(ctx context.Context) error {
	var state release.State
	var previous string
	for _, ev := range a.figures.announced {
		var err error
		switch d := ev.data.(type) {
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

// releasedCases makes the release again. Of cases that were erased since
// nothing is left to count; then each count may be so much higher.
func (a *auditor) releasedCases(ctx context.Context, entry int64, r *release.Release, before *release.State) error {
	erased, err := a.Store.ErasedCases(ctx)
	if err != nil {
		return err
	}
	if a.decided.nos == nil { // once for all releases
		if a.decided, err = a.e.readDecided(ctx, a.head.Size, new(release.State)); err != nil {
			a.wrong(entry, "its release cannot be made again: %v", err)
			return nil
		}
	}
	a.e.Origin = r.Origin
	if erased == 0 {
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
	for i := range r.Counts {
		n := int64(r.Recount(&r.Counts[i], before, a.decided.cases))
		if c := int64(r.Counts[i].Cases); c < n || c > n+erased {
			a.wrong(entry, "its release counts %d cases of %s, there are %d", c, r.Counts[i].Service, n)
		}
	}
	return nil
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
