package web

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"aiqyn"
	"aiqyn/casework"
)

// A citizen points at what is wrong; what is missing is named beside its field;
// later they read what rested on it.
func TestAskCorrection(t *testing.T) {
	f := newFake(t)
	s := newServer(t, f, nil)
	page := ask(s, "applicant", "/en/cases/AQ-CORR-0002/correct", nil).Body.String()
	if !strings.Contains(page, "Correction is free") || !strings.Contains(page, "3 working days") || strings.Count(page, `name="field"`) != 2 {
		t.Error("the page does not say that it is free, by when, and what can be pointed at")
	}
	form := url.Values{"command": {commandOf(t, page)}, "field": {"survey.measured-load"}, "said": {"20"}, "text": {"Фотодан көрінеді."}}
	if w := ask(s, "applicant", "/en/cases/AQ-CORR-0002/correct", form); w.Code != http.StatusSeeOther {
		t.Fatalf("status %d", w.Code)
	}
	if sent := f.sent[0].(casework.AskCorrection); sent.Field != "survey.measured-load" || sent.Said != "20" || sent.Text != "Фотодан көрінеді." {
		t.Errorf("sent %+v", sent)
	}
	f.fail = aiqyn.E(aiqyn.Invalid, "error.answer-required").On("text")
	if w := ask(s, "applicant", "/en/cases/AQ-CORR-0002/correct", form); w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), `href="#text"`) {
		t.Errorf("status %d", w.Code)
	}
	if w := ask(s, "applicant", "/en/cases/AQ-OPEN-0001/correct", nil); w.Code != http.StatusConflict {
		t.Errorf("a case that is open: status %d", w.Code)
	}
	body := ask(s, "applicant", "/en/cases/AQ-CORR-0002", nil).Body.String()
	for _, want := range []string{"200\u00a0kW → 20\u00a0kW", "/en/cases/AQ-CORR-0002/receipts/103", "what was granted stands", "a reason to refuse, entry"} {
		if !strings.Contains(body, want) {
			t.Errorf("the page of the case does not say %q", want)
		}
	}
}

// The head corrects a record to a value, or says why not.
func TestAnswerCorrection(t *testing.T) {
	f := newFake(t)
	s := newServer(t, f, nil)
	page := ask(s, "head", "/en/desk/AQ-CORR-0001", nil).Body.String()
	send := func(form url.Values) int {
		form.Set("command", commandOf(t, page))
		form.Set("ground", "Фотода 20 кВт.")
		return ask(s, "head", "/en/desk/AQ-CORR-0001/correction", form).Code
	}
	if status := send(url.Values{}); status != http.StatusUnprocessableEntity || len(f.sent) != 0 {
		t.Errorf("no answer: status %d", status)
	}
	if status := send(url.Values{"answer": {"correct"}, "measured-load": {"20"}}); status != http.StatusSeeOther {
		t.Fatalf("status %d", status)
	}
	if sent := f.sent[0].(casework.Correct); sent.Field != "survey.measured-load" || sent.Value != "20" || sent.Entry != 102 || sent.Ground == "" {
		t.Errorf("sent %+v", sent)
	}
	send(url.Values{"answer": {"decline"}})
	if sent := f.sent[1].(casework.DeclineCorrection); sent.Ground == "" {
		t.Errorf("sent %+v", sent)
	}
}
