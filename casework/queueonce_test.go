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
