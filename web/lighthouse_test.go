package web

import (
	"encoding/json"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// TestLighthouse: accessibility and best practices of the main pages are worth
// a hundred points of a hundred.
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
	for _, path := range []string{"/kk/", "/ru/services/energy.connection", "/en/capacity"} {
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
