package casework

import (
	"context"
	"encoding/json"
	"maps"
	"slices"

	"aiqyn"
	"aiqyn/canonical"
	"aiqyn/grid"
	"aiqyn/service"
)

// asked holds whom a step asks, and with what, to what its service says and to the
// ruling before it.
func (c *caseAudit) asked(ev *event, d *asked) {
	step := findStep(c.svc, d.Step)
	if step == nil || step.Asks == nil || c.rec.state.Step != d.Step || step.Asks.Service != d.Service {
		c.wrong(ev.index, "somebody is asked whom no step of the service asks")
		return
	}
	c.askedBy(ev, d)
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

// askedTogether are the cases by which several were asked at once, after one ruling.
type askedTogether struct {
	entry int64 // of the first that says so
	cases []int64
}

// askedBy notes a case by which somebody was asked, beside those asked with them.
func (c *caseAudit) askedBy(ev *event, d *asked) {
	if d.Case == 0 {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	at := c.rec.state.Ruling
	g, ok := c.together[at]
	if !ok {
		g.entry = ev.index
	}
	g.cases = append(g.cases, d.Case)
	c.together[at] = g
}

// said holds what somebody who was asked is recorded to have said to what their case has
// it, once all cases are read; and that it is recorded, if it settles the step.
func (c *caseAudit) said(ev *event, d *answeredAlong) {
	s := c.rec.state
	i := slices.IndexFunc(s.Brought, func(b brought) bool { return b.Case == d.Case && b.Step != "" })
	if i < 0 {
		if d.Records != nil {
			c.wrong(ev.index, "records an answer of somebody who was not asked")
		}
		return
	}
	step := findStep(c.svc, s.Brought[i].Step)
	if step == nil || step.Asks == nil {
		return // said where they were asked
	}
	open := s.Step == step.Name && s.Brought[i].Outcome == ""
	if d.Records != nil && !open {
		c.wrong(ev.index, "records an answer that came when the step was over")
	}
	h := hearsay{entry: ev.index, records: d.Records}
	if open && ev.outcome == aiqyn.Granted {
		before := s.clone()
		h.settles = func(said map[string]any) (map[string]any, error) { return before.settles(c.svc, step, d.Case, said) }
		h.names = step.Records
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.heard[d.Case] = h
}

// hearsay is what a case has recorded of another's answer.
type hearsay struct {
	entry   int64
	records map[string]any
	// settles gives what had to be recorded of what they have said; nil if nothing could be.
	settles func(said map[string]any) (map[string]any, error)
	names   []service.Question
}

// theirWord is what is said in a case by which somebody was asked, who they are, and
// who had to be asked by what was looked up there.
type theirWord struct {
	from   int64
	entry  int64
	who    aiqyn.PersonID
	people []aiqyn.PersonID
	says   map[string]any
}

// theirs notes what is said in a case by which somebody was asked, and that they are
// among those whom the register names.
func (c *caseAudit) theirs() {
	s := c.rec.state
	if s.From == nil || !s.From.Asked || c.pack == nil {
		return
	}
	w := theirWord{from: s.From.Case, entry: s.FiledAt, who: s.Applicant, says: maps.Clone(s.Answers)}
	for _, records := range s.Records {
		maps.Copy(w.says, records)
	}
	vars, err := c.e.variables(c.svc, c.rec, s.Last)
	for _, svc := range c.pack.Services {
		if step, ok := svc.AskedIn(s.Service); ok && err == nil {
			if people, err := step.Asks.People(vars); err == nil && slices.Contains(people, s.Applicant) {
				w.people = people
			}
		}
	}
	if w.people == nil {
		c.wrong(s.FiledAt, "somebody was asked whom the register does not name")
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.answers[s.No] = w
}

// heardRight holds what was recorded of others' answers to their own cases, and those
// who were asked to those who had to be.
func (a *auditor) heardRight() {
	for _, no := range slices.Sorted(maps.Keys(a.heard)) {
		h := a.heard[no]
		w, there := a.answers[no]
		if !there {
			if a.residue[no] == nil {
				a.wrong(h.entry, "records an answer of a case that is not there")
			}
			continue
		}
		if !h.right(w.says) {
			a.wrong(h.entry, "records that somebody has said something else than they did")
		}
	}
	for _, at := range slices.Sorted(maps.Keys(a.together)) {
		a.allAsked(a.together[at])
	}
}

// right reports whether what was recorded is what had to be.
func (h *hearsay) right(says map[string]any) bool {
	for name, v := range h.records {
		if says[name] != v {
			return false
		}
	}
	if h.settles == nil {
		return h.records == nil
	}
	said := make(map[string]any)
	for _, q := range h.names {
		if v, ok := says[q.Name]; ok {
			said[q.Name] = v
		}
	}
	want, err := h.settles(said)
	return err == nil && maps.Equal(want, h.records)
}

// allAsked holds the cases of those who were asked together to the people whom the
// register names: each of them in one case, and nobody else.
func (a *auditor) allAsked(g askedTogether) {
	var asked []aiqyn.PersonID
	for _, no := range g.cases {
		w, there := a.answers[no]
		switch {
		case !there && a.residue[no] != nil:
			return // who they were is not known any more
		case !there:
			a.wrong(g.entry, "the case %d by which somebody was asked is not there", no)
			return
		}
		asked = append(asked, w.who)
	}
	slices.Sort(asked)
	if people := a.answers[g.cases[0]].people; people != nil && !slices.Equal(asked, people) {
		a.wrong(g.entry, "asks %d of those whom the register names, there are %d", len(asked), len(people))
	}
}

// owners holds the transformers that a ruling takes for somebody's to those that were
// published as such, and the one whose owner has agreed to what is on record.
func (c *caseAudit) owners(ev *event, r *ruled) {
	search := searchIn(r.Computed)
	var in grid.ConnectionPoints3Input
	if search == nil || search.With != grid.ConnectionPoints3 || canonical.Unmarshal(search.In, &in) != nil {
		return
	}
	if !c.ownedWere(in.Owned, ev.index) {
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

// ownedWere reports whether just these transformers were published as somebody's: by the
// last act before an entry, or ever where none is on record.
func (a *auditor) ownedWere(list []grid.OwnedTrafo, entry int64) bool {
	if act := a.tables.at(entry); act != nil {
		return slices.Equal(act.owned, list)
	}
	return len(a.places) == 0 || slices.ContainsFunc(a.places, func(p []grid.OwnedTrafo) bool { return slices.Equal(p, list) })
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
			if err := a.malformedFile(s.Kind, s.Hash, err); err != nil {
				return err
			}
			continue
		}
		a.tables.places = append(a.tables.places, placesOf(known.Trafos))
		a.places = append(a.places, (&Tables{Places: known.Trafos}).owned())
	}
	return nil
}
