package evidence

// Point is a place on the Earth (WGS 84) in units of 10⁻⁷ degrees, about a
// centimetre. Whole numbers keep a digest the same wherever it is computed.
type Point struct {
	Lat int64 `json:"lat"`
	Lon int64 `json:"lon"`
}

// e7 is one degree.
const e7 = 10_000_000

// At makes a point from degrees. What is no number of degrees makes a point
// that lies nowhere, and no evidence with it holds.
func At(lat, lon float64) Point { return Point{round(lat), round(lon)} }

func round(degrees float64) int64 {
	const nowhere = 1000
	if !(degrees > -nowhere && degrees < nowhere) { // nor NaN
		return nowhere * e7
	}
	scaled := float64(degrees * e7) // the conversion forbids a fused multiply-add
	if scaled < 0 {
		return int64(scaled - 0.5)
	}
	return int64(scaled + 0.5)
}

func (p Point) valid() bool {
	return p.Lat >= -90*e7 && p.Lat <= 90*e7 && p.Lon >= -180*e7 && p.Lon <= 180*e7
}

// Beyond is the distance given for everything farther than a thousand
// kilometres, where this formula has no say.
const Beyond = 1_000_000

// Distance is how many metres two points lie apart on the ellipsoid, rounded.
// It is computed in whole numbers, for an officer's evidence must not count on
// one machine and fail on another: floating point may differ in the last place,
// and a radius is a sharp edge. Lengths of a degree at the middle latitude are
// used, which is within 0.1 % up to 100 km in Kazakhstan's latitudes.
func Distance(p, q Point) int64 {
	dLat, dLon := p.Lat-q.Lat, p.Lon-q.Lon
	if dLon > 180*e7 {
		dLon -= 360 * e7
	} else if dLon < -180*e7 {
		dLon += 360 * e7
	}
	north, east := degreeLengths((p.Lat + q.Lat) / 2)
	// Millimetres: at most 1.8·10⁹ units by 1.2·10⁸ mm, within 63 bits.
	dy, dx := dLat*north/e7, dLon*east/e7
	const far = Beyond * 1000
	if abs(dx) > far || abs(dy) > far {
		return Beyond
	}
	return min((squareRoot(dx*dx+dy*dy)+500)/1000, Beyond)
}

// degreeLengths gives the length in millimetres of a degree to the north and
// to the east at a latitude, by the usual series for WGS 84 in the cosines of
// multiples of the latitude.
func degreeLengths(lat int64) (north, east int64) {
	c1 := cosine(lat)
	c2 := 2*c1*c1>>scale - one
	c3 := 2*c1*c2>>scale - c1
	c4 := 2*c2*c2>>scale - one
	c5 := 2*c1*c4>>scale - c3
	north = (111_132_954*one - 559_822*c2 + 1_175*c4) >> scale
	east = (111_412_840*c1 - 93_500*c3 + 118*c5) >> scale
	return north, east
}

// Fixed point with 30 binary places.
const (
	scale = 30
	one   = 1 << scale
)

// cosine of a latitude, by the series of Taylor in fixed point: at 90° the
// seventh term is below the last place.
func cosine(lat int64) int64 {
	const radians = 3_373_259_426 // π·2³⁰, rounded
	x := abs(lat) * (radians / 180) / e7
	x += abs(lat) * (radians % 180) / 180 / e7
	square := x * x >> scale
	sum, term := int64(one), int64(one)
	for k := int64(1); k <= 9; k++ {
		term = -(term * square >> scale) / ((2*k - 1) * (2 * k))
		sum += term
	}
	return sum
}

// squareRoot is the whole part of the root, by Newton's method.
func squareRoot(n int64) int64 {
	if n < 2 {
		return n
	}
	x := n
	for y := (x + 1) / 2; y < x; y = (x + n/x) / 2 {
		x = y
	}
	return x
}

func abs(n int64) int64 { return max(n, -n) }
