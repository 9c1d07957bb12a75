package web

import (
	"net/http"
	"os"
	"strings"
	"testing"

	"aiqyn"
	"aiqyn/web/ui"
)

// The style page shows every component that pages may use, in each language,
// and each has a page of its own.
func TestDesignShowsEveryComponent(t *testing.T) {
	s := newServer(t, newFake(t), nil)
	folders, err := os.ReadDir("ui")
	if err != nil {
		t.Fatal(err)
	}
	grouped := map[string]bool{}
	for _, e := range ui.Examples(aiqyn.English, func(key string, _ ...any) string { return key }) {
		grouped[e.Component] = true
	}
	for _, lang := range aiqyn.Langs {
		page := ask(s, "", "/"+string(lang)+"/design", nil).Body.String()
		for _, f := range folders {
			switch {
			case !f.IsDir():
				continue
			case !grouped[f.Name()]:
				t.Errorf("%s has no example", f.Name())
				continue
			}
			around := f.Name() == "header" || f.Name() == "footer" // of the style page as of any other
			if !strings.Contains(page, `id="part-`+f.Name()+`"`) && !(around && strings.Contains(page, "<"+f.Name()+" ")) {
				t.Errorf("%s: the style page does not show %s", lang, f.Name())
			}
			if w := ask(s, "", "/"+string(lang)+"/design/"+f.Name(), nil); w.Code != http.StatusOK || strings.Count(w.Body.String(), `class="example"`) != 1 {
				t.Errorf("%s: the page of %s: status %d", lang, f.Name(), w.Code)
			}
		}
	}
	if w := ask(s, "", "/en/design/no-such-part", nil); w.Code != http.StatusNotFound {
		t.Errorf("an unknown component: status %d", w.Code)
	}
}
