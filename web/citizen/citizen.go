// Package citizen holds the pages of somebody who applies: one question a
// page, what was filed and how it goes on, and the proof of it.
package citizen

import (
	"embed"

	"aiqyn/web/ui"
	"aiqyn/web/visit"
)

//go:embed *.html
var Files embed.FS

// askPage asks one thing.
type askPage struct {
	ui.Layout
	Question ui.Question
	Others   *others // nil: every answer there is stands in the question
}

// onPage shows an error that the person can mend beside the field it is about;
// any other error is handed on.
func onPage(err error, show func(fault string) error, v *visit.Visit) error { return v.Mend(err, show) }
