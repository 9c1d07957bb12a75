package ogc

// box is west, south, east, north in degrees; across the antimeridian if west is more
// than east.
type box [4]float64

// run is a straight way from one place to another, in degrees: longitude and latitude
// of both. A point has the same twice. None of ours crosses the antimeridian.
type run [4]float64

// meets reports whether any of the way lies in the box, its edges included.
func (b box) meets(r run) bool {
	if b[0] > b[2] {
		return box{b[0], b[1], 180, b[3]}.meets(r) || box{-180, b[1], b[2], b[3]}.meets(r)
	}
	// Each pair of edges leaves the part of the way between them (Liang and Barsky).
	from, to := 0.0, 1.0
	for axis := range 2 {
		at, by := r[axis], r[axis+2]-r[axis]
		low, high := b[axis], b[axis+2]
		if by == 0 {
			if at < low || at > high {
				return false
			}
			continue
		}
		in, out := (low-at)/by, (high-at)/by
		from, to = max(from, min(in, out)), min(to, max(in, out))
	}
	return from <= to
}

// round makes the box so large that all of the way lies in it; nil is none yet.
func (b *box) round(r run) *box {
	if b == nil {
		b = &box{r[0], r[1], r[0], r[1]}
	}
	return &box{min(b[0], r[0], r[2]), min(b[1], r[1], r[3]), max(b[2], r[0], r[2]), max(b[3], r[1], r[3])}
}
