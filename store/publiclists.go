package store

import (
	"context"
	"fmt"
	"time"
)

// LeafLine is what anybody may see of an entry in a list.
type LeafLine struct {
	Index    int64
	Recorded time.Time
	Leaf     [32]byte
}

// LeafLines lists entries below an index, newest first.
func (db *DB) LeafLines(ctx context.Context, before int64, limit int) ([]LeafLine, error) {
	rows, err := db.query(ctx, `SELECT idx, recorded, leaf FROM entry WHERE idx < $1 ORDER BY idx DESC LIMIT $2`, before, limit)
	if err != nil {
		return nil, readable(err)
	}
	defer rows.Close()
	var list []LeafLine
	for rows.Next() {
		var l LeafLine
		var at int64
		var leaf []byte
		if err := rows.Scan(&l.Index, &at, &leaf); err != nil {
			return nil, readable(err)
		}
		if copy(l.Leaf[:], leaf) != len(l.Leaf) {
			return nil, fmt.Errorf("entry %d: leaf has %d bytes", l.Index, len(leaf))
		}
		l.Recorded = instant(at)
		list = append(list, l)
	}
	return list, readable(rows.Err())
}

// CapacityDay is one transformer as one publication had it.
type CapacityDay struct {
	Publication
	Line []byte // JSON
	Why  []byte // what has changed since the publication before, JSON; empty: nothing
}

// CapacityHistory lists what the publications before one said of one transformer,
// newest first.
func (db *DB) CapacityHistory(ctx context.Context, trafo, before int64, limit int) ([]CapacityDay, error) {
	rows, err := db.query(ctx, `SELECT p.id, p.at, p.day, p.base, p.network, p.hash, p.entry, p.n, c.line, c.why FROM publication p
		JOIN capacity c ON c.publication = p.id AND c.trafo = $1 WHERE p.id < $2 ORDER BY p.id DESC LIMIT $3`, trafo, before, limit)
	if err != nil {
		return nil, readable(err)
	}
	defer rows.Close()
	var list []CapacityDay
	for rows.Next() {
		var d CapacityDay
		var at int64
		if err := rows.Scan(&d.ID, &at, &d.Day, &d.Base, &d.Network, &d.Hash, &d.Entry, &d.N, &d.Line, &d.Why); err != nil {
			return nil, readable(err)
		}
		d.At = instant(at)
		list = append(list, d)
	}
	return list, readable(rows.Err())
}

// PublicationOfDay is the newest publication of a day.
func (db *DB) PublicationOfDay(ctx context.Context, day string) (Publication, bool, error) {
	var p Publication
	err := scanPublication(db.row(ctx, `SELECT `+publicationColumns+` FROM publication WHERE day = $1 ORDER BY id DESC LIMIT 1`, day), &p)
	if absent(err) {
		return p, false, nil
	}
	return p, err == nil, readable(err)
}

// PublicationsBefore lists publications before one, newest first.
func (db *DB) PublicationsBefore(ctx context.Context, before int64, limit int) ([]Publication, error) {
	return collect(each(ctx, db, func(row scanner, p *Publication) error { return scanPublication(row, p) },
		`SELECT `+publicationColumns+` FROM publication WHERE id < $1 ORDER BY id DESC LIMIT $2`, before, limit))
}

// CapacityChange is one transformer in two publications, with what has changed of it
// in each of those after the first and up to the second.
type CapacityChange struct {
	Trafo   int64
	Was, Is []byte   // lines, JSON; nil: it is not in there
	Why     [][]byte // JSON, by publication
}

// CapacityChanged lists transformers after one of them of which something has
// changed between two publications.
func (db *DB) CapacityChanged(ctx context.Context, from, to, after int64, limit int) ([]CapacityChange, error) {
	ids, err := collect(each(ctx, db, func(row scanner, id *int64) error { return row.Scan(id) },
		`SELECT DISTINCT trafo FROM capacity WHERE why <> '' AND trafo > $3 AND publication > $1 AND publication <= $2 ORDER BY trafo LIMIT $4`, from, to, after, limit))
	if err != nil || len(ids) == 0 {
		return nil, err
	}
	type part struct {
		trafo, publication int64
		line, why          []byte
	}
	list := make([]CapacityChange, len(ids))
	for i, id := range ids {
		list[i].Trafo = id
	}
	i := 0
	for p, err := range each(ctx, db, func(row scanner, p *part) error { return row.Scan(&p.trafo, &p.publication, &p.line, &p.why) },
		`SELECT trafo, publication, line, why FROM capacity WHERE trafo >= $1 AND trafo <= $2
		AND (publication = $3 OR publication = $4 OR publication > $3 AND publication < $4 AND why <> '') ORDER BY trafo, publication`, ids[0], ids[len(ids)-1], from, to) {
		if err != nil {
			return nil, err
		}
		for i < len(ids)-1 && ids[i] < p.trafo {
			i++
		}
		c := &list[i]
		switch {
		case c.Trafo != p.trafo:
		case p.publication == from:
			c.Was = p.line
		default:
			if p.publication == to {
				c.Is = p.line
			}
			if len(p.why) > 0 {
				c.Why = append(c.Why, p.why)
			}
		}
	}
	return list, nil
}
