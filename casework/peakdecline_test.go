package casework

import (
	"context"
	"testing"

	"aiqyn"
)

// TestACorrectionIsDeclined: an overseer says no, with a ground that whoever asked
// reads; nothing is corrected, nothing waits, nobody signs it any more, and the same
// may be asked again. An engine that signs or declines it twice is found.
func TestACorrectionIsDeclined(t *testing.T) {
	r := newRig(t, nobodyKnows)
	r.keepNetwork()
	r.registers("M-3", "M-4")
	r.measure(r.peaks("M-1", 100, 40))
	r.must(Measurements{ID: r.id(), Actor: secondReader, Table: []byte(r.peaks("M-4", 190))})
	r.measure(r.peaks("M-3", 180))
	free := r.publishes()
	waits := r.correct("M-3,185,typing").Last
	decline := DeclinePeaks{ID: r.id(), Actor: secondSigner, Entry: waits, Ground: "The act names another meter"}

	bare := decline
	bare.ID, bare.Ground = r.id(), ""
	r.fails(bare, "error.answer-required")
	operator := decline
	operator.ID, operator.Actor = r.id(), meterReader
	r.fails(operator, "error.forbidden")
	own := decline
	own.ID, own.Actor = r.id(), aiqyn.Actor{Role: aiqyn.RoleOverseer, Officer: meterReader.Officer}
	r.fails(own, "error.two-signatures")
	other := decline
	other.ID, other.Entry = r.id(), waits-1
	r.fails(other, "error.not-found")
	done := r.must(decline)

	for range 2 {
		if list, err := r.CorrectionsAsked(t.Context(), secondSigner); err != nil || len(list) != 0 {
			t.Errorf("still waits %+v %v", list, err)
		}
		if is, err := r.Corrections(t.Context(), meterReader, waits); err != nil || is.Signed || is.Declined != done.First || is.Ground != decline.Ground {
			t.Errorf("whoever asked reads %+v %v", is, err)
		}
		again := decline
		again.ID = r.id()
		r.fails(again, "error.not-found")
		r.fails(SignPeaks{ID: r.id(), Actor: secondSigner, Entry: waits}, "error.not-found")
		r.reopen()
	}
	if now := r.publishes(); now != free {
		t.Errorf("free were %d W, and are %d W", free, now)
	}
	anew := r.correct("M-3,185,typing").Last
	r.must(SignPeaks{ID: r.id(), Actor: secondSigner, Entry: anew})
	r.wantClean()
	r.whole()

	for what, forged := range map[string]command{
		"a no to what was signed":             &heedless{declinePeaks{apart{r.id(), secondSigner}, DeclinePeaks{Entry: anew, Ground: "x"}}},
		"a signature under what was declined": &heedlessly{signPeaks{apart: apart{r.id(), secondSigner}, SignPeaks: SignPeaks{Entry: waits}}},
		"a second no":                         &heedless{declinePeaks{apart{r.id(), secondSigner}, DeclinePeaks{Entry: waits, Ground: "x"}}},
		"a no to nothing":                     &heedless{declinePeaks{apart{r.id(), secondSigner}, DeclinePeaks{Entry: 0, Ground: "x"}}},
		"a no of who asked for it":            &heedless{declinePeaks{apart{r.id(), meterReader}, DeclinePeaks{Entry: waits, Ground: "x"}}},
	} {
		before := r.size()
		if _, err := r.carryOut(t.Context(), forged); err != nil {
			t.Fatalf("%s: %v", what, err)
		}
		if rep := r.audit(); !problemAt(rep, before, "could not be made so") {
			t.Errorf("%s is not found: %+v", what, rep.Problems)
		}
	}
}

// heedlessly signs what was declined.
type heedlessly struct{ signPeaks }

func (c *heedlessly) prepare(ctx context.Context, e *Engine) error {
	if err := c.apart.prepare(ctx, e); err != nil {
		return err
	}
	ev, err := e.correctionEntry(ctx, c.Entry)
	if err != nil {
		return err
	}
	c.said = *ev.data.(*peaksCorrected)
	c.kept, err = e.correctionsAt(ctx, &c.said)
	return err
}

func (c *heedlessly) decide(t *turn) error {
	d := c.said
	d.Asked = c.Entry
	t.correct(t.emitSystem(EventPeaksCorrected, c.actor, &d), c.kept)
	c.finish(t)
	return nil
}

// heedless declines whatever it is told to: an engine that was tampered with.
type heedless struct{ declinePeaks }

func (c *heedless) prepare(ctx context.Context, e *Engine) error {
	return c.apart.prepare(ctx, e)
}

func (c *heedless) decide(t *turn) error {
	t.emitSystem(EventPeaksDeclined, c.actor, &peaksDeclined{Asked: c.Entry, Ground: c.Ground})
	c.finish(t)
	return nil
}
