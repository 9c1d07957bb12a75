package grid

import (
	"bytes"
	"errors"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"aiqyn"
)

// randomStreets is a chessboard with crooked corners in which near half of
// the pieces are missing, so that some of it hangs together with nothing else.
func randomStreets(seed uint64, minX, minY, step int64, cols, rows int) *Streets {
	r := rand.New(rand.NewPCG(seed, 5))
	s := &Streets{Name: "board"}
	for y := range rows {
		for x := range cols {
			s.Nodes = append(s.Nodes, [2]int64{minX + int64(x)*step + r.Int64N(step/4), minY + int64(y)*step + r.Int64N(step/4)})
			k := int32(y*cols + x)
			if x > 0 && r.IntN(20) > 8 {
				s.Edges = append(s.Edges, [2]int32{k, k - 1})
			}
			if y > 0 && r.IntN(20) > 8 {
				s.Edges = append(s.Edges, [2]int32{k - int32(cols), k})
			}
		}
	}
	return s
}

// allWays is the oracle: the length of the way between two points by relaxing
// every edge until nothing changes, and false where there is none.
func allWays(s *Streets, fromX, fromY, toX, toY int64) (int64, bool) {
	a, b := nearestOfAll(s, fromX, fromY), nearestOfAll(s, toX, toY)
	if a.edge < 0 || b.edge < 0 {
		return 0, false
	}
	mm := func(p, q [2]int64) int64 {
		return int64(math.Ceil(math.Hypot(float64(p[0]-q[0]), float64(p[1]-q[1]))))
	}
	dist := make([]int64, len(s.Nodes))
	for i := range dist {
		dist[i] = math.MaxInt64 / 4
	}
	for _, k := range s.Edges[a.edge] {
		dist[k] = mm(a.at, s.Nodes[k])
	}
	for changed := true; changed; {
		changed = false
		for _, e := range s.Edges {
			for _, way := range [][2]int32{e, {e[1], e[0]}} {
				if d := dist[way[0]] + mm(s.Nodes[e[0]], s.Nodes[e[1]]); d < dist[way[1]] {
					dist[way[1]], changed = d, true
				}
			}
		}
	}
	best := int64(math.MaxInt64 / 4)
	for _, k := range s.Edges[b.edge] {
		best = min(best, dist[k]+mm(b.at, s.Nodes[k]))
	}
	if a.edge == b.edge {
		best = mm(a.at, b.at)
	}
	return a.off + best + b.off, best < math.MaxInt64/8
}

func nearestOfAll(s *Streets, x, y int64) snapped {
	best := snapped{edge: -1, off: snapMM + 1}
	for i, e := range s.Edges {
		a, b := s.Nodes[e[0]], s.Nodes[e[1]]
		dx, dy := float64(b[0]-a[0]), float64(b[1]-a[1])
		t := min(max((float64(x-a[0])*dx+float64(y-a[1])*dy)/(dx*dx+dy*dy), 0), 1)
		at := [2]int64{a[0] + int64(math.Round(t*dx)), a[1] + int64(math.Round(t*dy))}
		if off := int64(math.Ceil(math.Hypot(float64(at[0]-x), float64(at[1]-y)))); off < best.off {
			best = snapped{edge: int32(i), at: at, off: off}
		}
	}
	return best
}

// TestWays: the search along streets finds the length that relaxing everything
// finds, its line is as long as it says, and going on in steps changes nothing.
func TestWays(t *testing.T) {
	met, apart := 0, 0
	for seed := range uint64(6) {
		s := randomStreets(seed, -1_000_000, -1_000_000, 120_000, 14, 12).sorted()
		g, err := CompileStreets(s)
		if err != nil {
			t.Fatal(err)
		}
		r := rand.New(rand.NewPCG(seed, 6))
		for range 40 {
			x, y, tx, ty := r.Int64N(1_700_000)-1_100_000, r.Int64N(1_500_000)-1_100_000, r.Int64N(1_700_000)-1_100_000, r.Int64N(1_500_000)-1_100_000
			want, ok := allWays(s, x, y, tx, ty)
			w := g.walkFrom(x, y)
			to := g.snap(tx, ty)
			if a, b := g.snapBus(tx, ty), g.snapBus(tx, ty); a != to || b != to {
				t.Fatalf("seed %d: a bus meets the streets at %+v, then at %+v, and not at %+v", seed, a, b, to)
			}
			if w.reaches(to) != ok {
				t.Fatalf("seed %d: reached %v, want %v", seed, !ok, ok)
			}
			if !ok {
				apart++
				w.done()
				continue
			}
			met++
			for radius := int64(50_000); radius < 20_000_000; radius *= 3 {
				w.to(radius)
				if mm, _ := w.route(to); mm <= radius && mm != want {
					t.Errorf("seed %d: %d mm within %d, want %d", seed, mm, radius, want)
				}
			}
			mm, end := w.route(to)
			if mm != want {
				t.Errorf("seed %d: %d mm, want %d", seed, mm, want)
			}
			line := w.line(to, end, tx, ty)
			drawn := int64(0)
			for i := 1; i < len(line); i++ {
				drawn += distance(line[i][0]-line[i-1][0], line[i][1]-line[i-1][1])
			}
			if len(line) < maxRouteCorners && drawn != mm || line[0] != [2]int64{x, y} || line[len(line)-1] != [2]int64{tx, ty} {
				t.Errorf("seed %d: the line is %d mm of %d, %v", seed, drawn, mm, line)
			}
			w.done()
		}
	}
	if met < 20 || apart < 20 {
		t.Errorf("%d ways and %d places without: the test shows too little", met, apart)
	}
}

func TestCorners(t *testing.T) {
	var line [][2]int64
	for i := range int64(1000) {
		line = append(line, [2]int64{i, 0}, [2]int64{i, 0})
	}
	got := corners(line)
	if len(got) > maxRouteCorners || got[0] != [2]int64{} || got[len(got)-1] != [2]int64{999, 0} {
		t.Errorf("%d corners from %v to %v", len(got), got[0], got[len(got)-1])
	}
}

// TestStreetsAreNamedByContent: neither the order of edges nor their direction
// changes bytes or hash, and what was written is read back.
func TestStreetsAreNamedByContent(t *testing.T) {
	s := randomStreets(3, 0, 0, 90_000, 6, 5)
	turned := &Streets{CRS: s.CRS, Name: s.Name, Nodes: s.Nodes}
	for i := len(s.Edges) - 1; i >= 0; i-- {
		turned.Edges = append(turned.Edges, [2]int32{s.Edges[i][1], s.Edges[i][0]}, s.Edges[i])
	}
	if s.Hash() != turned.Hash() {
		t.Error("order and direction change the hash")
	}
	back, err := ReadStreets(s.Encode())
	if err != nil || !bytes.Equal(back.Encode(), s.Encode()) {
		t.Errorf("not read back: %v", err)
	}
}

func TestBadStreets(t *testing.T) {
	for _, c := range []struct{ data, key string }{
		{``, "grid.bad-streets"},
		{`[]`, "grid.bad-streets"},
		{`{"crs":"","edges":[],"nodes":[]} {}`, "grid.bad-streets"},
		{`{"crs":"","edges":[],"nodes":[],"toll":1}`, "grid.bad-streets"},
		{`{"crs":"","edges":[[0,1]],"nodes":[[0,0],[0.5,3]]}`, "grid.bad-streets"},
		{`{"crs":"EPSG:4326","edges":[],"nodes":[]}`, "grid.unknown-crs"},
		{`{"crs":"","edges":[[0,1]],"nodes":[[0,0]]}`, "grid.bad-value"},
		{`{"crs":"","edges":[[-1,0]],"nodes":[[0,0]]}`, "grid.bad-value"},
		{`{"crs":"","edges":[[0,0]],"nodes":[[0,0]]}`, "grid.bad-value"},
		{`{"crs":"","edges":[[0,1]],"nodes":[[0,0],[0,50000001]]}`, "grid.bad-value"},
		{`{"crs":"","edges":[],"nodes":[[0,900000000000]]}`, "grid.bad-value"},
	} {
		_, err := ReadStreets([]byte(c.data))
		var e *aiqyn.Error
		if !errors.As(err, &e) || e.Key != c.key {
			t.Errorf("%s: %v, want %s", c.data, err, c.key)
		}
	}
	if _, err := ReadStreets([]byte(strings.Repeat(" ", maxStreetBytes+1))); aiqyn.KindOf(err) != aiqyn.TooLarge {
		t.Errorf("too much to read: %v", err)
	}
}

func FuzzReadStreets(f *testing.F) {
	f.Add(randomStreets(1, -5000, 70000, 1000, 3, 3).Encode())
	f.Add([]byte(`{"crs":"EPSG:32642","edges":[[0,1]],"nodes":[[0,0],[0,50000000]]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		s, err := ReadStreets(data)
		if err != nil {
			return
		}
		again, err := ReadStreets(s.Encode())
		if err != nil || again.Hash() != s.Hash() {
			t.Fatalf("not the same when read back: %v", err)
		}
		if len(s.Nodes) > 1000 {
			return
		}
		g, err := CompileStreets(s)
		if err != nil {
			t.Fatal(err)
		}
		w := g.walkFrom(0, 0)
		defer w.done()
		w.to(10_000_000)
	})
}
