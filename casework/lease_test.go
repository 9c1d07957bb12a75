package casework

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"reflect"
	"regexp"
	"slices"
	"testing"
	"time"

	"aiqyn"
	"aiqyn/deadline"
	kz "aiqyn/packs"
	"aiqyn/service"
	"aiqyn/store"
	"aiqyn/store/cluster"
)

// sharedRig is a rig among several on one database: what it takes by HTTP the
// others hand over to it.
func sharedRig(t *testing.T, name, url string, now time.Time) *rig {
	t.Helper()
	r := &rig{t: t, dir: t.TempDir(), now: now, n: 1000 * int(name[0]), url: url, files: kz.Kazakhstan()}
	var handler http.Handler
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) { handler.ServeHTTP(w, req) }))
	t.Cleanup(server.Close)
	r.opts = []rigOption{func(c *Config) {
		c.Sharing = &Sharing{Name: name, Address: server.URL, Lease: 2 * time.Second, Every: 20 * time.Millisecond}
	}}
	r.open()
	handler = r.Handover()
	t.Cleanup(r.shut)
	return r
}

func eventually(t *testing.T, what string, is func() bool) {
	t.Helper()
	for range 2000 {
		if is() {
			return
		}
		time.Sleep(5 * time.Millisecond)
	}
	t.Fatalf("never: %s", what)
}

// TestLease has three processes share a log: one decides, the others hand
// over; one that has lost the lease and writes is refused; the next goes on.
func TestLease(t *testing.T) {
	url := cluster.Database(t)
	a := sharedRig(t, "a", url, start)
	eventually(t, "the first holds the log", a.leads)
	a.seed()
	b, c := sharedRig(t, "b", url, start), sharedRig(t, "c", url, start)
	if b.leads() || c.leads() {
		t.Fatal("two hold the log")
	}

	// What comes in at b is carried out at a, and b shows it.
	filing := b.filing(holder, plot, 5)
	res := b.must(filing)
	if v := b.view(res.Ref); len(v.Events) == 0 {
		t.Error("the case is not shown where it came in")
	}
	if receipt, err := c.Receipt(t.Context(), filing.Actor, res.First); err != nil {
		t.Error(err)
	} else if _, err := c.Check(t.Context(), receipt); err != nil {
		t.Errorf("a receipt of another process: %v", err)
	}
	again, err := c.Do(t.Context(), filing)
	if err != nil || !again.Again || again.First != res.First {
		t.Errorf("sent again elsewhere: %+v, %v", again, err)
	}
	// An error comes back as it was, with its words.
	_, err = b.Do(t.Context(), b.filing(holder, plot, 5))
	if known, ok := asError(err); !ok || known.Key != "error.case-capped" || known.Args["n"] == nil || reflect.TypeOf(known.Args["n"]) != reflect.TypeOf(1) {
		t.Errorf("a refusal handed back: %v", err)
	}

	// a stands still; for c its lease has run out.
	size := a.size()
	c.setClock(start.Add(10 * time.Second))
	eventually(t, "another holds the log", c.leads)
	deposed := a.filing(holder, "99-999-002-001", 5)
	if _, err := a.do(t.Context(), deposed); !errors.Is(err, store.ErrHeadMoved) {
		t.Errorf("a process that lost its lease wrote: %v", err)
	}
	if got := a.size(); got != size {
		t.Errorf("the log grew from %d to %d by a deposed process", size, got)
	}
	eventually(t, "the deposed one knows", func() bool { return !a.leads() })
	if _, err := a.Do(t.Context(), deposed); err != nil {
		t.Errorf("handed over after all: %v", err)
	}
	if res := c.must(deposed); !res.Again {
		t.Error("it was carried out twice")
	}

	// c ends in order: nobody waits for its lease to run out.
	c.shut()
	b.setClock(start.Add(11 * time.Second))
	a.setClock(start.Add(11 * time.Second))
	b.must(b.filing(holder, "99-999-002-002", 5))
	if !a.leads() && !b.leads() {
		t.Error("nobody holds the log")
	}
	b.keepNetwork()
	if rep := b.audit(); !rep.OK {
		t.Errorf("audit: %+v", rep)
	}
}

// TestCommandsAreHandedOverWhole: every command arrives as it was sent.
func TestCommandsAreHandedOverWhole(t *testing.T) {
	source, err := os.ReadFile("commands.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range regexp.MustCompile(`(?m)^\tcase ([A-Z]\w+):$`).FindAllSubmatch(source, -1) {
		if handable[string(m[1])] == nil {
			t.Errorf("%s is a command and cannot be handed over", m[1])
		}
	}
	key := newKeyring([32]byte{1}).handover
	for name, typ := range handable {
		cmd := reflect.New(typ).Elem()
		fillAll(cmd, 1)
		data, err := encodeGob(cmd.Interface())
		if err != nil {
			t.Fatal(err)
		}
		plain, err := encodeGob(handed{name, data})
		if err != nil {
			t.Fatal(err)
		}
		got, err := openCommand(key, seal(key, plain, boundTo(nil)))
		if err != nil || !reflect.DeepEqual(got, cmd.Interface()) {
			t.Errorf("%s: %+v, %v, want %+v", name, got, err, cmd.Interface())
		}
		if _, err := (&Engine{}).commandOf(got); aiqyn.KindOf(err) == aiqyn.Internal {
			t.Errorf("%s is no command: %v", name, err)
		}
	}
}

// fillAll gives every field a value of its own.
func fillAll(v reflect.Value, n int64) {
	switch v.Kind() {
	case reflect.String:
		v.SetString("v" + string(rune('a'+n%26)))
	case reflect.Int, reflect.Int32, reflect.Int64:
		v.SetInt(n)
	case reflect.Float64:
		v.SetFloat(float64(n))
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Uint8:
		v.SetUint(uint64(n))
	case reflect.Array:
		for i := range v.Len() {
			fillAll(v.Index(i), n+int64(i))
		}
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fillAll(v.Elem(), n+1)
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		fillAll(v.Index(0), n+1)
		fillAll(v.Index(1), n+2)
	case reflect.Map:
		k, e := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
		fillAll(k, n+1)
		fillAll(e, n+2)
		v.Set(reflect.MakeMap(v.Type()))
		v.SetMapIndex(k, e)
	case reflect.Struct:
		if v.Type() == reflect.TypeFor[time.Time]() {
			v.Set(reflect.ValueOf(start.UTC().Add(time.Duration(n))))
			return
		}
		for i := range v.NumField() {
			fillAll(v.Field(i), n+int64(i))
		}
	default:
		panic(v.Kind())
	}
}

// TestHandoverIsAuthenticated: who does not have the key is told nothing and
// changes nothing, and an answer to another command is no answer.
func TestHandoverIsAuthenticated(t *testing.T) {
	r := newRig(t)
	size := r.size()
	right, wrong := newKeyring([32]byte{1}).handover, newKeyring([32]byte{2}).handover
	data, err := encodeGob(r.filing(holder, plot, 5))
	if err != nil {
		t.Fatal(err)
	}
	plain, err := encodeGob(handed{"File", data})
	if err != nil {
		t.Fatal(err)
	}
	post := func(body []byte) (int, []byte) {
		w := httptest.NewRecorder()
		r.Handover().ServeHTTP(w, httptest.NewRequest(http.MethodPost, "/handover", bytes.NewReader(body)))
		reply, _ := io.ReadAll(w.Body)
		return w.Code, reply
	}
	good := seal(right, plain, boundTo(nil))
	bent := bytes.Clone(good)
	bent[len(bent)-1] ^= 1
	for name, body := range map[string][]byte{
		"nothing": nil, "in the clear": plain, "another key": seal(wrong, plain, boundTo(nil)), "one bit": bent, "cut": good[:20],
		"an answer": seal(right, plain, boundTo(good)),
	} {
		if code, _ := post(body); code != http.StatusForbidden {
			t.Errorf("%s: %d", name, code)
		}
	}
	if r.size() != size {
		t.Fatal("the log grew")
	}
	code, reply := post(good)
	if code != http.StatusOK {
		t.Fatalf("rightly sealed: %d", code)
	}
	if bytes.Contains(reply, []byte("AQ-")) {
		t.Error("the answer is in the clear")
	}
	if res, err := openAnswer(right, reply, good); err != nil || res.Ref == "" {
		t.Errorf("%+v, %v", res, err)
	}
	if _, err := openAnswer(right, reply, bent); aiqyn.KindOf(err) != aiqyn.Unavailable {
		t.Errorf("an answer to another command: %v", err)
	}
}

func FuzzHandedCommand(f *testing.F) {
	key := newKeyring([32]byte{1}).handover
	data, _ := encodeGob(Publish{ID: "1", Files: []service.File{{Name: "a", Data: []byte("b")}}, From: deadline.Date{Year: 2026, Month: 1, Day: 1}})
	plain, _ := encodeGob(handed{"Publish", data})
	f.Add(plain)
	f.Fuzz(func(t *testing.T, plain []byte) {
		cmd, err := openCommand(key, seal(key, plain, boundTo(nil)))
		if err == nil && handable[reflect.TypeOf(cmd).Name()] == nil {
			t.Errorf("%T is handed over", cmd)
		}
	})
}

// TestQueuesAreShownByAll: a process that does not decide shows queues and lots as they
// are, also once it has decided and does no more.
func TestQueuesAreShownByAll(t *testing.T) {
	url := cluster.Database(t)
	a := sharedRig(t, "a", url, start)
	eventually(t, "the first holds the log", a.leads)
	a.gardens(2, 6)
	report := func(officer string, places int) ReportPlaces {
		return ReportPlaces{ID: a.id(), Actor: keeper(officer), Service: kindergarten, Institution: officer, Group: "kk-2023", Places: places}
	}
	for _, officer := range []string{"kg-1", "kg-2"} {
		a.must(report(officer, 1))
	}
	for i := range 3 {
		a.queueUp(i, 1, 2)
	}
	b := sharedRig(t, "b", url, start)
	shows := func(r *rig, waiting int) func() bool {
		return func() bool {
			list := r.Places(kindergarten, PlaceFilter{}, Page{})
			return len(list.Items) == 2 && list.Items[0].Waiting == waiting && list.Items[0].Free() == 1 &&
				slices.ContainsFunc(r.Queues(), func(l QueueLine) bool { return l.Service == kindergarten && l.Waiting == waiting })
		}
	}
	eventually(t, "the other shows who waits", shows(b, 3))
	a.queueUp(3, 1)
	eventually(t, "and who has come", shows(b, 4))
	if b.leads() {
		t.Fatal("two hold the log")
	}
	// The other takes the log over while it reads what it is to show, and while the first is
	// in the middle of a turn.
	read, err := b.readQueuesAndLots(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	entered, leave, over := make(chan struct{}), make(chan struct{}), make(chan error)
	go func() {
		_, err := a.send(t.Context(), &systemDealt{apart{cid: "slow", actor: aiqyn.System}, func(*turn) error {
			close(entered)
			<-leave
			return aiqyn.E(aiqyn.Conflict, "error.not-waiting")
		}})
		over <- err
	}()
	<-entered
	b.setClock(start.Add(10 * time.Second)) // a stands still; for b its lease has run out
	eventually(t, "the other holds the log", b.leads)
	b.queueUp(4, 1)
	if b.show(read); !shows(b, 5)() {
		t.Error("what was read before the log was taken over has replaced what is decided by")
	}
	eventually(t, "the first decides no more", func() bool { return !a.leads() })
	if read, err = a.readQueuesAndLots(t.Context()); err != nil {
		t.Fatal(err)
	}
	shown := make(chan struct{})
	go func() { a.show(read); close(shown) }()
	select {
	case <-shown:
		t.Error("what another has decided was shown in the middle of a turn")
	case <-time.After(10 * a.Sharing.Every):
		if !shows(a, 4)() {
			t.Error("what a turn decides by was replaced in the middle of it")
		}
	}
	close(leave)
	if err := <-over; keyOf(err) != "error.not-waiting" {
		t.Errorf("the turn ended with %v", err)
	}
	<-shown
	eventually(t, "it shows what the other has decided", shows(a, 5))
	// What was on its way when the lease was lost is refused, and does not keep the process
	// from showing what comes after.
	for range 2 {
		if _, err := a.do(t.Context(), report("kg-1", 3)); !errors.Is(err, store.ErrHeadMoved) {
			t.Errorf("a process that lost its lease wrote: %v", err)
		}
	}
	b.queueUp(5, 1)
	eventually(t, "and what it decides then", shows(a, 6))
	if rep := b.audit(); !rep.OK {
		t.Errorf("audit: %+v", rep)
	}
}
