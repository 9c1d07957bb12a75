package casework

import (
	"context"
	"encoding/json"
	"errors"
	"net/url"
	"slices"
	"time"

	"aiqyn"
	"aiqyn/oidc"
	"aiqyn/registry"
)

const forOIDC = "oidc"

// HasOIDC reports whether an identity provider can vouch for people here.
func (e *Engine) HasOIDC() bool { return e.Identity != nil }

// BeginOIDC returns the address of the identity provider to send a browser to, and
// what that browser must bring back: it is good there, once, for ten minutes.
func (e *Engine) BeginOIDC() (address, remember string, err error) {
	if e.Identity == nil {
		return "", "", aiqyn.E(aiqyn.NotFound, "error.not-found")
	}
	address, attempt, err := e.Identity.Begin()
	if err != nil {
		return "", "", identityError(err)
	}
	data, err := json.Marshal(attempt)
	if err != nil {
		return "", "", err
	}
	remember, err = e.remember(data, forOIDC, "")
	return address, remember, err
}

// identityError is what a person is told of a provider's failure.
func identityError(err error) error {
	if errors.Is(err, oidc.ErrAway) {
		return aiqyn.E(aiqyn.Unavailable, "error.oidc-away").Because(err)
	}
	return aiqyn.E(aiqyn.Invalid, "error.oidc-refused").Because(err)
}

// SignInByOIDC opens a session for whom the provider vouches for. Somebody of whom
// the register of people knows nothing is answered like somebody who was not vouched
// for, and after the same work: whether an IIN is known is nobody's business.
func (e *Engine) SignInByOIDC(ctx context.Context, remembered string, answer url.Values, c Client) (string, Session, error) {
	if e.Identity == nil {
		return "", Session{}, aiqyn.E(aiqyn.NotFound, "error.not-found")
	}
	kept, err := e.remembered(remembered, forOIDC, "")
	var attempt oidc.Attempt
	if err == nil {
		err = json.Unmarshal(kept.Data, &attempt)
	}
	if err != nil {
		return "", Session{}, identityError(err)
	}
	if fresh, err := e.Store.Spend(ctx, tokenHash(string(kept.ID)), kept.Ends); err != nil || !fresh {
		return "", Session{}, identityError(err)
	}
	claim, err := e.Identity.Finish(ctx, attempt, answer)
	if err != nil {
		return "", Session{}, identityError(err)
	}
	a, err := e.vouchedFor(ctx, claim)
	if err != nil {
		return "", Session{}, err
	}
	return e.startSession(ctx, a, aiqyn.ByOIDC, time.Time{}, c)
}

// vouchedFor finds the account of an IIN, or opens one for whom the register knows.
func (e *Engine) vouchedFor(ctx context.Context, claim string) (Account, error) {
	iin, err := registry.ParseIIN(claim, e.Practice)
	if err != nil {
		return Account{}, identityError(err)
	}
	person := aiqyn.PersonID(iin)
	r, err := e.Registers.Read(ctx, registry.Query{Register: registry.PeopleRegister, Key: string(person), Purpose: "sign-in", Actor: aiqyn.System})
	if err != nil {
		return Account{}, err
	}
	actor := aiqyn.Actor{Role: aiqyn.RoleApplicant, Person: person}
	id, err := e.Store.AccountOf(ctx, e.keys.hash("subject", subject(actor)))
	if err != nil {
		return Account{}, err
	}
	if id != nil {
		a, _, err := e.account(ctx, id)
		return a, err
	}
	if !r.Found {
		return Account{}, identityError(oidc.ErrRefused)
	}
	p, err := registry.Decode[registry.Person](r)
	if err != nil {
		return Account{}, err
	}
	lang := aiqyn.Lang(p.Lang)
	if !slices.Contains(aiqyn.Langs, lang) {
		lang = aiqyn.Kazakh
	}
	// A number that somebody else signs in by stays theirs.
	taken, _, err := e.Store.Number(ctx, e.keys.hash("phone", p.Phone))
	if err != nil {
		return Account{}, err
	}
	open := e.putAccount
	if taken != nil {
		open = e.makeAccount
	}
	return open(ctx, Account{Actor: actor, Name: p.Name.String(), Phone: p.Phone, Lang: lang, Roles: []aiqyn.Role{aiqyn.RoleApplicant}})
}
