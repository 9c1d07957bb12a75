package smpp_test

import (
	"bufio"
	"context"
	"errors"
	"net"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"aiqyn/notify/smpp"
)

// rough is a centre that answers when it pleases: each line that it is called on is dealt
// with by the next of its ways.
func rough(t *testing.T, ways ...func(net.Conn, *bufio.Reader)) net.Listener {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for _, way := range ways {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			r := bufio.NewReader(conn)
			if p, err := smpp.Read(r); err == nil {
				inPieces(conn, p.Answer(smpp.StatusOK))
				way(conn, r)
			}
			conn.Close()
		}
	}()
	return l
}

// inPieces writes a unit octet by octet.
func inPieces(conn net.Conn, units ...smpp.PDU) {
	var all []byte
	for _, p := range units {
		all, _ = p.Append(all)
	}
	for i := range all {
		conn.Write(all[i : i+1])
	}
}

// take reads so many submissions.
func take(r *bufio.Reader, n int) (list []smpp.PDU) {
	for len(list) < n {
		p, err := smpp.Read(r)
		if err != nil {
			return list
		}
		if p.Command == smpp.SubmitSM {
			list = append(list, p)
		}
	}
	return list
}

// named is the answer to a submission, by the number that it went to.
func named(p smpp.PDU) smpp.PDU {
	a := p.Answer(smpp.StatusOK)
	a.ID = "id-" + p.Message.Dest.Value
	return a
}

// TestAnswersComeInAnyOrder: the answers to many submissions come backwards, in one write and
// in single octets, some of them twice and between answers to nothing; each sender gets their
// own. A line that breaks amid an answer tells the sender that nothing is known, and the next
// submission goes by a new line.
func TestAnswersComeInAnyOrder(t *testing.T) {
	const many = 8
	center := rough(t, func(conn net.Conn, r *bufio.Reader) {
		all := take(r, many)
		slices.Reverse(all)
		for i, p := range all {
			stray := named(p)
			stray.Sequence += 1000
			if inPieces(conn, named(p), stray); i%2 == 0 {
				inPieces(conn, named(p))
			}
		}
		if cut := take(r, 1); len(cut) == 1 {
			whole, _ := named(cut[0]).Append(nil)
			conn.Write(whole[:len(whole)-3])
		}
	}, func(conn net.Conn, r *bufio.Reader) {
		for _, p := range take(r, 1) {
			inPieces(conn, named(p))
		}
		take(r, 1) // until it is left
	})
	l := &line{Client: smpp.NewClient(smpp.Config{SystemID: "aiqyn", Timeout: soon, Again: quick, Pause: quick, Window: many, Dial: dial(center.Addr().String())})}
	ctx, stop := context.WithCancel(context.Background())
	ran := make(chan struct{})
	go func() { defer close(ran); l.Run(ctx) }()
	t.Cleanup(func() { stop(); <-ran })
	var all sync.WaitGroup
	for i := range many {
		number := "7701000000" + strconv.Itoa(i)
		all.Go(func() {
			if id, err := l.submit(t.Context(), "+"+number, "hello"); err != nil || id != "id-"+number {
				t.Errorf("the answer to %s is %q, %v", number, id, err)
			}
		})
	}
	all.Wait()
	if _, err := l.submit(t.Context(), "+77010000008", "cut off"); !errors.Is(err, smpp.ErrClosed) {
		t.Errorf("an answer that was cut off: %v", err)
	}
	id, err := l.submit(t.Context(), "+77010000009", "again")
	for tries := 0; errors.Is(err, smpp.ErrClosed) && tries < 500; tries++ { // the new line is not there yet
		time.Sleep(quick.Cap)
		id, err = l.submit(t.Context(), "+77010000009", "again")
	}
	if err != nil || id != "id-77010000009" {
		t.Errorf("by a new line: %q, %v", id, err)
	}
}
