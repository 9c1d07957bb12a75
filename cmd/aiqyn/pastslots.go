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

// The demonstration's places that have a time.
const (
	patients   = 12
	firstDay   = 3 // days behind the beginning of the queues on which people are seen first
	seenDays   = 9 // and for how many
	slotLength = 20
	slotsOfDay = 6
)

func patientsOf(w *simulate.World) []simulate.Candidate {
	return w.Candidates("patients", 30, 70, patients)
}

// timedRows are what the registers of surgeries and centres have, and of referrals.
func timedRows(w *simulate.World) (rows []row) {
	for _, t := range w.Timed() {
		for i := range t.Institutions {
			rows = append(rows, row{t.Register, t.Institutions[i].ID, &t.Institutions[i]})
		}
	}
	if who, ok := w.Patient(); ok {
		rows = append(rows, row{registry.ReferralRegister, string(who), &registry.Referrals{Person: who, To: []string{"cardiologist"}}})
	}
	for i, p := range patientsOf(w) {
		d := registry.Referrals{Person: p.Exam.Person, To: []string{"cardiologist", "cardiology"}}
		if i%4 == 3 {
			d.Urgent = d.To
		}
		rows = append(rows, row{registry.ReferralRegister, string(d.Person), &d})
	}
	return rows
}

// timed has schedules published, and people book.
func (q *queueing) timed(ctx context.Context) error {
	from := deadline.DateOf(q.clock.now().In(zone))
	for _, t := range q.s.world.Timed() {
		for _, i := range t.Institutions {
			for _, g := range i.Groups {
				if err := q.schedule(ctx, t.Service, i.ID, g.ID, from); err != nil {
					return err
				}
			}
		}
	}
	for i, p := range patientsOf(q.s.world) {
		as := aiqyn.Actor{Role: aiqyn.RoleApplicant, Person: p.Exam.Person, Assurance: aiqyn.ByCode}
		res, err := q.Do(ctx, casework.File{ID: q.id(), Actor: as, Service: "health.specialist", Channel: "online", Lang: aiqyn.Kazakh, Answers: map[string]string{
			"specialist": []string{"cardiologist", "therapist"}[i%2], "first": fmt.Sprintf("pol-%d", 1+i%2), "hours": "any"}})
		if err != nil {
			return fmt.Errorf("to a specialist: %w", err)
		}
		q.children = append(q.children, &waitingChild{actor: as, ref: res.Ref, quiet: i%6 == 5, steps: []answerOf{{"offer", "accept", "yes"}}})
	}
	return nil
}

// schedule publishes the hours of a group on working days.
func (q *queueing) schedule(ctx context.Context, svc aiqyn.ServiceID, institution, group string, from deadline.Date) error {
	actor := aiqyn.Actor{Role: aiqyn.RoleInstitution, Officer: aiqyn.OfficerID(queueReporter + "-" + institution), Body: aiqyn.BodyID(institution)}
	for n := range seenDays {
		day := from.AddDays(firstDay + n)
		if day.Weekday() == time.Saturday || day.Weekday() == time.Sunday {
			continue
		}
		c := casework.PublishSlots{ID: q.id(), Actor: actor, Service: svc, Institution: institution, Group: group, Day: day.String(), From: "09:00", Minutes: slotLength, Count: slotsOfDay, Places: 1}
		if _, err := q.Do(ctx, c); err != nil {
			return fmt.Errorf("publish slots: %w", err)
		}
	}
	return nil
}
