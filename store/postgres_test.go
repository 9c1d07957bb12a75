package store

import (
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"aiqyn"
	"aiqyn/store/cluster"
)

// TestSQLIsAlsoPostgreSQLs has PostgreSQL prepare every statement of this
// package, those too that no other test runs.
func TestSQLIsAlsoPostgreSQLs(t *testing.T) {
	db := fresh(t, cluster.Database(t))
	list := statements(t)
	if len(list) < 60 {
		t.Fatalf("found %d statements in the package: the search for them is broken", len(list))
	}
	if s, err := db.read.Prepare("SELECT rowid FROM head"); err == nil {
		s.Close()
		t.Fatal("a statement only SQLite understands was prepared: nothing is held")
	}
	for _, s := range list {
		prepared, err := db.read.Prepare(s.text)
		if err != nil {
			t.Errorf("%s: %v\n%s", s.at, err, s.text)
			continue
		}
		prepared.Close()
	}
}

// TestErrorsOfPostgreSQL: what a person can act on has a name of its own.
func TestErrorsOfPostgreSQL(t *testing.T) {
	url := cluster.Database(t)
	db, head := filled(t, url, 3)
	reader, err := Open(t.Context(), url, Options{ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	defer reader.Close()
	is := func(err error, key string) {
		t.Helper()
		var e *aiqyn.Error
		if !errors.As(err, &e) || e.Key != key {
			t.Errorf("%v, want %s", err, key)
		}
	}
	is(reader.PutSetting(t.Context(), "a", "b"), "error.read-only")
	is(reader.Commit(t.Context(), example(head, 1)), "error.read-only")
	_, err = db.read.Exec(`DELETE FROM setting`)
	is(readable(err), "error.read-only")
	for code, key := range map[string]string{"53100": "error.disk-full", "53300": "error.database-busy", "40001": "error.database-busy",
		"57P01": "error.database-away", "XX001": "error.database-damaged", "58030": "error.database-io"} {
		is(readable(fmt.Errorf("write: %w", &pgconn.PgError{Code: code})), key)
	}
	if err := readable(&pgconn.PgError{Code: "23505"}); aiqyn.KindOf(err) == aiqyn.Unavailable {
		t.Errorf("a defect of ours is called the server's: %v", err)
	}
	for _, url := range []string{"postgres://u:secret@h:bad/", "postgres:///d?password=secret&port=bad"} {
		_, err := Open(t.Context(), url, Options{})
		is(err, "error.database-url")
		if strings.Contains(fmt.Sprintf("%#v %v", err, err), "secret") {
			t.Errorf("the password is told: %v", err)
		}
	}
	_, err = Open(t.Context(), "postgres:///d?host=/nowhere", Options{})
	is(err, "error.database-away")
}

// TestUpdatesComeOneAfterAnother: a hundred codes are asked for at once, of
// two processes, and one is sent.
func TestUpdatesComeOneAfterAnother(t *testing.T) {
	url := cluster.Database(t)
	processes := []*DB{fresh(t, url), fresh(t, url)}
	var sent atomic.Int64
	var all sync.WaitGroup
	for i := range 100 {
		all.Go(func() {
			c := Code{Attempt: fmt.Append(nil, i), Target: []byte("p"), Hash: []byte("h"), Sent: day0, Expires: day0}
			wait, err := processes[i%2].PutCode(t.Context(), c, CodeLimits{Every: time.Minute, PerHour: 5, PerDay: 5}, nil, false)
			if err != nil {
				t.Log(err) // too many at once is not a code sent
			} else if wait == 0 {
				sent.Add(1)
			}
		})
	}
	all.Wait()
	if sent.Load() != 1 {
		t.Errorf("%d codes were sent", sent.Load())
	}
}

// statement is one SQL text of the package and where it stands.
type statement struct{ at, text string }

var verb = regexp.MustCompile(`^(SELECT|INSERT|UPDATE|DELETE|WITH)\s`)

// statements collects every SQL text of the package's source: literals, sums
// of literals and constants, and texts that a function goes on adding to.
func statements(t *testing.T) []statement {
	t.Helper()
	var list []statement
	for _, into := range everyTable {
		var binds []string
		for i := range into.columns {
			binds = append(binds, "$"+strconv.Itoa(i+1))
		}
		list = append(list, statement{"bulk.go", into.head + "(" + strings.Join(binds, ",") + ")" + into.tail})
	}
	names, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") || slices.Contains([]string{"sqlite.go", "sqliterows.go", "postgres.go", "copy.go"}, name) { // an engine's own, or of any table
			continue
		}
		fset := token.NewFileSet()
		file, err := parser.ParseFile(fset, name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		c := &collector{known: map[string]string{"caseColumns": caseColumns, "letterColumns": letterColumns, "jobColumns": jobColumns, "entryColumns": entryColumns, "sessionColumns": sessionColumns, "mandateColumns": mandateColumns, "mandateFrom": mandateFrom, "measurementColumns": measurementColumns, "meterColumns": meterColumns, "inForce": inForce, "standsBefore": standsBefore, "lookColumns": lookColumns}}
		ast.Inspect(file, func(n ast.Node) bool {
			text, descend := c.visit(n)
			if verb.MatchString(text) && !strings.HasSuffix(text, "VALUES ") {
				list = append(list, statement{fset.Position(n.Pos()).String(), text})
			}
			return descend
		})
	}
	return list
}

// collector puts texts together as the source does.
type collector struct {
	known map[string]string // constants, and variables of the function at hand
	binds int               // the highest bind so far of the text at hand
}

// visit returns the text of an expression, and whether its parts are of
// interest on their own.
func (c *collector) visit(n ast.Node) (text string, descend bool) {
	switch n := n.(type) {
	case *ast.AssignStmt:
		name, ok := n.Lhs[0].(*ast.Ident)
		if !ok || name.Name != "query" || len(n.Rhs) != 1 {
			return "", true
		}
		if n.Tok == token.ADD_ASSIGN {
			c.known[name.Name] += c.text(n.Rhs[0])
		} else {
			c.known[name.Name] = c.text(n.Rhs[0])
		}
		return "", false
	case *ast.BinaryExpr:
		if n.Op == token.ADD {
			return c.text(n), false
		}
	case *ast.BasicLit:
		return c.text(n), false
	}
	return "", true
}

var bind = regexp.MustCompile(`\$(\d+)`)

func (c *collector) text(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.BinaryExpr:
		return c.text(e.X) + c.text(e.Y)
	case *ast.Ident:
		return c.known[e.Name]
	case *ast.BasicLit:
		if e.Kind != token.STRING {
			return ""
		}
		text, _ := strconv.Unquote(e.Value)
		if verb.MatchString(text) {
			c.binds = 0
		}
		for _, m := range bind.FindAllStringSubmatch(text, -1) {
			n, _ := strconv.Atoi(m[1])
			c.binds = max(c.binds, n)
		}
		return text
	case *ast.CallExpr:
		if of, ok := e.Fun.(*ast.SelectorExpr); ok && of.Sel.Name == "Sprintf" {
			c.binds++
			return strings.ReplaceAll(c.text(e.Args[0]), "%d", strconv.Itoa(c.binds))
		}
	case *ast.SliceExpr: // a list of binds made in a loop
		return "$1"
	}
	return ""
}

func TestStatementsAreFoundWhole(t *testing.T) {
	var texts []string
	for _, s := range statements(t) {
		texts = append(texts, s.text)
	}
	for _, want := range []string{
		`SELECT ` + caseColumns + ` FROM cases WHERE ref = $1`,
		`SELECT ` + caseColumns + ` FROM cases WHERE no IN ($1)`,
		`SELECT trafo, name, search, district, line, why FROM capacity WHERE publication = $1 AND trafo > $2 AND district = $3 AND search LIKE $4 ESCAPE '!' ORDER BY trafo LIMIT $5`,
	} {
		if !slices.Contains(texts, want) {
			t.Errorf("not found: %s", want)
		}
	}
}
