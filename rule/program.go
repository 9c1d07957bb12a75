package rule

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"aiqyn"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
	"cel.dev/cel-go/common/types/traits"
	"cel.dev/cel-go/interpreter"
)

// Program is a compiled rule. It is safe for concurrent use.
type Program struct {
	expr string
	fast cel.Program // optimised
	slow cel.Program // remembers the value of each part
	uses []string
	with []Comparison
	of   Type

	root  *part // what a trace tells, and in which order
	parts int   // how many steps that can be
}

// Expr is the expression as it was written.
func (p *Program) Expr() string { return p.expr }

// Type is what the rule yields, [Any] when only the facts can tell. A fee should
// be an [Int], or Any.
func (p *Program) Type() Type { return p.of }

// Uses lists what the rule reads, in order: variables ("load"), and of those
// that hold facts the first field ("rights.holders").
func (p *Program) Uses() []string { return slices.Clone(p.uses) }

// Comparison is a variable that a rule holds against a text that it names.
type Comparison struct{ Variable, Text string }

// Compared lists what the rule compares variables with: by ==, != and in.
func (p *Program) Compared() []Comparison { return slices.Clone(p.with) }

// Eval says whether the condition holds on the facts.
func (p *Program) Eval(vars map[string]any) (bool, error) {
	out, _, err := p.fast.Eval(activation(vars))
	if err != nil {
		return false, p.failed(err)
	}
	b, ok := out.(types.Bool)
	if !ok {
		return false, p.failed(errNotBool)
	}
	return bool(b), nil
}

// Value evaluates an expression to bool, int64, string, time.Time,
// time.Duration, nil, []any or map[string]any.
func (p *Program) Value(vars map[string]any) (any, error) {
	out, _, err := p.fast.Eval(activation(vars))
	if err != nil {
		return nil, p.failed(err)
	}
	v, err := native(out)
	if err != nil {
		return nil, p.failed(err)
	}
	return v, nil
}

var errNotBool = errors.New("the condition is neither true nor false on these facts")

// failed makes what a person reads: the platform could not apply the rule. The
// cause is for the log.
func (p *Program) failed(err error) error {
	key := "error.rule-failed"
	var cancelled interpreter.EvalCancelledError
	if errors.As(err, &cancelled) && cancelled.Cause == interpreter.CostLimitExceeded {
		key = "error.rule-costly"
	}
	return aiqyn.E(aiqyn.Internal, key, "rule", p.expr).Because(err)
}

// activation hands the facts to CEL. Unlike CEL's own it never writes to the
// map, so that one map may serve many rules at once.
type activation map[string]any

func (a activation) ResolveName(name string) (any, bool) {
	v, ok := a[strings.TrimPrefix(name, ".")]
	return v, ok
}

func (activation) Parent() interpreter.Activation { return nil }

// native is the inverse of facts.
func native(v ref.Val) (any, error) {
	switch v := v.(type) {
	case types.Bool:
		return bool(v), nil
	case types.Int:
		return int64(v), nil
	case types.String:
		return string(v), nil
	case types.Null:
		return nil, nil
	case types.Timestamp:
		return v.Time, nil
	case types.Duration:
		return time.Duration(v.Duration), nil
	case *types.Err:
		return nil, v
	case traits.Mapper:
		if m, ok := v.Value().(map[string]any); ok && isNative(m) {
			return m, nil
		}
		return nativeMap(v)
	case traits.Lister:
		if l, ok := v.Value().([]any); ok && isNative(l) {
			return l, nil
		}
		return nativeList(v)
	}
	return nil, fmt.Errorf("a rule cannot yield %s", v.Type().TypeName())
}

// isNative reports whether a value is of what native makes already: a fact that a rule
// yields as it is needs no copy.
func isNative(v any) bool {
	switch v := v.(type) {
	case nil, bool, int64, string, time.Time:
		return true
	case map[string]any:
		for _, item := range v {
			if !isNative(item) {
				return false
			}
		}
		return true
	case []any:
		return !slices.ContainsFunc(v, func(item any) bool { return !isNative(item) })
	}
	return false
}

func nativeList(l traits.Lister) (any, error) {
	out := []any{}
	for it := l.Iterator(); it.HasNext() == types.True; {
		v, err := native(it.Next())
		if err != nil {
			return nil, err
		}
		out = append(out, v)
	}
	return out, nil
}

func nativeMap(m traits.Mapper) (any, error) {
	out := map[string]any{}
	for it := m.Iterator(); it.HasNext() == types.True; {
		k := it.Next()
		name, ok := k.(types.String)
		if !ok {
			return nil, fmt.Errorf("a map of a rule has names for keys, this has %s", k.Type().TypeName())
		}
		v, err := native(m.Get(k))
		if err != nil {
			return nil, err
		}
		out[string(name)] = v
	}
	return out, nil
}
