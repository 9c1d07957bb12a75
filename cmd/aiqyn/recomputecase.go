package main

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"aiqyn"
	"aiqyn/casework"
	"aiqyn/rule"
	"aiqyn/service"
)

// caseFile is what the receipts at hand tell of one case, in its own order.
type caseFile struct {
	papers []*paper
	filed  *filedData
	later  []laterDraw // draws that the filing did not name, in order
	who    aiqyn.PersonID
}

// filedData is the part of a filing that rulings and draws rest on.
type filedData struct {
	Answers map[string]any            `json:"answers"`
	Beacon  string                    `json:"beacon"`
	Object  string                    `json:"object"`
	Pack    string                    `json:"pack"`
	Ref     aiqyn.Reference           `json:"ref"`
	Round   uint64                    `json:"round"`
	Service aiqyn.ServiceID           `json:"service"`
	Rosters map[aiqyn.StepID]rosterAt `json:"rosters"`
	Ties    []string                  `json:"ties"`
}

// gather sorts the receipts by case, and notes the rosters among them.
func (r *recomputation) gather() {
	r.cases, r.roster = make(map[string]*caseFile), make(map[int64]*rosterData)
	for _, p := range r.papers {
		if p.private.Data == nil {
			continue
		}
		if p.kind == casework.EventRostered {
			if d := new(rosterData); decodeExact(p.private.Data, d) == nil {
				r.roster[p.index] = d
			}
			continue
		}
		f := r.cases[p.tag]
		if f == nil {
			f = new(caseFile)
			r.cases[p.tag] = f
		}
		f.papers = append(f.papers, p)
		if d := new(filedData); p.kind == casework.EventFiled && decodeExact(p.private.Data, d) == nil {
			f.filed, f.who = d, p.private.Actor.Behalf()
		}
		if p.kind == casework.EventAppealed || p.kind == casework.EventAppealDecided || p.kind == casework.EventOpened || p.kind == casework.EventContested {
			l := laterDraw{seq: number(p.seq)}
			if decodeExact(p.private.Data, &l) == nil {
				l.step = cmp.Or(l.Step, service.StepAppeal)
				f.later = append(f.later, l)
			}
		}
	}
	for _, f := range r.cases {
		slices.SortFunc(f.papers, func(a, b *paper) int { return number(a.seq) - number(b.seq) })
		slices.SortFunc(f.later, func(a, b laterDraw) int { return a.seq - b.seq })
	}
}

// missing are the numbers, within the case, of what was recorded before a
// ruling and is not among the receipts at hand.
func (f *caseFile) missing(ruling *paper) []string {
	var list []string
	for seq := 1; seq < number(ruling.seq); seq++ {
		if !slices.ContainsFunc(f.papers, func(p *paper) bool { return number(p.seq) == seq }) {
			list = append(list, strconv.Itoa(seq))
		}
	}
	return list
}

func number(s string) int {
	n, _ := strconv.Atoi(s)
	return n
}

// decodeExact reads JSON with whole numbers kept whole.
func decodeExact(data []byte, into any) error {
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	return d.Decode(into)
}

// known is what a ruling could rest on: everything recorded before it.
type known struct {
	answers map[string]any
	records map[string]map[string]any
	facts   map[string]string // canonical JSON of each look-up
}

// before folds the receipts of a case up to a ruling.
func (f *caseFile) before(ruling *paper) (*known, error) {
	k := &known{answers: whole(f.filed.Answers), facts: make(map[string]string)}
	for _, p := range f.papers {
		if number(p.seq) >= number(ruling.seq) {
			break
		}
		var err error
		switch p.kind {
		case casework.EventLookedUp:
			err = k.lookedUp(p.private.Data)
		case casework.EventPerformed:
			err = k.performed(p.private.Data)
		case casework.EventCorrected:
			err = k.corrected(p.private.Data)
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", p.file, err)
		}
	}
	return k, nil
}

func whole(m map[string]any) map[string]any {
	w, _ := rule.Normalise(map[string]any(m)).(map[string]any)
	return w
}

func (k *known) lookedUp(data json.RawMessage) error {
	var d struct {
		Readings []struct {
			Name  string          `json:"name"`
			Value json.RawMessage `json:"value"`
		} `json:"readings"`
	}
	err := json.Unmarshal(data, &d)
	for _, reading := range d.Readings {
		k.facts[reading.Name] = string(reading.Value)
	}
	return err
}

func (k *known) performed(data json.RawMessage) error {
	var d struct {
		Records map[string]any `json:"records"`
		Step    string         `json:"step"`
	}
	if err := decodeExact(data, &d); err != nil {
		return err
	}
	if k.records == nil {
		k.records = make(map[string]map[string]any)
	}
	k.records[d.Step] = whole(d.Records)
	return nil
}

func (k *known) corrected(data json.RawMessage) error {
	var d struct {
		Field string          `json:"field"`
		Value json.RawMessage `json:"value"`
	}
	if err := json.Unmarshal(data, &d); err != nil {
		return err
	}
	if _, ok := k.facts[d.Field]; ok {
		k.facts[d.Field] = string(d.Value)
		return nil
	}
	step, field, _ := strings.Cut(d.Field, ".")
	if k.records[step] == nil {
		return nil
	}
	value, err := rule.NormaliseJSON(d.Value)
	if err != nil {
		return err
	}
	k.records[step] = maps.Clone(k.records[step])
	k.records[step][field] = value
	return nil
}

// hash is over everything that a ruling stands on, as the ruling has it.
func (k *known) hash() (string, error) {
	b, err := json.Marshal([]any{k.answers, k.records, k.facts})
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:]), err
}

// reasons tries every reason to refuse once more, if the receipts at hand are
// all that the ruling stood on.
func (r *recomputation) reasons(p *paper, was *ruledData) {
	f := r.cases[p.tag]
	if missing := f.missing(p); len(missing) > 0 {
		r.note(p, "recompute.no-facts", "n", len(missing), "reasons", len(was.Reasons), "entries", strings.Join(missing, ", "))
		return
	}
	facts, err := f.before(p)
	if err == nil {
		var hash string
		if hash, err = facts.hash(); err == nil && hash != was.Facts {
			r.differs(p, "recompute.other-facts")
			return
		}
	}
	if err == nil {
		err = r.tryReasons(p, f, facts, was)
	}
	if err != nil {
		r.add(p.file, r.call.why(err))
	}
}

func (r *recomputation) tryReasons(p *paper, f *caseFile, facts *known, was *ruledData) error {
	pack, err := r.data.pack(was.Pack)
	if err != nil {
		return err
	}
	svc, ok := pack.Service(f.filed.Service)
	if !ok {
		return aiqyn.E(aiqyn.NotFound, "error.recompute-service", "service", string(f.filed.Service))
	}
	vars, err := facts.variables(svc, f.who, was)
	if err != nil {
		return err
	}
	grant := true
	for i, reason := range svc.Refuse {
		trace, err := reason.When.Program.Explain(vars)
		if err != nil {
			return fmt.Errorf("%s: %w", reason.Name, err)
		}
		is, _ := trace.Result.(bool)
		grant = grant && !is
		now := ruledReason{Name: reason.Name, Trace: traceLine(trace), True: is}
		if i >= len(was.Reasons) || was.Reasons[i] != now {
			r.differs(p, "recompute.reason", "reason", reason.Name)
			return nil
		}
	}
	if grant != was.Grant || len(was.Reasons) != len(svc.Refuse) {
		r.differs(p, "recompute.outcome")
		return nil
	}
	r.note(p, "recompute.reasons-same", "n", len(svc.Refuse))
	return nil
}

// variables are what the rules may read.
func (k *known) variables(svc *service.Service, who aiqyn.PersonID, was *ruledData) (map[string]any, error) {
	vars := svc.Blank()
	for name, value := range k.facts {
		vars[service.Variable(name)] = map[string]any{}
		if value == "" {
			continue
		}
		// A register may have fractions, such as coordinates; rules do not read them.
		var v any
		if err := json.Unmarshal([]byte(value), &v); err != nil {
			return nil, err
		}
		vars[service.Variable(name)] = rule.Normalise(v)
	}
	for name, v := range k.answers {
		vars[service.Variable(name)] = v
	}
	for _, records := range k.records {
		for name, v := range records {
			vars[service.Variable(name)] = v
		}
	}
	for _, c := range was.Computed {
		v, err := rule.NormaliseJSON(c.Out)
		if err != nil {
			return nil, err
		}
		vars[service.Variable(c.Name)] = v
	}
	vars[service.VarApplicant], vars[service.VarNow] = string(who), was.Now
	return vars, nil
}

// traceLine writes a trace on one line, as rulings record it.
func traceLine(t rule.Trace) string {
	line := t.Expr
	for _, s := range t.Steps {
		if !s.Skipped {
			line += "; " + s.Expr + " = " + s.Value
		}
	}
	return line
}
