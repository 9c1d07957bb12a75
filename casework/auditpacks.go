package casework

import (
	"slices"

	"aiqyn/deadline"
	"aiqyn/service"
)

// announcedPack is a pack that an entry has published, and its first day.
type announcedPack struct {
	entry int64
	from  deadline.Date
	hash  string
}

// packPublished notes a pack that is to come into force.
func (f *publicFigures) packPublished(ev *event, d *published) {
	if from, err := deadline.ParseDate(d.From); err == nil {
		f.packs = append(f.packs, announcedPack{ev.index, from, d.Pack})
	}
}

// packSlack is how long after its day a published pack may come into force: its
// publication has to be witnessed.
const packSlack = 7

// packsAt are the packs that may have been in force at an entry: the one that was
// published last for a day that had come, and those before while it may not have been
// witnessed. Until one was published it is what the log was opened with, which no entry
// names.
func (a *auditor) packsAt(ev *event) (list []*service.Pack) {
	today := a.dayOf(ev)
	late := today.AddDays(-packSlack)
	var newest *announcedPack
	settled := false
	for i := range a.figures.packs {
		p := &a.figures.packs[i]
		if p.entry >= ev.index || p.from.After(today) {
			continue
		}
		if settled = settled || !p.from.After(late); newest == nil || !p.from.Before(newest.from) {
			newest = p
		}
	}
	for hash, p := range a.e.packs.byHash {
		i := slices.IndexFunc(a.figures.packs, func(x announcedPack) bool { return x.hash == hash })
		switch {
		case newest != nil && newest.hash == hash,
			i < 0 && !settled,
			i >= 0 && newest != nil && a.stillInForce(hash, newest, late):
			list = append(list, p)
		}
	}
	return list
}

// stillInForce reports whether a pack may be in force because the newest is not yet: the
// newest has come within the last days, and it was the newest before them.
func (a *auditor) stillInForce(hash string, newest *announcedPack, late deadline.Date) bool {
	if !newest.from.After(late) {
		return false
	}
	var was *announcedPack
	for i := range a.figures.packs {
		p := &a.figures.packs[i]
		if p.from.After(late) {
			if p.hash == hash && p.from.Before(newest.from) {
				return true
			}
			continue
		}
		if was == nil || !p.from.Before(was.from) {
			was = p
		}
	}
	return was != nil && was.hash == hash
}
