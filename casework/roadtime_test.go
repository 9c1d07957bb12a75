package casework

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"aiqyn"
	"aiqyn/registry"
	"aiqyn/release"
)

// owns enters somebody who owns a parcel of their own.
func (r *rig) owns(p aiqyn.PersonID, n int) (parcel string) {
	r.t.Helper()
	parcel = fmt.Sprintf("99-999-003-%03d", n)
	r.register(registry.PeopleRegister, string(p), registry.Person{IIN: p, Name: registry.Name{Last: "Омарова", First: "Айгүл"}, Phone: "+77000000009", Lang: "kk"})
	r.register(registry.ParcelRegister, parcel, registry.Parcel{Number: parcel, Area: 600, Region: "71", District: "7110", Lat: 51.1, Lon: 71.4, X: 500050, Y: 5660000})
	r.register(registry.RightRegister, parcel, registry.Right{Parcel: parcel, Holders: []registry.Holder{{Person: p, Share: "1/1"}}})
	return parcel
}

// roadsRig is a town in which twelve people have gone the whole road on the same days
// of June and eleven are under way.
func roadsRig(t *testing.T) (*rig, []aiqyn.Reference) {
	t.Helper()
	r := newRig(t)
	r.keepNetwork()
	var refs []aiqyn.Reference
	each := func(do func(p aiqyn.PersonID, ref aiqyn.Reference)) {
		for i, ref := range refs {
			do(citizen(i), ref)
		}
		r.pass(10 * time.Second)
	}
	for i := range 12 {
		refs = append(refs, r.file(citizen(i), r.owns(citizen(i), i), 5))
	}
	r.at(start.AddDate(0, 0, 2))
	each(func(_ aiqyn.PersonID, ref aiqyn.Reference) { r.survey(ref) })
	r.at(start.AddDate(0, 0, 3))
	each(func(_ aiqyn.PersonID, ref aiqyn.Reference) {
		r.must(Decide{ID: r.id(), Actor: r.officer(ref), Ref: ref, Step: "conditions", Grant: true})
	})
	for i := range refs {
		refs[i] = r.following(refs[i])
	}
	r.at(start.AddDate(0, 0, 9))
	each(func(p aiqyn.PersonID, ref aiqyn.Reference) {
		r.takes(p, ref, map[string]string{"builder": "own", "builder-licence": "KZ-1"})
	})
	r.at(start.AddDate(0, 0, 19))
	each(func(p aiqyn.PersonID, ref aiqyn.Reference) {
		r.takes(p, ref, map[string]string{"built-on": "2026-06-19"})
	})
	r.at(start.AddDate(0, 0, 21))
	each(func(_ aiqyn.PersonID, ref aiqyn.Reference) {
		r.inspect(ref, map[string]string{"fit": "yes", "meter": "Z-1"})
	})
	r.at(start.AddDate(0, 0, 22))
	each(func(_ aiqyn.PersonID, ref aiqyn.Reference) {
		r.must(Decide{ID: r.id(), Actor: r.officer(ref), Ref: ref, Step: "energising", Grant: true})
	})
	for i := range 11 {
		r.file(citizen(100+i), r.owns(citizen(100+i), 100+i), 5)
	}
	return r, refs
}

// TestTheWholeRoadIsCounted: from the first of June to the twenty-third there are 22
// midnights; in six of them the utility was waited for, in sixteen the applicant. The
// case says so, the release says so of twelve people together, and the audit makes it
// again and finds what was altered.
func TestTheWholeRoadIsCounted(t *testing.T) {
	r, refs := roadsRig(t)
	want := release.Road{Days: 22, Working: 16, Waits: release.Waits{Applicant: 16, Body: 6}}
	if road := r.view(refs[0]).Road; road.Days != want.Days || road.Spent != want {
		t.Errorf("the road took %d days, %+v, want %+v", road.Days, road.Spent, want)
	}
	r.at(almaty(t, "2026-07-01 10:00"))
	r.release(true)
	f, _, err := r.Figures(t.Context())
	if err != nil || len(f.Roads) != 3 { // all, of a month, in a district
		t.Fatalf("%+v, %v", f.Roads, err)
	}
	for i, place := range []string{"energy.connection   ", "energy.connection  71 7110", "energy.connection 2026-06  "} {
		g := f.Roads[i]
		if got := strings.Join([]string{g.Service, g.Month, g.Region, g.District}, " "); got != place || g.Cases != 12 || g.Median != (release.Days{N: 30}) ||
			g.Working != 12*16 || g.Waits != (release.Waits{Applicant: 12 * 16, Body: 12 * 6}) {
			t.Errorf("%q: %+v", got, g)
		}
	}
	if g := f.Roads[0]; g.Running != 10 || g.Still != (release.Days{N: 30}) || f.Roads[1].Running != 0 {
		t.Errorf("under way: %+v", g)
	}
	r.sound()
}

// TestForgedRoadsAreFound: an engine that announces a release which says something else
// of roads than their events, as its own, is found by an audit.
func TestForgedRoadsAreFound(t *testing.T) {
	part := func(alter func(*release.RoadPart)) func(*release.Release) {
		return func(x *release.Release) {
			for i := range x.Groups {
				for j := range x.Groups[i].Roads {
					alter(&x.Groups[i].Roads[j])
				}
			}
		}
	}
	for what, alter := range map[string]func(*release.Release){
		"waited for the applicant": part(func(p *release.RoadPart) { p.Waits.Applicant, p.Waits.Body = p.Waits.Applicant+12, p.Waits.Body-12 }),
		"working days":             part(func(p *release.RoadPart) { p.Working-- }),
		"how long":                 part(func(p *release.RoadPart) { p.Days[0].To = 40 }),
		"another month": part(func(p *release.RoadPart) {
			if p.Month != "" {
				p.Month = "2026-05"
			}
		}),
		"untold":    func(x *release.Release) { x.Groups[1].Roads = nil },
		"under way": func(x *release.Release) { x.Running = nil },
	} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			r, _ := roadsRig(t)
			r.at(almaty(t, "2026-07-01 10:00"))
			state, _, err := r.releasedState(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			size, err := r.db.SizeAt(t.Context(), almaty(t, "2026-07-01 00:00"))
			if err != nil {
				t.Fatal(err)
			}
			x, err := r.buildRelease(t.Context(), state, mustDate(t, "2026-06-30"), size)
			if err != nil {
				t.Fatal(err)
			}
			was, _ := x.Encode()
			alter(x)
			data, err := x.Encode()
			if err != nil || bytes.Equal(data, was) {
				t.Fatalf("nothing was altered: %v", err)
			}
			if _, err := r.send(t.Context(), &releaseDays{apart: apart{cid: r.id(), actor: aiqyn.System}, data: data, release: x,
				d: released{From: x.From.String(), To: x.To.String(), Hash: hexSum(data), Closed: x.Closed, Opened: size - x.Closed}}); err != nil {
				t.Fatal(err)
			}
			if rep := r.audit(); !problemAt(rep, r.size()-1, "says something else than the cases") {
				t.Errorf("the audit finds %+v", rep.Problems)
			}
		})
	}
}
