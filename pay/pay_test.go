package pay_test

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"aiqyn/pay"
	"aiqyn/pay/practice"
	"aiqyn/webhook"
)

var noon = time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)

func newBank(t testing.TB, now func() time.Time) *practice.Bank {
	t.Helper()
	b, err := practice.Open(practice.Config{Seed: [32]byte{1}, Now: now, File: t.TempDir() + "/bank.json"})
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func order(key string) pay.Order {
	return pay.Order{Key: key, Amount: 2_500_000, Currency: pay.Tenge, Title: "x", Lang: "kk", Return: "/kk/cases/AQ-1", Expires: noon.Add(time.Hour)}
}

// TestAnOrderIsTakenOnce plays an order from its making to its refund, each
// thing said twice.
func TestAnOrderIsTakenOnce(t *testing.T) {
	now := noon
	bank := newBank(t, func() time.Time { return now })
	p := bank.Provider("Practice bank")
	ctx := t.Context()
	page, err := p.Make(ctx, order("AQ-1-1"))
	if err != nil {
		t.Fatal(err)
	}
	again, err := p.Make(ctx, order("AQ-1-1"))
	if err != nil || again != page {
		t.Errorf("asked again: %q, %v", again, err)
	}
	if s, err := p.Find(ctx, "AQ-1-1"); s != nil || err != nil {
		t.Errorf("an open order: %v, %v", s, err)
	}
	if _, err := p.Refund(ctx, pay.Refund{Order: "AQ-1-1", Amount: 2_500_000, Currency: pay.Tenge}); err == nil {
		t.Error("what was not paid is given back")
	}
	id := page[strings.LastIndex(page, "/")+1:]
	back, err := bank.Press(ctx, id, true)
	if err != nil || back != "/kk/cases/AQ-1" {
		t.Errorf("sent back to %q, %v", back, err)
	}
	for range 2 {
		s, err := p.Find(ctx, "AQ-1-1")
		if err != nil || s == nil {
			t.Fatalf("a paid order: %v, %v", s, err)
		}
		n, err := s.Open(p.Key())
		if err != nil || n.Type != pay.Paid || n.Amount != 2_500_000 || n.Currency != pay.Tenge || !n.At.Equal(noon) {
			t.Errorf("its notice: %+v, %v", n, err)
		}
		s, err = p.Refund(ctx, pay.Refund{Order: "AQ-1-1", Amount: 2_500_000, Currency: pay.Tenge})
		if err != nil || s == nil {
			t.Fatalf("its refund: %v, %v", s, err)
		}
		if n, err := s.Open(p.Key()); err != nil || n.Type != pay.Refunded || n.Amount != 2_500_000 {
			t.Errorf("notice of the refund: %+v, %v", n, err)
		}
	}
	if _, err := p.Find(ctx, "AQ-9-1"); !errors.Is(err, pay.ErrUnknown) {
		t.Errorf("an order that nobody made: %v", err)
	}
	bank.SetDown(true)
	if _, err := p.Find(ctx, "AQ-1-1"); !errors.Is(err, pay.ErrAway) {
		t.Errorf("a closed bank: %v", err)
	}
}

// TestABankRemembers: what was ordered before a restart is there after it, and
// what was not paid in time is over.
func TestABankRemembers(t *testing.T) {
	file, now := t.TempDir()+"/bank.json", noon
	open := func() *practice.Bank {
		b, err := practice.Open(practice.Config{Seed: [32]byte{1}, Now: func() time.Time { return now }, File: file})
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	if _, err := open().Provider("x").Make(t.Context(), order("AQ-1-1")); err != nil {
		t.Fatal(err)
	}
	now = noon.Add(time.Hour)
	p := open().Provider("x")
	s, err := p.Find(t.Context(), "AQ-1-1")
	if err != nil || s == nil {
		t.Fatalf("after the restart: %v, %v", s, err)
	}
	if n, err := s.Open(p.Key()); err != nil || n.Type != pay.Expired || n.Amount != 0 {
		t.Errorf("an order not paid in time: %+v, %v", n, err)
	}
}

// TestForgedNotices: a notice counts only as the provider has signed it.
func TestForgedNotices(t *testing.T) {
	bank := newBank(t, func() time.Time { return noon })
	key := bank.Provider("x").Key()
	good := bank.Sign(pay.Notice{Type: pay.Paid, Order: "AQ-1-1", Amount: 100, Currency: pay.Tenge, At: noon})
	if _, err := good.Open(key); err != nil {
		t.Fatal(err)
	}
	thief := ed25519.NewKeyFromSeed(bytes.Repeat([]byte{9}, 32))
	resign := func(s pay.Signed) pay.Signed {
		s.Signature = webhook.Message{ID: s.ID, Timestamp: s.Timestamp, Body: s.Body}.SignWith(thief)
		return s
	}
	bad := map[string]func(*pay.Signed){
		"another amount":    func(s *pay.Signed) { s.Body = bytes.Replace(s.Body, []byte("100"), []byte("900"), 1) },
		"another order":     func(s *pay.Signed) { s.Body = bytes.Replace(s.Body, []byte("AQ-1-1"), []byte("AQ-2-1"), 1) },
		"another key":       func(s *pay.Signed) { *s = resign(*s) },
		"no signature":      func(s *pay.Signed) { s.Signature = "" },
		"another time":      func(s *pay.Signed) { s.Timestamp = "1" },
		"a time of letters": func(s *pay.Signed) { s.Timestamp = "now" },
		"another id":        func(s *pay.Signed) { s.ID = "x" },
		"a huge body":       func(s *pay.Signed) { s.Body = append(s.Body, bytes.Repeat([]byte(" "), pay.MaxBody)...) },
	}
	for name, forge := range bad {
		s := good
		s.Body = bytes.Clone(good.Body)
		forge(&s)
		if _, err := s.Open(key); !errors.Is(err, pay.ErrForged) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := good.Open("whpk_"); err == nil {
		t.Error("no key at all opens it")
	}
}

// TestStrictNotices: what may mean something that we would not do is refused.
func TestStrictNotices(t *testing.T) {
	const fine = `{"type":"payment.paid","order":"AQ-1-1","amount":1,"currency":"KZT","at":"2026-06-01T12:00:00Z"}`
	parse := func(body string) error {
		_, err := pay.Signed{ID: "n", Timestamp: "1", Body: []byte(body)}.Parse()
		return err
	}
	if err := parse(fine); err != nil {
		t.Fatal(err)
	}
	for _, body := range []string{
		"", "null", "[]", fine + "{}", strings.Replace(fine, "}", `,"amount":2}`, 1), strings.Replace(fine, "}", `,"Amount":2}`, 1), strings.Replace(fine, "}", `,"express":true}`, 1),
		strings.Replace(fine, ":1,", ":0,", 1), strings.Replace(fine, ":1,", ":-1,", 1), strings.Replace(fine, ":1,", ":1.5,", 1), strings.Replace(fine, ":1,", ":9007199254740992,", 1),
		strings.Replace(fine, "payment.paid", "payment.declined", 1), strings.Replace(fine, "payment.paid", "paid", 1), strings.Replace(fine, "KZT", "tenge", 1),
		strings.Replace(fine, "AQ-1-1", "../AQ", 1), strings.Replace(fine, "2026-", "0026-", 1),
		strings.Replace(fine, "2026-06-01T12:00:00Z", "9999-12-31T23:59:59-01:00", 1),
	} {
		if err := parse(body); !errors.Is(err, pay.ErrForged) {
			t.Errorf("%s: %v", body, err)
		}
	}
}

// TestTheClientTrustsNobody: a provider that answers nonsense, names pages
// elsewhere or hands over another order's notice is as good as away.
func TestTheClientTrustsNobody(t *testing.T) {
	bank := newBank(t, func() time.Time { return noon })
	reply, status := "", http.StatusOK
	asked := ""
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked = r.Header.Get("Authorization")
		w.Header().Set("Location", "https://elsewhere.example/")
		w.WriteHeader(status)
		fmt.Fprint(w, reply)
	}))
	defer s.Close()
	p := pay.New(pay.Config{Title: "x", API: s.URL, Token: "0123456789abcdef", PublicKey: bank.Provider("x").Key(), People: "https://pay.example.kz", Site: "https://example.kz"}, nil)
	for _, page := range []string{"", "https://evil.example/", "https://pay.example.kz.evil.example/", "https://pay.example.kz//x", "javascript:alert(1)", `https://pay.example.kz/\x`} {
		reply = fmt.Sprintf(`{"page":%q}`, page)
		if got, err := p.Make(t.Context(), order("AQ-1-1")); err == nil {
			t.Errorf("sent to %q", got)
		}
	}
	reply = `{"page":"https://pay.example.kz/p/1"}`
	if got, err := p.Make(t.Context(), order("AQ-1-1")); err != nil || got != "https://pay.example.kz/p/1" || asked != "Bearer 0123456789abcdef" {
		t.Errorf("sent to %q, %v, known by %q", got, err, asked)
	}
	other, err := json.Marshal(map[string]any{"notice": bank.Sign(pay.Notice{Type: pay.Paid, Order: "AQ-2-1", Amount: 1, Currency: pay.Tenge, At: noon})})
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{string(other), "{}", `{"open":true,"notice":{}}`, "<html>", strings.Repeat(" ", 100_000), `{"open":true}{"open":true}`} {
		reply = text
		if got, err := p.Find(t.Context(), "AQ-1-1"); err == nil {
			t.Errorf("%.40s is taken: %v", text, got)
		}
	}
	old := earlierBank(t).Sign(pay.Notice{Type: pay.Paid, Order: "AQ-1-1", Amount: 1, Currency: pay.Tenge, At: noon})
	text, err := json.Marshal(map[string]any{"notice": old})
	if err != nil {
		t.Fatal(err)
	}
	reply = string(text)
	if got, err := p.Find(t.Context(), "AQ-1-1"); err != nil || got == nil || got.Hash() != old.Hash() {
		t.Errorf("what the provider's earlier key has signed is thrown away: %v, %v", got, err)
	}
	reply = ""
	for want, list := range map[error][]int{pay.ErrRefused: {301, 307, 400, 401, 409, 500}, pay.ErrAway: {429, 502, 503, 504}, pay.ErrUnknown: {404}} {
		for _, status = range list {
			if _, err := p.Find(t.Context(), "AQ-1-1"); !errors.Is(err, want) {
				t.Errorf("status %d: %v", status, err)
			}
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := p.Find(ctx, "AQ-1-1"); !errors.Is(err, pay.ErrAway) {
		t.Errorf("gone: %v", err)
	}
}

// earlierBank is one with another key.
func earlierBank(t *testing.T) *practice.Bank {
	t.Helper()
	b, err := practice.Open(practice.Config{Seed: [32]byte{2}, Now: func() time.Time { return noon }})
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func earlierKey(t *testing.T) string { t.Helper(); return earlierBank(t).Provider("x").Key() }

// TestReadConfig: the file of serve --pay is read strictly, and its token shows
// nowhere.
func TestReadConfig(t *testing.T) {
	key := newBank(t, func() time.Time { return noon }).Provider("x").Key()
	fine := `{"name":"Bank","api":"https://pay.example.kz/v1","token":"s3cr3t-s3cr3t-s3cr3t","key":"` + key + `","pages":"https://pay.example.kz","site":"https://example.kz"}`
	c, err := pay.ReadConfig(strings.NewReader(fine))
	if err != nil {
		t.Fatal(err)
	}
	other := strings.Replace(fine, key, earlierKey(t), 1)
	with := func(former ...string) string {
		return strings.TrimSuffix(fine, "}") + `,"former":[` + strings.Join(former, ",") + `]}`
	}
	if c, err := pay.ReadConfig(strings.NewReader(with(other))); err != nil || len(c.Former) != 1 || c.Former[0].PublicKey == c.PublicKey {
		t.Errorf("with a former one: %+v, %v", c, err)
	}
	for _, bad := range []string{with(fine), with(other, other), with(strings.TrimSuffix(other, "}") + `,"former":[]}`), with(strings.Replace(other, "https", "http", 1)), with("{}")} {
		if _, err := pay.ReadConfig(strings.NewReader(bad)); err == nil {
			t.Errorf("%s is taken", bad)
		}
	}
	var log bytes.Buffer
	slog.New(slog.NewJSONHandler(&log, nil)).Info("x", "config", c, "token", c.Token)
	for _, text := range []string{log.String(), fmt.Sprintf("%v %+v %#v %s", c, c, c, c.Token)} {
		if strings.Contains(text, "s3cr3t") {
			t.Errorf("the token shows: %s", text)
		}
	}
	for was, bad := range map[string]string{
		`"https://pay.example.kz/v1"`: `"http://pay.example.kz/v1"`, `"site":"https://example.kz"`: `"site":"https://example.kz/"`,
		`"pages":"https://pay.example.kz"`: `"pages":"https://pay.example.kz; script-src *"`, key: "whsec_AAAA", "s3cr3t-s3cr3t-s3cr3t": "short", `"name"`: `"nome"`,
		`"name":"Bank"`: `"name":""`, `"site"`: `"name":"x","site"`,
	} {
		_, err := pay.ReadConfig(strings.NewReader(strings.Replace(fine, was, bad, 1)))
		if err == nil {
			t.Errorf("%s is taken", bad)
		} else if strings.Contains(err.Error(), "s3cr3t") {
			t.Errorf("the token shows: %v", err)
		}
	}
}

// FuzzNotice: whatever a provider sends, it is a notice within its bounds or
// [pay.ErrForged], and none opens that was not signed.
func FuzzNotice(f *testing.F) {
	bank := newBank(f, func() time.Time { return noon })
	key := bank.Provider("x").Key()
	for _, typ := range []pay.Type{pay.Paid, pay.Refunded} {
		s := bank.Sign(pay.Notice{Type: typ, Order: "AQ-1-1", Amount: 100, Currency: pay.Tenge, At: noon, Receipt: "№ 7"})
		f.Add(s.Body, s.ID, s.Timestamp, s.Signature)
	}
	f.Add([]byte(`{"type":"payment.paid","type":"payment.declined"}`), "n", "1", "v1a,AA==")
	f.Fuzz(func(t *testing.T, body []byte, id, stamp, signature string) {
		s := pay.Signed{Body: body, ID: id, Signature: signature, Timestamp: stamp}
		n, err := s.Parse()
		if err != nil {
			if !errors.Is(err, pay.ErrForged) {
				t.Fatalf("%v is no refusal", err)
			}
			return
		}
		if !pay.IsKey(n.Order) || n.Amount < 0 || len(n.Currency) != 3 || len(n.Receipt) > 100 {
			t.Fatalf("out of bounds: %+v", n)
		}
		if opened, err := s.Open(key); err == nil && opened != n {
			t.Fatalf("opened as %+v, parsed as %+v", opened, n)
		}
	})
}
