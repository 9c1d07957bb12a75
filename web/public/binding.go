package public

import (
	"math"
	"slices"
	"strconv"
	"strings"

	"aiqyn/casework"
	"aiqyn/locale"
	"aiqyn/web/show"
	"aiqyn/web/ui"
	"aiqyn/web/ui/chart"
	"aiqyn/web/visit"
)

// bindingDays are the days whose publication of a transformer binds, or was withdrawn.
type bindingDays struct {
	Lede, Sum string
	Chart     *ui.Chart
	List      ui.List
}

// bindingOf tells them of one transformer; nil where there are none, or they are not told.
func bindingOf(v *visit.Visit, id int) (*bindingDays, error) {
	b, err := v.Engine.BindingDays(v.Context(), v.Actor(), id)
	if err != nil || len(b.Days) == 0 {
		return nil, err
	}
	gone := 0
	for _, d := range b.Days {
		if d.Withdrawn != nil {
			gone++
		}
	}
	out := &bindingDays{Lede: v.T("web.binding.lede", "since", dayText(v, b.Since)), Sum: v.T("web.binding.sum", "n", len(b.Days)-gone, "gone", gone), Chart: bindingChart(v, b)}
	out.List = ui.List{Caption: v.T("web.binding.title"), Columns: []ui.Column{{Title: v.T("web.capacity.published"), Head: true}, {Title: v.T("web.capacity.free"), Number: true},
		{Title: v.T("web.binding.source")}, {Title: v.T("web.binding.state")}, {Title: v.T("web.peaks.entry"), Number: true}}}
	for _, d := range b.Days {
		state := ui.Cell{Tag: &ui.Tag{Kind: "good", Text: v.T("web.binding.binds")}}
		if d.Withdrawn != nil {
			state = ui.Cell{Tag: &ui.Tag{Kind: "warn", Text: v.T("web.binding.withdrawn")}, Note: withdrawnBy(v, d.Withdrawn)}
		}
		out.List.Rows = append(out.List.Rows, ui.Line{Cells: []ui.Cell{{Text: dayText(v, d.Day)}, {Text: show.Watts(v, d.Line.FreeW)}, {Text: sourceText(v, d.Source), Note: d.Source.Name},
			state, {Text: strconv.FormatInt(d.Entry, 10), Href: v.Href("ledger", d.Entry)}}})
	}
	if b.More {
		out.List.Total = v.T("web.binding.more", "n", len(b.Days))
	}
	return out, nil
}

// withdrawnBy says when and by which offices something was withdrawn, and on what.
func withdrawnBy(v *visit.Visit, r *casework.Reduction) string {
	return v.T("web.binding.by", "at", locale.DateTime(v.Lang, r.At), "first", v.T("role."+string(r.AskedBy)), "second", v.T("role."+string(r.SignedBy)),
		"meters", strings.Join(r.Meters, ", "), "entry", strconv.FormatInt(r.Entry, 10))
}

func sourceText(v *visit.Visit, s casework.FeedView) string {
	if !s.Known {
		return v.T("web.binding.no-source")
	}
	return v.T("web.binding.bus", "bus", strconv.Itoa(s.Bus))
}

// bindingChart draws what binds by source, and what was withdrawn; nil of one day.
func bindingChart(v *visit.Visit, b casework.BindingDays) *ui.Chart {
	if len(b.Days) < 2 {
		return nil
	}
	l := chart.Line{Frame: show.Frame(v, "binding-chart", v.T("web.binding.chart")), Unit: v.T("ui.unit.kw"), Axis: v.T("web.capacity.published"), Decimal: 1,
		Ends: [2]string{locale.DayMonth(v.Lang, b.Days[len(b.Days)-1].At), locale.DayMonth(v.Lang, b.Days[0].At)}}
	at := func(name string) int {
		i := slices.IndexFunc(l.Lines, func(s chart.Series) bool { return s.Name == name })
		if i < 0 {
			i = len(l.Lines)
			none := make([]float64, len(b.Days))
			for k := range none {
				none[k] = math.NaN()
			}
			l.Lines = append(l.Lines, chart.Series{Name: name, Values: none})
		}
		return i
	}
	for i, d := range slices.Backward(b.Days) {
		l.Points = append(l.Points, show.When(v, d.At))
		name := v.T("web.binding.binds-source", "source", sourceText(v, d.Source))
		if d.Withdrawn != nil {
			name = v.T("web.binding.withdrawn")
		}
		if d.Line.FreeW >= 0 {
			l.Lines[at(name)].Values[len(b.Days)-1-i] = float64(d.Line.FreeW) / 1000
		}
	}
	if len(l.Lines) == 0 {
		return nil
	}
	return ui.NewChart(l.Draw())
}
