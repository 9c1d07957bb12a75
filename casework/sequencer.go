package casework

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"runtime"
	"time"

	"aiqyn"
	"aiqyn/ledger"
	"aiqyn/store"
)

type ctx = context.Context

// sequencer is the memory of the one goroutine that decides. While a batch is
// being written the next is decided on top of it; should the write fail, all
// of this is thrown away and read again from the database.
type sequencer struct {
	head           store.Head
	tree           *ledger.Tree
	next           int64 // index of the next entry
	last           time.Time
	systemSeq      int64
	systemPrev     string
	releasedTo     string // last day of the last release
	cut            int64  // the entry with which the log went on from a backup
	indexed        string // hash of the last index of what is published
	beacon         string // description of the source of randomness that is in force; "" none was named
	verdicts       newVerdicts
	unmarked       int64                  // entry before which verdicts may have left no marks; 0 all have
	reductions     map[int]reductionAsked // by transformer
	corrections    map[int64]aiqyn.Actor  // of readings, that wait for a second signer, by entry
	measured       int64                  // entry of the last batch of measurements or corrections, −1 before the first
	registered     int64                  // entry of the last table of meters, −1 before the first
	tabled         int64                  // entry of the last act about tables of the network, −1 before the first
	classed        int64                  // entry of the last act that brought a class into force or asked for it, −1 before the first
	lastCase       int64
	lastMessage    int64
	cases          *cache
	loads          map[aiqyn.OfficerID]int
	rosters        map[rosterKey]roster
	rostersByEntry map[int64][]aiqyn.OfficerID
	ties           map[aiqyn.OfficerID]string     // who officers are as people
	stood          map[aiqyn.OfficerID]bool       // whom any roster has named
	signatures     map[packSigned]aiqyn.OfficerID // first signature under a pack and its day
	reports        map[int64]reportState          // with a text, by entry
	filings        *recentFilings
	batch          store.Batch
	batches        int64   // made so far
	recent         recency // commands outside cases, which may not be on disk yet
	mandates       mandates
}

// A batch is a part of those who wait, between these limits: small enough that
// the writer has work while the next are decided, large enough that what a batch
// costs by itself is little beside them.
const (
	minBatch = 16
	maxBatch = 64
)

// sequence takes requests as they come, decides them in order and hands each
// batch to the writer. Alone a command waits for nobody; under load a batch is
// what has arrived, and many batches share one commit.
func (e *Engine) sequence(run ctx) {
	defer close(e.writes)
	for {
		var batch []*request
		select {
		case r := <-e.queue:
			e.deciding.Store(true)
			batch = append(batch, r)
		case <-run.Done():
			e.drain()
			return
		}
		e.writes <- e.turnAll(e.collect(batch))
		e.deciding.Store(false)
	}
}

// collect adds what has arrived, up to the limit of a batch. Those who are
// about to send come first: many small batches cost more than a large one.
func (e *Engine) collect(batch []*request) []*request {
	limit := min(maxBatch, max(minBatch, len(e.queue)/4))
	for waited := false; len(batch) < limit; {
		select {
		case r := <-e.queue:
			batch = append(batch, r)
			waited = false
		default:
			if waited {
				return batch
			}
			runtime.Gosched()
			waited = true
		}
	}
	return batch
}

// drain answers what is left in the queue when the engine stops.
func (e *Engine) drain() {
	for {
		select {
		case r := <-e.queue:
			r.reply <- reply{err: aiqyn.E(aiqyn.Unavailable, "error.stopping")}
		default:
			return
		}
	}
}

// turnAll decides a batch, on top of those that are still on their way to the
// disk.
func (e *Engine) turnAll(batch []*request) *pending {
	e.turning.Lock()
	defer e.turning.Unlock()
	if err := e.recover(); err != nil {
		return refuseAll(batch, err)
	}
	now, err := e.tick()
	var damaged map[int64]error
	if err == nil {
		damaged, err = e.fetch(batch)
	}
	if err == nil {
		err = e.fetchMandates(batch)
	}
	if err != nil {
		return refuseAll(batch, err)
	}
	e.refresh(batch, now)
	p := &pending{replies: make([]settled, 0, len(batch))}
	turns, err := e.named(batch, now)
	if err != nil {
		return refuseAll(batch, err)
	}
	now = now.Add(time.Microsecond * time.Duration(len(turns)))
	for _, r := range batch {
		var t *turn
		answer := reply{err: damaged[r.cmd.about()]}
		if answer.err == nil {
			t, answer = e.decide(r, now)
		}
		if t != nil {
			turns = append(turns, t.all()...)
		}
		p.replies = append(p.replies, settled{r, answer})
		now = now.Add(time.Microsecond * time.Duration(btoi(t != nil && len(t.events) > 0)))
	}
	if err := e.seq.seal(e, turns); err != nil {
		e.fail(err)
		return refuseAll(batch, err)
	}
	p.batch, p.number = e.seq.batch, e.seq.batches
	return p
}

// recover reads everything again after a write has failed. Batches decided on
// top of the failed one are refused before it begins.
func (e *Engine) recover() error {
	if e.broken.Load() == nil {
		return nil
	}
	e.settle()
	e.broken.Store(nil)
	if err := e.reload(context.Background()); err != nil {
		e.broken.Store(&err)
		return err
	}
	return nil
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}

// tick returns the instant of the batch. Log time never goes back: a clock
// that fell behind a little is helped, one that fell far is refused.
func (e *Engine) tick() (time.Time, error) {
	now := e.Clock().UTC().Truncate(time.Microsecond)
	if behind := e.seq.last.Sub(now); behind > e.MaxSkew {
		return time.Time{}, aiqyn.E(aiqyn.Unavailable, "error.clock-back", "behind", behind.Round(time.Second).String())
	}
	if !now.After(e.seq.last) {
		now = e.seq.last.Add(time.Microsecond)
	}
	return now, nil
}

// fetch brings the cases that the batch is about into memory, by one query. A
// case that cannot be opened is damaged and keeps no other from its right.
func (e *Engine) fetch(batch []*request) (damaged map[int64]error, err error) {
	var missing []int64
	for _, r := range batch {
		if no := r.cmd.about(); no != 0 && e.seq.cases.get(no) == nil {
			missing = append(missing, no)
		}
	}
	if len(missing) == 0 {
		return nil, nil
	}
	rows, err := e.Store.CasesByNo(context.Background(), missing)
	if err != nil {
		return nil, err
	}
	for _, row := range rows {
		rec, err := e.keys.openRecord(row)
		if err != nil {
			if damaged == nil {
				damaged = make(map[int64]error)
			}
			damaged[row.No] = err
			continue
		}
		e.seq.cases.put(rec)
	}
	return damaged, nil
}

// decide runs one command. The turn is nil when nothing of it is kept.
func (e *Engine) decide(r *request, now time.Time) (*turn, reply) {
	t := &turn{e: e, s: &e.seq, now: now}
	if id := r.cmd.id(); id != "" {
		t.command = commandHash(id)
	}
	if no := r.cmd.about(); no != 0 {
		rec := e.seq.cases.get(no)
		if rec == nil || rec.key == nil {
			return nil, reply{err: aiqyn.E(aiqyn.NotFound, "error.not-found")}
		}
		if sp, ok := rec.state.Commands[t.command]; ok && t.command != "" {
			return nil, e.repeat(r.cmd, rec, sp)
		}
		if err := t.take(rec); err != nil {
			return nil, reply{err: err}
		}
	} else if c, ok := e.seq.recent.find(t.command); ok {
		return nil, reply{result: Result{First: c.First, Last: c.Last, Again: true}}
	}
	err := t.run(r.cmd)
	if err != nil && !t.keep {
		t.rollback()
		return nil, reply{err: err}
	}
	for _, one := range t.all() {
		e.seq.keep(one)
	}
	e.Capacity.settled(e.seq.next)
	return t, reply{result: t.result, err: err}
}

// take makes a working copy of the case and finds its service.
func (t *turn) take(rec *record) error {
	work := *rec
	work.state = rec.state.clone()
	t.rec = &work
	svc, err := t.e.packs.service(rec.state.Pack, rec.state.Service)
	t.svc = svc
	return err
}

// run fires the timers that are due, then decides the command: what a missed
// deadline means has happened before anybody can act after it.
func (t *turn) run(cmd command) error {
	if t.rec != nil {
		id := t.command
		t.command = "" // what time has brought about is not the command's doing
		if err := t.fireTimers(); err != nil {
			return err
		}
		t.command = id
	}
	fired := len(t.events)
	err := t.stands(cmd)
	if err == nil {
		err = cmd.decide(t)
	}
	if err == nil {
		err = t.ripple()
	}
	if err != nil && fired > 0 && !t.keep {
		// The timers stand whatever becomes of the command.
		return t.onlyTimers(err)
	}
	if t.rec != nil {
		t.result.Ref, t.result.Case = t.rec.state.Ref, caseID(t.rec.state.No)
	}
	if !t.result.Again {
		t.result.First = t.s.next + int64(min(fired, max(0, len(t.events)-1)))
		t.result.Last = t.s.next + int64(len(t.events)) - 1
	}
	return err
}

// onlyTimers starts the turn over and keeps what the timers did, although the
// command after them failed.
func (t *turn) onlyTimers(cause error) error {
	t.rollback()
	original := t.s.cases.get(t.rec.state.No)
	*t = turn{e: t.e, s: t.s, now: t.now}
	if err := t.take(original); err != nil {
		return err
	}
	if err := t.fireTimers(); err != nil {
		return err
	}
	if err := t.ripple(); err != nil {
		return err
	}
	t.keep = true
	return cause
}

// keep makes a turn part of the batch.
func (s *sequencer) keep(t *turn) {
	for _, ev := range t.events {
		if ev.no == 0 {
			s.systemSeq++
		}
	}
	if n := len(t.events); n > 0 {
		s.next += int64(n)
		s.last = t.events[n-1].at
	}
	if t.rec != nil && !t.rec.gone {
		wake := t.e.nextWake(t.rec.state, t.svc, t.now)
		t.rec.dirty = t.rec.dirty || len(t.events) > 0 || !wake.Equal(t.rec.row.Wake)
		t.rec.row.Wake = wake
		s.cases.put(t.rec)
		if len(t.events) > 0 {
			t.e.stand(t.svc, t.rec, t.events)
		}
	}
	s.recent.add(s.batches+1, t.commands)
	s.mandates.change(s.batches+1, t.changed)
}

// commandHash shortens a command's id, whatever its length and letters.
func commandHash(id aiqyn.CommandID) string {
	sum := sha256.Sum256([]byte(id))
	return hex.EncodeToString(sum[:12])
}

// caseID is the public type of a case's number.
func caseID(no int64) aiqyn.CaseID { return aiqyn.CaseID(fmt.Sprintf("%d", no)) }

// fail notes that what the sequencer remembers is not what the disk has.
func (e *Engine) fail(err error) {
	if errors.Is(err, store.ErrHeadMoved) {
		e.Log.Error("another process extended the log", "err", err)
	} else {
		e.Log.Error("batch not written", "err", err)
	}
	e.broken.Store(&err)
}
