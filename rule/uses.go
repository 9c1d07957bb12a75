package rule

import (
	"maps"
	"slices"

	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/operators"
)

// uses lists the variables that an expression reads, each with its first
// field where one is named.
func uses(root ast.Expr) []string {
	found := map[string]bool{}
	collectUses(root, nil, found)
	return slices.Sorted(maps.Keys(found))
}

// collectUses walks e; bound are the variables of the loops around it, which
// are not facts.
func collectUses(e ast.Expr, bound []string, found map[string]bool) {
	switch e.Kind() {
	case ast.IdentKind:
		if name := e.AsIdent(); !slices.Contains(bound, name) {
			found[name] = true
		}
		return
	case ast.SelectKind:
		s := e.AsSelect()
		if o := s.Operand(); o.Kind() == ast.IdentKind {
			if !slices.Contains(bound, o.AsIdent()) {
				found[o.AsIdent()+"."+s.FieldName()] = true
			}
			return
		}
	case ast.ComprehensionKind:
		c := e.AsComprehension()
		collectUses(c.IterRange(), bound, found)
		inner := append(slices.Clone(bound), c.IterVar(), c.AccuVar())
		for _, part := range []ast.Expr{c.AccuInit(), c.LoopCondition(), c.LoopStep(), c.Result()} {
			collectUses(part, inner, found)
		}
		return
	}
	for _, child := range children(e) {
		collectUses(child, bound, found)
	}
}

// children are the expressions that e is made of, in source order.
func children(e ast.Expr) []ast.Expr {
	switch e.Kind() {
	case ast.SelectKind:
		return []ast.Expr{e.AsSelect().Operand()}
	case ast.CallKind:
		c := e.AsCall()
		if c.IsMemberFunction() {
			return append([]ast.Expr{c.Target()}, c.Args()...)
		}
		return c.Args()
	case ast.ListKind:
		return e.AsList().Elements()
	case ast.MapKind:
		var list []ast.Expr
		for _, entry := range e.AsMap().Entries() {
			list = append(list, entry.AsMapEntry().Key(), entry.AsMapEntry().Value())
		}
		return list
	case ast.ComprehensionKind:
		c := e.AsComprehension()
		return []ast.Expr{c.IterRange(), c.LoopStep()}
	}
	return nil
}

// comparisons lists the variables that an expression compares with texts that
// stand in it.
func comparisons(root ast.Expr) (list []Comparison) {
	ast.PreOrderVisit(root, ast.NewExprVisitor(func(e ast.Expr) {
		if e.Kind() != ast.CallKind || len(e.AsCall().Args()) != 2 {
			return
		}
		a, b := e.AsCall().Args()[0], e.AsCall().Args()[1]
		switch e.AsCall().FunctionName() {
		case operators.Equals, operators.NotEquals:
			list = append(append(list, comparison(a, b)...), comparison(b, a)...)
		case operators.In:
			for _, element := range children(b) {
				list = append(list, comparison(a, element)...)
			}
		}
	}))
	return list
}

// comparison is that of a variable with a text, if they are those.
func comparison(variable, text ast.Expr) []Comparison {
	if variable.Kind() != ast.IdentKind || text.Kind() != ast.LiteralKind {
		return nil
	}
	s, ok := text.AsLiteral().Value().(string)
	if !ok {
		return nil
	}
	return []Comparison{{variable.AsIdent(), s}}
}
