package casework

import (
	"context"
	"maps"
	"slices"
	"strings"

	"aiqyn"
	"aiqyn/registry"
	"aiqyn/store"
)

// setRoster says who may be drawn from now on.
type setRoster struct {
	apart
	Roster
	names map[aiqyn.OfficerID]string // ties of what they are called
}

// prepare enters somebody new into the list of officers. That alone gives them
// nothing to do: the roster does, and it is in the log.
func (r *setRoster) prepare(ctx context.Context, e *Engine) error {
	if err := r.apart.prepare(ctx, e); err != nil {
		return err
	}
	if err := r.enter(ctx, e); err != nil {
		return err
	}
	stand, err := e.onRoster(ctx, rosterKey{r.Role, r.Body})
	if err != nil {
		return err
	}
	r.names, err = e.namesTied(ctx, slices.Concat(r.Officers, stand, []aiqyn.OfficerID{r.Enrol.Officer}))
	return err
}

// after are the officers of the roster once it is set, in order.
func (r *setRoster) after(stand []aiqyn.OfficerID) ([]aiqyn.OfficerID, error) {
	officers := append([]aiqyn.OfficerID{}, r.Officers...)
	switch {
	case r.Leaves != "":
		if !slices.Contains(stand, r.Leaves) {
			return nil, aiqyn.E(aiqyn.Invalid, "error.officer-id").On("officer")
		}
		officers = slices.DeleteFunc(append(officers, stand...), func(o aiqyn.OfficerID) bool { return o == r.Leaves })
		if len(officers) == 0 && r.Role == aiqyn.RoleRegistrar { // the last one enters the next before they go
			return nil, aiqyn.E(aiqyn.Conflict, "error.last-registrar").On("officer")
		}
		return officers, nil
	case len(officers) == 0 && r.Enrol.Officer != "":
		officers = append(append(officers, stand...), r.Enrol.Officer)
	case len(officers) == 0:
		return nil, aiqyn.E(aiqyn.Invalid, "error.answer-required").On("officers")
	}
	return slices.Compact(slices.Sorted(slices.Values(officers))), nil
}

// enter enters whoever is new.
func (r *setRoster) enter(ctx context.Context, e *Engine) error {
	if r.Enrol.Officer == "" {
		return nil
	}
	if _, done, err := e.Store.CommandDone(ctx, commandHash(r.cid)); done || err != nil {
		return err // a retry: they are entered
	}
	kept, err := e.rosters(ctx)
	if err != nil {
		return err
	}
	if !r.mayKeep(len(kept) == 0) {
		return aiqyn.E(aiqyn.Forbidden, "error.forbidden")
	}
	if err := r.isPost(e.packs.current()); err != nil {
		return err
	}
	if r.Role == aiqyn.RoleInstitution {
		if err := e.knowsInstitution(ctx, r.Roster); err != nil {
			return err
		}
	}
	return e.enrol(ctx, r.Roster)
}

// enrol enters an officer, and the number they sign in by. Who is entered already
// is left as they are, and a number with whom it is: else a registrar could sign
// in as an officer, or take a person's sign-in away.
func (e *Engine) enrol(ctx context.Context, r Roster) error {
	name := strings.Join(strings.Fields(legible(r.Enrol.Name)), " ")
	stand, err := e.onRoster(ctx, rosterKey{r.Role, r.Body})
	if err != nil {
		return err
	}
	was, known, err := e.Store.Officer(ctx, string(r.Enrol.Officer))
	back := known && !slices.Contains(stand, r.Enrol.Officer) && was.Role == string(r.Role) && was.Body == string(r.Body) && written(was.Name) == written(name) &&
		e.hand(r.Enrol.Officer) == e.keys.tie(r.Persons[r.Enrol.Officer])
	switch {
	case err != nil:
		return err
	case len(r.Officers) > 0 && !slices.Contains(r.Officers, r.Enrol.Officer) || !nameOfOfficer(string(r.Enrol.Officer)):
		return aiqyn.E(aiqyn.Invalid, "error.officer-id").On("officer")
	case back: // who left the roster comes back, as they were
		return nil
	case known:
		return aiqyn.E(aiqyn.Conflict, "error.officer-taken").On("officer")
	case !strings.Contains(name, " "):
		return aiqyn.E(aiqyn.Invalid, "error.answer-required").On("name")
	}
	person, err := registry.ParseIIN(string(r.Persons[r.Enrol.Officer]), e.Practice)
	if err != nil {
		return aiqyn.E(aiqyn.Invalid, "error.answer-type").On("iin").Because(err)
	}
	if tie := e.keys.tie(aiqyn.PersonID(person)); slices.ContainsFunc(append(stand, r.Officers...), func(o aiqyn.OfficerID) bool { return e.hand(o) == tie }) {
		return aiqyn.E(aiqyn.Conflict, "error.officer-twice", "officer", r.Enrol.Officer).On("iin")
	}
	phone, err := registry.ParsePhone(r.Enrol.Phone)
	if err != nil {
		return aiqyn.E(aiqyn.Invalid, "error.answer-type").On("phone").Because(err)
	}
	taken, _, err := e.Store.Number(ctx, e.keys.hash("phone", string(phone)))
	if err != nil {
		return err
	}
	if taken != nil {
		return aiqyn.E(aiqyn.Conflict, "error.officer-number").On("phone")
	}
	o := store.Officer{ID: string(r.Enrol.Officer), Role: string(r.Role), Body: string(r.Body), Name: name}
	if err := e.Store.PutOfficers(ctx, []store.Officer{o}); err != nil {
		return err
	}
	actor := aiqyn.Actor{Role: r.Role, Body: r.Body, Officer: r.Enrol.Officer, Person: aiqyn.PersonID(person)}
	return e.PutAccount(ctx, Account{Actor: actor, Name: name, Phone: string(phone), Lang: aiqyn.Kazakh, Roles: []aiqyn.Role{r.Role}})
}

// nameOfOfficer reports whether a word can name an officer: "surveyor-03".
func nameOfOfficer(s string) bool {
	return s != "" && len(s) <= 40 && strings.Trim(s, "abcdefghijklmnopqrstuvwxyz0123456789-") == ""
}

func (r *setRoster) decide(t *turn) error {
	if done, err := r.once(t); done || err != nil {
		return err
	}
	if !r.mayKeep(len(t.s.rosters) == 0) {
		return aiqyn.E(aiqyn.Forbidden, "error.forbidden")
	}
	if err := r.isPost(t.e.packs.current()); err != nil {
		return err
	}
	officers, err := r.after(t.s.rosters[rosterKey{r.Role, r.Body}].officers)
	if err != nil {
		return err
	}
	key, was := rosterKey{r.Role, r.Body}, t.s.rosters[rosterKey{r.Role, r.Body}]
	ties := t.e.tiesOf(officers, r.Persons)
	for _, o := range officers {
		if tie := t.s.ties[o]; tie != "" && ties[o] == "" {
			if ties == nil {
				ties = make(map[aiqyn.OfficerID]string, len(officers))
			}
			ties[o] = tie
		}
	}
	if o := listedTwice(officers, ties); o != "" { // they may hold two roles: then no second signature is theirs
		return aiqyn.E(aiqyn.Conflict, "error.officer-twice", "officer", o).On("officers")
	}
	ev := t.emitSystem(EventRostered, r.actor, &rostered{Binds: true, Body: r.Body, Names: tiesFor(r.names, officers), Officers: officers, Role: r.Role, Ties: ties})
	known, stood := maps.Clone(t.s.ties), maps.Clone(t.s.stood)
	t.s.setRoster(key, roster{ev.index, officers, ties})
	t.e.tied(ties)
	t.undo = append(t.undo, func() { t.s.setRoster(key, was); t.s.ties, t.s.stood = known, stood })
	r.finish(t)
	return nil
}

// listedTwice finds the second of two numbers on one roster under which one person stands: they
// would be drawn twice as often, and could be drawn after themselves. "": there is none.
func listedTwice(officers []aiqyn.OfficerID, ties map[aiqyn.OfficerID]string) aiqyn.OfficerID {
	for i, o := range officers {
		if slices.ContainsFunc(officers[:i], func(other aiqyn.OfficerID) bool { return sameTie(ties, o, other) }) {
			return o
		}
	}
	return ""
}

// tiesFor are the ties of those who stand on a roster; nil if there are none.
func tiesFor(ties map[aiqyn.OfficerID]string, officers []aiqyn.OfficerID) map[aiqyn.OfficerID]string {
	var of map[aiqyn.OfficerID]string
	for _, o := range officers {
		if tie := ties[o]; tie != "" {
			if of == nil {
				of = make(map[aiqyn.OfficerID]string, len(officers))
			}
			of[o] = tie
		}
	}
	return of
}

// knowsInstitution refuses a clerk of an institution that no register of places has. Those
// who sell plots stand in none of them: where a pack has auctions, any is let through.
func (e *Engine) knowsInstitution(ctx context.Context, r Roster) error {
	asked := make(map[string]bool)
	for _, svc := range e.packs.current().Services {
		if svc.Auction != nil {
			return nil
		}
		if svc.Queue == nil || asked[svc.Queue.Places] {
			continue
		}
		asked[svc.Queue.Places] = true
		found, err := e.Registers.Read(ctx, registry.Query{Register: svc.Queue.Places, Key: string(r.Body), Purpose: "roster", Actor: r.Actor})
		if err != nil || found.Found {
			return err
		}
	}
	return aiqyn.E(aiqyn.NotFound, "error.institution-unknown").On("institution")
}
