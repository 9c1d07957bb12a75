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
	register, err := r.to(q)
	if err != nil {
		return Reading{}, err
	}
	return register.Read(ctx, q)
}

func (r Routes) to(q Query) (Register, error) {
	if register, ok := r[q.Register]; ok {
		return register, nil
	}
	return nil, aiqyn.E(aiqyn.Internal, "error.internal").Because(fmt.Errorf("no register is called %q", q.Register))
}

// ReadAll implements [Several]: those that follow each other and go to one register go
// together.
func (r Routes) ReadAll(ctx context.Context, list []Query) ([]Reading, error) {
	readings := make([]Reading, 0, len(list))
	for len(list) > 0 {
		register, err := r.to(list[0])
		if err != nil {
			return nil, err
		}
		n := 1
		for n < len(list) && r[list[n].Register] == register {
			n++
		}
		some, err := ReadAll(ctx, register, list[:n])
		if err != nil {
			return nil, err
		}
		readings, list = append(readings, some...), list[n:]
	}
	return readings, nil
}

// Plots implements [Placed]: the register of parcels is asked.
func (r Routes) Plots(ctx context.Context, box Box) ([]Plot, bool, error) {
	register, err := r.to(Query{Register: ParcelRegister})
	if err != nil {
		return nil, false, err
	}
	return PlotsIn(ctx, register, box)
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

// ReadAll implements [Several]. Where it fails nothing is handed out, and each query is
// recorded so.
func (r recorded) ReadAll(ctx context.Context, list []Query) ([]Reading, error) {
	readings, err := ReadAll(ctx, r.register, list)
	if err != nil {
		readings = make([]Reading, len(list))
	}
	for i, q := range list {
		if failure := r.record(ctx, q, readings[i], err); failure != nil {
			return nil, unavailable(q.Register, 0, fmt.Errorf("record the reading: %w", failure))
		}
	}
	if err != nil {
		return nil, err
	}
	return readings, nil
}

// Plots implements [Placed]. What it tells is of no person and is not recorded.
func (r recorded) Plots(ctx context.Context, box Box) ([]Plot, bool, error) {
	return PlotsIn(ctx, r.register, box)
}
