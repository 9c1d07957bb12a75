package casework

import (
	"context"
	"crypto/hmac"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"

	"aiqyn"
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

// asking is the sealed part of a question: of a body about a fact, or about the offer
// that a round has made a case.
type asking struct {
	Person  aiqyn.PersonID  `json:"person,omitempty"`
	Reader  aiqyn.BodyID    `json:"reader,omitempty"`
	Service aiqyn.ServiceID `json:"service,omitempty"`
	Lang    aiqyn.Lang      `json:"lang,omitempty"`
	Case    int64           `json:"case,omitempty"`
	Round   int64           `json:"round,omitempty"` // entry of its result
	Here    bool            `json:"here,omitempty"`  // they stand before the asker, and tell them the code
}

func questionPlace(id string) []byte { return []byte("question/" + id) }

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
		err = e.consent(ctx, q, a, "sms")
	}
	if err != nil {
		return err
	}
	return e.Store.AnswerQuestion(ctx, q.ID, now)
}

// readAnswer reads "1 4821" (yes) or "2 4821" (no), as people type it: "1. 4821." and
// "1-4821" are meant alike.
func readAnswer(text string) (yes bool, code string, ok bool) {
	digits := strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || unicode.IsPunct(r) {
			return -1
		}
		return r
	}, text)
	if len(digits) != 5 || strings.Trim(digits, "0123456789") != "" || digits[0] != '1' && digits[0] != '2' {
		return false, "", false
	}
	return digits[0] == '1', digits[1:], true
}
