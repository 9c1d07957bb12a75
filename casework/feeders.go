package casework

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"

	"aiqyn"
	"aiqyn/grid"
	"aiqyn/secrecy"
	"aiqyn/store"
	"aiqyn/tile"
)

// FeederLine is the free power of one feeder as last published: of the line that
// leaves a substation, at the end of its first section.
type FeederLine struct {
	ID         int   // of the line
	Substation int   `json:",omitempty"` // transformer whose busbar it leaves; 0: a source
	FreeW      int64 // now, reservations counted; -1 unlimited
	LapseW     int64 // if the reservations not yet connected lapse
	ReservedW  int64
	LoadPPM    int64 // of the rated current, reservations included
	Trafos     int   // that it feeds
	Binding    string
	Element    int
	Lat, Lon   float64 `json:",omitempty"` // of its beginning
	ToLat      float64 `json:",omitempty"` // of its end
	ToLon      float64 `json:",omitempty"`
}

// Placed reports whether it is known where the feeder runs.
func (f *FeederLine) Placed() bool { return f.ToLat != 0 || f.ToLon != 0 }

// Room is how much room the feeder has, as a word.
func (f *FeederLine) Room() string {
	l := TrafoLine{FreeW: f.FreeW}
	return l.Room()
}

// feedersOf are the feeders of a tree.
func feedersOf(m *grid.Model, now, lapse *grid.TreeCapacity, held []grid.Extra) []FeederLine {
	var list []FeederLine
	for i, f := range now.Feeders {
		line := FeederLine{
			ID: f.Line, Substation: max(f.From, 0), FreeW: f.FreeW, LapseW: lapse.Feeders[i].FreeW, ReservedW: heldBelow(m, held, f.Bus),
			LoadPPM: f.LoadPPM, Trafos: f.Below, Binding: f.Binding, Element: f.Element,
		}
		x1, y1, ok1 := m.BusAt(f.Start)
		x2, y2, ok2 := m.BusAt(f.Bus)
		if ok1 && ok2 {
			lon1, lat1, ok1 := m.Degrees(x1, y1)
			lon2, lat2, ok2 := m.Degrees(x2, y2)
			if ok1 && ok2 {
				line.Lon, line.Lat, line.ToLon, line.ToLat = lon1, lat1, lon2, lat2
			}
		}
		list = append(list, line)
	}
	return list
}

// feederKey is the number under which a feeder stands in the list of what is free,
// below those of transformers.
func feederKey(line int) int64 { return -1 - int64(line) }

// coverFeeder takes from a feeder what is not shown: its place with the lines', its
// figures where those of the transformers that it feeds are not, for both tell of
// what lies below it.
func coverFeeder(f *FeederLine, p secrecy.Policy) {
	if p.Of(secrecy.Lines, secrecy.Place) != secrecy.Exact || !placesOpen(p) {
		f.Lat, f.Lon, f.ToLat, f.ToLon = 0, 0, 0, 0
	}
	for _, layer := range []secrecy.Layer{secrecy.Transformers, secrecy.Substations} {
		rated, free, peak := p.Effective(layer)
		if free != secrecy.Exact {
			f.FreeW, f.LapseW, f.ReservedW, f.Binding, f.Element = Withheld, Withheld, Withheld, "", 0
		}
		if rated != secrecy.Exact || peak != secrecy.Exact {
			f.LoadPPM = Withheld
		}
	}
}

// placesOpen reports whether it is shown where transformers stand: lines end there.
func placesOpen(p secrecy.Policy) bool {
	return p.Of(secrecy.Transformers, secrecy.Place) == secrecy.Exact && p.Of(secrecy.Substations, secrecy.Place) == secrecy.Exact
}

// feedersPublished are the feeders of a publication, ascending.
func (e *Engine) feedersPublished(ctx context.Context, pub store.Publication) ([]FeederLine, error) {
	rows, err := e.Store.FeederLines(ctx, pub.ID)
	if err != nil {
		return nil, err
	}
	list := make([]FeederLine, len(rows))
	for i, row := range rows {
		if err := json.Unmarshal(row.Line, &list[i]); err != nil {
			return nil, err
		}
	}
	slices.SortFunc(list, func(a, b FeederLine) int { return a.ID - b.ID })
	return list, nil
}

// FeederDay is what was published of a feeder on one day.
type FeederDay struct {
	Publication
	Line FeederLine
}

// Feeder is the feeder of a line.
func (g *GridView) Feeder(line int) (FeederLine, bool) {
	i, ok := slices.BinarySearchFunc(g.Feeders, line, func(f FeederLine, id int) int { return f.ID - id })
	if !ok {
		return FeederLine{}, false
	}
	return g.Feeders[i], true
}

// FeederPage is a part of the list of feeders.
func (g *GridView) FeederPage(p Page) (List[FeederLine], error) {
	var out List[FeederLine]
	from := int64(-1)
	if p.After != "" {
		var err error
		if from, err = after(p.After); err != nil {
			return out, err
		}
	}
	begin, _ := slices.BinarySearchFunc(g.Feeders, from+1, func(f FeederLine, id int64) int { return cmp.Compare(int64(f.ID), id) })
	out.Items = slices.Clone(g.Feeders[begin:min(begin+p.limit()+1, len(g.Feeders))])
	out.Items, out.Next = onePage(out.Items, p, func(f FeederLine) int64 { return int64(f.ID) })
	return out, nil
}

// FeederHistory is what was published of a feeder, the newest first.
func (e *Engine) FeederHistory(ctx context.Context, viewer aiqyn.Actor, line int, p Page) (List[FeederDay], error) {
	var out List[FeederDay]
	policy, err := e.policy(ctx)
	if err != nil {
		return out, err
	}
	if seesExact(viewer) {
		policy = nil
	}
	from, err := before(p.After)
	if err != nil {
		return out, err
	}
	rows, err := e.Store.CapacityHistory(ctx, feederKey(line), from, p.limit()+1)
	if err != nil {
		return out, err
	}
	rows, out.Next = onePage(rows, p, func(r store.CapacityDay) int64 { return r.ID })
	for _, row := range rows {
		d := FeederDay{Publication: published1(row.Publication)}
		if err := json.Unmarshal(row.Line, &d.Line); err != nil {
			return out, err
		}
		shown := Publicly(Exact{Feeders: []FeederLine{d.Line}}, policy)
		d.Line = shown.Feeders[0]
		out.Items = append(out.Items, d)
	}
	return out, nil
}

// feederPoints are the ends of the first sections of feeders; nil if none is known.
func feederPoints(list []FeederLine) *tile.Points {
	var points []tile.Point
	for i := range list {
		if f := &list[i]; f.Placed() {
			points = append(points, tile.Point{World: tile.At(f.ToLon, f.ToLat), Item: int32(i), Amount: max(f.FreeW, 0), Roomy: f.Room() == RoomEnough})
		}
	}
	if points == nil {
		return nil
	}
	return tile.NewPoints(points)
}
