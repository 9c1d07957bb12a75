package operator

import (
	"strconv"
	"time"

	"aiqyn/casework"
	"aiqyn/locale"
	"aiqyn/web/show"
	"aiqyn/web/ui"
	"aiqyn/web/visit"
)

type jobsPage struct {
	ui.Layout
	List ui.List
}

// Jobs shows what is done by itself: when last, when next, and what failed.
func Jobs(v *visit.Visit) error {
	list, err := v.Engine.Jobs(v.Context(), v.Actor())
	if err != nil {
		return err
	}
	page := &jobsPage{Layout: v.Layout("web.jobs.title")}
	page.Section = "operate"
	if page.Notice, err = show.Unreached(v); err != nil {
		return err
	}
	page.List = ui.List{Caption: v.T("web.jobs.title"), Columns: []ui.Column{
		{Title: v.T("web.jobs.name"), Head: true}, {Title: v.T("web.jobs.state")}, {Title: v.T("web.jobs.last"), Number: true},
		{Title: v.T("web.jobs.next"), Number: true}, {Title: v.T("web.jobs.failures"), Number: true},
	}}
	for _, j := range list {
		page.List.Rows = append(page.List.Rows, jobRow(v, j))
	}
	return v.Page("operator/jobs", page)
}

func jobRow(v *visit.Visit, j casework.JobView) ui.Line {
	state := ui.Tag{Kind: "good", Text: v.T("web.jobs.well")}
	note := ""
	switch {
	case j.Failing:
		state = ui.Tag{Kind: "bad", Text: v.T("web.jobs.failing")}
		note = v.T("web.error." + string(j.Error))
	case j.Running:
		state = ui.Tag{Kind: "todo", Text: v.T("web.jobs.running")}
	}
	failures := ui.Cell{Text: strconv.FormatInt(j.Failures, 10)}
	if !j.Failed.IsZero() {
		failures.Note = v.T("web.jobs.failed-at", "at", locale.DateTime(v.Lang, j.Failed))
	}
	last := ui.Cell{Text: v.T("web.jobs.never")}
	if !j.Last.IsZero() {
		last.Text = locale.DateTime(v.Lang, j.Last)
	}
	return ui.Line{Cells: []ui.Cell{{Text: v.T("web.jobs." + j.Name)}, {Tag: &state, Note: note}, last, {Text: at(v, j.Next)}, failures}}
}

func at(v *visit.Visit, t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return locale.DateTime(v.Lang, t)
}
