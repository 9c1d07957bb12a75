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

// Consenting is what another body asks a person for: to read a fact of theirs, once.
// Here says that they stand before whoever asks. Then they tell them the code of their
// letter, and do not answer it: it is longer, lives for minutes and counts for nothing by
// SMS, nor does the other one at a counter.
type Consenting struct {
	Person   aiqyn.PersonID
	Register string
	Here     bool
}

// Rules of the code that is told at a counter.
const (
	hereLife  = 10 * time.Minute
	hereTries = 3
)

// consentLetter is what asks for a register's fact: by an answer, and by telling the code.
type consentLetter struct{ answered, told string }

var consentLetters = map[string]consentLetter{registry.AddressRegister: {"message.consent-code", "message.consent-here-code"}}

// ConsentView is a fact that a body may ask for.
type ConsentView struct {
	Register string
	Service  *service.Service // by which people consent
	Reader   aiqyn.Text       // what the body is called there
}

// MayAsk lists what the asker's body may ask people to let it read.
func (e *Engine) MayAsk(asker aiqyn.Actor) (list []ConsentView, err error) {
	if err := access.Check(asker.Role, access.ActionReadFact, access.Consented); err != nil {
		return nil, err
	}
	for register := range consentLetters {
		if svc, reader, ok := e.consentService(asker.Body, register); ok {
			list = append(list, ConsentView{register, svc, reader})
		}
	}
	slices.SortFunc(list, func(a, b ConsentView) int { return strings.Compare(a.Register, b.Register) })
	return list, nil
}

// AskConsent has a person asked by SMS whether the asker's body may read a fact of
// theirs, once. Whether there is such a person, or a number, is not told, and as much is
// written for who is not there.
func (e *Engine) AskConsent(ctx context.Context, asker aiqyn.Actor, c Consenting) error {
	if err := access.Check(asker.Role, access.ActionReadFact, access.Consented); err != nil {
		return err
	}
	svc, reader, ok := e.consentService(asker.Body, c.Register)
	switch {
	case !ok:
		return aiqyn.E(aiqyn.NotFound, "error.not-found")
	case !e.isNumber(string(c.Person)):
		return aiqyn.E(aiqyn.Invalid, "error.iin-wrong").On("person")
	}
	r, _, err := e.reach(ctx, c.Person, "notify")
	if err != nil {
		return err
	}
	letter := consentLetters[c.Register]
	code, key, life, now := newCode(), letter.told, hereLife, e.Clock()
	if !c.Here {
		code, key, life = code[:4], letter.answered, questionLife
	}
	at := r.phone
	if at == "" {
		at = "nobody/" + string(c.Person)
	}
	q := store.Question{ID: rand.Text(), Phone: e.keys.hash("phone", at), Code: e.answerHash(at, code), Asked: now, Expires: now.Add(life)}
	plain, err := json.Marshal(asking{Person: c.Person, Reader: asker.Body, Service: svc.ID, Lang: r.lang, Here: c.Here})
	if err != nil {
		return err
	}
	q.Sealed = seal(e.keys.system.gcm, plain, questionPlace(q.ID))
	var letters []store.Message
	m := outgoing{Phone: r.phone, Lang: r.lang, Key: key, Args: map[string]any{"body": reader, "code": code}, Subject: subject(aiqyn.Actor{Person: c.Person})}
	if sealed := e.sealMessage(outboxID(), 0, m, now); r.phone != "" {
		letters = append(letters, sealed)
	}
	// Asked too often, they are not asked again; to say so would tell that there is
	// such a person, with a number.
	_, err = e.Store.PutQuestion(ctx, q, letters, now.Add(-24*time.Hour), questionsMost)
	return err
}

// ConsentHere takes the code that a person has told whoever asked them at a counter: it
// is their own application for the consent, as if they had sent it themselves.
func (e *Engine) ConsentHere(ctx context.Context, asker aiqyn.Actor, c Consenting, code string) error {
	if err := access.Check(asker.Role, access.ActionReadFact, access.Consented); err != nil {
		return err
	}
	r, _, err := e.reach(ctx, c.Person, "notify")
	if err != nil {
		return err
	}
	now := e.Clock()
	list, err := e.Store.OpenQuestions(ctx, e.keys.hash("phone", r.phone), now)
	if err != nil {
		return err
	}
	for _, q := range list {
		var a asking
		plain, err := open(e.keys.system.gcm, q.Sealed, questionPlace(q.ID))
		if err == nil {
			err = json.Unmarshal(plain, &a)
		}
		if err != nil {
			return fmt.Errorf("question: %w", err)
		}
		if !a.Here || a.Person != c.Person || a.Reader != asker.Body || q.Tries >= hereTries {
			continue
		}
		if !hmac.Equal(q.Code, e.answerHash(r.phone, code)) {
			if err := e.Store.MissQuestion(ctx, q.ID); err != nil {
				return err
			}
			continue
		}
		if err := e.consent(ctx, q, a, "counter"); err != nil {
			return err
		}
		return e.Store.AnswerQuestion(ctx, q.ID, now)
	}
	return aiqyn.E(aiqyn.Invalid, "error.consent-code").On("code")
}

// consent files the person's application for a consent, under the question's own
// id: brought twice, it is one.
func (e *Engine) consent(ctx context.Context, q store.Question, a asking, channel string) error {
	_, err := e.Do(ctx, File{
		ID: aiqyn.CommandID(channel + "/" + q.ID), Actor: aiqyn.Actor{Role: aiqyn.RoleApplicant, Person: a.Person, Assurance: aiqyn.ByCode},
		Service: a.Service, Lang: a.Lang, Channel: channel, Answers: map[string]string{useQuestion: useConsent, readerQuestion: string(a.Reader)},
	})
	return lasting(err)
}

// consentService finds the service whose grant lets a body read a register, and
// how the body is called there.
func (e *Engine) consentService(body aiqyn.BodyID, register string) (*service.Service, aiqyn.Text, bool) {
	if consentLetters[register].answered == "" {
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
