package store

import (
	"context"
	"fmt"
	"strings"
)

// Meter is that a meter stands at a transformer from a day on, as an entry has it; at −1
// it was taken down.
type Meter struct {
	Meter string
	Trafo int64
	Since string // 2006-01-02
	Entry int64  // that registered it
}

const meterColumns = `meter, trafo, since, entry`

func writeMeters(w writer, list []Meter) error {
	return w.insert(intoMeter, len(list), func(a []any, i int) []any {
		m := &list[i]
		return append(a, m.Meter, m.Trafo, m.Since, m.Entry)
	})
}

func scanMeter(row scanner, m *Meter) error {
	return row.Scan(&m.Meter, &m.Trafo, &m.Since, &m.Entry)
}

// MetersOf lists, by number, what meters were ever registered at a transformer, each by
// its newest entry there, from one number on. Gone is an entry by which it stands
// elsewhere since, or nowhere; −1: it stands there.
func (db *DB) MetersOf(ctx context.Context, trafo int64, after string, limit int) ([]MeterOf, error) {
	scan := func(row scanner, m *MeterOf) error {
		return row.Scan(&m.Meter.Meter, &m.Trafo, &m.Since, &m.Entry, &m.Gone)
	}
	return collect(each(ctx, db, scan, `SELECT meter, trafo, since, entry, COALESCE((SELECT MAX(z.entry) FROM meter z WHERE z.meter = m.meter AND z.entry > m.entry), -1)
		FROM meter m WHERE trafo = $1 AND meter > $2 AND NOT EXISTS (SELECT 1 FROM meter y WHERE y.trafo = m.trafo AND y.meter = m.meter AND y.entry > m.entry)
		ORDER BY meter LIMIT $3`, trafo, after, limit))
}

// MeterOf is a meter of a transformer with what became of it.
type MeterOf struct {
	Meter
	Gone int64
}

// Registered is what entries below one have said of some meters, by meter, the newest of
// each first.
func (db *DB) Registered(ctx context.Context, meters []string, before int64) ([]Meter, error) {
	args := []any{before}
	var names strings.Builder
	for _, name := range meters {
		args = append(args, name)
		fmt.Fprintf(&names, ",$%d", len(args))
	}
	return collect(each(ctx, db, scanMeter, `SELECT `+meterColumns+` FROM meter WHERE entry < $1 AND meter IN (''`+names.String()+`) ORDER BY meter, entry DESC`, args...))
}

// MetersRegistered lists what one entry has registered, by number.
func (db *DB) MetersRegistered(ctx context.Context, entry int64) ([]Meter, error) {
	return collect(each(ctx, db, scanMeter, `SELECT `+meterColumns+` FROM meter WHERE entry = $1 ORDER BY meter`, entry))
}

// LastRegistered is the newest entry that has registered meters, −1 if none has.
func (db *DB) LastRegistered(ctx context.Context) (entry int64, err error) {
	err = db.row(ctx, `SELECT COALESCE(MAX(entry), -1) FROM meter`).Scan(&entry)
	return entry, readable(err)
}

// MetersAt is how many meters stand at a transformer.
type MetersAt struct{ Trafo, N int64 }

// MetersStanding counts the meters that stand at each transformer, ascending: by the
// newest entry of each.
func (db *DB) MetersStanding(ctx context.Context) ([]MetersAt, error) {
	return collect(each(ctx, db, func(row scanner, m *MetersAt) error { return row.Scan(&m.Trafo, &m.N) },
		`SELECT trafo, COUNT(*) FROM meter m WHERE trafo >= 0 AND NOT EXISTS (SELECT 1 FROM meter z WHERE z.meter = m.meter AND z.entry > m.entry)
		GROUP BY trafo ORDER BY trafo`))
}

// MeterBatch is an entry that has registered meters, and how many.
type MeterBatch struct {
	Entry
	N int64
}

// MeterBatches lists the entries below one that have registered meters, the newest first.
func (db *DB) MeterBatches(ctx context.Context, before int64, limit int) ([]MeterBatch, error) {
	return collect(each(ctx, db, func(row scanner, b *MeterBatch) error { return scanEntryAnd(row, &b.Entry, &b.N) },
		`SELECT `+entryColumns+`, n FROM (SELECT entry, COUNT(*) AS n FROM meter WHERE entry < $1 GROUP BY entry ORDER BY entry DESC LIMIT $2) b
		JOIN entry ON idx = b.entry ORDER BY idx DESC`, before, limit))
}

// MeterEntries lists every entry that has registered meters, as the table says.
func (db *DB) MeterEntries(ctx context.Context) ([]int64, error) {
	return collect(each(ctx, db, func(row scanner, entry *int64) error { return row.Scan(entry) }, `SELECT DISTINCT entry FROM meter ORDER BY entry`))
}
