package cluster

import (
	"errors"
	"fmt"
	"net/url"
	"os"
	"strings"
	"sync"
	"sync/atomic"
)

// shared is the server of one package's tests.
var shared struct {
	once    sync.Once
	cluster *Cluster
	err     error
	made    atomic.Int64
}

// TB is what [Database] needs of a test.
type TB interface {
	Helper()
	Fatal(...any)
	Skip(...any)
}

// Database makes an empty database for one test on a server that the tests of
// a package share, and returns its URL. Without PostgreSQL the test is skipped,
// but where CI=true it fails. The package's TestMain ends with [Done].
func Database(t TB) string {
	t.Helper()
	shared.once.Do(func() { shared.cluster, shared.err = Start("fsync=off", "full_page_writes=off") })
	if errors.Is(shared.err, ErrNotInstalled) && os.Getenv("CI") != "true" {
		t.Skip(shared.err)
	}
	if shared.err != nil {
		t.Fatal(shared.err)
	}
	return create(t, "")
}

// Copy copies a database of [Database] that nobody has open, and returns the
// URL of the copy.
func Copy(t TB, of string) string {
	t.Helper()
	u, err := url.Parse(of)
	if err != nil {
		t.Fatal(err)
	}
	return create(t, " TEMPLATE "+strings.TrimPrefix(u.Path, "/"))
}

func create(t TB, more string) string {
	t.Helper()
	name := fmt.Sprint("test", shared.made.Add(1))
	if err := shared.cluster.Exec("CREATE DATABASE " + name + more); err != nil {
		t.Fatal(err)
	}
	return URL(name, shared.cluster)
}

// Done ends the shared server, if there is one, and passes the tests' code on.
func Done(code int) int {
	if shared.cluster != nil {
		shared.cluster.Remove()
	}
	return code
}
