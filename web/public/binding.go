package public

import (
	"math"
	"slices"
	"strconv"
	"strings"

	"aiqyn/casework"
	"aiqyn/locale"
	"aiqyn/web/sheet"
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
	for _, format := range []string{"csv", "xlsx"} {
		out.List.Files = append(out.List.Files, ui.Link{Href: v.Href("capacity", id, "binding."+format), Text: strings.ToUpper(format)})
	}
	if b.More {
		out.List.Total = v.T("web.binding.more", "n", len(b.Days))
	}
	return out, nil
}

// BindingFile is the list of them as a file.
func BindingFile(format sheet.Format) visit.Handler {
	return func(v *visit.Visit) error {
		id, line, _, err := oneTrafo(v)
		if err != nil {
			return err
		}
		b, err := v.Engine.BindingDays(v.Context(), v.Actor(), id)
		if err != nil {
			return err
		}
		list := sheet.Sheet{Title: v.T("web.binding.of", "name", show.TrafoName(line)), Columns: []sheet.Column{
			{Name: "day", Title: v.T("web.capacity.published")}, {Name: "free_kw", Title: v.T("web.capacity.free"), Unit: v.T("ui.unit.kw")},
			{Name: "source_bus", Title: v.T("web.binding.source-bus")}, {Name: "source_transformer", Title: v.T("web.binding.source")}, {Name: "state", Title: v.T("web.binding.state")},
			{Name: "withdrawn", Title: v.T("web.binding.withdrawn-at")}, {Name: "asked_by", Title: v.T("web.binding.first")}, {Name: "signed_by", Title: v.T("web.binding.second")},
			{Name: "meters", Title: v.T("web.binding.meters")}, {Name: "withdrawn_by_entry", Title: v.T("web.binding.by-entry")},
			{Name: "entry", Title: v.T("web.peaks.entry")}, {Name: "publication_sha256", Title: v.T("web.entry.leaf")},
		}}
		list.About = show.NewListing(v, []any{"capacity", id}).About(sheet.Note{Name: v.T("web.binding.title"), Text: v.T("web.binding.lede", "since", dayText(v, b.Since))})
		return v.Sheet("aiqyn-binding-"+strconv.Itoa(id), format, list, func(yield func(sheet.Row, error) bool) {
			for _, d := range b.Days {
				if !yield(bindingRow(d), nil) {
					return
				}
			}
		})
	}
}

// bindingRow is one of them as a row of a file.
func bindingRow(d casework.BindingDay) sheet.Row {
	row := sheet.Row{d.Day, kilowatts(d.Line.FreeW), nil, d.Source.Name, "binds", nil, nil, nil, nil, nil, d.Entry, d.Hash}
	if d.Source.Known {
		row[2] = int64(d.Source.Bus)
	}
	if r := d.Withdrawn; r != nil {
		row[4], row[5], row[6], row[7], row[8], row[9] = "withdrawn", r.At, string(r.AskedBy), string(r.SignedBy), strings.Join(r.Meters, " "), r.Entry
	}
	return row
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
