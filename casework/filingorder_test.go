package casework

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"aiqyn"
	"aiqyn/grid"
	"aiqyn/registry"
	"aiqyn/store"
)

// The order of filing as a citizen lives it: nobody loses a place by somebody else's
// slowness, and nobody gains one by it.

const thirdPlot = "99-999-002-002"

var theHolder = aiqyn.Actor{Role: aiqyn.RoleApplicant, Person: holder}

// surveysAll has applications surveyed and brings them to whoever is next.
func (r *rig) surveysAll(refs ...aiqyn.Reference) {
	r.t.Helper()
	for _, ref := range refs {
		r.pass(10 * time.Second)
		r.survey(ref)
	}
	r.pass(10 * time.Second)
}

// standsBehind holds that a case cannot be granted while others stand before it.
func (r *rig) standsBehind(ref, before aiqyn.Reference) {
	r.t.Helper()
	_, err := r.Do(r.t.Context(), r.granting(ref))
	if r.refused(err, "error.stands-behind"); err == nil {
		return
	}
	if e, _ := asError(err); e != nil && !strings.Contains(e.Error(), string(before)) {
		r.t.Errorf("it waits for %v, not for %s", e, before)
	}
}

// grantedAt grants a case, and holds it to a bus.
func (r *rig) grantedAt(ref aiqyn.Reference, bus int) {
	r.t.Helper()
	r.must(r.granting(ref))
	if at := r.view(ref).Ruling.Points.Best.Bus; at != bus {
		r.t.Errorf("granted at bus %d, not at %d", at, bus)
	}
}

// ownerAnswers has the owner answer the one who filed at a place among those who asked: 0 is
// who filed last.
func (r *rig) ownerAnswers(owner aiqyn.PersonID, nth int, records map[string]string) {
	r.t.Helper()
	them := aiqyn.Actor{Role: aiqyn.RoleApplicant, Person: owner}
	mine, err := r.Mine(r.t.Context(), them, Page{})
	if err != nil || len(mine.Items) <= nth {
		r.t.Fatalf("%s has %d cases, %v", owner, len(mine.Items), err)
	}
	r.must(Perform{ID: r.id(), Actor: them, Ref: mine.Items[nth].Ref, Step: "answer", Records: records})
	r.pass(10 * time.Second)
}

// ownedTown is a town whose cheapest point is below somebody's own transformer.
func ownedTown(t *testing.T) *rig {
	t.Helper()
	r := newRig(t, func(c *Config) {
		c.Capacity = secondPoint(t, 120)
		c.Capacity.Places = []TrafoPlace{{Trafo: 1, Name: "ТП-1", Basis: basisEstimated, Parcel: ownedParcel}}
	})
	r.register(registry.PeopleRegister, string(firstOwner), registry.Person{IIN: firstOwner, Phone: "+77000000077", Lang: "ru", Name: registry.Name{Last: "Сейтов", First: "Ерлан"}})
	r.register(registry.RightRegister, ownedParcel, registry.Right{Parcel: ownedParcel, Holders: []registry.Holder{{Person: firstOwner, Share: "1/1"}}})
	r.keepPower()
	n := twoPoints(120)
	places := []byte(`{"trafos":[{"Trafo":1,"Name":"ТП-1","Parcel":"` + ownedParcel + `"}]}`)
	for _, s := range []store.Snapshot{{Hash: n.Hash(), Kind: "network", Data: n.Encode(), Added: start}, {Hash: hexSum(places), Kind: "places", Data: places, Added: start}} {
		if err := r.db.PutSnapshot(t.Context(), s); err != nil {
			t.Fatal(err)
		}
	}
	return r
}

// TestTheOrderWhileAnOwnerIsAsked: the owner of the best transformer answers whoever filed
// later first. That one does not have the power of the first by it, and the first one does
// not lose the point beside it while the owner is silent.
func TestTheOrderWhileAnOwnerIsAsked(t *testing.T) {
	yes, no := map[string]string{"consent": "yes"}, map[string]string{"consent": "no", "consent-refused": "own-need"}
	for _, says := range []string{"yes", "no", "nothing"} {
		t.Run(says, func(t *testing.T) {
			r := ownedTown(t)
			first := r.file(holder, plot, 250)
			r.pass(time.Minute)
			second := r.file(holder, secondPlot, 250)
			r.surveysAll(second) // the surveyor of the first one takes longer
			r.ownerAnswers(firstOwner, 0, yes)
			r.standsBehind(second, first)
			r.reopen()
			r.standsBehind(second, first)
			r.surveysAll(first)
			r.standsBehind(second, first)
			third := r.file(holder, thirdPlot, 200)
			switch says {
			case "yes":
				r.ownerAnswers(firstOwner, 0, yes)
				r.standsBehind(second, first)
				r.grantedAt(first, 2)
				r.grantedAt(second, 3)
			case "no":
				r.ownerAnswers(firstOwner, 0, no)
				r.grantedAt(second, 2)
				r.surveysAll(third)
				r.standsBehind(third, first) // it has not lost the other point meanwhile
				r.grantedAt(first, 3)
			default:
				r.at(r.view(first).Due.At.Add(time.Minute))
				if v := r.view(first); v.Step.Name != "conditions" {
					t.Fatalf("the owner's time is over: %s", v.Step.Name)
				}
				r.grantedAt(second, 2)
				r.pass(10 * time.Second)
				r.grantedAt(first, 3)
			}
			r.wantClean()
			r.whole()
			r.wantClean()
		})
	}
}

// keep keeps a network as a snapshot that rulings name.
func (r *rig) keep(n *grid.Network) {
	r.t.Helper()
	if err := r.db.PutSnapshot(r.t.Context(), store.Snapshot{Hash: n.Hash(), Kind: "network", Data: n.Encode(), Added: start}); err != nil {
		r.t.Fatal(err)
	}
}

// fullTown is a town whose power somebody has, and one who filed after them and is to be
// refused for want of it, and somebody later.
func fullTown(t *testing.T) (r *rig, holds, first aiqyn.Reference) {
	t.Helper()
	r = newRig(t)
	r.keepPower()
	holds = r.toConditions(holder, thirdPlot, 250)
	r.must(r.granting(holds))
	return r, holds, r.toConditions(holder, plot, 250)
}

// heard has the hearing of a case pass, if there is one.
func (r *rig) heard(ref aiqyn.Reference) {
	r.t.Helper()
	if h := r.view(ref).Hearing; h != nil {
		r.at(h.RefuseNot.Add(time.Second))
	}
}

// givesBack has power freed that was granted.
func (r *rig) givesBack(ref aiqyn.Reference) {
	r.t.Helper()
	r.must(Withdraw{ID: r.id(), Actor: theHolder, Ref: ref})
}

// TestPowerFreedInAHearingGoesToWhoIsHeard: while somebody is heard who is to be refused for
// want of power, it is freed. It is theirs, and not of whoever filed later.
func TestPowerFreedInAHearingGoesToWhoIsHeard(t *testing.T) {
	r, holds, first := fullTown(t)
	if err := r.refuse(first); err != nil {
		t.Fatal(err)
	}
	second := r.toConditions(holder, secondPlot, 250)
	small := r.toConditions(holder, "99-999-002-003", 20)
	r.must(r.granting(small)) // who is to be refused takes nothing from anybody
	r.givesBack(holds)
	r.standsBehind(second, first)
	r.reopen()
	r.standsBehind(second, first)
	if err := r.refuse(first); err == nil {
		t.Error("it is refused for want of power that there is")
	}
	r.must(r.granting(first))
	if err := r.refuse(second); err != nil {
		t.Errorf("a true refusal: %v", err)
	}
	r.wantClean()
	r.whole()
	r.wantClean()
}

// TestWhoIsHeardForAnotherReasonHoldsNobodyUp: power mends nothing there.
func TestWhoIsHeardForAnotherReasonHoldsNobodyUp(t *testing.T) {
	r := newRig(t)
	r.keepPower()
	first := r.toConditions(stranger, plot, 250)
	second := r.toConditions(holder, secondPlot, 250)
	r.must(Decide{ID: r.id(), Actor: r.officer(first), Ref: first, Step: "conditions", Reason: "no-right"})
	r.must(r.granting(second))
	r.wantClean()
}

// TestTheOrderOfWhoAppeals: somebody was refused, for want of power or of a right, and
// appeals; meanwhile power is freed, or the register is mended. They are before whoever has
// filed later, whether the appeal grants or sends back.
func TestTheOrderOfWhoAppeals(t *testing.T) {
	for _, c := range []struct {
		reason  string
		outcome AppealOutcome
	}{{"no-capacity", AppealAnnulled}, {"no-capacity", AppealReturned}, {"no-right", AppealReturned}} {
		t.Run(c.reason+" "+string(c.outcome), func(t *testing.T) {
			who := holder
			var r *rig
			var holds, first aiqyn.Reference
			if c.reason == "no-right" {
				who, r = stranger, newRig(t)
				r.keepPower()
				first = r.toConditions(stranger, plot, 250)
			} else {
				r, holds, first = fullTown(t)
			}
			engineer := r.officer(first)
			for range 2 {
				r.must(Decide{ID: r.id(), Actor: engineer, Ref: first, Step: "conditions", Reason: c.reason})
				r.heard(first)
			}
			if v := r.view(first); v.Outcome != aiqyn.Refused {
				t.Fatalf("it came to %q", v.Outcome)
			}
			second := r.file(holder, secondPlot, 250)
			if c.reason == "no-right" {
				r.register(registry.RightRegister, plot, registry.Right{Parcel: plot, Holders: []registry.Holder{{Person: stranger, Share: "1/1"}}})
			}
			r.must(Appeal{ID: r.id(), Actor: aiqyn.Actor{Role: aiqyn.RoleApplicant, Person: who}, Ref: first, Text: "Тексеріңіз."})
			r.surveysAll(second)
			if holds != "" {
				r.givesBack(holds)
			}
			r.standsBehind(second, first)
			r.must(r.decision(first, c.outcome))
			if c.outcome == AppealReturned {
				r.pass(10 * time.Second)
				r.standsBehind(second, first)
				r.must(r.granting(first))
			}
			if v := r.view(first); v.Outcome != aiqyn.Granted {
				t.Errorf("it came to %q", v.Outcome)
			}
			if err := r.refuse(second); err != nil {
				t.Errorf("a true refusal: %v", err)
			}
			r.wantClean()
			r.whole()
			r.wantClean()
		})
	}
}

// TestTheOrderOfWhoWasSentOn: an application reaches the log that is competent days after
// somebody has filed there. It is before them, for as many days as if it had been filed
// where it belongs.
func TestTheOrderOfWhoWasSentOn(t *testing.T) {
	north, south, _ := twoLogs(t)
	north.file(holder, southPlot, 250)
	for _, r := range []*rig{north, south} {
		r.pass(50 * time.Hour)
	}
	second := south.file(holder, plot, 250)
	south.pass(time.Minute)
	if err := north.tells(); err != nil {
		t.Fatal(err)
	}
	first := south.found(EventTakenOn).Ref
	for _, ref := range []aiqyn.Reference{second, first} {
		south.drawn()
		south.survey(ref)
	}
	south.drawn()
	south.standsBehind(second, first)
	south.reopen()
	south.standsBehind(second, first)
	if v := south.view(second); len(v.Ruling.Earlier) != 1 || v.Ruling.Earlier[0].Until.Before(south.view(first).Came.Arrived.AddDate(0, 0, 35)) {
		t.Errorf("it loses days on its way: %+v", v.Ruling.Earlier)
	}
	south.must(south.granting(first))
	if err := south.refuse(second); err != nil {
		t.Errorf("a true refusal: %v", err)
	}
	south.wantClean()
}

// drawn has what is recorded witnessed, and officers drawn by it.
func (r *rig) drawn() {
	r.t.Helper()
	if err := r.Cosign(r.t.Context()); err != nil {
		r.t.Fatal(err)
	}
	r.pass(10 * time.Second)
}

// TestTheOrderOfATemporaryConnection: it is before later ones as any other is, and when its
// conditions are over unused what it had is theirs in the order of filing.
func TestTheOrderOfATemporaryConnection(t *testing.T) {
	r := newRig(t)
	r.keepPower()
	cmd := r.filing(holder, plot, 250)
	cmd.Answers["term"] = "temporary"
	first := r.must(cmd).Ref
	r.pass(time.Minute)
	second := r.file(holder, secondPlot, 250)
	r.surveysAll(second, first)
	r.standsBehind(second, first)
	r.must(r.granting(first))
	if err := r.refuse(second); err != nil {
		t.Errorf("a true refusal: %v", err)
	}
	r.heard(second)
	if err := r.refuse(second); err != nil {
		t.Errorf("a true refusal: %v", err)
	}
	r.pass(181 * 24 * time.Hour)
	third := r.file(holder, thirdPlot, 250)
	fourth := r.toConditions(holder, "99-999-002-003", 250)
	r.standsBehind(fourth, third)
	r.surveysAll(third)
	r.must(r.granting(third))
	r.wantClean()
}

// TestImportedHistoryStandsBeforeNobody: what a former system says was filed years before
// is no application, and keeps nobody waiting.
func TestImportedHistoryStandsBeforeNobody(t *testing.T) {
	r := newRig(t)
	r.keepPower()
	first := r.file(holder, plot, 250)
	old := imported("8")
	old.Answers["load"] = "250"
	r.must(old)
	second := r.toConditions(holder, secondPlot, 250)
	r.standsBehind(second, first)
	r.givesBack(first)
	r.must(r.granting(second))
	r.wantClean()
}

// TestFilingsOfOneMoment: what is claimed is computed before a filing has its turn. Whoever
// had theirs meanwhile is not missed: of those who file at once each claims where there is
// room beside those before.
func TestFilingsOfOneMoment(t *testing.T) {
	r := newRig(t, func(c *Config) { c.Capacity = secondPoint(t, 120) })
	r.keepPower()
	r.keep(twoPoints(120))
	filings := []File{r.filing(holder, plot, 250), r.filing(holder, secondPlot, 250)}
	atOnce(2, func(i int) (Result, error) { return r.Do(t.Context(), filings[i]) })
	var claims [][]int
	for _, ev := range r.entries() {
		if d, ok := ev.data.(*lookedUp); ok {
			claims = append(claims, claimIn(d.Claim).Buses)
		}
	}
	if len(claims) != 2 || !slices.Equal(claims[0], []int{2}) || !slices.Equal(claims[1], []int{2, 3}) {
		t.Errorf("they claim %v", claims)
	}
	r.wantClean()
}

// TestManyWhoFitHoldNobodyUp: three hundred ask for a kilowatt each. Whoever has room beside
// all of them is granted, however many they are; whoever has not waits for the earliest.
func TestManyWhoFitHoldNobodyUp(t *testing.T) {
	r := newRig(t)
	r.keepPower()
	var earliest aiqyn.Reference
	for i := range 300 {
		parcel := fmt.Sprintf("99-999-005-%03d", i)
		r.register(registry.ParcelRegister, parcel, registry.Parcel{Number: parcel, Area: 600, Region: "71", District: "7110", Lat: 51.1, Lon: 71.4, X: 500050, Y: 5660000})
		r.register(registry.RightRegister, parcel, registry.Right{Parcel: parcel, Holders: []registry.Holder{{Person: holder, Share: "1/1"}}})
		if ref := r.file(holder, parcel, 1); earliest == "" {
			earliest = ref
		}
	}
	r.pass(time.Minute)
	fits := r.toConditions(holder, plot, 50)
	r.must(r.granting(fits))
	waits := r.toConditions(holder, secondPlot, 80)
	r.standsBehind(waits, earliest)
	if v := r.view(waits); v.Ruling.Ahead != 300 || len(v.Ruling.Earlier) != grid.MostClaims {
		t.Errorf("%d stand before it, %d are named", v.Ruling.Ahead, len(v.Ruling.Earlier))
	}
	if v, err := r.Case(t.Context(), theHolder, waits); err != nil || v.Ruling.Ahead != 0 {
		t.Errorf("who applied is told that %d do, %v", v.Ruling.Ahead, err)
	}
	r.wantClean()
	r.reopen()
	r.wantClean()
}
