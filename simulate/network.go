package simulate

import (
	"cmp"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"aiqyn"
	"aiqyn/grid"
)

// Station is where the town is fed from: a 110/10 kV substation, or a 10 kV
// switching station whose outgoing feeders are the network's sources.
type Station struct {
	Name     string // "ПС Тұнықсу-1", "РП-4"
	Kind     string // "substation", "switching"
	Fed      string // by which substation; empty for one
	X, Y     float64
	Lat, Lon float64
	Feeders  int
	col, row int
	sourcePU float64
}

// Basis is how a transformer's load is known.
type Basis string

// How a transformer's load is known.
const (
	Measured  Basis = "measured"
	Estimated Basis = "estimated"
	Unknown   Basis = "unknown"
)

// Transformer is what the network itself does not say about one of its
// transformers.
type Transformer struct {
	ID       int // in the network
	Name     string
	Bus      int // its low-voltage busbar
	District aiqyn.Text
	Station  string // the switching station that feeds it
	Built    int    // year; 0: not known
	Basis    Basis
	Measured string // day of the last measurement; empty: never
	X, Y     float64
	Lat, Lon float64
}

// Supply is the bus behind a parcel's meter and the transformer that feeds it.
type Supply struct {
	Parcel string
	Bus    int
	Trafo  int
	KW     float64 // its part in the transformer's peak
}

// zone is what one transformer serves: the lots of a street near a crossing.
type zone struct {
	col, row int
	lots     []int
	tight    bool // on a feeder with little left
	full     bool // the transformer itself is nearly full
	plate    nameplate
	station  int
}

// utility builds the network.
type utility struct {
	r        *rand.Rand
	t        *town
	lots     []lot
	draws    []demand
	today    time.Time
	stations []Station
	net      *grid.Network
	trafos   []Transformer
	supplies []Supply
}

// electrify lays the whole network under the town.
func electrify(r *rand.Rand, t *town, lots []lot, today time.Time) *utility {
	u := &utility{r: r, t: t, lots: lots, draws: demands(r, lots), today: today,
		net: &grid.Network{Name: "tunyqsu", BaseHz: 50, Radial: true, CRS: CRS}}
	zones := u.zones()
	u.placeStations(len(zones))
	for i := range zones {
		zones[i].station = u.nearest(zones[i])
	}
	for _, f := range u.feeders(zones) {
		u.lay(f)
	}
	u.number()
	return u
}

// zones divides the lots among transformers at the crossings: every crossing
// where houses heat with electricity, every second one elsewhere.
func (u *utility) zones() []zone {
	at := make([]zone, (u.t.cols+1)*(u.t.rows+1))
	for i := range u.lots {
		l := &u.lots[i]
		if u.draws[i].kw == 0 {
			continue
		}
		col := min(l.col|1, u.t.cols)
		if heatsElectrically(l.district) || l.use == Workshop {
			col = l.col
			if l.from+l.to > 1 {
				col++
			}
		}
		row := u.t.frontRow(side{row: l.row, north: l.north})
		z := &at[col*(u.t.rows+1)+row]
		z.col, z.row = col, row
		z.lots = append(z.lots, i)
	}
	var zones []zone
	for _, z := range at {
		zones = append(zones, u.split(z)...)
	}
	return zones
}

// split halves a zone until a transformer can carry it.
func (u *utility) split(z zone) []zone {
	if len(z.lots) == 0 {
		return nil
	}
	z.tight = u.starved(z.col, z.row)
	most := 720.0
	if z.tight {
		most = 560 // the demand will have grown
	}
	if len(z.lots) == 1 || u.load(z).kva() <= most {
		z.full = !z.tight && chance(u.r, 0.07)
		return []zone{z}
	}
	a, b := z, z
	a.lots, b.lots = z.lots[:len(z.lots)/2], z.lots[len(z.lots)/2:]
	return append(u.split(a), u.split(b)...)
}

func (u *utility) load(z zone) demand {
	var sum demand
	for _, i := range z.lots {
		sum.kw += u.draws[i].kw
		sum.kvar += u.draws[i].kvar
	}
	return sum
}

// starved is the old quarter by the railway, whose feeders were laid for less
// than it draws today: the place where refusing can be honest.
func (u *utility) starved(col, row int) bool {
	return row <= max(u.t.industry+1, u.t.river*2/3) && col < (u.t.cols+1)/2
}

// placeStations spreads switching stations evenly over crossings, and three
// substations around the town.
func (u *utility) placeStations(zones int) {
	count := max(4, zones/22)
	across := max(1, int(math.Round(math.Sqrt(float64(count*u.t.cols)*3/float64(u.t.rows)))))
	down := max(2, (count+across-1)/across)
	heart, far := u.t.heart(), u.t.crossing
	for k, p := range []Point{far[0][u.t.rows], far[u.t.cols][u.t.rows/2], far[u.t.cols/3][0]} {
		out := p.to(heart, -0.2).rounded()
		s := Station{Name: fmt.Sprintf("ПС-110/10 %s-%d", Town.KK, k+1), Kind: "substation", X: out.X, Y: out.Y}
		s.Lon, s.Lat = degrees(out)
		u.stations = append(u.stations, s)
	}
	for k := range across * down {
		col := (2*(k%across) + 1) * u.t.cols / (2 * across)
		row := (2*(k/across) + 1) * u.t.rows / (2 * down)
		p := u.t.crossing[col][row].add(Point{14, -11}).rounded()
		s := Station{Name: fmt.Sprintf("РП-%d", k+1), Kind: "switching", X: p.X, Y: p.Y, col: col, row: row,
			sourcePU: round(between(u.r, 1.02, 1.04), 3)}
		s.Lon, s.Lat = degrees(p)
		fed := slices.MinFunc(u.stations[:3], func(a, b Station) int {
			return cmp.Compare(p.dist(Point{a.X, a.Y}), p.dist(Point{b.X, b.Y}))
		})
		s.Fed = fed.Name
		u.stations = append(u.stations, s)
	}
}

func degrees(p Point) (lon, lat float64) {
	lon, lat = lonLat(p)
	return round(lon, 6), round(lat, 6)
}

// nearest is the switching station with the shortest way along the streets.
func (u *utility) nearest(z zone) int {
	best, way := 0, math.Inf(1)
	for i, s := range u.stations {
		if s.Kind != "switching" {
			continue
		}
		if d := u.way(s.col, s.row, z.col, s.row) + u.way(z.col, s.row, z.col, z.row); d < way {
			best, way = i, d
		}
	}
	return best
}

// way is the length of a street between two crossings on it.
func (u *utility) way(col, row, toCol, toRow int) float64 {
	var sum float64
	for col != toCol || row != toRow {
		next, down := col+cmp.Compare(toCol, col), row+cmp.Compare(toRow, row)
		sum += u.t.crossing[col][row].dist(u.t.crossing[next][down])
		col, row = next, down
	}
	return sum
}

// feeders groups the zones of one station along one street: one to three
// transformers on a ray, more on the crowded ones.
func (u *utility) feeders(zones []zone) [][]zone {
	slices.SortStableFunc(zones, func(a, b zone) int {
		return cmp.Or(cmp.Compare(a.station, b.station), cmp.Compare(a.col, b.col),
			cmp.Compare(u.side(a), u.side(b)), cmp.Compare(u.rows(a), u.rows(b)))
	})
	var out [][]zone
	for i := 0; i < len(zones); {
		size := 1 + weighted(u.r, 0.30, 0.50, 0.20)
		if zones[i].tight {
			size = 4
		}
		j := i + 1
		for j < len(zones) && j-i < size && zones[j].station == zones[i].station && zones[j].col == zones[i].col &&
			u.side(zones[j]) == u.side(zones[i]) && zones[j].tight == zones[i].tight {
			j++
		}
		out = append(out, zones[i:j])
		i = j
	}
	return out
}

// side is on which side of its station a zone lies along the column street.
func (u *utility) side(z zone) int { return cmp.Compare(z.row, u.stations[z.station].row) }

// rows is how far away it is, in crossings.
func (u *utility) rows(z zone) int {
	d := z.row - u.stations[z.station].row
	return max(d, -d)
}

// number gives every branch its id: its place among lines, then transformers.
func (u *utility) number() {
	for i := range u.net.Lines {
		u.net.Lines[i].ID = i
	}
	for i := range u.net.Trafos {
		u.net.Trafos[i].ID = len(u.net.Lines) + i
		u.trafos[i].ID = u.net.Trafos[i].ID
	}
	for i := range u.supplies {
		u.supplies[i].Trafo += len(u.net.Lines)
	}
}

// bus adds a node and returns its id.
func (u *utility) bus(kv float64, at Point, name ...string) int {
	at = at.rounded()
	id := len(u.net.Buses)
	u.net.Buses = append(u.net.Buses, grid.Bus{ID: id, VnKV: kv, Name: strings.Join(name, " "), X: &at.X, Y: &at.Y})
	return id
}
