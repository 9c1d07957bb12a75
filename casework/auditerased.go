package casework

import (
	"bytes"
	"cmp"
	"context"
	"encoding/hex"
	"slices"
	"time"

	"aiqyn"
	"aiqyn/allocation"
	"aiqyn/service"
	"aiqyn/store"
)

// erasedSpan is what is left of a case of a queue that was erased: between which of its
// entries it was there, and on which days it ran.
type erasedSpan struct {
	first, last   int64
	filed, closed string
	granted       bool

	no    int64
	hash  string // of its moves; "": it was erased before they were kept
	moves []store.QueueMove
	known bool // they are those that it had

	dated bool     // it has waited since it came in itself
	bid   *bidLeft // nil: none, or it was erased before they were kept
}

// forgotten notes a case that can be asked no more.
func (f *queueFolds) forgotten(first, last int64, r *residue) {
	if f.erased == nil {
		f.erased = make(map[aiqyn.ServiceID][]erasedSpan)
	}
	f.erased[r.Service] = append(f.erased[r.Service], erasedSpan{first: first, last: last, filed: r.Filed, closed: r.Closed, granted: r.Outcome == aiqyn.Granted, no: r.Case, hash: r.Moves, dated: r.Dated, bid: r.Bid})
}

// erasedAt counts the erased cases of a service that may have waited, or been offered a
// seat, at an entry of a day, and those whose seat may have been theirs for good.
func (f *queueFolds) erasedAt(svc aiqyn.ServiceID, entry int64, day string) (running, seated int) {
	for _, s := range f.erased[svc] {
		switch {
		case s.ran(entry, day):
			running++
		case s.granted && s.first < entry:
			seated++
		}
	}
	return running, seated
}

// ran reports whether the case was not over at an entry of a day.
func (s *erasedSpan) ran(entry int64, day string) bool {
	return s.first < entry && entry <= s.last && s.filed <= day && day <= s.closed
}

// besideErased reports whether inputs that cannot be made again to the last, as somebody
// who stood there was erased, are right in all the rest: everybody who can be asked has
// their line, at their place and with their wishes, and what is there beside them, or is
// taken, is no more than those who were erased account for.
func (t *queueTelling) besideErased(ctx context.Context, ev *event, d *roundCommitted, want *allocation.Round, q *service.Queue) (bool, error) {
	running, seated := t.queueFolds.erasedAt(d.Service, ev.index, day(ev.at, t.Zone))
	if running+seated == 0 {
		return false, nil
	}
	data, err := snapshotOf(ctx, t.Store, roundInputsKind, d.Inputs)
	if err != nil {
		return false, nil // which the round's draw tells
	}
	said, err := allocation.Read(bytes.NewReader(data))
	if err != nil {
		return false, nil
	}
	root := said.Root()
	if hex.EncodeToString(root[:]) != d.Root || said.Name != want.Name || said.Closed != want.Closed || said.Rules.Hash() != want.Rules.Hash() || said.Seed.Round != want.Seed.Round || !slices.Equal(said.Categories, want.Categories) {
		return false, nil
	}
	taken, ok := seatsBeside(said, want, seated, func(id string, free int) []int { return t.qs.at(d.Service).kept(q, id, free) })
	strangers, same := linesBeside(said, want)
	if !ok || !same || len(strangers) > running || len(strangers)+taken > running+seated {
		return false, nil
	}
	firsts := make(map[string]time.Time, len(want.Applicants))
	for _, w := range t.qs.at(d.Service).waits {
		firsts[allocation.Pseudonym(t.e.keys.secretOf(w.object), d.Name)] = w.first
	}
	return t.ghosts(d, ev.index, strangers, said, firsts), nil
}

// seatsBeside counts the seats that are fewer than those who can be asked leave free. Of
// those that are left the rules keep some for categories, and fewer where somebody of one
// has a seat who cannot be asked; seated is how many these may be.
func seatsBeside(said, want *allocation.Round, seated int, kept func(group string, free int) []int) (taken int, ok bool) {
	there := make(map[string]allocation.Institution, len(said.Institutions))
	for _, i := range said.Institutions {
		there[i.ID] = i
	}
	for _, w := range want.Institutions {
		s := there[w.ID]
		delete(there, w.ID)
		taken += w.Seats - s.Seats
		if s.Seats > w.Seats || s.ID != "" && w.Reserves != nil && !keptBeside(s.Reserves, kept(s.ID, s.Seats), seated) {
			return 0, false
		}
	}
	return taken, len(there) == 0
}

// keptBeside reports whether the seats that are kept are as many as they must be, but for
// some members of a category who have one.
func keptBeside(said, want []int, members int) bool {
	if len(said) == 0 {
		said = make([]int, len(want))
	}
	if len(want) == 0 {
		want = make([]int, len(said))
	}
	if len(said) != len(want) {
		return false
	}
	fewer := 0
	for i := range said {
		if said[i] > want[i] {
			return false
		}
		fewer += want[i] - said[i]
	}
	return fewer <= members
}

// linesBeside lists the lines that are nobody's who can be asked; same means that all
// others are as they must be, in their order.
func linesBeside(said, want *allocation.Round) (strangers []*allocation.Applicant, same bool) {
	open := make(map[string]bool, len(said.Institutions))
	for _, i := range said.Institutions {
		open[i.ID] = true
	}
	there := make(map[string]*allocation.Applicant, len(said.Applicants))
	for i := range said.Applicants {
		there[said.Applicants[i].ID] = &said.Applicants[i]
	}
	var before, beforeSaid *allocation.Applicant
	for i := range want.Applicants {
		w := &want.Applicants[i]
		wishes := slices.DeleteFunc(named(want, w.List), func(id string) bool { return !open[id] })
		s := there[w.ID]
		if s == nil && len(wishes) == 0 {
			continue
		}
		kin := slices.DeleteFunc(named(want, w.Siblings), func(id string) bool { return !open[id] })
		if s == nil || s.Tier != w.Tier || s.Points != w.Points || s.Categories != w.Categories || s.Holds != w.Holds || !slices.Equal(named(said, s.List), wishes) || !slices.Equal(named(said, s.Siblings), kin) {
			return nil, false
		}
		if before != nil && cmp.Compare(before.Date, w.Date) != cmp.Compare(beforeSaid.Date, s.Date) {
			return nil, false
		}
		before, beforeSaid = w, s
		delete(there, w.ID)
	}
	for i := range said.Applicants {
		if s := &said.Applicants[i]; there[s.ID] == s {
			strangers = append(strangers, s)
		}
	}
	return strangers, len(strangers) == len(there)
}

// named are the institutions that somebody's list names.
func named(r *allocation.Round, names []int32) []string {
	list := make([]string, len(names))
	for i, at := range names {
		list[i] = r.Institutions[at].ID
	}
	return list
}
