package smpp

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net"
	"sync"
	"time"
)

// ErrClosed says that the session ended before an answer came: whether the other
// side acted is not known.
var ErrClosed = errors.New("smpp: the session has ended")

// maxMalformed is how many units in a row may make no sense before a session
// is not worth going on.
const maxMalformed = 16

// Session is one connection with somebody who speaks SMPP, whichever side
// began it. It is safe for concurrent use.
type Session struct {
	conn    net.Conn
	timeout time.Duration // for an answer, a write, the rest of a unit

	writing sync.Mutex
	buffer  []byte

	mu       sync.Mutex
	sequence uint32
	waiting  map[uint32]chan PDU
	over     chan struct{}
	cause    error
}

// NewSession speaks over a connection; Serve must run for anything to be heard.
func NewSession(conn net.Conn, timeout time.Duration) *Session {
	return &Session{conn: conn, timeout: timeout, waiting: make(map[uint32]chan PDU), over: make(chan struct{})}
}

// Over is closed when the session has ended.
func (s *Session) Over() <-chan struct{} { return s.over }

// Close ends the session, for the first reason that is given.
func (s *Session) Close(cause error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.cause != nil {
		return
	}
	if cause == nil {
		cause = ErrClosed
	}
	s.cause = cause
	close(s.over)
	s.conn.Close()
}

// Cause is why the session has ended.
func (s *Session) Cause() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.cause
}

// Send writes a unit.
func (s *Session) Send(p PDU) error {
	s.writing.Lock()
	defer s.writing.Unlock()
	b, err := p.Append(s.buffer[:0])
	if err != nil {
		return err // the unit's fault, not the session's
	}
	s.buffer = b
	s.conn.SetWriteDeadline(time.Now().Add(s.timeout))
	if _, err := s.conn.Write(b); err != nil {
		s.Close(err)
		return fmt.Errorf("%w: %w", ErrClosed, err)
	}
	return nil
}

// Ask sends a unit and waits for its answer. A refusal is a *Refused.
func (s *Session) Ask(ctx context.Context, p PDU) (PDU, error) {
	answer := make(chan PDU, 1)
	s.mu.Lock()
	if s.cause != nil {
		s.mu.Unlock()
		return PDU{}, ErrClosed
	}
	s.sequence = s.sequence%0x7fffffff + 1
	p.Sequence = s.sequence
	s.waiting[p.Sequence] = answer
	s.mu.Unlock()
	defer func() {
		s.mu.Lock()
		delete(s.waiting, p.Sequence)
		s.mu.Unlock()
	}()
	if err := s.Send(p); err != nil {
		return PDU{}, err
	}
	late := time.NewTimer(s.timeout)
	defer late.Stop()
	select {
	case a := <-answer:
		if a.Status != StatusOK || a.Command != p.Command|response {
			return a, &Refused{p.Command, max(a.Status, 1)}
		}
		return a, nil
	case <-s.over:
		return PDU{}, ErrClosed
	case <-late.C:
		return PDU{}, fmt.Errorf("%w: no answer in %v", ErrClosed, s.timeout)
	case <-ctx.Done():
		return PDU{}, ctx.Err()
	}
}

// Serve reads until the session ends. Answers go to whoever waits for them,
// everything else to handle, one after the other.
func (s *Session) Serve(handle func(PDU)) error {
	r := bufio.NewReaderSize(s.conn, MaxPDU)
	for malformed := 0; malformed < maxMalformed; {
		p, err := s.next(r)
		var bad *Malformed
		switch {
		case errors.As(err, &bad):
			malformed++
			s.complain(bad)
			continue
		case err != nil:
			if errors.Is(err, errFraming) {
				s.Send(PDU{Command: GenericNack, Status: StatusInvalidLength, Sequence: p.Sequence})
			}
			s.Close(err)
			return s.Cause()
		}
		malformed = 0
		switch {
		case p.Command.IsAnswer():
			s.answered(p)
		case p.Command == EnquireLink:
			s.Send(p.Answer(StatusOK))
		case p.Command == Unbind:
			s.Send(p.Answer(StatusOK))
			s.Close(nil)
		default:
			handle(p)
		}
	}
	s.Close(errors.New("smpp: too many units that make no sense"))
	return s.Cause()
}

// next reads a unit: it may be long in coming, but once begun it must come.
func (s *Session) next(r *bufio.Reader) (PDU, error) {
	s.conn.SetReadDeadline(time.Time{})
	if _, err := r.Peek(1); err != nil {
		return PDU{}, err
	}
	s.conn.SetReadDeadline(time.Now().Add(s.timeout))
	return Read(r)
}

// complain tells the other side what was wrong, unless it was an answer:
// answers are not answered.
func (s *Session) complain(bad *Malformed) {
	if bad.Command.IsAnswer() {
		s.answered(PDU{Command: GenericNack, Status: StatusUnknown, Sequence: bad.Sequence})
		return
	}
	s.Send(PDU{Command: bad.Command, Sequence: bad.Sequence}.Answer(bad.Status))
}

func (s *Session) answered(p PDU) {
	s.mu.Lock()
	waiting := s.waiting[p.Sequence]
	s.mu.Unlock()
	if waiting == nil {
		return // too late, or never asked
	}
	select {
	case waiting <- p:
	default: // answered twice
	}
}
