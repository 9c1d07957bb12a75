package casework

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"aiqyn"
	"aiqyn/deadline"
	"aiqyn/grid"
	"aiqyn/registry"
	"aiqyn/store"
)

// onlyTheOwner is a town whose one transformer is somebody's.
func onlyTheOwner(t *testing.T, kw float64) *rig {
	t.Helper()
	r := newRig(t, func(c *Config) {
		c.Capacity = testCapacity(t, kw)
		c.Capacity.Places = []TrafoPlace{{Trafo: 1, Name: "ТП-1", Basis: basisEstimated, Parcel: ownedParcel}}
	})
	r.register(registry.PeopleRegister, string(firstOwner), registry.Person{IIN: firstOwner, Phone: "+77000000077", Lang: "ru", Name: registry.Name{Last: "Сейтов", First: "Ерлан"}})
	r.register(registry.RightRegister, ownedParcel, registry.Right{Parcel: ownedParcel, Holders: []registry.Holder{{Person: firstOwner, Share: "1/1"}}})
	n := testNetwork(kw)
	places := []byte(`{"trafos":[{"Trafo":1,"Name":"ТП-1","Parcel":"` + ownedParcel + `"}]}`)
	for _, s := range []store.Snapshot{{Hash: n.Hash(), Kind: "network", Data: n.Encode(), Added: start}, {Hash: hexSum(places), Kind: "places", Data: places, Added: start}} {
		if err := r.db.PutSnapshot(t.Context(), s); err != nil {
			t.Fatal(err)
		}
	}
	return r
}

// asked brings a case to where its owner has answered.
func (r *rig) asked(parcel string, kw int, answer map[string]string) aiqyn.Reference {
	r.t.Helper()
	ref := r.file(holder, parcel, kw)
	r.pass(10 * time.Second)
	r.survey(ref)
	r.pass(10 * time.Second)
	r.says(firstOwner, answer)
	return ref
}

// TestTheOwnerAgreesToAnother: power that one applicant was refused for want of the
// owner's consent, and another is given, contradicts itself; the cause that is named is
// the owner's, also where less is given.
func TestTheOwnerAgreesToAnother(t *testing.T) {
	for _, c := range []struct {
		parcel string
		kw     int
		want   string
	}{
		{plot, 50, plot + " 4 false false consent"},
		{"99-999-002-001", 50, "99-999-002-001 4 false false at 1 consent"},
		{"99-999-002-001", 30, "99-999-002-001 4 false false at 1 consent"},
	} {
		r := onlyTheOwner(t, 400)
		ref := r.asked(plot, 50, map[string]string{"consent": "no", "consent-refused": "equipment"})
		for range 2 {
			r.must(Decide{ID: r.id(), Actor: r.officer(ref), Ref: ref, Step: "conditions", Reason: "no-consent"})
			r.pass(4 * 24 * time.Hour)
		}
		if v := r.view(ref); v.Outcome != aiqyn.Refused {
			t.Fatalf("%+v", v.Outcome)
		}
		r.wantClean()
		r.decides(r.asked(c.parcel, c.kw, map[string]string{"consent": "yes"}))
		if got := r.flips(); !slices.Equal(got, []string{c.want}) {
			t.Errorf("found %q, want %q", got, c.want)
		}
		r.wantClean()
		r.whole()
	}
}

// TestTheAuditOfWithheldConsent: that a refusal was for want of consent is held to what
// was computed.
func TestTheAuditOfWithheldConsent(t *testing.T) {
	r := onlyTheOwner(t, 400)
	ref := r.asked(plot, 50, map[string]string{"consent": "no", "consent-refused": "equipment"})
	for range 2 {
		r.must(Decide{ID: r.id(), Actor: r.officer(ref), Ref: ref, Step: "conditions", Reason: "no-consent"})
		r.pass(4 * 24 * time.Hour)
	}
	r.wantClean()
	r.forgedAs("no owner", 1, each(func(d *refused) {
		d.At = slices.Clone(d.At)
		d.At[0].Consent = false
	}), "the verdict is about other transformers than it says")
}

// TestHistoryOfLess: what a former system refused and then granted for less power is
// named with the difference, what it refused for want of a consent with that; by what the
// pack says, so that what was imported before stays as it was.
func TestHistoryOfLess(t *testing.T) {
	r := newRig(t)
	n := 0
	claim := func(parcel string, kw, month int, outcome aiqyn.Outcome, reason string) {
		t.Helper()
		n++
		c := imported(fmt.Sprint(n))
		c.Answers = map[string]string{"parcel": parcel, "load": fmt.Sprint(kw)}
		c.Applicant, c.Outcome, c.Reason = holder, outcome, reason
		c.Filed, c.Decided = deadline.Date{Year: 2020, Month: time.Month(month), Day: 1}, deadline.Date{Year: 2020, Month: time.Month(month), Day: 11}
		r.must(c)
	}
	claim("99-999-002-001", 50, 2, aiqyn.Refused, "no-capacity")
	claim("99-999-002-001", 20, 3, aiqyn.Granted, "") // planted: 30 kW less
	claim("99-999-002-002", 15, 3, aiqyn.Granted, "")
	claim("99-999-002-002", 40, 2, aiqyn.Refused, "no-capacity") // planted: imported the other way round
	claim("99-999-002-003", 50, 2, aiqyn.Refused, "no-consent")
	claim("99-999-002-003", 50, 3, aiqyn.Granted, "") // planted: the owner's
	list, err := r.Flips(t.Context(), watcher, Page{})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, f := range list.Items {
		got = append(got, fmt.Sprint(f.Object, " ", f.Change, " ", f.Watt))
	}
	slices.Sort(got)
	if want := []string{"99-999-002-001 smaller 30000", "99-999-002-002 smaller 25000", "99-999-002-003 consent 0"}; !slices.Equal(got, want) {
		t.Errorf("found %q, want %q", got, want)
	}
	r.wantClean()
	for what, forged := range map[string]func([]*event) []*event{
		"says something else of a refusal and a grant than they do": each(func(d *flip) { d.Watt = 1000 }),
		"and no entry says so": func(list []*event) []*event {
			return slices.DeleteFunc(list, func(ev *event) bool { return ev.kind == EventFlip })
		},
	} {
		problems := r.replayedWith(6, map[int64]func([]*event) []*event{2: forged})
		if !slices.ContainsFunc(problems, func(p Problem) bool { return strings.Contains(p.What, what) }) {
			t.Errorf("found %v, not %q", problems, what)
		}
	}
	a := verdict{Verdict: grid.Verdict{At: start, LoadW: 50_000}, ref: "A"}
	b := verdict{Verdict: grid.Verdict{At: start.AddDate(0, 1, 0), LoadW: 20_000}, ref: "B", granted: true}
	if f := flipOf(a, b, true, flipRule{days: 365}, nil); f != nil {
		t.Errorf("a pack that says nothing of less names %+v", f)
	}
}
