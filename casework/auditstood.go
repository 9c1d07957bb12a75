package casework

import (
	"cmp"
	"slices"

	"aiqyn"
)

// left reports whether somebody acts as an officer on whose roster they stood and stand no
// more, or under another role or body than a roster gives them. Of whom no roster has named
// the log says nothing; an operator at the terminal belongs to no body.
func (s *sequencer) left(a aiqyn.Actor) bool {
	if a.Officer == "" || a.Role == aiqyn.RoleSystem || !s.stood[a.Officer] { // the system names whom it draws
		return false
	}
	if a.Body != "" {
		return !slices.Contains(s.rosters[rosterKey{a.Role, a.Body}].officers, a.Officer)
	}
	for key, r := range s.rosters {
		if key.role == a.Role && slices.Contains(r.officers, a.Officer) {
			return false
		}
	}
	return true
}

// stoodAudit holds whoever acts to the rosters as they were at that place of the log, from the
// first of those on which an act depends: before, a program took what people sent who had
// been signed in when they left.
type stoodAudit struct {
	sets  map[rosterKey][]stoodSet   // in the order of the log
	since map[aiqyn.OfficerID]int64  // the first entry that names each
	roles map[aiqyn.Role][]rosterKey // rosters of each role
	binds int64                      // the first entry from which on acts are held; -1: none
}

type stoodSet struct {
	entry    int64
	officers []aiqyn.OfficerID
}

// add learns a roster. After one that binds there is none that does not.
func (s *stoodAudit) add(a *auditor, ev *event, d *rostered) {
	if s.sets == nil {
		s.sets, s.since, s.roles, s.binds = make(map[rosterKey][]stoodSet), make(map[aiqyn.OfficerID]int64), make(map[aiqyn.Role][]rosterKey), -1
	}
	switch {
	case d.Binds && s.binds < 0:
		s.binds = ev.index
	case !d.Binds && s.binds >= 0:
		a.wrong(ev.index, "the roster binds nobody, and those since entry %d do", s.binds)
	}
	key := rosterKey{d.Role, d.Body}
	if s.sets[key] == nil {
		s.roles[d.Role] = append(s.roles[d.Role], key)
	}
	s.sets[key] = append(s.sets[key], stoodSet{ev.index, d.Officers})
	for _, o := range d.Officers {
		if _, ok := s.since[o]; !ok {
			s.since[o] = ev.index
		}
	}
}

// left is what sequencer.left says before an entry.
func (s *stoodAudit) left(by aiqyn.Actor, entry int64) bool {
	first, ever := s.since[by.Officer]
	if by.Officer == "" || by.Role == aiqyn.RoleSystem || !ever || first >= entry || s.binds < 0 || entry <= s.binds {
		return false
	}
	keys := []rosterKey{{by.Role, by.Body}}
	if by.Body == "" {
		keys = s.roles[by.Role]
	}
	return !slices.ContainsFunc(keys, func(key rosterKey) bool {
		sets := s.sets[key]
		n, _ := slices.BinarySearchFunc(sets, entry, func(set stoodSet, entry int64) int { return cmp.Compare(set.entry, entry) })
		return n > 0 && slices.Contains(sets[n-1].officers, by.Officer)
	})
}

// standing holds whoever made an entry to the rosters before it.
func (a *auditor) standing(ev *event) {
	if a.stood.left(ev.actor, ev.index) {
		a.wrong(ev.index, "is by %s as %s of %q, who stands on no such roster then", ev.actor.Officer, ev.actor.Role, ev.actor.Body)
	}
}
