package casework

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"sync"
	"time"

	"aiqyn"
)

// RosterView is one roster in force, or a post that none is of yet: it has no entry,
// no time and no officers.
type RosterView struct {
	Role     aiqyn.Role
	Body     aiqyn.BodyID
	Entry    int64
	At       time.Time
	Officers []RosterOfficer
}

// Vacant reports whether nobody stands there.
func (r *RosterView) Vacant() bool { return len(r.Officers) == 0 }

// RosterOfficer is one of those who may be drawn. Tied says whether it is known
// who they are as a person, so that they are not drawn onto their own case.
type RosterOfficer struct {
	ID   aiqyn.OfficerID
	Name string
	Tied bool
}

// RosterTotals are how many rosters are in force, the officers on them, each as often as
// they stand on one, and the posts that nobody holds.
type RosterTotals struct{ Rosters, Officers, Vacant int }

// Rosters lists the rosters in force, for whoever keeps them, and the posts that none is
// of yet, by body and role: those that keep lets through, all if it is nil.
func (e *Engine) Rosters(ctx context.Context, viewer aiqyn.Actor, keep func(*RosterView) bool, p Page) (List[RosterView], error) {
	after, err := rosterAfter(p.After)
	if err != nil {
		return List[RosterView]{}, err
	}
	all, err := e.posts(ctx, viewer)
	if err != nil {
		return List[RosterView]{}, err
	}
	var list List[RosterView]
	for i := range all {
		switch r := &all[i]; {
		case compareRosters(r, after) <= 0 || keep != nil && !keep(r):
		case len(list.Items) == p.limit():
			last := list.Items[len(list.Items)-1]
			list.Next = string(last.Body) + "/" + string(last.Role)
			return list, nil
		default:
			list.Items = append(list.Items, *r)
		}
	}
	return list, nil
}

// Roster is one of them: NotFound if there is neither a roster nor a post.
func (e *Engine) Roster(ctx context.Context, viewer aiqyn.Actor, role aiqyn.Role, body aiqyn.BodyID) (RosterView, error) {
	all, err := e.posts(ctx, viewer)
	if err != nil {
		return RosterView{}, err
	}
	at, found := slices.BinarySearchFunc(all, &RosterView{Role: role, Body: body}, func(r RosterView, want *RosterView) int { return compareRosters(&r, want) })
	if !found {
		return RosterView{}, aiqyn.E(aiqyn.NotFound, "error.not-found")
	}
	return all[at], nil
}

// RosterTotals counts them.
func (e *Engine) RosterTotals(ctx context.Context, viewer aiqyn.Actor) (n RosterTotals, err error) {
	all, err := e.posts(ctx, viewer)
	for i := range all {
		n.Officers += len(all[i].Officers)
		if all[i].Vacant() {
			n.Vacant++
		} else {
			n.Rosters++
		}
	}
	return n, err
}

func compareRosters(a, b *RosterView) int {
	return cmp.Or(cmp.Compare(a.Body, b.Body), cmp.Compare(a.Role, b.Role))
}

// rosterAfter is the roster after which a page begins.
func rosterAfter(text string) (*RosterView, error) {
	body, role, ok := strings.Cut(text, "/")
	if text != "" && !ok {
		return nil, aiqyn.E(aiqyn.Invalid, "error.page")
	}
	return &RosterView{Body: aiqyn.BodyID(body), Role: aiqyn.Role(role)}, nil
}

// posts are all rosters and vacant posts, in order. The log is asked whether there is a
// newer roster; the rosters, which are as many as a country has bodies and institutions,
// are read again only then. What officers are called is read each time, in one statement:
// it is no part of the log.
func (e *Engine) posts(ctx context.Context, viewer aiqyn.Actor) ([]RosterView, error) {
	if viewer.Role != aiqyn.RoleRegistrar {
		return nil, aiqyn.E(aiqyn.Forbidden, "error.forbidden")
	}
	rosters, err := e.rosters(ctx)
	if err != nil {
		return nil, err
	}
	names, err := e.namesOfOfficers(ctx)
	if err != nil {
		return nil, err
	}
	var list []RosterView
	for _, ev := range rosters {
		d := ev.data.(*rostered)
		view := RosterView{Role: d.Role, Body: d.Body, Entry: ev.index, At: ev.at}
		for _, o := range d.Officers {
			view.Officers = append(view.Officers, RosterOfficer{ID: o, Name: names[string(o)], Tied: d.Ties[o] != ""})
		}
		list = append(list, view)
	}
	list = append(list, vacant(e.packs.current(), viewer.Body, list)...)
	slices.SortFunc(list, func(a, b RosterView) int { return compareRosters(&a, &b) })
	return list, nil
}

// namesOfOfficers are what officers are called, by their numbers.
func (e *Engine) namesOfOfficers(ctx context.Context) (map[string]string, error) {
	officers, err := e.Store.Officers(ctx)
	names := make(map[string]string, len(officers))
	for _, o := range officers {
		names[o.ID] = o.Name
	}
	return names, err
}

// rosterBook keeps the rosters in force as of the newest entry that sets one.
type rosterBook struct {
	mu     sync.Mutex
	newest int64 // 0: nothing is kept
	list   []*event
}

// rosters are those in force, newest entry first; nobody may change what is returned.
func (e *Engine) rosters(ctx context.Context) ([]*event, error) {
	newest, err := e.Store.Acts(ctx, string(EventRostered), 1<<62, 1)
	if err != nil || len(newest) == 0 {
		return nil, err
	}
	b := &e.rosterBook
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.newest == newest[0].Index && b.list != nil {
		return b.list, nil
	}
	list, err := e.readRosters(ctx, newest[0].Index+1)
	if err == nil {
		b.newest, b.list = newest[0].Index, list
	}
	return list, err
}

// readRosters reads those that were in force before an entry, newest first.
func (e *Engine) readRosters(ctx context.Context, before int64) ([]*event, error) {
	var list []*event
	seen := make(map[rosterKey]bool)
	for {
		rows, err := e.Store.Acts(ctx, string(EventRostered), before, maxWaiting)
		if err != nil {
			return nil, err
		}
		events, err := e.systemEvents(rows)
		if err != nil {
			return nil, err
		}
		for _, ev := range events {
			if d := ev.data.(*rostered); !seen[rosterKey{d.Role, d.Body}] { // else a newer one is in force
				seen[rosterKey{d.Role, d.Body}] = true
				list = append(list, ev)
			}
		}
		if len(rows) < maxWaiting {
			return list, nil
		}
		before = rows[len(rows)-1].Index
	}
}
