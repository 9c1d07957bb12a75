package registry

import (
	"context"
	"encoding/json"
	"time"

	"aiqyn"
)

// Rows gives the rows of registers that are kept in our own store. A row that
// is not there is a nil value or an error of kind NotFound.
type Rows interface {
	RegisterRow(ctx context.Context, register, key string) (value []byte, version string, at time.Time, err error)
	// RegisterRows reads the rows of a register and a key each, and tells of those that
	// there are, by their place in the list.
	RegisterRows(ctx context.Context, keys [][2]string, each func(i int, value []byte, version string, at time.Time)) error
	// RegisterRowsAt reads the rows that were put under a number of one of the ranges, both
	// ends included, a row once for each of its numbers; more says that there are others.
	RegisterRowsAt(ctx context.Context, register string, ranges [][2]int64, each func(value []byte)) (more bool, err error)
}

// Local is the register whose rows are in our own store.
type Local struct{ rows Rows }

// NewLocal reads from rows.
func NewLocal(rows Rows) *Local { return &Local{rows} }

// Read implements [Register].
func (l *Local) Read(ctx context.Context, q Query) (Reading, error) {
	if err := q.check(); err != nil {
		return Reading{}, err
	}
	value, version, at, err := l.rows.RegisterRow(ctx, q.Register, q.Key)
	if err != nil && aiqyn.KindOf(err) != aiqyn.NotFound {
		return Reading{}, unavailable(q.Register, 0, err)
	}
	return q.answered(value, version, at)
}

// ReadAll implements [Several].
func (l *Local) ReadAll(ctx context.Context, list []Query) ([]Reading, error) {
	type row struct {
		value   []byte
		version string
		at      time.Time
	}
	keys, rows, readings := make([][2]string, len(list)), make([]row, len(list)), make([]Reading, len(list))
	for i, q := range list {
		if err := q.check(); err != nil {
			return nil, err
		}
		keys[i] = [2]string{q.Register, q.Key}
	}
	err := l.rows.RegisterRows(ctx, keys, func(i int, value []byte, version string, at time.Time) { rows[i] = row{value, version, at} })
	if err != nil {
		return nil, unavailable(list[0].Register, 0, err)
	}
	for i, q := range list {
		if readings[i], err = q.answered(rows[i].value, rows[i].version, rows[i].at); err != nil {
			return nil, err
		}
	}
	return readings, nil
}

// answered makes a reading of a row, nil where there is none.
func (q Query) answered(value []byte, version string, at time.Time) (Reading, error) {
	r := Reading{Register: q.Register, Key: q.Key, At: at.UTC(), Source: "local"}
	if value == nil {
		return r, nil
	}
	var err error
	if r.Value, err = canonical(value); err != nil {
		return Reading{}, malformed(q.Register, err)
	}
	if version == "" {
		version = versionOf(r.Value)
	}
	r.Found, r.Version = true, version
	return r, nil
}

// Plots implements [Placed]: of the rows that the index by place has under the box.
func (l *Local) Plots(ctx context.Context, box Box) ([]Plot, bool, error) {
	var list []Plot
	var broken error
	more, err := l.rows.RegisterRowsAt(ctx, ParcelRegister, box.Stretches(), func(value []byte) {
		var p Plot
		if err := json.Unmarshal(value, &p); err != nil {
			broken = misfit(err)
		} else if p.Box().touches(box) {
			list = append(list, p)
		}
	})
	if err != nil {
		return nil, false, unavailable(ParcelRegister, 0, err)
	}
	if broken != nil {
		return nil, false, malformed(ParcelRegister, broken)
	}
	list, more = plots(list, more)
	return list, more, nil
}
