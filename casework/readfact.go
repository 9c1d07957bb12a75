package casework

import (
	"context"
	"time"

	"aiqyn"
	"aiqyn/access"
	"aiqyn/registry"
	"aiqyn/service"
	"aiqyn/store"
)

// The questions with which a fact service asks for consent, and the answer
// that gives it.
const (
	useQuestion    = "use"
	readerQuestion = "reader"
	useConsent     = "consent"
)

// maxConsents bounds how many cases of a person are searched for a consent.
const maxConsents = 200

// readFact is a body reading what a person let it read.
type readFact struct {
	onCase
	ReadFact
}

// prepare finds the case that answers: the consent that this body may use, or
// else one about the same register, so that the attempt shows there.
func (c *readFact) prepare(ctx context.Context, e *Engine) error {
	if c.cid == "" {
		return aiqyn.E(aiqyn.Invalid, "error.command-id")
	}
	if err := access.Check(c.actor.Role, access.ActionReadFact, access.Consented); err != nil {
		return err
	}
	rows, err := e.Store.CasesOfApplicant(ctx, e.keys.hash("applicant", string(c.Person)), store.CaseFilter{}, 0, maxConsents)
	if err != nil {
		return err
	}
	best := noConsent
	for _, row := range rows {
		rec, err := e.keys.openRecord(row)
		if err != nil {
			return err
		}
		if fit := c.fit(e, rec.state); fit > best {
			best, c.no = fit, row.No
		}
	}
	if best == noConsent || c.actor.Body == "" {
		return aiqyn.E(aiqyn.Forbidden, "error.forbidden")
	}
	return nil
}

// fitness is how well a case answers a reading.
type fitness int

const (
	noConsent    fitness = iota
	otherConsent         // for another body, or used up
	liveConsent
	thisVeryCommand // carried out on it before: a retry
)

func (c *readFact) fit(e *Engine, s *State) fitness {
	if s.Outcome != aiqyn.Granted || s.Answers[useQuestion] != useConsent {
		return noConsent
	}
	svc, err := e.packs.service(s.Pack, s.Service)
	if err != nil || c.lookUp(svc) == nil {
		return noConsent
	}
	if _, done := s.Commands[commandHash(c.cid)]; done {
		return thisVeryCommand
	}
	if !s.consents(c.actor.Body) {
		return otherConsent
	}
	return liveConsent
}

// consents reports whether a body may still read what the case looked up.
func (s *State) consents(body aiqyn.BodyID) bool {
	return s.Answers[readerQuestion] == string(body) && s.Read.IsZero() && !s.Held
}

func (c *readFact) lookUp(svc *service.Service) *service.LookUp {
	for i := range svc.LookUps {
		if svc.LookUps[i].Register == c.Register {
			return &svc.LookUps[i]
		}
	}
	return nil
}

func (c *readFact) decide(t *turn) error {
	s := t.rec.state
	f := s.Facts[c.lookUp(t.svc).Name]
	if s.Outcome != aiqyn.Granted || !s.consents(c.actor.Body) {
		t.emit(EventReadRefused, c.actor, &factRead{Body: c.actor.Body, Register: c.Register})
		t.keep = true
		return aiqyn.E(aiqyn.Forbidden, "error.forbidden")
	}
	t.emit(EventRead, c.actor, &factRead{Body: c.actor.Body, Register: c.Register, Version: f.Version})
	t.tell("message.read")
	var err error
	t.result.Fact, err = c.fact(t.e, s)
	return err
}

// fact shows what the case looked up.
func (c *readFact) fact(e *Engine, s *State) (*FactView, error) {
	svc, err := e.packs.service(s.Pack, s.Service)
	if err != nil {
		return nil, err
	}
	l := c.lookUp(svc)
	if l == nil { // another command's id
		return nil, aiqyn.E(aiqyn.Forbidden, "error.forbidden")
	}
	f := s.Facts[l.Name]
	return &FactView{Name: l.Name, Register: f.Register, Purpose: l.Purpose, Value: e.factFor(s, f), At: f.At, Source: f.Source}, nil
}

// readOf is what a register answered, as it is recorded.
func readOf(name, key string, r registry.Reading) reading {
	return reading{
		At: r.At.UTC().Truncate(time.Microsecond), Found: r.Found, Key: key, Name: name, Register: r.Register, Source: r.Source, Value: r.Value, Version: r.Version,
	}
}
