package operator

import (
	"net/http"
	"strconv"

	"aiqyn"
	"aiqyn/archive"
	"aiqyn/casework"
	"aiqyn/locale"
	"aiqyn/web/ui"
	"aiqyn/web/visit"
)

// Meters shows the form for a table of meters, and what was registered before.
func Meters(v *visit.Visit) error { return meters(v, http.StatusOK, nil, nil) }

func meters(v *visit.Visit, status int, fault *ui.FieldError, left []archive.Fault) error {
	batches, err := v.Engine.MeterBatches(v.Context(), v.Actor(), casework.Page{After: v.Query("after")})
	if err != nil {
		return err
	}
	rows := make([]ui.Line, len(batches.Items))
	for i, b := range batches.Items {
		rows[i].Cells = []ui.Cell{
			{Text: strconv.FormatInt(b.Entry, 10), Href: v.Href("ledger", b.Entry)}, {Text: locale.DateTime(v.Lang, b.At)}, {Text: string(b.By)}, {Text: locale.Number(v.Lang, int64(b.Meters))},
		}
	}
	page := newTablePage(v, "web.meters", fault, left)
	page.Back = v.Href("operate", "measurements")
	page.batches(v, "web.meters", "meters", batches.Next, []ui.Column{
		{Title: v.T("web.peaks.entry"), Head: true}, {Title: v.T("web.peaks.day")}, {Title: v.T("web.meters.by")}, {Title: v.T("web.meters.number"), Number: true},
	}, rows)
	return v.PageAs(status, "operator/meters", page)
}

// RegisterMeters registers a table of meters, or shows what is wrong with it.
func RegisterMeters(v *visit.Visit) error {
	id, err := v.Command()
	if err != nil {
		return err
	}
	table := []byte(v.R.PostFormValue("table"))
	if _, err = v.Engine.Do(v.Context(), casework.RegisterMeters{ID: id, Actor: v.Actor(), Table: table}); err == nil {
		return v.Go("operate", "meters")
	}
	return v.Mend(err, func(fault string) error {
		report, err := v.Engine.CheckMeters(v.Context(), v.Actor(), table)
		if err != nil && aiqyn.KindOf(err) != aiqyn.Invalid {
			return err
		}
		return meters(v, http.StatusUnprocessableEntity, &ui.FieldError{Field: "table", Text: fault}, report.Faults)
	})
}
