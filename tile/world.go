package tile

import "math"

// MaxZoom is the nearest zoom that has tiles; at MaxLatitude the world of tiles
// ends.
const (
	MaxZoom     = 22
	MaxLatitude = 85.0511287798
)

// World is a place on the square of the Web Mercator projection: eastward from
// the antimeridian and southward from its northern edge, in parts of 2³².
type World struct{ X, Y uint32 }

const whole = 1 << 32

// At is the place of a longitude and a latitude in degrees, those beyond the
// edges moved onto them.
func At(lon, lat float64) World {
	lat = min(max(lat, -MaxLatitude), MaxLatitude) * math.Pi / 180
	return World{step((lon + 180) / 360), step((1 - math.Asinh(math.Tan(lat))/math.Pi) / 2)}
}

func step(share float64) uint32 {
	if math.IsNaN(share) {
		return 0
	}
	return uint32(min(max(share*whole, 0), whole-1))
}

// Degrees are the longitude and latitude of a place.
func (w World) Degrees() (lon, lat float64) {
	return float64(w.X)/whole*360 - 180, math.Atan(math.Sinh(math.Pi*(1-2*float64(w.Y)/whole))) * 180 / math.Pi
}

// Address names a tile: zoom, column from the west, row from the north.
type Address struct{ Z, X, Y int }

// Valid reports whether there is such a tile.
func (a Address) Valid() bool {
	return a.Z >= 0 && a.Z <= MaxZoom && a.X >= 0 && a.X < 1<<a.Z && a.Y >= 0 && a.Y < 1<<a.Z
}

// Tile is the tile of a zoom in which a place lies.
func (w World) Tile(zoom int) Address {
	return Address{zoom, int(uint64(w.X) >> (32 - zoom)), int(uint64(w.Y) >> (32 - zoom))}
}

// Corners are the north-western corner of the tile and the last place before its
// south-eastern one.
func (a Address) Corners() (nw, se World) {
	side := uint32(1<<(32-a.Z) - 1)
	nw = World{uint32(uint64(a.X) << (32 - a.Z)), uint32(uint64(a.Y) << (32 - a.Z))}
	return nw, World{nw.X + side, nw.Y + side}
}

// Spot is a place within the tile.
func (a Address) Spot(w World) Spot {
	x, y := int64(a.X)<<(32-a.Z), int64(a.Y)<<(32-a.Z)
	scale := func(d int64) int32 { return int32((d * Extent) >> (32 - a.Z)) }
	return Spot{scale(int64(w.X) - x), scale(int64(w.Y) - y)}
}

// curve is the place along the Z-order curve: bits of x and y by turns, so that
// each tile is one stretch of it.
func curve(x, y uint32) uint64 { return spread(x) | spread(y)<<1 }

func spread(v uint32) uint64 {
	n := uint64(v)
	n = (n | n<<16) & 0x0000ffff0000ffff
	n = (n | n<<8) & 0x00ff00ff00ff00ff
	n = (n | n<<4) & 0x0f0f0f0f0f0f0f0f
	n = (n | n<<2) & 0x3333333333333333
	return (n | n<<1) & 0x5555555555555555
}

// stretch is the tile's part of the curve, seen in steps of a finer level:
// [from, to).
func (a Address) stretch(level int) (from, to uint64) {
	shift := 2 * (level - a.Z)
	c := curve(uint32(a.X), uint32(a.Y))
	return c << shift, (c + 1) << shift
}
