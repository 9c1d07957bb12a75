package casework

import (
	"context"
	"slices"
	"strings"

	"aiqyn"
)

// Who signs writes their name, as on paper. Before it counts it is held against
// the list of officers: another's name, or a scribble, signs nothing.

// signs checks that a typed name is that of the officer who acts. On the error
// is the field that asked for it.
func (e *Engine) signs(ctx context.Context, a aiqyn.Actor, name, field string) error {
	o, ok, err := e.Store.Officer(ctx, string(a.Officer))
	if err != nil {
		return err
	}
	if !ok || o.Name == "" || written(name) != written(o.Name) {
		return aiqyn.E(aiqyn.Invalid, "error.signature-name").On(field)
	}
	return nil
}

// written is a name as it is compared: composed, without regard to case,
// blanks and the order of its parts.
func written(name string) string {
	return strings.Join(slices.Sorted(slices.Values(strings.Fields(fold(name)))), " ")
}
