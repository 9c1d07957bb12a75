package officer

import (
	"bytes"
	"encoding/json"
	"maps"
	"slices"

	"aiqyn/casework"
	"aiqyn/locale"
	"aiqyn/web/show"
	"aiqyn/web/ui"
	"aiqyn/web/visit"
)

// facts shows what was looked up: each document as rows, with where and when
// it was read.
func facts(v *visit.Visit, c *casework.CaseView) []factView {
	var views []factView
	for _, f := range c.Facts {
		view := factView{Title: v.In(f.Purpose), Source: v.T("web.desk.read", "register", f.Source, "at", locale.DateTime(v.Lang, f.At))}
		document, err := documentOf(f.Value)
		if err != nil {
			view.Lines = string(f.Value)
		}
		for _, name := range slices.Sorted(maps.Keys(document)) {
			view.Rows = append(view.Rows, ui.Row{Key: name, Value: show.FactValue(document[name])})
		}
		views = append(views, view)
	}
	return views
}

func documentOf(raw json.RawMessage) (map[string]any, error) {
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber() // 12 digits stay 12 digits
	var document map[string]any
	err := d.Decode(&document)
	return document, err
}

// objectPlace is where the object lies, if a register said so.
func objectPlace(c *casework.CaseView) string {
	for _, f := range c.Facts {
		document, err := documentOf(f.Value)
		if err != nil {
			continue
		}
		if lat, lon := document["lat"], document["lon"]; lat != nil && lon != nil {
			return show.FactValue(lat) + ", " + show.FactValue(lon)
		}
	}
	return "–"
}
