package visit

import (
	"encoding/base64"
	"net/http"
	"net/netip"
	"strings"
	"time"

	"aiqyn"
	"aiqyn/casework"
)

// The cookies. Over HTTPS the browser holds them to this host by their names.
const (
	sessionCookie = "aiqyn-session"
	attemptCookie = "aiqyn-attempt" // between the two pages of signing in
	proofCookie   = "aiqyn-proof"   // while a code of a second proof is on its way
	vouchCookie   = "aiqyn-vouch"   // while the person is at their identity provider
	sessionFor    = 12 * time.Hour
	attemptFor    = 15 * time.Minute
	gone          = -time.Second
)

// Token is the session's, empty if there is none. A program may send it as a
// bearer's instead of in the cookie.
func (v *Visit) Token() string {
	if token, ok := strings.CutPrefix(v.R.Header.Get("Authorization"), "Bearer "); ok && strings.HasPrefix(v.R.URL.Path, "/api/") {
		return token
	}
	if v.token != "" {
		return v.token
	}
	return v.cookie(sessionCookie)
}

// SessionCookie is the name of the cookie that holds it.
func (v *Visit) SessionCookie() string { return v.cookieName(sessionCookie) }

// StartSession gives the browser its token; from then on it is this visit's.
func (v *Visit) StartSession(token string) {
	v.token = token
	v.setCookie(sessionCookie, token, sessionFor)
}

// EndSession takes it away.
func (v *Visit) EndSession() { v.setCookie(sessionCookie, "", gone) }

// Attempt is the sign-in that this browser has begun: what its code is bound
// to, and the number it was sent to.
func (v *Visit) Attempt() (attempt, phone string) {
	attempt, encoded, ok := strings.Cut(v.cookie(attemptCookie), ".")
	number, err := base64.RawURLEncoding.DecodeString(encoded)
	if !ok || err != nil {
		return "", ""
	}
	return attempt, string(number)
}

// RememberAttempt keeps it for the next page, out of the address and the log.
func (v *Visit) RememberAttempt(attempt, phone string) {
	v.setCookie(attemptCookie, attempt+"."+base64.RawURLEncoding.EncodeToString([]byte(phone)), attemptFor)
}

// ForgetAttempt drops it.
func (v *Visit) ForgetAttempt() { v.setCookie(attemptCookie, "", gone) }

// RememberVouching keeps what the identity provider will be held to, and where the
// person wanted to go.
func (v *Visit) RememberVouching(remember string) {
	v.setCookie(vouchCookie, string(v.Lang)+"."+remember+"."+base64.RawURLEncoding.EncodeToString([]byte(v.Next(""))), attemptFor)
}

// Vouching is what was remembered, with the language in which the person left; next
// is empty or a page of ours. It is forgotten with the answer.
func (v *Visit) Vouching() (remembered string, lang aiqyn.Lang, next string) {
	parts := strings.Split(v.cookie(vouchCookie), ".")
	v.setCookie(vouchCookie, "", gone)
	if len(parts) != 3 {
		return "", "", ""
	}
	if page, err := base64.RawURLEncoding.DecodeString(parts[2]); err == nil && ours(string(page)) {
		next = string(page)
	}
	return parts[1], aiqyn.Lang(parts[0]), next
}

// Proof is what the code of a second proof is bound to, empty if none is on
// its way.
func (v *Visit) Proof() string {
	if v.proof != "" {
		return v.proof
	}
	return v.cookie(proofCookie)
}

// RememberProof keeps it until the code is typed.
func (v *Visit) RememberProof(attempt string) {
	v.proof = attempt
	v.setCookie(proofCookie, attempt, attemptFor)
}

// ForgetProof drops it.
func (v *Visit) ForgetProof() { v.setCookie(proofCookie, "", gone) }

// PasskeyAsked asks for a passkey of whoever is signed in, as a second proof; it is
// empty where they have none, or none can be asked for now: there is the code.
func (v *Visit) PasskeyAsked() casework.PasskeyAsked {
	asked, err := v.Engine.AskPasskeyProof(v.Context(), v.Token())
	if err != nil {
		v.Log.Error("ask for a passkey", "id", v.ID, "err", err)
	}
	return asked
}

// Client is the browser, for the list of where somebody is signed in.
func (v *Visit) Client() casework.Client {
	return casework.Client{Agent: v.R.UserAgent(), Address: v.peer().String(), Before: v.Token()}
}

// peer is the address that the request comes from. A proxy of ours is passed
// over: what it says of who asked it is believed, and nobody else is.
func (v *Visit) peer() netip.Addr {
	last, err := netip.ParseAddrPort(v.R.RemoteAddr)
	addr := last.Addr().Unmap()
	if err != nil {
		return netip.Addr{}
	}
	said := strings.Split(strings.Join(v.R.Header.Values("X-Forwarded-For"), ","), ",")
	for i := len(said) - 1; i >= 0 && v.isProxy(addr); i-- {
		before, err := netip.ParseAddr(strings.TrimSpace(said[i]))
		if err != nil {
			break
		}
		addr = before.Unmap()
	}
	return addr.WithZone("")
}

func (v *Visit) isProxy(a netip.Addr) bool {
	for _, p := range v.Proxies {
		if p.Contains(a) {
			return true
		}
	}
	return false
}

// Address is where the request comes from, as rate limits count it: one
// address of IPv4; of IPv6 the network that one customer gets.
func (v *Visit) Address() string {
	a := v.peer()
	if a.Is6() {
		if p, err := a.Prefix(64); err == nil {
			return p.String()
		}
	}
	return a.String()
}

// Limited is whom a rate limit counts: the account, or else the address.
func (v *Visit) Limited() string {
	if v.SignedIn() {
		return "account " + string(v.Who.Actor.Person) + string(v.Who.Actor.Officer)
	}
	return v.Address()
}

// For is whose affair it is that somebody does, as limits count it: of a person, whoever
// acts for them.
func (v *Visit) For() string {
	if who := v.Actor().Behalf(); who != "" {
		return "for " + string(who)
	}
	return v.Limited()
}

// Next is the page to go on to after signing in: one of ours, or else the
// fallback.
func (v *Visit) Next(fallback string) string {
	if next := v.R.FormValue("next"); ours(next) {
		return next
	}
	return fallback
}

// ours reports whether an address is a page of this site. Browsers drop tabs
// and line ends from an address and read a backslash as a slash, so that what
// looks like a path may be another host: only plain paths pass.
func ours(next string) bool {
	if len(next) > 2000 || !strings.HasPrefix(next, "/") || strings.HasPrefix(next, "//") {
		return false
	}
	return strings.IndexFunc(next, func(r rune) bool { return r <= ' ' || r == '\\' || r == 0x7f }) < 0
}

func (v *Visit) cookie(name string) string {
	c, err := v.R.Cookie(v.cookieName(name))
	if err != nil {
		return ""
	}
	return c.Value
}

func (v *Visit) cookieName(name string) string {
	if v.Secure {
		return "__Host-" + name
	}
	return name
}

func (v *Visit) setCookie(name, value string, keep time.Duration) {
	http.SetCookie(v.W, &http.Cookie{
		Name: v.cookieName(name), Value: value, Path: "/", MaxAge: int(keep / time.Second),
		HttpOnly: true, Secure: v.Secure, SameSite: http.SameSiteLaxMode,
	})
}
