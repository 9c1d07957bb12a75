package casework

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"time"
)

// ReadPlaces reads what is known of transformers as it is published:
//
//	{"trafos":[{"Trafo":7,"Name":"ТП-7","District":{"kk":"…","ru":"…","en":"…"},"Basis":"estimated","Measured":"2026-01-01","Lat":51.1,"Lon":71.4}]}
//
// Each transformer stands there once, within the earth, and on what its load is known is
// either nothing or "estimated".
func ReadPlaces(data []byte) ([]TrafoPlace, error) {
	var kept placesKept
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if err := d.Decode(&kept); err != nil {
		return nil, err
	}
	if _, err := d.Token(); err != io.EOF {
		return nil, errors.New("there is more than one document")
	}
	seen := make(map[int]bool, len(kept.Trafos))
	for _, p := range kept.Trafos {
		switch {
		case p.Trafo < 0 || seen[p.Trafo]:
			return nil, fmt.Errorf("transformer %d stands there twice, or is none", p.Trafo)
		case math.Abs(p.Lat) > 90 || math.Abs(p.Lon) > 180:
			return nil, fmt.Errorf("transformer %d is not on the earth", p.Trafo)
		case p.Basis != "" && p.Basis != basisEstimated && p.Basis != basisUnknown && p.Basis != basisMeasured:
			return nil, fmt.Errorf("the load of transformer %d is known by %q", p.Trafo, p.Basis)
		case p.PeakW < 0 || len(p.Name) > 200 || len(p.Parcel) > 64:
			return nil, fmt.Errorf("transformer %d is described absurdly", p.Trafo)
		}
		if p.Measured != "" {
			if _, err := time.Parse(time.DateOnly, p.Measured); err != nil {
				return nil, fmt.Errorf("transformer %d: %w", p.Trafo, err)
			}
		}
		seen[p.Trafo] = true
	}
	if kept.Trafos == nil {
		kept.Trafos = []TrafoPlace{}
	}
	return kept.Trafos, nil
}
