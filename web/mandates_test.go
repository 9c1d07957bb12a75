package web

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"aiqyn/access"
	"aiqyn/casework"
)

// TestMandatesPage: whoever looks sees for whom they may act, what was given to them
// and what they have given, and can do with each what its state lets.
func TestMandatesPage(t *testing.T) {
	f := newFake(t)
	s := newServer(t, f, nil)
	body := ask(s, "applicant", "/en/account/mandates", nil).Body.String()
	for want, n := range map[string]int{
		"Take it up": 1, "Decline": 1, "Take the offer back": 1, "End it": 2, "Waits for an answer": 2, "In force": 2, "Your child, by the register": 1,
		`name="for" value="entry/40"`: 1, `?held=39`: 1, `?given=39`: 1, `name="bin"`: 1,
	} {
		if got := strings.Count(body, want); got != n {
			t.Errorf("%q is there %d times, want %d", want, got, n)
		}
	}
	body = ask(s, "applicant-mandated", "/en/account/mandates", nil).Body.String()
	for _, not := range []string{"Take it up", "End it", "/en/account/mandates/new"} {
		if strings.Contains(body, not) {
			t.Errorf("who acts under a mandate is offered %q", not)
		}
	}
}

// TestGiveAMandate: what was typed comes back with what is wrong, and goes to the
// engine as it was typed.
func TestGiveAMandate(t *testing.T) {
	f := newFake(t)
	s := newServer(t, f, nil)
	const path = "/en/account/mandates/new"
	form := url.Values{"command": {strings.Repeat("d", 32)}, "to": {"990731 799995"}, "until-day": {"3"}, "until-month": {"2"}, "until-year": {"2027"}}
	if w := ask(s, "applicant", path, form); w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), `value="990731 799995"`) || !strings.Contains(w.Body.String(), `id="services-error"`) {
		t.Errorf("no service: %d", w.Code)
	}
	form.Set("services", "energy.connection")
	form.Set("until-day", "x")
	if w := ask(s, "applicant", path, form); w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), `id="until-error"`) {
		t.Errorf("no day: %d", w.Code)
	}
	form.Set("until-day", "3")
	if w := ask(s, "applicant", path, form); w.Header().Get("Location") != "/en/account/mandates" {
		t.Errorf("%d %v", w.Code, w.Header())
	}
	for _, verb := range []string{"accept", "end"} {
		if w := ask(s, "applicant", "/en/account/mandates/"+verb, url.Values{"command": {strings.Repeat("e", 32)}, "mandate": {"42"}}); w.Code != http.StatusSeeOther {
			t.Errorf("%s: %d", verb, w.Code)
		}
	}
	if len(f.sent) != 3 {
		t.Fatalf("sent %+v", f.sent)
	}
	give := f.sent[0].(casework.GiveMandate)
	if give.To != "990731 799995" || fmt.Sprint(give.Services) != "[energy.connection]" || give.Until.String() != "2027-02-03" {
		t.Errorf("%+v", give)
	}
	if f.sent[1].(casework.AcceptMandate).Mandate != 42 || f.sent[2].(casework.EndMandate).Mandate != 42 {
		t.Errorf("%+v", f.sent[1:])
	}
	if w := ask(s, "applicant-mandated", path, form); w.Code != http.StatusForbidden {
		t.Errorf("a mandate is passed on: %d", w.Code)
	}
}

// TestActingIsSaid: while somebody acts for another each page says so, until they go
// back to themselves or may not any more; what was checked for one is not filed for
// another.
func TestActingIsSaid(t *testing.T) {
	f := newFake(t)
	s := newServer(t, f, nil)
	for _, path := range []string{"/en/", "/en/services", "/en/apply/energy.connection", "/en/cases", "/en/account", "/en/cases/AQ-OPEN-0001/withdraw"} {
		if body := ask(s, "applicant-mandated", path, nil).Body.String(); !strings.Contains(body, "You are acting for: Сейітова Дана") {
			t.Errorf("%s does not say so", path)
		}
		if body := ask(s, "applicant", path, nil).Body.String(); strings.Contains(body, "You are acting for") {
			t.Errorf("%s says so of who acts for themselves", path)
		}
	}
	if body := ask(s, "over", "/en/cases", nil).Body.String(); !strings.Contains(body, "You can no longer act for whom you chose") {
		t.Error("nothing says that it is over")
	}
	if w := ask(s, "applicant", "/en/account/acting", url.Values{"for": {access.MandateOf(40)}, "next": {"/en/apply/energy.connection"}}); w.Header().Get("Location") != "/en/apply/energy.connection" {
		t.Errorf("%d %v", w.Code, w.Header())
	}
	if w := ask(s, "applicant", "/en/account/acting", url.Values{"bin": {"0000 0000 0000"}}); w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), `id="bin-error"`) {
		t.Errorf("who heads no such company: %d", w.Code)
	}
	if w := ask(s, "applicant", "/en/account/acting", url.Values{"bin": {" "}, "next": {"/en/apply/energy.connection"}}); w.Code != http.StatusUnprocessableEntity ||
		!strings.Contains(w.Body.String(), `href="#bin"`) || !strings.Contains(w.Body.String(), "Enter the BIN of the company") || !strings.Contains(w.Body.String(), `name="next" value="/en/apply/energy.connection"`) {
		t.Errorf("no number: %d", w.Code)
	}
	ask(s, "applicant-mandated", "/en/apply/address.certificate/questions/use", url.Values{"use": {"extract"}})
	for _, path := range []string{"/en/apply/address.certificate", "/en/apply/address.certificate/check"} {
		to := "/en/account/mandates?" + url.Values{"next": {path}}.Encode()
		if w := ask(s, "applicant-mandated", path, nil); !strings.Contains(w.Body.String(), `href="`+to+`"`) {
			t.Errorf("%s, answered %d, does not lead to %s", path, w.Code, to)
		}
	}
	form := url.Values{"command": {strings.Repeat("a", 32)}, "acting": {access.MandateOf(40)}, "answer-parcel": {"99-999-001-001"}}
	f.sent = nil
	if w := ask(s, "applicant", "/en/apply/energy.connection/file", form); w.Code != http.StatusConflict || len(f.sent) > 0 {
		t.Errorf("what was checked for another is filed for oneself: %d, %v", w.Code, f.sent)
	}
	if w := ask(s, "applicant-mandated", "/en/apply/energy.connection/file", form); w.Code != http.StatusSeeOther || len(f.sent) != 1 || f.sent[0].(casework.File).Actor.For == "" {
		t.Errorf("%d, %+v", w.Code, f.sent)
	}
}

// TestWhoFiledIsSaid: to whose case it is, to the officer, and on the receipt.
func TestWhoFiledIsSaid(t *testing.T) {
	s := newServer(t, newFake(t), nil)
	for path, as := range map[string]string{"/en/cases/AQ-OPEN-0001": "applicant", "/en/desk/AQ-OPEN-0001": "surveyor", "/en/cases/AQ-OPEN-0001/receipts/100": "applicant"} {
		body := ask(s, as, path, nil).Body.String()
		if !strings.Contains(body, "under the mandate of entry 40") || !strings.Contains(body, "representative of the applicant") {
			t.Errorf("%s does not say who filed it", path)
		}
	}
}

// TestNumbersAreNotTried: who names people and companies by their numbers, one after
// the other, is made to wait, on pages and by programs alike.
func TestNumbersAreNotTried(t *testing.T) {
	f := newFake(t)
	byProgram := func(s http.Handler, acting string) int {
		r := httptest.NewRequest(http.MethodPost, "/api/v1/acting", strings.NewReader(`{"command":"c1","for":"`+acting+`"}`))
		r.AddCookie(&http.Cookie{Name: "aiqyn-session", Value: "applicant"})
		w := httptest.NewRecorder()
		s.ServeHTTP(w, r)
		return w.Code
	}
	byForm := func(path string, form url.Values) func(http.Handler) int {
		return func(s http.Handler) int { return ask(s, "applicant", path, form).Code }
	}
	for way, try := range map[string]func(http.Handler) int{
		"the form of a company":  byForm("/en/account/acting", url.Values{"bin": {"251340000013"}}),
		"a button that was made": byForm("/en/account/acting", url.Values{"for": {casework.OfCompany("251340000013")}}),
		"the form of a mandate":  byForm("/en/account/mandates/new", url.Values{"command": {strings.Repeat("d", 32)}, "to": {"990731799995"}}),
		"a program":              func(s http.Handler) int { return byProgram(s, casework.OfCompany("251340000013")) },
	} {
		s := newServer(t, f, nil)
		first, last := try(s), 0
		for range 20 {
			last = try(s)
		}
		if first == http.StatusTooManyRequests || last != http.StatusTooManyRequests {
			t.Errorf("%s: the first of 21 is answered %d, the last %d", way, first, last)
		}
		f.elsewhere = "names " + limitedAs("applicant") // by another process
		if code := try(newServer(t, f, nil)); code != http.StatusTooManyRequests {
			t.Errorf("%s: a process that has just started answers %d", way, code)
		}
		f.elsewhere = ""
		for _, acting := range []string{"", access.MandateOf(40)} {
			if w := ask(s, "applicant", "/en/account/acting", url.Values{"for": {acting}}); w.Code != http.StatusSeeOther {
				t.Errorf("%s: acting for %q has to wait too: %d", way, acting, w.Code)
			}
			if code := byProgram(s, acting); code != http.StatusOK {
				t.Errorf("%s: a program acting for %q has to wait too: %d", way, acting, code)
			}
		}
	}
}
