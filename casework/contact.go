package casework

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"aiqyn"
	"aiqyn/notify"
)

// Contact is how somebody wants to be told what happens. The zero value is by
// SMS, in the language in which they applied.
type Contact struct {
	Channel notify.Channel `json:"channel,omitempty"`
	Email   string         `json:"email,omitempty"` // confirmed by a code sent there
	Lang    aiqyn.Lang     `json:"lang,omitempty"`
}

func contactPlace(person []byte) []byte { return append([]byte("contact/"), person...) }

// contacts reads how people want to be told, by their hash.
func (e *Engine) contacts(ctx context.Context, persons [][]byte) (map[string]Contact, error) {
	rows, err := e.Store.Contacts(ctx, persons)
	if err != nil {
		return nil, err
	}
	list := make(map[string]Contact, len(rows))
	for person, sealed := range rows {
		var c Contact
		plain, err := open(e.keys.system.gcm, sealed, contactPlace([]byte(person)))
		if err == nil {
			err = json.Unmarshal(plain, &c)
		}
		if err != nil {
			return nil, fmt.Errorf("open contact: %w", err)
		}
		list[person] = c
	}
	return list, nil
}

// Contact is how somebody wants to be told.
func (e *Engine) Contact(ctx context.Context, who aiqyn.Actor) (Contact, error) {
	person := e.keys.hash("subject", subject(who))
	list, err := e.contacts(ctx, [][]byte{person})
	return list[string(person)], err
}

// emailTarget names what a code sent by e-mail proves: that this person reads
// what comes to this address.
func (e *Engine) emailTarget(who aiqyn.Actor, address string) []byte {
	return e.keys.hash("email", subject(who)+"\x00"+address)
}

// SendEmailCode sends a code to an address that somebody wants to be told at.
func (e *Engine) SendEmailCode(ctx context.Context, who Account, address string, lang aiqyn.Lang) (attempt string, err error) {
	if address = notify.Address(address); address == "" {
		return "", aiqyn.E(aiqyn.Invalid, "error.email").On("email")
	}
	m := outgoing{Email: address, Phone: who.Phone, Lang: lang, Key: "message.email-code", Subject: subject(who.Actor)}
	return e.sendCode(ctx, e.emailTarget(who.Actor, address), m, true)
}

// SetContact keeps how somebody wants to be told. An address that is new wants
// the code that was sent to it.
func (e *Engine) SetContact(ctx context.Context, who aiqyn.Actor, c Contact, attempt, code string) error {
	was, err := e.Contact(ctx, who)
	if err != nil {
		return err
	}
	switch {
	case !slices.Contains(notify.Channels, c.Channel):
		return aiqyn.E(aiqyn.Invalid, "error.answer-required").On("channel")
	case !slices.Contains(aiqyn.Langs, c.Lang):
		return aiqyn.E(aiqyn.Invalid, "error.answer-required").On("lang")
	case c.Channel != notify.Email:
		c.Email = was.Email
	case notify.Address(c.Email) == "":
		return aiqyn.E(aiqyn.Invalid, "error.email").On("email")
	case notify.Address(c.Email) != was.Email:
		if err := e.enterCode(ctx, attempt, e.emailTarget(who, notify.Address(c.Email)), code); err != nil {
			return err
		}
	}
	c.Email = notify.Address(c.Email)
	plain, err := json.Marshal(c)
	if err != nil {
		return err
	}
	person := e.keys.hash("subject", subject(who))
	return e.Store.PutContact(ctx, person, seal(e.keys.system.gcm, plain, contactPlace(person)))
}
