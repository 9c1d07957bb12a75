package casework

import (
	"context"
	"encoding/json"
	"sync"

	"aiqyn/canonical"
	"aiqyn/grid"
	"aiqyn/registry"
	"aiqyn/store"
)

// Spot is a place on the ground of the network: whole millimetres eastward and
// northward of where its coordinates begin.
type Spot struct{ X, Y int64 }

// Ground is where the network lies, as far as that is known.
type Ground struct {
	Mains  [][2]Spot    // lines above a kilovolt
	Trafos map[int]Spot // by id
	// Bus is where a bus lies, Plane where a place in the network's coordinates.
	Bus   func(id int) (Spot, bool)
	Plane func(x, y float64) Spot
}

// mainsKV is from which voltage a line is one of the mains.
const mainsKV = 1

// ground is read off the network once.
type ground struct {
	mu   sync.Mutex
	of   string // hash of the network
	read *Ground
}

// Ground returns where the network lies; nil without a network.
func (e *Engine) Ground() *Ground {
	c := e.Capacity
	if c == nil {
		return nil
	}
	t := c.tables()
	c.ground.mu.Lock()
	defer c.ground.mu.Unlock()
	if c.ground.read == nil || c.ground.of != t.Hash {
		c.ground.of, c.ground.read = t.Hash, groundOf(t.Model)
	}
	return c.ground.read
}

func groundOf(m *grid.Model) *Ground {
	g := &Ground{Trafos: make(map[int]Spot)}
	g.Bus = func(id int) (Spot, bool) {
		x, y, ok := m.BusAt(id)
		return Spot{x, y}, ok
	}
	g.Plane = func(x, y float64) Spot {
		mx, my := m.Millimetres(x, y)
		return Spot{mx, my}
	}
	for _, w := range m.Wires(mainsKV) {
		g.Mains = append(g.Mains, [2]Spot{{w.X1, w.Y1}, {w.X2, w.Y2}})
	}
	for id, at := range m.TrafosAt() {
		g.Trafos[id] = Spot{at[0], at[1]}
	}
	return g
}

// Parcel is the ring of the parcel that a case is about, as the cadastre gave
// it; a lone spot is its middle. It is empty where the viewer may not see it.
func (g *Ground) Parcel(c *CaseView) []Spot {
	for _, f := range c.Facts {
		var p registry.Parcel
		if f.Register != registry.ParcelRegister || canonical.Unmarshal(f.Value, &p) != nil {
			continue
		}
		if len(p.Polygon) < 3 {
			p.Polygon = [][2]float64{{p.X, p.Y}}
		}
		var ring []Spot
		for _, corner := range p.Polygon {
			ring = append(ring, g.Plane(corner[0], corner[1]))
		}
		return ring
	}
	return nil
}

// publishedLines is the newest publication as read from the store.
type publishedLines struct {
	mu      sync.Mutex
	id      int64
	lines   []TrafoLine
	feeders []FeederLine
}

// linesOf reads the transformers of a publication.
func (e *Engine) linesOf(ctx context.Context, pub store.Publication) ([]TrafoLine, error) {
	rows, err := e.Store.CapacityLines(ctx, pub.ID, "", "", -1, int(pub.N))
	if err != nil {
		return nil, err
	}
	lines := make([]TrafoLine, len(rows))
	for i, row := range rows {
		if err := json.Unmarshal(row.Line, &lines[i]); err != nil {
			return nil, err
		}
	}
	return lines, nil
}

// exactLines are the whole of the last publication. It is read once a
// publication and shared: nobody may change it.
func (e *Engine) exactLines(ctx context.Context) ([]TrafoLine, []FeederLine, Publication, error) {
	pub, ok, err := e.Store.LastPublication(ctx)
	if err != nil || !ok {
		return nil, nil, Publication{}, err
	}
	p := &e.published
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.id != pub.ID {
		lines, err := e.linesOf(ctx, pub)
		if err != nil {
			return nil, nil, Publication{}, err
		}
		feeders, err := e.feedersPublished(ctx, pub)
		if err != nil {
			return nil, nil, Publication{}, err
		}
		p.id, p.lines, p.feeders = pub.ID, lines, feeders
	}
	return p.lines, p.feeders, published1(pub), nil
}
