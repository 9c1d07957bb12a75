package casework

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"aiqyn"
	"aiqyn/deadline"
)

// secondReader is somebody else who sends readings.
var secondReader = aiqyn.Actor{Role: aiqyn.RoleOperator, Officer: "operator-02"}

var meterReader = aiqyn.Actor{Role: aiqyn.RoleOperator, Officer: "operator-01"}

// peaks makes a table of one transformer's peaks by one meter, a row a day,
// the last of them today. A peak below zero leaves its day out.
func (r *rig) peaks(meter string, kw ...float64) string {
	today := deadline.DateOf(r.clock().In(r.Zone))
	rows := []string{"trafo,day,peak_kw,meter"}
	for i, w := range kw {
		if w >= 0 {
			rows = append(rows, fmt.Sprintf("1,%s,%g,%s", today.AddDays(i+1-len(kw)), w, meter))
		}
	}
	return strings.Join(rows, "\n") + "\n"
}

func (r *rig) measure(table string) Result {
	r.t.Helper()
	return r.must(Measurements{ID: r.id(), Actor: meterReader, Table: []byte(table)})
}

func (r *rig) publishPower() {
	r.t.Helper()
	if _, err := r.PublishCapacity(r.t.Context()); err != nil {
		r.t.Fatal(err)
	}
}

// shown is the transformer of the rig as it was published last.
func (r *rig) shown() TrafoLine {
	r.t.Helper()
	line, _, err := r.Transformer(r.t.Context(), aiqyn.Actor{}, 1)
	if err != nil {
		r.t.Fatal(err)
	}
	return line
}

// freeNow is what the one point can take on the network in force.
func (r *rig) freeNow() int64 {
	r.t.Helper()
	c, err := r.CapacityNow(2)
	if err != nil {
		r.t.Fatal(err)
	}
	return c.FreeW
}

// nobodyKnows opens a network of whose load nobody has said anything.
func nobodyKnows(c *Config) { c.Capacity.Places = nil }

// TestAMeasuredPeakBearsOnTheNetwork from the publication on, for pages, for
// cases and after a restart; until then nothing has changed.
func TestAMeasuredPeakBearsOnTheNetwork(t *testing.T) {
	r := newRig(t, nobodyKnows)
	r.keepNetwork()
	r.publishPower()
	if is := r.shown(); is.Basis != basisUnknown || is.Measured != "" {
		t.Fatalf("nobody has measured it, and it is %+v", is)
	}
	empty := r.freeNow()
	r.measure(r.peaks("M-1", 90, 120, -1, 100))
	if r.freeNow() != empty {
		t.Error("a reading counts before it is published")
	}
	ref := r.toConditions(holder, plot, 50) // under way when the network changes
	r.pass(time.Hour)
	r.publishPower()
	is := r.shown()
	if is.Basis != basisMeasured || is.Measured != "2026-06-01" || is.Missing != 35-3 {
		t.Errorf("measured three times, it is %+v", is)
	}
	if got := empty - r.freeNow(); got < 119_000 || got > 123_000 {
		t.Errorf("the highest reading, 120 kW, takes %d W of what is free", got)
	}
	if is.FreeW != r.freeNow() {
		t.Errorf("%d W are published, %d W are free", is.FreeW, r.freeNow())
	}
	r.must(Decide{ID: r.id(), Actor: r.officer(ref), Ref: ref, Step: "conditions", Grant: true})
	if got := is.FreeW - r.freeNow(); got < 49_000 || got > 52_000 {
		t.Errorf("the grant of 50 kW takes %d W on the measured network", got)
	}
	before := r.freeNow()
	r.reopen()
	if r.freeNow() != before {
		t.Errorf("after a restart %d W are free, before it were %d W", r.freeNow(), before)
	}
	r.wantClean()
	r.whole()
}

// whole holds that nothing differs from what the log gives, and goes on.
func (r *rig) whole() {
	r.t.Helper()
	if report := r.rebuild(); !report.OK {
		r.t.Errorf("rebuild: %+v %+v", report.Mended, report.Problems)
	}
	r.open()
}

// TestReadingsThatCannotBe are left out, each with its row and the reason, and
// the rest is taken.
func TestReadingsThatCannotBe(t *testing.T) {
	r := newRig(t)
	r.keepNetwork()
	r.measure(r.peaks("M-1", 70, 70, 70, 70, 70, 70, 70, 70, 70, 70, 70, 70, 70, 70, 70, 70, 70, 70, 70, 71))
	var rows []string
	for n := range 22 { // still on the twentieth day, from the twenty-first on it stands
		rows = append(rows, fmt.Sprintf("1,%s,55,M-2", deadline.DateOf(start).AddDays(n-21)))
	}
	table := "trafo,day,peak_kw,meter\n" +
		"9,2026-05-30,10,M-1\n" + // 2: not there
		"1,2026-06-02,10,M-1\n" + // 3: tomorrow
		"1,2026-05-02,-1,M-1\n" + // 4
		"1,2026-05-03,640,M-1\n" + // 5: rated 421 kVA
		"1,2026-06-01,71,M-1\n" + // 6: on file
		"1,2026-05-01,33,M-3\n" + // 7
		"1,2026-05-01,34,M-3\n" + // 8: twice
		strings.Join(rows, "\n") + "\n"
	report, err := r.CheckMeasurements(t.Context(), meterReader, []byte(table))
	if err != nil {
		t.Fatal(err)
	}
	var said []string
	for _, f := range report.Faults {
		said = append(said, fmt.Sprint(f.Row, " ", f.Err.Key))
	}
	want := []string{"2 error.peak-trafo", "3 error.peak-future", "4 error.peak-negative", "5 error.peak-most", "6 error.peak-twice", "8 error.peak-twice-row",
		"29 error.peak-constant", "30 error.peak-constant"}
	if !slices.Equal(said, want) {
		t.Errorf("said %q, want %q", said, want)
	}
	if report.Taken != 21 {
		t.Errorf("%d rows are taken", report.Taken)
	}
	res := r.measure(table)
	batch, err := r.MeasurementBatch(t.Context(), meterReader, res.First)
	if err != nil || batch.Taken != 21 || len(batch.Faults) != len(want) || batch.Faults[0].Row != 2 {
		t.Errorf("the batch says %+v, %v", batch, err)
	}
	if _, err := r.Do(t.Context(), Measurements{ID: r.id(), Actor: meterReader, Table: []byte(table)}); aiqyn.KindOf(err) != aiqyn.Invalid {
		t.Errorf("the same table once more: %v", err)
	}
	for _, actor := range []aiqyn.Actor{{Role: aiqyn.RoleEngineer, Officer: "engineer-01"}, {Role: aiqyn.RoleApplicant, Person: holder}, {Role: aiqyn.RoleAnonymous}} {
		if _, err := r.Do(t.Context(), Measurements{ID: r.id(), Actor: actor, Table: []byte(table)}); aiqyn.KindOf(err) != aiqyn.Forbidden && aiqyn.KindOf(err) != aiqyn.Unauthenticated {
			t.Errorf("%s: %v", actor.Role, err)
		}
	}
	r.wantClean()
}

// TestGapsAreShown: days without a reading are told, and filled with nothing; the
// list goes on where its page ended.
func TestGapsAreShown(t *testing.T) {
	r := newRig(t)
	r.keepNetwork()
	r.measure(r.peaks("M-1", 10, -1, -1, 20, 30, -1, 40))
	var said []string
	for after := ""; ; {
		list, err := r.Peaks(t.Context(), aiqyn.Actor{}, 1, Page{After: after, Limit: 2})
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range list.Items {
			if d.Gap > 0 {
				said = append(said, fmt.Sprint(d.Day, "–", d.Until, " ", d.Gap))
			} else {
				said = append(said, fmt.Sprint(d.Day, " ", d.Watt))
			}
		}
		if after = list.Next; after == "" {
			break
		}
	}
	want := []string{"2026-06-01 40000", "2026-05-31–2026-05-31 1", "2026-05-30 30000", "2026-05-29 20000", "2026-05-27–2026-05-28 2", "2026-05-26 10000"}
	if !slices.Equal(said, want) {
		t.Errorf("said %q", said)
	}
	for _, bad := range []string{"x", "2026-13-01/m", "2026-06-01"} {
		if _, err := r.Peaks(t.Context(), aiqyn.Actor{}, 1, Page{After: bad}); aiqyn.KindOf(err) != aiqyn.Invalid {
			t.Errorf("after %q: %v", bad, err)
		}
	}
}

// TestAnEstimateBinds as long as no meter says otherwise, and a reading that is
// too old makes a transformer no longer measured.
func TestAnEstimateBinds(t *testing.T) {
	r := newRig(t)
	r.keepNetwork()
	r.measure("trafo,day,peak_kw,meter\n1,2026-05-01,200,\n")
	r.publishPower()
	if is := r.shown(); is.Basis != basisEstimated || is.Measured != "2026-05-01" {
		t.Errorf("%+v", is)
	}
	estimated := r.freeNow()
	r.measure(r.peaks("M-1", 100))
	r.pass(time.Hour)
	r.publishPower()
	if is := r.shown(); is.Basis != basisMeasured || r.freeNow() <= estimated {
		t.Errorf("%+v, %d W", is, r.freeNow())
	}
	r.skip(40 * 24 * time.Hour)
	r.reopen()
	r.publishPower()
	if is := r.shown(); is.Basis != basisEstimated || r.freeNow() != estimated {
		t.Errorf("forty days later %+v, %d W", is, r.freeNow())
	}
	r.wantClean()
}

// TestTamperedMeasurements are found, and put back from the log; and so is what was
// published, be it of the newest day or of one before, which pages still tell.
func TestTamperedMeasurements(t *testing.T) {
	r := newRig(t)
	r.keepNetwork()
	r.measure(r.peaks("M-1", 100, 110))
	r.publishPower()
	r.publishes()
	const before = ` WHERE id = (SELECT min(id) FROM publication)`
	for _, sql := range []string{
		`UPDATE capacity SET line = replace(line, '"FreeW":', '"FreeW":9') WHERE publication = (SELECT min(id) FROM publication)`,
		`UPDATE publication SET day = '2026-05-01'` + before, `DELETE FROM publication` + before,
		`UPDATE measurement SET watt = 1000 WHERE watt = 110000`, `DELETE FROM measurement WHERE watt = 110000`,
		`INSERT INTO measurement (trafo, day, meter, watt, entry, corrects) VALUES (1, '2026-05-02', 'M-9', 300000, 0, -1)`,
	} {
		db := r.beside()
		if _, err := db.Exec(sql); err != nil {
			t.Fatal(err)
		}
		db.Close()
		if r.audit().OK {
			t.Errorf("%s: was not found", sql)
		}
		if mended := r.rebuild(); mended.Differed == 0 || len(mended.Problems) > 0 {
			t.Errorf("%s: %+v", sql, mended)
		}
		r.open()
		r.wantClean()
	}
}
