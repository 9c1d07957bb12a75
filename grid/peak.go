package grid

import (
	"math"
	"slices"
)

// Peak is the most that a transformer delivered, by its meter or by a figure
// that its utility stands by.
type Peak struct {
	Trafo int   `json:"trafo"`
	Watt  int64 `json:"w"`
}

// Measured returns the network n, of which m is the model, with the loads under
// each transformer of peaks brought to its peak. A load belongs to the nearest
// transformer that feeds it: what hangs below another transformer keeps to that
// one. Loads grow or shrink by one factor and keep their power factor; where a
// transformer feeds nothing that could be scaled, its peak stands at its
// low-voltage busbar, at the power factor of the limits. Losses below a meter
// are not taken off, so that the figure is never too low. What it returns is in
// whole watts; n is not changed.
//
// Peaks ascend by transformer, each once. One that the model does not know, or
// that is no power, is an error; one that is switched off feeds nothing and
// changes nothing.
func (n *Network) Measured(m *Model, peaks []Peak, lim Limits) (*Network, error) {
	if err := n.checkPeaks(peaks); err != nil {
		return nil, err
	}
	above := m.nearestTrafo()
	peakOf := make(map[int32]int64, len(peaks))
	for _, p := range peaks {
		peakOf[int32(p.Trafo)] = p.Watt
	}
	drawn := make(map[int32]float64, len(peaks))
	for i := range n.Loads {
		if id, ok := m.metered(above, peakOf, n.Loads[i].Bus); ok {
			drawn[id] += n.Loads[i].PKW
		}
	}
	out := *n
	out.Loads = slices.Clone(n.Loads)
	for i := range out.Loads {
		l := &out.Loads[i]
		if id, ok := m.metered(above, peakOf, l.Bus); ok && drawn[id] > 0 {
			factor := float64(peakOf[id]) / 1000 / drawn[id]
			l.PKW, l.QKVAr = wholeWatts(float64(l.PKW*factor)), wholeWatts(float64(l.QKVAr*factor))
		}
	}
	for _, t := range m.trafo { // ascending by id
		id := m.limit.id[t.branch]
		watt, ok := peakOf[id]
		if kw := wholeWatts(float64(watt)/1000 - drawn[id]); ok && drawn[id] <= 0 && kw != 0 {
			out.Loads = append(out.Loads, Load{Bus: m.busID(int(t.branch)), PKW: kw, QKVAr: wholeWatts(float64(kw * lim.tan()))})
		}
	}
	return &out, nil
}

// wholeWatts rounds kilowatts, so that the network can be written exactly.
func wholeWatts(kw float64) float64 { return math.Round(kw*1000) / 1000 }

// checkPeaks refuses peaks out of order, of unknown transformers or of no power.
func (n *Network) checkPeaks(peaks []Peak) error {
	known := make(map[int]bool, len(n.Trafos))
	for i := range n.Trafos {
		known[n.Trafos[i].ID] = true
	}
	for i, p := range peaks {
		switch {
		case i > 0 && peaks[i-1].Trafo >= p.Trafo, !known[p.Trafo]:
			return invalid("grid.bad-value", "element", "peak", "id", p.Trafo, "field", "trafo", "value", p.Trafo)
		case p.Watt < 0 || p.Watt > maxLoadKW*1000:
			return invalid("grid.bad-value", "element", "peak", "id", p.Trafo, "field", "w", "value", p.Watt)
		}
	}
	return nil
}

// nearestTrafo is, for each node, the id of the nearest transformer that feeds
// it, −1 if none does.
func (m *Model) nearestTrafo() []int32 {
	above := make([]int32, len(m.hot.par))
	for k, par := range m.hot.par { // parents come before their children
		switch {
		case int(par) == k:
			above[k] = -1
		case m.limit.kind[k] == kindTrafo:
			above[k] = m.limit.id[k]
		default:
			above[k] = above[par]
		}
	}
	return above
}

// metered is the transformer whose meter sees what a bus draws.
func (m *Model) metered(above []int32, peaks map[int32]int64, bus int) (int32, bool) {
	k, ok := m.node(bus)
	if !ok || above[k] < 0 {
		return 0, false
	}
	_, ok = peaks[above[k]]
	return above[k], ok
}

// Nameplate is a transformer with what it is rated for.
type Nameplate struct {
	Trafo   int
	RatedVA int64
}

// Nameplates lists the closed transformers, ascending by id.
func (m *Model) Nameplates() []Nameplate {
	list := make([]Nameplate, len(m.trafo))
	for i, t := range m.trafo {
		list[i] = Nameplate{int(m.limit.id[t.branch]), t.snVA}
	}
	return list
}

// Above is the nearest transformer that feeds a bus; ok is false if none does.
func (m *Model) Above(bus int) (trafo int, ok bool) {
	k, ok := m.node(bus)
	if !ok {
		return 0, false
	}
	for m.limit.kind[k] != kindTrafo {
		par := int(m.hot.par[k])
		if par == k {
			return 0, false
		}
		k = par
	}
	return int(m.limit.id[k]), true
}

// Feeding reports whether a transformer is one of those that feed something.
func (m *Model) Feeding(trafo int) bool {
	_, ok := m.trafoAt(trafo)
	return ok
}

// trafoAt finds a transformer by its number.
func (m *Model) trafoAt(id int) (i int, ok bool) {
	return slices.BinarySearchFunc(m.trafo, id, func(t trafoNode, id int) int { return int(m.limit.id[t.branch]) - id })
}

// Upstream lists the transformers that feed another, from the nearest to the source;
// none if the model does not know it.
func (m *Model) Upstream(trafo int) []int {
	var list []int
	i, ok := m.trafoAt(trafo)
	if !ok {
		return nil
	}
	for k := int(m.trafo[i].branch); ; {
		par := int(m.hot.par[k])
		if par == k {
			return list
		}
		if k = par; m.limit.kind[k] == kindTrafo {
			list = append(list, int(m.limit.id[k]))
		}
	}
}

// SourceOf is the bus of the source that feeds a transformer; ok is false if the model
// does not know the transformer.
func (m *Model) SourceOf(trafo int) (bus int, ok bool) {
	i, ok := m.trafoAt(trafo)
	if !ok {
		return 0, false
	}
	lo, hi := m.span(int(m.tree[m.trafo[i].branch]))
	for k := lo; k < hi; k++ { // what stands for the grid behind a source is no bus of its own
		if m.bus[k] >= 0 {
			return m.busID(k), true
		}
	}
	return 0, false
}
