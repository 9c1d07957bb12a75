package grid

import (
	"math"
	"slices"
)

// How loads are brought to what meters have read: what a publication names. One that
// names none is of version 1, [Network.Measured]; version 2 is [Network.MeasuredTogether],
// version 3 [Network.MeasuredIdle].
const (
	MeasuredLoads2 = "grid.measured-loads@2"
	MeasuredLoads3 = "grid.measured-loads@3"
)

// MeasuredLoadsVersion is the version of one of them; 0 if it is none.
func MeasuredLoadsVersion(name string) int {
	switch name {
	case "":
		return 1
	case MeasuredLoads2:
		return 2
	case MeasuredLoads3:
		return 3
	}
	return 0
}

// Apart is a transformer that has never fed at once what those below it have read each
// by itself, and by how many watts it has fed less.
type Apart struct {
	Trafo int   `json:"trafo"`
	Watt  int64 `json:"w"`
}

// MeasuredTogether is version 2 of [Network.Measured]: a transformer's reading holds all
// that it feeds, also through other transformers. Each metered transformer feeds what it
// has read, neither more nor less, and nothing below another shrinks for it:
//
//   - What transformers below do not account for of a reading is drawn by the loads that
//     hang on it directly, by one factor; by its busbar if it has none.
//   - Where those below have read more, each on its own day, they stand at their own
//     readings, with the lines that feed them; that they do not draw it at once is taken
//     off at the busbar of the one that has read less, and told.
//
// So every line and transformer stands at the most that can have flowed through it, and
// no figure of a day on which all meters are right is above what holds. Version 1 put
// the reading of a substation beside what hangs below it: where both were metered, it
// was full twice over.
//
// Peaks are as in version 1; apart ascends by transformer.
func (n *Network) MeasuredTogether(m *Model, peaks []Peak, lim Limits) (measured *Network, apart []Apart, err error) {
	if err := n.checkPeaks(peaks); err != nil {
		return nil, nil, err
	}
	t := newTogether(m, n.Loads, peaks, lim, false)
	out := *n
	out.Loads = append(t.loads, t.added...)
	return &out, t.apart, nil
}

// newTogether brings loads to peaks.
func newTogether(m *Model, loads []Load, peaks []Peak, lim Limits, generating bool) *together {
	t := &together{m: m, above: m.nearestTrafo(), lim: lim, direct: make(map[int32][]int), below: make(map[int32]fed), generating: generating}
	t.loads = slices.Clone(loads)
	for i := range t.loads {
		if k, ok := m.node(t.loads[i].Bus); ok && t.above[k] >= 0 {
			id := t.above[k]
			t.direct[id] = append(t.direct[id], i)
		}
	}
	peakOf := make(map[int32]int64, len(peaks))
	for _, p := range peaks {
		peakOf[int32(p.Trafo)] = p.Watt
	}
	byNode := slices.Clone(m.trafo)
	slices.SortFunc(byNode, func(a, b trafoNode) int { return int(b.branch) - int(a.branch) }) // children before their parents
	for _, one := range byNode {
		id := m.limit.id[one.branch]
		sum := t.sum(id)
		if watt, ok := peakOf[id]; ok {
			sum = t.bring(one, watt)
		}
		if up := t.above[m.hot.par[one.branch]]; up >= 0 {
			t.below[up] = t.below[up].plus(sum)
		}
	}
	slices.SortFunc(t.added, func(a, b Load) int { return a.Bus - b.Bus })
	slices.SortFunc(t.apart, func(a, b Apart) int { return a.Trafo - b.Trafo })
	return t
}

// fed is power in whole watts and vars.
type fed struct{ p, q int64 }

func (f fed) plus(g fed) fed { return fed{f.p + g.p, f.q + g.q} }

func (l *Load) fed() fed {
	return fed{int64(math.Round(l.PKW * 1000)), int64(math.Round(l.QKVAr * 1000))}
}

// together is such a network in the making.
type together struct {
	m      *Model
	lim    Limits
	above  []int32         // by node
	loads  []Load          // of the network
	direct map[int32][]int // of them, by the transformer that is nearest above
	below  map[int32]fed   // through transformers below
	added  []Load
	apart  []Apart
	// generating is that what generates stands as it is, and the others make up for
	// them: what a meter reads is the difference of the two. Version 2 scaled both.
	generating bool
}

// own is what hangs on a transformer directly.
func (t *together) own(id int32) (own fed) {
	for _, i := range t.direct[id] {
		own = own.plus(t.loads[i].fed())
	}
	return own
}

// sum is what a transformer feeds.
func (t *together) sum(id int32) fed { return t.own(id).plus(t.below[id]) }

// bring makes a transformer feed what it has read, and returns that.
func (t *together) bring(one trafoNode, watt int64) fed {
	id := t.m.limit.id[one.branch]
	own, below := t.own(id), t.below[id]
	target := own.p
	if own.p > 0 || t.generating && t.draws(id) > 0 {
		// At its own peak a direct load may have drawn all that was surveyed, whatever is
		// left of the reading when all others have theirs.
		target = max(watt-below.p, min(own.p, watt))
		if target != own.p {
			t.scale(id, target)
		}
	}
	sum := t.sum(id)
	rest := watt - target - below.p
	if rest == 0 {
		return sum
	}
	at := Load{Bus: t.m.busID(int(one.branch)), PKW: float64(rest) / 1000}
	at.QKVAr = wholeWatts(float64(at.PKW * t.lim.tan()))
	if rest < 0 && sum.p > 0 {
		// What is not drawn at once has the power factor of all that is fed.
		per := float64(sum.q) / float64(sum.p)
		if t.generating { // which is none where most of the active power is generated below
			per = min(max(per, 0), t.lim.tan())
		}
		at.QKVAr = wholeWatts(float64(per * at.PKW))
	}
	if rest < 0 {
		t.apart = append(t.apart, Apart{int(id), -rest})
	}
	t.added = append(t.added, at)
	return sum.plus(at.fed())
}

// scaled reports whether a load is one of those that grow and shrink.
func (t *together) scaled(i int) bool { return !t.generating || !t.loads[i].generates() }

// draws is what the loads that hang on a transformer directly draw, without what
// generates, in watts.
func (t *together) draws(id int32) (sum int64) {
	for _, i := range t.direct[id] {
		if t.scaled(i) {
			sum += t.loads[i].fed().p
		}
	}
	return sum
}

// scale brings the direct loads of a transformer to so many watts together.
func (t *together) scale(id int32, to int64) {
	from, rest := 0.0, 0.0
	for _, i := range t.direct[id] {
		if t.scaled(i) {
			from += t.loads[i].PKW
		} else {
			rest += t.loads[i].PKW
		}
	}
	if from <= 0 { // loads of less than a watt and generation, that rounding made a sum
		return
	}
	factor := (float64(to)/1000 - rest) / from
	for _, i := range t.direct[id] {
		if l := &t.loads[i]; t.scaled(i) {
			l.PKW, l.QKVAr = wholeWatts(float64(l.PKW*factor)), wholeWatts(float64(l.QKVAr*factor))
		}
	}
}
