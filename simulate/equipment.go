package simulate

import (
	"math"

	"aiqyn/grid"
)

// conductor is one kind of line by its usual design values, per kilometre.
// They are textbook figures of the types in use, not a maker's sheet.
type conductor struct {
	name string
	r, x float64 // Ω/km
	b    float64 // µS/km
	imax float64 // A, long-term
}

var (
	// overhead are insulated low-voltage lines; bare are those of the old streets.
	overhead = []conductor{
		{"СИП-2 3×50", 0.641, 0.0794, 0, 195}, {"СИП-2 3×70", 0.443, 0.0785, 0, 240},
		{"СИП-2 3×95", 0.320, 0.0758, 0, 300}, {"СИП-2 3×120", 0.253, 0.0745, 0, 340},
	}
	bare = []conductor{
		{"А-25", 1.14, 0.345, 0, 135}, {"А-35", 0.83, 0.336, 0, 170}, {"А-50", 0.576, 0.325, 0, 215},
		{"А-70", 0.412, 0.315, 0, 265}, {"А-95", 0.308, 0.303, 0, 320},
	}
	// cables are low-voltage ones in the ground, for large consumers.
	cables = []conductor{
		{"АВБбШв 4×50", 0.641, 0.0625, 0, 130}, {"АВБбШв 4×95", 0.320, 0.0602, 0, 205},
		{"АВБбШв 4×150", 0.206, 0.0596, 0, 275}, {"АВБбШв 4×240", 0.125, 0.0587, 0, 360},
	}
	// houseDrop joins one house to its pole.
	houseDrop = conductor{"СИП-4 4×16", 1.91, 0.0865, 0, 100}
	// medium are 10 kV cables; old are those with paper insulation.
	medium = []conductor{
		{"АПвПу 3×(1×120)", 0.253, 0.123, 72, 280}, {"АПвПу 3×(1×185)", 0.164, 0.116, 82, 350},
		{"АПвПу 3×(1×240)", 0.125, 0.112, 91, 405},
	}
	old = []conductor{
		{"ААБл 3×16", 1.94, 0.113, 41, 75}, {"ААБл 3×25", 1.24, 0.099, 50, 90}, {"ААБл 3×35", 0.89, 0.095, 55, 115},
		{"ААБл 3×50", 0.62, 0.090, 63, 140}, {"ААБл 3×70", 0.443, 0.086, 72, 165}, {"ААБл 3×95", 0.326, 0.083, 79, 205},
		{"ААБл 3×120", 0.258, 0.081, 82, 240}, {"ААБл 3×150", 0.206, 0.079, 91, 275}, {"ААБл 3×240", 0.129, 0.075, 110, 355},
	}
)

// line makes a line of n parallel conductors.
func (c conductor) line(from, to int, metres float64, n int) grid.Line {
	km, k := math.Max(metres, 1)/1000, float64(n)
	imax := c.imax * k
	return grid.Line{
		From: from, To: to, ROhm: round(c.r*km/k, 7), XOhm: round(c.x*km/k, 7), BUS: round(c.b*km*k, 4),
		LengthKM: round(km, 4), IMaxA: &imax,
	}
}

// amperes of a three-phase load.
func amperes(kva, kv float64) float64 { return kva / (math.Sqrt(3) * kv) }

// smallest is the first of the conductors, and the least number of them in
// parallel, that carry a current.
func smallest(of []conductor, amps float64) (conductor, int) {
	for n := 1; ; n++ {
		for _, c := range of {
			if c.imax*float64(n) >= amps {
				return c, n
			}
		}
	}
}

// nameplate is a distribution transformer's size and losses.
type nameplate struct{ kva, vk, pk, p0, i0 float64 }

// nameplates are 10/0.4 kV transformers of the usual sizes, ascending.
var nameplates = []nameplate{
	{160, 4.5, 2.60, 0.41, 2.2}, {250, 4.5, 3.70, 0.55, 1.9}, {400, 4.5, 5.40, 0.83, 1.8},
	{630, 5.5, 7.45, 1.06, 1.6}, {1000, 5.5, 10.80, 1.55, 1.2},
}

// trafo makes a Δ/Y-11 transformer between two buses.
func (p nameplate) trafo(hv, lv int, name string) grid.Trafo {
	mva := p.kva / 1000
	vkr := p.pk / p.kva * 100
	noLoad := math.Sqrt(math.Max(0, math.Pow(p.i0/100*p.kva, 2)-p.p0*p.p0)) / 1000
	return grid.Trafo{
		Name: name, HV: hv, LV: lv, SnKVA: p.kva, VnHVKV: 10, VnLVKV: 0.4,
		VkPct: p.vk, VkrPct: round(vkr, 4), PfeKW: p.p0, I0Pct: p.i0, TapStepPct: 2.5, TapSide: "hv",
		Model: grid.TrafoModel{
			RPU: round(vkr/100/mva, 8), XPU: round(math.Sqrt(p.vk*p.vk-vkr*vkr)/100/mva, 8),
			GPU: round(p.p0/1000, 8), BPU: -round(noLoad, 8), Ratio: 1, ShiftDeg: 330,
		},
	}
}
