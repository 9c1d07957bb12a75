package casework

import (
	"context"
	"fmt"
	"slices"

	"aiqyn"
	"aiqyn/service"
	"aiqyn/store"
)

// A step may ask somebody else: the owner of what the applicant would be connected
// through. Whom, a register says, which is read when the step begins, outside the
// sequencer; then a case of another service is opened for them, in which they answer
// with their own hand and by their own clock. Their case knows who they are, the first
// one only what was asked and what came of it; neither names the other's people.
//
// The first case goes on when they have answered, or when the step's time is over:
// nobody waits for good for somebody who says nothing.

// asked says that somebody was asked in a step, and with what. Without a case nobody
// could be: no register names one person whom to ask.
type asked struct {
	Answers map[string]string `json:"answers,omitempty"`
	Case    int64             `json:"case,omitempty"`
	Service aiqyn.ServiceID   `json:"service"`
	Step    aiqyn.StepID      `json:"step"`
}

func (s *State) applyAsked(d *asked) {
	b := brought{Case: d.Case, Service: d.Service, Step: d.Step}
	for _, before := range s.Brought {
		if before.Step == d.Step {
			b.Again = before.Again
			if s.Asking { // the step has begun anew
				b.Again++
			}
		}
	}
	s.Asking = false
	if d.Case != 0 {
		s.Brought = append(slices.Clip(s.Brought), b)
	}
}

// record keeps what a step has left.
func (s *State) record(step aiqyn.StepID, records map[string]any) {
	if s.Records == nil {
		s.Records = make(map[string]map[string]any, 2)
	}
	s.Records[string(step)] = records
}

// AskView is the point that would be better than all others, and needs the consent of an
// owner who has not given it; empty if there is none. Since version 3 of the points.
type AskView struct {
	ID     string `json:"id"`
	Cost   int64  `json:"cost"` // tiyn
	Parcel string `json:"parcel"`
	Trafo  int    `json:"trafo"`
}

// asks reports whether a step has somebody to ask, by what is known when it begins. All
// cases wait for the answer, so nothing is computed that its condition does not read.
func (t *turn) asks(step *service.Step) (bool, error) {
	if step.Asks.When == nil {
		return true, nil
	}
	return t.asksWith(step, nil)
}

// asksWith reports what the condition says with records that are not yet the case's.
func (t *turn) asksWith(step *service.Step, records map[string]any) (bool, error) {
	vars, err := t.e.variables(t.svc, t.rec, t.now)
	if err != nil {
		return false, err
	}
	for name, v := range records {
		vars[service.Variable(name)] = v
	}
	when := step.Asks.When.Program
	if err := t.e.compute(t.svc.ComputeFor(when), &evaluation{vars: vars}, t.rec.state.Filed); err != nil {
		return false, err
	}
	return when.Eval(vars)
}

// ask is the engine's own command: the step has begun in which somebody is to be asked.
type ask struct {
	no   int64
	ev   *evaluation
	whom []*file           // what opens the case of each; none: nobody can be asked
	say  map[string]string // what they are asked with
}

func (a *ask) id() aiqyn.CommandID { return "" }
func (a *ask) about() int64        { return a.no }
func (a *ask) by() aiqyn.Actor     { return aiqyn.System }

// prepare finds whom to ask, and reads what their case rests on.
func (a *ask) prepare(ctx ctx, e *Engine) error {
	a.ev, a.whom = nil, nil
	rows, err := e.Store.CasesByNo(ctx, []int64{a.no})
	if err != nil || len(rows) == 0 || rows[0].Key == nil {
		return err
	}
	rec, err := e.keys.openRecord(rows[0])
	if err != nil || !rec.state.Asking {
		return err
	}
	svc, err := e.packs.service(rec.state.Pack, rec.state.Service)
	if err != nil {
		return err
	}
	asks := findStep(svc, rec.state.Step).Asks
	if a.ev, err = e.evaluate(svc, rec, e.Clock().UTC()); err != nil {
		return err
	}
	if a.say, err = asks.Answers(a.ev.vars); err != nil {
		return err
	}
	a.whom, err = e.askWhom(ctx, rec.state, asks, a.say)
	return err
}

// askWhom prepares the cases of those whom a step asks; none if no register names
// whom.
func (e *Engine) askWhom(ctx context.Context, s *State, asks *service.Asks, say map[string]string) ([]*file, error) {
	svc, err := e.packs.service(s.Pack, asks.Service)
	if err != nil {
		return nil, err
	}
	answers, err := e.checkAnswers(svc, say)
	if err != nil {
		return nil, fmt.Errorf("what %s asks in %s: %w", s.Service, asks.Service, err)
	}
	readings, err := e.readAll(ctx, svc, aiqyn.System, answers)
	if err != nil {
		return nil, err
	}
	theirs := &record{state: &State{Answers: answers, Facts: make(map[string]reading)}}
	for _, r := range readings {
		theirs.state.Facts[r.Name] = r
	}
	vars, err := e.variables(svc, theirs, e.Clock())
	if err != nil {
		return nil, err
	}
	whom, err := asks.People(vars)
	if err != nil {
		return nil, err
	}
	var list []*file
	for i, who := range whom {
		f := &file{
			File: File{Service: svc.ID, Channel: s.Channel, Lang: aiqyn.Kazakh},
			svc:  svc, pack: s.Pack, answers: answers, readings: readings, told: "message.asked", asOf: e.newest.Load(),
		}
		if err := e.askOne(ctx, s, f, who, i); err != nil {
			return nil, err
		}
		list = append(list, f)
	}
	return list, nil
}

// askOne makes a case that of one of those who are asked.
func (e *Engine) askOne(ctx context.Context, s *State, f *file, whom aiqyn.PersonID, i int) (err error) {
	if f.phone, err = e.phoneOf(ctx, whom); err != nil {
		return err
	}
	f.Actor = aiqyn.Actor{Role: aiqyn.RoleSystem, Person: whom}
	told, _, err := e.reach(ctx, whom, "notify")
	if err != nil {
		return err
	}
	f.Lang = told.lang
	f.applicant = e.keys.hash("applicant", string(whom))
	f.name(e)
	f.ties = e.tiesTo(e.packs.byHash[s.Pack].Registers, f.readings, whom)
	for attempt := 0; ; attempt++ {
		f.ref = e.keys.reference(whom, askID(s, len(s.Brought)+i), attempt)
		if _, taken, err := e.Store.CaseByRef(ctx, string(f.ref)); err != nil || !taken {
			return err
		}
	}
}

// askID names the opening of the case of one whom a step asks as a command: once for each
// time that the step begins. Before them the case has brought so many along.
func askID(s *State, before int) aiqyn.CommandID {
	return aiqyn.CommandID(fmt.Sprintf("ask/%s/%s/%d", s.Ref, s.Step, before))
}

// decide records whom the ruling of this moment has asked, and opens their cases. Where
// nobody can be asked the step is over.
func (a *ask) decide(t *turn) error {
	s := t.rec.state
	if !s.Asking || s.Held || s.standing() {
		return nil
	}
	taken := func(f *file) bool { return t.s.filings.byRef[f.ref] != nil }
	if !t.e.current(a.ev, t.rec, t.now) || slices.ContainsFunc(a.whom, taken) {
		return errStale
	}
	step := findStep(t.svc, s.Step)
	t.rule(a.ev, aiqyn.System, step.Name)
	if len(a.whom) == 0 {
		t.emit(EventAsked, aiqyn.System, &asked{Service: step.Asks.Service, Step: step.Name})
		return t.advance(step.Name)
	}
	before := len(s.Brought)
	for i, f := range a.whom {
		t.emit(EventAsked, aiqyn.System, &asked{Answers: typed(f.answers), Case: t.s.lastCase + 1 + int64(i), Service: step.Asks.Service, Step: step.Name})
	}
	t.tell("message.asks")
	for i, f := range a.whom {
		o := t.beside()
		o.command = commandHash(askID(s, before+i))
		theirs, err := f.filing(o, nil)
		if err != nil {
			return err
		}
		theirs.From = &cameFrom{Asked: true, Brought: true, Case: s.No}
		if err := f.begin(o, theirs); err != nil {
			return err
		}
	}
	return nil
}

// askOthers asks whoever is to be asked in cases whose time has come.
func (e *Engine) askOthers(ctx context.Context, rows []store.Case) {
	for _, r := range rows {
		if !e.mayAsk(r) {
			continue
		}
		if _, err := e.carryOut(ctx, &ask{no: r.No}); err != nil && ctx.Err() == nil {
			e.Log.Warn("ask somebody", "case", r.No, "err", err) // and again, as long as the step lasts
		}
	}
}

// mayAsk reports whether a case stands at a step that asks somebody, by its row.
func (e *Engine) mayAsk(r store.Case) bool {
	svc, ok := e.packs.current().Service(aiqyn.ServiceID(r.Service))
	if !ok {
		return false
	}
	step, ok := svc.Step(aiqyn.StepID(r.Step))
	return ok && step.Asks != nil
}

// said is what a case that a step has asked for comes to: what that step records, by
// its names; nothing if nobody has answered.
func (s *State) said(step *service.Step) map[string]any {
	if step == nil || step.Asks == nil || s.Outcome != aiqyn.Granted {
		return nil
	}
	all := make(map[string]any)
	for _, q := range step.Records {
		if v, ok := s.Answers[q.Name]; ok {
			all[q.Name] = v
		}
		for _, records := range s.Records {
			if v, ok := records[q.Name]; ok {
				all[q.Name] = v
			}
		}
	}
	return all
}

// settles is what a step that asks records of the answer that one of those who were
// asked has given; nil, if it says nothing yet. It is the answer itself where one alone
// was asked, or it is not as each must be; or the last, where all have answered so.
func (s *State) settles(svc *service.Service, step *service.Step, of int64, said map[string]any) (map[string]any, error) {
	if step == nil || step.Asks == nil {
		return nil, nil
	}
	i := slices.IndexFunc(s.Brought, func(b brought) bool { return b.Case == of && b.Step == step.Name && b.Outcome == "" })
	if said == nil || i < 0 {
		return nil, nil
	}
	as, err := step.Asks.Holds(svc.Blank(), said)
	if err != nil || !as {
		return said, err
	}
	for _, b := range s.Brought {
		if b.Case != of && b.Step == step.Name && b.Again == s.Brought[i].Again && b.Outcome != aiqyn.Granted {
			return nil, nil
		}
	}
	return said, nil
}

// endAsked ends the cases of those who were asked for one that is over, or in a step
// that is: nobody waits for their answer any more.
func (t *turn) endAsked(s, was *State) error {
	settled := slices.ContainsFunc(t.events, func(ev *event) bool {
		d, ok := ev.data.(*answeredAlong)
		return ok && d.Records != nil
	})
	if !settled && (!s.over() || was.over()) {
		return nil
	}
	for _, b := range s.Brought {
		if b.Step == "" || b.Outcome != "" {
			continue
		}
		o, err := t.on(b.Case)
		if err != nil {
			return err
		}
		if o == nil || o.rec.state.over() {
			continue
		}
		o.unload(o.rec.state.holder())
		o.emit(EventEnded, aiqyn.System, &alongside{Case: s.No}, withOutcome(aiqyn.Lapsed))
	}
	return nil
}
