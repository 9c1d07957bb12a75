package casework

import (
	"context"
	"fmt"

	"aiqyn"
	"aiqyn/access"
	"aiqyn/registry"
	"aiqyn/service"
)

// lookUp reads what the state knows already, once, and keeps how it was read.
func (f *file) lookUp(ctx context.Context, e *Engine) error {
	readings, more, err := e.lookUps(ctx, f.svc, f.Actor, f.answers, phoneQuery(f.Actor.Behalf(), "notify"))
	if err != nil {
		return err
	}
	if f.phone, err = phoneIn(more[0]); err == nil && f.phone == "" {
		f.phone, err = e.phoneFor(ctx, f.Actor)
	}
	f.readings = readings
	return err
}

// phoneFor is where the letters of a case go: to whose case it is. A child and a
// company have no number; then to whoever acts for them by a register, or let
// another act, and to that one only if there is nobody else.
func (e *Engine) phoneFor(ctx context.Context, a aiqyn.Actor) (phone string, err error) {
	whom := []aiqyn.PersonID{a.Behalf()}
	if entry, ok := access.MandateEntry(a); ok {
		m, err := e.mandate(ctx, entry)
		if err != nil {
			return "", err
		}
		if m != nil && m.GivenBy != "" {
			whom = append(whom, m.GivenBy)
		}
	}
	if access.Standing(a) != access.Own {
		whom = append(whom, a.Person)
	}
	for _, p := range whom {
		if phone, err = e.phoneOf(ctx, p); err != nil || phone != "" {
			break
		}
	}
	return phone, err
}

// readAll reads everything that a service looks up about a case.
func (e *Engine) readAll(ctx context.Context, svc *service.Service, by aiqyn.Actor, answers map[string]any) ([]reading, error) {
	list, _, err := e.lookUps(ctx, svc, by, answers)
	return list, err
}

// lookUps does so and asks the registers what else is wanted, in as few goes as they
// allow: each takes its time, be it of another body's system or of the database.
func (e *Engine) lookUps(ctx context.Context, svc *service.Service, by aiqyn.Actor, answers map[string]any, also ...registry.Query) (list []reading, more []registry.Reading, err error) {
	var queries []registry.Query
	for _, l := range svc.LookUps {
		if l.Register == registry.LotRegister {
			continue
		}
		key := string(by.Behalf())
		if l.Of != "applicant" {
			key = fmt.Sprint(answers[l.Of])
		}
		queries = append(queries, registry.Query{Register: l.Register, Key: key, Purpose: string(svc.ID) + "/" + l.Name, Actor: by})
	}
	read, err := e.readRegisters(ctx, append(queries, also...))
	if err != nil {
		return nil, nil, err
	}
	for _, l := range svc.LookUps {
		var r reading
		if l.Register != registry.LotRegister {
			r, read = readOf(l.Name, read[0].Key, read[0]), read[1:]
		} else if r, err = e.readLot(ctx, fmt.Sprint(answers[l.Of]), l.Name); err != nil {
			return nil, nil, err
		}
		list = append(list, r)
	}
	return list, read, nil
}
