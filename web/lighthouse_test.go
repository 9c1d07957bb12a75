package web

import (
	"encoding/json"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"aiqyn"
)

// oneOfEach are one page of each kind that a visitor without an account sees: Lighthouse
// comes with no session.
var oneOfEach = []string{
	"/", "/services", "/services/energy.connection", "/services/education.kindergarten", "/services/energy.connection/versions",
	"/capacity", "/capacity/map", "/capacity/7", "/capacity/scorecard", "/feeders", "/places", "/places/education.kindergarten", "/places/education.kindergarten/rounds/2026-11-20",
	"/lots", "/lots/lot-sold", "/ledger", "/ledger/100", "/figures", "/figures/road", "/releases", "/verify", "/certificates", "/certificates/report", "/policy",
	"/docs", "/docs/verify", "/sign-in", "/check/103/00112233445566778899", "/design/question", "/kiosk",
}

// TestLighthouse: accessibility and best practices are worth a hundred points of a
// hundred: of the main pages, and with AIQYN_SOAK of one page of each kind in each
// language.
func TestLighthouse(t *testing.T) {
	program := filepath.Join(browserTools, ".bin", "lighthouse")
	chromium, err := exec.LookPath("chromium")
	if _, missing := os.Stat(program); missing != nil || err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal("no Lighthouse or no Chromium, and CI must have both: ", missing, err)
		}
		t.Skip("Lighthouse is not installed: run .ci/tools")
	}
	server := httptest.NewServer(newServer(t, newFake(t), nil))
	defer server.Close()
	paths := []string{"/kk/", "/ru/services/energy.connection", "/en/capacity"}
	if os.Getenv("AIQYN_SOAK") != "" {
		paths = nil
		for _, kind := range oneOfEach {
			for _, lang := range aiqyn.Langs {
				paths = append(paths, "/"+string(lang)+kind)
			}
		}
	}
	for _, path := range paths {
		cmd := exec.Command(program, server.URL+path, "--quiet", "--output=json", "--only-categories=accessibility,best-practices",
			"--chrome-flags=--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking")
		cmd.Env = append(os.Environ(), "CHROME_PATH="+chromium)
		out, err := cmd.Output()
		if err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		var report struct {
			Categories map[string]struct{ Score float64 }
			Audits     map[string]struct {
				Title string
				Score *float64
			}
		}
		if err := json.Unmarshal(out, &report); err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		if len(report.Categories) != 2 {
			t.Errorf("%s: %d categories", path, len(report.Categories))
		}
		for name, category := range report.Categories {
			if category.Score != 1 {
				t.Errorf("%s: %s %.0f of 100", path, name, 100*category.Score)
			}
		}
		for name, audit := range report.Audits {
			if audit.Score != nil && *audit.Score < 1 && t.Failed() {
				t.Logf("%s: %s: %s", path, name, audit.Title)
			}
		}
	}
}
