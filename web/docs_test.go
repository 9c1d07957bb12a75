package web

import (
	"net/http"
	"strings"
	"testing"

	"aiqyn"
	"aiqyn/docs"
)

// Every link in the documentation leads to a page that is there, in the
// reader's language, and every page of it is one of the site's.
func TestNoDeadLinkInTheDocs(t *testing.T) {
	s := newServer(t, newFake(t), nil)
	manual, err := docs.Load()
	if err != nil {
		t.Fatal(err)
	}
	answers := map[string]int{}
	for _, lang := range aiqyn.Langs {
		for _, name := range manual.Names() {
			path := docs.Href(lang, name)
			w := ask(s, "", path, nil)
			if w.Code != http.StatusOK {
				t.Errorf("%s: status %d", path, w.Code)
				continue
			}
			checkPage(t, path, lang, w.Body.String())
			page, _ := manual.Page(lang, name)
			if named := strings.Contains(w.Body.String(), `<div class="guide" lang="en">`); named == (page.Lang == lang) {
				t.Errorf("%s: the page does not say in which language its text is", path)
			}
			for _, to := range page.Links {
				to, _, _ = strings.Cut(to, "#")
				if answers[to] == 0 {
					answers[to] = ask(s, "", to, nil).Code
				}
				if answers[to] != http.StatusOK {
					t.Errorf("%s leads to %s: status %d", path, to, answers[to])
				}
			}
		}
	}
	if len(answers) < 3*20 {
		t.Errorf("only %d links", len(answers))
	}
	if w := ask(s, "", "/en/docs/check.py", nil); w.Code != http.StatusOK || !strings.HasPrefix(w.Header().Get("Content-Type"), "text/plain") {
		t.Errorf("check.py: status %d, %s", w.Code, w.Header().Get("Content-Type"))
	}
	for _, path := range []string{"/en/docs/none", "/en/docs/docs.go", "/en/docs/../routes.go", "/en/docs/img/case.png"} {
		if w := ask(s, "", path, nil); w.Code == http.StatusOK {
			t.Errorf("%s is served", path)
		}
	}
}
