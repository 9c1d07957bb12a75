package casework

import (
	"context"
	"runtime"
	"time"

	"aiqyn"
	"aiqyn/ledger"
	"aiqyn/store"
)

// pending is a decided batch on its way to the disk.
type pending struct {
	batch   store.Batch
	number  int64
	replies []settled
	settled chan struct{} // instead of a batch: closed when all before it are on disk or refused
}

type settled struct {
	to     *request
	answer reply
}

// refuseAll answers every command of a batch with one error.
func refuseAll(batch []*request, err error) *pending {
	p := &pending{replies: make([]settled, len(batch))}
	for i, r := range batch {
		p.replies[i] = settled{r, reply{err: err}}
	}
	return p
}

// refuse answers every command with an error, and leaves nothing of what was to be
// written: it must not be taken for what is on disk.
func (p *pending) refuse(err error) {
	p.batch, p.number = store.Batch{}, 0
	for i := range p.replies {
		p.replies[i].answer = reply{err: err}
	}
}

func (p *pending) answer() {
	for _, s := range p.replies {
		s.to.reply <- s.answer
	}
}

// empty reports whether there is nothing to write: every command was refused
// or a retry.
func (p *pending) empty() bool {
	return p.batch.Head.Size == p.batch.Was.Size && len(p.batch.Cases) == 0
}

// settle waits until nothing is on its way to the disk.
func (e *Engine) settle() {
	p := &pending{settled: make(chan struct{})}
	e.writes <- p
	<-p.settled
}

// write puts batches on disk in the order in which they were decided, then
// answers their callers. Several share one transaction: rows are inserted as
// batches come, and all are committed when no more are to be expected soon.
func (e *Engine) write() {
	defer close(e.over)
	w := writer{e: e}
	for p := range e.writes {
		w.take(p)
		for w.tx != nil {
			p, more := w.next()
			if !more {
				break
			}
			w.take(p)
		}
		w.finish()
	}
}

// writer is the memory of the one goroutine that writes.
type writer struct {
	e        *Engine
	tx       *store.Writing // nil as long as nothing is to be written
	head     store.Head     // reached in tx
	taken    []*pending     // to be answered together
	commands int            // in them
	began    time.Time      // to write into tx
	patience time.Duration  // what the last commit took
	timer    *time.Timer
}

// worthwhile is how many times as long as a commit takes rows are written for
// it. What is beyond makes the commit hardly cheaper for each, and keeps those
// waiting who could be preparing what is written next.
const worthwhile = 4

// next waits for another batch, no longer than a commit of its own would take
// it, and only if one is being decided.
func (w *writer) next() (*pending, bool) {
	if w.commands >= w.e.Batch || time.Since(w.began) > worthwhile*w.patience {
		return nil, false
	}
	for range 2 {
		select {
		case p, ok := <-w.e.writes:
			return p, ok
		default:
			runtime.Gosched() // let those come who were answered a moment ago
		}
	}
	if !w.e.deciding.Load() && len(w.e.queue) == 0 {
		return nil, false
	}
	if w.timer == nil {
		w.timer = time.NewTimer(w.patience)
	} else {
		w.timer.Reset(w.patience)
	}
	defer w.timer.Stop()
	select {
	case p, ok := <-w.e.writes:
		return p, ok
	case <-w.timer.C:
		return nil, false
	}
}

// take adds a batch to the transaction. One that was decided on top of one
// that failed rests on what never happened: it is not written, and whatever it
// says is not answered.
func (w *writer) take(p *pending) {
	if p.settled != nil {
		w.finish()
		close(p.settled)
		return
	}
	w.taken = append(w.taken, p)
	w.commands += len(p.replies)
	if failed := w.e.broken.Load(); failed != nil {
		p.refuse(*failed)
	} else if !p.empty() {
		if err := w.add(&p.batch); err != nil {
			w.failed(err)
		}
	}
}

func (w *writer) add(b *store.Batch) (err error) {
	if w.tx == nil {
		if w.tx, err = w.e.Store.Write(context.Background()); err != nil {
			return err
		}
		w.began = time.Now()
	}
	w.head = b.Head
	if err := w.tx.Add(b); err != nil {
		w.tx.Abandon()
		return err
	}
	return nil
}

// failed refuses all that was to be written together.
func (w *writer) failed(err error) {
	w.tx = nil
	w.e.fail(err)
	for _, p := range w.taken {
		p.refuse(err)
	}
}

// finish commits what is open, under one signed checkpoint, and answers.
func (w *writer) finish() {
	if w.tx != nil {
		if err := w.commit(); err != nil {
			w.failed(err)
		} else {
			w.committed()
		}
	}
	for _, p := range w.taken {
		p.answer()
	}
	clear(w.taken)
	w.taken, w.commands = w.taken[:0], 0
}

func (w *writer) commit() error {
	began := time.Now()
	err := w.tx.Commit(func() (string, error) {
		signed, err := ledger.SignCheckpoint(ledger.Checkpoint{Origin: w.e.Origin, Size: w.head.Size, Root: w.head.Root}, w.e.Signer)
		w.head.Checkpoint = string(signed)
		return w.head.Checkpoint, err
	})
	w.patience = time.Since(began)
	return err
}

// committed tells the rest of the engine what is on disk now.
func (w *writer) committed() {
	e := w.e
	w.tx = nil
	for _, p := range w.taken {
		for i := range p.batch.Cases {
			c := &p.batch.Cases[i]
			e.newest.Store(max(e.newest.Load(), c.No))
			e.numbers.keep(aiqyn.Reference(c.Ref), c.No)
		}
		if !e.Manual {
			e.alarms.set(p.batch.Cases, e.Clock())
		}
		e.eraseFiles(p.batch.Erased)
		e.written.Store(max(e.written.Load(), p.number))
	}
	e.health.head.Store(w.head.Size)
	e.health.recorded.Store(w.head.Recorded.UnixMicro())
	if e.Observe != nil {
		if all := w.together(); len(all) > 0 {
			e.Observe(all)
		}
	}
}

// together is all that one transaction has written, under one checkpoint.
func (w *writer) together() []store.Batch {
	all := make([]store.Batch, 0, len(w.taken))
	for _, p := range w.taken {
		if !p.empty() {
			all = append(all, p.batch)
			all[len(all)-1].Head.Checkpoint = w.head.Checkpoint
		}
	}
	return all
}

// recency remembers commands outside cases as long as they may not be on disk.
type recency struct {
	commands map[string]store.Command
	order    []numbered
}

type numbered struct {
	id    string
	batch int64
}

func (r *recency) add(batch int64, list []store.Command) {
	for _, c := range list {
		if r.commands == nil {
			r.commands = make(map[string]store.Command)
		}
		r.commands[c.ID] = c
		r.order = append(r.order, numbered{c.ID, batch})
	}
}

func (r *recency) find(id string) (store.Command, bool) {
	c, ok := r.commands[id]
	return c, ok
}

// forget drops the commands of batches up to a number.
func (r *recency) forget(written int64) {
	n := 0
	for n < len(r.order) && r.order[n].batch <= written {
		delete(r.commands, r.order[n].id)
		n++
	}
	r.order = r.order[n:]
}
