package casework

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"

	"aiqyn"
	"aiqyn/beacon"
	"aiqyn/rule"
	"aiqyn/service"
	"aiqyn/store"
)

// caseAudit replays one case from its entries.
type caseAudit struct {
	*auditor
	row  store.Case
	rec  *record
	svc  *service.Service
	key  *caseKey
	prev string
	last int64 // entry
	n    int64
	bad  bool // no use in going on
}

func (a *auditor) beginCase(row store.Case) *caseAudit {
	c := &caseAudit{auditor: a, row: row, rec: &record{state: new(State), row: row}}
	if row.Status == string(StatusErased) {
		return c
	}
	key, err := a.e.keys.unwrap(row.Key)
	if err != nil {
		a.wrong(0, "case %d: its key does not open", row.No)
		c.bad = true
	}
	c.key, c.rec.key = key, key
	return c
}

// entry checks one entry and folds it in.
func (c *caseAudit) entry(e *store.Entry) {
	c.n++
	c.last = e.Index
	if e.Seq != c.n {
		c.wrong(e.Index, "the case's entry %d is missing", c.n)
		c.n = e.Seq
	}
	if c.bad {
		return
	}
	if c.key == nil {
		if e.Fields != "" || e.Sealed != nil {
			c.wrong(e.Index, "belongs to an erased case and was not wiped")
		}
		return
	}
	var ev *event
	ev, c.prev = c.opened(e, c.key, c.prev)
	if ev == nil {
		c.bad = true
		return
	}
	c.replay(ev)
}

func (c *caseAudit) replay(ev *event) {
	s := c.rec.state
	switch d := ev.data.(type) {
	case *ruled:
		c.ruling(ev, d)
	case *drawn:
		c.drawn(ev, d)
	case *refused:
		if !s.Due.IsZero() && ev.at.After(s.Due) {
			c.wrong(ev.index, "is a refusal after its deadline")
		}
	}
	s.apply(ev)
	c.rec.facts = factsAfter(ev.kind, c.rec.facts)
	s.Prev = c.prev
	if ev.kind == EventFiled || ev.kind == EventRebased {
		svc, err := c.e.packs.service(s.Pack, s.Service)
		if err != nil {
			c.wrong(ev.index, "%v", err)
			c.bad = true
		}
		c.svc = svc
	}
}

// ruling makes a ruling again: on the same facts, by the same computations and
// the same rules, it must come out the same.
func (c *caseAudit) ruling(ev *event, r *ruled) {
	s := c.rec.state
	if got := factsHash(s); got != r.Facts {
		c.wrong(ev.index, "the ruling rests on other facts than those recorded before it")
		return
	}
	problem, err := c.e.remake(c.svc, c.rec, r)
	if err != nil {
		c.wrong(ev.index, "the ruling cannot be made again: %v", err)
	} else if problem != "" {
		c.wrong(ev.index, "the ruling comes out otherwise: %s", problem)
	}
	c.mu.Lock()
	c.out.Rulings++
	c.mu.Unlock()
}

// remake runs a recorded ruling again and names the first difference.
func (e *Engine) remake(svc *service.Service, rec *record, r *ruled) (string, error) {
	vars, err := e.variables(svc, rec, rec.state.Last)
	if err != nil {
		return "", err
	}
	vars[service.VarNow] = r.Now
	for _, x := range r.Computed {
		comp, ok := e.Computations[x.With]
		if !ok {
			return "", errors.New("computation " + x.With + " is not in this binary")
		}
		out, err := comp.Run(x.In, e.snapshots)
		if err != nil {
			return "", err
		}
		if !bytes.Equal(out, x.Out) {
			return x.With + " answers otherwise", nil
		}
		value, err := rule.NormaliseJSON(out)
		if err != nil {
			return "", err
		}
		vars[service.Variable(x.Name)] = value
	}
	return reasonsAgain(svc, vars, r)
}

// reasonsAgain tries every reason to refuse again.
func reasonsAgain(svc *service.Service, vars map[string]any, r *ruled) (string, error) {
	if len(svc.Refuse) != len(r.Reasons) {
		return "the pack has another list of reasons", nil
	}
	grant := true
	for i, reason := range svc.Refuse {
		is, err := reason.When.Program.Eval(vars)
		if err != nil {
			return "", err
		}
		if reason.Name != r.Reasons[i].Name || is != r.Reasons[i].True {
			return "reason " + reason.Name, nil
		}
		grant = grant && !is
	}
	if grant != r.Grant {
		return "the outcome does not follow from the reasons", nil
	}
	return "", nil
}

// drawn draws again from the roster and the loads that the filing names.
func (c *caseAudit) drawn(ev *event, d *drawn) {
	s := c.rec.state
	if d.Kept != 0 {
		if k := s.Kept[d.Step]; k.Officer != d.Officer || k.Entry != d.Kept {
			c.wrong(ev.index, "keeps a draw that the filing does not name")
		}
		return
	}
	at := s.Rosters[d.Step]
	officers := c.rosters[at.Entry]
	value, err := hex.DecodeString(d.Value)
	if err != nil || len(value) != 32 || len(officers) != len(at.Loads) || at.Entry >= s.FiledAt || d.Round != s.roundOf(d.Step) {
		c.wrong(ev.index, "the draw does not rest on what the filing names")
		return
	}
	pool := make([]beacon.Candidate, len(officers))
	for i, o := range officers {
		pool[i] = beacon.Candidate{Officer: o, Load: at.Loads[i]}
	}
	draw := beacon.Draw{Beacon: s.Beacon, Round: d.Round, Value: [32]byte(value), Object: s.Object, Service: string(s.Service), Step: string(d.Step)}
	pick, err := draw.Pick(pool)
	if err != nil || pick.Officer != d.Officer || pick.Digest != d.Digest {
		c.wrong(ev.index, "the draw gives another officer")
	}
}

// finish holds the case's row against the state that its entries give.
func (c *caseAudit) finish() {
	if c.row.Status == string(StatusErased) {
		c.finishErased()
		return
	}
	s := c.rec.state
	if c.bad || c.row.Seq > c.n { // it has grown since the audit began
		return
	}
	plain, err := open(c.key.gcm, c.row.State, place(c.row.No, 0))
	if err != nil {
		c.wrong(c.last, "case %d: its state does not open", c.row.No)
		return
	}
	want, err := json.Marshal(s)
	if err != nil || !bytes.Equal(plain, want) {
		c.wrong(c.last, "case %d: its state is not what its entries give", c.row.No)
	}
	if c.row.Ref != string(s.Ref) || c.row.Status != string(s.status()) || c.row.Outcome != string(s.Outcome) || !c.row.Due.Equal(s.Due) {
		c.wrong(c.last, "case %d: its row is not what its entries give", c.row.No)
	}
	if s.Outcome == aiqyn.Granted && s.Grant.Share != "" {
		c.mu.Lock()
		c.held[s.No] = store.Reservation{Case: s.No, Place: s.Grant.Place, Amount: s.Grant.Amount}
		c.mu.Unlock()
	}
}

// finishErased checks that what was promised to stay has stayed.
func (c *caseAudit) finishErased() {
	r := c.residue[c.row.No]
	switch {
	case r == nil:
		c.wrong(c.last, "case %d: is wiped and no entry says by whom", c.row.No)
	case r.Entries != c.n:
		c.wrong(c.last, "case %d: had %d entries when it was erased, %d are left", c.row.No, r.Entries, c.n)
	case c.row.Key != nil || len(c.row.State) > 0:
		c.wrong(c.last, "case %d: is erased and its key or state is still here", c.row.No)
	}
	c.mu.Lock()
	c.out.Erased += c.n
	c.mu.Unlock()
}
