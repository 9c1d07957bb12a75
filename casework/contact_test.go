package casework

import (
	"context"
	"errors"
	"net"
	"strings"
	"testing"
	"time"

	"aiqyn"
	"aiqyn/notify"
	"aiqyn/notify/smpp"
	"aiqyn/notify/sms"
	"aiqyn/notify/smsc"
	"aiqyn/retry"
	"aiqyn/store"
)

// TestCodesDoNotWait: whoever signs in is told at once, by the number that the
// code is to prove, and not when it is too late.
func TestCodesDoNotWait(t *testing.T) {
	r := newRig(t)
	who := Account{Actor: aiqyn.Actor{Role: aiqyn.RoleApplicant, Person: holder}, Name: "Айгүл", Phone: "+77000000000", Lang: "kk"}
	if err := r.PutAccount(t.Context(), who); err != nil {
		t.Fatal(err)
	}
	if err := r.SetContact(t.Context(), who.Actor, Contact{Channel: notify.InApp, Lang: "ru"}, "", ""); err != nil {
		t.Fatal(err)
	}
	sms := new(pouch)
	p := r.post(map[notify.Channel]notify.Carrier{notify.SMS: sms})
	r.file(holder, plot, 50)
	if _, err := r.SendCode(t.Context(), who.Phone, "en"); err != nil {
		t.Fatal(err)
	}
	r.deliver(p)
	if got := sms.take(); len(got) != 1 || got[0].Lang != "en" || got[0].Life <= 0 || !strings.Contains(got[0].Text, "code") {
		t.Errorf("handed on %+v", got)
	}
	if m := r.letters(holder); len(m) != 2 || !m[0].Secret() && !m[1].Secret() {
		t.Errorf("the person sees %+v", m)
	}
	if _, err := r.SendCode(t.Context(), who.Phone, "en"); err == nil {
		t.Fatal("a second code at once")
	}
	r.pass(time.Minute)
	if _, err := r.SendCode(t.Context(), who.Phone, "en"); err != nil {
		t.Fatal(err)
	}
	r.pass(codeLife + time.Second)
	r.deliver(p)
	for _, l := range sms.take() {
		if strings.Contains(l.Text, "code") {
			t.Error("a code went that opens nothing any more")
		}
	}
}

// TestAPersonChooses the way and the language, and proves an address first.
func TestAPersonChooses(t *testing.T) {
	r := newRig(t)
	who := Account{Actor: aiqyn.Actor{Role: aiqyn.RoleApplicant, Person: holder}, Phone: "+77000000000"}
	sms, mail := new(pouch), new(pouch)
	p := r.post(map[notify.Channel]notify.Carrier{notify.SMS: sms, notify.Email: mail})
	c := Contact{Channel: notify.Email, Email: "aigul@example.kz", Lang: "en"}
	if err := r.SetContact(t.Context(), who.Actor, c, "", ""); aiqyn.KindOf(err) != aiqyn.Invalid {
		t.Fatalf("an address that nobody has proved: %v", err)
	}
	attempt, err := r.SendEmailCode(t.Context(), who, c.Email, "en")
	if err != nil {
		t.Fatal(err)
	}
	r.deliver(p)
	code := strings.TrimRight(mail.take()[0].Text, ".\n")
	code = code[strings.Index(code, ": ")+2:]
	code = code[strings.Index(code, ": ")+2:][:6]
	other := c
	other.Email = "somebody@example.kz"
	if err := r.SetContact(t.Context(), who.Actor, other, attempt, code); err == nil {
		t.Fatal("a code for one address proved another")
	}
	attempt2 := attempt
	if err := r.SetContact(t.Context(), who.Actor, c, attempt2, code); err != nil {
		t.Fatal(err)
	}
	ref := r.file(holder, plot, 50)
	r.deliver(p)
	if got := mail.take(); len(got) != 1 || got[0].To != c.Email || got[0].Lang != "en" || !strings.Contains(got[0].Subject, string(ref)) {
		t.Errorf("by e-mail: %+v", got)
	}
	if got := sms.take(); len(got) > 0 {
		t.Errorf("and by SMS: %+v", got)
	}
	// An address that has died does not keep the person from being told.
	mail.failing(&notify.Failure{Code: notify.BadAddress, Final: true, Err: errors.New("550")})
	r.pass(10 * time.Second)
	r.deliver(p)
	if got := sms.take(); len(got) == 0 || got[0].To != "+77000000000" {
		t.Errorf("after e-mail failed: %+v", got)
	}
	// On the site alone: but never what starts a clock.
	if err := r.SetContact(t.Context(), who.Actor, Contact{Channel: notify.InApp, Lang: "kk"}, "", ""); err != nil {
		t.Fatal(err)
	}
	for key, want := range map[string]notify.Channel{"message.filed": notify.InApp, "message.notified": notify.SMS} {
		c, err := r.Contact(t.Context(), who.Actor)
		if err != nil {
			t.Fatal(err)
		}
		if got := channelOf(store.Message{Lane: store.LaneRest}, outgoing{Key: key, Phone: who.Phone}, c); got != want {
			t.Errorf("%s goes by %s", key, got)
		}
	}
}

// TestLettersByARealLine: through our own client to a message centre, with a
// receipt that comes back.
func TestLettersByARealLine(t *testing.T) {
	r := newRig(t)
	centre, err := smsc.Start(smsc.Config{Ends: func(to string) smpp.State {
		if to == "+77000000001" {
			return smpp.Undeliverable
		}
		return smpp.Delivered
	}})
	if err != nil {
		t.Fatal(err)
	}
	defer centre.Close()
	quick := retry.Policy{First: time.Millisecond, Cap: 5 * time.Millisecond}
	var p *Post
	var heard sms.Assembler
	receipts := make(chan error, 10)
	client := smpp.NewClient(smpp.Config{SystemID: "aiqyn", Again: quick, Pause: quick,
		Dial: func(ctx context.Context) (net.Conn, error) {
			return new(net.Dialer).DialContext(ctx, "tcp", centre.Addr())
		},
		Receive: func(ctx context.Context, pdu smpp.PDU) error {
			h, ok := notify.Hear(&heard, pdu, time.Now())
			if !ok || h.Receipt == nil {
				return nil
			}
			err := p.Receipt(ctx, notify.SMS, h.Receipt.ID, h.Receipt.State == smpp.Delivered)
			receipts <- err
			return err
		}})
	p = r.post(map[notify.Channel]notify.Carrier{notify.SMS: &notify.Texter{Client: client, From: "1414"}})
	ctx, stop := context.WithCancel(t.Context())
	ran := make(chan struct{})
	go func() { defer close(ran); client.Run(ctx) }()
	defer func() { stop(); <-ran }()
	ref := r.file(holder, plot, 50)
	r.file(stranger, "99-999-002-001", 20)
	r.deliver(p)
	for range 2 {
		if err := <-receipts; err != nil {
			t.Fatal(err)
		}
	}
	if got := centre.Inbox("+77000000000"); len(got) != 1 || !strings.Contains(got[0].Text, string(ref)) || got[0].Parts != 1 {
		t.Errorf("the telephone has %+v", got)
	}
	for range 500 { // a receipt may be in before the letter is settled
		if r.letters(holder)[0].State == store.LetterDelivered {
			break
		}
		r.deliver(p)
	}
	if m := r.letters(holder)[0]; m.State != store.LetterDelivered {
		t.Errorf("delivered: %+v", m)
	}
	if m := r.letters(stranger)[0]; m.State != store.LetterDead || m.Failure != notify.NotReceived {
		t.Errorf("not received: %+v", m)
	}
}
