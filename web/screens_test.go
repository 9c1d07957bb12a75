package web

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
)

// notPages are GET routes that show nothing by themselves, and why.
var notPages = map[string]string{
	"/sign-in/oidc":     "leads to the identity provider",
	"/cases/{ref}/paid": "asks the bank and leads to the case",
	"/kiosk/over":       "wipes the screen and leads to the first page",
}

// files are what a route gives that no browser shows.
func givesFile(path string) bool {
	for _, end := range []string{".csv", ".xlsx", ".json", ".geojson", ".ics", ".pdf", ".zip", "/file", "/pdf", "/content", "/refusal.html"} {
		if strings.HasSuffix(path, end) {
			return true
		}
	}
	return false
}

// TestEveryPageIsLookedAt: each route that shows a page is among the screens that are
// looked at in each language, by axe, on each width.
func TestEveryPageIsLookedAt(t *testing.T) {
	s := newServer(t, newFake(t), someDemo())
	mux := http.NewServeMux()
	left := map[string]bool{}
	for _, r := range s.pages() {
		if r.method != http.MethodGet || givesFile(r.path) {
			continue
		}
		mux.Handle("GET "+r.path, http.NotFoundHandler())
		left[r.path] = true
	}
	if len(left) < 100 {
		t.Fatalf("%d routes show pages: the search for them is broken", len(left))
	}
	for _, screen := range screens {
		at, err := url.Parse(screen.path)
		if err != nil {
			t.Fatal(err)
		}
		_, pattern := mux.Handler(httptest.NewRequest(http.MethodGet, at.EscapedPath(), nil))
		delete(left, strings.TrimPrefix(pattern, "GET "))
	}
	for path := range left {
		if notPages[path] == "" {
			t.Errorf("nobody looks at %s", path)
		}
	}
	for path := range notPages {
		if !left[path] {
			t.Errorf("%s is looked at, or there is no such route", path)
		}
	}
}
