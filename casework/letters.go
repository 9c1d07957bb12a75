package casework

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"aiqyn"
	"aiqyn/canonical"
	"aiqyn/notify"
	"aiqyn/store"
)

// Message is one letter to a person: what it says, and how it fared.
type Message struct {
	ID      int64
	To      string // a number or an address of e-mail
	Channel notify.Channel
	At      time.Time // written
	Key     string
	Args    map[string]any
	Ref     aiqyn.Reference
	Lang    aiqyn.Lang

	State   string // waiting, sent, delivered, dead
	Sent    time.Time
	Ended   time.Time // delivered, or given up
	Tries   int
	Failure string // code of the last failure

	Told  EventKind // to a program: what happened
	Trial bool      // to a program, about no case
}

// Secret reports whether a letter carries a code, which nothing shows again.
func (m *Message) Secret() bool { return slices.Contains(codeLetters, m.Key) }

// codeLetters are those that somebody sits and waits for. They go by the way
// that the code is to prove, whatever the person has chosen.
var codeLetters = []string{"message.code", "message.proof", "message.email-code", "message.consent-code"}

// startsAClock are the letters that a person must not miss by never looking at
// their page: with each a time begins to run.
var startsAClock = []string{"message.notified", remindObject, remindLapse, "message.charged", remindPay, "message.your-turn", remindTurn, offeredLetter, remindOffer}

func (e *Engine) sealMessage(id, no int64, m outgoing, now time.Time) store.Message {
	plain, err := canonical.Encode(m)
	if err != nil {
		panic(err) // texts and plain values always encode
	}
	row := store.Message{
		ID: id, Case: no, Phone: e.keys.hash("phone", m.Phone), Created: now, Due: now, Lane: store.LaneRest,
		Sealed: seal(e.keys.system.gcm, plain, messagePlace(id)),
	}
	if !m.At.IsZero() {
		row.Created, row.Due = m.At, m.At
	}
	if m.Subject != "" {
		row.Person = e.keys.hash("subject", m.Subject)
	}
	switch {
	case slices.Contains(codeLetters, m.Key):
		row.Lane = store.LaneNow
	case m.Told != nil:
		row.Lane, row.Person = store.LaneHooks, e.keys.hash("webhook", m.Subject)
	}
	return row
}

// messagePlace names where a sealed message belongs.
func messagePlace(id int64) []byte { return fmt.Appendf(nil, "message/%d", id) }

func (e *Engine) openOutgoing(row store.Message) (outgoing, error) {
	var m outgoing
	plain, err := open(e.keys.system.gcm, row.Sealed, messagePlace(row.ID))
	if err == nil {
		err = json.Unmarshal(plain, &m)
	}
	if err != nil {
		return m, fmt.Errorf("open message %d: %w", row.ID, err)
	}
	return m, nil
}

func (e *Engine) openMessages(rows []store.Message) ([]Message, error) {
	list := make([]Message, len(rows))
	for i, row := range rows {
		m, err := e.openOutgoing(row)
		if err != nil {
			return nil, err
		}
		list[i] = Message{
			ID: row.ID, To: cmp.Or(m.Email, m.Phone), Channel: notify.Channel(row.Channel), At: row.Created, Key: m.Key, Args: m.Args, Ref: m.Ref, Lang: m.Lang,
			State: row.State, Sent: row.Sent, Ended: row.Ended, Tries: int(row.Tries), Failure: row.Failure,
		}
		if m.Told != nil {
			list[i].Told, list[i].Trial = m.Told.Kind, m.Told.Kind == hookTrial
		}
	}
	return list, nil
}

// Messages lists the newest messages to a phone.
func (e *Engine) Messages(ctx context.Context, phone string, limit int) ([]Message, error) {
	rows, err := e.Store.Messages(ctx, e.keys.hash("phone", phone), e.Clock().Add(e.MaxSkew), min(max(limit, 1), 200))
	if err != nil {
		return nil, err
	}
	return e.openMessages(rows)
}

// Letters lists what was written to somebody, or to whom a register has them stand
// for, the newest first.
func (e *Engine) Letters(ctx context.Context, who aiqyn.Actor, p Page) (List[Message], error) {
	whose := subject(standsFor(who))
	return e.letterPage(p, func(before time.Time, id int64, limit int) ([]store.Message, error) {
		if id == 0 { // log time may be a little ahead
			before = e.Clock().Add(e.MaxSkew)
		}
		return e.Store.LettersOf(ctx, e.keys.hash("subject", whose), before, id, limit)
	}, func(m store.Message) time.Time { return m.Created })
}

// DeadLetters lists the letters that were given up, the newest first, without
// whom they were to and what about: an operator mends ways, not people.
func (e *Engine) DeadLetters(ctx context.Context, viewer aiqyn.Actor, p Page) (List[Message], error) {
	if viewer.Role != aiqyn.RoleOperator {
		return List[Message]{}, aiqyn.E(aiqyn.Forbidden, "error.forbidden")
	}
	list, err := e.letterPage(p, func(before time.Time, id int64, limit int) ([]store.Message, error) {
		return e.Store.DeadLetters(ctx, before, id, limit)
	}, func(m store.Message) time.Time { return m.Ended })
	for i := range list.Items {
		m := &list.Items[i]
		m.To, m.Ref = "", ""
		for name := range m.Args {
			m.Args[name] = "…"
		}
	}
	return list, err
}

// letterPage reads one page of a list of letters; at is what it is sorted by.
func (e *Engine) letterPage(p Page, read func(time.Time, int64, int) ([]store.Message, error), at func(store.Message) time.Time) (List[Message], error) {
	var out List[Message]
	beforeText, idText, _ := strings.Cut(p.After, ".")
	us, err := after(beforeText)
	if err != nil {
		return out, err
	}
	id, err := after(idText)
	if err != nil {
		return out, err
	}
	var before time.Time
	if us != 0 {
		before = time.UnixMicro(us)
	}
	rows, err := read(before, id, p.limit()+1)
	if err != nil {
		return out, err
	}
	if len(rows) > p.limit() {
		rows = rows[:p.limit()]
		last := rows[len(rows)-1]
		out.Next = strconv.FormatInt(at(last).UnixMicro(), 10) + "." + strconv.FormatInt(last.ID, 10)
	}
	out.Items, err = e.openMessages(rows)
	return out, err
}

// mostAgain is how many letters one command sends again.
const mostAgain = 200

// resend has letters that were given up tried once more.
type resend struct {
	apart
	Resend
}

func (c *resend) decide(t *turn) error {
	if done, err := c.once(t); done || err != nil {
		return err
	}
	switch {
	case c.actor.Role != aiqyn.RoleOperator || c.actor.Officer == "":
		return aiqyn.E(aiqyn.Forbidden, "error.forbidden")
	case len(c.Letters) == 0:
		return aiqyn.E(aiqyn.Invalid, "error.no-letters").On("letters")
	case len(c.Letters) > mostAgain:
		return aiqyn.E(aiqyn.TooLarge, "error.too-large")
	}
	t.emitSystem(EventResent, c.actor, &resent{Letters: c.Letters})
	t.again = c.Letters
	c.finish(t)
	return nil
}
