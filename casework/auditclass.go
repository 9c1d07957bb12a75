package casework

import (
	"cmp"
	"context"
	"fmt"
	"iter"
	"maps"
	"slices"

	"aiqyn"
	"aiqyn/access"
	"aiqyn/deadline"
	"aiqyn/secrecy"
)

// classifications holds what the public does not see to the acts that hide it, those to
// who may give them and on what ground, and what was published for the public of each day
// to what they leave of the exact figures.
func (a *auditor) classifications(ctx context.Context) error {
	for i, ev := range a.figures.classes {
		if err := a.classified(ev, a.figures.classes[:i]); err != nil {
			a.wrong(ev.index, "what the public sees of the network is classified otherwise than it may be: %v", err)
		}
	}
	for _, entry := range slices.Sorted(maps.Keys(a.figures.publications)) {
		ev := a.figures.publications[entry]
		d := ev.data.(*capacityPublished)
		if len(a.figures.classes) == 0 && d.Public == "" {
			continue // all of it is open, and always was
		}
		if err := a.publicOf(ctx, ev, d); err != nil {
			a.wrong(entry, "what the public sees of the free power is not what the classes leave: %v", err)
		}
	}
	return nil
}

// dayOf is the day of an entry.
func (a *auditor) dayOf(ev *event) deadline.Date { return deadline.DateOf(ev.at.In(a.Zone)) }

// rostersAt are the rosters that were in force before an entry.
func (a *auditor) rostersAt(entry int64) iter.Seq2[rosterKey, []aiqyn.OfficerID] {
	newest := make(map[rosterKey]int64)
	for at, d := range a.rosters {
		if key := (rosterKey{d.Role, d.Body}); at < entry && at >= newest[key] {
			newest[key] = at
		}
	}
	return func(yield func(rosterKey, []aiqyn.OfficerID) bool) {
		for key, at := range newest {
			if !yield(key, a.rosters[at].Officers) {
				return
			}
		}
	}
}

// classified holds one act to those before it.
func (a *auditor) classified(ev *event, before []*event) error {
	d, today := ev.data.(*classified), a.dayOf(ev)
	switch ev.kind {
	case EventClassWarned, EventDeclassified:
		return a.reviewed(ev, before)
	case EventClassAsked:
		if d.Asked != 0 {
			return fmt.Errorf("it asks for what was asked for")
		}
	case EventClassified:
		if d.Asked != 0 {
			return a.countersigned(ev, before)
		}
		policy := secrecy.InForce(given(before), today)
		switch {
		case secrecy.Stricter(d.Class, policy.Of(d.Layer, d.Attribute)):
			return fmt.Errorf("one person hides what was open")
		case policy.TakesTwo(d.Classification) && !a.ofBefore(ev, before):
			return fmt.Errorf("one person hides it for longer")
		}
	}
	if ev.actor.Officer == "" || !access.Allowed(ev.actor.Role, access.ActionClassify, access.None).OK {
		return fmt.Errorf("it is by somebody who may not")
	}
	return a.allowed(ev, before)
}

// ofBefore reports whether an act that hides is from before grounds had dates and
// reviewers were officers: it has no date, none before it has one, and nobody was on a
// roster yet who could have been the reviewer.
func (a *auditor) ofBefore(ev *event, before []*event) bool {
	dated := func(ev *event) bool { return !ev.data.(*classified).Issued.IsZero() }
	return !dated(ev) && !slices.ContainsFunc(before, dated) && len(reviewers(a.rostersAt(ev.index), access.ActionReviewClass)) == 0
}

// allowed holds a class to the rules of its day: its parts, its reviewer, and that its
// ground is fresh.
func (a *auditor) allowed(ev *event, before []*event) error {
	c, today := ev.data.(*classified).Classification, a.dayOf(ev)
	if a.ofBefore(ev, before) {
		c.Issued = today
		return c.Check(today)
	}
	if err := c.Check(today); err != nil || c.Class == secrecy.Exact {
		return err
	}
	if !reviews(a.rostersAt(ev.index), c.Reviewer) {
		return fmt.Errorf("its reviewer, %s, is no officer who may review it", c.Reviewer)
	}
	all := given(before)
	if last, ok := secrecy.Last(all, c.Subject); ok && secrecy.InForce(all, today).TakesTwo(c) {
		return c.Fresh(last.Classification)
	}
	return nil
}

// countersigned holds a class that took two to what the first has asked for.
func (a *auditor) countersigned(ev *event, before []*event) error {
	d := ev.data.(*classified)
	waits := waitingClasses(before)
	i := slices.IndexFunc(waits, func(first *event) bool { return first.index == d.Asked })
	if i < 0 {
		return fmt.Errorf("nobody has asked for it, or something else came since")
	}
	if waits[i].data.(*classified).Classification != d.Classification {
		return fmt.Errorf("something else was asked for")
	}
	if err := access.Countersigned(access.ActHide, waits[i].actor, ev.actor); err != nil {
		return fmt.Errorf("it is not signed by two who may")
	}
	return a.allowed(ev, before)
}

// reviewed holds a warning, or the note that a class has ended, to the class, and whom a
// warning was written to to who had to hear of it.
func (a *auditor) reviewed(ev *event, before []*event) error {
	d, today := ev.data.(*classified), a.dayOf(ev)
	var last *secrecy.Dated
	for _, x := range given(before) {
		if x.Subject == d.Subject {
			last = &x
		}
	}
	switch {
	case ev.actor.Role != aiqyn.RoleSystem:
		return fmt.Errorf("somebody says what the calendar says")
	case last == nil || last.Entry != d.Asked || last.Classification != d.Classification:
		return fmt.Errorf("it is about a class that is not in force")
	case ev.kind == EventDeclassified && !d.Ended(today) || ev.kind == EventClassWarned && today.AddDays(secrecy.WarnDays).Before(d.Until):
		return fmt.Errorf("it comes before its day")
	case ev.kind == EventClassWarned && slices.ContainsFunc(before, func(x *event) bool { return x.kind == ev.kind && x.data.(*classified).Asked == d.Asked }):
		return fmt.Errorf("it was warned of already")
	case ev.kind == EventClassWarned && (d.Told != nil || !d.Issued.IsZero()):
		if want := warned(a.rostersAt(ev.index), d.Reviewer); !slices.Equal(d.Told, want) {
			return fmt.Errorf("it was written to %v, and not to %v", d.Told, want)
		}
	}
	return nil
}

// publicOf makes what the public sees of a day again, from the exact figures and what was
// classified, and holds it byte for byte to what was published.
func (a *auditor) publicOf(ctx context.Context, ev *event, d *capacityPublished) error {
	acts := a.figures.classes
	n, _ := slices.BinarySearchFunc(acts, ev.index, func(act *event, entry int64) int { return cmp.Compare(act.index, entry) })
	acts = acts[:n]
	var last error
	// A class may have ended while the figures were computed.
	for _, day := range []deadline.Date{a.dayOf(ev), deadline.DateOf(ev.at.Add(-booksSlack).In(a.Zone))} {
		if last = a.publicUnder(ctx, ev, d, secrecy.InForce(given(acts), day)); last == nil {
			return nil
		}
	}
	return last
}

func (a *auditor) publicUnder(ctx context.Context, ev *event, d *capacityPublished, policy secrecy.Policy) error {
	if policy.Open() || d.Public == "" {
		if policy.Open() != (d.Public == "") {
			return fmt.Errorf("it is another form where nothing was classified, or the exact one where something was")
		}
		return nil
	}
	x, err := a.exactOf(ctx, d)
	if err != nil {
		return err
	}
	if x.Month, err = a.monthly(ctx, ev, policy); err != nil {
		return err
	}
	again, err := publicSnapshot(d.Network, x, policy)
	if err != nil {
		return err
	}
	if hexSum(again) == d.Public {
		a.month.begins = a.month.begins || policy.Generalises()
	} else if err := a.daily(d, x, policy); err != nil {
		return err
	}
	_, err = snapshotOf(ctx, a.e.Store, capacityKind, d.Public)
	return err
}

// daily holds a publication to how it was made once, of each day by itself: none after
// the first that is made of a month.
func (a *auditor) daily(d *capacityPublished, x Exact, policy secrecy.Policy) error {
	x.Daily, x.Month = true, nil
	again, err := publicSnapshot(d.Network, x, policy)
	if err != nil {
		return err
	}
	if hexSum(again) != d.Public || a.month.begins {
		return fmt.Errorf("its bytes are others")
	}
	return nil
}
