package casework

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"aiqyn"
	"aiqyn/access"
	"aiqyn/registry"
)

// Self is who is signed in, whomever they act for at present.
func (s *Session) Self() aiqyn.Actor {
	a := s.Actor
	a.For, a.Mandate = "", ""
	return a
}

// affairs names in whose affairs a session acts: "entry/1234" under a mandate,
// "business/BIN" or "people.children/IIN" by a register; "" in its owner's own.
func affairs(kind string, of aiqyn.PersonID) string { return kind + "/" + string(of) }

// OfCompany names the affairs of a company by its BIN, as [Engine.ActFor] takes it.
func OfCompany(bin string) string { return affairs(registry.BusinessRegister, aiqyn.PersonID(bin)) }

// ByNumber reports whether a name of affairs has somebody's number in it, which who
// gives it may be guessing.
func ByNumber(acting string) bool { return acting != "" && !strings.HasPrefix(acting, "entry/") }

// act has a session act for whom it has chosen, if they may still. If not it goes on
// for its owner alone, and says so.
func (e *Engine) act(ctx context.Context, s *Session) error {
	if s.Acting == "" {
		return nil
	}
	actor, name, err := e.actorFor(ctx, s.Self(), s.Acting)
	switch aiqyn.KindOf(err) {
	case "":
		actor.Assurance = s.Actor.Assurance
		s.Actor, s.ForName = actor, name
		return nil
	case aiqyn.Forbidden, aiqyn.NotFound, aiqyn.Unavailable, aiqyn.Invalid:
		s.Acting, s.NotFor = "", true
		return nil
	}
	return err
}

// actorFor is somebody as one who acts in another's affairs, and what those are
// called; Forbidden if they may not.
func (e *Engine) actorFor(ctx context.Context, self aiqyn.Actor, acting string) (aiqyn.Actor, string, error) {
	if access.Standing(self) != access.Own {
		return self, "", errNotStanding()
	}
	kind, key, _ := strings.Cut(acting, "/")
	switch kind {
	case registry.BusinessRegister, registry.ChildrenRegister:
		r, err := e.represented(ctx, self.Person, kind, aiqyn.PersonID(key))
		self.For, self.Mandate = r.For.Person, r.right()
		return self, r.For.Name, err
	case "entry":
		entry, err := strconv.ParseInt(key, 10, 64)
		if err != nil {
			return self, "", errNotStanding()
		}
		m, err := e.mandate(ctx, entry)
		if err != nil || m == nil {
			return self, "", errNotStanding().Because(err)
		}
		self.For, self.Mandate = m.Giver.Person, access.MandateOf(m.entry)
		if !m.lets(self, e.Clock()) {
			return self, "", errNotStanding()
		}
		return self, m.Giver.called(), nil
	}
	return self, "", errNotStanding()
}

// called is the name of a party, or its number where there is none.
func (p party) called() string {
	if p.Name != "" {
		return p.Name
	}
	return access.Mask(access.IIN, string(p.Person))
}

// ActFor has a session act in another's affairs from now on, or with "" in its
// owner's own again. To begin by a register is recorded, under the command's id.
func (e *Engine) ActFor(ctx context.Context, token string, id aiqyn.CommandID, acting string) (Session, error) {
	row, err := e.sessionRow(ctx, token)
	if err != nil {
		return Session{}, err
	}
	s, err := e.openSession(ctx, row)
	if err != nil {
		return Session{}, err
	}
	if kind, key, _ := strings.Cut(acting, "/"); kind == registry.BusinessRegister {
		bin, err := registry.ParseBIN(key, e.Practice)
		if err != nil {
			return Session{}, onField(err, "for")
		}
		acting = affairs(kind, bin.Person())
	}
	if acting != "" {
		actor, _, err := e.actorFor(ctx, s.Self(), acting)
		if err != nil {
			return Session{}, err
		}
		if access.Standing(actor) == access.Represented {
			kind, _, _ := strings.Cut(acting, "/")
			if _, err := e.Do(ctx, Represent{ID: id, Actor: s.Self(), Register: kind, For: actor.For}); err != nil {
				return Session{}, err
			}
		}
	}
	x, err := e.secretOf(row)
	if err != nil {
		return Session{}, err
	}
	x.Acting = acting
	if row.Sealed, err = e.sealSecret(row, x); err != nil {
		return Session{}, err
	}
	changed, err := e.Store.ChangeSession(ctx, row.Token, row.Token, row.Sealed, e.Clock())
	if err != nil {
		return Session{}, err
	}
	if !changed {
		return Session{}, aiqyn.E(aiqyn.Unauthenticated, "error.unauthenticated")
	}
	return e.openSession(ctx, row)
}

// Affair is one in whose affairs somebody may act.
type Affair struct {
	Acting string // as [Engine.ActFor] takes it
	Name   string
	Until  time.Time         // of a mandate
	Of     []aiqyn.ServiceID // of a mandate; none: all
	Child  bool
}

// Affairs lists for whom somebody may act: under the mandates that they hold, and
// for their children. Companies are not listed: no register says which one heads.
func (e *Engine) Affairs(ctx context.Context, who aiqyn.Actor) ([]Affair, error) {
	who.For, who.Mandate = "", ""
	if access.Standing(who) != access.Own {
		return nil, aiqyn.E(aiqyn.Forbidden, "error.forbidden")
	}
	rows, err := e.Store.MandatesHeld(ctx, e.keys.hash("subject", subject(who)), 1<<62, affairsMost)
	if err != nil {
		return nil, err
	}
	var list []Affair
	for _, row := range rows {
		m, err := e.keys.openMandate(row)
		if err != nil {
			return nil, err
		}
		if !m.Accepted.IsZero() && !m.over(e.Clock()) {
			list = append(list, Affair{Acting: access.MandateOf(m.entry), Name: m.Giver.called(), Until: m.Until, Of: m.Services})
		}
	}
	children, err := e.children(ctx, who)
	return append(list, children...), err
}

// affairsMost bounds the list.
const affairsMost = 200

// children are those whom the register of people names, as long as they are not of
// age. While it is silent there are none.
func (e *Engine) children(ctx context.Context, who aiqyn.Actor) ([]Affair, error) {
	read, err := e.Registers.Read(ctx, registry.Query{Register: registry.ChildrenRegister, Key: string(who.Person), Purpose: "represent", Actor: who})
	if aiqyn.KindOf(err) == aiqyn.Unavailable || err == nil && !read.Found {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	row, err := registry.Decode[registry.Children](read)
	var list []Affair
	for _, child := range row.Children[:min(len(row.Children), affairsMost)] {
		name, minor, err := e.minor(ctx, who, child)
		if err != nil {
			return list, err
		}
		if minor {
			list = append(list, Affair{Acting: affairs(registry.ChildrenRegister, child), Name: name, Child: true})
		}
	}
	return list, err
}

// MandateView is a mandate as one of the two sees it.
type MandateView struct {
	Entry                  int64             // that gave it, and names it
	Mine                   bool              // the viewer has given it
	Other                  string            // name of the other, or their number
	Services               []aiqyn.ServiceID // none: all
	Given, Accepted, Ended time.Time
	Until                  time.Time // the end of its last day
	Ending                 EventKind
	EndedBy                MandateSide
	State                  MandateState
}

// MandateSide is one of the two whom a mandate concerns.
type MandateSide string

// Sides of a mandate; the zero value is neither: it has run out.
const (
	MandateGiver  MandateSide = "giver"
	MandateHolder MandateSide = "holder"
)

// MandateState is where a mandate stands.
type MandateState string

// States of a mandate.
const (
	MandateOffered MandateState = "offered"
	MandateInForce MandateState = "in-force"
	MandateOver    MandateState = "over"
)

// MandateStates lists them.
var MandateStates = []MandateState{MandateOffered, MandateInForce, MandateOver}

// Mandates lists what somebody has given, or with held what they were given, the
// newest first, with those that are over.
func (e *Engine) Mandates(ctx context.Context, who aiqyn.Actor, held bool, p Page) (List[MandateView], error) {
	var out List[MandateView]
	if err := e.stands(ctx, who); err != nil {
		return out, err
	}
	read, whose := e.Store.MandatesGiven, who.Behalf()
	if held {
		read, whose = e.Store.MandatesHeld, who.Person
	}
	if s := access.Standing(who); s != access.Own && s != access.Represented || held && s != access.Own {
		return out, nil
	}
	before, err := before(p.After)
	if err != nil {
		return out, err
	}
	rows, err := read(ctx, e.keys.hash("subject", personal(whose)), before, p.limit()+1)
	if err != nil {
		return out, err
	}
	if len(rows) > p.limit() {
		rows = rows[:p.limit()]
		out.Next = strconv.FormatInt(rows[len(rows)-1].Entry, 10)
	}
	for _, row := range rows {
		m, err := e.keys.openMandate(row)
		if err != nil {
			return out, err
		}
		out.Items = append(out.Items, m.view(held, e.Clock()))
	}
	return out, nil
}

func (m *mandate) view(held bool, now time.Time) MandateView {
	v := MandateView{
		Entry: m.entry, Mine: !held, Services: slices.Clone(m.Services), Given: m.Given, Accepted: m.Accepted, Ended: m.Ended, Until: m.Until, Ending: m.Ending,
		Other: m.Giver.called(), State: MandateInForce,
	}
	if !held {
		v.Other = m.Holder.called()
	}
	switch m.EndedBy {
	case "":
	case m.Giver.Person:
		v.EndedBy = MandateGiver
	default:
		v.EndedBy = MandateHolder
	}
	switch {
	case m.over(now):
		v.State = MandateOver
		if m.Ended.IsZero() { // and not written off yet
			v.Ended, v.Ending = m.ends(), EventMandateExpired
		}
	case m.Accepted.IsZero():
		v.State = MandateOffered
	}
	return v
}

// standsFor is whose letters and record somebody reads: their own, or of whom a
// register has them stand for. A mandate lets nobody read another's.
func standsFor(a aiqyn.Actor) aiqyn.Actor {
	person := a.Person
	if access.Standing(a) == access.Represented {
		person = a.For
	}
	return aiqyn.Actor{Role: a.Role, Officer: a.Officer, Person: person}
}
