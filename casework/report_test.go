package casework

import (
	"bytes"
	"strings"
	"testing"

	"aiqyn"
)

// What a person wrote in a report is erased by two people of two roles: it is
// nowhere on the disk any more, its report is still counted, and an audit finds
// nothing amiss.
func TestAReportCanBeErased(t *testing.T) {
	r := newRig(t)
	const secret = "Мен, Айгүл Омарова, 900101750009, дәрігерден анықтама сұрады"
	said := r.must(Demanded{ID: r.id(), Actor: aiqyn.System, Certificate: "address", Body: "№ 5 мектеп", Text: secret}).First
	silent := r.must(Demanded{ID: r.id(), Actor: aiqyn.System, Certificate: "address", Body: "№ 5 мектеп"}).First
	if text, err := r.Report(t.Context(), overseer, said); err != nil || text != secret {
		t.Fatalf("%q, %v", text, err)
	}
	if _, err := r.Report(t.Context(), head, said); aiqyn.KindOf(err) != aiqyn.Forbidden {
		t.Errorf("the head of a body reads who complained of it: %v", err)
	}
	keys, err := r.db.ReportKeys(t.Context(), -1, 10)
	if err != nil || len(keys) != 1 {
		t.Fatalf("%d keys, %v", len(keys), err)
	}
	if !bytes.Contains(r.bytes(), keys[0].Wrapped) {
		t.Fatal("the key is not found even before the erasure: the search is blind")
	}
	erase := func(a aiqyn.Actor, entry int64) string {
		_, err := r.Do(t.Context(), EraseReport{ID: r.id(), Actor: a, Entry: entry, Ground: "at the person's wish"})
		return keyOf(err)
	}
	for _, c := range []struct {
		who   aiqyn.Actor
		entry int64
		want  string
	}{
		{head, said, "error.forbidden"}, {custodian, silent, "error.not-found"}, {custodian, said, ""}, {custodian, said, "error.two-signatures"},
		{aiqyn.Actor{Role: aiqyn.RoleOverseer, Officer: custodian.Officer}, said, "error.two-signatures"},
	} {
		if got := erase(c.who, c.entry); got != c.want {
			t.Errorf("%s, entry %d: %q, want %q", c.who.Role, c.entry, got, c.want)
		}
	}
	r.reopen() // who asked first is known from the log
	if got := erase(custodian, said); got != "error.two-signatures" {
		t.Errorf("after a restart: %q", got)
	}
	if got := erase(overseer, said); got != "" {
		t.Fatal(got)
	}
	if _, err := r.Report(t.Context(), overseer, said); aiqyn.KindOf(err) != aiqyn.NotFound {
		t.Errorf("read after it was erased: %v", err)
	}
	if bytes.Contains(r.bytes(), keys[0].Wrapped) {
		t.Error("the key is still on the disk")
	}
	if got := erase(overseer, said); got != "error.not-found" {
		t.Errorf("erased twice: %q", got)
	}
	if list, err := r.Demands(t.Context()); err != nil || len(list) != 1 || list[0].Count != 2 {
		t.Errorf("counted: %+v, %v", list, err)
	}
	r.checkSound()
}

// A key that goes without two people's word is found.
func TestAReportsKeyThatIsGone(t *testing.T) {
	r := newRig(t)
	r.must(Demanded{ID: r.id(), Actor: aiqyn.System, Certificate: "address", Body: "№ 5 мектеп", Text: "x"})
	r.raw(`DELETE FROM report_key`)
	report := r.audit()
	if report.OK || !strings.Contains(report.Problems[0].What, "key of its report is gone") {
		t.Errorf("%+v", report)
	}
}
