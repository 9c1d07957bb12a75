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
	Expires time.Time // zero: never
	// Connected is since when it is drawn: it lapses no more, and readings from
	// after that day hold it. Zero: it is not.
	Connected time.Time
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
	AccountActs  []AccountAct
	Passkeys     []Passkey
	PasskeysGone [][]byte // by id
	Mandates     []Mandate
	MandateCases []MandateCase
	Erased       []int64 // cases whose entries, key and state are wiped
	Silenced     []int64 // entries of reports whose key is wiped
	Again        []int64 // letters that were given up and are tried once more
	Likenesses   []Likeness
	Payments     []Payment
	Capacity     *Publication
	Measurements []Measurement
	Meters       []Meter
	Questions    []Question
	Places       []QueuePlace
	Moves        []QueueMove
	Inversions   []QueueInversion
	QueueDays    []QueueDay
	Lots         []Lot
	LotCases     []LotCase
}

// Join adds the rows of a batch that was made on top of b.
func (b *Batch) Join(x *Batch) {
	if len(b.Entries)+len(b.Cases) == 0 {
		b.Was = x.Was
	}
	b.Head = x.Head
	b.Entries = append(b.Entries, x.Entries...)
	b.Cases = append(b.Cases, x.Cases...)
	b.Tiles = lay(b.Tiles, x.Tiles)
	b.Reservations = append(b.Reservations, x.Reservations...)
	b.Messages = append(b.Messages, x.Messages...)
	b.Questions = append(b.Questions, x.Questions...)
	b.Commands = append(b.Commands, x.Commands...)
	b.Snapshots = append(b.Snapshots, x.Snapshots...)
	b.Demands = append(b.Demands, x.Demands...)
	b.ReportKeys = append(b.ReportKeys, x.ReportKeys...)
	b.AccountActs = append(b.AccountActs, x.AccountActs...)
	b.Passkeys = append(b.Passkeys, x.Passkeys...)
	b.PasskeysGone = append(b.PasskeysGone, x.PasskeysGone...)
	b.Mandates = append(b.Mandates, x.Mandates...)
	b.MandateCases = append(b.MandateCases, x.MandateCases...)
	b.Erased = append(b.Erased, x.Erased...)
	b.Silenced = append(b.Silenced, x.Silenced...)
	b.Again = append(b.Again, x.Again...)
	b.Likenesses = append(b.Likenesses, x.Likenesses...)
	b.Payments = append(b.Payments, x.Payments...)
	b.Measurements = append(b.Measurements, x.Measurements...)
	b.Meters = append(b.Meters, x.Meters...)
	b.Places = append(b.Places, x.Places...)
	b.Moves = append(b.Moves, x.Moves...)
	b.Inversions = append(b.Inversions, x.Inversions...)
	b.QueueDays = append(b.QueueDays, x.QueueDays...)
	b.Lots = append(b.Lots, x.Lots...)
	b.LotCases = append(b.LotCases, x.LotCases...)
	if x.Capacity != nil {
		b.Capacity = x.Capacity
	}
}

// lay puts the newest form of each tile over what was laid: they grow with
// every batch.
func lay(tiles, over []Tile) []Tile {
next:
	for _, t := range over {
		for i := range tiles {
			if tiles[i].Level == t.Level && tiles[i].Index == t.Index {
				tiles[i] = t
				continue next
			}
		}
		tiles = append(tiles, t)
	}
	return tiles
}

// ErrHeadMoved says that another writer has extended the log since it was read.
var ErrHeadMoved = aiqyn.E(aiqyn.Unavailable, "error.head-moved")

// fold leaves one row of what a batch changes more than once: no statement of
// PostgreSQL may change a row twice.
func (b *Batch) fold() {
	b.Cases = lastOf(b.Cases, func(c Case) int64 { return c.No }, nil)
	b.Reservations = lastOf(b.Reservations, func(r Reservation) int64 { return r.Case }, nil)
	b.Places = lastOf(b.Places, func(p QueuePlace) int64 { return p.Case }, nil)
	b.Lots = lastOf(b.Lots, func(l Lot) int64 { return l.Entry }, nil)
	b.LotCases = lastOf(b.LotCases, func(c LotCase) int64 { return c.Case }, nil)
	b.Mandates = lastOf(b.Mandates, func(m Mandate) int64 { return m.Entry }, nil)
	b.Payments = lastOf(b.Payments, func(p Payment) string { return p.Key }, nil)
	b.Demands = lastOf(b.Demands, func(d Demand) Demand { return Demand{d.Certificate, d.Body, 0} },
		func(sum *Demand, d Demand) { d.N += sum.N; *sum = d })
}

// lastOf keeps the last of what has the same key, in the place of the first;
// merge, if not nil, says otherwise.
func lastOf[T any, K comparable](list []T, key func(T) K, merge func(into *T, v T)) []T {
	if len(list) < 2 {
		return list
	}
	at := make(map[K]int, len(list))
	kept := list[:0]
	for _, v := range list {
		i, again := at[key(v)]
		switch {
		case !again:
			at[key(v)] = len(kept)
			kept = append(kept, v)
		case merge != nil:
			merge(&kept[i], v)
		default:
			kept[i] = v
		}
	}
	return kept
}

// erase wipes what could tell of a person in a case; leaves and order stay.
// The entry that records the erasure itself, its residue, is kept: it holds
// nothing personal and is written under the system's key. Of the times the day
// is left, so that nothing stays which an audit could not hold against the
// residue or against the entries around.
func erase(w writer, no int64) error {
	for _, q := range []string{
		`UPDATE entry SET fields = '', sealed = NULL, kind = '', recorded = recorded - recorded % 86400000000 WHERE case_no = $1`,
		`UPDATE cases SET key = NULL, state = '', applicant = '', object = '', filing = '', ref = 'erased-' || no,
			officer = '', status = 'erased', body = '', step = '', wake = 0, due = 0, filed = 0, closed = 0 WHERE no = $1`,
		`UPDATE reservation SET granted = 0, expires = 0, connected = connected - connected % 86400000000 WHERE case_no = $1`,
		`DELETE FROM letter_part WHERE letter IN (SELECT id FROM outbox WHERE case_no = $1 AND case_no <> 0)`,
		`DELETE FROM likeness WHERE case_no = $1`,
		`DELETE FROM mandate_case WHERE case_no = $1`,
		`DELETE FROM queue_place WHERE case_no = $1`,
		`DELETE FROM lot_case WHERE case_no = $1`,
		`UPDATE queue_move SET first = first - first % 86400000000 WHERE case_no = $1`,
		`DELETE FROM payment WHERE case_no = $1`,
		`DELETE FROM outbox WHERE case_no = $1 AND case_no <> 0`,
	} {
		if err := w.exec(q, no); err != nil {
			return err
		}
	}
	return nil
}

// Begin reads the head, taking the shard over with a new fence; it writes the
// first head if the log is empty.
func (db *DB) Begin(ctx context.Context, origin string) (Head, error) {
	err := db.update(ctx, func(ctx context.Context, tx *sql.Tx) error {
		if err := makeHead(ctx, tx, origin); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, `UPDATE head SET fence = fence + 1 WHERE shard = 'main'`)
		return err
	})
	if err != nil {
		return Head{}, err
	}
	return db.Head(ctx)
}

// makeHead writes the head of a log without entries, unless there is one.
func makeHead(ctx context.Context, tx *sql.Tx, origin string) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO head (shard, origin, size, root, fence, recorded, checkpoint)
		VALUES ('main', $1, 0, $2, 0, 0, '') ON CONFLICT (shard) DO NOTHING`, origin, emptyRoot[:])
	return err
}

// Begun reports whether there is a log in this database.
func (db *DB) Begun(ctx context.Context) (bool, error) {
	_, err := db.Head(ctx)
	if absent(err) {
		return false, nil
	}
	return err == nil, err
}

// Head reads where the log ends.
func (db *DB) Head(ctx context.Context) (Head, error) {
	h, err := scanHead(db.row(ctx, `SELECT origin, size, root, fence, recorded, checkpoint FROM head WHERE shard = 'main'`))
	if absent(err) {
		err = ErrNoHead
	}
	return h, err
}

// ErrNoHead is that a database holds no head of a log: no row, and nothing else wrong.
var ErrNoHead = fmt.Errorf("the log has no head: %w", sql.ErrNoRows)

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
