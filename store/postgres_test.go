package store

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
)

// TestSQLIsAlsoPostgreSQLs applies the migrations to a PostgreSQL of its own
// and has it prepare every statement of this package: a word that only SQLite
// understands is found here, before a country needs the other engine.
func TestSQLIsAlsoPostgreSQLs(t *testing.T) {
	pg := startPostgreSQL(t)
	names, err := fs.Glob(migrations, "migrations/*.sql")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		text, err := migrations.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if out := pg.run(t, strings.ReplaceAll(string(text), "INTEGER PRIMARY KEY", "BIGINT PRIMARY KEY")); out != "" {
			t.Fatalf("%s: %s", name, out)
		}
	}
	pg.run(t, `CREATE TABLE migration (name TEXT PRIMARY KEY, at BIGINT NOT NULL)`)
	list := statements(t)
	if len(list) < 60 {
		t.Fatalf("found %d statements in the package: the search for them is broken", len(list))
	}
	if out := pg.run(t, "PREPARE statement AS SELECT rowid FROM head"); out == "" {
		t.Fatal("a statement only SQLite understands was prepared: nothing is held")
	}
	for _, s := range list {
		if out := pg.run(t, "PREPARE statement AS "+s.text); out != "" {
			t.Errorf("%s: %s\n%s", s.at, out, s.text)
		}
	}
}

// postgres is a server of one test, reached through a socket in its folder.
type postgres struct{ folder, psql string }

// run executes a text in a session of its own and returns what went wrong.
func (p postgres) run(t *testing.T, text string) string {
	t.Helper()
	cmd := exec.Command(p.psql, "-h", p.folder, "-U", "aiqyn", "-d", "postgres", "-qX", "-v", "ON_ERROR_STOP=1", "-f", "-")
	cmd.Stdin = strings.NewReader(text + ";\n")
	out, err := cmd.CombinedOutput()
	if err != nil && len(out) == 0 {
		t.Fatalf("psql: %v", err)
	}
	return strings.TrimSpace(string(out))
}

// startPostgreSQL makes a database in a fresh folder and serves it until the
// test ends. The server refuses to run as root, so root lends it another name.
func startPostgreSQL(t *testing.T) postgres {
	t.Helper()
	initdb, pgctl, psql := postgresTool("initdb"), postgresTool("pg_ctl"), postgresTool("psql")
	if initdb == "" || pgctl == "" || psql == "" {
		if os.Getenv("CI") == "true" {
			t.Fatal("PostgreSQL is not installed: initdb, pg_ctl and psql are needed")
		}
		t.Skip("PostgreSQL is not installed: its statements are not prepared")
	}
	folder, err := os.MkdirTemp("", "aiqyn-pg-") // short: it holds a socket
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(folder) })
	as := &syscall.SysProcAttr{}
	if os.Getuid() == 0 {
		as.Credential = postgresUser(t)
		if err := os.Chown(folder, int(as.Credential.Uid), int(as.Credential.Gid)); err != nil {
			t.Fatal(err)
		}
	}
	tool := func(name string, args ...string) error {
		cmd := exec.Command(name, args...)
		cmd.SysProcAttr, cmd.Dir = as, folder
		log, err := os.Create(filepath.Join(folder, filepath.Base(name)+".out")) // a pipe would stay open with the server
		if err != nil {
			return err
		}
		defer log.Close()
		cmd.Stdout, cmd.Stderr = log, log
		if err := cmd.Run(); err != nil {
			said, _ := os.ReadFile(log.Name())
			return fmt.Errorf("%s: %w\n%s", name, err, bytes.TrimSpace(said))
		}
		return nil
	}
	data := filepath.Join(folder, "data")
	if err := tool(initdb, "-D", data, "-U", "aiqyn", "-A", "trust", "-E", "UTF8", "--no-sync"); err != nil {
		t.Fatal(err)
	}
	options := fmt.Sprintf("-k %s -c listen_addresses='' -c fsync=off", folder)
	if err := tool(pgctl, "-D", data, "-o", options, "-w", "start"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := tool(pgctl, "-D", data, "-m", "immediate", "-w", "stop"); err != nil {
			t.Error(err)
		}
	})
	return postgres{folder, psql}
}

// postgresTool finds a program of PostgreSQL, "" if there is none. Debian
// keeps those of the server out of the path.
func postgresTool(name string) string {
	if found, err := filepath.Glob("/usr/lib/postgresql/*/bin/" + name); err == nil && len(found) > 0 {
		return found[len(found)-1]
	}
	found, _ := exec.LookPath(name)
	return found
}

func postgresUser(t *testing.T) *syscall.Credential {
	t.Helper()
	for _, name := range []string{"postgres", "nobody"} {
		u, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, err1 := strconv.ParseUint(u.Uid, 10, 32)
		gid, err2 := strconv.ParseUint(u.Gid, 10, 32)
		if err1 == nil && err2 == nil {
			return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
		}
	}
	t.Fatal("no account to run PostgreSQL under")
	return nil
}

// statement is one SQL text of the package and where it stands.
type statement struct{ at, text string }

var verb = regexp.MustCompile(`^(SELECT|INSERT|UPDATE|DELETE|WITH)\s`)

// statements collects every SQL text of the package's source: literals, sums
// of literals and constants, and texts that a function goes on adding to.
func statements(t *testing.T) []statement {
	t.Helper()
	var list []statement
	for _, into := range []table{intoEntry, intoCases, intoTile, intoReservation, intoOutbox, intoCommand,
		intoSnapshot, intoDemand, intoReportKey, intoCapacity, intoRegister} {
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
		if strings.HasSuffix(name, "_test.go") || name == "sqlite.go" { // one engine's own
			continue
		}
		fset := token.NewFileSet()
		file, err := parser.ParseFile(fset, name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		c := &collector{known: map[string]string{"caseColumns": caseColumns, "entryColumns": entryColumns, "sessionColumns": sessionColumns}}
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
		`SELECT trafo, name, district, line FROM capacity WHERE publication = $1 AND trafo > $2 AND district = $3 AND search LIKE $4 ORDER BY trafo LIMIT $5`,
	} {
		if !slices.Contains(texts, want) {
			t.Errorf("not found: %s", want)
		}
	}
}
