package visit

import (
	"strconv"
	"time"
)

// A browser that many people use one after another, at a service centre, is a
// kiosk: it says so by a cookie of its own that outlives sessions.
const (
	kioskCookie = "aiqyn-kiosk"
	kioskFor    = 400 * 24 * time.Hour // the longest that browsers keep one

	// IdleAfter is how long nobody may touch a kiosk before it forgets them, and
	// warnFor the last part of it, in which it says so.
	IdleAfter = 2 * time.Minute
	warnFor   = 30 * time.Second
)

// Kiosk reports whether the browser is a shared one.
func (v *Visit) Kiosk() bool { return v.cookie(kioskCookie) == "1" }

// BeKiosk makes the browser a shared one, or one person's own again.
func (v *Visit) BeKiosk(is bool) {
	if is {
		v.setCookie(kioskCookie, "1", kioskFor)
	} else {
		v.setCookie(kioskCookie, "", gone)
	}
}

// Forget ends whatever somebody has begun here and has the browser drop what it
// holds of it.
func (v *Visit) Forget() error {
	if token := v.Token(); token != "" {
		if err := v.Engine.SignOut(v.Context(), token); err != nil {
			return err
		}
	}
	v.EndSession()
	v.ForgetAttempt()
	v.ForgetProof()
	v.W.Header().Set("Clear-Site-Data", `"cache", "storage"`)
	return nil
}

// idle leads a kiosk that nobody touches to where it forgets, without a script.
// A script does the same and warns before.
func (v *Visit) idle() {
	if v.Kiosk() {
		v.W.Header().Set("Refresh", strconv.Itoa(int(IdleAfter.Seconds()))+"; url="+v.Href("kiosk", "over"))
	}
}
