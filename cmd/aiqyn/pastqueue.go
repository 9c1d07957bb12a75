package main

import (
	"context"
	"fmt"
	"time"

	"aiqyn"
	"aiqyn/casework"
	"aiqyn/deadline"
	"aiqyn/registry"
	"aiqyn/simulate"
)

// The queue of the kindergartens in the demonstration.
const (
	kindergarten  = aiqyn.ServiceID("education.kindergarten")
	queueStrides  = 15 // before the present, when children come into the queue
	roundsHour    = 16 // a stride ends then on each day, whatever the hour of the present; at midnight and at eight no round may begin
	queueInfants  = 60
	queueReporter = "keeper"
)

// kindergartens writes the registers that the queue reads.
func kindergartens(w *simulate.World) []row {
	var rows []row
	gardens := w.Kindergartens()
	for i := range gardens {
		rows = append(rows, row{registry.KindergartenRegister, gardens[i].ID, &gardens[i]})
	}
	for i, child := range w.Infants(queueInfants) {
		if i%9 == 4 {
			rows = append(rows, row{registry.PrivilegeRegister, string(child.Child), &registry.Privileges{Person: child.Child, LargeFamily: true}})
		}
		if i%11 == 7 { // a brother or sister is where the child is to go
			rows = append(rows, row{registry.SiblingRegister, string(child.Child), &registry.Siblings{Person: child.Child, At: []string{firstWish(gardens, i).ID}}})
		}
	}
	return rows
}

// firstWish is the kindergarten that a child's parents want most.
func firstWish(gardens []registry.Institution, i int) registry.Institution {
	return gardens[i%len(gardens)]
}

// waitingChild is a child who was put into the queue by a parent.
type waitingChild struct {
	actor aiqyn.Actor
	ref   aiqyn.Reference
	quiet bool // does not answer
	steps []answerOf
}

// answerOf is what is recorded in a step once a place is offered.
type answerOf struct{ name, record, says string }

// answers take an offer and name the first day.
func (q *queueing) answers() []answerOf {
	return []answerOf{{"offer", "accept", "yes"}, {"enrolment", "first-day", q.s.present.AddDate(0, 0, 14).Format("2006-01-02")}}
}

// queueing lets children come into the queue and rounds share out what is free.
type queueing struct {
	*living
	s        *seeding
	children []*waitingChild
}

// at does what happens so many strides before the present.
func (q *queueing) at(ctx context.Context, left int) error {
	switch {
	case left == queueStrides:
		return q.begin(ctx)
	case left < queueStrides && left > 1 && q.clock.now().In(zone).Hour() == roundsHour:
		return q.round(ctx)
	}
	return nil
}

// begin has the kindergartens report their places and parents apply.
func (q *queueing) begin(ctx context.Context) error {
	gardens := q.s.world.Kindergartens()
	for i, g := range gardens {
		actor := aiqyn.Actor{Role: aiqyn.RoleInstitution, Officer: aiqyn.OfficerID(queueReporter + "-" + g.ID), Body: aiqyn.BodyID(g.ID)}
		for k, group := range g.Groups {
			report := casework.ReportPlaces{ID: q.id(), Actor: actor, Service: kindergarten, Institution: g.ID, Group: group.ID, Places: (i + k) % 3}
			if _, err := q.Do(ctx, report); err != nil {
				return fmt.Errorf("report places: %w", err)
			}
		}
	}
	for i, infant := range q.s.world.Infants(queueInfants) {
		if err := q.apply(ctx, gardens, i, infant); err != nil {
			return err
		}
	}
	for _, c := range competitions(q.s.world) {
		if err := q.compete(ctx, c); err != nil {
			return err
		}
	}
	return q.timed(ctx)
}

func (q *queueing) apply(ctx context.Context, gardens []registry.Institution, i int, infant simulate.Infant) error {
	as := aiqyn.Actor{Role: aiqyn.RoleApplicant, Person: infant.Parent, Assurance: aiqyn.ByCode}
	read, err := q.Registers.Read(ctx, registry.Query{Register: registry.ChildrenRegister, Key: string(infant.Parent), Purpose: "represent", Actor: as})
	if err != nil {
		return err
	}
	as.For, as.Mandate = infant.Child, registry.ChildrenRegister+"/"+read.Version
	file := casework.File{ID: q.id(), Actor: as, Service: kindergarten, Channel: "online", Lang: aiqyn.Kazakh, Answers: map[string]string{
		"language": []string{"kk", "kk", "ru"}[i%3], "first": firstWish(gardens, i).ID, "second": gardens[(i+1+i%3)%len(gardens)].ID,
	}}
	res, err := q.Do(ctx, file)
	if err != nil {
		return fmt.Errorf("into the queue: %w", err)
	}
	q.children = append(q.children, &waitingChild{actor: as, ref: res.Ref, quiet: i%7 == 6, steps: q.answers()})
	return nil
}

// round takes the day's round as far as it goes, and lets parents answer.
func (q *queueing) round(ctx context.Context) error {
	today := deadline.DateOf(q.clock.now().In(zone))
	if err := q.RunRounds(ctx, today); err != nil {
		return err
	}
	// The witnesses see the commitment before its seed is published.
	q.waiting.Store(true)
	for _, later := range []time.Duration{breather, casework.RoundNotice} {
		if err := q.settle(ctx, q.clock.now().Add(later)); err != nil {
			return err
		}
	}
	if err := q.RunRounds(ctx, today); err != nil {
		return err
	}
	for _, c := range q.children {
		if err := q.answer(ctx, c); err != nil {
			return err
		}
	}
	return nil
}

// answer takes an offer and names the first day.
func (q *queueing) answer(ctx context.Context, c *waitingChild) error {
	if c.quiet {
		return nil
	}
	for _, step := range c.steps {
		do := casework.Perform{ID: q.id(), Actor: c.actor, Ref: c.ref, Step: aiqyn.StepID(step.name), Records: map[string]string{step.record: step.says}}
		if _, err := q.Do(ctx, do); aiqyn.KindOf(err) == aiqyn.Conflict {
			return nil // nothing is offered, or it is done
		} else if err != nil {
			return err
		}
	}
	return nil
}
