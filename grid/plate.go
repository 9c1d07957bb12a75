package grid

import "math"

// plate is what a transformer's nameplate says, with the rated voltages moved
// by its tap, for so many units in parallel.
type plate struct {
	snMVA, vnHV, vnLV float64 // MVA, kV
	vk, vkr           float64 // %
	pfeKW, i0         float64 // kW, %
	shift, parallel   float64 // degrees, units
}

// model is the pi equivalent in per unit on 1 MVA at buses of the given rated
// voltages: the impedances are those at the moved voltage of the lower side.
func (p plate) model(kvHV, kvLV float64) TrafoModel {
	zbase := p.vnLV / kvLV
	zbase *= zbase
	z, r := p.vk/100/p.snMVA*zbase, p.vkr/100/p.snMVA*zbase
	x := math.Sqrt(max(float64(z*z)-float64(r*r), 0))
	pfe, magnet := p.pfeKW/1000, p.i0/100*p.snMVA
	g, b := pfe/zbase, math.Sqrt(max(float64(magnet*magnet)-float64(pfe*pfe), 0))/zbase
	return TrafoModel{RPU: r / p.parallel, XPU: x / p.parallel, GPU: g * p.parallel, BPU: -b * p.parallel,
		Ratio: p.vnHV / p.vnLV / (kvHV / kvLV), ShiftDeg: p.shift}
}
