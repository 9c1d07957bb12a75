package grid

import (
	"math"

	"aiqyn/geodesy"
)

// Wire is a closed line between two buses whose places are known, in whole
// millimetres: of the network's own plane, or eastward and northward where its
// coordinates are degrees.
type Wire struct {
	X1, Y1, X2, Y2 int64
	KV             float64 // rated voltage
	RatedVA        int64   // 0: none is known
}

// Wires lists the closed lines of at least so many kilovolts, in the order of
// the trees.
func (m *Model) Wires(least float64) []Wire {
	var list []Wire
	for _, k := range m.walked {
		par := m.hot.par[k]
		if par < 0 || m.limit.kind[k] != kindLine || m.vnKV[k] < least || !m.place.has[k] || !m.place.has[par] {
			continue
		}
		list = append(list, Wire{m.place.x[par], m.place.y[par], m.place.x[k], m.place.y[k], m.vnKV[k], ratedVA(m.limit.up[k])})
	}
	return list
}

// ratedVA is the rated power of a branch by its squared rated current, which is per
// unit on 1 MVA; 0 if it has none.
func ratedVA(squared float64) int64 {
	if math.IsInf(squared, 1) {
		return 0
	}
	return int64(math.Round(math.Sqrt(squared) * 1e6))
}

// BusAt is where a bus lies, if that is known.
func (m *Model) BusAt(bus int) (x, y int64, ok bool) {
	k, ok := m.node(bus)
	if !ok || !m.place.has[k] {
		return 0, 0, false
	}
	return m.place.x[k], m.place.y[k], true
}

// RatedV is the rated voltage of a bus in volts; ok is false if there is no such bus.
func (m *Model) RatedV(bus int) (volts int64, ok bool) {
	k, ok := m.node(bus)
	if !ok {
		return 0, false
	}
	return int64(math.Round(m.vnKV[k] * 1000)), true
}

// TrafosAt is where the closed transformers lie, by id, as far as it is known.
func (m *Model) TrafosAt() map[int][2]int64 {
	at := make(map[int][2]int64, len(m.trafo))
	for _, t := range m.trafo {
		if m.place.has[t.lv] {
			at[int(m.limit.id[t.branch])] = [2]int64{m.place.x[t.lv], m.place.y[t.lv]}
		}
	}
	return at
}

// Millimetres takes a place in the network's coordinates to those of [Wire].
func (m *Model) Millimetres(x, y float64) (int64, int64) { return m.place.mm(x, y) }

// Degrees are the longitude and latitude of a place in the coordinates of [Wire];
// ok is false where the network does not lie on the earth.
func (m *Model) Degrees(x, y int64) (lon, lat float64, ok bool) {
	return geodesy.Degrees(m.place.crs, float64(x)/m.place.eastMM, float64(y)/m.place.northMM)
}

// PlaneOf takes degrees to the network's own coordinates.
func (m *Model) PlaneOf(lon, lat float64) (x, y float64, ok bool) {
	return geodesy.Plane(m.place.crs, lon, lat)
}
