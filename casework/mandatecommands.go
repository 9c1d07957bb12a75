package casework

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"aiqyn"
	"aiqyn/access"
	"aiqyn/deadline"
	"aiqyn/registry"
)

// The commands about mandates. Whoever gives one hears the same whether or not
// there is such a person: the entry is made, and if there is, they are told.
type (
	// GiveMandate lets a person act for the actor, or for whom a register has the
	// actor stand for, once they take it up.
	GiveMandate struct {
		ID       aiqyn.CommandID
		Actor    aiqyn.Actor
		To       string            // IIN, as typed
		Services []aiqyn.ServiceID // none: all
		Until    deadline.Date     // the last day
	}
	// AcceptMandate takes one up that was given to the actor.
	AcceptMandate struct {
		ID      aiqyn.CommandID
		Actor   aiqyn.Actor
		Mandate int64 // the entry that gave it
	}
	// EndMandate ends one: whoever gave it, or whoever it was given to. One that was
	// not taken up is declined by them.
	EndMandate struct {
		ID      aiqyn.CommandID
		Actor   aiqyn.Actor
		Mandate int64
	}
	// ExpireMandate writes off one whose time has passed. It lets nobody do anything
	// from that time on, written off or not.
	ExpireMandate struct{ Mandate int64 }
)

// reached is somebody and how to tell them something.
type reached struct {
	party
	phone string
	lang  aiqyn.Lang
}

// reach looks up a person in the register of people, for a purpose: Kazakh, and no
// number, of whom it does not say.
func (e *Engine) reach(ctx context.Context, person aiqyn.PersonID, purpose string) (r reached, found bool, err error) {
	r = reached{party: party{Person: person}, lang: aiqyn.Kazakh}
	read, err := e.Registers.Read(ctx, registry.Query{Register: registry.PeopleRegister, Key: string(person), Purpose: purpose, Actor: aiqyn.System})
	if err != nil || !read.Found {
		return r, false, err
	}
	p, err := registry.Decode[registry.Person](read)
	r.Name, r.phone = p.Name.String(), p.Phone
	if slices.Contains(aiqyn.Langs, p.Lang) {
		r.lang = p.Lang
	}
	return r, err == nil, err
}

// reachGiver is reach for a giver. Of a child whoever gave it for them is told, of a
// company its head.
func (e *Engine) reachGiver(ctx context.Context, giver, by aiqyn.PersonID) (reached, error) {
	r, found, err := e.reach(ctx, giver, "mandate")
	if err != nil || found && by == "" {
		return r, err
	}
	if found {
		return r, e.tellInstead(ctx, &r, by)
	}
	b, ok, err := e.business(ctx, giver, aiqyn.System, "mandate")
	if err != nil || !ok {
		return r, err
	}
	r.party = party{Name: b.Title, Person: giver}
	return r, e.tellInstead(ctx, &r, b.Head)
}

// tellInstead has another told what concerns somebody.
func (e *Engine) tellInstead(ctx context.Context, r *reached, another aiqyn.PersonID) error {
	a, _, err := e.reach(ctx, another, "mandate")
	r.phone, r.lang = a.phone, a.lang
	return err
}

// tellOf writes to somebody about a mandate.
func (t *turn) tellOf(r reached, key string, args ...any) {
	m := outgoing{Phone: r.phone, Lang: r.lang, Key: key, Subject: personal(r.Person), Args: map[string]any{}}
	for i := 0; i+1 < len(args); i += 2 {
		m.Args[args[i].(string)] = args[i+1]
	}
	t.messages = append(t.messages, m)
}

// onMandate records what becomes of a mandate, for the two whom it concerns.
func (t *turn) onMandate(kind EventKind, actor aiqyn.Actor, was *mandate, d aboutMandate) (*mandate, error) {
	if was == nil {
		d.Of = t.s.next + int64(len(t.events))
	}
	giver, holder := personal(d.Giver.Person), personal(d.Holder.Person)
	wrapped, err := t.actOnAccount(kind, actor, aboutAccount{Mandate: &d, Subject: giver}, giver, holder)
	if err != nil {
		return nil, err
	}
	next := was.after(kind, t.now, &d)
	if was == nil {
		next.wrapped = wrapped
	}
	row, err := t.e.keys.mandateRow(next)
	t.mandates = append(t.mandates, row)
	t.changed = append(t.changed, next)
	return next, err
}

type giveMandate struct {
	apart
	GiveMandate
	giver, holder reached
	latest        deadline.Date // the last day that a parent may let somebody act on; zero: none
}

// givenBy is who gives it for the giver; "" for themselves.
func (c *giveMandate) givenBy() aiqyn.PersonID {
	if c.actor.For == "" {
		return ""
	}
	return c.actor.Person
}

func (c *giveMandate) prepare(ctx context.Context, e *Engine) error {
	if err := c.apart.prepare(ctx, e); err != nil {
		return err
	}
	if err := access.Check(c.actor.Role, access.ActionMandate, access.Standing(c.actor)); err != nil {
		return err
	}
	to, err := registry.ParseIIN(c.To, e.Practice)
	if err != nil {
		return onField(err, "to")
	}
	for _, id := range c.Services {
		if _, ok := e.packs.current().Service(id); !ok {
			return aiqyn.E(aiqyn.Invalid, "error.answer-choice").On("services")
		}
	}
	slices.Sort(c.Services)
	c.Services = slices.Compact(c.Services)
	if c.giver, err = e.reachGiver(ctx, c.actor.Behalf(), c.givenBy()); err != nil {
		return err
	}
	if c.latest, err = e.lastDayFor(ctx, c.actor); err != nil {
		return err
	}
	c.holder, _, err = e.reach(ctx, to.Person(), "mandate")
	return err
}

// lastDayFor is the last day that an actor can speak for whom they act for: a
// parent's word ends when the child comes of age. Zero: there is none.
func (e *Engine) lastDayFor(ctx context.Context, a aiqyn.Actor) (deadline.Date, error) {
	if register, _, _ := strings.Cut(a.Mandate, "/"); register != registry.ChildrenRegister {
		return deadline.Date{}, nil
	}
	_, grown, err := e.comesOfAge(ctx, a, a.For)
	if err == nil && grown.IsZero() {
		err = errNotStanding()
	}
	return deadline.DateOf(grown.In(e.Zone)).AddDays(-1), err
}

// onField says which field an error is about.
func onField(err error, field string) error {
	if e, ok := err.(*aiqyn.Error); ok {
		return e.On(field)
	}
	return err
}

func (c *giveMandate) decide(t *turn) error {
	if done, err := c.once(t); done || err != nil {
		return err
	}
	today := deadline.DateOf(t.now.In(t.e.Zone))
	last := deadline.DateOf(t.now.In(t.e.Zone).AddDate(mandateYears, 0, 0))
	switch {
	case c.holder.Person == c.actor.Person || c.holder.Person == c.giver.Person:
		return aiqyn.E(aiqyn.Invalid, "error.mandate-self").On("to")
	case c.Until.IsZero() || c.Until.Before(today) || c.Until.After(last):
		return aiqyn.E(aiqyn.Invalid, "error.mandate-until", "years", mandateYears, "last", last.String()).On("until")
	case !c.latest.IsZero() && c.Until.After(c.latest):
		return aiqyn.E(aiqyn.Invalid, "error.mandate-of-age", "last", c.latest.String()).On("until")
	}
	if n, err := t.standing(c.giver.Person); err != nil {
		return err
	} else if n >= mandatesMost {
		return aiqyn.E(aiqyn.Conflict, "error.mandates-most", "n", mandatesMost)
	}
	d := aboutMandate{By: c.givenBy(), Giver: c.giver.party, Holder: party{Person: c.holder.Person}, Services: c.Services, Until: c.Until.AddDays(1).Start(t.e.Zone).UTC()}
	if _, err := t.onMandate(EventMandateGiven, c.actor, nil, d); err != nil {
		return err
	}
	t.tellOf(c.giver, "message.mandate-given")
	t.tellOf(c.holder, "message.mandate-offered")
	c.finish(t)
	return nil
}

// standing counts what somebody has given and is not over.
func (t *turn) standing(giver aiqyn.PersonID) (int, error) {
	entries, err := t.e.Store.MandatesStanding(context.Background(), t.e.keys.hash("subject", personal(giver)), mandatesMost+1)
	if err != nil {
		return 0, err
	}
	n := 0
	for _, entry := range entries {
		if m, changed := t.s.mandates.recent[entry]; !changed || m.Ended.IsZero() {
			n++
		}
	}
	for entry, m := range t.s.mandates.recent {
		if m.Giver.Person == giver && m.Ended.IsZero() && !slices.Contains(entries, entry) {
			n++
		}
	}
	return n, nil
}

// onOne is what the commands about one mandate have in common.
type onOne struct {
	apart
	of            int64
	giver, holder reached
}

func (c *onOne) mandate() int64 { return c.of }

func errNoMandate() *aiqyn.Error { return aiqyn.E(aiqyn.NotFound, "error.mandate-none") }

// prepare finds whom to tell. Who neither gave the mandate nor was given it learns
// nothing of it.
func (c *onOne) prepare(ctx context.Context, e *Engine) error {
	if err := c.apart.prepare(ctx, e); err != nil {
		return err
	}
	if c.actor != aiqyn.System {
		if err := access.Check(c.actor.Role, access.ActionMandate, access.Standing(c.actor)); err != nil {
			return err
		}
	}
	m, err := e.mandate(ctx, c.of)
	if err != nil {
		return err
	}
	if m == nil || !c.isParty(m) {
		return errNoMandate()
	}
	if c.giver, err = e.reachGiver(ctx, m.Giver.Person, m.GivenBy); err != nil {
		return err
	}
	c.holder, _, err = e.reach(ctx, m.Holder.Person, "mandate")
	return err
}

// gave and holds say which of the two the actor is.
func (c *onOne) gave(m *mandate) bool  { return c.actor.Behalf() == m.Giver.Person }
func (c *onOne) holds(m *mandate) bool { return c.actor.For == "" && c.actor.Person == m.Holder.Person }

func (c *onOne) isParty(m *mandate) bool { return c.actor == aiqyn.System || c.gave(m) || c.holds(m) }

// find is the mandate at this place of the log, which is not over.
func (c *onOne) find(t *turn) (*mandate, error) {
	m := t.s.mandates.find(c.of)
	switch {
	case m == nil || !c.isParty(m):
		return nil, errNoMandate()
	case !m.Ended.IsZero() || c.actor != aiqyn.System && m.over(t.now):
		return nil, aiqyn.E(aiqyn.Conflict, "error.mandate-over")
	}
	return m, nil
}

type acceptMandate struct{ onOne }

func (c *acceptMandate) decide(t *turn) error {
	if done, err := c.once(t); done || err != nil {
		return err
	}
	m, err := c.find(t)
	switch {
	case err != nil:
		return err
	case !c.holds(m):
		return errNoMandate()
	case !m.Accepted.IsZero():
		return aiqyn.E(aiqyn.Conflict, "error.mandate-accepted")
	}
	if _, err := t.onMandate(EventMandateAccepted, c.actor, m, aboutMandate{Giver: m.Giver, Holder: c.holder.party, Of: m.entry}); err != nil {
		return err
	}
	t.tellOf(c.giver, "message.mandate-accepted")
	t.tellOf(c.holder, "message.mandate-held")
	c.finish(t)
	return nil
}

type endMandate struct{ onOne }

func (c *endMandate) decide(t *turn) error {
	if done, err := c.once(t); done || err != nil {
		return err
	}
	m, err := c.find(t)
	if err != nil {
		return err
	}
	kind := EventMandateEnded
	if m.Accepted.IsZero() && c.holds(m) {
		kind = EventMandateDeclined
	}
	return c.end(t, m, kind)
}

// end ends a mandate, and tells both.
func (c *onOne) end(t *turn, m *mandate, kind EventKind) error {
	if _, err := t.onMandate(kind, c.actor, m, aboutMandate{By: c.actor.Behalf(), Giver: m.Giver, Holder: m.Holder, Of: m.entry}); err != nil {
		return err
	}
	letter := "message." + string(kind)
	t.tellOf(c.giver, letter)
	t.tellOf(c.holder, letter)
	c.finish(t)
	return nil
}

type expireMandate struct{ onOne }

func (c *expireMandate) decide(t *turn) error {
	if done, err := c.once(t); done || err != nil {
		return err
	}
	m, err := c.find(t)
	if err != nil {
		return err
	}
	if !m.over(t.now) {
		return aiqyn.E(aiqyn.Conflict, "error.mandate-stands")
	}
	return c.end(t, m, EventMandateExpired)
}

// expireMandates writes off what has ended by itself.
func (e *Engine) expireMandates(ctx context.Context) error {
	entries, err := e.Store.MandatesToEnd(ctx, e.Clock(), mandatesEnded)
	for _, entry := range entries {
		if _, err := e.Do(ctx, ExpireMandate{Mandate: entry}); err != nil && aiqyn.KindOf(err) != aiqyn.Conflict {
			return fmt.Errorf("mandate %d: %w", entry, err)
		}
	}
	return err
}
