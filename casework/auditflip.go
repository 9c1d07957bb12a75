package casework

import (
	"cmp"
	"context"
	"slices"

	"aiqyn"
	"aiqyn/grid"
)

// judgement is a verdict on a case for power, and the entry that gives it.
type judgement struct {
	entry  int64
	no     int64
	object string   // of a service; "" if it is about none
	rule   flipRule // of an unproven history, by its pack
	verdict
}

// foundFlip is what an entry says contradicts itself.
type foundFlip struct {
	entry, no int64
	flip
}

// sites holds the transformers that a verdict says it is about against what was
// computed for it. Verdicts from before they were noted have none.
func (c *caseAudit) sites(ev *event, says []grid.Site) {
	var want []grid.Site
	var err error
	switch d := ev.data.(type) {
	case *granted:
		if d.Share == "" {
			break
		}
		want, err = c.e.sitesOfGrant(c.computed, d.Place)
	case *refused:
		want, err = c.e.sitesOfRefusal(c.computed, c.svc, d.Reason)
	}
	notes := c.notes()
	if !slices.ContainsFunc(c.computed, func(x computed) bool { return marginVersion(x.With) >= 3 }) && !slices.ContainsFunc(says, noted) {
		for i := range want { // from before it was noted what was free
			want[i].FreeW = nil
		}
	}
	if err != nil || (notes || says != nil) && !slices.EqualFunc(says, want, grid.Site.Equal) {
		c.wrong(ev.index, "the verdict is about other transformers than it says")
	}
}

// noted reports whether a site has noted what was free.
func noted(s grid.Site) bool { return s.FreeW != nil }

// notes reports whether the case's pack is one under which verdicts note what they are
// about, and that nobody has answered.
func (c *caseAudit) notes() bool {
	return c.pack != nil && c.pack.Capacity != nil && c.pack.Capacity.History > 0
}

// bySilence holds a grant to the entry before its ruling that says nobody has answered.
func (c *caseAudit) bySilence(ev *event, d *granted) {
	if d.BySilence != c.silent && (c.silent || c.notes()) {
		c.wrong(ev.index, "the grant and the entry before it differ on whether anybody has answered")
	}
	c.silent = false
}

// judged notes what a case for power has come to, and what its entries say
// contradicts it.
func (c *caseAudit) judged(ev *event) {
	s := c.rec.state
	switch d := ev.data.(type) {
	case *ruled:
		c.computed = d.Computed
		return
	case *flip:
		c.mu.Lock()
		c.flipped = append(c.flipped, foundFlip{ev.index, s.No, *d})
		c.mu.Unlock()
		return
	case *granted, *refused, *importedCase:
	default:
		return
	}
	v, ok := verdictAt(ev, s, c.svc, c.computed, c.e.Zone)
	if !ok {
		return
	}
	if marks := c.e.keys.marks(s, &v); ev.index < c.unmarked {
		c.older = append(c.older, marks...)
	} else {
		c.likenesses = append(c.likenesses, marks...)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.judgements = append(c.judgements, judgement{entry: ev.index, no: s.No, object: s.objectKey(), rule: c.e.flipRule(s.Pack), verdict: v})
}

// contradictions finds every refusal that a grant contradicts once more, and holds
// what the entries say against it. What was erased says nothing any more.
func (a *auditor) contradictions(context.Context) error {
	slices.SortFunc(a.judgements, func(x, y judgement) int { return cmp.Compare(x.entry, y.entry) })
	said := make(map[flipKey]foundFlip, len(a.flipped))
	for _, f := range a.flipped {
		said[flipKey{f.no, f.Refused, f.Granted}] = f
	}
	known := make(map[aiqyn.Reference]bool, len(a.judgements))
	found := newJudgements()
	found.came = cameOf(a.figures.tables)
	for i := range a.judgements {
		now := &a.judgements[i]
		known[now.ref] = true
		for _, f := range found.against(now) {
			key := flipKey{now.no, f.Refused, f.Granted}
			is, ok := said[key]
			switch {
			case !ok && f.missable:
			case !ok:
				a.wrong(now.entry, "the grant of %s contradicts the refusal of %s, and no entry says so", f.Granted, f.Refused)
			case is.flip != f.flip && now.rule.days > 0 && !f.earlier:
				a.wrong(is.entry, "says something else of a refusal and a grant than they do")
			}
			delete(said, key)
		}
		found.add(now)
	}
	for _, f := range said {
		if len(a.residue) == 0 || known[f.Refused] && known[f.Granted] {
			a.wrong(f.entry, "says that the grant of %s contradicts the refusal of %s, and it does not", f.Granted, f.Refused)
		}
	}
	return nil
}

// flipKey is a contradiction, and the case that brought it to light.
type flipKey struct {
	no               int64
	refused, granted aiqyn.Reference
}

// judgements are those of earlier entries, to be found by what they are about, and the
// last of each case.
type judgements struct {
	byKey map[string][]*judgement
	last  map[int64]*judgement
	came  []cameIntoForce // tables, by acts
}

func newJudgements() *judgements {
	return &judgements{byKey: make(map[string][]*judgement), last: make(map[int64]*judgement)}
}

func (f *judgements) add(j *judgement) {
	f.last[j.no] = j
	for _, key := range j.keys(j.object) {
		f.byKey[key] = append(f.byKey[key], j)
	}
}

// expected is a contradiction that entries must name.
type expected struct {
	flip
	earlier  bool // by a verdict that its case has not kept
	missable bool // by one that need not have been looked at
}

// against are the contradictions between a judgement and those before it.
func (f *judgements) against(now *judgement) (list []expected) {
	seen := make(map[*judgement]bool)
	for _, key := range now.keys(now.object) {
		all := f.byKey[key]
		for i, was := range slices.Backward(all) {
			if seen[was] || was.no == now.no {
				continue
			}
			seen[was] = true
			same := was.object == now.object
			if flip := flipOf(was.verdict, now.verdict, same, now.rule, f.came); flip != nil {
				e := expected{flip: *flip, earlier: f.last[was.no] != was}
				e.missable = e.earlier || len(all)-i > maxMarked || now.rule.days == 0 && (!same || len(all)-i > maxSameObject/2)
				list = append(list, e)
			}
		}
	}
	return list
}
