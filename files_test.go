package aiqyn_test

import (
	"bytes"
	"go/ast"
	"os"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

// How long a file and a function may be before they are two.
const (
	longestFile     = 400
	longestFunction = 60
)

func TestFilesAndFunctionsAreShort(t *testing.T) {
	for _, s := range sources(t) {
		if ast.IsGenerated(s.file) {
			continue
		}
		if n := bytes.Count(s.data, []byte("\n")); n > longestFile {
			t.Errorf("%s has %d lines, at most %d", s.name, n, longestFile)
		}
		for _, d := range s.file.Decls {
			f, ok := d.(*ast.FuncDecl)
			if !ok || f.Body == nil {
				continue
			}
			n := s.fset.Position(f.Body.Rbrace).Line - s.fset.Position(f.Body.Lbrace).Line - 1
			if n > longestFunction && !s.isTest() { // a test's table of cases may be long
				t.Errorf("%s: %s has %d lines, at most %d", s.at(f), f.Name.Name, n, longestFunction)
			}
		}
	}
}

// kept are the kinds of file whose text people write.
var kept = []string{".go", ".md", ".html", ".css", ".scss", ".js", ".mjs", ".sql", ".yaml", ".txt", ".txtar", ".sh", ""}

// The words are put together here, so that this file does not hold them.
var (
	unfinished = regexp.MustCompile(`\b(` + strings.Join([]string{"TO" + "DO", "FIX" + "ME", "XX" + "X"}, "|") + `)\b`)
	someonesPC = regexp.MustCompile(`(^|[^A-Za-z0-9._-])/(` + strings.Join([]string{"work", "root", "farm", "home", "Users"}, "|") + `)/[a-z]`)
)

// TestNothingIsUnfinishedOrLocal: no reminder is left in the tree, and no path
// that exists on one computer only.
func TestNothingIsUnfinishedOrLocal(t *testing.T) {
	for _, name := range files(t, func(name string) bool { return slices.Contains(kept, path.Ext(name)) }) {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if bytes.IndexByte(data, 0) >= 0 {
			continue // a program, a database
		}
		if !utf8.Valid(data) {
			t.Errorf("%s is not UTF-8", name)
		}
		line := 0
		for text := range strings.Lines(string(data)) {
			line++
			if word := unfinished.FindString(text); word != "" {
				t.Errorf("%s:%d says %s", name, line, word)
			}
			if at := someonesPC.FindString(text); at != "" {
				t.Errorf("%s:%d names a place on one computer: %s", name, line, strings.TrimSpace(text))
			}
		}
	}
}
