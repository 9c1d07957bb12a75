package web

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"aiqyn/casework"
)

// TestANationOfInstitutions: where more give places than a question offers, it offers
// some, keeps what was chosen, and leads to the rest without a script; who moves away
// narrows where to.
func TestANationOfInstitutions(t *testing.T) {
	f := newFake(t)
	s := newServer(t, f, nil)
	const first, second = "/en/apply/education.kindergarten/questions/first", "/en/apply/education.kindergarten/questions/second"
	if page := ask(s, "applicant", first, nil).Body.String(); strings.Contains(page, "Find another one") || strings.Count(page, `type="radio"`) != 3 {
		t.Error("where all are offered there is nothing to find")
	}
	f.nation = true
	page := ask(s, "applicant", first+"?name=Balapan&district=711210000", nil).Body.String()
	for _, want := range []string{"Find another one", `type="text" value="Balapan"`, `value="711210000" selected`, "after=kg-1", `value="kg-1"`} {
		if !strings.Contains(page, want) {
			t.Errorf("the question has no %s:\n%s", want, page)
		}
	}
	if w := ask(s, "applicant", first, url.Values{"first": {"kg-9"}}); w.Code != http.StatusSeeOther {
		t.Fatalf("one that is not on the page: %d\n%s", w.Code, w.Body)
	}
	if page := ask(s, "applicant", first, nil).Body.String(); !strings.Contains(page, `value="kg-9" checked`) || !strings.Contains(page, `value="kg-1"`) {
		t.Error("what was chosen is not among what is offered")
	}
	if page := ask(s, "applicant", second, nil).Body.String(); strings.Contains(page, `value="kg-9"`) || !strings.Contains(page, `value="kg-1"`) {
		t.Error("a second wish offers the first, or nothing")
	}
	if page := ask(s, "applicant", "/en/apply/education.kindergarten", nil).Body.String(); !strings.Contains(page, "Balapan kg-9") {
		t.Error("what was chosen has no name on the list of tasks")
	}
	if page := ask(s, "applicant", "/en/cases/AQ-QUEU-0001/transfer?region=110000000", nil).Body.String(); !strings.Contains(page, `value="110000000" selected`) {
		t.Error("where to move is not narrowed")
	}
}

// TestTheOrderThatWasKept: what no rule explains is said at once, in red and in words,
// on the page of the queue, on that of all queues and in the list.
func TestTheOrderThatWasKept(t *testing.T) {
	s := newServer(t, newFake(t), nil)
	for path, good := range map[string]bool{
		"/en/places": false, "/en/places/education.kindergarten": false, "/en/places/education.kindergarten/inversions": false, "/en/places/health.specialist/inversions": true,
	} {
		page := ask(s, "", path, nil).Body.String()
		if bad := strings.Contains(page, "tag--bad") && strings.Contains(page, "unexplained: 1"); bad == good {
			t.Errorf("%s: told %v", path, bad)
		}
	}
	file := ask(s, "", "/en/places/education.kindergarten/inversions.csv", nil).Body.String()
	if !strings.Contains(file, "unexplained") || strings.Count(file, "kg-1/kk-2023") != 2 {
		t.Errorf("the file is %s", file)
	}
	if v := (casework.QueueLine{Waiting: 26, Given: 12, Weeks: 4}).Wait(); v != 9 {
		t.Errorf("26 wait, 3 a week: %d weeks", v)
	}
}
