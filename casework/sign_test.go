package casework

import (
	"strings"
	"testing"

	"golang.org/x/text/unicode/norm"

	"aiqyn"
)

// TestSignatureIsTheOfficersName: what is typed under a survey is the name of
// the one who did it, however they write it, or nothing is recorded.
func TestSignatureIsTheOfficersName(t *testing.T) {
	r := newRig(t)
	sign := func(ref aiqyn.Reference, name string) error {
		t.Helper()
		p := r.surveyOf(ref)
		p.Evidence[len(p.Evidence)-1].Text = name
		_, err := r.Do(t.Context(), p)
		return err
	}
	ref := r.file(holder, plot, 150)
	r.pass(10e9)
	name := officerName(r.officer(ref).Officer)
	other := officerName("surveyor-99")
	for _, wrong := range []string{"", "x", "Сәрсенов", other, name + " x", strings.ReplaceAll(name, "ә", "а")} {
		if err := sign(ref, wrong); aiqyn.KindOf(err) != aiqyn.Invalid || keyOf(err) != "error.signature-name" {
			t.Errorf("signed as %q: %v", wrong, err)
		}
	}
	if v := r.view(ref); v.Step.Name != "survey" {
		t.Fatal("a survey that nobody signed was recorded")
	}
	words := strings.Fields(name)
	written := "  " + strings.ToUpper(norm.NFD.String(words[1])) + "\u00a0 " + strings.ToLower(words[0])
	if err := sign(ref, written); err != nil {
		t.Errorf("signed as %q: %v", written, err)
	}
}

// TestWhoIsOnNoListSignsNothing: an officer whom nobody has entered has no name
// to sign with, whatever they type.
func TestWhoIsOnNoListSignsNothing(t *testing.T) {
	r := newRig(t)
	if err := r.signs(t.Context(), aiqyn.Actor{Role: aiqyn.RoleSurveyor, Officer: "surveyor-77"}, "", "signature"); keyOf(err) != "error.signature-name" {
		t.Error(err)
	}
}
