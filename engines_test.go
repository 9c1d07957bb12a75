package aiqyn

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// ofOneEngine are the functions of tests that name an engine, and why: they give each of
// the two its turn, or are of what only one has. Those of the engine's tests that run on
// SQLite alone are casework's notOnServer.
var ofOneEngine = map[string]map[string]string{
	"casework": {
		"newDatabase": "gives every test the engine of its turn",
		"beside":      "opens either",
		"bytes":       "reads either",
		"backup":      "copies either",
		"restore":     "copies either back",
		"liveRig":     "is for those that kill the process and look at the file",
		"photograph":  "is TestTornWrites",
		"damaged":     "is TestDamagedPages",
		"readOnly":    "is TestReadOnly",
	},
	"store": {
		"engines":                        "gives every test both",
		"TestAskedAcrossARestart":        "is of a server that ends what is open",
		"TestBackup":                     "is of the bytes of the file; its rows are TestCopyBetweenEngines",
		"TestCopyBetweenEngines":         "has both at once",
		"TestEveryQueryUsesAnIndex":      "asks SQLite for its plans; PostgreSQL's depend on what it has counted",
		"TestTidyBesideTheWriter":        "is of SQLite's write-ahead log",
		"TestSQLIsAlsoPostgreSQLs":       "prepares every statement on the second",
		"TestErrorsOfPostgreSQL":         "is of what only a server says",
		"TestStreamedColumns":            "is of reading SQLite without its driver",
		"TestStreamsEnd":                 "is of reading SQLite without its driver; TestIteratorsLetGo has both",
		"TestUpdatesComeOneAfterAnother": "is of several that write; SQLite has one",
	},
	"cmd/aiqyn": {
		"onBoth":                               "gives every test both",
		"behind":                               "opens either",
		"statement":                            "opens either",
		"TestStoriesOnPostgreSQL":              "is of the second",
		"earlierOnServer":                      "is of the second",
		"meetDemo":                             "is of a demonstration, which is a folder",
		"parcelAt":                             "is of a demonstration, which is a folder",
		"somethingWaits":                       "looks into a demonstration, which is a folder",
		"TestClockIsKept":                      "is of a demonstration, which is a folder",
		"TestThePastIsSoundAtAnyHour":          "is of a demonstration, which is a folder",
		"TestSoakUpgradeFromThePreviousCommit": "is of a demonstration, which is a folder",
		"TestAnEarlierVersionIsNear":           "reads which migrations a file of an earlier version has; both engines are brought up from it",
		"TestALogBeginsWithAllThatItNames":     "opens none: it is refused before",
		"TestAnApplicationCrossesServers":      "runs on both, one after the other",
		"TestImportKilledInTheMiddle":          "runs on both, lines on the one and a workbook on the other",
		"newSide":                              "opens either",
		"newWatched":                           "has witnesses look at what is shown, whoever keeps it; on the second TestKillServersAndDatabases",
	},
	"web": {
		"realEngine": "is of browsers and a key; the SQL of passkeys is tested in casework and store",
	},
}

// TestNoTestForgetsPostgreSQL holds that make test has every test of a database run on
// both engines: the engine's tests all run again on the second, but those of notOnServer,
// and no other test of a database chooses its engine itself.
func TestNoTestForgetsPostgreSQL(t *testing.T) {
	makefile, err := os.ReadFile("Makefile")
	if err != nil {
		t.Fatal(err)
	}
	const run = "CGO_ENABLED=0 AIQYN_ENGINE=postgresql $(GO) test -vet=off -timeout 20m -json ./casework || failed=1\n"
	if !strings.Contains(string(makefile), run) {
		t.Errorf("make test does not have the engine's tests run on PostgreSQL as %q", run)
	}
	for pkg, known := range ofOneEngine {
		there, kept := make(map[string]bool), map[string]bool{}
		for _, f := range testFunctions(t, pkg, kept) {
			there[f.Name.Name] = true
			if known[f.Name.Name] == "" && !kept[f.Name.Name] && namesEngine(f) {
				t.Errorf("%s: %s chooses its engine itself, so that it does not run on both", pkg, f.Name.Name)
			}
		}
		for name := range known {
			if !there[name] {
				t.Errorf("%s: there is no %s", pkg, name)
			}
		}
		for name := range kept {
			if !there[name] {
				t.Errorf("%s: %s is kept from PostgreSQL, and is no test", pkg, name)
			}
		}
		if pkg == "casework" && (len(kept) == 0 || len(there) < 400) {
			t.Errorf("%d functions of the engine's tests were read, %d of them kept from PostgreSQL", len(there), len(kept))
		}
	}
}

// testFunctions are the functions of a package's tests; into kept go the keys of its
// notOnServer.
func testFunctions(t *testing.T, pkg string, kept map[string]bool) (list []*ast.FuncDecl) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(pkg, "*_test.go"))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		tree, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range tree.Decls {
			if f, ok := d.(*ast.FuncDecl); ok {
				list = append(list, f)
			}
		}
		ast.Inspect(tree, func(n ast.Node) bool {
			if v, ok := n.(*ast.ValueSpec); ok && v.Names[0].Name == "notOnServer" {
				for _, e := range v.Values[0].(*ast.CompositeLit).Elts {
					name, _ := strconv.Unquote(e.(*ast.KeyValueExpr).Key.(*ast.BasicLit).Value)
					kept[name] = true
				}
			}
			return true
		})
	}
	return list
}

// namesEngine finds the URL or the driver of the first engine, and databases of the second.
func namesEngine(f *ast.FuncDecl) (found bool) {
	ast.Inspect(f, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.BasicLit:
			text, err := strconv.Unquote(n.Value)
			found = found || n.Kind == token.STRING && err == nil && (text == "sqlite" || strings.HasPrefix(text, "sqlite:"))
		case *ast.SelectorExpr:
			pkg, ok := n.X.(*ast.Ident)
			found = found || ok && pkg.Name == "cluster" && n.Sel.Name == "Database"
		}
		return true
	})
	return found
}
