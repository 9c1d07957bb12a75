package registry

import (
	"context"
	"fmt"

	"aiqyn"
)

// Routes sends each query to the register that it names.
type Routes map[string]Register

// Read implements [Register].
func (r Routes) Read(ctx context.Context, q Query) (Reading, error) {
	register, ok := r[q.Register]
	if !ok {
		return Reading{}, aiqyn.E(aiqyn.Internal, "error.internal").
			Because(fmt.Errorf("no register is called %q", q.Register))
	}
	return register.Read(ctx, q)
}

// Record is told of every reading: who read what, for which case and purpose,
// what came back, or why nothing did.
type Record func(ctx context.Context, q Query, r Reading, err error) error

// Recorded makes a register tell of every reading. A reading that could not be
// recorded is not handed out: nobody may look at a person unseen.
func Recorded(register Register, record Record) Register {
	return recorded{register, record}
}

type recorded struct {
	register Register
	record   Record
}

func (r recorded) Read(ctx context.Context, q Query) (Reading, error) {
	reading, err := r.register.Read(ctx, q)
	if failure := r.record(ctx, q, reading, err); failure != nil {
		return Reading{}, unavailable(q.Register, 0, fmt.Errorf("record the reading: %w", failure))
	}
	return reading, err
}
