package cluster

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"strings"
	"sync"

	"github.com/jackc/pgx/v5"
)

// shared is the server of one package's tests.
var shared struct {
	once    sync.Once
	cluster *Cluster
	err     error

	sync.Mutex           // of what follows
	conn       *pgx.Conn // makes and drops every database
	made       int
	left       []string // databases of tests that have ended, the oldest first
}

// What a server is set to that outlives nothing: no test asks it to keep what it said.
var forgetful = []string{"fsync=off", "full_page_writes=off", "wal_level=minimal", "max_wal_senders=0", "max_wal_size=256MB", "jit=off"}

// TB is what [Database] needs of a test.
type TB interface {
	Helper()
	Cleanup(func())
	Fatal(...any)
	Skip(...any)
}

// Installed skips the test where there is no PostgreSQL; where CI=true it fails.
func Installed(t TB) {
	t.Helper()
	if installed() {
		return
	}
	if os.Getenv("CI") == "true" {
		t.Fatal(ErrNotInstalled)
	}
	t.Skip(ErrNotInstalled)
}

// Database makes an empty database for one test on a server that the tests of
// a package share, and returns its URL. It is dropped a while after the test, unless
// somebody has it open. Without PostgreSQL it does as [Installed]. The package's
// TestMain ends with [Done].
func Database(t TB) string {
	t.Helper()
	Installed(t)
	shared.once.Do(func() { shared.err = share() })
	if shared.err != nil {
		t.Fatal(shared.err)
	}
	name := create(t, "")
	t.Cleanup(func() { leave(name) })
	return URL(name, shared.cluster)
}

// Template is a [Database] that stays until [Done], for [Copy].
func Template(t TB) string {
	t.Helper()
	Installed(t)
	shared.once.Do(func() { shared.err = share() })
	if shared.err != nil {
		t.Fatal(shared.err)
	}
	return URL(create(t, ""), shared.cluster)
}

// Copy copies a database of [Database] that nobody has open, and returns the
// URL of the copy.
func Copy(t TB, of string) string {
	t.Helper()
	u, err := url.Parse(of)
	if err != nil {
		t.Fatal(err)
	}
	// Files that are copied cost half of what pages do that pass through the log.
	name := create(t, " STRATEGY file_copy TEMPLATE "+strings.TrimPrefix(u.Path, "/"))
	t.Cleanup(func() { leave(name) })
	return URL(name, shared.cluster)
}

// share starts the server, in memory if there is room.
func share() (err error) {
	if shared.cluster, err = startIn(memory(), forgetful...); err != nil {
		return err
	}
	shared.conn, err = pgx.Connect(context.Background(), URL("postgres", shared.cluster))
	return err
}

// create makes a database and returns its name; before that it drops some of those that
// were left, all but a few: who had them open may be about to end.
func create(t TB, more string) string {
	t.Helper()
	shared.Lock()
	defer shared.Unlock()
	if n := len(shared.left) - 8; n >= 8 {
		for _, name := range shared.left[:n] {
			// Whatever is still open stays: the whole server is removed in the end.
			shared.conn.Exec(context.Background(), "DROP DATABASE "+name)
		}
		shared.left = shared.left[n:]
	}
	shared.made++
	name := fmt.Sprint("test", shared.made)
	if _, err := shared.conn.Exec(context.Background(), "CREATE DATABASE "+name+more); err != nil {
		t.Fatal(err)
	}
	return name
}

// leave lets a database be dropped.
func leave(name string) {
	shared.Lock()
	defer shared.Unlock()
	shared.left = append(shared.left, name)
}

// Done ends the shared server, if there is one, and passes the tests' code on.
func Done(code int) int {
	if shared.conn != nil {
		shared.conn.Close(context.Background())
	}
	if shared.cluster != nil {
		shared.cluster.Remove()
	}
	return code
}
