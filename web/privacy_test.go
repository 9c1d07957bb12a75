package web

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"aiqyn/casework"
)

// An officer says what they uncover people for; without it the page comes again.
func TestUncover(t *testing.T) {
	f := newFake(t)
	s := newServer(t, f, nil)
	page := ask(s, "surveyor", "/en/desk/AQ-OPEN-0001", nil).Body.String()
	if strings.Count(page, `name="purpose"`) != 3 || !strings.Contains(page, "the applicant sees it") && !strings.Contains(page, "The applicant sees it") {
		t.Fatal("the page does not ask what for, or hides that the applicant sees it")
	}
	w := ask(s, "surveyor", "/en/desk/AQ-OPEN-0001/open", url.Values{"command": {commandOf(t, page)}, "purpose": {"contact"}})
	if w.Code != http.StatusSeeOther || f.sent[0].(casework.OpenPersonal).Purpose != casework.PurposeContact {
		t.Errorf("status %d, sent %+v", w.Code, f.sent)
	}
}

// Everybody reads who looked at their data, what for, in which case and when.
func TestReadingsPage(t *testing.T) {
	s := newServer(t, newFake(t), nil)
	if body := ask(s, "applicant", "/en/account", nil).Body.String(); !strings.Contains(body, "/en/account/readings") {
		t.Error("the account does not lead there")
	}
	body := ask(s, "applicant", "/en/account/readings", nil).Body.String()
	for _, want := range []string{
		"surveyor · Aiqyn Electric Networks JSC (invented) · surveyor-01", "to reach the applicant", "AQ-OPEN-0001", "/en/cases/AQ-OPEN-0001/receipts/103",
		"with your consent", "having seen: identity card", "/en/account/looks", "without consent, turned down", "Register of rights to property", "Шағым түсті.",
		"Another person’s application", `href="/en/ledger/98"`, "what registers say of you",
	} {
		if !strings.Contains(body, want) {
			t.Errorf("the page does not say %q", want)
		}
	}
}

// What was shown to whom is counted by day: also of a person who was covered, and what
// the machinery read.
func TestLooksPage(t *testing.T) {
	s := newServer(t, newFake(t), nil)
	body := ask(s, "applicant", "/en/account/looks", nil).Body.String()
	for _, want := range []string{
		"surveyor · Aiqyn Electric Networks JSC (invented) · surveyor-01", "you covered", "the archive of proofs", "the day is not over", `href="/en/ledger/96"`, "after=90", "to sign you in",
	} {
		if !strings.Contains(body, want) {
			t.Errorf("the page does not say %q", want)
		}
	}
	if w := ask(s, "surveyor", "/en/account/looks", nil); w.Code != http.StatusForbidden {
		t.Errorf("an officer's page: %d", w.Code)
	}
}

// Breaking the glass takes a form of one and a form of another.
func TestGlass(t *testing.T) {
	f := newFake(t)
	s := newServer(t, f, nil)
	page := ask(s, "auditor", "/en/office/glass", nil).Body.String()
	ask(s, "auditor", "/en/office/glass", url.Values{"command": {commandOf(t, page)}, "ref": {"AQ-OPEN-0001"}, "ground": {"x"}})
	if sent := f.sent[0].(casework.AskGlass); sent.Ref != "AQ-OPEN-0001" || sent.Ground != "x" {
		t.Errorf("%+v", sent)
	}
	page = ask(s, "custodian", "/en/office/confirm-glass?ref=AQ-OPEN-0001", nil).Body.String()
	if !strings.Contains(page, "overseer-01") || !strings.Contains(page, "Шағым түсті.") {
		t.Error("the second person does not see who asks, and why")
	}
	ask(s, "custodian", "/en/office/confirm-glass", url.Values{"command": {commandOf(t, page)}, "ref": {"AQ-OPEN-0001"}, "signature": {"Сақтаушы"}})
	if sent := f.sent[1].(casework.OpenGlass); sent.Ref != "AQ-OPEN-0001" || sent.Signature != "Сақтаушы" {
		t.Errorf("%+v", sent)
	}
	if w := ask(s, "custodian", "/en/office/confirm-glass?ref=AQ-GRAN-0001", nil); w.Code != http.StatusNotFound {
		t.Errorf("a case that nobody asked about: status %d", w.Code)
	}
}
