package casework

import (
	"slices"
	"testing"
	"time"

	"aiqyn"
)

// debts is what the utility owes and has owed, as anybody reads it.
func (r *rig) owedNow() []Debt {
	r.t.Helper()
	list, err := r.MeasurementsOwed(r.t.Context(), aiqyn.Actor{}, Page{})
	if err != nil {
		r.t.Fatal(err)
	}
	return list.Items
}

// TestWhatNobodyKnowsIsMeasuredInTime: as soon as the step begins that decides, the
// utility owes a reading by its date. It is overdue from then on, for all to see, until a
// meter has read it; an estimate is none.
func TestWhatNobodyKnowsIsMeasuredInTime(t *testing.T) {
	r := newRig(t, nobodyKnows)
	r.keepPower()
	r.publishPower()
	ref := r.toConditions(holder, plot, 900)
	due := r.view(ref).Due.At
	debts := r.owedNow()
	if len(debts) != 1 || !debts[0].Due.Equal(due) || len(debts[0].Trafos) != 1 || debts[0].Trafos[0].Trafo != 1 || !debts[0].Open() {
		t.Fatalf("due %v: %+v", due, debts)
	}
	answersKey(t, r.refuse(ref), "error.reason-not-true") // and nothing is owed twice
	r.at(due.Add(time.Hour))
	if debts = r.owedNow(); len(debts) != 1 || !debts[0].Overdue(r.clock()) {
		t.Errorf("its day has passed: %+v", debts)
	}
	r.publishPower()
	if card, err := r.Scorecard(t.Context(), ""); err != nil || card.Owed != 1 || card.Overdue != 1 {
		t.Errorf("the scorecard counts %d owed, %d overdue, %v", card.Owed, card.Overdue, err)
	}
	r.measure("trafo,day,peak_kw,meter\n1," + r.today().String() + ",10,\n") // the utility's word
	if debts = r.owedNow(); !debts[0].Overdue(r.clock()) {
		t.Errorf("an estimate is no reading: %+v", debts)
	}
	r.wantClean()
	entry := r.measure(r.peaks("M-1", 10)).First
	if debts = r.owedNow(); debts[0].Open() || debts[0].Trafos[0].Met != entry {
		t.Errorf("measured by entry %d: %+v", entry, debts)
	}
	r.pass(time.Hour)
	r.publishPower()
	if card, err := r.Scorecard(t.Context(), ""); err != nil || card.Owed != 0 || card.Overdue != 0 {
		t.Errorf("the scorecard counts %d owed, %d overdue, %v", card.Owed, card.Overdue, err)
	}
	r.wantClean()
	r.whole()
}

// TestNothingIsOwedWhereThereIsRoom, nor where all is known.
func TestNothingIsOwedWhereThereIsRoom(t *testing.T) {
	r := newRig(t, nobodyKnows)
	r.keepPower()
	r.publishPower()
	r.conditions(holder, plot, 50)
	known := newRig(t)
	known.keepPower()
	known.publishPower()
	known.toConditions(holder, plot, 900)
	for _, r := range []*rig{r, known} {
		if debts := r.owedNow(); len(debts) > 0 {
			t.Errorf("%+v", debts)
		}
		r.wantClean()
	}
}

// TestTheAuditOfWhatIsOwed: a debt that was left out, moved to a later day, or is of
// another transformer or step is found.
func TestTheAuditOfWhatIsOwed(t *testing.T) {
	r := newRig(t, nobodyKnows)
	r.keepPower()
	r.publishPower()
	ref := r.toConditions(stranger, plot, 900) // who has no right to the plot: the ruling finds both
	for range 2 {
		if _, err := r.Do(t.Context(), Decide{ID: r.id(), Actor: r.officer(ref), Ref: ref, Step: "conditions", Reason: "no-right"}); err != nil {
			t.Fatal(err)
		}
		r.pass(4 * 24 * time.Hour)
	}
	r.wantClean()
	without := func(list []*event) []*event {
		return slices.DeleteFunc(slices.Clone(list), func(ev *event) bool { return ev.kind == EventOwed })
	}
	r.forgedAs("nothing is owed", 1, without, "no entry says that a reading is owed")
	r.forgedAs("a year later", 1, each(func(d *measurementOwed) { d.Due = d.Due.AddDate(1, 0, 0) }), "by another day")
	r.forgedAs("of nothing", 1, each(func(d *measurementOwed) { d.Trafos = nil }), "not in order")
	r.forgedAs("twice", 1, each(func(d *measurementOwed) { d.Trafos = []int{1, 1}; d.Trafos = append(d.Trafos, 0) }), "not in order")
	r.forgedAs("in the survey", 1, func(list []*event) []*event {
		list = slices.Clone(list)
		i := slices.IndexFunc(list, func(ev *event) bool { return ev.kind == EventOwed })
		at := slices.IndexFunc(list, func(ev *event) bool { return ev.kind == EventPerformed })
		owed := list[i]
		return slices.Insert(slices.Delete(list, i, i+1), at, owed)
	}, "where nothing is decided on power")
}
