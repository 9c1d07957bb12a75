package main

import (
	"cmp"
	"context"
	"crypto/tls"
	"io"
	"log/slog"
	"net"
	"net/netip"
	"net/url"
	"os"
	"strings"
	"sync"
	"time"

	"aiqyn"
	"aiqyn/casework"
	"aiqyn/locale"
	"aiqyn/notify"
	"aiqyn/notify/smpp"
	"aiqyn/notify/sms"
)

// gateways are the ways that letters leave by.
type gateways struct {
	carriers map[notify.Channel]notify.Carrier
	centre   *smpp.Client // nil: no SMS by ourselves
	receive  func(context.Context, smpp.PDU) error
	open     []io.Closer
}

// gatewayFlags say which there are: --sms, --mail, --outbox.
type gatewayFlags struct{ sms, mail, outbox string }

// openGateways prepares the ways that were named. The outbox file takes what no
// other way does.
func openGateways(f gatewayFlags, log *slog.Logger) (*gateways, error) {
	g := &gateways{carriers: map[notify.Channel]notify.Carrier{notify.Program: &notify.Hooks{}}}
	if f.outbox != "" {
		out, err := openOutbox(f.outbox)
		if err != nil {
			return nil, err
		}
		g.open = append(g.open, out.file)
		g.carriers[notify.SMS], g.carriers[notify.Email] = out, out
	}
	err := g.openCentre(f.sms, log)
	if err == nil {
		err = g.openMail(f.mail)
	}
	if err != nil {
		g.Close()
		return nil, err
	}
	return g, nil
}

// Close lets go of files.
func (g *gateways) Close() error {
	for _, c := range g.open {
		c.Close()
	}
	return nil
}

// gatewayURL reads an address of the command line, or of a file that holds it:
// "@FILE" keeps a password out of the list of processes.
func gatewayURL(flag, text string, schemes ...string) (*url.URL, error) {
	wrong := aiqyn.E(aiqyn.Invalid, "error.serve-gateway", "flag", flag, "example", schemes[0]+"://…?from=…")
	if name, ok := strings.CutPrefix(text, "@"); ok {
		data, err := os.ReadFile(name)
		if err != nil {
			return nil, aiqyn.E(aiqyn.Invalid, "error.command-file", "file", name).Because(err)
		}
		text = strings.TrimSpace(string(data))
	}
	u, err := url.Parse(text)
	if err != nil { // it may hold the password: not shown
		return nil, wrong
	}
	for _, s := range schemes {
		if u.Scheme == s && u.Hostname() != "" && u.Query().Get("from") != "" {
			return u, nil
		}
	}
	return nil, wrong
}

// openCentre reads smpp://user:password@host:2775?from=1414, or smpps:// over TLS.
func (g *gateways) openCentre(text string, log *slog.Logger) error {
	if text == "" {
		return nil
	}
	u, err := gatewayURL("--sms", text, "smpp", "smpps")
	if err != nil {
		return err
	}
	password, _ := u.User.Password()
	addr := net.JoinHostPort(u.Hostname(), cmp.Or(u.Port(), map[string]string{"smpp": "2775", "smpps": "3550"}[u.Scheme]))
	dial := func(ctx context.Context) (net.Conn, error) { return new(net.Dialer).DialContext(ctx, "tcp", addr) }
	if u.Scheme == "smpps" {
		dial = func(ctx context.Context) (net.Conn, error) {
			return (&tls.Dialer{Config: &tls.Config{ServerName: u.Hostname(), MinVersion: tls.VersionTLS12}}).DialContext(ctx, "tcp", addr)
		}
	}
	g.centre = smpp.NewClient(smpp.Config{
		Dial: dial, SystemID: u.User.Username(), Password: password, SystemType: u.Query().Get("type"), Log: log,
		Receive: func(ctx context.Context, p smpp.PDU) error { return g.receive(ctx, p) },
	})
	g.carriers[notify.SMS] = &notify.Texter{Client: g.centre, From: u.Query().Get("from")}
	return nil
}

// openMail reads smtp://user:password@host:587?from=noreply@example.kz, where the
// line is hidden by STARTTLS, or smtps:// where it is from the first byte. Only a
// server of this machine may be spoken to in the clear, with &security=none.
func (g *gateways) openMail(text string) error {
	if text == "" {
		return nil
	}
	u, err := gatewayURL("--mail", text, "smtp", "smtps")
	if err != nil {
		return err
	}
	security := map[string]string{"smtp": "starttls", "smtps": "tls"}[u.Scheme]
	if u.Query().Get("security") == "none" {
		if addr, err := netip.ParseAddr(u.Hostname()); u.Hostname() != "localhost" && (err != nil || !addr.IsLoopback()) {
			return aiqyn.E(aiqyn.Invalid, "error.serve-mail-clear")
		}
		security = "none"
	}
	if notify.Address(u.Query().Get("from")) == "" {
		return aiqyn.E(aiqyn.Invalid, "error.serve-gateway", "flag", "--mail", "example", "smtp://…?from=noreply@example.kz")
	}
	password, _ := u.User.Password()
	g.carriers[notify.Email] = &notify.Mailer{
		Addr: net.JoinHostPort(u.Hostname(), cmp.Or(u.Port(), map[string]string{"smtp": "587", "smtps": "465"}[u.Scheme])),
		From: u.Query().Get("from"), User: u.User.Username(), Password: password, Security: security,
	}
	return nil
}

// run hands letters on, and hears what comes back, until ctx ends.
func (g *gateways) run(ctx context.Context, e *casework.Engine, texts *locale.Catalogue, log *slog.Logger) {
	post := &casework.Post{Engine: e, Texts: texts, Carriers: g.carriers, Log: log}
	var heard sms.Assembler
	g.receive = func(ctx context.Context, p smpp.PDU) error {
		h, ok := notify.Hear(&heard, p, time.Now())
		switch {
		case !ok:
			return nil
		case h.Receipt != nil:
			return post.Receipt(ctx, notify.SMS, h.Receipt.ID, h.Receipt.State == smpp.Delivered)
		}
		return e.Answer(ctx, h.From, h.Text)
	}
	var all sync.WaitGroup
	if g.centre != nil {
		all.Go(func() { g.centre.Run(ctx) })
	}
	all.Go(func() { post.Run(ctx) })
	all.Wait()
}
