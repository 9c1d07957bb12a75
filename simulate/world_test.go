package simulate

import (
	"crypto/sha256"
	"encoding/json"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"aiqyn"
	"aiqyn/registry"
)

var today = time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC)

// worlds are those of a seed alone that tests have asked for: nobody alters one.
var worlds = map[uint64]*World{}

// world is the world of a seed, made once for all tests.
func world(t testing.TB, seed uint64) *World {
	t.Helper()
	if worlds[seed] == nil {
		worlds[seed] = generate(t, Config{Seed: seed})
	}
	return worlds[seed]
}

// generate makes a world or fails.
func generate(t testing.TB, cfg Config) *World {
	t.Helper()
	cfg.Today = today
	w, err := Generate(cfg, nil)
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func hash(t *testing.T, v any) [32]byte {
	t.Helper()
	data, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return sha256.Sum256(data)
}

func TestSameSeedSameBytes(t *testing.T) {
	cfg := Config{Seed: 7, People: 1200}
	a, b := generate(t, cfg), generate(t, cfg)
	if hash(t, a) != hash(t, b) {
		t.Error("the same seed gave two worlds")
	}
	if hash(t, slices.Collect(a.History(150))) != hash(t, slices.Collect(b.History(150))) {
		t.Error("the same world has two pasts")
	}
	cfg.Seed = 8
	if other := generate(t, cfg); hash(t, a.People) == hash(t, other.People) || hash(t, a.Network) == hash(t, other.Network) {
		t.Error("another seed gave the same world")
	}
}

func TestSizes(t *testing.T) {
	for _, people := range []int{minPeople, 2500, 0} {
		w := generate(t, Config{Seed: 3, People: people})
		want := people
		if want == 0 {
			want = defaultPeople
		}
		if len(w.People) != want || len(w.Addresses) != want {
			t.Errorf("%d people: %d rows, %d addresses", want, len(w.People), len(w.Addresses))
		}
		if len(w.Rights) != len(w.Parcels) {
			t.Errorf("%d parcels with %d rights", len(w.Parcels), len(w.Rights))
		}
		homeless := 0
		for _, p := range w.lives {
			if use := w.lots[p.lot].use; use != Dwelling && use != Flats {
				homeless++
			}
		}
		if homeless > 0 {
			t.Errorf("%d people live where nobody can", homeless)
		}
	}
	for _, people := range []int{minPeople - 1, maxPeople + 1, -5} {
		if _, err := Generate(Config{People: people, Today: today}, nil); aiqyn.KindOf(err) != aiqyn.Invalid {
			t.Errorf("%d people: %v", people, err)
		}
	}
}

func TestProgressEnds(t *testing.T) {
	var said []string
	last := -1
	_, err := Generate(Config{People: minPeople, Today: today}, func(done, total int, what string) {
		if done != last+1 || total != len(stages) {
			t.Errorf("progress %d of %d after %d", done, total, last)
		}
		last, said = done, append(said, what)
	})
	if err != nil || last != len(stages) || said[0] != "simulate.people" {
		t.Errorf("progress %v, err %v", said, err)
	}
}

func TestPeople(t *testing.T) {
	w := world(t, 1)
	seen, phones := make(map[aiqyn.PersonID]bool), make(map[string]bool)
	for i, p := range w.People {
		n, err := registry.ParseIIN(string(p.IIN), true)
		if err != nil || seen[p.IIN] || day(n.Born()) != p.Born {
			t.Fatalf("IIN %s born %s: %v, seen %v", p.IIN, p.Born, err, seen[p.IIN])
		}
		if _, err := registry.ParseIIN(string(p.IIN), false); err == nil {
			t.Fatalf("IIN %s could be somebody's", p.IIN)
		}
		seen[p.IIN] = true
		if p.Phone != "" {
			if _, err := registry.ParsePhone(p.Phone); err != nil || phones[p.Phone] || !strings.HasPrefix(p.Phone, "+77000") {
				t.Fatalf("phone %s: %v", p.Phone, err)
			}
			phones[p.Phone] = true
		}
		if p.Name.Last == "" || p.Name.First == "" || p.Name.Middle == "" {
			t.Fatalf("name %+v", p.Name)
		}
		a := w.Addresses[i]
		if a.Person != p.IIN || a.Street == "" || a.House == "" || a.Since < p.Born || a.Since > day(today) {
			t.Fatalf("address %+v of %+v", a, p)
		}
	}
	if len(phones) == 0 || len(w.Businesses) == 0 {
		t.Errorf("%d people have a telephone, and there are %d companies", len(phones), len(w.Businesses))
	}
	for _, b := range w.Businesses {
		if _, err := registry.ParseBIN(string(b.BIN), true); err != nil || seen[b.BIN] || !seen[b.Head] {
			t.Fatalf("company %+v: %v", b, err)
		}
		seen[b.BIN] = true
	}
}

func TestParcels(t *testing.T) {
	w := world(t, 1)
	numbers, doors := make(map[string]bool), make(map[string]bool)
	for i, p := range w.Parcels {
		if _, err := registry.ParseCadastral(p.Number, true); err != nil || numbers[p.Number] {
			t.Fatalf("parcel %s: %v", p.Number, err)
		}
		numbers[p.Number] = true
		if p.Address == "" || doors[p.Address] {
			t.Fatalf("parcel %s has the address %q of another", p.Number, p.Address)
		}
		doors[p.Address] = true
		if p.Area < 300 || p.Area > 9000 {
			t.Errorf("parcel %s of %d m²", p.Number, p.Area)
		}
		if p.Lat < 50.8 || p.Lat > 51.1 || p.Lon < 70.8 || p.Lon > 71.2 {
			t.Errorf("parcel %s lies at %f, %f", p.Number, p.Lat, p.Lon)
		}
		street := w.Streets[w.lots[i].street]
		if d := distance(w.lots[i].front, street.Axis); d > street.Width/2+6 {
			t.Errorf("parcel %s is %.1f m from the middle of %s", p.Number, d, street.Name.EN)
		}
	}
	if a, b, found := overlap(w.lots); found {
		t.Errorf("parcels %s and %s overlap", a, b)
	}
}

func TestRights(t *testing.T) {
	w := world(t, 1)
	from := make(map[aiqyn.PersonID]string)
	for _, p := range w.People {
		born, _ := time.Parse(time.DateOnly, p.Born)
		from[p.IIN] = day(born.AddDate(18, 0, 0))
	}
	for _, b := range w.Businesses {
		from[b.BIN] = b.Registered
	}
	shared := 0
	for i, r := range w.Rights {
		if r.Parcel != w.Parcels[i].Number || len(r.Holders) == 0 {
			t.Fatalf("right %d: %+v", i, r)
		}
		whole := fraction(1, len(r.Holders)) // all shares are equal, so they make one
		once := make(map[aiqyn.PersonID]bool)
		for _, h := range r.Holders {
			able, known := from[h.Person]
			if h.Share != whole || !known || once[h.Person] || h.Since < able || h.Since > day(today) {
				t.Fatalf("parcel %s: holder %+v, could hold since %q", r.Parcel, h, able)
			}
			once[h.Person] = true
		}
		if len(r.Holders) > 1 {
			shared++
		}
	}
	if shared < 1000 {
		t.Errorf("only %d parcels are shared", shared)
	}
}

// distance of a point from a line of several segments.
func distance(p Point, axis []Point) float64 {
	least := math.Inf(1)
	for k := 1; k < len(axis); k++ {
		along := axis[k].sub(axis[k-1])
		d := p.sub(axis[k-1])
		u := math.Max(0, math.Min(1, (d.X*along.X+d.Y*along.Y)/(along.X*along.X+along.Y*along.Y)))
		least = math.Min(least, p.dist(axis[k-1].to(axis[k], u)))
	}
	return least
}

// overlap looks for two lots that share more ground than a surveyor's
// centimetre.
func overlap(lots []lot) (a, b string, found bool) {
	cells := make(map[[2]int][]int)
	for i := range lots {
		c := centre(lots[i].ring)
		at := [2]int{int(c.X / 150), int(c.Y / 150)}
		for dx := -1; dx <= 1; dx++ {
			for dy := -1; dy <= 1; dy++ {
				for _, j := range cells[[2]int{at[0] + dx, at[1] + dy}] {
					if !apart(lots[i].ring, lots[j].ring) && !apart(lots[j].ring, lots[i].ring) {
						return lots[i].number, lots[j].number, true
					}
				}
			}
		}
		cells[at] = append(cells[at], i)
	}
	return "", "", false
}

// apart reports whether one side of a convex ring has all of the other beyond it.
func apart(ring, other []Point) bool {
	for i, p := range ring {
		side := ring[(i+1)%len(ring)].sub(p)
		beyond := true
		for _, q := range other {
			beyond = beyond && cross(side, q.sub(p)) <= 0.01*math.Hypot(side.X, side.Y)
		}
		if beyond {
			return true
		}
	}
	return false
}

func BenchmarkGenerate(b *testing.B) {
	for b.Loop() {
		generate(b, Config{Seed: 1})
	}
}
