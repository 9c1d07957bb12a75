package store

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"fmt"
	"time"

	"aiqyn"
)

// Head is where the log of a shard ends.
type Head struct {
	Origin     string
	Size       int64
	Root       [32]byte
	Fence      int64 // grows with each process that takes the shard
	Recorded   time.Time
	Checkpoint string // signed note of this very size and root
}

// Entry is one row of the log.
type Entry struct {
	Index    int64
	Case     int64
	Seq      int64
	Kind     string
	Recorded time.Time
	Leaf     [32]byte
	Fields   string
	Sealed   []byte
}

// Case is one row of the projection of cases.
type Case struct {
	No        int64
	Ref       string
	Service   string
	Applicant []byte
	Object    []byte
	Filing    []byte
	Filed     time.Time
	Key       []byte
	Status    string
	Outcome   string
	Body      string
	Step      string
	Officer   string
	Due       time.Time
	Wake      time.Time
	Closed    time.Time
	Seq       int64
	State     []byte
}

// Tile is one tile of the tree: up to 256 hashes.
type Tile struct {
	Level, Index int64
	Data         []byte
}

// Reservation is what a case holds of a share; Amount 0 gives it back.
type Reservation struct {
	Case    int64
	Share   string
	Place   int64
	Amount  int64
	Granted time.Time
	Expires time.Time
}

// Message is one line of the outbox, sealed.
type Message struct {
	ID      int64
	Case    int64
	Phone   []byte
	Sealed  []byte
	Created time.Time
	Sent    time.Time
}

// Command is one command outside a case that was carried out.
type Command struct {
	ID          string
	First, Last int64
}

// Snapshot is content-addressed public data.
type Snapshot struct {
	Hash, Kind string
	Data       []byte
	Added      time.Time
}

// Batch is everything that one turn of the sequencer writes; it is written
// whole or not at all.
type Batch struct {
	Was          Head // what the head must be, or the batch is refused
	Head         Head
	Entries      []Entry
	Cases        []Case
	Tiles        []Tile
	Reservations []Reservation
	Messages     []Message
	Commands     []Command
	Snapshots    []Snapshot
	Demands      []Demand
	ReportKeys   []ReportKey
	Erased       []int64 // cases whose entries, key and state are wiped
	Silenced     []int64 // entries of reports whose key is wiped
	Capacity     *Publication
}

// ErrHeadMoved says that another writer has extended the log since it was read.
var ErrHeadMoved = aiqyn.E(aiqyn.Unavailable, "error.head-moved")

// Commit writes the batch in one transaction, by compare-and-swap of the head.
func (db *DB) Commit(ctx context.Context, b *Batch) error {
	err := db.bulkUpdate(ctx, func(ctx context.Context) error { return db.writeBatch(ctx, b) })
	if err == nil && len(b.Erased)+len(b.Silenced) > 0 {
		db.forget()
	}
	return err
}

func (db *DB) writeBatch(ctx context.Context, b *Batch) error {
	res, err := db.write.ExecContext(ctx, `UPDATE head SET origin = $1, size = $2, root = $3, fence = $4, recorded = $5, checkpoint = $6
		WHERE shard = 'main' AND size = $7 AND root = $8 AND fence = $9`,
		b.Head.Origin, b.Head.Size, b.Head.Root[:], b.Head.Fence, micros(b.Head.Recorded), b.Head.Checkpoint,
		b.Was.Size, b.Was.Root[:], b.Was.Fence)
	if err != nil {
		return fmt.Errorf("swap head: %w", err)
	}
	if n, err := res.RowsAffected(); err != nil || n != 1 {
		return ErrHeadMoved
	}
	if err := db.bulk.write(ctx, b); err != nil {
		return err
	}
	for _, no := range b.Erased {
		if err := db.erase(ctx, no); err != nil {
			return fmt.Errorf("erase: %w", err)
		}
	}
	for _, entry := range b.Silenced {
		if _, err := db.write.ExecContext(ctx, `DELETE FROM report_key WHERE entry = $1`, entry); err != nil {
			return fmt.Errorf("erase a report: %w", err)
		}
	}
	if b.Capacity != nil {
		return db.writePublication(ctx, b.Capacity)
	}
	return nil
}

// erase wipes what could tell of a person in a case; leaves and order stay.
// The entry that records the erasure itself, its residue, is kept: it holds
// nothing personal and is written under the system's key. Of the times the day
// is left, so that nothing stays which an audit could not hold against the
// residue or against the entries around.
func (db *DB) erase(ctx context.Context, no int64) error {
	for _, q := range []string{
		`UPDATE entry SET fields = '', sealed = NULL, kind = '', recorded = recorded - recorded % 86400000000 WHERE case_no = $1`,
		`UPDATE cases SET key = NULL, state = '', applicant = '', object = '', filing = '', ref = 'erased-' || no,
			officer = '', status = 'erased', body = '', step = '', wake = 0, due = 0, filed = 0, closed = 0 WHERE no = $1`,
		`UPDATE reservation SET granted = 0, expires = 0 WHERE case_no = $1`,
		`DELETE FROM outbox WHERE case_no = $1 AND case_no <> 0`,
	} {
		if _, err := db.write.ExecContext(ctx, q, no); err != nil {
			return err
		}
	}
	return nil
}

// Begin reads the head, taking the shard over with a new fence; it writes the
// first head if the log is empty.
func (db *DB) Begin(ctx context.Context, origin string) (Head, error) {
	err := db.update(ctx, func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `INSERT INTO head (shard, origin, size, root, fence, recorded, checkpoint)
			VALUES ('main', $1, 0, $2, 0, 0, '') ON CONFLICT (shard) DO NOTHING`, origin, emptyRoot[:])
		if err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `UPDATE head SET fence = fence + 1 WHERE shard = 'main'`)
		return err
	})
	if err != nil {
		return Head{}, err
	}
	return db.Head(ctx)
}

// Head reads where the log ends.
func (db *DB) Head(ctx context.Context) (Head, error) {
	return scanHead(db.row(ctx, `SELECT origin, size, root, fence, recorded, checkpoint FROM head WHERE shard = 'main'`))
}

func scanHead(row scanner) (Head, error) {
	var h Head
	var root []byte
	var at int64
	if err := row.Scan(&h.Origin, &h.Size, &root, &h.Fence, &at, &h.Checkpoint); err != nil {
		return Head{}, readable(err)
	}
	if copy(h.Root[:], root) != len(h.Root) {
		return Head{}, fmt.Errorf("head: root has %d bytes", len(root))
	}
	h.Recorded = instant(at)
	return h, nil
}

// emptyRoot is the root of an empty tree, SHA-256 of nothing (RFC 6962, 2.1).
var emptyRoot = sha256.Sum256(nil)
