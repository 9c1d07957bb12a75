package store

import (
	"context"
	"database/sql"
	"sync"
	"sync/atomic"
	"time"
)

// What is committed stands in SQLite's write-ahead log first and is copied into
// the database file later. Left to itself SQLite copies within some commit or
// other, and all who wait for that one wait a tenth of a second longer. So the
// copying is done beside the writer, which only copies the little that was
// committed meanwhile, and begins the log anew.
const (
	// tidyEvery is how long after a commit the log is copied.
	tidyEvery = time.Second
	// tidyRounds bound how often the log is copied in one go: each time, less has
	// been committed meanwhile.
	tidyRounds = 3
	// littleLeft is how many pages may have been committed during the last copying
	// for the writer to copy them.
	littleLeft = 1000
	// walLimit is when SQLite is to copy within a commit after all, in pages.
	walLimit = 32000
)

// tidying copies the write-ahead log of a file while others write to it.
type tidying struct {
	conn *sql.Conn
	busy sync.Mutex    // held while the log is being copied
	news chan struct{} // something was committed
	done sync.WaitGroup
	stop context.CancelFunc
	ends atomic.Bool // the writer is to copy what is left
}

func startTidying(ctx context.Context, pool *sql.DB) (*tidying, error) {
	conn, err := pool.Conn(ctx)
	if err != nil {
		return nil, err
	}
	run, stop := context.WithCancel(context.WithoutCancel(ctx))
	t := &tidying{conn: conn, news: make(chan struct{}, 1), stop: stop}
	t.done.Go(func() { t.run(run) })
	return t, nil
}

// committed notes that there is something to copy.
func (t *tidying) committed() {
	select {
	case t.news <- struct{}{}:
	default:
	}
}

func (t *tidying) run(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-t.news:
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(tidyEvery):
		}
		t.copyAll(ctx)
	}
}

// copyAll copies the log until little is left.
func (t *tidying) copyAll(ctx context.Context) {
	t.busy.Lock()
	defer t.busy.Unlock()
	was := 0
	for range tidyRounds {
		inLog, copied, err := checkpoint(ctx, t.conn)
		if err != nil || copied < inLog {
			return // what a reader still needs stays in the log, where it is as safe
		}
		meanwhile := inLog - was
		if was = inLog; meanwhile < littleLeft {
			break
		}
	}
	t.ends.Store(true)
}

// finish lets the writer copy what is left, between two commits.
func (t *tidying) finish(ctx context.Context, writer *sql.Conn) {
	if t.ends.CompareAndSwap(true, false) {
		checkpoint(ctx, writer)
	}
}

// close ends the copying.
func (t *tidying) close() error {
	t.stop()
	t.done.Wait()
	return t.conn.Close()
}

// checkpoint copies what no reader still needs as it was, and tells how many
// pages are in the log and how many of them are in the database by now. It
// waits for nobody.
func checkpoint(ctx context.Context, conn *sql.Conn) (inLog, copied int, err error) {
	var busy int
	err = conn.QueryRowContext(ctx, "PRAGMA wal_checkpoint(PASSIVE)").Scan(&busy, &inLog, &copied)
	return inLog, copied, err
}
