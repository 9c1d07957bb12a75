package officer

import (
	"aiqyn/casework"
	"aiqyn/locale"
	"aiqyn/web/show"
	"aiqyn/web/visit"
)

// facts shows what was looked up: each document as rows, with where and when
// it was read.
func facts(v *visit.Visit, c *casework.CaseView) []factView {
	var views []factView
	for _, f := range c.Facts {
		view := factView{Title: v.In(f.Purpose), Source: v.T("web.desk.read", "register", f.Register, "at", locale.DateTime(v.Lang, f.At))}
		if len(f.Value) == 0 { // as of a company in the register of people
			view.Source = v.T("web.desk.read-nothing", "register", f.Register)
			views = append(views, view)
			continue
		}
		rows, err := show.FactRows(v, f.Value)
		if err != nil {
			view.Lines = string(f.Value)
		}
		view.Rows = rows
		views = append(views, view)
	}
	return views
}

// objectPlace is where the object lies, if a register said so.
func objectPlace(v *visit.Visit, c *casework.CaseView) string {
	for _, f := range c.Facts {
		document, err := show.Document(f.Value)
		if err != nil {
			continue
		}
		if lat, lon := document["lat"], document["lon"]; lat != nil && lon != nil {
			return show.FactValue(v, lat) + ", " + show.FactValue(v, lon)
		}
	}
	return "–"
}
