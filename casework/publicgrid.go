package casework

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"strings"
	"sync"

	"aiqyn"
	"aiqyn/tile"
)

// RoomyW is from how many watts free a transformer counts as having room: what a
// house with a workshop asks for.
const RoomyW = 50_000

// How much room a transformer has: the words of maps and open data.
const (
	RoomEnough  = "room"    // RoomyW or more
	RoomLittle  = "little"  // less
	RoomNone    = "none"    // nothing
	RoomUnknown = "unknown" // nobody has measured or estimated it
)

// Room is how much room the transformer has, as a word.
func (l *TrafoLine) Room() string {
	switch {
	case l.Basis == "unknown":
		return RoomUnknown
	case l.FreeW == 0:
		return RoomNone
	case l.FreeW > 0 && l.FreeW < RoomyW:
		return RoomLittle
	}
	return RoomEnough
}

// Placed reports whether it is known where the transformer stands.
func (l *TrafoLine) Placed() bool { return l.Lat != 0 || l.Lon != 0 }

// PublicGrid is what anybody may see of the network, as last published, laid out
// for maps and open data. It is made once a publication and shared: nobody may
// change it.
type PublicGrid struct {
	Publication
	Lines []TrafoLine // ascending by id
	Tag   string      // of all that is made from it: changes whenever any of it does
	all   *tile.Points
	mains *tile.Lines
}

// NewPublicGrid lays a publication out; mains may be nil.
func NewPublicGrid(pub Publication, lines []TrafoLine, mains *tile.Lines) *PublicGrid {
	g := &PublicGrid{Publication: pub, Lines: lines, Tag: pub.Hash, mains: mains}
	if len(g.Tag) > 16 {
		g.Tag = g.Tag[:16]
	}
	g.all = g.points(func(*TrafoLine) bool { return true })
	return g
}

// points are those of the transformers that are wanted and have a place.
func (g *PublicGrid) points(want func(*TrafoLine) bool) *tile.Points {
	list := make([]tile.Point, 0, len(g.Lines))
	for i := range g.Lines {
		if l := &g.Lines[i]; l.Placed() && want(l) {
			list = append(list, tile.Point{World: tile.At(l.Lon, l.Lat), Item: int32(i), Amount: l.FreeW, Roomy: l.Room() == RoomEnough})
		}
	}
	return tile.NewPoints(list)
}

// Line is the transformer of an id.
func (g *PublicGrid) Line(id int) (TrafoLine, bool) {
	i, ok := slices.BinarySearchFunc(g.Lines, id, func(l TrafoLine, id int) int { return l.ID - id })
	if !ok {
		return TrafoLine{}, false
	}
	return g.Lines[i], true
}

// MaxTile is how many bytes a tile has at most.
const MaxTile = 100_000

// A tile draws at most so many transformers, groups of them, and lines; a name
// has so many letters in it, a group names so many of its members.
const (
	mostSpots   = 1024
	mostMains   = 3000
	mostLetters = 40
	mostMembers = 8
)

// Layers of the tiles.
const (
	LayerTransformers = "transformers"
	LayerMains        = "lines"
)

// Tile is a vector tile: transformers and groups of them, and the lines above a
// kilovolt. It is empty where there is nothing.
func (g *PublicGrid) Tile(a tile.Address) []byte {
	for spots, mains := mostSpots, mostMains; ; spots, mains = spots/2, mains/2 {
		if data := g.tile(a, spots, mains); len(data) <= MaxTile {
			return data
		}
	}
}

func (g *PublicGrid) tile(a tile.Address, spots, mains int) []byte {
	trafos, lines := tile.NewLayer(LayerTransformers), tile.NewLayer(LayerMains)
	if g.mains != nil {
		lines.Lines(0, g.mains.Paths(a, mains))
	}
	for _, c := range g.all.Cells(a, spots) {
		if c.Count() == 1 {
			g.one(trafos, a.Spot(c.World), &g.Lines[c.Best])
		} else {
			g.several(trafos, a, c)
		}
	}
	return tile.Encode(lines, trafos)
}

func (g *PublicGrid) one(layer *tile.Layer, at tile.Spot, l *TrafoLine) {
	tags := [5]tile.Tag{tile.Text("name", cut(l.Name)), tile.Text("room", l.Room()), tile.Text("basis", l.Basis), tile.Number("rated_kva", l.SnKVA)}
	n := 4
	if l.FreeW >= 0 {
		tags[n] = tile.Number("free_kw", l.FreeW/1000)
		n++
	}
	layer.Point(uint64(l.ID), at, tags[:n]...)
}

// several draws a group: how many, how much they have free together, how many
// have room and how much the roomiest has. Where one cannot go nearer, a few who
// stand together are named by their ids.
func (g *PublicGrid) several(layer *tile.Layer, a tile.Address, c tile.Cell) {
	best := &g.Lines[c.Best]
	tags := []tile.Tag{tile.Number("count", int64(c.Count())), tile.Number("sum_kw", c.Sum/1000), tile.Number("roomy", int64(c.Roomy)), tile.Text("room", best.Room())}
	if best.FreeW >= 0 {
		tags = append(tags, tile.Number("best_kw", best.FreeW/1000))
	}
	if members := g.all.In(c); a.Z >= MaxWindowZoom-2 && len(members) <= mostMembers {
		ids := make([]string, len(members))
		for i, m := range members {
			ids[i] = strconv.Itoa(g.Lines[m.Item].ID)
		}
		tags = append(tags, tile.Text("ids", strings.Join(ids, " ")))
	}
	layer.Point(0, a.Spot(c.World), tags...)
}

func cut(name string) string {
	letters := 0
	for i := range name {
		if letters++; letters > mostLetters {
			return name[:i] + "…"
		}
	}
	return name
}

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
	Count  int // transformers in the window
}

// Group is one transformer, or several too near to each other for the zoom.
type Group struct {
	tile.World
	Count, Roomy int
	SumW         int64
	Best         TrafoLine   // the one with the most free power
	Members      []TrafoLine // all, where they are few
}

// Whole is the window in which everything fits that a filter finds.
func (g *PublicGrid) Whole(district, name string) Window {
	nw, se := g.narrowed(district, name).Bounds()
	w := Window{Zoom: MinWindowZoom, District: district, Name: name}
	if nw.X > se.X {
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

func (g *PublicGrid) narrowed(district, name string) *tile.Points {
	if district == "" && name == "" {
		return g.all
	}
	name = fold(name)
	return g.points(func(l *TrafoLine) bool {
		return (district == "" || l.District.RU == district) && (name == "" || strings.Contains(fold(l.Name), name))
	})
}

// See lays out a window. Cells are twice as wide as in tiles: marks of a page do
// not overlap.
func (g *PublicGrid) See(w Window) Seen {
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
	if g.mains != nil {
		seen.Mains = g.mains.Between(nw, se, w.Zoom, mostMains)
	}
	return seen
}

// roomier orders transformers by their free power; one without limit, of −1, has
// the most.
func roomier(a, b *TrafoLine) int { return cmp.Compare(uint64(a.FreeW), uint64(b.FreeW)) }

func (g *PublicGrid) group(points *tile.Points, c tile.Cell) Group {
	out := Group{World: c.World, Count: c.Count(), Roomy: int(c.Roomy), SumW: c.Sum, Best: g.Lines[c.Best]}
	if out.Count <= mostMembers {
		for _, p := range points.In(c) {
			out.Members = append(out.Members, g.Lines[p.Item])
		}
	}
	return out
}

// laidOut is the public grid of the newest publication.
type laidOut struct {
	mu   sync.Mutex
	grid *PublicGrid
}

// PublicGrid returns what anybody may see of the network.
func (e *Engine) PublicGrid(ctx context.Context) (*PublicGrid, error) {
	lines, pub, err := e.AllTransformers(ctx)
	if err != nil {
		return nil, err
	}
	if pub.Hash == "" {
		return nil, aiqyn.E(aiqyn.NotFound, "error.not-found")
	}
	p := &e.laidOut
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.grid == nil || p.grid.Hash != pub.Hash || p.grid.Entry != pub.Entry {
		p.grid = NewPublicGrid(pub, lines, e.mains())
	}
	return p.grid, nil
}

// mains are the lines above a kilovolt for tiles; nil where the network does not
// lie on the earth.
func (e *Engine) mains() *tile.Lines {
	c := e.Capacity
	if c == nil {
		return nil
	}
	var lines []tile.Line
	for _, w := range c.Model.Wires(mainsKV) {
		lon1, lat1, ok1 := c.Model.Degrees(w.X1, w.Y1)
		lon2, lat2, ok2 := c.Model.Degrees(w.X2, w.Y2)
		if ok1 && ok2 {
			lines = append(lines, tile.Line{A: tile.At(lon1, lat1), B: tile.At(lon2, lat2)})
		}
	}
	if lines == nil {
		return nil
	}
	return tile.NewLines(lines)
}
