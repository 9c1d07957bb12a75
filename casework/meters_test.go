package casework

import (
	"strings"
	"testing"
	"time"

	"aiqyn"
	"aiqyn/deadline"
)

// registers says that meters stand at the transformer of the rig from today on: one
// person of the first, another of the others.
func (r *rig) registers(meters ...string) Result {
	r.t.Helper()
	first := r.registersBy(meterReader, meters[0])
	if len(meters) > 1 {
		r.registersBy(secondReader, meters[1:]...)
	}
	return first
}

func (r *rig) registersBy(who aiqyn.Actor, meters ...string) Result {
	r.t.Helper()
	rows := []string{"trafo,meter,since"}
	for _, m := range meters {
		rows = append(rows, "1,"+m+","+deadline.DateOf(r.clock().In(r.Zone)).String())
	}
	return r.must(RegisterMeters{ID: r.id(), Actor: who, Table: []byte(strings.Join(rows, "\n"))})
}

// TestMetersAreRegistered: which meter stands where, by whom and since when is an entry;
// readings from before it bear nothing out, nor do those of a meter that was moved.
func TestMetersAreRegistered(t *testing.T) {
	r := filled(t) // M-1 has read 390 kW, and nobody has registered it
	head := aiqyn.Actor{Role: aiqyn.RoleHead, Officer: "head-01", Body: "utility"}
	reduce := func() error {
		_, err := r.Do(t.Context(), ReduceMargin{ID: r.id(), Actor: head, Trafo: 1, Ground: "Желіге жаңа тұтынушы қосылды."})
		return err
	}
	r.must(Measurements{ID: r.id(), Actor: secondReader, Table: []byte(r.peaks("M-2", 388))})
	answersKey(t, reduce(), "error.reduction-evidence") // of no registered meter
	entry := r.registers("M-1", "M-2").First
	answersKey(t, reduce(), "error.reduction-evidence") // they were read before
	r.pass(24 * time.Hour)
	r.measure(r.peaks("M-1", 392))
	r.must(RegisterMeters{ID: r.id(), Actor: meterReader, Table: []byte("trafo,meter,since\n,M-2,2026-06-01\n")})
	r.must(Measurements{ID: r.id(), Actor: secondReader, Table: []byte(r.peaks("M-2", 389))})
	answersKey(t, reduce(), "error.reduction-evidence") // it was taken down
	r.registersBy(meterReader, "M-2")
	r.pass(24 * time.Hour)
	r.measure(r.peaks("M-1", 391))
	r.must(Measurements{ID: r.id(), Actor: secondReader, Table: []byte(r.peaks("M-2", 391))})
	answersKey(t, reduce(), "error.reduction-evidence") // who has registered the one has registered the other
	r.registersBy(secondReader, "M-2")
	r.pass(24 * time.Hour)
	r.must(Measurements{ID: r.id(), Actor: secondReader, Table: []byte(r.peaks("M-2", 393))})
	if err := reduce(); err != nil {
		t.Errorf("two that were registered before: %v", err)
	}
	list, err := r.Meters(t.Context(), aiqyn.Actor{}, 1, Page{})
	if err != nil || len(list.Items) != 2 || list.Items[0] != (MeterView{"M-1", "2026-06-01", entry, -1}) || list.Items[1].Gone != -1 || list.Items[1].Entry == entry {
		t.Errorf("%+v %v", list.Items, err)
	}
	batches, err := r.MeterBatches(t.Context(), meterReader, Page{Limit: 2})
	if err != nil || len(batches.Items) != 2 || batches.Next == "" || batches.Items[0].By != secondReader.Officer || batches.Items[0].Meters != 1 {
		t.Errorf("%+v %v", batches, err)
	}
	r.wantClean()
	r.whole()
}

// TestMetersThatCannotBe are told row by row, and none of the table is registered.
func TestMetersThatCannotBe(t *testing.T) {
	r := newRig(t)
	r.keepNetwork()
	table := []byte("trafo,meter,since\n1,M-1,2026-05-01\n7,M-2,2026-05-01\n1,M-3,2036-05-01\n1,M-1,2026-05-02\n")
	_, err := r.Do(t.Context(), RegisterMeters{ID: r.id(), Actor: meterReader, Table: table})
	answersKey(t, err, "error.meters-faults")
	report, err := r.CheckMeters(t.Context(), meterReader, table)
	said := ""
	for _, f := range report.Faults {
		said += f.Err.Key + " "
	}
	if err != nil || report.Taken != 0 || said != "error.peak-trafo error.peak-future error.meters-twice " {
		t.Errorf("%q %v", said, err)
	}
	_, err = r.Do(t.Context(), RegisterMeters{ID: r.id(), Actor: meterReader, Table: []byte("trafo,meter,since\n")})
	answersKey(t, err, "error.meters-none")
	_, err = r.Do(t.Context(), RegisterMeters{ID: r.id(), Actor: meterReader, Table: []byte("trafo,meter,since\n" + strings.Repeat("1,M,2026-05-01\n", maxMeters+1))})
	answersKey(t, err, "error.meters-many")
	_, err = r.Do(t.Context(), RegisterMeters{ID: r.id(), Actor: aiqyn.Actor{Role: aiqyn.RoleEngineer, Officer: "engineer-01"}, Table: table})
	answersKey(t, err, "error.forbidden")
	if list, err := r.Meters(t.Context(), aiqyn.Actor{}, 1, Page{}); err != nil || len(list.Items) != 0 {
		t.Errorf("%+v %v", list, err)
	}
}

// TestTamperedMeters: the register of meters is what the entries have registered, and
// rebuilding makes it again.
func TestTamperedMeters(t *testing.T) {
	r := newRig(t)
	r.keepNetwork()
	r.registers("M-1", "M-2")
	for _, sql := range []string{
		`UPDATE meter SET since = '2020-01-01' WHERE meter = 'M-1'`, `DELETE FROM meter WHERE meter = 'M-2'`,
		`INSERT INTO meter (meter, trafo, since, entry) VALUES ('M-3', 1, '2020-01-01', 0)`,
	} {
		r.raw(sql)
		r.finds("regist")
		if mended := r.rebuild(); mended.Differed == 0 || len(mended.Problems) > 0 {
			t.Errorf("%s: %+v", sql, mended)
		}
		r.open()
		r.wantClean()
	}
}

// registersAnyhow writes a registration past the rules.
type registersAnyhow struct {
	apart
	d metersRegistered
}

func (c *registersAnyhow) decide(t *turn) error {
	ev := t.emitSystem(EventMeters, c.actor, &c.d)
	t.meters = c.d.rows(ev.index)
	c.finish(t)
	return nil
}

// TestTheAuditOfMeters: who registers, what, and that a withdrawal rests on meters that
// were registered before they were read.
func TestTheAuditOfMeters(t *testing.T) {
	for what, c := range map[string]struct {
		by   aiqyn.Actor
		list []meterStands
		want string
	}{
		"by an engineer":     {aiqyn.Actor{Role: aiqyn.RoleEngineer, Officer: "engineer-01"}, []meterStands{{"M-1", "2026-05-01", 1}}, "by somebody who may not"},
		"at no transformer":  {meterReader, []meterStands{{"M-1", "2026-05-01", 9}}, "error.peak-trafo"},
		"on a day to come":   {meterReader, []meterStands{{"M-1", "2036-05-01", 1}}, "error.peak-future"},
		"twice":              {meterReader, []meterStands{{"M-1", "2026-05-01", 1}, {"M-1", "2026-05-02", 1}}, "stands twice"},
		"none":               {meterReader, nil, "0 of them"},
		"of no day":          {meterReader, []meterStands{{"M-1", "May", 1}}, "is none"},
		"without its number": {meterReader, []meterStands{{"", "2026-05-01", 1}}, "is none"},
	} {
		t.Run(what, func(t *testing.T) {
			r := newRig(t)
			r.keepNetwork()
			if _, err := r.send(t.Context(), &registersAnyhow{apart{r.id(), c.by}, metersRegistered{c.list}}); err != nil {
				t.Fatal(err)
			}
			r.finds(c.want)
		})
	}
	for what, first := range map[string]func(r *rig){
		"after one was read": func(*rig) {},
		"by one person":      func(r *rig) { r.registersBy(meterReader, "M-1", "M-3") },
	} {
		t.Run(what, func(t *testing.T) {
			r := filledAfter(t, first)
			if what != "by one person" {
				r.registersBy(meterReader, "M-1")
				r.registersBy(secondReader, "M-3")
			}
			r.withdrawnBy("M-1", "M-3")
		})
	}
}

// withdrawnBy has an overseer withdraw alone what was published, by readings of two meters
// that do not bear it out, and holds that this is found.
func (r *rig) withdrawnBy(a, b string) {
	r.t.Helper()
	r.must(Measurements{ID: r.id(), Actor: secondReader, Table: []byte(r.peaks(b, 380))})
	overseer := aiqyn.Actor{Role: aiqyn.RoleOverseer, Officer: "overseer-01"}
	if _, err := r.send(r.t.Context(), &reducesAlone{apart{r.id(), overseer}, marginReduction{Ground: "x", Meters: []string{a, b}, Trafo: 1, Watt: 380_000}}); err != nil {
		r.t.Fatal(err)
	}
	r.finds("no two meters bear it out")
}
