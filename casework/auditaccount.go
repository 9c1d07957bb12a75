package casework

import (
	"context"
	"encoding/hex"
	"math"
)

// accountFigures are what follows from the entries about accounts.
type accountFigures struct {
	acts map[int64]*event // whose keys are still to be seen
}

func (f *accountFigures) count(ev *event) {
	if _, ok := ev.data.(*accountAct); ok {
		if f.acts == nil {
			f.acts = make(map[int64]*event)
		}
		f.acts[ev.index] = ev
	}
}

// accounts holds the passkeys that open an account against the entries that say
// they were added and not removed. Entries whose keys are gone are somebody's who
// was erased.
func (a *auditor) accounts(ctx context.Context) error {
	live := make(map[string]int64) // by handle: the entry
	for after := int64(-1); ; {
		rows, err := a.Store.AccountKeys(ctx, after, auditSlice)
		if err != nil {
			return err
		}
		for _, k := range rows {
			after = k.Entry
			ev := a.accountFigures.acts[k.Entry]
			if k.Entry >= a.head.Size {
				continue
			}
			if ev == nil {
				a.wrong(k.Entry, "is said to be about an account and is not")
				continue
			}
			about, err := a.e.keys.openAccountAct(ev.index, ev.data.(*accountAct), k.Wrapped)
			if err != nil {
				a.wrong(k.Entry, "the key of its account does not open it")
				continue
			}
			switch ev.kind {
			case EventPasskeyAdded:
				live[about.Passkey] = ev.index
			case EventPasskeyRemoved:
				delete(live, about.Passkey)
			}
		}
		if len(rows) < auditSlice {
			return a.passkeys(ctx, live)
		}
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
