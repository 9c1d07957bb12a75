package show

import (
	"aiqyn/secrecy"
	"aiqyn/web/ui"
	"aiqyn/web/visit"
)

// Subject names what can be classified.
func Subject(v *visit.Visit, s secrecy.Subject) string {
	return v.T("web.secrecy.subject." + s.String())
}

// GroundOf is from which day the ground of a class is; "" where that was not asked yet.
func GroundOf(v *visit.Visit, c secrecy.Classification) string {
	if c.Issued.IsZero() {
		return ""
	}
	return v.T("web.secrecy.issued-on", "date", ui.Day(v.Lang, c.Issued))
}
