package geodesy

import (
	"math"
	"testing"
)

// Places of known coordinates, as PROJ has them, there and back.
func TestThereAndBack(t *testing.T) {
	for _, c := range []struct {
		crs      string
		lon, lat float64
	}{{"EPSG:32642", 70.95, 50.93}, {"EPSG:32642", 71.43, 51.13}, {"EPSG:32643", 76.9, 43.24}, {"EPSG:32639", 51.2, 51.2}, {"EPSG:4326", 70, 50}} {
		x, y, ok := Plane(c.crs, c.lon, c.lat)
		lon, lat, back := Degrees(c.crs, x, y)
		if !ok || !back || math.Abs(lon-c.lon) > 1e-9 || math.Abs(lat-c.lat) > 1e-9 {
			t.Errorf("%v became %f, %f and then %.10f, %.10f", c, x, y, lon, lat)
		}
	}
	if x, y, _ := Plane("EPSG:32642", 69, 0); x != 500000 || y != 0 {
		t.Errorf("where the zone begins: %f, %f", x, y)
	}
	for _, crs := range []string{"", "EPSG:32600", "EPSG:32661", "EPSG:326", "EPSG:3264", "EPSG:28413", "EPSG:326+1"} {
		if _, _, ok := Degrees(crs, 1, 1); ok {
			t.Errorf("%q is known", crs)
		}
		if _, _, ok := Plane(crs, 1, 1); ok {
			t.Errorf("%q is known", crs)
		}
	}
}
