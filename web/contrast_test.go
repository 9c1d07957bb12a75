package web

import (
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"

	"aiqyn"
)

// contrasts are the pages that are looked at each time by those who need more contrast:
// forms and what is wrong with them, tables, drawings, maps, clocks, states.
var contrasts = []struct{ as, path string }{
	{"", "/design"}, {"", "/design/chart"}, {"", "/capacity/map"}, {"", "/capacity/7/history"}, {"applicant", "/apply/energy.connection/questions/category"},
	{"applicant", "/cases/AQ-OPEN-0001"}, {"surveyor", "/desk"}, {"engineer", "/desk/AQ-DECI-0002"}, {"", "/capacity"},
}

// scheme is what a person has asked of the system for what they see.
type scheme struct{ colour, contrast, forced string }

func (s scheme) String() string {
	return s.colour + ", more contrast: " + s.contrast + ", own colours: " + s.forced
}

func (s scheme) features() []*emulation.MediaFeature {
	return []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: s.colour}, {Name: "prefers-contrast", Value: s.contrast}, {Name: "forced-colors", Value: s.forced}}
}

// TestContrast is the rest of checkable 17: who asks for more contrast reads every text
// at 7:1, and where somebody's own few colours stand in for ours, text, the mark of the
// focus, drawings, maps and the states of a form are still seen; by day and at night.
// With AIQYN_SOAK on every page, else on those that have most of it.
func TestContrast(t *testing.T) {
	axe := axeCore(t)
	ctx := browser(t, 40*time.Minute)
	server := httptest.NewServer(newServer(t, newFake(t), someDemo()))
	defer server.Close()
	b := newTab(t, ctx)
	pages := contrasts
	if os.Getenv("AIQYN_SOAK") != "" {
		pages = screens
	}
	for n, page := range pages {
		if !strings.Contains(page.path, os.Getenv("AIQYN_PICTURES_OF")) {
			continue
		}
		path := "/" + string(aiqyn.Langs[n%3]) + page.path
		err := chromedp.Do(b.ctx, as(page.as, server.URL), chromedp.EmulateViewport([]int64{1280, 360}[n%2], 800))
		for _, s := range []scheme{{"light", "more", "none"}, {"dark", "more", "none"}, {"light", "no-preference", "active"}, {"dark", "no-preference", "active"}} {
			script := `await axeRun('color-contrast-enhanced'), drawn(17), written(17)`
			if s.forced == "active" {
				script = `await axeRun('color-contrast'), ringed(17), drawn(17), written(17), edged(17), states(17)`
			}
			if page.path != "/design" { // the map of the style page has no tiles
				script += `, await canvases(17)`
			}
			if err == nil {
				err = chromedp.Do(b.ctx, media("", s.features()...), chromedp.Navigate(server.URL+path), chromedp.Evaluate[chromedp.Void](axe))
			}
			var found []string
			if err == nil {
				found, err = b.find(script)
			}
			slices.Sort(found)
			for _, wrong := range slices.Compact(found) {
				t.Errorf("%s, %s: %s", path, s, wrong)
			}
		}
		if err != nil {
			t.Errorf("%s: %v", path, err)
		}
	}
}
