package casework

import (
	"context"
	"fmt"
	"time"

	"aiqyn"
	"aiqyn/service"
	"aiqyn/store"
)

// A grant is often not the end: who has technical conditions has no light yet. A
// service may name another that follows, and then its grant opens a case of that
// one by itself, for the same applicant, in the same transaction: it is named in
// the grant, so there is none without the other, and never a second. It has its
// own clocks, its own officers, and the pack that the first was filed under.
//
// What the first case has reserved stays reserved in its name. Until somebody has
// done something in the second it lapses by its own date; from then on it is used
// and does not. When the second is granted it is connected, and held for good; when
// the second ends otherwise it goes back. When the first ends, so does the second.

// following is the case that a grant has opened, and with what.
type following struct {
	Answers map[string]string `json:"answers"`
	Case    int64             `json:"case"`
	Ref     aiqyn.Reference   `json:"ref"`
	Service aiqyn.ServiceID   `json:"service"`
}

// cameFrom is the case whose grant, or filing, has opened this one; Agent filed that
// one for the applicant, under Mandate.
type cameFrom struct {
	Agent   aiqyn.PersonID  `json:"agent,omitempty"`
	Asked   bool            `json:"asked,omitempty"`   // by a step of it, which asks somebody else; then nothing of it is named
	Brought bool            `json:"brought,omitempty"` // by its filing or a step, not by its grant
	Case    int64           `json:"case"`
	Mandate string          `json:"mandate,omitempty"`
	Ref     aiqyn.Reference `json:"ref"`
}

// alongside is the other case of a road that an event has to do with.
type alongside struct {
	Case int64           `json:"case"`
	Ref  aiqyn.Reference `json:"ref"`
}

// all are a turn and those that it has caused on other cases, in order.
func (t *turn) all() []*turn {
	list := []*turn{t}
	for _, o := range t.caused {
		list = append(list, o.all()...)
	}
	return list
}

// beside begins a turn on another case, which is kept with this one or not at all.
// Nothing more may happen in this one: entries follow one another.
func (t *turn) beside() *turn {
	base := int64(0)
	for _, o := range t.all() {
		base += int64(len(o.events))
	}
	o := &turn{e: t.e, s: t.s, now: t.now, base: t.base + base}
	t.caused = append(t.caused, o)
	t.undo = append(t.undo, o.rollback)
	return o
}

// on begins a turn on a case that there is; nil if it was erased.
func (t *turn) on(no int64) (*turn, error) {
	rec := t.s.cases.get(no)
	if rec == nil {
		rows, err := t.e.Store.CasesByNo(context.Background(), []int64{no})
		if err != nil {
			return nil, err
		}
		if len(rows) == 0 {
			return nil, fmt.Errorf("case %d is missing", no)
		}
		if rec, err = t.e.keys.openRecord(rows[0]); err != nil {
			return nil, err
		}
		t.s.cases.put(rec)
	}
	if rec.key == nil {
		return nil, nil
	}
	o := t.beside()
	return o, o.take(rec)
}

// ripple does to the other cases of a road what this turn means for them.
func (t *turn) ripple() error {
	if t.rec == nil || t.rec.gone {
		return nil
	}
	s, was := t.rec.state, &State{}
	if before := t.s.cases.get(s.No); before != nil && before.state != nil {
		was = before.state
	}
	if err := t.rippleOn(s, was); err != nil {
		return err
	}
	if err := t.endAsked(s, was); err != nil {
		return err
	}
	if err := t.takenElsewhere(s, was); err != nil {
		return err
	}
	return t.rippleBack(s, was)
}

// rippleOn opens what follows a grant, and ends it when the grant has ended.
func (t *turn) rippleOn(s, was *State) error {
	if s.Grant == nil || s.Grant.Follow == nil {
		return nil
	}
	opened, over := s.GrantAt != was.GrantAt, s.Outcome != aiqyn.Granted
	if opened {
		return t.openFollowing(s.Grant.Follow, over)
	}
	if !over || was.Outcome != aiqyn.Granted {
		return nil
	}
	o, err := t.on(s.Grant.Follow.Case)
	if err != nil || o == nil || o.rec.state.over() {
		return err
	}
	o.end(s)
	return nil
}

// end ends a case because the one that it follows has ended.
func (t *turn) end(first *State) {
	t.unload(t.rec.state.holder())
	t.emit(EventEnded, aiqyn.System, &alongside{first.No, first.Ref}, withOutcome(first.Outcome))
	t.giveBack(first.Outcome, "")
}

// rippleBack tells the case that a road began with how it goes on.
func (t *turn) rippleBack(s, was *State) error {
	if s.From != nil && s.From.Brought {
		return t.tellBringer(s, was)
	}
	if s.From == nil || s.started() == was.started() && s.over() == was.over() {
		return nil
	}
	return t.tellOrigin(s)
}

func (t *turn) tellOrigin(s *State) error {
	o, err := t.on(s.From.Case)
	if err != nil || o == nil {
		return err
	}
	first, me := o.rec.state, &alongside{s.No, s.Ref}
	if first.Outcome != aiqyn.Granted || first.Grant.Share == "" || !first.Connected.IsZero() {
		return nil
	}
	if !first.Used && s.started() {
		o.emit(EventUsed, aiqyn.System, me)
	}
	switch {
	case !s.over():
	case s.Outcome == aiqyn.Granted:
		o.emit(EventConnected, aiqyn.System, me)
		o.keepForGood()
	default: // a correction that is asked for is answered first
		o.emit(EventUnused, aiqyn.System, me)
		return o.fireTimers()
	}
	return nil
}

// over reports whether a case has ended, whatever it is asked for afterwards.
func (s *State) over() bool { return s.Outcome != "" }

// started reports whether anybody has done something in a case that a grant opened.
func (s *State) started() bool { return s.Fee.kept() > 0 || len(s.Records) > 0 }

// openFollowing opens the case that the turn's grant names; over, if the grant has
// ended again in the same turn, and what follows with it.
func (t *turn) openFollowing(g *following, over bool) error {
	s := t.rec.state
	svc, err := t.e.packs.service(s.Pack, g.Service)
	if err != nil {
		return err
	}
	answers, err := t.e.checkAnswers(svc, g.Answers)
	if err != nil {
		return fmt.Errorf("what %s carries on to %s: %w", s.Service, g.Service, err)
	}
	cal, err := t.e.calendar(svc.Calendar)
	if err != nil {
		return err
	}
	f := &file{
		File: File{Actor: aiqyn.Actor{Role: aiqyn.RoleSystem, Person: s.Applicant}, Service: g.Service, Channel: s.Channel, Lang: s.Lang},
		svc:  svc, pack: s.Pack, answers: answers, readings: carriedReadings(svc, s, answers), phone: s.Phone, ref: g.Ref,
		applicant: t.rec.row.Applicant, told: "message.follows",
	}
	f.name(t.e)
	f.ties = t.e.tiesTo(t.e.packs.byHash[s.Pack].Registers, f.readings, s.Applicant, s.Agent)
	o := t.beside()
	o.command = commandHash(followID(s.Ref))
	if err := f.begin(o, &filed{
		Answers: answers, Calendar: cal.Version(), Channel: s.Channel, From: &cameFrom{Agent: s.Agent, Case: s.No, Mandate: s.Mandate, Ref: s.Ref},
		Lang: s.Lang, Object: f.object, Pack: s.Pack, Phone: s.Phone, Service: g.Service, Ties: f.ties,
	}); err != nil {
		return err
	}
	if mandate, ok := o.rec.state.under(); ok {
		o.under = append(o.under, store.MandateCase{Mandate: mandate, Case: g.Case})
	}
	if over {
		o.end(s)
		return nil
	}
	return o.ripple()
}

// followID names the opening of what follows a case as a command.
func followID(ref aiqyn.Reference) aiqyn.CommandID { return aiqyn.CommandID("follow/" + string(ref)) }

// carriedReadings are the look-ups of a case that those of the next ask for again:
// what was read is read once.
func carriedReadings(svc *service.Service, s *State, answers map[string]any) []reading {
	var list []reading
	for _, l := range svc.LookUps {
		key := string(s.Applicant)
		if l.Of != service.VarApplicant {
			key = fmt.Sprint(answers[l.Of])
		}
		if r, ok := s.Facts[l.Name]; ok && r.Register == l.Register && r.Key == key {
			list = append(list, r)
		}
	}
	return list
}

// follow names in a grant the case that it opens.
func (t *turn) follow(ev *evaluation, g *granted) error {
	next := t.svc.Follow
	if next == nil {
		return nil
	}
	s := t.rec.state
	svc, err := t.e.packs.service(s.Pack, next.Service)
	if err != nil {
		return err
	}
	carried, err := next.Answers(ev.vars)
	if err != nil {
		return err
	}
	answers, err := t.e.checkAnswers(svc, carried)
	if err != nil {
		return fmt.Errorf("what %s carries on to %s: %w", s.Service, next.Service, err)
	}
	g.Follow = &following{Answers: typed(answers), Case: t.s.lastCase + 1, Service: next.Service}
	for attempt := 0; ; attempt++ {
		ref := t.e.keys.reference(s.Applicant, followID(s.Ref), attempt)
		_, taken, err := t.e.Store.CaseByRef(context.Background(), string(ref))
		if err != nil {
			return err
		}
		if !taken && t.s.filings.byRef[ref] == nil {
			g.Follow.Ref = ref
			return nil
		}
	}
}

// typed are answers as somebody would type them.
func typed(answers map[string]any) map[string]string {
	text := make(map[string]string, len(answers))
	for name, v := range answers {
		if b, ok := v.(bool); ok {
			v = map[bool]string{true: "yes", false: "no"}[b]
		}
		text[name] = fmt.Sprint(v)
	}
	return text
}

// keepForGood books what the case has reserved as connected: it lapses no more.
func (t *turn) keepForGood() {
	c := t.e.Capacity
	if c == nil {
		return
	}
	c.mu.Lock()
	was, ok := c.held[t.rec.state.No]
	kept := was
	kept.Expires, kept.Connected = time.Time{}, t.now
	if ok {
		c.held[kept.Case] = kept
	}
	c.mu.Unlock()
	if !ok {
		return
	}
	t.reservations = append(t.reservations, kept)
	t.undo = append(t.undo, func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.held[was.Case] = was
	})
}

// running reports whether the case that a grant opened is not over yet.
func (t *turn) running(g *granted) (bool, error) {
	if g == nil || g.Follow == nil {
		return false, nil
	}
	rec := t.s.cases.get(g.Follow.Case)
	if rec == nil {
		rows, err := t.e.Store.CasesByNo(context.Background(), []int64{g.Follow.Case})
		if err != nil || len(rows) == 0 {
			return false, err
		}
		if rec, err = t.e.keys.openRecord(rows[0]); err != nil {
			return false, err
		}
	}
	return rec.key != nil && !rec.state.over(), nil
}

// applyAlongside folds what another case of the road means for this one.
func (s *State) applyAlongside(ev *event) {
	switch ev.kind {
	case EventUsed:
		s.Used = true
	case EventUnused:
		s.Unused = true
	case EventConnected:
		s.Used, s.Connected = true, ev.at
	case EventEnded:
		s.close(ev.outcome, ev.at)
	case EventMoved:
		s.Queue.State, s.Queue.Group = QueueMoved, ""
	}
}
