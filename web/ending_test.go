package web

import (
	"strings"
	"testing"

	"aiqyn/casework"
	"aiqyn/deadline"
	"aiqyn/secrecy"
)

// A class that soon ends by itself is on the page of who reviews it and of those who may
// give it again, with its day; nobody else has it to see to. The form on which it is
// renewed shows what it rests on, and wants a ground and a last day of its own.
func TestTheReviewerSeesWhatEndsSoon(t *testing.T) {
	f := newFake(t)
	f.ending = []casework.ClassView{{Dated: secrecy.Dated{Classification: secrecy.Classification{
		Subject: secrecy.Subject{Layer: secrecy.Lines, Attribute: secrecy.Place}, Class: secrecy.Closed, Ground: "the law, article 5", Issued: deadline.Date{Year: 2025, Month: 12, Day: 2}, Item: "item 12", Roadmap: "map 3.1",
		Until: deadline.Date{Year: 2026, Month: 12, Day: 14}, Reviewer: "auditor-01"}, Entry: 11, At: now}, By: "overseer-01"}}
	s := newServer(t, f, nil)
	page := func(as, path string) string {
		w := ask(s, as, path, nil)
		if w.Code != 200 {
			t.Fatalf("%s, %s: %d", as, path, w.Code)
		}
		return strings.NewReplacer("\u00a0", " ", "&amp;", "&").Replace(w.Body.String())
	}
	renew, open := "/en/office/classify?class=closed&subject=lines.place", "/en/office/classify?class=exact&subject=lines.place"
	for as, c := range map[string]struct{ sees, renews bool }{
		"auditor": {true, false}, "secrecy": {true, true}, "overseer": {}, "operator": {}, "head": {}, "publisher": {}, "registrar": {}, "custodian": {},
	} {
		body := page(as, "/en/office")
		_, part, sees := strings.Cut(body, "Opens by itself soon")
		if sees != c.sees || sees && !strings.Contains(part, "14 December 2026") {
			t.Errorf("%s sees it: %v", as, sees)
		}
		if got := strings.Contains(body, renew) && strings.Contains(body, open); got != c.renews {
			t.Errorf("%s can renew it: %v", as, got)
		}
	}
	form := page("secrecy", renew)
	for _, want := range []string{"The last ground", "the law, article 5", "of 2 December 2025", "item 12", "map 3.1", `value="auditor-01" checked`} {
		if !strings.Contains(form, want) {
			t.Errorf("the form to renew it lacks %q", want)
		}
	}
	if strings.Contains(form, "2026-12-14") || strings.Contains(form, "the law, article 5</textarea>") {
		t.Error("the form to renew it has the old last day, or the old ground")
	}
	if form := page("secrecy", open); strings.Contains(form, "the law, article 5") || !strings.Contains(form, `value="secrecy-01" checked`) {
		t.Error("the form to open it begins with why it was closed")
	}
}
