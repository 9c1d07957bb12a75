package aiqyn_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"strings"
	"testing"
)

// source is one Go file of the tree, parsed.
type source struct {
	name string // slash-separated, from the root of the module
	data []byte
	file *ast.File
	fset *token.FileSet
}

func (s source) room() string { return path.Dir(s.name) }
func (s source) isTest() bool { return strings.HasSuffix(s.name, "_test.go") }

// at is where a node stands, for messages.
func (s source) at(n ast.Node) string { return s.fset.Position(n.Pos()).String() }

// imported returns the name under which a file knows a package, "" if it does
// not import it.
func (s source) imported(name string) string {
	for _, spec := range s.file.Imports {
		if strings.Trim(spec.Path.Value, `"`) != name {
			continue
		}
		if spec.Name != nil {
			return spec.Name.Name
		}
		return path.Base(name)
	}
	return ""
}

// files lists every file of the tree that is ours: neither hidden, nor
// somebody else's package, nor made by a build.
func files(t *testing.T, wanted func(name string) bool) []string {
	t.Helper()
	var list []string
	err := fs.WalkDir(os.DirFS("."), ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		base := entry.Name()
		if entry.IsDir() {
			if name != "." && strings.HasPrefix(base, ".") && base != ".ci" || base == "node_modules" || base == "dist" {
				return fs.SkipDir
			}
			if _, err := os.Stat(path.Join(name, "go.mod")); err == nil && name != "." {
				return fs.SkipDir // a module of its own
			}
			return nil
		}
		if wanted(name) {
			list = append(list, name)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(list) == 0 {
		t.Fatal("no such file: what is asked of each of them is held for none")
	}
	return list
}

// parsed keeps what sources has read, for the tests of this package one after
// the other.
var parsed []source

// sources parses every Go file of the tree.
func sources(t *testing.T) []source {
	t.Helper()
	if parsed != nil {
		return parsed
	}
	for _, name := range files(t, func(name string) bool { return path.Ext(name) == ".go" }) {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		fset := token.NewFileSet()
		file, err := parser.ParseFile(fset, name, data, parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		parsed = append(parsed, source{name, data, file, fset})
	}
	return parsed
}
