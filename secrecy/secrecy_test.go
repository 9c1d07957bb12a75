package secrecy

import (
	"math/rand/v2"
	"testing"

	"aiqyn"
	"aiqyn/deadline"
	"aiqyn/tile"
)

func day(t *testing.T, s string) deadline.Date {
	t.Helper()
	d, err := deadline.ParseDate(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// A class needs its ground, its item of the list, its item of the road map, its end
// within five years and its reviewer.
func TestAClassSaysWhyAndUntilWhen(t *testing.T) {
	today := day(t, "2026-11-29")
	good := Classification{Subject{Capacity, Peak}, Closed, "V1500010403, 5", day(t, "2026-11-02"), "12", "3.1", day(t, "2027-05-01"), "secrecy-01"}
	for name, c := range map[string]struct {
		change func(*Classification)
		field  string
	}{
		"whole":       {func(*Classification) {}, ""},
		"no ground":   {func(c *Classification) { c.Ground = "" }, "ground"},
		"no date":     {func(c *Classification) { c.Issued = deadline.Date{} }, "issued"},
		"to come":     {func(c *Classification) { c.Issued = today.AddDays(1) }, "issued"},
		"of today":    {func(c *Classification) { c.Issued = today }, ""},
		"no item":     {func(c *Classification) { c.Item = "" }, "item"},
		"no road map": {func(c *Classification) { c.Roadmap = "" }, "roadmap"},
		"no reviewer": {func(c *Classification) { c.Reviewer = "" }, "reviewer"},
		"no end":      {func(c *Classification) { c.Until = deadline.Date{} }, "until"},
		"over today":  {func(c *Classification) { c.Until = today }, "until"},
		"for ever":    {func(c *Classification) { c.Until = day(t, "2040-01-01") }, "until"},
		"of nothing":  {func(c *Classification) { c.Subject = Subject{Lines, Free} }, "subject"},
		"no class":    {func(c *Classification) { c.Class = "hidden" }, "class"},
		"to open":     {func(c *Classification) { *c = Classification{Subject: c.Subject, Class: Exact, Ground: "x"} }, ""},
	} {
		one := good
		c.change(&one)
		field := ""
		if err := one.Check(today); err != nil {
			field = err.(*aiqyn.Error).Field
		}
		if field != c.field {
			t.Errorf("%s: %q is at fault, want %q", name, field, c.field)
		}
	}
}

// To hide, to hide more and to hide for longer takes two, on a ground that is not the
// last one again, and not older; whatever shows more, or sooner, takes one.
func TestARenewalTakesTwoAndAFreshGround(t *testing.T) {
	today := day(t, "2026-11-29")
	is := Classification{Subject: Subject{Capacity, Peak}, Class: Generalised, Ground: "order 7", Issued: day(t, "2026-11-02"), Until: day(t, "2027-05-01")}
	all := []Dated{{Classification: is, Entry: 1}}
	for name, c := range map[string]struct {
		change func(*Classification)
		two    bool
		fresh  string // the field at fault
	}{
		"the same again":      {func(c *Classification) {}, false, "ground"},
		"more":                {func(c *Classification) { c.Class = Closed }, true, "ground"},
		"longer":              {func(c *Classification) { c.Until = c.Until.AddDays(1) }, true, "ground"},
		"sooner":              {func(c *Classification) { c.Until = c.Until.AddDays(-1) }, false, "ground"},
		"open":                {func(c *Classification) { c.Class = Exact }, false, "ground"},
		"another subject":     {func(c *Classification) { c.Attribute = Free }, true, "ground"},
		"longer, another act": {func(c *Classification) { c.Until, c.Ground = c.Until.AddDays(1), "order 8" }, true, ""},
		"longer, a later act": {func(c *Classification) { c.Until, c.Issued = c.Until.AddDays(1), c.Issued.AddDays(1) }, true, ""},
		"longer, an older": {func(c *Classification) {
			c.Until, c.Ground, c.Issued = c.Until.AddDays(1), "order 6", c.Issued.AddDays(-1)
		}, true, "issued"},
	} {
		one := is
		c.change(&one)
		if got := InForce(all, today).TakesTwo(one); got != c.two {
			t.Errorf("%s: takes two: %v", name, got)
		}
		field := ""
		if err := one.Fresh(is); err != nil {
			field = err.(*aiqyn.Error).Field
		}
		if field != c.fresh {
			t.Errorf("%s: %q is at fault, want %q", name, field, c.fresh)
		}
	}
	later := is.Until.AddDays(1)
	if !InForce(all, later).TakesTwo(is) {
		t.Error("what has ended is hidden again by one")
	}
	open := Dated{Classification: Classification{Subject: is.Subject, Class: Exact}, Entry: 2}
	if last, ok := Last(append(all, open), is.Subject); !ok || last.Entry != 1 {
		t.Errorf("the last that hid it is %v", last)
	}
}

// What comes later holds; what has ended does not, and what it had replaced does not
// come back.
func TestWhatIsInForce(t *testing.T) {
	a := Dated{Classification: Classification{Subject: Subject{Capacity, Peak}, Class: Closed, Until: day(t, "2030-01-01")}, Entry: 1}
	b := a
	b.Class, b.Until, b.Entry = Generalised, day(t, "2027-01-01"), 2
	open := a
	open.Class, open.Entry = Exact, 3
	for _, c := range []struct {
		all  []Dated
		on   string
		want Class
	}{
		{nil, "2026-11-29", Exact}, {[]Dated{a}, "2026-11-29", Closed}, {[]Dated{a, b}, "2026-11-29", Generalised}, {[]Dated{a, b}, "2027-01-01", Generalised},
		{[]Dated{a, b}, "2027-01-02", Exact}, {[]Dated{a, open}, "2026-11-29", Exact}, {[]Dated{open, a}, "2026-11-29", Closed},
	} {
		if got := InForce(c.all, day(t, c.on)).Of(Capacity, Peak); got != c.want {
			t.Errorf("%v on %s: %s, want %s", c.all, c.on, got, c.want)
		}
	}
}

// Of rated, free and peak two give the third: never is one of them hidden alone.
func TestTwoFiguresDoNotGiveAwayTheThird(t *testing.T) {
	for _, c := range []struct{ rated, free, peak, wantRated, wantFree, wantPeak Class }{
		{Exact, Exact, Exact, Exact, Exact, Exact}, {Closed, Exact, Exact, Closed, Exact, Closed}, {Exact, Generalised, Exact, Exact, Generalised, Generalised},
		{Exact, Exact, Closed, Closed, Exact, Closed}, {Closed, Exact, Generalised, Closed, Exact, Generalised}, {Exact, Closed, Generalised, Exact, Closed, Generalised},
	} {
		p := Policy{}
		for s, class := range map[Subject]Class{{Transformers, Rated}: c.rated, {Capacity, Free}: c.free, {Capacity, Peak}: c.peak} {
			if class != Exact {
				p[s] = Dated{Classification: Classification{Subject: s, Class: class}}
			}
		}
		rated, free, peak := p.Effective(Transformers)
		if rated != c.wantRated || free != c.wantFree || peak != c.wantPeak {
			t.Errorf("%v: %s, %s, %s", c, rated, free, peak)
		}
	}
}

// Each asset is in one cell, each cell has at least K.
func TestCells(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 5))
	for _, n := range []int{0, 1, K - 1, K, 40, 3000} {
		places := make([]tile.World, n)
		for i := range places {
			places[i] = tile.At(71+r.NormFloat64(), 51+r.NormFloat64())
		}
		seen := make([]int, n)
		cells := Cells(places)
		for _, c := range cells {
			if len(c.Members) < K {
				t.Errorf("of %d: a cell of %d", n, len(c.Members))
			}
			for _, m := range c.Members {
				seen[m]++
				if places[m].Tile(c.Z) != c.Address {
					t.Errorf("of %d: an asset outside its cell", n)
				}
			}
			if c.Middle().Tile(c.Z) != c.Address {
				t.Errorf("the middle of %v lies in %v", c.Address, c.Middle().Tile(c.Z))
			}
		}
		for i, times := range seen {
			if want := min(1, n/K); times != want {
				t.Fatalf("of %d: asset %d is in %d cells", n, i, times)
			}
		}
		if n == 3000 && len(cells) < 50 {
			t.Errorf("%d cells of 3000 assets", len(cells))
		}
	}
}

func TestBands(t *testing.T) {
	for largest, want := range map[int64]int64{0: 1_000_000, 400_000: 1_000_000, 1_000_000: 2_500_000, 25_000_000: 50_000_000, 2_000_000_000: 4_000_000_000} {
		if got := Width(largest); got != want {
			t.Errorf("up to %d: bands of %d", largest, got)
		}
	}
	if b := BandOf(3_700_000, 1_000_000); b != (Band{3_000_000, 4_000_000}) {
		t.Errorf("%v", b)
	}
	if b := BandOf(-1, 1000); b != (Band{0, 1000}) {
		t.Errorf("%v", b)
	}
	if b := CountBand(13); b != (Band{10, 15}) {
		t.Errorf("%v", b)
	}
}

func FuzzParseSubject(f *testing.F) {
	f.Add("capacity.free")
	f.Fuzz(func(t *testing.T, s string) {
		if got, ok := ParseSubject(s); ok && got.String() != s {
			t.Errorf("%q is read as %q", s, got)
		}
	})
}
