package grid

import "math"

// What binds a capacity. They are also the words of the catalogue: grid.binding.…
const (
	BindVoltage  = "voltage"
	BindLine     = "line"
	BindTrafo    = "trafo"
	BindCollapse = "collapse"
	BindBase     = "base-violation"
	BindNone     = "none"
)

// Violation is the limit that is closest to breaking or most broken: Element is
// the bus for a voltage, the branch otherwise.
type Violation struct {
	Binding string `json:"binding"`
	Element int    `json:"element"`
}

// holds reports whether a solved tree keeps every limit.
func (m *Model) holds(w *workspace, tree int, lim Limits) bool {
	lo, hi := m.span(tree)
	sq := lim.squares()
	vmin, vmax := float64(lim.VMin*lim.VMin), float64(lim.VMax*lim.VMax)
	l := &m.limit
	for k := lo; k < hi; k++ {
		u, t2 := w.u[k-lo], l.t2[k]
		if m.bus[k] >= 0 && !(u >= float64(vmin*t2) && u <= float64(vmax*t2)) {
			return false
		}
		if k == lo || math.IsInf(l.up[k], 1) {
			continue
		}
		_, _, iu, _, _, id := m.ends(w, lo, k)
		f := sq[l.kind[k]]
		if iu > float64(l.up[k]*f) || id > float64(l.down[k]*f) {
			return false
		}
	}
	return true
}

// strain is how full the fullest limit of a solved tree is, and which it is;
// above 1 it is broken. Of equals, the nearest to the source and then the lowest
// id counts.
func (m *Model) strain(w *workspace, tree int, lim Limits) (ratio float64, v Violation) {
	lo, hi := m.span(tree)
	sq := lim.squares()
	l := &m.limit
	v, depth := Violation{Binding: BindNone}, int32(0)
	consider := func(r float64, by Violation, d int32) {
		near := r >= ratio*(1-tie)
		if r > ratio*(1+tie) || near && (d < depth || d == depth && by.Element < v.Element) {
			v, depth = by, d
			ratio = max(ratio, r)
		}
	}
	for k := lo; k < hi; k++ {
		if m.bus[k] >= 0 {
			volt := math.Sqrt(w.u[k-lo] / l.t2[k])
			consider(max(lim.VMin/volt, volt/lim.VMax), Violation{BindVoltage, m.busID(k)}, m.depth[k])
		}
		if k == lo || math.IsInf(l.up[k], 1) {
			continue
		}
		_, _, iu, _, _, id := m.ends(w, lo, k)
		f := sq[l.kind[k]]
		consider(math.Sqrt(max(iu/float64(l.up[k]*f), id/float64(l.down[k]*f))), m.nameBranch(k), m.depth[k])
	}
	return ratio, v
}
