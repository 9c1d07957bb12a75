package casework

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"aiqyn"
	"aiqyn/deadline"
	"aiqyn/registry"
	"aiqyn/service"
)

// givenQueue enters who gives places, and what puts somebody before others.
func (s *telling) givenQueue(l service.StoryLine) bool {
	s.t.Helper()
	switch l.Verb {
	case "given person is":
		s.becomes(l)
	case "given institution has places in":
		places, _ := strconv.ParseInt(l.Args[1], 10, 64)
		region, private := "710000000", false
		g := registry.PlaceGroup{ID: l.Args[2], Places: places, Is: make(map[string]string)}
		for _, set := range l.Set {
			if set.Name == "closes" {
				g.Closes = set.Value
				continue
			}
			switch set.Name {
			case "opens":
				g.Opens = set.Value
				continue
			case "region":
				region = set.Value
				continue
			case "private":
				private = set.Value == "yes"
				continue
			}
			g.Is[set.Name] = set.Value
		}
		s.institution(l.Args[0], region, private, g)
	case "given institution of region has places in":
		places, _ := strconv.ParseInt(l.Args[2], 10, 64)
		s.institution(l.Args[0], l.Args[1], false, registry.PlaceGroup{ID: l.Args[3], Places: places})
	case "given person lives in region":
		s.livesIn(l)
	default:
		return false
	}
	return true
}

func (s *telling) institution(id, region string, private bool, g registry.PlaceGroup) {
	s.t.Helper()
	s.register(s.svc.Queue.Places, id, registry.Institution{
		ID: id, Private: private, Title: aiqyn.Text{KK: "«" + id + "» ұйымы", RU: "Организация «" + id + "»", EN: "Institution " + id}, Region: region, District: "711210000", Lat: 51.1, Lon: 71.4,
		Groups: []registry.PlaceGroup{g},
	})
}

// livesIn enters in which region somebody is registered.
func (s *telling) livesIn(l service.StoryLine) {
	s.t.Helper()
	s.register(registry.AddressRegister, l.Args[0], registry.Address{Person: aiqyn.PersonID(l.Args[0]), Region: l.Args[1], House: "1", Since: "2020-01-01"})
}

// becomes enters a privilege into its register.
func (s *telling) becomes(l service.StoryLine) {
	s.t.Helper()
	p := registry.Privileges{Person: aiqyn.PersonID(l.Args[0])}
	switch l.Args[1] {
	case "orphan":
		p.Orphan = true
	case "disabled":
		p.Disabled = true
	case "large-family":
		p.LargeFamily = true
	case "military-child":
		p.MilitaryChild = true
	default:
		s.t.Fatalf("line %d: nobody can be %q", l.Line, l.Args[1])
	}
	s.register(registry.PrivilegeRegister, l.Args[0], p)
}

// tellAll tells a story, and has what came of a queue audited: what honest people do is
// left in peace.
func (s *telling) tellAll(story service.Story) {
	s.t.Helper()
	if s.tell(story); s.svc.Queue != nil {
		s.sound()
	}
}

// holdRound shares out what is free today.
func (s *telling) holdRound() {
	s.t.Helper()
	holdRound(s.rig)
}

// holdRound holds today's round; before the hour of rounds it waits for that.
func holdRound(r *rig) {
	r.t.Helper()
	if nine := deadline.DateOf(r.clock().In(r.Zone)).Start(r.Zone).Add(roundsAt); r.clock().Before(nine) {
		r.at(nine)
	}
	if err := r.commitRounds(r.t.Context(), deadline.DateOf(r.clock().In(r.Zone))); err != nil {
		r.t.Fatal(err)
	}
	r.pass(RoundNotice + 10*time.Second)
	if err := r.goOnWithRounds(r.t.Context()); err != nil {
		r.t.Fatal(err)
	}
}

// inQueue is what an applicant or an institution of a queue sends; nil for any
// other line.
func (s *telling) inQueue(l service.StoryLine, applicant aiqyn.Actor) any {
	switch l.Verb {
	case "institution reports places in":
		n, _ := strconv.Atoi(l.Args[1])
		return ReportPlaces{ID: s.id(), Actor: keeper(l.Args[0]), Service: s.svc.ID, Institution: l.Args[0], Group: l.Args[2], Places: n}
	case "former queue has since":
		return s.formerQueue(l)
	case "institution publishes slots of minutes at in", "institution publishes same-day slots of minutes at in":
		n, _ := strconv.Atoi(l.Args[1])
		m, _ := strconv.Atoi(l.Args[2])
		return PublishSlots{
			ID: s.id(), Actor: keeper(l.Args[0]), Service: s.svc.ID, Institution: l.Args[0], Day: l.Args[3], From: l.Args[4], Group: l.Args[5],
			Count: n, Minutes: m, Places: 1, SameDay: strings.Contains(l.Verb, "same-day"),
		}
	case "institution cancels the slots at in":
		return PublishSlots{ID: s.id(), Actor: keeper(l.Args[0]), Service: s.svc.ID, Institution: l.Args[0], Day: l.Args[1], From: l.Args[2], Group: l.Args[3], Minutes: 30}
	case "institution says they came", "institution says they did not come":
		return Attend{ID: s.id(), Actor: keeper(l.Args[0]), Ref: s.ref, Came: strings.HasSuffix(l.Verb, "they came")}
	case "applicant asks for another time":
		when, _ := l.Get("not-before")
		part, _ := l.Get("part")
		return Rebook{ID: s.id(), Actor: applicant, Ref: s.ref, NotBefore: when, Part: part}
	case "applicant takes a ticket in":
		return TakeTicket{ID: s.id(), Actor: applicant, Ref: s.ref, Group: l.Args[0]}
	case "applicant moves to another region":
		wishes := make(map[string]string)
		for _, set := range l.Set {
			wishes[set.Name] = set.Value
		}
		return TransferQueue{ID: s.id(), Actor: applicant, Ref: s.ref, Answers: wishes}
	case "applicant asks to be restored":
		return Restore{ID: s.id(), Actor: applicant, Ref: s.ref}
	case "applicant has registers read again":
		return LookAgain{ID: s.id(), Actor: applicant, Ref: s.ref}
	}
	return nil
}

// formerQueue brings a former queue of one person, and gives them their place.
func (s *telling) formerQueue(l service.StoryLine) any {
	s.t.Helper()
	s.about = aiqyn.PersonID(l.Args[0])
	first, err := deadline.ParseDate(l.Args[1])
	if err != nil {
		s.t.Fatalf("line %d: %v", l.Line, err)
	}
	table := &FormerQueue{Service: s.svc.ID, Source: "old", Hash: fmt.Sprint(l.Line), Rows: []QueueRow{{Row: 2, Number: l.Args[0], Applicant: s.about, First: first.Start(s.zone)}}}
	s.brings(table)
	c := table.Place(0)
	c.ID, c.Actor, c.Lang, c.Answers = s.id(), importer, "kk", make(map[string]string)
	for _, set := range l.Set {
		c.Answers[set.Name] = set.Value
	}
	return c
}

// keeper answers for an institution.
func keeper(institution string) aiqyn.Actor {
	return aiqyn.Actor{Role: aiqyn.RoleInstitution, Officer: aiqyn.OfficerID("keeper-" + institution), Body: aiqyn.BodyID(institution)}
}

// expectQueue checks where the case stands in its queue, and what came to it last.
func (s *telling) expectQueue(l service.StoryLine, v *CaseView) (problem string, done bool) {
	s.t.Helper()
	newest := v.Events[len(v.Events)-1]
	q := v.Queue
	switch l.Verb {
	case "expect entered", "expect moved", "expect restored", "expect ranked":
		kind := map[string]EventKind{"expect restored": EventQueueRestored}[l.Verb]
		if kind == "" {
			kind = EventKind(strings.TrimPrefix(l.Verb, "expect "))
		}
		return not(newest.Kind == kind && (kind != EventRanked || q.Tier.Name == l.Args[0]), queueWords(v)), true
	case "expect offered", "expect taken":
		state := QueueState(strings.TrimPrefix(l.Verb, "expect "))
		return not(q != nil && q.State == state && q.Group != nil && q.Group.ID == l.Args[0], queueWords(v)), true
	case "expect rebooked":
		return not(newest.Kind == EventRebooked, queueWords(v)), true
	case "expect slot cancelled":
		return not(newest.Kind == EventSlotCancelled, queueWords(v)), true
	case "expect offered at", "expect booked at":
		state := map[string]QueueState{"expect offered at": QueueOffered, "expect booked at": QueueTaken}[l.Verb]
		return not(q != nil && q.State == state && q.Group.ID == l.Args[0] && q.Group.Slot.Starts.In(s.zone).Format("2006-01-02 15:04") == l.Args[1]+" "+l.Args[2], queueWords(v)), true
	case "expect declined until", "expect expired until":
		kind := EventKind("offer-" + strings.Fields(l.Verb)[1])
		return not(q != nil && q.State == QueueStopped && newest.Kind == kind && day(q.Until, s.zone) == l.Args[0], queueWords(v)), true
	case "expect tier":
		return not(q != nil && q.Tier.Name == l.Args[0], queueWords(v)), true
	case "expect transferred to":
		return not(q != nil && q.State == QueueWaiting && newest.Kind == EventTransferredIn && len(q.Transfers) > 0 && q.Transfers[0].From == l.Args[0] && q.Transfers[0].To == l.Args[1], queueWords(v)), true
	case "expect inversions by":
		for cause, n := range s.Inverted(s.svc.ID).Causes() {
			if cause == l.Args[0] {
				return not(fmt.Sprint(n) == l.Args[1], fmt.Sprintf("there are %d", n)), true
			}
		}
		return "there is no such cause", true
	case "expect opens at":
		g, err := s.Place(s.svc.ID, l.Args[1])
		return not(err == nil && g.Opens == l.Args[0], "they open on "+g.Opens), true
	case "expect private":
		g, err := s.Place(s.svc.ID, q.Group.ID)
		return not(err == nil && g.Institution.ID == l.Args[0] && g.Institution.Private, queueWords(v)), true
	case "expect newest round shares places among":
		rounds, err := s.Rounds(s.svc.ID, Page{})
		if err != nil || len(rounds.Items) == 0 {
			return "there was no round", true
		}
		r := rounds.Items[0]
		return not(fmt.Sprint(r.Seats) == l.Args[0] && fmt.Sprint(r.Applicants) == l.Args[1], fmt.Sprintf("%d places among %d on %s", r.Seats, r.Applicants, r.Day)), true
	case "expect turn of":
		out := s.outcome()
		return not(fmt.Sprint(out.Turn) == l.Args[0] && fmt.Sprint(out.Of) == l.Args[1], fmt.Sprintf("turn %d of %d", out.Turn, out.Of)), true
	case "expect points":
		return not(q != nil && fmt.Sprint(q.Points) == l.Args[0], queueWords(v)), true
	case "expect parted at by":
		w := s.fared(l.Args[0])
		return not(!w.Admitted && w.By == l.Args[1], fmt.Sprintf("in the newest round %+v", w)), true
	case "expect cut-off at":
		w := s.fared(l.Args[1])
		return not(w.Cut != nil && fmt.Sprint(*w.Cut) == l.Args[0], fmt.Sprintf("in the newest round %+v", w)), true
	case "expect first date unproven":
		return not(q != nil && q.Claim != nil && q.Claim.Source == "old", queueWords(v)), true
	case "expect first date":
		return not(q != nil && day(q.First, s.zone) == l.Args[0], queueWords(v)), true
	case "expect place of at":
		i := -1
		if q != nil {
			i = slices.IndexFunc(q.Lines, func(x LineView) bool { return x.Group.ID == l.Args[2] })
		}
		return not(i >= 0 && fmt.Sprint(q.Lines[i].Position) == l.Args[0] && fmt.Sprint(q.Lines[i].Of) == l.Args[1], queueWords(v)), true
	case "expect slots listed free in":
		return s.slotsListed(l), true
	case "expect free places at":
		g, err := s.Place(s.svc.ID, l.Args[1])
		if err != nil {
			return "there is no such group", true
		}
		return not(fmt.Sprint(g.Free()) == l.Args[0], fmt.Sprintf("%d are free", g.Free())), true
	}
	return "", false
}

// fared is how the applicant fared at a group in the newest round.
func (s *telling) fared(group string) WhyView {
	s.t.Helper()
	for _, w := range s.outcome().Whys {
		if w.Group.ID == group {
			return w
		}
	}
	return WhyView{}
}

// outcome is how the applicant fared in the newest round.
func (s *telling) outcome() RoundOutcome {
	s.t.Helper()
	rounds, err := s.Rounds(s.svc.ID, Page{})
	if err != nil || len(rounds.Items) == 0 {
		s.t.Fatal("there was no round", err)
	}
	out, err := s.RoundOutcome(s.t.Context(), payer(s.about), s.ref, rounds.Items[0].Day)
	if err != nil {
		s.t.Fatal(err)
	}
	return out
}

// slotsListed counts the slots to come of a group.
func (s *telling) slotsListed(l service.StoryLine) string {
	s.t.Helper()
	today := deadline.DateOf(s.clock().In(s.Zone))
	list, err := s.Slots(s.svc.ID, l.Args[2], today, today.AddDays(60), Page{Limit: 100})
	if err != nil {
		s.t.Fatal(err)
	}
	free := 0
	for _, one := range list.Items {
		free += one.Free()
	}
	return not(fmt.Sprint(len(list.Items)) == l.Args[0] && fmt.Sprint(free) == l.Args[1], fmt.Sprintf("%d are listed, %d free", len(list.Items), free))
}

// queueWords tells where a case stands instead.
func queueWords(v *CaseView) string {
	q := v.Queue
	if q == nil {
		return "it is in no queue"
	}
	words := fmt.Sprintf("it is %s, tier %s, %d points, since %s, the newest event is %s", q.State, q.Tier.Name, q.Points, q.First, v.Events[len(v.Events)-1].Kind)
	if q.Group != nil {
		words += ", at " + q.Group.ID
		if q.Group.Slot != nil {
			words += " on " + q.Group.Slot.ID
		}
	}
	if !q.Until.IsZero() {
		words += ", until " + q.Until.String()
	}
	for _, l := range q.Lines {
		words += fmt.Sprintf(", %d of %d at %s", l.Position, l.Of, l.Group.ID)
	}
	return words
}
