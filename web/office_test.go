package web

import (
	"bytes"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"aiqyn"
	"aiqyn/casework"
)

// Whoever has no desk and no applications begins on a page of their own, which
// says what they may do, what waits for them, and what they have done.
func TestEachRoleHasAHome(t *testing.T) {
	s := newServer(t, newFake(t), nil)
	for as, want := range map[string][]string{
		"publisher": {"Put the first signature", "Connection to the grid", "Connection to district heating", "Somebody else must confirm this", "/en/office/sign?"},
		"registrar": {"Posts that nobody holds", "/en/office/rosters?state=vacant", "/en/office/enrol?roster=institution"},
		"custodian": {"AQ-GRAN-0001", "/en/office/confirm-report?entry=17", "/en/office/confirm-erasure?ref="},
		"auditor":   {"Attest that", "48 213"}, "overseer": {"Hold a case", "/en/office/cases/AQ-OPEN-0001"}, "operator": {"/en/operate/letters"},
	} {
		body := strings.ReplaceAll(ask(s, as, "/en/office", nil).Body.String(), "\u00a0", " ")
		for _, w := range append(want, "What you may do", "/en/policy") {
			if !strings.Contains(strings.ReplaceAll(body, "&amp;", "&"), w) {
				t.Errorf("%s: no %q", as, w)
			}
		}
		phone := accounts[as].Phone
		r := httptest.NewRequest("POST", "/en/sign-in/code", strings.NewReader(url.Values{"code": {"123456"}}.Encode()))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		for _, c := range ask(s, "", "/en/sign-in", url.Values{"phone": {phone}}).Result().Cookies() {
			r.AddCookie(c)
		}
		w := httptest.NewRecorder()
		s.ServeHTTP(w, r)
		if to := w.Header().Get("Location"); to != "/en/office" {
			t.Errorf("%s begins at %q", as, to)
		}
	}
}

// What each form sends.
func TestOfficesSendCommands(t *testing.T) {
	f := newFake(t)
	s := newServer(t, f, nil)
	send := func(as, path string, form url.Values) any {
		t.Helper()
		page := ask(s, as, "/en/office/"+path, nil).Body.String()
		form.Set("command", commandOf(t, page))
		name, _, _ := strings.Cut(path, "?")
		if w := ask(s, as, "/en/office/"+name, form); w.Code != http.StatusSeeOther {
			t.Fatalf("%s: status %d", path, w.Code)
		}
		return f.sent[len(f.sent)-1]
	}
	if c := send("overseer", "hold", url.Values{"ref": {"aq-open-0001"}, "ground": {"x"}, "until": {"2026-11-27"}}).(casework.Hold); c.Ref != "AQ-OPEN-0001" || c.Until.String() != "2026-11-27" {
		t.Errorf("%+v", c)
	}
	if c := send("overseer", "lift", url.Values{"ref": {"AQ-OPEN-0001"}, "ground": {"x"}}).(casework.Hold); !c.Lift {
		t.Errorf("%+v", c)
	}
	if c := send("head", "erase", url.Values{"ref": {"AQ-OPEN-0001"}, "ground": {"x"}}).(casework.Erase); c.Ground != "x" || c.Actor.Role != aiqyn.RoleHead {
		t.Errorf("%+v", c)
	}
	if c := send("custodian", "confirm-report?entry=17", url.Values{"entry": {"17"}, "ground": {"x"}}).(casework.EraseReport); c.Entry != 17 {
		t.Errorf("%+v", c)
	}
	if c := send("auditor", "attest", url.Values{"size": {"48213"}, "sound": {"no"}, "text": {"x"}, "signature": {"Аудитор"}}).(casework.Attest); c.Size != 48213 || c.Sound || c.Signature != "Аудитор" {
		t.Errorf("%+v", c)
	}
	enrol := url.Values{"roster": {"surveyor/utility"}, "officer": {"surveyor-03"}, "name": {"Жаңа Адам"}, "iin": {"900101300017"}, "phone": {"+77010000031"}}
	if c := send("registrar", "enrol?roster=surveyor/utility", enrol).(casework.Roster); c.Body != "utility" || c.Persons["surveyor-03"] != "900101300017" || c.Enrol.Name != "Жаңа Адам" {
		t.Errorf("%+v", c)
	}
	enrol.Set("roster", "institution")
	enrol.Set("institution", "kg-17")
	if c := send("registrar", "enrol?roster=institution", enrol).(casework.Roster); c.Role != aiqyn.RoleInstitution || c.Body != "kg-17" || c.Enrol.Officer != "surveyor-03" {
		t.Errorf("%+v", c)
	}
	if c := send("registrar", "remove?roster=surveyor/utility", url.Values{"roster": {"surveyor/utility"}, "officer": {"surveyor-01"}}).(casework.Roster); c.Leaves != "surveyor-01" || len(c.Officers) != 0 {
		t.Errorf("%+v", c)
	}
	if c := send("publisher", "sign?pack=6b86b273&from=2026-12-01", url.Values{"pack": {"6b86b273"}, "from": {"2026-12-01"}, "signature": {"Публикатор"}}).(casework.Publish); len(c.Files) == 0 || c.Signature != "Публикатор" {
		t.Errorf("%d files under %q", len(c.Files), c.Signature)
	}
	// a service that only the new pack has is called as it will be, a part by its name
	signs := ask(s, "publisher", "/en/office/sign?pack=6b86b273&from=2026-12-01", nil).Body.String()
	for _, want := range []string{"Connection to the grid", "Connection to district heating", "calendars/kz"} {
		if !strings.Contains(signs, want) || strings.Contains(signs, "heat.connection") {
			t.Errorf("what the pack changes is not called %q", want)
		}
	}
	if w := ask(s, "publisher", "/en/office/sign?pack=none&from=2026-12-01", nil); w.Code != http.StatusNotFound {
		t.Errorf("a pack that nobody has signed: status %d", w.Code)
	}
	f.fail = aiqyn.E(aiqyn.Conflict, "error.hold-used-up", "n", 10)
	w := ask(s, "overseer", "/en/office/hold", url.Values{"command": {commandOf(t, ask(s, "overseer", "/en/office/hold", nil).Body.String())}, "ref": {"AQ-OPEN-0001"}, "ground": {"kept"}})
	if w.Code != http.StatusConflict || !strings.Contains(w.Body.String(), "kept") {
		t.Errorf("status %d, or what was typed is lost", w.Code)
	}
}

// A file that is no pack is named beside its input.
func TestPublishWantsAPack(t *testing.T) {
	f := newFake(t)
	s := newServer(t, f, nil)
	page := ask(s, "publisher", "/en/office/publish", nil).Body.String()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	for name, value := range map[string]string{"command": commandOf(t, page), "from": "2026-12-20", "signature": "Публикатор"} {
		_ = form.WriteField(name, value)
	}
	file, err := form.CreateFormFile("files", "pack.zip")
	if err != nil {
		t.Fatal(err)
	}
	_, _ = file.Write([]byte("no zip"))
	_ = form.Close()
	r := httptest.NewRequest("POST", "/en/office/publish", &body)
	r.Header.Set("Content-Type", form.FormDataContentType())
	r.AddCookie(&http.Cookie{Name: "aiqyn-session", Value: "publisher"})
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	if w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), `href="#files"`) || len(f.sent) != 0 {
		t.Errorf("status %d, %d commands", w.Code, len(f.sent))
	}
}

// The policy can be read by anybody, with what each line allows.
func TestPolicyPage(t *testing.T) {
	s := newServer(t, newFake(t), nil)
	for path, want := range map[string]string{"/kk/policy": "Шағым бойынша шешім қабылдау", "/ru/policy": "Решать по жалобе", "/en/policy": "Decide on an appeal"} {
		if w := ask(s, "", path, nil); w.Code != http.StatusOK || !strings.Contains(w.Body.String(), want) {
			t.Errorf("%s does not say %q", path, want)
		}
	}
}
