package casework

import (
	"encoding/json"
	"strings"
	"testing"

	"aiqyn"
	"aiqyn/grid"
	"aiqyn/service"
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
	if err := file("50", "phases", "one-phase"); aiqyn.KindOf(err) != aiqyn.Invalid || keyOf(err) != "error.voltage-most" {
		t.Errorf("50 kW by one phase, which is not asked at so much: %v", err)
	}
	if err := file("100", "voltage", "medium"); keyOf(err) != "error.voltage-least" {
		t.Errorf("100 kW at medium voltage, which is not asked at so little: %v", err)
	}
	if _, err := r.ConnectionPoints(t.Context(), Wish{Parcel: plot, KW: 50, Answers: map[string]string{"phases": "three-phase"}}); err != nil {
		t.Errorf("50 kW by three phases: %v", err)
	}
	assignment := File{ID: r.id(), Actor: aiqyn.Actor{Role: aiqyn.RoleApplicant, Person: holder}, Service: "construction.assignment", Channel: "online", Lang: aiqyn.Kazakh, Answers: map[string]string{
		"parcel": plot, "purpose": "business", "floors": "2", "power": "yes", "load": "50", "phases": "one-phase", "category": "III", "water": "no", "fire-water": "no",
	}}
	if _, err := r.Do(t.Context(), assignment); keyOf(err) != "error.voltage-most" {
		t.Errorf("50 kW by one phase, asked for along with an assignment: %v", err)
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
	tables := b.prices(r.Capacity.tables())
	if len(tables) != 2 || tables[0].Reach() == tables[1].Reach() || tables[1].Reach() != r.Capacity.Costs.Reach() {
		t.Errorf("%d tables, %b", len(tables), tables[0].Reach())
	}
}

// TestTheAuditOfVoltages: a ruling may look for points at the asked voltage alone only
// as long as it finds one, and by the prices that were published.
func TestTheAuditOfVoltages(t *testing.T) {
	cable := []grid.Cable{{MaxW: 1_000_000, PerM: 900}}
	table := grid.Costs{From: "2026-01-01", Levels: []grid.Level{{Cables: cable, MaxV: 1_000, Tap: 5}, {Cables: cable, MaxV: 10_000, Tap: 50}, {MaxV: 35_000}}}
	pack := &service.Pack{Capacity: &service.CapacityRule{Voltages: []service.VoltageRule{{Question: "voltage", Answer: "medium", Above: 1_000, UpTo: 35_000}}}}
	dearer := table.Between(1_000, 35_000)
	dearer.Levels[1].Tap++
	const found, none = `{"best":{"bus":2}}`, `{"best":null}`
	for _, tt := range []struct {
		name  string
		costs grid.Costs
		asked string
		out   string
		want  string
	}{
		{"the whole table", table, "medium", none, ""},
		{"what was asked for", table.Between(1_000, 35_000), "medium", found, ""},
		{"no point, and the rest was not looked at", table.Between(1_000, 35_000), "medium", none, "not looked at every voltage"},
		{"another voltage than asked for", table.Between(0, 1_000), "medium", found, "leaves out points"},
		{"nothing was asked for", table.Between(1_000, 35_000), "", found, "leaves out points"},
		{"other prices", dearer, "medium", found, "not published"},
	} {
		in, err := json.Marshal(map[string]any{"costs": tt.costs})
		if err != nil {
			t.Fatal(err)
		}
		c := &caseAudit{auditor: &auditor{prices: []grid.Costs{table}}, pack: pack, rec: &record{state: &State{Answers: map[string]any{"voltage": tt.asked}}}}
		c.voltages(&event{index: 7}, &ruled{Computed: []computed{{With: grid.ConnectionPoints2, In: in, Out: []byte(tt.out)}}})
		var said string
		for _, f := range c.found {
			said += f.What
		}
		if (tt.want == "") != (said == "") || !strings.Contains(said, tt.want) {
			t.Errorf("%s: %q", tt.name, said)
		}
	}
}
