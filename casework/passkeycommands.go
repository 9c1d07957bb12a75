package casework

import (
	"bytes"
	"context"
	"encoding/hex"
	"strings"

	"aiqyn"
	"aiqyn/passkey"
	"aiqyn/store"
)

const passkeyLongest = 60 // letters of its name

// AddPasskey registers a key that the person's device has made; RemovePasskey
// takes one away by its handle. Both come from an account that has proved itself a
// moment ago.
type (
	AddPasskey struct {
		ID      aiqyn.CommandID
		Actor   aiqyn.Actor
		Account string
		Name    string
		Key     passkey.Key
	}
	RemovePasskey struct {
		ID      aiqyn.CommandID
		Actor   aiqyn.Actor
		Account string
		Handle  string
	}
)

// onPasskey is what the two commands about a passkey have in common.
type onPasskey struct {
	apart
	handle  []byte // of the passkey
	account Account
	owned   []store.Passkey
	row     store.Passkey
	known   bool
}

func (c *onPasskey) find(ctx context.Context, e *Engine, account string) error {
	if err := c.apart.prepare(ctx, e); err != nil {
		return err
	}
	id, err := hex.DecodeString(account)
	if err != nil {
		return aiqyn.E(aiqyn.NotFound, "error.not-found").Because(err)
	}
	var ok bool
	if c.account, ok, err = e.account(ctx, id); err != nil {
		return err
	}
	if !ok || subject(c.account.Actor) != subject(c.actor) {
		return aiqyn.E(aiqyn.Forbidden, "error.forbidden")
	}
	if c.owned, err = e.Store.Passkeys(ctx, id, passkeysMost); err != nil {
		return err
	}
	c.row, c.known, err = e.Store.Passkey(ctx, c.handle)
	return err
}

// record puts what was done into the account's own record and tells its owner.
func (c *onPasskey) record(t *turn, kind EventKind, letter, name string) error {
	about := aboutAccount{Name: name, Passkey: hex.EncodeToString(c.handle), Subject: subject(c.account.Actor)}
	if _, err := t.actOnAccount(kind, c.actor, about, about.Subject); err != nil {
		return err
	}
	if c.account.Phone != "" {
		t.messages = append(t.messages, outgoing{Phone: c.account.Phone, Lang: c.account.Lang, Key: letter, Subject: about.Subject})
	}
	return nil
}

type addPasskey struct {
	onPasskey
	AddPasskey
	sealed []byte
}

func (c *addPasskey) prepare(ctx context.Context, e *Engine) error {
	c.handle = e.keys.hash("passkey", string(c.Key.ID))
	if err := c.find(ctx, e, c.Account); err != nil {
		return err
	}
	if c.Name = strings.Join(strings.Fields(c.Name), " "); c.Name == "" || len([]rune(c.Name)) > passkeyLongest {
		return aiqyn.E(aiqyn.Invalid, "error.passkey-name", "n", passkeyLongest).On("name")
	}
	var err error
	c.sealed, err = e.sealPasskey(keptPasskey{Key: c.Key, Name: c.Name}, c.handle, accountID(c.account))
	return err
}

func (c *addPasskey) decide(t *turn) error {
	if done, err := c.once(t); done || err != nil {
		return err
	}
	if err := c.find(context.Background(), t.e, c.Account); err != nil {
		return err // read again: another may have been added since
	}
	switch {
	case c.known:
		return passkeyRefused(nil) // a device makes each key once
	case len(c.owned) >= passkeysMost:
		return aiqyn.E(aiqyn.Conflict, "error.passkeys-most", "n", passkeysMost)
	}
	t.passkeys = append(t.passkeys, store.Passkey{ID: c.handle, Account: accountID(c.account), Sealed: c.sealed, Made: t.now})
	if err := c.record(t, EventPasskeyAdded, "message.passkey-added", c.Name); err != nil {
		return err
	}
	c.finish(t)
	return nil
}

type removePasskey struct {
	onPasskey
	RemovePasskey
	kept keptPasskey
}

func (c *removePasskey) prepare(ctx context.Context, e *Engine) error {
	id, err := hex.DecodeString(c.Handle)
	if err != nil {
		return aiqyn.E(aiqyn.NotFound, "error.not-found").Because(err)
	}
	c.handle = id
	if err := c.find(ctx, e, c.Account); err != nil || !c.known {
		return err
	}
	c.kept, err = e.openPasskey(c.row)
	return err
}

func (c *removePasskey) decide(t *turn) error {
	if done, err := c.once(t); done || err != nil {
		return err
	}
	if !c.known || !bytes.Equal(c.row.Account, accountID(c.account)) {
		return aiqyn.E(aiqyn.NotFound, "error.not-found") // also: another's
	}
	t.passkeysGone = append(t.passkeysGone, c.handle)
	if err := c.record(t, EventPasskeyRemoved, "message.passkey-removed", c.kept.Name); err != nil {
		return err
	}
	c.finish(t)
	return nil
}
