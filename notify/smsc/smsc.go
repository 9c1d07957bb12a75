// Package smsc is a short message centre that is not one: it speaks SMPP 3.4
// over a real connection, takes messages, keeps them where they can be read
// and sends receipts, and telephones of its own can answer. Tests and the
// demonstration use it in the place of an operator's centre; it can also be
// told to be slow, to refuse and to hang up, as real ones do.
package smsc

import (
	"errors"
	"fmt"
	"net"
	"slices"
	"strconv"
	"sync"
	"time"

	"aiqyn/notify/smpp"
	"aiqyn/notify/sms"
)

// Config of a [Center].
type Config struct {
	Addr     string            // optional: where to listen; a free port of this machine
	Accounts map[string]string // password by system id; nil: anybody
	Timeout  time.Duration     // optional: for the rest of a unit, and for a bind; 10 s
	Now      func() time.Time  // optional: time.Now
	// Ends says how a message to a number ends; nil, or 0: it is delivered.
	Ends func(to string) smpp.State
}

// SMS is one text as a telephone has it, whole.
type SMS struct {
	From, To, Text string
	At             time.Time
	Parts          int
}

// Limits of what is kept and served.
const (
	mostSessions = 64
	mostKept     = 10_000
)

// Center is a simulated message centre. It is safe for concurrent use.
type Center struct {
	cfg      Config
	listener net.Listener
	running  sync.WaitGroup

	mu        sync.Mutex
	sessions  map[*smpp.Session]bool // true: bound
	kept      []SMS
	assembler sms.Assembler
	next      int
	throttle  int
	refuse    map[string]smpp.Status
	silent    int
	closed    bool
}

// Start listens and serves until Close.
func Start(c Config) (*Center, error) {
	if c.Addr == "" {
		c.Addr = "127.0.0.1:0"
	}
	if c.Timeout <= 0 {
		c.Timeout = 10 * time.Second
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	l, err := net.Listen("tcp", c.Addr)
	if err != nil {
		return nil, fmt.Errorf("message centre: %w", err)
	}
	center := &Center{cfg: c, listener: l, sessions: make(map[*smpp.Session]bool), refuse: make(map[string]smpp.Status)}
	center.running.Go(center.accept)
	return center, nil
}

// Addr is where it listens.
func (c *Center) Addr() string { return c.listener.Addr().String() }

// Close hangs up on everybody and waits until nothing runs any more.
func (c *Center) Close() error {
	c.mu.Lock()
	c.closed = true
	c.mu.Unlock()
	err := c.listener.Close()
	c.HangUp()
	c.running.Wait()
	return err
}

// HangUp cuts every connection; whoever wants may come again.
func (c *Center) HangUp() {
	c.mu.Lock()
	list := make([]*smpp.Session, 0, len(c.sessions))
	for s := range c.sessions {
		list = append(list, s)
	}
	c.mu.Unlock()
	for _, s := range list {
		s.Close(nil)
	}
}

// Throttle asks for patience at the next n messages.
func (c *Center) Throttle(n int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.throttle = n
}

// Silence takes the next n messages and does not answer.
func (c *Center) Silence(n int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.silent = n
}

// Refuse answers messages to a number with a status; StatusOK takes them again.
func (c *Center) Refuse(to string, s smpp.Status) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.refuse[to] = s
}

// Bound is how many clients are bound.
func (c *Center) Bound() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	n := 0
	for _, bound := range c.sessions {
		if bound {
			n++
		}
	}
	return n
}

// Inbox is what a telephone has received, oldest first.
func (c *Center) Inbox(number string) []SMS {
	c.mu.Lock()
	defer c.mu.Unlock()
	var list []SMS
	for _, m := range c.kept {
		if m.To == number {
			list = append(list, m)
		}
	}
	return list
}

// errNobody says that no client is bound to hear a telephone.
var errNobody = errors.New("message centre: nobody is bound")

// Say sends a text from a telephone to whoever is bound, in parts if it must,
// and returns once each part is answered.
func (c *Center) Say(from, to, text string) error {
	c.mu.Lock()
	c.next++
	reference := byte(c.next)
	var session *smpp.Session
	for s, bound := range c.sessions {
		if bound {
			session = s
		}
	}
	c.mu.Unlock()
	if session == nil {
		return errNobody
	}
	parts, err := sms.Split(text, reference, 10)
	if err != nil {
		return err
	}
	for _, p := range parts {
		m := smpp.Message{Source: address(from), Dest: address(to), Coding: byte(p.Coding), Text: p.Octets()}
		if p.Header != nil {
			m.Class = smpp.ClassHeader
		}
		if err := c.deliver(session, smpp.PDU{Command: smpp.DeliverSM, Message: m}); err != nil {
			return err
		}
	}
	return nil
}

func address(number string) smpp.Address {
	if len(number) > 1 && number[0] == '+' {
		return smpp.Address{TON: 1, NPI: 1, Value: number[1:]}
	}
	return smpp.Address{Value: number}
}

// number writes an address as people do.
func number(a smpp.Address) string {
	if a.TON == 1 {
		return "+" + a.Value
	}
	return a.Value
}

// keep puts a part to the others of its text, and notes the text once whole.
func (c *Center) keep(p smpp.PDU) (id string, ok bool) {
	part, text, ok := smpp.TextOf(p)
	if !ok {
		return "", false
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.next++
	id = strconv.Itoa(c.next)
	from, to := number(p.Message.Source), number(p.Message.Dest)
	whole, done := c.assembler.Add(from+" "+to, part, text, c.cfg.Now())
	if done {
		c.kept = append(c.kept, SMS{From: from, To: to, Text: whole, At: c.cfg.Now(), Parts: max(1, int(part.Of))})
		if len(c.kept) > mostKept {
			c.kept = slices.Delete(c.kept, 0, len(c.kept)-mostKept)
		}
	}
	return id, true
}
