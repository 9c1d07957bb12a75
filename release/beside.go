package release

import (
	"fmt"
	"maps"
	"reflect"
	"slices"

	"aiqyn/deadline"
	"aiqyn/ledger"
)

// Gone is what is left of a case that was erased after a release told of it, or may have.
type Gone struct {
	Service       string
	Filed, Closed deadline.Date
}

// Beside holds a release against the cases where some were erased since. An erased case
// excuses itself alone: whatever can be asked must be told as it is told, and what is
// there beside it must be no more than those who are gone account for. All are those who
// are gone, at names the one whose entry an index is. The error says what is wrong.
func (r *Release) Beside(in Input, all []*Gone, at func(index int64) (*Gone, error)) error {
	in.byApplicant(r.Format)
	b := beside{r: r, in: in, seen: make(map[*Gone]bool), opened: make(map[int64]bool)}
	if err := b.recover(at); err != nil {
		return err
	}
	waiting, err := b.groups()
	if err != nil {
		return err
	}
	b.hidden = slices.DeleteFunc(slices.Clone(all), func(g *Gone) bool { return b.seen[g] })
	if err := b.counts(waiting); err != nil {
		return err
	}
	return b.running(len(all))
}

type beside struct {
	r      *Release
	in     Input
	seen   map[*Gone]bool
	opened map[int64]bool // outcomes of those who are gone, that the release has opened
	hidden []*Gone        // opened nowhere
}

// recover adds to the cases those that are gone and whose leaves the release has opened,
// with what it says of them: the leaves prove it.
func (b *beside) recover(at func(index int64) (*Gone, error)) error {
	known := make(map[int64]bool, len(b.in.Cases))
	for i := range b.in.Cases {
		known[b.in.Cases[i].Index] = true
	}
	b.in.Cases = slices.Clone(b.in.Cases)
	for i := range b.r.Groups {
		g := &b.r.Groups[i]
		for _, o := range g.Cases {
			if known[o.Decided.Index] {
				continue
			}
			gone, err := at(o.Decided.Index)
			if err != nil {
				return err
			}
			who := fmt.Sprint("gone ", o.Decided.Index)
			c := Case{Person: who, Filer: who, Index: o.Decided.Index, FiledIndex: o.Filed.Index}
			c.FiledAs, c.DecidedAs = fieldsNamed(g.Filed, o.Case), fieldsNamed(g.Decided, o.Case)
			c.Filed, _ = deadline.ParseDate(g.Filed["day"]) // both were checked
			c.Decided, _ = deadline.ParseDate(g.Decided["day"])
			if gone == nil || b.seen[gone] || gone.Service != g.Decided["service"] || gone.Filed != c.Filed || gone.Closed.Before(c.Decided) {
				return fmt.Errorf("opens entry %d, with which no such case was decided", o.Decided.Index)
			}
			b.seen[gone], b.opened[c.Index] = true, true
			b.in.Cases = append(b.in.Cases, c)
		}
	}
	return nil
}

// fieldsNamed are the fields of a leaf of which some were opened. What was not is the
// case's own, so that it agrees with no other's.
func fieldsNamed(values map[string]string, tag string) (f [ledger.NumFields]string) {
	for i, name := range ledger.FieldNames {
		value, ok := values[name]
		if f[i] = value; !ok {
			f[i] = "gone " + tag
		}
	}
	return f
}

// groups holds who is opened against who must be, and returns whom no group tells of.
func (b *beside) groups() ([]*Case, error) {
	want, waiting := b.in.grouped(b.r)
	if len(want) != len(b.r.Groups) {
		return nil, fmt.Errorf("opens %d groups, there are %d", len(b.r.Groups), len(want))
	}
	for i, w := range want {
		g := &b.r.Groups[i]
		same := len(g.Cases) == len(w.cases) && maps.Equal(g.Decided, named(w.at.decided, &w.cases[0].DecidedAs)) && maps.Equal(g.Filed, named(w.at.filed, &w.cases[0].FiledAs))
		whole := true // nobody of it is gone
		for j := 0; same && j < len(w.cases); j++ {
			same = g.Cases[j].Decided.Index == w.cases[j].Index
			whole = whole && !b.opened[w.cases[j].Index]
		}
		if same && whole && b.r.Format != FormatCases {
			same = reflect.DeepEqual(g.Roads, roadParts(w.cases, nil))
		}
		if !same {
			return nil, fmt.Errorf("group %d is not of those who are alike", i)
		}
	}
	return waiting, nil
}

// counts holds the counts against those whom no group tells of.
func (b *beside) counts(waiting []*Case) error {
	month := monthEnd(b.r.To)
	known := make(map[Label][]*Case)
	for _, c := range waiting {
		if !c.Decided.After(month) {
			known[c.label()] = append(known[c.label()], c)
		}
	}
	for i := range b.r.Counts {
		c := &b.r.Counts[i]
		if err := b.count(c, known[c.label()], month); err != nil {
			return err
		}
		delete(known, c.label())
	}
	for l, cases := range known {
		if people(cases) >= Minimum {
			return fmt.Errorf("does not count %d cases of %s", len(cases), l.Service)
		}
	}
	return nil
}

func (b *beside) count(c *Count, known []*Case, month deadline.Date) error {
	hidden, longest := 0, 0
	for _, g := range b.hidden {
		if g.Service == c.Service && !g.Filed.After(c.To) && !g.Closed.Before(c.From) {
			hidden++
			longest = max(longest, g.Closed.DaysSince(g.Filed))
		}
	}
	more := c.Cases - len(known)
	if more < 0 || more > hidden || people(known)+more < Minimum {
		return fmt.Errorf("counts %d cases of %s, there are %d", c.Cases, c.Service, len(known))
	}
	if more == 0 {
		want := b.in.count(known, month)
		if b.r.Format != FormatCases {
			want.Roads = roadParts(known, want.Days)
		}
		if !reflect.DeepEqual(*c, want) {
			return fmt.Errorf("counts other days of %s than its cases took", c.Service)
		}
		return nil
	}
	if more <= mostTried {
		if !tookSo(known, more, longest, c.Days) {
			return fmt.Errorf("counts other days of %s than its cases took", c.Service)
		}
		return nil
	}
	for _, s := range c.Days {
		n := 0
		for _, x := range known {
			if d := x.days(); d >= s.From && (s.To < 0 || d <= s.To) {
				n++
			}
		}
		if n > s.Cases || s.Cases > n+more {
			return fmt.Errorf("counts %d cases of %s of %d days and more, there are %d", s.Cases, c.Service, s.From, n)
		}
	}
	return nil
}

// mostTried is how many who are gone are tried with every number of days that they may have
// taken; of more it is only held how many stand in each span.
const mostTried = 2

// tookSo reports whether cases took as long as spans say, together with so many who are
// gone, none of whom took longer than the longest.
func tookSo(known []*Case, gone, longest int, want []Span) bool {
	if gone == 0 {
		return slices.Equal(spans(known), want)
	}
	for _, end := range append(slices.Clone(edges), longest) {
		if end > longest {
			continue
		}
		who := fmt.Sprint("gone ", gone)
		c := &Case{Person: who, Filer: who, Filed: deadline.Date{Year: 2000, Month: 1, Day: 1}}
		c.Decided = c.Filed.AddDays(end)
		if tookSo(append(slices.Clip(known), c), gone-1, longest, want) {
			return true
		}
	}
	return false
}

// running holds the roads under way against those that can be asked.
func (b *beside) running(gone int) error {
	again := &Release{Format: b.r.Format, From: b.r.From}
	var list []Underway
	if err := again.tellRunning(func() (_ []Underway, err error) { list, err = b.in.Underway(); return list, err }, monthEnd(b.r.To)); err != nil {
		return err
	}
	there := make(map[string]int)
	for _, u := range list {
		there[u.Service]++
	}
	said := make(map[string]bool)
	for _, r := range b.r.Running {
		said[r.Service] = true
		if r.Cases > there[r.Service]+gone {
			return fmt.Errorf("says that %d roads of %s are under way, there are %d", r.Cases, r.Service, there[r.Service])
		}
	}
	for _, r := range again.Running {
		if !said[r.Service] {
			return fmt.Errorf("does not say that roads of %s are under way", r.Service)
		}
	}
	return nil
}
