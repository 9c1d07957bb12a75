package release

import (
	"cmp"
	"fmt"
	"slices"

	"aiqyn"
	"aiqyn/deadline"
	"aiqyn/ledger"
)

// openable are the fields that a release may open. The hour, the officer, the
// district, the place within the case and what links it to others never are.
var openable = []int{
	ledger.FieldService, ledger.FieldPack, ledger.FieldBody, ledger.FieldRegion, ledger.FieldDay,
	ledger.FieldKind, ledger.FieldReason,
}

// Check refuses a release that would tell of fewer than [Minimum] cases, or
// open a field that says more than it may, or is not what a release is. It
// needs nothing but the release.
func (r *Release) Check() error {
	if !slices.Contains(formats, r.Format) || r.Cut < 0 || r.Cut > 0 && !r.Cuts() || r.Minimum != Minimum || r.Origin == "" || r.Size < 0 || r.Closed < 0 || r.From.IsZero() || r.To.Before(r.From) {
		return malformed("head")
	}
	leaves, tags := make(map[int64]bool), make(map[string]bool)
	for i := range r.Groups {
		if err := r.checkGroup(&r.Groups[i], leaves, tags); err != nil {
			return err
		}
	}
	told := make(map[Label]bool)
	for i := range r.Counts {
		c := &r.Counts[i]
		if told[c.label()] || c.To != monthEnd(r.To) || c.From.IsZero() || c.From.After(c.To) || c.Service == "" || c.Outcome == "" {
			return malformed("counts")
		}
		told[c.label()] = true
		if err := c.check(); err != nil {
			return err
		}
	}
	if r.Format == FormatCases && (len(r.Running) > 0 || slices.ContainsFunc(r.Groups, func(g Group) bool { return len(g.Roads) > 0 }) ||
		slices.ContainsFunc(r.Counts, func(c Count) bool { return len(c.Roads) > 0 })) {
		return malformed("format")
	}
	return checkRunning(r.Running)
}

func malformed(where string) error {
	return aiqyn.E(aiqyn.Invalid, "error.release-form", "where", where)
}

// reveals is what a release is refused with that would tell of too few.
func reveals(where string, n int) error {
	return aiqyn.E(aiqyn.Forbidden, "error.release-reveals", "where", where, "n", n, "minimum", Minimum)
}

func (r *Release) checkGroup(g *Group, leaves map[int64]bool, tags map[string]bool) error {
	where := fmt.Sprintf("%s %s %s", g.Decided["service"], g.Decided["kind"], g.Decided["day"])
	if len(g.Cases) < Minimum {
		return reveals(where, len(g.Cases))
	}
	for _, name := range []string{"service", "kind", "day"} {
		if g.Decided[name] == "" || g.Filed[name] == "" {
			return malformed("groups")
		}
	}
	day, err := deadline.ParseDate(g.Decided["day"])
	filed, err2 := deadline.ParseDate(g.Filed["day"])
	if err != nil || err2 != nil || day.Before(r.From) || day.After(r.To) || filed.After(day) || g.Filed["service"] != g.Decided["service"] {
		return malformed("groups")
	}
	for _, c := range g.Cases {
		if tags[c.Case] || leaves[c.Decided.Index] || leaves[c.Filed.Index] || c.Filed.Index >= c.Decided.Index || r.Cut > 0 && c.Filed.Index <= r.Cut || c.Decided.Index >= r.Size || c.Case == "" {
			return malformed("groups")
		}
		tags[c.Case], leaves[c.Decided.Index], leaves[c.Filed.Index] = true, true, true
		for _, side := range []struct {
			leaf   *Leaf
			values map[string]string
		}{{&c.Decided, g.Decided}, {&c.Filed, g.Filed}} {
			if _, err := side.leaf.hash(c.Case, side.values); err != nil {
				return err
			}
		}
	}
	return checkRoads(g.Roads, len(g.Cases), nil)
}

// hash is the leaf that the log must hold at the leaf's index.
func (l *Leaf) hash(tag string, values map[string]string) (ledger.Hash, error) {
	var opened []ledger.OpenedField
	for name, value := range values {
		f := ledger.FieldNamed(name)
		if !slices.Contains(openable, f) {
			return ledger.Hash{}, aiqyn.E(aiqyn.Forbidden, "error.release-field", "field", name)
		}
		opened = append(opened, ledger.OpenedField{Field: f, Value: value})
	}
	opened = append(opened, ledger.OpenedField{Field: ledger.FieldCase, Value: tag})
	slices.SortFunc(opened, func(a, b ledger.OpenedField) int { return cmp.Compare(a.Field, b.Field) })
	if len(l.Salts) != len(opened) {
		return ledger.Hash{}, malformed("salts")
	}
	for i, s := range l.Salts {
		if len(s) != len(ledger.Salt{}) {
			return ledger.Hash{}, malformed("salts")
		}
		opened[i].Salt = ledger.Salt(s)
	}
	var closed []ledger.Hash
	for _, h := range l.Closed {
		if len(h) != len(ledger.Hash{}) {
			return ledger.Hash{}, malformed("closed")
		}
		closed = append(closed, ledger.Hash(h))
	}
	o, err := ledger.Reopen(opened, closed)
	if err != nil {
		return ledger.Hash{}, malformed("leaf")
	}
	return o.Leaf(), nil
}

func (c *Count) check() error {
	where := fmt.Sprintf("%s %s %s", c.Service, c.Outcome, c.Reason)
	if c.Cases < Minimum {
		return reveals(where, c.Cases)
	}
	if err := checkSpans(c.Days, c.Cases, where, nil); err != nil {
		return err
	}
	return checkRoads(c.Roads, c.Cases, c.Days)
}

// CheckPeople refuses a release in whose groups fewer than [Minimum] people
// stand, however many cases they have, by the rule of its form. At is the case
// decided at an entry, nil if there is none; only the keeper of the log knows.
func (r *Release) CheckPeople(at func(decided int64) *Case) error {
	for _, g := range r.Groups {
		var cases []*Case
		for _, o := range g.Cases {
			if c := at(o.Decided.Index); c != nil {
				cases = append(cases, c)
			}
		}
		if n := r.people(cases); n < Minimum {
			return reveals(fmt.Sprintf("%s %s %s", g.Decided["service"], g.Decided["kind"], g.Decided["day"]), n)
		}
	}
	return nil
}

// Leaves yields every opened leaf with the leaf hash that the log must hold
// at its index.
func (r *Release) Leaves(yield func(index int64, leaf ledger.Hash) bool) {
	for _, g := range r.Groups {
		for _, c := range g.Cases {
			decided, err := c.Decided.hash(c.Case, g.Decided)
			if err != nil || !yield(c.Decided.Index, decided) {
				return
			}
			filed, err := c.Filed.hash(c.Case, g.Filed)
			if err != nil || !yield(c.Filed.Index, filed) {
				return
			}
		}
	}
}

// Add takes a release that was checked into the state. It must follow on the
// last one, tell nothing that was told, and be right about what stays closed.
func (s *State) Add(r *Release) error {
	if !s.To.IsZero() && (r.From.Compare(s.To.AddDays(1)) != 0 || r.Size < s.Size) {
		return malformed("from")
	}
	if s.format != "" && !since(r.Format, s.format) || r.Cuts() && r.Cut < s.Cut {
		return malformed("cut")
	}
	for index := range r.Leaves {
		if s.opened.has(index) {
			return malformed("groups")
		}
	}
	for i := range r.Counts {
		c := &r.Counts[i]
		if told := s.told[c.label()]; !told.IsZero() && !c.From.After(told) {
			return malformed("counts")
		}
	}
	if r.Closed != r.Size-s.opened.n-r.leaves() {
		return malformed("closed")
	}
	for index := range r.Leaves {
		s.opened.add(index)
	}
	if s.told == nil {
		s.told = make(map[Label]deadline.Date)
	}
	for i := range r.Counts {
		s.told[r.Counts[i].label()] = r.Counts[i].To
	}
	if s.First.IsZero() {
		s.First = r.From
	}
	s.To, s.Size, s.Cut, s.format = r.To, r.Size, max(s.Cut, r.Cut), r.Format
	return nil
}
