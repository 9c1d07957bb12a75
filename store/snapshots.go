package store

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"time"
)

// Snapshot returns content-addressed public data, nil if it is not here.
func (db *DB) Snapshot(ctx context.Context, hash string) ([]byte, error) {
	return db.blob(ctx, `SELECT data FROM snapshot WHERE hash = $1`, hash)
}

// SnapshotOf is Snapshot for data of one kind.
func (db *DB) SnapshotOf(ctx context.Context, kind, hash string) ([]byte, error) {
	return db.blob(ctx, `SELECT data FROM snapshot WHERE hash = $1 AND kind = $2`, hash, kind)
}

// SnapshotAdded is when a snapshot was added; the zero time if it is not here.
func (db *DB) SnapshotAdded(ctx context.Context, hash string) (time.Time, error) {
	var at int64
	err := db.row(ctx, `SELECT added FROM snapshot WHERE hash = $1`, hash).Scan(&at)
	if absent(err) {
		return time.Time{}, nil
	}
	return instant(at), readable(err)
}

// AddSnapshotsAt changes when snapshots that are here were added.
func (db *DB) AddSnapshotsAt(ctx context.Context, list []Snapshot) error {
	return db.update(ctx, func(ctx context.Context, tx *sql.Tx) error {
		for _, s := range list {
			if _, err := tx.ExecContext(ctx, `UPDATE snapshot SET added = $1 WHERE hash = $2`, micros(s.Added), s.Hash); err != nil {
				return err
			}
		}
		return nil
	})
}

// Snapshots lists what is kept of a kind, oldest first, without the data.
func (db *DB) Snapshots(ctx context.Context, kind string) ([]Snapshot, error) {
	rows, err := db.query(ctx, `SELECT hash, kind, added FROM snapshot WHERE kind = $1 ORDER BY added, hash`, kind)
	if err != nil {
		return nil, readable(err)
	}
	defer rows.Close()
	var list []Snapshot
	for rows.Next() {
		var s Snapshot
		var at int64
		if err := rows.Scan(&s.Hash, &s.Kind, &at); err != nil {
			return nil, readable(err)
		}
		s.Added = instant(at)
		list = append(list, s)
	}
	return list, readable(rows.Err())
}

// PutSnapshot keeps public data under its hash; the same data twice is once.
func (db *DB) PutSnapshot(ctx context.Context, s Snapshot) error {
	return db.update(ctx, func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, intoSnapshot.head+`($1,$2,$3,$4)`+intoSnapshot.tail, s.Hash, s.Kind, s.Data, micros(s.Added))
		return err
	})
}

// Setting returns a named setting, "" if it was never made.
func (db *DB) Setting(ctx context.Context, name string) (string, error) {
	b, err := db.blob(ctx, `SELECT value FROM setting WHERE name = $1`, name)
	return string(b), err
}

// PutSetting makes or changes a setting.
func (db *DB) PutSetting(ctx context.Context, name, value string) error {
	return db.update(ctx, func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `INSERT INTO setting (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value`, name, value)
		return err
	})
}

// Publication is the free power of every transformer at one moment.
type Publication struct {
	ID      int64
	At      time.Time
	Day     string
	Base    string // hash of the network as it was surveyed; empty before measurements were taken in
	Network string // of that which the figures are of
	Hash    string
	Entry   int64
	Lines   []CapacityLine // only when writing
	N       int64
}

// CapacityLine is one transformer's published record.
type CapacityLine struct {
	Trafo    int64
	Name     string
	Search   string // folded, for finding
	District string
	Line     []byte // JSON
	Why      []byte // what has changed of it since the publication before, JSON; empty: nothing
}

func writePublication(w writer, p *Publication) error {
	trafos := 0
	for i := range p.Lines {
		if p.Lines[i].Trafo >= 0 { // below are feeders
			trafos++
		}
	}
	err := w.exec(`INSERT INTO publication (id, at, day, base, network, hash, entry, n) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
		p.ID, micros(p.At), p.Day, p.Base, p.Network, p.Hash, p.Entry, trafos)
	if err != nil {
		return fmt.Errorf("publication: %w", err)
	}
	return w.insert(intoCapacity, len(p.Lines), func(a []any, i int) []any {
		l := &p.Lines[i]
		return append(a, p.ID, l.Trafo, l.Name, l.Search, l.District, string(l.Line), string(l.Why))
	})
}

// LastPublication returns the current publication without its lines.
func (db *DB) LastPublication(ctx context.Context) (Publication, bool, error) {
	var p Publication
	err := scanPublication(db.row(ctx, `SELECT `+publicationColumns+` FROM publication ORDER BY id DESC LIMIT 1`), &p)
	if absent(err) {
		return p, false, nil
	}
	return p, err == nil, readable(err)
}

// PublicationOfMonth returns the first publication of a month, "2026-11", between two
// entries, without its lines.
func (db *DB) PublicationOfMonth(ctx context.Context, month string, after, before int64) (Publication, bool, error) {
	var p Publication
	err := scanPublication(db.row(ctx, `SELECT `+publicationColumns+` FROM publication WHERE id > $1 AND id <= $2 AND day >= $3 AND day < $4 ORDER BY id LIMIT 1`,
		after+1, before, month+"-00", month+"-99"), &p) // an id is one more than the entry
	if absent(err) {
		return p, false, nil
	}
	return p, err == nil, readable(err)
}

const publicationColumns = `id, at, day, base, network, hash, entry, n`

func scanPublication(row scanner, p *Publication) error {
	var at int64
	err := row.Scan(&p.ID, &at, &p.Day, &p.Base, &p.Network, &p.Hash, &p.Entry, &p.N)
	p.At = instant(at)
	return err
}

// literal keeps what is searched for from being a pattern.
var literal = strings.NewReplacer("!", "!!", "%", "!%", "_", "!_")

// CapacityLines lists transformers of a publication after one of them; an
// empty district or search finds all.
func (db *DB) CapacityLines(ctx context.Context, publication int64, district, search string, after int64, limit int) ([]CapacityLine, error) {
	query := `SELECT trafo, name, search, district, line, why FROM capacity WHERE publication = $1 AND trafo > $2`
	args := []any{publication, after}
	if district != "" {
		args = append(args, district)
		query += fmt.Sprintf(` AND district = $%d`, len(args))
	}
	if search != "" {
		args = append(args, "%"+literal.Replace(search)+"%")
		query += fmt.Sprintf(` AND search LIKE $%d ESCAPE '!'`, len(args))
	}
	args = append(args, limit)
	rows, err := db.query(ctx, query+fmt.Sprintf(` ORDER BY trafo LIMIT $%d`, len(args)), args...)
	if err != nil {
		return nil, readable(err)
	}
	defer rows.Close()
	var list []CapacityLine
	for rows.Next() {
		var l CapacityLine
		if err := rows.Scan(&l.Trafo, &l.Name, &l.Search, &l.District, &l.Line, &l.Why); err != nil {
			return nil, readable(err)
		}
		list = append(list, l)
	}
	return list, readable(rows.Err())
}

// FeederLines lists the feeders of a publication: their numbers are below those of
// transformers, from -1 downward.
func (db *DB) FeederLines(ctx context.Context, publication int64) ([]CapacityLine, error) {
	return collect(each(ctx, db, func(row scanner, l *CapacityLine) error { return row.Scan(&l.Trafo, &l.Line) },
		`SELECT trafo, line FROM capacity WHERE publication = $1 AND trafo < 0 ORDER BY trafo`, publication))
}

// Officer is one officer whom a roster may name.
type Officer struct{ ID, Role, Body, Name string }

// PutOfficers enters officers into the list.
func (db *DB) PutOfficers(ctx context.Context, list []Officer) error {
	return db.update(ctx, func(ctx context.Context, tx *sql.Tx) error {
		for _, o := range list {
			_, err := tx.ExecContext(ctx, `INSERT INTO officer (id, role, body, name) VALUES ($1, $2, $3, $4)
				ON CONFLICT (id) DO UPDATE SET role = excluded.role, body = excluded.body, name = excluded.name`, o.ID, o.Role, o.Body, o.Name)
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// Officer finds one officer; ok is false when nobody has put them on the list.
func (db *DB) Officer(ctx context.Context, id string) (o Officer, ok bool, err error) {
	err = db.row(ctx, `SELECT id, role, body, name FROM officer WHERE id = $1`, id).Scan(&o.ID, &o.Role, &o.Body, &o.Name)
	if absent(err) {
		return o, false, nil
	}
	return o, err == nil, readable(err)
}

// Officers lists the officers in order of their ids.
func (db *DB) Officers(ctx context.Context) ([]Officer, error) {
	rows, err := db.query(ctx, `SELECT id, role, body, name FROM officer ORDER BY id`)
	if err != nil {
		return nil, readable(err)
	}
	defer rows.Close()
	var list []Officer
	for rows.Next() {
		var o Officer
		if err := rows.Scan(&o.ID, &o.Role, &o.Body, &o.Name); err != nil {
			return nil, readable(err)
		}
		list = append(list, o)
	}
	return list, readable(rows.Err())
}
