package registry

import (
	"context"
	"time"

	"aiqyn"
)

// Rows gives the rows of registers that are kept in our own store. A row that
// is not there is a nil value or an error of kind NotFound.
type Rows interface {
	RegisterRow(ctx context.Context, register, key string) (value []byte, version string, at time.Time, err error)
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
	r := Reading{Register: q.Register, Key: q.Key, At: at.UTC(), Source: "local"}
	if aiqyn.KindOf(err) == aiqyn.NotFound || err == nil && value == nil {
		return r, nil
	}
	if err != nil {
		return Reading{}, unavailable(q.Register, 0, err)
	}
	if r.Value, err = canonical(value); err != nil {
		return Reading{}, malformed(q.Register, err)
	}
	if version == "" {
		version = versionOf(r.Value)
	}
	r.Found, r.Version = true, version
	return r, nil
}
