package casework

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"aiqyn"
	"aiqyn/access"
	"aiqyn/deadline"
	"aiqyn/ledger"
	"aiqyn/registry"
	"aiqyn/rule"
	"aiqyn/service"
	"aiqyn/store"
)

// sight is how much of a case a viewer may see.
type sight int

const (
	seesNothing sight = iota
	seesMasked        // overseers and auditors: the case, not the person
	seesWork          // the officers it was drawn to: what they work with, people covered
	seesAll           // the applicant, and whoever has said what for
)

// see decides what of a case a viewer may see. Before the draw nobody but the
// applicant sees that the case exists.
func see(r *record, viewer aiqyn.Actor, now time.Time) sight {
	s := r.state
	switch {
	case viewer.Role == aiqyn.RoleSystem:
		return seesAll
	case s.isOf(viewer):
		return seesAll
	case s.unseen():
		return seesNothing
	case viewer.Officer != "" && s.inTheClear(viewer.Officer, now):
		return seesAll
	case viewer.Role == aiqyn.RoleAuditor, viewer.Role == aiqyn.RoleOverseer:
		return seesMasked
	case worksOn(r, viewer):
		return seesWork
	}
	return seesNothing
}

// viewing is a case being shown.
type viewing struct {
	e      *Engine
	rec    *record
	svc    *service.Service
	viewer aiqyn.Actor
	sight  sight
	now    time.Time
	events []*event
	lot    *lot // that the case is about; nil: none
}

// Case returns a case as one viewer may see it; NotFound if not at all.
func (e *Engine) Case(ctx context.Context, viewer aiqyn.Actor, ref aiqyn.Reference) (*CaseView, error) {
	if err := e.looks(ctx, viewer); err != nil {
		return nil, err
	}
	rec, err := e.caseOf(ctx, ref)
	if err != nil {
		return nil, err
	}
	v := &viewing{e: e, rec: rec, viewer: viewer, now: e.Clock().UTC()}
	v.sight = see(rec, viewer, v.now)
	if v.sight == seesNothing {
		return nil, aiqyn.E(aiqyn.NotFound, "error.not-found")
	}
	if v.svc, err = e.packs.service(rec.state.Pack, rec.state.Service); err != nil {
		return nil, err
	}
	if err := e.lookedBy(ctx, viewer, rec, v.sight.look()); err != nil {
		return nil, err
	}
	if err := v.read(ctx); err != nil {
		return nil, err
	}
	return v.show(ctx)
}

func (v *viewing) read(ctx context.Context) (err error) {
	if b := v.rec.state.OnLot; b != nil && b.Lot != "" {
		if v.lot, err = v.e.lot(ctx, b.Lot); err != nil {
			return err
		}
	}
	rows, err := v.e.Store.EntriesOf(ctx, v.rec.row.No, maxEvents)
	if err != nil {
		return err
	}
	for _, row := range rows {
		ev, err := v.e.decodeEntry(row, v.rec.key)
		if err != nil {
			return err
		}
		v.events = append(v.events, ev)
	}
	return nil
}

// decodeEntry opens a row of the log as an event.
func (e *Engine) decodeEntry(row store.Entry, key *caseKey) (*event, error) {
	entry, plain, err := e.openEntry(row, key)
	if err != nil {
		return nil, fmt.Errorf("entry %d: %w", row.Index, err)
	}
	ev := &event{
		index: row.Index, no: row.Case, seq: row.Seq, kind: EventKind(row.Kind), at: row.Recorded,
		step: aiqyn.StepID(entry.Fields[ledger.FieldStep]), outcome: aiqyn.Outcome(entry.Fields[ledger.FieldOutcome]),
		reason: entry.Fields[ledger.FieldReason], row: &row,
	}
	if err := decodePrivate(plain, ev); err != nil {
		return nil, fmt.Errorf("entry %d: %w", row.Index, err)
	}
	return ev, nil
}

func (v *viewing) show(ctx context.Context) (*CaseView, error) {
	s := v.rec.state
	out := &CaseView{
		Ref: s.Ref, Service: v.svc, PackHash: s.Pack, RefusalPage: v.refusalPage(), Title: v.svc.Title, Own: s.isOf(v.viewer),
		Filed: s.Filed, Behind: s.behindUntil(), Status: s.status(), Outcome: s.Outcome, StepState: s.StepState, Held: s.Held,
		Step: findStep(v.svc, s.Step), Officer: string(s.holder()), Facts: v.facts(), Answers: answersOf(v.svc.Ask, s.Answers),
		Applicant: v.applicant(), Agent: v.agent(), Events: v.timeline(),
	}
	for _, step := range v.svc.Steps {
		if v.again() && step.Name == s.Step {
			continue
		}
		out.Records = append(out.Records, answersOf(step.Records, s.Records[string(step.Name)])...)
	}
	if s.standing() {
		out.Suspended = s.Suspensions[len(s.Suspensions)-1].Reason
	}
	if h := s.hold(); s.Held {
		out.Hold = &HoldView{From: h.From, Until: h.Until, Ground: h.Ground}
	}
	out.Draw = v.draw()
	out.Hearing = v.hearing()
	if out.Appeal, out.AppealBy = v.appeal(); out.AppealBy.Before(v.now) {
		out.AppealBy = time.Time{}
	}
	out.Conditions, out.Fee = v.conditions(), v.fee()
	v.correction(out)
	out.Can = v.can(out.AppealBy)
	if err := v.clock(out); err != nil {
		return nil, err
	}
	var err error
	out.Ruling, err = v.ruling()
	if err != nil {
		return nil, err
	}
	if out.Rulings, err = v.rulings(); err != nil {
		return nil, err
	}
	out.Contest, out.Sent, out.Came = v.contest(), v.sent(), v.came()
	if out.Road, err = v.road(ctx); err != nil {
		return nil, err
	}
	if out.Along, err = v.along(ctx); err != nil {
		return nil, err
	}
	if s.From != nil && s.From.Brought {
		out.BroughtBy = s.From.Ref
	}
	if out.Queue, err = v.queueView(); err != nil {
		return nil, err
	}
	if out.Bid, err = v.bid(ctx); err != nil {
		return nil, err
	}
	v.e.queues.nameAnswers(s.Service, out.Answers)
	out.Files, err = v.files(ctx)
	out.Covered = v.sight == seesWork
	v.cover(out)
	return out, err
}

// applicant names the person, masked for those who only watch.
func (v *viewing) applicant() string {
	name := ""
	for _, f := range v.rec.state.Facts {
		var p registry.Person
		if f.Register == registry.PeopleRegister && json.Unmarshal(f.Value, &p) == nil {
			name = p.Name.String()
		}
	}
	if v.sight < seesAll {
		return access.Mask(access.Name, name) + " " + access.Mask(access.IIN, string(v.rec.state.Applicant))
	}
	if name == "" {
		return string(v.rec.state.Applicant)
	}
	return name
}

// agent names who filed for the applicant, and by what right; nil if they did it
// themselves.
func (v *viewing) agent() *AgentView {
	s := v.rec.state
	if s.Agent == "" {
		return nil
	}
	a := &AgentView{Person: string(s.Agent), Kind: "mandate"}
	if v.sight < seesAll {
		a.Person = access.Mask(access.IIN, a.Person)
	}
	var mandated bool
	if a.Entry, mandated = s.under(); !mandated {
		a.Kind, _, _ = strings.Cut(s.Mandate, "/")
	}
	return a
}

func (v *viewing) facts() []FactView {
	if v.sight < seesWork {
		return nil
	}
	var list []FactView
	for _, l := range v.svc.LookUps {
		if f, ok := v.rec.state.Facts[l.Name]; ok {
			list = append(list, FactView{Name: l.Name, Register: f.Register, Purpose: l.Purpose, Value: f.Value, At: f.At, Source: f.Source,
				Names: f.Register == registry.PeopleRegister})
		}
	}
	return list
}

// answersOf lists what was answered, in the order of the questions.
func answersOf(questions []service.Question, answers map[string]any) []Answer {
	var list []Answer
	for _, q := range questions {
		v, ok := answers[q.Name]
		if !ok {
			continue
		}
		a := Answer{Question: q, Value: fmt.Sprint(v)}
		if b, ok := v.(bool); ok {
			a.Value = map[bool]string{true: "yes", false: "no"}[b]
		}
		for _, c := range q.Of {
			if c.Value == a.Value {
				a.Label = c.Label
			}
		}
		list = append(list, a)
	}
	return list
}

// clock tells when the open step must be done, and why that day.
func (v *viewing) clock(out *CaseView) error {
	s := v.rec.state
	if out.Step == nil || s.Due.IsZero() {
		return nil
	}
	out.Silence = out.Step.Silence.Then
	if s.StepState == StepEscalated {
		out.Silence = service.SilenceEscalates
	}
	cal, err := v.e.calendar(v.svc.Calendar)
	if err != nil {
		return err
	}
	limit, ok, err := v.e.limit(v.svc, v.rec, out.Step, v.now)
	if err != nil || !ok {
		return err
	}
	due, err := s.dueOf(cal, limit, s.Opened)
	if err != nil {
		return err
	}
	if !due.At.Equal(s.Due) { // counted by a calendar before this one, and passed since
		due = deadline.Due{At: s.Due, Last: deadline.DateOf(s.Due.In(v.e.Zone)), Unit: limit.Term.Unit}
	}
	due.Why = append(s.sinceOther(limit, v.e.Zone), due.Why...)
	out.Due = &due
	out.DaysLeft = cal.DaysLeft(v.now, due)
	return nil
}

func (v *viewing) draw() *DrawView {
	s := v.rec.state
	round := s.roundOf(s.Step)
	if round == 0 || s.Step == "" || s.unpaid() || len(s.Rosters) == 0 {
		return nil
	}
	d := &DrawView{Beacon: s.beaconOf(s.Step), Round: round, Due: v.e.Beacon.Time(round), Protection: v.e.Beacon.Protection()}
	if was, ok := s.Drawn[s.Step]; ok {
		d.Value, d.Eligible, d.Blind, d.Kept = was.Value, was.Eligible, was.Blind, drawn(was.drawnFields).Kept != 0
	}
	return d
}

// can lists the commands that the viewer may send now.
func (v *viewing) can(appealBy time.Time) []string {
	s := v.rec.state
	var list []string
	add := func(ok bool, name string) {
		if ok {
			list = append(list, name)
		}
	}
	own, open := s.isOf(v.viewer), s.Step != "" && !s.Held
	add(own && open && s.Hearing != nil && v.now.Before(s.Hearing.ObjectBy) && s.Objection == "", "object")
	add(own && !s.Held && !offered(s.Step) && !s.bound(v.lot) && (s.Step != "" || s.Outcome == aiqyn.Granted && s.Grant.Share != "" && s.Connected.IsZero() || s.place().seat != ""), "withdraw")
	add(own && payable(s, v.now) == nil, "pay")
	add(own && contestable(s, v.now) == nil, "contest")
	add(own && choosable(s, v.svc) == nil, "point")
	add(own && !appealBy.IsZero(), "appeal")
	add(own && !s.Held && s.Step == "" && s.Outcome == aiqyn.Granted && v.svc.Correction != nil, "correct")
	if s.Queue != nil && own && !s.Held {
		until, err := v.e.mayRestore(v.svc, s)
		add(err == nil && v.now.Before(until), "restore")
		add(s.StepState == StepWaiting && s.Queue.Starts.IsZero(), "look-again")
		add(v.rebookable(), "rebook")
		add(s.Queue.State == QueueWaiting && v.svc.Queue.Transfer != nil, "transfer")
	}
	if own && s.OnLot != nil {
		list = append(list, v.bidCan()...)
	}
	mine := open && mayAct(v.rec, v.viewer)
	step := findStep(v.svc, s.Step)
	if mine && s.Step == service.StepAppeal {
		return append(list, "decide-appeal")
	}
	if mine && s.Step == service.StepCorrection {
		return append(list, "answer-correction")
	}
	if mine && s.Theirs {
		return append(list, "take-step")
	}
	add(mine && !s.standing() && !step.Decides, "perform")
	add(mine && !s.standing() && step.Decides, "decide")
	add(mine && !s.standing() && len(v.svc.Suspend) > 0, "suspend")
	add((mine || own && open) && s.standing(), "resume")
	add(v.viewer.Role == aiqyn.RoleHead && s.Outcome == aiqyn.Granted && s.Connected.IsZero() && v.sight >= seesWork, "annul")
	return list
}

// ruling shows the last ruling; while the case is open and none is recorded,
// what the rules would say now.
func (v *viewing) ruling() (*RulingView, error) {
	s := v.rec.state
	if v.again() {
		return nil, nil
	}
	for _, ev := range slices.Backward(v.events) {
		if s.Step == service.StepAppeal && v.sight >= seesWork && !s.isOf(v.viewer) {
			break // who decides on an appeal sees what is true now, not what was when it was refused
		}
		if r, ok := ev.data.(*ruled); ok {
			return v.recorded(ev, r)
		}
	}
	if s.Step == "" {
		return nil, nil
	}
	ev, err := v.e.evaluate(v.svc, v.rec, v.now)
	if err != nil {
		return nil, err
	}
	out := &RulingView{Preview: true, Grant: ev.grant, At: v.now, Reasons: ev.reasons, Pack: s.Pack, Calendar: s.Calendar}
	v.tell(out, ev.computed)
	return out, nil
}

// recorded shows a ruling as it was entered; a case that is still open shows
// the reasons as they stand now beside it.
func (v *viewing) recorded(ev *event, r *ruled) (*RulingView, error) {
	out := &RulingView{Grant: r.Grant, Entry: ev.index, At: ev.at, Pack: r.Pack, Calendar: r.Calendar}
	v.tell(out, r.Computed)
	for _, x := range r.Reasons {
		reason, _ := v.svc.Reason(x.Name)
		out.Reasons = append(out.Reasons, ReasonView{Reason: reason, True: x.True, Trace: rule.Trace{Expr: x.Trace, Result: x.True}})
	}
	return out, nil
}
