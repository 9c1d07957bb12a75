package casework

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"strconv"
	"sync"
	"time"

	"aiqyn"
	"aiqyn/locale"
	"aiqyn/notify"
	"aiqyn/retry"
	"aiqyn/store"
)

// Post takes letters out of the outbox and hands them to the carriers of their
// channels. What it claims is its own for a while; if the process ends before it
// has said what became of a letter, the letter is claimed again. So a letter is
// handed on at least once, under one id by which its channel can tell that it is
// the same. Several processes may do it at once.
type Post struct {
	Engine   *Engine
	Texts    *locale.Catalogue
	Carriers map[notify.Channel]notify.Carrier
	Log      *slog.Logger // optional
}

// Rules of handing on.
const (
	postAtOnce   = 64               // letters claimed together
	postWorkers  = 16               // handed on side by side
	postPatience = 20 * time.Second // for one letter
	postClaim    = 5 * time.Minute  // then a claim has run out; longer than all of a claim's letters may take
	postLooks    = time.Second      // how often the outbox is looked at
)

// postAgain is when a letter is tried again, by its lane: a code is worth five
// minutes, a message of an application a day and more.
var postAgain = map[int64]retry.Policy{
	store.LaneNow:  {First: 2 * time.Second, Cap: 30 * time.Second, Tries: 8},
	store.LaneRest: {First: 30 * time.Second, Cap: 3 * time.Hour, Tries: 16},

	store.LaneHooks: {First: 30 * time.Second, Cap: 3 * time.Hour, Tries: 16},
}

// postWaits is how long a letter waits that was not to blame: there was no line.
var postWaits = map[int64]time.Duration{store.LaneNow: 3 * time.Second, store.LaneRest: time.Minute, store.LaneHooks: time.Minute}

// Run hands letters on until ctx ends. Codes have a lane of their own and never
// stand behind other letters.
func (p *Post) Run(ctx context.Context) {
	var lanes sync.WaitGroup
	for _, lane := range p.lanes() {
		lanes.Go(func() {
			tick := time.NewTicker(postLooks)
			defer tick.Stop()
			for {
				if _, err := p.deliver(ctx, lane); err != nil && ctx.Err() == nil {
					p.log().Error("deliver letters", "lane", lane, "err", err)
				}
				select {
				case <-ctx.Done():
					return
				case <-tick.C:
				}
			}
		})
	}
	lanes.Wait()
}

// lanes are those that there is any way for: letters that nothing can take wait
// untouched.
func (p *Post) lanes() (list []int64) {
	if _, tells := p.Carriers[notify.Program]; tells {
		list = append(list, store.LaneHooks)
	}
	if len(p.Carriers) > len(list) {
		list = append(list, store.LaneNow, store.LaneRest)
	}
	return list
}

// Deliver hands on what is due now, in every lane, and returns how many letters
// it tried.
func (p *Post) Deliver(ctx context.Context) (int, error) {
	now, err := p.deliver(ctx, store.LaneNow)
	rest, err2 := p.deliver(ctx, store.LaneRest)
	hooks, err3 := p.deliver(ctx, store.LaneHooks)
	return now + rest + hooks, errors.Join(err, err2, err3)
}

// deliver empties one lane of what is due.
func (p *Post) deliver(ctx context.Context, lane int64) (int, error) {
	total := 0
	for ctx.Err() == nil {
		now := p.Engine.Clock()
		rows, err := p.Engine.Store.ClaimLetters(ctx, lane, now, now.Add(postClaim), postAtOnce)
		if err != nil || len(rows) == 0 {
			return total, err
		}
		hand := p.hand
		if lane == store.LaneHooks {
			hand = p.tellPrograms
		}
		settled, err := hand(ctx, rows)
		if err != nil {
			return total, err
		}
		// Whoever ends the process does not undo what was handed on.
		if err := p.Engine.Store.SettleLetters(context.WithoutCancel(ctx), settled, p.Engine.Clock()); err != nil {
			return total, err
		}
		total += len(rows)
	}
	return total, nil
}

// hand gives letters to their carriers, some side by side.
func (p *Post) hand(ctx context.Context, rows []store.Message) ([]store.Settled, error) {
	var persons [][]byte
	for _, row := range rows {
		if row.Person != nil {
			persons = append(persons, row.Person)
		}
	}
	contacts, err := p.Engine.contacts(ctx, persons)
	if err != nil {
		return nil, err
	}
	settled := make([]store.Settled, len(rows))
	turn := make(chan struct{}, postWorkers)
	var all sync.WaitGroup
	for i, row := range rows {
		turn <- struct{}{}
		all.Go(func() {
			defer func() { <-turn }()
			settled[i] = p.one(ctx, row, contacts[string(row.Person)])
		})
	}
	all.Wait()
	return settled, nil
}

// one hands a letter on and says what became of it.
func (p *Post) one(ctx context.Context, row store.Message, c Contact) store.Settled {
	out := store.Settled{ID: row.ID, Claimed: row.Due, Channel: row.Channel, Tries: row.Tries}
	m, err := p.Engine.openOutgoing(row)
	if err != nil { // sealed by another key: no trial will change that
		p.log().Error("open a letter", "letter", row.ID, "err", err)
		return p.failed(out, row, m, &notify.Failure{Code: notify.Fault, Final: true, Err: err})
	}
	if !m.At.IsZero() {
		if is, err := p.Engine.worthReminding(ctx, m); err != nil {
			p.log().Error("reminder", "letter", row.ID, "err", err)
			return p.failed(out, row, m, &notify.Failure{Code: notify.Fault, Err: err})
		} else if !is {
			out.Void = true
			return out
		}
	}
	channel := channelOf(row, m, c)
	out.Channel = string(channel)
	now := p.Engine.Clock()
	life := row.Created.Add(lifeOf(m.Key)).Sub(now)
	switch {
	case channel == notify.InApp:
		out.State, out.Sent, out.Ended = store.LetterDelivered, now, now
		return out
	case channel == notify.Program:
		return p.tellProgram(ctx, out, row, m)
	case row.Lane == store.LaneNow && life <= 0:
		return p.failed(out, row, m, &notify.Failure{Code: notify.OutOfDate, Final: true})
	case p.Carriers[channel] == nil:
		return p.failed(out, row, m, &notify.Failure{Code: notify.NoLine, Blameless: true})
	}
	letter := p.letter(row, m, c, channel)
	if row.Lane == store.LaneNow {
		letter.Life = life
	}
	patience, cancel := context.WithTimeout(ctx, postPatience)
	defer cancel()
	ids, err := p.Carriers[channel].Carry(patience, letter)
	if f := notify.FailureOf(err); f != nil {
		return p.failed(out, row, m, f)
	}
	p.Engine.health.letters.Add(1)
	out.State, out.Sent = store.LetterSent, now
	for _, id := range ids {
		out.Parts = append(out.Parts, string(channel)+":"+id)
	}
	return out
}

// lifeOf is for how long a letter with a code is worth sending.
func lifeOf(key string) time.Duration {
	for _, l := range consentLetters {
		switch key {
		case l.answered:
			return questionLife
		case l.told:
			return hereLife
		}
	}
	return codeLife
}

// letter writes a letter out in its language.
func (p *Post) letter(row store.Message, m outgoing, c Contact, channel notify.Channel) notify.Letter {
	lang := m.Lang
	if c.Lang != "" && row.Lane == store.LaneRest {
		lang = c.Lang
	}
	l := notify.Letter{ID: row.ID, Channel: channel, To: m.Phone, Lang: lang, Ref: m.Ref, Text: p.Texts.Text(lang, LetterText(channel, m.Key, m.Args), m.Args), At: row.Created}
	if channel == notify.Email {
		if l.To = m.Email; l.To == "" {
			l.To = c.Email
		}
		l.Subject = p.Texts.Text(lang, "notify.subject", map[string]any{"ref": string(m.Ref)})
		if m.Ref == "" {
			l.Subject = p.Texts.Text(lang, "notify.subject-account", nil)
		}
		l.Text += "\n\n" + p.Texts.Text(lang, "notify.foot", nil)
	}
	return l
}

// channelOf is the way a letter goes: once chosen it stays, so that a second
// trial is the same letter to its channel.
func channelOf(row store.Message, m outgoing, c Contact) notify.Channel {
	switch {
	case row.Channel != "":
		return notify.Channel(row.Channel)
	case m.Told != nil:
		return notify.Program
	case m.Email != "":
		return notify.Email
	case row.Lane == store.LaneNow:
		return notify.SMS
	case c.Channel == notify.Email && c.Email != "":
		return notify.Email
	case c.Channel == notify.InApp && !slices.Contains(startsAClock, m.Key), m.Phone == "":
		return notify.InApp
	}
	return notify.SMS
}

// failed says when a letter is tried again, or that it is given up. One that
// e-mail would not take goes by SMS: whoever chose e-mail must hear all the same.
func (p *Post) failed(out store.Settled, row store.Message, m outgoing, f *notify.Failure) store.Settled {
	now, policy := p.Engine.Clock(), postAgain[row.Lane]
	out.State, out.Failure = store.LetterWaiting, f.Code
	switch {
	case f.Blameless && !f.Final:
		out.Tries--
		out.Due = now.Add(postWaits[row.Lane])
	case !f.Final && !policy.Spent(int(row.Tries)):
		out.Due = now.Add(policy.After(strconv.FormatInt(row.ID, 10), int(row.Tries)))
	case out.Channel == string(notify.Email) && m.Email == "" && m.Phone != "":
		out.Channel, out.Tries, out.Due = string(notify.SMS), 0, now
	default:
		out.State, out.Ended = store.LetterDead, now
		p.Engine.health.lettersDead.Add(1)
		p.log().Warn("letter given up", "letter", row.ID, "channel", out.Channel, "why", f.Code, "status", f.Status())
	}
	return out
}

// Receipt takes what a gateway tells of a part of a letter.
func (p *Post) Receipt(ctx context.Context, channel notify.Channel, part string, delivered bool) error {
	return p.Engine.Store.Told(ctx, string(channel)+":"+part, delivered, p.Engine.Clock())
}

func (p *Post) log() *slog.Logger {
	if p.Log != nil {
		return p.Log
	}
	return slog.New(slog.DiscardHandler)
}

// tell queues a message to the applicant, to be sent after the commit.
func (t *turn) tell(key string, args ...any) {
	t.messages = append(t.messages, t.outgoing(key, args))
}

// outgoing writes a message to the applicant.
func (t *turn) outgoing(key string, args []any) outgoing {
	s := t.rec.state
	m := outgoing{
		Phone: s.Phone, Lang: s.Lang, Key: key, Ref: s.Ref, Args: map[string]any{"ref": string(s.Ref)},
		Subject: subject(aiqyn.Actor{Person: s.Applicant}),
	}
	for i := 0; i+1 < len(args); i += 2 {
		m.Args[args[i].(string)] = args[i+1]
	}
	return m
}
