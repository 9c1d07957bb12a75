package casework

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"aiqyn"
	"aiqyn/access"
	"aiqyn/registry"
	"aiqyn/service"
	"aiqyn/store"
)

// A body that needs a fact can have the person asked by SMS whether it may read
// it. The answer, "1" or "2" with the code of the question, comes back by SMS and
// is the person's own application for a consent: bound to the number that was
// asked and to that question, once.

// Rules of questions.
const (
	questionLife  = 3 * 24 * time.Hour
	questionTries = 5 // answers with a wrong code
	questionsMost = 5 // to one number in a day
)

// consentLetters ask for what a register holds.
var consentLetters = map[string]string{registry.AddressRegister: "message.consent-code"}

// asking is the sealed part of a question: of a body about a fact, or about the offer
// that a round has made a case.
type asking struct {
	Person  aiqyn.PersonID  `json:"person,omitempty"`
	Reader  aiqyn.BodyID    `json:"reader,omitempty"`
	Service aiqyn.ServiceID `json:"service,omitempty"`
	Lang    aiqyn.Lang      `json:"lang,omitempty"`
	Case    int64           `json:"case,omitempty"`
	Round   int64           `json:"round,omitempty"` // entry of its result
}

func questionPlace(id string) []byte { return []byte("question/" + id) }

// AskConsent has a person asked by SMS whether the asker's body may read a fact of
// theirs, once. Whether there is such a person, or a number, is not told.
func (e *Engine) AskConsent(ctx context.Context, asker aiqyn.Actor, person aiqyn.PersonID, register string) error {
	if err := access.Check(asker.Role, access.ActionReadFact, access.Consented); err != nil {
		return err
	}
	svc, reader, ok := e.consentService(asker.Body, register)
	if !ok {
		return aiqyn.E(aiqyn.NotFound, "error.not-found")
	}
	r, err := e.Registers.Read(ctx, registry.Query{Register: registry.PeopleRegister, Key: string(person), Purpose: "notify", Actor: aiqyn.System})
	if err != nil || !r.Found {
		return err
	}
	p, err := registry.Decode[registry.Person](r)
	if err != nil || p.Phone == "" {
		return err
	}
	lang := aiqyn.Lang(p.Lang)
	if !slices.Contains(aiqyn.Langs, lang) {
		lang = aiqyn.Kazakh
	}
	code, now := newCode()[:4], e.Clock()
	q := store.Question{ID: rand.Text(), Phone: e.keys.hash("phone", p.Phone), Code: e.answerHash(p.Phone, code), Asked: now, Expires: now.Add(questionLife)}
	plain, err := json.Marshal(asking{Person: person, Reader: asker.Body, Service: svc.ID, Lang: lang})
	if err != nil {
		return err
	}
	q.Sealed = seal(e.keys.system.gcm, plain, questionPlace(q.ID))
	m := outgoing{Phone: p.Phone, Lang: lang, Key: consentLetters[register], Args: map[string]any{"body": reader, "code": code}, Subject: subject(aiqyn.Actor{Person: person})}
	// Asked too often, they are not asked again; to say so would tell that there is
	// such a person, with a number.
	_, err = e.Store.PutQuestion(ctx, q, e.sealMessage(outboxID(), 0, m, now), now.Add(-24*time.Hour), questionsMost)
	return err
}

// consentService finds the service whose grant lets a body read a register, and
// how the body is called there.
func (e *Engine) consentService(body aiqyn.BodyID, register string) (*service.Service, aiqyn.Text, bool) {
	if consentLetters[register] == "" {
		return nil, aiqyn.Text{}, false
	}
	for _, svc := range e.packs.current().Services {
		q, asks := svc.Question(readerQuestion)
		if !asks || !slices.ContainsFunc(svc.LookUps, func(l service.LookUp) bool { return l.Register == register }) {
			continue
		}
		if i := slices.IndexFunc(q.Of, func(c service.Choice) bool { return c.Value == string(body) }); i >= 0 {
			return svc, q.Of[i].Label, true
		}
	}
	return nil, aiqyn.Text{}, false
}

func (e *Engine) answerHash(phone, code string) []byte {
	return e.keys.hash("answer", phone+"\x00"+code)
}

// Answer takes what a person has sent by SMS. What answers no question that their
// number was asked is passed over. On an error nothing is known to be done, and the
// gateway may bring the answer again.
func (e *Engine) Answer(ctx context.Context, phone, text string) error {
	yes, code, ok := readAnswer(text)
	if !ok {
		return nil
	}
	now := e.Clock()
	hash := e.keys.hash("phone", phone)
	list, err := e.Store.OpenQuestions(ctx, hash, now)
	if err != nil || len(list) == 0 {
		return err
	}
	i := slices.IndexFunc(list, func(q store.Question) bool {
		return q.Tries < questionTries && hmac.Equal(q.Code, e.answerHash(phone, code))
	})
	if i < 0 {
		return e.Store.MissQuestions(ctx, hash, now)
	}
	q := list[i]
	var a asking
	plain, err := open(e.keys.system.gcm, q.Sealed, questionPlace(q.ID))
	if err == nil {
		err = json.Unmarshal(plain, &a)
	}
	if err != nil {
		return fmt.Errorf("question: %w", err)
	}
	switch {
	case a.Case != 0:
		err = e.answerOffer(ctx, q, a, phone, yes)
	case yes:
		err = e.consent(ctx, q, a)
	}
	if err != nil {
		return err
	}
	return e.Store.AnswerQuestion(ctx, q.ID, now)
}

// consent files the person's application for a consent, under the question's own
// id: brought twice, it is one.
func (e *Engine) consent(ctx context.Context, q store.Question, a asking) error {
	_, err := e.Do(ctx, File{
		ID: aiqyn.CommandID("sms/" + q.ID), Actor: aiqyn.Actor{Role: aiqyn.RoleApplicant, Person: a.Person, Assurance: aiqyn.ByCode},
		Service: a.Service, Lang: a.Lang, Channel: "sms", Answers: map[string]string{useQuestion: useConsent, readerQuestion: string(a.Reader)},
	})
	return lasting(err)
}

// readAnswer reads "1 4821" (yes) or "2 4821" (no).
func readAnswer(text string) (yes bool, code string, ok bool) {
	parts := strings.Fields(text)
	if len(parts) != 2 || len(parts[1]) != 4 || strings.Trim(parts[1], "0123456789") != "" || parts[0] != "1" && parts[0] != "2" {
		return false, "", false
	}
	return parts[0] == "1", parts[1], true
}
