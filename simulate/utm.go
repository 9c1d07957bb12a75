package simulate

import "math"

// CRS is the town's projection: UTM zone 42 north on WGS 84, in metres.
const CRS = "EPSG:32642"

// lonLat turns metres of UTM zone 42 north into degrees by Krüger's series,
// good to a tenth of a millimetre within the zone.
func lonLat(p Point) (lon, lat float64) {
	const (
		a       = 6378137.0
		f       = 1 / 298.257223563
		k0      = 0.9996
		central = 69.0
		n       = f / (2 - f)
	)
	radius := a / (1 + n) * (1 + n*n/4 + n*n*n*n/64)
	xi, eta := p.Y/(k0*radius), (p.X-500000)/(k0*radius)
	beta := [...]float64{
		n/2 - 2*n*n/3 + 37*n*n*n/96,
		n*n/48 + n*n*n/15,
		17 * n * n * n / 480,
	}
	x, e := xi, eta
	for j, b := range beta {
		k := 2 * float64(j+1)
		x -= b * math.Sin(k*xi) * math.Cosh(k*eta)
		e -= b * math.Cos(k*xi) * math.Sinh(k*eta)
	}
	chi := math.Asin(math.Sin(x) / math.Cosh(e))
	delta := [...]float64{
		2*n - 2*n*n/3 - 2*n*n*n + 116*n*n*n*n/45,
		7*n*n/3 - 8*n*n*n/5 - 227*n*n*n*n/45,
		56*n*n*n/15 - 136*n*n*n*n/35,
		4279 * n * n * n * n / 630,
	}
	phi := chi
	for j, d := range delta {
		phi += d * math.Sin(2*float64(j+1)*chi)
	}
	lon = central + math.Atan2(math.Sinh(e), math.Cos(x))*180/math.Pi
	return lon, phi * 180 / math.Pi
}
