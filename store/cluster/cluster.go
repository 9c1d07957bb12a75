// Package cluster runs PostgreSQL servers in folders of their own, for tests
// and measurements: a primary, its synchronous standby, and their deaths.
// What a country runs is run by its own people.
package cluster

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"
)

// ErrNotInstalled says that this machine has no PostgreSQL server.
var ErrNotInstalled = errors.New("PostgreSQL is not installed: initdb, postgres and pg_basebackup are needed")

// Cluster is one server and its data, reached through a socket in its folder.
type Cluster struct {
	folder string
	as     *syscall.Credential // the server refuses to run as root
	cmd    *exec.Cmd
	exited chan struct{}
}

// settings of every server here: small, and durable unless it says otherwise.
var settings = []string{
	"listen_addresses=", "unix_socket_permissions=0777", "shared_buffers=64MB", "max_connections=120",
	"wal_level=replica", "max_wal_senders=8", "hot_standby=on", "log_min_messages=fatal", "restart_after_crash=off",
	"checkpoint_timeout=30min", "max_wal_size=2GB", "autovacuum=off",
}

// Start makes a server in a fresh folder and starts it with settings besides
// its own ("fsync=off").
func Start(more ...string) (*Cluster, error) { return startIn("", more...) }

// startIn is Start with its folder in another, "" for that of temporary files.
func startIn(dir string, more ...string) (*Cluster, error) {
	c, err := empty(dir)
	if err != nil {
		return nil, err
	}
	err = c.run("initdb", "-D", c.data(), "-U", "aiqyn", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync")
	if err == nil {
		err = c.configure(more)
	}
	if err == nil {
		err = c.Up()
	}
	if err != nil {
		c.Remove()
		return nil, err
	}
	return c, nil
}

// installed reports whether this machine has what servers need.
func installed() bool {
	for _, name := range []string{"initdb", "postgres", "pg_basebackup", "pg_ctl"} {
		if program(name) == "" {
			return false
		}
	}
	return true
}

// empty is a folder for a server, and who runs it.
func empty(dir string) (*Cluster, error) {
	if !installed() {
		return nil, ErrNotInstalled
	}
	folder, err := os.MkdirTemp(dir, fmt.Sprintf("aiqyn-pg-%d-", os.Getpid())) // short: it holds a socket
	if err != nil {
		return nil, err
	}
	c := &Cluster{folder: folder}
	if os.Getuid() == 0 {
		if c.as, err = account(); err == nil {
			err = errors.Join(os.Chmod(folder, 0o755), os.Chown(folder, int(c.as.Uid), int(c.as.Gid)))
		}
	}
	if err != nil {
		os.RemoveAll(folder)
		return nil, err
	}
	return c, nil
}

// Standby makes a standby of this server under a name that this one's
// synchronous_standby_names may list, and starts it.
func (c *Cluster) Standby(name string, more ...string) (*Cluster, error) {
	s, err := empty("")
	if err != nil {
		return nil, err
	}
	s.as = c.as
	if err := s.follow(c, name, more); err != nil {
		s.Remove()
		return nil, err
	}
	return s, nil
}

// Rejoin makes a server that was killed a standby of the one that has taken its place, by
// a fresh copy: what it alone may have held is gone. It is found where it was.
func (c *Cluster) Rejoin(primary *Cluster, name string, more ...string) error {
	c.Kill()
	if err := os.RemoveAll(c.data()); err != nil {
		return err
	}
	return c.follow(primary, name, more)
}

// follow fills an empty folder with a copy of another server, and follows it from there.
func (c *Cluster) follow(primary *Cluster, name string, more []string) error {
	from := fmt.Sprintf("host=%s user=aiqyn application_name=%s", primary.folder, name)
	err := c.run("pg_basebackup", "-D", c.data(), "-d", from, "-R", "-c", "fast", "--no-sync")
	if err == nil {
		err = c.configure(append(more, "primary_conninfo="+from))
	}
	if err == nil {
		err = c.Up()
	}
	return err
}

// configure appends settings; the last of a name holds.
func (c *Cluster) configure(more []string) error {
	f, err := os.OpenFile(filepath.Join(c.data(), "postgresql.auto.conf"), os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	for _, s := range append(settings, more...) {
		name, value, _ := strings.Cut(s, "=")
		fmt.Fprintf(f, "%s = '%s'\n", name, strings.ReplaceAll(value, "'", "''"))
	}
	fmt.Fprintf(f, "unix_socket_directories = '%s'\n", c.folder)
	return f.Close()
}

// Set changes settings of a server that runs.
func (c *Cluster) Set(more ...string) error {
	if err := c.configure(more); err != nil {
		return err
	}
	return c.run("pg_ctl", "reload", "-D", c.data())
}

// Up starts a server that is down, and returns when it answers.
func (c *Cluster) Up() error {
	log, err := os.OpenFile(filepath.Join(c.folder, "log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	defer log.Close()
	os.Remove(filepath.Join(c.data(), "postmaster.pid")) // of one that was killed
	cmd := exec.Command(program("postgres"), "-D", c.data())
	cmd.SysProcAttr, cmd.Dir, cmd.Stdout, cmd.Stderr = c.attributes(), c.folder, log, log
	if err := cmd.Start(); err != nil {
		return err
	}
	c.cmd, c.exited = cmd, make(chan struct{})
	go func(exited chan struct{}) { cmd.Wait(); close(exited) }(c.exited)
	return c.wait()
}

// wait asks until the server answers.
func (c *Cluster) wait() error {
	var err error
	for range 600 {
		select {
		case <-c.exited:
			said, _ := os.ReadFile(filepath.Join(c.folder, "log"))
			return fmt.Errorf("postgres has ended: %s", bytes.TrimSpace(said))
		default:
		}
		if err = c.Exec("SELECT 1"); err == nil {
			return nil
		}
		time.Sleep(50 * time.Millisecond)
	}
	return fmt.Errorf("postgres does not answer: %w", err)
}

// Kill ends the server and all that works for it with SIGKILL: what a power
// cut leaves of it.
func (c *Cluster) Kill() {
	if c.cmd == nil {
		return
	}
	pid := c.cmd.Process.Pid
	c.cmd.Process.Signal(syscall.SIGSTOP) // so that it makes no more children
	await(func() bool { return strings.Contains("TtZX", state(pid)) })
	gone := children(pid)
	for _, child := range gone {
		syscall.Kill(child, syscall.SIGKILL)
	}
	// One that still ends holds the server's memory, and it would not start again.
	await(func() bool {
		return !slices.ContainsFunc(gone, func(child int) bool { return !strings.Contains("ZX", state(child)) })
	})
	c.cmd.Process.Kill()
	<-c.exited
	c.cmd = nil
}

// await asks until something is so, ten seconds at most.
func await(is func() bool) {
	for range 2000 {
		if is() {
			return
		}
		time.Sleep(5 * time.Millisecond)
	}
}

// Remove ends the server and removes its folder.
func (c *Cluster) Remove() {
	c.Kill()
	os.RemoveAll(c.folder)
}

// Promote makes a standby the primary, and returns when it is.
func (c *Cluster) Promote() error { return c.run("pg_ctl", "promote", "-D", c.data(), "-w") }

// Create makes an empty database and returns its URL.
func (c *Cluster) Create(name string) (string, error) {
	return URL(name, c), c.Exec("CREATE DATABASE " + pgx.Identifier{name}.Sanitize())
}

// Exec runs a statement in the server's own database.
func (c *Cluster) Exec(query string) error {
	ctx, stop := context.WithTimeout(context.Background(), 30*time.Second)
	defer stop()
	conn, err := pgx.Connect(ctx, URL("postgres", c))
	if err != nil {
		return err
	}
	defer conn.Close(ctx)
	_, err = conn.Exec(ctx, query)
	return err
}

// URL is where a database is to be found: on whichever of the servers is the
// primary.
func URL(database string, servers ...*Cluster) string {
	hosts := make([]string, len(servers))
	for i, s := range servers {
		hosts[i] = s.folder
	}
	q := url.Values{"host": {strings.Join(hosts, ",")}, "user": {"aiqyn"}, "sslmode": {"disable"}}
	return "postgres:///" + url.PathEscape(database) + "?" + q.Encode()
}

func (c *Cluster) data() string { return filepath.Join(c.folder, "data") }

// run runs one of PostgreSQL's programs to its end.
func (c *Cluster) run(name string, args ...string) error {
	var said bytes.Buffer
	cmd := exec.Command(program(name), args...)
	cmd.SysProcAttr, cmd.Dir = c.attributes(), c.folder
	cmd.Stdout, cmd.Stderr, cmd.WaitDelay = &said, &said, time.Second
	if err := cmd.Run(); err != nil && !errors.Is(err, exec.ErrWaitDelay) {
		return fmt.Errorf("%s: %w\n%s", name, err, bytes.TrimSpace(said.Bytes()))
	}
	return nil
}

// program finds one of PostgreSQL's, "" if there is none. Debian keeps those
// of the server out of the path.
func program(name string) string {
	if found, err := filepath.Glob("/usr/lib/postgresql/*/bin/" + name); err == nil && len(found) > 0 {
		return found[len(found)-1]
	}
	found, _ := exec.LookPath(name)
	return found
}

// account is whom root lends the server its name.
func account() (*syscall.Credential, error) {
	for _, name := range []string{"postgres", "nobody"} {
		u, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, err1 := strconv.ParseUint(u.Uid, 10, 32)
		gid, err2 := strconv.ParseUint(u.Gid, 10, 32)
		if err1 == nil && err2 == nil {
			return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}, nil
		}
	}
	return nil, errors.New("there is no account to run PostgreSQL under")
}

// stat is what is told of a process from its state on, nil if there is none.
func stat(name string) []string {
	text, err := os.ReadFile(name)
	if err != nil {
		return nil
	}
	_, after, _ := strings.Cut(string(text), ") ") // pid (name) state ppid …
	return strings.Fields(after)
}

// state is the letter of a process's state, "" if there is none.
func state(pid int) string {
	if fields := stat(fmt.Sprintf("/proc/%d/stat", pid)); len(fields) > 0 {
		return fields[0]
	}
	return ""
}

// children are the processes that a process has started.
func children(parent int) []int {
	stats, _ := filepath.Glob("/proc/[0-9]*/stat")
	var list []int
	for _, name := range stats {
		fields := stat(name)
		if len(fields) < 2 || fields[1] != strconv.Itoa(parent) {
			continue
		}
		if pid, err := strconv.Atoi(filepath.Base(filepath.Dir(name))); err == nil {
			list = append(list, pid)
		}
	}
	return list
}
