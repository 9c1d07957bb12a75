package casework

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"aiqyn"
	"aiqyn/access"
	"aiqyn/canonical"
	"aiqyn/store"
)

// What is done to an account is in the log like everything else. The entry itself
// names nobody: whose account it is, and what was done, is sealed under a key of
// its own, which lies beside the log under the people whom it concerns. They read
// it as their account's own record, which lasts as long as the account: that cases
// of theirs are erased does not touch it.

// aboutAccount is the sealed part of an entry about an account.
type aboutAccount struct {
	Looked      *lookedOn     `json:"looked,omitempty"`
	Mandate     *aboutMandate `json:"mandate,omitempty"`
	Name        string        `json:"name,omitempty"`    // of a passkey, as its owner calls it
	Passkey     string        `json:"passkey,omitempty"` // its handle
	Represented *represented  `json:"represented,omitempty"`
	Subject     string        `json:"subject"` // whose account it is
}

func accountActPlace(entry int64) []byte { return fmt.Appendf(nil, "account-act/%d", entry) }

// actOnAccount records an act on an account, for those whom it concerns. It returns
// the key of the entry, wrapped.
func (t *turn) actOnAccount(kind EventKind, actor aiqyn.Actor, about aboutAccount, subjects ...string) (wrapped []byte, err error) {
	hashed := make([][]byte, len(subjects))
	for i, s := range subjects {
		hashed[i] = t.e.keys.hash("subject", s)
	}
	return t.actOnHashed(kind, actor, about, hashed...)
}

// actOnHashed is the same where only the keyed hashes of those are known.
func (t *turn) actOnHashed(kind EventKind, actor aiqyn.Actor, about aboutAccount, subjects ...[]byte) (wrapped []byte, err error) {
	key, wrapped := t.e.keys.fresh()
	entry := t.s.next + int64(len(t.events))
	plain, err := canonical.Encode(about)
	if err != nil {
		return nil, err
	}
	actor.Person, actor.For, actor.Mandate = "", "", ""
	t.emitSystem(kind, actor, &accountAct{Sealed: seal(key.gcm, plain, accountActPlace(entry))})
	for _, s := range subjects {
		t.accountActs = append(t.accountActs, store.AccountAct{Subject: s, Entry: entry, Wrapped: wrapped})
	}
	return wrapped, nil
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

// note says what an entry is about to one of those whom it concerns: the name of a
// passkey, or who the other one is.
func (a *aboutAccount) note(whose aiqyn.PersonID) string {
	switch {
	case a.Represented != nil && a.Represented.By != whose:
		return access.Mask(access.IIN, string(a.Represented.By))
	case a.Represented != nil:
		return a.Represented.For.called()
	case a.Mandate != nil && a.Mandate.Giver.Person == whose:
		return a.Mandate.Holder.called()
	case a.Mandate != nil:
		return a.Mandate.Giver.called()
	}
	return a.Name
}

// AccountActView is one line of an account's own record.
type AccountActView struct {
	Index  int64
	Kind   EventKind
	At     time.Time
	Known  aiqyn.Assurance // how whoever did it was known
	Name   string          // of a passkey, or of who else an entry concerns
	Proven Standing
}

// AccountActs lists what was done to somebody's account, the newest first.
func (e *Engine) AccountActs(ctx context.Context, who aiqyn.Actor, p Page) (List[AccountActView], error) {
	var out List[AccountActView]
	before, err := before(p.After)
	if err != nil {
		return out, err
	}
	whose := standsFor(who)
	rows, err := e.Store.AccountActs(ctx, e.keys.hash("subject", subject(whose)), before, p.limit()+1)
	if err != nil {
		return out, err
	}
	out.Next, err = e.openActs(rows, p, func(ev *event, about *aboutAccount) {
		out.Items = append(out.Items, AccountActView{
			Index: ev.index, Kind: ev.kind, At: ev.at, Known: ev.actor.Assurance, Name: about.note(whose.Person), Proven: e.standing(ev.index),
		})
	})
	return out, err
}

// openActs opens the entries of one page of somebody's account, and tells what is after
// them.
func (e *Engine) openActs(rows []store.AccountEntry, p Page, each func(ev *event, about *aboutAccount)) (next string, err error) {
	rows, next = onePage(rows, p, func(r store.AccountEntry) int64 { return r.Index })
	for _, row := range rows {
		ev, err := e.decodeEntry(row.Entry, e.keys.system)
		if err != nil {
			return "", err
		}
		about, err := e.keys.openAccountAct(ev.index, ev.data.(*accountAct), row.Wrapped)
		if err != nil {
			return "", err
		}
		each(ev, &about)
	}
	return next, nil
}

// concerns reports whether an entry is about somebody's account.
func (e *Engine) concerns(ctx context.Context, who aiqyn.Actor, entry int64) (bool, error) {
	if who.Person == "" && who.Officer == "" {
		return false, nil
	}
	for _, a := range []aiqyn.Actor{who, standsFor(who)} {
		wrapped, err := e.Store.AccountAct(ctx, e.keys.hash("subject", subject(a)), entry)
		if err != nil || wrapped != nil {
			return wrapped != nil, err
		}
	}
	return false, nil
}
