package rule

import (
	"errors"
	"fmt"
	"strings"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common"
	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/types"
)

// CompileError says what is wrong with an expression, and where. It is for
// whoever writes the pack.
type CompileError struct {
	Expr    string
	Line    int // from 1
	Column  int // from 1, in characters
	Message string
}

func (e *CompileError) Error() string {
	if e.Line > 1 {
		return fmt.Sprintf("line %d, column %d: %s", e.Line, e.Column, e.Message)
	}
	return fmt.Sprintf("column %d: %s", e.Column, e.Message)
}

// Compile compiles a condition: an expression that is true or false. What the
// facts alone can tell (a field of an [Any]) is checked when it is evaluated.
func (e *Env) Compile(expr string) (*Program, error) {
	checked, err := e.check(expr)
	if err != nil {
		return nil, err
	}
	if t := checked.OutputType(); !t.IsExactType(types.BoolType) && !t.IsExactType(types.DynType) {
		return nil, &CompileError{Expr: expr, Line: 1, Column: 1,
			Message: fmt.Sprintf("a condition is true or false, this is %s", describe(t))}
	}
	return e.plan(expr, checked)
}

// CompileValue compiles an expression with any value: a fee, the id of a point.
func (e *Env) CompileValue(expr string) (*Program, error) {
	checked, err := e.check(expr)
	if err != nil {
		return nil, err
	}
	return e.plan(expr, checked)
}

func (e *Env) check(expr string) (*cel.Ast, error) {
	if strings.TrimSpace(expr) == "" {
		return nil, &CompileError{Expr: expr, Line: 1, Column: 1, Message: "the rule is empty"}
	}
	parsed, issues := e.cel.Parse(expr)
	if err := issues.Err(); err != nil {
		return nil, compileError(expr, issues)
	}
	rep := parsed.NativeRep()
	if id, message := refused(rep.Expr()); message != "" {
		return nil, at(expr, rep.SourceInfo().GetStartLocation(id), message)
	}
	checked, issues := e.cel.Check(parsed)
	if err := issues.Err(); err != nil {
		return nil, compileError(expr, issues)
	}
	if err := e.affordable(checked); err != nil {
		return nil, &CompileError{Expr: expr, Line: 1, Column: 1, Message: err.Error()}
	}
	return checked, nil
}

func (e *Env) plan(expr string, checked *cel.Ast) (*Program, error) {
	var limit []cel.ProgramOption
	if loops(checked.NativeRep().Expr()) {
		// Keeping count takes time; without a loop the cost is bounded by the
		// length of the rule and the size of the facts.
		limit = append(limit, cel.CostLimit(maxCost))
	}
	fast, err := e.cel.Program(checked, append(limit, cel.EvalOptions(cel.OptOptimize))...)
	if err != nil {
		return nil, fmt.Errorf("plan %q: %w", expr, err)
	}
	slow, err := e.cel.Program(checked, append(limit, cel.EvalOptions(cel.OptTrackState))...)
	if err != nil {
		return nil, fmt.Errorf("plan %q for its trace: %w", expr, err)
	}
	p := &Program{expr: expr, fast: fast, slow: slow, uses: uses(checked.NativeRep().Expr()), of: typeOf(checked.OutputType())}
	p.with = comparisons(checked.NativeRep().Expr())
	p.root, p.parts = outline(checked)
	return p, nil
}

func loops(root ast.Expr) bool {
	found := false
	ast.PreOrderVisit(root, ast.NewExprVisitor(func(e ast.Expr) {
		found = found || e.Kind() == ast.ComprehensionKind
	}))
	return found
}

func compileError(expr string, issues *cel.Issues) error {
	all := issues.Errors()
	if len(all) == 0 {
		return &CompileError{Expr: expr, Line: 1, Column: 1, Message: issues.Err().Error()}
	}
	return at(expr, all[0].Location, all[0].Message)
}

func at(expr string, place common.Location, message string) *CompileError {
	e := &CompileError{Expr: expr, Line: 1, Column: 1, Message: message}
	if place != nil && place.Line() > 0 {
		e.Line, e.Column = place.Line(), place.Column()+1
	}
	return e
}

func describe(t *types.Type) string { return "a value of type " + t.String() }

var errCostly = errors.New("the rule could cost too much: loop over fewer things, or do not nest loops")
