package casework

import (
	"context"
	"fmt"
	"slices"
	"time"

	"aiqyn"
	"aiqyn/access"
	"aiqyn/allocation"
	"aiqyn/registry"
	"aiqyn/service"
	"aiqyn/store"
)

// nameAnswers gives answers that name an institution its title.
func (qs *queues) nameAnswers(svc aiqyn.ServiceID, answers []Answer) {
	qs.mu.RLock()
	defer qs.mu.RUnlock()
	q := qs.of[svc]
	if q == nil {
		return
	}
	for i := range answers {
		if answers[i].Question.Type != service.TypeInstitution {
			continue
		}
		for g := range q.ofInstitution(answers[i].Value) {
			answers[i].Label = g.institution.Title
		}
	}
}

// RoundLine is a round somebody took part in, and their name there.
type RoundLine struct {
	Name, Pseudonym string
	Day             string
	Entry           int64 // of the commitment
	Drawn           bool
}

// RoundOutcome is how somebody fared in a round: their line of its inputs with the
// way to the root, and each place of their list with what parted them from the
// last who was admitted.
type RoundOutcome struct {
	Round     RoundView
	Pseudonym string
	Leaf      allocation.Leaf
	Whys      []WhyView
	In        bool // they took part
	// Turn is when they chose, 1 the first, and Of how many did; of a round in which
	// one chooses after the other. 0 otherwise.
	Turn, Of int
}

// WhyView is how somebody fared at one place of their list.
type WhyView struct {
	allocation.Why
	Group GroupView
	Left  int        // places that were left at their turn
	Kept  aiqyn.Text // the quota whose seats they could not have, where that parted them
}

// RoundOutcome tells the applicant how they fared in the round of a day, or an
// auditor, who sees no name of it.
func (e *Engine) RoundOutcome(ctx context.Context, viewer aiqyn.Actor, ref aiqyn.Reference, day string) (RoundOutcome, error) {
	var out RoundOutcome
	s, err := e.inQueue(ctx, viewer, ref, seesAll)
	if err != nil {
		return out, err
	}
	if out.Round, err = e.Round(s.Service, day); err != nil {
		return out, err
	}
	ran, err := e.ran(ctx, out.Round)
	if err != nil {
		return out, err
	}
	secret, _ := secretBytes(s.Queue.Secret)
	out.Pseudonym = allocation.Pseudonym(secret, out.Round.Name)
	if out.Leaf, out.In = ran.leaves.Prove(out.Pseudonym); !out.In || ran.result == nil {
		return out, nil
	}
	result, me := ran.result, ran.at[out.Pseudonym]
	turn, left := result.Turn(me)
	out.Turn = turn
	if out.Turn > 0 {
		out.Of = len(ran.round.Applicants)
	}
	for _, why := range result.Explain(me) {
		w := WhyView{Why: why, Left: left[why.Institution]}
		if svc, err := e.packs.service(s.Pack, s.Service); err == nil && svc.Queue != nil {
			w.Kept = keptFor(svc.Queue, why.By)
		}
		if g, ok := e.queues.groupView(s.Service, why.Institution, e.Clock()); ok {
			w.Group = g
		}
		out.Whys = append(out.Whys, w)
	}
	return out, nil
}

// inQueue is a case of a queue, for who sees so much of it.
func (e *Engine) inQueue(ctx context.Context, viewer aiqyn.Actor, ref aiqyn.Reference, least sight) (*State, error) {
	if err := e.looks(ctx, viewer); err != nil {
		return nil, err
	}
	rec, err := e.caseOf(ctx, ref)
	if err != nil {
		return nil, err
	}
	if rec.state.Queue == nil || see(rec, viewer, e.Clock().UTC()) < least {
		return nil, aiqyn.E(aiqyn.NotFound, "error.not-found")
	}
	return rec.state, nil
}

// groupView shows a group, or that of a seat with its slot.
func (qs *queues) groupView(svc aiqyn.ServiceID, id string, now time.Time) (GroupView, bool) {
	qs.mu.RLock()
	defer qs.mu.RUnlock()
	q := qs.of[svc]
	if q == nil || q.groups[seatGroup(id)] == nil {
		return GroupView{ID: id}, false
	}
	v := q.group(svc, q.groups[seatGroup(id)], now)
	if s, ok := q.slot(id); ok {
		v.Slot = q.slotView(s)
	}
	return v, true
}

// QueueMoves lists who came into the line of a group and who went, the newest
// first; nobody is named.
func (e *Engine) QueueMoves(ctx context.Context, svc aiqyn.ServiceID, group string, p Page) (List[MoveView], error) {
	var out List[MoveView]
	if _, ok := e.queues.groupView(svc, group, e.Clock()); !ok {
		return out, aiqyn.E(aiqyn.NotFound, "error.not-found")
	}
	entry, step, err := movesBehind(p.After)
	if err != nil {
		return out, err
	}
	rows, err := e.Store.QueueMoves(ctx, lineOf(svc, group), entry, step, p.limit()+1)
	if err != nil {
		return out, err
	}
	if len(rows) > p.limit() { // by one entry somebody may go from a place in it to another: two rows
		rows = rows[:p.limit()]
		last := rows[len(rows)-1]
		out.Next = fmt.Sprintf("%d.%d", last.Entry, last.Step)
	}
	for _, m := range rows {
		out.Items = append(out.Items, MoveView{Entry: m.Entry, Kind: EventKind(m.Kind), Step: int(m.Step)})
	}
	return out, nil
}

// movesBehind reads which move a page begins behind.
func movesBehind(text string) (entry, step int64, err error) {
	if text == "" {
		return noEntry, 0, nil
	}
	if n, err := fmt.Sscanf(text, "%d.%d", &entry, &step); err != nil || n != 2 || entry < 0 || step < -1 || step > 1 {
		return 0, 0, aiqyn.E(aiqyn.Invalid, "error.page")
	}
	return entry, step, nil
}

// SeatedLine is who has a place of an institution, or an offer of one: the name
// covered, nothing else of them.
type SeatedLine struct {
	Ref    aiqyn.Reference
	Name   string
	Group  string
	State  QueueState
	Until  time.Time // of an offer
	First  string    // day on which the child comes first, if it was said
	Starts time.Time // of a slot
}

// Seated lists who has a place of the viewer's institution, or an offer of one.
func (e *Engine) Seated(ctx context.Context, viewer aiqyn.Actor, svc aiqyn.ServiceID, p Page) (List[SeatedLine], error) {
	var out List[SeatedLine]
	if err := access.Check(viewer.Role, access.ActionReportPlaces, access.Body); err != nil {
		return out, err
	}
	after, err := after(p.After)
	if err != nil {
		return out, err
	}
	var groups []string
	for _, g := range e.queues.groupsOf(svc, string(viewer.Body)) {
		groups = append(groups, g.id)
	}
	nos, err := e.Store.QueueSeats(ctx, string(svc), groups, after, p.limit()+1)
	if err != nil {
		return out, err
	}
	nos, out.Next = onePage(nos, p, func(no int64) int64 { return no })
	rows, err := e.Store.CasesByNo(ctx, nos)
	if err != nil {
		return out, err
	}
	slices.SortFunc(rows, func(a, b store.Case) int { return int(a.No - b.No) })
	out.Items, err = e.seatedLines(rows, string(viewer.Body))
	return out, err
}

// seatedLines are those of some cases that have a place of an institution.
func (e *Engine) seatedLines(rows []store.Case, institution string) (list []SeatedLine, err error) {
	for _, row := range rows {
		rec, err := e.keys.openRecord(row)
		if err != nil {
			return nil, err
		}
		if s := rec.state; s.Queue != nil && institutionOf(s.Queue.Group) == institution {
			svc, err := e.packs.service(s.Pack, s.Service)
			if err != nil {
				return nil, err
			}
			list = append(list, seatedLine(svc, s))
		}
	}
	return list, nil
}

func seatedLine(svc *service.Service, s *State) SeatedLine {
	l := SeatedLine{Ref: s.Ref, Group: seatGroup(s.Queue.Group), State: s.Queue.State, Until: s.Due, Starts: s.Queue.Starts}
	for _, f := range s.Facts {
		if p, err := registry.Decode[registry.Person](registry.Reading{Found: f.Found, Value: f.Value}); f.Register == registry.PeopleRegister && err == nil {
			l.Name = access.Mask(access.Name, p.Name.String())
		}
	}
	for _, step := range svc.Steps {
		for _, a := range answersOf(step.Records, s.Records[string(step.Name)]) {
			if a.Question.Type == service.TypeDate {
				l.First = a.Value
			}
		}
	}
	return l
}
