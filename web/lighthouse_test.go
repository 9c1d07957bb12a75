package web

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"aiqyn"
)

// oneOfEach are one page of each kind, and as whom it is seen. The first eight are
// looked at each time: what a visitor comes for, and what those who are signed in work
// with.
var oneOfEach = []struct{ as, path string }{
	{"", "/"}, {"applicant", "/cases"}, {"", "/services/energy.connection"}, {"applicant", "/cases/AQ-OPEN-0001"}, {"", "/capacity"},
	{"applicant", "/apply/energy.connection/check"}, {"surveyor", "/desk"}, {"engineer", "/desk/AQ-DECI-0002"},

	{"", "/services"}, {"", "/services/education.kindergarten"}, {"", "/services/energy.connection/versions"}, {"", "/capacity/map"}, {"", "/capacity/7"}, {"", "/capacity/scorecard"}, {"", "/feeders"},
	{"", "/places"}, {"", "/places/education.kindergarten"}, {"", "/places/education.kindergarten/rounds/2026-11-20"}, {"", "/lots"}, {"", "/lots/lot-sold"},
	{"", "/ledger"}, {"", "/ledger/100"}, {"", "/figures"}, {"", "/figures/road"}, {"", "/releases"}, {"", "/verify"}, {"", "/certificates"}, {"", "/certificates/report"}, {"", "/policy"},
	{"", "/docs"}, {"", "/docs/verify"}, {"", "/sign-in"}, {"", "/check/103/00112233445566778899"}, {"", "/design/question"}, {"", "/design/chart"}, {"", "/kiosk"},
	{"applicant", "/apply/energy.connection"}, {"applicant", "/apply/energy.connection/questions/load"}, {"applicant", "/cases/AQ-HEAR-0001"}, {"applicant", "/cases/AQ-HEAR-0001/object"},
	{"applicant", "/cases/AQ-REFU-0001"}, {"applicant", "/account"}, {"applicant", "/account/readings"}, {"applicant", "/account/messages"}, {"applicant", "/account/mandates"},
	{"surveyor", "/desk/AQ-OPEN-0001"}, {"appeals", "/desk/AQ-APPE-0001"}, {"overseer", "/office"}, {"publisher", "/office/publish"}, {"operator", "/operate/jobs"}, {"reader", "/facts"},
}

// seen is what Lighthouse says of one page.
type seen struct {
	URL, At string
	Scores  map[string]float64
	Failed  []string
}

// TestLighthouse: accessibility and best practices are worth a hundred points of a
// hundred: of the main pages, each in another language, and with AIQYN_SOAK of one page
// of each kind in each language; those that need it are seen signed in.
func TestLighthouse(t *testing.T) {
	program := filepath.Join(browserTools, "..", "lighthouse.mjs")
	chromium, err := exec.LookPath("chromium")
	if _, missing := os.Stat(program); missing != nil || err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal("no Lighthouse or no Chromium, and CI must have both: ", missing, err)
		}
		t.Skip("Lighthouse is not installed: run .ci/tools")
	}
	f := newFake(t)
	handler := newServer(t, f, nil)
	fill(t, handler, f, map[string]string{"parcel": "99-999-001-001", "load": "15"}) // so that there is something to check
	server := httptest.NewServer(handler)
	defer server.Close()

	var pages bytes.Buffer
	lines, left := json.NewEncoder(&pages), 0
	for n, page := range oneOfEach {
		for l, lang := range aiqyn.Langs {
			if os.Getenv("AIQYN_SOAK") == "" && (n >= 8 || l != n%3) {
				continue
			}
			cookie := ""
			if page.as != "" {
				name, value := cookieFor(page.as)
				cookie = name + "=" + value
			}
			if err := lines.Encode(map[string]string{"url": server.URL + "/" + string(lang) + page.path, "cookie": cookie}); err != nil {
				t.Fatal(err)
			}
			left++
		}
	}
	cmd := exec.Command("node", program)
	cmd.Env = append(os.Environ(), "CHROME_PATH="+chromium)
	cmd.Stdin, cmd.Stderr = &pages, os.Stderr
	out, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	for each := json.NewDecoder(out); ; left-- {
		var s seen
		if err := each.Decode(&s); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		s.holds(t)
	}
	if err := cmd.Wait(); err != nil || left != 0 {
		t.Errorf("%d pages were not looked at: %v", left, err)
	}
}

// holds that a page is worth all points, and that it is the page that was asked for.
func (s seen) holds(t *testing.T) {
	t.Helper()
	if s.At != s.URL || len(s.Scores) != 2 {
		t.Errorf("%s: Lighthouse was at %s, and judged %v", s.URL, s.At, s.Scores)
	}
	for name, score := range s.Scores {
		if score != 1 {
			t.Errorf("%s: %s %.0f of 100: %s", s.URL, name, 100*score, strings.Join(s.Failed, "; "))
		}
	}
}
