package casework

import (
	"time"

	"aiqyn"
	"aiqyn/service"
)

// What an officer has recorded on site decides a case, and nobody else was there. So
// the applicant may contest it, once and within a term of the pack, as long as nothing
// is decided. Another officer is drawn blind, by a round that the contest names and
// nobody knows yet, among those who have not acted on the case: never the first. They
// record it again, and the ruling rests on that. What was recorded first stays in the
// log beside it. Later steps get their terms anew: a contest is no way to have a
// clock run out.

// contestState is what may be contested, and what was.
type contestState struct {
	Step aiqyn.StepID `json:"step"`
	By   time.Time    `json:"by"` // until when
	At   time.Time    `json:"at,omitzero"`
	Text string       `json:"text,omitempty"`
}

// raised reports whether something was contested.
func (c *contestState) raised() bool { return c != nil && !c.At.IsZero() }

// contested names who records a step again: the draw, nil if nobody is left to draw.
type contested struct {
	Draw *laterDraw   `json:"draw,omitempty"`
	Step aiqyn.StepID `json:"step"`
	Text string       `json:"text"`
}

// contestBy is until when what is recorded now may be contested; zero: it may not.
func (t *turn) contestBy(step *service.Step) (time.Time, error) {
	if step.Contest == nil || t.rec.state.Contest.raised() {
		return time.Time{}, nil
	}
	cal, err := t.e.calendar(t.svc.Calendar)
	if err != nil {
		return time.Time{}, err
	}
	due, err := cal.Due(t.now, step.Contest.Within, nil)
	return due.At, err
}

func (s *State) mayContest(d *performed) {
	if !d.ContestBy.IsZero() && !s.Contest.raised() {
		s.Contest = &contestState{Step: d.Step, By: d.ContestBy}
	}
}

// contestable says why nothing can be contested now.
func contestable(s *State, now time.Time) error {
	switch {
	case s.Held:
		return aiqyn.E(aiqyn.Conflict, "error.case-held")
	case s.Step == "" || offered(s.Step):
		return aiqyn.E(aiqyn.Conflict, "error.case-closed")
	case s.Contest.raised():
		return aiqyn.E(aiqyn.Conflict, "error.contested")
	case s.Contest == nil || s.Step == s.Contest.Step || s.standing():
		return aiqyn.E(aiqyn.Conflict, "error.nothing-to-contest")
	case now.After(s.Contest.By):
		return aiqyn.E(aiqyn.Conflict, "error.contest-late")
	}
	return nil
}

type contest struct {
	onCase
	text string
}

func (c *contest) decide(t *turn) error {
	s := t.rec.state
	if err := c.applicant(t); err != nil {
		return err
	}
	if err := contestable(s, t.now); err != nil {
		return err
	}
	if c.text == "" {
		return aiqyn.E(aiqyn.Invalid, "error.answer-required").On("text")
	}
	step := findStep(t.svc, s.Contest.Step)
	draw := t.nameDraw(step.By, t.svc.Body)
	t.unload(s.holder())
	t.emit(EventContested, c.actor, &contested{Draw: draw, Step: step.Name, Text: c.text}, atStep(step.Name))
	t.tell("message.contested")
	if err := t.start(step, nil); err != nil || draw != nil {
		return err
	}
	return t.escalate(step, "no-officer")
}

func (s *State) applyContested(ev *event, d *contested) {
	c := *s.Contest
	c.At, c.Text = ev.at, d.Text
	s.Contest = &c
	s.nameLater(ev, d.Step, d.Draw)
	s.Step, s.StepState, s.Escalated, s.Due = "", "", "", time.Time{}
	s.Hearing, s.Noticed, s.Objection, s.Objected = nil, time.Time{}, "", time.Time{}
}

// reload counts a step on the desk of whoever takes it up a second time: they were
// drawn for it before.
func (t *turn) reload(step *service.Step) {
	s := t.rec.state
	o := s.Drawn[step.Name].Officer
	if s.StepState != StepOpen || o == "" {
		return
	}
	t.s.loads[o]++
	t.undo = append(t.undo, func() { t.s.loads[o]-- })
}

// contest holds a contest against the case before it: once, in time, and of what may
// be contested.
func (c *caseAudit) contest(ev *event, d *contested) {
	if err := contestable(c.rec.state, ev.at); err != nil || c.rec.state.Contest.Step != d.Step {
		c.wrong(ev.index, "contests what could not be contested then")
	}
}

// ContestView is what may be contested, or was.
type ContestView struct {
	Step aiqyn.Text
	By   time.Time // until when it may be
	At   time.Time // zero: it was not
	Text string
	// First is what was recorded before it was contested, Second what is recorded now.
	First, Second []Answer
}

// again reports whether the viewer is to record again what was contested. They see what
// is said against the first record and not what it says: theirs is their own.
func (v *viewing) again() bool {
	s := v.rec.state
	if !s.Contest.raised() || s.Step != s.Contest.Step || s.isOf(v.viewer) {
		return false
	}
	step := findStep(v.svc, s.Step)
	return step != nil && v.viewer.Role == step.By
}

// contest shows a contest; nil where there is none and none is possible.
func (v *viewing) contest() *ContestView {
	s := v.rec.state
	if s.Contest == nil || !s.Contest.raised() && contestable(s, v.now) != nil {
		return nil
	}
	step := findStep(v.svc, s.Contest.Step)
	c := &ContestView{Step: step.Title, By: s.Contest.By, At: s.Contest.At, Text: s.Contest.Text}
	if v.again() {
		return c
	}
	for _, ev := range v.events {
		if d, ok := ev.data.(*performed); ok && d.Step == step.Name && s.Contest.raised() {
			records := answersOf(step.Records, d.Records)
			if c.First == nil {
				c.First = records
			} else {
				c.Second = records
			}
		}
	}
	return c
}
