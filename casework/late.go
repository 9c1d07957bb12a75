package casework

import (
	"context"
	"errors"
	"time"

	"aiqyn/ledger"
	"aiqyn/store"
)

// WitnessWithin is how long an entry may wait for its witnesses. After that an
// alarm is raised, everywhere that people and machines look; it goes away by
// itself once the witnesses have cosigned.
const WitnessWithin = time.Minute

// waiting tells since when the oldest entry that is not witnessed has waited,
// and zero if none does.
func (e *Engine) waiting(ctx context.Context, head store.Head) (time.Time, error) {
	e.witness.mu.RLock()
	from := e.witness.last.Size
	e.witness.mu.RUnlock()
	if !e.needsWitnesses() || from >= head.Size {
		return time.Time{}, nil
	}
	first, err := e.Store.Entry(ctx, from)
	return first.Recorded, err
}

// isLate reports whether what has waited since then has waited too long.
func (e *Engine) isLate(waiting time.Time) bool {
	return !waiting.IsZero() && e.Clock().Sub(waiting) > WitnessWithin
}

// watch keeps what the metrics tell, and says once when the alarm is raised and
// once when it is over.
func (e *Engine) watch(ctx context.Context, head store.Head) error {
	waiting, err := e.waiting(ctx, head)
	if err != nil {
		return err
	}
	late := e.isLate(waiting)
	e.witness.mu.Lock()
	was := e.witness.late
	e.witness.waiting, e.witness.late = waiting, late
	e.witness.mu.Unlock()
	switch {
	case late && !was:
		e.Log.Error("witnesses are late", "since", waiting, "head", head.Size)
	case was && !late:
		e.Log.Info("witnesses have caught up", "head", head.Size)
	}
	return nil
}

// saysOther reports whether a witness's answer means that it has seen another
// history than ours, or more of it than we have.
func saysOther(err error, size int64) bool {
	var behind *Behind
	var refusal *ledger.WitnessError
	return errors.As(err, &behind) && behind.Size > size ||
		errors.As(err, &refusal) && refusal.Status == ledger.StatusInconsistent
}

// cosigners counts the policy's witnesses under a checkpoint.
func (e *Engine) cosigners(checkpoint string) int {
	if e.Policy == nil || checkpoint == "" {
		return 0
	}
	signed, err := ledger.OpenCheckpoint([]byte(checkpoint), e.Policy.WitnessKeys()...)
	if err != nil { // kept under a policy before this one
		return 0
	}
	return len(signed.Signatures)
}

// standing is how strongly an entry is proven now. Of a late entry it says so
// as long as the alarm stands.
func (e *Engine) standing(index int64) Standing {
	s := Standing{Level: ledger.Recorded}
	if !e.needsWitnesses() {
		return s
	}
	s.Of, s.Needed = len(e.Policy.Witnesses), e.Policy.Needs()
	e.witness.mu.RLock()
	defer e.witness.mu.RUnlock()
	if index < e.witness.last.Size {
		s.Level, s.By = ledger.Witnessed, e.witness.signed
		return s
	}
	s.Late = e.isLate(e.witness.waiting)
	return s
}

// Amiss names what is wrong though commands are taken: nothing that would be
// better if people were sent away. The names are for whoever runs the server.
func (e *Engine) Amiss(ctx context.Context) []string {
	head, err := e.Head(ctx)
	if err != nil {
		return nil // Ready tells that
	}
	var list []string
	if head.Late {
		list = append(list, "witnesses are late since "+head.Waiting.UTC().Format(time.RFC3339))
	}
	for _, w := range head.Witnesses {
		if w.Other {
			list = append(list, "witness "+w.Name+" has seen another history, or a longer one")
		}
	}
	return append(list, e.amissLogs(ctx)...)
}
