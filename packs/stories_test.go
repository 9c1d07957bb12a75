package packs_test

import (
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"aiqyn"
	"aiqyn/deadline"
	"aiqyn/packs"
	"aiqyn/service"
)

// TestDatesInStories counts again every date that a story expects, without the
// engine: what the law's terms and the calendar alone say.
func TestDatesInStories(t *testing.T) {
	p, err := service.ParsePack(packs.Kazakhstan())
	if err != nil {
		t.Fatal(err)
	}
	dates := 0
	for _, s := range p.Services {
		for _, story := range s.Stories {
			dates += checkDates(t, s, p.Calendars[s.Calendar], story)
		}
	}
	if dates < 10 {
		t.Errorf("only %d dates in the stories", dates)
	}
}

func checkDates(t *testing.T, s *service.Service, c *deadline.Calendar, story service.Story) (dates int) {
	t.Helper()
	var now, filed, paid time.Time
	begun := make(map[string]time.Time) // steps that do not begin with the filing
	answers := s.Blank()
	var pauses []deadline.Suspension
	for _, l := range story.Lines {
		switch l.Verb {
		case "at":
			now, _ = l.Instant(c.Zone)
		case "applicant files":
			filed = now
			for _, set := range l.Set {
				if q, ok := s.Question(set.Name); ok {
					answers[service.Variable(q.Name)] = valueOf(q, set.Value)
				}
			}
		case "applicant pays":
			paid = now
		case "applicant appeals":
			begun["appeal"] = now
		case "applicant says is because":
			begun["correction"] = now
		case "returns the case because": // and the step before the appeal begins again
			begun["conditions"] = now
		case "applicant contests": // and the step that rests on it counts anew
			begun["survey"], begun["conditions"] = now, now
		case "expect opened": // a case that a grant has opened has no filing of its own
			if s.OnlyFollows {
				begun[l.Args[0]] = now
			}
		case "round is held": // and the offer's days begin
			begun["offer"] = now
		case "lots go on": // and whoever wins pays
			begun["price"] = now
		case "applicant records":
			begun["enrolment"] = now
		case "suspends":
			pauses = append(pauses, deadline.Suspension{From: now, Reason: l.Args[1]})
		case "resumes":
			pauses[len(pauses)-1].To = now
		case "expect due", "expect due because":
			dates++
			step, _ := s.Step(aiqyn.StepID(l.Args[0]))
			from, later := begun[l.Args[0]]
			if !later {
				from = filed
			}
			if !later && !paid.IsZero() {
				from = paid
			}
			due, err := c.Due(from, limit(t, step, answers), pauses)
			if err != nil || due.Last.String() != l.Args[1] {
				t.Errorf("%s, line %d: %s is due %s, %v, the story says %s", story.Name, l.Line, l.Args[0], due.Last, err, l.Args[1])
			}
			if l.Verb == "expect due because" && l.Args[2] == "paid" {
				if len(l.Args) > 3 && paid.In(c.Zone).Format(time.DateOnly) != l.Args[3] {
					t.Errorf("%s, line %d: it was paid on %s", story.Name, l.Line, paid)
				}
				continue
			}
			if l.Verb == "expect due because" && !says(due, l.Args[2:]) {
				t.Errorf("%s, line %d: the reasons are %v", story.Name, l.Line, due.Why)
			}
		}
	}
	return dates
}

// limit picks the time limit that holds. In these stories every step that is
// asked about is counted from the filing or from what begun has noted.
func limit(t *testing.T, step *service.Step, vars map[string]any) deadline.Term {
	t.Helper()
	for _, w := range step.Within {
		if w.When == nil {
			return w.Term
		}
		if holds, err := w.When.Program.Eval(vars); err != nil {
			t.Fatal(err)
		} else if holds {
			return w.Term
		}
	}
	t.Fatalf("step %s has no time limit", step.Name)
	return deadline.Term{}
}

// valueOf is an answer as rules read it.
func valueOf(q service.Question, answer string) any {
	switch q.Type {
	case service.TypeInteger, service.TypeKilowatt:
		n, _ := strconv.ParseInt(answer, 10, 64)
		return n
	case service.TypeYesNo:
		return answer == "yes"
	}
	return answer
}

// says reports whether a reason is among those of a date, with its day if the
// story names one.
func says(due deadline.Due, why []string) bool {
	for _, r := range due.Why {
		if r.Key == "deadline."+why[0] && (len(why) == 1 || r.Args["date"] == why[1]) {
			return true
		}
	}
	return false
}

// TestTheNamedInstitutionsAreInTheCatalogue: each of the institutions that people named
// when they were asked where they pay has a service, and its stories.
func TestTheNamedInstitutionsAreInTheCatalogue(t *testing.T) {
	files := packs.Kazakhstan()
	p, err := service.ParsePack(files)
	if err != nil {
		t.Fatal(err)
	}
	for institution, id := range map[string]aiqyn.ServiceID{
		"health": "health.specialist", "kindergartens": "education.kindergarten", "police": "driving.renewal", "a state university": "study.scholarship", "a college": "study.proof",
		"a court": "court.acts", "urban construction": "building.address", "conscription": "conscription.deferment", "migration": "migration.arrival",
		"employment": "employment.registration", "social protection": "social.job-loss", "land": "land.auction",
	} {
		svc, ok := p.Service(id)
		if !ok || !slices.ContainsFunc(p.Bodies, func(b service.Body) bool { return b.ID == svc.Body }) || svc.Law.Act == "" {
			t.Errorf("%s: there is no %s, or it is nobody's", institution, id)
		}
		if !slices.ContainsFunc(files, func(f service.File) bool { return strings.HasSuffix(f.Name, "services/"+string(id)+"/service.yaml") }) {
			t.Errorf("%s has no file of its own", id)
		}
	}
}

func TestBurdenOfShippedServices(t *testing.T) {
	p, err := service.ParsePack(packs.Kazakhstan())
	if err != nil {
		t.Fatal(err)
	}
	want := map[aiqyn.ServiceID]service.BurdenCount{
		"energy.connection":       {QuestionsMin: 4, QuestionsMax: 6, LookUps: 3, Answers: 2, Approvals: 1, WorkingDays: 15, Pause: 21},
		"address.certificate":     {QuestionsMin: 1, QuestionsMax: 2, LookUps: 1},
		"driving.renewal":         {LookUps: 3},
		"study.scholarship":       {LookUps: 3},
		"study.proof":             {LookUps: 2},
		"court.acts":              {LookUps: 2},
		"building.address":        {QuestionsMin: 1, QuestionsMax: 1, LookUps: 3, Answers: 1, WorkingDays: 3},
		"conscription.deferment":  {QuestionsMin: 1, QuestionsMax: 1, LookUps: 4},
		"migration.arrival":       {QuestionsMin: 4, QuestionsMax: 4, LookUps: 3},
		"employment.registration": {QuestionsMin: 1, QuestionsMax: 1, LookUps: 3},
		"social.job-loss":         {LookUps: 3},
		"land.boundary":           {QuestionsMin: 1, QuestionsMax: 1, LookUps: 3, Answers: 1, WorkingDays: 5},
		"water.connection":        {QuestionsMin: 3, QuestionsMax: 4, LookUps: 3, Answers: 1, Approvals: 1, WorkingDays: 5, Pause: 5},
	}
	for id, burden := range want {
		s, ok := p.Service(id)
		if !ok {
			t.Errorf("there is no %s", id)
		} else if got := service.Burden(s); got != burden {
			t.Errorf("%s: %+v, want %+v", id, got, burden)
		}
	}
}
