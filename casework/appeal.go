package casework

import (
	"maps"
	"slices"
	"time"

	"aiqyn"
	"aiqyn/service"
)

// An appeal asks somebody else to look at a refusal. It is a step that no
// service writes down and every service has: the pack says by when, which body
// hears it and how long that may take.
//
// It goes as any other step goes. Its officer is drawn blind, from the roster of
// the body above, by a round that the appeal names and nobody knows yet; whoever
// has acted on the case is barred, under any number of theirs. Its clock runs, a
// hold stops it, silence hands it to the head of that body. The registers are
// read again, for what they say now is what the applicant says is true.
//
// Whoever decides is bound by the facts as the first was. A refusal is upheld
// only while its reason is true, annulled only when none is, and then what was
// asked for is granted at once; or the case goes back to be decided again by
// somebody drawn anew, with the step's own term.

// AppealOutcome is how an appeal ends.
type AppealOutcome string

// Outcomes of an appeal.
const (
	AppealUpheld   AppealOutcome = "upheld"   // the refusal stands
	AppealAnnulled AppealOutcome = "annulled" // and what was asked for is granted
	AppealReturned AppealOutcome = "returned" // to be decided again, by somebody else
)

// appealState is an appeal as far as it has come.
type appealState struct {
	Text    string        `json:"text"`
	At      time.Time     `json:"at"`
	Entry   int64         `json:"entry"`
	Body    aiqyn.BodyID  `json:"body,omitempty"`
	Outcome AppealOutcome `json:"outcome,omitempty"`
	Ground  string        `json:"ground,omitempty"`
	Decided time.Time     `json:"decided,omitzero"`
}

// laterNamed is a draw that was named after the filing.
type laterNamed struct {
	Entry   int64             `json:"entry"` // that named it
	Beacon  string            `json:"beacon"`
	Decided []aiqyn.OfficerID `json:"decided,omitempty"`
	Ties    []string          `json:"ties,omitempty"`
}

// appeal asks somebody above to look at a refusal.
type appeal struct {
	onCase
	text     string
	readings []reading // what the registers say now; none while one is down
	claims   claiming
}

// prepare reads the registers again. One that does not answer keeps nobody from
// appealing: what it said before stands.
func (a *appeal) prepare(ctx ctx, e *Engine) error {
	rec, err := a.find(ctx, e)
	if err != nil {
		return err
	}
	svc, err := e.packs.service(rec.state.Pack, rec.state.Service)
	if err != nil {
		return err
	}
	a.readings = nil
	by := aiqyn.Actor{Role: aiqyn.RoleApplicant, Person: rec.state.Applicant}
	if rec.state.Outcome != aiqyn.Refused || rec.state.Appealed || a.owns(rec.state) != nil {
		return nil
	}
	a.readings, err = e.readAll(ctx, svc, by, rec.state.Answers)
	if aiqyn.KindOf(err) == aiqyn.Unavailable {
		a.readings, err = nil, nil
	}
	if err != nil || len(a.readings) == 0 {
		return err
	}
	return a.claim(e, svc, rec, e.Clock().UTC())
}

func (a *appeal) decide(t *turn) error {
	s := t.rec.state
	if err := a.owns(s); err != nil {
		return err
	}
	rule := t.svc.Appeal
	switch {
	case s.Outcome != aiqyn.Refused || s.Appealed || s.Step != "" || rule == nil:
		return aiqyn.E(aiqyn.Conflict, "error.nothing-to-appeal")
	case s.Held:
		return aiqyn.E(aiqyn.Conflict, "error.case-held")
	case a.text == "":
		return aiqyn.E(aiqyn.Invalid, "error.answer-required").On("text")
	}
	by, err := t.e.appealBy(t.svc, s)
	if err != nil {
		return err
	}
	if t.now.After(by) {
		return aiqyn.E(aiqyn.Conflict, "error.appeal-late", "date", day(by, t.e.Zone))
	}
	draw := t.nameDraw(rule.Step.By, rule.Body)
	t.emit(EventAppealed, a.actor, &appealed{Body: rule.Body, Draw: draw, Text: a.text, To: rule.Step.By})
	if len(a.readings) > 0 {
		looked := &lookedUp{Readings: a.readings}
		if claimsBy2(t.svc) {
			if err := a.claims.now(t, looked, func() error { return a.claim(t.e, t.svc, t.rec, t.now) }); err != nil {
				return err
			}
		}
		t.emit(EventLookedUp, aiqyn.System, looked)
	}
	t.tell("message.appealed")
	return t.openLater(rule.Step, draw)
}

// openLater opens a step that is drawn by a later draw. Where there is nobody to
// draw, it goes up at once: nobody waits for a roster.
func (t *turn) openLater(step *service.Step, draw *laterDraw) error {
	if err := t.start(step, nil); err != nil {
		return err
	}
	if draw == nil && step.Draw {
		return t.escalate(step, "no-officer")
	}
	return nil
}

// nameDraw names the draw of a step that the filing could not: the next round of
// the beacon, and the roster as it stands. It is nil when nobody is on it.
func (t *turn) nameDraw(role aiqyn.Role, body aiqyn.BodyID) *laterDraw {
	d := &laterDraw{Beacon: t.e.Beacon.Name(), Decided: t.rec.state.deciders(), Ties: slices.Clone(t.rec.state.Ties)}
	for _, o := range d.Decided {
		if tie := t.s.ties[o]; tie != "" {
			d.Ties = append(d.Ties, tie)
		}
	}
	slices.Sort(d.Ties)
	d.Ties = slices.Compact(d.Ties)
	at, ok := t.rosterNow(role, body, d.Ties, d.Decided)
	if !ok {
		return nil
	}
	at.Round = t.e.Beacon.At(t.now) + 1
	d.Roster = at
	return d
}

// deciders are the officers who have acted on the case, in order: also those
// whose decision did not stand.
func (s *State) deciders() []aiqyn.OfficerID {
	list := []aiqyn.OfficerID{}
	for _, l := range s.Later {
		list = append(list, l.Decided...)
	}
	for _, d := range s.Drawn {
		list = append(list, d.Officer)
	}
	if s.RefusedBy != "" {
		list = append(list, s.RefusedBy)
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// appealBy is until when a refusal may be appealed against.
func (e *Engine) appealBy(svc *service.Service, s *State) (time.Time, error) {
	cal, err := e.calendar(svc.Calendar)
	if err != nil {
		return time.Time{}, err
	}
	due, err := cal.Due(s.Closed, svc.Appeal.Within, nil)
	return due.At, err
}

// decideAppeal ends an appeal.
type decideAppeal struct {
	onCase
	DecideAppeal
	prepared *evaluation
	unsigned error
}

func (c *decideAppeal) prepare(ctx ctx, e *Engine) error {
	rec, err := c.find(ctx, e)
	if err != nil {
		return err
	}
	svc, err := e.packs.service(rec.state.Pack, rec.state.Service)
	if err != nil {
		return err
	}
	c.unsigned = e.signs(ctx, c.actor, c.Signature, "signature")
	if c.unsigned != nil && aiqyn.KindOf(c.unsigned) != aiqyn.Invalid {
		return c.unsigned
	}
	c.prepared, err = e.evaluate(svc, rec, e.Clock().UTC())
	return err
}

func (c *decideAppeal) decide(t *turn) error {
	if _, err := c.open(t, service.StepAppeal); err != nil {
		return err
	}
	switch {
	case c.Outcome != AppealUpheld && c.Outcome != AppealAnnulled && c.Outcome != AppealReturned:
		return aiqyn.E(aiqyn.Invalid, "error.answer-choice").On("outcome")
	case c.Ground == "":
		return aiqyn.E(aiqyn.Invalid, "error.answer-required").On("ground")
	case c.unsigned != nil:
		return c.unsigned
	}
	ev, err := t.assess(c.prepared)
	if err != nil {
		return err
	}
	switch c.Outcome {
	case AppealUpheld:
		return c.uphold(t, ev)
	case AppealAnnulled:
		return c.annul(t, ev)
	}
	return c.sendBack(t)
}

// uphold lets the refusal stand, if its reason does.
func (c *decideAppeal) uphold(t *turn, ev *evaluation) error {
	s := t.rec.state
	if r, ok := ev.reason(s.Reason); !ok || !r.True {
		return aiqyn.E(aiqyn.Conflict, "error.appeal-not-true", "reason", r.Reason.Text).On("outcome")
	}
	reason := s.Reason
	t.rule(ev, c.actor, service.StepAppeal)
	t.unload(s.holder())
	t.emit(EventAppealDecided, c.actor, &appealDecided{Ground: c.Ground, Outcome: AppealUpheld},
		withOutcome(aiqyn.Refused), withReason(reason), atStep(service.StepAppeal))
	t.tell("message.appeal-upheld")
	return nil
}

// annul grants what was refused, if no reason to refuse is true.
func (c *decideAppeal) annul(t *turn, ev *evaluation) error {
	for _, r := range ev.reasons {
		if r.True {
			return aiqyn.E(aiqyn.Conflict, "error.appeal-true", "reason", r.Reason.Text).On("outcome")
		}
	}
	t.unload(t.rec.state.holder())
	t.emit(EventAppealDecided, c.actor, &appealDecided{Ground: c.Ground, Outcome: AppealAnnulled}, atStep(service.StepAppeal))
	t.tell("message.appeal-annulled")
	step := deciding(t.svc)
	return t.grant(ev, t.rule(ev, c.actor, step.Name), c.actor, step, false)
}

// sendBack has the case decided again, by somebody who has not acted on it.
func (c *decideAppeal) sendBack(t *turn) error {
	step := deciding(t.svc)
	var draw *laterDraw
	if step.Draw {
		draw = t.nameDraw(step.By, t.svc.Body)
	}
	t.unload(t.rec.state.holder())
	t.emit(EventAppealDecided, c.actor, &appealDecided{Draw: draw, Ground: c.Ground, Outcome: AppealReturned, Step: step.Name},
		atStep(service.StepAppeal))
	t.tell("message.appeal-returned")
	return t.openLater(step, draw)
}

// deciding is the step that ends a service's cases; the parser holds every
// service to one.
func deciding(svc *service.Service) *service.Step {
	return svc.Steps[slices.IndexFunc(svc.Steps, func(s *service.Step) bool { return s.Decides })]
}

func (s *State) applyAppealed(ev *event, d *appealed) {
	s.claimsAgain()
	s.Appealed = true
	s.Appeal = &appealState{Text: d.Text, At: ev.at, Entry: ev.index, Body: d.Body}
	if d.Body == "" { // to the head, in logs from before appeals were a step
		s.Escalated = d.To
		return
	}
	s.nameLater(ev, service.StepAppeal, d.Draw)
}

func (s *State) applyAppealDecided(ev *event, d *appealDecided) {
	a := *s.Appeal
	a.Outcome, a.Ground, a.Decided = d.Outcome, d.Ground, ev.at
	s.Appeal, s.Escalated = &a, ""
	if d.Outcome == AppealUpheld {
		s.close(aiqyn.Refused, ev.at)
		return
	}
	if d.Outcome == AppealReturned {
		s.nameLater(ev, d.Step, d.Draw)
		s.Returned, s.Appealed = true, false
	}
	s.close("", time.Time{})
	s.claimsAgain()
	s.Reason, s.RefusedBy = "", ""
	s.Hearing, s.Noticed, s.Objection, s.Objected = nil, time.Time{}, "", time.Time{}
}

// nameLater notes who may be drawn for a step, and forgets who was.
func (s *State) nameLater(ev *event, step aiqyn.StepID, d *laterDraw) {
	named := laterNamed{Entry: ev.index, Decided: s.deciders()}
	s.Rosters, s.Kept, s.Drawn, s.Later = changed(s.Rosters), changed(s.Kept), changed(s.Drawn), changed(s.Later)
	delete(s.Rosters, step)
	delete(s.Kept, step)
	delete(s.Drawn, step)
	if d != nil {
		s.Rosters[step] = d.Roster
		named.Beacon, named.Decided, named.Ties = d.Beacon, d.Decided, d.Ties
	}
	s.Later[step] = named
}

// changed is a copy of a map that may be changed while the original stays.
func changed[K comparable, V any](m map[K]V) map[K]V {
	if m == nil {
		return make(map[K]V)
	}
	return maps.Clone(m)
}

// namedAt is the entry that named a step's draw; it rests on that being
// witnessed.
func (s *State) namedAt(step aiqyn.StepID) int64 {
	if l, ok := s.Later[step]; ok {
		return l.Entry
	}
	return s.FiledAt
}

// beaconOf is the beacon that a step is drawn by.
func (s *State) beaconOf(step aiqyn.StepID) string {
	if l, ok := s.Later[step]; ok {
		return l.Beacon
	}
	return s.Beacon
}

// apartFrom are those whom a step's draw bars: by their ties, and by number.
func (s *State) apartFrom(step aiqyn.StepID) (ties []string, decided []aiqyn.OfficerID) {
	if l, ok := s.Later[step]; ok {
		return l.Ties, l.Decided
	}
	return s.Ties, nil
}

// answering is the body that answers for the open step: the one above while an
// appeal is open, or once nobody has answered a request to correct, otherwise
// that of the service.
func (s *State) answering(body aiqyn.BodyID) aiqyn.BodyID {
	if s.Step == service.StepCorrection && s.StepState == StepEscalated && s.Correction.Above != "" {
		return s.Correction.Above
	}
	if s.Step == service.StepAppeal && s.Appeal != nil {
		return s.Appeal.Body
	}
	return body
}

// appeal shows an appeal, and until when one may be made.
func (v *viewing) appeal() (view *AppealView, by time.Time) {
	s := v.rec.state
	if a := s.Appeal; a != nil {
		view = &AppealView{Text: a.Text, At: a.At, Body: a.Body, Outcome: a.Outcome, Ground: a.Ground, Decided: a.Decided}
	}
	if s.Outcome != aiqyn.Refused || s.Step != "" || s.Appealed || v.svc.Appeal == nil {
		return view, by
	}
	by, err := v.e.appealBy(v.svc, s)
	if err != nil { // no calendar for that year: nobody can say by when, so nobody is kept from it
		v.e.Log.Error("until when to appeal", "case", s.No, "err", err)
	}
	return view, by
}
