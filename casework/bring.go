package casework

import (
	"context"
	"fmt"
	"slices"
	"time"

	"aiqyn"
	"aiqyn/service"
	"aiqyn/store"
)

// One application may ask several bodies at once: a service names others that its
// filing brings along. Their cases are opened in the same transaction, named in the
// filing, for the same applicant and under the same pack, and each is then a case
// like any other: its own draw, clocks, decision, appeal. What becomes of each is told
// to the case that has brought it, and what was granted is attached to its grant.

// brought is a case that a filing has brought along, and what has become of it.
type brought struct {
	Again   int             `json:"again,omitempty"` // how often the step had begun before that has asked somebody by it
	Case    int64           `json:"case"`
	Entry   int64           `json:"entry,omitempty"` // that told of the outcome
	Grant   int64           `json:"grant,omitempty"` // entry of its grant
	Outcome aiqyn.Outcome   `json:"outcome,omitempty"`
	Ref     aiqyn.Reference `json:"ref"` // "" of one that somebody else answers: it is theirs
	Service aiqyn.ServiceID `json:"service"`
	Step    aiqyn.StepID    `json:"step,omitempty"` // that has asked somebody by it; "" if the filing has brought it along
}

// answeredAlong says what has become of a case that was brought along, or by which
// somebody was asked: then with what they say.
type answeredAlong struct {
	Case    int64           `json:"case"`
	Grant   int64           `json:"grant,omitempty"` // entry
	Records map[string]any  `json:"records,omitempty"`
	Ref     aiqyn.Reference `json:"ref"`
}

// attached is what was granted along with a case, as its grant names it.
type attached struct {
	Case    int64           `json:"case"`
	Grant   int64           `json:"grant"` // entry
	Ref     aiqyn.Reference `json:"ref"`
	Service aiqyn.ServiceID `json:"service"`
}

// waitsFor reports whether something that a step waits for is not decided yet: what was
// brought along, or whom it has asked.
func (s *State) waitsFor(step *service.Step) bool {
	if step.Asks != nil {
		return s.Asking || slices.ContainsFunc(s.Brought, func(b brought) bool { return b.Step == step.Name && b.Outcome == "" })
	}
	return slices.ContainsFunc(s.Brought, func(b brought) bool { return b.Step == "" && b.Outcome == "" })
}

// attachments are what was granted of what was brought along.
func (s *State) attachments() (list []attached) {
	for _, b := range s.Brought {
		if b.Outcome == aiqyn.Granted && b.Step == "" {
			list = append(list, attached{Case: b.Case, Grant: b.Grant, Ref: b.Ref, Service: b.Service})
		}
	}
	return list
}

func (s *State) applyBrought(list []following) {
	for _, f := range list {
		s.Brought = append(s.Brought, brought{Case: f.Case, Ref: f.Ref, Service: f.Service})
	}
}

func (s *State) applyAnswered(ev *event, d *answeredAlong) {
	s.Brought = slices.Clone(s.Brought)
	for i := range s.Brought {
		if b := &s.Brought[i]; b.Case == d.Case {
			b.Outcome, b.Entry, b.Grant = ev.outcome, ev.index, d.Grant
			if d.Records != nil && b.Step == s.Step {
				s.record(b.Step, d.Records)
			}
		}
	}
}

// bring prepares the filings that this one brings along.
func (f *file) bring(ctx context.Context, e *Engine) error {
	f.along = nil
	wanted, err := f.svc.Wanted(e.answerVars(f.svc, f.answers, f.Actor.Behalf()))
	if err != nil {
		return err
	}
	for _, b := range wanted {
		along, err := f.prepareAlong(ctx, e, b)
		if err != nil {
			return err
		}
		f.along = append(f.along, along)
	}
	return nil
}

func (f *file) prepareAlong(ctx context.Context, e *Engine, b *service.Bring) (*file, error) {
	svc, err := e.packs.service(f.pack, b.Service)
	if err != nil {
		return nil, err
	}
	who := f.Actor.Behalf()
	carried, err := b.Answers(e.answerVars(f.svc, f.answers, who))
	if err != nil {
		return nil, err
	}
	answers, err := e.checkAnswers(svc, carried)
	if err != nil {
		return nil, err // what they asked for cannot be asked for there
	}
	if err := e.checkVoltage(svc, f.pack, answers, carried); err != nil {
		return nil, err
	}
	facts := &State{Applicant: who, Facts: make(map[string]reading, len(f.readings))}
	for _, r := range f.readings {
		facts.Facts[r.Name] = r
	}
	a := &file{
		File: File{Actor: aiqyn.Actor{Role: aiqyn.RoleSystem, Person: who}, Service: svc.ID, Channel: f.Channel, Lang: f.Lang},
		svc:  svc, pack: f.pack, answers: answers, readings: carriedReadings(svc, facts, answers), phone: f.phone,
		applicant: f.applicant, told: "message.filed", asOf: f.asOf,
	}
	a.name(e)
	a.ties = e.tiesTo(e.packs.byHash[f.pack].Registers, a.readings, who, f.Actor.Person)
	for attempt := 0; ; attempt++ {
		a.ref = e.keys.reference(who, bringID(f.ref, svc.ID), attempt)
		same, earlier, err := e.Store.FilingsBefore(ctx, string(a.ref), a.objectKey, 50)
		if err != nil {
			return nil, err
		}
		if a.earlier = earlier; same == nil {
			return a, a.recall(ctx, e)
		}
	}
}

// bringID names the opening of what a filing brings along as a command.
func bringID(ref aiqyn.Reference, svc aiqyn.ServiceID) aiqyn.CommandID {
	return aiqyn.CommandID("bring/" + string(ref) + "/" + string(svc))
}

// answerVars are the answers of a filing as rules read them.
func (e *Engine) answerVars(svc *service.Service, answers map[string]any, who aiqyn.PersonID) map[string]any {
	vars := svc.Blank()
	for name, v := range answers {
		vars[service.Variable(name)] = v
	}
	vars[service.VarApplicant] = string(who)
	return vars
}

// nameAlong names in a filing the cases that it brings along, each within its cap.
func (f *file) nameAlong(t *turn, d *filed) error {
	for i, a := range f.along {
		if t.s.filings.byRef[a.ref] != nil {
			return errStale // another case took this reference a moment ago
		}
		if err := a.capped(t, t.s.filings.about(a.objectKey, a.asOf)); err != nil {
			return err
		}
		d.Brought = append(d.Brought, following{Answers: typed(a.answers), Case: t.s.lastCase + 2 + int64(i), Ref: a.ref, Service: a.svc.ID})
	}
	return nil
}

// openAlong opens the cases that a filing has named.
func (f *file) openAlong(t *turn) error {
	s := t.rec.state
	for _, a := range f.along {
		o := t.beside()
		o.command = commandHash(bringID(f.ref, a.svc.ID))
		d, err := a.filing(o, t.s.filings.about(a.objectKey, a.asOf))
		if err != nil {
			return err
		}
		d.From = &cameFrom{Agent: s.Agent, Brought: true, Case: s.No, Mandate: s.Mandate, Ref: s.Ref}
		if err := a.begin(o, d); err != nil {
			return err
		}
		if mandate, ok := o.rec.state.under(); ok {
			o.under = append(o.under, store.MandateCase{Mandate: mandate, Case: o.rec.state.No})
		}
	}
	return nil
}

// tellBringer tells the case that has brought this one along what has become of it,
// and lets it go on when it waits for nothing more.
func (t *turn) tellBringer(s, was *State) error {
	if s.Outcome == was.Outcome && s.GrantAt == was.GrantAt || !s.over() {
		return nil
	}
	o, err := t.on(s.From.Case)
	if err != nil || o == nil {
		return err
	}
	first := o.rec.state
	if first.over() {
		return nil
	}
	d := &answeredAlong{Case: s.No, Ref: s.Ref}
	if s.Outcome == aiqyn.Granted {
		d.Grant = s.GrantAt
	}
	step := findStep(o.svc, first.Step)
	if s.From.Asked {
		if d.Records, err = first.settles(o.svc, step, s.No, s.said(step)); err != nil {
			return err
		}
		d.Ref = ""
	}
	o.emit(EventAnswered, aiqyn.System, d, withOutcome(s.Outcome))
	if step != nil && step.Awaits && !first.Held && (!first.waitsFor(step) || d.Records != nil) {
		if err := o.advance(step.Name); err != nil {
			return fmt.Errorf("case %d: %w", first.No, err)
		}
	}
	return o.ripple()
}

// brings holds a filing to what its service says it brings along: those that its
// answers ask for, with the answers that they give, and no others.
func (c *caseAudit) brings(ev *event, d *filed) {
	svc, err := c.e.packs.service(d.Pack, d.Service)
	if err != nil {
		return // said when it is folded in
	}
	if len(svc.Bring)+len(d.Brought) == 0 {
		return
	}
	vars := c.e.answerVars(svc, d.Answers, ev.actor.Behalf())
	wanted, err := svc.Wanted(vars)
	if err != nil || len(wanted) != len(d.Brought) {
		c.wrong(ev.index, "the filing does not bring along what its answers ask for")
		return
	}
	for i, b := range wanted {
		says := d.Brought[i]
		answers, err := b.Answers(vars)
		if err != nil || says.Service != b.Service || anyPair(says.Answers, func(name, text string) bool { return answers[name] != text }) {
			c.wrong(ev.index, "the filing brings along something else than its answers ask for")
		}
	}
}

// attaches holds a grant to what was granted of what its filing has brought along.
func (c *caseAudit) attaches(ev *event, d *granted) {
	if !slices.Equal(d.Attached, c.rec.state.attachments()) {
		c.wrong(ev.index, "the grant does not attach what was granted along with it")
	}
}

// AlongView is a case that an application has brought along, as it stands.
type AlongView struct {
	Ref      aiqyn.Reference
	Service  aiqyn.Text
	Body     aiqyn.BodyID
	Step     aiqyn.Text // the open step; empty once it is over
	Due      time.Time  // of that step
	Outcome  aiqyn.Outcome
	Grant    int64 // entry; 0: none
	Attached bool  // to the grant of this case
	Asked    bool  // somebody else was asked by it; their case is theirs, and has no Ref here
}

// along shows what the application has brought along; of what was erased only that
// there was something.
func (v *viewing) along(ctx context.Context) ([]AlongView, error) {
	s := v.rec.state
	var list []AlongView
	for _, b := range s.Brought {
		a := AlongView{Ref: b.Ref, Outcome: b.Outcome, Grant: b.Grant, Asked: b.Step != ""}
		if svc, err := v.e.packs.service(s.Pack, b.Service); err == nil {
			a.Service, a.Body = svc.Title, svc.Body
		}
		a.Attached = s.Grant != nil && slices.ContainsFunc(s.Grant.Attached, func(g attached) bool { return g.Case == b.Case })
		rec, err := v.e.caseNo(ctx, b.Case)
		switch {
		case aiqyn.KindOf(err) == aiqyn.NotFound:
		case err != nil:
			return nil, err
		default:
			a.Outcome, a.Due = rec.state.Outcome, rec.state.Due
			if svc, err := v.e.packs.service(rec.state.Pack, b.Service); err == nil {
				if step := findStep(svc, rec.state.Step); step != nil {
					a.Step = step.Title
				}
			}
		}
		list = append(list, a)
	}
	return list, nil
}
