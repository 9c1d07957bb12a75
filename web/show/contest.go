package show

import (
	"aiqyn/casework"
	"aiqyn/web/ui"
	"aiqyn/web/visit"
)

// Contest is a record that may be contested, or that was: what was said, and both
// records beside one another.
type Contest struct {
	By, Text      string
	First, Second []ui.Row
}

// Contested is nil where nothing may be contested and nothing was.
func Contested(v *visit.Visit, c *casework.CaseView) *Contest {
	k := c.Contest
	switch {
	case k == nil:
		return nil
	case k.At.IsZero():
		return &Contest{By: v.T("web.contest.by", "date", k.By)}
	}
	return &Contest{Text: k.Text, First: Answers(v, k.First), Second: Answers(v, k.Second)}
}
