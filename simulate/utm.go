package simulate

import "aiqyn/geodesy"

// CRS is the town's projection: UTM zone 42 north on WGS 84, in metres.
const CRS = "EPSG:32642"

// lonLat turns metres of the town's projection into degrees.
func lonLat(p Point) (lon, lat float64) {
	lon, lat, _ = geodesy.Degrees(CRS, p.X, p.Y)
	return lon, lat
}
