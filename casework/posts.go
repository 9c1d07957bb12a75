package casework

import (
	"slices"

	"aiqyn"
	"aiqyn/access"
	"aiqyn/service"
)

// keepers are the roles of those who keep a log or watch it, in the order of the pages:
// each has a roster of the body that keeps the officers, unless another has one.
var keepers = []aiqyn.Role{
	aiqyn.RoleRegistrar, aiqyn.RolePublisher, aiqyn.RoleCustodian, aiqyn.RoleAuditor, aiqyn.RoleOverseer, aiqyn.RoleOperator, aiqyn.RoleSecrecy,
}

// mayKeep reports whether whoever asks for a roster may: a registrar, and once the
// operator who sets a log up. Theirs is the first roster of all, of those who keep the others.
func (r *Roster) mayKeep(first bool) bool {
	return r.Actor.Role == aiqyn.RoleRegistrar || first && r.Actor.Role == aiqyn.RoleOperator && r.Role == aiqyn.RoleRegistrar
}

// isPost refuses a roster of a role that nobody stands in, or of what cannot be an institution.
func (r *Roster) isPost(pack *service.Pack) error {
	there := func(b service.Body) bool { return b.ID == r.Body }
	switch {
	case !access.Official(r.Role):
		return aiqyn.E(aiqyn.Invalid, "error.answer-choice").On("roster")
	case r.Role == aiqyn.RoleInstitution && (!service.IsInstitution(string(r.Body)) || slices.ContainsFunc(pack.Bodies, there)):
		return aiqyn.E(aiqyn.Invalid, "error.institution-id").On("institution")
	}
	return nil
}

// vacant are the posts without which the services of a pack cannot be applied for, or
// nobody keeps or watches the log, and that no roster is of: whoever is drawn for each
// step, a head for what is late, who hears appeals, clerks of the bodies that read facts.
func vacant(pack *service.Pack, own aiqyn.BodyID, there []RosterView) []RosterView {
	var list []RosterView
	known, roles := make(map[rosterKey]bool, len(there)), make(map[aiqyn.Role]bool)
	for i := range there {
		known[rosterKey{there[i].Role, there[i].Body}], roles[there[i].Role] = true, true
	}
	add := func(role aiqyn.Role, body aiqyn.BodyID) {
		if !known[rosterKey{role, body}] {
			known[rosterKey{role, body}] = true
			list = append(list, RosterView{Role: role, Body: body})
		}
	}
	for _, svc := range pack.Services {
		for _, step := range svc.Steps {
			if step.Draw {
				add(step.By, svc.Body)
				add(aiqyn.RoleHead, svc.Body)
			}
		}
		if q, asks := svc.Question(readerQuestion); asks {
			for _, reader := range q.Of {
				add(aiqyn.RoleReader, aiqyn.BodyID(reader.Value))
			}
		}
	}
	if pack.Appeal != nil {
		add(aiqyn.RoleAppeals, pack.Appeal.Body)
	}
	for _, role := range keepers {
		if !roles[role] {
			add(role, own)
		}
	}
	return list
}

// rosterSet holds that a roster was set by whoever may.
func (a *auditor) rosterSet(ev *event, d *rostered) {
	if r := (&Roster{Actor: ev.actor, Role: d.Role}); !r.mayKeep(len(a.rosters) == 0) {
		a.wrong(ev.index, "a roster of %s was set by %s, who keeps none", d.Role, ev.actor.Role)
	}
	a.rosters[ev.index] = d
	a.stood.add(a, ev, d)
}
