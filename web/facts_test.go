package web

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"aiqyn/casework"
)

// TestAClerkReadsAFact: asks by SMS or for a code, takes the code, reads once; what is
// wrong is said beside its field, and the person's number stays out of every address.
func TestAClerkReadsAFact(t *testing.T) {
	f := newFake(t)
	s := newServer(t, f, nil)
	send := func(do, who, code string) (int, string) {
		t.Helper()
		w := askAs(s, http.MethodPost, "reader", "/en/facts", url.Values{"do": {do}, "to": {who}, "register": {"people.address"}, "code": {code}, "command": {"00112233445566778899aabbccddeeff"}})
		if strings.Contains(w.Header().Get("Location"), who) && who != "" {
			t.Errorf("%s: the number is in an address: %s", do, w.Header().Get("Location"))
		}
		return w.Code, w.Body.String()
	}
	for _, step := range []struct {
		do, who, code string
		status        int
		says, not     string
	}{
		{"sms", "900101300017", "", 200, "If there is such a person, they were asked by SMS.", `name="code"`},
		{"here", "900101300017", "", 200, `name="code"`, "Сарайшық"},
		{"here", "9001", "", 422, "check the digits", `name="code"`},
		{"code", "900101300017", "000000", 422, "The code does not fit", "Сарайшық"},
		{"code", "900101300017", told, 200, "Сарайшық көшесі, 5", `name="code"`},
		{"read", "900101300017", "", 200, "This is the one reading of this consent", `name="do"`},
		{"read", "900101300041", "", 422, "Your body was not let", "Сарайшық"},
	} {
		status, body := send(step.do, step.who, step.code)
		if status != step.status || !strings.Contains(body, step.says) || strings.Contains(body, step.not) {
			t.Errorf("%s of %s with %q: %d, want %d with %q and without %q", step.do, step.who, step.code, status, step.status, step.says, step.not)
		}
		if read := strings.Contains(body, "Сарайшық"); read && (!strings.Contains(body, "Astana") || !strings.Contains(body, "710000000")) {
			t.Errorf("%s: the region is not called by its name, with its code beside it", step.do)
		}
	}
	here := slices.ContainsFunc(f.sent, func(cmd any) bool { c, ok := cmd.(casework.Consenting); return ok && c.Here })
	sms := slices.ContainsFunc(f.sent, func(cmd any) bool { c, ok := cmd.(casework.Consenting); return ok && !c.Here })
	if !here || !sms {
		t.Errorf("the engine was asked %v", f.sent)
	}
	if w := askAs(s, http.MethodPost, "reader-unproven", "/en/facts", url.Values{"do": {"read"}, "to": {"900101300017"}, "register": {"people.address"}, "command": {"00112233445566778899aabbccddeeff"}}); strings.Contains(w.Body.String(), "Сарайшық") {
		t.Error("it is read without a second proof")
	}
	if w := askAs(s, http.MethodGet, "reader", "/en/sign-in", nil); w.Code != http.StatusSeeOther && !strings.Contains(w.Body.String(), "/en/facts") {
		t.Errorf("a clerk who is signed in does not find the page: %d", w.Code)
	}
}

// TestConsentAtTheCounter: the first clerk names the document, the second confirms what
// waits and is not their own; a card signs on its page, and nobody signs for another in
// practice.
func TestConsentAtTheCounter(t *testing.T) {
	f := newFake(t)
	s := newServer(t, f, nil)
	send := func(form url.Values) (int, string) {
		t.Helper()
		form.Set("command", "00112233445566778899aabbccddeeff")
		w := askAs(s, http.MethodPost, "reader", "/en/facts", form)
		return w.Code, w.Body.String()
	}
	who := func(do string, more ...string) url.Values {
		form := url.Values{"do": {do}, "to": {"900101300017"}, "register": {"people.address"}}
		for i := 0; i+1 < len(more); i += 2 {
			form.Set(more[i], more[i+1])
		}
		return form
	}
	for _, step := range []struct {
		form      url.Values
		status    int
		says, not string
	}{
		{who(""), 422, `href="#do`, "Now a second clerk"},
		{who("witness"), 200, `name="document"`, `govuk-error-summary`},
		{who("witness", "asked", "yes"), 422, `href="#document`, "Now a second clerk"},
		{who("witness", "asked", "yes", "to", "9001", "document", "passport"), 422, "check the digits", "Now a second clerk"},
		{who("witness", "asked", "yes", "document", "passport"), 200, "Now a second clerk", `class="error-summary`},
		{url.Values{"do": {"second"}, "id": {"MINE"}}, 409, "two different people", "The consent is given"},
		{url.Values{"do": {"second"}, "id": {atTheCounter}}, 200, "The consent is given", `class="error-summary`},
		{who("card"), 200, "data-ncalayer", `value="practice"`},
		{who("card", "sign", "upload", "cms-text", "no"), 422, `id="cms-error"`, "The consent is given"},
		{who("card", "sign", "practice"), 404, "", "The consent is given"},
		{who("card", "sign", "upload", "cms-text", "CMS"), 200, "The consent is given", "data-ncalayer"},
	} {
		status, body := send(step.form)
		if status != step.status || !strings.Contains(body, step.says) || strings.Contains(body, step.not) {
			t.Errorf("%v: %d, want %d with %q and without %q", step.form, status, step.status, step.says, step.not)
		}
	}
	if !slices.Contains(f.sent, any(casework.Passport)) || !slices.Contains(f.sent, any(atTheCounter)) {
		t.Errorf("the engine was asked %v", f.sent)
	}
	_, body := send(who("sms"))
	if n := strings.Count(body, `value="second"`); n != 1 {
		t.Errorf("%d of the two that wait can be confirmed by whom has begun one of them", n)
	}
}
