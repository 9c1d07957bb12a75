package smpp_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"net"
	"sync/atomic"
	"testing"
	"time"

	"aiqyn/notify/smpp"
	"aiqyn/notify/smsc"
	"aiqyn/retry"
)

// units are ten thousand that chance has spoiled, by what must become of a session that
// hears them.
type units struct {
	goesOn [][]byte // a whole unit, whatever its body is: it is answered, and the next is heard
	ends   [][]byte // its length lies, it breaks off, or asks to end: a connection each
	faulty int      // of those that go on, how many make no sense
}

func sorted(n int) (u units) {
	for _, b := range smpp.MalformedUnits(n) {
		p, err := smpp.Read(bytes.NewReader(b))
		var bad *smpp.Malformed
		whole := len(b) >= 4 && int(binary.BigEndian.Uint32(b)) == len(b)
		switch faulty := errors.As(err, &bad); {
		case whole && (err == nil || faulty) && (faulty || p.Command != smpp.Unbind):
			u.goesOn = append(u.goesOn, b)
			if faulty {
				u.faulty++
			}
		default:
			u.ends = append(u.ends, b)
		}
	}
	return u
}

// answers reports whether a whole unit has an answer: answers have none.
func answers(b []byte) bool {
	return !smpp.Command(binary.BigEndian.Uint32(b[4:])).IsAnswer()
}

// prober speaks to one side of a session, unit by unit, and knows what was read there:
// each unit is followed by a question that is answered in order.
type prober struct {
	t    testing.TB
	conn net.Conn
	from *bufio.Reader
	next uint32
}

func newProber(t testing.TB, conn net.Conn) *prober {
	conn.SetDeadline(time.Now().Add(soon))
	return &prober{t: t, conn: conn, from: bufio.NewReader(conn), next: 0x40000000}
}

func (p *prober) say(b []byte) {
	p.t.Helper()
	if _, err := p.conn.Write(b); err != nil {
		p.t.Fatal(err)
	}
}

// read says a unit, and waits until it is answered, if it is to be, and a question behind
// it is. It reports whether the unit was. What a client is brought it answers when it has
// dealt with it, which may be after the question.
func (p *prober) read(b []byte) (answered bool) {
	p.t.Helper()
	asked := false
	p.next++
	ask, err := smpp.PDU{Command: smpp.EnquireLink, Sequence: p.next}.Append(nil)
	if err != nil {
		p.t.Fatal(err)
	}
	go p.conn.Write(append(bytes.Clone(b), ask...)) // on a pipe, it is read as it is answered
	sequence := binary.BigEndian.Uint32(b[12:])
	for !asked || answers(b) && !answered {
		got, err := smpp.Read(p.from)
		if err != nil {
			p.t.Fatalf("after % x: %v", b, err)
		}
		switch {
		case got.Command == smpp.EnquireLinkResp && got.Sequence == p.next:
			asked = true
		case got.Command.IsAnswer() && got.Sequence == sequence:
			answered = true
		}
	}
	return answered
}

// over waits until the other side has hung up.
func (p *prober) over() {
	p.t.Helper()
	for {
		if _, err := smpp.Read(p.from); err != nil {
			if errors.Is(err, context.DeadlineExceeded) || isTimeout(err) {
				p.t.Fatal("the session goes on")
			}
			return
		}
	}
}

func isTimeout(err error) bool {
	var slow net.Error
	return errors.As(err, &slow) && slow.Timeout()
}

func (p *prober) bind() {
	p.t.Helper()
	b, err := smpp.PDU{Command: smpp.BindTransceiver, Sequence: 1, Bind: smpp.Bind{SystemID: "x", Version: smpp.Version}}.Append(nil)
	if err != nil {
		p.t.Fatal(err)
	}
	p.say(b)
	if got, err := smpp.Read(p.from); err != nil || got.Status != smpp.StatusOK {
		p.t.Fatalf("bound: %+v, %v", got, err)
	}
}

// all has every unit read through what connects, and holds each to be read. What ends a
// session has one of its own.
func (u units) all(t *testing.T, connect func(n int) *prober) {
	t.Helper()
	if n := len(u.goesOn) + len(u.ends); n != 10_000 || u.faulty < 2000 || len(u.ends) < 2000 {
		t.Fatalf("%d units: %d that a session goes on after, %d of them faulty, and %d that end it", n, len(u.goesOn), u.faulty, len(u.ends))
	}
	parsed, n := 0, 0
	for part := range chunksOf(u.goesOn, 500) {
		p := connect(n)
		n++
		for _, b := range part {
			if p.read(b) != answers(b) {
				t.Errorf("% x was answered: %v", b, !answers(b))
			}
			parsed++
		}
		p.conn.Close()
	}
	for _, b := range u.ends {
		p := connect(n)
		n++
		p.say(b)
		if c, ok := p.conn.(*net.TCPConn); ok {
			c.CloseWrite()
			p.over()
		}
		p.conn.Close()
		parsed++
	}
	t.Logf("%d units were heard: %d whole, of which %d make no sense, and %d that end a session", parsed, len(u.goesOn), u.faulty, len(u.ends))
}

func chunksOf(list [][]byte, n int) func(func([][]byte) bool) {
	return func(yield func([][]byte) bool) {
		for ; len(list) > 0; list = list[min(n, len(list)):] {
			if !yield(list[:min(n, len(list))]) {
				return
			}
		}
	}
}

// TestCentreOutlivesMalformedUnits has a centre read ten thousand units, bound and not,
// and answer each that has an answer; then it serves as ever.
func TestCentreOutlivesMalformedUnits(t *testing.T) {
	l := newLine(t, smsc.Config{Timeout: soon})
	sorted(10_000).all(t, func(n int) *prober {
		conn, err := net.Dial("tcp", l.center.Addr())
		if err != nil {
			t.Fatal(err)
		}
		p := newProber(t, conn)
		if n%2 == 0 {
			p.bind()
		}
		return p
	})
	if _, err := l.submit(t.Context(), "+77019999999", "still there"); err != nil {
		t.Fatal(err)
	}
	if got := l.center.Inbox("+77019999999"); len(got) != 1 || got[0].Text != "still there" {
		t.Errorf("arrived: %+v", got)
	}
}

// TestClientOutlivesMalformedUnits: a centre that has gone mad sends ten thousand, each of
// which the client reads; then it comes to its senses.
func TestClientOutlivesMalformedUnits(t *testing.T) {
	center, err := smsc.Start(smsc.Config{})
	if err != nil {
		t.Fatal(err)
	}
	defer center.Close()
	mad := make(chan net.Conn)
	var sane atomic.Bool
	c := smpp.NewClient(smpp.Config{
		SystemID: "aiqyn", Timeout: soon, Again: retry.Policy{First: time.Microsecond, Cap: 20 * time.Microsecond}, Pause: quick,
		Receive: func(context.Context, smpp.PDU) error { return nil },
		Dial: func(ctx context.Context) (net.Conn, error) {
			if sane.Load() {
				return dial(center.Addr())(ctx)
			}
			ours, theirs := net.Pipe()
			select {
			case mad <- theirs:
				return ours, nil
			case <-ctx.Done():
				return nil, ctx.Err()
			}
		},
	})
	ctx, stop := context.WithCancel(t.Context())
	ran := make(chan struct{})
	go func() { defer close(ran); c.Run(ctx) }()
	sorted(10_000).all(t, func(int) *prober {
		p := newProber(t, <-mad)
		asked, err := smpp.Read(p.from) // the bind
		if err != nil {
			t.Fatal(err)
		}
		b, err := asked.Answer(smpp.StatusOK).Append(nil)
		if err != nil {
			t.Fatal(err)
		}
		p.say(b)
		return p
	})
	sane.Store(true)
	go func() { // whoever still dials the mad one
		for conn := range mad {
			conn.Close()
		}
	}()
	for {
		m := smpp.Message{Dest: smpp.Address{TON: 1, NPI: 1, Value: "77010000001"}, Text: []byte("hello")}
		if _, err := c.Submit(t.Context(), m); err == nil && len(center.Inbox("+77010000001")) > 0 {
			break
		}
	}
	stop()
	<-ran
	close(mad)
}
