package casework

import (
	"slices"
	"time"

	"aiqyn"
	"aiqyn/evidence"
	"aiqyn/service"
)

// perform records what an officer did in a step that does not decide.
type perform struct {
	onCase
	Perform
	signing  signing
	unsigned error // the name under it is not that of the one who acts
	files    []keptFile
	missing  error // a file that it names
	bundle   *evidence.Bundle
	seq      int64 // of the state that the bundle was made on
}

// prepare holds the signature against the list of officers. Whether the step is
// theirs at all is said first.
func (p *perform) prepare(ctx ctx, e *Engine) error {
	p.bundle = nil
	if err := p.signing.prepareOn(ctx, e, &p.onCase, func(s *State) document { return e.workDocument(s, p.Perform) }); err != nil {
		return err
	}
	if err := p.claim(ctx, e); err != nil {
		return err
	}
	p.unsigned = nil
	for _, item := range p.Evidence {
		if evidence.Kind(item.Kind) != evidence.Signature || p.unsigned != nil {
			continue
		}
		err := e.signs(ctx, p.actor, item.Text, item.Kind)
		if err != nil && aiqyn.KindOf(err) != aiqyn.Invalid {
			return err
		}
		p.unsigned = err
	}
	return nil
}

// claim finds the files that it names, where files are kept.
func (p *perform) claim(ctx ctx, e *Engine) error {
	if p.files, p.missing = nil, nil; e.Attachments == nil {
		return nil
	}
	rec, err := p.find(ctx, e)
	if err != nil {
		return err
	}
	svc, err := e.packs.service(rec.state.Pack, rec.state.Service)
	if err == nil && mayAct(rec, p.actor) && rec.state.Step == p.Step {
		p.files, p.missing = e.claim(rec, findStep(svc, p.Step), p.Evidence)
	}
	return err
}

func (p *perform) decide(t *turn) error {
	step, err := p.open(t, p.Step)
	if err != nil {
		return err
	}
	if p.unsigned != nil {
		return p.unsigned
	}
	if offered(step.Name) {
		return aiqyn.E(aiqyn.Conflict, "error.step-appeal")
	}
	if step.Decides {
		return aiqyn.E(aiqyn.Conflict, "error.step-decides")
	}
	records, err := t.records(step, p.Records)
	if err != nil {
		return err
	}
	bundle := p.bundle
	if bundle == nil || p.seq != t.rec.state.Seq {
		if bundle, err = t.evidence(step, p.actor, p.Evidence); err != nil {
			return err
		}
	}
	if p.missing != nil {
		return p.missing
	}
	if err := t.possible(p.Occurred); err != nil {
		return err
	}
	actor := p.signing.known(p.actor)
	if err := p.signing.emit(t, actor, string(step.Name), t.e.workDocument(t.rec.state, p.Perform)); err != nil {
		return err
	}
	by, err := t.contestBy(step)
	if err != nil {
		return err
	}
	t.emit(EventPerformed, actor, &performed{Bundle: bundle, ContestBy: by, Files: p.files, Records: records, Step: step.Name}, atStep(step.Name),
		func(ev *event) {
			if !p.Occurred.IsZero() {
				ev.occurred = p.Occurred.UTC().Truncate(time.Microsecond)
			}
		})
	t.likened(p.files)
	if step.By != aiqyn.RoleApplicant {
		t.tell("message.performed")
	}
	return t.advance(step.Name)
}

// clockSlack is how far the clock of an officer's device may be off.
const clockSlack = time.Minute

// window is when an act on the case can have happened: from its filing until now,
// as a device's clock tells it.
func (t *turn) window() (from, to time.Time) {
	return t.rec.state.Filed.Add(-clockSlack), t.now.Add(clockSlack)
}

// possible refuses an instant at which an act cannot have happened; zero is now.
func (t *turn) possible(occurred time.Time) error {
	from, to := t.window()
	if occurred.IsZero() || !occurred.Before(from) && !occurred.After(to) {
		return nil
	}
	return aiqyn.E(aiqyn.Invalid, "error.evidence-time", "kind", string(evidence.Moment), "from", from, "to", to).On("occurred")
}

// decide grants or refuses.
type decide struct {
	onCase
	Decide
	signing  signing
	prepared *evaluation
	letter   *keptFile // that the reason for a dearer point rests on; nil: none, or files are not kept
	unread   error     // it is not there, or not what it may be
}

// prepare computes the ruling on the case as it stands now; if anything it
// rests on changes before the decision, it is computed again. In a crowd that is
// all but certain, and the sequencer computes it side by side with others.
func (d *decide) prepare(ctx ctx, e *Engine) error {
	d.prepared = nil
	if e.crowded() && d.PointLetter == "" {
		return d.signing.prepareOn(ctx, e, &d.onCase, func(s *State) document { return e.decisionDocument(s, d.Decide) })
	}
	rec, err := d.find(ctx, e)
	if err != nil {
		return err
	}
	svc, err := e.packs.service(rec.state.Pack, rec.state.Service)
	if err != nil {
		return err
	}
	d.claimLetter(e, rec)
	if d.prepared, err = e.evaluate(svc, rec, e.Clock().UTC()); err != nil {
		return err
	}
	return d.signing.prepare(e, e.decisionDocument(rec.state, d.Decide))
}

// early is a command with something to do that needs no turn of its own: it is done for
// all of a batch, side by side, before the batch is decided.
type early interface {
	command
	// awaits reports whether there is something to do, with the case as it stands.
	awaits(e *Engine, rec *record, now time.Time) bool
	// early does it. What fails is tried again in the turn, and told there.
	early(t *turn)
}

// refresh has the commands of a batch do what they can before it is decided. What
// one decision of the batch makes stale for the next is done once more, in its turn.
func (e *Engine) refresh(batch []*request, now time.Time) {
	var list []early
	var turns []*turn
	seen := make(map[int64]bool)
	for _, r := range batch {
		c, ok := r.cmd.(early)
		if !ok || seen[c.about()] {
			continue
		}
		rec := e.seq.cases.get(c.about())
		if rec == nil || rec.key == nil || !c.awaits(e, rec, now) {
			continue
		}
		if svc, err := e.packs.service(rec.state.Pack, rec.state.Service); err == nil {
			seen[c.about()] = true
			list, turns = append(list, c), append(turns, &turn{e: e, s: &e.seq, now: now, rec: rec, svc: svc})
		}
	}
	sideBySide(len(list), 1, func(i int) error {
		list[i].early(turns[i])
		return nil
	})
}

func (d *decide) awaits(e *Engine, rec *record, now time.Time) bool {
	return rec.state.Step == d.Step && !e.current(d.prepared, rec, now)
}

// early computes a ruling that went stale since it was prepared.
func (d *decide) early(t *turn) { d.prepared, _ = t.e.evaluate(t.svc, t.rec, t.now) }

func (p *perform) awaits(_ *Engine, rec *record, _ time.Time) bool { return rec.state.Step == p.Step }

// early makes the bundle of evidence, and searches what tells whether somebody is to
// be asked next: the answer is at hand in the turn.
func (p *perform) early(t *turn) {
	step := findStep(t.svc, p.Step)
	if step == nil || step.Decides {
		return
	}
	records, err := t.records(step, p.Records)
	if err != nil {
		return
	}
	if bundle, err := t.evidence(step, p.actor, p.Evidence); err == nil {
		p.bundle, p.seq = bundle, t.rec.state.Seq
	}
	for _, next := range t.svc.Steps {
		if next.Asks != nil && next.Asks.When != nil {
			_, _ = t.asksWith(next, records)
		}
	}
}

func (d *decide) decide(t *turn) error {
	step, err := d.open(t, d.Step)
	if err != nil {
		return err
	}
	if !step.Decides {
		return aiqyn.E(aiqyn.Conflict, "error.step-records")
	}
	ev, err := t.assess(d.prepared)
	if err != nil {
		return err
	}
	t.owe(ev.computed)
	if err := d.signing.emit(t, d.actor, string(step.Name), t.e.decisionDocument(t.rec.state, d.Decide)); err != nil {
		return err
	}
	if d.Grant {
		return d.grant(t, step, ev)
	}
	return d.refuse(t, step, ev)
}

func (d *decide) grant(t *turn, step *service.Step, ev *evaluation) error {
	for _, r := range ev.reasons {
		if r.True {
			return aiqyn.E(aiqyn.Conflict, "error.reason-true-cannot-grant", "reason", r.Reason.Text)
		}
	}
	named, flag, err := t.named(ev, d)
	if err != nil {
		return err
	}
	ruling := t.rule(ev, d.actor, step.Name)
	if flag != nil {
		t.emit(EventDearer, d.actor, flag, atStep(step.Name), withReason(flag.Reason))
		t.likened(flag.files())
	}
	return t.grant(named, ruling, d.actor, step, false)
}

// refuse enters a refusal only if its reason is true on the facts. An attempt
// with a false one is recorded as such: the log shows who tried.
func (d *decide) refuse(t *turn, step *service.Step, ev *evaluation) error {
	s := t.rec.state
	r, ok := ev.reason(d.Reason)
	if !ok {
		return aiqyn.E(aiqyn.Invalid, "error.reason-unknown", "reason", d.Reason).On("reason")
	}
	if !r.True {
		t.emit(EventRefusalRejected, d.actor, &refusalRejected{Note: d.Note, Reason: d.Reason, Step: step.Name, Trace: traceText(r.Trace)},
			atStep(step.Name), withReason(d.Reason))
		t.keep = true
		return notTrue(r.Reason)
	}
	switch {
	case step.Unheard != nil:
	case s.Hearing == nil || s.Hearing.Reason != d.Reason:
		return t.notify(step, d.Reason, d.Note, d.actor)
	case !t.now.After(s.Hearing.RefuseFrom):
		return aiqyn.E(aiqyn.Conflict, "error.hearing-open", "until", day(s.Hearing.RefuseFrom, t.e.Zone))
	}
	return t.refuse(ev, step, d.Reason, d.Note, d.actor)
}

// notTrue answers a refusal whose reason the facts do not bear out.
func notTrue(r service.Reason) error {
	return aiqyn.E(aiqyn.Conflict, "error.reason-not-true", "reason", r.Text).On("reason")
}

// object records what the applicant says against a preliminary refusal.
type object struct {
	onCase
	text string
}

func (o *object) decide(t *turn) error {
	s := t.rec.state
	if err := o.applicant(t); err != nil {
		return err
	}
	switch {
	case s.Hearing == nil || s.Step == "":
		return aiqyn.E(aiqyn.Conflict, "error.no-hearing")
	case t.now.After(s.Hearing.ObjectBy):
		return aiqyn.E(aiqyn.Conflict, "error.deadline-passed", "date", day(s.Hearing.ObjectBy, t.e.Zone))
	case o.text == "":
		return aiqyn.E(aiqyn.Invalid, "error.answer-required").On("text")
	}
	t.emit(EventObjected, o.actor, &objected{Text: o.text})
	return nil
}

// withdraw ends the case at the applicant's wish, and gives back what it held.
type withdraw struct{ onCase }

func (w *withdraw) decide(t *turn) error {
	s := t.rec.state
	if err := w.applicant(t); err != nil {
		return err
	}
	switch {
	case s.Held:
		return aiqyn.E(aiqyn.Conflict, "error.case-held")
	case s.Step == "" && (s.Outcome != aiqyn.Granted || s.Grant.Share == "") && s.place().seat == "", offered(s.Step):
		return aiqyn.E(aiqyn.Conflict, "error.case-closed")
	case !s.Connected.IsZero():
		return aiqyn.E(aiqyn.Conflict, "error.connected")
	case s.OnLot != nil && s.bound(t.e.lots.find(s.OnLot.Lot)):
		return aiqyn.E(aiqyn.Conflict, "error.bid-bound")
	}
	t.unload(s.holder())
	t.unreserve()
	t.emit(EventWithdrawn, w.actor, &withdrawn{}, withOutcome(aiqyn.Withdrawn))
	t.giveBack(aiqyn.Withdrawn, "")
	return nil
}

// suspend stops the clock for a listed reason, as long as the cap allows.
type suspend struct {
	onCase
	reason string
}

func (c *suspend) decide(t *turn) error {
	step, err := c.open(t, t.rec.state.Step)
	if err != nil {
		return err
	}
	reason, known := t.svc.SuspendReason(c.reason)
	if !known || len(reason.Steps) > 0 && !slices.Contains(reason.Steps, step.Name) {
		return aiqyn.E(aiqyn.Invalid, "error.suspend-reason", "reason", c.reason).On("reason")
	}
	limit, ok, err := t.e.limit(t.svc, t.rec, step, t.now)
	if err != nil {
		return err
	}
	if !ok || limit.Term.Cap == 0 {
		return aiqyn.E(aiqyn.Conflict, "error.suspend-cap")
	}
	cal, err := t.e.calendar(t.svc.Calendar)
	if err != nil {
		return err
	}
	if left, err := pauseLeft(cal, limit, t.rec.state, t.rec.state.pauses()); err != nil {
		return err
	} else if left <= 0 {
		return aiqyn.E(aiqyn.Conflict, "error.suspend-used-up", "n", limit.Term.Cap)
	}
	t.emit(EventSuspended, c.actor, &suspended{Reason: c.reason}, withReason(c.reason))
	t.tell("message.suspended")
	return nil
}

// resume starts the clock again.
type resume struct{ onCase }

func (c *resume) decide(t *turn) error {
	s := t.rec.state
	switch {
	case s.Held:
		return aiqyn.E(aiqyn.Conflict, "error.case-held")
	case !s.standing():
		return aiqyn.E(aiqyn.Conflict, "error.not-suspended")
	}
	if !mayAct(t.rec, c.actor) && !s.isOf(c.actor) {
		return aiqyn.E(aiqyn.Forbidden, "error.not-drawn")
	}
	return t.resume(c.actor)
}
