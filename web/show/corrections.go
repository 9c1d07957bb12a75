package show

import (
	"strconv"
	"strings"

	"aiqyn/casework"
	"aiqyn/locale"
	"aiqyn/web/ui"
	"aiqyn/web/visit"
)

// Corrections lists readings that were sent wrongly, with what they should have been.
func Corrections(v *visit.Visit, rows []casework.CorrectedPeak) ui.List {
	list := ui.List{Caption: v.T("web.amend.readings"), Columns: []ui.Column{
		{Title: v.T("web.amend.reading"), Head: true}, {Title: v.T("web.amend.was"), Number: true}, {Title: v.T("web.amend.is"), Number: true},
		{Title: v.T("web.amend.reason")}, {Title: v.T("web.amend.bearers")},
	}}
	for _, r := range rows {
		is := locale.Kilowatt(v.Lang, r.Watt)
		if r.Watt < 0 {
			is = v.T("web.amend.struck")
		}
		meter := r.Meter
		if meter == "" {
			meter = v.T("web.peaks.estimate")
		}
		list.Rows = append(list.Rows, ui.Line{Cells: []ui.Cell{
			{Text: strconv.Itoa(r.Trafo) + ", " + r.Day, Href: v.Href("capacity", r.Trafo), Note: meter}, {Text: locale.Kilowatt(v.Lang, r.WasW)}, {Text: is},
			{Text: v.In(r.Reason), Note: r.Evidence}, {Text: strings.Join(r.Meters, ", ")},
		}})
	}
	return list
}
