package rule

import (
	"fmt"
	"time"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/env"
	"cel.dev/cel-go/common/operators"
	"cel.dev/cel-go/common/overloads"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
)

// macros of CEL that a rule may use.
var macros = []string{
	operators.Has, operators.All, operators.Exists, operators.ExistsOne, operators.Map, operators.Filter,
}

// functions of CEL that a rule may use. What is missing is missing on purpose:
// conversions to and from double, regular expressions, bytes, types.
var functions = []string{
	operators.Conditional, operators.LogicalAnd, operators.LogicalOr, operators.LogicalNot,
	operators.NotStrictlyFalse, operators.Equals, operators.NotEquals,
	operators.Less, operators.LessEquals, operators.Greater, operators.GreaterEquals,
	operators.Add, operators.Subtract, operators.Multiply, operators.Divide, operators.Modulo,
	operators.Negate, operators.Index, operators.In,
	overloads.Size, overloads.Contains, overloads.StartsWith, overloads.EndsWith,
	overloads.TypeConvertTimestamp,
}

// daysFunction makes a length of time out of whole days: now - filed > days(30).
const daysFunction = "days"

// maxDays keeps days(n) within what a duration can hold.
const maxDays = 100_000

// language is CEL cut down to what a rule of law needs.
func language() []cel.EnvOption {
	subset := env.NewLibrarySubset().AddIncludedMacros(macros...)
	for _, name := range functions {
		subset.AddIncludedFunctions(env.NewFunction(name))
	}
	return []cel.EnvOption{
		cel.StdLib(cel.StdLibSubset(subset)),
		cel.CustomTypeAdapter(facts{}),
		cel.EnableMacroCallTracking(), // a trace shows exists(…) as it was written
		cel.ParserExpressionSizeLimit(maxLength),
		cel.ParserRecursionLimit(maxDepth),
		cel.ParserErrorRecoveryLimit(4),
		cel.ExpressionNodeLimit(maxNodes),
		cel.ExpressionNestingDepthLimit(4 * maxDepth),
		cel.ASTValidators(cel.ValidateComprehensionNestingLimit(maxNesting), cel.ValidateTimestampLiterals()),
		cel.Function(daysFunction, cel.Overload("days_int", []*cel.Type{cel.IntType}, cel.DurationType,
			cel.UnaryBinding(days))),
	}
}

func days(v ref.Val) ref.Val {
	n, ok := v.(types.Int)
	if !ok {
		return types.MaybeNoSuchOverloadErr(v)
	}
	if n < -maxDays || n > maxDays {
		return types.NewErr("days(%d): at most %d days", int64(n), maxDays)
	}
	return types.Duration{Duration: time.Duration(n) * 24 * time.Hour}
}

// refused finds the first thing in a parsed expression that no rule may hold,
// with a message that says what to write instead.
func refused(root ast.Expr) (id int64, message string) {
	ast.PreOrderVisit(root, ast.NewExprVisitor(func(e ast.Expr) {
		if message != "" {
			return
		}
		if m := refusal(e); m != "" {
			id, message = e.ID(), m
		}
	}))
	return id, message
}

func refusal(e ast.Expr) string {
	switch e.Kind() {
	case ast.LiteralKind:
		switch v := e.AsLiteral().(type) {
		case types.Double:
			return fmt.Sprintf("%v is a fraction: rules count in whole numbers (tiyn, metres, days)", v)
		case types.Uint:
			return fmt.Sprintf("%du is unsigned: write %d", uint64(v), uint64(v))
		case types.Bytes:
			return "bytes are not part of the language of rules"
		}
	case ast.CallKind:
		switch name := e.AsCall().FunctionName(); name {
		case overloads.TypeConvertDouble:
			return "double(…) makes fractions: rules count in whole numbers (tiyn, metres, days)"
		case overloads.Matches:
			return "regular expressions are not part of the language of rules"
		}
	case ast.StructKind:
		return "messages are not part of the language of rules"
	}
	return ""
}
