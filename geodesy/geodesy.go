// Package geodesy takes places from a network's own coordinates to degrees of
// WGS 84, in which maps are drawn, and back. It knows coordinates by their EPSG
// codes: degrees themselves (EPSG:4326) and the northern zones of UTM on WGS 84
// (EPSG:32601 to EPSG:32660).
package geodesy

import (
	"math"
	"strconv"
	"strings"
)

// The ellipsoid of WGS 84, the scale of UTM on its central meridian, and where its
// eastings begin.
const (
	semiMajor  = 6378137.0
	flattening = 1 / 298.257223563
	third      = flattening / (2 - flattening)
	scale      = 0.9996
	falseEast  = 500000.0
)

// rectifying is the radius of the circle as long as a meridian, scaled.
const rectifying = scale * semiMajor / (1 + third) * (1 + third*third/4 + third*third*third*third/64)

// zone is the number of a northern UTM zone.
func zone(crs string) (int, bool) {
	code, ok := strings.CutPrefix(crs, "EPSG:326")
	n, err := strconv.ParseUint(code, 10, 8)
	return int(n), ok && err == nil && len(code) == 2 && n >= 1 && n <= 60
}

func central(zone int) float64 { return float64(6*zone - 183) }

// Degrees are the longitude and latitude of a place; ok is false where nothing is
// known of its coordinates.
func Degrees(crs string, x, y float64) (lon, lat float64, ok bool) {
	if crs == "EPSG:4326" {
		return x, y, true
	}
	z, ok := zone(crs)
	if !ok {
		return 0, 0, false
	}
	lon, lat = fromUTM(x, y)
	return central(z) + lon, lat, true
}

// Plane takes degrees to a network's coordinates; ok is false where nothing is
// known of those.
func Plane(crs string, lon, lat float64) (x, y float64, ok bool) {
	if crs == "EPSG:4326" {
		return lon, lat, true
	}
	z, ok := zone(crs)
	if !ok {
		return 0, 0, false
	}
	x, y = toUTM(lon-central(z), lat)
	return x, y, true
}

// fromUTM is Krüger's series to the third order, good to a tenth of a millimetre
// within the zone.
func fromUTM(east, north float64) (lon, lat float64) {
	const n = third
	xi, eta := north/rectifying, (east-falseEast)/rectifying
	x, e := xi, eta
	for j, b := range [...]float64{n/2 - 2*n*n/3 + 37*n*n*n/96, n*n/48 + n*n*n/15, 17 * n * n * n / 480} {
		k := 2 * float64(j+1)
		x -= b * math.Sin(k*xi) * math.Cosh(k*eta)
		e -= b * math.Cos(k*xi) * math.Sinh(k*eta)
	}
	chi := math.Asin(math.Sin(x) / math.Cosh(e))
	phi := chi
	for j, d := range [...]float64{2*n - 2*n*n/3 - 2*n*n*n + 116*n*n*n*n/45, 7*n*n/3 - 8*n*n*n/5 - 227*n*n*n*n/45,
		56*n*n*n/15 - 136*n*n*n*n/35, 4279 * n * n * n * n / 630} {
		phi += d * math.Sin(2*float64(j+1)*chi)
	}
	return math.Atan2(math.Sinh(e), math.Cos(x)) * 180 / math.Pi, phi * 180 / math.Pi
}

// toUTM is the same series the other way.
func toUTM(lon, lat float64) (east, north float64) {
	const n = third
	lambda, sin := lon*math.Pi/180, math.Sin(lat*math.Pi/180)
	k := 2 * math.Sqrt(n) / (1 + n)
	t := math.Sinh(math.Atanh(sin) - k*math.Atanh(k*sin))
	xi, eta := math.Atan2(t, math.Cos(lambda)), math.Atanh(math.Sin(lambda)/math.Sqrt(1+t*t))
	x, e := xi, eta
	for j, a := range [...]float64{n/2 - 2*n*n/3 + 5*n*n*n/16, 13*n*n/48 - 3*n*n*n/5, 61 * n * n * n / 240} {
		m := 2 * float64(j+1)
		x += a * math.Sin(m*xi) * math.Cosh(m*eta)
		e += a * math.Cos(m*xi) * math.Sinh(m*eta)
	}
	return falseEast + rectifying*e, rectifying * x
}
