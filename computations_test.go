package aiqyn_test

import (
	"go/ast"
	"go/token"
	"os"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"
)

var (
	withShape    = regexp.MustCompile(`\bwith:\s*([^\s,}]+)`)
	computeShape = regexp.MustCompile(`^[a-z]+(\.[a-z-]+)+@[1-9][0-9]*$`)
)

// TestEveryComputationOfAPackIsRegistered: what a pack names, the program runs,
// in that version.
func TestEveryComputationOfAPackIsRegistered(t *testing.T) {
	registered := registeredComputations(t)
	named := 0
	for _, name := range files(t, func(name string) bool { return strings.HasPrefix(name, "packs/") && path.Ext(name) == ".yaml" }) {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range withShape.FindAllStringSubmatch(string(data), -1) {
			named++
			if !computeShape.MatchString(m[1]) {
				t.Errorf("%s: computation %q has no name and version", name, m[1])
			} else if !slices.Contains(registered, m[1]) {
				t.Errorf("%s: computation %s is not in cmd/aiqyn/computations.go, which has %v", name, m[1], registered)
			}
		}
	}
	if named == 0 {
		t.Error("no pack names a computation: the search for them is broken")
	}
}

// registeredComputations reads the keys of the map in computations.go.
func registeredComputations(t *testing.T) []string {
	t.Helper()
	all := sources(t)
	var keys []string
	for _, s := range all {
		if s.name != "cmd/aiqyn/computations.go" {
			continue
		}
		ast.Inspect(s.file, func(n ast.Node) bool {
			v, ok := n.(*ast.ValueSpec)
			if !ok || v.Names[0].Name != "computations" {
				return true
			}
			for _, e := range v.Values[0].(*ast.CompositeLit).Elts {
				keys = append(keys, constantOf(e.(*ast.KeyValueExpr).Key, all))
			}
			return false
		})
	}
	if len(keys) == 0 {
		t.Fatal("cmd/aiqyn/computations.go has no map called computations")
	}
	return keys
}

// constantOf is the value of a literal, or of a room's constant such as
// grid.ConnectionPoints1.
func constantOf(e ast.Expr, all []source) string {
	if text, ok := stringOf(e); ok {
		return text
	}
	sel, ok := e.(*ast.SelectorExpr)
	if !ok {
		return ""
	}
	for _, s := range all {
		if s.room() != sel.X.(*ast.Ident).Name {
			continue
		}
		for _, d := range s.file.Decls {
			g, ok := d.(*ast.GenDecl)
			if !ok || g.Tok != token.CONST {
				continue
			}
			for _, spec := range g.Specs {
				v := spec.(*ast.ValueSpec)
				if i := slices.IndexFunc(v.Names, func(n *ast.Ident) bool { return n.Name == sel.Sel.Name }); i >= 0 && i < len(v.Values) {
					text, _ := stringOf(v.Values[i])
					return text
				}
			}
		}
	}
	return ""
}
