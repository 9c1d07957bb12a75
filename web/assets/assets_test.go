package assets

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func load(t *testing.T) *Set {
	t.Helper()
	s, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestEveryFileIsServedUnderItsHashedName(t *testing.T) {
	s := load(t)
	for _, name := range []string{"app.css", "app.js", "golos-400-latin.woff2", "golos-400-cyrillic.woff2",
		"golos-600-latin.woff2", "golos-600-cyrillic.woff2", "golos-OFL.txt", "govuk-frontend-MIT.txt", "verifier.wasm", "wasm_exec.js", "verify.js"} {
		url, err := s.URL(name)
		if err != nil {
			t.Fatal(err)
		}
		r := httptest.NewRequest("GET", url, nil)
		r.Header.Set("Accept-Encoding", "gzip")
		w := httptest.NewRecorder()
		s.ServeHTTP(w, r)
		if w.Code != http.StatusOK || !strings.Contains(w.Header().Get("Cache-Control"), "immutable") {
			t.Errorf("%s: status %d, cache %q", url, w.Code, w.Header().Get("Cache-Control"))
		}
		if zipped := w.Header().Get("Content-Encoding") == "gzip"; zipped == strings.HasSuffix(name, ".woff2") {
			t.Errorf("%s: gzip %v", name, zipped)
		}
	}
	if _, err := s.URL("no-such.css"); err == nil {
		t.Error("a missing asset has an address")
	}
}

// The letters only Kazakh has and the tenge sign are inside the style sheet,
// and nothing is fetched from anywhere else.
func TestTheStyleSheetIsSelfContained(t *testing.T) {
	s := load(t)
	css := string(s.files[s.named["app.css"]].plain)
	if strings.Contains(css, "url(http") || strings.Contains(css, "@import") {
		t.Error("the style sheet refers to another host")
	}
	for _, brand := range []string{"GDS Transport", "crown", "#1d70b8", "#ffdd00"} {
		if strings.Contains(css, brand) {
			t.Errorf("the style sheet carries another government's brand: %q", brand)
		}
	}
	if n := strings.Count(css, "data:font/woff2"); n != 4 {
		t.Errorf("%d fonts inside the style sheet, want 4", n)
	}
}

func TestMissingFile(t *testing.T) {
	w := httptest.NewRecorder()
	load(t).ServeHTTP(w, httptest.NewRequest("GET", "/assets/app.css", nil))
	if w.Code != http.StatusNotFound {
		t.Errorf("an unhashed name is served: %d", w.Code)
	}
}
