package web

import (
	"strings"
	"testing"
)

// Somebody who is asked has applied for nothing: the pages do not speak of an application
// of theirs, say what they are asked about and what silence means, and offer nothing to
// take back.
func TestWhoIsAskedReadsWhatAbout(t *testing.T) {
	s := newServer(t, newFake(t), nil)
	for lang, says := range map[string][]string{
		"kk": {"Сізден жауап сұралады", "Сізден не сұралады", "үндемегеніңіз жауап болып саналмайды", "60"},
		"ru": {"Вас просят ответить", "О чём вас спрашивают", "молчание ответом не считается", "60"},
		"en": {"You are asked to answer", "What you are asked about", "silence counts as none", "60"},
	} {
		page := ask(s, "applicant", "/"+lang+"/cases/AQ-ASKD-0001", nil).Body.String()
		step := ask(s, "applicant", "/"+lang+"/cases/AQ-ASKD-0001/step", nil).Body.String()
		for i, text := range says {
			if !strings.Contains(page, text) || i > 0 && !strings.Contains(step, text) {
				t.Errorf("%s does not say %q", lang, text)
			}
		}
		for _, text := range []string{"cases/AQ-ASKD-0001/withdraw", "Your answers", "Ваше заявление зарегистрировано", "Өтінішіңіз тіркелді"} {
			if strings.Contains(page, text) {
				t.Errorf("%s says %q", lang, text)
			}
		}
	}
	if other := ask(s, "applicant", "/en/cases/AQ-OPEN-0001", nil).Body.String(); strings.Contains(other, "asked to answer") || !strings.Contains(other, "Your answers") {
		t.Error("who has applied is asked")
	}
}

// Who asks what it would take and leaves the power out is told to give it.
func TestAWishWithoutPower(t *testing.T) {
	s := newServer(t, newFake(t), nil)
	missing := ask(s, "", "/en/capacity/points?parcel=99-999-035-009", nil).Body.String()
	wrong := ask(s, "", "/en/capacity/points?parcel=99-999-035-009&kw=much", nil).Body.String()
	if !strings.Contains(missing, "Answer this question") || strings.Contains(missing, "not in the expected form") || !strings.Contains(wrong, "not in the expected form") {
		t.Error("what is missing is not told from what is wrong")
	}
}
