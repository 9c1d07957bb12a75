package show

import (
	"strconv"

	"aiqyn/casework"
	"aiqyn/web/ui"
	"aiqyn/web/visit"
)

// Agent says who filed a case for its applicant and by what right; nil where they
// did it themselves.
func Agent(v *visit.Visit, c *casework.CaseView) []ui.Row {
	a := c.Agent
	if a == nil {
		return nil
	}
	row := ui.Row{Key: v.T("web.agent.filed"), Value: a.Person, Note: v.T("web.agent.by-register")}
	if a.Kind == "mandate" {
		row.Note = v.T("web.agent.by-mandate", "entry", strconv.FormatInt(a.Entry, 10))
	}
	return []ui.Row{{Key: v.T("web.agent.for"), Value: c.Applicant}, row}
}
