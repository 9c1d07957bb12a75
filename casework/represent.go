package casework

import (
	"context"
	"slices"
	"strings"
	"time"

	"aiqyn"
	"aiqyn/access"
	"aiqyn/registry"
)

// A company is acted for by whom the register of businesses names as its head, a
// child by whom the register of people names as its parent: that is looked up, and
// no paper is asked for. It is looked up when somebody begins to act, which is an
// entry of the log, and again for each command.

const majority = 18 // years: then nobody acts for a person unless they let them

// represented is the sealed part of an entry about somebody who begins to act for
// another by a register: what was read.
type represented struct {
	At       time.Time      `json:"at"` // as of when the register answered
	By       aiqyn.PersonID `json:"by"`
	For      party          `json:"for"`
	Register string         `json:"register"`
	Source   string         `json:"source"`
	Version  string         `json:"version"`
}

// right is by what right it is, as an actor carries it.
func (r represented) right() string { return r.Register + "/" + r.Version }

// errNotNamed answers whoever is not named, whether or not there is such a company
// or person.
func errNotNamed() *aiqyn.Error { return aiqyn.E(aiqyn.Forbidden, "error.not-named").On("for") }

// business reads a company; ok is false where the register has none.
func (e *Engine) business(ctx context.Context, bin aiqyn.PersonID, by aiqyn.Actor, purpose string) (b registry.Business, ok bool, err error) {
	r, err := e.Registers.Read(ctx, registry.Query{Register: registry.BusinessRegister, Key: string(bin), Purpose: purpose, Actor: by})
	if err != nil || !r.Found {
		return b, false, err
	}
	b, err = registry.Decode[registry.Business](r)
	return b, err == nil, err
}

// represented looks up whether a register has a person stand for another.
func (e *Engine) represented(ctx context.Context, by aiqyn.PersonID, register string, of aiqyn.PersonID) (represented, error) {
	actor := aiqyn.Actor{Role: aiqyn.RoleApplicant, Person: by}
	key := string(of)
	if register == registry.ChildrenRegister {
		key = string(by)
	}
	read, err := e.Registers.Read(ctx, registry.Query{Register: register, Key: key, Purpose: "represent", Actor: actor})
	if err != nil {
		return represented{}, err
	}
	r := represented{At: whole(read.At), By: by, For: party{Person: of}, Register: register, Source: read.Source, Version: read.Version}
	if !read.Found {
		return r, errNotNamed()
	}
	named := false
	switch register {
	case registry.BusinessRegister:
		r.For.Name, named, err = heads(read, by)
	case registry.ChildrenRegister:
		r.For.Name, named, err = e.hasChild(ctx, read, actor, of)
	}
	if err == nil && !named {
		err = errNotNamed()
	}
	return r, err
}

// heads reports whether a company that is active names a person as its head.
func heads(read registry.Reading, person aiqyn.PersonID) (title string, named bool, err error) {
	b, err := registry.Decode[registry.Business](read)
	return b.Title, err == nil && b.Active && b.Head == person, err
}

// hasChild reports whether a person's row names a child who is not of age.
func (e *Engine) hasChild(ctx context.Context, parent registry.Reading, by aiqyn.Actor, child aiqyn.PersonID) (name string, named bool, err error) {
	row, err := registry.Decode[registry.Children](parent)
	if err != nil || !slices.Contains(row.Children, child) {
		return "", false, err
	}
	return e.minor(ctx, by, child)
}

// minor reads a child's name, if they are not of age.
func (e *Engine) minor(ctx context.Context, by aiqyn.Actor, child aiqyn.PersonID) (name string, is bool, err error) {
	name, grown, err := e.comesOfAge(ctx, by, child)
	return name, err == nil && e.Clock().Before(grown), err
}

// comesOfAge reads a child's name and when they are of age; zero, if the register
// does not know them.
func (e *Engine) comesOfAge(ctx context.Context, by aiqyn.Actor, child aiqyn.PersonID) (name string, at time.Time, err error) {
	read, err := e.Registers.Read(ctx, registry.Query{Register: registry.PeopleRegister, Key: string(child), Purpose: "represent", Actor: by})
	if err != nil || !read.Found {
		return "", at, err
	}
	c, err := registry.Decode[registry.Person](read)
	if err != nil {
		return "", at, err
	}
	born, err := time.ParseInLocation(time.DateOnly, c.Born, e.Zone)
	if err != nil {
		return "", at, aiqyn.E(aiqyn.Unavailable, "error.register-unavailable", "register", registry.PeopleRegister, "retry", 30).Because(err)
	}
	return c.Name.String(), born.AddDate(majority, 0, 0), nil
}

// represents checks that a register still says what an actor acts by. What it says
// in other words since is read anew: the page is asked for again.
func (e *Engine) represents(ctx context.Context, a aiqyn.Actor) error {
	register, _, _ := strings.Cut(a.Mandate, "/")
	if register != registry.BusinessRegister && register != registry.ChildrenRegister {
		return errNotStanding()
	}
	r, err := e.represented(ctx, a.Person, register, a.For)
	if aiqyn.KindOf(err) == aiqyn.Forbidden {
		return errNotStanding()
	}
	if err == nil && r.right() != a.Mandate {
		return aiqyn.E(aiqyn.Conflict, "error.standing-changed")
	}
	return err
}

// Represent records that somebody begins to act for whom a register has them stand
// for.
type Represent struct {
	ID       aiqyn.CommandID
	Actor    aiqyn.Actor // for themselves
	Register string
	For      aiqyn.PersonID
}

type represent struct {
	apart
	Represent
	read represented
}

func (c *represent) prepare(ctx context.Context, e *Engine) error {
	if err := c.apart.prepare(ctx, e); err != nil {
		return err
	}
	if access.Standing(c.actor) != access.Own {
		return aiqyn.E(aiqyn.Forbidden, "error.forbidden")
	}
	var err error
	c.read, err = e.represented(ctx, c.actor.Person, c.Register, c.For)
	return err
}

func (c *represent) decide(t *turn) error {
	if done, err := c.once(t); done || err != nil {
		return err
	}
	of := personal(c.For)
	if _, err := t.actOnAccount(EventRepresented, c.actor, aboutAccount{Represented: &c.read, Subject: of}, subject(c.actor), of); err != nil {
		return err
	}
	c.finish(t)
	return nil
}
