package casework

import (
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"time"

	"aiqyn"
	"aiqyn/allocation"
	"aiqyn/beacon"
	"aiqyn/deadline"
	"aiqyn/service"
	"aiqyn/store"
)

// Kinds of snapshot of a round.
const (
	roundInputsKind = "round-inputs" // before there is a seed
	roundFileKind   = "round"        // with it: what strangers run again
	roundResultKind = "round-result"
)

// round is one round as the log has it.
type round struct {
	committed roundCommitted
	entry     int64 // of the commitment
	at        time.Time
	drawn     *roundDrawn
	drawnAt   int64 // entry
	settled   *roundSettled
}

// round folds an event about rounds.
func (q *queue) round(ev *event) {
	switch d := ev.data.(type) {
	case *roundCommitted:
		q.rounds, q.late = append(q.rounds, &round{committed: *d, entry: ev.index, at: ev.at}), nil
		return
	case *roundDrawn:
		q.alter(d.Name, func(r *round) { r.drawn, r.drawnAt = d, ev.index })
	case *roundSettled:
		q.alter(d.Name, func(r *round) { r.settled = d })
	}
}

// alter puts an altered copy of the newest round of a name in its place: pages
// may be reading it.
func (q *queue) alter(name string, f func(*round)) {
	for i := len(q.rounds) - 1; i >= 0; i-- {
		if q.rounds[i].committed.Name == name {
			r := *q.rounds[i]
			f(&r)
			q.rounds[i] = &r
			return
		}
	}
}

// unsettled is the round that is not over; nil if there is none.
func (q *queue) unsettled() *round {
	if n := len(q.rounds); n > 0 && q.rounds[n-1].settled == nil {
		return q.rounds[n-1]
	}
	return nil
}

func (qs *queues) unsettled(svc aiqyn.ServiceID) *round {
	qs.mu.RLock()
	defer qs.mu.RUnlock()
	if q := qs.of[svc]; q != nil {
		return q.unsettled()
	}
	return nil
}

// commitRound writes down the inputs of a day's round, before there is a seed. It
// is decided in the order of the log: the queue as it is at its entry, no other.
type commitRound struct {
	apart
	svc  *service.Service
	pack string
	day  string
}

// RoundNotice is how long before its seed a round is committed to at least. In it
// the witnesses see the commitment, and their cosignatures bear their time: whoever
// holds them beside the beacon's finds out a commitment that was exchanged when the
// seed was known.
const RoundNotice = 10 * time.Minute

func (c *commitRound) decide(t *turn) error {
	if done, err := c.once(t); done || err != nil {
		return err
	}
	qs := &t.e.queues
	qs.mu.RLock()
	q := qs.of[c.svc.ID]
	var r *allocation.Round
	busy := q != nil && q.unsettled() != nil
	if q != nil && !busy {
		r = q.inputs(roundName(c.svc.ID, c.day), roundTime{c.day, t.now.Truncate(time.Second), t.e.Zone}, c.svc.Queue, t.e.keys.secretOf)
	}
	qs.mu.RUnlock()
	switch {
	case c.day != day(t.now, t.e.Zone): // it was asked for at midnight: who waited yesterday waits today
		return errNothingToShare
	case busy:
		return aiqyn.E(aiqyn.Unavailable, "error.round-open")
	case r == nil || len(r.Applicants) == 0:
		return errNothingToShare
	}
	r.Seed = allocation.Seed{Beacon: t.e.Beacon.Name(), Round: t.e.Beacon.At(t.now.Add(RoundNotice))}
	if err := r.Check(); err != nil {
		return err
	}
	root, data, seats := r.Root(), r.Encode(), 0
	for _, h := range r.Institutions {
		seats += h.Seats
	}
	ev := t.emitSystem(EventRoundCommitted, c.actor, &roundCommitted{
		Applicants: len(r.Applicants), Beacon: r.Seed.Beacon, Closed: r.Closed, Day: c.day, Groups: len(r.Institutions), Inputs: hexSum(data), Name: r.Name,
		Pack: c.pack, Root: hex.EncodeToString(root[:]), Rules: r.Rules.Hash(), Seats: seats, Seed: r.Seed.Round, Service: c.svc.ID,
	})
	if err := t.queueSystem(ev); err != nil {
		return err
	}
	t.queueDays = append(t.queueDays, store.QueueDay{Service: string(c.svc.ID), Day: c.day, Begun: true})
	t.snapshots = append(t.snapshots, store.Snapshot{Hash: hexSum(data), Kind: roundInputsKind, Data: data, Added: t.now})
	c.finish(t)
	return nil
}

// roundName is what a service's round of a day is called, in names and in the log.
func roundName(svc aiqyn.ServiceID, day string) string { return string(svc) + "/" + day }

// errNothingToShare says that nobody waits for a seat that is free: then there is
// no round.
var errNothingToShare = errors.New("no free seat is waited for")

// drawRound writes down what a round came to, once its seed is published.
type drawRound struct {
	apart
	of      *round
	drawn   roundDrawn
	file    []byte
	result  []byte
	pending bool // the seed is not there, or what names it is not witnessed
}

func (c *drawRound) prepare(ctx ctx, e *Engine) error {
	d := &c.of.committed
	c.pending = true
	if !e.restsOnWitnesses(c.of.entry) {
		return nil
	}
	seed, ok := e.Beacon.Published(d.Seed)
	if !ok || e.Clock().Before(e.Beacon.Time(d.Seed)) {
		return nil
	}
	if err := e.Beacon.Verify(seed); err != nil || seed.Number != d.Seed {
		e.Log.Error("the beacon's round is refused", "round", d.Seed, "got", seed.Number, "err", err)
		return nil
	}
	data, err := snapshotOf(ctx, e.Store, roundInputsKind, d.Inputs)
	if err != nil {
		return err
	}
	c.drawn, c.file, c.result, err = drawnFrom(data, d, c.of.entry, seed)
	c.pending = false
	return err
}

// drawnFrom runs the round that a commitment names with its seed: what the log
// says of it, the file that strangers run again, and the result.
func drawnFrom(inputs []byte, d *roundCommitted, entry int64, seed beacon.Round) (said roundDrawn, file, result []byte, err error) {
	r, err := allocation.Read(bytes.NewReader(inputs))
	if err != nil {
		return said, nil, nil, err
	}
	if root := r.Root(); hex.EncodeToString(root[:]) != d.Root || r.Name != d.Name {
		return said, nil, nil, fmt.Errorf("the inputs of round %s are not those that were committed", d.Name)
	}
	r.Seed.Value, r.Seed.Proof = seed.Value, seed.Proof
	out, err := r.Run()
	if err != nil {
		return said, nil, nil, err
	}
	matched := 0
	for _, m := range out.Match {
		if m >= 0 {
			matched++
		}
	}
	file, result = r.Encode(), out.Encode()
	inverted := r.Inverted(out.Match)
	return roundDrawn{
		Committed: entry, File: hexSum(file), Inverted: &inverted, Matched: matched, Name: d.Name, Proof: hex.EncodeToString(seed.Proof), Result: hexSum(result),
		Service: d.Service, Value: hex.EncodeToString(seed.Value[:]),
	}, file, result, nil
}

func (c *drawRound) decide(t *turn) error {
	if done, err := c.once(t); done || err != nil {
		return err
	}
	now := t.e.queues.unsettled(c.of.committed.Service)
	if now == nil || now.entry != c.of.entry || now.drawn != nil {
		return errStale
	}
	ev := t.emitSystem(EventRoundDrawn, c.actor, &c.drawn)
	if err := t.queueSystem(ev); err != nil {
		return err
	}
	t.snapshots = append(t.snapshots,
		store.Snapshot{Hash: c.drawn.File, Kind: roundFileKind, Data: c.file, Added: t.now},
		store.Snapshot{Hash: c.drawn.Result, Kind: roundResultKind, Data: c.result, Added: t.now})
	c.finish(t)
	return nil
}

// settleRound closes a round when every offer has been made.
type settleRound struct {
	apart
	of *round
}

func (c *settleRound) decide(t *turn) error {
	if done, err := c.once(t); done || err != nil {
		return err
	}
	ev := t.emitSystem(EventRoundSettled, c.actor, &roundSettled{Drawn: c.of.drawnAt, Name: c.of.committed.Name, Service: c.of.committed.Service})
	if err := t.queueSystem(ev); err != nil {
		return err
	}
	c.finish(t)
	return nil
}

// queueServices are those of the pack in force that are waited for.
func (e *Engine) queueServices() (list []*service.Service) {
	pack := e.packs.current()
	if pack == nil {
		return nil
	}
	for _, svc := range pack.Services {
		if svc.Queue != nil {
			list = append(list, svc)
		}
	}
	return list
}

// RunRounds commits the rounds of a day and takes every round that is not over as
// far as it can go now. The engine does so by its jobs.
func (e *Engine) RunRounds(ctx context.Context, d deadline.Date) error {
	if err := e.goOnWithRounds(ctx); err != nil {
		return err
	}
	if err := e.commitRounds(ctx, d); err != nil && aiqyn.KindOf(err) != aiqyn.Unavailable {
		return err
	}
	return e.goOnWithRounds(ctx)
}

// commitRounds commits the rounds of a working day. What is over by then is ended first:
// nobody is left out by a stop that ran until last night, and no place is kept by an offer
// that nobody has answered.
func (e *Engine) commitRounds(ctx context.Context, d deadline.Date) error {
	if _, err := e.RunDue(ctx); err != nil {
		e.Log.Error("end what is due before rounds", "err", err) // one that cannot be ended keeps nobody else from a round
	}
	var errs []error
	for _, svc := range e.queueServices() {
		cal, err := e.calendar(svc.Calendar)
		if err != nil {
			return err
		}
		if working, _, err := cal.IsWorking(d); err != nil || !working {
			errs = append(errs, err)
			continue
		}
		c := &commitRound{
			apart: apart{cid: aiqyn.CommandID("round/" + string(svc.ID) + "/" + d.String()), actor: aiqyn.System}, svc: svc, pack: e.packs.current().Hash(), day: d.String(),
		}
		if _, err := e.send(ctx, c); err != nil && !errors.Is(err, errNothingToShare) {
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}

// goOnWithRounds takes every round that is not over as far as it can go now.
func (e *Engine) goOnWithRounds(ctx context.Context) error {
	errs := []error{e.cancelSlots(ctx)}
	for _, svc := range e.openRounds() {
		errs = append(errs, e.goOnWith(ctx, svc))
	}
	return errors.Join(errs...)
}

// openRounds lists the services with a round that is not over, whatever pack is in force.
func (e *Engine) openRounds() (list []aiqyn.ServiceID) {
	e.queues.mu.RLock()
	defer e.queues.mu.RUnlock()
	for svc, q := range e.queues.of {
		if q.unsettled() != nil {
			list = append(list, svc)
		}
	}
	slices.Sort(list)
	return list
}

func (e *Engine) goOnWith(ctx context.Context, svc aiqyn.ServiceID) error {
	r := e.queues.unsettled(svc)
	if r == nil {
		return nil
	}
	if r.drawn == nil {
		c := &drawRound{apart: apart{cid: aiqyn.CommandID(fmt.Sprint("draw/", r.entry)), actor: aiqyn.System}, of: r}
		if err := c.prepare(ctx, e); err != nil || c.pending {
			return err
		}
		if _, err := e.send(ctx, c); err != nil {
			return err
		}
		if r = e.queues.unsettled(svc); r == nil || r.drawn == nil {
			return nil
		}
	}
	return e.settleOffers(ctx, r)
}
