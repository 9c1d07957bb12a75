package web

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"aiqyn"
	"aiqyn/casework"
)

// TestAReadingIsCorrectedByForm: an operator comes from the reading itself, and one
// reading is sent as a table of one row; what is wrong stands beside its field.
func TestAReadingIsCorrectedByForm(t *testing.T) {
	f := newFake(t)
	s := newServer(t, f, nil)
	if page := ask(s, "operator", "/en/capacity/7", nil).Body.String(); !strings.Contains(page, "/en/operate/corrections?day=2026-11-20&amp;meter=KZ-0042&amp;trafo=7") || !strings.Contains(page, "corrected by entry 61") {
		t.Error("the page of a transformer leads nowhere, or does not say what was corrected")
	}
	if page := ask(s, "", "/en/capacity/7", nil).Body.String(); strings.Contains(page, "/operate/corrections") {
		t.Error("a visitor is led to correct readings")
	}
	page := ask(s, "operator", "/en/operate/corrections?trafo=7&day=2026-11-20&meter=KZ-0042", nil).Body.String()
	form := url.Values{"command": {commandOf(t, page)}, "trafo": {"7"}, "day": {"2026-11-20"}, "meter": {"KZ-0042"}, "peak_kw": {"18,2"}, "reason": {"typing"}, "evidence": {`Act "114", of today`}}
	if w := ask(s, "operator", "/en/operate/corrections", form); w.Code != http.StatusSeeOther || len(f.sent) != 1 {
		t.Fatalf("status %d, %d commands", w.Code, len(f.sent))
	}
	want := "trafo,day,meter,peak_kw,reason,evidence\n7,2026-11-20,KZ-0042,\"18,2\",typing,\"Act \"\"114\"\", of today\"\n"
	if got := string(f.sent[0].(casework.CorrectPeaks).Table); got != want {
		t.Errorf("sent %q", got)
	}
}

// TestACorrectionIsDeclinedByForm: an overseer finds it beside signing, says why, and
// whoever asked reads it; a program can do the same.
func TestACorrectionIsDeclinedByForm(t *testing.T) {
	f := newFake(t)
	s := newServer(t, f, nil)
	if page := ask(s, "overseer", "/en/office", nil).Body.String(); !strings.Contains(page, "/en/office/decline-peaks?entry=63") {
		t.Error("the overseer does not find how to decline")
	}
	page := ask(s, "overseer", "/en/office/decline-peaks?entry=63", nil).Body.String()
	form := url.Values{"command": {commandOf(t, page)}, "entry": {"63"}, "ground": {"The act names another meter"}}
	if w := ask(s, "overseer", "/en/office/decline-peaks", form); w.Code != http.StatusSeeOther || len(f.sent) != 1 {
		t.Fatalf("status %d, %d commands", w.Code, len(f.sent))
	}
	if got := f.sent[0].(casework.DeclinePeaks); got.Entry != 63 || got.Ground != "The act names another meter" || got.Actor.Role != "overseer" {
		t.Errorf("sent %+v", got)
	}
	if page := ask(s, "operator", "/en/operate/corrections/64", nil).Body.String(); !strings.Contains(page, "declined by an overseer") || !strings.Contains(page, "names another meter") {
		t.Error("whoever asked does not read that it was declined, and why")
	}
}

// TestMetersAreRegisteredByForm: a table that cannot be is told row by row and stays in the
// form; the page of a transformer says which meters stand there.
func TestMetersAreRegisteredByForm(t *testing.T) {
	f := newFake(t)
	s := newServer(t, f, nil)
	page := ask(s, "operator", "/en/operate/meters", nil).Body.String()
	form := url.Values{"command": {commandOf(t, page)}, "table": {"trafo,meter,since\n7,KZ-0043,2026-11-20\n"}}
	if w := ask(s, "operator", "/en/operate/meters", form); w.Code != http.StatusSeeOther || len(f.sent) != 1 || string(f.sent[0].(casework.RegisterMeters).Table) != form.Get("table") {
		t.Fatalf("status %d, sent %+v", w.Code, f.sent)
	}
	f.fail = aiqyn.E(aiqyn.Invalid, "error.meters-faults", "n", 1)
	form.Set("table", "trafo,meter,since\n7,,2026-11-20\n")
	if w := ask(s, "operator", "/en/operate/meters", form); w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), "1 row of the table cannot be") || !strings.Contains(w.Body.String(), "7,,2026-11-20") {
		t.Errorf("status %d", w.Code)
	}
	if page := ask(s, "", "/en/capacity/7", nil).Body.String(); !strings.Contains(page, "Registered meters") || !strings.Contains(page, "not here any more") {
		t.Error("the page of a transformer does not say which meters stand there")
	}
}
