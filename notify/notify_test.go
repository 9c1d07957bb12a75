package notify

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"aiqyn"
	"aiqyn/notify/mta"
	"aiqyn/notify/smpp"
	"aiqyn/notify/sms"
	"aiqyn/notify/smsc"
	"aiqyn/retry"
)

func TestAddress(t *testing.T) {
	for typed, want := range map[string]string{
		"aigul@example.kz":                      "aigul@example.kz",
		" Aigul.Omarova@Example.KZ ":            "Aigul.Omarova@example.kz",
		"a+b@sub.example.kz":                    "a+b@sub.example.kz",
		"":                                      "",
		"aigul":                                 "",
		"aigul@localhost":                       "",
		"aigul@[127.0.0.1]":                     "",
		"Aigul <aigul@example.kz>":              "",
		"a@example.kz, b@example.kz":            "",
		"a@example.kz\r\nBcc: b@example.kz":     "",
		"a b@example.kz":                        "",
		strings.Repeat("a", 65) + "@b.kz":       "",
		"a@" + strings.Repeat("b", 260) + ".kz": "",
	} {
		if got := Address(typed); got != want {
			t.Errorf("%q: %q, want %q", typed, got, want)
		}
	}
}

func FuzzAddress(f *testing.F) {
	f.Add("aigul@example.kz")
	f.Fuzz(func(t *testing.T, typed string) {
		a := Address(typed)
		if strings.ContainsAny(a, "\r\n \t<>,") || Address(a) != a {
			t.Errorf("%q is taken for %q", typed, a)
		}
	})
}

// texter is a carrier bound to a centre of its own.
func texter(t *testing.T) (*Texter, *smsc.Center) {
	t.Helper()
	center, err := smsc.Start(smsc.Config{})
	if err != nil {
		t.Fatal(err)
	}
	quick := retry.Policy{First: time.Millisecond, Cap: 5 * time.Millisecond}
	c := smpp.NewClient(smpp.Config{SystemID: "aiqyn", Again: quick, Pause: quick, Dial: func(ctx context.Context) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, "tcp", center.Addr())
	}})
	ctx, stop := context.WithCancel(context.Background())
	ran := make(chan struct{})
	go func() { defer close(ran); c.Run(ctx) }()
	t.Cleanup(func() { stop(); <-ran; center.Close() })
	return &Texter{Client: c, From: "1414"}, center
}

func TestTexter(t *testing.T) {
	carrier, center := texter(t)
	long := strings.Repeat("ұзақ хабар ", 9)
	for _, test := range []struct {
		name   string
		letter Letter
		before func()
		ids    int
		code   string
		final  bool
	}{
		{name: "one part", letter: Letter{ID: 1, To: "+77010000001", Text: "AQ-1: жауап бар."}, ids: 1},
		{name: "two parts", letter: Letter{ID: 2, To: "+77010000002", Text: long}, ids: 2},
		{name: "three parts", letter: Letter{ID: 3, To: "+77010000003", Text: long + long}, code: TooLong, final: true},
		{name: "no such number", letter: Letter{ID: 4, To: "+77010000004", Text: "x"}, before: func() { center.Refuse("+77010000004", smpp.StatusInvalidDest) }, code: BadAddress, final: true},
		{name: "not now", letter: Letter{ID: 5, To: "+77010000005", Text: "x"}, before: func() { center.Refuse("+77010000005", smpp.StatusSystemError) }, code: Refused},
		{name: "with patience", letter: Letter{ID: 6, To: "+77010000006", Text: long, Life: 5 * time.Minute}, before: func() { center.Throttle(4) }, ids: 2},
	} {
		if test.before != nil {
			test.before()
		}
		ids, err := carrier.Carry(t.Context(), test.letter)
		if f := FailureOf(err); (f == nil) != (test.code == "") || f != nil && (f.Code != test.code || f.Final != test.final) {
			t.Errorf("%s: %v", test.name, err)
			continue
		}
		got := center.Inbox(test.letter.To)
		if test.code == "" && (len(ids) != test.ids || len(got) != 1 || got[0].Text != test.letter.Text || got[0].From != "1414") {
			t.Errorf("%s: ids %q, arrived %+v", test.name, ids, got)
		}
	}
}

// TestTexterWithoutALine: a letter that found no line has not been tried.
func TestTexterWithoutALine(t *testing.T) {
	carrier := &Texter{Client: smpp.NewClient(smpp.Config{})}
	ctx, stop := context.WithTimeout(t.Context(), time.Millisecond)
	defer stop()
	_, err := carrier.Carry(ctx, Letter{To: "+77010000001", Text: "x"})
	if f := FailureOf(err); f == nil || f.Code != NoLine || !f.Blameless {
		t.Errorf("no line: %v", err)
	}
}

func TestSenderAndValidity(t *testing.T) {
	for from, want := range map[string]smpp.Address{
		"1414": {TON: 3, Value: "1414"}, "Aiqyn": {TON: 5, Value: "Aiqyn"}, "+77010000000": {TON: 1, NPI: 1, Value: "77010000000"},
	} {
		if got := sender(from); got != want {
			t.Errorf("%s: %+v", from, got)
		}
	}
	for life, want := range map[time.Duration]string{
		0: "", 5 * time.Minute: "000000000500000R", 72*time.Hour + time.Second: "000003000001000R", 1000 * time.Hour: "000030000000000R",
	} {
		if got := validity(min(life, 720*time.Hour)); got != want {
			t.Errorf("%v: %q, want %q", life, got, want)
		}
	}
}

func TestHear(t *testing.T) {
	var a sms.Assembler
	now := time.Now()
	from := smpp.Address{TON: 1, NPI: 1, Value: "77010000001"}
	said := func(p sms.Part) smpp.PDU {
		m := smpp.Message{Source: from, Coding: byte(p.Coding), Text: p.Octets()}
		if p.Header != nil {
			m.Class = smpp.ClassHeader
		}
		return smpp.PDU{Command: smpp.DeliverSM, Message: m}
	}
	text := strings.Repeat("ИӘ ", 40)
	parts, err := sms.Split(text, 1, 5)
	if err != nil {
		t.Fatal(err)
	}
	if _, ok := Hear(&a, said(parts[1]), now); ok {
		t.Error("half a text is heard")
	}
	if h, ok := Hear(&a, said(parts[0]), now); !ok || h.From != "+77010000001" || h.Text != text || h.Receipt != nil {
		t.Errorf("heard %+v %v", h, ok)
	}
	r := smpp.Receipt{ID: "7", State: smpp.Delivered, Error: "000"}
	receipt := smpp.PDU{Command: smpp.DeliverSM, Message: smpp.Message{Class: smpp.ClassReceipt, Text: []byte(r.Text(now, now))}}
	if h, ok := Hear(&a, receipt, now); !ok || h.Receipt == nil || *h.Receipt != r {
		t.Errorf("heard %+v %v", h, ok)
	}
	r.State = smpp.Enroute
	receipt.Message.Text = []byte(r.Text(now, now))
	if _, ok := Hear(&a, receipt, now); ok {
		t.Error("a letter on its way is told as if it had ended")
	}
	if _, ok := Hear(&a, smpp.PDU{Message: smpp.Message{Class: smpp.ClassHeader, Text: []byte{200, 1}}}, now); ok {
		t.Error("what makes no sense is heard")
	}
}

func TestMailer(t *testing.T) {
	server, err := mta.Start(nil)
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	m := &Mailer{Addr: server.Addr(), From: "noreply@aiqyn.example", Security: "none"}
	letter := Letter{ID: 7, To: "aigul@example.kz", Lang: aiqyn.Kazakh, Subject: "AQ-1: өтінішіңіз\r\nBcc: all@example.kz", At: time.Now(),
		Text: "Сәлеметсіз бе!\n.бір нүкте\n" + strings.Repeat("ұзын жол ", 40)}
	if _, err := m.Carry(t.Context(), letter); err != nil {
		t.Fatal(err)
	}
	got := server.Inbox("aigul@example.kz")
	if len(got) != 1 || got[0].Text != letter.Text || got[0].Subject != "AQ-1: өтінішіңіз Bcc: all@example.kz" || got[0].From != m.From {
		t.Fatalf("arrived %+v", got)
	}
	if h := got[0].Header; h.Get("Bcc") != "" || h.Get("Message-Id") != "<letter-7@aiqyn.example>" || h.Get("Content-Language") != "kk" {
		t.Errorf("headers %v", h)
	}
	for code, want := range map[int]struct {
		code  string
		final bool
	}{450: {Refused, false}, 550: {BadAddress, true}} {
		server.Refuse("aigul@example.kz", code)
		_, err := m.Carry(t.Context(), letter)
		if f := FailureOf(err); f == nil || f.Code != want.code || f.Final != want.final {
			t.Errorf("%d: %v", code, err)
		}
	}
	if f := FailureOf(second(m.Carry(t.Context(), Letter{To: "nobody"}))); f == nil || f.Code != BadAddress || !f.Final {
		t.Errorf("no address: %v", f)
	}
	gone := &Mailer{Addr: "127.0.0.1:1", From: m.From, Security: "none"}
	if f := FailureOf(second(gone.Carry(t.Context(), letter))); f == nil || f.Code != NoLine || !f.Blameless {
		t.Errorf("no server: %v", f)
	}
}

func second(_ []string, err error) error { return err }

// TestMailIsNotOverheard: a line that should be kept from others is, or there
// is none.
func TestMailIsNotOverheard(t *testing.T) {
	keys := httptest.NewTLSServer(nil)
	defer keys.Close()
	plain, err := mta.Start(nil)
	if err != nil {
		t.Fatal(err)
	}
	defer plain.Close()
	hidden, err := mta.Start(keys.TLS)
	if err != nil {
		t.Fatal(err)
	}
	defer hidden.Close()
	letter := Letter{ID: 1, To: "aigul@example.kz", Subject: "x", Text: "x"}
	m := &Mailer{Addr: plain.Addr(), From: "a@aiqyn.example", Security: "starttls"}
	if _, err := m.Carry(t.Context(), letter); err == nil || len(plain.Inbox(letter.To)) > 0 {
		t.Error("a letter went in the clear")
	}
	m.Addr = hidden.Addr()
	if _, err := m.Carry(t.Context(), letter); err == nil {
		t.Error("a certificate of nobody's was believed")
	}
	m.TLS = keys.Client().Transport.(*http.Transport).TLSClientConfig
	if _, err := m.Carry(t.Context(), letter); err != nil || len(hidden.Inbox(letter.To)) != 1 {
		t.Errorf("over TLS: %v", err)
	}
}

func TestFailureOf(t *testing.T) {
	if FailureOf(nil) != nil {
		t.Error("no failure is one")
	}
	for err, want := range map[error]string{
		errors.New("x"): Fault, context.DeadlineExceeded: NoAnswer, &Failure{Code: Throttled}: Throttled,
	} {
		if got := FailureOf(err); got.Code != want || got.Error() == "" {
			t.Errorf("%v: %s", err, got.Code)
		}
	}
}
