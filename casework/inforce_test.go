package casework

import (
	"encoding/json"
	"reflect"
	"slices"
	"testing"
	"time"

	"aiqyn/secrecy"
	"aiqyn/store"
)

// ruledBy is what the engine computed by at a position: from its memory, and not from the
// acts that strangers have.
type ruledBy struct {
	network    string // with its loads
	tables     int64  // entry, −1: none
	costs      string
	pack       string
	classes    []GridClass
	reductions map[int]int64 // entry of the newest, by transformer
	withdrawn  []int         // of what was published last
}

func (r *rig) ruledBy(policy secrecy.Policy) ruledBy {
	r.t.Helper()
	c := r.Capacity
	costs, err := json.Marshal(c.tables().Costs)
	if err != nil {
		r.t.Fatal(err)
	}
	by := ruledBy{network: c.network().hash, tables: c.tables().act - 1, costs: hexSum(costs), pack: r.Pack().Hash(), reductions: make(map[int]int64)}
	for _, d := range policy.List() {
		by.classes = append(by.classes, GridClass{Subject: d.Subject, Class: d.Class, Entry: d.Entry, Until: d.Until.String()})
	}
	c.mu.RLock()
	defer c.mu.RUnlock()
	for _, x := range c.shown.reductions {
		by.reductions[x.trafo] = x.entry
	}
	if n := len(c.shown.all); n > 0 {
		by.withdrawn = c.shown.withdrawn(c.shown.all[n-1].entry, noEntry)
	}
	return by
}

// asRuled is what some state comes to on a day, in the same terms; base is the pack that
// the log began with.
func asRuled(s *GridInForce, network, base, day string) ruledBy {
	on := s.On(day)
	by := ruledBy{network: network, tables: -1, pack: base, classes: on.Classes, reductions: make(map[int]int64)}
	if on.Tables != nil {
		by.tables, by.costs = on.Tables.Entry, on.Tables.Costs
	}
	if len(on.Packs) > 0 && on.Packs[0].From <= day {
		by.pack = on.Packs[0].Hash
	}
	for _, x := range on.Reductions {
		by.reductions[x.Trafo] = x.Entry
	}
	if len(by.classes) == 0 {
		by.classes = nil
	}
	return by
}

// wantInForce holds what strangers make of published files, and auditors of the log, at
// each position that was noted against what the engine computed by.
func (r *rig) wantInForce(t *testing.T, had map[int64]heldTo, when map[int64]time.Time, opened int64) {
	t.Helper()
	differences := r.publishedAll("differences")
	read := func(hash string) ([]byte, error) { return r.Published(t.Context(), "capacity/"+hash+".json") }
	began := r.BasePack.Hash()
	var packs, networks, withdrawn, later int
	bare := 0
	for _, data := range differences {
		d := new(CapacityDifference)
		if err := json.Unmarshal(data, d); err != nil {
			t.Fatal(err)
		}
		for _, a := range d.Acts {
			if a.Kind != EventReductionAsked && a.Kind != EventMeters {
				continue
			}
			if bare++; !reflect.DeepEqual(a, GridAct{Entry: a.Entry, Kind: a.Kind}) {
				t.Errorf("of what nobody else has signed a stranger reads %+v", a)
			}
		}
	}
	if bare == 0 {
		t.Error("no difference names a wish that waited for its second signer")
	}
	for position, was := range had {
		today := day(when[position], r.Zone)
		audited, err := ReadInForceAt(t.Context(), r.auditConfig(), position)
		if err != nil {
			t.Fatal(err)
		}
		want := was.rules
		gone := want.withdrawn
		want.withdrawn = nil
		if audited.Published == nil { // before the first the engine stands on what it was opened with
			audited.Network = want.network
		}
		if got := asRuled(&audited.InForce, audited.Network, began, today); !reflect.DeepEqual(got, want) {
			t.Errorf("at %d an auditor comes to %+v, the engine had %+v", position, got, want)
		}
		if audited.InForce.Day > today {
			t.Errorf("at %d, on %s, an auditor takes it for %s", position, today, audited.InForce.Day)
		}
		state, err := StateAt(position, differences, read)
		if err != nil {
			continue
		}
		if got := asRuled(state.InForce, state.Network, began, today); !reflect.DeepEqual(got, want) {
			t.Errorf("at %d a stranger comes to %+v, the engine had %+v", position, got, want)
		}
		bound := []int{}
		for _, l := range state.Trafos {
			if l.Withdrawn != 0 {
				bound = append(bound, l.Trafo)
			}
		}
		if !slices.Equal(bound, gone) {
			t.Errorf("at %d a stranger takes %v for withdrawn since it was published, the engine %v", position, bound, gone)
		}
		if (state.Of != "") != (state.Published.Entry < want.tables && state.Base != r.publicationBase(state.Published)) {
			t.Errorf("at %d the figures are of %q, in force is %s", position, state.Of, state.Network)
		}
		count := func(n *int, is bool) {
			if is {
				*n++
			}
		}
		count(&packs, want.pack != began)
		count(&networks, state.Of != "")
		count(&withdrawn, len(bound) > 0)
		count(&later, position >= opened)
	}
	if networks < 2 || withdrawn < 1 || later < 2 || packs < 2 {
		t.Errorf("strangers knew %d positions with another network than the published, %d with a withdrawal, %d since all is open again, %d by another pack", networks, withdrawn, later, packs)
	}
}

// publicationBase is the surveyed network that a publication names.
func (r *rig) publicationBase(p PublishedDay) string {
	r.t.Helper()
	said, err := r.publicationAt(r.t.Context(), p.Entry)
	if err != nil {
		r.t.Fatal(err)
	}
	return said.Base
}

// TestForgedInForce: whoever keeps the log cannot leave an act out of a difference, nor
// write one in, nor say that something else was in force, nor cease to say so. A log from
// before, whose differences say nothing, is taken up to the first that does.
func TestForgedInForce(t *testing.T) {
	r := newRig(t)
	r.adopts()
	r.publishPower()
	r.pass(time.Minute)
	r.confirmed(r.bring(withNetwork(630)))
	r.pass(time.Minute)
	r.publishPower()
	r.pass(time.Minute)
	r.registers("M-1")
	r.measure(r.peaks("M-1", 40))
	r.publishPower()
	r.wantClean()

	a, err := newAuditor(t.Context(), r.auditConfig())
	if err != nil {
		t.Fatal(err)
	}
	if err := together(t.Context(), a.tree, a.entries); err != nil {
		t.Fatal(err)
	}
	said := func(entry int64) (*event, *CapacityDifference) {
		ev := a.figures.publications[entry]
		d, err := a.e.differenceOf(t.Context(), ev.data.(*capacityPublished))
		if err != nil {
			t.Fatal(err)
		}
		return ev, d
	}
	entries := make([]int64, 0, len(a.figures.publications))
	for entry, ev := range a.figures.publications {
		if ev.data.(*capacityPublished).Difference != "" {
			entries = append(entries, entry)
		}
	}
	slices.Sort(entries)
	second, third := entries[0], entries[len(entries)-1]
	for name, change := range map[string]func(d *CapacityDifference){
		"an act is left out":       func(d *CapacityDifference) { d.Acts = d.Acts[1:] },
		"none is left":             func(d *CapacityDifference) { d.Acts = nil },
		"an act is written in":     func(d *CapacityDifference) { d.Acts = append(d.Acts, d.Acts[0]) },
		"an act is of a day":       func(d *CapacityDifference) { d.Acts[0].Day = "2026-01-01" },
		"tables of other prices":   func(d *CapacityDifference) { d.InForce.Tables.Costs = d.InForce.Tables.Network },
		"no tables":                func(d *CapacityDifference) { d.InForce.Tables = nil },
		"a withdrawal":             func(d *CapacityDifference) { d.InForce.Reductions = []GridReduction{{Entry: 1, Trafo: 1}} },
		"a class":                  func(d *CapacityDifference) { d.InForce.Classes = []GridClass{{Class: secrecy.Closed}} },
		"a pack":                   func(d *CapacityDifference) { d.InForce.Packs = []GridPack{{Entry: 1}} },
		"another day":              func(d *CapacityDifference) { d.InForce.Day = "2026-01-01" },
		"acts of nothing in force": func(d *CapacityDifference) { d.InForce = nil },
	} {
		ev, d := said(second)
		change(d)
		if err := r.forgery(a, ev, d); err == nil {
			t.Errorf("%s, and it is taken for what was published", name)
		}
	}

	silent := func(entry int64) error {
		ev, d := said(entry)
		d.InForce, d.Acts = nil, nil
		return r.forgery(a, ev, d)
	}
	a.inForceSince = 0
	if err := silent(second); err != nil {
		t.Errorf("a log from before is not taken: %v", err)
	}
	ev, d := said(second)
	if err := a.differenceAgain(t.Context(), ev, ev.data.(*capacityPublished)); err != nil || len(d.Acts) == 0 {
		t.Fatalf("%+v, %v", d, err)
	}
	if err := silent(third); err == nil {
		t.Error("it ceases to say what was in force")
	}
}

// forgery says what an audit makes of another difference for a publication.
func (r *rig) forgery(a *auditor, ev *event, said *CapacityDifference) error {
	r.t.Helper()
	data, err := json.Marshal(said)
	if err != nil {
		r.t.Fatal(err)
	}
	d := *ev.data.(*capacityPublished)
	d.Difference = hexSum(data)
	if err := r.db.PutSnapshot(r.t.Context(), store.Snapshot{Hash: d.Difference, Kind: d.differenceKind(), Data: data, Added: r.clock()}); err != nil {
		r.t.Fatal(err)
	}
	return a.differenceAgain(r.t.Context(), ev, &d)
}

// TestStatesOfBefore: differences from before say nothing of what was in force; the state
// says from which position on that is known, and names what was published until then.
func TestStatesOfBefore(t *testing.T) {
	r := newRig(t)
	r.adopts()
	r.publishPower()
	first := r.lastPublication(t)
	r.pass(time.Minute)
	r.confirmed(r.bring(withNetwork(630)))
	r.pass(time.Minute)
	r.publishPower()
	second := r.lastPublication(t)
	r.pass(time.Minute)
	r.publishPower()
	read := func(hash string) ([]byte, error) { return r.Published(t.Context(), "capacity/"+hash+".json") }
	differences := r.publishedAll("differences")
	now, err := StateAt(second.Entry, differences, read)
	if err != nil || now.InForce == nil || now.KnownFrom != 0 || now.Network == first.Network {
		t.Fatalf("%+v, %v", now, err)
	}
	older := func(keep func(d *CapacityDifference) bool) (list [][]byte) {
		for _, data := range differences {
			d := new(CapacityDifference)
			if err := json.Unmarshal(data, d); err != nil {
				t.Fatal(err)
			}
			if again, err := json.Marshal(d); err != nil || string(again) != string(data) {
				t.Fatalf("it is read as another: %v", err)
			}
			if !keep(d) {
				d.InForce, d.Acts = nil, nil
			}
			data, err := json.Marshal(d)
			if err != nil {
				t.Fatal(err)
			}
			list = append(list, data)
		}
		return list
	}
	for _, c := range []struct {
		name string
		keep func(d *CapacityDifference) bool
		want int64
	}{
		{"none says it", func(*CapacityDifference) bool { return false }, 0},
		{"a later one does", func(d *CapacityDifference) bool { return d.From.Entry >= second.Entry }, second.Entry + 1},
	} {
		list := older(c.keep)
		s, err := StateAt(second.Entry, list, read)
		if err != nil || s.InForce != nil || s.Acts != nil || s.KnownFrom != c.want || s.Network != first.Network {
			t.Errorf("%s: %+v, %v", c.name, s, err)
		}
		if c.want == 0 {
			continue
		}
		if s, err := StateAt(c.want, list, read); err != nil || s.InForce == nil || s.KnownFrom != 0 {
			t.Errorf("%s, at %d: %+v, %v", c.name, c.want, s, err)
		}
	}
}
