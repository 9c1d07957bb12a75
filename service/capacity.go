package service

import (
	"slices"

	"aiqyn"
)

// CapacityRule says how the free capacity of a network is known, and for how long
// what was published binds whoever would say that there is none. Days are
// calendar days.
type CapacityRule struct {
	Measured int   // a meter's reading that is not older makes a transformer measured
	Peak     int   // the highest reading of so many days is its load
	Constant int   // so many days on end with one figure are a meter that stands still
	MostPct  int64 // a reading above so many percent of what it is rated for is none
	Window   int   // what was published so long before a filing, and since, binds
	History  int   // an unproven refusal is held against grants at the same transformer for so long; 0: at the same parcel alone
	Lesser   bool  // that it granted less than it had refused is named, with the difference; packs from before say nothing
	Settled  int   // readings on so many of the days of Peak, all since a connection, make it part of the measured load; 0: nothing does
	// AgreePct is by how many percent two meters of one transformer may differ and
	// agree: they do not stand at the very same place, nor are they read at the very
	// same minute.
	AgreePct int64
	// Senders is how many people must have sent the readings of the two meters by which
	// what was published is withdrawn; packs from before say nothing, and ask for no two.
	Senders int
	// Meters is that those two must have been registered before they were read; packs from
	// before say nothing.
	Meters bool
	// Registrars is how many people must have registered those two; packs from before say
	// nothing, and ask for no two.
	Registrars int
	// Raised is that a correction by which less power may be left free takes two such
	// meters as well; packs from before ask for two that agree, whosever.
	Raised bool
	// Owed is that what nobody knows within reach of an application without room is to be
	// measured by the date of the step that decides; packs from before say nothing.
	Owed     bool
	Limits   *LimitRule // nil: packs from before leave them to who puts a network into force
	Voltages []VoltageRule
	// Corrections is the closed list of reasons for which a reading that was sent may
	// be corrected; none: nothing may.
	Corrections []CorrectionReason
	Law         aiqyn.Law
}

// LimitRule is what free capacity is reckoned within, in percent: of the rated voltage
// from VoltageLeast to VoltageMost, of the rated current of a line and of a transformer,
// and the power factor of load that is asked for, lagging.
type LimitRule struct {
	VoltageLeast, VoltageMost, Line, Trafo, PowerFactor int64
	Law                                                 aiqyn.Law
}

// CorrectionReason is one reason why a reading was sent wrongly.
type CorrectionReason struct {
	Name string
	Text aiqyn.Text
}

// Correction finds one of the reasons for a correction.
func (r *CapacityRule) Correction(name string) (CorrectionReason, bool) {
	i := slices.IndexFunc(r.Corrections, func(c CorrectionReason) bool { return c.Name == name })
	if i < 0 {
		return CorrectionReason{}, false
	}
	return r.Corrections[i], true
}

// VoltageRule says which load may ask for a voltage, and what connects it so.
type VoltageRule struct {
	Question, Answer string
	Least, Most      int64 // kilowatts; 0: no limit
	Above, UpTo      int64 // volts of the bus
}

// defaultAgree is what packs from before have held meters to.
const defaultAgree = 10

// Asked is the rule of the voltage that answers ask for; ok is false if they ask for
// none that the pack knows. value gives an answer by its question.
func (r *CapacityRule) Asked(value func(question string) any) (rule VoltageRule, ok bool) {
	if r == nil {
		return VoltageRule{}, false
	}
	for _, v := range r.Voltages {
		if value(v.Question) == v.Answer {
			return v, true
		}
	}
	return VoltageRule{}, false
}

// Unfit is the first rule of a voltage that answers name and a load in kilowatts does
// not fit; ok is false if it fits all that they name. value gives an answer by its
// question.
func (r *CapacityRule) Unfit(load int64, value func(question string) any) (rule VoltageRule, ok bool) {
	if r == nil {
		return VoltageRule{}, false
	}
	for _, v := range r.Voltages {
		if value(v.Question) == v.Answer && (load < v.Least || v.Most != 0 && load > v.Most) {
			return v, true
		}
	}
	return VoltageRule{}, false
}

func voltageRule(v value) VoltageRule {
	f := v.fields("question", "answer", "least", "most", "above", "up-to")
	rule := VoltageRule{
		Question: f.need("question").name(), Answer: f.need("answer").name(), Least: f.get("least").whole(1, 1_000_000),
		Most: f.get("most").whole(1, 1_000_000), Above: f.get("above").whole(1, 35_000), UpTo: f.need("up-to").whole(1, 35_000),
	}
	if rule.Most != 0 && rule.Most < rule.Least || rule.UpTo <= rule.Above {
		f.fail("nothing is between these limits")
	}
	return rule
}

func (r *reader) limits(v value) *LimitRule {
	if v.absent() {
		return nil
	}
	f := v.fields("voltage-least", "voltage-most", "line", "transformer", "power-factor", "law")
	return &LimitRule{
		VoltageLeast: f.need("voltage-least").whole(50, 100), VoltageMost: f.need("voltage-most").whole(100, 150),
		Line: f.need("line").whole(1, 200), Trafo: f.need("transformer").whole(1, 200), PowerFactor: f.need("power-factor").whole(50, 100), Law: r.needLaw(f, "limits of a network"),
	}
}

// capacity reads how free capacity is known and what it binds.
func (r *reader) capacity(v value) *CapacityRule {
	if v.absent() {
		return nil
	}
	f := v.fields("measured", "peak", "constant", "most", "window", "history", "lesser", "meters", "settled", "agree", "owed", "raised", "registrars", "senders", "limits", "voltages", "corrections", "law")
	rule := &CapacityRule{
		Measured: int(f.need("measured").whole(1, 366)), Peak: int(f.need("peak").whole(1, 3660)), Constant: int(f.need("constant").whole(2, 366)),
		MostPct: f.need("most").whole(100, 1000), Window: int(f.need("window").whole(1, 366)), Law: r.needLaw(f, "free capacity"),
	}
	if h := f.get("history"); !h.absent() {
		rule.History = int(h.whole(1, 3660))
	}
	if v := f.get("settled"); !v.absent() { // packs from before say nothing
		rule.Settled = int(v.whole(1, int64(max(rule.Peak, 1))))
	}
	rule.AgreePct = defaultAgree
	if v := f.get("agree"); !v.absent() {
		rule.AgreePct = v.whole(1, 50)
	}
	if v := f.get("senders"); !v.absent() {
		rule.Senders = int(v.whole(1, 2))
	}
	if v := f.get("lesser"); !v.absent() {
		rule.Lesser = v.yes()
	}
	if v := f.get("meters"); !v.absent() {
		rule.Meters = v.yes()
	}
	if v := f.get("registrars"); !v.absent() {
		rule.Registrars = int(v.whole(1, 2))
	}
	if v := f.get("raised"); !v.absent() {
		rule.Raised = v.yes()
	}
	if v := f.get("owed"); !v.absent() {
		rule.Owed = v.yes()
	}
	rule.Limits = r.limits(f.get("limits"))
	for _, item := range f.get("voltages").items() {
		rule.Voltages = append(rule.Voltages, voltageRule(item))
	}
	for _, item := range f.get("corrections").items() {
		g := item.fields("reason", "text")
		c := CorrectionReason{Name: g.need("reason").name(), Text: r.text(g.need("text"))}
		if _, twice := rule.Correction(c.Name); twice {
			g.fail("the reason is there already")
		}
		rule.Corrections = append(rule.Corrections, c)
	}
	return rule
}
