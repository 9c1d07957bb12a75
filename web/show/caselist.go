package show

import (
	"time"

	"aiqyn"
	"aiqyn/casework"
	"aiqyn/locale"
	"aiqyn/web/sheet"
	"aiqyn/web/ui"
	"aiqyn/web/visit"
)

// CaseFilterNames are what may narrow a list of cases.
var CaseFilterNames = []string{"service", "status"}

// caseStates are the states to choose from.
var caseStates = []casework.Status{casework.StatusOpen, casework.StatusSuspended, casework.StatusHearing, casework.StatusClosed}

// CaseFilter is by what the address narrows a list of cases.
func CaseFilter(v *visit.Visit) (aiqyn.ServiceID, casework.Status) {
	return aiqyn.ServiceID(v.Query("service")), casework.Status(v.Query("status"))
}

// CaseFilterForm offers the services and the states.
func CaseFilterForm(v *visit.Visit, l *Listing) *ui.Filter {
	all := ui.Option{Label: v.T("ui.filter.all")}
	services := ui.Select{Name: "service", Label: v.T("web.inbox.service"), Options: []ui.Option{all}}
	for _, svc := range v.Engine.Pack().Services {
		services.Options = append(services.Options, ui.Option{Value: string(svc.ID), Label: v.In(svc.Title), Checked: v.Query("service") == string(svc.ID)})
	}
	states := ui.Select{Name: "status", Label: v.T("web.cases.status"), Options: []ui.Option{all}}
	for _, state := range caseStates {
		states.Options = append(states.Options, ui.Option{Value: string(state), Label: v.T("web.status." + string(state)), Checked: v.Query("status") == string(state)})
	}
	return &ui.Filter{Action: l.Bare(), Selects: []ui.Select{services, states}, Reset: l.Plain()}
}

// CaseColumns are those of a file of cases.
func CaseColumns(v *visit.Visit) []sheet.Column {
	return []sheet.Column{
		{Name: "reference", Title: v.T("web.cases.ref")}, {Name: "service", Title: v.T("web.inbox.service")}, {Name: "filed", Title: v.T("web.cases.filed")},
		{Name: "status", Title: v.T("web.cases.status")}, {Name: "outcome", Title: v.T("web.cases.outcome")}, {Name: "step", Title: v.T("web.inbox.step")},
		{Name: "due", Title: v.T("web.cases.due")}, {Name: "days_left", Title: v.T("web.inbox.left"), Unit: v.T("ui.unit.days")}, {Name: "object", Title: v.T("web.inbox.object")},
	}
}

// CaseRow is one case of such a file.
func CaseRow(v *visit.Visit, l casework.CaseLine) sheet.Row {
	var left any
	if !l.Due.IsZero() {
		left = int64(l.DaysLeft)
	}
	return sheet.Row{string(l.Ref), v.In(l.Title), l.Filed.In(locale.Zone), string(l.Status), string(l.Outcome), v.In(l.Step), local(l.Due), left, l.Object}
}

// AsOf says when a file was made.
func AsOf(v *visit.Visit) sheet.Note {
	return sheet.Note{Name: v.T("ui.sheet.at"), Text: locale.DateTime(v.Lang, v.Now())}
}

func local(t time.Time) time.Time {
	if t.IsZero() {
		return t
	}
	return t.In(locale.Zone)
}
