package grid

import "slices"

// FeederCapacity is what can still be drawn at the end of a feeder's first section:
// the line, above a kilovolt, that leaves the busbar of a substation or of a source.
type FeederCapacity struct {
	Line    int   `json:"line"`
	From    int   `json:"from"`     // transformer whose busbar it leaves; −1: a source
	Start   int   `json:"start"`    // bus that it leaves
	Bus     int   `json:"bus"`      // at its end
	LoadPPM int64 `json:"load_ppm"` // of the rated current, reservations included
	Below   int   `json:"below"`    // transformers that it feeds
	Capacity
}

// feederKV is from which voltage on a line is a feeder: below it is a street's.
const feederKV = 1

// feeders lists the feeders of a tree and how full they are, ascending by line. A line
// that feeds no transformer is no feeder. It is asked in the base state: what is free at
// their ends is found by solves after which the workspace holds another.
func (q *study) feeders() []FeederCapacity {
	m, lo := q.m, int(q.m.start[q.tree])
	_, hi := m.span(q.tree)
	below := make([]int, hi-lo)
	for k := hi - 1; k >= lo; k-- { // children come after their parents
		par := int(m.hot.par[k])
		if par == k || par < lo {
			continue
		}
		if m.limit.kind[k] == kindTrafo {
			below[k-lo]++
		}
		below[par-lo] += below[k-lo]
	}
	var list []FeederCapacity
	for k := lo; k < hi; k++ {
		par := int(m.hot.par[k])
		if par == k || par < lo || m.limit.kind[k] != kindLine || m.bus[k] < 0 || m.vnKV[k] < feederKV || below[k-lo] == 0 {
			continue
		}
		f := FeederCapacity{Line: int(m.limit.id[k]), From: -1, Start: m.busID(par), Bus: m.busID(k), LoadPPM: q.load(k), Below: below[k-lo]}
		up := par
		for m.limit.kind[up] == kindLink && int(m.hot.par[up]) != up { // busbars are coupled
			up = int(m.hot.par[up])
		}
		switch {
		case int(m.hot.par[up]) == up || m.limit.kind[up] == kindSource:
		case m.limit.kind[up] == kindTrafo:
			f.From = int(m.limit.id[up])
		default:
			continue
		}
		list = append(list, f)
	}
	slices.SortFunc(list, func(a, b FeederCapacity) int { return a.Line - b.Line })
	return list
}
