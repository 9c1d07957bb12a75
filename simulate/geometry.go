package simulate

import "math"

// Point is a place in the town's plane, EPSG:32642: metres east and north.
type Point struct{ X, Y float64 }

func (p Point) add(q Point) Point           { return Point{p.X + q.X, p.Y + q.Y} }
func (p Point) sub(q Point) Point           { return Point{p.X - q.X, p.Y - q.Y} }
func (p Point) scale(k float64) Point       { return Point{p.X * k, p.Y * k} }
func (p Point) to(q Point, t float64) Point { return p.add(q.sub(p).scale(t)) }
func (p Point) dist(q Point) float64        { return math.Hypot(p.X-q.X, p.Y-q.Y) }

// left is the unit normal on the left hand of somebody walking along p.
func (p Point) left() Point {
	l := math.Hypot(p.X, p.Y)
	return Point{-p.Y / l, p.X / l}
}

// rounded cuts to centimetres, the accuracy a surveyor writes down.
func (p Point) rounded() Point { return Point{round(p.X, 2), round(p.Y, 2)} }

func cross(a, b Point) float64 { return a.X*b.Y - a.Y*b.X }

// meet is where the line through a along u crosses the line through b along v.
func meet(a, u, b, v Point) Point {
	return a.add(u.scale(cross(b.sub(a), v) / cross(u, v)))
}

// area of a polygon, in square metres.
func area(ring []Point) float64 {
	var sum float64
	for i, p := range ring {
		sum += cross(p, ring[(i+1)%len(ring)])
	}
	return math.Abs(sum) / 2
}

// centre of the corners; inside for the convex lots of this town.
func centre(ring []Point) Point {
	var c Point
	for _, p := range ring {
		c = c.add(p)
	}
	return c.scale(1 / float64(len(ring)))
}

// quad is a four-cornered block, counter-clockwise from its south-west.
type quad [4]Point

// at maps the unit square on the block; lines of equal u or v stay straight,
// so neighbouring lots share their corners and never overlap.
func (q quad) at(u, v float64) Point {
	return q[0].to(q[1], u).to(q[3].to(q[2], u), v)
}

// inset moves the four sides inwards by the given widths: south, east, north, west.
func (q quad) inset(widths [4]float64) quad {
	var from, along [4]Point
	for i := range q {
		along[i] = q[(i+1)%4].sub(q[i])
		from[i] = q[i].add(along[i].left().scale(widths[i]))
	}
	var in quad
	for i := range q {
		before := (i + 3) % 4
		in[i] = meet(from[before], along[before], from[i], along[i])
	}
	return in
}
