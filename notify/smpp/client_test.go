package smpp_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"aiqyn/notify/smpp"
	"aiqyn/notify/sms"
	"aiqyn/notify/smsc"
	"aiqyn/retry"
)

// line is a client and the centre that it is bound to.
type line struct {
	*smpp.Client
	center *smsc.Center
	heard  chan smpp.PDU
}

// soon is how patient tests are with what must happen at once: long, for a
// machine may be busy, and never waited out.
const soon = 30 * time.Second

var quick = retry.Policy{First: time.Millisecond, Cap: 10 * time.Millisecond}

func newLine(t *testing.T, centre smsc.Config, change ...func(*smpp.Config)) *line {
	t.Helper()
	center, err := smsc.Start(centre)
	if err != nil {
		t.Fatal(err)
	}
	l := &line{center: center, heard: make(chan smpp.PDU, 1000)}
	c := smpp.Config{
		SystemID: "aiqyn", Password: "secret", Timeout: soon, Again: quick, Pause: quick, Dial: dial(center.Addr()),
		Receive: func(_ context.Context, p smpp.PDU) error { l.heard <- p; return nil },
	}
	for _, f := range change {
		f(&c)
	}
	l.Client = smpp.NewClient(c)
	ctx, stop := context.WithCancel(context.Background())
	ran := make(chan struct{})
	go func() { defer close(ran); l.Run(ctx) }()
	t.Cleanup(func() {
		stop()
		<-ran
		if err := center.Close(); err != nil {
			t.Error(err)
		}
	})
	return l
}

func dial(addr string) func(context.Context) (net.Conn, error) {
	return func(ctx context.Context) (net.Conn, error) { return new(net.Dialer).DialContext(ctx, "tcp", addr) }
}

// submit sends a text to a number of Kazakhstan.
func (l *line) submit(ctx context.Context, number, text string) (string, error) {
	parts, err := sms.Split(text, 1, 5)
	if err != nil {
		return "", err
	}
	var id string
	for _, p := range parts {
		m := smpp.Message{Source: smpp.Address{TON: 5, Value: "Aiqyn"}, Dest: smpp.Address{TON: 1, NPI: 1, Value: strings.TrimPrefix(number, "+")},
			Coding: byte(p.Coding), Text: p.Octets(), Receipt: smpp.WantReceipt}
		if p.Header != nil {
			m.Class = smpp.ClassHeader
		}
		if id, err = l.Submit(ctx, m); err != nil {
			return id, err
		}
	}
	return id, nil
}

func (l *line) next(t *testing.T) smpp.PDU {
	t.Helper()
	select {
	case p := <-l.heard:
		return p
	case <-time.After(soon):
		t.Fatal("nothing is heard")
		return smpp.PDU{}
	}
}

func TestMessagesArriveWhole(t *testing.T) {
	l := newLine(t, smsc.Config{Accounts: map[string]string{"aiqyn": "secret"}})
	for i, text := range []string{
		"AQ-1: your application was granted. [see page]",
		"AQ-1: өтінішіңіз қанағаттандырылды.",
		strings.Repeat("Ұзақ хабар 😀 ", 20),
		strings.Repeat("a {long} one ", 30),
	} {
		number := fmt.Sprintf("+7701000000%d", i)
		id, err := l.submit(t.Context(), number, text)
		if err != nil || id == "" {
			t.Fatalf("%q: id %q: %v", text, id, err)
		}
		got := l.center.Inbox(number)
		if len(got) != 1 || got[0].Text != text || got[0].From != "Aiqyn" || got[0].Parts != sms.Parts(text) {
			t.Errorf("%q arrived as %+v", text, got)
		}
	}
}

func TestReceiptsMatchTheirMessages(t *testing.T) {
	l := newLine(t, smsc.Config{Ends: func(to string) smpp.State {
		if to == "+77010000002" {
			return smpp.Undeliverable
		}
		return 0
	}})
	want := map[string]smpp.State{}
	for number, state := range map[string]smpp.State{"+77010000001": smpp.Delivered, "+77010000002": smpp.Undeliverable} {
		id, err := l.submit(t.Context(), number, "hello")
		if err != nil {
			t.Fatal(err)
		}
		want[id] = state
	}
	for range 2 {
		p := l.next(t)
		r, ok := smpp.ReceiptOf(p)
		if !ok || want[r.ID] != r.State {
			t.Errorf("heard %+v", r)
		}
		delete(want, r.ID)
	}
}

func TestPeopleAnswer(t *testing.T) {
	l := newLine(t, smsc.Config{})
	if _, err := l.submit(t.Context(), "+77010000001", "hello"); err != nil { // bound by then
		t.Fatal(err)
	}
	l.next(t)
	for _, text := range []string{"ИӘ 4821", "YES 4821", strings.Repeat("ұзақ ", 30)} {
		if err := l.center.Say("+77010000001", "1414", text); err != nil {
			t.Fatal(err)
		}
		var a sms.Assembler
		for whole := false; !whole; {
			p := l.next(t)
			c, part, ok := smpp.TextOf(p)
			var got string
			got, whole = a.Add(p.Message.Source.Value, c, part, time.Now())
			if !ok || p.Message.Source.Value != "77010000001" || whole && got != text {
				t.Fatalf("heard %+v %q", p.Message, got)
			}
		}
	}
}

// TestWindow: however many want to send, so many wait for an answer at once.
func TestWindow(t *testing.T) {
	l := newLine(t, smsc.Config{}, func(c *smpp.Config) { c.Window = 3 })
	var all sync.WaitGroup
	errs := make([]error, 200)
	for i := range errs {
		all.Go(func() { _, errs[i] = l.submit(t.Context(), "+7701"+strconv.Itoa(1000000+i), "hello") })
	}
	all.Wait()
	if err := errors.Join(errs...); err != nil {
		t.Fatal(err)
	}
	for i := range errs {
		if n := len(l.center.Inbox("+7701" + strconv.Itoa(1000000+i))); n != 1 {
			t.Fatalf("telephone %d has %d messages", i, n)
		}
	}
}

func TestPatience(t *testing.T) {
	l := newLine(t, smsc.Config{})
	l.center.Throttle(3)
	for i := range 4 {
		_, err := l.submit(t.Context(), "+77010000001", "hello")
		var refused *smpp.Refused
		if throttled := errors.As(err, &refused) && refused.Throttled() && !refused.Final(); throttled != (i < 3) {
			t.Errorf("trial %d: %v", i+1, err)
		}
	}
	l.center.Refuse("+77010000002", smpp.StatusInvalidDest)
	var refused *smpp.Refused
	if _, err := l.submit(t.Context(), "+77010000002", "hello"); !errors.As(err, &refused) || !refused.Final() {
		t.Errorf("a number that is none: %v", err)
	}
}

func TestTheLineBreaks(t *testing.T) {
	l := newLine(t, smsc.Config{})
	for i := range 5 {
		if _, err := l.submit(t.Context(), "+77010000001", strconv.Itoa(i)); err != nil && !errors.Is(err, smpp.ErrClosed) {
			t.Fatal(err)
		}
		l.center.HangUp()
	}
	for {
		if _, err := l.submit(t.Context(), "+77010000001", "after all"); err == nil {
			break
		} else if !errors.Is(err, smpp.ErrClosed) {
			t.Fatal(err)
		}
	}
	got := l.center.Inbox("+77010000001")
	if last := got[len(got)-1]; last.Text != "after all" {
		t.Errorf("the last message is %q", last.Text)
	}
}

// TestNoAnswer: who waits for an answer that does not come is told that
// nothing is known, and the line goes on.
func TestNoAnswer(t *testing.T) {
	l := newLine(t, smsc.Config{}, func(c *smpp.Config) { c.Timeout = 200 * time.Millisecond })
	for !l.Bound() {
		time.Sleep(time.Millisecond)
	}
	l.center.Silence(1)
	if _, err := l.submit(t.Context(), "+77010000001", "one"); !errors.Is(err, smpp.ErrClosed) {
		t.Fatalf("no answer: %v", err)
	}
	for {
		if _, err := l.submit(t.Context(), "+77010000001", "two"); err == nil {
			return
		}
	}
}

// TestADeadLineIsNoticed: a centre that answers nothing any more is left.
func TestADeadLineIsNoticed(t *testing.T) {
	var dialled sync.WaitGroup
	dialled.Add(2)
	var once, twice sync.Once
	c := smpp.NewClient(smpp.Config{
		SystemID: "aiqyn", Timeout: 100 * time.Millisecond, Enquire: 20 * time.Millisecond, Again: quick,
		Dial: func(context.Context) (net.Conn, error) {
			ours, theirs := net.Pipe()
			go mute(theirs)
			first := false
			once.Do(func() { first = true; dialled.Done() })
			if !first {
				twice.Do(dialled.Done)
			}
			return ours, nil
		},
	})
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	go c.Run(ctx)
	dialled.Wait()
}

// mute answers a bind and nothing after it.
func mute(conn net.Conn) {
	p, err := smpp.Read(conn)
	if err != nil {
		return
	}
	b, _ := p.Answer(smpp.StatusOK).Append(nil)
	conn.Write(b)
	io.Copy(io.Discard, conn)
}

func TestWrongPassword(t *testing.T) {
	tries := make(chan struct{}, 1000)
	l := newLine(t, smsc.Config{Accounts: map[string]string{"aiqyn": "other"}}, func(c *smpp.Config) {
		reach := c.Dial
		c.Dial = func(ctx context.Context) (net.Conn, error) { tries <- struct{}{}; return reach(ctx) }
	})
	for range 3 {
		<-tries
	}
	if l.Bound() {
		t.Error("bound with a wrong password")
	}
	ctx, stop := context.WithTimeout(t.Context(), 10*time.Millisecond)
	defer stop()
	if _, err := l.submit(ctx, "+77010000001", "hello"); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("sent without a line: %v", err)
	}
}
