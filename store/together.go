package store

import (
	"context"
	"database/sql"
	"errors"
	"sync"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
)

// gathering sends to a server in one message what many ask at once. A query that
// finds a few rows by an index costs the server less than the message that it comes
// with; so whoever asks while another is being answered is answered together with
// all who asked meanwhile. Who asks alone waits for nobody.
type gathering struct {
	pool *sql.DB

	mu        sync.Mutex
	waiting   []*asked
	answering int
}

const (
	// answerers is how many messages are on their way at once.
	answerers = 2
	// together is how many queries one message holds at most.
	together = 64
)

// asked is a query that waits for its rows.
type asked struct {
	ctx   context.Context
	query string
	args  []any
	read  func(scanner) error
	begun bool // rows of it were read
	whole bool // all of them
	done  chan error
}

// errAlone tells somebody who was asked for together with others that nothing was
// answered for them.
var errAlone = errors.New("to be asked alone")

// ask hands the few rows of a query to read, one after another. What read has noted is
// good only if there is no error: whoever gives up does not wait for what is still
// being read.
func (db *DB) ask(ctx context.Context, read func(scanner) error, query string, args ...any) error {
	if db.together != nil {
		if err := db.together.ask(ctx, read, query, args); err != errAlone {
			return readable(err)
		}
	}
	rows, err := db.query(ctx, query, args...)
	if err != nil {
		return readable(err)
	}
	defer rows.Close()
	for rows.Next() {
		if err := read(rows); err != nil {
			return readable(err)
		}
	}
	return readable(rows.Err())
}

func (g *gathering) ask(ctx context.Context, read func(scanner) error, query string, args []any) error {
	a := &asked{ctx: ctx, query: query, args: args, read: read, done: make(chan error, 1)}
	g.mu.Lock()
	g.waiting = append(g.waiting, a)
	another := g.answering < answerers
	if another {
		g.answering++
	}
	g.mu.Unlock()
	if another {
		go g.answer()
	}
	select {
	case err := <-a.done:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// answer answers until nobody waits.
func (g *gathering) answer() {
	for list := g.next(); len(list) > 0; list = g.next() {
		err := g.send(list)
		for _, a := range list {
			switch {
			case a.whole:
				a.done <- nil
			case a.begun:
				a.done <- err
			default:
				a.done <- errAlone
			}
		}
	}
}

// next takes those who are answered together; when there are none, one answerer less
// is at work.
func (g *gathering) next() []*asked {
	g.mu.Lock()
	defer g.mu.Unlock()
	n := min(together, len(g.waiting))
	if n == 0 {
		g.answering--
		return nil
	}
	list := g.waiting[:n:n]
	g.waiting = g.waiting[n:]
	return list
}

// send asks for all in one message. Once one has failed the server answers none that
// come after it: whose rows were not begun is asked for alone.
func (g *gathering) send(list []*asked) error {
	ctx, stop := context.WithTimeout(context.Background(), writeAtMost)
	defer stop()
	var batch pgx.Batch
	for _, a := range list {
		if a.ctx.Err() == nil {
			batch.Queue(a.query, a.args...).Query(a.rows)
		}
	}
	conn, err := g.pool.Conn(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	return conn.Raw(func(dc any) error { return dc.(*stdlib.Conn).Conn().SendBatch(ctx, &batch).Close() })
}

func (a *asked) rows(rows pgx.Rows) error {
	for rows.Next() {
		a.begun = true
		if err := a.read(rows); err != nil {
			return err
		}
	}
	a.whole = rows.Err() == nil
	return rows.Err()
}
