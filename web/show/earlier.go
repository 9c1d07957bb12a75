package show

import (
	"aiqyn/casework"
	"aiqyn/locale"
	"aiqyn/web/ui"
	"aiqyn/web/visit"
)

// Before is who stands before an open case for the power that it fits in: nobody's name.
type Before struct {
	Rows []ui.Row
	Sum  string // how many those are, to officers
	Late string // that its day has passed, and until when it waits at most; "" it has not
}

// Earlier is nil where nobody stands before it.
func Earlier(v *visit.Visit, c *casework.CaseView) *Before {
	if c.Ruling == nil || len(c.Ruling.Earlier) == 0 {
		return nil
	}
	b := new(Before)
	for _, e := range c.Ruling.Earlier {
		row := ui.Row{Key: v.T("web.earlier.one", "filed", When(v, e.Filed)), Value: v.T("web.earlier.until", "until", locale.Date(v.Lang, e.Until))}
		if e.Ref != "" {
			row.Note = string(e.Ref)
		}
		b.Rows = append(b.Rows, row)
	}
	if n := c.Ruling.Ahead; n > 0 {
		b.Sum = v.T("web.earlier.count", "n", n)
		if n > len(b.Rows) {
			b.Sum += " " + v.T("web.earlier.named", "n", len(b.Rows))
		}
	}
	if !c.Behind.IsZero() {
		b.Late = v.T("web.earlier.late", "until", locale.Date(v.Lang, c.Behind))
	}
	return b
}
