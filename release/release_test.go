package release

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"aiqyn"
	"aiqyn/ledger"
)

// What a release opens is what the log holds, and it is read back as written.
func TestAReleaseProvesWhatItOpens(t *testing.T) {
	w := invent(1, 60)
	opened := 0
	for _, r := range w.releases(t, 60, 30, 1, 7) {
		for index, leaf := range r.Leaves {
			if opened++; leaf != w.leaves[index] {
				t.Fatalf("leaf %d is not the log's", index)
			}
		}
		text, err := r.Encode()
		if err != nil {
			t.Fatal(err)
		}
		again, err := Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		if text2, _ := again.Encode(); !bytes.Equal(text, text2) {
			t.Fatal("read back and written again it is another")
		}
		for _, secret := range []string{"the very second", "an officer", "person ", "agent "} {
			if strings.Contains(string(text), secret) {
				t.Fatalf("a release says %q", secret)
			}
		}
	}
	if opened < 500 {
		t.Fatalf("only %d leaves were opened: the test sees nothing", opened)
	}
}

// An opened field that was altered no longer fits its leaf.
func TestAnAlteredFieldDoesNotFit(t *testing.T) {
	w := invent(2, 20)
	r := w.releases(t, 20, 20)[0]
	for _, side := range []map[string]string{r.Groups[0].Decided, r.Groups[0].Filed} {
		for name, was := range side {
			side[name] = was + "0"
			fits := false
			for index, leaf := range r.Leaves {
				fits = leaf == w.leaves[index] && fits
				break
			}
			if n := misfits(w, r); n == 0 {
				t.Errorf("%s was altered, and every leaf fits", name)
			}
			side[name] = was
		}
	}
	if misfits(w, r) != 0 {
		t.Error("put back, they do not fit")
	}
}

func misfits(w *world, r *Release) (n int) {
	for index, leaf := range r.Leaves {
		if leaf != w.leaves[index] {
			n++
		}
	}
	return n
}

// told is one published number with the cases behind it.
type told struct {
	where string
	n     int
	cases []Case
}

// numbers are all numbers of a release, with what only the keeper knows: which
// cases stand behind them. The sets are found from what the release says, not
// from how it was built.
func (w *world) numbers(r *Release, before *State) []told {
	var list []told
	opened := make(map[int64]bool)
	for _, g := range r.Groups {
		var of []Case
		for _, o := range g.Cases {
			opened[o.Decided.Index] = true
			of = append(of, w.cases[slices.IndexFunc(w.cases, func(c Case) bool { return c.Index == o.Decided.Index })])
		}
		list = append(list, told{fmt.Sprint("group ", g.Decided), len(g.Cases), of})
	}
	for _, c := range r.Counts {
		var all []Case
		for _, x := range w.cases {
			if x.label() == c.label() && !x.Decided.Before(c.From) && !x.Decided.After(c.To) && !opened[x.Index] && !before.Has(x.Index) {
				all = append(all, x)
			}
		}
		list = append(list, told{fmt.Sprint("count ", c.label()), c.Cases, all})
		for _, s := range c.Days {
			var of []Case
			for _, x := range all {
				if d := x.days(); d >= s.From && (s.To < 0 || d <= s.To) {
					of = append(of, x)
				}
			}
			list = append(list, told{fmt.Sprint("span ", c.label(), s.From, s.To), s.Cases, of})
		}
	}
	return list
}

// TestDifferencesRevealNobody plays somebody who keeps every release and takes
// one day from the next: of every number, and of every difference of sums, at
// least ten people stand behind it, and nobody is told twice.
func TestDifferencesRevealNobody(t *testing.T) {
	const days = 65
	for seed, lengths := range [][]int{{1}, {1, 2, 1, 9}, {30, 1, 1}} {
		w := invent(uint64(seed), days)
		var s State
		sums := []map[string]int{{}} // by service, outcome, reason and every sum of these, after each release
		times := make(map[int64]int) // a case was told
		for _, r := range w.releases(t, days, lengths...) {
			sum := make(map[string]int)
			for k, v := range sums[len(sums)-1] {
				sum[k] = v
			}
			for _, n := range w.numbers(r, &s) {
				if behind := leastUnknown(n.cases); n.n != len(n.cases) || behind < Minimum-1 {
					t.Fatalf("%v, %s: %d told, %d cases, %d people stand behind it whom one of them may not know", lengths, n.where, n.n, len(n.cases), behind)
				}
				if strings.HasPrefix(n.where, "span") {
					continue // a part of a count
				}
				for _, c := range n.cases {
					times[c.Index]++
				}
				l := n.cases[0].label()
				for _, key := range []string{l.Service, l.Outcome, l.Reason, l.Service + l.Outcome, l.Service + l.Outcome + l.Reason, "all"} {
					sum[key] += n.n
				}
			}
			if err := s.Add(r); err != nil {
				t.Fatal(err)
			}
			sums = append(sums, sum)
		}
		for i := range sums {
			for j := i + 1; j < len(sums); j++ {
				for key, v := range sums[j] {
					if d := v - sums[i][key]; d != 0 && d < Minimum {
						t.Fatalf("%v: %q grew by %d from release %d to %d", lengths, key, d, i, j)
					}
				}
			}
		}
		for index, n := range times {
			if n != 1 {
				t.Fatalf("%v: the case at %d was told %d times", lengths, index, n)
			}
		}
		if rare := sums[len(sums)-1]["energyrefusedno-right"]; rare == 0 && seed == 0 {
			t.Error("the rare outcome was never told, though enough people came together")
		}
	}
}

// A day that was released is not released again with one more case in it.
func TestNoDayIsReleasedTwice(t *testing.T) {
	w := invent(3, 40)
	list := w.releases(t, 40, 10)
	var s State
	for _, r := range list[:3] {
		if err := s.Add(r); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Add(list[2]); aiqyn.KindOf(err) != aiqyn.Invalid {
		t.Errorf("the same release again: %v", err)
	}
	late := w.until(first.AddDays(29), &s) // nothing new can be told of a day that is over
	late.To = first.AddDays(30)
	r, err := Build(late)
	if err != nil {
		t.Fatal(err)
	}
	if len(r.Groups) > 0 {
		t.Errorf("%d groups of days that were released before", len(r.Groups))
	}
}

func TestSensitiveServicesAreCountedOnly(t *testing.T) {
	w := invent(4, 31)
	r := w.releases(t, 31, 31)[0]
	counted := false
	for _, g := range r.Groups {
		if g.Decided["service"] == "benefit" {
			t.Fatal("a leaf of a sensitive service is opened")
		}
	}
	for _, c := range r.Counts {
		counted = counted || c.Service == "benefit"
	}
	if !counted {
		t.Error("the sensitive service is not counted either")
	}
}

// TestAReleaseThatWouldRevealSomebodyIsRefused alters a good release so that
// it would.
func TestAReleaseThatWouldRevealSomebodyIsRefused(t *testing.T) {
	w := invent(5, 60)
	good, err := w.releases(t, 60, 60)[0].Encode()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		what, want string
		alter      func(*Release)
	}{
		{"nothing", "", func(*Release) {}},
		{"a group of one", "error.release-reveals", func(r *Release) { r.Groups[0].Cases = r.Groups[0].Cases[:1] }},
		{"a group of nine", "error.release-reveals", func(r *Release) { r.Groups[0].Cases = r.Groups[0].Cases[:9] }},
		{"a count of one", "error.release-reveals", func(r *Release) { r.Counts[0].Cases = 1 }},
		{"a span of nine", "error.release-reveals", func(r *Release) {
			c := longCount(r)
			c.Days[0].Cases, c.Days[1].Cases = 9, c.Days[1].Cases+c.Days[0].Cases-9
		}},
		{"a span that counts more", "error.release-form", func(r *Release) { longCount(r).Days[0].Cases++ }},
		{"ten times the same leaf", "error.release-form", func(r *Release) {
			for i := range r.Groups[0].Cases {
				r.Groups[0].Cases[i] = r.Groups[0].Cases[0]
			}
		}},
		{"a smaller minimum", "error.release-form", func(r *Release) { r.Minimum = 2 }},
		{"the hour", "error.release-field", func(r *Release) { r.Groups[0].Decided["time"] = "2026-01-01T09:00:00.000000Z" }},
		{"the officer", "error.release-field", func(r *Release) { r.Groups[0].Decided["officer"] = "ab" }},
		{"the private part", "error.release-field", func(r *Release) { r.Groups[0].Filed["private"] = "ab" }},
		{"a label twice", "error.release-form", func(r *Release) { r.Counts = append(r.Counts, r.Counts[0]) }},
		{"a day that is not its own", "error.release-form", func(r *Release) { r.To = r.From }},
	} {
		r, err := Parse(good)
		if err != nil {
			t.Fatal(err)
		}
		c.alter(r)
		err = r.Check()
		var got string
		if e, ok := err.(*aiqyn.Error); ok {
			got = e.Key
		}
		if got != c.want {
			t.Errorf("%s: %v, want %q", c.what, err, c.want)
		}
		text, err := json.Marshal(r)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := Parse(text); (err == nil) != (c.want == "") {
			t.Errorf("%s: read as %v", c.what, err)
		}
	}
	r, err := Parse(good)
	if err != nil {
		t.Fatal(err)
	}
	if err := r.CheckPeople(w.at); err != nil {
		t.Errorf("of people: %v", err)
	}
	for what, of := range map[string]func(*Case){
		"one person's":            func(c *Case) { c.Person, c.Filer = "one", "one" },
		"one person's, by others": func(c *Case) { c.Person = "one" },
		"others', by one person":  func(c *Case) { c.Filer = "one" },
	} {
		as := func(index int64) *Case { c := *w.at(index); of(&c); return &c }
		if err := r.CheckPeople(as); aiqyn.KindOf(err) != aiqyn.Forbidden {
			t.Errorf("ten cases, %s: %v", what, err)
		}
	}
	r.Format = FormatCut
	if err := r.CheckPeople(func(index int64) *Case { c := *w.at(index); c.Filer = "one"; return &c }); err != nil {
		t.Errorf("of a form that counted applicants: %v", err)
	}
}

func longCount(r *Release) *Count {
	for i := range r.Counts {
		if len(r.Counts[i].Days) > 1 {
			return &r.Counts[i]
		}
	}
	panic("no count has two spans")
}

// Figures are sums anybody can make, and no quantile promises too much.
func TestFiguresHoldAgainstTheCases(t *testing.T) {
	const days = 90
	w := invent(6, days)
	f, err := Summarise(w.releases(t, days, 1))
	if err != nil {
		t.Fatal(err)
	}
	if f.Closed+f.Opened != f.Size || f.Opened == 0 || f.From != first {
		t.Errorf("%+v", f)
	}
	for _, s := range f.Services {
		var took []int
		for _, c := range w.cases {
			if c.DecidedAs[ledger.FieldService] == s.Service {
				took = append(took, c.days())
			}
		}
		slices.Sort(took)
		if s.Cases > len(took) || s.Cases < len(took)*9/10 {
			t.Errorf("%s: %d of %d cases are told", s.Service, s.Cases, len(took))
		}
		within := 0
		for _, d := range took {
			if d <= s.Median.N {
				within++
			}
		}
		if s.Median.More || within*2 < len(took)-2*(len(took)-s.Cases) {
			t.Errorf("%s: half are said to take %d days at most, %d of %d do", s.Service, s.Median.N, within, len(took))
		}
		if !s.P90.More && s.P90.N < s.Median.N {
			t.Errorf("%s: median %d, ninth decile %d", s.Service, s.Median.N, s.P90.N)
		}
	}
}

func TestQuantile(t *testing.T) {
	for _, c := range []struct {
		spans   []Span
		percent int
		want    Days
	}{
		{[]Span{{10, 0, 0}}, 50, Days{N: 0}},
		{[]Span{{10, 0, 3}, {10, 4, -1}}, 50, Days{N: 3}},
		{[]Span{{10, 0, 3}, {10, 4, -1}}, 51, Days{N: 3, More: true}},
		{[]Span{{10, 0, -1}}, 50, Days{N: -1, More: true}},
		{[]Span{{10, 4, 7}, {90, 1, 1}}, 90, Days{N: 1}},
		{[]Span{{10, 4, 7}, {90, 1, 1}}, 91, Days{N: 7}},
	} {
		n := 0
		for _, s := range c.spans {
			n += s.Cases
		}
		if got := quantile(c.spans, n, c.percent); got != c.want {
			t.Errorf("%v at %d: %v, want %v", c.spans, c.percent, got, c.want)
		}
	}
}

// FuzzParse: whatever is read as a release is written back the same, and tells
// of nobody alone.
func FuzzParse(f *testing.F) {
	w := invent(7, 12)
	var s State
	r, err := Build(w.until(first.AddDays(11), &s))
	if err != nil {
		f.Fatal(err)
	}
	text, err := r.Encode()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(text)
	f.Add([]byte(`{}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		r, err := Parse(b)
		if err != nil {
			return
		}
		again, err := r.Encode()
		if err != nil || !bytes.Equal(again, b) {
			t.Fatalf("written back as %s: %v", again, err)
		}
		for _, g := range r.Groups {
			if len(g.Cases) < Minimum {
				t.Fatal("a group is too small")
			}
		}
		_, _ = Summarise([]*Release{r})
	})
}
