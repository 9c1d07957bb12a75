package casework

import (
	"maps"
	"slices"
	"testing"
	"time"

	"aiqyn"
	"aiqyn/secrecy"
)

// heldTo is what the engine had at a position beside what was reserved: the network in
// force, whose published power binds nobody any more, and whether all of it is open.
type heldTo struct {
	bus       map[int64]int64
	network   string
	withdrawn []int
	open      bool
	rules     ruledBy
}

// holding is that of now.
func (r *rig) holding() heldTo {
	r.t.Helper()
	bus, _ := r.booked()
	policy, err := r.policy(r.t.Context())
	if err != nil {
		r.t.Fatal(err)
	}
	gone, err := r.Withdrawals(r.t.Context(), aiqyn.Actor{Role: aiqyn.RoleAuditor}, 0, Page{})
	if err != nil {
		r.t.Fatal(err)
	}
	h := heldTo{bus: bus, network: r.Capacity.tables().Hash, open: policy.Open(), rules: r.ruledBy(policy)}
	for _, one := range gone.Items {
		h.withdrawn = append(h.withdrawn, one.Trafo)
	}
	return h
}

// foldedTo is the same from entries alone, at a position and as of an instant: whoever has
// the log needs no database for it.
func foldedTo(entries []*event, first string, bus map[int64]int64, at time.Time) heldTo {
	h := heldTo{bus: bus, network: first, open: true}
	for _, ev := range entries {
		switch d := ev.data.(type) {
		case *tablesAct:
			if ev.kind == EventTables {
				h.network = d.Network
			}
		case *marginReduction:
			if ev.kind == EventMarginReduced {
				h.withdrawn = append(h.withdrawn, d.Trafo)
			}
		case *classified:
			if ev.kind == EventClassified {
				h.open = d.Class == secrecy.Exact || !at.Before(d.Until.End(at.Location()))
			}
		}
	}
	return h
}

// TestActsAtEveryPosition: another network comes into force, what was published is withdrawn
// by two, a class hides free power and opens again by itself, and power is granted between.
// At every position of the log the entries alone give what the engine had; a stranger comes
// to the network, to all that was in force and to what was reserved from what is published,
// but for the days on which that was hidden, and an auditor to those, too.
func TestActsAtEveryPosition(t *testing.T) {
	r := newRig(t)
	first := r.Capacity.tables().Hash
	r.adopts()
	r.registers("M-1", "M-2", "M-3", "M-4")
	had := make(map[int64]heldTo)
	when := make(map[int64]time.Time)
	note := func() { had[r.size()], when[r.size()] = r.holding(), r.clock() }
	publish := func() { r.pass(time.Minute); note(); r.publishPower(); note() }

	publish()
	from := r.size()
	r.publish(r.edited("energy.connection/service.yaml", "days: 5\n", "days: 7\n"), r.today().AddDays(10).String())
	note()
	publish()
	r.conditions(holder, plot, 20)
	note()
	publish()
	asked := r.must(r.bring(withNetwork(630))).First
	note()
	r.pass(time.Minute)
	r.must(ConfirmTables{ID: r.id(), Actor: secondSigner, Entry: asked, Ground: "Held against the act of works"})
	note()
	r.conditions(holder, "99-999-002-001", 30)
	note()
	publish()
	r.measure(r.peaks("M-1", 400))
	r.must(Measurements{ID: r.id(), Actor: secondReader, Table: []byte(r.peaks("M-4", 395))})
	r.publishPower()
	note()
	for _, who := range []aiqyn.Actor{{Role: aiqyn.RoleHead, Officer: "head-01", Body: "utility"}, {Role: aiqyn.RoleOverseer, Officer: "overseer-01"}} {
		r.must(ReduceMargin{ID: r.id(), Actor: who, Trafo: 1, Ground: "Желіге жаңа тұтынушы қосылды."})
		note()
	}
	publish()
	until := r.today().AddDays(40)
	r.hides(r.hidden(until))
	note()
	r.conditions(holder, "99-999-002-002", 5)
	note()
	publish()
	r.hidesActs(t)
	hidden := r.lastPublication(t)
	if _, err := r.Published(t.Context(), "capacity/"+hidden.Hash+".json"); err == nil {
		t.Error("a stranger reads what is hidden")
	}
	r.skip(42 * 24 * time.Hour)
	r.reopen()
	note()
	publish()
	opened := r.size()
	r.conditions(holder, "99-999-002-003", 5)
	note()
	publish()
	r.wantInForce(t, had, when, opened)
	r.holdsAtEvery(t, first, from, had, when)
	r.wantClean()
	r.whole()
}

// holdsAtEvery holds what the log and what is published give at each position to what the
// engine had.
func (r *rig) holdsAtEvery(t *testing.T, first string, from int64, had map[int64]heldTo, when map[int64]time.Time) {
	t.Helper()
	differences := r.publishedAll("differences")
	read := func(hash string) ([]byte, error) { return r.Published(t.Context(), "capacity/"+hash+".json") }
	entries, folded := r.entries(), r.heldAt()
	noted, strangers := 0, 0
	for position := range folded {
		is := foldedTo(entries[:position], first, folded[position], when[int64(position)])
		if was, ok := had[int64(position)]; ok {
			noted++
			slices.Sort(was.withdrawn)
			if !maps.Equal(was.bus, is.bus) || was.network != is.network || !slices.Equal(was.withdrawn, is.withdrawn) || was.open != is.open {
				t.Errorf("at %d the entries give %+v, the engine had %+v", position, is, was)
			}
		}
		r.reservedAt(int64(position), folded[position])
		state, err := StateAt(int64(position), differences, read)
		if int64(position) < from || err != nil {
			continue
		}
		strangers++
		if state.Base != is.network {
			t.Errorf("at %d a stranger takes %s for the network, in force was %s", position, state.Base, is.network)
		}
		if held := state.Trafos[0].ReservedW; held != folded[position][2] {
			t.Errorf("at %d a stranger comes to %d W reserved, the entries to %v", position, held, folded[position])
		}
	}
	if noted != len(had) || strangers < int(r.lastPublication(t).Entry-from)/2 {
		t.Errorf("%d of %d positions were noted, a stranger knows %d", noted, len(had), strangers)
	}
}
