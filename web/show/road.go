package show

import (
	"aiqyn/casework"
	"aiqyn/locale"
	"aiqyn/release"
	"aiqyn/web/ui"
	"aiqyn/web/visit"
)

// Road shows the whole way from an application to what it was for; nil where the
// case is all there is. Those who may open the other cases find them below.
func Road(v *visit.Visit, c *casework.CaseView, below string) *ui.Road {
	r := c.Road
	if r == nil {
		return nil
	}
	road := &ui.Road{Total: v.T("web.road.so-far", "n", r.Days)}
	if !r.Ended.IsZero() {
		road.Total = v.T("web.road.took", "n", r.Days)
	}
	if r.Spent.Days > 0 {
		road.Spent = spent(v, r.Spent)
	}
	for _, s := range r.Stops {
		stop := ui.Stop{Title: v.In(s.Step), Of: v.In(s.Service), Who: v.T("role." + string(s.By)), State: ui.Tag{Text: v.T("web.road." + string(s.State))}}
		switch s.State {
		case casework.RoadDone:
			stop.State.Kind, stop.When = "good", locale.Date(v.Lang, s.To)
			stop.Days = v.T("web.road.days", "n", s.Days)
		case casework.RoadNow:
			stop.Now, stop.State.Kind = true, "todo"
			stop.Days = v.T("web.road.days", "n", s.Days)
			if !s.Due.IsZero() {
				stop.When = v.T("web.road.by", "date", s.Due)
			}
		}
		if s.Ref != "" && s.Ref != c.Ref && below != "" {
			stop.Href = v.Href(below, s.Ref)
		}
		road.Stops = append(road.Stops, stop)
	}
	return road
}

// spent are the days of a road by whom they waited for. Nobody else is named where
// nobody else was asked.
func spent(v *visit.Visit, r release.Road) []ui.Fact {
	days := func(key string, n int) ui.Fact {
		return ui.Fact{Name: v.T("web.road-whole." + key), Value: v.T("web.road.days", "n", n)}
	}
	facts := []ui.Fact{days("applicant", r.Waits.Applicant), days("body", r.Waits.Body)}
	if r.Waits.Others > 0 {
		facts = append(facts, days("others", r.Waits.Others))
	}
	return append(facts, days("state", r.Waits.State), days("working", r.Working))
}
