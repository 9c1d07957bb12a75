package casework

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"aiqyn/deadline"
	"aiqyn/grid"
)

// daily makes a table of a meter's readings on each of some days up to today,
// never the same on two.
func (r *rig) daily(meter string, days int, kw float64) string {
	today := deadline.DateOf(r.clock().In(r.Zone))
	rows := []string{"trafo,day,peak_kw,meter"}
	for n := range days {
		rows = append(rows, fmt.Sprintf("1,%s,%g,%s", today.AddDays(n+1-days), kw-float64(n%2), meter))
	}
	return strings.Join(rows, "\n") + "\n"
}

// saidLast is what was published last.
func (r *rig) saidLast() publication {
	r.t.Helper()
	p, _, err := r.Store.LastPublication(r.t.Context())
	if err != nil {
		r.t.Fatal(err)
	}
	said, err := r.publicationAt(r.t.Context(), p.Entry)
	if err != nil {
		r.t.Fatal(err)
	}
	return *said
}

// TestAConnectionCountsOnce: what is connected stays on top of readings from before,
// is taken off those from after, which hold it, and becomes part of the measured load
// when a whole window lies behind it, with readings enough. What was published before
// that binds as it stood.
func TestAConnectionCountsOnce(t *testing.T) {
	r := newRig(t)
	r.keepNetwork()
	r.measure(r.daily("M-1", 40, 100))
	ref := r.conditions(holder, plot, 50)
	r.toLight(holder, ref)
	r.publishPower()
	before := r.freeNow()
	if is := r.shown(); is.ReservedW != 50_000 || is.ConnectedW != 50_000 || is.LapseW != is.FreeW {
		t.Errorf("connected, it is %+v: nothing of it can lapse", is)
	}

	r.skip(20 * 24 * time.Hour)
	r.reopen()
	r.measure(r.daily("M-1", 19, 140)) // with the 50 kW in them
	r.publishPower()
	if said := r.saidLast(); !slices.Equal(said.Peaks, []grid.Peak{{Trafo: 1, Watt: 100_000}}) || !slices.Equal(said.Connected, []joined{{"2026-06-01", 1, 50_000}}) {
		t.Errorf("140 kW with 50 kW in them are %+v beside %+v", said.Peaks, said.Connected)
	}
	if now := r.freeNow(); now != before {
		t.Errorf("%d W were free, and %d W are since a meter has counted what is connected", before, now)
	}
	r.measure(r.daily("M-2", 1, 170)) // 20 kW more than there were
	r.pass(time.Hour)
	r.publishPower()
	if got := before - r.freeNow(); got < 18_000 || got > 22_000 {
		t.Errorf("20 kW more take %d W", got)
	}
	r.wantClean()

	r.skip(344 * 24 * time.Hour) // of the window one day lies before the connection
	r.reopen()
	r.measure(r.daily("M-1", 290, 140))
	r.publishPower()
	if is := r.shown(); is.ReservedW != 50_000 {
		t.Errorf("a day too early it is %+v", is)
	}
	older := r.saidLast()
	r.skip(24 * time.Hour)
	r.reopen()
	r.measure(r.daily("M-1", 1, 139.5))
	r.publishPower()
	said := r.saidLast()
	if is := r.shown(); is.ReservedW != 0 || !slices.Equal(said.Settled, []joined{{"2026-06-01", 1, 50_000}}) || len(said.Connected) != 0 {
		t.Errorf("after a whole window it is %+v, %+v", is, said.Settled)
	}
	if !slices.Equal(said.Peaks, []grid.Peak{{Trafo: 1, Watt: 170_000}}) {
		t.Errorf("the load is %+v", said.Peaks)
	}
	r.wantClean()
	r.settledOnOlder(older)
	r.whole()
	r.settledOnOlder(older)

	db := r.beside()
	if _, err := db.Exec(`UPDATE reservation SET amount = 50000`); err != nil {
		t.Fatal(err)
	}
	db.Close()
	if r.audit().OK {
		t.Error("what has left the reservations stands there again, and no audit says so")
	}
	if mended := r.rebuild(); mended.Differed == 0 || len(mended.Problems) > 0 {
		t.Errorf("%+v", mended)
	}
	r.open()
	r.wantClean()
}

// settledOnOlder holds that the networks of before bind with what stood on them then.
func (r *rig) settledOnOlder(older publication) {
	r.t.Helper()
	c := r.Capacity
	c.mu.RLock()
	shown := c.shown
	c.mu.RUnlock()
	networks := shown.networks(2, r.clock().Add(-30*24*time.Hour), c.network().hash, 1<<62)
	if len(networks) != 1 || networks[0].Network != older.Network || !slices.Equal(networks[0].Settled, []grid.Extra{{Bus: 2, Watt: 50_000}}) {
		r.t.Errorf("what was published before: %+v", networks)
	}
}

// TestTooFewReadingsSettleNothing: a meter that was hardly read does not know what is
// connected.
func TestTooFewReadingsSettleNothing(t *testing.T) {
	at := "2027-06-02" // the window begins on 2026-06-03
	load := []connectedLoad{{Case: 1, Place: 2, Since: "2026-06-01", Trafo: 1, Watt: 50_000}}
	rule := peakRule{Measured: 35, Peak: 365, Settled: 300}
	for _, c := range []struct {
		name  string
		known loadKnown
		rule  peakRule
		since string
		want  bool
	}{
		{"all year", loadKnown{basis: basisMeasured, days: 300}, rule, "2026-06-02", true},
		{"a day in the window", loadKnown{basis: basisMeasured, days: 300}, rule, "2026-06-03", false},
		{"a reading missing", loadKnown{basis: basisMeasured, days: 299}, rule, "2026-06-02", false},
		{"an estimate", loadKnown{basis: basisEstimated, days: 300}, rule, "2026-06-02", false},
		{"a pack that says nothing", loadKnown{basis: basisMeasured, days: 300}, peakRule{Measured: 35, Peak: 365}, "2026-06-02", false},
	} {
		load[0].Since = c.since
		stay, leave := settling(load, map[int]loadKnown{1: c.known}, at, c.rule)
		if (len(leave) == 1) != c.want || len(stay)+len(leave) != 1 {
			t.Errorf("%s: %+v stays, %+v leaves", c.name, stay, leave)
		}
	}
}
