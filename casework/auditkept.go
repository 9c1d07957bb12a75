package casework

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strconv"

	"aiqyn"
	"aiqyn/store"
)

// packKind is the kind that packs are kept under.
const packKind = "pack"

// malformed is a file that is kept and is not what its kind says.
type malformed struct {
	kind, hash string
	err        error
}

// malformedFile notes a file that cannot be read: the audit goes on without it.
func (a *auditor) malformedFile(kind, hash string, err error) error {
	a.malformed = append(a.malformed, malformed{kind, hash, err})
	return nil
}

// malformedFiles names each file that is kept and cannot be read, at the first of the
// system's entries that names it. Cases that name it as well say so by themselves.
func (a *auditor) malformedFiles() {
	for _, m := range a.malformed {
		if entry, ok := a.namedFirst(m.kind, m.hash); ok {
			a.wrong(entry, "%s %s, which it names, cannot be read: %v", m.kind, m.hash, m.err)
			continue
		}
		a.wrong(a.head.Size-1, "%s %s is kept and cannot be read: %v", m.kind, m.hash, m.err)
	}
	for _, p := range a.figures.packs {
		if !slices.ContainsFunc(a.malformed, func(m malformed) bool { return m.hash == p.hash }) && a.e.packs.find(p.hash) == nil {
			a.wrong(p.entry, "pack %s, which it publishes, is not here", p.hash)
		}
	}
}

// namedFirst is the first of the system's entries that names a file.
func (a *auditor) namedFirst(kind, hash string) (entry int64, ok bool) {
	for _, p := range a.figures.packs {
		if kind == packKind && p.hash == hash {
			return p.entry, true
		}
	}
	for _, ev := range a.figures.tables {
		if ev.data.(*tablesAct).names()[kind] == hash {
			return ev.index, true
		}
	}
	return 0, false
}

// headless is what is found of a log without a head: nothing can be held to anything.
func headless() Problem {
	return Problem{Where: "head", What: "the log has no head: nothing says how many entries there are, and nothing of it is signed"}
}

// listing is where the log lists an officer, and since which entry.
type listing struct {
	rosterKey
	entry int64
}

// listings are the rosters that ever named each officer, the newest first.
func (a *auditor) listings() map[aiqyn.OfficerID][]listing {
	of := make(map[aiqyn.OfficerID][]listing)
	for _, entry := range slices.SortedFunc(maps.Keys(a.rosters), func(x, y int64) int { return cmp.Compare(y, x) }) {
		d := a.rosters[entry]
		for _, o := range d.Officers {
			of[o] = append(of[o], listing{rosterKey{d.Role, d.Body}, entry})
		}
	}
	return of
}

// otherThanListed yields the officers whose rows give them a role or a body in which no roster
// ever had them, with where they were listed last. Of whom no roster has named, the log says nothing.
func (a *auditor) otherThanListed(ctx context.Context, each func(o store.Officer, last listing) error) error {
	officers, err := a.Store.Officers(ctx)
	if err != nil {
		return err
	}
	of := a.listings()
	for _, o := range officers {
		as := of[aiqyn.OfficerID(o.ID)]
		is := rosterKey{aiqyn.Role(o.Role), aiqyn.BodyID(o.Body)}
		if len(as) == 0 || slices.ContainsFunc(as, func(l listing) bool { return l.rosterKey == is }) {
			continue
		}
		if err := each(o, as[0]); err != nil {
			return err
		}
	}
	return nil
}

// officers holds the list of officers to the rosters.
func (a *auditor) officers(ctx context.Context) error {
	return a.otherThanListed(ctx, func(o store.Officer, last listing) error {
		a.wrong(last.entry, "officer %s is on the list as %q of %q, and no roster has ever named them as that", o.ID, o.Role, o.Body)
		return nil
	})
}

// officers puts into the list of officers the role and the body in which a roster named
// them last. What they are called no entry says: that stays.
func (b *rebuilding) officers(ctx context.Context) error {
	var again []store.Officer
	err := b.otherThanListed(ctx, func(o store.Officer, last listing) error {
		b.differed("officer "+o.ID, "was on the list as %q of %q, entry %s lists them as %q of %q", o.Role, o.Body, strconv.FormatInt(last.entry, 10), last.role, last.body)
		o.Role, o.Body = string(last.role), string(last.body)
		again = append(again, o)
		return nil
	})
	if err != nil || len(again) == 0 {
		return err
	}
	return b.Store.PutOfficers(ctx, again)
}

// publicOtherwise yields the publications of free power that are kept as if they had been
// made at another time than their entry, with what they are to be: by it goes which of them
// are withheld while something of the network is classified.
func (a *auditor) publicOtherwise(ctx context.Context, each func(entry int64, is, want store.Snapshot)) error {
	first := make(map[string]*event) // what is published twice is kept since the first time
	for _, entry := range slices.Sorted(maps.Keys(a.figures.publications)) {
		ev := a.figures.publications[entry]
		d := ev.data.(*capacityPublished)
		if hash := cmp.Or(d.Public, d.Hash); first[hash] == nil {
			first[hash] = ev
		}
	}
	kept, err := a.Store.Snapshots(ctx, capacityKind)
	if err != nil {
		return err
	}
	for _, s := range kept {
		if ev := first[s.Hash]; ev != nil && !s.Added.Equal(ev.at) {
			want := s
			want.Added = ev.at
			each(ev.index, s, want)
		}
	}
	return nil
}

// publicSince holds since when publications of free power are kept to their entries.
func (a *auditor) publicSince(ctx context.Context) error {
	return a.publicOtherwise(ctx, func(entry int64, is, _ store.Snapshot) {
		a.wrong(entry, "the free power that it publishes is kept since %s, as if it had been published then", is.Added.Format(timeFormat))
	})
}

// publicSince keeps publications of free power since their entries again.
func (b *rebuilding) publicSince(ctx context.Context) error {
	var again []store.Snapshot
	err := b.publicOtherwise(ctx, func(entry int64, is, want store.Snapshot) {
		b.differed("entry "+strconv.FormatInt(entry, 10), "the free power that it publishes was kept since %s", is.Added.Format(timeFormat))
		again = append(again, want)
	})
	if err != nil || len(again) == 0 {
		return err
	}
	return b.Store.AddSnapshotsAt(ctx, again)
}
