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

// TestBothProofsOfAMove: who has moved to another region finds on the page of their case
// the receipt of having left, and that of having come.
func TestBothProofsOfAMove(t *testing.T) {
	s := newServer(t, newFake(t), nil)
	for lang, says := range map[string]string{"kk": "Алғашқы күн сақталды", "ru": "Первая дата сохранена", "en": "The first date stayed"} {
		page := ask(s, "applicant", "/"+lang+"/cases/AQ-QUEU-0001", nil).Body.String()
		for _, want := range []string{says, `href="/` + lang + `/cases/AQ-QUEU-0001/receipts/61"`, `href="/` + lang + `/cases/AQ-QUEU-0001/receipts/62"`} {
			if !strings.Contains(page, want) {
				t.Errorf("%s: the page has no %s", lang, want)
			}
		}
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
	if !strings.Contains(file, "unexplained") || strings.Count(file, "kg-1/kk-2023")+strings.Count(file, "kg-2/kk-2023") != 1+len(casework.OutsideCauses) || !strings.Contains(file, "former-date") {
		t.Errorf("the file is %s", file)
	}
	if v := (casework.QueueLine{Waiting: 26, Given: 12, Weeks: 4}).Wait(); v != 9 {
		t.Errorf("26 wait, 3 a week: %d weeks", v)
	}
}

// TestDaysWithoutARoundAreOnThePage: the page of a queue says on how many working days
// no round was held, that of its rounds which they are, and programs read them; of a queue
// that has held all of them nothing is said.
func TestDaysWithoutARoundAreOnThePage(t *testing.T) {
	s := newServer(t, newFake(t), nil)
	for path, want := range map[string]string{
		"/en/places/education.kindergarten":            "working days without a round: 4",
		"/en/places/education.kindergarten/rounds":     "9 November 2026 – 11 November 2026",
		"/api/v1/queues/education.kindergarten/rounds": `"missed":[{"first":"2026-11-09","last":"2026-11-11","days":3},{"first":"2026-10-02","last":"2026-10-02","days":1}]`,
		"/api/v1/queues/health.specialist/rounds":      `"missed":[]`,
	} {
		if page := ask(s, "", path, nil).Body.String(); !strings.Contains(page, want) {
			t.Errorf("%s: no %q in %s", path, want, page)
		}
	}
	for _, path := range []string{"/en/places/health.specialist", "/en/places/health.specialist/rounds"} {
		if page := ask(s, "", path, nil).Body.String(); strings.Contains(page, "days without a round") {
			t.Errorf("%s tells of days without a round", path)
		}
	}
}

// TestAFormerQueueIsAnsweredByForm: an overseer sees what was brought and what it would
// do, and says yes or no with a ground; what they have brought themselves waits for
// somebody else; anybody reads how far it is, and who may not answer is told so.
func TestAFormerQueueIsAnsweredByForm(t *testing.T) {
	for task, sent := range map[string]func(any) (casework.ConfirmQueue, bool){
		"confirm-queue": func(c any) (casework.ConfirmQueue, bool) { is, ok := c.(casework.ConfirmQueue); return is, ok },
		"decline-queue": func(c any) (casework.ConfirmQueue, bool) {
			is, ok := c.(casework.DeclineQueue)
			return casework.ConfirmQueue(is), ok
		},
	} {
		f := newFake(t)
		s := newServer(t, f, nil)
		if page := ask(s, "overseer", "/en/office", nil).Body.String(); !strings.Contains(page, "/en/office/"+task+"?entry=66") || strings.Contains(page, task+"?entry=69") {
			t.Errorf("%s: the overseer does not find it, or finds their own", task)
		}
		page := ask(s, "overseer", "/en/office/"+task+"?entry=66", nil).Body.String()
		for _, want := range []string{"old-queue", "812", "640", "31 of those who waited", strings.Repeat("ab", 32), "operator-01"} {
			if !strings.Contains(page, want) {
				t.Errorf("%s: the page has no %s", task, want)
			}
		}
		form := url.Values{"command": {commandOf(t, page)}, "entry": {"66"}, "ground": {"Held against the office's file"}}
		if w := ask(s, "operator", "/en/office/"+task, form); w.Code != http.StatusForbidden || len(f.sent) != 0 {
			t.Errorf("%s: of an operator %d", task, w.Code)
		}
		if w := ask(s, "overseer", "/en/office/"+task, form); w.Code != http.StatusSeeOther || len(f.sent) != 1 {
			t.Fatalf("%s: status %d, %d commands", task, w.Code, len(f.sent))
		}
		if got, ok := sent(f.sent[0]); !ok || got.Entry != 66 || got.Ground != "Held against the office's file" || got.Actor.Role != "overseer" {
			t.Errorf("sent %+v", f.sent[0])
		}
		if w := ask(s, "overseer", "/en/office/"+task+"?entry=99", nil); w.Code != http.StatusNotFound {
			t.Errorf("%s: of a table that is none %d", task, w.Code)
		}
	}
	page := ask(newServer(t, newFake(t), nil), "", "/en/places/education.kindergarten", nil).Body.String()
	for _, want := range []string{"Waits for an overseer", "Confirmed by a second person", "entry 62", "Declined"} {
		if !strings.Contains(page, want) {
			t.Errorf("anybody reads no %q", want)
		}
	}
	if strings.Contains(page, "This is another file") || strings.Contains(page, "operator-01") {
		t.Error("anybody reads what an officer wrote, or who it was")
	}
}
