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
}

// CapacityHistory lists what the newest publications said of one transformer,
// newest first.
func (db *DB) CapacityHistory(ctx context.Context, trafo int64, limit int) ([]CapacityDay, error) {
	rows, err := db.query(ctx, `SELECT p.id, p.at, p.day, p.base, p.network, p.hash, p.entry, p.n, c.line FROM publication p
		JOIN capacity c ON c.publication = p.id AND c.trafo = $1 ORDER BY p.id DESC LIMIT $2`, trafo, limit)
	if err != nil {
		return nil, readable(err)
	}
	defer rows.Close()
	var list []CapacityDay
	for rows.Next() {
		var d CapacityDay
		var at int64
		if err := rows.Scan(&d.ID, &at, &d.Day, &d.Base, &d.Network, &d.Hash, &d.Entry, &d.N, &d.Line); err != nil {
			return nil, readable(err)
		}
		d.At = instant(at)
		list = append(list, d)
	}
	return list, readable(rows.Err())
}
