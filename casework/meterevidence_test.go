package casework

import (
	"context"
	"testing"
	"time"

	"aiqyn"
)

// TestWhatARaiseTakes: a correction that leaves less power free takes what a withdrawal
// takes: two meters that were registered by two people before they were read, one of them
// read by somebody else than whoever corrects the other.
func TestWhatARaiseTakes(t *testing.T) {
	for name, c := range map[string]struct {
		before func(r *rig) // what stands before the readings
		sends  aiqyn.Actor  // the other meter's
		after  func(r *rig)
		row    string
		holds  bool
	}{
		"nobody has registered them":     {func(*rig) {}, secondReader, nil, "M-1,220,typing", false},
		"one person has registered both": {func(r *rig) { r.registersBy(meterReader, "M-1", "M-2") }, secondReader, nil, "M-1,220,typing", false},
		"one of them":                    {func(r *rig) { r.registersBy(secondReader, "M-2") }, secondReader, nil, "M-1,220,typing", false},
		"whoever corrects has sent both": {func(r *rig) { r.registers("M-1", "M-2") }, meterReader, nil, "M-1,220,typing", false},
		"two have":                       {func(r *rig) { r.registers("M-1", "M-2") }, secondReader, nil, "M-1,220,typing", true},
		"two who do not agree":           {func(r *rig) { r.registers("M-1", "M-2") }, secondReader, nil, "M-1,300,typing", false},
		"registered once they were read": {func(*rig) {}, secondReader, func(r *rig) { r.registers("M-1", "M-2") }, "M-1,220,typing", false},
		"registered before a correction": {func(r *rig) { r.registersBy(meterReader, "M-1") }, secondReader, func(r *rig) {
			r.registersBy(secondReader, "M-2")
			r.must(CorrectPeaks{ID: r.id(), Actor: secondReader, Table: r.corrects("M-2,209,typing")}) // a little less, by one person
		}, "M-1,220,typing", false},
		"an estimate, by one other meter": {func(r *rig) { r.registers("M-1", "M-2") }, secondReader, func(r *rig) {
			r.measure("trafo,day,peak_kw,meter\n1," + r.today().String() + ",150,\n")
		}, ",205,typing", true},
		"an estimate, by meters of one hand": {func(r *rig) { r.registers("M-1", "M-2") }, meterReader, func(r *rig) {
			r.measure("trafo,day,peak_kw,meter\n1," + r.today().String() + ",150,\n")
		}, ",205,typing", false},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t)
			r.keepPower()
			c.before(r)
			r.measure(r.peaks("M-1", 200))
			r.must(Measurements{ID: r.id(), Actor: c.sends, Table: []byte(r.peaks("M-2", 210))})
			if c.after != nil {
				c.after(r)
			}
			table := r.corrects(c.row)
			_, err := r.Do(t.Context(), CorrectPeaks{ID: r.id(), Actor: meterReader, Table: table})
			if c.holds != (err == nil) {
				t.Errorf("it is taken: %v", err)
			}
			report, err := r.CheckCorrections(t.Context(), meterReader, table)
			if err != nil || c.holds == (len(report.Faults) > 0) || !c.holds && report.Faults[0].Err.Key != "error.correction-meters" {
				t.Errorf("it is said that %+v, %v", report, err)
			}
			r.wantClean()
		})
	}
}

// raisesAnyhow asks for what no registered meters bear out, as if they did.
type raisesAnyhow struct{ correctPeaks }

func (c *raisesAnyhow) prepare(ctx context.Context, e *Engine) error {
	if err := c.apart.prepare(ctx, e); err != nil {
		return err
	}
	on, err := e.judgesNow()
	if err != nil {
		return err
	}
	asks := evidenceOf(&on.rule)
	on.rule.Raised, c.act = false, on.act
	judged, err := e.judgeCorrections(ctx, c.table, on)
	if err != nil {
		return err
	}
	if c.after, err = e.Store.LastMeasurement(ctx); err != nil {
		return err
	}
	judged.rule.evidence = asks
	c.parts, err = judged.parts(c.table)
	return err
}

// TestTheAuditOfRaises: corrections that were let pass, asked and signed by two, are found:
// both where they say that they have the evidence and where they say that none is asked.
func TestTheAuditOfRaises(t *testing.T) {
	for name, c := range map[string]struct {
		forged func(a correctPeaks) command
		finds  string
	}{
		"as if it had evidence": {func(a correctPeaks) command { return &raisesAnyhow{a} }, "no meters bear it out"},
		"as if none were asked": {func(a correctPeaks) command {
			return &correctsElse{correctPeaks: a, change: func(p *correctionsPart) { p.kept.Evidence = nil }}
		}, "not what the table gives that was sent"},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t)
			r.keepPower()
			if name == "as if none were asked" {
				r.registers("M-1", "M-2")
			}
			r.measure(r.peaks("M-1", 200))
			r.must(Measurements{ID: r.id(), Actor: secondReader, Table: []byte(r.peaks("M-2", 210))})
			r.pass(time.Minute)
			if _, err := r.carryOut(t.Context(), c.forged(correctPeaks{apart: apart{r.id(), meterReader}, table: r.corrects("M-1,220,typing")})); err != nil {
				t.Fatal(err)
			}
			r.finds(c.finds)
		})
	}
}

// TestARaiseThatIsSigned is held to the evidence once more: meters of which one is found
// to be of the same hand by then do not bear it out.
func TestARaiseThatIsSigned(t *testing.T) {
	r := newRig(t)
	r.keepPower()
	r.registers("M-1", "M-2")
	r.measure(r.peaks("M-1", 200))
	r.must(Measurements{ID: r.id(), Actor: secondReader, Table: []byte(r.peaks("M-2", 210))})
	waits := r.correct("M-1,220,typing").Last
	r.must(CorrectPeaks{ID: r.id(), Actor: meterReader, Table: r.corrects("M-2,209,typing")}) // now M-2 says what the same hand has written
	r.fails(SignPeaks{ID: r.id(), Actor: secondSigner, Entry: waits}, "error.correction-changed")
	r.must(CorrectPeaks{ID: r.id(), Actor: secondReader, Table: r.corrects("M-2,208,typing")})
	r.must(SignPeaks{ID: r.id(), Actor: secondSigner, Entry: waits})
	r.wantClean()
	r.whole()
}
