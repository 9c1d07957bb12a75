package casework

import (
	"maps"
	"slices"
	"time"

	"aiqyn"
	"aiqyn/service"
)

// TransferQueue moves a case that waits to another region: what it waits for there,
// by the questions of the queue's list. It is two entries, one that the old region is
// left and one that the new one is come to, which cites the first; the first date
// goes along, and there is nobody to ask.
type TransferQueue struct {
	ID      aiqyn.CommandID
	Actor   aiqyn.Actor
	Ref     aiqyn.Reference
	Answers map[string]string
}

type (
	// transferredOut says that a region's lines are left.
	transferredOut struct {
		Groups []string `json:"groups"`
		Region string   `json:"region"` // KATO code
	}
	// transferredIn says for what somebody waits in another region, by the questions of
	// the list, "" where they name nothing any more. From is the entry by which they left.
	transferredIn struct {
		Answers map[string]string `json:"answers"`
		First   time.Time         `json:"first"` // date that went along
		From    int64             `json:"from"`
		Groups  []string          `json:"groups"`
		Region  string            `json:"region"`
	}
)

type transferQueue struct {
	onCase
	wishes   map[string]string
	readings []reading
}

func (c *transferQueue) prepare(ctx ctx, e *Engine) error {
	rec, svc, err := c.owned(ctx, e)
	if err != nil {
		return err
	}
	if svc.Queue == nil || svc.Queue.Transfer == nil {
		return aiqyn.E(aiqyn.NotFound, "error.not-found")
	}
	wishes := make(map[string]string)
	for i, question := range svc.Queue.List {
		name := c.wishes[question]
		if wishes[question] = ""; name == "" && i > 0 {
			continue
		}
		if wishes[question], err = institutionAnswer(name); err != nil {
			return aiqyn.E(aiqyn.Invalid, "error.answer-type").On(question)
		}
	}
	c.wishes = wishes
	c.readings, err = e.readAll(ctx, svc, c.actor, wishing(svc.Queue, rec.state.Answers, wishes))
	return err
}

// wishing are answers with other wishes.
func wishing(q *service.Queue, answers map[string]any, wishes map[string]string) map[string]any {
	with := maps.Clone(answers)
	for _, question := range q.List {
		if delete(with, question); wishes[question] != "" {
			with[question] = wishes[question]
		}
	}
	return with
}

func (c *transferQueue) decide(t *turn) error {
	s, q := t.rec.state, t.svc.Queue
	if err := c.applicant(t); err != nil {
		return err
	}
	if s.Queue == nil || s.Queue.State != QueueWaiting || s.Held {
		return aiqyn.E(aiqyn.Conflict, "error.not-waiting")
	}
	if err := t.rankAgain(c.readings); err != nil {
		return err
	}
	vars, err := t.e.variables(t.svc, t.rec, t.now)
	if err != nil {
		return err
	}
	groups, err := t.e.groupsFor(t.svc, wishing(q, s.Answers, c.wishes), vars, day(t.now, t.e.Zone))
	if err != nil {
		return err
	}
	if groups, err = t.butHeld(groups); err != nil {
		return err
	}
	if len(groups) == 0 {
		return aiqyn.E(aiqyn.Conflict, "error.queue-no-group").On(q.List[0])
	}
	was, to := t.e.queues.region(s.Service, s.Queue.Groups), t.e.queues.region(s.Service, groups)
	if was == to {
		return aiqyn.E(aiqyn.Conflict, "error.queue-same-region").On(q.List[0])
	}
	out := t.emit(EventTransferredOut, c.actor, &transferredOut{Groups: s.Queue.Groups, Region: was}, atStep(q.Offer))
	t.emit(EventTransferredIn, c.actor, &transferredIn{Answers: c.wishes, First: s.Queue.First, From: out.index, Groups: groups, Region: to}, atStep(q.Offer))
	t.tell("message.transferred")
	return nil
}

// butHeld leaves out the group in which the applicant keeps a place.
func (t *turn) butHeld(groups []string) ([]string, error) {
	holds := t.rec.state.Queue.Holds
	if holds == 0 {
		return groups, nil
	}
	o, err := t.on(holds)
	if err != nil || o == nil || o.rec.state.Queue == nil {
		return groups, err
	}
	return slices.DeleteFunc(groups, func(g string) bool { return g == o.rec.state.Queue.Group }), nil
}

// region is where the first of some groups is.
func (qs *queues) region(svc aiqyn.ServiceID, groups []string) string {
	if len(groups) == 0 {
		return ""
	}
	qs.mu.RLock()
	defer qs.mu.RUnlock()
	if q := qs.of[svc]; q != nil && q.groups[groups[0]] != nil {
		return q.groups[groups[0]].institution.Region
	}
	return ""
}

// applyTransfer folds the two events.
func (s *State) applyTransfer(ev *event) {
	switch d := ev.data.(type) {
	case *transferredOut:
		s.Queue.State = QueueLeft // until the next entry, of the same turn
	case *transferredIn:
		s.Queue.State, s.Queue.Groups = QueueWaiting, d.Groups
		s.Answers = maps.Clone(s.Answers)
		for name, wish := range d.Answers {
			if s.Answers[name] = wish; wish == "" {
				delete(s.Answers, name)
			}
		}
	}
}

// TransferView is a move to another region, by its two entries.
type TransferView struct {
	From, To string // KATO codes
	Left     int64  // entry by which the first was left
	Came     int64  // entry by which they came to the second
	At       time.Time
}

// transfers are the moves of the case, the newest first.
func (v *viewing) transfers() (list []TransferView) {
	from := ""
	for _, ev := range v.events {
		switch d := ev.data.(type) {
		case *transferredOut:
			from = d.Region
		case *transferredIn:
			list = append(list, TransferView{From: from, To: d.Region, Left: d.From, Came: ev.index, At: ev.at})
		}
	}
	slices.Reverse(list)
	return list
}
