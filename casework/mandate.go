package casework

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"aiqyn"
	"aiqyn/access"
	"aiqyn/store"
)

// A person may let another act for them: they say whom, in which services and
// until when; the other takes it up or not; either ends it when they like. Each of
// these is an entry of the log that names nobody, and the mandate is named by the
// entry that gave it. Whoever acts under one leaves that name in everything they do.
//
// Whether a mandate holds is asked at the place of the act in the log: one that
// ended a moment before, in the same batch, does not count.

// Rules of mandates.
const (
	mandatesMost  = 20                  // given by one and not over
	mandateYears  = 3                   // the longest
	mandateOffer  = 30 * 24 * time.Hour // how long one waits to be taken up
	mandatesEnded = 200                 // written off in one go
)

// party is one of the two of a mandate. Who it is given to has no name in it until
// they take it up: whether there is such a person is not told before.
type party struct {
	Name   string         `json:"name,omitempty"`
	Person aiqyn.PersonID `json:"person"`
}

// mandate is one as its entries make it.
type mandate struct {
	Accepted time.Time         `json:"accepted,omitzero"`
	Ended    time.Time         `json:"ended,omitzero"`
	EndedBy  aiqyn.PersonID    `json:"ended_by,omitempty"` // which of the two; neither: by itself
	Ending   EventKind         `json:"ending,omitempty"`   // how
	Given    time.Time         `json:"given"`
	GivenBy  aiqyn.PersonID    `json:"given_by,omitempty"` // for the giver, by a register; none: the giver
	Giver    party             `json:"giver"`
	Holder   party             `json:"holder"`
	Services []aiqyn.ServiceID `json:"services,omitempty"` // none: all
	Until    time.Time         `json:"until"`              // the end of its last day

	entry   int64
	wrapped []byte // key of the entry that gave it

	acceptedAt, endedAt int64 // entries, as an audit has read them; 0: none
}

// aboutMandate is the sealed part of an entry about a mandate: the whole of it in
// the first, what has changed in the others.
type aboutMandate struct {
	By       aiqyn.PersonID    `json:"by,omitempty"` // who of the two has ended it; of the first: who gave it for the giver
	Giver    party             `json:"giver"`
	Holder   party             `json:"holder"`
	Of       int64             `json:"of"` // the entry that gave it
	Services []aiqyn.ServiceID `json:"services,omitempty"`
	Until    time.Time         `json:"until,omitzero"`
}

// after is a mandate after one of its entries; nil before the first.
func (m *mandate) after(kind EventKind, at time.Time, d *aboutMandate) *mandate {
	if kind == EventMandateGiven {
		return &mandate{Given: at, GivenBy: d.By, Giver: d.Giver, Holder: d.Holder, Services: d.Services, Until: d.Until, entry: d.Of}
	}
	if m == nil {
		return nil
	}
	next := *m
	switch kind {
	case EventMandateAccepted:
		next.Accepted, next.Holder = at, d.Holder
	case EventMandateDeclined, EventMandateEnded, EventMandateExpired:
		next.Ended, next.Ending, next.EndedBy = at, kind, d.By
	}
	return &next
}

// ends is when a mandate ends by itself; zero once it is over.
func (m *mandate) ends() time.Time {
	switch offered := m.Given.Add(mandateOffer); {
	case !m.Ended.IsZero():
		return time.Time{}
	case m.Accepted.IsZero() && offered.Before(m.Until):
		return offered
	}
	return m.Until
}

// over reports whether nothing can be done with it any more.
func (m *mandate) over(now time.Time) bool {
	ends := m.ends()
	return ends.IsZero() || !now.Before(ends)
}

// errNotStanding is the answer to whoever says that they act for another and does
// not, or does no more: why is nobody's business.
func errNotStanding() *aiqyn.Error { return aiqyn.E(aiqyn.Forbidden, "error.not-standing") }

// lets reports whether an actor acts under the mandate now.
func (m *mandate) lets(a aiqyn.Actor, now time.Time) bool {
	return !m.Accepted.IsZero() && !m.over(now) && a.Person == m.Holder.Person && a.For == m.Giver.Person
}

// covers reports whether it is for a service.
func (m *mandate) covers(svc aiqyn.ServiceID) bool {
	return len(m.Services) == 0 || slices.Contains(m.Services, svc)
}

func mandatePlace(entry int64) []byte { return fmt.Appendf(nil, "mandate/%d", entry) }

// mandateRow is a mandate as it is kept, under the key of its entry.
func (k *keyring) mandateRow(m *mandate) (store.Mandate, error) {
	row := store.Mandate{
		Entry: m.entry, Giver: k.hash("subject", personal(m.Giver.Person)), Holder: k.hash("subject", personal(m.Holder.Person)), Ends: m.ends(),
	}
	key, err := k.unwrap(m.wrapped)
	if err != nil {
		return row, err
	}
	plain, err := json.Marshal(m)
	row.Sealed = seal(key.gcm, plain, mandatePlace(m.entry))
	return row, err
}

// openMandate opens a row.
func (k *keyring) openMandate(row store.Mandate) (*mandate, error) {
	key, err := k.unwrap(row.Wrapped)
	if err != nil {
		return nil, fmt.Errorf("mandate %d: %w", row.Entry, err)
	}
	plain, err := open(key.gcm, row.Sealed, mandatePlace(row.Entry))
	m := &mandate{entry: row.Entry, wrapped: row.Wrapped}
	if err == nil {
		err = json.Unmarshal(plain, m)
	}
	if err != nil {
		return nil, fmt.Errorf("mandate %d: %w", row.Entry, err)
	}
	return m, nil
}

// personal is the subject of a person's account, or of a company's affairs.
func personal(p aiqyn.PersonID) string { return subject(aiqyn.Actor{Person: p}) }

// mandate reads one from disk; nil if there is none.
func (e *Engine) mandate(ctx context.Context, entry int64) (*mandate, error) {
	list, err := e.mandates(ctx, []int64{entry})
	return list[entry], err
}

// mandates reads some, by the entries that gave them. One that does not open is
// damaged, and lets nobody do anything.
func (e *Engine) mandates(ctx context.Context, entries []int64) (map[int64]*mandate, error) {
	rows, err := e.Store.Mandates(ctx, entries)
	list := make(map[int64]*mandate, len(rows))
	for _, row := range rows {
		m, err := e.keys.openMandate(row)
		if err != nil {
			e.Log.Error("open a mandate", "err", err)
			continue
		}
		list[row.Entry] = m
	}
	return list, err
}

// stands checks that an actor may act in the affairs that they say they act in, as
// the disk and the registers have it now. Whoever acts for themselves, or for
// nobody, passes.
func (e *Engine) stands(ctx context.Context, a aiqyn.Actor) error {
	if err := e.looks(ctx, a); err != nil || access.Standing(a) != access.Represented {
		return err
	}
	return e.represents(ctx, a)
}

// looks is stands for who only looks: what a register says was read when their
// session was opened, for this very request.
func (e *Engine) looks(ctx context.Context, a aiqyn.Actor) error {
	if a.For == "" && a.Mandate == "" {
		return nil
	}
	switch access.Standing(a) {
	case access.Mandated:
		entry, _ := access.MandateEntry(a)
		m, err := e.mandate(ctx, entry)
		if err == nil && (m == nil || !m.lets(a, e.Clock())) {
			err = errNotStanding()
		}
		return err
	case access.Represented:
		return nil
	}
	return errNotStanding()
}

// stands is the same at the place of a command in the log, by what the commands
// before it have left of the mandate; and it must cover what the command is about.
// What a register says was read for this command. An officer must stand on a roster here.
func (t *turn) stands(cmd command) error {
	a := cmd.by()
	if t.s.left(a) {
		return aiqyn.E(aiqyn.Forbidden, "error.not-an-officer")
	}
	entry, ok := access.MandateEntry(a)
	if !ok {
		return nil
	}
	m := t.s.mandates.find(entry)
	if m == nil || !m.lets(a, t.now) {
		return errNotStanding()
	}
	svc := aiqyn.ServiceID("")
	if f, ok := cmd.(*file); ok {
		svc = f.Service
	} else if t.rec != nil {
		svc = t.rec.state.Service
	}
	if svc != "" && !m.covers(svc) {
		return aiqyn.E(aiqyn.Forbidden, "error.mandate-service")
	}
	return nil
}

// isOf reports whether a case is an actor's own affair: theirs, or of whom they act
// for; under a mandate only what was filed under it.
func (s *State) isOf(a aiqyn.Actor) bool {
	if a.Person == "" || a.Behalf() != s.Applicant {
		return false
	}
	switch access.Standing(a) {
	case access.Own, access.Represented:
		return true
	case access.Mandated:
		return s.Mandate == a.Mandate
	}
	return false
}

// mandates are those that a batch is about: as the batches that may not be on disk
// yet have left them, and otherwise as the disk has them.
type mandates struct {
	recent map[int64]changedMandate
	read   map[int64]*mandate
}

type changedMandate struct {
	*mandate
	batch int64
}

func (m *mandates) find(entry int64) *mandate {
	if c, ok := m.recent[entry]; ok {
		return c.mandate
	}
	return m.read[entry]
}

// change remembers what a batch has made of them.
func (m *mandates) change(batch int64, list []*mandate) {
	for _, x := range list {
		if m.recent == nil {
			m.recent = make(map[int64]changedMandate)
		}
		m.recent[x.entry] = changedMandate{x, batch}
	}
}

// forget drops what the batches up to a number have put on disk.
func (m *mandates) forget(written int64) {
	for entry, c := range m.recent {
		if c.batch <= written {
			delete(m.recent, entry)
		}
	}
}

// aboutOne is a command about one mandate, not under it.
type aboutOne interface{ mandate() int64 }

// fetchMandates reads the mandates that a batch is about, by one query.
func (e *Engine) fetchMandates(batch []*request) error {
	held := &e.seq.mandates
	held.read = nil
	var missing []int64
	want := func(entry int64) {
		if _, ok := held.recent[entry]; !ok && !slices.Contains(missing, entry) {
			missing = append(missing, entry)
		}
	}
	for _, r := range batch {
		if entry, ok := access.MandateEntry(r.cmd.by()); ok {
			want(entry)
		}
		if c, ok := r.cmd.(aboutOne); ok {
			want(c.mandate())
		}
	}
	if len(missing) == 0 {
		return nil
	}
	var err error
	held.read, err = e.mandates(context.Background(), missing)
	return err
}
