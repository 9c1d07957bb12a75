package casework

import (
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"
	"time"

	"aiqyn/secrecy"
	"aiqyn/tile"
)

// accumulated are days of an invented network, as they are and as somebody sees them.
type accumulated struct {
	exact []Exact
	seen  []Shown
}

// everything generalised, and nothing shown exactly that would tell it.
var general = withClasses(map[secrecy.Subject]secrecy.Class{
	{Layer: secrecy.Capacity, Attribute: secrecy.Free}: secrecy.Generalised, {Layer: secrecy.Capacity, Attribute: secrecy.Peak}: secrecy.Generalised,
	{Layer: secrecy.Transformers, Attribute: secrecy.Place}: secrecy.Generalised, {Layer: secrecy.Lines, Attribute: secrecy.Place}: secrecy.Generalised,
})

// accumulate lives through days from one on: grants, expiries and readings at every
// transformer, some that come, go or are surveyed anew across the edge of a cell, lines
// that are built. What happens after the first day follows from the seed alone.
func accumulate(first time.Time, days int, seed uint64, monthly bool) accumulated {
	r := rand.New(rand.NewPCG(seed, 30))
	x := settlements()
	var all accumulated
	var month *Exact
	for d := range days {
		day := first.AddDate(0, 0, d)
		if d > 0 {
			x = lived(r, x, d)
		}
		x.Day, x.Month = day.Format(time.DateOnly), nil
		if day.Day() == 1 || month == nil {
			first := x
			month = &first
		}
		if monthly {
			x.Month = month
		}
		all.exact, all.seen = append(all.exact, x), append(all.seen, Publicly(x, general))
	}
	return all
}

// settlements are towns some kilometres apart, a few transformers in the steppe between,
// feeders and lines.
func settlements() Exact {
	r := rand.New(rand.NewPCG(3, 3))
	x := Exact{Trafos: secretive(160)}
	for i := range x.Trafos {
		l, town := &x.Trafos[i], i%5
		l.Lon, l.Lat = 71+0.05*float64(town)+r.NormFloat64()*0.012, 51+0.03*float64(town%2)+r.NormFloat64()*0.008
		l.FreeW, l.PeakW = r.Int64N(560_000), r.Int64N(400_000)
		if i%20 == 0 {
			l.Lon, l.Lat = 70.5+r.Float64(), 50.8+r.Float64()*0.4
		}
		x.Feeders = append(x.Feeders, FeederLine{ID: i + 1, FreeW: l.FreeW, ReservedW: l.ReservedW, Lat: l.Lat, Lon: l.Lon, ToLat: l.Lat + 0.001, ToLon: l.Lon})
		if i > 0 {
			x.Mains = append(x.Mains, Main{tile.Line{A: tile.At(x.Trafos[i-1].Lon, x.Trafos[i-1].Lat), B: tile.At(l.Lon, l.Lat)}, 4_000_000})
		}
	}
	return x
}

// lived is the network a day later.
func lived(r *rand.Rand, x Exact, day int) Exact {
	x.Trafos, x.Feeders, x.Mains = slices.Clone(x.Trafos), slices.Clone(x.Feeders), slices.Clone(x.Mains)
	for i := range x.Trafos {
		l := &x.Trafos[i]
		delta := r.Int64N(20_001) - 10_000 // read
		if r.IntN(6) == 0 {
			delta += (r.Int64N(2)*2 - 1) * (5_000 + r.Int64N(150_000)) // granted, or expired
		}
		l.FreeW = min(max(l.FreeW+delta, 0), 600_000)
		l.PeakW = min(max(l.PeakW-delta, 0), 600_000)
	}
	for i := range x.Feeders {
		x.Feeders[i].FreeW = max(x.Feeders[i].FreeW+r.Int64N(20_001)-10_000, 0)
	}
	if day%3 == 0 { // one comes beside another, whose place is found to lie elsewhere
		i := r.IntN(len(x.Trafos))
		one := x.Trafos[i]
		one.ID, one.FreeW = 1000+day, r.Int64N(600_000)
		x.Trafos[i].Lon += 0.02
		x.Trafos = append(x.Trafos, one)
		x.Mains = append(x.Mains, Main{tile.Line{A: tile.At(one.Lon, one.Lat), B: tile.At(x.Trafos[i].Lon, x.Trafos[i].Lat)}, 4_000_000})
	}
	if day%5 == 0 {
		i := r.IntN(len(x.Trafos) - 20)
		x.Trafos = slices.Delete(x.Trafos, i, i+1)
	}
	return x
}

// generalOf is all that is seen of a day in a general form.
func generalOf(s Shown, stands map[int]bool) any {
	places := make(map[int][2]float64)
	for _, l := range s.Trafos {
		if stands[l.ID] {
			places[l.ID] = [2]float64{l.Lat, l.Lon}
		}
	}
	return []any{s.AsOf, s.Areas, s.Corridors, places}
}

// TestAMonthTellsNoMoreThanADay: whatever happens in a month after its first
// publication – grants, expiries, readings, comings and goings at every transformer –
// nothing that is seen in a general form depends on it, on any day: so neither averaging
// nor holding days, cells, settlements or feeders against each other tells of it.
// Published anew each day it would.
func TestAMonthTellsNoMoreThanADay(t *testing.T) {
	first := time.Date(2026, 12, 1, 0, 0, 0, 0, time.UTC)
	for _, monthly := range []bool{true, false} {
		a, b := accumulate(first, 31, 1, monthly), accumulate(first, 31, 2, monthly)
		told := 0
		for d := range a.seen {
			stands := make(map[int]bool)
			for _, l := range b.exact[d].Trafos {
				stands[l.ID] = true
			}
			also := make(map[int]bool)
			for _, l := range a.exact[d].Trafos {
				also[l.ID] = stands[l.ID]
			}
			if !reflect.DeepEqual(generalOf(a.seen[d], also), generalOf(b.seen[d], also)) {
				told++
			}
			for _, f := range a.seen[d].Feeders {
				if f.FreeW != Withheld || f.ReservedW != Withheld || f.Placed() {
					t.Fatalf("day %d: a feeder tells %+v", d, f)
				}
			}
			for _, l := range a.seen[d].Trafos {
				if l.FreeW != Withheld || l.PeakW != Withheld || l.ReservedW != Withheld || l.LoadPPM != Withheld {
					t.Fatalf("day %d: a transformer tells %+v", d, l)
				}
			}
		}
		if monthly && told > 0 {
			t.Errorf("on %d of 31 days what happened since the first is seen", told)
		}
		if !monthly && told < 25 {
			t.Errorf("published each day it is seen on %d of 31 days only: the test is blind", told)
		}
	}
}

// knownDay is a day as somebody sees it, and what an attacker knows of it: every figure
// of the day that it is held against, and where each transformer is seen.
type knownDay struct {
	seen  Shown
	exact Exact
	each  Shown
}

func (a accumulated) known() (days []knownDay) {
	for d, s := range a.seen {
		exact := a.exact[d].general()
		days = append(days, knownDay{s, exact, Publicly(Exact{Trafos: exact.Trafos}, general)})
	}
	return days
}

// narrowed is what an attacker knows after some days of the free power that a transformer
// had on the first, who knows all changes of it, and every figure of all others, exactly.
func narrowed(all []knownDay, id int) interval {
	know := interval{0, 1_000_000}
	base := int64(-1)
	for _, s := range all {
		mine, of := own(s.seen, id), make(map[int]int64)
		if mine == nil {
			continue
		}
		own := int64(-1)
		for _, l := range s.exact.Trafos {
			if of[l.ID] = l.FreeW; l.ID == id {
				own = l.FreeW
			}
		}
		if base < 0 {
			base = own
		}
		others := int64(0)
		for _, l := range s.each.Trafos {
			if l.ID != id && l.Lat == mine.Lat && l.Lon == mine.Lon {
				others += of[l.ID]
			}
		}
		moved := own - base
		know.lo, know.hi = max(know.lo, mine.Free.From-others-moved), min(know.hi, mine.Free.To-others-moved)
	}
	return know
}

// own is the area in which a transformer is seen.
func own(s Shown, id int) *Area {
	for _, l := range s.Trafos {
		if l.ID != id {
			continue
		}
		for i := range s.Areas {
			if s.Areas[i].Lat == l.Lat && s.Areas[i].Lon == l.Lon {
				return &s.Areas[i]
			}
		}
	}
	return nil
}

// TestWhoKnowsAllOthersLearnsOnceAMonth: even whoever knows every other figure and every
// change exactly learns of a transformer, in a month, what a single day tells. With
// figures of each day they would know most of them to a fraction of a band.
func TestWhoKnowsAllOthersLearnsOnceAMonth(t *testing.T) {
	first := time.Date(2026, 12, 1, 0, 0, 0, 0, time.UTC)
	fraction := secrecy.Width(630_000) / 10
	for _, monthly := range []bool{true, false} {
		all := accumulate(first, 31, 7, monthly).known()
		narrow := 0
		for id := 1; id <= 160; id++ {
			day, month := narrowed(all[:1], id), narrowed(all, id)
			if monthly && day != month {
				t.Errorf("of transformer %d a day tells %v, a month %v", id, day, month)
			}
			if month.hi-month.lo < fraction {
				narrow++
			}
		}
		if !monthly && narrow < 40 {
			t.Errorf("figures of each day tell of %d transformers only: the attack is weak", narrow)
		}
		t.Logf("monthly %v: %d of 160 known to a tenth of a band", monthly, narrow)
	}
}

// TestAMonthOfTheEngine: what the engine publishes for everybody, and what its pages
// show, is of the first publication of the month under the classes in force; the next
// month has its own; the audit makes it again, takes what was published before as it
// was, and finds a day that was published for itself.
func TestAMonthOfTheEngine(t *testing.T) {
	r := newRig(t)
	r.keepNetwork()
	r.at(time.Date(2026, 12, 28, 9, 0, 0, 0, r.Zone))
	h := r.hidden(r.today().AddDays(300))
	h.Class, h.Attribute = secrecy.Generalised, secrecy.Free
	r.hides(h)
	asOf := func(want string) {
		t.Helper()
		r.publishPower()
		g, err := r.PublicGrid(t.Context())
		if err != nil || g.AsOf != want {
			t.Fatalf("the pages are of %q, want %q, %v", g.AsOf, want, err)
		}
	}
	asOf("2026-12-28")
	r.pass(24 * time.Hour)
	asOf("2026-12-28")
	r.wantClean()
	r.pass(4 * 24 * time.Hour)
	asOf("2027-01-02")
	r.pass(24 * time.Hour)
	asOf("2027-01-02")
	again := r.hidden(r.today().AddDays(200))
	again.ID, again.Subject, again.Class = r.id(), secrecy.Subject{Layer: secrecy.Transformers, Attribute: secrecy.Name}, secrecy.Closed
	r.hides(again)
	r.pass(24 * time.Hour)
	asOf("2027-01-04") // another policy: of its own first publication
	r.wantClean()
	r.pass(24 * time.Hour)
	r.publishesFalsely(func(p *publishCapacity) {
		x := p.said.exact(r.mains())
		x.Daily = true
		p.public, _ = publicSnapshot(p.said.Network, x, r.mustPolicy())
	})
	r.finds("its bytes are others")
}

// TestDaysBeforeMonths: what was published of each day by itself, before anything was of
// a month, holds.
func TestDaysBeforeMonths(t *testing.T) {
	r := newRig(t)
	r.keepNetwork()
	h := r.hidden(r.today().AddDays(300))
	h.Class = secrecy.Generalised
	r.hides(h)
	for range 2 {
		r.publishesFalsely(func(p *publishCapacity) {
			x := p.said.exact(r.mains())
			x.Daily = true
			p.public, _ = publicSnapshot(p.said.Network, x, r.mustPolicy())
		})
		r.pass(24 * time.Hour)
	}
	r.wantClean()
	r.publishPower()
	r.wantClean()
}

func (r *rig) mustPolicy() secrecy.Policy {
	r.t.Helper()
	p, err := r.policy(r.t.Context())
	if err != nil {
		r.t.Fatal(err)
	}
	return p
}
