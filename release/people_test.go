package release

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"aiqyn"
	"aiqyn/deadline"
	"aiqyn/ledger"
)

// TestPeopleBehindCases: what people counts is what is left to whoever knows the most of
// the cases, and one more; and with a case more it is as many or one more.
func TestPeopleBehindCases(t *testing.T) {
	several := 0
	for seed := range uint64(400) {
		r := rand.New(rand.NewPCG(seed, 3))
		var cases []*Case
		var plain []Case
		was := 0
		for range 40 {
			c := Case{Person: fmt.Sprint(r.IntN(18)), Filer: fmt.Sprint(r.IntN(18))}
			if r.IntN(3) > 0 {
				c.Filer = c.Person
			}
			cases, plain = append(cases, &c), append(plain, c)
			n := people(cases)
			if want := min(leastUnknown(plain)+1, sides(plain)); n != want {
				t.Fatalf("%+v: %d people, and without what one of them knows %d", plain, n, want-1)
			}
			if n != was && n != was+1 {
				t.Fatalf("%+v: with the last case %d people, without it %d", plain, n, was)
			}
			was = n
		}
		if was >= Minimum {
			several++
		}
	}
	if several < 100 {
		t.Errorf("only %d were of ten people: the test sees nothing", several)
	}
}

// leastUnknown plays everybody in turn: how many people are left behind cases without
// all those that one knows, on the side of the applicants or of those who filed, whichever
// is fewer.
func leastUnknown(cases []Case) int {
	everybody := map[string]bool{"nobody of them": true}
	for _, c := range cases {
		everybody[c.Person], everybody[c.Filer] = true, true
	}
	least := len(cases)
	for one := range everybody {
		applicants, filers := make(map[string]bool), make(map[string]bool)
		for _, c := range cases {
			if c.Person != one && c.Filer != one {
				applicants[c.Person], filers[c.Filer] = true, true
			}
		}
		least = min(least, len(applicants), len(filers))
	}
	return least
}

// sides is how many have applied, or how many have filed, whichever is fewer.
func sides(cases []Case) int {
	applicants, filers := make(map[string]bool), make(map[string]bool)
	for _, c := range cases {
		applicants[c.Person], filers[c.Filer] = true, true
	}
	return min(len(applicants), len(filers))
}

// TestNineOfOneBesideAnother plays who makes cases that are alike beside one of somebody
// else's, in all ways that one person can: nothing is told until ten who are not they have
// come together.
func TestNineOfOneBesideAnother(t *testing.T) {
	name := func(i int) string { return fmt.Sprint("other ", i) }
	for what, of := range map[string]func(c *Case, i int){
		"for themselves": func(c *Case, _ int) { c.Person, c.Filer = "one", "one" },
		"for others":     func(c *Case, i int) { c.Person, c.Filer = name(i), "one" },
		"by others":      func(c *Case, i int) { c.Person, c.Filer = "one", name(i) },
		"for others and by others": func(c *Case, i int) {
			c.Person, c.Filer = [...]string{"one", name(i)}[i%2], [...]string{name(i), "one"}[i%2]
		},
	} {
		for others := 1; others <= Minimum; others++ {
			w := invent(1, 1)
			w.cases = w.cases[:0]
			r := rand.New(rand.NewPCG(1, 1))
			for i := range 40 + others {
				w.add(kinds[0], first, r)
				c := &w.cases[i]
				c.Person, c.Filer = fmt.Sprint("victim ", i), fmt.Sprint("victim ", i)
				if i < 40 {
					of(c, i)
				}
				c.DecidedAs = w.cases[0].DecidedAs
			}
			for i := range w.cases { // alike in all that is opened
				whole := w.wholes[w.cases[i].Index]
				tag := whole.Decided.Fields[ledger.FieldCase]
				whole.Decided.Fields = w.cases[i].DecidedAs
				whole.Decided.Fields[ledger.FieldCase] = tag
				w.wholes[w.cases[i].Index] = whole
			}
			rel, err := Build(w.until(first, new(State)))
			if err != nil {
				t.Fatal(err)
			}
			if told := len(rel.Groups) > 0; told != (others >= Minimum-1) {
				t.Errorf("forty %s beside %d of others': told %v", what, others, told)
			}
			w2 := w.until(deadline.Date{Year: 2026, Month: 1, Day: 31}, new(State))
			for i := range w2.Cases {
				w2.Cases[i].CountsOnly = true
			}
			if rel, err = Build(w2); err != nil {
				t.Fatal(err)
			}
			if told := len(rel.Counts) > 0; told != (others >= Minimum-1) {
				t.Errorf("forty %s beside %d of others': counted %v", what, others, told)
			}
		}
	}
}

// TestAReleaseGoesOnInTheNewForm: what was told by the rule of before stays told, what
// waited by it is told by the new one, and then none follows in the old.
func TestAReleaseGoesOnInTheNewForm(t *testing.T) {
	w := invent(9, 70)
	var s State
	day := first.AddDays(20)
	in := w.until(day, &s)
	in.Format = FormatCut
	old, err := Build(in)
	if err != nil || old.Format != FormatCut {
		t.Fatal(old, err)
	}
	if err := s.Add(old); err != nil {
		t.Fatal(err)
	}
	if again, err := Parse(mustEncode(t, old)); err != nil || again.Format != FormatCut {
		t.Fatal(again, err)
	}
	r, err := Build(w.until(first.AddDays(60), &s))
	if err != nil || r.Format != Format || len(r.Groups) == 0 || len(r.Counts) == 0 {
		t.Fatalf("%+v, %v", r, err)
	}
	was := s.Opened()
	if err := s.Add(r); err != nil {
		t.Fatal(err)
	}
	if r.Closed != r.Size-was-r.leaves() {
		t.Errorf("closed %d of %d", r.Closed, r.Size)
	}
	for _, format := range []string{FormatCases, FormatRoads, FormatCut} {
		late := w.until(first.AddDays(65), &s)
		late.Format = format
		late.Underway = nil
		next, err := Build(late)
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Clone().Add(next); aiqyn.KindOf(err) != aiqyn.Invalid {
			t.Errorf("one of %s follows: %v", format, err)
		}
	}
}

func mustEncode(t *testing.T, r *Release) []byte {
	t.Helper()
	text, err := r.Encode()
	if err != nil {
		t.Fatal(err)
	}
	return text
}
