package beacon

import (
	"fmt"
	"math/rand"
	"reflect"
	"slices"
	"testing"
	"time"

	"aiqyn"
)

var genesis = time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)

// practice is the source of the statistical tests; its seed is fixed, so they
// either always pass or never.
func practice() *Practice { return NewPractice([32]byte{1: 7}, genesis, time.Second) }

func drawOf(p *Practice, i int) Draw {
	r := p.Round(uint64(i + 1))
	return Draw{Beacon: p.Name(), Round: r.Number, Value: r.Value,
		Object: fmt.Sprintf("99-999-001-%04d", i), Service: "energy.connection", Step: "survey"}
}

func rosterOf(n int) []Candidate {
	roster := make([]Candidate, n)
	for i := range roster {
		roster[i].Officer = aiqyn.OfficerID(fmt.Sprintf("surveyor-%02d", i+1))
	}
	return roster
}

// chiSquare measures how far counts lie from what is expected.
func chiSquare(counts []int, expected float64) float64 {
	sum := 0.0
	for _, n := range counts {
		d := float64(n) - expected
		sum += d * d / expected
	}
	return sum
}

// TestDrawIsUniform: with equal loads each of 7 officers is equally likely.
// Under chance chi-square with 6 degrees of freedom lies in 0.17…27.9 but once
// in ten thousand on either side; too even would be as wrong as too uneven.
func TestDrawIsUniform(t *testing.T) {
	const draws, officers = 10_000, 7
	p, roster := practice(), rosterOf(officers)
	counts := make([]int, officers)
	for i := range draws {
		pick, err := drawOf(p, i).Pick(roster)
		if err != nil {
			t.Fatal(err)
		}
		if pick.Eligible != officers || !pick.Blind {
			t.Fatalf("%+v", pick)
		}
		counts[indexOf(roster, pick.Officer)]++
	}
	if x := chiSquare(counts, float64(draws)/officers); x < 0.17 || x > 27.9 {
		t.Errorf("chi-square %.2f over %v", x, counts)
	}
}

func indexOf(roster []Candidate, o aiqyn.OfficerID) int {
	return slices.IndexFunc(roster, func(c Candidate) bool { return c.Officer == o })
}

// TestDrawBalances feeds each pick back as load: nobody is ever more than two
// cases ahead, and among the eligible each place is still equally likely.
func TestDrawBalances(t *testing.T) {
	const draws, officers = 10_000, 7
	p, roster := practice(), rosterOf(officers)
	ranks := map[int][]int{} // by number of eligible: how often each place won
	for i := range draws {
		pick, err := drawOf(p, i).Pick(roster)
		if err != nil {
			t.Fatal(err)
		}
		least := slices.MinFunc(roster, func(a, b Candidate) int { return a.Load - b.Load }).Load
		rank, eligible := 0, 0
		for _, c := range roster {
			if c.Load > least+1 {
				continue
			}
			if c.Officer == pick.Officer {
				rank = eligible
			}
			eligible++
		}
		if eligible != pick.Eligible || pick.Blind != (eligible >= 3) {
			t.Fatalf("%d eligible: %+v", eligible, pick)
		}
		if ranks[eligible] == nil {
			ranks[eligible] = make([]int, eligible)
		}
		ranks[eligible][rank]++
		roster[indexOf(roster, pick.Officer)].Load++
		most := slices.MaxFunc(roster, func(a, b Candidate) int { return a.Load - b.Load }).Load
		if least = slices.MinFunc(roster, func(a, b Candidate) int { return a.Load - b.Load }).Load; most-least > 2 {
			t.Fatalf("draw %d: loads from %d to %d", i, least, most)
		}
	}
	// 99.99 % points of chi-square with 1 to 6 degrees of freedom.
	limit := []float64{0, 15.1, 18.4, 21.1, 23.5, 25.7, 27.9}
	for eligible, counts := range ranks {
		total := 0
		for _, n := range counts {
			total += n
		}
		if eligible < 2 || total < 50*eligible {
			continue
		}
		if x := chiSquare(counts, float64(total)/float64(eligible)); x > limit[eligible-1] {
			t.Errorf("%d eligible: chi-square %.1f over %v", eligible, x, counts)
		}
	}
}

// TestDrawKnowsNoApplicant: the input of a draw is these fields and the
// roster. Whoever adds one must show that an applicant cannot choose it.
func TestDrawKnowsNoApplicant(t *testing.T) {
	var fields []string
	for _, typ := range []reflect.Type{reflect.TypeFor[Draw](), reflect.TypeFor[Candidate]()} {
		for i := range typ.NumField() {
			fields = append(fields, typ.Field(i).Name)
		}
	}
	want := []string{"Beacon", "Round", "Value", "Object", "Service", "Step", "Nonce", "Officer", "Load"}
	if !slices.Equal(fields, want) {
		t.Errorf("fields %v, want %v", fields, want)
	}
}

func TestDrawIgnoresTheOrderOfTheRoster(t *testing.T) {
	p, roster := practice(), rosterOf(9)
	for i := range roster {
		roster[i].Load = i % 3
	}
	random := rand.New(rand.NewSource(1))
	for i := range 200 {
		want, err := drawOf(p, i).Pick(roster)
		if err != nil {
			t.Fatal(err)
		}
		shuffled := slices.Clone(roster)
		random.Shuffle(len(shuffled), func(i, j int) { shuffled[i], shuffled[j] = shuffled[j], shuffled[i] })
		before := slices.Clone(shuffled)
		got, err := drawOf(p, i).Pick(shuffled)
		if err != nil || got != want {
			t.Fatalf("got %+v %v, want %+v", got, err, want)
		}
		if !slices.Equal(before, shuffled) {
			t.Fatal("the caller's roster was changed")
		}
	}
}

// TestDrawDependsOnEveryField: whatever is changed, the digest changes; and
// moving a letter from one field to the next is a change.
func TestDrawDependsOnEveryField(t *testing.T) {
	base := drawOf(practice(), 0)
	roster := rosterOf(5)
	seen := map[string]string{}
	for name, change := range map[string]func(*Draw, []Candidate){
		"nothing":  func(*Draw, []Candidate) {},
		"beacon":   func(d *Draw, _ []Candidate) { d.Beacon = "pair" },
		"round":    func(d *Draw, _ []Candidate) { d.Round++ },
		"value":    func(d *Draw, _ []Candidate) { d.Value[31] ^= 1 },
		"object":   func(d *Draw, _ []Candidate) { d.Object += "e" },
		"service":  func(d *Draw, _ []Candidate) { d.Service = "e" + d.Service },
		"boundary": func(d *Draw, _ []Candidate) { d.Object += "e"; d.Service = d.Service[1:] },
		"step":     func(d *Draw, _ []Candidate) { d.Step = "conditions" },
		"nonce":    func(d *Draw, _ []Candidate) { d.Nonce = 1 },
		"load":     func(_ *Draw, r []Candidate) { r[0].Load = 1 },
		"officer":  func(_ *Draw, r []Candidate) { r[0].Officer = "surveyor-99" },
	} {
		d, r := base, slices.Clone(roster)
		change(&d, r)
		pick, err := d.Pick(r)
		if err != nil {
			t.Fatal(err)
		}
		if other, ok := seen[pick.Digest]; ok {
			t.Errorf("%s and %s have one digest", name, other)
		}
		seen[pick.Digest] = name
	}
}

// TestDrawIsPinned holds the draw to what it has always given: cases decided
// years ago are recomputed with this code.
func TestDrawIsPinned(t *testing.T) {
	pick, err := drawOf(practice(), 0).Pick(rosterOf(5))
	if err != nil {
		t.Fatal(err)
	}
	want := Pick{Officer: "surveyor-04", Eligible: 5, Blind: true,
		Digest: "70d1e6df2391f1b7f5acf24b11da6de900f6d84aee93516d733cfb98ad61a2b7"}
	if pick != want {
		t.Errorf("got %+v, want %+v", pick, want)
	}
}

func TestDrawRefusesABadRoster(t *testing.T) {
	for name, test := range map[string]struct {
		roster []Candidate
		kind   aiqyn.ErrorKind
	}{
		"empty":         {nil, aiqyn.Conflict},
		"twice":         {[]Candidate{{"a", 0}, {"b", 0}, {"a", 1}}, aiqyn.Invalid},
		"no name":       {[]Candidate{{"", 0}}, aiqyn.Invalid},
		"negative load": {[]Candidate{{"a", -1}}, aiqyn.Invalid},
	} {
		if _, err := drawOf(practice(), 0).Pick(test.roster); aiqyn.KindOf(err) != test.kind {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

func TestSmallPoolsAreNotBlind(t *testing.T) {
	for n, want := range map[int]bool{1: false, 2: false, 3: true} {
		pick, err := drawOf(practice(), 0).Pick(rosterOf(n))
		if err != nil || pick.Blind != want {
			t.Errorf("%d officers: %+v %v", n, pick, err)
		}
	}
	// Five officers of whom only one is free enough are no blind pool.
	roster := rosterOf(5)
	for i := range roster {
		roster[i].Load = 9
	}
	roster[2].Load = 1
	pick, err := drawOf(practice(), 0).Pick(roster)
	if err != nil || pick.Blind || pick.Eligible != 1 || pick.Officer != "surveyor-03" {
		t.Errorf("%+v %v", pick, err)
	}
}

func BenchmarkPick(b *testing.B) {
	d, roster := drawOf(practice(), 0), rosterOf(30)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := d.Pick(roster); err != nil {
			b.Fatal(err)
		}
	}
}

func ExampleDraw_Pick() {
	source := NewPractice([32]byte{}, genesis, time.Second)
	filed := genesis.Add(90 * time.Minute)
	round := source.Round(source.At(filed)) // not known to anybody when the case was filed
	pick, _ := Draw{
		Beacon: source.Name(), Round: round.Number, Value: round.Value,
		Object: "99-999-001-0042", Service: "energy.connection", Step: "survey",
	}.Pick([]Candidate{{"surveyor-01", 3}, {"surveyor-02", 2}, {"surveyor-03", 2}, {"surveyor-04", 7}})
	fmt.Println(pick.Eligible, "eligible, blind:", pick.Blind)
	// Output: 3 eligible, blind: true
}
