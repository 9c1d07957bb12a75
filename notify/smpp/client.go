package smpp

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"sync"
	"time"

	"aiqyn/retry"
)

// Config of a [Client].
type Config struct {
	Dial                           func(context.Context) (net.Conn, error)
	SystemID, Password, SystemType string
	Window                         int           // optional: messages that wait for an answer at once; 10
	Timeout                        time.Duration // optional: for an answer; 10 s
	Enquire                        time.Duration // optional: how often the line is tried; 30 s
	Again                          retry.Policy  // optional: how soon to dial again; 1 s, at most 1 min
	Pause                          retry.Policy  // optional: how long to hold back when asked to; 1 s, at most 30 s
	Log                            *slog.Logger  // optional
	// Receive takes a message of a person, or a receipt, and returns once it is
	// kept: an error makes the centre send it again. Optional.
	Receive func(context.Context, PDU) error
}

// Client keeps itself bound to a centre as a transceiver. It is safe for
// concurrent use.
type Client struct {
	cfg    Config
	window chan struct{}

	mu      sync.Mutex
	session *Session
	bound   chan struct{} // closed while bound
	pauses  int           // times in a row that the centre asked for patience
	resume  time.Time
	fails   int
}

// NewClient makes a client; Run must run for it to do anything.
func NewClient(c Config) *Client {
	if c.Window <= 0 {
		c.Window = 10
	}
	if c.Timeout <= 0 {
		c.Timeout = 10 * time.Second
	}
	if c.Enquire <= 0 {
		c.Enquire = 30 * time.Second
	}
	if c.Again == (retry.Policy{}) {
		c.Again = retry.Policy{First: time.Second, Cap: time.Minute}
	}
	if c.Pause == (retry.Policy{}) {
		c.Pause = retry.Policy{First: time.Second, Cap: 30 * time.Second}
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	return &Client{cfg: c, window: make(chan struct{}, c.Window), bound: make(chan struct{})}
}

// Run dials, binds and stays bound until ctx ends, however often the line breaks.
func (c *Client) Run(ctx context.Context) error {
	for {
		err := c.once(ctx)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		c.mu.Lock()
		c.fails++
		wait := c.cfg.Again.After(c.cfg.SystemID, c.fails)
		c.mu.Unlock()
		c.cfg.Log.Warn("message centre", "err", err, "again", wait)
		if !sleep(ctx, wait) {
			return ctx.Err()
		}
	}
}

// Bound reports whether messages can be sent now.
func (c *Client) Bound() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.session != nil
}

// once lives through one session.
func (c *Client) once(ctx context.Context) error {
	dialing, cancel := context.WithTimeout(ctx, c.cfg.Timeout)
	conn, err := c.cfg.Dial(dialing)
	cancel()
	if err != nil {
		return err
	}
	s := NewSession(conn, c.cfg.Timeout)
	heard := make(chan PDU, 4*c.cfg.Window)
	var workers sync.WaitGroup
	defer workers.Wait()
	workers.Go(func() { s.Serve(func(p PDU) { c.queue(s, heard, p) }) })
	defer s.Close(nil) // before the workers are waited for
	if err := c.bind(ctx, s); err != nil {
		return err
	}
	workers.Go(func() { c.receive(ctx, s, heard) })
	c.set(s)
	defer c.set(nil)
	c.cfg.Log.Info("message centre bound", "system", c.cfg.SystemID)
	return c.watch(ctx, s)
}

func (c *Client) bind(ctx context.Context, s *Session) error {
	_, err := s.Ask(ctx, PDU{Command: BindTransceiver, Bind: Bind{
		SystemID: c.cfg.SystemID, Password: c.cfg.Password, SystemType: c.cfg.SystemType, Version: Version,
	}})
	return err
}

// set says that a session is bound, or that none is.
func (c *Client) set(s *Session) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.session = s; s != nil {
		c.fails = 0
		close(c.bound)
	} else {
		c.bound = make(chan struct{})
	}
}

// watch tries the line while it is quiet, and takes leave when ctx ends.
func (c *Client) watch(ctx context.Context, s *Session) error {
	tick := time.NewTicker(c.cfg.Enquire)
	defer tick.Stop()
	for {
		select {
		case <-s.Over():
			return s.Cause()
		case <-tick.C:
			if _, err := s.Ask(ctx, PDU{Command: EnquireLink}); err != nil && ctx.Err() == nil {
				return err
			}
		case <-ctx.Done():
			leave, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
			defer cancel()
			s.Ask(leave, PDU{Command: Unbind})
			return ctx.Err()
		}
	}
}

// queue takes what the centre sends without making its answers wait. When too
// much is waiting the centre is asked to keep it.
func (c *Client) queue(s *Session, heard chan<- PDU, p PDU) {
	if p.Command != DeliverSM {
		s.Send(PDU{Command: GenericNack, Status: StatusInvalidCommand, Sequence: p.Sequence})
		return
	}
	select {
	case heard <- p:
	default:
		s.Send(p.Answer(StatusQueueFull))
	}
}

// receive hands on what the centre sent and answers it.
func (c *Client) receive(ctx context.Context, s *Session, heard <-chan PDU) {
	for {
		select {
		case <-s.Over():
			return
		case p := <-heard:
			status := StatusOK
			if c.cfg.Receive != nil {
				if err := c.cfg.Receive(ctx, p); err != nil {
					c.cfg.Log.Error("message received and not kept", "err", err)
					status = StatusReceiverFailed
				}
			}
			s.Send(p.Answer(status))
		}
	}
}

// Submit sends one message and returns the id that the centre gave it. It
// waits for the line, for its turn in the window and for as long as the centre
// has asked for patience, or until ctx ends. After an error that is neither a
// *Refused nor of ctx it is not known whether the centre took the message.
func (c *Client) Submit(ctx context.Context, m Message) (string, error) {
	select {
	case c.window <- struct{}{}:
		defer func() { <-c.window }()
	case <-ctx.Done():
		return "", ctx.Err()
	}
	s, err := c.ready(ctx)
	if err != nil {
		return "", err
	}
	a, err := s.Ask(ctx, PDU{Command: SubmitSM, Message: m})
	c.heed(err)
	return a.ID, err
}

// ready waits until there is a session and nobody asks for patience.
func (c *Client) ready(ctx context.Context) (*Session, error) {
	for {
		c.mu.Lock()
		s, bound, wait := c.session, c.bound, time.Until(c.resume)
		c.mu.Unlock()
		switch {
		case s == nil:
			select {
			case <-bound:
			case <-ctx.Done():
				return nil, ctx.Err()
			}
		case wait > 0:
			if !sleep(ctx, wait) {
				return nil, ctx.Err()
			}
		default:
			return s, nil
		}
	}
}

// heed holds everything back for a while when the centre asks for it, longer
// each time in a row.
func (c *Client) heed(err error) {
	var refused *Refused
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case err == nil:
		c.pauses = 0
	case errors.As(err, &refused) && refused.Throttled():
		c.pauses++
		c.resume = time.Now().Add(c.cfg.Pause.After(c.cfg.SystemID, c.pauses))
	}
}

// sleep waits; false if ctx ended first.
func sleep(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}
