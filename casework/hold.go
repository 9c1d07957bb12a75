package casework

import (
	"slices"
	"time"

	"aiqyn"
	"aiqyn/deadline"
	"aiqyn/service"
)

// hold stops everything on a case for a while, at an overseer's word.
//
// While a case is held no officer acts on it, the applicant cannot take it
// back, nothing is erased, and silence means nothing: no grant by silence, no
// step handed up. The applicant may still object, a suspension still runs into
// its cap, and a grant that has run out still lapses.
//
// A hold has an end and ends by itself: at the last instant of its day, whether
// anybody remembers it or not. On an open case somebody waits, so one hold
// lasts as many working days as the pack in force says, and all holds of the
// case together as many as its cap: they cannot be chained for ever. The date
// of the open step moves by the whole working days it was held, each day once,
// whatever else stops its clock on that day, and says so among its reasons. A
// closed case, for which nobody waits, may be held longer and again.
type hold struct {
	onCase
	Hold
}

// holding is one hold of a case.
type holding struct {
	From   time.Time `json:"from"`
	Until  time.Time `json:"until,omitzero"` // its last instant; zero in logs from before holds had one
	To     time.Time `json:"to,omitzero"`    // when it ended; zero: it runs
	Ground string    `json:"ground"`
	Clock  bool      `json:"clock,omitempty"` // the case was open: its clock stood
}

// ReasonHeld names a hold among the reasons for which a clock stood.
const ReasonHeld = "hold"

func (h *hold) decide(t *turn) error {
	s := t.rec.state
	switch {
	case h.actor.Role != aiqyn.RoleOverseer:
		return aiqyn.E(aiqyn.Forbidden, "error.forbidden")
	case h.Lift && s.Held:
		return t.unhold(h.actor, h.Ground)
	case h.Lift:
		return aiqyn.E(aiqyn.Conflict, "error.not-held")
	case s.Held:
		return aiqyn.E(aiqyn.Conflict, "error.case-held")
	case h.Ground == "":
		return aiqyn.E(aiqyn.Invalid, "error.answer-required").On("ground")
	}
	until, err := h.end(t)
	if err != nil {
		return err
	}
	d := &held{Ground: h.Ground, Until: until.End(t.e.Zone)}
	if !s.Due.IsZero() {
		s.Holds = append(s.Holds, holding{From: t.now, Until: d.Until, Clock: true})
		d.Due, _, err = t.due(findStep(t.svc, s.Step), s.Opened)
		s.Holds = s.Holds[:len(s.Holds)-1]
		if err != nil {
			return err
		}
	}
	t.emit(EventHeld, h.actor, d)
	t.tell("message.held", "until", d.Until)
	return nil
}

// end is the last day of the hold, within what the pack in force allows.
func (h *hold) end(t *turn) (deadline.Date, error) {
	rule := t.e.packs.current().Hold
	if rule == nil {
		return deadline.Date{}, aiqyn.E(aiqyn.Conflict, "error.hold-no-rule")
	}
	cal, err := t.e.calendar(t.svc.Calendar)
	if err != nil {
		return deadline.Date{}, err
	}
	today := deadline.DateOf(t.now.In(t.e.Zone))
	latest := today.AddDays(rule.Closed)
	if t.rec.state.Step != "" {
		used, err := heldDays(cal, deadline.WorkingDays, t.rec.state.Holds)
		if err != nil {
			return deadline.Date{}, err
		}
		left := min(rule.Days, rule.Cap-used)
		if left <= 0 {
			return deadline.Date{}, aiqyn.E(aiqyn.Conflict, "error.hold-used-up", "n", rule.Cap)
		}
		if latest, err = workingDayAfter(cal, today, left); err != nil {
			return deadline.Date{}, err
		}
	}
	switch {
	case h.Until.IsZero():
		return latest, nil
	case h.Until.After(latest), !h.Until.After(today):
		return deadline.Date{}, aiqyn.E(aiqyn.Invalid, "error.hold-until", "date", latest.String()).On("until")
	}
	return h.Until, nil
}

// holdIsOver reports whether the hold that runs has come to its end.
func (t *turn) holdIsOver() bool {
	until := t.rec.state.hold().Until
	return !until.IsZero() && t.now.After(until)
}

// unhold ends the hold that runs and counts the date of the open step again.
func (t *turn) unhold(actor aiqyn.Actor, ground string) error {
	s := t.rec.state
	d := &held{Ground: ground}
	if was := s.Holds; !s.Due.IsZero() && len(was) > 0 {
		s.Holds = append(slices.Clone(was[:len(was)-1]), was[len(was)-1].ended(t.now))
		due, _, err := t.due(findStep(t.svc, s.Step), s.Opened)
		s.Holds = was
		if err != nil {
			return err
		}
		d.Due = due
	}
	t.emit(EventUnheld, actor, d)
	t.tell("message.unheld")
	return nil
}

// ended is the hold with its end: now, or when it was to end if that was before.
func (h holding) ended(now time.Time) holding {
	h.To = now
	if !h.Until.IsZero() && h.Until.Before(now) {
		h.To = h.Until
	}
	return h
}

// wake is when the hold ends by itself.
func (h holding) wake() time.Time {
	if h.Until.IsZero() {
		return time.Time{}
	}
	return h.Until.Add(time.Microsecond)
}

// last is the instant up to which the hold counts: a running one to its end.
func (h holding) last() time.Time {
	if h.To.IsZero() {
		return h.Until
	}
	return h.To
}

// applyHold folds a hold, or its end, into the state.
func (s *State) applyHold(ev *event, d *held) {
	s.Held = ev.kind == EventHeld
	if s.Held {
		s.Holds = append(s.Holds, holding{From: ev.at, Until: d.Until, Ground: d.Ground, Clock: s.Step != ""})
	} else if n := len(s.Holds); n > 0 {
		s.Holds[n-1] = s.Holds[n-1].ended(ev.at)
	}
	if !d.Due.IsZero() {
		s.Due = d.Due
	}
}

// hold is the hold that runs, empty if none does.
func (s *State) hold() holding {
	if n := len(s.Holds); s.Held && n > 0 {
		return s.Holds[n-1]
	}
	return holding{}
}

// heldForGood reports whether the case is held by a hold without an end.
func (s *State) heldForGood() bool { return s.Held && s.hold().Until.IsZero() }

// dueOf counts the date of a step from everything that has stopped its clock:
// suspensions up to the term's own cap, and holds beside them.
func (s *State) dueOf(cal *deadline.Calendar, limit service.Within, began time.Time) (deadline.Due, error) {
	stops, term := s.pauses(), limit.Term
	for _, h := range s.Holds {
		if last := h.last(); h.Clock && !last.IsZero() {
			stops = append(stops, deadline.Suspension{From: h.From, To: last, Reason: ReasonHeld})
		}
	}
	if len(s.Holds) > 0 {
		days, err := heldDays(cal, term.Unit, s.Holds)
		if err != nil {
			return deadline.Due{}, err
		}
		term.Cap += days
	}
	return cal.Due(s.since(limit, began), term, stops)
}

// heldDays counts the whole days for which clocks stood under holds. Only whole
// days stop a clock, so the day on which a hold began is not one.
func heldDays(cal *deadline.Calendar, unit deadline.Unit, holds []holding) (int, error) {
	n := 0
	for _, h := range holds {
		if last := h.last(); h.Clock && !last.IsZero() {
			after := deadline.DateOf(last.Add(time.Microsecond).In(cal.Zone))
			for day := deadline.DateOf(h.From.In(cal.Zone)).AddDays(1); day.Before(after); day = day.AddDays(1) {
				counts, err := countsAs(cal, unit, day)
				if err != nil {
					return 0, err
				}
				if counts {
					n++
				}
			}
		}
	}
	return n, nil
}

// countsAs reports whether a day is one of a unit.
func countsAs(cal *deadline.Calendar, unit deadline.Unit, day deadline.Date) (bool, error) {
	if unit != deadline.WorkingDays {
		return true, nil
	}
	working, _, err := cal.IsWorking(day)
	return working, err
}

// workingDayAfter is the n-th working day after a day.
func workingDayAfter(cal *deadline.Calendar, day deadline.Date, n int) (deadline.Date, error) {
	for n > 0 {
		day = day.AddDays(1)
		working, err := countsAs(cal, deadline.WorkingDays, day)
		if err != nil {
			return day, err
		}
		if working {
			n--
		}
	}
	return day, nil
}

// HoldView is a hold on a case: no officer acts on it until then. Until is zero
// for one recorded before holds had an end.
type HoldView struct {
	From, Until time.Time
	Ground      string
}
