package rule

import (
	"slices"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/operators"
	"cel.dev/cel-go/common/overloads"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
)

// joint is how a part of an expression joins its own parts.
type joint int

const (
	jointPlain  joint = iota // all of them are needed
	jointAnd                 // up to the first that is false
	jointOr                  // up to the first that is true
	jointChoice              // condition ? yes : no
	jointLoop                // what is looped over, and the test of one item
)

// part is a part of an expression as a trace tells it. The tree is made once,
// when the rule is compiled.
type part struct {
	id    int64
	text  string
	joint joint
	parts []*part
	shown bool // is a step of its own
	bound bool // reads the variable of a loop: the text alone does not identify it

	settles ref.Val // of a loop: the answer that a single item gives
	facts   []*part // of a loop: what its items are held against
}

// outline makes the tree of an expression.
func outline(checked *cel.Ast) (root *part, steps int) {
	rep := checked.NativeRep()
	o := outliner{info: rep.SourceInfo()}
	root = o.part(rep.Expr(), nil)
	switch root.joint {
	case jointAnd, jointOr, jointChoice:
		root.shown = false // it is the result
	}
	return root, root.count()
}

// count is how many steps the part can have at most.
func (n *part) count() int {
	total := 1 + len(n.facts)
	for _, p := range n.parts {
		total += p.count()
	}
	return total
}

type outliner struct{ info *ast.SourceInfo }

// part outlines e; bound are the variables of the loops around it.
func (o outliner) part(e ast.Expr, bound []string) *part {
	n := &part{id: e.ID(), text: o.text(e), bound: reads(e, bound)}
	switch e.Kind() {
	case ast.IdentKind:
		n.shown = true
	case ast.SelectKind:
		n.shown = true
		o.operands(n, bound, e.AsSelect().Operand())
	case ast.CallKind:
		o.call(n, e, bound)
	case ast.ListKind:
		o.operands(n, bound, e.AsList().Elements()...)
	case ast.MapKind:
		for _, entry := range e.AsMap().Entries() {
			o.operands(n, bound, entry.AsMapEntry().Key(), entry.AsMapEntry().Value())
		}
	case ast.ComprehensionKind:
		o.loop(n, e, bound)
	}
	return n
}

// operands outlines what a part is made of, except the steps of a path: of
// points.best.id only the whole is told.
func (o outliner) operands(n *part, bound []string, es ...ast.Expr) {
	path := n.shown && len(es) > 0 && isPath(es[0])
	for i, e := range es {
		if e.Kind() == ast.LiteralKind || i == 0 && path {
			continue
		}
		n.parts = append(n.parts, o.part(e, bound))
	}
}

func (o outliner) call(n *part, e ast.Expr, bound []string) {
	c := e.AsCall()
	args := c.Args()
	if c.IsMemberFunction() {
		args = append([]ast.Expr{c.Target()}, args...)
	}
	switch name := c.FunctionName(); name {
	case operators.LogicalAnd, operators.LogicalOr:
		n.joint, n.shown = jointAnd, true
		if name == operators.LogicalOr {
			n.joint = jointOr
		}
		for _, operand := range chain(e, name) {
			n.parts = append(n.parts, o.part(operand, bound))
		}
	case operators.Conditional:
		n.joint, n.shown = jointChoice, true
		for _, arg := range args {
			n.parts = append(n.parts, o.part(arg, bound))
		}
	case operators.LogicalNot, operators.Negate:
		o.operands(n, bound, args...) // a trace that tells x need not tell !x
	case overloads.Size, operators.Index:
		n.shown = true
		o.operands(n, bound, args...)
	default:
		for _, arg := range args {
			if arg.Kind() != ast.LiteralKind {
				n.parts = append(n.parts, o.part(arg, bound))
			}
		}
		n.shown = true
	}
}

func (o outliner) loop(n *part, e ast.Expr, bound []string) {
	c := e.AsComprehension()
	n.joint, n.shown = jointLoop, true
	n.parts = []*part{o.part(c.IterRange(), bound)}
	inner := append(slices.Clone(bound), c.IterVar(), c.AccuVar())
	if macro, ok := o.info.GetMacroCall(e.ID()); ok {
		switch macro.AsCall().FunctionName() {
		case operators.Exists:
			n.settles = types.True
		case operators.All:
			n.settles = types.False
		}
	}
	step := c.LoopStep()
	if n.settles != nil { // the step is accumulator || test, or accumulator && test
		n.parts = append(n.parts, o.part(step.AsCall().Args()[1], inner))
	}
	o.facts(n, step, inner)
}

// facts finds the paths under e that do not depend on a loop.
func (o outliner) facts(n *part, e ast.Expr, bound []string) {
	if isPath(e) {
		if !reads(e, bound) {
			n.facts = append(n.facts, &part{id: e.ID(), text: o.text(e), shown: true})
		}
		return
	}
	inner := bound
	if e.Kind() == ast.ComprehensionKind {
		c := e.AsComprehension()
		inner = append(slices.Clone(bound), c.IterVar(), c.AccuVar())
	}
	for _, child := range children(e) {
		o.facts(n, child, inner)
	}
}

// text is the part as it would be written by hand.
func (o outliner) text(e ast.Expr) string {
	s, err := cel.ExprToString(e, o.info)
	if err != nil {
		return "" // what a macro expands to has no text of its own
	}
	return s
}

// chain is the operands of a && b && c, however the parser has nested them.
func chain(e ast.Expr, operator string) []ast.Expr {
	if e.Kind() != ast.CallKind || e.AsCall().FunctionName() != operator {
		return []ast.Expr{e}
	}
	var operands []ast.Expr
	for _, arg := range e.AsCall().Args() {
		operands = append(operands, chain(arg, operator)...)
	}
	return operands
}

// isPath reports whether e is a variable or a field of one: rights.holders.
func isPath(e ast.Expr) bool {
	for e.Kind() == ast.SelectKind && !e.AsSelect().IsTestOnly() {
		e = e.AsSelect().Operand()
	}
	return e.Kind() == ast.IdentKind
}

// reads reports whether e reads one of the variables.
func reads(e ast.Expr, vars []string) bool {
	if len(vars) == 0 {
		return false
	}
	found := false
	ast.PreOrderVisit(e, ast.NewExprVisitor(func(e ast.Expr) {
		found = found || e.Kind() == ast.IdentKind && slices.Contains(vars, e.AsIdent())
	}))
	return found
}
