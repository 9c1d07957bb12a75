package casework

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"time"

	"aiqyn"
	"aiqyn/deadline"
	"aiqyn/registry"
	"aiqyn/store"
)

// Account is who signs in with a phone.
type Account struct {
	Actor aiqyn.Actor
	Name  string
	Phone string
	Lang  aiqyn.Lang
	Roles []aiqyn.Role
}

// Message is one message to a person, as it was queued.
type Message struct {
	To      string
	Channel string
	At      time.Time
	Key     string
	Args    map[string]any
	Ref     aiqyn.Reference
	Lang    aiqyn.Lang
}

// Rules of one-time codes and sessions.
const (
	codeLife    = 5 * time.Minute
	codeTries   = 5
	codeEvery   = 30 * time.Second // for one number
	sessionLife = 12 * time.Hour
)

// PutAccount lets a phone sign in.
func (e *Engine) PutAccount(ctx context.Context, a Account) error {
	plain, err := json.Marshal(a)
	if err != nil {
		return err
	}
	return e.Store.PutAccount(ctx, e.keys.hash("phone", a.Phone), seal(e.keys.system.gcm, plain, []byte("account/"+a.Phone)))
}

func (e *Engine) account(ctx context.Context, phoneHash []byte, phone string) (Account, bool, error) {
	sealed, err := e.Store.Account(ctx, phoneHash)
	if err != nil || sealed == nil {
		return Account{}, false, err
	}
	plain, err := open(e.keys.system.gcm, sealed, []byte("account/"+phone))
	if err != nil {
		return Account{}, false, fmt.Errorf("open account: %w", err)
	}
	var a Account
	return a, true, json.Unmarshal(plain, &a)
}

// SendCode sends a one-time code to a phone. A number that nobody has is
// answered alike, now and when it asks again, and gets a code that nobody is
// told: whether a number is known is nobody's business.
func (e *Engine) SendCode(ctx context.Context, phone string, lang aiqyn.Lang) error {
	p, err := registry.ParsePhone(phone)
	if err != nil {
		return err
	}
	hash, now := e.keys.hash("phone", string(p)), e.Clock()
	_, known, err := e.account(ctx, hash, string(p))
	if err != nil {
		return err
	}
	code := newCode()
	var m *store.Message
	if known {
		sealed := e.sealMessage(outboxID(), 0, outgoing{Phone: string(p), Lang: lang, Key: "message.code", Args: map[string]any{"code": code}}, now)
		m = &sealed
	}
	sent := store.Code{Hash: e.codeHash(p, code), Expires: now.Add(codeLife), Sent: now}
	put, err := e.Store.PutCode(ctx, hash, sent, now.Add(-codeEvery), m)
	if err == nil && !put {
		return aiqyn.E(aiqyn.TooMany, "error.too-many", "seconds", int(codeEvery.Seconds()))
	}
	return err
}

// newCode makes six digits, each of the million as likely as any other.
func newCode() string {
	const fair = 1 << 24 / 1_000_000 * 1_000_000
	for {
		var b [3]byte
		rand.Read(b[:])
		if n := int(b[0])<<16 | int(b[1])<<8 | int(b[2]); n < fair {
			return fmt.Sprintf("%06d", n%1_000_000)
		}
	}
}

func (e *Engine) codeHash(p registry.Phone, code string) []byte {
	return e.keys.hash("code", string(p)+"\x00"+code)
}

// outboxID is the id of a message that is not part of a batch.
func outboxID() int64 {
	var b [8]byte
	rand.Read(b[:])
	return store.ApartMessages | int64(binary.BigEndian.Uint64(b[:])>>2)
}

// SignIn exchanges a code for a session. Every try counts, the right one once.
func (e *Engine) SignIn(ctx context.Context, phone, code string) (string, Account, error) {
	wrong := aiqyn.E(aiqyn.Invalid, "error.code-wrong").On("code")
	p, err := registry.ParsePhone(phone)
	if err != nil {
		return "", Account{}, err
	}
	hash := e.keys.hash("phone", string(p))
	sent, ok, err := e.Store.TryCode(ctx, hash)
	switch {
	case err != nil:
		return "", Account{}, err
	case !ok || !e.Clock().Before(sent.Expires):
		return "", Account{}, wrong
	case sent.Tries > codeTries:
		return "", Account{}, aiqyn.E(aiqyn.TooMany, "error.code-tries").On("code")
	case !hmac.Equal(sent.Hash, e.codeHash(p, code)):
		return "", Account{}, wrong
	}
	account, ok, err := e.account(ctx, hash, string(p))
	if err != nil || !ok {
		return "", Account{}, wrong.Because(err)
	}
	token := rand.Text() + rand.Text()
	started, err := e.Store.StartSession(ctx, hash, sent.Hash, tokenHash(token), e.Clock().Add(sessionLife))
	if err != nil || !started {
		return "", Account{}, wrong.Because(err)
	}
	return token + "." + base64.RawURLEncoding.EncodeToString([]byte(p)), account, nil
}

func tokenHash(token string) []byte {
	sum := sha256.Sum256([]byte(token))
	return sum[:]
}

// Session returns who a token belongs to.
func (e *Engine) Session(ctx context.Context, token string) (Account, error) {
	out := aiqyn.E(aiqyn.Unauthenticated, "error.unauthenticated")
	secret, phone, err := splitToken(token)
	if err != nil {
		return Account{}, out
	}
	hash, err := e.Store.SessionPhone(ctx, tokenHash(secret), e.Clock())
	if err != nil {
		return Account{}, err
	}
	if hash == nil || !hmac.Equal(hash, e.keys.hash("phone", phone)) {
		return Account{}, out
	}
	account, ok, err := e.account(ctx, hash, phone)
	if err != nil {
		return Account{}, err
	}
	if !ok {
		return Account{}, out
	}
	return account, nil
}

func splitToken(token string) (secret, phone string, err error) {
	secret, encoded, ok := cutDot(token)
	if !ok || len(token) > 200 {
		return "", "", fmt.Errorf("token has %d bytes", len(token))
	}
	p, err := base64.RawURLEncoding.DecodeString(encoded)
	return secret, string(p), err
}

// SignOut ends a session.
func (e *Engine) SignOut(ctx context.Context, token string) error {
	secret, _, err := splitToken(token)
	if err != nil {
		return nil
	}
	return e.Store.EndSession(ctx, tokenHash(secret))
}

// Messages lists the newest messages to a phone.
func (e *Engine) Messages(ctx context.Context, phone string, limit int) ([]Message, error) {
	rows, err := e.Store.Messages(ctx, e.keys.hash("phone", phone), min(max(limit, 1), 200))
	if err != nil {
		return nil, err
	}
	var list []Message
	for _, row := range rows {
		m, err := e.openMessage(row)
		if err != nil {
			return nil, err
		}
		list = append(list, m)
	}
	return list, nil
}

// phoneOf finds where to tell a person of their case; "" if the register has no phone.
func (e *Engine) phoneOf(ctx context.Context, person aiqyn.PersonID) (string, error) {
	r, err := e.Registers.Read(ctx, registry.Query{Register: registry.PeopleRegister, Key: string(person), Purpose: "notify", Actor: aiqyn.System})
	if err != nil || !r.Found {
		return "", err
	}
	p, err := registry.Decode[registry.Person](r)
	return p.Phone, err
}

func dueOn(at time.Time, zone *time.Location) deadline.Due {
	return deadline.Due{At: at, Last: deadline.DateOf(at.In(zone)), Unit: deadline.WorkingDays}
}
