package main

import (
	"context"
	"fmt"
	"strconv"

	"aiqyn"
	"aiqyn/casework"
	"aiqyn/evidence"
	"aiqyn/service"
	"aiqyn/simulate"
)

// Steps of the service that past cases go through.
const (
	stepSurvey     = "survey"
	stepConditions = "conditions"
)

// file opens the case and plans what follows.
func (l *living) file(ctx context.Context, c *livedCase) error {
	p := c.plan
	result, err := l.Do(ctx, casework.File{
		ID: l.id(), Actor: aiqyn.Actor{Role: aiqyn.RoleApplicant, Person: p.Applicant}, Service: p.Service,
		Answers: p.Answers, Channel: p.Channel, Lang: p.Lang,
	})
	if err != nil {
		return err
	}
	c.ref = result.Ref
	if len(p.Conduct) > 0 {
		l.waiting.Store(true)
	}
	l.mu.Lock()
	l.cases[c.ref] = c
	l.mu.Unlock()
	if p.Road != nil {
		l.later(workingMorning(p.At.AddDate(0, 0, p.Road.Contract), len(p.Applicant)), c, l.contract)
	}
	for _, act := range p.Conduct {
		l.later(p.At.Add(act.After), c, l.act(act))
	}
	return nil
}

// act is one planned act as something that can be done.
func (l *living) act(a simulate.Act) func(context.Context, *livedCase) error {
	return func(ctx context.Context, c *livedCase) error {
		applicant := aiqyn.Actor{Role: aiqyn.RoleApplicant, Person: c.plan.Applicant}
		switch a.Kind {
		case simulate.ActSurvey:
			return l.survey(ctx, c)
		case simulate.ActGrant:
			return l.conclude(ctx, c)
		case simulate.ActRefuse:
			return l.refuse(ctx, c, a.Reason)
		case simulate.ActObject:
			_, err := l.Do(ctx, casework.Object{ID: l.id(), Actor: applicant, Ref: c.ref, Text: a.Text})
			return err
		case simulate.ActAppeal:
			_, err := l.Do(ctx, casework.Appeal{ID: l.id(), Actor: applicant, Ref: c.ref, Text: a.Text})
			if err == nil {
				l.later(workingMorning(l.clock.now().AddDate(0, 0, appealDays), len(c.ref)), c, l.hear)
			}
			return err
		case simulate.ActWithdraw:
			_, err := l.Do(ctx, casework.Withdraw{ID: l.id(), Actor: applicant, Ref: c.ref})
			return err
		case simulate.ActCorrect:
			return l.correct(ctx, c, a)
		}
		return fmt.Errorf("nobody knows how to %s", a.Kind)
	}
}

// survey does the survey at the parcel, as whoever was drawn for it.
func (l *living) survey(ctx context.Context, c *livedCase) error {
	actor, err := l.holder(ctx, c, stepSurvey)
	if err != nil {
		return err
	}
	parcel := l.parcels[c.plan.Parcel]
	if parcel == nil {
		return fmt.Errorf("parcel %q is not in the register", c.plan.Parcel)
	}
	photo := func(n int) string { return evidence.HashOf(fmt.Appendf(nil, "practice photo %d of %s", n, c.ref)) }
	result, err := l.Do(ctx, casework.Perform{
		ID: l.id(), Actor: actor, Ref: c.ref, Step: stepSurvey, Records: measured(c.plan),
		Evidence: []casework.EvidenceItem{
			{Kind: "place", Lat: decimal(parcel.Lat), Lon: decimal(parcel.Lon)}, {Kind: "time"},
			{Kind: "photo", Hash: photo(1)}, {Kind: "photo", Hash: photo(2)},
			{Kind: "signature", Text: l.names[actor.Officer]},
		},
	})
	c.surveyed = result.First
	l.waiting.Store(true)
	return err
}

// decimal writes a coordinate.
func decimal(v float64) string { return strconv.FormatFloat(v, 'f', 6, 64) }

// measured is what the plan says was measured.
func measured(p simulate.PlannedCase) map[string]string {
	for _, a := range p.Conduct {
		if a.Kind == simulate.ActSurvey {
			return a.Records
		}
	}
	return map[string]string{"measured-load": "0"}
}

// conclude decides as an honest officer does: grants what the rules allow, and
// otherwise gives notice of the reason that is true, to refuse when the
// hearing is over.
func (l *living) conclude(ctx context.Context, c *livedCase) error {
	actor, err := l.holder(ctx, c, stepConditions)
	if err != nil {
		return err
	}
	_, err = l.Do(ctx, casework.Decide{ID: l.id(), Actor: actor, Ref: c.ref, Step: stepConditions, Grant: true})
	if key(err) != "error.reason-true-cannot-grant" {
		return err
	}
	view, err := l.Case(ctx, aiqyn.System, c.ref)
	if err != nil || view.Ruling == nil {
		return err
	}
	for _, r := range view.Ruling.Reasons {
		if r.True {
			return l.refuse(ctx, c, r.Reason.Name)
		}
	}
	return nil
}

// hearingDays is how long after a notice somebody comes back to a case.
const hearingDays = 6

// refuse names a reason; the rules know whether it is true. A first refusal
// opens the hearing, so the officer comes back to it.
func (l *living) refuse(ctx context.Context, c *livedCase, reason string) error {
	actor, err := l.holder(ctx, c, stepConditions)
	if err != nil {
		return err
	}
	_, err = l.Do(ctx, casework.Decide{ID: l.id(), Actor: actor, Ref: c.ref, Step: stepConditions, Reason: reason})
	if err != nil {
		return err
	}
	row, found, err := l.db.CaseByRef(ctx, string(c.ref))
	if err == nil && found && row.Step == stepConditions {
		l.later(workingMorning(l.clock.now().AddDate(0, 0, hearingDays), int(row.No)), c, l.conclude)
	}
	return err
}

// appealDays is how long somebody of the council takes over an appeal.
const appealDays = 9

// hear decides on an appeal as the facts have it.
func (l *living) hear(ctx context.Context, c *livedCase) error {
	actor, err := l.holder(ctx, c, service.StepAppeal)
	if err != nil {
		return err
	}
	d := casework.DecideAppeal{
		ID: l.id(), Actor: actor, Ref: c.ref, Outcome: casework.AppealUpheld, Signature: l.names[actor.Officer],
		Ground: "Бас тарту себебі тіркелген фактілер бойынша рас.",
	}
	if _, err = l.Do(ctx, d); key(err) != "error.appeal-not-true" {
		return err
	}
	d.ID, d.Outcome, d.Ground = l.id(), casework.AppealAnnulled, "Бас тарту себебі енді рас емес."
	_, err = l.Do(ctx, d)
	return err
}

// correct replaces a value that the survey got wrong.
func (l *living) correct(ctx context.Context, c *livedCase, a simulate.Act) error {
	if c.surveyed == 0 {
		return nil
	}
	row, found, err := l.db.CaseByRef(ctx, string(c.ref))
	if err != nil || !found {
		return err
	}
	actor := l.head(c, row.No)
	_, err = l.Do(ctx, casework.Correct{
		ID: l.id(), Actor: actor, Ref: c.ref, Entry: c.surveyed, Field: stepSurvey + ".measured-load",
		Value: a.Records["measured-load"], Ground: a.Text,
	})
	return err
}
