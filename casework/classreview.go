package casework

import (
	"context"
	"fmt"
	"iter"
	"maps"
	"slices"

	"aiqyn"
	"aiqyn/access"
	"aiqyn/secrecy"
)

// Who reviews a class is an officer: on a roster of a role that may, so that the log
// tells it of any day, with an account, so that they can be written to.

// classEnds is the letter to who reviews a class, before it ends.
const classEnds = "message.class-ends"

// inForce are the rosters of the moment.
func (s *sequencer) inForce() iter.Seq2[rosterKey, []aiqyn.OfficerID] {
	return func(yield func(rosterKey, []aiqyn.OfficerID) bool) {
		for key, r := range s.rosters {
			if !yield(key, r.officers) {
				return
			}
		}
	}
}

// reviewers are those on rosters who may review what is classified, ascending.
func reviewers(rosters iter.Seq2[rosterKey, []aiqyn.OfficerID], action access.Action) []aiqyn.OfficerID {
	set := make(map[aiqyn.OfficerID]bool)
	for key, officers := range rosters {
		if access.Allowed(key.role, action, access.None).OK {
			for _, o := range officers {
				set[o] = true
			}
		}
	}
	return slices.Sorted(maps.Keys(set))
}

// reviews reports whether an officer may review what is classified.
func reviews(rosters iter.Seq2[rosterKey, []aiqyn.OfficerID], o aiqyn.OfficerID) bool {
	return slices.Contains(reviewers(rosters, access.ActionReviewClass), o)
}

// warned are those to whom it is written that a class ends: who reviews it or, if they
// do so no more, all who may give it anew.
func warned(rosters iter.Seq2[rosterKey, []aiqyn.OfficerID], reviewer aiqyn.OfficerID) []aiqyn.OfficerID {
	if reviews(rosters, reviewer) {
		return []aiqyn.OfficerID{reviewer}
	}
	return reviewers(rosters, access.ActionClassify)
}

func rosterSeq(list []*event) iter.Seq2[rosterKey, []aiqyn.OfficerID] {
	return func(yield func(rosterKey, []aiqyn.OfficerID) bool) {
		for _, ev := range list {
			if d := ev.data.(*rostered); !yield(rosterKey{d.Role, d.Body}, d.Officers) {
				return
			}
		}
	}
}

// Reviewers lists those who may review what is classified, for whoever classifies.
func (e *Engine) Reviewers(ctx context.Context, viewer aiqyn.Actor) ([]RosterOfficer, error) {
	if !access.Allowed(viewer.Role, access.ActionClassify, access.None).OK {
		return nil, aiqyn.E(aiqyn.Forbidden, "error.forbidden")
	}
	rosters, err := e.rosters(ctx)
	if err != nil {
		return nil, err
	}
	names, err := e.namesOfOfficers(ctx)
	var list []RosterOfficer
	for _, o := range reviewers(rosterSeq(rosters), access.ActionReviewClass) {
		list = append(list, RosterOfficer{ID: o, Name: names[string(o)]})
	}
	return list, err
}

// officerAccount finds the account of an officer; ok is false if there is none.
func (e *Engine) officerAccount(ctx context.Context, o aiqyn.OfficerID) (a Account, ok bool, err error) {
	if o == "" {
		return a, false, nil
	}
	id, err := e.Store.AccountOf(ctx, e.keys.hash("subject", subject(aiqyn.Actor{Officer: o})))
	if err != nil || id == nil {
		return a, false, err
	}
	return e.account(ctx, id)
}

// reviewClass writes down that a class ends soon, and to whom that was written, or that
// it has ended.
type reviewClass struct {
	apart
	kind     EventKind
	d        classified
	accounts map[aiqyn.OfficerID]Account // of those to be written to
}

func (c *reviewClass) prepare(ctx context.Context, e *Engine) error {
	if err := c.apart.prepare(ctx, e); err != nil || c.kind != EventClassWarned {
		return err
	}
	rosters, err := e.rosters(ctx)
	if err != nil {
		return err
	}
	c.d.Told, c.accounts = warned(rosterSeq(rosters), c.d.Reviewer), make(map[aiqyn.OfficerID]Account)
	for _, o := range c.d.Told {
		a, ok, err := e.officerAccount(ctx, o)
		if err != nil {
			return err
		}
		if ok {
			c.accounts[o] = a
		}
	}
	return nil
}

func (c *reviewClass) decide(t *turn) error {
	if done, err := c.once(t); done || err != nil {
		return err
	}
	if c.accounts != nil && !slices.Equal(c.d.Told, warned(t.s.inForce(), c.d.Reviewer)) {
		return errStale
	}
	t.classes(c.kind, c.actor, &c.d)
	for _, o := range c.d.Told {
		if a, ok := c.accounts[o]; ok {
			t.messages = append(t.messages, outgoing{
				Phone: a.Phone, Lang: a.Lang, Key: classEnds, Subject: subject(a.Actor), Args: map[string]any{"until": c.d.Until.AddDays(1).String()},
			})
		}
	}
	c.finish(t)
	return nil
}

// reviewClasses writes to reviewers of classes that end soon, and writes down those
// that have ended. A class needs neither to end: it is out of force after its day.
func (e *Engine) reviewClasses(ctx context.Context) error {
	acts, err := e.secrecyActs(ctx)
	if err != nil {
		return err
	}
	today := e.today()
	newest := make(map[secrecy.Subject]secrecy.Dated)
	for _, d := range given(acts) {
		newest[d.Subject] = d
	}
	for _, s := range secrecy.Subjects {
		d, ok := newest[s]
		if !ok || d.Class == secrecy.Exact {
			continue
		}
		kind := EventClassWarned
		switch {
		case d.Ended(today):
			kind = EventDeclassified
		case !d.EndsSoon(today):
			continue
		}
		id := aiqyn.CommandID(fmt.Sprintf("%s/%d", kind, d.Entry))
		if _, done, err := e.Store.CommandDone(ctx, commandHash(id)); done || err != nil {
			if err != nil {
				return err
			}
			continue
		}
		c := &reviewClass{apart: apart{id, aiqyn.System}, kind: kind, d: classified{Classification: d.Classification, Asked: d.Entry}}
		if _, err := e.carryOut(ctx, c); err != nil {
			return err
		}
	}
	return nil
}
