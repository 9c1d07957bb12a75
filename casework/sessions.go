package casework

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"time"

	"aiqyn"
	"aiqyn/access"
	"aiqyn/store"
)

// Rules of sessions.
const (
	sessionLife  = 12 * time.Hour   // whatever happens
	sessionIdle  = 2 * time.Hour    // without a request
	sessionTouch = time.Minute      // how exactly it is known when one was used
	sessionsMost = 20               // of one account: beyond it the oldest end
	proofLife    = access.ProofLife // how long a second proof is good for
	agentLongest = 300
)

// Session is one browser that is signed in, as its requests see it. Its Actor
// says how the person is known now.
type Session struct {
	Account
	Handle   string // names the session to its owner; opens nothing
	Agent    string // the browser, as it called itself
	Address  string // where it signed in from
	Begun    time.Time
	Used     time.Time
	Ends     time.Time       // at the latest
	Known    aiqyn.Assurance // how they signed in
	Proven   time.Time       // the last second proof
	ProvenBy aiqyn.Assurance
	Current  bool // in a list: the one that asks

	Acting  string // in whose affairs, as ActFor takes it; "": their own
	ForName string // how those for whom they act are called
	NotFor  bool   // they had chosen to act for somebody, and may not, or not now
}

// Fresh reports whether the second proof still holds at an instant.
func (s *Session) Fresh(now time.Time) bool {
	return !s.Proven.IsZero() && now.Sub(s.Proven) < proofLife && !now.Before(s.Proven)
}

// secret is the sealed part of a session.
type secret struct {
	Acting   string          `json:"acting,omitempty"`
	Address  string          `json:"address"`
	Agent    string          `json:"agent"`
	Known    aiqyn.Assurance `json:"known"`
	Proven   time.Time       `json:"proven,omitzero"`
	ProvenBy aiqyn.Assurance `json:"proven_by,omitempty"`
}

func accountID(a Account) []byte {
	id, _ := hex.DecodeString(a.ID) // made by us
	return id
}

// sessionPlace binds what is sealed of a session to its row: whoever may write the
// database cannot have their own token open another's account.
func sessionPlace(row store.Session) []byte {
	return fmt.Appendf(nil, "session/%s/%x/%x", row.ID, row.Token, row.Account)
}

// startSession opens a session under a new token. One whose proof is a second
// one in itself, as a passkey's is, says since when.
func (e *Engine) startSession(ctx context.Context, a Account, known aiqyn.Assurance, proven time.Time, c Client) (string, Session, error) {
	if _, err := e.actorOf(ctx, a); err != nil {
		return "", Session{}, err
	}
	now := e.Clock()
	x := secret{Address: c.Address, Agent: legible(c.Agent[:min(agentLongest, len(c.Agent))]), Known: known, Proven: proven}
	if !proven.IsZero() {
		x.ProvenBy = known
	}
	token := rand.Text() + rand.Text()
	row := store.Session{Token: tokenHash(token), ID: rand.Text(), Account: accountID(a), Begun: now, Used: now, Expires: now.Add(sessionLife)}
	var err error
	if row.Sealed, err = e.sealSecret(row, x); err != nil {
		return "", Session{}, err
	}
	var before []byte
	if c.Before != "" {
		before = tokenHash(c.Before)
	}
	if err := e.Store.StartSession(ctx, row, before, sessionsMost); err != nil {
		return "", Session{}, err
	}
	s, err := e.openSession(ctx, row)
	return token, s, err
}

func (e *Engine) sealSecret(row store.Session, x secret) ([]byte, error) {
	plain, err := json.Marshal(x)
	return seal(e.keys.system.gcm, plain, sessionPlace(row)), err
}

// openSession reads a row together with its account.
func (e *Engine) openSession(ctx context.Context, row store.Session) (Session, error) {
	a, ok, err := e.account(ctx, row.Account)
	if err != nil {
		return Session{}, err
	}
	if !ok {
		return Session{}, aiqyn.E(aiqyn.Unauthenticated, "error.unauthenticated")
	}
	s, err := e.sessionIn(row, a)
	if err != nil {
		return s, err
	}
	if s.Actor, err = e.actorOf(ctx, a); err != nil {
		return Session{}, err
	}
	s.Actor.Assurance = s.Known
	if s.Fresh(e.Clock()) {
		s.Actor.Assurance = s.ProvenBy
	}
	return s, e.act(ctx, &s)
}

// sessionIn reads a row of an account that is open already.
func (e *Engine) sessionIn(row store.Session, a Account) (Session, error) {
	x, err := e.secretOf(row)
	return Session{
		Account: a, Handle: row.ID, Agent: x.Agent, Address: x.Address, Begun: row.Begun, Used: row.Used, Ends: row.Expires,
		Known: x.Known, Proven: x.Proven, ProvenBy: x.ProvenBy, Acting: x.Acting,
	}, err
}

// secretOf opens what is sealed of a session. One that was moved to another account or
// token, or sealed before sessions were bound to theirs, is nobody's.
func (e *Engine) secretOf(row store.Session) (x secret, err error) {
	plain, err := open(e.keys.system.gcm, row.Sealed, sessionPlace(row))
	if err == nil {
		err = json.Unmarshal(plain, &x)
	}
	if err != nil {
		return x, aiqyn.E(aiqyn.Unauthenticated, "error.unauthenticated").Because(fmt.Errorf("open session: %w", err))
	}
	return x, nil
}

// Session returns who a token belongs to; Unauthenticated if to nobody, or
// nobody any more.
func (e *Engine) Session(ctx context.Context, token string) (Session, error) {
	row, err := e.sessionRow(ctx, token)
	if err != nil {
		return Session{}, err
	}
	s, err := e.openSession(ctx, row)
	if now := e.Clock(); err == nil && now.Sub(row.Used) >= sessionTouch {
		s.Used = now
		err = e.Store.TouchSession(ctx, row.Token, now)
	}
	return s, err
}

const tokenLongest = 100

func (e *Engine) sessionRow(ctx context.Context, token string) (store.Session, error) {
	out := aiqyn.E(aiqyn.Unauthenticated, "error.unauthenticated")
	if token == "" || len(token) > tokenLongest {
		return store.Session{}, out
	}
	now := e.Clock()
	row, ok, err := e.Store.Session(ctx, tokenHash(token), now, now.Add(-sessionIdle))
	if err == nil && !ok {
		err = out
	}
	return row, err
}

// Sessions lists where an account is signed in, the newest first.
func (e *Engine) Sessions(ctx context.Context, token string) ([]Session, error) {
	row, err := e.sessionRow(ctx, token)
	if err != nil {
		return nil, err
	}
	a, ok, err := e.account(ctx, row.Account)
	if err != nil || !ok {
		return nil, err
	}
	now := e.Clock()
	rows, err := e.Store.Sessions(ctx, row.Account, now, now.Add(-sessionIdle), sessionsMost)
	if err != nil {
		return nil, err
	}
	var list []Session
	for _, r := range rows {
		s, err := e.sessionIn(r, a)
		if err != nil { // it opens nothing any more
			continue
		}
		s.Current = r.ID == row.ID
		list = append(list, s)
	}
	return list, nil
}

// EndSession ends one session of the token's account by its handle, or with no
// handle all but the token's own.
func (e *Engine) EndSession(ctx context.Context, token, handle string) error {
	row, err := e.sessionRow(ctx, token)
	if err != nil {
		return err
	}
	return e.Store.EndSessions(ctx, row.Account, handle, row.Token)
}

// SignOut ends a session.
func (e *Engine) SignOut(ctx context.Context, token string) error {
	return e.Store.EndSession(ctx, tokenHash(token))
}

// SendProof sends a code to the phone of whoever is signed in, for a second
// proof; it is good in this session only.
func (e *Engine) SendProof(ctx context.Context, token string, lang aiqyn.Lang) (attempt string, err error) {
	row, err := e.sessionRow(ctx, token)
	if err != nil {
		return "", err
	}
	a, ok, err := e.account(ctx, row.Account)
	switch {
	case err != nil:
		return "", err
	case !ok || a.Phone == "":
		return "", aiqyn.E(aiqyn.Conflict, "error.no-number")
	}
	return e.sendCode(ctx, e.proofTarget(row), outgoing{Phone: a.Phone, Lang: lang, Key: "message.proof", Subject: subject(a.Actor)}, true)
}

// proofTarget names what a code of a second proof proves: this session's own
// person. A code sent to one session says nothing in another.
func (e *Engine) proofTarget(row store.Session) []byte {
	return e.keys.hash("prove", row.ID)
}

// Prove takes the code of a second proof. The session goes on under another
// token: whoever may have copied the one before is left outside.
func (e *Engine) Prove(ctx context.Context, token, attempt, code string) (string, Session, error) {
	row, err := e.sessionRow(ctx, token)
	if err != nil {
		return "", Session{}, err
	}
	if err := e.enterCode(ctx, attempt, e.proofTarget(row), code); err != nil {
		return "", Session{}, err
	}
	return e.proven(ctx, row, aiqyn.ByCode)
}

// proven notes a second proof and changes the token.
func (e *Engine) proven(ctx context.Context, row store.Session, by aiqyn.Assurance) (string, Session, error) {
	x, err := e.secretOf(row)
	if err != nil {
		return "", Session{}, err
	}
	now, token, was := e.Clock(), rand.Text()+rand.Text(), row.Token
	x.Proven, x.ProvenBy = now, by
	row.Token = tokenHash(token)
	if row.Sealed, err = e.sealSecret(row, x); err != nil {
		return "", Session{}, err
	}
	changed, err := e.Store.ChangeSession(ctx, was, row.Token, row.Sealed, now)
	if err != nil {
		return "", Session{}, err
	}
	if !changed {
		return "", Session{}, aiqyn.E(aiqyn.Unauthenticated, "error.unauthenticated")
	}
	row.Used = now
	s, err := e.openSession(ctx, row)
	return token, s, err
}
