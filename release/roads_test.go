package release

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"

	"aiqyn"
	"aiqyn/ledger"
)

// light is a world in which roads end: each took as long as its last part, and
// something before.
func light(seed uint64, days int) *world {
	w := &world{wholes: make(map[int64]Whole), leaves: make(map[int64]ledger.Hash)}
	r := rand.New(rand.NewPCG(seed, 7))
	k := kindOf{service: "energising", outcome: "granted", days: 70}
	for d := range days {
		for range r.IntN(4) {
			w.add(k, first.AddDays(d), r)
			c := &w.cases[len(w.cases)-1]
			c.Road = &Road{Service: "connection", Days: c.days()}
			if r.IntN(6) == 0 { // most begin with their last part
				c.Road.Days += r.IntN(30)
			}
			c.Road.Working = c.Road.Days * 5 / 7
			c.Road.Waits = Waits{Applicant: c.days(), Body: c.Road.Days - c.days()}
			if seed%2 == 0 {
				c.DecidedAs[ledger.FieldDistrict] = c.DecidedAs[ledger.FieldRegion] + []string{"10", "20"}[r.IntN(2)]
			}
		}
	}
	return w
}

// TestRoadsRevealNobody plays somebody who holds what is told of roads against what is
// told of their last parts: every part and span, and every difference of the two that
// is a set of cases, is of ten people or of nobody.
func TestRoadsRevealNobody(t *testing.T) {
	disentangled := false
	for seed := range uint64(12) {
		w := light(seed, 65)
		var s State
		for _, r := range w.releases(t, 65, 30, 1, 5) {
			for i := range r.Counts {
				c := &r.Counts[i]
				var all []*Case
				for j := range w.cases {
					if x := &w.cases[j]; x.label() == c.label() && !x.Decided.Before(c.From) && !x.Decided.After(c.To) && !r.opens(x.Index) && !s.Has(x.Index) {
						all = append(all, x)
					}
				}
				disentangled = w.holdRoads(t, c, all) || disentangled
			}
			if err := s.Add(r); err != nil {
				t.Fatal(err)
			}
		}
	}
	if !disentangled {
		t.Error("nothing would have singled anybody out: the test sees nothing")
	}
}

func (r *Release) opens(index int64) bool {
	return slices.ContainsFunc(r.Groups, func(g Group) bool {
		return slices.ContainsFunc(g.Cases, func(o Opened) bool { return o.Decided.Index == index })
	})
}

// holdRoads holds the parts of a count against the cases behind it. It reports whether
// spans as they come would have told of fewer than ten.
func (w *world) holdRoads(t *testing.T, c *Count, all []*Case) (tangled bool) {
	t.Helper()
	if len(c.Roads) == 0 || c.Roads[0].By != "" {
		t.Fatalf("a count of %d tells of no road", c.Cases)
	}
	whole := c.Roads[0].Days
	for _, by := range []string{"", ByMonth, ByDistrict} {
		parts := slices.DeleteFunc(slices.Clone(c.Roads), func(p RoadPart) bool { return p.By != by })
		if len(parts) == 0 {
			continue
		}
		partOf := make(map[*Case]int) // the finest that it can be in
		for i, p := range parts {
			for _, x := range all {
				in := (p.Month == "" || p.Month == x.month()) && (p.Region == "" || p.Region == x.DecidedAs[ledger.FieldRegion]) && (p.District == "" || p.District == x.DecidedAs[ledger.FieldDistrict])
				if was, ok := partOf[x]; in && (!ok || len(p.key()) > len(parts[was].key())) {
					partOf[x] = i
				}
			}
		}
		for i, p := range parts {
			for _, s := range p.Days {
				var in []*Case
				for x, at := range partOf {
					if at == i && x.Road.Days >= s.From && (s.To < 0 || x.Road.Days <= s.To) {
						in = append(in, x)
					}
				}
				if people(in) < Minimum || len(in) != s.Cases {
					t.Errorf("%+v: %d people stand behind days %d to %d", p, people(in), s.From, s.To)
				}
			}
		}
		hold := func(spans []Span, days func(*Case) int) {
			for _, span := range spans {
				if n := between(all, span.To, days, func(x *Case) int { return endWithin(parts[partOf[x]].Days, span.To) }); n > 0 && n < Minimum {
					t.Errorf("by %q, %d people are within %d days, and in no span of them", by, n, span.To)
				}
				plain := spansBy(all, (*Case).roadDays, roadEdges)
				n := between(all, span.To, days, func(*Case) int { return endWithin(plain, span.To) })
				tangled = tangled || n > 0 && n < Minimum
			}
		}
		hold(c.Days, (*Case).days)
		hold(whole, (*Case).roadDays)
	}
	return tangled
}

// between counts the people within a day whose road is beyond the last end up to it.
func between(all []*Case, day int, days, end func(*Case) int) int {
	var list []*Case
	for _, x := range all {
		if day >= 0 && days(x) <= day && x.Road.Days > end(x) {
			list = append(list, x)
		}
	}
	return people(list)
}

// TestRoadsThatReveal: whatever tells of fewer than ten, or not of all, is refused,
// whoever made it.
func TestRoadsThatReveal(t *testing.T) {
	w := light(3, 65)
	var r *Release
	for _, x := range w.releases(t, 65, 30, 1, 5) {
		if len(x.Counts) > 0 {
			r = x
		}
	}
	under := make([]Underway, 25)
	for i := range under {
		under[i] = Underway{Service: "connection", Person: fmt.Sprint(i), Filer: fmt.Sprint(i), Days: i * 4}
	}
	r.Running = running(under, true)
	if len(r.Running) != 1 || r.Running[0].Cases != 20 {
		t.Fatalf("25 are under way, told is %+v", r.Running)
	}
	// Nine more of one of them bring no span nearer to the next ten.
	more := slices.Clone(under)
	for range 9 {
		more = append(more, under[12])
	}
	if got := running(more, true); !reflect.DeepEqual(got, r.Running) {
		t.Errorf("with nine more of one person's, told is %+v", got)
	}
	if got := running(more, false); reflect.DeepEqual(got, r.Running) {
		t.Errorf("counted by roads they change nothing: the test sees nothing")
	}
	if err := r.Check(); err != nil {
		t.Fatal(err)
	}
	data, err := r.Encode()
	if err != nil {
		t.Fatal(err)
	}
	for what, alter := range map[string]func(*Release){
		"a part of nine":         func(x *Release) { x.Counts[0].Roads[0].Cases = 9 },
		"a case too many":        func(x *Release) { x.Counts[0].Roads[0].Cases++; x.Counts[0].Roads[0].Days[0].Cases++ },
		"a part twice":           func(x *Release) { x.Counts[0].Roads = append(x.Counts[0].Roads, x.Counts[0].Roads[0]) },
		"an end of its own":      func(x *Release) { x.Counts[0].Roads[0].Days[0].To = 33 },
		"a month that is none":   func(x *Release) { x.Counts[0].Roads[0].Month = "2026-13" },
		"more working days":      func(x *Release) { x.Counts[0].Roads[0].Working = x.Counts[0].Roads[0].Waits.Sum() + 1 },
		"a wait below nothing":   func(x *Release) { x.Counts[0].Roads[0].Waits.State = -1 },
		"under way to the case":  func(x *Release) { x.Running[0].Days[0].Cases++; x.Running[0].Cases++ },
		"roads in the old form":  func(x *Release) { x.Format = FormatCases },
		"months of one thing":    func(x *Release) { x.Counts[0].Roads[len(x.Counts[0].Roads)-1].By = "" },
		"days that single out":   func(x *Release) { x.Counts[0].Roads = singled(x.Counts[0]) },
		"fewer roads than cases": func(x *Release) { x.Counts[0].Roads = x.Counts[0].Roads[1:] },
	} {
		x, err := Parse(data)
		if err != nil {
			t.Fatal(err)
		}
		alter(x)
		if err := x.Check(); aiqyn.KindOf(err) != aiqyn.Invalid && aiqyn.KindOf(err) != aiqyn.Forbidden {
			t.Errorf("%s: %v", what, err)
		}
	}
}

// singled tells of a count's roads that one case within the count's first end took
// longer.
func singled(c Count) []RoadPart {
	first := c.Days[0]
	at := slices.IndexFunc(roadEdges, func(e int) bool { return e > first.To }) - 1
	return []RoadPart{{Cases: c.Cases, Service: "connection", Days: []Span{{first.Cases - 1, 0, roadEdges[at]}, {c.Cases - first.Cases + 1, roadEdges[at] + 1, -1}}}}
}
