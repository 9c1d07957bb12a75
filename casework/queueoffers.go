package casework

import (
	"context"
	"errors"
	"fmt"
	"time"

	"aiqyn"
	"aiqyn/allocation"
)

// offeredLetter tells of an offer: from it a time runs.
const (
	offeredLetter     = "message.offered"
	offeredSlotLetter = "message.offered-slot"
)

// offerReminder is how long before its end a person is reminded of an offer.
const offerReminder = 24 * time.Hour

// settleOffers makes the offers of a round that is drawn, each in a turn of its
// own and once, then closes the round. Whoever is killed meanwhile, or runs it
// twice, does what is left.
func (e *Engine) settleOffers(ctx context.Context, r *round) error {
	match, err := e.matched(ctx, r)
	if err != nil {
		return err
	}
	for from := 0; from < len(match); from += e.Batch {
		if err := e.offerAll(ctx, r, match[from:min(from+e.Batch, len(match))]); err != nil {
			return err
		}
	}
	_, err = e.send(ctx, &settleRound{apart: apart{cid: aiqyn.CommandID(fmt.Sprint("settle/", r.drawnAt)), actor: aiqyn.System}, of: r})
	return err
}

// offerTo is what a round gives a case.
type offerTo struct {
	no    int64
	group string
}

// matched finds the cases that a round gives something: those that still wait
// under the names of its file, and those that have their offer already.
func (e *Engine) matched(ctx context.Context, r *round) ([]offerTo, error) {
	got, err := e.givenBy(ctx, r.drawn)
	if err != nil {
		return nil, err
	}
	var list []offerTo
	for p, err := range e.Store.AllQueuePlaces(ctx) {
		if err != nil {
			return nil, err
		}
		if p.Service != string(r.committed.Service) {
			continue
		}
		if group := got[allocation.Pseudonym(e.keys.secretOf(string(p.Object)), r.committed.Name)]; group != "" && (p.Waiting || p.Seat == group) {
			list = append(list, offerTo{p.Case, group})
		}
	}
	return list, nil
}

// offerAll sends offers side by side.
func (e *Engine) offerAll(ctx context.Context, r *round, list []offerTo) error {
	waiting := make([]*request, 0, len(list))
	var errs []error
	for _, o := range list {
		id := aiqyn.CommandID(fmt.Sprintf("offer/%d/%d", r.drawnAt, o.no))
		c := &makeOffer{onCase: onCase{cid: id, actor: aiqyn.System, no: o.no}, round: r.drawnAt, group: o.group}
		if err := c.prepare(ctx, e); err != nil { // a register is silent: the round goes on when it answers
			errs = append(errs, err)
			continue
		}
		q, err := e.enqueue(ctx, c)
		if err != nil {
			return err
		}
		waiting = append(waiting, q)
	}
	for _, q := range waiting {
		switch _, err := e.await(ctx, q); aiqyn.KindOf(err) {
		case aiqyn.Conflict, aiqyn.NotFound: // gone, stopped or held since: the seat goes into the next round
		default:
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}

// givenBy reads whom a round gave what, by their names there.
func (e *Engine) givenBy(ctx context.Context, d *roundDrawn) (map[string]string, error) {
	data, err := snapshotOf(ctx, e.Store, roundResultKind, d.Result)
	if err != nil {
		return nil, err
	}
	return givenIn(data)
}
