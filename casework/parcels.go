package casework

import (
	"cmp"
	"context"
	"math"
	"slices"
	"sync"
	"time"

	"aiqyn"
	"aiqyn/grid"
	"aiqyn/registry"
	"aiqyn/tile"
)

// Parcels are told by place to anybody: number, outline, area and use, as the public map
// of the cadastre has them. Who holds one is another register, which nothing here asks.

// ParcelZoom is from which zoom on parcels are drawn: nearer than that a tile has so few
// that all of them fit.
const ParcelZoom = 16

// ParcelReach is within how many metres of a place that lies in no parcel the nearest is
// taken for what was meant: half the width of a street.
const ParcelReach = 15

// LayerParcels is the layer of the tiles of parcels.
const LayerParcels = "parcels"

// ParcelSeen is a parcel where it lies on the map.
type ParcelSeen struct {
	registry.Plot
	Middle tile.World
	Ring   []tile.World // its corners, not closed; empty: they are not known
	AwayM  int64        // how far the place that was asked for is, in metres; 0: within it
}

// parcelPlane is what takes parcels between the plane in which they are surveyed, which
// is that of the network, and the map.
type parcelPlane struct{ m *grid.Model }

func (e *Engine) parcelPlane() (parcelPlane, error) {
	if e.Capacity == nil {
		return parcelPlane{}, aiqyn.E(aiqyn.Unavailable, "error.no-network")
	}
	return parcelPlane{e.Capacity.tables().Model}, nil
}

// world is where a place of the plane lies on the map.
func (p parcelPlane) world(x, y float64) (tile.World, bool) {
	lon, lat, ok := p.m.Degrees(p.m.Millimetres(x, y))
	return tile.At(lon, lat), ok
}

// seen is a parcel on the map; false where the plane lies nowhere on it.
func (p parcelPlane) seen(plot registry.Plot) (ParcelSeen, bool) {
	s := ParcelSeen{Plot: plot}
	var ok bool
	if s.Middle, ok = p.world(plot.X, plot.Y); !ok || len(plot.Polygon) < 3 {
		return s, ok
	}
	s.Ring = make([]tile.World, len(plot.Polygon))
	for i, c := range plot.Polygon {
		s.Ring[i], _ = p.world(c[0], c[1])
	}
	return s, true
}

// box is the rectangle of the plane around a rectangle of the map, a metre wider than its
// corners: its edges are bent there by less.
func (p parcelPlane) box(nw, se tile.World) (registry.Box, bool) {
	b := registry.Box{X0: math.Inf(1), Y0: math.Inf(1), X1: math.Inf(-1), Y1: math.Inf(-1)}
	for _, w := range []tile.World{nw, se, {X: nw.X, Y: se.Y}, {X: se.X, Y: nw.Y}} {
		x, y, ok := p.m.PlaneOf(w.Degrees())
		if !ok {
			return b, false
		}
		b = registry.Box{X0: min(b.X0, x), Y0: min(b.Y0, y), X1: max(b.X1, x), Y1: max(b.Y1, y)}
	}
	return b.Grown(1), true
}

// ParcelAt is the parcel that a place in degrees means: the one it lies in, or else the
// nearest within [ParcelReach]. It reads the index by place and no person.
func (e *Engine) ParcelAt(ctx context.Context, lon, lat float64) (ParcelSeen, error) {
	p, err := e.parcelPlane()
	if err != nil {
		return ParcelSeen{}, err
	}
	x, y, ok := p.m.PlaneOf(lon, lat)
	if !ok {
		return ParcelSeen{}, aiqyn.E(aiqyn.Invalid, "error.wish-place").On("at")
	}
	list, _, err := registry.PlotsIn(ctx, e.Registers, registry.Box{X0: x, Y0: y, X1: x, Y1: y}.Grown(ParcelReach))
	if err != nil {
		return ParcelSeen{}, err
	}
	plot, away := registry.Nearest(list, x, y, ParcelReach)
	if plot == nil {
		return ParcelSeen{}, aiqyn.E(aiqyn.NotFound, "error.no-parcel-here", "m", ParcelReach).On("at")
	}
	s, _ := p.seen(*plot)
	s.AwayM = int64(math.Ceil(away))
	return s, nil
}

// ParcelsIn are the parcels that touch a window, the nearest to its middle first, and
// whether there are more than one question gives; none where it is farther than
// [ParcelZoom].
func (e *Engine) ParcelsIn(ctx context.Context, w Window) ([]ParcelSeen, bool, error) {
	if w.Zoom < ParcelZoom {
		return nil, false, nil
	}
	nw, se := w.Corners()
	list, more, err := e.parcelsBetween(ctx, nw, se)
	far := func(p ParcelSeen) int64 {
		dx, dy := (int64(p.Middle.X)-int64(w.Middle.X))>>8, (int64(p.Middle.Y)-int64(w.Middle.Y))>>8
		return dx*dx + dy*dy
	}
	slices.SortStableFunc(list, func(a, b ParcelSeen) int { return cmp.Compare(far(a), far(b)) })
	return list, more, err
}

func (e *Engine) parcelsBetween(ctx context.Context, nw, se tile.World) ([]ParcelSeen, bool, error) {
	p, err := e.parcelPlane()
	if err != nil {
		return nil, false, err
	}
	box, ok := p.box(nw, se)
	if !ok {
		return nil, false, nil
	}
	plots, more, err := registry.PlotsIn(ctx, e.Registers, box)
	if err != nil {
		return nil, false, err
	}
	list := make([]ParcelSeen, 0, len(plots))
	for _, plot := range plots {
		if s, ok := p.seen(plot); ok {
			list = append(list, s)
		}
	}
	return list, more, nil
}

// parcelTiles are tiles of parcels that were made a moment ago: a cadastre behind X-Road
// is not asked for each that somebody passes by.
type parcelTiles struct {
	mu    sync.Mutex
	tiles map[tile.Address]parcelTile
}

type parcelTile struct {
	data []byte
	at   time.Time
}

// So many tiles are kept for so long.
const (
	parcelTilesKept = 256
	parcelTilesFor  = 10 * time.Minute
)

// ParcelTile is a vector tile of the parcels; empty where there are none, or it is of a
// zoom farther than [ParcelZoom].
func (e *Engine) ParcelTile(ctx context.Context, a tile.Address) ([]byte, error) {
	if a.Z < ParcelZoom {
		return nil, nil
	}
	c, now := &e.parcels, e.Clock()
	c.mu.Lock()
	t, ok := c.tiles[a]
	c.mu.Unlock()
	if ok && now.Sub(t.at) < parcelTilesFor {
		return t.data, nil
	}
	nw, se := a.Corners()
	list, _, err := e.parcelsBetween(ctx, nw, se)
	if err != nil {
		return nil, err
	}
	data := DrawParcels(a, list)
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.tiles == nil || len(c.tiles) >= parcelTilesKept {
		c.tiles = make(map[tile.Address]parcelTile)
	}
	c.tiles[a] = parcelTile{data, now}
	return data, nil
}

// DrawParcels draws a tile of [MaxTile] bytes at most: where parcels are too many the
// smallest are left out.
func DrawParcels(a tile.Address, list []ParcelSeen) []byte {
	slices.SortStableFunc(list, func(a, b ParcelSeen) int { return cmp.Compare(b.Area, a.Area) })
	for n := len(list); ; n = n * 3 / 4 {
		layer := tile.NewLayer(LayerParcels)
		for i := range list[:n] {
			p := &list[i]
			tags := []tile.Tag{tile.Text("number", p.Number), tile.Number("area", p.Area)}
			if len(p.Ring) == 0 {
				layer.Point(0, a.Spot(p.Middle), tags...)
				continue
			}
			ring := make([]tile.Spot, len(p.Ring))
			for j, w := range p.Ring {
				ring[j] = a.Spot(w)
			}
			layer.Polygon(0, ring, tags...)
		}
		if data := tile.Encode(layer); len(data) <= MaxTile {
			return data
		}
	}
}
