package visit

import (
	"net"
	"net/http"
	"strings"
	"time"
)

// The cookies. Over HTTPS the browser holds them to this host by their names.
const (
	sessionCookie = "aiqyn-session"
	phoneCookie   = "aiqyn-phone" // between the two pages of signing in
	sessionFor    = 12 * time.Hour
	phoneFor      = 15 * time.Minute
	gone          = -time.Second
)

// Token is the session's, empty if there is none.
func (v *Visit) Token() string { return v.cookie(sessionCookie) }

// StartSession gives the browser its token.
func (v *Visit) StartSession(token string) { v.setCookie(sessionCookie, token, sessionFor) }

// EndSession takes it away.
func (v *Visit) EndSession() { v.setCookie(sessionCookie, "", gone) }

// Phone is the number that a code was just sent to.
func (v *Visit) Phone() string { return v.cookie(phoneCookie) }

// RememberPhone keeps it for the next page, out of the address and the log.
func (v *Visit) RememberPhone(phone string) { v.setCookie(phoneCookie, phone, phoneFor) }

// ForgetPhone drops it.
func (v *Visit) ForgetPhone() { v.setCookie(phoneCookie, "", gone) }

// Address is where the request comes from.
func (v *Visit) Address() string {
	host, _, err := net.SplitHostPort(v.R.RemoteAddr)
	if err != nil {
		return v.R.RemoteAddr
	}
	return host
}

// Limited is whom a rate limit counts: the account, or else the address.
func (v *Visit) Limited() string {
	if v.SignedIn() {
		return "account " + string(v.Who.Actor.Person) + string(v.Who.Actor.Officer)
	}
	return v.Address()
}

// Next is the page to go on to after signing in: one of ours, or else the
// fallback.
func (v *Visit) Next(fallback string) string {
	next := v.R.FormValue("next")
	if !strings.HasPrefix(next, "/") || strings.HasPrefix(next, "//") || strings.ContainsAny(next, "\\\r\n") {
		return fallback
	}
	return next
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
