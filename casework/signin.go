package casework

import (
	"cmp"
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"time"

	"aiqyn"
	"aiqyn/deadline"
	"aiqyn/registry"
	"aiqyn/store"
)

// Rules of one-time codes. Ten codes a day with five tries each leave a
// stranger who tries all day a chance of one in twenty thousand.
const (
	codeLife  = 5 * time.Minute
	codeTries = 5
	codeEvery = 30 * time.Second // to one number
)

var codeLimits = store.CodeLimits{Every: codeEvery, PerHour: 5, PerDay: 10}

// Client is the browser that somebody signs in with.
type Client struct {
	Agent   string // as it calls itself
	Address string
	Before  string // the token it had until now: that session ends
}

// SendCode sends a one-time code to a phone. The attempt that it returns is
// for the browser that asked, and the code is good in that browser only. A
// number that nobody has is answered alike, now and when it asks again, with
// the same work, and gets a code that nobody is told: whether a number is
// known is nobody's business.
func (e *Engine) SendCode(ctx context.Context, phone string, lang aiqyn.Lang) (attempt string, err error) {
	p, err := registry.ParsePhone(phone)
	if err != nil {
		return "", err
	}
	account, _, known, err := e.accountByPhone(ctx, p)
	if err != nil {
		return "", err
	}
	return e.sendCode(ctx, e.keys.hash("sign-in", string(p)), outgoing{Phone: string(p), Lang: lang, Key: "message.code", Subject: subject(account.Actor)}, known)
}

// sendCode makes a code for a target and, if it is to be told, queues the
// message. What is not told is sealed, written and taken back, so that both take as long.
func (e *Engine) sendCode(ctx context.Context, target []byte, m outgoing, told bool) (attempt string, err error) {
	code, now := newCode(), e.Clock()
	attempt = rand.Text()
	m.Args = map[string]any{"code": code}
	sealed := e.sealMessage(outboxID(), 0, m, now)
	sent := store.Code{Attempt: tokenHash(attempt), Target: target, Expires: now.Add(codeLife), Sent: now}
	sent.Hash = e.codeHash(sent, code)
	wait, err := e.Store.PutCode(ctx, sent, cmp.Or(e.Codes, codeLimits), &sealed, told)
	switch {
	case err != nil:
		return "", err
	case wait > 0:
		return "", aiqyn.TooSoon(wait)
	}
	return attempt, nil
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

// codeHash binds a code to its row: to whom it proves and what for, so that a code for
// signing in confirms nothing, and the other way round; to the browser that has asked; and
// to when it ends, so that whoever may write the database makes none last.
func (e *Engine) codeHash(c store.Code, code string) []byte {
	return e.keys.hash("code", fmt.Sprintf("%x/%x/%d/%s", c.Target, c.Attempt, c.Expires.UnixMicro(), code))
}

// outboxID is the id of a message that is not part of a batch.
func outboxID() int64 {
	var b [8]byte
	rand.Read(b[:])
	return store.ApartMessages | int64(binary.BigEndian.Uint64(b[:])>>2)
}

// SignIn exchanges a code for a session, in the browser that asked for it.
func (e *Engine) SignIn(ctx context.Context, attempt, phone, code string, c Client) (token string, s Session, err error) {
	p, err := registry.ParsePhone(phone)
	if err != nil {
		return "", s, err
	}
	if err := e.enterCode(ctx, attempt, e.keys.hash("sign-in", string(p)), code); err != nil {
		return "", s, err
	}
	account, confirmed, ok, err := e.accountByPhone(ctx, p)
	if err != nil || !ok {
		return "", s, wrongCode().Because(err)
	}
	if account.ID == "" { // made before accounts had ids
		if account, err = e.putAccount(ctx, account); err != nil {
			return "", s, err
		}
		confirmed = e.Clock()
	}
	if err := e.numberIsTheirs(ctx, account, confirmed); err != nil {
		return "", s, err
	}
	if e.Clock().Sub(confirmed) > 24*time.Hour {
		if err := e.Store.PutNumber(ctx, e.keys.hash("phone", string(p)), accountID(account), e.Clock()); err != nil {
			return "", s, err
		}
	}
	return e.startSession(ctx, account, aiqyn.ByCode, time.Time{}, c)
}

func wrongCode() *aiqyn.Error { return aiqyn.E(aiqyn.Invalid, "error.code-wrong").On("code") }

// enterCode tries a code. Every try counts, the right one once.
func (e *Engine) enterCode(ctx context.Context, attempt string, target []byte, code string) error {
	sent, ok, err := e.Store.TryCode(ctx, tokenHash(attempt))
	switch {
	case err != nil:
		return err
	case !ok || !hmac.Equal(sent.Target, target) || !e.Clock().Before(sent.Expires):
		return wrongCode()
	case sent.Tries > codeTries, e.tries.count(sent, e.Clock()) > codeTries:
		return aiqyn.E(aiqyn.TooMany, "error.code-tries").On("code")
	case !hmac.Equal(sent.Hash, e.codeHash(sent, code)):
		return wrongCode()
	}
	spent, err := e.Store.SpendCode(ctx, sent.Attempt)
	if err != nil || !spent {
		return wrongCode().Because(err)
	}
	e.tries.spend(sent)
	return nil
}

func tokenHash(token string) []byte {
	sum := sha256.Sum256([]byte(token))
	return sum[:]
}

// phoneOf finds where to tell a person of their case; "" if the register has no phone.
func (e *Engine) phoneOf(ctx context.Context, person aiqyn.PersonID) (string, error) {
	phone, err := e.readPhone(ctx, person, "notify")
	if _, bin := registry.ParseBIN(string(person), e.Practice); err != nil || phone != "" || bin != nil {
		return phone, err
	}
	b, ok, err := e.business(ctx, person, aiqyn.System, "notify")
	if err != nil || !ok || b.Head == "" {
		return "", err
	}
	return e.readPhone(ctx, b.Head, "notify") // a company is told through its head
}

func (e *Engine) readPhone(ctx context.Context, person aiqyn.PersonID, purpose string) (string, error) {
	r, err := e.Registers.Read(ctx, phoneQuery(person, purpose))
	if err != nil {
		return "", err
	}
	return phoneIn(r)
}

// phoneQuery asks the register of people for somebody whose telephone is wanted.
func phoneQuery(person aiqyn.PersonID, purpose string) registry.Query {
	return registry.Query{Register: registry.PeopleRegister, Key: string(person), Purpose: purpose, Actor: aiqyn.System}
}

// phoneIn is the telephone in its answer, "" if it has none.
func phoneIn(r registry.Reading) (string, error) {
	if !r.Found {
		return "", nil
	}
	p, err := registry.Decode[registry.Person](r)
	return p.Phone, err
}

func dueOn(at time.Time, zone *time.Location) deadline.Due {
	return deadline.Due{At: at, Last: deadline.DateOf(at.In(zone)), Unit: deadline.WorkingDays}
}
