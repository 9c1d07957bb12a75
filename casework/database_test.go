package casework

import (
	"context"
	"database/sql"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"aiqyn/oidc/practice"
	"aiqyn/store"
	"aiqyn/store/cluster"
)

// The rig's database as somebody has it who is not the engine: on whichever
// engine it is.

// onServer has every test run on the second engine.
var onServer = os.Getenv("AIQYN_ENGINE") == "postgresql"

// newDatabase names the database of a rig in its folder; on the second engine one that
// has its schema, where all tests run on it or [TestOnPostgreSQL] runs this one.
func newDatabase(t testing.TB, dir string) string {
	if onServer || strings.HasPrefix(t.Name(), "TestOnPostgreSQL/") {
		return cluster.Copy(t, migrated(t))
	}
	file := filepath.Join(dir, "aiqyn.db")
	data, err := emptyDatabase()
	if err == nil {
		err = os.WriteFile(file, data, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	return "sqlite:" + file
}

// migratedURL is of a database on the second engine that those of its tests copy.
var migratedURL struct {
	sync.Mutex
	is string
}

// migrated makes it once; nobody has it open.
func migrated(t testing.TB) string {
	t.Helper()
	migratedURL.Lock()
	defer migratedURL.Unlock()
	if migratedURL.is != "" {
		return migratedURL.is
	}
	url := cluster.Template(t)
	db, err := store.Open(context.Background(), url, store.Options{})
	if err == nil {
		err = db.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	migratedURL.is = url
	return url
}

// emptyDatabase is the file of a database that has its schema and nothing else:
// it is made once for all tests.
var emptyDatabase = sync.OnceValues(func() ([]byte, error) {
	dir, err := os.MkdirTemp("", "aiqyn-schema-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	file := filepath.Join(dir, "empty.db")
	db, err := store.Open(context.Background(), "sqlite:"+file, store.Options{})
	if err != nil {
		return nil, err
	}
	if err := db.Close(); err != nil { // all of it is in the file then
		return nil, err
	}
	return os.ReadFile(file)
})

func TestMain(m *testing.M) {
	practice.Main()
	if onServer {
		flag.Parse()
		flag.Set("test.skip", skipOnServer())
	}
	os.Exit(cluster.Done(m.Run()))
}

// beside opens the database as somebody with its file or password could.
func (r *rig) beside() *sql.DB {
	r.t.Helper()
	driver, source := "sqlite", "file:"+strings.TrimPrefix(r.url, "sqlite:")+"?_pragma=busy_timeout(10000)"
	if store.OnServer(r.url) {
		driver, source = "pgx", r.url
	}
	db, err := sql.Open(driver, source)
	if err != nil {
		r.t.Fatal(err)
	}
	r.t.Cleanup(func() { db.Close() })
	return db
}

// raw runs SQL beside the engine.
func (r *rig) raw(query string, args ...any) {
	r.t.Helper()
	db := r.beside()
	defer db.Close()
	if strings.Contains(query, "zeroblob") || strings.Contains(query, "replace(") {
		r.lend(db)
	}
	if _, err := db.Exec(query, args...); err != nil {
		r.t.Fatalf("%s: %v", query, err)
	}
}

// lend gives PostgreSQL the functions of SQLite that tests use.
func (r *rig) lend(db *sql.DB) {
	if !store.OnServer(r.url) {
		return
	}
	for _, f := range []string{
		`CREATE OR REPLACE FUNCTION zeroblob(n int) RETURNS bytea LANGUAGE sql AS 'SELECT decode(repeat(''00'', n), ''hex'')'`,
		`CREATE OR REPLACE FUNCTION replace(data bytea, was text, now text) RETURNS bytea LANGUAGE sql
			AS 'SELECT convert_to(replace(convert_from(data, ''UTF8''), was, now), ''UTF8'')'`,
	} {
		if _, err := db.Exec(f); err != nil {
			r.t.Fatal(err)
		}
	}
}

// breakTable has the database refuse rows of one table until it is mended.
func (r *rig) breakTable(name string) (mend func()) {
	r.t.Helper()
	if !store.OnServer(r.url) {
		r.raw(`CREATE TRIGGER broken BEFORE INSERT ON ` + name + ` BEGIN SELECT RAISE(ABORT, 'no'); END`)
		return func() { r.raw(`DROP TRIGGER broken`) }
	}
	r.raw(`CREATE OR REPLACE FUNCTION no() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION ''no''; END'`)
	r.raw(`CREATE TRIGGER broken BEFORE INSERT ON ` + name + ` FOR EACH STATEMENT EXECUTE FUNCTION no()`)
	return func() { r.raw(`DROP TRIGGER broken ON ` + name) }
}

// countInserts has a row of another table, whose name it returns, for every row that is
// written into one, also if that is taken back out.
func (r *rig) countInserts(into string) (table string) {
	r.t.Helper()
	r.raw(`CREATE TABLE written (id BIGINT)`)
	if !store.OnServer(r.url) {
		r.raw(`CREATE TRIGGER writes AFTER INSERT ON ` + into + ` BEGIN INSERT INTO written VALUES (new.id); END`)
		return "written"
	}
	r.raw(`CREATE FUNCTION writes() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN INSERT INTO written VALUES (new.id); RETURN new; END'`)
	r.raw(`CREATE TRIGGER writes AFTER INSERT ON ` + into + ` FOR EACH ROW EXECUTE FUNCTION writes()`)
	return "written"
}

// compact leaves nothing in the files but what the tables hold.
func (r *rig) compact() {
	r.t.Helper()
	r.raw(`VACUUM`)
	if !store.OnServer(r.url) {
		r.raw(`PRAGMA wal_checkpoint(TRUNCATE)`)
	}
}

// bytes reads the database with everything beside it; of a server all rows of
// all tables, for its own files are not ours.
func (r *rig) bytes() []byte {
	r.t.Helper()
	if store.OnServer(r.url) {
		return r.rows()
	}
	var all []byte
	for _, suffix := range []string{"", "-wal"} {
		b, err := os.ReadFile(strings.TrimPrefix(r.url, "sqlite:") + suffix)
		if err != nil && !os.IsNotExist(err) {
			r.t.Fatal(err)
		}
		all = append(all, b...)
	}
	return all
}

func (r *rig) rows() (all []byte) {
	r.t.Helper()
	db := r.beside()
	defer db.Close()
	for _, name := range r.column(db, `SELECT table_name FROM information_schema.tables WHERE table_schema = 'public' ORDER BY 1`) {
		for _, line := range r.column(db, `SELECT t::text FROM `+name+` AS t ORDER BY 1`) {
			all = append(append(all, unhex(line)...), '\n')
		}
	}
	return all
}

// column is the one text of every row.
func (r *rig) column(db *sql.DB, query string) (list []string) {
	r.t.Helper()
	rows, err := db.Query(query)
	if err != nil {
		r.t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var s string
		if err := rows.Scan(&s); err != nil {
			r.t.Fatal(err)
		}
		list = append(list, s)
	}
	if err := rows.Err(); err != nil {
		r.t.Fatal(err)
	}
	return list
}

// unhex puts bytes in the place of "\\x…" within a row's text.
func unhex(line string) []byte {
	var out []byte
	for {
		before, after, found := strings.Cut(line, `\\x`)
		out = append(out, before...)
		if !found {
			return out
		}
		n := len(after) - len(strings.TrimLeft(after, "0123456789abcdef"))
		b := make([]byte, n/2)
		fmt.Sscanf(after[:n], "%x", &b)
		out, line = append(out, b...), after[n:]
	}
}

// saved is a database as it was: the bytes of its file, or the name of a copy.
type saved struct {
	file []byte
	url  string
}

// backup copies the database as it is; the engine goes on.
func (r *rig) backup() saved {
	r.t.Helper()
	r.shut()
	defer r.open()
	if store.OnServer(r.url) {
		return saved{url: cluster.Copy(r.t, r.url)}
	}
	b, err := os.ReadFile(strings.TrimPrefix(r.url, "sqlite:"))
	if err != nil {
		r.t.Fatal(err)
	}
	return saved{file: b}
}

// restore puts a copy in the place of the database and opens nothing.
func (r *rig) restore(was saved) {
	r.t.Helper()
	r.shut()
	if was.url != "" {
		r.url = cluster.Copy(r.t, was.url)
		return
	}
	if err := os.WriteFile(strings.TrimPrefix(r.url, "sqlite:"), was.file, 0o600); err != nil {
		r.t.Fatal(err)
	}
}

// zeroReader makes keys of tests the same each time.
type zeroReader struct{}

func (zeroReader) Read(p []byte) (int, error) { clear(p); return len(p), nil }
