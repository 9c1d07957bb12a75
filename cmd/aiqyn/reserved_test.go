package main

import "testing"

// FuzzReserved: whatever a file of reservations holds, an error or a list in which each
// takes something that a network may have.
func FuzzReserved(f *testing.F) {
	for _, text := range []string{`{"reserved":[{"bus":1,"kw":5}]}`, `{"reserved":[{"bus":1,"kw":-5}]}`, `{"reserved":[{"bus":1,"kw":1e300}]}`, `{"reserved":null}`, `[]`, ``} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		list, err := parseReserved(data)
		for _, x := range list {
			if x.Watt < 0 || x.Watt > 1000*maxReservedKW {
				t.Errorf("%d W at bus %d, %v", x.Watt, x.Bus, err)
			}
		}
	})
}

// TestReservedWithinReason: what no network has is refused by name.
func TestReservedWithinReason(t *testing.T) {
	for text, want := range map[string]bool{
		`{"reserved":[{"bus":1,"kw":5.25}]}`: true, `{"reserved":[{"bus":1,"kw":-5}]}`: false, `{"reserved":[{"bus":1,"kw":1e300}]}`: false,
	} {
		list, err := parseReserved([]byte(text))
		if (err == nil) != want || want && (len(list) != 1 || list[0].Watt != 5250) {
			t.Errorf("%s: %v, %v", text, list, err)
		}
	}
}
