package operator

import (
	"net/http"
	"strconv"

	"aiqyn"
	"aiqyn/archive"
	"aiqyn/casework"
	"aiqyn/locale"
	"aiqyn/web/show"
	"aiqyn/web/ui"
	"aiqyn/web/visit"
)

// tablePage is the form for a table that somebody pastes, and what was taken in before.
type tablePage struct {
	ui.Layout
	Command string
	Table   ui.Field
	Left    *ui.List // of a table that was not taken in
	Batches ui.List
}

// newTablePage has the form as it was sent, with what is wrong with it. The texts are those
// of a room of the catalogue, as "web.peaks".
func newTablePage(v *visit.Visit, texts string, fault *ui.FieldError, left []archive.Fault) *tablePage {
	page := &tablePage{Layout: v.Layout(texts + ".title"), Command: v.NewCommand()}
	page.Section, page.LangForm = "operate", "task"
	table := &ui.Textarea{Name: "table", Label: v.T(texts + ".table"), Hint: v.T(texts + ".table-hint"), Value: v.R.PostFormValue("table"), Rows: 10}
	if page.Table = (ui.Field{Textarea: table}); fault != nil {
		page.Errors, table.Error = []ui.FieldError{*fault}, fault.Text
	}
	if len(left) > 0 {
		list := faults(v, left)
		page.Left = &list
	}
	return page
}

// batches lists what was taken in before, on pages of a path.
func (p *tablePage) batches(v *visit.Visit, texts, path, next string, columns []ui.Column, rows []ui.Line) {
	listing := show.NewListing(v, []any{"operate", path})
	p.Batches = ui.List{
		Caption: v.T(texts + ".batches"), Total: listing.Total(len(rows), next), Pager: listing.Pager(next), Empty: ui.Empty{Text: v.T(texts + ".none")},
		Columns: columns, Rows: rows,
	}
}

// Measurements shows the form for a table of daily peaks, and what was taken in
// before.
func Measurements(v *visit.Visit) error { return measurements(v, http.StatusOK, nil, nil) }

func measurements(v *visit.Visit, status int, fault *ui.FieldError, left []archive.Fault) error {
	batches, err := v.Engine.MeasurementBatches(v.Context(), v.Actor(), casework.Page{After: v.Query("after")})
	if err != nil {
		return err
	}
	rows := make([]ui.Line, len(batches.Items))
	for i, b := range batches.Items {
		rows[i].Cells = []ui.Cell{
			{Text: strconv.FormatInt(b.Entry, 10), Href: v.Href("operate", "measurements", b.Entry)}, {Text: b.From}, {Text: b.To}, {Text: locale.Number(v.Lang, int64(b.Taken))},
		}
	}
	page := newTablePage(v, "web.peaks", fault, left)
	page.batches(v, "web.peaks", "measurements", batches.Next, []ui.Column{
		{Title: v.T("web.peaks.entry"), Head: true}, {Title: v.T("web.peaks.from")}, {Title: v.T("web.peaks.to")}, {Title: v.T("web.peaks.taken"), Number: true},
	}, rows)
	return v.PageAs(status, "operator/measurements", page)
}

// faults lists what is wrong with a table, row by row.
func faults(v *visit.Visit, left []archive.Fault) ui.List {
	list := ui.List{Caption: v.T("web.peaks.left"), Empty: ui.Empty{Text: v.T("web.peaks.all-taken")},
		Columns: []ui.Column{{Title: v.T("web.peaks.row"), Head: true, Number: true}, {Title: v.T("web.peaks.column")}, {Title: v.T("web.peaks.why")}}}
	for i, f := range left {
		if i == mostFaults {
			break
		}
		list.Rows = append(list.Rows, ui.Line{Cells: []ui.Cell{{Text: strconv.Itoa(f.Row)}, {Text: f.Column}, {Text: v.Texts.Error(v.Lang, f.Err)}}})
	}
	return list
}

// mostFaults is how many faults a page shows: a table that is wrong throughout
// needs no longer list.
const mostFaults = 500

// TakeMeasurements takes a table in, or shows what is wrong with it.
func TakeMeasurements(v *visit.Visit) error {
	id, err := v.Command()
	if err != nil {
		return err
	}
	table := []byte(v.R.PostFormValue("table"))
	done, err := v.Engine.Do(v.Context(), casework.Measurements{ID: id, Actor: v.Actor(), Table: table})
	if err == nil {
		return v.Go("operate", "measurements", done.First)
	}
	return v.Mend(err, func(fault string) error {
		report, err := v.Engine.CheckMeasurements(v.Context(), v.Actor(), table)
		if err != nil && aiqyn.KindOf(err) != aiqyn.Invalid {
			return err
		}
		return measurements(v, http.StatusUnprocessableEntity, &ui.FieldError{Field: "table", Text: fault}, report.Faults)
	})
}

type batchPage struct {
	ui.Layout
	Rows []ui.Row
	Left ui.List
}

// Batch tells what became of a table.
func Batch(v *visit.Visit) error {
	entry, err := strconv.ParseInt(v.Path("entry"), 10, 64)
	if err != nil {
		return aiqyn.E(aiqyn.NotFound, "error.web-no-page")
	}
	report, err := v.Engine.MeasurementBatch(v.Context(), v.Actor(), entry)
	if err != nil {
		return err
	}
	page := &batchPage{Layout: v.Layout("web.peaks.batch", "entry", strconv.FormatInt(entry, 10)), Left: faults(v, report.Faults)}
	page.Section, page.Back = "operate", v.Href("operate", "measurements")
	page.Rows = []ui.Row{
		{Key: v.T("web.peaks.from"), Value: report.From}, {Key: v.T("web.peaks.to"), Value: report.To},
		{Key: v.T("web.peaks.taken"), Value: locale.Number(v.Lang, int64(report.Taken))}, {Key: v.T("web.peaks.left"), Value: locale.Number(v.Lang, int64(len(report.Faults)))},
	}
	return v.Page("operator/batch", page)
}
