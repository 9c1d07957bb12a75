package web

import (
	"bytes"
	"encoding/csv"
	"net/http"
	"strings"
	"testing"

	"aiqyn"
)

// The figures page says how services answered, how much of it is proven, and
// how many leaves stay closed; its file has the same figures, row by row.
func TestFiguresAndTheirFile(t *testing.T) {
	f := newFake(t)
	s := newServer(t, f, nil)
	page := strings.ReplaceAll(ask(s, "", "/en/figures", nil).Body.String(), "\u00a0", " ")
	for _, want := range []string{"40 100 of 48 100 entries", "in more than 10 days", "up to 3 days", "on the same day", "90.3", "3 345", "/published", "/en/ledger/48190", lastRelease.Hash} {
		if want != "/published" && !strings.Contains(page, want) {
			t.Errorf("the page does not say %q", want)
		}
	}
	figures, _, _ := f.Figures(t.Context())
	var want bytes.Buffer
	w := csv.NewWriter(&want)
	if err := w.WriteAll(figures.Rows()); err != nil {
		t.Fatal(err)
	}
	for _, lang := range aiqyn.Langs {
		if got := ask(s, "", "/"+string(lang)+"/figures.csv", nil).Body.String(); got != want.String() {
			t.Errorf("%s: the file has\n%s\nthe releases say\n%s", lang, got, want.String())
		}
	}
	f.alone = true
	if w := ask(s, "", "/kk/figures", nil); w.Code != http.StatusOK || strings.Contains(w.Body.String(), "<table") {
		t.Errorf("before the first release: status %d", w.Code)
	}
	if w := ask(s, "", "/kk/releases", nil); w.Code != http.StatusOK || strings.Contains(w.Body.String(), "/published/index") {
		t.Errorf("the list before the first release: status %d", w.Code)
	}
}

// The page of roads says how long the whole way is, whom it waits for and that some are
// still under way; its file has the same row by row, and so has the interface.
func TestWholeRoads(t *testing.T) {
	f := newFake(t)
	s := newServer(t, f, nil)
	page := strings.ReplaceAll(ask(s, "", "/en/figures/road", nil).Body.String(), "\u00a0", " ")
	for _, want := range []string{"The whole road", "up to 75 days", "in more than 120 days", "at least 60", "up to 90 days", "Waiting for the applicant", "14.2", "October 2026", "longer than it is old",
		`href="/en/figures/light.csv"`, `id="lengths-energy-connection-title"`} {
		if !strings.Contains(page, want) {
			t.Errorf("the page does not say %q", want)
		}
	}
	figures, _, _ := f.Figures(t.Context())
	var want bytes.Buffer
	if err := csv.NewWriter(&want).WriteAll(figures.RoadRows()); err != nil {
		t.Fatal(err)
	}
	for _, lang := range aiqyn.Langs {
		if got := ask(s, "", "/"+string(lang)+"/figures/light.csv", nil).Body.String(); got != want.String() {
			t.Errorf("%s: the file has\n%s\nthe releases say\n%s", lang, got, want.String())
		}
	}
	if got := ask(s, "", "/api/v1/figures/road", nil).Body.String(); !strings.Contains(got, `"median_with_running":{"days":90,"longer":false}`) || !strings.Contains(got, `"month":"2026-10"`) {
		t.Errorf("the interface says %s", got)
	}
	f.alone = true
	if w := ask(s, "", "/kk/figures/road", nil); w.Code != http.StatusOK || strings.Contains(w.Body.String(), "light.csv") {
		t.Errorf("before the first release: status %d", w.Code)
	}
}

// Published files are for other people's programs: what stands under its hash
// is kept for ever, the newest list never.
func TestPublishedFiles(t *testing.T) {
	s := newServer(t, newFake(t), nil)
	for path, want := range map[string]struct {
		status      int
		kind, cache string
	}{
		"index":                                  {200, "text/plain; charset=utf-8", "no-cache"},
		"releases/" + lastRelease.Hash + ".json": {200, "application/json", "public, max-age=31536000, immutable"},
		"log/checkpoint":                         {200, "text/plain; charset=utf-8", "no-cache"},
		"releases/none.json":                     {404, "text/plain; charset=utf-8", ""},
		"log/tile/9/999":                         {404, "text/plain; charset=utf-8", ""},
	} {
		w := ask(s, "", "/published/"+path, nil)
		h := w.Header()
		if w.Code != want.status || h.Get("Content-Type") != want.kind || h.Get("Cache-Control") != want.cache {
			t.Errorf("%s: status %d, %q, %q", path, w.Code, h.Get("Content-Type"), h.Get("Cache-Control"))
		}
	}
}
