package casework

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"sync"

	"aiqyn"
	"aiqyn/deadline"
	"aiqyn/grid"
	"aiqyn/locale"
	"aiqyn/store"
)

// publishCapacity is the daily publication: free power of every transformer,
// now and if what is reserved lapses, as one entry of the log.
type publishCapacity struct {
	apart
	day   string
	lines []TrafoLine
	data  []byte
	hash  string
}

// PublishCapacity computes and publishes the free power of every transformer
// as of now. It is a snapshot: grants after it count against the network at
// once, and show in the next.
func (e *Engine) PublishCapacity(ctx context.Context) (Result, error) {
	now := e.Clock()
	return e.publishCapacity(ctx, day(now, e.Zone), now.UTC().Format(timeFormat))
}

// publishCapacityOf publishes for a day, once: what is free now stands for a day
// that passed while nobody served.
func (e *Engine) publishCapacityOf(ctx context.Context, d deadline.Date) (Result, error) {
	return e.publishCapacity(ctx, d.String(), d.String())
}

func (e *Engine) publishCapacity(ctx context.Context, day, id string) (Result, error) {
	c := e.Capacity
	if c == nil {
		return Result{}, aiqyn.E(aiqyn.Unavailable, "error.no-network")
	}
	p := &publishCapacity{apart: apart{cid: aiqyn.CommandID("capacity/" + id), actor: aiqyn.System}, day: day}
	var err error
	if p.lines, err = c.survey(); err != nil {
		return Result{}, err
	}
	if p.data, err = json.Marshal(struct {
		Day     string      `json:"day"`
		Network string      `json:"network"`
		Trafos  []TrafoLine `json:"trafos"`
	}{p.day, c.Hash, p.lines}); err != nil {
		return Result{}, err
	}
	sum := sha256.Sum256(p.data)
	p.hash = hex.EncodeToString(sum[:])
	return e.send(ctx, p)
}

// survey computes every tree, two at a time: no tree bears on another.
func (c *Capacity) survey() ([]TrafoLine, error) {
	places := make(map[int]TrafoPlace, len(c.Places))
	for _, p := range c.Places {
		places[p.Trafo] = p
	}
	byTree := make([][]TrafoLine, c.Model.Trees())
	errs := make([]error, 2)
	var wg sync.WaitGroup
	for w := range errs {
		wg.Go(func() {
			for tree := w; tree < len(byTree) && errs[w] == nil; tree += len(errs) {
				byTree[tree], errs[w] = c.surveyTree(tree, places)
			}
		})
	}
	wg.Wait()
	var lines []TrafoLine
	for _, tree := range byTree {
		lines = append(lines, tree...)
	}
	for _, err := range errs {
		if err != nil {
			return nil, err
		}
	}
	return lines, nil
}

func (c *Capacity) surveyTree(tree int, places map[int]TrafoPlace) ([]TrafoLine, error) {
	held, _ := c.reserved(tree)
	now, err := c.Model.TreeCapacity(tree, held, c.Limits)
	if err != nil {
		return nil, err
	}
	lapse := now
	if len(held) > 0 {
		if lapse, err = c.Model.TreeCapacity(tree, nil, c.Limits); err != nil {
			return nil, err
		}
	}
	var lines []TrafoLine
	for i, t := range now.Trafos {
		p := places[t.Trafo]
		line := TrafoLine{
			ID: t.Trafo, Name: p.Name, District: p.District, SnKVA: t.RatedVA / 1000, FreeW: t.FreeW, LapseW: lapse.Trafos[i].FreeW,
			PeakW: t.RatedVA * t.LoadPPM / 1_000_000, Binding: t.Binding, Element: t.Element, Basis: p.Basis, Measured: p.Measured,
			Lat: p.Lat, Lon: p.Lon, LoadPPM: t.LoadPPM,
		}
		if line.Name == "" {
			line.Name = strconv.Itoa(t.Trafo)
		}
		if line.Basis == "" {
			line.Basis = "unknown"
		}
		line.ReservedW = heldBelow(c.Model, held, t.Bus)
		lines = append(lines, line)
	}
	return lines, nil
}

// heldBelow sums what is reserved on the buses that a transformer feeds.
func heldBelow(m *grid.Model, held []grid.Extra, busbar int) int64 {
	var sum int64
	for _, h := range held {
		if m.Feeds(busbar, h.Bus) {
			sum += h.Watt
		}
	}
	return sum
}

// decide writes the publication with its entry.
func (p *publishCapacity) decide(t *turn) error {
	if done, err := p.once(t); done || err != nil {
		return err
	}
	c := t.e.Capacity
	ev := t.emitSystem(EventCapacity, p.actor, &capacityPublished{Day: p.day, Hash: p.hash, Network: c.Hash, Trafos: len(p.lines)})
	pub, err := publicationOf(ev, p.data)
	if err != nil {
		return err
	}
	t.capacity = pub
	t.snapshots = append(t.snapshots, store.Snapshot{Hash: p.hash, Kind: "capacity", Data: p.data, Added: t.now})
	p.finish(t)
	return nil
}

// publicationOf is what pages list of a publication: ev announces it, data is
// what it announces.
func publicationOf(ev *event, data []byte) (*store.Publication, error) {
	var said struct {
		Trafos []json.RawMessage `json:"trafos"`
	}
	if err := json.Unmarshal(data, &said); err != nil {
		return nil, err
	}
	d := ev.data.(*capacityPublished)
	pub := &store.Publication{ID: ev.index + 1, At: ev.at, Day: d.Day, Network: d.Network, Hash: d.Hash, Entry: ev.index, N: int64(len(said.Trafos))}
	for _, line := range said.Trafos {
		var l TrafoLine
		if err := json.Unmarshal(line, &l); err != nil {
			return nil, err
		}
		pub.Lines = append(pub.Lines, store.CapacityLine{
			Trafo: int64(l.ID), Name: l.Name, Search: fold(l.Name), District: l.District.RU, Line: line,
		})
	}
	// A network may name its transformers in any order; the list has that of their
	// numbers, by which an audit compares it.
	slices.SortFunc(pub.Lines, func(a, b store.CapacityLine) int { return cmp.Compare(a.Trafo, b.Trafo) })
	return pub, nil
}

// fold makes a name findable whatever its case and spaces.
func fold(s string) string { return strings.ToLower(locale.NFC(strings.Join(strings.Fields(s), " "))) }

// Transformers lists the free power as last published, by district and name;
// empty ones find all.
func (e *Engine) Transformers(ctx context.Context, district, name string, p Page) (List[TrafoLine], Publication, error) {
	var out List[TrafoLine]
	from := int64(-1)
	if p.After != "" {
		var err error
		if from, err = after(p.After); err != nil {
			return out, Publication{}, err
		}
	}
	pub, ok, err := e.Store.LastPublication(ctx)
	if err != nil || !ok {
		return out, Publication{}, err
	}
	rows, err := e.Store.CapacityLines(ctx, pub.ID, district, fold(name), from, p.limit()+1)
	if err != nil {
		return out, Publication{}, err
	}
	rows, out.Next = onePage(rows, p, func(r store.CapacityLine) int64 { return r.Trafo })
	for _, row := range rows {
		var l TrafoLine
		if err := json.Unmarshal(row.Line, &l); err != nil {
			return out, Publication{}, err
		}
		out.Items = append(out.Items, l)
	}
	return out, published1(pub), nil
}

func published1(p store.Publication) Publication {
	return Publication{At: p.At, Day: p.Day, Network: p.Network, Hash: p.Hash, Entry: p.Entry, Count: int(p.N)}
}

// Transformer returns one transformer as last published.
func (e *Engine) Transformer(ctx context.Context, id int) (TrafoLine, Publication, error) {
	pub, ok, err := e.Store.LastPublication(ctx)
	if err != nil {
		return TrafoLine{}, Publication{}, err
	}
	if ok {
		rows, err := e.Store.CapacityLines(ctx, pub.ID, "", "", int64(id)-1, 1)
		if err != nil {
			return TrafoLine{}, Publication{}, err
		}
		var l TrafoLine
		if len(rows) == 1 && rows[0].Trafo == int64(id) {
			return l, published1(pub), json.Unmarshal(rows[0].Line, &l)
		}
	}
	return TrafoLine{}, Publication{}, aiqyn.E(aiqyn.NotFound, "error.not-found")
}

// CapacityNow computes what one bus can take at this moment, reservations
// counted: the figure that a grant would be held against.
func (e *Engine) CapacityNow(bus int) (grid.Capacity, error) {
	c := e.Capacity
	if c == nil {
		return grid.Capacity{}, aiqyn.E(aiqyn.Unavailable, "error.no-network")
	}
	tree, ok := c.Model.TreeOf(bus)
	if !ok {
		return grid.Capacity{}, aiqyn.E(aiqyn.NotFound, "error.not-found")
	}
	held, _ := c.reserved(tree)
	return c.Model.BusCapacity(bus, held, c.Limits)
}

// Districts lists the districts of the published transformers, for choosing.
func (e *Engine) Districts() []aiqyn.Text {
	if e.Capacity == nil {
		return nil
	}
	var list []aiqyn.Text
	seen := make(map[string]bool)
	for _, p := range e.Capacity.Places {
		if !seen[p.District.RU] {
			seen[p.District.RU] = true
			list = append(list, p.District)
		}
	}
	return list
}
