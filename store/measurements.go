package store

import (
	"context"
	"fmt"
	"iter"
	"strings"
)

// Measurement is the peak of a transformer on one day, by one meter; without a
// meter it is a figure that the utility stands by. Of one day and meter the newest
// counts: it corrects what was there before.
type Measurement struct {
	Trafo    int64
	Day      string
	Meter    string
	Watt     int64 // -1: there is no such reading, whatever was sent before
	Entry    int64 // that took it in
	Corrects int64 // entry of the reading that it stands for; -1: none
}

const measurementColumns = `trafo, day, meter, watt, entry, corrects`

// inForce holds for the rows m of measurement that no entry below $1 has corrected.
// While nothing ever was, no row is looked for.
const inForce = `m.watt >= 0 AND m.entry < $1 AND (NOT EXISTS (SELECT 1 FROM measurement WHERE corrects >= 0)
	OR NOT EXISTS (SELECT 1 FROM measurement z WHERE z.trafo = m.trafo AND z.day = m.day AND z.meter = m.meter AND z.entry > m.entry AND z.entry < $1))`

func writeMeasurements(w writer, list []Measurement) error {
	return w.insert(intoMeasurement, len(list), func(a []any, i int) []any {
		m := &list[i]
		return append(a, m.Trafo, m.Day, m.Meter, m.Watt, m.Entry, m.Corrects)
	})
}

func scanMeasurement(row scanner, m *Measurement) error {
	return row.Scan(&m.Trafo, &m.Day, &m.Meter, &m.Watt, &m.Entry, &m.Corrects)
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
		`SELECT trafo, MAX(watt), MAX(day), COUNT(DISTINCT day) FROM measurement m
		WHERE meter <> '' AND day >= $2 AND day <= $3 AND `+inForce+` GROUP BY trafo ORDER BY trafo`, before, from, to))
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
	args := []any{before, from, to}
	var places strings.Builder
	for _, id := range trafos {
		args = append(args, id)
		fmt.Fprintf(&places, ",$%d", len(args))
	}
	return each(ctx, db, func(row scanner, p *DailyPeak) error { return row.Scan(&p.Trafo, &p.Day, &p.Watt) },
		`SELECT trafo, day, MAX(watt) FROM measurement m WHERE meter <> '' AND day >= $2 AND day <= $3 AND `+inForce+`
		AND trafo IN (0`+places.String()+`) GROUP BY trafo, day ORDER BY trafo, day`, args...)
}

// Estimates are the newest figures that the utility stands by, up to a day,
// ascending by transformer.
func (db *DB) Estimates(ctx context.Context, to string, before int64) ([]Measurement, error) {
	var list []Measurement
	for m, err := range each(ctx, db, scanMeasurement, `SELECT `+measurementColumns+` FROM measurement m
		WHERE meter = '' AND day <= $2 AND `+inForce+` ORDER BY trafo, day`, before, to) {
		if err != nil {
			return nil, err
		}
		if n := len(list); n > 0 && list[n-1].Trafo == m.Trafo {
			list[n-1] = *m
		} else {
			list = append(list, *m)
		}
	}
	return list, nil
}

// MeasurementsBetween lists what counts of a range of transformers and days, by what
// entries below before have taken in, by transformer, meter and day.
func (db *DB) MeasurementsBetween(ctx context.Context, firstTrafo, lastTrafo int64, from, to string, before int64) ([]Measurement, error) {
	return collect(each(ctx, db, scanMeasurement, `SELECT `+measurementColumns+` FROM measurement m
		WHERE trafo >= $2 AND trafo <= $3 AND day >= $4 AND day <= $5 AND `+inForce+` ORDER BY trafo, meter, day`, before, firstTrafo, lastTrafo, from, to))
}

// MeasurementPlace is a place in the list of a transformer's readings.
type MeasurementPlace struct {
	Day, Meter string
	Entry      int64
}

// OnFile is a reading with what became of it.
type OnFile struct {
	Measurement
	By int64 // entry that has corrected it; -1: it counts
}

// MeasurementsOf lists what was ever taken in of one transformer, the newest day
// first, below a place in that order; an empty day begins with the newest. What was
// corrected stands below what corrects it.
func (db *DB) MeasurementsOf(ctx context.Context, trafo int64, below MeasurementPlace, limit int) ([]OnFile, error) {
	if below.Day == "" {
		below.Day = "9999-99-99"
	}
	scan := func(row scanner, m *OnFile) error {
		return row.Scan(&m.Trafo, &m.Day, &m.Meter, &m.Watt, &m.Entry, &m.Corrects, &m.By)
	}
	return collect(each(ctx, db, scan, `SELECT `+measurementColumns+`, COALESCE((SELECT MIN(z.entry) FROM measurement z
			WHERE z.trafo = m.trafo AND z.day = m.day AND z.meter = m.meter AND z.entry > m.entry), -1) FROM measurement m
		WHERE trafo = $1 AND (day < $2 OR day = $2 AND (meter < $3 OR meter = $3 AND entry < $4)) ORDER BY day DESC, meter DESC, entry DESC LIMIT $5`,
		trafo, below.Day, below.Meter, below.Entry, limit))
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

// TakenIn returns the entries from one on and below another that have taken in readings of
// transformers, corrected them, or registered meters, in the order of the log.
func (db *DB) TakenIn(ctx context.Context, from, to int64) ([]Entry, error) {
	return gather(db.entries(ctx, `SELECT `+entryColumns+` FROM entry WHERE idx IN (
		SELECT entry FROM measurement WHERE entry >= $1 AND entry < $2 UNION SELECT entry FROM meter WHERE entry >= $1 AND entry < $2) ORDER BY idx`, from, to))
}

// MeasurementBatch is what one entry has taken in, summed up.
type MeasurementBatch struct {
	Entry    int64
	N        int64
	From, To string
}

// MeasurementBatches lists what entries below one have taken in anew, newest first.
func (db *DB) MeasurementBatches(ctx context.Context, before int64, limit int) ([]MeasurementBatch, error) {
	return collect(each(ctx, db, func(row scanner, b *MeasurementBatch) error { return row.Scan(&b.Entry, &b.N, &b.From, &b.To) },
		`SELECT entry, COUNT(*), MIN(day), MAX(day) FROM measurement WHERE entry < $1 AND corrects < 0 GROUP BY entry ORDER BY entry DESC LIMIT $2`, before, limit))
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
