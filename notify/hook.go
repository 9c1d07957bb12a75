package notify

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"syscall"
	"time"

	"aiqyn/webhook"
)

// Hooks tells programs: one POST a letter, signed as Standard Webhooks lays
// down, to https alone, to nobody who is not on the public network.
type Hooks struct {
	// Clock gives the time that is signed with each try; nil: time.Now.
	Clock func() time.Time
	// Roots are trusted beside those of the machine, and Reach, if set, lets
	// addresses be reached that are not public: for tests.
	TLS   *tls.Config
	Reach func(netip.AddrPort) bool
}

// maxHookAddress is the longest address that is taken.
const maxHookAddress = 500

// HookAddress reads the address of a program as it is typed, "" if it is none
// that may be told: https, a name with a dot or a public address, no password.
func HookAddress(typed string) string {
	typed = strings.TrimSpace(typed)
	u, err := url.Parse(typed)
	if err != nil || len(typed) > maxHookAddress || u.Scheme != "https" || u.Opaque != "" || u.User != nil || u.Fragment != "" {
		return ""
	}
	host := strings.ToLower(u.Hostname())
	if addr, err := netip.ParseAddr(host); err == nil {
		if !isPublic(addr) {
			return ""
		}
	} else if !isDomain(host) {
		return ""
	}
	return u.String()
}

// isDomain reports whether a name is one that others than this machine's
// network can have meant.
func isDomain(host string) bool {
	last := host[strings.LastIndexByte(host, '.')+1:]
	if !strings.Contains(host, ".") || strings.HasSuffix(host, ".") || last == "local" || last == "localhost" || last == "internal" {
		return false
	}
	return strings.IndexFunc(last, func(r rune) bool { return r < 'a' || r > 'z' }) < 0 // so that 0x7f.1 is none
}

// notPublic are networks that netip does not tell apart: shared address space,
// protocol assignments, measuring, documentation, IPv4 inside IPv6.
var notPublic = func() (list []netip.Prefix) {
	for _, p := range []string{
		"0.0.0.0/8", "100.64.0.0/10", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "240.0.0.0/4",
		"64:ff9b::/96", "64:ff9b:1::/48", "100::/64", "2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20", "5f00::/16", "fec0::/10", "::/96",
	} {
		list = append(list, netip.MustParsePrefix(p))
	}
	return list
}()

// isPublic reports whether an address is one of the public network.
func isPublic(a netip.Addr) bool {
	a = a.Unmap().WithZone("")
	if !a.IsGlobalUnicast() || a.IsPrivate() {
		return false
	}
	for _, p := range notPublic {
		if p.Contains(a) {
			return false
		}
	}
	return true
}

// errPrivate is why an address was not reached.
var errPrivate = errors.New("not an address of the public network")

// dialer reaches public addresses only. It looks at the address that is about to
// be reached, after every name was resolved: a name cannot lead elsewhere later.
func (h *Hooks) dialer() *net.Dialer {
	return &net.Dialer{Timeout: 5 * time.Second, Control: func(_, address string, _ syscall.RawConn) error {
		a, err := netip.ParseAddrPort(address)
		if err != nil {
			return err
		}
		if isPublic(a.Addr()) || h.Reach != nil && h.Reach(a) {
			return nil
		}
		return errPrivate
	}}
}

// Carry tells one program one thing. Any answer of the two hundreds is a
// receipt; redirects are not followed.
func (h *Hooks) Carry(ctx context.Context, l Letter) ([]string, error) {
	if HookAddress(l.To) == "" && h.Reach == nil {
		return nil, &Failure{Code: BadAddress, Final: true, Err: errors.New("not an address of a program")}
	}
	now := time.Now
	if h.Clock != nil {
		now = h.Clock
	}
	stamp := strconv.FormatInt(now().Unix(), 10)
	signature, err := webhook.Message{ID: l.Key, Timestamp: stamp, Body: []byte(l.Text)}.Sign(l.Secret)
	if err != nil {
		return nil, &Failure{Code: Fault, Final: true, Err: err}
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, l.To, strings.NewReader(l.Text))
	if err != nil {
		return nil, &Failure{Code: BadAddress, Final: true, Err: err}
	}
	r.Header.Set("Content-Type", "application/cloudevents+json; charset=utf-8")
	r.Header.Set("User-Agent", "Aiqyn-Webhook/1")
	r.Header.Set(webhook.HeaderID, l.Key)
	r.Header.Set(webhook.HeaderTimestamp, stamp)
	r.Header.Set(webhook.HeaderSignature, signature)
	return nil, h.post(r)
}

// hookTimeout is for all of one exchange.
const hookTimeout = 10 * time.Second

func (h *Hooks) post(r *http.Request) error {
	transport := &http.Transport{
		DialContext: h.dialer().DialContext, TLSClientConfig: h.TLS, TLSHandshakeTimeout: 5 * time.Second, ResponseHeaderTimeout: 10 * time.Second,
		MaxResponseHeaderBytes: 16 << 10, DisableKeepAlives: true, // one program's line is no other's
	}
	client := &http.Client{Transport: transport, Timeout: hookTimeout, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	w, err := client.Do(r)
	switch {
	case errors.Is(err, errPrivate):
		return &Failure{Code: BadAddress, Err: err} // its name may lead elsewhere tomorrow
	case err != nil:
		return &Failure{Code: NoAnswer, Err: err}
	}
	w.Body.Close() // what it says is of no interest, however long it takes to say it
	switch {
	case w.StatusCode/100 == 2:
		return nil
	case w.StatusCode == http.StatusTooManyRequests:
		return &Failure{Code: Throttled, Err: errors.New(w.Status)}
	case w.StatusCode == http.StatusGone: // it says that it will take nothing more
		return &Failure{Code: Refused, Final: true, Err: errors.New(w.Status)}
	}
	return &Failure{Code: Refused, Err: errors.New(w.Status)}
}
