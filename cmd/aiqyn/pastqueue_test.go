package main

import (
	"io"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"aiqyn/locale"
)

// TestThePastIsSoundAtAnyHour: whatever the hour at which somebody starts the
// demonstration, its rounds were begun when rounds may, and on each working day.
func TestThePastIsSoundAtAnyHour(t *testing.T) {
	for _, present := range []time.Time{
		time.Date(2026, 11, 25, 7, 30, 0, 0, zone), time.Date(2026, 11, 25, 12, 0, 0, 0, zone), time.Date(2026, 11, 30, 20, 15, 0, 0, zone),
	} {
		t.Run(present.Format("150405"), func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			texts, err := locale.Load()
			if err != nil {
				t.Fatal(err)
			}
			c := &call{ctx: t.Context(), texts: texts, lang: "en", stdout: io.Discard, stderr: io.Discard}
			if err := seed(c, demoFlags{dir: dir, people: 1000, cases: 12, seed: 1}, present); err != nil {
				t.Fatal(err)
			}
			var out, errs strings.Builder
			code := run(t.Context(), []string{"audit", "--db", "sqlite:" + databaseFile(dir), "--keys", filepath.Join(dir, "keys")}, &out, &errs)
			if code != held || !strings.Contains(out.String(), "problems: 0") || strings.Contains(out.String(), "no round was held") || !strings.Contains(out.String(), "Rounds: ") {
				t.Errorf("exit %d\n%s%s", code, out.String(), errs.String())
			}
		})
	}
}
