package tile

import (
	"encoding/binary"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// part reads one length-delimited part of a message.
func part(t *testing.T, b []byte) (inner, rest []byte) {
	t.Helper()
	n, w := binary.Uvarint(b)
	if w <= 0 || int(n) > len(b)-w {
		t.Fatal("a part longer than its message")
	}
	return b[w : w+int(n)], b[w+int(n):]
}

// fields reads a message of the format into its fields, by the published numbers.
func fields(t *testing.T, b []byte) map[int][]any {
	t.Helper()
	out := make(map[int][]any)
	for len(b) > 0 {
		tag, w := binary.Uvarint(b)
		b = b[w:]
		if tag&7 == 0 {
			n, w := binary.Uvarint(b)
			out[int(tag>>3)] = append(out[int(tag>>3)], n)
			b = b[w:]
			continue
		}
		if tag&7 != 2 {
			t.Fatalf("wire type %d", tag&7)
		}
		var inner []byte
		inner, b = part(t, b)
		out[int(tag>>3)] = append(out[int(tag>>3)], inner)
	}
	return out
}

func numbers(t *testing.T, b []byte) []uint64 {
	var list []uint64
	for len(b) > 0 {
		n, w := binary.Uvarint(b)
		list, b = append(list, n), b[w:]
	}
	return list
}

// What is written is what the specification's own example has: a point at 25, 17,
// and a line through 2,2 – 2,10 – 10,10.
func TestTheFormatIsTheSpecifications(t *testing.T) {
	points, lines := NewLayer("points"), NewLayer("lines")
	points.Point(7, Spot{25, 17}, Text("name", "ТП-1"), Number("kw", 300), Text("other", "ТП-1"))
	points.Point(8, Spot{1, 1}, Text("name", "ТП-1"))
	lines.Lines(0, [][]Spot{{{2, 2}, {2, 10}, {10, 10}}, {{1, 1}, {3, 5}}, {{9, 9}}})
	layers := fields(t, Encode(points, lines, NewLayer("empty")))[3]
	if len(layers) != 2 {
		t.Fatalf("%d layers: one without features is none", len(layers))
	}
	l := fields(t, layers[0].([]byte))
	if l[15][0] != uint64(2) || string(l[1][0].([]byte)) != "points" || l[5][0] != uint64(4096) || len(l[3]) != 3 || len(l[4]) != 2 || len(l[2]) != 2 {
		t.Errorf("layer %v", l)
	}
	f := fields(t, l[2][0].([]byte))
	if f[1][0] != uint64(7) || f[3][0] != uint64(1) || !slices.Equal(numbers(t, f[4][0].([]byte)), []uint64{9, 50, 34}) {
		t.Errorf("point %v", f)
	}
	if tags := numbers(t, f[2][0].([]byte)); !slices.Equal(tags, []uint64{0, 0, 1, 1, 2, 0}) {
		t.Errorf("tags %v: the same value is kept once", tags)
	}
	if v := fields(t, l[4][1].([]byte)); v[4][0] != uint64(300) {
		t.Errorf("value %v", v)
	}
	g := numbers(t, fields(t, fields(t, layers[1].([]byte))[2][0].([]byte))[4][0].([]byte))
	if want := []uint64{9, 4, 4, 18, 0, 16, 16, 0, 9, 17, 17, 10, 4, 8}; !slices.Equal(g, want) {
		t.Errorf("lines %v, want %v", g, want)
	}
}

func TestPlacesThereAndBack(t *testing.T) {
	for _, c := range [][2]float64{{71.43, 51.13}, {0, 0}, {-179.99, -84}, {179.99, 85}} {
		lon, lat := At(c[0], c[1]).Degrees()
		if math.Abs(lon-c[0]) > 1e-6 || math.Abs(lat-c[1]) > 1e-6 {
			t.Errorf("%v became %v, %v", c, lon, lat)
		}
	}
	if a := At(71.43, 51.13).Tile(10); a != (Address{10, 715, 342}) {
		t.Errorf("tile %v", a)
	}
	for _, a := range []Address{{-1, 0, 0}, {0, 1, 0}, {3, 0, 8}, {23, 0, 0}} {
		if a.Valid() {
			t.Errorf("%v is a tile", a)
		}
	}
}

// scattered are points in towns of one country, with a pile at one place.
func scattered(n int) []Point {
	r := rand.New(rand.NewPCG(1, 2))
	var list []Point
	for i := range n {
		town := i % 40
		lon, lat := 50+float64(town%8)*4.5+r.NormFloat64()*0.1, 42+float64(town/8)*2.5+r.NormFloat64()*0.06
		if i%50 == 0 {
			lon, lat = 71.43, 51.13
		}
		list = append(list, Point{World: At(lon, lat), Item: int32(i), Amount: int64(i % 400_000), Roomy: i%3 == 0})
	}
	return list
}

// At each zoom each point is drawn once, in the tile where it lies, and counts and
// sums are those of an addition by hand.
func TestEachPointIsDrawnOnceAtEachZoom(t *testing.T) {
	list := scattered(3000)
	s := NewPoints(list)
	for zoom := 0; zoom <= 18; zoom++ {
		tiles := map[Address]int64{}
		for _, p := range list {
			tiles[p.Tile(zoom)] += p.Amount
		}
		count, roomy := 0, 0
		for a, want := range tiles {
			var sum int64
			for _, c := range s.Cells(a, 1024) {
				if c.Tile(zoom) != a {
					t.Fatalf("a cell of %v lies in %v", a, c.Tile(zoom))
				}
				members := s.In(c)
				if len(members) != c.Count() {
					t.Fatalf("a cell of %d has %d points", c.Count(), len(members))
				}
				best := slices.MaxFunc(members, func(a, b Point) int { return int(a.Amount - b.Amount) })
				if list[c.Best].Amount != best.Amount {
					t.Errorf("the best of a cell has %d, not %d", best.Amount, list[c.Best].Amount)
				}
				count, roomy, sum = count+c.Count(), roomy+int(c.Roomy), sum+c.Sum
			}
			if sum != want {
				t.Errorf("zoom %d, tile %v: sum %d, want %d", zoom, a, sum, want)
			}
		}
		if count != len(list) || roomy != len(list)/3 {
			t.Errorf("zoom %d: %d drawn, %d of them roomy", zoom, count, roomy)
		}
	}
	if nw, se := s.Bounds(); nw.X >= se.X || nw.Y >= se.Y {
		t.Errorf("bounds %v, %v", nw, se)
	}
}

// A pile is one mark at any zoom, and no tile has more of them than it may.
func TestNoTileIsCrowded(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	var list []Point
	at := At(71.43, 51.13)
	for i := range 5000 { // all within one tile of zoom 16
		list = append(list, Point{World: World{at.X&^0xffff + uint32(r.IntN(65536)), at.Y&^0xffff + uint32(r.IntN(65536))}, Item: int32(i), Amount: -1})
	}
	s := NewPoints(list)
	for zoom := 0; zoom <= MaxZoom; zoom++ {
		if cells := s.Cells(at.Tile(zoom), 300); len(cells) > 300 {
			t.Errorf("zoom %d: %d marks", zoom, len(cells))
		}
	}
	if c := s.Cells(at.Tile(5), 300)[0]; c.Sum != 0 || c.Count() != 5000 {
		t.Errorf("without limit: sum %d of %d", c.Sum, c.Count())
	}
}

// The farther, the fewer lines; none is lost that would show, and a tile sees only
// those that touch it.
func TestLinesAreThinnedByZoom(t *testing.T) {
	var lines []Line
	for i := range 200 {
		lon := 71 + float64(i)*0.002
		lines = append(lines, Line{At(lon, 51), At(lon+0.002, 51)}, Line{At(lon, 51), At(lon, 51.0001)})
	}
	s := NewLines(lines)
	segments := func(paths [][]Spot) (n int) {
		for _, p := range paths {
			n += len(p) - 1
		}
		return n
	}
	if n := segments(s.Paths(At(71.2, 51).Tile(5), 1000)); n == 0 || n > 70 {
		t.Errorf("zoom 5: %d lines", n)
	}
	near := At(71.2011, 51).Tile(14)
	paths := s.Paths(near, 1000)
	if n := segments(paths); n < 8 || n > 60 {
		t.Errorf("zoom 14: %d lines", n)
	}
	for _, p := range paths {
		for i := range p[1:] {
			if !crosses(p[i], p[i+1]) {
				t.Errorf("a line that does not touch the tile: %v", p)
			}
		}
	}
	if n := segments(s.Paths(near, 3)); n != 3 {
		t.Errorf("%d lines, at most 3", n)
	}
	if got := s.Paths(At(10, 10).Tile(14), 10); got != nil {
		t.Errorf("lines where there are none: %v", got)
	}
	nw, se := At(71.1, 51.01), At(71.11, 50.99)
	if n := len(s.Between(nw, se, 14, 1000)); n < 10 || n > 14 {
		t.Errorf("%d lines between", n)
	}
}

func FuzzAt(f *testing.F) {
	f.Add(71.4, 51.1, 12)
	f.Fuzz(func(t *testing.T, lon, lat float64, zoom int) {
		zoom = min(max(zoom, 0), MaxZoom)
		if a := At(lon, lat).Tile(zoom); !a.Valid() {
			t.Errorf("%f, %f lies in %v", lon, lat, a)
		}
	})
}

// An area is the specification's example, 3,6 – 8,12 – 20,34, whichever way round it is
// given; what comes to a line is left out.
func TestAreasGoRoundAsTheSpecificationHasIt(t *testing.T) {
	draw := func(ring ...Spot) []byte {
		l := NewLayer("areas")
		l.Polygon(0, ring)
		return Encode(l)
	}
	for _, ring := range [][]Spot{{{3, 6}, {8, 12}, {20, 34}}, {{20, 34}, {20, 34}, {8, 12}, {3, 6}}} {
		f := fields(t, fields(t, fields(t, draw(ring...))[3][0].([]byte))[2][0].([]byte))
		if g := numbers(t, f[4][0].([]byte)); f[3][0] != uint64(3) || !slices.Equal(g, []uint64{9, 6, 12, 18, 10, 12, 24, 44, 15}) {
			t.Errorf("%v: %v", ring, g)
		}
	}
	for _, ring := range [][]Spot{nil, {{1, 1}}, {{1, 1}, {5, 5}}, {{1, 1}, {5, 5}, {9, 9}}} {
		if got := draw(ring...); len(got) > 0 {
			t.Errorf("%v is drawn", ring)
		}
	}
	if nw, se := (Address{1, 1, 0}).Corners(); nw != (World{1 << 31, 0}) || se != (World{1<<32 - 1, 1<<31 - 1}) {
		t.Errorf("corners %v, %v", nw, se)
	}
}
