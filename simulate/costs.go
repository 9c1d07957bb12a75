package simulate

import (
	"math"

	"aiqyn"
	"aiqyn/grid"
)

// CostsStatus is what the cost table is: ours, invented to be of the right
// order, and no utility's price list.
const CostsStatus = aiqyn.Proposal

// Costs is what connecting costs in the town, in tiyn: a metre of cable by
// load, the tap, and above one kilovolt a transformer of one's own.
func Costs() grid.Costs {
	const tenge = 100
	return grid.Costs{
		From:      "2026-01-01",
		Source:    "Invented for the demonstration; a proposal, no utility's price list.",
		MaxRouteM: 1000,
		Levels: []grid.Level{
			{
				MaxV: 1000, Tap: 85_000 * tenge,
				Cables: []grid.Cable{
					wire(15, 4_500*tenge, houseDrop, 1), wire(60, 7_800*tenge, cables[0], 1),
					wire(105, 11_500*tenge, cables[1], 1), wire(150, 15_500*tenge, cables[2], 1),
					wire(200, 21_000*tenge, cables[3], 1), wire(350, 39_000*tenge, cables[3], 2),
				},
			},
			{
				MaxV: 35_000, Tap: 950_000 * tenge,
				Cables: []grid.Cable{
					wire(2_000, 24_000*tenge, medium[0], 1), wire(4_700, 33_000*tenge, medium[2], 1),
				},
				Stations: []grid.Station{
					kiosk(160, 7_400_000*tenge), kiosk(250, 8_900_000*tenge), kiosk(400, 11_500_000*tenge),
					kiosk(630, 15_200_000*tenge), kiosk(1000, 21_000_000*tenge), kiosk(1600, 31_000_000*tenge),
					kiosk(2500, 46_000_000*tenge), kiosk(5000, 91_000_000*tenge),
				},
			},
		},
	}
}

// wire is a conductor in the table, n in parallel, for up to kw.
func wire(kw, perMetre int64, c conductor, n float64) grid.Cable {
	return grid.Cable{MaxW: kw * 1000, PerM: perMetre,
		R: int64(math.Round(c.r * 1000 / n)), X: int64(math.Round(c.x * 1000 / n))}
}

// kiosk is a transformer station of the object's own, for loads at a power
// factor of 0.95 that just fill it. Those above the usual sizes are taken to
// behave like the largest of them.
func kiosk(kva, cost int64) grid.Station {
	plate := nameplates[len(nameplates)-1]
	for _, p := range nameplates {
		if p.kva >= float64(kva) {
			plate = p
			break
		}
	}
	r := plate.pk / plate.kva
	return grid.Station{MaxW: kva * 940, Cost: cost, RatedVA: kva * 1000,
		R: int64(math.Round(r * 1e6)), X: int64(math.Round(math.Sqrt(plate.vk*plate.vk/1e4-r*r) * 1e6))}
}

// Upgrades is what reinforcing the town's network costs, with the same standing
// as [Costs]: a line's conductor for the next thicker, a transformer for the next
// larger.
func Upgrades() grid.Upgrades {
	const tenge = 100
	var u grid.Upgrades
	thicker := func(maxV, perMetre int64, c conductor) {
		u.Conductors = append(u.Conductors, grid.Conductor{A: int64(c.imax), MaxV: maxV, PerM: perMetre,
			R: int64(math.Round(c.r * 1000)), X: int64(math.Round(c.x * 1000))})
	}
	for i, c := range overhead {
		thicker(1000, []int64{5_200, 6_400, 7_900, 9_300}[i]*tenge, c)
	}
	for i, c := range medium {
		thicker(35_000, []int64{24_000, 29_000, 34_000}[i]*tenge, c)
	}
	for _, plate := range nameplates {
		r := plate.pk / plate.kva
		u.Trafos = append(u.Trafos, grid.TrafoSize{Cost: (2_400_000 + int64(plate.kva)*9_000) * tenge, RatedVA: int64(plate.kva) * 1000,
			R: int64(math.Round(r * 1e6)), X: int64(math.Round(math.Sqrt(plate.vk*plate.vk/1e4-r*r) * 1e6))})
	}
	return u
}
