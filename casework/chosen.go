package casework

import (
	"time"

	"aiqyn"
	"aiqyn/service"
)

// An applicant may want another point than the best: their own cable lies there, or
// their neighbour goes the same way. That is their word and nobody else's. They give it
// as an act of the case, and only where they have may whoever grants name it as the
// reason for a dearer point.

// choicesNameRulings is since when a choice must name the ruling that showed the point.
var choicesNameRulings = time.Date(2026, time.December, 1, 0, 0, 0, 0, time.UTC)

// pointChosen names the point that the applicant wants, and the ruling before it by which
// that was one of those there were.
type pointChosen struct {
	Point  string `json:"point"`
	Ruling int64  `json:"ruling"`
}

// choosable says why no point can be chosen now.
func choosable(s *State, svc *service.Service) error {
	step := findStep(svc, s.Step)
	switch {
	case svc.Outcome.Other == nil || !svc.Outcome.Other.ByApplicant():
		return aiqyn.E(aiqyn.Invalid, "error.point-unknown").On("point")
	case s.Held:
		return aiqyn.E(aiqyn.Conflict, "error.case-held")
	case step == nil || offered(s.Step) || s.Outcome != "":
		return aiqyn.E(aiqyn.Conflict, "error.case-closed")
	}
	return nil
}

type choosePoint struct {
	onCase
	point    string
	prepared *evaluation
}

// prepare computes which points there are; if anything changes before the turn, that is
// done again.
func (c *choosePoint) prepare(ctx ctx, e *Engine) error {
	rec, svc, err := c.owned(ctx, e)
	if err != nil {
		return err
	}
	c.prepared, err = e.evaluate(svc, rec, e.Clock().UTC())
	return err
}

func (c *choosePoint) decide(t *turn) error {
	s := t.rec.state
	if err := c.applicant(t); err != nil {
		return err
	}
	if err := choosable(s, t.svc); err != nil {
		return err
	}
	ev, err := t.assess(c.prepared)
	if err != nil {
		return err
	}
	place, _, err := placeNamed(t.svc, ev.vars, c.point)
	if err != nil {
		return err
	}
	if place == nil {
		return aiqyn.E(aiqyn.Invalid, "error.point-unknown").On("point")
	}
	shown := t.rule(ev, aiqyn.System, s.Step)
	t.emit(EventPointChosen, c.actor, &pointChosen{Point: c.point, Ruling: shown.index}, atStep(s.Step))
	return nil
}

// chose holds the word of the applicant to theirs being it, and to a point that there was
// by the ruling before it.
func (c *caseAudit) chose(ev *event, d *pointChosen) {
	if ev.actor.Role != aiqyn.RoleApplicant || !c.rec.state.isOf(ev.actor) {
		c.wrong(ev.index, "a point is chosen by somebody else than who applies")
	}
	if d.Ruling == 0 && ev.at.Before(choicesNameRulings) {
		return
	}
	if c.svc == nil || c.svc.Outcome.Other == nil || c.ruled == nil || c.verdictAt != d.Ruling {
		c.wrong(ev.index, "a point is chosen, and no ruling before it says which there were")
	} else if place, _, err := placeNamed(c.svc, c.ruled, d.Point); err != nil || place == nil {
		c.wrong(ev.index, "a point is chosen that was not among those there were")
	}
}
