package rule

import (
	"slices"

	"cel.dev/cel-go/common/ast"
)

// uses lists the variables that an expression reads, each with its first
// field where one is named.
func uses(root ast.Expr) []string {
	found := map[string]bool{}
	collectUses(root, nil, found)
	names := make([]string, 0, len(found))
	for name := range found {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// collectUses walks e; bound are the variables of the loops around it, which
// are not facts.
func collectUses(e ast.Expr, bound []string, found map[string]bool) {
	switch e.Kind() {
	case ast.IdentKind:
		if name := e.AsIdent(); !slices.Contains(bound, name) {
			found[name] = true
		}
	case ast.SelectKind:
		s := e.AsSelect()
		if o := s.Operand(); o.Kind() == ast.IdentKind {
			if !slices.Contains(bound, o.AsIdent()) {
				found[o.AsIdent()+"."+s.FieldName()] = true
			}
			return
		}
		collectUses(s.Operand(), bound, found)
	case ast.CallKind:
		c := e.AsCall()
		if c.IsMemberFunction() {
			collectUses(c.Target(), bound, found)
		}
		for _, arg := range c.Args() {
			collectUses(arg, bound, found)
		}
	case ast.ListKind:
		for _, element := range e.AsList().Elements() {
			collectUses(element, bound, found)
		}
	case ast.MapKind:
		for _, entry := range e.AsMap().Entries() {
			collectUses(entry.AsMapEntry().Key(), bound, found)
			collectUses(entry.AsMapEntry().Value(), bound, found)
		}
	case ast.ComprehensionKind:
		c := e.AsComprehension()
		collectUses(c.IterRange(), bound, found)
		inner := append(slices.Clone(bound), c.IterVar(), c.AccuVar())
		for _, part := range []ast.Expr{c.AccuInit(), c.LoopCondition(), c.LoopStep(), c.Result()} {
			collectUses(part, inner, found)
		}
	}
}
