package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"net"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"

	"aiqyn"
)

// postgreSQL is a database on a server, which other processes may share.
type postgreSQL struct {
	pool *sql.DB // that writes
	read *sql.DB // the pool of [DB]
}

// How long a write may take before it is given up. Its outcome is open then:
// whoever sends the command again learns it.
const writeAtMost = 30 * time.Second

// openPostgreSQL opens the database at a URL as libpq reads it. Of several
// hosts it takes the one that is the primary now, so that a standby that was
// promoted is found.
func openPostgreSQL(ctx context.Context, url string, o Options) (*DB, error) {
	cfg, err := pgx.ParseConfig(url)
	if err != nil {
		return nil, aiqyn.E(aiqyn.Invalid, "error.database-url", "url", withoutPassword(url))
	}
	cfg.DialFunc = dialServer
	cfg.RuntimeParams["application_name"] = "aiqyn"
	// A process that is stopped in the middle of a transaction must not keep the
	// head from whoever goes on.
	cfg.RuntimeParams["idle_in_transaction_session_timeout"] = "5s"
	if cfg.ConnectTimeout == 0 {
		cfg.ConnectTimeout = 5 * time.Second
	}
	if cfg.ValidateConnect == nil && !o.ReadOnly {
		cfg.ValidateConnect = pgconn.ValidateConnectTargetSessionAttrsPrimary
	}
	reading, writing := cfg.Copy(), cfg
	reading.RuntimeParams["default_transaction_read_only"] = "on"
	// Committed is on the disk here and on the synchronous standby, whatever the
	// server's file says.
	writing.RuntimeParams["synchronous_commit"] = "on"
	switch {
	case o.ReadOnly:
		writing.RuntimeParams["default_transaction_read_only"] = "on"
	case o.NoSync:
		writing.RuntimeParams["synchronous_commit"] = "off"
	}
	e := &postgreSQL{pool: stdlib.OpenDB(*writing), read: stdlib.OpenDB(*reading)}
	e.pool.SetMaxOpenConns(4)
	e.pool.SetMaxIdleConns(4)
	e.read.SetMaxOpenConns(8)
	e.read.SetMaxIdleConns(8)
	if err := e.check(ctx); err != nil {
		e.read.Close()
		e.close()
		return nil, readable(err)
	}
	return &DB{engine: e, read: e.read, together: &gathering{pool: e.read}}, nil
}

var password = regexp.MustCompile(`(://[^/@]*?):[^@]*@|(password=)[^&]*`)

// withoutPassword is a URL that may be shown.
func withoutPassword(url string) string { return password.ReplaceAllString(url, "$1$2***") }

// check reaches the server and refuses one that would change what it is given.
func (e *postgreSQL) check(ctx context.Context) error {
	var encoding string
	if err := e.read.QueryRowContext(ctx, `SHOW server_encoding`).Scan(&encoding); err != nil {
		return err
	}
	if encoding != "UTF8" {
		return aiqyn.E(aiqyn.Invalid, "error.database-encoding", "encoding", encoding)
	}
	return nil
}

func (e *postgreSQL) close() error { return e.pool.Close() }

var textColumn = regexp.MustCompile(`\bTEXT\b`)

// schema widens numbers of rows, and orders texts by their bytes as Go and
// SQLite do, whatever the language of the server.
func (e *postgreSQL) schema(migration string) string {
	var b strings.Builder
	for line := range strings.Lines(migration) {
		code, comment, found := strings.Cut(line, "--")
		code = strings.ReplaceAll(code, "INTEGER PRIMARY KEY", "BIGINT PRIMARY KEY")
		b.WriteString(textColumn.ReplaceAllString(code, `TEXT COLLATE "C"`))
		if found {
			b.WriteString("--" + comment)
		}
	}
	return b.String()
}

func (e *postgreSQL) mirrored(ctx context.Context) (bool, error) {
	var names string
	err := e.read.QueryRowContext(ctx, `SHOW synchronous_standby_names`).Scan(&names)
	return names != "", err
}

func (e *postgreSQL) moment() string { return "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY" }

// update runs f as if nobody else were there, and again when somebody was.
func (e *postgreSQL) update(ctx context.Context, f func(context.Context, *sql.Tx) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	ctx, stop := context.WithTimeout(context.WithoutCancel(ctx), writeAtMost)
	defer stop()
	for try := time.Duration(1); ; try++ {
		err := inTx(ctx, e.pool, &sql.TxOptions{Isolation: sql.LevelSerializable}, f)
		if err == nil || !conflicting(err) || try == 20 {
			return err
		}
		time.Sleep(try * try * 100 * time.Microsecond)
	}
}

// conflicting reports whether a transaction met another and may be tried again.
func conflicting(err error) bool {
	var said *pgconn.PgError
	if !errors.As(err, &said) {
		return false
	}
	switch said.Code {
	case "40001", "40P01": // serialization failure, deadlock
		return true
	case "23505": // two made the same table at once
		return said.SchemaName == "pg_catalog"
	}
	return false
}

// noText is the SQLSTATE of bytes that are no text: a zero among them, or not UTF-8.
// SQLite compares them as it does any; here they are told before anything is looked for.
const noText = "22021"

// code is the error's SQLSTATE, "" if the server has not spoken.
func code(err error) string {
	var said *pgconn.PgError
	if errors.As(err, &said) {
		return said.Code
	}
	return ""
}

func (e *postgreSQL) stream(ctx context.Context, query string, args []int64, read func(row) error) error {
	return streamDriver(ctx, e.read, query, args, read)
}

// begin gathers statements; all are sent at once when they are committed. What
// they read of the database is the head alone, and its row is locked by its swap.
func (e *postgreSQL) begin(ctx context.Context) (transaction, error) {
	p := &pipeline{server: e, ctx: ctx}
	p.batch.Queue("BEGIN")
	return p, ctx.Err()
}

func (p *pipeline) commit() error {
	if err := p.ctx.Err(); err != nil {
		return err
	}
	ctx, stop := context.WithTimeout(context.WithoutCancel(p.ctx), writeAtMost)
	defer stop()
	conn, err := p.server.pool.Conn(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	return conn.Raw(func(dc any) error { return p.send(ctx, dc.(*stdlib.Conn).Conn()) })
}

func (p *pipeline) abandon() {} // nothing was sent

func (p *pipeline) at(Head) error { return nil }

// forget has the server reuse the room of what was erased. Its write-ahead log
// and its copies keep the old pages for as long as the operator keeps those.
func (e *postgreSQL) forget() {
	ctx, stop := context.WithTimeout(context.Background(), writeAtMost)
	defer stop()
	e.pool.ExecContext(ctx, `VACUUM entry, cases, reservation, outbox, report_key`)
}

// reindex does one table at a time: those that read another meanwhile may go on.
func (e *postgreSQL) reindex(ctx context.Context) error { return e.each(ctx, `REINDEX TABLE `) }

func (e *postgreSQL) settle(ctx context.Context) error { return e.each(ctx, `VACUUM ANALYZE `) }

// each does something to every table.
func (e *postgreSQL) each(ctx context.Context, do string) error {
	for _, table := range tables {
		if _, err := e.pool.ExecContext(ctx, do+table); err != nil {
			return err
		}
	}
	return nil
}

func (e *postgreSQL) tidy() {} // the server does so by itself

// pipeline gathers the statements of one transaction.
type pipeline struct {
	server *postgreSQL
	ctx    context.Context
	batch  pgx.Batch
}

func (p *pipeline) exec(query string, args ...any) error {
	p.batch.Queue(query, args...)
	return nil
}

// swap goes first, whenever it comes: it locks its row, so that of two who extend
// the log one learns that it has moved, and not that there are rows like its own.
func (p *pipeline) swap(query string, args ...any) error {
	p.batch.Queue(query, args...).Exec(func(done pgconn.CommandTag) error {
		if done.RowsAffected() != 1 {
			return ErrHeadMoved
		}
		return nil
	})
	queued := p.batch.QueuedQueries
	last := len(queued) - 1
	p.batch.QueuedQueries = slices.Insert(queued[:last], 1, queued[last]) // after BEGIN
	return nil
}

// rowsAtOnce bounds one statement's size; it is a few megabytes.
const rowsAtOnce = 4096

// insert gives the rows as one array per column.
func (p *pipeline) insert(t table, n int, row func(args []any, i int) []any) error {
	for from := 0; from < n; from += rowsAtOnce {
		columns := make([]column, t.columns)
		var args []any
		for i := from; i < min(n, from+rowsAtOnce); i++ {
			args = row(args[:0], i)
			for c := range columns {
				if err := columns[c].add(args[c]); err != nil {
					return fmt.Errorf("%s: %w", t.name(), err)
				}
			}
		}
		list := make([]any, len(columns))
		types := make([]string, len(columns))
		for c := range columns {
			list[c] = columns[c].values()
			types[c] = fmt.Sprintf("$%d::%s[]", c+1, columns[c].kind())
		}
		p.batch.Queue(strings.TrimSuffix(t.head, "VALUES ")+"SELECT * FROM unnest("+strings.Join(types, ",")+")"+t.tail, list...)
	}
	return nil
}

// column is one column of many rows; one of the four is in use.
type column struct {
	numbers []int64
	texts   []string
	truths  []bool
	bytes   [][]byte
}

func (c *column) add(value any) error {
	switch v := value.(type) {
	case int64:
		c.numbers = append(c.numbers, v)
	case int:
		c.numbers = append(c.numbers, int64(v))
	case string:
		c.texts = append(c.texts, v)
	case bool:
		c.truths = append(c.truths, v)
	case []byte:
		c.bytes = append(c.bytes, v)
	default:
		return fmt.Errorf("a column of %T", value)
	}
	return nil
}

func (c *column) kind() string {
	switch {
	case c.numbers != nil:
		return "bigint"
	case c.texts != nil:
		return "text"
	case c.truths != nil:
		return "boolean"
	}
	return "bytea"
}

func (c *column) values() any {
	switch {
	case c.numbers != nil:
		return c.numbers
	case c.texts != nil:
		return c.texts
	case c.truths != nil:
		return c.truths
	}
	return c.bytes
}

func (p *pipeline) send(ctx context.Context, conn *pgx.Conn) error {
	err := conn.SendBatch(ctx, &p.batch).Close()
	if err == nil {
		if _, err = conn.Exec(ctx, "COMMIT"); err == nil {
			return nil
		}
		err = fmt.Errorf("commit: %w", err)
	}
	if !conn.IsClosed() {
		conn.Exec(ctx, "ROLLBACK")
	}
	return err
}

// postgresKey names what went wrong, "" if nobody can act on it.
func postgresKey(err error) (key string, cause error) {
	var away *pgconn.ConnectError
	var lost net.Error
	state := code(err)
	switch {
	case state == "":
		if errors.As(err, &away) || errors.As(err, &lost) || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) ||
			errors.Is(err, driver.ErrBadConn) || errors.Is(err, net.ErrClosed) || pgconn.SafeToRetry(err) {
			return "error.database-away", err
		}
		return "", err
	case state == "53100":
		return "error.disk-full", err
	case state == "25006", state == "42501":
		return "error.read-only", err
	case conflicting(err), strings.HasPrefix(state, "53"), state == "55P03":
		return "error.database-busy", err
	case strings.HasPrefix(state, "57P"), state == "25P03", strings.HasPrefix(state, "08"):
		return "error.database-away", err
	case strings.HasPrefix(state, "XX00"):
		return "error.database-damaged", err
	case strings.HasPrefix(state, "58"):
		return "error.database-io", err
	}
	return "", fmt.Errorf("postgresql %s: %w", state, err)
}
