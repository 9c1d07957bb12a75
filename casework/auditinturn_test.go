package casework

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"aiqyn/canonical"
	"aiqyn/grid"
)

// claimsAsOf has what a filing claims be computed after so many entries, on what is left of
// its input then.
func (r *rig) claimsAsOf(asOf int64, left func(in map[string]any)) func([]*event) []*event {
	return each(func(d *lookedUp) {
		if len(d.Claim) == 0 {
			return
		}
		d.AsOf, d.Claim = asOf, slices.Clone(d.Claim)
		x := &d.Claim[0]
		var in map[string]any
		dec := json.NewDecoder(bytes.NewReader(x.In))
		dec.UseNumber()
		if err := dec.Decode(&in); err != nil {
			r.t.Fatal(err)
		}
		left(in)
		var err error
		if x.In, err = canonical.Encode(in); err == nil {
			x.Out, err = r.Computations[x.With].Run(x.In, r.snapshots)
		}
		if err != nil {
			r.t.Fatal(err)
		}
	})
}

// claimOf is what a case claims by its filing, and after how many entries it was computed.
func (r *rig) claimOf(no int64) (claims *claimed, asOf int64) {
	r.t.Helper()
	for _, ev := range r.entries() {
		if d, ok := ev.data.(*lookedUp); ok && ev.no == no && len(d.Claim) > 0 {
			return claimIn(d.Claim), d.AsOf
		}
	}
	r.t.Fatalf("case %d claims nothing", no)
	return nil, 0
}

// TestTheAuditLooksAtClaimsInTheirTurn: a program that has somebody claim by the log as it
// was before another was filed, and so at their bus alone, is found: who comes next would be
// before them at the other. One that claims by that log where there is room beside the other
// has done nothing to anybody.
func TestTheAuditLooksAtClaimsInTheirTurn(t *testing.T) {
	nobody := func(in map[string]any) {
		in["claims"], in["rest"], in["wide"], in["trees"] = []any{}, []any{}, false, []any{json.Number("0")}
	}
	for _, c := range []struct {
		load  int
		finds string
	}{{250, "was not looked at in its turn"}, {60, ""}} {
		r := newRig(t, func(c *Config) { c.Capacity = secondPoint(t, 120) })
		r.keepPower()
		r.keep(twoPoints(120))
		r.file(holder, plot, c.load)
		_, before := r.claimOf(1)
		r.pass(time.Minute)
		r.file(holder, secondPlot, c.load)
		r.wantClean()
		claims, asOf := r.claimOf(2)
		if before >= asOf || c.load == 250 && !slices.Equal(claims.Buses, []int{2, 3}) {
			t.Fatalf("%d kW: it claims %v, after %d and %d entries", c.load, claims.Buses, before, asOf)
		}
		problems := r.replayedWith(2, map[int64]func([]*event) []*event{2: r.claimsAsOf(before, nobody)})
		if c.finds == "" && len(problems) > 0 || c.finds != "" && !slices.ContainsFunc(problems, func(p Problem) bool { return strings.Contains(p.What, c.finds) }) {
			t.Errorf("%d kW: found %v, not %q", c.load, problems, c.finds)
		}
		if c.finds == "" {
			continue
		}
		r.forgedAs("by a network that is none", 2, each(func(d *lookedUp) { d.AsOf = -1 << 20 }), "by another state of the log")
		if problems := r.replayedWith(2, map[int64]func([]*event) []*event{2: r.claimsAsOf(asOf, nobody)}); !slices.ContainsFunc(problems, func(p Problem) bool { return strings.Contains(p.What, "jumps the queue") }) {
			t.Errorf("it leaves out who was before it: found %v", problems)
		}
	}
}

// TestThePowerOfATreeIsKeptByBus: the books of an audit tell what is held on each tree of a
// network, whichever network was asked for before, as the list of all does.
func TestThePowerOfATreeIsKeptByBus(t *testing.T) {
	one, err := grid.Compile(twoPoints(120))
	if err != nil {
		t.Fatal(err)
	}
	other, err := grid.Compile(testNetwork(400))
	if err != nil {
		t.Fatal(err)
	}
	book := newPowerBook()
	for i, m := range []*grid.Model{one, one, other, one, other, other} {
		book.set(bookMove{entry: int64(i), no: int64(i % 3), possession: possession{place: int64(2 + i%2), watt: int64(1000 * (i % 4))}})
		for tree := range m.Trees() {
			var want []grid.Extra
			for bus := range 5 {
				if at, ok := m.TreeOf(bus); ok && at == tree && book.byBus[int64(bus)] != 0 {
					want = append(want, grid.Extra{Bus: bus, Watt: book.byBus[int64(bus)]})
				}
			}
			if is := book.heldOn(m, tree); !slices.Equal(is, want) {
				t.Errorf("after %d: %v on tree %d, not %v", i, is, tree, want)
			}
		}
	}
}
