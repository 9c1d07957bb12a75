package aiqyn_test

import (
	"go/ast"
	"os"
	"regexp"
	"strings"
	"testing"
)

// TestRoomsOfOneThread: what the suite does not run under the race detector has nothing
// for it to find: no code of such a room, nor of its tests, starts anything beside
// itself, or says how to.
func TestRoomsOfOneThread(t *testing.T) {
	data, err := os.ReadFile("Makefile")
	if err != nil {
		t.Fatal(err)
	}
	m := regexp.MustCompile(`(?m)^ONE_THREAD := (.+)$`).FindSubmatch(data)
	if m == nil {
		t.Fatal("the Makefile has no ONE_THREAD")
	}
	read := map[string]int{}
	for _, name := range strings.Fields(string(m[1])) {
		read[name] = 0
	}
	for _, s := range sources(t) {
		if _, ok := read[s.room()]; !ok {
			continue
		}
		read[s.room()]++
		for _, name := range []string{"sync", "sync/atomic", "golang.org/x/sync/errgroup"} {
			if s.imported(name) != "" {
				t.Errorf("%s imports %s", s.name, name)
			}
		}
		ast.Inspect(s.file, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.GoStmt:
				t.Errorf("%s: something is started beside", s.at(n))
			case *ast.CallExpr:
				if f, ok := n.Fun.(*ast.SelectorExpr); ok && f.Sel.Name == "Parallel" {
					t.Errorf("%s: tests run beside each other", s.at(n))
				}
			}
			return true
		})
	}
	for name, n := range read {
		if n == 0 {
			t.Errorf("%s: no such room", name)
		}
	}
}
