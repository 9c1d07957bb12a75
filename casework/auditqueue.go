package casework

import (
	"context"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"time"

	"aiqyn"
	"aiqyn/service"
	"aiqyn/store"
)

// queueFolds is what cases and the system's entries say of queues, gathered while
// they are read case by case, to be told again in the order of the log.
type queueFolds struct {
	changes  []queueChange
	entered  map[int64]enteredAt // by entry
	claimed  map[int64]firstDate // by entry
	tables   map[int64]*event    // that brought queues of former systems, by entry
	answers  []*event            // to these, in the order of the log
	offers   map[offerOf]int64   // entry of the offer
	moved    []movedBy
	kept     map[int64]keptBy // by the case that has got another place
	system   []*event
	regions  map[int64]string                 // that moves to another region name, by entry
	unranked []unranked                       // cases that a correction should have ranked anew
	erased   map[aiqyn.ServiceID][]erasedSpan // cases that can be asked no more
	around   map[int64]around                 // when entries of erased cases were written
	overdue  []overdueSpan                    // what was over and not ended
	beats    []time.Time                      // when the log went on
}

// queueChange is that a case stood elsewhere after an entry than before. There is one
// in memory for every move that ever was: what cases have in common is shared, and so is
// where it stood, with the change before.
type queueChange struct {
	*queueCase
	index    int64
	at       time.Time
	kind     EventKind
	from, to *standing
}

// queueCase is a case of a queue, for all of its changes.
type queueCase struct {
	no     int64
	svc    aiqyn.ServiceID
	object string
	once   bool // who has a place may not come in again
	stood  *standing
}

// nowhere is where a case stands that is in no queue.
var nowhere = new(standing)

// stoodAt is the case's own, made when it stands somewhere first.
func (c *caseAudit) stoodAt() *queueCase {
	if c.queued == nil {
		s := c.rec.state
		c.queued = &queueCase{no: s.No, svc: s.Service, object: string(c.row.Object), once: c.svc != nil && c.svc.Queue != nil && c.svc.Queue.Once != nil, stood: nowhere}
	}
	return c.queued
}

type enteredAt struct {
	object string
	data   *entered
	at     event
}

// offerOf is who was offered what, by the result of which round.
type offerOf struct {
	round, no int64
	group     string
}

// stood notes what an entry has changed about the case's place.
func (c *caseAudit) stood(ev *event, from standing) {
	if to := c.rec.state.place(); !from.equal(to) {
		of, next := c.stoodAt(), new(standing)
		*next = to // kept; most events change nothing, and keep nothing
		c.mu.Lock()
		c.queueFolds.changes = append(c.queueFolds.changes, queueChange{of, ev.index, ev.at, ev.kind, of.stood, next})
		c.mu.Unlock()
		of.stood = next
	}
}

// queue holds an entry of a queue against the case as it stood before.
func (c *caseAudit) queue(ev *event) {
	s := c.rec.state
	if c.svc == nil || c.svc.Queue == nil {
		return
	}
	if c.before != nil {
		c.overdue(ev.index, ev.at)
	}
	c.slots(ev)
	c.broughtIn(ev)
	c.rankedThen(ev)
	c.leftAlone(ev)
	c.caused(ev)
	switch d := ev.data.(type) {
	case *entered:
		c.ranked(ev, d.Tier, d.Class, d.Siblings, d.worth)
		c.admitted(ev, c.rec.state.Answers, d.Groups, d.Holds)
		if secret := c.e.keys.secretOf(string(c.row.Object)); d.Secret != hex.EncodeToString(secret[:]) {
			c.wrong(ev.index, "the name in rounds would be rolled anew")
		}
		c.mu.Lock()
		if c.queueFolds.entered == nil {
			c.queueFolds.entered = make(map[int64]enteredAt)
		}
		c.queueFolds.entered[ev.index] = enteredAt{string(c.row.Object), d, event{index: ev.index, at: ev.at}}
		c.mu.Unlock()
	case *dateImported:
		c.dated(ev, d)
	case *rankedAnew:
		c.ranked(ev, d.Tier, d.Class, d.Siblings, d.worth)
	case *corrected:
		c.factCorrected(ev, d)
	case *queueBarred:
		c.askedAgain(ev)
	case *offerMade:
		c.askedAgain(ev)
		if !slices.Contains(s.Queue.Groups, seatGroup(d.Group)) || s.Queue.State != QueueWaiting {
			c.wrong(ev.index, "offers what was not waited for")
		}
		c.mu.Lock()
		if c.queueFolds.offers == nil {
			c.queueFolds.offers = make(map[offerOf]int64)
		}
		c.queueFolds.offers[offerOf{d.Round, s.No, d.Group}] = ev.index
		c.mu.Unlock()
	case *transferredOut, *transferredIn:
		c.transferred(ev)
	case *offerTaken:
		if s.Queue.State != QueueOffered || s.Queue.Group != d.Group || ev.at.After(s.Due) {
			c.wrong(ev.index, "takes an offer that there is not, or that has run out")
		}
	case *offerOver:
		if ev.kind == EventOfferExpired && !ev.at.After(s.Due) {
			c.wrong(ev.index, "ends an offer before its time")
		}
	case *queueRestored:
		if s.Queue.State != QueueStopped || !d.Wish && !ev.at.After(s.Queue.Until) {
			c.wrong(ev.index, "ends a stop before its time")
		}
	}
}

// admitted holds who came into a queue to the rules that bar from it, and to the
// institutions that were named: each is waited for, in that order, but for the one
// whose place is kept, and no other.
func (c *caseAudit) admitted(ev *event, answers map[string]any, groups []string, holds int64) {
	vars, err := c.e.variables(c.svc, c.rec, ev.at)
	if err == nil {
		var bar *service.Reason
		if bar, err = c.svc.Queue.BarOf(vars); bar != nil {
			err = fmt.Errorf("%s holds", bar.Name)
		}
	}
	if err != nil {
		c.wrong(ev.index, "comes into a queue that it is barred from: %v", err)
	}
	var named, waited []string
	for _, question := range c.svc.Queue.List {
		if name, _ := answers[question].(string); name != "" && !slices.Contains(named, name) {
			named = append(named, name)
		}
	}
	for _, group := range groups {
		if name, _, _ := strings.Cut(group, "/"); !slices.Contains(waited, name) {
			waited = append(waited, name)
		}
	}
	missing := slices.DeleteFunc(slices.Clone(named), func(name string) bool { return slices.Contains(waited, name) })
	inOrder := slices.DeleteFunc(named, func(name string) bool { return slices.Contains(missing, name) })
	if !slices.Equal(inOrder, waited) || len(missing) > 1 || len(missing) == 1 && holds == 0 {
		c.wrong(ev.index, "waits for other institutions than were named")
	}
}

// queues tells every queue again in the order of the log: each round must have the
// inputs that stood then, the seed that was named, the result that follows, and
// nobody an offer that no round has made.
func (a *auditor) queues(ctx context.Context) error {
	if len(a.queueFolds.changes)+len(a.queueFolds.system)+len(a.queueFolds.answers) == 0 {
		return nil
	}
	if err := a.erasedMoves(ctx); err != nil {
		return err
	}
	a.firstDates()
	a.moves()
	a.queueFolds.answersStand(a.wrong)
	t := queueTelling{auditor: a, qs: queues{of: make(map[aiqyn.ServiceID]*queue), zone: a.e.Zone}, used: make(map[offerOf]bool), objects: make(map[int64]string), seats: make(map[string]int), keeps: make(map[aiqyn.ServiceID]bool), noted: make(map[store.QueueDay]int64), beside: a.queueFolds.erasedDays()}
	for _, c := range a.queueFolds.changes {
		t.objects[c.no] = c.object
	}
	var err error
	if a.since, err = sinceOf(ctx, a.Store); err != nil {
		return err
	}
	t.passed = &passedTelling{auditor: a, qs: &t.qs, upTo: a.since - 1, differ: func(entry int64, _ []store.QueueInversion) {
		a.wrong(entry, "who was passed over by it is not what the entries give")
	}}
	err = a.replay(func(c queueChange) error { return t.change(ctx, c) }, func(ev *event) error { return t.told(ctx, ev) })
	if err == nil {
		err = t.passed.hold(ctx, noEntry)
	}
	if err != nil {
		return err
	}
	if err := t.remarkDays(ctx); err != nil {
		return err
	}
	t.underway(ctx)
	for o, index := range a.queueFolds.offers {
		if !t.used[o] {
			a.wrong(index, "offers a place that no round has given")
		}
	}
	return a.placesStand(ctx)
}

// queueTelling is queues being told again.
type queueTelling struct {
	*auditor
	qs       queues
	used     map[offerOf]bool
	objects  map[int64]string         // what cases are about
	seats    map[string]int           // places that somebody has or is offered, by what the case is about
	keeps    map[aiqyn.ServiceID]bool // of whose rounds one has kept seats for quotas
	passed   *passedTelling
	noted    map[store.QueueDay]int64 // days without a round, by the entry before their hour
	beside   *erasedDays              // what they are of services of which cases were erased
	last     int64                    // entry that was told
	rankless bool                     // who was left unranked is in the order of the log
}

func (t *queueTelling) change(ctx context.Context, c queueChange) error {
	t.until(c.at, c.index)
	if c.kind == EventEntered || c.kind == EventTransferredIn || c.kind == EventRanked {
		today := day(c.at, t.Zone)
		for _, id := range c.to.groups {
			if g := t.qs.at(c.svc).groups[id]; g != nil && g.closedOn(today) {
				t.wrong(c.index, "comes into the line of %s, or is ranked in it, after it has closed", id)
			}
		}
	}
	if c.kind == EventEntered && c.once && t.seats[c.object] > 0 {
		t.wrong(c.index, "comes into a queue that gives a place once, and has one")
	}
	if c.from.seat != "" {
		if t.seats[c.object]--; t.seats[c.object] == 0 {
			delete(t.seats, c.object)
		}
	}
	if c.to.seat != "" {
		t.seats[c.object]++
	}
	t.toldSlot(c)
	t.regioned(c)
	return t.passed.book(ctx, c)
}

func (t *queueTelling) told(ctx context.Context, ev *event) error {
	t.until(ev.at, ev.index)
	switch d := ev.data.(type) {
	case *queueTableBrought:
		t.toldTable(ev, d)
	case *placesReported:
		if taken := t.qs.at(d.Service).taken[d.Group]; int(d.Places) < taken {
			t.wrong(ev.index, "reports fewer places than are taken")
		}
	case *roundCommitted:
		t.beside.begun(d.Service, d.Day)
		if err := t.committed(ctx, ev, d); err != nil {
			return err
		}
	case *roundDrawn:
		if err := t.drawnRound(ctx, ev, d); err != nil {
			return err
		}
	case *roundSettled:
		if err := t.settled(ctx, ev, d); err != nil {
			return err
		}
	}
	if err := t.qs.recall(ev); err != nil {
		t.wrong(ev.index, "%v", err)
	}
	return nil
}

// count gathers one of the system's entries.
func (f *queueFolds) count(ev *event) {
	f.beat(ev.at)
	switch ev.data.(type) {
	case *queueTableBrought:
		if f.tables == nil {
			f.tables = make(map[int64]*event)
		}
		f.tables[ev.index] = ev
		f.system = append(f.system, ev)
	case *queueTableAnswered:
		f.answers = append(f.answers, ev)
	case *placesReported, *schedulePublished, *roundCommitted, *roundDrawn, *roundSettled:
		f.system = append(f.system, ev)
	}
}
