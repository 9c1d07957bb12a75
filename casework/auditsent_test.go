package casework

import (
	"strings"
	"testing"

	"aiqyn"
	"aiqyn/canonical"
)

// takesElse takes in something else of a table than was sent.
type takesElse struct {
	takePeaks
	change func(k *takePeaks)
}

func (c *takesElse) prepare(ctx ctx, e *Engine) error {
	err := c.takePeaks.prepare(ctx, e)
	if err == nil {
		c.change(&c.takePeaks)
		c.data, err = canonical.Encode(c.kept)
	}
	return err
}

// leaveOutLast takes the last row in no more.
func (k *takePeaks) leaveOutLast() peakTaken {
	n := len(k.kept.Taken) - 1
	last := k.kept.Taken[n]
	k.kept.Taken = k.kept.Taken[:n]
	k.from, k.to = daysOfTaken(&k.kept)
	return last
}

// correctsElse corrects something else than was sent.
type correctsElse struct {
	correctPeaks
	change func(p *correctionsPart)
}

func (c *correctsElse) prepare(ctx ctx, e *Engine) error {
	err := c.correctPeaks.prepare(ctx, e)
	for i := range c.parts {
		if p := &c.parts[i]; err == nil {
			c.change(p)
			p.data, err = canonical.Encode(p.kept)
		}
	}
	return err
}

// TestTheAuditOfReadingsAsSent: what is taken in is what was sent, and what is left out is
// left out for the reason that it says.
func TestTheAuditOfReadingsAsSent(t *testing.T) {
	const another = "not what the table gives that was sent"
	for name, c := range map[string]struct {
		change func(k *takePeaks)
		finds  string
	}{
		"another figure":        {func(k *takePeaks) { k.kept.Taken[0].Watt = 390_000 }, another},
		"by another meter":      {func(k *takePeaks) { k.kept.Taken[0].Meter = "M-2" }, another},
		"of another row":        {func(k *takePeaks) { k.kept.Taken[0].Row++ }, another},
		"one left out silently": {func(k *takePeaks) { k.leaveOutLast() }, another},
		"one left out for a reason that is none": {func(k *takePeaks) {
			last := k.leaveOutLast()
			k.kept.Left = append(k.kept.Left, peakLeft{Column: "peak_kw", Row: last.Row, Why: "error.peak-negative"})
		}, another},
		"left out for another reason": {func(k *takePeaks) { k.kept.Left[0].Why = "error.peak-future" }, another},
		"one more":                    {func(k *takePeaks) { x := k.kept.Taken[0]; x.Meter = "M-9"; k.kept.Taken = append(k.kept.Taken, x) }, another},
		"another table": {func(k *takePeaks) {
			k.table = []byte(strings.ReplaceAll(string(k.table), ",10,", ",390,"))
			k.kept.File = hexSum(k.table)
		}, another},
		"of other days": {func(k *takePeaks) { k.from = "2020-01-01" }, "it says something else than what is kept of it"},
		"sent by an engineer": {func(k *takePeaks) {
			k.actor = aiqyn.Actor{Role: aiqyn.RoleEngineer, Officer: "engineer-01", Body: "utility"}
		}, "sent by somebody who may not"},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t)
			r.keepPower()
			table := r.peaks("M-1", 10, 20) + "77," + r.today().String() + ",5,M-1\n"
			r.measure(strings.ReplaceAll(table, "M-1", "M-0"))
			r.wantClean()
			cmd := &takesElse{takePeaks{apart: apart{r.id(), meterReader}, table: []byte(table)}, c.change}
			if _, err := r.carryOut(t.Context(), cmd); err != nil {
				t.Fatal(err)
			}
			r.finds(c.finds)
		})
	}
}

// TestTheAuditOfCorrectionsAsSent: the same of corrections, of which one person makes some
// and two make others.
func TestTheAuditOfCorrectionsAsSent(t *testing.T) {
	for name, change := range map[string]func(p *correctionsPart){
		"":                    func(*correctionsPart) {},
		"another figure":      func(p *correctionsPart) { p.kept.Taken[0].Watt -= 1000 },
		"another reason":      func(p *correctionsPart) { p.kept.Taken[0].Reason = "other" },
		"other evidence":      func(p *correctionsPart) { p.kept.Taken[0].Evidence = "nothing" },
		"one left out":        func(p *correctionsPart) { p.kept.Left = nil },
		"by a lenient rule":   func(p *correctionsPart) { p.kept.Agree++ },
		"without evidence":    func(p *correctionsPart) { p.kept.Evidence = nil },
		"judged on other day": func(p *correctionsPart) { p.kept.On = "2026-05-31" },
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t)
			r.keepPower()
			r.registers("M-2", "M-3")
			r.measure(r.peaks("M-1", 100))
			r.measure(r.peaks("M-2", 200))
			r.must(Measurements{ID: r.id(), Actor: secondReader, Table: []byte(r.peaks("M-3", 205))})
			cmd := &correctsElse{correctPeaks{apart: apart{r.id(), meterReader}, table: r.corrects("M-1,50,typing", "M-2,210,typing", "M-9,1,typing")}, change}
			if _, err := r.carryOut(t.Context(), cmd); err != nil {
				t.Fatal(err)
			}
			if name == "" {
				r.wantClean()
			} else {
				r.finds("not what the table gives that was sent")
			}
		})
	}
}
