package casework

import (
	"slices"
	"testing"
	"time"

	"aiqyn"
	"aiqyn/allocation"
	"aiqyn/store"
)

// TestWeeksOfALine counts moves by whole weeks back, and leaves out what is older than
// the rounds that are known, or may be one of more.
func TestWeeksOfALine(t *testing.T) {
	now := start.AddDate(0, 0, 30)
	var rounds []instantOf
	for dayNo := range 30 { // entry 100 on the first day, 110 on the next …
		rounds = append(rounds, instantOf{int64(100 + 10*dayNo), start.AddDate(0, 0, dayNo)})
	}
	move := func(entry int64, step int64) store.QueueMove { return store.QueueMove{Entry: entry, Step: step} }
	moves := []store.QueueMove{move(395, -1), move(391, 1), move(335, -1), move(330, -1), move(329, -1), move(125, -1), move(105, -1)}
	want := []allocation.Week{{Gone: 1, Came: 1}, {Gone: 3}, {}, {}}
	if got := weeksOf(rounds, moves, now); !slices.Equal(got, want) {
		t.Errorf("%+v, want %+v", got, want)
	}
	many := make([]store.QueueMove, forecastMoves)
	for i := range many {
		many[i] = move(395, -1)
	}
	many[forecastMoves-1] = move(255, -1) // in the third week, of which more may follow
	if got := weeksOf(rounds, many, now); len(got) != 2 || got[0].Gone != forecastMoves-1 {
		t.Errorf("of a line that moves fast: %+v", got)
	}
}

// TestAForecast: one place a week, and who stands third hears of three weeks; where no
// round was held for long, of none.
func TestAForecast(t *testing.T) {
	r := nursery(t, 1, 8)
	r.reports(1, 1)
	var refs []aiqyn.Reference
	for i := range 8 {
		refs = append(refs, r.queueUp(i, 1))
		r.pass(time.Minute)
	}
	last := refs[7]
	comes := func(i int) { // the first who waits is offered the place, and takes it
		holdRound(r)
		r.replies(i, refs[i], "yes")
		r.must(Perform{ID: r.id(), Actor: payer(childOf(i)), Ref: refs[i], Step: "enrolment", Records: map[string]string{"first-day": "2026-09-01"}})
	}
	comes(0)
	ask := func() ForecastView {
		f, err := r.Forecast(t.Context(), payer(childOf(7)), last, "kg-1/kk-2023")
		if err != nil {
			t.Fatal(err)
		}
		return f
	}
	if f := ask(); f.Known || f.Weeks != 0 {
		t.Errorf("after one round: %+v", f)
	}
	for n := range 4 {
		r.pass(7 * 24 * time.Hour)
		r.reports(1, n+2)
		comes(n + 1)
	}
	r.pass(24 * time.Hour)
	f := ask()
	if !f.Known || f.Weeks != 4 || f.Gone != 4 || f.Came != 0 || f.Wait != (allocation.Wait{Early: 3, Median: 3, Late: 3}) {
		t.Errorf("one place a week, at position 3: %+v", f)
	}
	if _, err := r.Forecast(t.Context(), payer(childOf(1)), last, "kg-1/kk-2023"); err == nil {
		t.Error("another's forecast is told")
	}
}
