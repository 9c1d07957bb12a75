package simulate

import (
	"fmt"
	"math/rand/v2"
	"time"

	"aiqyn"
	"aiqyn/registry"
)

// Institutions that registers name, as the pack calls those whose services they are;
// all invented.
const (
	universityTitle = "«Айқын» мемлекеттік университеті (ойдан шығарылған)"
	collegeTitle    = "«Айқын» политехникалық колледжі (ойдан шығарылған)"
	courtTitle      = "«Айқын» қалалық соты (ойдан шығарылған)"
)

// known is how many of the grown-ups registers of work, study and the like have
// rows of, beside those whom the demonstration is shown through: enough to look
// at, few enough that a demonstration begins at once.
const known = 0.03

// callUpEnds is the age at which nobody is called up any more.
const callUpEnds = 27

// standing is what registers have of one person beside who they are and what
// they hold; nil where a register has nothing.
type standing struct {
	study     *registry.Study
	marks     *registry.Marks
	work      *registry.Employment
	insurance *registry.Insurance
	licence   *registry.DrivingLicence
	fitness   *registry.DrivingFitness
	conscript *registry.Conscript
	court     *registry.CourtActs
}

// standings fills the registers of work, study, licences, conscripts and courts.
func (m *maker) standings() {
	r := stream(m.cfg.Seed, "standings")
	parts := make(map[aiqyn.PersonID]string)
	for _, p := range m.w.Personas {
		if p.Actor.Role == aiqyn.RoleApplicant {
			parts[p.IIN] = p.ID
		}
	}
	for i := range m.w.lives {
		p := &m.w.lives[i]
		part, shown := parts[p.iin]
		if !shown && (!p.adult(m.w.Today) || !chance(r, known)) {
			continue
		}
		s := chanced(r, p, m.w.Today)
		if shown {
			s = played(part, p, m.w.Today)
		}
		m.w.enter(s)
	}
}

// enter writes what is known of a person into the registers.
func (w *World) enter(s standing) {
	w.Studies = entered(w.Studies, s.study)
	w.Marks = entered(w.Marks, s.marks)
	w.Employments = entered(w.Employments, s.work)
	w.Insurances = entered(w.Insurances, s.insurance)
	w.Licences = entered(w.Licences, s.licence)
	w.Fitness = entered(w.Fitness, s.fitness)
	w.Conscripts = entered(w.Conscripts, s.conscript)
	w.Courts = entered(w.Courts, s.court)
}

func entered[T any](rows []T, row *T) []T {
	if row == nil {
		return rows
	}
	return append(rows, *row)
}

// chanced is what registers have of somebody who plays no part.
func chanced(r *rand.Rand, p *resident, today time.Time) (s standing) {
	age := p.age(today)
	ago := func(days int) time.Time { return today.AddDate(0, 0, -days) }
	if age < 23 && chance(r, 0.6) {
		s.study = p.studies("university", universityTitle, ago(100+r.IntN(900)), today)
		s.marks = p.marked(50+r.IntN(50), ago(r.IntN(100)))
		if chance(r, 0.4) {
			s.study.Level, s.study.Institution = "college", collegeTitle
		}
		if chance(r, 0.3) {
			s.study.Funding = "own"
		}
	} else if chance(r, 0.8) {
		s.work, s.insurance = p.works(ago(60+r.IntN(3000)), today)
	}
	if chance(r, 0.5) {
		s.licence = p.drives(ago(r.IntN(3500)))
		s.fitness = &registry.DrivingFitness{Person: p.iin, Fit: chance(r, 0.95), Until: day(today.AddDate(0, 0, r.IntN(900)-200))}
	}
	if chance(r, 0.05) {
		s.court = p.party(ago(20+r.IntN(400)), today)
	}
	s.conscript = p.calledUp(today)
	return s
}

// played is what registers have of somebody the demonstration is shown through.
func played(part string, p *resident, today time.Time) (s standing) {
	switch part {
	case "mother": // her licence ends soon, and she is fit
		s.work, s.insurance = p.works(today.AddDate(-3, 0, 0), today)
		s.licence = p.drives(today.AddDate(-10, 0, 20))
		s.fitness = &registry.DrivingFitness{Person: p.iin, Fit: true, Until: day(today.AddDate(1, 0, 0))}
	case "builder": // his has ended, and no doctor has seen him since
		s.work, s.insurance = p.works(today.AddDate(-5, 0, 0), today)
		s.licence = p.drives(today.AddDate(-10, -1, 0))
	case "entrepreneur": // may not drive for some time yet
		s.licence = p.drives(today.AddDate(-10, 0, 5))
		s.licence.Banned = day(today.AddDate(0, 4, 0))
		s.fitness = &registry.DrivingFitness{Person: p.iin, Fit: true, Until: day(today.AddDate(1, 0, 0))}
	case "student":
		s.study = p.studies("university", universityTitle, today.AddDate(-1, -2, 0), today)
		s.marks = p.marked(82, today.AddDate(0, -5, 0))
		s.conscript = p.calledUp(today)
	case "seeker": // lost work lately, after two and a half years of it
		s.work, s.insurance = p.works(today.AddDate(0, -31, 0), today)
		s.work.Working, s.work.Until = false, day(today.AddDate(0, -1, 0))
		s.insurance.Months, s.insurance.Latest = 30, day(today.AddDate(0, -1, 0))
		s.study = p.studies("college", collegeTitle, p.born.AddDate(16, 0, 0), today)
		s.study.Status, s.study.Until = "finished", day(p.born.AddDate(20, 0, 0))
		s.court = p.party(today.AddDate(0, -2, 0), today)
	}
	return s
}

// studies is a full-time study at the state's expense since a day.
func (p *resident) studies(level, institution string, since, today time.Time) *registry.Study {
	return &registry.Study{Person: p.iin, Level: level, Institution: institution, Form: "full-time", Funding: "state",
		Status: "enrolled", Since: day(since), Until: day(today.AddDate(2, 0, 0))}
}

// marked is a session with its lowest mark.
func (p *resident) marked(lowest int, session time.Time) *registry.Marks {
	return &registry.Marks{Person: p.iin, Lowest: lowest, Session: day(session)}
}

// works is a contract since a day, and the contributions paid under it.
func (p *resident) works(since, today time.Time) (*registry.Employment, *registry.Insurance) {
	months := int(today.Sub(since).Hours() / 24 / 30)
	return &registry.Employment{Person: p.iin, Working: true, Since: day(since)},
		&registry.Insurance{Person: p.iin, Months: months, Latest: day(today.AddDate(0, 0, -25))}
}

// drives is a licence for ten years.
func (p *resident) drives(issued time.Time) *registry.DrivingLicence {
	return &registry.DrivingLicence{Person: p.iin, Number: "ZZ" + string(p.iin[4:10]), Categories: "B",
		Issued: day(issued), Until: day(issued.AddDate(10, 0, 0))}
}

// calledUp is an entry of those who may be called up, nil for everybody else.
func (p *resident) calledUp(today time.Time) *registry.Conscript {
	if p.female || p.age(today) < 18 || p.age(today) >= callUpEnds {
		return nil
	}
	return &registry.Conscript{Person: p.iin, Until: day(p.born.AddDate(callUpEnds, 0, -1))}
}

// party is one judicial act, in force after a month.
func (p *resident) party(made, today time.Time) *registry.CourtActs {
	act := registry.CourtAct{Number: fmt.Sprintf("9999-%02d-00-2/%s", made.Year()%100, p.iin[8:]), Court: courtTitle, Made: day(made)}
	if force := made.AddDate(0, 1, 1); !force.After(today) {
		act.Force = day(force)
	}
	return &registry.CourtActs{Person: p.iin, Acts: []registry.CourtAct{act}}
}
