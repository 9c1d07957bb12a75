package casework

import (
	"testing"
	"time"
)

// TestTimeOfALeaf: an instant is written as its form says, to the microsecond.
func TestTimeOfALeaf(t *testing.T) {
	for _, us := range []int64{0, 1, 999_999, 1_000_000, 1_764_500_737_297_681, 1_764_500_737_000_000, -1, 253_402_300_799_999_999, 253_402_300_800_000_000} {
		at := time.UnixMicro(us).UTC()
		if got, want := string(appendTime(nil, at)), at.Format(timeFormat); got != want {
			t.Errorf("%d: %s, not %s", us, got, want)
		}
	}
}
