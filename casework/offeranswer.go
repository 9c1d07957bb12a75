package casework

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"aiqyn"
	"aiqyn/access"
	"aiqyn/notify"
	"aiqyn/registry"
	"aiqyn/store"
)

// An offer can be answered by SMS as on its page: its letter has a code, and "1" or
// "2" with it, sent from the number that the letter went to, does the open step. The
// question is kept in the transaction that makes the offer, bound to that one offer,
// and what it leads to is the command of the person whose number it is.

// offeredByText is what the letters of an offer say where it can be answered.
var offeredByText = map[string]string{offeredLetter: "message.offered-sms", offeredSlotLetter: "message.offered-slot-sms"}

// LetterText is the key of the text that a letter has on its way.
func LetterText(channel notify.Channel, key string, args map[string]any) string {
	if text := offeredByText[key]; text != "" && channel == notify.SMS && args["code"] != nil {
		return text
	}
	return key
}

// askByText asks the applicant for an answer to the offer of a round, until an
// instant, and returns the code of the question.
func (t *turn) askByText(round int64, until time.Time) (code string, err error) {
	s := t.rec.state
	id := fmt.Sprintf("offer/%d/%d", round, s.No)
	code = fmt.Sprintf("%04d", binary.BigEndian.Uint32(t.e.keys.hash("offer", id))%10_000)
	plain, err := json.Marshal(asking{Case: s.No, Round: round})
	if err != nil || s.Phone == "" {
		return code, err
	}
	t.questions = append(t.questions, store.Question{
		ID: id, Phone: t.e.keys.hash("phone", s.Phone), Code: t.e.answerHash(s.Phone, code), Asked: t.now, Expires: until,
		Sealed: seal(t.e.keys.system.gcm, plain, questionPlace(id)),
	})
	return code, nil
}

// answerOffer does the step of an offer as its answer says. One that is over, or was
// answered otherwise, has nothing to be done.
func (e *Engine) answerOffer(ctx context.Context, q store.Question, a asking, phone string, yes bool) error {
	rows, err := e.Store.CasesByNo(ctx, []int64{a.Case})
	if err != nil || len(rows) == 0 || rows[0].Key == nil {
		return err
	}
	rec, err := e.keys.openRecord(rows[0])
	if err != nil {
		return err
	}
	s := rec.state
	if s.Queue == nil || s.Queue.State != QueueOffered || s.Queue.Round != a.Round {
		return nil
	}
	svc, err := e.packs.service(s.Pack, s.Service)
	if err != nil {
		return err
	}
	actor, ok, err := e.ownerOf(ctx, s, phone)
	if err != nil || !ok {
		return lasting(err)
	}
	if access.Standing(actor) == access.Represented {
		register, _, _ := strings.Cut(actor.Mandate, "/")
		self := actor
		self.For, self.Mandate = "", ""
		if _, err := e.Do(ctx, Represent{ID: aiqyn.CommandID("sms-for/" + q.ID), Actor: self, Register: register, For: actor.For}); err != nil {
			return lasting(err)
		}
	}
	_, err = e.Do(ctx, Perform{
		ID: aiqyn.CommandID("sms/" + q.ID), Actor: actor, Ref: s.Ref, Step: svc.Queue.Offer,
		Records: map[string]string{svc.Queue.Answer: map[bool]string{true: "yes", false: "no"}[yes]},
	})
	return lasting(err)
}

// lasting is an error that may be none when the answer is brought again; what was
// refused for good is done with.
func lasting(err error) error {
	switch aiqyn.KindOf(err) {
	case aiqyn.Unavailable, aiqyn.Internal:
		return err
	}
	return nil
}

// ownerOf finds who has the number that a case's letters go to, as one who acts in
// it: the applicant, or whoever applied for them and still may.
func (e *Engine) ownerOf(ctx context.Context, s *State, phone string) (aiqyn.Actor, bool, error) {
	self := aiqyn.Actor{Role: aiqyn.RoleApplicant, Person: s.Applicant, Assurance: aiqyn.ByCode}
	has, err := e.phoneOf(ctx, s.Applicant)
	if err != nil || has == phone || s.Agent == "" {
		return self, has == phone, err
	}
	if has, err = e.readPhone(ctx, s.Agent, "notify"); err != nil || has != phone {
		return self, false, err
	}
	self.Person = s.Agent
	acting := s.Mandate
	if register, _, _ := strings.Cut(acting, "/"); register == registry.ChildrenRegister || register == registry.BusinessRegister {
		acting = affairs(register, s.Applicant)
	}
	actor, _, err := e.actorFor(ctx, self, acting)
	return actor, err == nil, err
}
