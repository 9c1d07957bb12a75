package casework

import (
	"cmp"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"sync"
	"time"

	"aiqyn"
	"aiqyn/access"
	"aiqyn/canonical"
	"aiqyn/notify"
	"aiqyn/store"
	standard "aiqyn/webhook"
)

// webhook is where a program is told of what happens to the cases of one
// applicant, and the secret that it knows us by.
type webhook struct {
	URL    string     `json:"url"`
	Secret string     `json:"secret"`
	Events HookEvents `json:"events,omitempty"`
}

// Hook is where a program is told of one's cases, and of what.
type Hook struct {
	URL    string
	Events HookEvents
}

// HookEvents is what a program is told of.
type HookEvents string

// Of everything, or only of what ends a case or wants an answer of its applicant.
const (
	HookAll       HookEvents = "all"
	HookDecisions HookEvents = "decisions"
)

// decisive are the kinds of events that [HookDecisions] tells.
var decisive = []EventKind{
	EventNotified, EventGranted, EventRefused, EventWithdrawn, EventLapsed, EventUnpaid, EventAnnulled, EventAppealDecided, EventCorrected, EventCorrectionDeclined, EventSentOn, EventArrived,
}

// has reports whether a program wants to be told of a kind of event. It is
// always told of a trial: it asked for it.
func (h HookEvents) has(kind EventKind) bool {
	return h != HookDecisions || kind == hookTrial || slices.Contains(decisive, kind)
}

// hookTrial is the kind of what is told to see whether it arrives. No log has it.
const hookTrial EventKind = "trial"

// hookTrials is how long one waits before the next.
const hookTrials = time.Minute

// happening is what a program is told: that something happened to a case, and
// nothing of whose it is. Whoever may read the case asks for the rest.
type happening struct {
	Entry int64     `json:"entry"`
	Kind  EventKind `json:"kind"`
	At    time.Time `json:"at"`
}

func webhookPlace(subject []byte) []byte { return append([]byte("webhook/"), subject...) }

// readWebhooks looks up whose programs are told.
func (e *Engine) readWebhooks(ctx context.Context) error {
	all, err := e.Store.WebhookSubjects(ctx)
	if err != nil {
		return err
	}
	e.told.Store(&all)
	return nil
}

// Webhook is where a program is told of one's cases; its URL is "" if nowhere.
func (e *Engine) Webhook(ctx context.Context, who aiqyn.Actor) (Hook, error) {
	subject, err := e.hookSubject(who)
	if err != nil {
		return Hook{}, err
	}
	h, err := e.webhookOf(ctx, subject)
	if h.URL != "" && h.Events == "" {
		h.Events = HookAll
	}
	return Hook{h.URL, h.Events}, err
}

// hookSubject names whose program it is: applicants have one.
func (e *Engine) hookSubject(who aiqyn.Actor) ([]byte, error) {
	if err := access.Check(who.Role, access.ActionWebhook, access.Standing(who)); err != nil {
		return nil, err
	}
	return e.keys.hash("webhook", string(who.Behalf())), nil
}

// TryWebhook has one's program told something that is about no case, by the same
// way as all else. Too soon after the last trial it is refused.
func (e *Engine) TryWebhook(ctx context.Context, who aiqyn.Actor) error {
	subject, err := e.hookSubject(who)
	if err != nil {
		return err
	}
	if h, err := e.webhookOf(ctx, subject); err != nil || h.URL == "" {
		return errors.Join(err, aiqyn.E(aiqyn.Conflict, "error.webhook-none"))
	}
	now := e.Clock().UTC()
	last, err := e.Told(ctx, who, Page{Limit: 20})
	if err != nil {
		return err
	}
	for _, m := range last.Items {
		if wait := hookTrials - now.Sub(m.At); m.Trial && wait > 0 {
			return aiqyn.TooSoon(wait)
		}
	}
	m := outgoing{Subject: string(who.Behalf()), Key: "event." + string(hookTrial), Told: &happening{Kind: hookTrial, At: now}}
	return e.Store.PutLetter(ctx, e.sealMessage(outboxID(), 0, m, now))
}

// Told lists what one's program was told, the newest first.
func (e *Engine) Told(ctx context.Context, who aiqyn.Actor, p Page) (List[Message], error) {
	subject, err := e.hookSubject(who)
	if err != nil {
		return List[Message]{}, err
	}
	return e.letterPage(p, func(before time.Time, id int64, limit int) ([]store.Message, error) {
		if id == 0 { // log time may be a little ahead
			before = e.Clock().Add(e.MaxSkew)
		}
		return e.Store.LettersOf(ctx, subject, before, id, limit)
	}, func(m store.Message) time.Time { return m.Created })
}

func (e *Engine) webhookOf(ctx context.Context, subject []byte) (h webhook, err error) {
	sealed, err := e.Store.Webhook(ctx, subject)
	if err != nil || sealed == nil {
		return h, err
	}
	plain, err := open(e.keys.system.gcm, sealed, webhookPlace(subject))
	if err == nil {
		err = json.Unmarshal(plain, &h)
	}
	if err != nil {
		return h, fmt.Errorf("open webhook: %w", err)
	}
	return h, nil
}

// SetWebhook has a program told of what happens to one's cases from now on, in
// place of the one before. The secret is shown this once. An empty address ends
// it; no events are all of them.
func (e *Engine) SetWebhook(ctx context.Context, who aiqyn.Actor, hook Hook) (secret string, err error) {
	subject, err := e.hookSubject(who)
	if err != nil {
		return "", err
	}
	if hook.URL == "" {
		if err := e.Store.PutWebhook(ctx, subject, nil); err != nil {
			return "", err
		}
		return "", e.readWebhooks(ctx)
	}
	h := webhook{URL: notify.HookAddress(hook.URL), Events: cmp.Or(hook.Events, HookAll)}
	switch {
	case h.URL == "":
		return "", aiqyn.E(aiqyn.Invalid, "error.webhook-address").On("url")
	case h.Events != HookAll && h.Events != HookDecisions:
		return "", aiqyn.E(aiqyn.Invalid, "error.answer-choice").On("events")
	}
	var random [32]byte
	rand.Read(random[:]) // never fails
	h.Secret = standard.NewSecret(random)
	plain, err := json.Marshal(h)
	if err != nil {
		return "", err
	}
	if err := e.Store.PutWebhook(ctx, subject, seal(e.keys.system.gcm, plain, webhookPlace(subject))); err != nil {
		return "", err
	}
	return h.Secret, e.readWebhooks(ctx)
}

// happenings are what the applicant's program is told of a turn.
func (t *turn) happenings() (list []outgoing) {
	told := t.e.told.Load()
	if t.rec == nil || told == nil || len(*told) == 0 {
		return nil
	}
	s := t.rec.state
	if !(*told)[string(t.e.keys.hash("webhook", string(s.Applicant)))] {
		return nil
	}
	for _, ev := range t.events {
		if ev.no == s.No {
			list = append(list, outgoing{
				Subject: string(s.Applicant), Key: "message.program", Ref: s.Ref, Lang: s.Lang, Args: map[string]any{"ref": string(s.Ref)},
				Told: &happening{Entry: ev.index, Kind: ev.kind, At: ev.at},
			})
		}
	}
	return list
}

// cloudEvent is a happening as CloudEvents 1.0 writes it, with its extension
// "sequence": entries of the log are in order, and so are they.
func (e *Engine) cloudEvent(m outgoing) (string, error) {
	if m.Told.Kind == hookTrial {
		raw, err := canonical.Encode(map[string]any{
			"specversion": "1.0", "id": m.Told.name(), "source": e.Origin, "type": "aiqyn.webhook.trial", "time": m.Told.At.UTC().Format(time.RFC3339Nano),
			"datacontenttype": "application/json", "data": map[string]any{"kind": hookTrial},
		})
		return string(raw), err
	}
	raw, err := canonical.Encode(map[string]any{
		"specversion": "1.0", "id": strconv.FormatInt(m.Told.Entry, 10), "source": e.Origin, "type": "aiqyn.case." + string(m.Told.Kind),
		"subject": m.Ref, "time": m.Told.At.UTC().Format(time.RFC3339Nano), "sequence": fmt.Sprintf("%019d", m.Told.Entry),
		"datacontenttype": "application/json", "data": map[string]any{"ref": m.Ref, "kind": m.Told.Kind, "entry": strconv.FormatInt(m.Told.Entry, 10)},
	})
	return string(raw), err
}

// name is what a program knows a happening again by.
func (h *happening) name() string {
	if h.Kind == hookTrial {
		return "trial-" + strconv.FormatInt(h.At.UnixMicro(), 10)
	}
	return "entry-" + strconv.FormatInt(h.Entry, 10)
}

// tellPrograms hands what was claimed to programs: to each in order, to several
// side by side. What comes after something that a program did not take waits.
func (p *Post) tellPrograms(ctx context.Context, rows []store.Message) ([]store.Settled, error) {
	slices.SortFunc(rows, func(a, b store.Message) int { return int(a.ID - b.ID) })
	bySubject := make(map[string][]store.Message)
	for _, row := range rows {
		bySubject[string(row.Person)] = append(bySubject[string(row.Person)], row)
	}
	var mu sync.Mutex
	var settled []store.Settled
	var failed error
	turn := make(chan struct{}, postWorkers)
	var all sync.WaitGroup
	for _, mine := range bySubject {
		turn <- struct{}{}
		all.Go(func() {
			defer func() { <-turn }()
			done, err := p.inOrder(ctx, mine)
			mu.Lock()
			defer mu.Unlock()
			settled, failed = append(settled, done...), errors.Join(failed, err)
		})
	}
	all.Wait()
	if len(settled) > 0 && failed != nil { // what was told is noted all the same
		p.log().Error("tell programs", "err", failed)
		return settled, nil
	}
	return settled, failed
}

// hookPatience is how long one program may keep the others waiting; then the rest
// of what it is to be told is put off. It is well below postClaim.
const hookPatience = 40 * time.Second

// inOrder tells one program what is its turn, and puts off the rest.
func (p *Post) inOrder(ctx context.Context, mine []store.Message) ([]store.Settled, error) {
	untold, err := p.Engine.Store.Untold(ctx, mine[0].Person, mine[len(mine)-1].ID, len(mine))
	if err != nil {
		return nil, err
	}
	var settled []store.Settled
	later := p.Engine.Clock().Add(postWaits[store.LaneHooks])
	stopped, began := false, time.Now()
	for i, row := range mine {
		if stopped = stopped || i >= len(untold) || untold[i] != row.ID || ctx.Err() != nil || time.Since(began) > hookPatience; stopped {
			settled = append(settled, store.Settled{
				ID: row.ID, Claimed: row.Due, Channel: row.Channel, State: store.LetterWaiting, Tries: row.Tries - 1, Failure: row.Failure, Due: later,
			})
			continue
		}
		s := p.one(ctx, row, Contact{})
		if s.State == store.LetterWaiting {
			stopped, later = true, s.Due
		}
		settled = append(settled, s)
	}
	return settled, nil
}

// tellProgram tells one program one thing. Who has taken the address away is
// told nothing more, and who wants decisions only nothing else.
func (p *Post) tellProgram(ctx context.Context, out store.Settled, row store.Message, m outgoing) store.Settled {
	h, err := p.Engine.webhookOf(ctx, row.Person)
	if err == nil && (h.URL == "" || !h.Events.has(m.Told.Kind)) {
		out.Void = true
		return out
	}
	var body string
	if err == nil {
		body, err = p.Engine.cloudEvent(m)
	}
	if err != nil {
		p.log().Error("webhook", "letter", row.ID, "err", err)
		return p.failed(out, row, m, &notify.Failure{Code: notify.Fault, Err: err})
	}
	carrier := p.Carriers[notify.Program]
	if carrier == nil {
		return p.failed(out, row, m, &notify.Failure{Code: notify.NoLine, Blameless: true})
	}
	patience, cancel := context.WithTimeout(ctx, postPatience)
	defer cancel()
	_, err = carrier.Carry(patience, notify.Letter{
		ID: row.ID, Channel: notify.Program, To: h.URL, Secret: h.Secret, Ref: m.Ref, Text: body, At: row.Created,
		Key: m.Told.name(),
	})
	if f := notify.FailureOf(err); f != nil {
		return p.failed(out, row, m, f)
	}
	now := p.Engine.Clock()
	out.State, out.Sent, out.Ended = store.LetterDelivered, now, now
	return out
}
