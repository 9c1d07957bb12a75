package casework

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"
	"strings"

	"aiqyn"
	"aiqyn/canonical"
	"aiqyn/service"
	"aiqyn/store"
)

// A case may rest on what a register says of people who have no part in it: whoever
// names a parcel has its owners looked up, whose parcel it ever is. A pack says which
// fields of a register name people. Nobody is shown the number of another person for
// having filed an application: a page has it covered, and a receipt whose private part
// has it leaves that part closed. The entry itself stays as it was ruled on.
//
// They in turn read that a register was read about them: the case is found again by a
// keyed hash of their number.

// partiesOf are the people whom a register's document names.
func partiesOf(registers []service.Register, register string, value json.RawMessage) (list []aiqyn.PersonID) {
	i := slices.IndexFunc(registers, func(r service.Register) bool { return r.Name == register })
	if i < 0 || len(registers[i].Parties) == 0 {
		return nil
	}
	document, ok := canonical.Whole(value)
	if !ok && json.Unmarshal(value, &document) != nil {
		return nil
	}
	for _, path := range registers[i].Parties {
		list = append(list, people(document, strings.Split(path, "."))...)
	}
	return list
}

// toldOf are the documents of registers that an event has brought into a case.
func (s *State) toldOf(ev *event) []reading {
	switch d := ev.data.(type) {
	case *lookedUp:
		return d.Readings
	case *corrected:
		if f, ok := s.Facts[d.Field]; ok {
			return []reading{f.corrected(d)}
		}
	}
	return nil
}

// readAbout are the marks by which people find the cases in which a register named
// them, of one event that is folded in already. An applicant finds their own cases
// without.
func (k *keyring) readAbout(registers []service.Register, s *State, ev *event) (list []store.Likeness) {
	var named []aiqyn.PersonID
	for _, r := range s.toldOf(ev) {
		for _, p := range partiesOf(registers, r.Register, r.Value) {
			if p != s.Applicant && !slices.Contains(named, p) {
				named = append(named, p)
				list = append(list, store.Likeness{Band: k.readMark(p), Case: s.No})
			}
		}
	}
	return list
}

func (k *keyring) readMark(p aiqyn.PersonID) []byte { return k.hash("read-about", string(p)) }

// strangers are the numbers in a case that are nobody's business who only filed it:
// those of people whom registers name, in what was looked up about something else than
// the applicant. A register that is asked about the applicant says what is theirs.
type strangers struct {
	state     *State
	viewer    aiqyn.Actor
	registers [2][]service.Register // of the case's pack and of today's, which may name more
	numbers   []string
}

func (e *Engine) strangers(s *State, viewer aiqyn.Actor) *strangers {
	out := &strangers{state: s, viewer: viewer}
	for i, p := range []*service.Pack{e.packs.byHash[s.Pack], e.packs.current()} {
		if p != nil {
			out.registers[i] = p.Registers
		}
	}
	return out
}

// own reports whether a number is the viewer's own business.
func (x *strangers) own(p aiqyn.PersonID) bool {
	return p == "" || p == x.state.Applicant || p == x.state.Agent || p == x.viewer.Person || p == x.viewer.For
}

// in is whom one document names.
func (x *strangers) in(r reading) (numbers []string) {
	if x.own(aiqyn.PersonID(r.Key)) {
		return nil
	}
	for _, registers := range x.registers {
		for _, p := range partiesOf(registers, r.Register, r.Value) {
			if !x.own(p) && string(p) != r.Key && !slices.Contains(numbers, string(p)) {
				numbers = append(numbers, string(p))
			}
		}
	}
	return numbers
}

// take adds whom an event names.
func (x *strangers) take(ev *event) {
	for _, r := range x.state.toldOf(ev) {
		for _, n := range x.in(r) {
			if !slices.Contains(x.numbers, n) {
				x.numbers = append(x.numbers, n)
			}
		}
	}
}

// within reports whether a text has one of their numbers.
func (x *strangers) within(text string) bool {
	return slices.ContainsFunc(x.numbers, func(n string) bool { return strings.Contains(text, n) })
}

// filedBy reports whether somebody sees a case because they have filed it. Others who
// see it whole have said what for, or are the machinery.
func (r *record) filedBy(viewer aiqyn.Actor) bool {
	return viewer.Role != aiqyn.RoleSystem && r.state.isOf(viewer)
}

// strangersOf reads whom the entries of a case name; nobody unless the viewer has filed
// it, or where there is no case.
func (e *Engine) strangersOf(ctx context.Context, rec *record, viewer aiqyn.Actor) (*strangers, error) {
	if rec == nil || !rec.filedBy(viewer) {
		return new(strangers), nil
	}
	rows, err := e.Store.EntriesOf(ctx, rec.row.No, maxEvents)
	if err != nil {
		return nil, err
	}
	return e.strangersIn(rec, viewer, rows)
}

// strangersIn is strangersOf on entries that are read already.
func (e *Engine) strangersIn(rec *record, viewer aiqyn.Actor, rows []store.Entry) (*strangers, error) {
	x := e.strangers(rec.state, viewer)
	if !rec.filedBy(viewer) {
		return x, nil
	}
	for _, row := range rows {
		if kind := EventKind(row.Kind); kind != EventLookedUp && kind != EventCorrected {
			continue
		}
		ev, err := e.decodeEntry(row, rec.key)
		if err != nil {
			return nil, err
		}
		x.take(ev)
	}
	return x, nil
}

// private is the private part of an entry as a receipt may give it to a viewer; nil
// where it is another person's too.
func (x *strangers) private(plain []byte) []byte {
	if x.within(string(plain)) {
		return nil
	}
	return plain
}

// entriesAbout are the entries that say who looked at a person's data, before one, the
// newest first: in their own cases, and in those in which a register named them.
func (e *Engine) entriesAbout(ctx context.Context, who aiqyn.PersonID, before int64, limit int) ([]store.Entry, error) {
	own, err := e.Store.ReadingsOf(ctx, e.keys.hash("applicant", string(who)), before, limit)
	if err != nil {
		return nil, err
	}
	others, err := e.Store.ReadingsAbout(ctx, e.keys.readMark(who), before, limit)
	if err != nil {
		return nil, err
	}
	rows := slices.SortedFunc(slices.Values(slices.Concat(own, others)), func(x, y store.Entry) int { return cmp.Compare(y.Index, x.Index) })
	rows = slices.CompactFunc(rows, func(x, y store.Entry) bool { return x.Index == y.Index })
	return rows[:min(len(rows), limit)], nil
}

// readingFor shows one of them. Of another's case only what was read of this person:
// which register, for which service, or that somebody was let see all that it has. Not
// whose case it is.
func (e *Engine) readingFor(who aiqyn.PersonID, ev *event, s *State) (ReadingView, bool) {
	v := readingOf(ev, s)
	svc, err := e.packs.service(s.Pack, s.Service)
	if err == nil {
		v.Title = svc.Title
	}
	if s.Applicant == who {
		return v, true
	}
	v.Ref = ""
	d, ok := ev.data.(*lookedUp)
	if !ok {
		return v, true
	}
	v.What = nil
	if pack := e.packs.byHash[s.Pack]; pack != nil {
		for _, r := range d.Readings {
			if slices.Contains(partiesOf(pack.Registers, r.Register, r.Value), who) {
				v.What = append(v.What, r.Register)
			}
		}
	}
	return v, len(v.What) > 0
}

// factFor is a document of a register as it leaves for a body that its subject let
// read it: the numbers of others in it are covered.
func (e *Engine) factFor(s *State, f reading) json.RawMessage {
	c := coverer{strangers: e.strangers(s, aiqyn.Actor{}).in(f), own: []string{string(s.Applicant)}}
	if len(c.strangers) == 0 {
		return f.Value
	}
	return c.document(f.Value)
}
