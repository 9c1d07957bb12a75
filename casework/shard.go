package casework

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"

	"aiqyn"
	"aiqyn/ledger"
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
}

// prepare checks the receipt. The command's id is made of the origin and the
// index there, so that it is carried out once, whoever brings it.
func (c *hear) prepare(_ context.Context, e *Engine) error {
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
	said, err := toldBy(r)
	if err != nil {
		return err
	}
	if said.To != e.Origin {
		return aiqyn.E(aiqyn.Forbidden, "error.shard-other", "origin", said.To)
	}
	c.cid = aiqyn.CommandID(fmt.Sprintf("heard/%s/%d", c.Origin, verdict.Index))
	c.heard = heard{From: c.Origin, Index: verdict.Index, Leaf: verdict.Leaf.String(), Subject: said.Subject, Text: said.Text}
	return nil
}

// toldBy is the message in a receipt.
func toldBy(r *ledger.Receipt) (*told, error) {
	ev := &event{kind: EventKind(r.Event[ledger.FieldKind])}
	if ev.kind != EventTold {
		return nil, aiqyn.E(aiqyn.Invalid, "error.shard-no-message")
	}
	if err := decodePrivate(r.Private, ev); err != nil {
		return nil, aiqyn.E(aiqyn.Invalid, "error.shard-no-message").Because(err)
	}
	return ev.data.(*told), nil
}

func (c *hear) decide(t *turn) error {
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

// toldSetting remembers up to which of the system's own entries others were told.
const toldSetting = "shards.told"

// tellOthers hands over what is witnessed and not yet told, in order. Whoever
// is told twice records it once, so the mark may lag behind.
func (e *Engine) tellOthers(ctx context.Context) error {
	text, err := e.Store.Setting(ctx, toldSetting)
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
				if err := e.tellOne(ctx, row.Index); err != nil {
					return err
				}
			}
			after = row.Seq
		}
		if err := e.Store.PutSetting(ctx, toldSetting, fmt.Sprint(after)); err != nil {
			return err
		}
	}
}

func (e *Engine) tellOne(ctx context.Context, index int64) error {
	receipt, err := e.Receipt(ctx, aiqyn.System, index)
	if err != nil {
		return err
	}
	r, err := ledger.ParseReceipt(receipt)
	if err != nil {
		return err
	}
	said, err := toldBy(r)
	if err != nil {
		return err
	}
	s := e.shard(said.To)
	if s == nil || s.URL == "" {
		return fmt.Errorf("entry %d is for %s, and where that is told is not known", index, said.To)
	}
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
		return fmt.Errorf("%s does not hear entry %d: %s", s.Origin, index, res.Status)
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
