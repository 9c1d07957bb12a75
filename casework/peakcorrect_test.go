package casework

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"aiqyn"
	"aiqyn/deadline"
	"aiqyn/store"
)

var secondSigner = aiqyn.Actor{Role: aiqyn.RoleOverseer, Officer: "overseer-01"}

// corrects makes a table of corrections of one transformer today, a row for each
// "meter,kw,reason".
func (r *rig) corrects(rows ...string) []byte {
	table := "trafo,day,meter,peak_kw,reason,evidence\n"
	for _, row := range rows {
		table += fmt.Sprintf("1,%s,%s,Act 114\n", deadline.DateOf(r.clock().In(r.Zone)), row)
	}
	return []byte(table)
}

func (r *rig) correct(rows ...string) Result {
	r.t.Helper()
	return r.must(CorrectPeaks{ID: r.id(), Actor: meterReader, Table: r.corrects(rows...)})
}

// whyChanged is why the one transformer has changed with the newest publication.
func (r *rig) whyChanged() []string {
	r.t.Helper()
	days, err := r.CapacityHistory(r.t.Context(), aiqyn.Actor{}, 1, Page{Limit: 1})
	if err != nil || len(days.Items) != 1 || days.Items[0].Change == nil {
		r.t.Fatalf("%+v %v", days, err)
	}
	return days.Items[0].Change.Why
}

// publishes again, and says what is free.
func (r *rig) publishes() int64 {
	r.t.Helper()
	r.pass(time.Minute)
	r.publishPower()
	return r.freeNow()
}

// TestAReadingIsCorrected: somebody has typed a zero too many. It is mended by one
// person, for it gives power back; what was sent stays, what was published on it
// stays, and what is published next says why it changed. To mend it the other way
// takes a second meter and a second person.
func TestAReadingIsCorrected(t *testing.T) {
	r := newRig(t, nobodyKnows)
	r.keepNetwork()
	r.registersBy(meterReader, "M-1", "M-3")
	r.registersBy(secondReader, "M-4")
	r.measure(r.peaks("M-1", 100, 40))
	usual := r.publishes()
	r.measure(strings.ReplaceAll(r.peaks("M-2", 350), "M-2", "M-3"))
	typed := r.publishes()
	first := r.lastPublication(t)
	if typed >= usual {
		t.Fatalf("free were %d W, and are %d W", usual, typed)
	}

	done := r.correct("M-3,35,typing")
	if again := r.publishes(); again != usual || !slices.Equal(r.whyChanged(), []string{CauseCorrected}) {
		t.Errorf("free are %d W, because of %q", again, r.whyChanged())
	}
	days, err := r.Peaks(t.Context(), aiqyn.Actor{}, 1, Page{Limit: 2})
	if err != nil || len(days.Items) != 2 || days.Items[0].Watt != 35_000 || days.Items[0].By != -1 || days.Items[1].Watt != 350_000 || days.Items[1].By != done.First || days.Items[0].Old != days.Items[1].Entry {
		t.Fatalf("on file are %+v %v", days, err)
	}
	if rest, err := r.Peaks(t.Context(), aiqyn.Actor{}, 1, Page{Limit: 2, After: days.Next}); err != nil || len(rest.Items) != 2 || rest.Items[0].Watt != 40_000 {
		t.Errorf("and then %+v %v", rest, err)
	}
	published, err := r.PublicationOfDay(t.Context(), first.Day)
	was, err2 := r.publicationAt(t.Context(), first.Entry)
	if err != nil || err2 != nil || published.Entry == first.Entry || was.Peaks[0].Watt != 350_000 {
		t.Errorf("the day before says %+v %v %v", was, err, err2)
	}
	r.whole()
	r.sound()

	report, err := r.CheckCorrections(t.Context(), meterReader, r.corrects("M-3,90,typing", "M-1,,wrong-transformer", "M-9,1,typing", "M-3,90,typing"))
	if err != nil || len(report.Rows) != 1 || report.Rows[0].Watt != -1 {
		t.Errorf("%+v %v", report, err)
	}
	var said []string
	for _, f := range report.Faults {
		said = append(said, f.Err.Key)
	}
	if want := []string{"error.correction-meters", "error.correction-nothing", "error.peak-twice-row"}; !slices.Equal(said, want) {
		t.Errorf("left are %q, want %q", said, want)
	}

	r.must(Measurements{ID: r.id(), Actor: secondReader, Table: []byte(r.peaks("M-4", 180))})
	r.publishes()
	asked := r.correct("M-3,190,meter-fault", "M-1,39,typing")
	if asked.Last != asked.First+1 {
		t.Fatalf("%+v", asked)
	}
	waits := asked.Last
	r.fails(SignPeaks{ID: r.id(), Actor: meterReader, Entry: waits}, "error.forbidden")
	r.fails(SignPeaks{ID: r.id(), Actor: aiqyn.Actor{Role: aiqyn.RoleOverseer, Officer: meterReader.Officer}, Entry: waits}, "error.two-signatures")
	r.fails(SignPeaks{ID: r.id(), Actor: secondSigner, Entry: asked.First}, "error.not-found")
	if list, err := r.CorrectionsAsked(t.Context(), secondSigner); err != nil || len(list) != 1 || !slices.Equal(list[0].Rows[0].Meters, []string{"M-4"}) {
		t.Errorf("for the overseer waits %+v %v", list, err)
	}
	waiting := r.publishes()
	r.reopen()
	r.must(SignPeaks{ID: r.id(), Actor: secondSigner, Entry: waits})
	if signed := r.publishes(); signed >= waiting {
		t.Errorf("free were %d W and are %d W after both have signed", waiting, signed)
	}
	if list, err := r.CorrectionsAsked(t.Context(), secondSigner); err != nil || len(list) != 0 {
		t.Errorf("still waits %+v %v", list, err)
	}
	r.wantClean()
	r.whole()
	r.tamperedCorrections()
	r.correctedByOne()
}

// tamperedCorrections: a row that was corrected otherwise, or not at all, is found and
// put right.
func (r *rig) tamperedCorrections() {
	r.t.Helper()
	for _, sql := range []string{`UPDATE measurement SET watt = 1 WHERE corrects >= 0`, `DELETE FROM measurement WHERE corrects >= 0`, `UPDATE measurement SET corrects = -1`} {
		db := r.beside()
		if _, err := db.Exec(sql); err != nil {
			r.t.Fatal(err)
		}
		db.Close()
		if r.audit().OK {
			r.t.Errorf("%s: was not found", sql)
		}
		if mended := r.rebuild(); mended.Differed == 0 || len(mended.Problems) > 0 {
			r.t.Errorf("%s: %+v", sql, mended)
		}
		r.open()
	}
	r.wantClean()
}

// oneHand corrects what takes two alone: an engine that was tampered with.
type oneHand struct{ correctPeaks }

func (c *oneHand) prepare(ctx context.Context, e *Engine) error {
	err := c.correctPeaks.prepare(ctx, e)
	for i := range c.parts {
		c.parts[i].kind = EventPeaksCorrected
	}
	return err
}

func (r *rig) correctedByOne() {
	r.t.Helper()
	forged := &oneHand{correctPeaks{apart: apart{r.id(), meterReader}, table: r.corrects("M-3,192,typing")}}
	if _, err := r.carryOut(r.t.Context(), forged); err != nil {
		r.t.Fatal(err)
	}
	r.auditFinds("one person has made it")
}

// TestWhatTakesTwo of corrections: a figure that grows, and one that is struck out
// where a higher one takes its place.
func TestWhatTakesTwo(t *testing.T) {
	rows := []store.Measurement{
		{Day: "2026-11-01", Watt: 300}, {Day: "2026-11-20", Meter: "A", Watt: 90}, {Day: "2026-11-20", Meter: "B", Watt: 100}, {Day: "2026-11-21", Meter: "A", Watt: 80},
	}
	for name, c := range map[string]struct {
		p       peakCorrected
		two     bool
		bearers []string
	}{
		"lower":                {peakCorrected{Day: "2026-11-20", Meter: "B", Watt: 20, WasW: 100}, false, nil},
		"higher":               {peakCorrected{Day: "2026-11-21", Meter: "A", Watt: 81, WasW: 80}, true, nil},
		"higher, another says": {peakCorrected{Day: "2026-11-20", Meter: "A", Watt: 110, WasW: 90}, true, []string{"B"}},
		"struck out":           {peakCorrected{Day: "2026-11-20", Meter: "B", Watt: -1, WasW: 100}, false, []string{"A"}},
		"the estimate, lower":  {peakCorrected{Day: "2026-11-01", Watt: 200, WasW: 300}, false, nil},
	} {
		if two := c.p.lifts(rows, "2026-11-22", 30); two != c.two {
			t.Errorf("%s: takes two: %t", name, two)
		}
		if got := c.p.bearers(rows, 10, "2026-11-22", 30); !slices.Equal(got, c.bearers) {
			t.Errorf("%s: borne out by %q", name, got)
		}
	}
	last := peakCorrected{Day: "2026-11-20", Meter: "B", Watt: -1, WasW: 100}
	if alone := []store.Measurement{rows[0], rows[2]}; !last.lifts(alone, "2026-11-22", 30) {
		t.Error("the estimate above it takes its place, and one may strike it out")
	}
	if unknown := rows[2:3]; last.lifts(unknown, "2026-11-22", 30) {
		t.Error("what nobody knows refuses nobody, and it takes two")
	}
}
