package casework

import (
	"context"
	"fmt"

	"aiqyn"
	"aiqyn/access"
)

// DeclinePeaks is an overseer's no to corrections that wait for their signature, by the
// entry that asked for them: nothing is corrected, and nothing waits any more. Whoever
// asked may ask again, with other evidence.
type DeclinePeaks struct {
	ID     aiqyn.CommandID
	Actor  aiqyn.Actor
	Entry  int64
	Ground string
}

// peaksDeclined says that corrections that waited were declined, and why.
type peaksDeclined struct {
	Asked  int64  `json:"asked"` // entry that asked for them
	Ground string `json:"ground"`
}

// declinePeaks is the no being given.
type declinePeaks struct {
	apart
	DeclinePeaks
}

func (c *declinePeaks) prepare(ctx ctx, e *Engine) error {
	if err := c.apart.prepare(ctx, e); err != nil {
		return err
	}
	if err := access.Check(c.actor.Role, access.ActionReduce, access.None); err != nil {
		return err
	}
	if c.actor.Role != aiqyn.RoleOverseer {
		return aiqyn.E(aiqyn.Forbidden, "error.forbidden")
	}
	return nil
}

func (c *declinePeaks) decide(t *turn) error {
	if done, err := c.once(t); done || err != nil {
		return err
	}
	if err := t.answersCorrection(c.Entry, c.actor); err != nil {
		return err
	}
	if c.Ground == "" {
		return aiqyn.E(aiqyn.Invalid, "error.answer-required").On("ground")
	}
	t.emitSystem(EventPeaksDeclined, c.actor, &peaksDeclined{Asked: c.Entry, Ground: c.Ground})
	t.endCorrection(c.Entry)
	c.finish(t)
	return nil
}

// declinedSince are the entries that have declined corrections which were asked for at
// an entry or later, by the entry that asked.
func (e *Engine) declinedSince(ctx context.Context, entry int64) (map[int64]*event, error) {
	declined := make(map[int64]*event)
	for before := int64(noEntry); ; {
		rows, err := e.Store.Acts(ctx, string(EventPeaksDeclined), before, maxWaiting)
		if err != nil {
			return nil, err
		}
		for _, row := range rows {
			if row.Index <= entry {
				return declined, nil
			}
			ev, err := e.decodeEntry(row, e.keys.system)
			if err != nil {
				return nil, err
			}
			declined[ev.data.(*peaksDeclined).Asked] = ev
			before = row.Index
		}
		if len(rows) < maxWaiting {
			return declined, nil
		}
	}
}

// declined holds the no to corrections to what was asked, and to whether it waited.
func (a *auditor) declined(ev *event, d *peaksDeclined) error {
	first := a.batch(d.Asked)
	switch {
	case first == nil || first.kind != EventPeaksAsked || d.Asked >= ev.index:
		return fmt.Errorf("nobody has asked for what it declines")
	case first.actor.Role == ev.actor.Role || first.actor.Officer == ev.actor.Officer || ev.actor.Role != aiqyn.RoleOverseer:
		return fmt.Errorf("it is not declined by an overseer who has not asked for it")
	}
	return a.waited(ev, d.Asked)
}

// waited holds that nobody has signed or declined what was asked before an entry does.
func (a *auditor) waited(ev *event, asked int64) error {
	for _, b := range a.figures.batches {
		var before int64
		switch d := b.data.(type) {
		case *peaksCorrected:
			before = d.Asked
		case *peaksDeclined:
			before = d.Asked
		}
		if before == asked && b.index < ev.index {
			return fmt.Errorf("what it answers was signed or declined before")
		}
	}
	return nil
}

// batch is an entry about measurements; nil if there is none.
func (a *auditor) batch(entry int64) *event {
	for _, b := range a.figures.batches {
		if b.index == entry {
			return b
		}
	}
	return nil
}
