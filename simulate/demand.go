package simulate

import (
	"math"
	"math/rand/v2"
)

// demand is what a parcel draws at the town's winter peak, already with the
// diversity of its kind: the share in the transformer's peak, not its own.
type demand struct{ kw, kvar float64 }

func (d demand) kva() float64 { return math.Hypot(d.kw, d.kvar) }

func (d demand) times(k float64) demand { return demand{d.kw * k, d.kvar * k} }

// demands draws one for each lot. Houses of the centre and by the river heat
// with electricity; the others with gas or coal.
func demands(r *rand.Rand, lots []lot) []demand {
	out := make([]demand, len(lots))
	for i, l := range lots {
		kw, pf := 0.0, 0.96
		switch l.use {
		case Dwelling:
			kw = between(r, 1.6, 3.4)
			if heatsElectrically(l.district) {
				kw = between(r, 3.2, 6.2)
			}
		case Flats:
			kw = float64(l.units) * between(r, 0.9, 1.3)
		case Shop:
			kw = between(r, 6, 26)
		case Workshop:
			kw, pf = between(r, 25, 130), 0.91
		case School:
			kw, pf = between(r, 80, 150), 0.94
		case Clinic:
			kw, pf = between(r, 50, 110), 0.94
		}
		out[i] = demand{kw, kw * math.Tan(math.Acos(pf))}
	}
	return out
}

func heatsElectrically(district int) bool {
	return district == districtCentre || district == districtRiver
}
