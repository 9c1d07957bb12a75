package main

import (
	"cmp"
	"context"
	"fmt"

	"aiqyn"
	"aiqyn/casework"
	"aiqyn/registry"
	"aiqyn/simulate"
)

// competition is a service of the demonstration that gives places by points.
type competition struct {
	service      aiqyn.ServiceID
	register     string // of who gives places
	tests        string // of results; "": nothing gives points
	question     string // that names the kind of place; "": there is one
	kind         string // that candidates of the past asked for
	places       int    // that an institution reports of each kind; 0: all
	institutions []registry.Institution
	candidates   []simulate.Candidate
}

// Sizes of the demonstration's competitions.
const (
	entrants   = 14
	jobSeekers = 10
	settlers   = 12
)

func competitions(w *simulate.World) []competition {
	return []competition{
		{"education.university-place", registry.UniversityRegister, registry.ExamRegister, "programme", "it", 0, w.Universities(), w.Candidates("entrants", 17, 19, entrants)},
		{"employment.vacancy", registry.VacancyRegister, registry.TestRegister, "field", "office", 0, w.Employers(), w.Candidates("job seekers", 24, 45, jobSeekers)},
		{"land.housing-queue", registry.PlotRegister, "", "", "", 2, w.PlotAreas(), w.Candidates("settlers", 25, 60, settlers)},
	}
}

// competitionRows are what the registers of places and tests have.
func competitionRows(w *simulate.World) (rows []row) {
	for _, c := range competitions(w) {
		for i := range c.institutions {
			rows = append(rows, row{c.register, c.institutions[i].ID, &c.institutions[i]})
		}
		for i := range c.candidates {
			d := &c.candidates[i]
			if c.tests == "" {
				continue
			}
			rows = append(rows, row{c.tests, string(d.Exam.Person), &d.Exam})
			if c.tests == registry.ExamRegister {
				rows = append(rows, row{registry.CertificateRegister, string(d.School.Person), &d.School})
			}
		}
	}
	if seeker, ok := w.Seeker(); ok {
		rows = append(rows, row{registry.TestRegister, string(seeker.Exam.Person), &seeker.Exam})
	}
	return rows
}

// compete has the places reported, and candidates apply for them.
func (q *queueing) compete(ctx context.Context, c competition) error {
	for _, in := range c.institutions {
		actor := aiqyn.Actor{Role: aiqyn.RoleInstitution, Officer: aiqyn.OfficerID(queueReporter + "-" + in.ID), Body: aiqyn.BodyID(in.ID)}
		for _, g := range in.Groups {
			if _, err := q.Do(ctx, casework.ReportPlaces{ID: q.id(), Actor: actor, Service: c.service, Institution: in.ID, Group: g.ID, Places: cmp.Or(c.places, int(g.Places))}); err != nil {
				return fmt.Errorf("report places: %w", err)
			}
		}
	}
	for i, d := range c.candidates {
		as := aiqyn.Actor{Role: aiqyn.RoleApplicant, Person: d.Exam.Person, Assurance: aiqyn.ByCode}
		n := len(c.institutions)
		answers := map[string]string{"first": c.institutions[i%n].ID, "second": c.institutions[(i+1)%n].ID}
		if c.question != "" {
			answers[c.question] = c.kind
		}
		res, err := q.Do(ctx, casework.File{ID: q.id(), Actor: as, Service: c.service, Channel: "online", Lang: aiqyn.Kazakh, Answers: answers})
		if err != nil {
			return fmt.Errorf("into the ranking: %w", err)
		}
		q.children = append(q.children, &waitingChild{actor: as, ref: res.Ref, steps: q.answers()[:1]})
	}
	return nil
}
