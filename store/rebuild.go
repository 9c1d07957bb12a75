package store

import (
	"context"
	"fmt"
	"iter"
)

// Gone names rows that nothing in the log gives.
type Gone struct {
	Cases        []int64
	Reservations []int64 // by case
	Publications []int64
	Commands     []string
	Demands      []Demand
	Likenesses   []Likeness
	Mandates     []int64 // by the entry that gave them
	MandateCases []MandateCase
	Tiles        []Tile
	Measurements []int64 // by the entry that took them in
	Meters       []int64 // by the entry that registered them
	Places       []int64 // in queues, by case
	Moves        []int64 // in queues, by case
	Inversions   []int64 // of queues, by entry
	QueueDays    []QueueDay
	Lots         []int64 // by the entry that published them
	LotCases     []int64 // by case
}

// Replace puts rows that were made again from the log in the place of those
// that stand there, and removes what is gone, in one transaction. The log stays
// as it is: b.Was and b.Head are the head that it has, and [ErrHeadMoved] says
// that it has another by now.
func (db *DB) Replace(ctx context.Context, b *Batch, gone Gone) error {
	return db.bulkUpdate(ctx, func(w writer) error {
		if err := swapHead(w, b.Was, b.Head); err != nil {
			return err
		}
		gone.join(b)
		if err := gone.remove(w); err != nil {
			return err
		}
		for _, c := range b.Cases { // whoever has its reference now is mended in turn
			if err := w.exec(`UPDATE cases SET ref = 'displaced-' || no WHERE ref = $1 AND no <> $2`, c.Ref, c.No); err != nil {
				return err
			}
		}
		b.fold()
		if err := b.write(w); err != nil {
			return err
		}
		if err := writePayments(w, b.Payments); err != nil {
			return err
		}
		if b.Capacity != nil {
			if err := writePublication(w, b.Capacity); err != nil {
				return err
			}
		}
		return writeTiles(w, b.Tiles)
	})
}

// join adds what is to be written: what stands in its place goes first.
func (g *Gone) join(b *Batch) {
	for _, c := range b.Cases {
		g.Cases = append(g.Cases, c.No)
	}
	for _, r := range b.Reservations {
		g.Reservations = append(g.Reservations, r.Case)
	}
	for _, c := range b.Commands {
		g.Commands = append(g.Commands, c.ID)
	}
	if b.Capacity != nil {
		g.Publications = append(g.Publications, b.Capacity.ID)
	}
	for _, m := range b.Mandates {
		g.Mandates = append(g.Mandates, m.Entry)
	}
	for _, p := range b.Places {
		g.Places = append(g.Places, p.Case)
	}
	for _, l := range b.Lots {
		g.Lots = append(g.Lots, l.Entry)
	}
	g.Demands = append(g.Demands, b.Demands...)
	g.Tiles = append(g.Tiles, b.Tiles...)
}

func (g *Gone) remove(w writer) error {
	var failed error
	exec := func(query string, args ...any) {
		if failed == nil {
			failed = w.exec(query, args...)
		}
	}
	for _, no := range g.Cases {
		exec(`DELETE FROM cases WHERE no = $1`, no)
	}
	for _, no := range g.Reservations {
		exec(`DELETE FROM reservation WHERE case_no = $1`, no)
	}
	for _, id := range g.Publications {
		exec(`DELETE FROM publication WHERE id = $1`, id)
		exec(`DELETE FROM capacity WHERE publication = $1`, id)
	}
	for _, id := range g.Commands {
		exec(`DELETE FROM command WHERE id = $1`, id)
	}
	for _, d := range g.Demands {
		exec(`DELETE FROM demand WHERE certificate = $1 AND body = $2`, d.Certificate, d.Body)
	}
	for _, l := range g.Likenesses {
		exec(`DELETE FROM likeness WHERE band = $1 AND case_no = $2`, l.Band, l.Case)
	}
	for _, entry := range g.Mandates {
		exec(`DELETE FROM mandate WHERE entry = $1`, entry)
	}
	for _, entry := range g.Measurements {
		exec(`DELETE FROM measurement WHERE entry = $1`, entry)
	}
	for _, entry := range g.Meters {
		exec(`DELETE FROM meter WHERE entry = $1`, entry)
	}
	for _, no := range g.Places {
		exec(`DELETE FROM queue_place WHERE case_no = $1`, no)
	}
	for _, entry := range g.Lots {
		exec(`DELETE FROM lot WHERE entry = $1`, entry)
	}
	for _, no := range g.LotCases {
		exec(`DELETE FROM lot_case WHERE case_no = $1`, no)
	}
	for _, no := range g.Moves {
		exec(`DELETE FROM queue_move WHERE case_no = $1`, no)
	}
	for _, entry := range g.Inversions {
		exec(`DELETE FROM queue_inversion WHERE entry = $1`, entry)
	}
	for _, d := range g.QueueDays {
		exec(`DELETE FROM queue_day WHERE service = $1 AND day = $2`, d.Service, d.Day)
	}
	for _, m := range g.MandateCases {
		exec(`DELETE FROM mandate_case WHERE mandate = $1 AND case_no = $2`, m.Mandate, m.Case)
	}
	for _, t := range g.Tiles {
		exec(`DELETE FROM tile WHERE level = $1 AND idx = $2`, t.Level, t.Index)
	}
	return failed
}

// Reindex makes every index again from the rows that it is of.
func (db *DB) Reindex(ctx context.Context) error {
	if err := db.reindex(ctx); err != nil {
		return readable(fmt.Errorf("make indexes again: %w", err))
	}
	return nil
}

// AllCommands yields the commands outside cases that were carried out.
func (db *DB) AllCommands(ctx context.Context) iter.Seq2[*Command, error] {
	return each(ctx, db, func(row scanner, c *Command) error { return row.Scan(&c.ID, &c.First, &c.Last) },
		`SELECT id, first, last FROM command ORDER BY id`)
}

// PublicationsAfter yields the publications of free power behind one, without
// their lines.
func (db *DB) PublicationsAfter(ctx context.Context, id int64) iter.Seq2[*Publication, error] {
	return each(ctx, db, scanPublication, `SELECT `+publicationColumns+` FROM publication WHERE id > $1 ORDER BY id`, id)
}

// AllPublications yields every publication of free power, without its lines.
func (db *DB) AllPublications(ctx context.Context) iter.Seq2[*Publication, error] {
	return each(ctx, db, scanPublication, `SELECT `+publicationColumns+` FROM publication ORDER BY id`)
}

// LikenessesOf lists what pictures of the cases from…to−1 are found again by.
func (db *DB) LikenessesOf(ctx context.Context, from, to int64) ([]Likeness, error) {
	rows, err := db.query(ctx, `SELECT band, case_no FROM likeness WHERE case_no >= $1 AND case_no < $2`, from, to)
	if err != nil {
		return nil, readable(err)
	}
	defer rows.Close()
	var list []Likeness
	for rows.Next() {
		var l Likeness
		if err := rows.Scan(&l.Band, &l.Case); err != nil {
			return nil, readable(err)
		}
		list = append(list, l)
	}
	return list, readable(rows.Err())
}

// TileSize is how large a stored tile is.
type TileSize struct{ Level, Index, Bytes int64 }

// TileSizes yields the size of every tile that is stored.
func (db *DB) TileSizes(ctx context.Context) iter.Seq2[*TileSize, error] {
	return each(ctx, db, func(row scanner, t *TileSize) error { return row.Scan(&t.Level, &t.Index, &t.Bytes) },
		`SELECT level, idx, length(data) FROM tile ORDER BY level, idx`)
}
