package casework

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"time"

	"aiqyn"
	"aiqyn/ledger"
	"aiqyn/store"
)

// A shard is a log of its own, on a database of its own: no transaction ever
// crosses two. What one has to tell another is an entry of its log; once that
// entry is witnessed, its receipt is handed over. The other side trusts neither
// the line nor who calls: it holds the receipt against the key and the policy
// that its operator gave it, and records what it heard under the origin and the
// index of that entry, of which there is one.

// Shard is another log that this one hears, and tells.
type Shard struct {
	Origin   string           // the name of its log
	Verifier *ledger.Verifier // of its key and its policy; they come from its operator, not from the line
	URL      string           // where its processes are told: "https://10.1.0.5:9090"; "": it is only heard
}

// Tell is a message to another shard.
type Tell struct {
	ID      aiqyn.CommandID
	Actor   aiqyn.Actor // the system
	To      string      // origin of the log that is told
	Subject string      // what it is about, in the words of both: "share.round"
	Text    string
}

// Hear is the receipt of an entry by which another shard tells this one
// something. It is recorded once; one that is not witnessed yet is refused
// until it is.
type Hear struct {
	Origin  string // of the log that tells
	Receipt []byte
}

type tell struct {
	apart
	Tell
}

func (c *tell) decide(t *turn) error {
	if done, err := c.once(t); done || err != nil {
		return err
	}
	if c.actor.Role != aiqyn.RoleSystem {
		return aiqyn.E(aiqyn.Forbidden, "error.forbidden")
	}
	if t.e.shard(c.To) == nil {
		return aiqyn.E(aiqyn.Invalid, "error.shard-unknown", "origin", c.To)
	}
	t.emitSystem(EventTold, c.actor, &told{Subject: c.Subject, Text: c.Text, To: c.To})
	c.finish(t)
	return nil
}

type hear struct {
	apart
	Hear
	heard heard
	then  command // what the message makes, where it is about a case; nil: it is only written down
}

func (c *hear) about() int64 {
	if c.then != nil {
		return c.then.about()
	}
	return 0
}

// prepare checks the receipt. The command's id is made of the origin and the
// index there, so that it is carried out once, whoever brings it.
func (c *hear) prepare(ctx context.Context, e *Engine) error {
	s := e.shard(c.Origin)
	if s == nil {
		return aiqyn.E(aiqyn.Forbidden, "error.shard-unknown", "origin", c.Origin)
	}
	r, err := ledger.ParseReceipt(c.Receipt)
	if err != nil {
		return err
	}
	verdict, err := s.Verifier.Verify(r)
	switch {
	case err != nil:
		return err
	case verdict.Origin != c.Origin:
		return aiqyn.E(aiqyn.Forbidden, "error.shard-unknown", "origin", verdict.Origin)
	case verdict.Level != ledger.Witnessed:
		return aiqyn.E(aiqyn.Conflict, "error.shard-not-witnessed")
	}
	said, to, err := saidBy(r)
	if err != nil {
		return err
	}
	if !e.isOwn(to) {
		return aiqyn.E(aiqyn.Forbidden, "error.shard-other", "origin", to)
	}
	c.cid = heardID(c.Origin, verdict.Index)
	if c.then, err = c.means(said, verdict); err != nil {
		return err
	}
	if c.then != nil {
		return c.then.prepare(ctx, e)
	}
	d := said.(*told)
	c.heard = heard{From: c.Origin, Index: verdict.Index, Leaf: verdict.Leaf.String(), Subject: d.Subject, Text: d.Text}
	return nil
}

// heardID names the hearing of an entry of another log as a command.
func heardID(origin string, index int64) aiqyn.CommandID {
	return aiqyn.CommandID(fmt.Sprintf("heard/%s/%d", origin, index))
}

// means is the command that a message makes; nil if it makes none.
func (c *hear) means(said any, v ledger.Verdict) (command, error) {
	word := arrived{Entry: v.Index, Leaf: v.Leaf.String(), Receipt: string(c.Receipt)}
	settle := func(entry int64) command {
		return &settleSent{onCase: onCase{cid: c.cid, actor: aiqyn.System}, from: c.Origin, entry: entry, d: word}
	}
	switch d := said.(type) {
	case *sentOn:
		return newTakeOn(c.cid, d, v, c.Receipt), nil
	case *takenOn:
		word.Ref = d.Ref
		return settle(d.Entry), nil
	case *told:
		if d.Subject != subjectDeclined {
			return nil, nil
		}
		entry, why, err := declinedOf(d.Text)
		word.Declined = why
		return settle(entry), err
	}
	return nil, aiqyn.E(aiqyn.Invalid, "error.shard-no-message")
}

// saidBy is the message in a receipt, and the log that it is for.
func saidBy(r *ledger.Receipt) (said any, to string, err error) {
	ev := &event{kind: EventKind(r.Event[ledger.FieldKind])}
	if !slices.Contains([]EventKind{EventTold, EventSentOn, EventTakenOn}, ev.kind) {
		return nil, "", aiqyn.E(aiqyn.Invalid, "error.shard-no-message")
	}
	if err := decodePrivate(r.Private, ev); err != nil {
		return nil, "", aiqyn.E(aiqyn.Invalid, "error.shard-no-message").Because(err)
	}
	switch d := ev.data.(type) {
	case *told:
		to = d.To
	case *sentOn:
		to = d.To
	case *takenOn:
		to = d.To
	}
	return ev.data, to, nil
}

func (c *hear) decide(t *turn) error {
	if c.then != nil {
		return c.then.decide(t)
	}
	if done, err := c.once(t); done || err != nil {
		return err
	}
	t.emitSystem(EventHeard, c.actor, &c.heard)
	c.finish(t)
	return nil
}

func (e *Engine) shard(origin string) *Shard {
	for i := range e.Shards {
		if e.Shards[i].Origin == origin {
			return &e.Shards[i]
		}
	}
	return nil
}

// toldSetting remembers up to which of the system's own entries another log was told,
// followed by its origin; by itself, from before each log had its own, all of them.
const toldSetting = "shards.told"

// tellOthers hands over what is witnessed and not yet told, to each log in order. One
// that does not answer holds up nothing that is for another. Whoever is told twice
// records it once, so the marks may lag behind.
func (e *Engine) tellOthers(ctx context.Context) error {
	var failed []error
	for i := range e.Shards {
		if err := e.tellShard(ctx, &e.Shards[i]); err != nil {
			failed = append(failed, fmt.Errorf("tell %s: %w", e.Shards[i].Origin, err))
		}
	}
	return errors.Join(failed...)
}

func (e *Engine) tellShard(ctx context.Context, s *Shard) error {
	name := toldSetting + "/" + s.Origin
	text, err := e.Store.Setting(ctx, name)
	if err == nil && text == "" {
		text, err = e.Store.Setting(ctx, toldSetting)
	}
	if err != nil {
		return err
	}
	var after int64
	fmt.Sscan(text, &after)
	for {
		rows, err := e.Store.EntriesAfter(ctx, 0, after, 100)
		if err != nil || len(rows) == 0 {
			return err
		}
		for _, row := range rows {
			if EventKind(row.Kind) == EventTold {
				if !e.restsOnWitnesses(row.Index) {
					return nil // nor is what comes after it
				}
				if err := e.tellOne(ctx, s, &row); err != nil {
					return err
				}
			}
			after = row.Seq
		}
		if err := e.Store.PutSetting(ctx, name, fmt.Sprint(after)); err != nil {
			return err
		}
	}
}

// tellOne tells a log what an entry has for it. Of an application it tells the entry of
// the case, which the one in hand only names: that can be erased, and this cannot.
func (e *Engine) tellOne(ctx context.Context, s *Shard, row *store.Entry) error {
	ev, err := e.systemEvent(row)
	if err != nil {
		return err
	}
	d, ok := ev.data.(*told)
	if !ok || d.To != s.Origin {
		return nil
	}
	if s.URL == "" {
		return fmt.Errorf("entry %d is for %s, and where that is told is not known", row.Index, d.To)
	}
	index := row.Index
	if d.Subject == subjectSentOn || d.Subject == subjectTakenOn {
		if index, err = entryIn(d.Text); err != nil {
			return err
		}
	}
	receipt, err := e.Receipt(ctx, aiqyn.System, index)
	if err != nil {
		return err
	}
	return e.post(ctx, s, index, receipt)
}

// entryIn is the entry that a message names.
func entryIn(text string) (int64, error) {
	index, err := strconv.ParseInt(text, 10, 64)
	if err != nil || index < 0 {
		return 0, fmt.Errorf("%q names no entry", text)
	}
	return index, nil
}

// post hands a receipt over.
func (e *Engine) post(ctx context.Context, s *Shard, index int64, receipt []byte) error {
	ctx, stop := context.WithTimeout(ctx, 10*time.Second)
	defer stop()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, s.URL+"/heard", bytes.NewReader(receipt))
	if err != nil {
		return err
	}
	req.Header.Set("Aiqyn-Origin", e.Origin)
	res, err := handoverClient.Do(req)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	io.Copy(io.Discard, io.LimitReader(res.Body, 1<<16))
	if res.StatusCode != http.StatusNoContent {
		return fmt.Errorf("entry %d is not heard: %s", index, res.Status)
	}
	return nil
}

// hearOther takes what another shard tells over HTTP, at whichever process.
func (e *Engine) hearOther(w http.ResponseWriter, r *http.Request) {
	receipt, err := io.ReadAll(http.MaxBytesReader(w, r.Body, 1<<20))
	if err == nil {
		_, err = e.Do(r.Context(), Hear{Origin: r.Header.Get("Aiqyn-Origin"), Receipt: receipt})
	}
	var known *aiqyn.Error
	switch {
	case err == nil:
		w.WriteHeader(http.StatusNoContent)
	case errors.As(err, &known) && known.Kind != aiqyn.Unavailable && known.Kind != aiqyn.Internal:
		e.Log.Warn("another shard was not heard", "err", err)
		http.Error(w, string(known.Kind), http.StatusForbidden)
	default:
		e.Log.Warn("another shard could not be heard now", "err", err)
		http.Error(w, "unavailable", http.StatusServiceUnavailable)
	}
}
