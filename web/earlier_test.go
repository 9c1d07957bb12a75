package web

import (
	"net/http"
	"strings"
	"testing"
)

// TestHowManyStandBefore: an officer reads how many stand before a case, and that fewer are
// named where they are more than are placed one by one; who applied does not.
func TestHowManyStandBefore(t *testing.T) {
	s := newServer(t, newFake(t), nil)
	for lang, want := range map[string]string{
		"kk": "Одан бұрын 312 өтініш тұр. Төменде – ең ерте берілгендері (1).",
		"ru": "Перед ним стоят 312 заявлений. Ниже названы самые ранние (1).",
		"en": "312 applications stand before it. The earliest are named below (1).",
	} {
		page := ask(s, "engineer", "/"+lang+"/desk/AQ-OPEN-0001", nil)
		if page.Code != http.StatusOK || !strings.Contains(page.Body.String(), want) {
			t.Errorf("%s: status %d, not %q", lang, page.Code, want)
		}
		if page := ask(s, "applicant", "/"+lang+"/cases/AQ-OPEN-0001", nil); page.Code != http.StatusOK || strings.Contains(page.Body.String(), "312") {
			t.Errorf("%s: status %d, who applied is told", lang, page.Code)
		}
	}
}
