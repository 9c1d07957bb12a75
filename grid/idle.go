package grid

import (
	"cmp"
	"slices"
)

// Idle is what generates directly below a transformer by the survey, and is not counted
// on, in watts; Trafo is −1 for what no transformer feeds.
type Idle struct {
	Trafo int   `json:"trafo"`
	Watt  int64 `json:"w"`
}

// MeasuredIdle is version 3 of [Network.Measured]. It brings loads to readings as
// [Network.MeasuredTogether] does, and counts on no generation: what was surveyed as a
// load below zero may stand still at the hour of the peak, and gives neither active power
// nor reactive support then. Nor does it count on its standing still. The network that it
// makes has two states, and every limit must hold in both:
//
//   - Nothing generates. A metered transformer feeds what it has read, by loads alone.
//   - All that was surveyed as generating does, at what was surveyed. A meter reads the
//     difference: the loads make up for what is generated below it. What comes on then,
//     below zero and above, are loads of [WhenGenerating].
//
// Whatever part of the generation runs, each branch carries a flow between those of the
// two states. Version 2 scaled what generates with what draws, and took the sum for all
// that can be drawn. Idle ascends by transformer; a network that generates nothing is what
// version 2 makes of it.
func (n *Network) MeasuredIdle(m *Model, peaks []Peak, lim Limits) (measured *Network, apart []Apart, idle []Idle, err error) {
	if err := n.checkPeaks(peaks); err != nil {
		return nil, nil, nil, err
	}
	draws := slices.Clone(n.Loads)
	draws = slices.DeleteFunc(draws, func(l Load) bool { return l.generates() })
	still := newTogether(m, draws, peaks, lim, false)
	out := *n
	out.Loads = append(slices.Clone(still.loads), still.added...)
	if len(draws) < len(n.Loads) {
		running := newTogether(m, n.Loads, peaks, lim, true)
		out.Loads = append(out.Loads, comesOn(running, still)...)
		idle = idleOf(n.Loads, m)
	}
	return &out, still.apart, idle, nil
}

// generates reports whether a load of a survey is there only while generation runs.
func (l *Load) generates() bool { return l.PKW < 0 || l.When != "" }

// comesOn is what the loads have more while generation runs than while it stands still.
func comesOn(running, still *together) []Load {
	var more []Load
	add := func(l Load, p, q float64) {
		l.PKW, l.QKVAr, l.When = wholeWatts(p), wholeWatts(q), WhenGenerating
		if l.PKW != 0 || l.QKVAr != 0 {
			more = append(more, l)
		}
	}
	i := 0
	for _, l := range running.loads { // in the order of the others, which lack what generates
		if l.generates() {
			add(l, l.PKW, l.QKVAr)
			continue
		}
		was := still.loads[i]
		add(l, l.PKW-was.PKW, l.QKVAr-was.QKVAr)
		i++
	}
	was := still.added
	for _, l := range running.added { // each ascends by bus, and has one of each
		for ; len(was) > 0 && was[0].Bus < l.Bus; was = was[1:] {
			add(was[0], -was[0].PKW, -was[0].QKVAr)
		}
		if len(was) > 0 && was[0].Bus == l.Bus {
			l.PKW, l.QKVAr = l.PKW-was[0].PKW, l.QKVAr-was[0].QKVAr
			was = was[1:]
		}
		add(l, l.PKW, l.QKVAr)
	}
	for _, l := range was {
		add(l, -l.PKW, -l.QKVAr)
	}
	return more
}

// idleOf sums up what generates by the transformer that it hangs on.
func idleOf(loads []Load, m *Model) []Idle {
	of := make(map[int]int64)
	for i := range loads {
		l := &loads[i]
		if l.PKW >= 0 {
			continue
		}
		trafo, ok := m.Above(l.Bus)
		if !ok {
			trafo = -1
		}
		of[trafo] -= l.fed().p
	}
	list := make([]Idle, 0, len(of))
	for trafo, watt := range of {
		list = append(list, Idle{trafo, watt})
	}
	slices.SortFunc(list, func(a, b Idle) int { return cmp.Compare(a.Trafo, b.Trafo) })
	return list
}
