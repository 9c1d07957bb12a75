package notify

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"mime"
	"mime/quotedprintable"
	"net"
	"net/mail"
	"net/smtp"
	"net/textproto"
	"strings"
	"time"
)

// Mailer carries letters by e-mail to the body's own mail server.
type Mailer struct {
	Addr           string // host:port
	From           string // noreply@example.kz
	User, Password string // optional
	// Security is how the line is kept from others: "starttls", "tls" from the
	// first byte, or "none", which a server of this machine alone may have.
	Security string
	TLS      *tls.Config   // optional: for a certificate that the machine does not know
	Timeout  time.Duration // optional: for the whole letter; 30 s
}

// mailLimit is the longest address that RFC 5321 allows.
const mailLimit = 254

// Address reads an address of e-mail as a person types it: one, without a
// name, with a domain. It is "" if it is none.
func Address(typed string) string {
	typed = strings.TrimSpace(typed)
	a, err := mail.ParseAddress(typed)
	if err != nil || a.Address != typed || len(typed) > mailLimit || strings.ContainsAny(typed, "\r\n\"<> ") {
		return ""
	}
	at := strings.LastIndexByte(typed, '@')
	domain := typed[at+1:]
	if at < 1 || at > 64 || !strings.Contains(domain, ".") || strings.ContainsAny(domain, "[]") {
		return ""
	}
	return typed[:at] + "@" + strings.ToLower(domain)
}

// Carry sends a letter. Mail servers tell later, and to the sender's address,
// what was not delivered: there is no id to wait for.
func (m *Mailer) Carry(ctx context.Context, l Letter) ([]string, error) {
	if Address(l.To) == "" {
		return nil, &Failure{Code: BadAddress, Final: true, Err: errors.New("not an address")}
	}
	timeout := m.Timeout
	if timeout <= 0 {
		timeout = 30 * time.Second
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	c, err := m.dial(ctx)
	if err != nil {
		return nil, &Failure{Code: NoLine, Blameless: true, Err: err}
	}
	defer c.Close()
	if err := m.send(c, l); err != nil {
		return nil, err
	}
	c.Quit() // it has the letter, whatever it says now
	return nil, nil
}

// dial reaches the server, and is not heard by others from then on.
func (m *Mailer) dial(ctx context.Context) (*smtp.Client, error) {
	host, _, err := net.SplitHostPort(m.Addr)
	if err != nil {
		return nil, err
	}
	conn, err := new(net.Dialer).DialContext(ctx, "tcp", m.Addr)
	if err != nil {
		return nil, err
	}
	if until, ok := ctx.Deadline(); ok {
		conn.SetDeadline(until)
	}
	settings := m.TLS.Clone()
	if settings == nil {
		settings = &tls.Config{MinVersion: tls.VersionTLS12}
	}
	if settings.ServerName == "" {
		settings.ServerName = host
	}
	if m.Security == "tls" {
		conn = tls.Client(conn, settings)
	}
	c, err := smtp.NewClient(conn, host)
	if err != nil {
		conn.Close()
		return nil, err
	}
	if m.Security == "starttls" {
		err = c.StartTLS(settings)
	}
	if err == nil && m.User != "" {
		err = c.Auth(smtp.PlainAuth("", m.User, m.Password, host))
	}
	if err != nil {
		c.Close()
		return nil, err
	}
	return c, nil
}

func (m *Mailer) send(c *smtp.Client, l Letter) error {
	if err := c.Mail(m.From); err != nil {
		return &Failure{Code: Refused, Err: err} // about us, not about the person
	}
	if err := c.Rcpt(l.To); err != nil {
		return mailFailure(err)
	}
	w, err := c.Data()
	if err != nil {
		return mailFailure(err)
	}
	if _, err := w.Write(m.compose(l)); err != nil {
		return &Failure{Code: NoAnswer, Err: err}
	}
	if err := w.Close(); err != nil {
		return mailFailure(err)
	}
	return nil
}

// mailFailure reads what a server answered: 5 is for ever, 4 for now.
func mailFailure(err error) *Failure {
	var said *textproto.Error
	switch {
	case !errors.As(err, &said):
		return &Failure{Code: NoAnswer, Err: err}
	case said.Code >= 500:
		return &Failure{Code: BadAddress, Final: true, Err: err}
	}
	return &Failure{Code: Refused, Err: err}
}

// compose writes a letter as mail. Its name rests on the letter alone: sent
// twice it is the same mail, and readers show it once.
func (m *Mailer) compose(l Letter) []byte {
	var b bytes.Buffer
	_, domain, _ := strings.Cut(m.From, "@")
	for _, h := range [][2]string{
		{"From", (&mail.Address{Name: "Aiqyn", Address: m.From}).String()},
		{"To", l.To},
		{"Subject", mime.BEncoding.Encode("utf-8", oneLine(l.Subject))},
		{"Date", l.At.Format(time.RFC1123Z)},
		{"Message-ID", fmt.Sprintf("<letter-%d@%s>", l.ID, domain)},
		{"Auto-Submitted", "auto-generated"},
		{"Content-Language", string(l.Lang)},
		{"MIME-Version", "1.0"},
		{"Content-Type", "text/plain; charset=utf-8"},
		{"Content-Transfer-Encoding", "quoted-printable"},
	} {
		b.WriteString(h[0] + ": " + h[1] + "\r\n")
	}
	b.WriteString("\r\n")
	q := quotedprintable.NewWriter(&b)
	q.Write([]byte(strings.ReplaceAll(l.Text, "\n", "\r\n") + "\r\n")) // a buffer does not fail
	q.Close()
	return b.Bytes()
}

// oneLine keeps a text from becoming two headers.
func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }
