package casework

import (
	"strings"
	"testing"

	"aiqyn/grid"
	"aiqyn/service"
)

// TestLimitsAreOfThePack: free power is reckoned within what the pack in force says,
// whoever put the network into force; another pack gives another figure, and a
// publication within the limits of no pack is found.
func TestLimitsAreOfThePack(t *testing.T) {
	free := func(from, to string) (int64, *rig) {
		r := bareRig(t, start, func(c *Config) {
			c.Capacity.Limits = grid.Limits{VMin: 0.9, VMax: 1.1, LinePct: 10, TrafoPct: 10, PowerFactor: 0.95}
		})
		r.keepNetwork()
		files := make([]service.File, len(r.files))
		for i, f := range r.files {
			f.Data = []byte(strings.Replace(string(f.Data), from, to, 1))
			files[i] = f
		}
		r.files = files
		r.reopen()
		c, err := r.CapacityNow(2)
		if err != nil {
			t.Fatal(err)
		}
		return c.FreeW, r
	}
	whole, r := free("", "")
	half, _ := free("transformer: 100, power-factor", "transformer: 50, power-factor")
	if whole <= 0 || half >= whole*6/10 || half <= 0 {
		t.Errorf("by all of its rating a transformer has %d W, by half %d", whole, half)
	}
	if _, err := r.PublishCapacity(t.Context()); err != nil {
		t.Fatal(err)
	}
	r.wantClean()
	a, err := newAuditor(t.Context(), r.auditConfig())
	if err != nil {
		t.Fatal(err)
	}
	limits, ok := limitsOf(r.Pack())
	now := &event{index: 1 << 40, at: r.Clock()}
	if !ok || a.publishedWithin(now, &publication{Limits: grid.LimitsPPM(limits)}) != nil {
		t.Error("a publication within the pack's limits is found")
	}
	limits.TrafoPct = 80
	if a.publishedWithin(now, &publication{Limits: grid.LimitsPPM(limits)}) == nil {
		t.Error("a publication within limits of nobody's pack is not found")
	}
}
