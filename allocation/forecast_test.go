package allocation

import (
	"math/rand/v2"
	"testing"
)

// TestForecast holds the forecast to cases whose answer is known, and to what must be so
// of each: who stands further back waits no less, and the three follow one another.
func TestForecast(t *testing.T) {
	even := []Week{{Gone: 2}, {Gone: 2}, {Gone: 2}}
	for position, weeks := range map[int]int{1: 1, 2: 1, 3: 2, 10: 5, 520: 260} {
		if w, ok := Forecast(even, position); !ok || w != (Wait{weeks, weeks, weeks}) {
			t.Errorf("two a week, position %d: %+v", position, w)
		}
	}
	if w, ok := Forecast(even, 521); !ok || w != (Wait{}) {
		t.Errorf("beyond the horizon: %+v", w)
	}
	if w, ok := Forecast([]Week{{Gone: 1, Came: 1}, {Gone: 3, Came: 3}}, 4); !ok || w != (Wait{}) {
		t.Errorf("as many come as go: %+v, it never ends", w)
	}
	for _, past := range [][]Week{nil, {{}, {}}, {{Came: 5}}} {
		if w, ok := Forecast(past, 3); ok {
			t.Errorf("nobody has gone in %v, and there is a forecast: %+v", past, w)
		}
	}
	random := rand.New(rand.NewPCG(1, 2))
	for range 50 {
		past := make([]Week, 1+random.IntN(26))
		for i := range past {
			past[i] = Week{Gone: random.IntN(6), Came: random.IntN(3)}
		}
		past[0].Gone++
		last := 0
		for _, position := range []int{1, 5, 20, 80} {
			w, _ := Forecast(past, position)
			again, _ := Forecast(past, position)
			late := func(week int) int {
				if week == 0 {
					return Horizon + 1
				}
				return week
			}
			if w != again || late(w.Early) > late(w.Median) || late(w.Median) > late(w.Late) {
				t.Fatalf("%v, position %d: %+v, %+v", past, position, w, again)
			}
			if late(w.Median)+3 < last { // chance of its own at each position
				t.Errorf("%v: position %d has %+v, who stands before it %d", past, position, w, last)
			}
			last = late(w.Median)
		}
	}
}

// TestForecastHoldsBack plays queues whose weeks are as chance has them: the turn comes
// within what was forecast about as often as it says.
func TestForecastHoldsBack(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	week := func() Week { return Week{Gone: random.IntN(5), Came: random.IntN(2)} }
	const plays = 3000
	early, late := 0, 0
	for range plays {
		past := make([]Week, 26)
		for i := range past {
			past[i] = week()
		}
		position := 5 + random.IntN(40)
		w, _ := Forecast(past, position)
		turn := 0
		for ahead := position; ahead > 0; turn++ {
			x := week()
			ahead += x.Came - x.Gone
		}
		if turn <= w.Early {
			early++
		}
		if turn <= w.Late {
			late++
		}
	}
	// Of whole weeks the first by which one in ten has come is often one by which more have.
	t.Logf("of %d, %d were over by the early end and %d by the late one", plays, early, late)
	if early < plays*8/100 || early > plays*20/100 || late < plays*88/100 || late > plays*95/100 {
		t.Errorf("of %d, %d were over by the early end and %d by the late one", plays, early, late)
	}
}
