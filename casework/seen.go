package casework

import (
	"context"
	"slices"
	"time"

	"aiqyn"
	"aiqyn/access"
	"aiqyn/store"
)

// Nobody browses. An officer works on a case without seeing whose it is: names,
// numbers and telephones are covered until they say what they need them for. The
// purpose goes into the log, and the person it is about reads who looked, why, in
// which case and when.
//
// Those who only watch see people covered always. Where that is not enough they
// ask, and a second person, who keeps the keys, lets them or not: this is breaking
// the glass. The applicant is told at once.

// Purpose is what an officer needs a person's data for.
type Purpose string

// Purposes, all there are.
const (
	PurposeIdentity Purpose = "identity" // to make sure who applied
	PurposeContact  Purpose = "contact"  // to reach them
	PurposeDecision Purpose = "decision" // the decision rests on it
)

// Purposes lists them as forms do.
var Purposes = []Purpose{PurposeIdentity, PurposeContact, PurposeDecision}

const (
	seenLife  = 8 * time.Hour  // how long one purpose opens a case to one officer
	glassLife = 24 * time.Hour // and a broken glass
)

// glassState is the last time that somebody asked to break the glass.
type glassState struct {
	By     aiqyn.OfficerID `json:"by"`
	Role   aiqyn.Role      `json:"role"`
	Ground string          `json:"ground"`
	Asked  time.Time       `json:"asked"`
	Until  time.Time       `json:"until,omitzero"` // zero: nobody has let them
}

// inUse reports whether a request waits for its answer, or an answer holds: nobody
// is put in the place of whom the custodian reads about. One that nobody has
// answered in a day is over.
func (g *glassState) inUse(now time.Time) bool {
	if g.Until.IsZero() {
		return now.Sub(g.Asked) < glassLife
	}
	return now.Before(g.Until)
}

// openPersonal uncovers a case for an officer who works on it.
type openPersonal struct {
	onCase
	purpose Purpose
}

func (c *openPersonal) decide(t *turn) error {
	s := t.rec.state
	if !worksOn(t.rec, c.actor) {
		return aiqyn.E(aiqyn.Forbidden, "error.not-drawn")
	}
	if err := t.ownCase(c.actor); err != nil {
		return err
	}
	if !slices.Contains(Purposes, c.purpose) {
		return aiqyn.E(aiqyn.Invalid, "error.answer-choice").On("purpose")
	}
	t.emit(EventSeen, c.actor, &seen{Purpose: c.purpose, Until: t.now.Add(seenLife)}, atStep(s.Step))
	return nil
}

// askGlass asks to see a person in the clear.
type askGlass struct {
	onCase
	ground string
}

func (c *askGlass) decide(t *turn) error {
	s := t.rec.state
	switch {
	case c.actor.Role != aiqyn.RoleOverseer && c.actor.Role != aiqyn.RoleAuditor || c.actor.Officer == "":
		return aiqyn.E(aiqyn.Forbidden, "error.forbidden")
	case s.unseen(): // nobody knows of it yet
		return aiqyn.E(aiqyn.NotFound, "error.not-found")
	case c.ground == "":
		return aiqyn.E(aiqyn.Invalid, "error.answer-required").On("ground")
	case s.Glass != nil && s.Glass.inUse(t.now):
		return aiqyn.E(aiqyn.Conflict, "error.glass-asked")
	}
	t.emit(EventGlassAsked, c.actor, &glass{Ground: c.ground})
	return nil
}

// openGlass lets somebody see a person in the clear, for a day.
type openGlass struct {
	onCase
	signature string
	unsigned  error
}

func (c *openGlass) prepare(ctx ctx, e *Engine) error {
	if err := c.onCase.prepare(ctx, e); err != nil {
		return err
	}
	if c.unsigned = e.signs(ctx, c.actor, c.signature, "signature"); c.unsigned != nil && aiqyn.KindOf(c.unsigned) != aiqyn.Invalid {
		return c.unsigned
	}
	return nil
}

func (c *openGlass) decide(t *turn) error {
	g := t.rec.state.Glass
	switch {
	case c.actor.Role != aiqyn.RoleCustodian || c.actor.Officer == "":
		return aiqyn.E(aiqyn.Forbidden, "error.forbidden")
	case g == nil || !g.Until.IsZero() || !g.inUse(t.now):
		return aiqyn.E(aiqyn.Conflict, "error.glass-not-asked")
	}
	if err := t.countersigned(access.ActOpenGlass, aiqyn.Actor{Role: g.Role, Officer: g.By}, c.actor); err != nil {
		return err
	}
	if c.unsigned != nil {
		return c.unsigned
	}
	t.emit(EventGlassOpened, c.actor, &glass{For: g.By, Ground: g.Ground, Role: g.Role, Until: t.now.Add(glassLife)})
	t.tell("message.glass-opened")
	return nil
}

func (s *State) applyGlass(ev *event, d *glass) {
	if ev.kind == EventGlassAsked {
		s.Glass = &glassState{By: ev.actor.Officer, Role: ev.actor.Role, Ground: d.Ground, Asked: ev.at}
		return
	}
	g := *s.Glass
	g.Until = d.Until
	s.Glass = &g
}

func (s *State) applySeen(ev *event, d *seen) {
	s.Opens = changed(s.Opens)
	s.Opens[ev.actor.Officer] = d.Until
}

// worksOn reports whether an officer has, or had, the case on their desk.
func worksOn(r *record, a aiqyn.Actor) bool {
	if a.Officer == "" {
		return false
	}
	for _, d := range r.state.Drawn {
		if d.Officer == a.Officer {
			return true
		}
	}
	return r.atDesk(a)
}

// inTheClear reports whether a case stands open to an officer now.
func (s *State) inTheClear(o aiqyn.OfficerID, now time.Time) bool {
	return now.Before(s.Opens[o]) || s.Glass != nil && s.Glass.By == o && now.Before(s.Glass.Until)
}

// ReadingView is one time that somebody looked at a person's data, or tried.
type ReadingView struct {
	Index   int64
	Kind    EventKind
	At      time.Time
	Ref     aiqyn.Reference // "" in the case of another, whose it is nobody is told
	Title   aiqyn.Text      // of the service
	Role    aiqyn.Role
	Body    aiqyn.BodyID
	Officer aiqyn.OfficerID
	Purpose Purpose  // of an officer
	Ground  string   // of a broken glass
	What    []string // registers
}

// Readings lists who looked at a person's data, the newest first.
func (e *Engine) Readings(ctx context.Context, who aiqyn.Actor, p Page) (List[ReadingView], error) {
	var out List[ReadingView]
	if err := access.Check(who.Role, access.ActionReadings, access.Standing(who)); err != nil {
		return out, err
	}
	before, err := before(p.After)
	if err != nil {
		return out, err
	}
	me := who.Behalf()
	rows, err := e.entriesAbout(ctx, me, before, p.limit()+1)
	if err != nil {
		return out, err
	}
	rows, out.Next = onePage(rows, p, func(r store.Entry) int64 { return r.Index })
	var cases []int64
	for _, row := range rows {
		cases = append(cases, row.Case)
	}
	slices.Sort(cases)
	records, err := e.records(ctx, slices.Compact(cases))
	if err != nil {
		return out, err
	}
	for _, row := range rows {
		rec := records[row.Case]
		if rec == nil || rec.key == nil {
			continue
		}
		ev, err := e.decodeEntry(row, rec.key)
		if err != nil {
			return out, err
		}
		if view, ok := e.readingFor(me, ev, rec.state); ok {
			out.Items = append(out.Items, view)
		}
	}
	return out, nil
}

// records opens cases by their numbers.
func (e *Engine) records(ctx context.Context, numbers []int64) (map[int64]*record, error) {
	rows, err := e.Store.CasesByNo(ctx, numbers)
	if err != nil {
		return nil, err
	}
	out := make(map[int64]*record, len(rows))
	for _, row := range rows {
		if out[row.No], err = e.keys.openRecord(row); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func readingOf(ev *event, s *State) ReadingView {
	v := ReadingView{Index: ev.index, Kind: ev.kind, At: ev.at, Ref: s.Ref, Role: ev.actor.Role, Body: ev.actor.Body, Officer: ev.actor.Officer}
	switch d := ev.data.(type) {
	case *lookedUp:
		for _, r := range d.Readings {
			v.What = append(v.What, r.Register)
		}
	case *seen:
		v.Purpose = d.Purpose
	case *fileRead:
		v.Purpose = d.Purpose
	case *factRead:
		v.Body, v.What = d.Body, []string{d.Register}
	case *consentedInPerson:
		v.Body, v.Ground, v.Officer = d.Body, string(d.Document), d.First+", "+ev.actor.Officer
	case *glass:
		v.Ground = d.Ground
		if d.For != "" {
			v.Officer, v.Role = d.For, d.Role
		}
	}
	return v
}

// GlassWaiting is somebody who asks to see a person in the clear.
type GlassWaiting struct {
	Ref    aiqyn.Reference
	By     aiqyn.OfficerID
	Role   aiqyn.Role
	Ground string
	Asked  time.Time
}

// GlassesAsked lists them for the custodian.
func (e *Engine) GlassesAsked(ctx context.Context, viewer aiqyn.Actor) ([]GlassWaiting, error) {
	if viewer.Role != aiqyn.RoleCustodian {
		return nil, aiqyn.E(aiqyn.Forbidden, "error.forbidden")
	}
	rows, err := e.Store.Acts(ctx, string(EventGlassAsked), 1<<62, maxWaiting)
	if err != nil {
		return nil, err
	}
	var cases []int64
	for _, row := range rows {
		if !slices.Contains(cases, row.Case) {
			cases = append(cases, row.Case)
		}
	}
	records, err := e.records(ctx, cases)
	if err != nil {
		return nil, err
	}
	var list []GlassWaiting
	now := e.Clock()
	for _, no := range cases {
		if rec := records[no]; rec != nil && rec.state.Glass != nil && rec.state.Glass.Until.IsZero() && rec.state.Glass.inUse(now) {
			g := rec.state.Glass
			list = append(list, GlassWaiting{Ref: rec.state.Ref, By: g.By, Role: g.Role, Ground: g.Ground, Asked: g.Asked})
		}
	}
	return list, nil
}
