package casework

import (
	"crypto/hmac"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"aiqyn"
	"aiqyn/notify"
	"aiqyn/store"
)

// receiver is a program of an applicant, as somebody else would write it: it
// checks the signature, knows what it has had, and keeps the rest in order.
type receiver struct {
	t      testing.TB
	mu     sync.Mutex
	secret string
	busy   int // answers with an error so many times
	now    func() time.Time
	seen   map[string]bool
	events []map[string]any
	again  int
	all    strings.Builder
}

func (p *receiver) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	defer p.mu.Unlock()
	body, _ := io.ReadAll(r.Body)
	id, stamp := r.Header.Get("Webhook-Id"), r.Header.Get("Webhook-Timestamp")
	key, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(p.secret, "whsec_"))
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte(id + "." + stamp + "." + string(body)))
	sent, ok := strings.CutPrefix(r.Header.Get("Webhook-Signature"), "v1,")
	got, err2 := base64.StdEncoding.DecodeString(sent)
	if err != nil || err2 != nil || !ok || !hmac.Equal(got, mac.Sum(nil)) {
		p.t.Errorf("signature %q does not hold", r.Header.Get("Webhook-Signature"))
	}
	if at, err := strconv.ParseInt(stamp, 10, 64); err != nil || p.now().Sub(time.Unix(at, 0)).Abs() > 5*time.Minute {
		p.t.Errorf("signed at %s", stamp)
	}
	if p.busy > 0 {
		p.busy--
		http.Error(w, "not now", http.StatusServiceUnavailable)
		return
	}
	p.all.Write(body)
	if p.seen[id] {
		p.again++
		return
	}
	p.seen[id] = true
	var ev map[string]any
	if err := json.Unmarshal(body, &ev); err != nil || r.Header.Get("Content-Type") != "application/cloudevents+json; charset=utf-8" {
		p.t.Errorf("%s: %v", body, err)
	}
	p.events = append(p.events, ev)
}

// hooked has the holder's program told, and says how.
func (r *rig) hooked() (*receiver, *Post) {
	r.t.Helper()
	p := &receiver{t: r.t, seen: map[string]bool{}, now: r.clock}
	s := httptest.NewTLSServer(p)
	r.t.Cleanup(s.Close)
	roots := x509.NewCertPool()
	roots.AddCert(s.Certificate())
	secret, err := r.SetWebhook(r.t.Context(), aiqyn.Actor{Role: aiqyn.RoleApplicant, Person: holder}, Hook{URL: "https://example.com/told"})
	if err != nil {
		r.t.Fatal(err)
	}
	p.secret = secret
	// The name is another's: the test's own line leads to the receiver.
	carrier := &toServer{Hooks: notify.Hooks{
		Clock: r.clock, TLS: &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12}, Reach: func(netip.AddrPort) bool { return true },
	}, url: s.URL}
	return p, r.post(map[notify.Channel]notify.Carrier{notify.Program: carrier, notify.SMS: new(pouch)})
}

// toServer tells a test's server what is meant for a program on the network.
type toServer struct {
	notify.Hooks
	url string
}

func (c *toServer) Carry(ctx ctx, l notify.Letter) ([]string, error) {
	if l.To != "https://example.com/told" {
		return nil, &notify.Failure{Code: notify.BadAddress, Final: true}
	}
	l.To = c.url
	return c.Hooks.Carry(ctx, l)
}

// sequences are the entries told, in the order in which they came.
func (p *receiver) sequences() (list []string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, ev := range p.events {
		list = append(list, ev["sequence"].(string))
	}
	return list
}

func (p *receiver) set(busy int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.busy = busy
}

// TestAProgramIsTold every event of its applicant's cases, in order, whatever it
// answered meanwhile, and nothing of whose they are or of anybody else's.
func TestAProgramIsTold(t *testing.T) {
	r := newRig(t)
	program, post := r.hooked()
	first := r.file(holder, plot, 50)
	r.file(stranger, "99-999-002-001", 50)
	program.set(2) // it is away for the first two tries
	r.deliver(post)
	r.must(Withdraw{ID: "withdraw-first", Actor: aiqyn.Actor{Role: aiqyn.RoleApplicant, Person: holder}, Ref: first})
	for range 8 {
		r.skip(2 * time.Minute)
		r.deliver(post)
	}
	view := r.view(first)
	got := program.sequences()
	if len(got) != len(view.Events) {
		t.Fatalf("told %d things of %d", len(got), len(view.Events))
	}
	for i, ev := range view.Events {
		told := program.events[i]
		if told["type"] != "aiqyn.case."+string(ev.Kind) || told["subject"] != string(first) || told["id"] != strconv.FormatInt(ev.Index, 10) || told["specversion"] != "1.0" || told["source"] != r.Origin {
			t.Errorf("event %d is told as %v", i, told)
		}
		if i > 0 && got[i] <= got[i-1] {
			t.Errorf("out of order: %v", got)
		}
	}
	for _, secret := range []string{string(holder), "+7700", "Айгүл", plot} {
		if strings.Contains(program.all.String(), secret) {
			t.Errorf("a program is told %q", secret)
		}
	}
	if list := r.letters(holder); len(list) == 0 || list[0].Channel == notify.Program {
		t.Errorf("what programs are told is among a person's letters: %+v", list)
	}
}

// TestAProgramThatIsGone: what it is told is given up after a day and more, shown
// to the operator without the case, and sent again under the same id.
func TestAProgramThatIsGone(t *testing.T) {
	r := newRig(t)
	program, post := r.hooked()
	r.file(holder, plot, 50)
	program.set(1000)
	for range 60 {
		r.skip(3 * time.Hour)
		r.deliver(post)
	}
	operator := aiqyn.Actor{Role: aiqyn.RoleOperator, Officer: "operator-01"}
	dead, err := r.DeadLetters(t.Context(), operator, Page{})
	if err != nil {
		t.Fatal(err)
	}
	var ids []int64
	for _, m := range dead.Items {
		if m.Channel == notify.Program {
			ids = append(ids, m.ID)
			if m.Ref != "" || m.To != "" || m.Failure != notify.Refused || m.State != store.LetterDead {
				t.Errorf("given up: %+v", m)
			}
		}
	}
	if len(ids) == 0 || len(program.events) > 0 {
		t.Fatalf("%d given up, %d told", len(ids), len(program.events))
	}
	program.set(0)
	r.must(Resend{ID: "resend", Actor: operator, Letters: ids})
	r.deliver(post)
	told := len(program.sequences())
	if told < len(ids) {
		t.Errorf("of %d sent again %d came", len(ids), told)
	}

}

// TestAProgramIsToldTwice when its answer is lost; it can tell by the id.
func TestAProgramIsToldTwice(t *testing.T) {
	r := newRig(t)
	program, post := r.hooked()
	r.file(holder, plot, 50)
	r.skip(time.Second)
	now := r.clock()
	rows, err := r.Store.ClaimLetters(t.Context(), store.LaneHooks, now, now.Add(postClaim), postAtOnce)
	if err != nil || len(rows) == 0 {
		t.Fatal(rows, err)
	}
	if _, err := post.tellPrograms(t.Context(), rows); err != nil { // and the process ends before it notes that
		t.Fatal(err)
	}
	was := len(program.sequences())
	r.skip(postClaim)
	r.deliver(post)
	if len(program.sequences()) != was || program.again != len(rows) {
		t.Errorf("told %d things, then %d more; %d again of %d", was, len(program.sequences())-was, program.again, len(rows))
	}
}

// TestAProgramIsTried: it is told something that is about no case, by the same
// way as all else, and who asks sees whether it came.
func TestAProgramIsTried(t *testing.T) {
	r := newRig(t)
	me := aiqyn.Actor{Role: aiqyn.RoleApplicant, Person: holder}
	if err := r.TryWebhook(t.Context(), me); aiqyn.KindOf(err) != aiqyn.Conflict {
		t.Errorf("without a program: %v", err)
	}
	program, post := r.hooked()
	if err := r.TryWebhook(t.Context(), me); err != nil {
		t.Fatal(err)
	}
	if err := r.TryWebhook(t.Context(), me); aiqyn.KindOf(err) != aiqyn.TooMany {
		t.Errorf("at once again: %v", err)
	}
	r.deliver(post)
	if len(program.events) != 1 || program.events[0]["type"] != "aiqyn.webhook.trial" || program.events[0]["subject"] != nil {
		t.Fatalf("told %v", program.events)
	}
	r.file(holder, plot, 50)
	r.skip(2 * time.Minute)
	r.deliver(post)
	list, err := r.Told(t.Context(), me, Page{})
	if err != nil || len(list.Items) < 3 {
		t.Fatalf("%+v, %v", list, err)
	}
	first := list.Items[len(list.Items)-1]
	if !first.Trial || first.State != store.LetterDelivered || list.Items[0].Trial || list.Items[0].Ref == "" || list.Items[0].Told == "" {
		t.Errorf("%+v", list.Items)
	}
	other, err := r.Told(t.Context(), aiqyn.Actor{Role: aiqyn.RoleApplicant, Person: stranger}, Page{})
	if err != nil || len(other.Items) != 0 {
		t.Errorf("another is shown %+v, %v", other, err)
	}
	if _, err := r.Told(t.Context(), aiqyn.Actor{Role: aiqyn.RoleOperator, Officer: "operator-01"}, Page{}); aiqyn.KindOf(err) != aiqyn.Forbidden {
		t.Errorf("an operator: %v", err)
	}
	if err := r.TryWebhook(t.Context(), me); err != nil {
		t.Errorf("after a while: %v", err)
	}
}

// TestAProgramIsToldOfDecisionsOnly if that is what was chosen.
func TestAProgramIsToldOfDecisionsOnly(t *testing.T) {
	r := newRig(t)
	program, post := r.hooked()
	me := aiqyn.Actor{Role: aiqyn.RoleApplicant, Person: holder}
	secret, err := r.SetWebhook(t.Context(), me, Hook{URL: "https://example.com/told", Events: HookDecisions})
	if err != nil {
		t.Fatal(err)
	}
	program.secret = secret
	ref := r.file(holder, plot, 50)
	r.must(Withdraw{ID: "withdraw", Actor: me, Ref: ref})
	for range 3 {
		r.skip(2 * time.Minute)
		r.deliver(post)
	}
	if len(program.events) != 1 || program.events[0]["type"] != "aiqyn.case.withdrawn" {
		t.Errorf("told %v", program.events)
	}
	if _, err := r.SetWebhook(t.Context(), me, Hook{URL: "https://example.com/told", Events: "some"}); aiqyn.KindOf(err) != aiqyn.Invalid {
		t.Errorf("events that are none: %v", err)
	}
}

// TestNobodyIsToldAnyMore once the address was taken away, not even of what waits.
func TestNobodyIsToldAnyMore(t *testing.T) {
	r := newRig(t)
	program, post := r.hooked()
	r.file(holder, plot, 50)
	applicant := aiqyn.Actor{Role: aiqyn.RoleApplicant, Person: holder}
	if url, err := r.Webhook(t.Context(), applicant); err != nil || url != (Hook{"https://example.com/told", HookAll}) {
		t.Errorf("the address is %q, %v", url, err)
	}
	if url, err := r.Webhook(t.Context(), aiqyn.Actor{Role: aiqyn.RoleApplicant, Person: stranger}); err != nil || url != (Hook{}) {
		t.Errorf("another's address is %q, %v", url, err)
	}
	if _, err := r.SetWebhook(t.Context(), applicant, Hook{}); err != nil {
		t.Fatal(err)
	}
	r.deliver(post)
	if len(program.events) > 0 {
		t.Errorf("told %v", program.events)
	}
	for _, address := range []string{"http://example.com/", "https://127.0.0.1/"} {
		if _, err := r.SetWebhook(t.Context(), applicant, Hook{URL: address}); aiqyn.KindOf(err) != aiqyn.Invalid {
			t.Errorf("%s: %v", address, err)
		}
	}
	officer := aiqyn.Actor{Role: aiqyn.RoleEngineer, Officer: "engineer-01", Body: "utility"}
	if _, err := r.SetWebhook(t.Context(), officer, Hook{URL: "https://example.com/"}); aiqyn.KindOf(err) != aiqyn.Forbidden {
		t.Errorf("an officer: %v", err)
	}
}
