package casework

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"aiqyn"
	"aiqyn/evidence"
	"aiqyn/grid"
	"aiqyn/registry"
	"aiqyn/service"
)

// onRoad is what an applicant sends who begins a road or takes a step of it; nil
// for any other line.
func (s *telling) onRoad(l service.StoryLine, applicant aiqyn.Actor) any {
	s.t.Helper()
	switch l.Verb {
	case "applicant files for":
		s.about = s.people[0]
		if len(l.Args) == 2 {
			s.about = aiqyn.PersonID(l.Args[0])
		}
		s.svc, _ = s.Pack().Service(aiqyn.ServiceID(l.Args[len(l.Args)-1]))
		f := File{ID: s.id(), Actor: aiqyn.Actor{Role: aiqyn.RoleApplicant, Person: s.about}, Service: s.svc.ID, Channel: "online", Lang: "kk",
			Answers: make(map[string]string)}
		for _, set := range l.Set {
			f.Answers[set.Name] = set.Value
		}
		return f
	case "applicant contests":
		return Contest{ID: s.id(), Actor: applicant, Ref: s.ref, Text: l.Args[0]}
	case "applicant records":
		p := Perform{ID: s.id(), Actor: applicant, Ref: s.ref, Step: s.openStep(), Records: make(map[string]string)}
		for _, set := range l.Set {
			p.Records[set.Name] = set.Value
		}
		return p
	}
	return nil
}

// along goes to the case that follows the one that lines are about, or back.
func (s *telling) along(on bool) {
	s.t.Helper()
	rec, err := s.caseOf(s.t.Context(), s.ref)
	if err != nil {
		s.t.Fatal(err)
	}
	switch st := rec.state; {
	case on && st.Grant != nil && st.Grant.Follow != nil:
		s.ref = st.Grant.Follow.Ref
	case !on && st.From != nil:
		s.ref = st.From.Ref
	default:
		s.t.Fatalf("%s leads nowhere there", s.ref)
	}
	s.svc = s.view(s.ref).Service
}

// seedRosters names who can be drawn for a service, and for those that its filing
// brings along; those of the utility are there.
func (s *telling) seedRosters(svc *service.Service) {
	all := []*service.Service{svc}
	for _, b := range svc.Bring {
		along, _ := s.Pack().Service(b.Service)
		all = append(all, along)
	}
	for _, o := range s.Pack().Services {
		if o.Objects != nil && o.Objects.To == svc.ID {
			all = append(all, o)
		}
	}
	for _, svc := range all {
		for _, step := range svc.Steps {
			if step.Draw && svc.Body != "utility" {
				s.roster(step.By, svc.Body, string(svc.Body)+"-"+string(step.By), 6)
			}
		}
	}
}

// ownedParcel is the cadastral number of the test network's transformer where it is
// somebody's.
const ownedParcel = "99-999-009-001"

// holds enters who holds a parcel, several joined by commas.
func (s *telling) holds(parcel, people string) {
	right := registry.Right{Parcel: parcel}
	for p := range strings.SplitSeq(people, ",") {
		right.Holders = append(right.Holders, registry.Holder{Person: aiqyn.PersonID(p), Share: "1/1"})
	}
	s.register(registry.RightRegister, parcel, right)
}

// comesAlong goes to the case of a service that the filing has brought along, or by
// which somebody was asked: of several who were, to the first that was not gone to.
func (s *telling) comesAlong(service aiqyn.ServiceID) {
	s.t.Helper()
	rec, err := s.caseOf(s.t.Context(), s.ref)
	if err != nil {
		s.t.Fatal(err)
	}
	i := slices.IndexFunc(rec.state.Brought, func(b brought) bool { return b.Service == service && (b.Step == "" || !s.went[b.Case]) })
	if i < 0 {
		i = slices.IndexFunc(rec.state.Brought, func(b brought) bool { return b.Service == service })
	}
	if i < 0 {
		s.t.Fatalf("%s brings no case of %s along", s.ref, service)
	}
	s.went[rec.state.Brought[i].Case] = true
	if rec, err = s.caseNo(s.t.Context(), rec.state.Brought[i].Case); err != nil {
		s.t.Fatal(err)
	}
	s.ref = rec.state.Ref
	if s.about = rec.state.Applicant; rec.state.From.Asked {
		s.cases[s.about] = s.ref
	}
	s.svc = s.view(s.ref).Service
}

// openStep is the step that is open now.
func (s *telling) openStep() aiqyn.StepID {
	if v := s.view(s.ref); v.Step != nil {
		return v.Step.Name
	}
	return ""
}

// dearer grants at another point than the best.
func (s *telling) dearer(l service.StoryLine, actor aiqyn.Actor, step aiqyn.StepID) Decide {
	s.t.Helper()
	points := s.view(s.ref).Ruling.Points
	d := Decide{ID: s.id(), Actor: actor, Ref: s.ref, Step: step, Grant: true}
	for _, p := range points.Feasible {
		if p.ID != points.Best.ID {
			d.Point = p.ID
		}
	}
	if len(l.Args) > 1 {
		d.PointReason = l.Args[1]
		if reason, ok := s.view(s.ref).Service.Outcome.Other.Reason(d.PointReason); ok && reason.Letter {
			d.PointLetter = evidence.HashOf([]byte("a letter"))
		}
	}
	return d
}

// secondPoint is the network of the tests with another transformer that far from
// the parcel, on a source of its own.
func secondPoint(t *testing.T, metres float64) *Capacity {
	t.Helper()
	n := twoPoints(metres)
	m, err := grid.Compile(n)
	if err != nil {
		t.Fatal(err)
	}
	return &Capacity{Tables: Tables{Model: m, Hash: n.Hash(), Limits: grid.DefaultLimits(), Costs: testCosts, Detour: 1300}}
}

func twoPoints(metres float64) *grid.Network {
	n := testNetwork(400)
	x, y := 500050+metres, 5660000.0
	n.Buses = append(n.Buses, grid.Bus{ID: 3, VnKV: 0.4, X: &x, Y: &y}, grid.Bus{ID: 4, VnKV: 10, X: &x, Y: &y})
	n.Sources = append(n.Sources, grid.Source{Bus: 4, VPU: 1})
	other := n.Trafos[0]
	other.ID, other.Name, other.HV, other.LV = 2, "ТП-2", 4, 3
	n.Trafos = append(n.Trafos, other)
	return n
}

func (s *telling) recording(l service.StoryLine, actor aiqyn.Actor, step aiqyn.StepID) Perform {
	p := Perform{ID: s.id(), Actor: actor, Ref: s.ref, Step: step, Records: make(map[string]string)}
	for _, set := range l.Set {
		if set.Name != "evidence" {
			p.Records[set.Name] = set.Value
			continue
		}
		for kind := range strings.SplitSeq(set.Value, ",") {
			item := EvidenceItem{Kind: kind}
			switch kind {
			case "place":
				item.Lat, item.Lon = "51.1", "71.4"
			case "signature":
				item.Text = officerName(actor.Officer)
			case "photo", "document":
				item.Hash = fmt.Sprintf("sha256:%064x", len(p.Evidence)+1)
				p.Evidence = append(p.Evidence, item)
				item.Hash = fmt.Sprintf("sha256:%064x", len(p.Evidence)+1)
			}
			p.Evidence = append(p.Evidence, item)
		}
	}
	return p
}
