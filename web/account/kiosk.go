package account

import (
	"aiqyn/web/ui"
	"aiqyn/web/visit"
)

type kioskPage struct {
	ui.Layout
	On      bool
	Seconds int
}

// Kiosk is the first page of a shared screen; on any other it offers to become one.
func Kiosk(v *visit.Visit) error {
	page := &kioskPage{Layout: v.Layout("web.kiosk.title"), On: v.Kiosk(), Seconds: int(visit.IdleAfter.Seconds())}
	page.KioskStart = page.On
	return v.Page("account/kiosk", page)
}

// SetKiosk makes the screen a shared one, or one person's own again. Whoever was
// signed in is forgotten either way.
func SetKiosk(v *visit.Visit) error {
	if err := v.Forget(); err != nil {
		return err
	}
	v.BeKiosk(v.Field("kiosk") == "on")
	return v.Go("kiosk")
}

// KioskOver forgets whoever was at a shared screen: they have finished, or gone
// away. A screen that is nobody's but one person's is left as it is, so that no
// link of another site can sign them out.
func KioskOver(v *visit.Visit) error {
	if v.Kiosk() {
		if err := v.Forget(); err != nil {
			return err
		}
	}
	return v.Go("kiosk")
}
