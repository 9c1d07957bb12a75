package web

import (
	"context"
	"strings"

	"aiqyn"
	"aiqyn/allocation"
	"aiqyn/casework"
	"aiqyn/service"
)

// someGroups are two groups of kindergartens, one private.
func someGroups() []casework.GroupView {
	group := func(id string, private bool, places, taken, waiting int) casework.GroupView {
		return casework.GroupView{
			ID: id + "/kk-2023", Name: "kk-2023", Places: places, Taken: taken, Waiting: waiting, Entry: 60,
			Institution: casework.InstitutionView{ID: id, Title: aiqyn.Text{KK: "«Балапан» " + id, RU: "«Балапан» " + id, EN: "Balapan " + id}, Private: private, District: "711210000"},
		}
	}
	return []casework.GroupView{group("kg-1", false, 25, 24, 7), group("kg-2", true, 20, 20, 12)}
}

func (f *fake) Institutions(aiqyn.ServiceID) []casework.GroupView { return someGroups() }

func (f *fake) InstitutionChoices(aiqyn.ServiceID) (list []service.Choice) {
	for _, g := range someGroups() {
		list = append(list, service.Choice{Value: g.Institution.ID, Label: g.Institution.Title})
	}
	return list
}

func someRound(day string, drawn bool) casework.RoundView {
	r := casework.RoundView{
		Name: "education.kindergarten/" + day, Day: day, Service: "education.kindergarten", Entry: 70, At: now, Applicants: 9, Groups: 1, Seats: 1,
		Root: strings.Repeat("ab", 32), Inputs: strings.Repeat("cd", 32), Rules: strings.Repeat("ef", 32), Beacon: "practice", Seed: 41, SeedDue: now,
	}
	if drawn {
		r.DrawnAt, r.Matched, r.File, r.Result, r.Value, r.Settled = 71, 1, r.Inputs, r.Root, r.Rules, true
	}
	return r
}

func (f *fake) Rounds(_ aiqyn.ServiceID, p casework.Page) (casework.List[casework.RoundView], error) {
	return casework.List[casework.RoundView]{Items: []casework.RoundView{someRound("2026-11-23", false), someRound("2026-11-20", true)}}, f.down
}

func (f *fake) Round(_ aiqyn.ServiceID, day string) (casework.RoundView, error) {
	switch day {
	case "2026-11-23", "2026-11-20":
		return someRound(day, day == "2026-11-20"), nil
	}
	return casework.RoundView{}, aiqyn.E(aiqyn.NotFound, "error.not-found")
}

func (f *fake) RoundFile(context.Context, casework.RoundView) (file, result []byte, err error) {
	return []byte(`{"round":"x"}`), []byte(`{"result":[]}`), f.down
}

func (f *fake) PositionHistory(context.Context, aiqyn.Actor, aiqyn.Reference, string, casework.Page) (casework.List[casework.MoveView], error) {
	return casework.List[casework.MoveView]{Items: []casework.MoveView{
		{Entry: 71, Kind: casework.EventOffered, Step: -1, Position: 7}, {Entry: 68, Kind: casework.EventEntered, Step: 1, Position: 8}, {Entry: 67, Kind: casework.EventHeld, Step: -1, Position: 7},
	}}, f.down
}

func (f *fake) QueueMoves(context.Context, aiqyn.ServiceID, string, casework.Page) (casework.List[casework.MoveView], error) {
	return casework.List[casework.MoveView]{Items: []casework.MoveView{{Entry: 71, Kind: casework.EventOffered, Step: -1}}}, f.down
}

func (f *fake) RoundOutcome(_ context.Context, _ aiqyn.Actor, _ aiqyn.Reference, day string) (casework.RoundOutcome, error) {
	o := casework.RoundOutcome{Round: someRound(day, true), Pseudonym: strings.Repeat("01", 16), In: true, Leaf: allocation.Leaf{Line: `{"id":"01"}`}}
	for _, by := range []string{"tier", "date", "lottery", "seats", "quota", "points"} {
		o.Whys = append(o.Whys, casework.WhyView{Why: allocation.Why{Institution: "kg-1/kk-2023", Place: 7, Of: 9, By: by}, Group: someGroups()[0]})
	}
	cut := int64(11800)
	o.Whys[5].Points, o.Whys[5].Cut = 10148, &cut
	o.Whys = append(o.Whys, casework.WhyView{Why: allocation.Why{Institution: "kg-2/kk-2023", Place: 1, Of: 2, Admitted: true}, Group: someGroups()[1]})
	return o, f.down
}

func (f *fake) Seated(context.Context, aiqyn.Actor, aiqyn.ServiceID, casework.Page) (casework.List[casework.SeatedLine], error) {
	return casework.List[casework.SeatedLine]{Items: []casework.SeatedLine{
		{Ref: "AQ-QUEU-0002", Name: "О•••• А••••", Group: "kg-1/kk-2023", State: casework.QueueOffered, Until: now},
		{Ref: "AQ-QUEU-0004", Name: "С•••• Д••••", Group: "kg-1/kk-2023", State: casework.QueuePlaced, First: "2026-12-01"},
	}}, f.down
}

// ranked adds a case that waits by points, of a quota.
func (f *fake) ranked(add func(aiqyn.Reference, func(*casework.CaseView))) {
	svc, _ := f.pack.Service("education.university-place")
	g := someGroups()[0]
	g.Title, g.Closes = aiqyn.Text{KK: "Ақпараттық технологиялар", RU: "Информационные технологии", EN: "Information technology"}, "2026-07-20"
	add("AQ-QUEU-0006", func(c *casework.CaseView) {
		c.Service, c.Title, c.Step, c.Answers, c.Ruling, c.Draw, c.Due = svc, svc.Title, svc.Steps[0], nil, nil, nil, nil
		c.Status, c.StepState, c.Can = casework.StatusQueue, casework.StepWaiting, []string{"withdraw", "look-again"}
		c.Queue = &casework.QueueView{State: casework.QueueWaiting, First: now, Tier: &svc.Queue.Tiers[0], Points: 10148, Quotas: svc.Queue.Quotas[:1],
			Lines: []casework.LineView{{Group: g, Position: 7, Of: 40, Country: 40, CountryOf: 300, Alike: 2}}}
		for i, k := range svc.Queue.Points {
			c.Queue.Scores = append(c.Queue.Scores, casework.ScoreView{Criterion: k, Got: int64(48 + i), Sources: []casework.SourceView{{Register: "education.exams", Version: strings.Repeat("1", i), At: now}}})
		}
	})
}

// queued adds cases of a queue in each of its states.
func (f *fake) queued(add func(aiqyn.Reference, func(*casework.CaseView))) {
	svc, _ := f.pack.Service("education.kindergarten")
	groups := someGroups()
	for ref, state := range map[aiqyn.Reference]casework.QueueState{
		"AQ-QUEU-0001": casework.QueueWaiting, "AQ-QUEU-0002": casework.QueueOffered, "AQ-QUEU-0003": casework.QueueStopped, "AQ-QUEU-0004": casework.QueuePlaced, "AQ-QUEU-0005": casework.QueueLeft,
	} {
		add(ref, func(c *casework.CaseView) {
			c.Service, c.Title, c.Step, c.Answers, c.Ruling, c.Draw, c.Due = svc, svc.Title, svc.Steps[0], nil, nil, nil, nil
			c.Status, c.StepState, c.Can = casework.StatusQueue, casework.StepWaiting, []string{"withdraw", "look-again"}
			c.Queue = &casework.QueueView{State: state, First: now.AddDate(-1, 0, 0), Kept: 50, Tier: &svc.Queue.Tiers[2], Holds: state == casework.QueueWaiting,
				Lines:  []casework.LineView{{Group: groups[0], Position: 7, Of: 7, Country: 40, CountryOf: 300}, {Group: groups[1], Position: 3, Of: 12, Country: 40, CountryOf: 300}},
				Rounds: []casework.RoundLine{{Name: "education.kindergarten/2026-11-20", Pseudonym: strings.Repeat("01", 16), Day: "2026-11-20", Entry: 70, Drawn: true}}}
			switch state {
			case casework.QueueOffered:
				c.Status, c.StepState, c.Due, c.Queue.Group, c.Can = casework.StatusOpen, casework.StepOpen, f.due(3), &groups[0], []string{"take-step", "withdraw"}
			case casework.QueueStopped:
				c.Queue.Until, c.Queue.Restore, c.Can = now.AddDate(0, 0, 8), now.AddDate(0, 0, 20), []string{"restore", "withdraw"}
			case casework.QueuePlaced:
				c.Status, c.Outcome, c.Step, c.Queue.Group = casework.StatusClosed, aiqyn.Granted, nil, &groups[0]
			case casework.QueueLeft:
				c.Status, c.Outcome, c.Step, c.Can = casework.StatusClosed, aiqyn.Withdrawn, nil, nil
			}
		})
	}
}
