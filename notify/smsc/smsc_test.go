package smsc

import (
	"context"
	"errors"
	"net"
	"testing"
	"time"

	"aiqyn/notify/smpp"
)

const soon = 30 * time.Second

// dial opens a session that hears on the channel what the centre sends.
func dial(t *testing.T, c *Center) (*smpp.Session, <-chan smpp.PDU) {
	t.Helper()
	conn, err := net.Dial("tcp", c.Addr())
	if err != nil {
		t.Fatal(err)
	}
	s := smpp.NewSession(conn, soon)
	heard := make(chan smpp.PDU, 100)
	go s.Serve(func(p smpp.PDU) {
		heard <- p
		s.Send(p.Answer(smpp.StatusOK))
	})
	t.Cleanup(func() { s.Close(nil) })
	return s, heard
}

func start(t *testing.T, cfg Config) *Center {
	t.Helper()
	c, err := Start(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}

func TestWhoMayBind(t *testing.T) {
	c := start(t, Config{Accounts: map[string]string{"aiqyn": "secret"}})
	bind := func(id, password string) smpp.PDU {
		return smpp.PDU{Command: smpp.BindTransceiver, Bind: smpp.Bind{SystemID: id, Password: password, Version: smpp.Version}}
	}
	s, _ := dial(t, c)
	for _, step := range []struct {
		name string
		p    smpp.PDU
		want smpp.Status
	}{
		{"a message before binding", smpp.PDU{Command: smpp.SubmitSM}, smpp.StatusNotBound},
		{"a stranger", bind("other", "secret"), smpp.StatusInvalidSystem},
		{"a wrong password", bind("aiqyn", "Secret"), smpp.StatusInvalidPassword},
		{"the right one", bind("aiqyn", "secret"), smpp.StatusOK},
		{"twice", bind("aiqyn", "secret"), smpp.StatusAlreadyBound},
		{"a message", smpp.PDU{Command: smpp.SubmitSM, Message: smpp.Message{Text: []byte("x")}}, smpp.StatusOK},
		{"what is not understood", smpp.PDU{Command: 0x21}, smpp.StatusInvalidCommand},
	} {
		_, err := s.Ask(t.Context(), step.p)
		var refused *smpp.Refused
		if errors.As(err, &refused) != (step.want != 0) || refused != nil && refused.Status != step.want {
			t.Errorf("%s: %v, want status %#x", step.name, err, uint32(step.want))
		}
	}
	if n := c.Bound(); n != 1 {
		t.Errorf("%d are bound", n)
	}
}

// TestReceiptOnlyWhereAsked: who asked for none gets none.
func TestReceiptOnlyWhereAsked(t *testing.T) {
	c := start(t, Config{Ends: func(string) smpp.State { return smpp.Expired }})
	s, heard := dial(t, c)
	ask := func(p smpp.PDU) smpp.PDU {
		t.Helper()
		a, err := s.Ask(t.Context(), p)
		if err != nil {
			t.Fatal(err)
		}
		return a
	}
	ask(smpp.PDU{Command: smpp.BindTransceiver})
	ask(smpp.PDU{Command: smpp.SubmitSM, Message: smpp.Message{Text: []byte("no receipt")}})
	id := ask(smpp.PDU{Command: smpp.SubmitSM, Message: smpp.Message{Text: []byte("receipt"), Receipt: smpp.WantReceipt}}).ID
	select {
	case p := <-heard:
		if r, ok := smpp.ReceiptOf(p); !ok || r.ID != id || r.State != smpp.Expired {
			t.Errorf("heard %+v, want a receipt of %s", r, id)
		}
	case <-time.After(soon):
		t.Fatal("no receipt")
	}
}

// TestNobodyStaysUnbound: who connects and says nothing is let go.
func TestNobodyStaysUnbound(t *testing.T) {
	c := start(t, Config{Timeout: time.Millisecond})
	s, _ := dial(t, c)
	select {
	case <-s.Over():
	case <-time.After(soon):
		t.Error("still connected")
	}
	if err := c.Say("+77010000001", "1414", "hello"); !errors.Is(err, errNobody) {
		t.Errorf("said to nobody: %v", err)
	}
}

func TestCloseEndsEverything(t *testing.T) {
	c, err := Start(Config{})
	if err != nil {
		t.Fatal(err)
	}
	s, _ := dial(t, c)
	if _, err := s.Ask(context.Background(), smpp.PDU{Command: smpp.BindTransceiver}); err != nil {
		t.Fatal(err)
	}
	if err := c.Close(); err != nil {
		t.Fatal(err)
	}
	<-s.Over()
	again, err := Start(Config{Addr: c.Addr()})
	if err != nil {
		t.Fatalf("its address is still taken: %v", err)
	}
	again.Close()
}
