package store

import (
	"context"
	"iter"
	"strings"
)

// Acts returns entries of one kind of act before an index, the newest first. Of
// any other kind there are none: the condition is that of the index entry_acts,
// word for word, for a database uses a partial index only where a query says the
// same.
func (db *DB) Acts(ctx context.Context, kind string, before int64, limit int) ([]Entry, error) {
	if strings.HasPrefix(kind, "classif") || kind == "declassified" {
		return gather(db.entries(ctx, `SELECT `+entryColumns+` FROM entry WHERE kind IN ('classification-asked', 'classified', 'classification-warned', 'declassified')
			AND kind = $1 AND idx < $2 ORDER BY idx DESC LIMIT $3`, kind, before, limit))
	}
	if strings.HasPrefix(kind, "peaks-correct") {
		return gather(db.entries(ctx, `SELECT `+entryColumns+` FROM entry WHERE kind IN ('peaks-correction-asked', 'peaks-correction-declined', 'peaks-corrected')
			AND kind = $1 AND idx < $2 ORDER BY idx DESC LIMIT $3`, kind, before, limit))
	}
	if strings.HasPrefix(kind, "queue-table") {
		return gather(db.entries(ctx, `SELECT `+entryColumns+` FROM entry WHERE kind IN ('queue-table-brought', 'queue-table-confirmed', 'queue-table-declined')
			AND kind = $1 AND idx < $2 ORDER BY idx DESC LIMIT $3`, kind, before, limit))
	}
	if strings.HasPrefix(kind, "tables-") {
		return gather(db.entries(ctx, `SELECT `+entryColumns+` FROM entry WHERE kind IN ('tables-asked', 'tables-declined', 'tables-in-force')
			AND kind = $1 AND idx < $2 ORDER BY idx DESC LIMIT $3`, kind, before, limit))
	}
	return gather(db.entries(ctx, `SELECT `+entryColumns+` FROM entry WHERE kind IN ('attested', 'erased', 'glass-asked', 'glass-opened', 'held', 'letters-resent', 'margin-reduced', 'pack-signed', 'published', 'reduction-asked', 'refusal-rejected', 'report-erased', 'report-erasure-asked', 'rostered', 'unheld')
		AND kind = $1 AND idx < $2 ORDER BY idx DESC LIMIT $3`, kind, before, limit))
}

// gather reads entries to the end.
func gather[T any](rows iter.Seq2[*T, error]) ([]T, error) {
	var list []T
	for row, err := range rows {
		if err != nil {
			return nil, err
		}
		list = append(list, *row)
	}
	return list, nil
}

// Dearer returns the entries before an index that flag a dearer place than the best
// one, the newest first, by the index entry_dearer.
func (db *DB) Dearer(ctx context.Context, before int64, limit int) ([]Entry, error) {
	return gather(db.entries(ctx, `SELECT `+entryColumns+` FROM entry WHERE kind = 'dearer' AND idx < $1 ORDER BY idx DESC LIMIT $2`, before, limit))
}

// SecrecyActs returns the acts about what of the network the public may see, after
// an entry, in the order of the log: there are few of them.
func (db *DB) SecrecyActs(ctx context.Context, after int64) ([]Entry, error) {
	return gather(db.entries(ctx, `SELECT `+entryColumns+` FROM entry WHERE kind IN ('classification-asked', 'classified', 'classification-warned', 'declassified')
		AND idx > $1 ORDER BY idx`, after))
}

// TablesActs returns the acts by which tables of the network come into force, or do not,
// after an entry, in the order of the log: there are few of them.
func (db *DB) TablesActs(ctx context.Context, after int64) ([]Entry, error) {
	return gather(db.entries(ctx, `SELECT `+entryColumns+` FROM entry WHERE kind IN ('tables-asked', 'tables-declined', 'tables-in-force')
		AND idx > $1 ORDER BY idx`, after))
}

// Flips returns the entries before an index that name a refusal and the grant that
// contradicts it, the newest first, by the index entry_flip.
func (db *DB) Flips(ctx context.Context, before int64, limit int) ([]Entry, error) {
	return gather(db.entries(ctx, `SELECT `+entryColumns+` FROM entry WHERE kind = 'flip' AND idx < $1 ORDER BY idx DESC LIMIT $2`, before, limit))
}

// Settlings returns the entries that say what has become part of the measured load
// of transformers, the newest first, by the index entry_settled.
func (db *DB) Settlings(ctx context.Context, before int64, limit int) ([]Entry, error) {
	return gather(db.entries(ctx, `SELECT `+entryColumns+` FROM entry WHERE kind = 'connections-settled' AND idx < $1 ORDER BY idx DESC LIMIT $2`, before, limit))
}

// CountReductions counts the withdrawals of what was published as free.
func (db *DB) CountReductions(ctx context.Context) (n int64, err error) {
	err = db.row(ctx, `SELECT COUNT(*) FROM entry WHERE kind IN ('attested', 'erased', 'glass-asked', 'glass-opened', 'held', 'letters-resent', 'margin-reduced', 'pack-signed', 'published', 'reduction-asked', 'refusal-rejected', 'report-erased', 'report-erasure-asked', 'rostered', 'unheld') AND kind = 'margin-reduced'`).Scan(&n)
	return n, readable(err)
}

// CountFlips counts them.
func (db *DB) CountFlips(ctx context.Context) (n int64, err error) {
	err = db.row(ctx, `SELECT COUNT(*) FROM entry WHERE kind = 'flip'`).Scan(&n)
	return n, readable(err)
}
