package grid

import (
	"testing"
	"time"
)

// TestContradicts: what was refused and then given, as if it had been there.
func TestContradicts(t *testing.T) {
	monday := time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC)
	friday := monday.AddDate(0, 0, 4)
	refused := Verdict{At: monday, LoadW: 50_000, Network: "a", ReservedW: 300_000}
	for _, tt := range []struct {
		name    string
		refused Verdict
		granted Verdict
		want    bool
	}{
		{"the same again", refused, Verdict{friday, 50_000, "a", 300_000}, true},
		{"more, with more reserved", refused, Verdict{friday, 60_000, "a", 310_000}, true},
		{"less power", refused, Verdict{friday, 40_000, "a", 300_000}, false},
		{"something was given back", refused, Verdict{friday, 50_000, "a", 250_000}, false},
		{"another network", refused, Verdict{friday, 50_000, "b", 300_000}, false},
		{"granted before", refused, Verdict{monday, 50_000, "a", 300_000}, false},
		{"by a former system", Verdict{At: monday, LoadW: 50_000}, Verdict{At: friday, LoadW: 50_000}, true},
		{"by a former system, nobody knows how much", Verdict{At: monday}, Verdict{At: friday, LoadW: 5_000}, true},
		{"by a former system, then here", Verdict{At: monday, LoadW: 50_000}, Verdict{friday, 50_000, "a", 0}, true},
		{"by a former system, less", Verdict{At: monday, LoadW: 50_000}, Verdict{At: friday, LoadW: 49_000}, false},
	} {
		if got := Contradicts(tt.refused, tt.granted); got != tt.want {
			t.Errorf("%s: %v", tt.name, got)
		}
	}
}
