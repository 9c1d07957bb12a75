package main

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"aiqyn/locale"
	"aiqyn/store/cluster"
)

func TestMain(m *testing.M) { testscript.Main(suite{m}, map[string]func(){"aiqyn": main}) }

// suite is all tests of the package, and the end of what they share.
type suite struct{ m *testing.M }

func (s suite) Run() int { return cluster.Done(s.m.Run()) }

// TestStories runs the whole program as people do; each story begins with what
// it tells. Beside testscript's own words, which come first, they know:
//
//	exits CODE COMMAND…   runs a command and demands its exit code
//	start ARGS…           runs aiqyn in the background until it says that it is ready; $ADDR is where
//	spawn ARGS…           the same, as a process of its own
//	shut                  asks it to end, as SIGTERM does, and demands that it ends well
//	get PATH              reads a page of it
//	keep NAME             keeps what was last printed as $NAME
//	sql DATABASE TEXT     changes a database behind the program's back
//
// Those of testdata/both are told on either engine: $DB is an empty database of it.
func TestStories(t *testing.T) {
	demo := smallDemo(t, walked)
	somethingWaits(t, demo)
	tell(t, "testdata", map[string]string{"DEMO": demo, "EARLIER": earlierVersion(t, "earlier"), "PREVIOUS": earlierVersion(t, "previous"), "FILED": filedWorld(t)})
	tell(t, auditorsPage(t), map[string]string{"DEMO": demo})
	onBoth(t, func(t *testing.T, url string) {
		tell(t, "testdata/both", map[string]string{"DB": url, "DEMO": demo})
	})
}

// onBoth runs a test on an empty database of each engine.
func onBoth(t *testing.T, test func(t *testing.T, url string)) {
	t.Run("SQLite", func(t *testing.T) { test(t, "sqlite:real.db") })
	t.Run("PostgreSQL", func(t *testing.T) { test(t, cluster.Database(t)) })
}

// TestStoriesOnPostgreSQL runs those of the second engine; $DATABASE, $SECOND
// and $THIRD are empty databases, $OLD and $LAST are of earlier versions.
func TestStoriesOnPostgreSQL(t *testing.T) {
	earlier, previous := earlierVersion(t, "earlier"), earlierVersion(t, "previous")
	tell(t, "testdata/postgresql", map[string]string{
		"DATABASE": cluster.Database(t), "SECOND": cluster.Database(t), "THIRD": cluster.Database(t), "EARLIER": earlier,
		"OLD": earlierOnServer(t, earlier), "PREVIOUS": previous, "LAST": earlierOnServer(t, previous),
	})
}

// tell runs the stories of a folder, with what they find in their environment.
func tell(t *testing.T, dir string, with map[string]string) {
	pack, err := filepath.Abs("../../packs/kz")
	if err != nil {
		t.Fatal(err)
	}
	docs, err := filepath.Abs("../../docs")
	if err != nil {
		t.Fatal(err)
	}
	nets := filepath.Join(os.Getenv("AIQYN_REFERENCE"), "grid", "nets")
	testscript.Run(t, testscript.Params{
		Dir: dir,
		Setup: func(env *testscript.Env) error {
			for name, value := range with {
				env.Setenv(name, value)
			}
			file := program(t)
			if file != raced(t) {
				env.Setenv("PATH", filepath.Dir(file)+string(filepath.ListSeparator)+env.Getenv("PATH"))
			}
			env.Setenv("PROGRAM", file)
			env.Setenv("PACK", pack)
			env.Setenv("DOCS", docs)
			env.Setenv("NETS", nets)
			env.Values[running{}] = new(background)
			env.Defer(func() { env.Values[running{}].(*background).end() })
			return nil
		},
		Condition: func(cond string) (bool, error) {
			var err error
			switch cond {
			case "netns":
				err = exec.Command("unshare", "--net", "--map-root-user", "true").Run()
			case "reference":
				_, err = os.Stat(nets)
			default:
				return false, fmt.Errorf("unknown condition %q", cond)
			}
			if err != nil && os.Getenv("CI") == "true" {
				t.Errorf("the condition %s does not hold here, and it must: %v", cond, err)
			}
			return err == nil, nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"exits": exits, "start": start, "spawn": spawn, "shut": shut, "get": get, "await": await, "keep": keep, "sql": statement,
		},
	})
}

// smallDemo makes a demonstration with a short past, once for all stories. While it is
// served, people meet it with a browser.
func smallDemo(t *testing.T, meet func(t *testing.T, dir, addr string)) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "demo")
	b := new(background)
	if err := b.begin("demo", "--dir", dir, "--listen", "127.0.0.1:0", "--cases", "300", "--people", "2000"); err != nil {
		t.Fatal(err)
	}
	t.Run("in a browser", func(t *testing.T) { meet(t, dir, b.addr) })
	if err := b.end(); err != nil {
		t.Fatal(err)
	}
	return dir
}

// somethingWaits holds that a demonstration begins with an owner of a substation who is
// being asked, beside another who has answered the same, and with a correction of
// readings that an overseer has not signed.
func somethingWaits(t *testing.T, dir string) {
	t.Helper()
	db, err := sql.Open("sqlite", filepath.Join(dir, "aiqyn.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for query, want := range map[string]int{
		"SELECT count(*) FROM cases WHERE service = 'energy.consent' AND step = 'answer' AND closed = 0":                                                                  1,
		"SELECT count(*) FROM cases WHERE service = 'energy.consent' AND outcome = 'granted' AND filed = (SELECT max(filed) FROM cases WHERE service = 'energy.consent')": 1,
		"SELECT count(*) FROM entry WHERE kind = 'peaks-correction-asked'":                                                                                                1,
		"SELECT count(*) FROM entry WHERE kind IN ('peaks-corrected', 'peaks-correction-declined')":                                                                       0,
	} {
		var n int
		if err := db.QueryRow(query).Scan(&n); err != nil || n != want {
			t.Errorf("%s: %d, %v; want %d", query, n, err, want)
		}
	}
}

// exits runs a command and compares its exit code.
func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits CODE COMMAND…")
	}
	err := ts.Exec(args[1], args[2:]...)
	code := 0
	var failed *exec.ExitError
	if errors.As(err, &failed) {
		code = failed.ExitCode()
	} else if err != nil {
		ts.Fatalf("%s: %v", args[1], err)
	}
	if args[0] != strconv.Itoa(code) {
		ts.Fatalf("exit code %d, want %s", code, args[0])
	}
}

type running struct{}

// background is one run of the program that goes on while others run.
type background struct {
	cancel context.CancelFunc
	done   chan int
	addr   string
	out    lines
	file   string // of the program, where it is to be a process of its own
}

var (
	isReady = regexp.MustCompile(`ready in|answers at|"msg":"serving"`)
	hasAddr = regexp.MustCompile(`127\.0\.0\.1:[0-9]+`)
)

// begin runs the program until it says that it is ready.
func (b *background) begin(args ...string) error {
	ctx, cancel := context.WithCancel(context.Background())
	b.cancel, b.done = cancel, make(chan int, 1)
	b.out.ready = make(chan struct{})
	go func() {
		if b.file != "" {
			b.done <- b.process(ctx, args)
			return
		}
		b.done <- run(ctx, args, &b.out, &b.out)
	}()
	select {
	case <-b.out.ready:
		b.addr = hasAddr.FindString(b.out.String())
		return nil
	case code := <-b.done:
		b.cancel = nil
		return fmt.Errorf("aiqyn %s ended with %d: %s", args[0], code, b.out.String())
	case <-time.After(5 * time.Minute):
		return fmt.Errorf("aiqyn %s is not ready: %s", args[0], b.out.String())
	}
}

// end asks it to stop and waits.
func (b *background) end() error {
	if b.cancel == nil {
		return nil
	}
	b.cancel()
	code := <-b.done
	b.cancel = nil
	if code != held {
		return fmt.Errorf("ended with %d: %s", code, b.out.String())
	}
	return nil
}

// lines keeps what is printed and notices when the program is ready.
type lines struct {
	mu    sync.Mutex
	text  bytes.Buffer
	ready chan struct{}
	said  bool
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.text.Write(p)
	if !l.said && isReady.Match(l.text.Bytes()) {
		l.said = true
		close(l.ready)
	}
	return len(p), nil
}

func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

func start(ts *testscript.TestScript, neg bool, args []string) {
	b := ts.Value(running{}).(*background)
	*b = background{}
	if err := b.begin(args...); (err != nil) != neg {
		ts.Fatalf("start: %v", err)
	}
	ts.Setenv("ADDR", b.addr)
}

// spawn starts what computes much before it serves: that is not concurrent, and under the
// race detector it takes minutes.
func spawn(ts *testscript.TestScript, neg bool, args []string) {
	b := ts.Value(running{}).(*background)
	*b = background{file: ts.Getenv("PROGRAM")}
	if err := b.begin(args...); (err != nil) != neg {
		ts.Fatalf("spawn: %v", err)
	}
	ts.Setenv("ADDR", b.addr)
}

func keep(ts *testscript.TestScript, _ bool, args []string) {
	ts.Setenv(args[0], strings.TrimSpace(ts.ReadFile("stdout")))
}

func shut(ts *testscript.TestScript, _ bool, _ []string) {
	ts.Check(ts.Value(running{}).(*background).end())
}

func statement(ts *testscript.TestScript, _ bool, args []string) {
	url := args[0]
	if file, ok := strings.CutPrefix(url, "sqlite:"); ok {
		url = "sqlite:" + ts.MkAbs(file)
	}
	db, err := behind(url)
	ts.Check(err)
	defer db.Close()
	done, err := db.Exec(args[1])
	ts.Check(err)
	if n, err := done.RowsAffected(); err != nil || n == 0 {
		ts.Fatalf("%s: nothing was changed, %v", args[1], err)
	}
}

// behind opens a database as somebody with its file or password could.
func behind(url string) (*sql.DB, error) {
	if file, ok := strings.CutPrefix(url, "sqlite:"); ok {
		return sql.Open("sqlite", file)
	}
	return sql.Open("pgx", url)
}

func get(ts *testscript.TestScript, neg bool, args []string) {
	res, err := http.Get("http://" + ts.Getenv("ADDR") + args[0])
	ts.Check(err)
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	ts.Check(err)
	if (res.StatusCode != http.StatusOK) != neg {
		ts.Fatalf("%s: %s", args[0], res.Status)
	}
	fmt.Fprintf(ts.Stdout(), "%s", body)
}

// await gets a page again until it says something: what a job makes is there a
// while after the server is.
func await(ts *testscript.TestScript, _ bool, args []string) {
	want := regexp.MustCompile(args[1])
	for end := time.Now().Add(2 * time.Minute); time.Now().Before(end); time.Sleep(100 * time.Millisecond) {
		res, err := http.Get("http://" + ts.Getenv("ADDR") + args[0])
		ts.Check(err)
		body, err := io.ReadAll(res.Body)
		res.Body.Close()
		ts.Check(err)
		if res.StatusCode == http.StatusOK && want.Match(body) {
			fmt.Fprintf(ts.Stdout(), "%s", body)
			return
		}
	}
	ts.Fatalf("%s never says %q", args[0], args[1])
}

// TestHelp holds that every command explains itself, in its own words.
func TestHelp(t *testing.T) {
	for _, c := range commands {
		var out, errs bytes.Buffer
		if code := run(t.Context(), []string{"help", c.name}, &out, &errs); code != held {
			t.Errorf("help %s: exit code %d, %s", c.name, code, errs.String())
		}
		if text := out.String() + errs.String(); !strings.Contains(text, "usage: aiqyn "+c.name) {
			t.Errorf("help %s says %q", c.name, text)
		}
	}
}

// TestEveryKeyHasAText holds that nothing is printed that has no text.
func TestEveryKeyHasAText(t *testing.T) {
	texts, err := locale.Load()
	if err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	keys := regexp.MustCompile(`"((?:error|command|verify|recompute|burden)\.[a-z.-]+)"`)
	found := 0
	for _, file := range files {
		source, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range keys.FindAllSubmatch(source, -1) {
			found++
			if !texts.Has(string(m[1])) {
				t.Errorf("%s: no text for %s", file, m[1])
			}
		}
	}
	if found < 40 {
		t.Errorf("only %d keys", found)
	}
}
