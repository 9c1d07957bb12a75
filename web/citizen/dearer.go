package citizen

import (
	"aiqyn/casework"
	"aiqyn/locale"
	"aiqyn/web/visit"
)

// dearer tells the applicant that the point named to them is much dearer than the
// best, by how much, and why.
type dearer struct{ Text, Because string }

func newDearer(v *visit.Visit, c *casework.CaseView) *dearer {
	if c.Conditions == nil || c.Conditions.Dearer == nil {
		return nil
	}
	d := c.Conditions.Dearer
	return &dearer{
		Text: v.T("web.other.told", "best", d.Best, "sum", locale.Money(v.Lang, d.Cost-d.BestCost), "n", int(d.Over)), Because: v.In(d.Reason),
	}
}
