package casework

import (
	"encoding/hex"
	"slices"
	"time"

	"aiqyn"
	"aiqyn/deadline"
	"aiqyn/registry"
	"aiqyn/service"
)

// enter puts the case into its queue: no officer takes part. The tier follows from
// what registers say, and who was in it before keeps their first date.
func (t *turn) enter(step *service.Step) error {
	q, s := t.svc.Queue, t.rec.state
	vars, err := t.e.variables(t.svc, t.rec, t.now)
	if err != nil {
		return err
	}
	bar, err := q.BarOf(vars)
	if err != nil {
		return err
	}
	if bar != nil {
		return aiqyn.E(aiqyn.Conflict, "error.queue-barred", "reason", bar.Text, "fix", bar.Fix)
	}
	rank, err := q.RankOf(vars)
	if err != nil {
		return err
	}
	secret := t.e.keys.secretOf(string(t.rec.row.Object))
	d := &entered{Class: q.Tiers[rank.Tier].Name, First: t.now, Secret: hex.EncodeToString(secret[:]), Siblings: rank.Siblings, Tier: rank.Tier, worth: worthOf(rank)}
	if d.Groups, err = t.e.groupsFor(t.svc, s.Answers, vars, day(t.now, t.e.Zone)); err != nil {
		return err
	}
	d.Wish = wishIn(q.Slots, s.Answers).String()
	if last := t.before; last != nil && last.Queue != nil && q.Slots == nil {
		was := last.Queue
		if q.Once != nil && was.State == QueuePlaced {
			return aiqyn.E(aiqyn.Conflict, "error.queue-once", "ref", last.Ref)
		}
		d.First, d.From, d.Holds, d.Unproven = was.First, was.firstFrom(), was.Holds, was.Claimed != 0
		if was.State == QueuePlaced {
			d.Holds = last.No
			d.Groups = slices.DeleteFunc(d.Groups, func(g string) bool { return g == was.Group })
		}
	}
	if len(d.Groups) == 0 {
		return aiqyn.E(aiqyn.Conflict, "error.queue-no-group").On(q.List[0])
	}
	t.emit(EventEntered, aiqyn.System, d, atStep(step.Name))
	return nil
}

func worthOf(r service.Rank) worth {
	return worth{Points: r.Points, Quotas: r.Quotas, Reserves: r.Reserves, Scores: r.Scores}
}

// groupsFor lists the groups of the institutions that were named which suit, in
// the order in which they were named. One that has closed takes nobody in.
func (e *Engine) groupsFor(svc *service.Service, answers, vars map[string]any, today string) ([]string, error) {
	var list []string
	for _, question := range svc.Queue.List {
		name, _ := answers[question].(string)
		if name == "" {
			continue
		}
		some, closed := false, ""
		for _, g := range e.queues.groupsOf(svc.ID, name) {
			suits, err := svc.Queue.Suits(vars, g.attributes())
			if err != nil {
				return nil, err
			}
			if suits && g.closedOn(today) {
				closed = g.group.Closes
				continue
			}
			some = some || suits
			if suits && !slices.Contains(list, g.id) {
				list = append(list, g.id)
			}
		}
		if !some && closed != "" {
			return nil, aiqyn.E(aiqyn.Conflict, "error.queue-closed", "date", closed).On(question)
		}
		if !some {
			return nil, aiqyn.E(aiqyn.Conflict, "error.queue-no-group").On(question)
		}
	}
	return list, nil
}

// answered is what follows when the applicant has done a step of a queue; over is
// true when they have refused what they were offered.
func (t *turn) answered(step aiqyn.StepID, vars map[string]any) (over bool, err error) {
	q := t.svc.Queue
	if q == nil || step != q.Offer || t.rec.state.Queue.State != QueueOffered {
		return false, nil
	}
	by := t.events[len(t.events)-1].actor // who has answered
	if yes, _ := vars[service.Variable(q.Answer)].(bool); !yes {
		return true, t.stopOffers(EventOfferDeclined, service.AfterDeclined, by)
	}
	d := &offerTaken{Group: t.rec.state.Queue.Group}
	if q.Slots == nil {
		t.emit(EventAccepted, by, d, atStep(step))
		return false, nil
	}
	if d.Until, err = t.recordedBy(t.rec.state.Queue.Ends); err != nil {
		return false, err
	}
	t.emit(EventAccepted, by, d, atStep(step))
	t.booked()
	return true, nil // it goes on when they have come
}

// stopOffers ends an offer that was not taken up, and begins the stop that the
// policy of the day has.
func (t *turn) stopOffers(kind EventKind, after service.StopAfter, by aiqyn.Actor) error {
	q := t.svc.Queue
	d := &offerOver{Group: t.rec.state.Queue.Group}
	if stop := q.StopOn(after, day(t.now, t.e.Zone)); stop != nil {
		cal, err := t.e.calendar(t.svc.Calendar)
		if err != nil {
			return err
		}
		from := t.now
		if after == service.AfterExpired { // on its last day, whenever somebody has looked
			opens, _ := cal.Hours()
			from = deadline.DateOf(t.rec.state.Due.In(cal.Zone)).Start(cal.Zone).Add(opens)
		}
		due, err := cal.Due(from, stop.Term, nil)
		if err != nil {
			return err
		}
		d.Until = due.At
	}
	t.emit(kind, by, d, atStep(q.Offer), withReason(string(after)))
	t.tell("message."+string(kind), "until", d.Until)
	return nil
}

// endStop lets who was stopped get offers again when the time is over.
func (t *turn) endStop() {
	q := t.rec.state.Queue
	if q.State != QueueStopped || !t.now.After(q.Until) {
		return
	}
	t.emit(EventQueueRestored, aiqyn.System, &queueRestored{}, atStep(t.svc.Queue.Offer))
	t.tell("message.queue-restored")
}

// Restore ends a stop at the applicant's wish, as often as the service lets them.
type Restore struct {
	ID    aiqyn.CommandID
	Actor aiqyn.Actor
	Ref   aiqyn.Reference
}

type restoreQueue struct{ onCase }

func (c *restoreQueue) decide(t *turn) error {
	s := t.rec.state
	if err := c.applicant(t); err != nil {
		return err
	}
	if s.Queue == nil || s.Queue.State != QueueStopped {
		return aiqyn.E(aiqyn.Conflict, "error.not-stopped")
	}
	may, err := t.e.mayRestore(t.svc, s)
	switch {
	case err != nil:
		return err
	case s.Held:
		return aiqyn.E(aiqyn.Conflict, "error.case-held")
	case may.IsZero() || t.now.After(may):
		return aiqyn.E(aiqyn.Conflict, "error.restored-already")
	}
	t.emit(EventQueueRestored, c.actor, &queueRestored{Wish: true}, atStep(t.svc.Queue.Offer))
	return nil
}

// mayRestore is until when the applicant may end the stop that runs; zero: not.
func (e *Engine) mayRestore(svc *service.Service, s *State) (time.Time, error) {
	r := svc.Queue.Restore
	if r == nil || s.Queue.State != QueueStopped || s.Queue.Restored >= r.Times {
		return time.Time{}, nil
	}
	cal, err := e.calendar(svc.Calendar)
	if err != nil {
		return time.Time{}, err
	}
	due, err := cal.Due(s.Queue.Stopped, r.Within, nil)
	return due.At, err
}

// LookAgain has the registers read again of which the tier follows: a privilege
// that came since needs no paper either.
type LookAgain struct {
	ID    aiqyn.CommandID
	Actor aiqyn.Actor
	Ref   aiqyn.Reference
}

type lookAgain struct {
	onCase
	readings []reading
}

func (c *lookAgain) prepare(ctx ctx, e *Engine) error {
	rec, svc, err := c.owned(ctx, e)
	if err != nil {
		return err
	}
	c.readings, err = e.readAll(ctx, svc, c.actor, rec.state.Answers)
	return err
}

func (c *lookAgain) decide(t *turn) error {
	s := t.rec.state
	if err := c.applicant(t); err != nil {
		return err
	}
	if s.Queue == nil || s.Step != t.svc.Queue.Offer || s.StepState != StepWaiting {
		return aiqyn.E(aiqyn.Conflict, "error.not-waiting")
	}
	return t.rankAgain(c.readings)
}

// rankAgain ranks the case by what registers say now.
func (t *turn) rankAgain(readings []reading) error {
	s := t.rec.state
	if closed := t.e.queues.closed(s.Service, s.Queue.Groups, day(t.now, t.e.Zone)); closed != "" {
		return aiqyn.E(aiqyn.Conflict, "error.queue-counted", "date", closed)
	}
	t.emit(EventLookedUp, aiqyn.System, &lookedUp{Readings: readings})
	return t.rankByFacts()
}

// rankCorrected ranks a case anew that waits, or will wait again, when a fact of it was
// corrected: nobody has to ask for what an error had taken. Where everybody was counted on
// the last day of the line, it stays as it was.
func (t *turn) rankCorrected() error {
	q := t.rec.state.Queue
	if t.svc.Queue == nil || !q.ranksAnew() {
		return nil
	}
	if t.e.queues.closed(t.rec.state.Service, q.Groups, day(t.now, t.e.Zone)) != "" {
		return nil
	}
	return t.rankByFacts()
}

// ranksAnew reports whether what a correction changes changes where the case stands.
func (q *queued) ranksAnew() bool {
	return q != nil && (q.State == QueueWaiting || q.State == QueueStopped)
}

func (t *turn) rankByFacts() error {
	s := t.rec.state
	vars, err := t.e.variables(t.svc, t.rec, t.now)
	if err != nil {
		return err
	}
	rank, err := t.svc.Queue.RankOf(vars)
	if err != nil || rank.Equal(s.Queue.rank()) {
		return err
	}
	t.emit(EventRanked, aiqyn.System, &rankedAnew{Class: t.svc.Queue.Tiers[rank.Tier].Name, Siblings: rank.Siblings, Tier: rank.Tier, Was: s.Queue.Tier, worth: worthOf(rank)})
	t.tell("message.ranked")
	return nil
}

// makeOffer offers a case the place that a round gives it. It is sent by the
// engine, once for each round and case.
type makeOffer struct {
	onCase
	round    int64 // entry of the result
	group    string
	readings []reading // of a place that is given once
}

func (c *makeOffer) decide(t *turn) error {
	s := t.rec.state
	if s.Queue == nil || s.Queue.State != QueueWaiting || s.Held || !slices.Contains(s.Queue.Groups, seatGroup(c.group)) {
		return aiqyn.E(aiqyn.Conflict, "error.not-waiting") // it has gone since the round was committed
	}
	if left, err := c.barred(t); left || err != nil {
		return err
	}
	d := &offerMade{Group: c.group, Round: c.round}
	if t.svc.Queue.Slots != nil {
		found, ok := t.e.queues.bookable(s.Service, c.group)
		if !ok || !found.start.After(t.now) {
			return aiqyn.E(aiqyn.Conflict, "error.not-waiting") // its institution has taken the slot back
		}
		d.Starts, d.Ends = found.start, found.end
	}
	step := findStep(t.svc, t.svc.Queue.Offer)
	var err error
	if d.Due, d.Calendar, err = t.due(step, t.now); err != nil {
		return err
	}
	if !d.Starts.IsZero() && d.Due.After(d.Starts) {
		d.Due = d.Starts
	}
	t.emit(EventOffered, aiqyn.System, d, atStep(step.Name))
	code, err := t.askByText(c.round, d.Due)
	if err != nil {
		return err
	}
	if d.Starts.IsZero() {
		t.tell(offeredLetter, "code", code, "due", d.Due, "place", t.e.queues.title(s.Service, c.group))
	} else {
		t.tell(offeredSlotLetter, "code", code, "due", d.Due, "at", d.Starts)
	}
	t.remind(remindOffer, d.Due, offerReminder, "due", d.Due)
	return nil
}

// takenElsewhere ends the place that the applicant had before this one.
func (t *turn) takenElsewhere(s, was *State) error {
	if s.Queue == nil || s.Queue.Holds == 0 || s.Queue.State != QueuePlaced || was.Queue != nil && was.Queue.State == QueuePlaced {
		return nil
	}
	o, err := t.on(s.Queue.Holds)
	if err != nil || o == nil || o.rec.state.Queue == nil || o.rec.state.Queue.State != QueuePlaced {
		return err
	}
	o.emit(EventMoved, aiqyn.System, &alongside{s.No, s.Ref})
	return nil
}

// institutionAnswer checks an answer that names an institution.
func institutionAnswer(text string) (string, error) {
	if !service.IsInstitution(text) {
		return "", aiqyn.E(aiqyn.Invalid, "error.answer-type")
	}
	return text, nil
}

// decodeInstitution reads what a register says of an institution.
func decodeInstitution(value []byte) (registry.Institution, error) {
	return registry.Decode[registry.Institution](registry.Reading{Found: true, Value: value})
}
