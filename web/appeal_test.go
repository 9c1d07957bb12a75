package web

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"aiqyn"
	"aiqyn/casework"
)

// What the facts do not allow cannot be chosen, what is chosen is sent with its
// ground and the name under it, and what is wrong comes back beside its field.
func TestDecideAppeal(t *testing.T) {
	f := newFake(t)
	s := newServer(t, f, nil)
	page := ask(s, "appeals", "/en/desk/AQ-APPE-0001", nil).Body.String()
	if n := strings.Count(page, `name="outcome"`); n != 3 {
		t.Fatalf("%d outcomes to choose from", n)
	}
	if !regexpIn(page, `value="annulled"[^>]* disabled`) || regexpIn(page, `value="upheld"[^>]* disabled`) {
		t.Error("the reason is true: the refusal can be upheld and not annulled")
	}
	form := url.Values{"command": {commandOf(t, page)}, "outcome": {"upheld"}, "ground": {"Рас."}, "evidence-signature": {"Сәуле Т."}}
	if w := ask(s, "appeals", "/en/desk/AQ-APPE-0001/appeal", form); w.Code != http.StatusSeeOther {
		t.Fatalf("status %d", w.Code)
	}
	sent := f.sent[0].(casework.DecideAppeal)
	if sent.Outcome != casework.AppealUpheld || sent.Ground != "Рас." || sent.Signature != "Сәуле Т." || sent.Actor.Officer != "appeals-01" {
		t.Errorf("sent %+v", sent)
	}
	f.fail = aiqyn.E(aiqyn.Invalid, "error.signature-name").On("signature")
	w := ask(s, "appeals", "/en/desk/AQ-APPE-0001/appeal", form)
	body := w.Body.String()
	if w.Code != http.StatusUnprocessableEntity || !strings.Contains(body, `href="#evidence-signature"`) || !strings.Contains(body, "Рас.") ||
		!regexpIn(body, `value="upheld"[^>]* checked`) {
		t.Errorf("status %d: the name that is not theirs", w.Code)
	}
}

// Whoever was refused reads until when they may appeal, and to whom; later, why
// it was decided so.
func TestAppealOfTheCitizen(t *testing.T) {
	s := newServer(t, newFake(t), nil)
	for path, want := range map[string]string{
		"/en/cases/AQ-REFU-0001": "You can appeal until", "/en/cases/AQ-APPE-0001": "Your appeal is with Aiqyn Appeals Council",
		"/kk/cases/AQ-APPE-0002": "Тізілімде құқық тіркелмеген.", "/ru/cases/AQ-APPE-0002": "можно обратиться в суд",
	} {
		if body := ask(s, "applicant", path, nil).Body.String(); !strings.Contains(body, want) {
			t.Errorf("%s does not say %q", path, want)
		}
	}
}

func regexpIn(page, pattern string) bool { return regexp.MustCompile(pattern).MatchString(page) }
