package casework

import (
	"bytes"
	"context"
	"encoding/hex"
	"encoding/json"
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
	given := make(map[int64]*mandate)
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
			if d := about.Mandate; d != nil {
				if ev.kind == EventMandateGiven && d.Of != ev.index {
					a.wrong(ev.index, "gives a mandate under the name of another entry")
					continue
				}
				m := given[d.Of].after(ev.kind, ev.at, d)
				if m == nil {
					a.wrong(ev.index, "is about a mandate that no entry has given")
					continue
				}
				if ev.kind == EventMandateGiven {
					m.wrapped = k.Wrapped
				}
				given[d.Of] = m
			}
		}
		if len(rows) < auditSlice {
			if err := a.passkeys(ctx, live); err != nil {
				return err
			}
			return a.mandates(ctx, given)
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

// mandates holds the mandates that are kept against what their entries make of them.
func (a *auditor) mandates(ctx context.Context, given map[int64]*mandate) error {
	type difference struct {
		entry int64
		what  string
	}
	var found []difference
	for row, err := range a.Store.AllMandates(ctx) {
		if err != nil {
			return err
		}
		m := given[row.Entry]
		delete(given, row.Entry)
		if m == nil {
			if row.Entry < a.head.Size {
				found = append(found, difference{a.head.Size - 1, "a mandate is kept that no entry has given"})
			}
			continue
		}
		want, err := a.e.keys.mandateRow(m)
		if err != nil {
			return err
		}
		row.Wrapped = m.wrapped
		kept, err := a.e.keys.openMandate(*row)
		same := err == nil && bytes.Equal(row.Giver, want.Giver) && bytes.Equal(row.Holder, want.Holder) && row.Ends.Equal(want.Ends)
		if same {
			x, _ := json.Marshal(kept)
			y, _ := json.Marshal(m)
			same = bytes.Equal(x, y)
		}
		if !same {
			found = append(found, difference{m.entry, "the mandate that it gave is not kept as its entries say"})
		}
	}
	for entry := range given {
		found = append(found, difference{entry, "the mandate that it gave is gone"})
	}
	now, err := a.Store.Head(ctx)
	if err != nil || now.Size != a.head.Size { // it lives: they may have changed since
		return err
	}
	for _, d := range found {
		a.wrong(d.entry, "%s", d.what)
	}
	return nil
}
