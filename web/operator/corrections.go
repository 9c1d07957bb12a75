package operator

import (
	"bytes"
	"encoding/csv"
	"net/http"
	"strconv"
	"strings"

	"aiqyn"
	"aiqyn/casework"
	"aiqyn/locale"
	"aiqyn/web/show"
	"aiqyn/web/ui"
	"aiqyn/web/visit"
)

// correctionFields are the columns of a table of corrections, as a form asks for one
// row of it.
var correctionFields = []string{"trafo", "day", "meter", "peak_kw", "reason", "evidence"}

type correctionsPage struct {
	ui.Layout
	Command string
	Fields  []ui.Field
	Table   ui.Field
	Open    bool     // the table, rather than one reading
	Left    *ui.List // of what was not corrected
	Made    ui.List
}

// Corrections shows the form for a reading that was sent wrongly, and what was
// corrected before.
func Corrections(v *visit.Visit) error {
	return correctionsForm(v, http.StatusOK, nil, casework.CorrectionsReport{})
}

func correctionsForm(v *visit.Visit, status int, fault *ui.FieldError, report casework.CorrectionsReport) error {
	page := &correctionsPage{Layout: v.Layout("web.amend.title"), Command: v.NewCommand()}
	page.Section, page.LangForm, page.Back = "operate", "task", v.Href("operate", "measurements")
	table := &ui.Textarea{Name: "table", Label: v.T("web.peaks.table"), Hint: v.T("web.amend.table-hint"), Value: v.R.PostFormValue("table"), Rows: 8}
	page.Fields, page.Table, page.Open = oneCorrection(v), ui.Field{Textarea: table}, table.Value != ""
	if fault != nil && page.Open {
		fault.Field, table.Error = "table", fault.Text
		list := faults(v, report.Faults)
		page.Left = &list
	} else if fault != nil && len(report.Faults) > 0 {
		first := report.Faults[0]
		fault.Field, fault.Text = first.Column, v.Texts.Error(v.Lang, first.Err)
		if fault.Field == "" {
			fault.Field = "day"
		}
		mark(page.Fields, *fault)
	}
	if fault != nil {
		page.Errors = []ui.FieldError{*fault}
	}
	made, err := v.Engine.CorrectionsMade(v.Context(), v.Actor(), casework.Page{After: v.Query("after")})
	if err != nil {
		return err
	}
	waits, err := v.Engine.CorrectionsAsked(v.Context(), v.Actor())
	if err != nil {
		return err
	}
	listing := show.NewListing(v, []any{"operate", "corrections"})
	page.Made = ui.List{
		Caption: v.T("web.amend.made"), Total: listing.Total(len(waits)+len(made.Items), made.Next), Pager: listing.Pager(made.Next), Empty: ui.Empty{Text: v.T("web.amend.none")},
		Columns: []ui.Column{{Title: v.T("web.peaks.entry"), Head: true}, {Title: v.T("web.amend.when")}, {Title: v.T("web.amend.rows"), Number: true}, {Title: v.T("web.amend.state")}},
	}
	for _, r := range append(waits, made.Items...) {
		page.Made.Rows = append(page.Made.Rows, ui.Line{Cells: []ui.Cell{
			{Text: strconv.FormatInt(r.Entry, 10), Href: v.Href("operate", "corrections", r.Entry)}, {Text: locale.DateTime(v.Lang, r.At)},
			{Text: strconv.Itoa(len(r.Rows))}, {Tag: correctionState(v, r)},
		}})
	}
	return v.PageAs(status, "operator/corrections", page)
}

// correctionState says whether corrections are in force, and by how many.
func correctionState(v *visit.Visit, r casework.CorrectionsReport) *ui.Tag {
	switch {
	case r.Declined != 0:
		return &ui.Tag{Kind: "bad", Text: v.T("web.amend.declined")}
	case !r.Signed:
		return &ui.Tag{Kind: "todo", Text: v.T("web.amend.waits")}
	case r.Asked != 0:
		return &ui.Tag{Kind: "good", Text: v.T("web.amend.by-two")}
	}
	return &ui.Tag{Kind: "good", Text: v.T("web.amend.by-one")}
}

// oneCorrection asks for one reading; what is known of it comes with the address.
func oneCorrection(v *visit.Visit) []ui.Field {
	value := func(name string) string {
		if v.R.Method == http.MethodPost {
			return v.Field(name)
		}
		return v.Query(name)
	}
	var fields []ui.Field
	for _, name := range correctionFields {
		if name == "reason" {
			reasons := &ui.Radios{Name: name, Label: v.T("web.amend.reason")}
			for _, r := range v.Engine.CorrectionReasons() {
				reasons.Options = append(reasons.Options, ui.Option{Value: r.Name, Label: v.In(r.Text), Hint: r.Name, Checked: value(name) == r.Name})
			}
			fields = append(fields, ui.Field{Radios: reasons})
			continue
		}
		in := &ui.Input{Name: name, Label: v.T("web.amend." + strings.TrimSuffix(name, "_kw")), Value: value(name), Plain: true, Width: "10"}
		switch name {
		case "day":
			in.Type = "date"
		case "peak_kw":
			in.Mode, in.Suffix, in.Hint = "decimal", v.T("ui.unit.kw"), v.T("web.amend.peak-hint")
		case "meter":
			in.Hint = v.T("web.amend.meter-hint")
		case "evidence":
			in.Width, in.Plain, in.Hint = "", false, v.T("web.amend.evidence-hint")
		}
		fields = append(fields, ui.Field{Input: in})
	}
	return fields
}

// mark puts a fault beside its field.
func mark(fields []ui.Field, fault ui.FieldError) {
	for _, f := range fields {
		switch {
		case f.Input != nil && f.Input.Name == fault.Field:
			f.Input.Error = fault.Text
		case f.Radios != nil && f.Radios.Name == fault.Field:
			f.Radios.Error = fault.Text
		}
	}
}

// correctionTable is what was sent: a table, or one reading as a table.
func correctionTable(v *visit.Visit) ([]byte, error) {
	if table := v.R.PostFormValue("table"); strings.TrimSpace(table) != "" {
		return []byte(table), nil
	}
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	row := make([]string, len(correctionFields))
	for i, name := range correctionFields {
		row[i] = v.Field(name)
	}
	err := w.WriteAll([][]string{correctionFields, row})
	return b.Bytes(), err
}

// TakeCorrections corrects what was sent wrongly, or shows why it cannot be.
func TakeCorrections(v *visit.Visit) error {
	id, err := v.Command()
	if err != nil {
		return err
	}
	table, err := correctionTable(v)
	if err != nil {
		return err
	}
	done, err := v.Engine.Do(v.Context(), casework.CorrectPeaks{ID: id, Actor: v.Actor(), Table: table})
	if err == nil {
		return v.Go("operate", "corrections", done.First)
	}
	return v.Mend(err, func(fault string) error {
		report, err := v.Engine.CheckCorrections(v.Context(), v.Actor(), table)
		if err != nil && aiqyn.KindOf(err) != aiqyn.Invalid {
			return err
		}
		return correctionsForm(v, http.StatusUnprocessableEntity, &ui.FieldError{Field: "trafo", Text: fault}, report)
	})
}

type correctionPage struct {
	ui.Layout
	State    *ui.Tag
	Declined []ui.Row // by which entry, and why
	Waits    *ui.Link
	Readings ui.List
	Left     *ui.List
}

// Correction tells what an entry has corrected.
func Correction(v *visit.Visit) error {
	entry, err := strconv.ParseInt(v.Path("entry"), 10, 64)
	if err != nil {
		return aiqyn.E(aiqyn.NotFound, "error.web-no-page")
	}
	r, err := v.Engine.Corrections(v.Context(), v.Actor(), entry)
	if err != nil {
		return err
	}
	page := &correctionPage{Layout: v.Layout("web.amend.one", "entry", strconv.FormatInt(entry, 10)), State: correctionState(v, r), Readings: show.Corrections(v, r.Rows)}
	page.Section, page.Back = "operate", v.Href("operate", "corrections")
	if r.Declined != 0 {
		page.Declined = []ui.Row{{Key: v.T("web.amend.declined-why"), Value: r.Ground, Note: v.T("web.office.entry") + " " + strconv.FormatInt(r.Declined, 10)}}
	}
	if r.Waits != 0 {
		page.Waits = &ui.Link{Href: v.Href("operate", "corrections", r.Waits), Text: v.T("web.amend.others-wait")}
	}
	if len(r.Faults) > 0 {
		list := faults(v, r.Faults[:min(len(r.Faults), mostFaults)])
		page.Left = &list
	}
	return v.Page("operator/correction", page)
}
