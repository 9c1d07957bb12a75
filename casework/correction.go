package casework

import (
	"encoding/json"
	"slices"
	"strings"
	"time"

	"aiqyn"
	"aiqyn/registry"
	"aiqyn/service"
)

// Whoever was given a document with an error in it has it corrected, for nothing
// and by a deadline. They point at the field and say what is wrong; the head of
// the body that answers corrects it or says why not. A fact of a register is read
// again, never typed: who keeps the register has put it right first. What rested
// on the wrong value runs again and is listed with its entry.
//
// Like an appeal it is a step that every service has. Its clock runs, and silence
// hands it to the body above.

// correctionState is a request to correct, as far as it has come.
type correctionState struct {
	Field   string       `json:"field"`
	Said    string       `json:"said,omitempty"`
	Text    string       `json:"text"`
	Entry   int64        `json:"entry"` // that is said to be wrong
	At      time.Time    `json:"at"`
	Above   aiqyn.BodyID `json:"above,omitempty"`
	Outcome string       `json:"outcome,omitempty"` // "corrected", "declined"; "" while it waits
	Ground  string       `json:"ground,omitempty"`
	Ended   time.Time    `json:"ended,omitzero"`
}

// How a request to correct ends.
const (
	CorrectionMade     = "corrected"
	CorrectionDeclined = "declined"
)

// offered reports whether a step is one that every service has, with commands
// of its own.
func offered(step aiqyn.StepID) bool {
	return step == service.StepAppeal || step == service.StepCorrection
}

// askCorrection points at an error in a document.
type askCorrection struct {
	onCase
	AskCorrection
	entry int64
}

// prepare finds the newest entry that recorded the field.
func (c *askCorrection) prepare(ctx ctx, e *Engine) error {
	rec, err := c.find(ctx, e)
	if err != nil || c.owns(rec.state) != nil {
		return err
	}
	rows, err := e.Store.EntriesOf(ctx, rec.row.No, maxEvents)
	if err != nil {
		return err
	}
	c.entry = -1
	for _, row := range rows {
		ev, err := e.decodeEntry(row, rec.key)
		if err != nil {
			return err
		}
		if ev.records(c.Field) {
			c.entry = ev.index
		}
	}
	return nil
}

// records reports whether an event recorded a field as it was then.
func (ev *event) records(field string) bool {
	step, _, _ := strings.Cut(field, ".")
	switch d := ev.data.(type) {
	case *lookedUp:
		return slices.ContainsFunc(d.Readings, func(r reading) bool { return r.Name == field })
	case *performed:
		return string(d.Step) == step
	case *corrected:
		return d.Field == field
	}
	return false
}

func (c *askCorrection) decide(t *turn) error {
	s := t.rec.state
	if err := c.owns(s); err != nil {
		return err
	}
	rule := t.svc.Correction
	switch {
	case s.Step != "" || s.Outcome != aiqyn.Granted || rule == nil:
		return aiqyn.E(aiqyn.Conflict, "error.nothing-to-correct")
	case s.Held:
		return aiqyn.E(aiqyn.Conflict, "error.case-held")
	case !slices.ContainsFunc(t.e.correctable(t.svc, s), func(f CorrectableView) bool { return f.Field == c.Field }) || c.entry < 0:
		return aiqyn.E(aiqyn.Invalid, "error.answer-choice").On("field")
	case c.Text == "":
		return aiqyn.E(aiqyn.Invalid, "error.answer-required").On("text")
	}
	due, cal, err := t.due(rule.Step, t.now)
	if err != nil {
		return err
	}
	d := &correctionAsked{Calendar: cal, Due: due, Entry: c.entry, Field: c.Field, Said: c.Said, Text: c.Text}
	if t.svc.Appeal != nil {
		d.Above = t.svc.Appeal.Body
	}
	t.emit(EventCorrectionAsked, c.actor, d, atStep(service.StepCorrection))
	t.tell("message.correction-asked", "due", due)
	return nil
}

// declineCorrection says why nothing is corrected.
type declineCorrection struct {
	onCase
	ground string
}

func (c *declineCorrection) decide(t *turn) error {
	if _, err := c.open(t, service.StepCorrection); err != nil {
		return err
	}
	if c.ground == "" {
		return aiqyn.E(aiqyn.Invalid, "error.answer-required").On("ground")
	}
	t.emit(EventCorrectionDeclined, c.actor, &correctionDeclined{Ground: c.ground}, atStep(service.StepCorrection))
	t.tell("message.correction-declined")
	return nil
}

// mayCorrect reports whether an actor may put right what is recorded: the head of
// the body that answers, or whoever an unanswered request has come to.
func (t *turn) mayCorrect(a aiqyn.Actor) bool {
	return t.rec.above(a, aiqyn.RoleHead) || t.rec.state.Step == service.StepCorrection && t.rec.atDesk(a)
}

// readAgain reads a fact once more; nothing else may take its place.
func (c *correct) readAgain(ctx ctx, e *Engine, rec *record) error {
	svc, err := e.packs.service(rec.state.Pack, rec.state.Service)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(svc.LookUps, func(l service.LookUp) bool { return l.Name == c.Field })
	was, there := rec.state.Facts[c.Field]
	if i < 0 || !there {
		return nil // a record of a step: its value was typed
	}
	r, err := e.readRegister(ctx, registry.Query{
		Register: svc.LookUps[i].Register, Key: was.Key, Purpose: string(svc.ID) + "/" + c.Field, Actor: c.actor,
	})
	if err != nil {
		return err
	}
	c.read = &r
	return nil
}

// corrected is a fact after its correction: with what the register says now, be that
// nothing, or something where it had said nothing.
func (r reading) corrected(d *corrected) reading {
	if r.Value = d.Value; d.Read == nil {
		return r
	}
	if r.At, r.Found, r.Source, r.Version = d.Read.At, d.Read.Found, d.Read.Source, d.Read.Version; !r.Found {
		r.Value = nil
	}
	return r
}

func (s *State) applyCorrectionAsked(ev *event, d *correctionAsked) {
	s.Correction = &correctionState{Field: d.Field, Said: d.Said, Text: d.Text, Entry: d.Entry, At: ev.at, Above: d.Above}
	s.Step, s.StepState, s.Escalated = service.StepCorrection, StepOpen, aiqyn.RoleHead
	s.Opened, s.Due, s.Calendar = ev.at, d.Due, d.Calendar
}

// endCorrection closes the case again as it was.
func (s *State) endCorrection(outcome, ground string, at time.Time) {
	c := *s.Correction
	c.Outcome, c.Ground, c.Ended = outcome, ground, at
	s.Correction, s.Escalated = &c, ""
	s.close(s.Outcome, s.Closed)
}

// correctable lists what of a document may be said to be wrong: what officers
// recorded, and what registers said. What the applicant answered is theirs.
func (e *Engine) correctable(svc *service.Service, s *State) []CorrectableView {
	var list []CorrectableView
	for _, step := range svc.Steps {
		for _, a := range answersOf(step.Records, s.Records[string(step.Name)]) {
			list = append(list, CorrectableView{Field: string(step.Name) + "." + a.Question.Name, Label: a.Question.Label, Question: &a.Question, Value: a.Value})
		}
	}
	for _, l := range svc.LookUps {
		if _, ok := s.Facts[l.Name]; ok { // also that a register knows nothing may be wrong
			list = append(list, CorrectableView{Field: l.Name, Label: l.Purpose, Register: l.Register})
		}
	}
	return list
}

// correction shows the last request to correct, what may be pointed at, and
// everything that was corrected with what rested on it.
func (v *viewing) correction(out *CaseView) {
	s := v.rec.state
	out.Correctable = v.e.correctable(v.svc, s)
	if c := s.Correction; c != nil {
		out.Correction = &CorrectionView{
			Field: c.Field, Said: c.Said, Text: c.Text, Entry: c.Entry, At: c.At, Outcome: c.Outcome, Ground: c.Ground, Ended: c.Ended,
		}
	}
	if v.sight < seesWork {
		out.Correctable = nil
		return
	}
	for _, ev := range v.events {
		switch d := ev.data.(type) {
		case *corrected:
			out.Corrected = append(out.Corrected, CorrectedView{
				Index: ev.index, Field: d.Field, At: ev.at, Entry: d.Entry, Ground: d.Ground, Was: plainJSON(d.Was), Value: plainJSON(d.Value), Affected: d.Affected,
			})
		case *ruled:
			if n := len(out.Corrected); n > 0 && out.Corrected[n-1].Again == 0 {
				out.Corrected[n-1].Again, out.Corrected[n-1].Grant = ev.index, d.Grant
			}
		}
	}
}

// plainJSON is a value as a person reads it: a text without its quotes, a
// document not at all.
func plainJSON(raw json.RawMessage) string {
	var text string
	switch {
	case json.Unmarshal(raw, &text) == nil:
		return text
	case len(raw) > 0 && raw[0] == '{':
		return ""
	}
	return string(raw)
}
