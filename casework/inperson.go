package casework

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"aiqyn"
	"aiqyn/access"
	"aiqyn/store"
)

// Who has neither a telephone nor a signature consents in person: a clerk looks at their
// document and says so, a second one of the same body looks at the person and the
// document as well, and only then is there a consent. One clerk cannot invent it, nor can
// two numbers of one clerk. Both stand in the case, and the person is told at once, by
// whatever way they have, and in what they read about who looked at their data.

// PersonDocument is what somebody has shown of who they are.
type PersonDocument string

// Documents by which a person may be known at a counter.
const (
	IdentityCard PersonDocument = "identity-card"
	Passport     PersonDocument = "passport"
	Residence    PersonDocument = "residence-permit"
)

// PersonDocuments lists them as forms do.
var PersonDocuments = []PersonDocument{IdentityCard, Passport, Residence}

// Rules of consents in person.
const (
	secondLife   = 30 * time.Minute // the person waits for the second clerk no longer
	inPersonMost = 40               // of one body in a day
)

// Witnesses are the two who have taken a consent. Their ties are keyed hashes of the
// people they are.
type Witnesses struct {
	Document  PersonDocument
	First     aiqyn.Actor
	FirstTie  string
	Second    aiqyn.Actor
	SecondTie string
}

// consentedInPerson is that two clerks of a body have a person's word for it. The second
// is the actor.
type consentedInPerson struct {
	Body      aiqyn.BodyID    `json:"body"`
	Document  PersonDocument  `json:"document"`
	First     aiqyn.OfficerID `json:"first"`
	FirstTie  string          `json:"first_tie"`
	SecondTie string          `json:"second_tie"`
}

// counterAsking is the sealed part of a consent that waits for its second clerk.
type counterAsking struct {
	Asking   asking         `json:"asking"`
	Register string         `json:"register"`
	Document PersonDocument `json:"document"`
	By       aiqyn.Actor    `json:"by"`
	Tie      string         `json:"tie"`
}

// WitnessedView is a consent that waits for its second clerk.
type WitnessedView struct {
	ID       string
	Person   aiqyn.PersonID
	Register string
	Document PersonDocument
	By       aiqyn.OfficerID
	Asked    time.Time
	Mine     bool // the viewer is the first
}

func (e *Engine) counter(body aiqyn.BodyID) []byte { return e.keys.hash("counter", string(body)) }

func counterPlace(id string) []byte { return []byte("counter/" + id) }

// clerk checks that somebody may take consents at a counter: under their own name.
func clerk(a aiqyn.Actor) error {
	if err := access.Check(a.Role, access.ActionReadFact, access.Consented); err != nil {
		return err
	}
	if a.Officer == "" || a.Person == "" || a.Body == "" {
		return aiqyn.E(aiqyn.Forbidden, "error.forbidden")
	}
	return nil
}

// WitnessConsent says that a person stands before a clerk, has shown a document, and
// agrees. It counts once a second clerk says so too. Whether there is such a person in the
// registers is not told.
func (e *Engine) WitnessConsent(ctx context.Context, by aiqyn.Actor, c Consenting, d PersonDocument) error {
	if err := clerk(by); err != nil {
		return err
	}
	svc, _, ok := e.consentService(by.Body, c.Register)
	switch {
	case !ok:
		return aiqyn.E(aiqyn.NotFound, "error.not-found")
	case !e.isNumber(string(c.Person)):
		return aiqyn.E(aiqyn.Invalid, "error.iin-wrong").On("person")
	case !slices.Contains(PersonDocuments, d):
		return aiqyn.E(aiqyn.Invalid, "error.answer-choice").On("document")
	case by.Person == c.Person: // no clerk is their own witness
		return aiqyn.E(aiqyn.Forbidden, "error.own-case")
	}
	now := e.Clock()
	plain, err := json.Marshal(counterAsking{
		Asking: asking{Person: c.Person, Reader: by.Body, Service: svc.ID}, Register: c.Register, Document: d, By: recorded(by), Tie: e.keys.tie(by.Person),
	})
	if err != nil {
		return err
	}
	q := store.Question{ID: rand.Text(), Phone: e.counter(by.Body), Code: []byte{}, Asked: now, Expires: now.Add(secondLife)}
	q.Sealed = seal(e.keys.system.gcm, plain, counterPlace(q.ID))
	asked, err := e.Store.PutQuestion(ctx, q, nil, now.Add(-24*time.Hour), inPersonMost)
	if err == nil && !asked {
		return aiqyn.E(aiqyn.TooMany, "error.consent-counter-most", "n", inPersonMost)
	}
	return err
}

// Witnessed lists the consents that wait at the counter of the viewer's body.
func (e *Engine) Witnessed(ctx context.Context, viewer aiqyn.Actor) (list []WitnessedView, err error) {
	if err := clerk(viewer); err != nil {
		return nil, err
	}
	open, err := e.Store.OpenQuestions(ctx, e.counter(viewer.Body), e.Clock())
	if err != nil {
		return nil, err
	}
	for _, q := range open {
		w, err := e.openCounter(q)
		if err != nil {
			return nil, err
		}
		list = append(list, WitnessedView{
			ID: q.ID, Person: w.Asking.Person, Register: w.Register, Document: w.Document, By: w.By.Officer, Asked: q.Asked,
			Mine: w.By.Officer == viewer.Officer || w.Tie == e.keys.tie(viewer.Person),
		})
	}
	return list, nil
}

func (e *Engine) openCounter(q store.Question) (w counterAsking, err error) {
	plain, err := open(e.keys.system.gcm, q.Sealed, counterPlace(q.ID))
	if err == nil {
		err = json.Unmarshal(plain, &w)
	}
	if err != nil {
		return w, fmt.Errorf("consent at a counter: %w", err)
	}
	return w, nil
}

// CountersignConsent is the word of the second clerk: then the person has consented. It
// returns who has, about what.
func (e *Engine) CountersignConsent(ctx context.Context, by aiqyn.Actor, id string) (c Consenting, err error) {
	if err := clerk(by); err != nil {
		return c, err
	}
	now := e.Clock()
	list, err := e.Store.OpenQuestions(ctx, e.counter(by.Body), now)
	if err != nil {
		return c, err
	}
	i := slices.IndexFunc(list, func(q store.Question) bool { return q.ID == id })
	if i < 0 {
		return c, aiqyn.E(aiqyn.NotFound, "error.consent-counter-over")
	}
	w, err := e.openCounter(list[i])
	if err != nil {
		return c, err
	}
	tie := e.keys.tie(by.Person)
	switch {
	case access.Countersigned(access.ActConsent, w.By, by) != nil || w.Tie == tie:
		return c, aiqyn.E(aiqyn.Conflict, "error.two-signatures")
	case by.Person == w.Asking.Person:
		return c, aiqyn.E(aiqyn.Forbidden, "error.own-case")
	}
	lang := aiqyn.Kazakh
	if r, found, err := e.reach(ctx, w.Asking.Person, "notify"); err != nil {
		return c, err
	} else if found {
		lang = r.lang
	}
	_, err = e.Do(ctx, File{
		ID: aiqyn.CommandID("in-person/" + id), Actor: aiqyn.Actor{Role: aiqyn.RoleApplicant, Person: w.Asking.Person, Assurance: aiqyn.InPerson},
		Service: w.Asking.Service, Lang: lang, Channel: "counter", Answers: map[string]string{useQuestion: useConsent, readerQuestion: string(w.Asking.Reader)},
		Witnesses: &Witnesses{Document: w.Document, First: w.By, FirstTie: w.Tie, Second: by, SecondTie: tie},
	})
	if err = lasting(err); err != nil {
		return c, err
	}
	return Consenting{Person: w.Asking.Person, Register: w.Register}, e.Store.AnswerQuestion(ctx, id, now)
}

// witnessed refuses a filing that is said to be somebody's own in person and is not by
// two clerks, or the other way round.
func (f *file) witnessed() error {
	if (f.Witnesses != nil) == (f.Actor.Assurance == aiqyn.InPerson) && f.Witnesses.two() {
		return nil
	}
	return aiqyn.E(aiqyn.Forbidden, "error.forbidden")
}

func (w *Witnesses) two() bool {
	return w == nil || access.Countersigned(access.ActConsent, w.First, w.Second) == nil &&
		w.FirstTie != "" && w.SecondTie != "" && w.FirstTie != w.SecondTie && w.First.Body == w.Second.Body && slices.Contains(PersonDocuments, w.Document)
}

// inPerson records who has taken the consent that a case was opened with.
func (f *file) inPerson(t *turn) {
	if w := f.Witnesses; w != nil {
		t.emit(EventConsentedInPerson, w.Second, &consentedInPerson{
			Body: w.Second.Body, Document: w.Document, First: w.First.Officer, FirstTie: w.FirstTie, SecondTie: w.SecondTie,
		})
	}
}

// ConsentFiling is the application that a person who agrees signs with their card at the
// counter of the asker's body.
func (e *Engine) ConsentFiling(asker aiqyn.Actor, c Consenting) (File, error) {
	if err := access.Check(asker.Role, access.ActionReadFact, access.Consented); err != nil {
		return File{}, err
	}
	svc, _, ok := e.consentService(asker.Body, c.Register)
	switch {
	case !ok:
		return File{}, aiqyn.E(aiqyn.NotFound, "error.not-found")
	case !e.isNumber(string(c.Person)):
		return File{}, aiqyn.E(aiqyn.Invalid, "error.iin-wrong").On("person")
	}
	return File{
		Actor: aiqyn.Actor{Role: aiqyn.RoleApplicant, Person: c.Person}, Service: svc.ID, Lang: aiqyn.Kazakh, Channel: "counter",
		Answers: map[string]string{useQuestion: useConsent, readerQuestion: string(asker.Body)},
	}, nil
}

// ConsentByCard takes the consent that a person has signed with the electronic signature
// of their own card: the signature alone says who they are.
func (e *Engine) ConsentByCard(ctx context.Context, asker aiqyn.Actor, id aiqyn.CommandID, c Consenting, cms []byte) error {
	f, err := e.ConsentFiling(asker, c)
	if err != nil {
		return err
	}
	if len(cms) == 0 {
		return aiqyn.E(aiqyn.Invalid, "error.signature-required").On("cms")
	}
	f.ID, f.CMS = id, cms
	_, err = e.Do(ctx, f)
	return err
}
