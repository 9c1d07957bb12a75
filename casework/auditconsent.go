package casework

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"aiqyn/grid"
)

// asked holds whom a step asks, and with what, to what its service says and to the
// ruling before it.
func (c *caseAudit) asked(ev *event, d *asked) {
	step := findStep(c.svc, d.Step)
	if step == nil || step.Asks == nil || c.rec.state.Step != d.Step || step.Asks.Service != d.Service {
		c.wrong(ev.index, "somebody is asked whom no step of the service asks")
		return
	}
	says, err := step.Asks.Answers(c.ruled)
	if err != nil || d.Case != 0 && anyPair(d.Answers, func(name, text string) bool { return says[name] != text }) {
		c.wrong(ev.index, "somebody is asked with something else than the ruling gives")
	}
	if when := step.Asks.When; when != nil {
		if holds, err := when.Program.Eval(c.ruled); err != nil || !holds {
			c.wrong(ev.index, "somebody is asked although nobody need be")
		}
	}
}

// said notes what somebody who was asked is recorded to have said; their case must have
// it so.
func (c *caseAudit) said(ev *event, d *answeredAlong) {
	if d.Records == nil {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.heard[d.Case] = hearsay{entry: ev.index, records: d.Records}
}

// hearsay is what a case has recorded of another's answer.
type hearsay struct {
	entry   int64
	records map[string]any
}

// theirs notes what is said in a case by which somebody was asked, and that they are
// whom the register names.
func (c *caseAudit) theirs() {
	s := c.rec.state
	if s.From == nil || !s.From.Asked || c.pack == nil {
		return
	}
	all := make(map[string]any)
	maps.Copy(all, s.Answers)
	for _, records := range s.Records {
		maps.Copy(all, records)
	}
	c.mu.Lock()
	c.answers[s.No] = all
	c.mu.Unlock()
	vars, err := c.e.variables(c.svc, c.rec, s.Last)
	for _, svc := range c.pack.Services {
		if step, ok := svc.AskedIn(s.Service); ok && err == nil {
			if whom, err := step.Asks.Person(vars); err == nil && whom == s.Applicant {
				return
			}
		}
	}
	c.wrong(s.FiledAt, "somebody was asked whom the register does not name")
}

// heardRight holds what was recorded of others' answers to their own cases.
func (a *auditor) heardRight() {
	for _, no := range slices.Sorted(maps.Keys(a.heard)) {
		h := a.heard[no]
		all, there := a.answers[no]
		if !there {
			if a.residue[no] == nil {
				a.wrong(h.entry, "records an answer of a case that is not there")
			}
			continue
		}
		for name, v := range h.records {
			if all[name] != v {
				a.wrong(h.entry, "records that somebody has said something else than they did")
			}
		}
	}
}

// owners holds the transformers that a ruling takes for somebody's to those that were
// published as such, and the one whose owner has agreed to what is on record.
func (c *caseAudit) owners(ev *event, r *ruled) {
	search := searchIn(r.Computed)
	var in grid.ConnectionPoints3Input
	if search == nil || search.With != grid.ConnectionPoints3 || json.Unmarshal(search.In, &in) != nil {
		return
	}
	if len(c.places) > 0 && !slices.ContainsFunc(c.places, func(p []grid.OwnedTrafo) bool { return slices.Equal(p, in.Owned) }) {
		c.wrong(ev.index, "the ruling takes other transformers for somebody's than were published")
	}
	if in.Agreed == "" {
		return
	}
	for _, records := range c.rec.state.Records {
		if records["consent"] == "yes" && records["substation"] == in.Agreed {
			return
		}
	}
	c.wrong(ev.index, "the ruling has an owner agree who is not on record to have")
}

// readOwners reads which transformers were ever published as somebody's.
func (a *auditor) readOwners(ctx context.Context) error {
	kept, err := a.Store.Snapshots(ctx, "places")
	if err != nil {
		return err
	}
	for _, s := range kept {
		data, err := a.Store.SnapshotOf(ctx, s.Kind, s.Hash)
		if err != nil {
			return err
		}
		var known struct {
			Trafos []TrafoPlace `json:"trafos"`
		}
		if err := json.Unmarshal(data, &known); err != nil {
			return fmt.Errorf("snapshot %s: %w", s.Hash, err)
		}
		a.places = append(a.places, (&Capacity{Places: known.Trafos}).owned())
	}
	return nil
}
