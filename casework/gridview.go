package casework

import (
	"context"
	"slices"
	"sort"
	"strconv"
	"strings"
	"sync"

	"aiqyn"
	"aiqyn/access"
	"aiqyn/secrecy"
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
	case l.FreeW == Withheld:
		return RoomWithheld
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

// GridView is what somebody may see of the network, as last published, laid out
// for pages, maps and open data. It is made once a publication and policy, and
// shared: nobody may change it.
type GridView struct {
	Publication
	Lines     []TrafoLine  // ascending by id
	Feeders   []FeederLine // ascending by id
	Areas     []Area       // what is generalised
	Corridors []Corridor   // of lines, what is generalised
	AsOf      string       // the day of which that is
	Policy    secrecy.Policy
	Tag       string // of all that is made from it: changes whenever any of it does
	search    []string
	all       *tile.Points
	feeders   *tile.Points // nil: none has a place
	mains     *tile.Lines
}

// NewGridView lays exact figures out under a policy.
func NewGridView(pub Publication, x Exact, p secrecy.Policy) *GridView {
	seen := Publicly(x, p)
	g := &GridView{Publication: pub, Policy: p, Lines: seen.Trafos, Feeders: seen.Feeders, Areas: seen.Areas, Corridors: seen.Corridors, AsOf: seen.AsOf}
	g.mains = mainsDrawn(seen)
	g.Tag = hexSum([]byte(pub.Hash + policyKey(p)))[:16]
	g.search = make([]string, len(g.Lines))
	for i := range g.Lines {
		g.search[i] = fold(g.Lines[i].Name)
	}
	g.all = g.points("", "")
	g.feeders = feederPoints(g.Feeders)
	return g
}

// Page is a part of the list, by district and name.
func (g *GridView) Page(district, name string, p Page) (List[TrafoLine], error) {
	var out List[TrafoLine]
	from := int64(-1)
	if p.After != "" {
		var err error
		if from, err = after(p.After); err != nil {
			return out, err
		}
	}
	name = fold(name)
	begin := sort.Search(len(g.Lines), func(i int) bool { return int64(g.Lines[i].ID) > from })
	for i := begin; i < len(g.Lines) && len(out.Items) <= p.limit(); i++ {
		if g.found(i, district, name) {
			out.Items = append(out.Items, g.Lines[i])
		}
	}
	out.Items, out.Next = onePage(out.Items, p, func(l TrafoLine) int64 { return int64(l.ID) })
	return out, nil
}

// found reports whether a filter finds a line; name is folded.
func (g *GridView) found(i int, district, name string) bool {
	return (district == "" || g.Lines[i].District.RU == district) && (name == "" || strings.Contains(g.search[i], name))
}

// points are those of the transformers that a filter finds and that have a place.
func (g *GridView) points(district, name string) *tile.Points {
	list := make([]tile.Point, 0, len(g.Lines))
	name = fold(name)
	for i := range g.Lines {
		if l := &g.Lines[i]; l.Placed() && g.found(i, district, name) {
			amount := l.FreeW
			if amount == Withheld {
				amount = 0
			}
			list = append(list, tile.Point{World: tile.At(l.Lon, l.Lat), Item: int32(i), Amount: amount, Roomy: l.Room() == RoomEnough})
		}
	}
	return tile.NewPoints(list)
}

// Line is the transformer of an id.
func (g *GridView) Line(id int) (TrafoLine, bool) {
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
	LayerFeeders      = "feeders" // where the first section of each ends
)

// Tile is a vector tile: transformers and groups of them, and the lines above a
// kilovolt. It is empty where there is nothing.
func (g *GridView) Tile(a tile.Address) []byte {
	for spots, mains := mostSpots, mostMains; ; spots, mains = spots/2, mains/2 {
		if data := g.tile(a, spots, mains); len(data) <= MaxTile {
			return data
		}
	}
}

func (g *GridView) tile(a tile.Address, spots, mains int) []byte {
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
	if g.feeders == nil {
		return tile.Encode(lines, trafos)
	}
	feeders := tile.NewLayer(LayerFeeders)
	for _, c := range g.feeders.Cells(a, spots) {
		if c.Count() > 1 {
			continue // they are seen nearer
		}
		f := &g.Feeders[c.Best]
		tags := []tile.Tag{tile.Text("room", f.Room())}
		if f.FreeW >= 0 {
			tags = append(tags, tile.Number("free_kw", f.FreeW/1000))
		}
		feeders.Point(uint64(f.ID), a.Spot(c.World), tags...)
	}
	return tile.Encode(lines, trafos, feeders)
}

func (g *GridView) one(layer *tile.Layer, at tile.Spot, l *TrafoLine) {
	tags := [7]tile.Tag{tile.Text("name", cut(l.Name)), tile.Text("room", l.Room()), tile.Text("basis", l.Basis)}
	n := 3
	if l.SnKVA != Withheld {
		tags[n] = tile.Number("rated_kva", l.SnKVA)
		n++
	}
	if l.FreeW >= 0 {
		tags[n] = tile.Number("free_kw", l.FreeW/1000)
		n++
	}
	if pending := l.ReservedW - l.ConnectedW; l.ReservedW > 0 && pending > 0 {
		tags[n] = tile.Number("pending_kw", pending/1000)
		n++
		if l.LapseW >= 0 {
			tags[n] = tile.Number("lapse_kw", l.LapseW/1000)
			n++
		}
	}
	layer.Point(uint64(l.ID), at, tags[:n]...)
}

// several draws a group: how many, how much they have free together, how many
// have room and how much the roomiest has. Where one cannot go nearer, a few who
// stand together are named by their ids.
func (g *GridView) several(layer *tile.Layer, a tile.Address, c tile.Cell) {
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

// laidOut are the views of the newest publication: the public's and the exact one.
type laidOut struct {
	mu    sync.Mutex
	views map[string]*GridView // by policy; "" is the exact one
	of    Publication
}

// PublicGrid returns what anybody may see of the network.
func (e *Engine) PublicGrid(ctx context.Context) (*GridView, error) {
	policy, err := e.policy(ctx)
	if err != nil {
		return nil, err
	}
	return e.grid(ctx, policy)
}

// GridFor returns what somebody may see of it: exact figures, if their role has
// them though they are classified.
func (e *Engine) GridFor(ctx context.Context, viewer aiqyn.Actor) (*GridView, error) {
	if seesExact(viewer) {
		return e.grid(ctx, nil)
	}
	return e.PublicGrid(ctx)
}

func seesExact(viewer aiqyn.Actor) bool {
	return access.Allowed(viewer.Role, access.ActionSeeExact, access.None).OK
}

func (e *Engine) grid(ctx context.Context, policy secrecy.Policy) (*GridView, error) {
	lines, feeders, pub, err := e.exactLines(ctx)
	if err != nil {
		return nil, err
	}
	if pub.Hash == "" {
		return NewGridView(pub, Exact{}, policy), nil
	}
	p := &e.laidOut
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.of != pub {
		p.of, p.views = pub, make(map[string]*GridView)
	}
	key := policyKey(policy)
	g := p.views[key]
	if g == nil {
		if len(p.views) > 4 {
			clear(p.views)
		}
		x := Exact{Day: pub.Day, Trafos: lines, Feeders: feeders, Mains: e.mains()}
		if x.Month, err = e.monthly(ctx, policy, pub.Day, pub.Entry); err != nil {
			return nil, err
		}
		g = NewGridView(pub, x, policy)
		p.views[key] = g
	}
	return g, nil
}

// Transformers lists the free power as last published, by district and name, as
// far as the viewer may see it; empty ones find all.
func (e *Engine) Transformers(ctx context.Context, viewer aiqyn.Actor, district, name string, p Page) (List[TrafoLine], Publication, error) {
	g, err := e.GridFor(ctx, viewer)
	if err != nil {
		return List[TrafoLine]{}, Publication{}, err
	}
	list, err := g.Page(district, name, p)
	return list, g.Publication, err
}

// Transformer returns one transformer as last published, as far as the viewer may
// see it.
func (e *Engine) Transformer(ctx context.Context, viewer aiqyn.Actor, id int) (TrafoLine, Publication, error) {
	g, err := e.GridFor(ctx, viewer)
	if err != nil {
		return TrafoLine{}, Publication{}, err
	}
	l, ok := g.Line(id)
	if !ok {
		return TrafoLine{}, Publication{}, aiqyn.E(aiqyn.NotFound, "error.not-found")
	}
	return l, g.Publication, nil
}
