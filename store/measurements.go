package store

import (
	"context"
	"fmt"
	"iter"
	"strings"
)

// Measurement is the peak of a transformer on one day, by one meter; without a
// meter it is a figure that the utility stands by.
type Measurement struct {
	Trafo int64
	Day   string
	Meter string
	Watt  int64
	Entry int64 // that took it in
}

const measurementColumns = `trafo, day, meter, watt, entry`

func writeMeasurements(w writer, list []Measurement) error {
	return w.insert(intoMeasurement, len(list), func(a []any, i int) []any {
		m := &list[i]
		return append(a, m.Trafo, m.Day, m.Meter, m.Watt, m.Entry)
	})
}

func scanMeasurement(row scanner, m *Measurement) error {
	return row.Scan(&m.Trafo, &m.Day, &m.Meter, &m.Watt, &m.Entry)
}

// Measured is what is on file of a transformer by meters over a time.
type Measured struct {
	Trafo int64
	Watt  int64  // the highest
	Last  string // day of the newest
	Days  int64  // that have a reading
}

// Measured sums up the metered peaks of every transformer from one day to
// another, by what entries below before have taken in, ascending by transformer.
func (db *DB) Measured(ctx context.Context, from, to string, before int64) ([]Measured, error) {
	return collect(each(ctx, db, func(row scanner, m *Measured) error { return row.Scan(&m.Trafo, &m.Watt, &m.Last, &m.Days) },
		`SELECT trafo, MAX(watt), MAX(day), COUNT(DISTINCT day) FROM measurement
		WHERE meter <> '' AND day >= $1 AND day <= $2 AND entry < $3 GROUP BY trafo ORDER BY trafo`, from, to, before))
}

// DailyPeak is the highest that any meter of a transformer read on a day.
type DailyPeak struct {
	Trafo int64
	Day   string
	Watt  int64
}

// DailyPeaks yields the metered peaks of some transformers day by day, from one day
// to another, by what entries below before have taken in, ascending by transformer.
func (db *DB) DailyPeaks(ctx context.Context, trafos []int64, from, to string, before int64) iter.Seq2[*DailyPeak, error] {
	args := []any{from, to, before}
	var places strings.Builder
	for _, id := range trafos {
		args = append(args, id)
		fmt.Fprintf(&places, ",$%d", len(args))
	}
	return each(ctx, db, func(row scanner, p *DailyPeak) error { return row.Scan(&p.Trafo, &p.Day, &p.Watt) },
		`SELECT trafo, day, MAX(watt) FROM measurement WHERE meter <> '' AND day >= $1 AND day <= $2 AND entry < $3
		AND trafo IN (0`+places.String()+`) GROUP BY trafo, day ORDER BY trafo, day`, args...)
}

// Estimates are the newest figures that the utility stands by, up to a day,
// ascending by transformer.
func (db *DB) Estimates(ctx context.Context, to string, before int64) ([]Measurement, error) {
	return collect(each(ctx, db, scanMeasurement, `SELECT `+measurementColumns+` FROM measurement m
		WHERE meter = '' AND entry < $2 AND day = (SELECT MAX(x.day) FROM measurement x WHERE x.trafo = m.trafo AND x.meter = '' AND x.day <= $1 AND x.entry < $2)
		ORDER BY trafo`, to, before))
}

// MeasurementsBetween lists what is on file of a range of transformers and days,
// by transformer, meter and day.
func (db *DB) MeasurementsBetween(ctx context.Context, firstTrafo, lastTrafo int64, from, to string) ([]Measurement, error) {
	return collect(each(ctx, db, scanMeasurement, `SELECT `+measurementColumns+` FROM measurement
		WHERE trafo >= $1 AND trafo <= $2 AND day >= $3 AND day <= $4 ORDER BY trafo, meter, day`, firstTrafo, lastTrafo, from, to))
}

// MeasurementsOf lists what is on file of one transformer, the newest first,
// below a place in that order; an empty day begins with the newest.
func (db *DB) MeasurementsOf(ctx context.Context, trafo int64, day, meter string, limit int) ([]Measurement, error) {
	if day == "" {
		day = "9999-99-99"
	}
	return collect(each(ctx, db, scanMeasurement, `SELECT `+measurementColumns+` FROM measurement
		WHERE trafo = $1 AND (day < $2 OR day = $2 AND meter < $3) ORDER BY day DESC, meter DESC LIMIT $4`, trafo, day, meter, limit))
}

// MeasurementsTaken lists what one entry has taken in, by transformer and day.
func (db *DB) MeasurementsTaken(ctx context.Context, entry int64) ([]Measurement, error) {
	return collect(each(ctx, db, scanMeasurement, `SELECT `+measurementColumns+` FROM measurement WHERE entry = $1 ORDER BY trafo, day, meter`, entry))
}

// MeasurementEntries lists every entry that has taken measurements in, as the
// table says.
func (db *DB) MeasurementEntries(ctx context.Context) ([]int64, error) {
	return collect(each(ctx, db, func(row scanner, entry *int64) error { return row.Scan(entry) },
		`SELECT DISTINCT entry FROM measurement ORDER BY entry`))
}

// MeasurementBatch is what one entry has taken in, summed up.
type MeasurementBatch struct {
	Entry    int64
	N        int64
	From, To string
}

// MeasurementBatches lists what entries below one have taken in, newest first.
func (db *DB) MeasurementBatches(ctx context.Context, before int64, limit int) ([]MeasurementBatch, error) {
	return collect(each(ctx, db, func(row scanner, b *MeasurementBatch) error { return row.Scan(&b.Entry, &b.N, &b.From, &b.To) },
		`SELECT entry, COUNT(*), MIN(day), MAX(day) FROM measurement WHERE entry < $1 GROUP BY entry ORDER BY entry DESC LIMIT $2`, before, limit))
}

// LastMeasurement is the newest entry that has taken measurements in, −1 if none
// has.
func (db *DB) LastMeasurement(ctx context.Context) (int64, error) {
	var entry int64
	err := db.row(ctx, `SELECT entry FROM measurement ORDER BY entry DESC LIMIT 1`).Scan(&entry)
	if absent(err) {
		return -1, nil
	}
	return entry, readable(err)
}

// collect gathers what is yielded, each by itself.
func collect[T any](rows iter.Seq2[*T, error]) ([]T, error) {
	var list []T
	for row, err := range rows {
		if err != nil {
			return nil, err
		}
		list = append(list, *row)
	}
	return list, nil
}
