package rule

import (
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
	"cel.dev/cel-go/interpreter"
)

// Trace is why a rule came out as it did. It is deterministic and goes into
// the ruling as JSON.
type Trace struct {
	Expr   string      `json:"expr"`
	Result any         `json:"result"` // as of [Program.Value]
	Steps  []TraceStep `json:"steps"`
}

// TraceStep is one part of the expression with its value. Texts are quoted,
// long lists are told by their length: "[… 12]".
type TraceStep struct {
	Expr  string `json:"expr"`
	Value string `json:"value"`
	// Skipped marks a part that was not needed: what stands before it had
	// settled the answer.
	Skipped bool `json:"skipped,omitempty"`
}

// NotNeeded is the value of a skipped step.
const NotNeeded = "not needed"

// Explain evaluates the rule and tells the value of each part that mattered,
// in the order of the expression: facts first, then what was made of them. The
// whole, when it only joins its parts by && or ||, is the result and no step.
// A loop tells of the item that settled it, if one did.
func (p *Program) Explain(vars map[string]any) (Trace, error) {
	out, details, err := p.slow.Eval(activation(vars))
	if err != nil {
		return Trace{}, p.failed(err)
	}
	result, err := native(out)
	if err != nil {
		return Trace{}, p.failed(err)
	}
	t := teller{state: details.State(), steps: make([]TraceStep, 0, p.parts)}
	t.tell(p.root)
	return Trace{Expr: p.expr, Result: result, Steps: t.steps}, nil
}

// teller walks the parts of an expression beside the values they had.
type teller struct {
	state interpreter.EvalState
	steps []TraceStep
}

func (t *teller) tell(n *part) {
	switch n.joint {
	case jointAnd:
		t.until(n.parts, types.False)
	case jointOr:
		t.until(n.parts, types.True)
	case jointChoice:
		t.choice(n)
	case jointLoop:
		t.loop(n)
	default:
		for _, p := range n.parts {
			t.tell(p)
		}
	}
	if n.shown {
		t.add(n)
	}
}

// until tells operands up to the first that settles the answer.
func (t *teller) until(operands []*part, settles ref.Val) {
	settled := false
	for _, p := range operands {
		if settled {
			t.skip(p)
			continue
		}
		t.tell(p)
		settled = t.value(p) == settles
	}
}

// choice tells the condition and the branch that was taken.
func (t *teller) choice(n *part) {
	condition, yes, no := n.parts[0], n.parts[1], n.parts[2]
	t.tell(condition)
	if t.value(condition) == types.True {
		t.tell(yes)
		t.skip(no)
		return
	}
	t.skip(yes)
	t.tell(no)
}

// loop tells what is looped over and, where one item settled the answer, that
// item: the values remembered are those of the last item looked at. Otherwise
// it tells the facts that the items were held against.
func (t *teller) loop(n *part) {
	t.tell(n.parts[0])
	if n.settles != nil && t.value(n) == n.settles {
		t.tell(n.parts[1])
		return
	}
	for _, fact := range n.facts {
		if _, ok := t.state.Value(fact.id); ok { // an empty list looks at nothing
			t.add(fact)
		}
	}
}

func (t *teller) value(n *part) ref.Val {
	v, _ := t.state.Value(n.id)
	return v
}

func (t *teller) add(n *part) {
	if !n.bound && t.told(n.text) {
		return
	}
	t.steps = append(t.steps, TraceStep{Expr: n.text, Value: render(t.value(n))})
}

func (t *teller) skip(n *part) {
	if n.text != "" && !t.told(n.text) {
		t.steps = append(t.steps, TraceStep{Expr: n.text, Value: NotNeeded, Skipped: true})
	}
}

// told reports whether a step has this text already: a fact read twice is told
// once, unless all that was said of it is that it was not needed.
func (t *teller) told(text string) bool {
	for i := range t.steps {
		if t.steps[i].Expr == text && !t.steps[i].Skipped {
			return true
		}
	}
	return false
}
