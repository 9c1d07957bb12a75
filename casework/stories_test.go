package casework

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"aiqyn"
	"aiqyn/grid"
	"aiqyn/registry"
	"aiqyn/service"
)

// TestStories runs every story of the pack on the real engine: what a lawyer
// reads in cases.txtar is what happens.
func TestStories(t *testing.T) {
	r := bareRig(t, start)
	ran := 0
	for _, svc := range r.Pack().Services {
		if len(svc.Stories) == 0 {
			t.Errorf("%s tells no story", svc.ID)
		}
		for _, story := range svc.Stories {
			ran++
			t.Run(string(svc.ID)+"/"+story.Name, func(t *testing.T) {
				t.Parallel()
				newTelling(t, svc.ID, story).tellAll(story)
			})
		}
	}
	if ran < 20 {
		t.Errorf("only %d stories were told", ran)
	}
}

// telling is one story on its way.
type telling struct {
	*rig
	t      *testing.T
	svc    *service.Service
	zone   *time.Location
	cases  map[aiqyn.PersonID]aiqyn.Reference
	phones int
	ref    aiqyn.Reference // of the case that lines are about
	about  aiqyn.PersonID
	people []aiqyn.PersonID
	err    error // of the last command
	down   *downs
	went   map[int64]bool // to cases that came along
	said   map[string]any // documents that the story gives, by register and person
}

// newTelling makes the world that a story is given.
func newTelling(t *testing.T, id aiqyn.ServiceID, story service.Story) *telling {
	t.Helper()
	first := slices.IndexFunc(story.Lines, func(l service.StoryLine) bool { return l.Verb == "at" })
	zone, err := time.LoadLocation("Asia/Almaty")
	if err != nil {
		t.Fatal(err)
	}
	begin, err := story.Lines[first].Instant(zone)
	if err != nil {
		t.Fatal(err)
	}
	kw, second, uncertified, owned := 400.0, 0.0, false, false
	for _, l := range story.Lines[:first] {
		switch l.Verb {
		case "given margin kW at nearest node":
			kw, _ = strconv.ParseFloat(l.Args[0], 64)
		case "given margin nowhere":
			kw = 0
		case "given margin uncertified":
			uncertified = true
		case "given nearest node belongs to":
			owned = true
		case "given second point m away":
			second, _ = strconv.ParseFloat(l.Args[0], 64)
		}
	}
	d := &downs{}
	r := bareRig(t, begin.Add(-time.Hour), func(c *Config) {
		if c.Capacity = marginOf(t, kw); second > 0 {
			c.Capacity = secondPoint(t, second)
		}
		if owned {
			c.Capacity.Places = []TrafoPlace{{Trafo: 1, Name: "ТП-1", Basis: basisEstimated, Parcel: ownedParcel}}
		}
		d.Register = c.Registers
		c.Registers = d
		if uncertified {
			c.Computations = uncertain(c.Computations)
		}
	})
	svc, _ := r.Pack().Service(id)
	s := &telling{rig: r, t: t, svc: svc, zone: zone, cases: make(map[aiqyn.PersonID]aiqyn.Reference), down: d, went: make(map[int64]bool), said: make(map[string]any)}
	r.seedOfficers(6)
	s.seedRosters(svc)
	for _, l := range story.Lines[:first] {
		s.given(l)
	}
	return s
}

// marginOf is the one-point network with room for exactly so many kilowatts.
func marginOf(t *testing.T, kw float64) *Capacity {
	t.Helper()
	if kw == 0 {
		return testCapacity(t, 1)
	}
	lo, hi := kw, kw*1.2+10
	for range 40 {
		mid := (lo + hi) / 2
		c := testCapacity(t, mid)
		free, err := c.Model.BusCapacity(2, nil, c.Limits)
		if err != nil {
			t.Fatal(err)
		}
		switch want := int64(kw * 1000); {
		case free.FreeW < want:
			lo = mid
		case free.FreeW > want+300:
			hi = mid
		default:
			return c
		}
	}
	t.Fatalf("no transformer leaves %.0f kW", kw)
	return nil
}

// uncertain makes computations say of themselves that they were cut off.
func uncertain(all Computations) Computations {
	points := all[grid.ConnectionPoints3]
	bind := points.Bind
	points.Bind = func(b *Binding) error {
		if err := bind(b); err != nil {
			return err
		}
		b.Output = bytes.Replace(b.Output, []byte(`"certified":true`), []byte(`"certified":false`), 1)
		return nil
	}
	all = maps.Clone(all)
	all[grid.ConnectionPoints3] = points
	return all
}

// downs is a register some of whose rows cannot be reached.
type downs struct {
	registry.Register
	mu    sync.Mutex
	names map[string]bool
}

func (d *downs) set(name string, down bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.names == nil {
		d.names = make(map[string]bool)
	}
	d.names[name] = down
}

func (d *downs) Read(ctx context.Context, q registry.Query) (registry.Reading, error) {
	d.mu.Lock()
	down := d.names[q.Register]
	d.mu.Unlock()
	if down {
		return registry.Reading{}, aiqyn.E(aiqyn.Unavailable, "error.register-unavailable", "register", q.Register, "retry", 30)
	}
	return d.Register.Read(ctx, q)
}

func (s *telling) given(l service.StoryLine) {
	s.t.Helper()
	switch l.Verb {
	case "given person", "given company":
		s.people = append(s.people, aiqyn.PersonID(l.Args[0]))
		name := strings.Fields(l.Args[1])
		s.phones++
		s.register(registry.PeopleRegister, l.Args[0], registry.Person{
			IIN: aiqyn.PersonID(l.Args[0]), Phone: fmt.Sprintf("+7700000000%d", s.phones), Lang: "kk",
			Name: registry.Name{Last: name[len(name)-1], First: name[0]}, Born: registry.IIN(l.Args[0]).Born().Format(time.DateOnly),
		})
	case "given person lives at":
		region, district := s.placeOf(l)
		s.register(registry.AddressRegister, l.Args[0], registry.Address{
			Person: aiqyn.PersonID(l.Args[0]), Region: region, District: district, Street: l.Args[1]})
	case "given parcel held by", "given parcel held by nobody":
		s.register(registry.ParcelRegister, l.Args[0], registry.Parcel{
			Number: l.Args[0], Area: 600, Region: "710000000", District: "711210000", Lat: 51.1, Lon: 71.4, X: 500050, Y: 5660000})
		if len(l.Args) == 1 {
			return
		}
		s.holds(l.Args[0], l.Args[1])
	case "given nearest node belongs to":
		s.holds(ownedParcel, l.Args[0])
	case "given of says":
		s.says(l)
	case "given margin kW at nearest node", "given margin nowhere", "given margin uncertified", "given second point m away":
	default:
		if !s.givenQueue(l) && !s.givenPlot(l) {
			s.t.Fatalf("line %d: nobody can run %q", l.Line, l.Verb)
		}
	}
}

func (s *telling) tell(story service.Story) {
	for _, l := range story.Lines {
		word, _, _ := strings.Cut(l.Verb, " ")
		switch word {
		case "given":
		case "at":
			at, err := l.Instant(s.zone)
			if err != nil {
				s.t.Fatal(err)
			}
			s.at(at)
		case "expect":
			if problem := s.expect(l); problem != "" {
				s.t.Errorf("line %d, %s: %s", l.Line, sentence(l), problem)
			}
		case "about":
			if l.Verb == "about what comes along" {
				s.comesAlong(aiqyn.ServiceID(l.Args[0]))
				continue
			}
			if strings.HasPrefix(l.Verb, "about what") {
				s.along(strings.HasSuffix(l.Verb, "follows"))
				continue
			}
			s.about = aiqyn.PersonID(l.Args[0])
			s.ref = s.cases[s.about]
			if s.ref != "" {
				s.svc = s.view(s.ref).Service
			}
		case "person":
			if strings.HasSuffix(l.Verb, "to region") {
				s.livesIn(l)
				continue
			}
			s.becomes(l)
		case "lots":
			s.lotsGoOn()
		case "round":
			s.holdRound()
		case "bank":
			s.bank.SetDown(strings.HasSuffix(l.Verb, "down"))
		case "register":
			s.turns(l)
		default:
			if strings.HasPrefix(l.Verb, "applicant pays") || l.Verb == "applicant declines to pay" {
				s.pay(l)
				continue
			}
			res, err := s.Do(s.t.Context(), s.command(l))
			s.err = err
			if l.Verb == "institution cancels the slots at in" {
				if err := s.cancelSlots(s.t.Context()); err != nil { // a job does so
					s.t.Fatal(err)
				}
			}
			if (strings.HasPrefix(l.Verb, "applicant files") || l.Verb == "former queue has since") && err == nil {
				s.ref = res.Ref
				s.cases[s.about] = res.Ref
			}
		}
	}
}

// command is what a line sends to the engine.
func (s *telling) command(l service.StoryLine) any {
	s.t.Helper()
	applicant := aiqyn.Actor{Role: aiqyn.RoleApplicant, Person: s.about}
	text := ""
	if len(l.Args) > 0 {
		text = l.Args[0]
	}
	switch l.Verb {
	case "applicant files":
		s.about = s.people[0]
		if text != "" {
			s.about = aiqyn.PersonID(text)
		}
		f := File{ID: s.id(), Actor: aiqyn.Actor{Role: aiqyn.RoleApplicant, Person: s.about}, Service: s.svc.ID, Channel: "online", Lang: "kk",
			Answers: make(map[string]string)}
		for _, set := range l.Set {
			f.Answers[set.Name] = set.Value
		}
		return f
	case "applicant withdraws":
		return Withdraw{ID: s.id(), Actor: applicant, Ref: s.ref}
	case "applicant objects":
		return Object{ID: s.id(), Actor: applicant, Ref: s.ref, Text: text}
	case "applicant appeals":
		return Appeal{ID: s.id(), Actor: applicant, Ref: s.ref, Text: text}
	case "applicant says is because":
		return AskCorrection{ID: s.id(), Actor: applicant, Ref: s.ref, Field: text, Said: l.Args[1], Text: l.Args[2]}
	case "applicant reports demanded by":
		return Demanded{ID: s.id(), Actor: aiqyn.Actor{Role: aiqyn.RoleApplicant, Person: s.people[0]}, Certificate: text, Body: l.Args[1]}
	case "reader of reads of":
		return ReadFact{ID: s.id(), Actor: aiqyn.Actor{Role: aiqyn.RoleReader, Body: aiqyn.BodyID(text)}, Register: l.Args[1], Person: aiqyn.PersonID(l.Args[2])}
	}
	if cmd := s.onRoad(l, applicant); cmd != nil {
		return cmd
	}
	if cmd := s.inQueue(l, applicant); cmd != nil {
		return cmd
	}
	if cmd := s.onLot(l, applicant); cmd != nil {
		return cmd
	}
	return s.act(l)
}

// act is what an officer does.
func (s *telling) act(l service.StoryLine) any {
	s.t.Helper()
	role := aiqyn.Role(l.Args[0])
	actor := s.drawn(role)
	step := aiqyn.StepID("")
	for _, one := range s.svc.Steps {
		if one.By == role && (step == "" || one.Name == s.openStep()) {
			step = one.Name
		}
	}
	if v := s.view(s.ref); step == "" && v.Step != nil { // a head takes up what is open
		step = v.Step.Name
	}
	switch l.Verb {
	case "records":
		return s.recording(l, actor, step)
	case "grants":
		return Decide{ID: s.id(), Actor: actor, Ref: s.ref, Step: step, Grant: true}
	case "grants at second point", "grants at second point because":
		return s.dearer(l, actor, step)
	case "refuses":
		return Decide{ID: s.id(), Actor: actor, Ref: s.ref, Step: step, Reason: l.Args[1]}
	case "upholds the refusal because", "annuls the refusal because", "returns the case because":
		outcome := map[string]AppealOutcome{"upholds": AppealUpheld, "annuls": AppealAnnulled, "returns": AppealReturned}
		word, _, _ := strings.Cut(l.Verb, " ")
		return DecideAppeal{ID: s.id(), Actor: actor, Ref: s.ref, Outcome: outcome[word], Ground: l.Args[1], Signature: officerName(actor.Officer)}
	case "annuls the grant because":
		return Annul{ID: s.id(), Actor: actor, Ref: s.ref, Ground: l.Args[1]}
	case "corrects nothing because":
		return DeclineCorrection{ID: s.id(), Actor: actor, Ref: s.ref, Ground: l.Args[1]}
	case "suspends":
		return Suspend{ID: s.id(), Actor: actor, Ref: s.ref, Reason: l.Args[1]}
	case "resumes":
		return Resume{ID: s.id(), Actor: actor, Ref: s.ref}
	case "corrects to because":
		c := Correct{ID: s.id(), Actor: actor, Ref: s.ref, Field: l.Args[1], Value: l.Args[2], Ground: l.Args[3]}
		wrong, _, _ := strings.Cut(c.Field, ".")
		for _, ev := range s.view(s.ref).Events {
			if ev.Kind == EventLookedUp || ev.Kind == EventPerformed && ev.Step != nil && string(ev.Step.Name) == wrong {
				c.Entry = ev.Index
			}
		}
		return c
	}
	s.t.Fatalf("line %d: nobody can run %q", l.Line, l.Verb)
	return nil
}

// drawn is the officer of a role whom the case was drawn to.
func (s *telling) drawn(role aiqyn.Role) aiqyn.Actor {
	s.t.Helper()
	a := aiqyn.Actor{Role: role, Body: s.svc.Body, Officer: aiqyn.OfficerID(string(role) + "-99")}
	for _, ev := range s.view(s.ref).Events {
		if ev.Kind == EventDrawn && ev.Step.By == role {
			a.Officer = aiqyn.OfficerID(ev.Officer)
		}
	}
	if v := s.view(s.ref); v.Status == StatusAppeal || v.Status == StatusCorrection && v.StepState == StepEscalated {
		a.Body = s.svc.Appeal.Body
	}
	return a
}
