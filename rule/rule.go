// Package rule compiles, evaluates and explains the conditions of the law: one
// expression for each named legal condition, such as
//
//	load > 200 && !(applicant in rights.holders)
//
// The language is CEL with everything removed that a rule of law does not
// need. Money and measures are whole numbers; a fraction is refused when the
// rule is compiled. The time is a variable that is passed in. What a rule may
// cost is bounded before it runs and while it runs. No rule can loop, read a
// clock, or change anything.
//
// A civil date is a string, "2026-05-09": such strings compare as dates do.
// An instant is a [Time]. As in all of CEL, && and || read from left to right
// and stop as soon as the answer is known; an error on one side counts only if
// the other side does not settle the answer.
package rule

import (
	"fmt"
	"maps"
	"slices"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/types"
)

// Type is what a variable may hold.
type Type string

// The types of variables. Facts of registers and outputs of computations are
// Any: maps and lists as JSON has them, after [Normalise].
const (
	Int    Type = "int"    // whole numbers: tiyn, kilowatts, days
	String Type = "string" // texts, identifiers, civil dates
	Bool   Type = "bool"
	List   Type = "list"
	Map    Type = "map" // by name
	Any    Type = "any"
	Time   Type = "time" // an instant: time.Time
)

// Limits on one rule. They are far above what a legal condition needs and far
// below what could be felt.
const (
	maxLength   = 4_000 // characters of the expression
	maxDepth    = 48    // brackets within brackets
	maxNodes    = 2_000 // after macros are expanded
	maxNesting  = 2     // exists within exists
	maxItems    = 200   // of a list or text, assumed when the cost is estimated
	maxEstimate = 10e6  // estimated cost at which a rule is refused
	maxCost     = 1e6   // cost at which a running rule is stopped
)

// Env is the declared variables of one service. It is safe for concurrent use.
type Env struct {
	cel  *cel.Env
	vars []string
}

// NewEnv makes an environment in which rules may read vars, and nothing else.
func NewEnv(vars map[string]Type) (*Env, error) {
	options := language()
	names := slices.Sorted(maps.Keys(vars))
	for _, name := range names {
		t, err := celType(vars[name])
		if err != nil {
			return nil, fmt.Errorf("variable %q: %w", name, err)
		}
		if !isName(name) {
			return nil, fmt.Errorf("variable %q: not a name that a rule can use", name)
		}
		options = append(options, cel.Variable(name, t))
	}
	env, err := cel.NewCustomEnv(options...)
	if err != nil {
		return nil, fmt.Errorf("declare variables: %w", err)
	}
	return &Env{cel: env, vars: names}, nil
}

// Vars lists the declared variables in order.
func (e *Env) Vars() []string { return slices.Clone(e.vars) }

func celType(t Type) (*types.Type, error) {
	switch t {
	case Int:
		return cel.IntType, nil
	case String:
		return cel.StringType, nil
	case Bool:
		return cel.BoolType, nil
	case List:
		return cel.ListType(cel.DynType), nil
	case Map:
		return cel.MapType(cel.StringType, cel.DynType), nil
	case Any:
		return cel.DynType, nil
	case Time:
		return cel.TimestampType, nil
	}
	return nil, fmt.Errorf("unknown type %q", t)
}

// typeOf is the inverse of celType; what has no name here is Any.
func typeOf(t *types.Type) Type {
	switch t.Kind() {
	case types.IntKind:
		return Int
	case types.StringKind:
		return String
	case types.BoolKind:
		return Bool
	case types.ListKind:
		return List
	case types.MapKind:
		return Map
	case types.TimestampKind:
		return Time
	}
	return Any
}
