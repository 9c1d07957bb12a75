package citizen

import (
	"aiqyn/casework"
	"aiqyn/locale"
	"aiqyn/web/ui"
	"aiqyn/web/visit"
)

// dearer tells the applicant that the point named to them is much dearer than the
// best, by how much, and why.
type dearer struct {
	Text, Because string
	Letter        ui.Link // that the reason rests on; its text alone where it is not kept
}

func newDearer(v *visit.Visit, c *casework.CaseView) *dearer {
	if c.Conditions == nil || c.Conditions.Dearer == nil {
		return nil
	}
	d := c.Conditions.Dearer
	out := &dearer{
		Text: v.T("web.other.told", "best", d.Best, "sum", locale.Money(v.Lang, d.Cost-d.BestCost), "n", int(d.Over)), Because: v.In(d.Reason),
	}
	switch {
	case d.Kept:
		out.Letter = ui.Link{Text: v.T("web.other.read-letter"), Href: v.Href("cases", c.Ref, "files", d.Letter)}
	case d.Letter != "":
		out.Letter.Text = v.T("web.other.letter-named", "hash", d.Letter)
	}
	return out
}
