package web

import (
	"html"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"aiqyn"
	"aiqyn/locale"
)

// saying says the texts of a language as the pages do.
func saying(texts *locale.Catalogue, lang aiqyn.Lang) func(key string, args ...any) string {
	return func(key string, args ...any) string {
		m := map[string]any{}
		for i := 0; i+1 < len(args); i += 2 {
			m[args[i].(string)] = args[i+1]
		}
		return texts.Text(lang, key, m)
	}
}

func catalogue(t *testing.T) *locale.Catalogue {
	t.Helper()
	texts, err := locale.Load()
	if err != nil {
		t.Fatal(err)
	}
	return texts
}

// TestProgramsOfAnApplicant: the page shows where a program is told, takes
// another address with a second proof, shows its secret that once, says what is
// wrong beside what was typed, tries it and ends it; nobody but applicants has one.
func TestProgramsOfAnApplicant(t *testing.T) {
	f := newFake(t)
	s := newServer(t, f, nil)
	texts := catalogue(t)
	for _, lang := range aiqyn.Langs {
		body := ask(s, "applicant", "/"+string(lang)+"/account/programs", nil).Body.String()
		for _, want := range []string{"https://example.kz/told", `name="url"`, `name="events"`, "AQ-7K2M9-F3D4X", texts.Text(lang, "event.trial", nil), texts.Text(lang, "web.programs.failure.refused", nil)} {
			if !strings.Contains(body, want) {
				t.Errorf("%s: the page does not say %q", lang, want)
			}
		}
		if strings.Contains(body, "whsec_") {
			t.Errorf("%s: the secret is shown again", lang)
		}
	}
	set := url.Values{"url": {"https://example.kz/other"}, "events": {"decisions"}}
	if w := askAs(s, http.MethodPost, "applicant-unproven", "/en/account/programs", set); w.Code != http.StatusUnauthorized || len(f.sent) > 0 {
		t.Errorf("without a second proof: status %d, %v", w.Code, f.sent)
	}
	w := askAs(s, http.MethodPost, "applicant", "/en/account/programs", set)
	if w.Code != http.StatusOK || strings.Count(w.Body.String(), "whsec_c2VjcmV0") != 1 || !slices.Contains(f.sent, any("webhook https://example.kz/other")) {
		t.Errorf("set: status %d, %v", w.Code, f.sent)
	}
	for _, address := range []string{"", "http://example.kz/other"} {
		w := askAs(s, http.MethodPost, "applicant", "/en/account/programs", url.Values{"url": {address}, "events": {"decisions"}})
		body := w.Body.String()
		if w.Code != http.StatusUnprocessableEntity || !strings.Contains(body, `href="#url"`) || !strings.Contains(body, `value="`+address+`"`) || !strings.Contains(body, "<title>Error") {
			t.Errorf("%q: status %d", address, w.Code)
		}
	}
	if w := askAs(s, http.MethodPost, "applicant", "/en/account/programs/try", nil); w.Code != http.StatusSeeOther || !slices.Contains(f.sent, any("webhook trial")) {
		t.Errorf("tried: status %d, %v", w.Code, f.sent)
	}
	if w := askAs(s, http.MethodPost, "applicant", "/en/account/programs/end", nil); w.Code != http.StatusSeeOther || !slices.Contains(f.sent, any("webhook ")) {
		t.Errorf("ended: status %d, %v", w.Code, f.sent)
	}
	for token, shown := range map[string]bool{"applicant": true, "engineer": false} {
		if is := strings.Contains(ask(s, token, "/en/account", nil).Body.String(), "/en/account/programs"); is != shown {
			t.Errorf("the account of %s leads to programs: %v", token, is)
		}
	}
}

// TestVersionsOfAService: a service's page leads to the versions of its rules, of
// which each says in words what it changed, in three languages.
func TestVersionsOfAService(t *testing.T) {
	s := newServer(t, newFake(t), nil)
	texts := catalogue(t)
	if body := ask(s, "", "/en/services/energy.connection", nil).Body.String(); !strings.Contains(body, "/en/services/energy.connection/versions") {
		t.Error("the service's page does not lead there")
	}
	for _, lang := range aiqyn.Langs {
		body := ask(s, "", "/"+string(lang)+"/services/energy.connection/versions", nil).Body.String()
		for _, want := range []string{"2026-01", "2026-11", "<del>9</del>", "<ins>10</ins>", "<del>150</del>", "<ins>200</ins>", texts.Text(lang, "web.versions.terms", nil), texts.Text(lang, "ui.diff.changed", nil)} {
			if !strings.Contains(body, want) {
				t.Errorf("%s: the page does not say %q", lang, want)
			}
		}
	}
	if body := ask(s, "", "/en/services/energy.connection/versions", nil).Body.String(); !strings.Contains(body, "<del>does</del>") || !strings.Contains(body, "<ins>records</ins>") {
		t.Error("the words of a reason that changed are not marked")
	}
	if body := ask(s, "", "/en/services/address.certificate/versions", nil).Body.String(); !strings.Contains(body, "No change") || strings.Contains(body, "<ins>") {
		t.Error("a service that did not change is said to have changed")
	}
	if w := ask(s, "", "/en/services/none/versions", nil); w.Code != http.StatusNotFound {
		t.Errorf("a service that is none: status %d", w.Code)
	}
}

// TestRuledAgain: whoever's case was ruled again, and whoever works on it, sees what
// the new ruling rests on, and how it came out, in words alone.
func TestRuledAgain(t *testing.T) {
	f := newFake(t)
	s := newServer(t, f, nil)
	svc, _ := f.pack.Service("energy.connection")
	for path, as := range map[string]string{"/en/cases/AQ-CORR-0002": "applicant", "/en/desk/AQ-CORR-0002": "head"} {
		_, body, _ := strings.Cut(ask(s, as, path, nil).Body.String(), `id="reruled"`)
		body, _, _ = strings.Cut(body, "</section>")
		for _, r := range svc.Refuse {
			if strings.Contains(html.UnescapeString(body), r.When.Expr) {
				t.Errorf("%s says a reason as its rule is written: %s", path, r.When.Expr)
			}
		}
		for _, want := range []string{"Ruling, entry 102", "Ruling, entry 107", "<del>granted</del>", "<ins>refused</ins>", "<del>200</del>", "<ins>20</ins>", "1/<del>1</del>", "1/<ins>2</ins>"} {
			if !strings.Contains(body, want) {
				t.Errorf("%s does not say %q", path, want)
			}
		}
	}
	for path, as := range map[string]string{"/en/cases/AQ-GRAN-0001": "applicant", "/en/desk/AQ-GRAN-0001": "head"} {
		if w := ask(s, as, path, nil); w.Code != http.StatusOK || strings.Contains(w.Body.String(), "Ruling, entry") {
			t.Errorf("%s, which was ruled once, is said to have been ruled again, or not shown: %d", path, w.Code)
		}
	}
}

// TestConditionsSayWhatWasFound: the document of a grant has what was recorded on
// site, on which it rests.
func TestConditionsSayWhatWasFound(t *testing.T) {
	f := newFake(t)
	s := newServer(t, f, nil)
	svc, _ := f.pack.Service("energy.connection")
	for _, lang := range aiqyn.Langs {
		body := ask(s, "applicant", "/"+string(lang)+"/cases/AQ-GRAN-0001/conditions", nil).Body.String()
		_, row, there := strings.Cut(body, svc.Steps[0].Records[0].Label.In(lang)+"</dt>")
		if row, _, _ = strings.Cut(row, "</dd>"); !there || !strings.HasSuffix(row, locale.Kilowatt(lang, 37_000)) {
			t.Errorf("%s: what the survey measured is said as %q", lang, row)
		}
	}
}
