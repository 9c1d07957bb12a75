package casework

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"aiqyn"
	"aiqyn/canonical"
	"aiqyn/grid"
	"aiqyn/rule"
	"aiqyn/service"
)

// Computation is a released computation. Run is a pure function from canonical
// JSON to canonical JSON: it stays in the binary for ever and never changes
// what it answers, so that a ruling of years ago can be made again.
type Computation struct {
	Run func(in []byte, snapshots Snapshots) ([]byte, error)
	// Bind gathers the whole input from the named values and, for a share,
	// from what is held of it now. Nil: the named values are the input.
	Bind func(b *Binding) error
}

// Computations maps name@version to the computation: the one link between a
// pack and Go.
type Computations map[string]Computation

// Snapshots finds public data by its hash, parsed once.
type Snapshots func(hash string) (any, error)

// SnapshotAs finds snapshots of one kind; nil for one of another.
func SnapshotAs[T any](snapshots Snapshots) func(hash string) (*T, error) {
	return func(hash string) (*T, error) {
		found, err := snapshots(hash)
		t, _ := found.(*T)
		return t, err
	}
}

// Binding is what Bind works on: Values in; Input out, nil if the values do not
// reach for a computation; and Stamp if the input rests on something that
// commands change.
type Binding struct {
	Values   map[string]any
	Texts    map[string][]byte // of those that are computed: what was computed, as JSON
	Input    []byte
	Output   []byte // if binding has computed it on the way
	Stamp    Stamp
	Capacity *Capacity
	Filed    time.Time             // the case; zero: it is not yet
	Window   int                   // for so many days before it, what was published binds
	Rule     *service.CapacityRule // which voltages there are to ask for; nil: none
	Zone     *time.Location
	Snapshot Snapshots
	// Published finds what a publication of free power was made with.
	Published publishedWith

	// Who asks; Before is what was read of those who stand before them.
	Who    claimant
	Before *asksBefore

	search *searched // what came of it, where binding has searched for connection points
	before *searched // by a computation among From
	margin *computed // what was published, by a computation among From; nil: it is not
	order  *computed // who stands before, likewise
}

// searched is the search that input and output are of, nil if they are of none.
func (b *Binding) searched() *searched {
	if b.search == nil || !bytes.Equal(b.search.in, b.Input) || !bytes.Equal(b.search.out, b.Output) {
		return nil
	}
	return b.search
}

// Stamp tells what a computation has read of a share: the mark of each tree.
type Stamp map[int]uint64

// evaluation is everything that a ruling rests on, computed at one moment.
type evaluation struct {
	vars     map[string]any
	computed []computed
	reasons  []ReasonView
	place    json.RawMessage // another than the best; nil: the best
	stamp    Stamp
	seq      int64 // of the state it was computed on
	grant    bool
	who      claimant
	before   []*asksBefore
}

// evaluate runs the computations and tries every reason to refuse.
func (e *Engine) evaluate(svc *service.Service, rec *record, now time.Time) (*evaluation, error) {
	vars, err := e.variables(svc, rec, now)
	if err != nil {
		return nil, err
	}
	ev := &evaluation{vars: vars, seq: rec.state.Seq, grant: true, who: claimant{no: rec.state.No, filed: rec.state.Filed, now: now}}
	if err := e.compute(svc.ComputeOrder(), ev, rec.state.Filed); err != nil {
		return nil, err
	}
	for _, reason := range svc.Refuse {
		trace, err := reason.When.Program.Explain(vars)
		if err != nil {
			return nil, fmt.Errorf("reason %s: %w", reason.Name, err)
		}
		is, ok := trace.Result.(bool)
		if !ok {
			return nil, fmt.Errorf("reason %s: answered %v", reason.Name, trace.Result)
		}
		ev.reasons = append(ev.reasons, ReasonView{Reason: reason, True: is, Trace: trace})
		ev.grant = ev.grant && !is
	}
	return ev, nil
}

// variables are what rules may read: answers, look-ups, records, the applicant, today.
func (e *Engine) variables(svc *service.Service, rec *record, now time.Time) (map[string]any, error) {
	facts, err := rec.known()
	if err != nil {
		return nil, err
	}
	vars := svc.Blank()
	for name, v := range facts {
		vars[service.Variable(name)] = v
	}
	for name, v := range rec.state.Answers {
		vars[service.Variable(name)] = v
	}
	for _, records := range rec.state.Records {
		for name, v := range records {
			vars[service.Variable(name)] = v
		}
	}
	vars[service.VarApplicant] = string(rec.state.Applicant)
	vars[service.VarNow] = day(now, e.Zone)
	return vars, nil
}

// compute runs computations in their order and adds what they answer to the
// variables.
func (e *Engine) compute(order []service.Compute, ev *evaluation, filed time.Time) error {
	for _, c := range order {
		comp, ok := e.Computations[c.With]
		if !ok {
			return fmt.Errorf("computation %s is not in this binary", c.With)
		}
		if needed, err := neededBy(&c, ev.vars); err != nil {
			return err
		} else if !needed {
			continue
		}
		b := e.bindingOf(&c, ev, filed)
		if comp.Bind != nil {
			if err := comp.Bind(b); err != nil {
				return fmt.Errorf("%s: %w", c.With, err)
			}
			if b.Before != nil {
				ev.before = append(ev.before, b.Before)
			}
			if b.Input == nil {
				continue // the facts do not reach for it; a reason to refuse says so
			}
		} else {
			in, err := canonical.Encode(b.Values)
			if err != nil {
				return err
			}
			b.Input = in
		}
		out := b.Output
		if out == nil {
			var err error
			if out, err = comp.Run(b.Input, e.snapshots); err != nil {
				return fmt.Errorf("%s: %w", c.With, err)
			}
		}
		var value any
		search := b.searched()
		if search != nil {
			value = search.value
		} else {
			var err error
			if value, err = rule.NormaliseJSON(out); err != nil {
				return fmt.Errorf("%s: %w", c.With, err)
			}
		}
		ev.vars[service.Variable(c.Name)] = value
		if ev.stamp == nil {
			ev.stamp = make(Stamp)
		}
		for of, mark := range b.Stamp {
			if _, earlier := ev.stamp[of]; !earlier { // else what has changed since the earlier would pass for fresh
				ev.stamp[of] = mark
			}
		}
		ev.computed = append(ev.computed, computed{Name: c.Name, With: c.With, In: b.Input, Out: out, from: search})
	}
	return nil
}

// bindingOf is what a computation may take its input from.
func (e *Engine) bindingOf(c *service.Compute, ev *evaluation, filed time.Time) *Binding {
	b := &Binding{
		Values: make(map[string]any, len(c.From)), Texts: make(map[string][]byte), Capacity: e.Capacity, Filed: filed, Window: e.capacityRule().Window, Rule: e.packs.current().Capacity, Zone: e.Zone, Snapshot: e.snapshots, Published: e.publishedWith, Who: ev.who,
	}
	for _, name := range c.From {
		b.Values[name] = ev.vars[service.Variable(name)]
	}
	for _, before := range ev.computed {
		if slices.Contains(c.From, before.Name) {
			b.Texts[before.Name] = before.Out
			b.before = cmp.Or(before.from, b.before)
			if ofMargin(before.With) {
				b.margin = &before
			}
			if before.With == grid.Precedence2 || before.With == grid.Precedence3 {
				b.order = &before
			}
		}
	}
	return b
}

// neededBy reports whether a computation is made of a case with these variables.
func neededBy(c *service.Compute, vars map[string]any) (bool, error) {
	if c.When == nil {
		return true, nil
	}
	needed, err := c.When.Program.Eval(vars)
	if err != nil {
		return false, fmt.Errorf("whether to compute %s: %w", c.Name, err)
	}
	return needed, nil
}

// current reports whether an evaluation made beforehand still holds now.
func (e *Engine) current(ev *evaluation, rec *record, now time.Time) bool {
	return ev != nil && ev.seq == rec.state.Seq && e.still(ev, now)
}

// still reports whether what an evaluation has read besides its case is the same at an
// instant.
func (e *Engine) still(ev *evaluation, now time.Time) bool {
	c := e.Capacity
	if ev.vars[service.VarNow] != day(now, e.Zone) || c != nil && !c.fresh(ev.stamp) {
		return false
	}
	return !slices.ContainsFunc(ev.before, func(a *asksBefore) bool { return !c.still(a, now) })
}

// assess returns an evaluation that holds now: the one made beforehand if it
// still does, a new one otherwise.
func (t *turn) assess(prepared *evaluation) (*evaluation, error) {
	if t.e.current(prepared, t.rec, t.now) {
		return prepared, nil
	}
	return t.e.evaluate(t.svc, t.rec, t.now)
}

// rule records an evaluation as the ruling of a step.
func (t *turn) rule(ev *evaluation, actor aiqyn.Actor, step aiqyn.StepID) *event {
	if step == t.rec.state.Step {
		t.owe(ev.computed)
	}
	r := &ruled{
		Calendar: t.rec.state.Calendar, Computed: ev.computed, Facts: factsHash(t.rec.state), Grant: ev.grant,
		Now: ev.vars[service.VarNow].(string), Pack: t.rec.state.Pack, Step: step,
	}
	if len(t.rec.state.Files) > 0 {
		r.Evidence = t.rec.state.Bundle
	}
	for _, reason := range ev.reasons {
		r.Reasons = append(r.Reasons, reasoned{Name: reason.Reason.Name, True: reason.True, Trace: traceText(reason.Trace)})
	}
	outcome := aiqyn.Granted
	if !ev.grant {
		outcome = aiqyn.Refused
	}
	return t.emit(EventRuled, actor, r, atStep(step), withOutcome(outcome))
}

// traceText writes a trace on one line: what was compared, and what it was.
func traceText(tr rule.Trace) string {
	var b strings.Builder
	b.WriteString(tr.Expr)
	for _, s := range tr.Steps {
		if !s.Skipped {
			fmt.Fprintf(&b, "; %s = %s", s.Expr, s.Value)
		}
	}
	return b.String()
}

// factsHash is over the answers, records and look-ups that a ruling stands on.
func factsHash(s *State) string {
	facts := make(map[string]string, len(s.Facts))
	for name, f := range s.Facts {
		facts[name] = string(f.Value)
	}
	text := stateTexts.Get().(*[]byte)
	defer stateTexts.Put(text)
	b, err := canonical.AppendEncode((*text)[:0], []any{s.Answers, s.Records, facts})
	if err != nil {
		panic(err) // maps of strings and whole numbers always encode
	}
	*text = b
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

// reason finds one reason in an evaluation.
func (ev *evaluation) reason(name string) (ReasonView, bool) {
	i := slices.IndexFunc(ev.reasons, func(r ReasonView) bool { return r.Reason.Name == name })
	if i < 0 {
		return ReasonView{}, false
	}
	return ev.reasons[i], true
}
