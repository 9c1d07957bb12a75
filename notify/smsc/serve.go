package smsc

import (
	"context"
	"crypto/subtle"
	"errors"
	"net"
	"time"

	"aiqyn/notify/smpp"
	"aiqyn/retry"
)

// accept takes connections until the listener closes.
func (c *Center) accept() {
	for {
		conn, err := c.listener.Accept()
		if err != nil {
			return
		}
		s := smpp.NewSession(conn, c.cfg.Timeout)
		c.mu.Lock()
		full := c.closed || len(c.sessions) >= mostSessions
		if !full {
			c.sessions[s] = false
		}
		c.mu.Unlock()
		if full {
			s.Close(nil)
			continue
		}
		c.running.Go(func() { c.serve(s, conn) })
	}
}

// serve lives through one session. Who has not bound in time is let go.
func (c *Center) serve(s *smpp.Session, conn net.Conn) {
	unbound := time.AfterFunc(c.cfg.Timeout, func() {
		if !c.isBound(s) {
			s.Close(errors.New("message centre: not bound in time"))
		}
	})
	defer unbound.Stop()
	s.Serve(func(p smpp.PDU) { c.handle(s, p) })
	conn.Close()
	c.mu.Lock()
	delete(c.sessions, s)
	c.mu.Unlock()
}

func (c *Center) isBound(s *smpp.Session) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.sessions[s]
}

// handle answers one unit.
func (c *Center) handle(s *smpp.Session, p smpp.PDU) {
	switch {
	case p.Command == smpp.BindTransceiver:
		a := p.Answer(c.bind(s, p.Bind))
		a.ID = "aiqyn-smsc"
		s.Send(a)
	case p.Command != smpp.SubmitSM:
		s.Send(p.Answer(smpp.StatusInvalidCommand))
	case !c.isBound(s):
		s.Send(p.Answer(smpp.StatusNotBound))
	default:
		c.submit(s, p)
	}
}

func (c *Center) bind(s *smpp.Session, b smpp.Bind) smpp.Status {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.sessions[s] {
		return smpp.StatusAlreadyBound
	}
	if c.cfg.Accounts != nil {
		password, known := c.cfg.Accounts[b.SystemID]
		switch {
		case !known:
			return smpp.StatusInvalidSystem
		case subtle.ConstantTimeCompare([]byte(password), []byte(b.Password)) != 1:
			return smpp.StatusInvalidPassword
		}
	}
	c.sessions[s] = true
	return smpp.StatusOK
}

// submit takes a message, answers, and tells afterwards how it ended.
func (c *Center) submit(s *smpp.Session, p smpp.PDU) {
	status, silent := c.mood(number(p.Message.Dest))
	var id string
	if status == smpp.StatusOK {
		var ok bool
		if id, ok = c.keep(p); !ok {
			status = smpp.StatusSubmitFailed
		}
	}
	if silent {
		return
	}
	a := p.Answer(status)
	a.ID = id
	s.Send(a)
	if status != smpp.StatusOK || p.Message.Receipt&smpp.WantReceipt == 0 {
		return
	}
	state := smpp.Delivered
	if c.cfg.Ends != nil {
		if ends := c.cfg.Ends(number(p.Message.Dest)); ends != 0 {
			state = ends
		}
	}
	c.running.Go(func() { c.report(s, p.Message, smpp.Receipt{ID: id, State: state, Error: "000"}) })
}

// mood is what the centre was told to do with the next message.
func (c *Center) mood(to string) (s smpp.Status, silent bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.silent > 0 {
		c.silent--
		return smpp.StatusOK, true
	}
	if c.throttle > 0 {
		c.throttle--
		return smpp.StatusThrottled, false
	}
	return c.refuse[to], false
}

// report sends a receipt until it is taken, a few times.
func (c *Center) report(s *smpp.Session, m smpp.Message, r smpp.Receipt) {
	now := c.cfg.Now()
	p := smpp.PDU{Command: smpp.DeliverSM, Message: smpp.Message{
		Source: m.Dest, Dest: m.Source, Class: smpp.ClassReceipt, Text: []byte(r.Text(now, now)),
	}}
	again := retry.Policy{First: 20 * time.Millisecond, Cap: time.Second, Tries: 8}
	for tries := 1; !again.Spent(tries); tries++ {
		err := c.deliver(s, p)
		var refused *smpp.Refused
		if err == nil || !errors.As(err, &refused) {
			return
		}
		select {
		case <-time.After(again.After(r.ID, tries)):
		case <-s.Over():
			return
		}
	}
}

// deliver hands a message to a client and waits for its answer.
func (c *Center) deliver(s *smpp.Session, p smpp.PDU) error {
	_, err := s.Ask(context.Background(), p)
	return err
}
