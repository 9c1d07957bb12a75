package casework

import (
	"testing"
	"time"

	"aiqyn"
	"aiqyn/registry"
)

const housing = aiqyn.ServiceID("land.housing-queue")

// builder is a rig with a place where plots are given, and somebody who was given one.
func builder(t *testing.T) *rig {
	t.Helper()
	r := nursery(t, 0, 0)
	for _, id := range []string{"p-1", "p-2"} {
		r.register(registry.PlotRegister, id, registry.Institution{ID: id, Title: aiqyn.Text{KK: id, RU: id, EN: id}, Region: "710000000", Groups: []registry.PlaceGroup{{ID: "plots", Places: 9}}})
		r.must(ReportPlaces{ID: r.id(), Actor: keeper(id), Service: housing, Institution: id, Group: "plots", Places: 2})
	}
	for _, who := range []aiqyn.PersonID{holder, stranger} {
		r.register(registry.PeopleRegister, string(who), registry.Person{IIN: who, Born: "1980-01-01", Phone: "+77000000000", Lang: "kk", Name: registry.Name{Last: "Сейтов", First: "Ерлан"}})
		r.register(registry.AddressRegister, string(who), registry.Address{Person: who, Region: "710000000", House: "1", Since: "2020-01-01"})
	}
	ref := r.must(r.forPlot(payer(holder))).Ref
	holdRound(r)
	r.must(Perform{ID: r.id(), Actor: payer(holder), Ref: ref, Step: "offer", Records: map[string]string{"accept": "yes"}})
	if q := r.stateOf(ref); q.State != QueuePlaced {
		t.Fatalf("after a yes it is %s", q.State)
	}
	r.pass(time.Hour)
	return r
}

func (r *rig) forPlot(by aiqyn.Actor) File {
	return File{ID: r.id(), Actor: by, Service: housing, Lang: "kk", Channel: "online", Answers: map[string]string{"first": "p-1", "second": "p-2"}}
}

// TestNoSecondPlot: who has a plot comes into the queue no more, nor does anybody for
// them; an operator who lets them in is named.
func TestNoSecondPlot(t *testing.T) {
	r := builder(t)
	r.fails(r.forPlot(payer(holder)), "error.queue-once")
	r.fails(r.forPlot(under(stranger, holder, r.mandated(holder, stranger, 30))), "error.queue-once")
	r.must(r.forPlot(payer(stranger))) // for themselves
	r.sound()
	svc, _ := r.Pack().Service(housing)
	once := svc.Queue.Once
	svc.Queue.Once = nil
	r.must(r.forPlot(payer(holder)))
	svc.Queue.Once = once
	r.auditFinds("gives a place once")
}

// heedlessOffer is an operator's: an offer of a place that is given once, without asking
// whether it still may be, or against what was answered.
type heedlessOffer struct {
	makeOffer
	asks bool
}

func (c *heedlessOffer) decide(t *turn) error {
	if c.asks {
		t.emit(EventLookedUp, aiqyn.System, &lookedUp{Readings: c.readings})
	}
	step := findStep(t.svc, t.svc.Queue.Offer)
	due, calendar, err := t.due(step, t.now)
	if err != nil {
		return err
	}
	t.emit(EventOffered, aiqyn.System, &offerMade{Calendar: calendar, Due: due, Group: c.group, Round: c.round}, atStep(step.Name))
	return nil
}

// heedlessBar is one too: somebody who may have a place leaves the queue.
type heedlessBar struct{ makeOffer }

func (c *heedlessBar) decide(t *turn) error {
	t.emit(EventLookedUp, aiqyn.System, &lookedUp{Readings: c.readings})
	step := atStep(t.svc.Queue.Offer)
	t.emit(EventBarred, aiqyn.System, &queueBarred{Group: c.group, Reason: "given-before", Round: c.round}, step)
	t.emit(EventLapsed, aiqyn.System, &lapsed{}, step, withOutcome(aiqyn.Lapsed))
	return nil
}

// TestNoSecondPlotByWaiting: who was given a plot elsewhere while they waited leaves the
// queue when their turn comes, is told why, and the plot is the next one's; the look-up is
// theirs to see. If the register is down the round waits for it. An operator who does not
// ask, or asks and offers all the same, or bars whom nothing bars, is named.
func TestNoSecondPlotByWaiting(t *testing.T) {
	r := builder(t)
	ref := r.must(r.forPlot(payer(stranger))).Ref
	r.register(registry.AllotmentRegister, string(stranger), registry.Allotments{Person: stranger, Given: 1, Latest: "2026-06-02"})
	r.pass(24 * time.Hour)
	holdRound(r)
	v := r.view(ref)
	if v.Outcome != aiqyn.Lapsed || v.Queue.State != QueueLeft || v.Queue.Group != nil {
		t.Errorf("who was given a plot elsewhere is %s %+v", v.Outcome, v.Queue)
	}
	kinds := make(map[EventKind]int)
	for _, ev := range v.Events {
		kinds[ev.Kind]++
	}
	if kinds[EventBarred] != 1 || kinds[EventOffered] != 0 || kinds[EventLookedUp] != 2 {
		t.Errorf("their case is %v", kinds)
	}
	if got := r.lettersTo("+77000000000"); len(got) == 0 || got[0] != "message.queue-barred" {
		t.Errorf("they are told %v", got)
	}
	if g := r.Places(housing, PlaceFilter{}, Page{}).Items[0]; g.Free() != 1 {
		t.Errorf("the plot is not the next one's: %+v", g)
	}
	r.fails(r.forPlot(payer(stranger)), "error.queue-barred")
	r.sound()
	r.reopen()
	r.sound()
	if rep := r.rebuild(); rep.Differed != 0 || len(rep.Problems) > 0 {
		t.Errorf("the rebuild says %+v", rep)
	}
}

// TestASecondPlotByHand plays the operator of the test before.
func TestASecondPlotByHand(t *testing.T) {
	for name, forge := range map[string]struct {
		given int
		late  bool
		of    func(makeOffer) command
		finds string
	}{
		"offers without asking":      {1, true, func(m makeOffer) command { return &heedlessOffer{m, false} }, "may not have it, or without asking again"},
		"asks and offers":            {1, false, func(m makeOffer) command { return &heedlessOffer{m, true} }, "may not have it, or without asking again"},
		"bars whom nothing does bar": {0, false, func(m makeOffer) command { return &heedlessBar{m} }, "for what registers do not say"},
	} {
		t.Run(name, func(t *testing.T) {
			r := builder(t)
			ref := r.must(r.forPlot(payer(stranger))).Ref
			r.register(registry.AllotmentRegister, string(stranger), registry.Allotments{Person: stranger, Given: forge.given})
			if forge.late {
				r.at(offersAskAgain.Add(time.Hour))
			}
			rec, err := r.caseOf(t.Context(), ref)
			if err != nil {
				t.Fatal(err)
			}
			m := makeOffer{onCase: onCase{cid: r.id(), actor: aiqyn.System, no: rec.state.No}, round: 1, group: "p-1/plots"}
			if err := m.prepare(t.Context(), r.Engine); err != nil {
				t.Fatal(err)
			}
			if _, err := r.send(t.Context(), forge.of(m)); err != nil {
				t.Fatal(err)
			}
			r.auditFinds(forge.finds)
		})
	}
}
