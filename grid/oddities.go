package grid

import "slices"

// maxNamed is how many elements of a kind are named; all are counted.
const maxNamed = 200

// Oddities is what a network has that a reader lets pass and nobody should overlook:
// lines without a rated current limit nothing, and a load below zero generates, at the
// peak as well. What is free behind either may be less in truth.
type Oddities struct {
	Generating  []int `json:"generating,omitempty"` // buses, ascending, the first 200
	GeneratingN int   `json:"generating_n,omitempty"`
	Unrated     []int `json:"unrated,omitempty"` // lines, ascending, the first 200
	UnratedN    int   `json:"unrated_n,omitempty"`
}

// None reports whether there is nothing to tell.
func (o Oddities) None() bool { return o.GeneratingN+o.UnratedN == 0 }

// Oddities lists them.
func (m *Model) Oddities() Oddities { return m.odd }

// named sorts what was found, each once, counts it and keeps the first.
func named(ids []int) (list []int, n int) {
	slices.Sort(ids)
	ids = slices.Compact(ids)
	return slices.Clip(ids[:min(len(ids), maxNamed)]), len(ids)
}

// oddities looks for them.
func (n *Network) oddities() (o Oddities) {
	var buses, lines []int
	for i := range n.Loads {
		if n.Loads[i].PKW < 0 && n.Loads[i].When == "" {
			buses = append(buses, n.Loads[i].Bus)
		}
	}
	for i := range n.Lines {
		if n.Lines[i].IMaxA == nil {
			lines = append(lines, n.Lines[i].ID)
		}
	}
	o.Generating, o.GeneratingN = named(buses)
	o.Unrated, o.UnratedN = named(lines)
	return o
}
