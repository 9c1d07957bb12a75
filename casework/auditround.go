package casework

import (
	"context"
	"encoding/hex"
	"slices"
	"time"

	"aiqyn/allocation"
	"aiqyn/beacon"
	"aiqyn/deadline"
	"aiqyn/service"
)

// committed makes the inputs of a round again.
func (t *queueTelling) committed(ctx context.Context, ev *event, d *roundCommitted) error {
	q := t.qs.at(d.Service)
	if q.unsettled() != nil {
		t.wrong(ev.index, "begins a round while another is not over")
	}
	if slices.ContainsFunc(q.rounds, func(r *round) bool { return r.committed.Day == d.Day || r.committed.Name == d.Name }) {
		t.wrong(ev.index, "is a second round of the same day")
	}
	svc, err := t.e.packs.service(d.Pack, d.Service)
	if err != nil || svc.Queue == nil {
		t.wrong(ev.index, "the rules of the round are in no pack: %v", err)
		return nil
	}
	t.onItsDay(ev, d, svc)
	t.leftUndone(ev, d)
	closed, err := time.Parse(time.RFC3339, d.Closed)
	if err != nil || closed.After(ev.at) || ev.at.Sub(closed) >= time.Second {
		t.wrong(ev.index, "was closed at another time than it says")
	}
	r := q.inputs(d.Name, roundTime{d.Day, closed, t.Zone}, svc.Queue, t.e.keys.secretOf)
	r.Seed = allocation.Seed{Beacon: d.Beacon, Round: d.Seed}
	t.names(ev, d.Beacon, d.Seed, closed.Add(RoundNotice), closed.Add(RoundNotice+time.Second), 0)
	r = t.asWritten(r, d, svc.Queue)
	root := r.Root()
	if hex.EncodeToString(root[:]) == d.Root {
		return nil
	}
	beside, err := t.besideErased(ctx, ev, d, r, svc.Queue)
	if err == nil && !beside {
		t.wrong(ev.index, "the inputs of the round are not who waited then: somebody was left out, added or ranked otherwise")
	}
	return err
}

// onItsDay holds a round to the day that it is named by: that of its entry, a day on
// which offices work, not before the hour of rounds. So a day has one and no more.
func (t *queueTelling) onItsDay(ev *event, d *roundCommitted, svc *service.Service) {
	at := ev.at.In(t.Zone)
	today := deadline.DateOf(at)
	if d.Day != today.String() || d.Name != roundName(d.Service, d.Day) {
		t.wrong(ev.index, "is the round of %s, and was begun on %s", d.Name, today)
	}
	working := func(cal *deadline.Calendar) bool { is, _, err := cal.IsWorking(today); return err == nil && is }
	if at.Before(today.Start(t.Zone).Add(roundsAt)) || !slices.ContainsFunc(t.e.packs.calendarsNamed(svc.Calendar), working) {
		t.wrong(ev.index, "begins a round on a day on which offices do not work, or before the hour of rounds")
	}
}

// seedOf is a random value as an entry has it; one that is none comes to another result.
func seedOf(number uint64, value, proof string) beacon.Round {
	r := beacon.Round{Number: number}
	if bytes, err := hex.DecodeString(value); err == nil && len(bytes) == len(r.Value) {
		r.Value = [32]byte(bytes)
	}
	r.Proof, _ = hex.DecodeString(proof)
	return r
}

// drawnRound runs a round again.
func (t *queueTelling) drawnRound(ctx context.Context, ev *event, d *roundDrawn) error {
	r := t.qs.at(d.Service).unsettled()
	if r == nil || r.drawn != nil || r.entry != d.Committed || r.committed.Name != d.Name {
		t.wrong(ev.index, "draws a round that was not committed to, or twice")
		return nil
	}
	t.rests(ev, t.beaconAt(r.entry, r.committed.Beacon), d.Value, d.Proof, r.committed.Seed, false)
	seed := seedOf(r.committed.Seed, d.Value, d.Proof)
	inputs, err := snapshotOf(ctx, t.Store, roundInputsKind, r.committed.Inputs)
	if err != nil {
		t.wrong(r.entry, "the inputs of the round: %v", err)
		return nil
	}
	t.hasFile(ctx, ev.index, roundFileKind, d.File)
	t.hasFile(ctx, ev.index, roundResultKind, d.Result)
	said, _, _, err := drawnFrom(inputs, &r.committed, r.entry, seed)
	t.inverted(ev, d, said.Inverted)
	said.Inverted = d.Inverted
	if err != nil || said != *d {
		t.wrong(ev.index, "the result does not follow from the inputs and the seed")
	}
	return nil
}

// hasFile holds that a file which an entry names is there, as it was: strangers run a
// round again from it, also where the audit does without.
func (a *auditor) hasFile(ctx context.Context, entry int64, kind, hash string) {
	if _, err := snapshotOf(ctx, a.Store, kind, hash); err != nil {
		a.wrong(entry, "what it announces: %v", err)
	}
}

// settled holds the offers of a round against its result: whoever still waits has
// theirs.
func (t *queueTelling) settled(ctx context.Context, ev *event, d *roundSettled) error {
	q := t.qs.at(d.Service)
	r := q.unsettled()
	if r == nil || r.drawn == nil || r.drawnAt != d.Drawn {
		t.wrong(ev.index, "settles a round that was not drawn")
		return nil
	}
	got, err := t.e.givenBy(ctx, r.drawn)
	if err != nil {
		t.wrong(r.drawnAt, "the result of the round: %v", err)
		return nil
	}
	names := func(object string) string { return got[allocation.Pseudonym(t.e.keys.secretOf(object), d.Name)] }
	for no, w := range q.waits {
		group := names(w.object)
		o := offerOf{r.drawnAt, no, group}
		if _, offered := t.queueFolds.offers[o]; group != "" && slices.Contains(w.groups, seatGroup(group)) && !offered && !q.gone(group, ev.at) {
			t.wrong(ev.index, "case %d: the round gave it a place that was never offered", no)
		}
	}
	t.gave(r, names)
	return nil
}

// gave notes the offers that a round has given.
func (t *queueTelling) gave(r *round, names func(object string) string) {
	for o := range t.queueFolds.offers {
		if o.round == r.drawnAt && names(t.objects[o.no]) == o.group {
			t.used[o] = true
		}
	}
}

// underway notes the offers of rounds that are drawn and not over: the log ends, or its
// process was killed, between two of them.
func (t *queueTelling) underway(ctx context.Context) {
	for _, q := range t.qs.of {
		r := q.unsettled()
		if r == nil || r.drawn == nil {
			continue
		}
		got, err := t.e.givenBy(ctx, r.drawn)
		if err != nil {
			t.wrong(r.drawnAt, "the result of the round: %v", err)
			continue
		}
		t.gave(r, func(object string) string {
			return got[allocation.Pseudonym(t.e.keys.secretOf(object), r.committed.Name)]
		})
	}
}
