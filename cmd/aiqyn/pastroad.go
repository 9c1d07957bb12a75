package main

import (
	"context"
	"fmt"
	"time"

	"aiqyn"
	"aiqyn/casework"
	"aiqyn/evidence"
)

// Steps of what follows the conditions.
const (
	stepContract   = "contract"
	stepOwnWorks   = "own-works"
	stepInspection = "inspection"
	stepEnergising = "energising"
)

// contract goes on from conditions, if they were granted by then: the applicant
// builds with a builder of their own.
func (l *living) contract(ctx context.Context, c *livedCase) error {
	view, err := l.Case(ctx, aiqyn.System, c.ref)
	if err != nil || view.Road == nil || view.Road.Next == "" || view.Outcome != aiqyn.Granted {
		return err
	}
	next := &livedCase{plan: c.plan, ref: view.Road.Next}
	l.mu.Lock()
	l.cases[next.ref] = next
	l.mu.Unlock()
	err = l.take(ctx, next, stepContract, map[string]string{"builder": "own", "builder-licence": c.plan.Road.Licence})
	if err == nil {
		l.later(workingMorning(l.clock.now().AddDate(0, 0, c.plan.Road.Works), len(next.ref)), next, l.build)
	}
	return err
}

// take is a step that the applicant takes.
func (l *living) take(ctx context.Context, c *livedCase, step aiqyn.StepID, records map[string]string) error {
	_, err := l.Do(ctx, casework.Perform{
		ID: l.id(), Actor: aiqyn.Actor{Role: aiqyn.RoleApplicant, Person: c.plan.Applicant}, Ref: c.ref, Step: step, Records: records,
	})
	return err
}

// build says that the works are finished.
func (l *living) build(ctx context.Context, c *livedCase) error {
	now := l.clock.now()
	if err := l.take(ctx, c, stepOwnWorks, map[string]string{"built-on": now.In(zone).Format(time.DateOnly)}); err != nil {
		return err
	}
	l.waiting.Store(true)
	l.later(workingMorning(now.AddDate(0, 0, 1), int(now.Unix()/60)), c, l.inspect)
	return nil
}

// inspect looks at what was built, as whoever was drawn for it.
func (l *living) inspect(ctx context.Context, c *livedCase) error {
	actor, err := l.holder(ctx, c, stepInspection)
	if err != nil {
		return err
	}
	parcel := l.parcels[c.plan.Parcel]
	if parcel == nil {
		return fmt.Errorf("parcel %q is not in the register", c.plan.Parcel)
	}
	wanting := c.plan.Road.Mending > 0 && !c.mended
	records := map[string]string{"fit": "yes", "meter": "Z-" + c.plan.Road.Licence[3:]}
	if wanting {
		records = map[string]string{"fit": "no", "remarks": "Жерге тұйықтау контуры аяқталмаған"}
	}
	photo := func(n int) string {
		return evidence.HashOf(fmt.Appendf(nil, "practice photo %d of %s, %t", n, c.ref, wanting))
	}
	_, err = l.Do(ctx, casework.Perform{
		ID: l.id(), Actor: actor, Ref: c.ref, Step: stepInspection, Records: records,
		Evidence: []casework.EvidenceItem{
			{Kind: "place", Lat: decimal(parcel.Lat), Lon: decimal(parcel.Lon)}, {Kind: "time"},
			{Kind: "photo", Hash: photo(1)}, {Kind: "photo", Hash: photo(2)},
			{Kind: "signature", Text: l.names[actor.Officer]},
		},
	})
	if err != nil {
		return err
	}
	now := l.clock.now()
	if wanting {
		c.mended = true
		l.later(workingMorning(now.AddDate(0, 0, c.plan.Road.Mending), int(now.Unix()/60)), c, l.build)
		return nil
	}
	l.waiting.Store(true)
	l.later(workingMorning(now, int(now.Unix()/60)), c, l.energise)
	return nil
}

// energise closes the switch.
func (l *living) energise(ctx context.Context, c *livedCase) error {
	actor, err := l.holder(ctx, c, stepEnergising)
	if err != nil {
		return err
	}
	_, err = l.Do(ctx, casework.Decide{ID: l.id(), Actor: actor, Ref: c.ref, Step: stepEnergising, Grant: true})
	return err
}
