package simulate

import (
	"slices"
	"testing"

	"aiqyn/grid"
)

// TestPlantedContradictions: by the rule of the finder, the former system's history
// contradicts itself where that was planted, and nowhere else.
func TestPlantedContradictions(t *testing.T) {
	list, planted := generate(t, Config{People: minPeople, Today: today}).FormerCases()
	if len(planted) < 3 || len(list) <= 2*len(planted) {
		t.Fatalf("%d cases, %d planted", len(list), len(planted))
	}
	var found []string
	for _, a := range list {
		for _, b := range list {
			was, is := grid.Verdict{At: a.Decided, LoadW: int64(a.LoadKW) * 1000}, grid.Verdict{At: b.Decided, LoadW: int64(b.LoadKW) * 1000}
			if _, yes := grid.Contradicts(was, is); yes && a.Parcel == b.Parcel && !a.Granted && b.Granted {
				found = append(found, a.Parcel)
			}
		}
	}
	if !slices.Equal(found, planted) {
		t.Errorf("found %v, planted %v", found, planted)
	}
}
