package casework

import (
	"context"
	"encoding/hex"
	"errors"
	"math"

	"aiqyn/store"
)

// accountFigures are what follows from the entries about accounts.
type accountFigures struct {
	acts  map[int64]*event
	looks map[int64]bool     // entries of who looked at whom: as many as people and days
	live  map[string]int64   // passkeys that were added and not removed, by handle, with the entry
	given map[int64]*mandate // what became of each, by the entry that gave it
}

func (f *accountFigures) count(ev *event) {
	if ev.kind == EventLooked {
		if f.looks == nil {
			f.looks = make(map[int64]bool)
		}
		f.looks[ev.index] = true
		return
	}
	if _, ok := ev.data.(*accountAct); ok {
		if f.acts == nil {
			f.acts = make(map[int64]*event)
		}
		f.acts[ev.index] = ev
	}
}

// accounts holds the passkeys that open an account, and the mandates, against the
// entries that say what became of them.
func (a *auditor) accounts(ctx context.Context) error {
	if err := a.passkeys(ctx, a.live); err != nil {
		return err
	}
	return a.mandates(ctx, a.given)
}

// foldAccounts reads the entries about accounts.
func (a *auditor) foldAccounts(ctx context.Context) error {
	a.live, a.given = make(map[string]int64), make(map[int64]*mandate)
	opened := make(map[int64]bool)
	for after := int64(-1); ; {
		rows, err := a.Store.AccountKeys(ctx, after, auditSlice)
		if err != nil {
			return err
		}
		for _, k := range rows {
			after = k.Entry
			ev := a.acts[k.Entry]
			if k.Entry >= a.head.Size {
				continue
			}
			if a.looks[k.Entry] {
				if err := a.lookedAt(ctx, k); err != nil {
					return err
				}
				continue
			}
			if ev == nil {
				a.wrong(k.Entry, "is said to be about an account and is not")
				continue
			}
			opened[k.Entry] = true
			about, err := a.e.keys.openAccountAct(ev.index, ev.data.(*accountAct), k.Wrapped)
			if err != nil {
				a.wrong(k.Entry, "the key of its account does not open it")
				continue
			}
			switch ev.kind {
			case EventPasskeyAdded:
				a.live[about.Passkey] = ev.index
			case EventPasskeyRemoved:
				delete(a.live, about.Passkey)
			}
			a.foldMandate(ev, about.Mandate, k.Wrapped)
		}
		if len(rows) < auditSlice {
			break
		}
	}
	for entry := range a.looks {
		a.wrong(entry, "the key of its account is gone")
	}
	for entry := range a.acts {
		if !opened[entry] {
			a.wrong(entry, "the key of its account is gone")
		}
	}
	return nil
}

// lookedAt holds the key of an entry that says who looked at somebody's data to it. They
// are read one by one: there may be as many as people and days.
func (a *auditor) lookedAt(ctx context.Context, k store.AccountAct) error {
	row, err := a.e.entry(ctx, k.Entry)
	if err != nil {
		return err
	}
	delete(a.looks, k.Entry)
	ev, err := a.e.decodeEntry(row, a.e.keys.system)
	var about aboutAccount
	if err == nil {
		if about, err = a.e.keys.openAccountAct(ev.index, ev.data.(*accountAct), k.Wrapped); err == nil && about.Looked == nil {
			err = errors.New("it says nothing")
		}
	}
	switch {
	case err != nil:
		a.wrong(k.Entry, "the key of its account does not open it")
	case about.Subject != hex.EncodeToString(k.Subject):
		a.wrong(k.Entry, "is kept from whom it concerns")
	}
	return nil
}

// foldMandate folds an entry about a mandate, if it is one.
func (a *auditor) foldMandate(ev *event, d *aboutMandate, wrapped []byte) {
	if d == nil {
		return
	}
	m := a.given[d.Of].after(ev.kind, ev.at, d)
	switch {
	case ev.kind == EventMandateGiven && d.Of != ev.index:
		a.wrong(ev.index, "gives a mandate under the name of another entry")
	case m == nil:
		a.wrong(ev.index, "is about a mandate that no entry has given")
	default:
		switch ev.kind {
		case EventMandateGiven:
			m.wrapped = wrapped
		case EventMandateAccepted:
			m.acceptedAt = ev.index
		case EventMandateDeclined, EventMandateEnded, EventMandateExpired:
			m.endedAt = ev.index
		}
		a.given[d.Of] = m
	}
}

// passkeys holds the passkeys that are kept against those that are to be.
func (a *auditor) passkeys(ctx context.Context, live map[string]int64) error {
	unsaid := int64(-1)
	for k, err := range a.Store.AllPasskeys(ctx) {
		if err != nil {
			return err
		}
		handle := hex.EncodeToString(k.ID)
		if _, ok := live[handle]; !ok {
			unsaid++
		}
		if _, err := a.e.openPasskey(*k); err != nil {
			a.wrong(a.head.Size-1, "passkey %s does not open", handle)
		}
		delete(live, handle)
	}
	now, err := a.Store.Head(ctx)
	if err != nil || now.Size != a.head.Size { // it lives: they may have changed since
		return err
	}
	if unsaid >= 0 {
		a.wrong(a.head.Size-1, "%d passkeys open accounts and no entry says since when", unsaid+1)
	}
	lost := int64(math.MaxInt64)
	for _, entry := range live {
		lost = min(lost, entry)
	}
	if len(live) > 0 {
		a.wrong(lost, "%d passkeys are gone and no entry says by whom", len(live))
	}
	return nil
}
