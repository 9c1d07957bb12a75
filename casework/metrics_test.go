package casework

import (
	"bytes"
	"regexp"
	"strings"
	"testing"
	"time"

	"aiqyn"
)

// TestMetrics reads what the engine tells of itself, after one filing.
func TestMetrics(t *testing.T) {
	ctx := t.Context()
	r := newRig(t)
	r.file(holder, plot, 5)
	var out bytes.Buffer
	if err := r.WriteMetrics(ctx, &out); err != nil {
		t.Fatal(err)
	}
	line := regexp.MustCompile(`^aiqyn_[a-z_]+ -?[0-9.e+]+$`)
	values := 0
	for _, l := range strings.Split(strings.TrimSpace(out.String()), "\n") {
		if strings.HasPrefix(l, "# ") {
			continue
		}
		if values++; !line.MatchString(l) {
			t.Errorf("line %q", l)
		}
	}
	if values != 22 || !strings.Contains(out.String(), "\naiqyn_commands_total 4\n") {
		t.Errorf("%d values:\n%s", values, out.String())
	}
	r.mu.Lock()
	r.now = r.now.Add(time.Hour) // the draw is due, and nobody has woken the engine
	r.mu.Unlock()
	out.Reset()
	if err := r.WriteMetrics(ctx, &out); err != nil || strings.Contains(out.String(), "aiqyn_timer_overdue_seconds 0\n") {
		t.Errorf("%v, no timer is overdue:\n%s", err, out.String())
	}
}

// TestReady is true of one engine on a log only: the one that took it last.
func TestReady(t *testing.T) {
	ctx := t.Context()
	r := newRig(t)
	if err := r.Ready(ctx); err != nil {
		t.Error(err)
	}
	if _, err := r.db.Begin(ctx, r.Origin); err != nil {
		t.Fatal(err)
	}
	if err := r.Ready(ctx); aiqyn.KindOf(err) != aiqyn.Unavailable {
		t.Errorf("deposed, it says %v", err)
	}
}
