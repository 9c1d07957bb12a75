package casework

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"aiqyn"
	"aiqyn/store"
)

// What is done to an account is in the log like everything else. The entry itself
// names nobody: whose account it is, and what was done, is sealed under a key of
// its own, which lies beside the log under the people whom it concerns. They read
// it as their account's own record; who is erased takes the keys along.

// aboutAccount is the sealed part of an entry about an account.
type aboutAccount struct {
	Name    string `json:"name,omitempty"`    // of a passkey, as its owner calls it
	Passkey string `json:"passkey,omitempty"` // its handle
	Subject string `json:"subject"`           // whose account it is
}

func accountActPlace(entry int64) []byte { return fmt.Appendf(nil, "account-act/%d", entry) }

// actOnAccount records an act on an account, for those whom it concerns.
func (t *turn) actOnAccount(kind EventKind, actor aiqyn.Actor, about aboutAccount, subjects ...string) error {
	key, wrapped := t.e.keys.fresh()
	entry := t.s.next + int64(len(t.events))
	plain, err := canonical(about)
	if err != nil {
		return err
	}
	actor.Person, actor.For, actor.Mandate = "", "", ""
	t.emitSystem(kind, actor, &accountAct{Sealed: seal(key.gcm, plain, accountActPlace(entry))})
	for _, s := range subjects {
		t.accountActs = append(t.accountActs, store.AccountAct{Subject: t.e.keys.hash("subject", s), Entry: entry, Wrapped: wrapped})
	}
	return nil
}

// openAccountAct opens the sealed part of an entry with its wrapped key.
func (k *keyring) openAccountAct(entry int64, d *accountAct, wrapped []byte) (about aboutAccount, err error) {
	key, err := k.unwrap(wrapped)
	if err != nil {
		return about, err
	}
	plain, err := open(key.gcm, d.Sealed, accountActPlace(entry))
	if err != nil {
		return about, fmt.Errorf("entry %d: %w", entry, err)
	}
	return about, json.Unmarshal(plain, &about)
}

// AccountActView is one line of an account's own record.
type AccountActView struct {
	Index  int64
	Kind   EventKind
	At     time.Time
	Known  aiqyn.Assurance // how whoever did it was known
	Name   string          // of a passkey
	Proven Standing
}

// AccountActs lists what was done to somebody's account, the newest first.
func (e *Engine) AccountActs(ctx context.Context, who aiqyn.Actor, p Page) (List[AccountActView], error) {
	var out List[AccountActView]
	before, err := before(p.After)
	if err != nil {
		return out, err
	}
	rows, err := e.Store.AccountActs(ctx, e.keys.hash("subject", subject(who)), before, p.limit()+1)
	if err != nil {
		return out, err
	}
	rows, out.Next = onePage(rows, p, func(r store.AccountEntry) int64 { return r.Index })
	for _, row := range rows {
		ev, err := e.decodeEntry(row.Entry, e.keys.system)
		if err != nil {
			return out, err
		}
		about, err := e.keys.openAccountAct(ev.index, ev.data.(*accountAct), row.Wrapped)
		if err != nil {
			return out, err
		}
		out.Items = append(out.Items, AccountActView{
			Index: ev.index, Kind: ev.kind, At: ev.at, Known: ev.actor.Assurance, Name: about.Name, Proven: e.standing(ev.index),
		})
	}
	return out, nil
}

// concerns reports whether an entry is about somebody's account.
func (e *Engine) concerns(ctx context.Context, who aiqyn.Actor, entry int64) (bool, error) {
	if who.Person == "" && who.Officer == "" {
		return false, nil
	}
	wrapped, err := e.Store.AccountAct(ctx, e.keys.hash("subject", subject(who)), entry)
	return wrapped != nil, err
}
