package show

import (
	"strings"

	"aiqyn/casework"
	"aiqyn/locale"
	"aiqyn/web/visit"
)

// Signed says of an electronic signature what kind it is, whose certificate made
// it, when, and how it is known that the certificate held.
func Signed(v *visit.Visit, s *casework.SignedView) string {
	parts := []string{v.T("web.signed." + s.Level), v.T("web.signed.by", "at", locale.DateTime(v.Lang, s.At), "issuer", s.Issuer), s.Algorithm}
	if s.Stamped != "" {
		parts = append(parts, v.T("web.signed.stamped", "by", s.Stamped))
	}
	if s.Status != "" {
		parts = append(parts, v.T("web.signed.status."+s.Status, "at", locale.DateTime(v.Lang, s.AsOf)))
	}
	return strings.Join(parts, " · ")
}
