package casework

import (
	"context"

	"aiqyn"
)

// recordRestore is the first command under a new name of the log.
type recordRestore struct {
	apart
	restored
}

func (r *recordRestore) decide(t *turn) error {
	if done, err := r.once(t); done || err != nil {
		return err
	}
	ev, was := t.emitSystem(EventRestored, r.actor, &r.restored), t.s.cut
	t.s.cut = ev.index
	t.undo = append(t.undo, func() { t.s.cut = was })
	r.finish(t)
	return nil
}

// RecordRestore records that this log goes on from a backup of another: origin
// is the other's name, checkpoint the last of it that is known to have been
// witnessed, so that everybody can see what was lost in between. It must be the
// first entry under the new name.
func (e *Engine) RecordRestore(ctx context.Context, actor aiqyn.Actor, origin, checkpoint string) (Result, error) {
	if origin == e.Origin {
		return Result{}, aiqyn.E(aiqyn.Invalid, "error.restore-origin", "origin", origin)
	}
	c := &recordRestore{apart{aiqyn.CommandID("restore/" + origin + "/" + e.Origin), actor}, restored{Checkpoint: checkpoint, Origin: origin}}
	return e.send(ctx, c)
}
