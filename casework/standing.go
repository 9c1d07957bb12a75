package casework

import (
	"context"
	"encoding/hex"
	"maps"
	"slices"
	"sync"

	"aiqyn"
	"aiqyn/store"
)

// standings are the rosters as the log has them, for whoever is not the sequencer: by them
// goes who may still sign in.
type standings struct {
	mu   sync.Mutex
	next int64 // entry from which on the log was not read
	now  map[rosterKey][]aiqyn.OfficerID
	ever map[aiqyn.OfficerID]bool
}

// read brings the memory up to the log: mostly that is one look at the newest roster.
func (s *standings) read(ctx context.Context, e *Engine) error {
	var news []*event
	for before, most := int64(1<<62), 1; ; most = maxWaiting {
		rows, err := e.Store.Acts(ctx, string(EventRostered), before, most)
		if err != nil {
			return err
		}
		n := len(rows)
		if i := slices.IndexFunc(rows, func(row store.Entry) bool { return row.Index < s.next }); i >= 0 {
			rows = rows[:i]
		}
		events, err := e.systemEvents(rows)
		if err != nil {
			return err
		}
		news = append(news, events...)
		if len(rows) < n || n < most {
			break
		}
		before = rows[n-1].Index
	}
	if s.now == nil {
		s.now, s.ever = make(map[rosterKey][]aiqyn.OfficerID), make(map[aiqyn.OfficerID]bool)
	}
	for _, ev := range slices.Backward(news) {
		d := ev.data.(*rostered)
		s.now[rosterKey{d.Role, d.Body}] = d.Officers
		for _, o := range d.Officers {
			s.ever[o] = true
		}
		s.next = ev.index + 1
	}
	return nil
}

// mayAct reports whether an officer may act in a role of a body: whoever has ever stood on
// a roster must stand on that one now. Of whom no roster has named the log says nothing,
// and the list of officers alone does.
func (e *Engine) mayAct(ctx context.Context, o aiqyn.OfficerID, as rosterKey) (bool, error) {
	s := &e.standings
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.read(ctx, e); err != nil {
		return false, err
	}
	return !s.ever[o] || slices.Contains(s.now[as], o), nil
}

// onRoster are those who stand on a roster.
func (e *Engine) onRoster(ctx context.Context, key rosterKey) ([]aiqyn.OfficerID, error) {
	s := &e.standings
	s.mu.Lock()
	defer s.mu.Unlock()
	err := s.read(ctx, e)
	return slices.Clone(s.now[key]), err
}

// nameTie is what the log keeps of an officer's name: by it an audit knows the name in the
// list of officers for theirs, and nobody without the keys can tell it.
func (k *keyring) nameTie(o aiqyn.OfficerID, name string) string {
	return hex.EncodeToString(k.hash("officer-name", string(o)+"\n"+name))
}

// namesTied are the ties of the names of those officers who are on the list.
func (e *Engine) namesTied(ctx context.Context, officers []aiqyn.OfficerID) (map[aiqyn.OfficerID]string, error) {
	names, err := e.namesOfOfficers(ctx)
	var ties map[aiqyn.OfficerID]string
	for _, o := range officers {
		if name := names[string(o)]; name != "" {
			if ties == nil {
				ties = make(map[aiqyn.OfficerID]string, len(officers))
			}
			ties[o] = e.keys.nameTie(o, name)
		}
	}
	return ties, err
}

// calledOtherwise yields the officers whom the list calls otherwise than the roster that
// last named them did, or has no more. Rosters from before names were tied say nothing: there
// their account does, which is sealed when they are entered.
func (a *auditor) calledOtherwise(ctx context.Context, each func(o store.Officer, entry int64, gone bool) error) error {
	list, err := a.Store.Officers(ctx)
	if err != nil {
		return err
	}
	there := make(map[aiqyn.OfficerID]store.Officer, len(list))
	for _, o := range list {
		there[aiqyn.OfficerID(o.ID)] = o
	}
	of := a.listings()
	for _, id := range slices.Sorted(maps.Keys(of)) {
		l, tie := of[id][0], "" // the newest that ties their name
		for _, x := range of[id] {
			if tie = a.rosters[x.entry].Names[id]; tie != "" {
				l = x
				break
			}
		}
		o, ok := there[id]
		if !ok {
			o = store.Officer{ID: string(id), Role: string(l.role), Body: string(l.body)}
		}
		same, err := a.called(ctx, id, o.Name, tie)
		if err == nil && !same {
			err = each(o, l.entry, !ok)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// called reports whether an officer is called so: as a roster ties it or, where none does, as
// their account says. Of whom neither speaks any name is as good as another.
func (a *auditor) called(ctx context.Context, id aiqyn.OfficerID, name, tie string) (bool, error) {
	if tie != "" {
		return a.e.keys.nameTie(id, name) == tie, nil
	}
	account, err := a.e.accountOfOfficer(ctx, id)
	return account == nil || account.Name == name, err
}

// accountOfOfficer is the account that an officer signs in with, nil if there is none.
func (e *Engine) accountOfOfficer(ctx context.Context, o aiqyn.OfficerID) (*Account, error) {
	id, err := e.Store.AccountOf(ctx, e.keys.hash("subject", subject(aiqyn.Actor{Officer: o})))
	if err != nil || id == nil {
		return nil, err
	}
	a, ok, err := e.account(ctx, id)
	if err != nil || !ok {
		return nil, err
	}
	return &a, nil
}

// namesOfOfficers holds what officers are called to the rosters.
func (a *auditor) namesOfOfficers(ctx context.Context) error {
	return a.calledOtherwise(ctx, func(o store.Officer, entry int64, gone bool) error {
		if gone {
			a.wrong(entry, "officer %s, whom it puts on a roster, is not on the list", o.ID)
		} else {
			a.wrong(entry, "officer %s is on the list under another name than the one they were entered with", o.ID)
		}
		return nil
	})
}

// namesOfOfficers calls officers again what their accounts, which are sealed, call them, if
// that is what the roster has tied.
func (b *rebuilding) namesOfOfficers(ctx context.Context) error {
	return b.calledOtherwise(ctx, func(o store.Officer, entry int64, _ bool) error {
		a, err := b.e.accountOfOfficer(ctx, aiqyn.OfficerID(o.ID))
		if err != nil || a == nil {
			return err
		}
		if tie := b.rosters[entry].Names[aiqyn.OfficerID(o.ID)]; tie != "" && b.e.keys.nameTie(aiqyn.OfficerID(o.ID), a.Name) != tie {
			return nil
		}
		b.differed("officer "+o.ID, "was called otherwise on the list than since entry %d, or was not on it", entry)
		o.Name = a.Name
		return b.Store.PutOfficers(ctx, []store.Officer{o})
	})
}
