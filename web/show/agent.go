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
	who := a.Person
	if who == string(v.Who.Actor.Person) { // they know their number; others are shown it
		who = v.Who.Name
	}
	row := ui.Row{Key: v.T("web.agent.filed"), Value: who, Note: v.T("web.agent.by-register")}
	if a.Kind == "mandate" {
		row.Note = v.T("web.agent.by-mandate", "entry", strconv.FormatInt(a.Entry, 10))
	}
	return []ui.Row{{Key: v.T("web.agent.for"), Value: c.Applicant}, row}
}
