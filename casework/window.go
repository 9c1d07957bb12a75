package casework

import (
	"cmp"
	"slices"

	"aiqyn/tile"
)

// Window is a part of the map: what is seen around its middle at a zoom, whose
// tiles are 256 points wide; District and Name narrow it as they narrow the list.
type Window struct {
	Middle         tile.World
	Zoom           int
	District, Name string
}

// Width and height of a window, in points.
const (
	WindowWidth  = 768
	WindowHeight = 512
)

// Corners are the north-western and south-eastern ends of the window.
func (w Window) Corners() (nw, se tile.World) {
	half := func(points int) int64 { return int64(points/2) << (32 - 8 - w.Zoom) }
	clip := func(v int64) uint32 { return uint32(min(max(v, 0), 1<<32-1)) }
	x, y, dx, dy := int64(w.Middle.X), int64(w.Middle.Y), half(WindowWidth), half(WindowHeight)
	return tile.World{X: clip(x - dx), Y: clip(y - dy)}, tile.World{X: clip(x + dx), Y: clip(y + dy)}
}

// Moved is the window so many of its own widths and heights away, and so many
// zooms nearer.
func (w Window) Moved(right, down float64, nearer int) Window {
	nw, se := w.Corners()
	clip := func(v float64) uint32 { return uint32(min(max(v, 0), 1<<32-1)) }
	w.Middle.X = clip(float64(w.Middle.X) + right*float64(se.X-nw.X))
	w.Middle.Y = clip(float64(w.Middle.Y) + down*float64(se.Y-nw.Y))
	w.Zoom = min(max(w.Zoom+nearer, MinWindowZoom), MaxWindowZoom)
	return w
}

// The farthest and the nearest zoom of a window.
const (
	MinWindowZoom = 4
	MaxWindowZoom = 18
)

// Seen is what is drawn of a window.
type Seen struct {
	Window
	Groups []Group // largest room first
	Mains  [][2]tile.World
	// Feeders begin in the window; none where there are too many to tell apart.
	Feeders []FeederLine
	Count   int // transformers in the window
}

// mostFeeders is how many feeders a window shows: of more, none could be told apart.
const mostFeeders = 60

// Group is one transformer, or several too near to each other for the zoom.
type Group struct {
	tile.World
	Count, Roomy int
	SumW         int64
	Best         TrafoLine   // the one with the most free power
	Members      []TrafoLine // all, where they are few
}

// Box are the corners of all that a filter finds; not ok: it finds nothing.
func (g *GridView) Box(district, name string) (nw, se tile.World, ok bool) {
	nw, se = g.narrowed(district, name).Bounds()
	return nw, se, nw.X <= se.X
}

// Whole is the window in which everything fits that a filter finds.
func (g *GridView) Whole(district, name string) Window {
	nw, se, ok := g.Box(district, name)
	w := Window{Zoom: MinWindowZoom, District: district, Name: name}
	if !ok {
		return w
	}
	w.Middle = tile.World{X: nw.X + (se.X-nw.X)/2, Y: nw.Y + (se.Y-nw.Y)/2}
	for w.Zoom < MaxWindowZoom-2 {
		next := w
		next.Zoom++
		if a, b := next.Corners(); a.X > nw.X || a.Y > nw.Y || b.X < se.X || b.Y < se.Y {
			break
		}
		w = next
	}
	return w
}

func (g *GridView) narrowed(district, name string) *tile.Points {
	if district == "" && name == "" {
		return g.all
	}
	return g.points(district, name)
}

// See lays out a window. Cells are twice as wide as in tiles: marks of a page do
// not overlap.
func (g *GridView) See(w Window) Seen {
	seen := Seen{Window: w}
	nw, se := w.Corners()
	points, zoom := g.narrowed(w.District, w.Name), max(w.Zoom-1, 0)
	first, last := nw.Tile(zoom), se.Tile(zoom)
	for x := first.X; x <= last.X; x++ {
		for y := first.Y; y <= last.Y; y++ {
			for _, c := range points.Cells(tile.Address{Z: zoom, X: x, Y: y}, mostSpots) {
				if c.X >= nw.X && c.X <= se.X && c.Y >= nw.Y && c.Y <= se.Y {
					seen.Groups = append(seen.Groups, g.group(points, c))
					seen.Count += c.Count()
				}
			}
		}
	}
	slices.SortStableFunc(seen.Groups, func(a, b Group) int { return roomier(&b.Best, &a.Best) })
	for i := range g.Feeders {
		if f := &g.Feeders[i]; f.Placed() {
			if at := tile.At(f.ToLon, f.ToLat); at.X >= nw.X && at.X <= se.X && at.Y >= nw.Y && at.Y <= se.Y {
				seen.Feeders = append(seen.Feeders, *f)
			}
		}
	}
	if len(seen.Feeders) > mostFeeders {
		seen.Feeders = nil
	}
	if g.mains != nil {
		seen.Mains = g.mains.Between(nw, se, w.Zoom, mostMains)
	}
	return seen
}

// roomier orders transformers by their free power; one without limit, of −1, has
// the most.
func roomier(a, b *TrafoLine) int {
	rank := func(l *TrafoLine) uint64 {
		if l.FreeW == Withheld {
			return 0
		}
		return uint64(l.FreeW)
	}
	return cmp.Compare(rank(a), rank(b))
}

func (g *GridView) group(points *tile.Points, c tile.Cell) Group {
	out := Group{World: c.World, Count: c.Count(), Roomy: int(c.Roomy), SumW: c.Sum, Best: g.Lines[c.Best]}
	if out.Count <= mostMembers {
		for _, p := range points.In(c) {
			out.Members = append(out.Members, g.Lines[p.Item])
		}
	}
	return out
}
