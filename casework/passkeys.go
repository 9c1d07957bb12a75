package casework

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"aiqyn"
	"aiqyn/passkey"
	"aiqyn/store"
)

// Rules of passkeys.
const (
	passkeysMost = 10               // of one account
	ceremonyLife = 10 * time.Minute // from the page that asks to the answer
)

// PasskeyView is a passkey as its owner sees it.
type PasskeyView struct {
	Handle     string
	Name       string
	Made, Used time.Time // Used is zero as long as it was not
}

// PasskeyAsked is what a browser is asked: Options goes to the device, Ceremony
// comes back with its answer.
type PasskeyAsked struct{ Options, Ceremony string }

// keptPasskey is the sealed part of a passkey.
type keptPasskey struct {
	Key  passkey.Key `json:"key"`
	Name string      `json:"name"`
}

// ceremony is what is remembered of a challenge, by the browser and sealed.
type ceremony struct {
	ID   []byte          `json:"id"` // names it among those spent
	Data json.RawMessage `json:"data"`
	Ends time.Time       `json:"ends"`
}

// What a challenge is for. One is good for nothing else, and in no other session.
const (
	forRegistering = "register"
	forSigningIn   = "sign-in"
	forProving     = "prove"
)

func passkeyPlace(id, account []byte) []byte {
	return fmt.Appendf(nil, "passkey/%x/%x", id, account)
}

func ceremonyPlace(purpose, session string) []byte {
	return []byte("ceremony/" + purpose + "/" + session)
}

func (e *Engine) sealPasskey(k keptPasskey, id, account []byte) ([]byte, error) {
	plain, err := json.Marshal(k)
	return seal(e.keys.system.gcm, plain, passkeyPlace(id, account)), err
}

func (e *Engine) openPasskey(row store.Passkey) (k keptPasskey, err error) {
	plain, err := open(e.keys.system.gcm, row.Sealed, passkeyPlace(row.ID, row.Account))
	if err == nil {
		err = json.Unmarshal(plain, &k)
	}
	if err != nil {
		return k, fmt.Errorf("open passkey: %w", err)
	}
	return k, nil
}

// HasPasskeys reports whether this site takes passkeys.
func (e *Engine) HasPasskeys() bool { return e.Config.Passkeys != nil }

func passkeyRefused(cause error) *aiqyn.Error {
	return aiqyn.E(aiqyn.Invalid, "error.passkey-refused").Because(cause).On("passkey")
}

// asked seals what must be remembered of a challenge to a device.
func (e *Engine) asked(a passkey.Asked, purpose, session string) (PasskeyAsked, error) {
	text, err := e.remember(a.Ceremony, purpose, session)
	return PasskeyAsked{Options: string(a.Options), Ceremony: text}, err
}

// remember seals what must be remembered of a challenge.
func (e *Engine) remember(data []byte, purpose, session string) (text string, err error) {
	c := ceremony{ID: make([]byte, 16), Data: data, Ends: e.Clock().Add(ceremonyLife)}
	rand.Read(c.ID)
	plain, err := json.Marshal(c)
	return base64.RawURLEncoding.EncodeToString(seal(e.keys.system.gcm, plain, ceremonyPlace(purpose, session))), err
}

// answerable is remembered, where passkeys are taken.
func (e *Engine) answerable(text, purpose, session string) (ceremony, error) {
	if e.Config.Passkeys == nil {
		return ceremony{}, aiqyn.E(aiqyn.NotFound, "error.not-found")
	}
	return e.remembered(text, purpose, session)
}

// remembered opens what was remembered, if it is still good.
func (e *Engine) remembered(text, purpose, session string) (c ceremony, err error) {
	sealed, err := base64.RawURLEncoding.DecodeString(text)
	if err == nil {
		sealed, err = open(e.keys.system.gcm, sealed, ceremonyPlace(purpose, session))
	}
	if err == nil {
		err = json.Unmarshal(sealed, &c)
	}
	switch {
	case err != nil:
		return c, passkeyRefused(err)
	case !e.Clock().Before(c.Ends):
		return c, passkeyExpired()
	}
	return c, nil
}

func passkeyExpired() *aiqyn.Error {
	return aiqyn.E(aiqyn.Invalid, "error.passkey-expired").On("passkey")
}

// owner is an account as devices know it.
func (e *Engine) owner(ctx context.Context, a Account) (passkey.Owner, error) {
	o := passkey.Owner{ID: accountID(a), Name: a.Name}
	rows, err := e.Store.Passkeys(ctx, o.ID, passkeysMost)
	for _, row := range rows {
		k, err := e.openPasskey(row)
		if err != nil {
			return o, err
		}
		o.Keys = append(o.Keys, k.Key)
	}
	return o, err
}

// Passkeys lists those of the token's account, the oldest first.
func (e *Engine) Passkeys(ctx context.Context, token string) ([]PasskeyView, error) {
	row, err := e.sessionRow(ctx, token)
	if err != nil || e.Config.Passkeys == nil {
		return nil, err
	}
	rows, err := e.Store.Passkeys(ctx, row.Account, passkeysMost)
	var list []PasskeyView
	for _, r := range rows {
		k, err := e.openPasskey(r)
		if err != nil {
			return nil, err
		}
		list = append(list, PasskeyView{Handle: hex.EncodeToString(r.ID), Name: k.Name, Made: r.Made, Used: r.Used})
	}
	return list, err
}

// provenSession is a session whose second proof holds.
func (e *Engine) provenSession(ctx context.Context, token string) (Session, error) {
	row, err := e.sessionRow(ctx, token)
	if err != nil {
		return Session{}, err
	}
	s, err := e.openSession(ctx, row)
	if err == nil && !s.Fresh(e.Clock()) {
		err = aiqyn.E(aiqyn.Forbidden, "error.proof-needed")
	}
	s.Actor = s.Self() // an account is one's own, for whomever one acts
	return s, err
}

// AskNewPasskey asks the device of whoever is signed in to make a key.
func (e *Engine) AskNewPasskey(ctx context.Context, token string) (PasskeyAsked, error) {
	s, err := e.provenSession(ctx, token)
	if err != nil {
		return PasskeyAsked{}, err
	}
	if e.Config.Passkeys == nil {
		return PasskeyAsked{}, aiqyn.E(aiqyn.NotFound, "error.not-found")
	}
	o, err := e.owner(ctx, s.Account)
	if err != nil {
		return PasskeyAsked{}, err
	}
	if len(o.Keys) >= passkeysMost {
		return PasskeyAsked{}, aiqyn.E(aiqyn.Conflict, "error.passkeys-most", "n", passkeysMost)
	}
	a, err := e.Config.Passkeys.Register(o)
	if err != nil {
		return PasskeyAsked{}, err
	}
	return e.asked(a, forRegistering, s.Handle)
}

// RegisterPasskey takes the answer of a device that has made a key.
func (e *Engine) RegisterPasskey(ctx context.Context, token string, id aiqyn.CommandID, text, answer, name string) error {
	s, err := e.provenSession(ctx, token)
	if err != nil {
		return err
	}
	c, err := e.answerable(text, forRegistering, s.Handle)
	if err != nil {
		return err
	}
	key, err := e.Config.Passkeys.Registered(passkey.Owner{ID: accountID(s.Account), Name: s.Name}, c.Data, []byte(answer))
	if err != nil {
		return passkeyRefused(err)
	}
	if fresh, err := e.Store.Spend(ctx, tokenHash(string(c.ID)), c.Ends); err != nil || !fresh {
		return passkeyExpired().Because(err)
	}
	_, err = e.Do(ctx, AddPasskey{ID: id, Actor: s.Actor, Account: s.Account.ID, Name: name, Key: key})
	return err
}

// DropPasskey takes a passkey of whoever is signed in away.
func (e *Engine) DropPasskey(ctx context.Context, token string, id aiqyn.CommandID, handle string) error {
	s, err := e.provenSession(ctx, token)
	if err != nil {
		return err
	}
	_, err = e.Do(ctx, RemovePasskey{ID: id, Actor: s.Actor, Account: s.Account.ID, Handle: handle})
	return err
}

// AskPasskey asks any device for any key of this site, to sign in with.
func (e *Engine) AskPasskey() (PasskeyAsked, error) {
	if e.Config.Passkeys == nil {
		return PasskeyAsked{}, aiqyn.E(aiqyn.NotFound, "error.not-found")
	}
	a, err := e.Config.Passkeys.Ask()
	if err != nil {
		return PasskeyAsked{}, err
	}
	return e.asked(a, forSigningIn, "")
}

// SignInByPasskey opens a session for whoever's key has answered. A key that was
// never registered is answered like one whose signature is wrong.
func (e *Engine) SignInByPasskey(ctx context.Context, text, answer string, client Client) (string, Session, error) {
	c, err := e.answerable(text, forSigningIn, "")
	if err != nil {
		return "", Session{}, err
	}
	a, err := e.answeredBy(ctx, c, answer, nil)
	if err != nil {
		return "", Session{}, err
	}
	return e.startSession(ctx, a, aiqyn.ByPasskey, e.Clock(), client)
}

// AskPasskeyProof asks for a key of whoever is signed in, as a second proof. It is
// the zero value when they have none.
func (e *Engine) AskPasskeyProof(ctx context.Context, token string) (PasskeyAsked, error) {
	row, err := e.sessionRow(ctx, token)
	if err != nil || e.Config.Passkeys == nil {
		return PasskeyAsked{}, err
	}
	a, _, err := e.account(ctx, row.Account)
	if err != nil {
		return PasskeyAsked{}, err
	}
	o, err := e.owner(ctx, a)
	if err != nil || len(o.Keys) == 0 {
		return PasskeyAsked{}, err
	}
	asked, err := e.Config.Passkeys.AskOwner(o)
	if err != nil {
		return PasskeyAsked{}, err
	}
	return e.asked(asked, forProving, row.ID)
}

// ProveByPasskey takes the answer as a second proof; the session goes on under
// another token.
func (e *Engine) ProveByPasskey(ctx context.Context, token, text, answer string) (string, Session, error) {
	row, err := e.sessionRow(ctx, token)
	if err != nil {
		return "", Session{}, err
	}
	c, err := e.answerable(text, forProving, row.ID)
	if err != nil {
		return "", Session{}, err
	}
	if _, err := e.answeredBy(ctx, c, answer, row.Account); err != nil {
		return "", Session{}, err
	}
	return e.proven(ctx, row, aiqyn.ByPasskey)
}

// answeredBy finds whose key has answered a challenge, and uses the challenge up.
// If only is given, it has to be that account's.
func (e *Engine) answeredBy(ctx context.Context, c ceremony, answer string, only []byte) (Account, error) {
	var row store.Passkey
	var kept keptPasskey
	var whose Account
	_, used, err := e.Config.Passkeys.Answered(c.Data, []byte(answer), func(id []byte) (o passkey.Owner, err error) {
		row, kept, whose, err = e.findPasskey(ctx, id, only)
		return passkey.Owner{ID: row.Account, Name: whose.Name, Keys: []passkey.Key{kept.Key}}, err
	})
	switch {
	case errors.Is(err, passkey.ErrCloned):
		e.Log.Warn("a passkey counts backwards", "passkey", hex.EncodeToString(row.ID))
		return Account{}, aiqyn.E(aiqyn.Forbidden, "error.passkey-cloned").Because(err)
	case aiqyn.KindOf(err) == aiqyn.Unavailable:
		return Account{}, err
	case err != nil:
		return Account{}, passkeyRefused(err)
	}
	was := row.Sealed
	kept.Key, row.Used = used, e.Clock()
	if row.Sealed, err = e.sealPasskey(kept, row.ID, row.Account); err != nil {
		return Account{}, err
	}
	if fresh, err := e.Store.UsePasskey(ctx, tokenHash(string(c.ID)), c.Ends, row, was); err != nil || !fresh {
		return Account{}, passkeyExpired().Because(err)
	}
	return whose, nil
}

// findPasskey looks a key up by the device's name for it.
func (e *Engine) findPasskey(ctx context.Context, id, only []byte) (row store.Passkey, kept keptPasskey, whose Account, err error) {
	row, ok, err := e.Store.Passkey(ctx, e.keys.hash("passkey", string(id)))
	if err == nil && (!ok || only != nil && !bytes.Equal(row.Account, only)) {
		err = passkey.ErrUnknown
	}
	if err != nil {
		return row, kept, whose, err
	}
	if kept, err = e.openPasskey(row); err != nil {
		return row, kept, whose, err
	}
	if whose, ok, err = e.account(ctx, row.Account); err == nil && !ok {
		err = passkey.ErrUnknown
	}
	return row, kept, whose, err
}
