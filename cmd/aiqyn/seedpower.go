package main

import (
	"context"
	"fmt"
	"time"

	"aiqyn"
	"aiqyn/casework"
	"aiqyn/simulate"
)

// The last weeks of the past are published week by week, the last days day by day, as
// the engine does by itself once it serves.
const (
	publishedWeeks = 4
	publishedDays  = 3
)

// published reports whether free power was published when a day began; that of today
// is published by whoever serves.
func (s *seeding) published(at time.Time) bool {
	at = at.In(zone)
	ago := int(s.present.Sub(at).Hours() / 24)
	return at.Hour() == 0 && ago > 0 && (ago < publishedDays || ago < 7*publishedWeeks && at.Weekday() == time.Monday)
}

// publish takes in what the town's meters have counted by then, and publishes the free
// power that it leaves.
func (s *seeding) publish(ctx context.Context, o *office, at time.Time) error {
	if err := s.meters(ctx, o, at.In(zone).AddDate(0, 0, -1)); err != nil {
		return err
	}
	_, err := o.PublishCapacity(ctx)
	return err
}

// meters takes in what the town's meters have counted up to a day, as an operator would.
func (s *seeding) meters(ctx context.Context, o *office, to time.Time) error {
	last := to.In(zone).Format(time.DateOnly)
	if s.peaks == nil {
		s.peaks = s.world.Peaks()
	}
	table, some := simulate.PeaksOf(s.peaks, s.metered, last)
	if !some { // a network from a file has no meters
		return nil
	}
	if s.metered == "" {
		if err := s.register(ctx, o, table); err != nil {
			return err
		}
	}
	s.metered = last
	_, err := o.Do(ctx, casework.Measurements{ID: aiqyn.CommandID("measurements/" + last), Actor: s.operator(), Table: table})
	return err
}

// register says which meters stand at which transformers, before anything is taken in.
func (s *seeding) register(ctx context.Context, o *office, peaks []byte) error {
	for i, table := range simulate.MetersOf(peaks, 2000) {
		if _, err := o.Do(ctx, casework.RegisterMeters{ID: aiqyn.CommandID(fmt.Sprint("meters/", i)), Actor: s.operator(), Table: table}); err != nil {
			return fmt.Errorf("meters of the town: %w", err)
		}
	}
	return nil
}

// misread sends a reading's correction that takes an overseer, who has not signed yet.
func (s *seeding) misread(ctx context.Context, o *office) error {
	control, correction, ok := s.world.Misread(s.peaks)
	if !ok {
		return nil
	}
	if err := s.second(ctx, o, "control", control); err != nil {
		return err
	}
	if _, err := o.Do(ctx, casework.CorrectPeaks{ID: "corrections/misread", Actor: s.operator(), Table: correction}); err != nil {
		return fmt.Errorf("a correction: %w", err)
	}
	return nil
}

// second has a second operator, of another hand than the first, register a meter and send
// what it has counted: who corrects or withdraws does not bear it out.
func (s *seeding) second(ctx context.Context, o *office, id string, peaks []byte) error {
	by := s.operators()[1]
	for i, table := range simulate.MetersOf(peaks, 1) {
		if _, err := o.Do(ctx, casework.RegisterMeters{ID: aiqyn.CommandID(fmt.Sprint("meters/", id, "/", i)), Actor: by, Table: table}); err != nil {
			return fmt.Errorf("the place of a control meter: %w", err)
		}
	}
	if _, err := o.Do(ctx, casework.Measurements{ID: aiqyn.CommandID("measurements/" + id), Actor: by, Table: peaks}); err != nil {
		return fmt.Errorf("a control meter: %w", err)
	}
	return nil
}

// outgrown withdraws what was published as free of a transformer, as a head of the utility
// and an overseer do: two meters that two people have registered and read bear it out.
func (s *seeding) outgrown(ctx context.Context, o *office) error {
	control, trafo, ok := s.world.Outgrown(s.peaks)
	if !ok {
		return nil
	}
	if err := s.second(ctx, o, "outgrown", control); err != nil {
		return err
	}
	for _, f := range s.world.Officers {
		if f.Role == aiqyn.RoleHead && f.Body == simulate.Utility {
			ask := casework.ReduceMargin{ID: "reduce/asked", Actor: f.Actor(), Trafo: trafo, Ground: "Екі есептегіш те жарияланғаннан көп жүктемені көрсетті."}
			if _, err := o.Do(ctx, ask); err != nil {
				return fmt.Errorf("a withdrawal: %w", err)
			}
			break
		}
	}
	for _, f := range s.world.Officers {
		if f.Role == aiqyn.RoleOverseer {
			sign := casework.ReduceMargin{ID: "reduce/signed", Actor: f.Actor(), Trafo: trafo, Ground: "Екі есептегіштің көрсеткіштері салыстырылды: келісімді."}
			if _, err := o.Do(ctx, sign); err != nil {
				return fmt.Errorf("the signature under a withdrawal: %w", err)
			}
			break
		}
	}
	return nil
}

// operator is who sends what meters have counted.
func (s *seeding) operator() aiqyn.Actor { return s.operators()[0] }

// operators are all who may.
func (s *seeding) operators() (list []aiqyn.Actor) {
	for _, f := range s.world.Officers {
		if f.Role == aiqyn.RoleOperator {
			list = append(list, f.Actor())
		}
	}
	return list
}
