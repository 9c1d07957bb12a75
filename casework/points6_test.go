package casework

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"sync"
	"testing"
	"time"

	"aiqyn"
	"aiqyn/beacon"
	"aiqyn/registry"
	"aiqyn/store"
)

func TestPoint06Draws(t *testing.T) {
	t.Parallel()
	t.Run("ten thousand of them, made again from what is published", testManyDraws)
	t.Run("nobody sees who applied before it", testSealedBeforeDraw)
	t.Run("filing again comes to the same draw", testKeptDraw)
	t.Run("a beacon that is late is waited for", testLateBeacon)
	t.Run("a pool under three is shown as not blind", func(t *testing.T) {
		for n, blind := range map[int]bool{1: false, 2: false, 3: true} {
			r := newRig(t)
			r.seedOfficers(n)
			ref := r.file(holder, plot, 50)
			r.pass(10 * time.Second)
			if v := r.view(ref); v.Draw == nil || v.Draw.Blind != blind || v.Draw.Eligible != n {
				t.Errorf("%d officers: %+v", n, v.Draw)
			}
		}
	})
}

// testManyDraws has many cases drawn and then does what a stranger could: from
// the opened entries and the beacon alone it makes every draw again.
func testManyDraws(t *testing.T) {
	cases := 10_000
	if testing.Short() || briefly {
		cases = 500
	}
	r := newRig(t)
	r.manyParcels(cases)
	for done := 0; done < cases; {
		var wg sync.WaitGroup
		for range min(100, cases-done) {
			done++
			cmd := r.filing(holder, manyParcel(done), 5)
			wg.Go(func() {
				if _, err := r.Do(t.Context(), cmd); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		r.pass(10 * time.Second)
	}
	rosters := make(map[int64][]aiqyn.OfficerID)
	filings := make(map[int64]*filed)
	drawnFor := make(map[aiqyn.OfficerID]int)
	chosen := make(map[int][]int) // by size of the pool: how often each place in it
	draws := 0
	for _, ev := range r.entries() {
		switch d := ev.data.(type) {
		case *rostered:
			rosters[ev.index] = d.Officers
		case *filed:
			filings[ev.no] = d
			checkRoster(t, ev, d, rosters, drawnFor)
		case *drawn:
			draws++
			pool := poolOf(filings[ev.no], d.Step, rosters)
			again(t, ev, d, filings[ev.no], pool, r.cfg.Beacon)
			drawnFor[d.Officer]++
			place, n := placeIn(pool, d.Officer)
			if chosen[n] == nil {
				chosen[n] = make([]int, n)
			}
			chosen[n][place]++
		}
	}
	if draws != cases {
		t.Fatalf("%d draws of %d cases", draws, cases)
	}
	uniform(t, chosen)
	least, most := math.MaxInt, 0
	for _, n := range drawnFor {
		least, most = min(least, n), max(most, n)
	}
	if len(drawnFor) != 6 || most-least > 60 {
		t.Errorf("%d cases fell on %d officers, from %d to %d each", cases, len(drawnFor), least, most)
	}
}

func manyParcel(n int) string { return fmt.Sprintf("99-999-%03d-%03d", 100+n/900, 100+n%900) }

// manyParcels enters parcels of the holder.
func (r *rig) manyParcels(n int) {
	r.t.Helper()
	var docs []store.RegisterDoc
	for i := range n + 1 {
		parcel := manyParcel(i)
		for register, doc := range map[string]any{
			registry.ParcelRegister: registry.Parcel{Number: parcel, Area: 600, Region: "71", District: "7110", Lat: 51.1, Lon: 71.4, X: 500050, Y: 5660000},
			registry.RightRegister:  registry.Right{Parcel: parcel, Holders: []registry.Holder{{Person: holder, Share: "1/1"}}},
		} {
			value, err := registry.Canonical(doc)
			if err != nil {
				r.t.Fatal(err)
			}
			docs = append(docs, store.RegisterDoc{Register: register, Key: parcel, Value: value, Version: "1", At: start})
		}
	}
	if err := r.db.PutRegisterRows(r.t.Context(), docs); err != nil {
		r.t.Fatal(err)
	}
}

// checkRoster holds what a filing pins against the log before it: the roster
// stood, the loads are what had been drawn until then (nobody has done
// anything), and the round was not there yet.
func checkRoster(t *testing.T, ev *event, d *filed, rosters map[int64][]aiqyn.OfficerID, drawnFor map[aiqyn.OfficerID]int) {
	t.Helper()
	at := d.Rosters["survey"]
	if at.Entry >= ev.index || len(rosters[at.Entry]) != len(at.Loads) {
		t.Fatalf("entry %d rests on roster %d: %v", ev.index, at.Entry, at)
	}
	want := make([]int, len(at.Loads))
	for i, o := range rosters[at.Entry] {
		want[i] = drawnFor[o]
	}
	third := slices.Sorted(slices.Values(want))[2]
	for i := range want {
		want[i] = max(want[i], third)
	}
	if !slices.Equal(want, at.Loads) {
		t.Fatalf("entry %d pins loads %v, the log says %v", ev.index, at.Loads, want)
	}
}

func poolOf(d *filed, step aiqyn.StepID, rosters map[int64][]aiqyn.OfficerID) []beacon.Candidate {
	at := d.Rosters[step]
	var pool []beacon.Candidate
	for i, o := range rosters[at.Entry] {
		pool = append(pool, beacon.Candidate{Officer: o, Load: at.Loads[i]})
	}
	return pool
}

// again makes one draw again.
func again(t *testing.T, ev *event, d *drawn, f *filed, pool []beacon.Candidate, b Beacon) {
	t.Helper()
	round, _ := b.Published(f.Round)
	if !b.Time(f.Round).Before(ev.at) || d.Round != f.Round || d.Value != hex.EncodeToString(round.Value[:]) {
		t.Fatalf("entry %d: round %d of the filing's %d, recorded %v, due %v", ev.index, d.Round, f.Round, ev.at, b.Time(f.Round))
	}
	draw := beacon.Draw{Beacon: f.Beacon, Round: f.Round, Value: round.Value, Object: f.Object, Service: string(f.Service), Step: string(d.Step)}
	pick, err := draw.Pick(pool)
	if err != nil || pick.Officer != d.Officer || pick.Digest != d.Digest || pick.Blind != d.Blind || !d.Blind {
		t.Fatalf("entry %d: drawn %+v, again %+v, %v", ev.index, d, pick, err)
	}
}

// placeIn is which of the eligible an officer is, and how many those are.
func placeIn(pool []beacon.Candidate, officer aiqyn.OfficerID) (place, n int) {
	least := slices.MinFunc(pool, func(a, b beacon.Candidate) int { return a.Load - b.Load }).Load
	place = -1
	for _, c := range pool {
		if c.Load > least+1 {
			continue
		}
		if c.Officer == officer {
			place = n
		}
		n++
	}
	return place, n
}

// uniform tests that within pools of one size every place was drawn alike.
func uniform(t *testing.T, chosen map[int][]int) {
	t.Helper()
	chi, df := 0.0, 0.0
	for size, counts := range chosen {
		total := 0
		for _, n := range counts {
			total += n
		}
		mean := float64(total) / float64(size)
		for _, n := range counts {
			chi += (float64(n) - mean) * (float64(n) - mean) / mean
		}
		df += float64(size - 1)
	}
	if limit := df + 4*math.Sqrt(2*df); chi > limit {
		t.Errorf("chi-square %.1f with %.0f degrees of freedom, more than %.1f: %v", chi, df, limit, chosen)
	}
}

// testSealedBeforeDraw asks everything of everybody while the draw is to come.
func testSealedBeforeDraw(t *testing.T) {
	r := newRig(t)
	res := r.must(r.filing(stranger, plot, 50))
	sees := func(a aiqyn.Actor) string {
		if v, err := r.Case(t.Context(), a, res.Ref); err == nil {
			return fmt.Sprintf("the case: %+v", v)
		} else if aiqyn.KindOf(err) != aiqyn.NotFound {
			t.Errorf("%+v: %v", a, err)
		}
		for index := res.First; index <= res.Last; index++ {
			if b, err := r.Receipt(t.Context(), a, index); err == nil {
				return "a receipt: " + string(b)
			}
		}
		if list, err := r.Inbox(t.Context(), a, Page{}); err == nil && len(list.Items) > 0 {
			return fmt.Sprintf("an inbox: %+v", list)
		}
		if list, err := r.Mine(t.Context(), a, Page{}); err == nil && len(list.Items) > 0 {
			return fmt.Sprintf("a list: %+v", list)
		}
		return ""
	}
	for _, role := range aiqyn.Roles {
		if role == aiqyn.RoleSystem {
			continue // nobody in person
		}
		for _, officer := range []aiqyn.OfficerID{"", "surveyor-01", "surveyor-02", "surveyor-03", "surveyor-04", "surveyor-05", "surveyor-06", "head-01"} {
			a := aiqyn.Actor{Role: role, Officer: officer, Body: "utility"}
			if what := sees(a); what != "" {
				t.Errorf("%s %s sees before the draw %s", role, officer, what)
			}
		}
	}
	for index := res.First; index <= res.Last; index++ {
		e, err := r.Entry(t.Context(), index)
		if err != nil {
			t.Fatal(err)
		}
		if b, _ := json.Marshal(e); bytes.Contains(b, []byte(stranger)) || bytes.Contains(b, []byte(plot)) {
			t.Errorf("the public sees %s", b)
		}
	}
	r.pass(10 * time.Second)
	drawn := r.officer(res.Ref)
	if sees(drawn) == "" {
		t.Error("the drawn officer sees nothing")
	}
	for i := range 6 {
		a := drawn
		a.Officer = aiqyn.OfficerID(fmt.Sprintf("surveyor-%02d", i+1))
		if what := sees(a); a.Officer != drawn.Officer && what != "" {
			t.Errorf("%s, who was not drawn, sees %s", a.Officer, what)
		}
	}
}

// testKeptDraw files for one object again and again, before and after draws.
func testKeptDraw(t *testing.T) {
	r := newRig(t)
	withdraw := func(ref aiqyn.Reference, person aiqyn.PersonID) {
		r.must(Withdraw{ID: r.id(), Actor: aiqyn.Actor{Role: aiqyn.RoleApplicant, Person: person}, Ref: ref})
	}
	first := r.file(holder, plot, 50)
	round := r.view(first).Draw.Round
	withdraw(first, holder) // before anybody was drawn
	r.pass(time.Minute)
	second := r.file(stranger, plot, 60)
	r.pass(time.Minute)
	if v := r.view(second); v.Draw.Round != round {
		t.Errorf("filing again moved the draw from round %d to %d", round, v.Draw.Round)
	}
	surveyor := r.drawnTo(second, "survey")
	r.survey(second)
	engineer := r.drawnTo(second, "conditions")
	withdraw(second, stranger)
	for range 12 { // whoever does not like the officer may try again
		r.pass(24 * time.Hour)
		next := r.file(holder, plot, 50)
		r.pass(time.Minute)
		if got := r.drawnTo(next, "survey"); got != surveyor {
			t.Errorf("filing again drew %s in the place of %s", got, surveyor)
		}
		if v := r.view(next); !v.Draw.Kept {
			t.Error("the page does not say that the draw was kept")
		}
		r.survey(next)
		if got := r.drawnTo(next, "conditions"); got != engineer {
			t.Errorf("filing again drew %s in the place of %s", got, engineer)
		}
		withdraw(next, holder)
	}
	r.pass(366 * 24 * time.Hour)
	late := r.file(holder, plot, 50)
	if v := r.view(late); v.StepState != StepDrawing || v.Draw.Round == round {
		t.Errorf("after a year the draw is kept: %+v", v.Draw)
	}
}

// lateBeacon publishes only up to a round, and may publish what is not one.
type lateBeacon struct {
	testBeacon
	mu    sync.Mutex
	until uint64
	false bool
	asked map[uint64]bool
}

func (b *lateBeacon) Published(n uint64) (beacon.Round, bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.asked[n] = true
	round := b.Round(n)
	if b.false {
		round.Value[0]++
	}
	return round, n <= b.until || b.false
}

func (b *lateBeacon) set(until uint64, lies bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.until, b.false = until, lies
}

func testLateBeacon(t *testing.T) {
	late := &lateBeacon{asked: make(map[uint64]bool)}
	r := newRig(t, func(c *Config) {
		late.testBeacon = c.Beacon.(testBeacon)
		c.Beacon = late
	})
	ref := r.file(holder, plot, 50)
	round := r.view(ref).Draw.Round
	if due := late.Time(round); !due.After(r.clock()) {
		t.Errorf("round %d was there at the filing: due %v, filed %v", round, due, r.clock())
	}
	waits := func(why string) {
		t.Helper()
		for range 5 {
			r.pass(time.Minute)
			if v := r.view(ref); v.StepState != StepDrawing || v.Officer != "" {
				t.Fatalf("%s: drawn all the same: %v", why, kinds(v))
			}
		}
	}
	late.set(round-1, false)
	waits("the round is late")
	late.set(round-1, true)
	waits("what is published is not the round")
	late.set(round+100, false)
	r.pass(time.Minute)
	if v := r.view(ref); v.Officer == "" || v.Draw.Round != round || v.Draw.Value != fmt.Sprintf("%x", late.Round(round).Value) {
		t.Errorf("drawn by %+v, named round %d", v.Draw, round)
	}
	if len(late.asked) != 1 || !late.asked[round] {
		t.Errorf("rounds %v were asked for, the filing names %d", late.asked, round)
	}
}
