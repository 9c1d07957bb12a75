package casework

import (
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
	"aiqyn/notify"
	"aiqyn/store"
)

// webhook is where a program is told of what happens to the cases of one
// applicant, and the secret that it knows us by.
type webhook struct {
	URL    string `json:"url"`
	Secret string `json:"secret"`
}

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

// Webhook is the address at which a program is told of one's cases, "" if none.
func (e *Engine) Webhook(ctx context.Context, who aiqyn.Actor) (string, error) {
	if who.Role != aiqyn.RoleApplicant || who.Person == "" {
		return "", aiqyn.E(aiqyn.Forbidden, "error.forbidden")
	}
	h, err := e.webhookOf(ctx, e.keys.hash("webhook", string(who.Behalf())))
	return h.URL, err
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
// it.
func (e *Engine) SetWebhook(ctx context.Context, who aiqyn.Actor, address string) (secret string, err error) {
	if who.Role != aiqyn.RoleApplicant || who.Person == "" {
		return "", aiqyn.E(aiqyn.Forbidden, "error.forbidden")
	}
	subject := e.keys.hash("webhook", string(who.Behalf()))
	if address == "" {
		if err := e.Store.PutWebhook(ctx, subject, nil); err != nil {
			return "", err
		}
		return "", e.readWebhooks(ctx)
	}
	h := webhook{URL: notify.HookAddress(address)}
	if h.URL == "" {
		return "", aiqyn.E(aiqyn.Invalid, "error.webhook-address").On("url")
	}
	var random [32]byte
	rand.Read(random[:]) // never fails
	h.Secret = notify.NewHookSecret(random)
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
	raw, err := canonical(map[string]any{
		"specversion": "1.0", "id": strconv.FormatInt(m.Told.Entry, 10), "source": e.Origin, "type": "aiqyn.case." + string(m.Told.Kind),
		"subject": m.Ref, "time": m.Told.At.UTC().Format(time.RFC3339Nano), "sequence": fmt.Sprintf("%019d", m.Told.Entry),
		"datacontenttype": "application/json", "data": map[string]any{"ref": m.Ref, "kind": m.Told.Kind, "entry": strconv.FormatInt(m.Told.Entry, 10)},
	})
	return string(raw), err
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
// told nothing more.
func (p *Post) tellProgram(ctx context.Context, out store.Settled, row store.Message, m outgoing) store.Settled {
	h, err := p.Engine.webhookOf(ctx, row.Person)
	if err == nil && h.URL == "" {
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
		Key: "entry-" + strconv.FormatInt(m.Told.Entry, 10),
	})
	if f := notify.FailureOf(err); f != nil {
		return p.failed(out, row, m, f)
	}
	now := p.Engine.Clock()
	out.State, out.Sent, out.Ended = store.LetterDelivered, now, now
	return out
}
