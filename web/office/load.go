package office

import (
	"aiqyn/casework"
	"aiqyn/locale"
	"aiqyn/web/show"
	"aiqyn/web/ui"
	"aiqyn/web/ui/chart"
	"aiqyn/web/visit"
)

// load draws what lies open in a body: how much at which step, how much of it is
// late, and how long it has been there.
func load(v *visit.Visit, steps []casework.StepLoad) []*ui.Chart {
	if len(steps) == 0 {
		return nil
	}
	bars := chart.Bar{Frame: show.Frame(v, "load", v.T("web.load.title")), Axis: v.T("web.load.step"), Whole: v.T("web.load.open"), Part: v.T("web.load.late")}
	ages := chart.Heat{Frame: show.Frame(v, "ages", v.T("web.load.ages")), Axis: v.T("web.load.step"), Columns: []string{v.T("web.load.week"), v.T("web.load.month"), v.T("web.load.longer")}}
	ages.Desc = v.T("web.load.ages-desc")
	for _, s := range steps {
		name := v.In(s.Step) + " · " + serviceName(v, string(s.Service))
		bars.Bars = append(bars.Bars, chart.Item{Name: name, Whole: int64(s.Open), Part: int64(s.Late)})
		ages.Rows = append(ages.Rows, chart.HeatRow{Name: name, Values: []int64{int64(s.Week), int64(s.Month), int64(s.Longer)}})
	}
	return []*ui.Chart{ui.NewChart(bars.Draw()), ui.NewChart(ages.Draw())}
}

// open tells in numbers what the charts show.
func open(v *visit.Visit, steps []casework.StepLoad) []ui.Row {
	all, late := 0, 0
	for _, s := range steps {
		all, late = all+s.Open, late+s.Late
	}
	return []ui.Row{{Key: v.T("web.load.open"), Value: locale.Number(v.Lang, int64(all))}, {Key: v.T("web.load.late"), Value: locale.Number(v.Lang, int64(late))}}
}
