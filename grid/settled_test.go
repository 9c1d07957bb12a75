package grid

import (
	"encoding/json"
	"strings"
	"testing"
)

// TestSettledStandsOnOlderNetworks: what has become part of the measured load stands on
// a network from before as it did, beside what is reserved there; an input that says
// nothing of it is what it always was.
func TestSettledStandsOnOlderNetworks(t *testing.T) {
	got := beside([]Extra{{Bus: 1, Watt: 5}, {Bus: 4, Watt: 7}}, []Extra{{Bus: 2, Watt: 3}, {Bus: 4, Watt: 9}})
	if want := []Extra{{Bus: 1, Watt: 5}, {Bus: 2, Watt: 3}, {Bus: 4, Watt: 16}}; len(got) != 3 || got[0] != want[0] || got[1] != want[1] || got[2] != want[2] {
		t.Errorf("beside each other they are %v", got)
	}
	text, err := json.Marshal(MarginNetwork{Day: "2026-06-01", Entry: 3, Network: "n", Without: []int{}})
	if err != nil || strings.Contains(string(text), "settled") {
		t.Errorf("%s, %v", text, err)
	}
	in := `{"networks":[{"day":"","entry":1,"network":"n","settled":[{"bus":4,"w":1},{"bus":2,"w":1}],"without":[]}],"now":null,"reserved":[]}`
	if _, err := RunPublishedMargin1([]byte(in), nil, nil); err == nil || !strings.Contains(err.Error(), "unsorted") {
		t.Errorf("out of order: %v", err)
	}
}
