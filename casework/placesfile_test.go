package casework

import (
	"encoding/json"
	"testing"
)

func TestReadPlaces(t *testing.T) {
	for text, ok := range map[string]bool{
		`{"trafos":[{"Trafo":7,"Name":"ТП-7","Basis":"estimated","Measured":"2026-01-01","Lat":51.1,"Lon":71.4}]}`: true,
		`{"trafos":[]}`:                        true,
		`{}`:                                   true,
		`[]`:                                   false,
		`{"trafos":[{"Trafo":7,"Kva":1}]}`:     false,
		`{"trafos":[]}{}`:                      false,
		`{"trafos":[{"Trafo":7},{"Trafo":7}]}`: false,
		`{"trafos":[{"Trafo":-1}]}`:            false,
		`{"trafos":[{"Lat":91}]}`:              false,
		`{"trafos":[{"Lon":-181}]}`:            false,
		`{"trafos":[{"Basis":"guessed"}]}`:     false,
		`{"trafos":[{"PeakW":-1}]}`:            false,
		`{"trafos":[{"Measured":"today"}]}`:    false,
	} {
		if _, err := ReadPlaces([]byte(text)); (err == nil) != ok {
			t.Errorf("%s: %v", text, err)
		}
	}
}

// FuzzReadPlaces: what is read can be written and read again.
func FuzzReadPlaces(f *testing.F) {
	f.Add([]byte(`{"trafos":[{"Trafo":7,"Name":"ТП-7","Basis":"estimated","Measured":"2026-01-01","Lat":51.1,"Lon":71.4}]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		list, err := ReadPlaces(data)
		if err != nil {
			return
		}
		again, err := json.Marshal(placesKept{list})
		if err == nil {
			_, err = ReadPlaces(again)
		}
		if err != nil {
			t.Errorf("%q: %v", data, err)
		}
	})
}
