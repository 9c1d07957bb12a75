package main

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"aiqyn"
	"aiqyn/casework"
	"aiqyn/registry"
	"aiqyn/store"
	"aiqyn/store/cluster"
)

// TestAnApplicationCrossesServers runs two logs as a country would: two servers that
// share nothing, each with a database, keys and a witness of its own, each on its own
// PostgreSQL where there is one. A person applies at the one for plots that the other
// carries, and either is killed -9 while applications are on their way: each is taken on
// once, with the proof of the other side on both, and both audits hold, by the keys and
// witnesses of the other as well.
func TestAnApplicationCrossesServers(t *testing.T) {
	t.Run("files", func(t *testing.T) { crossServers(t, false) })
	t.Run("PostgreSQL", func(t *testing.T) {
		cluster.Database(t) // skips without it
		crossServers(t, true)
	})
}

const southDistrict = "111800000"

func crossServers(t *testing.T, onServer bool) {
	north, south := newSide(t, "north", onServer), newSide(t, "south", onServer)
	north.raced, south.raced = !onServer, onServer // the one or the other
	pack := twoLogPack(t)
	for _, s := range []*side{north, south} {
		other := map[*side]*side{north: south, south: north}[s]
		s.pack, s.shards = pack, filepath.Join(s.dir, "shards")
		s.write("shards", fmt.Sprintf("%s %s http://%s\n", other.keys.verifier, other.policy, other.handover))
		s.start("--init")
		s.end()
		s.people()
	}
	for _, s := range []*side{north, south} {
		s.start()
	}
	var refs []aiqyn.Reference
	refs = append(refs, north.files("01-297-003-001"))
	north.server.kill() // whatever it had told by then
	refs = append(refs, func() aiqyn.Reference { north.start(); south.server.kill(); return north.files("01-297-003-002") }())
	north.server.kill()
	south.start()
	north.start()
	refs = append(refs, north.files("01-297-003-003"))
	time.Sleep(time.Second) // some are on their way, it does not matter which
	south.server.kill()
	south.start()
	var there []aiqyn.Reference
	for _, ref := range refs {
		c := north.until(ref, func(c *crossed) bool { return c.Sent.Ref != "" })
		if c.Outcome != aiqyn.SentOn || c.Sent.To != south.keys.origin {
			t.Errorf("%s in the north: %+v", ref, c)
		}
		at := south.until(c.Sent.Ref, func(*crossed) bool { return true })
		if at.Came.Ref != ref || at.Came.From != north.keys.origin || at.Filed != c.Filed || at.Outcome != "" {
			t.Errorf("%s in the south: %+v, filed %s, not %s", ref, at, at.Filed, c.Filed)
		}
		there = append(there, c.Sent.Ref)
	}
	for _, s := range []*side{north, south} {
		s.proves(map[*side][]aiqyn.Reference{north: refs, south: there}[s])
		s.end()
	}
	north.audited(len(refs))
	south.audited(len(refs))
}

// crossed is what a program is told of a case of two logs.
type crossed struct {
	Outcome aiqyn.Outcome `json:"outcome"`
	Filed   string        `json:"filed"`
	Sent    struct {
		To  string          `json:"to"`
		Ref aiqyn.Reference `json:"ref"`
	} `json:"sent"`
	Came struct {
		From string          `json:"from"`
		Ref  aiqyn.Reference `json:"ref"`
	} `json:"came"`
}

// side is one log with all that it runs on.
type side struct {
	t                                           *testing.T
	name, dir, url, policy, shards, pack, token string
	handover                                    string
	keys                                        *logKeys
	server                                      *process
	raced                                       bool // its servers are
}

func newSide(t *testing.T, name string, onServer bool) *side {
	t.Helper()
	s := &side{t: t, name: name, dir: t.TempDir(), handover: freeAddress(t)}
	s.url = "sqlite:" + filepath.Join(s.dir, "aiqyn.db")
	if onServer {
		c, err := cluster.Start("fsync=off")
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(c.Remove)
		if _, err := c.Create("aiqyn"); err != nil {
			t.Fatal(err)
		}
		s.url = cluster.URL("aiqyn", c)
	}
	var err error
	if s.keys, err = makeKeys(filepath.Join(s.dir, "keys"), name+".example/log"); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(s.dir, "witness.key")
	var vkey, errs bytes.Buffer
	if run(t.Context(), []string{"witness", "--key", file, "--init", "witness.example/" + name}, &vkey, &errs) != held {
		t.Fatal(errs.String())
	}
	w := startWitness(t, file, s.keys.verifier, "127.0.0.1:0")
	s.policy = s.write("policy", fmt.Sprintf("witness w %s http://%s/\nquorum w\n", strings.TrimSpace(vkey.String()), w.addr))
	s.write("pair.json", `{"bodies":[{"body":"audit","links":1000,"tip":"`+strings.Repeat("1", 64)+`"},{"body":"bar","links":1000,"tip":"`+
		strings.Repeat("2", 64)+`"}],"genesis":"2026-12-01T00:00:00Z","period":"10m"}`)
	return s
}

func (s *side) write(name, text string) string {
	s.t.Helper()
	file := filepath.Join(s.dir, name)
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		s.t.Fatal(err)
	}
	return file
}

// freeAddress is one that nobody listens at, and that no connection is given for its own
// end while the server that listens there is dead: those are given from 32768 on.
func freeAddress(t *testing.T) string {
	t.Helper()
	for range 100 {
		l, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", 20000+rand.IntN(12000)))
		if err == nil {
			defer l.Close()
			return l.Addr().String()
		}
	}
	t.Fatal("no address is free")
	return ""
}

// twoLogPack is the country's pack, which two logs carry.
func twoLogPack(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS("../../packs/kz")); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(dir, "pack.yaml")
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	with := bytes.Replace(data, []byte("  logs: []\n"), []byte(`  logs:
    - {log: south.example/log, title: {kk: Оңтүстік, ru: Юг, en: The South}, places: ["`+southDistrict+`"], site: "https://south.example"}
`), 1)
	if bytes.Equal(with, data) {
		t.Fatal("the pack does not say that one log carries all")
	}
	if err := os.WriteFile(file, with, 0o600); err != nil {
		t.Fatal(err)
	}
	return dir
}

// start starts the server, as a process of its own.
func (s *side) start(more ...string) {
	s.t.Helper()
	exe := program(s.t)
	if s.raced {
		exe = raced(s.t)
	}
	args := []string{"serve", "--db", s.url, "--pack", s.pack, "--keys", filepath.Join(s.dir, "keys"), "--policy", s.policy, "--shards", s.shards,
		"--beacon", filepath.Join(s.dir, "pair.json"), "--rounds", s.dir, "--listen", "127.0.0.1:0", "--handover", s.handover}
	if store.OnServer(s.url) {
		args = append(args, "--without-standby")
	}
	cmd := exec.Command(exe, append(args, more...)...)
	cmd.Args[0] = "aiqyn" // by this name the test's own file is the program
	var out lines
	out.ready = make(chan struct{})
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Start(); err != nil {
		s.t.Fatal(err)
	}
	p := &process{cmd: cmd}
	s.server = p
	s.t.Cleanup(func() {
		p.kill()
		noRace(s.t, "the "+s.name, out.String())
		if s.t.Failed() {
			s.t.Logf("the %s said\n%s", s.name, out.String())
		}
	})
	select {
	case <-out.ready:
	case <-time.After(time.Minute):
		s.t.Fatalf("a server did not begin: %s", out.String())
	}
	for line := range strings.Lines(out.String()) {
		if strings.Contains(line, `"msg":"serving"`) {
			p.addr = hasAddr.FindString(line)
		}
	}
}

// end has the server end in order.
func (s *side) end() {
	s.t.Helper()
	if s.server.dead.Swap(true) {
		return
	}
	s.server.cmd.Process.Signal(syscall.SIGTERM)
	if err := s.server.cmd.Wait(); err != nil {
		s.t.Errorf("the %s ended with %v", s.name, err)
	}
}

// people enters what registers know, who may be drawn, and one person who signs in.
func (s *side) people() {
	s.t.Helper()
	ctx := s.t.Context()
	db, err := store.Open(ctx, s.url, store.Options{})
	if err != nil {
		s.t.Fatal(err)
	}
	files, err := readPack(s.pack)
	if err != nil {
		s.t.Fatal(err)
	}
	log := slog.New(slog.DiscardHandler)
	source, err := openBeacon(ctx, filepath.Join(s.dir, "pair.json"), s.dir, log)
	if err != nil {
		s.t.Fatal(err)
	}
	o, err := wiring{db: db, freely: true, past: true, keys: s.keys, pack: files, registers: registry.NewLocal(db), beacon: source, clock: time.Now, log: log}.open(ctx)
	if err != nil {
		s.t.Fatal(err)
	}
	defer o.Close()
	w := benchWorld{office: o}
	for _, role := range []aiqyn.Role{aiqyn.RoleSurveyor, aiqyn.RoleEngineer} {
		roster := casework.Roster{ID: benchCommand(), Actor: aiqyn.Actor{Role: aiqyn.RoleRegistrar, Officer: "registrar-01"}, Role: role, Body: "water-utility"}
		for i := range 3 {
			roster.Officers = append(roster.Officers, aiqyn.OfficerID(fmt.Sprintf("%s-%02d", role, i)))
		}
		if _, err := o.Do(ctx, roster); err != nil {
			s.t.Fatal(err)
		}
	}
	const person, phone = aiqyn.PersonID("900101300009"), "+77011234567"
	s.enters(db, registry.PeopleRegister, string(person), registry.Person{IIN: person, Name: registry.Name{Last: "Омарова", First: "Айгүл"}, Phone: phone, Lang: "kk"})
	for i := range 3 {
		parcel := fmt.Sprintf("01-297-003-%03d", i+1)
		s.enters(db, registry.ParcelRegister, parcel, registry.Parcel{Number: parcel, Area: 600, Region: "110000000", District: southDistrict, Lat: 51.1, Lon: 71.4})
		s.enters(db, registry.RightRegister, parcel, registry.Right{Parcel: parcel, Holders: []registry.Holder{{Person: person, Share: "1/1"}}})
	}
	account := casework.Account{Actor: aiqyn.Actor{Role: aiqyn.RoleApplicant, Person: person}, Name: "Омарова Айгүл", Phone: phone, Lang: aiqyn.Kazakh, Roles: []aiqyn.Role{aiqyn.RoleApplicant}}
	token, err := w.enter(ctx, account)
	if err == nil {
		s.token, err = proves(ctx, &w, token, phone)
	}
	if err != nil {
		s.t.Fatal(err)
	}
}

// proves gives a session its second proof, and returns its new token.
func proves(ctx context.Context, w *benchWorld, token, phone string) (string, error) {
	time.Sleep(1100 * time.Millisecond) // a number gets a code each second
	attempt, err := w.SendProof(ctx, token, aiqyn.Kazakh)
	if err != nil {
		return "", err
	}
	sent, err := w.Messages(ctx, phone, 1)
	if err != nil || len(sent) == 0 {
		return "", fmt.Errorf("no code was sent: %w", err)
	}
	token, _, err = w.Prove(ctx, token, attempt, fmt.Sprint(sent[0].Args["code"]))
	return token, err
}

func (s *side) enters(db *store.DB, register, key string, doc any) {
	s.t.Helper()
	value, err := registry.Canonical(doc)
	if err == nil {
		err = db.PutRegisterRows(s.t.Context(), []store.RegisterDoc{{Register: register, Key: key, Value: value, Version: "1", At: time.Now()}})
	}
	if err != nil {
		s.t.Fatal(err)
	}
}
