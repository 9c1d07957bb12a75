package casework

import (
	"testing"

	"aiqyn"
)

// TestVoltage: a load that cannot have the voltage it names is told so when it is filed;
// where no point at that voltage has room, one that has is found all the same.
func TestVoltage(t *testing.T) {
	r := newRig(t)
	r.keepNetwork()
	file := func(load, question, answer string) error {
		f := r.filing(holder, plot, 1)
		f.Answers["load"] = load
		delete(f.Answers, "phases")
		f.Answers[question] = answer
		_, err := r.Do(t.Context(), f)
		return err
	}
	if err := file("900", "voltage", "low"); keyOf(err) != "error.voltage-most" {
		t.Errorf("900 kW at low voltage: %v", err)
	}
	// The network of the tests has its one point at 0.4 kV.
	if err := file("250", "voltage", "medium"); err != nil {
		t.Fatal(err)
	}
	asked, err := r.ConnectionPoints(t.Context(), Wish{Parcel: plot, KW: 250, Answers: map[string]string{"voltage": "medium", "category": "II", "term": "temporary"}})
	if err != nil || asked.Points == nil || asked.Points.Best == nil || asked.Needed != 2 || asked.Sources != 1 || asked.Days != 180 {
		t.Errorf("%+v, %v", asked, err)
	}
	if _, err := r.ConnectionPoints(t.Context(), Wish{Parcel: plot, KW: 100, Answers: map[string]string{"voltage": "medium"}}); aiqyn.KindOf(err) != aiqyn.Invalid || keyOf(err) != "error.voltage-least" {
		t.Errorf("100 kW at medium voltage: %v", err)
	}
	b := &Binding{Capacity: r.Capacity, Rule: r.Pack().Capacity, Values: map[string]any{"voltage": "medium"}}
	tables := b.tables()
	if len(tables) != 2 || tables[0].Reach() == tables[1].Reach() || tables[1].Reach() != r.Capacity.Costs.Reach() {
		t.Errorf("%d tables, %b", len(tables), tables[0].Reach())
	}
}
