package allocation

import "math/bits"

// Week is what has changed ahead of somebody who waits in one week: how many of
// those before them went, and how many came before them.
type Week struct{ Gone, Came int }

// Wait is in how many weeks, from 1, somebody's turn comes: in one of ten cases by
// Early, in half of them by Median, in nine of ten by Late. One that is beyond
// [Horizon] is 0.
type Wait struct{ Early, Median, Late int }

// Horizon is how many weeks a forecast looks ahead: five years, as long as a child is
// of the age for a kindergarten.
const Horizon = 260

// forecastTrials are how many courses a forecast tries.
const forecastTrials = 500

// Forecast tells when the turn of who stands at a position, from 1, may come, if weeks
// to come are like weeks that were: it draws them from the past at random, with
// replacement, as often as it takes (the bootstrap of Efron 1979). Since the past is
// itself only some weeks of many that could have been, each course draws from a past
// that was drawn so as well: else the terms would be too sure. It forgets that weeks
// differ by season, and that those who stand together may be offered places
// elsewhere together. The same past gives the same forecast on every machine. It has
// none, false, if nobody ahead has gone in the whole past, or there is no past.
func Forecast(past []Week, position int) (Wait, bool) {
	gone := 0
	random := splitMix(position)
	for _, w := range past {
		gone += w.Gone
	}
	if gone == 0 || position < 1 {
		return Wait{}, false
	}
	var ends [Horizon + 1]int // trials by the week in which they end, 0: not within the horizon
	drawn := make([]Week, len(past))
	for range forecastTrials {
		for i := range drawn {
			drawn[i] = past[random.below(len(past))]
		}
		ends[course(&random, drawn, position)]++
	}
	by := func(share int) int { // the first week by which so many of ten have ended
		n := 0
		for week := 1; week <= Horizon; week++ {
			if n += ends[week]; n*10 >= share*forecastTrials {
				return week
			}
		}
		return 0
	}
	return Wait{Early: by(1), Median: by(5), Late: by(9)}, true
}

// course is the week in which a turn comes in one course of weeks, 0 if in none.
func course(random *splitMix, past []Week, ahead int) int {
	for week := 1; week <= Horizon; week++ {
		w := past[random.below(len(past))]
		if ahead += w.Came - w.Gone; ahead <= 0 {
			return week
		}
	}
	return 0
}

// splitMix is SplitMix64 (Steele, Lea and Flood 2014): numbers that look like chance,
// the same ones every time.
type splitMix uint64

// below is a number from 0 to n−1.
func (s *splitMix) below(n int) int {
	*s += 0x9e3779b97f4a7c15
	z := uint64(*s)
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	hi, _ := bits.Mul64(z^z>>31, uint64(n))
	return int(hi)
}
