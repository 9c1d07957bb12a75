package casework

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"time"

	"aiqyn"
	"aiqyn/registry"
	"aiqyn/store"
)

// Account is somebody who can sign in. It belongs to a person, not to their
// number: who holds a number tomorrow does not hold the account.
type Account struct {
	ID    string `json:"-"` // opaque, for as long as the account lasts
	Actor aiqyn.Actor
	Name  string
	Phone string
	Lang  aiqyn.Lang
	Roles []aiqyn.Role
}

// subject names whom an account belongs to.
func subject(a aiqyn.Actor) string {
	if a.Officer != "" {
		return "officer/" + string(a.Officer)
	}
	return "person/" + string(a.Person)
}

// accountPlace names where the sealed part of an account belongs.
func accountPlace(id []byte) []byte { return append([]byte("account/"), id...) }

// PutAccount lets somebody sign in, and their number ask for codes.
func (e *Engine) PutAccount(ctx context.Context, a Account) error {
	_, err := e.putAccount(ctx, a)
	return err
}

func (e *Engine) putAccount(ctx context.Context, a Account) (Account, error) {
	a, err := e.makeAccount(ctx, a)
	if err != nil || a.Phone == "" {
		return a, err
	}
	return a, e.Store.PutNumber(ctx, e.keys.hash("phone", a.Phone), accountID(a), e.Clock())
}

// makeAccount makes or renews an account and leaves numbers where they are.
func (e *Engine) makeAccount(ctx context.Context, a Account) (Account, error) {
	fresh := make([]byte, 16)
	rand.Read(fresh)
	now := e.Clock()
	sealed, err := e.sealAccount(fresh, a)
	if err != nil {
		return a, err
	}
	id, err := e.Store.PutAccount(ctx, store.Account{ID: fresh, Subject: e.keys.hash("subject", subject(a.Actor)), Sealed: sealed, Made: now})
	if err != nil {
		return a, err
	}
	a.ID = hex.EncodeToString(id)
	if string(id) != string(fresh) { // it was there: what is known of them is renewed
		if sealed, err = e.sealAccount(id, a); err != nil {
			return a, err
		}
		if err = e.Store.SealAccount(ctx, id, sealed); err != nil {
			return a, err
		}
	}
	return a, nil
}

func (e *Engine) sealAccount(id []byte, a Account) ([]byte, error) {
	plain, err := json.Marshal(a)
	if err != nil {
		return nil, err
	}
	return seal(e.keys.system.gcm, plain, accountPlace(id)), nil
}

// account opens an account by its id; ok is false when there is none.
func (e *Engine) account(ctx context.Context, id []byte) (a Account, ok bool, err error) {
	sealed, err := e.Store.Account(ctx, id)
	if err != nil || sealed == nil {
		return a, false, err
	}
	a, err = e.openAccount(sealed, accountPlace(id))
	a.ID = hex.EncodeToString(id)
	return a, err == nil, err
}

func (e *Engine) openAccount(sealed, place []byte) (a Account, err error) {
	plain, err := open(e.keys.system.gcm, sealed, place)
	if err != nil {
		return a, fmt.Errorf("open account: %w", err)
	}
	return a, json.Unmarshal(plain, &a)
}

// accountByPhone finds who may be sent a code at a number. confirmed is when
// they last proved to hold it. An account that was made before accounts had
// ids has none yet. Whose number it is the account itself says, which is sealed: the row
// that leads there, anybody could change who may write the database.
func (e *Engine) accountByPhone(ctx context.Context, phone registry.Phone) (a Account, confirmed time.Time, ok bool, err error) {
	hash := e.keys.hash("phone", string(phone))
	id, confirmed, err := e.Store.Number(ctx, hash)
	if err != nil {
		return a, confirmed, false, err
	}
	if id != nil {
		if a, ok, err = e.account(ctx, id); ok && a.Phone != string(phone) {
			return Account{}, confirmed, false, nil
		}
		return a, confirmed, ok, err
	}
	sealed, err := e.Store.AccountByPhone(ctx, hash)
	if err != nil || sealed == nil {
		return a, confirmed, false, err
	}
	a, err = e.openAccount(sealed, []byte("account/"+string(phone)))
	return a, confirmed, err == nil, err
}

// Rules of numbers. Operators give a number that nobody uses to somebody else.
const (
	numberRests = 180 * 24 * time.Hour // after so long without a sign-in a number alone opens nothing
	numberHeld  = 30 * 24 * time.Hour  // within this, a silent register does not keep its holder out
)

// numberIsTheirs checks that a number is still the account owner's: a code proves who
// holds the number today, and the register of people whose it is. Without a
// word from the register the number must have been in use not long ago.
func (e *Engine) numberIsTheirs(ctx context.Context, a Account, confirmed time.Time) error {
	moved := aiqyn.E(aiqyn.Forbidden, "error.number-moved")
	age := e.Clock().Sub(confirmed)
	registered, err := "", error(nil)
	if a.Actor.Person != "" {
		registered, err = e.readPhone(ctx, a.Actor.Person, "sign-in")
	}
	switch {
	case err != nil && age > numberHeld:
		return aiqyn.E(aiqyn.Unavailable, "error.number-unchecked").Because(err)
	case err != nil:
		return nil
	case registered != "" && registered != a.Phone:
		return moved
	case registered == "" && age > numberRests:
		return moved
	}
	return nil
}

// actorOf is what an account acts as. An officer is one whom a registrar has
// put on the list and, if ever on a roster, not taken off it, in the role and body that it says and their account, which is
// sealed, as well: the list, anybody could change who may write the database. Anybody
// else who calls themselves one is nobody.
func (e *Engine) actorOf(ctx context.Context, a Account) (aiqyn.Actor, error) {
	if a.Actor.Officer == "" {
		return a.Actor, nil
	}
	o, ok, err := e.Store.Officer(ctx, string(a.Actor.Officer))
	if err != nil {
		return aiqyn.Actor{}, err
	}
	if !ok || o.Role != string(a.Actor.Role) || o.Body != string(a.Actor.Body) {
		return aiqyn.Actor{}, aiqyn.E(aiqyn.Unauthenticated, "error.not-an-officer")
	}
	stands, err := e.mayAct(ctx, a.Actor.Officer, rosterKey{a.Actor.Role, a.Actor.Body})
	if err != nil {
		return aiqyn.Actor{}, err
	}
	if !stands {
		return aiqyn.Actor{}, aiqyn.E(aiqyn.Unauthenticated, "error.not-an-officer")
	}
	return aiqyn.Actor{Body: aiqyn.BodyID(o.Body), Officer: aiqyn.OfficerID(o.ID), Role: aiqyn.Role(o.Role)}, nil
}
