package office

import (
	"net/url"
	"strconv"
	"strings"

	"aiqyn"
	"aiqyn/casework"
	"aiqyn/locale"
	"aiqyn/web/show"
	"aiqyn/web/ui"
	"aiqyn/web/visit"
)

// correctionsWaiting are corrections of readings that leave less power free, and wait
// for the overseer.
func correctionsWaiting(v *visit.Visit, p *officePage) error {
	asked, err := v.Engine.CorrectionsAsked(v.Context(), v.Actor())
	if err != nil || len(asked) == 0 {
		return err
	}
	names, err := named(v)
	for _, r := range asked {
		entry := strconv.FormatInt(r.Entry, 10)
		query := "?" + url.Values{"entry": {entry}}.Encode()
		p.Waiting = append(p.Waiting, waiting{
			Href: v.Href("office", "confirm-peaks") + query, Text: v.T("web.office.confirm-peaks.title"),
			Other: &ui.Link{Href: v.Href("office", "decline-peaks") + query, Text: v.T("web.office.decline-peaks.title")},
			Rows:  append([]ui.Row{{Key: v.T("web.amend.entry"), Value: entry, Note: locale.DateTime(v.Lang, r.At)}}, correctionRows(v, names, r.Rows)...),
		})
	}
	return err
}

// mostRows is how many readings a form shows: the others are in the published file.
const mostRows = 20

// named says what the transformer of a number is called.
func named(v *visit.Visit) (func(id int) string, error) {
	g, err := v.Engine.GridFor(v.Context(), v.Actor())
	if err != nil {
		return nil, err
	}
	return func(id int) string {
		l, ok := g.Line(id)
		if !ok {
			l.ID = id
		}
		return show.TrafoName(l)
	}, nil
}

func correctionRows(v *visit.Visit, name func(int) string, rows []casework.CorrectedPeak) []ui.Row {
	var list []ui.Row
	for _, r := range rows[:min(len(rows), mostRows)] {
		is := locale.Kilowatt(v.Lang, r.Watt)
		if r.Watt < 0 {
			is = v.T("web.amend.struck")
		}
		list = append(list, ui.Row{
			Key: v.T("web.amend.of", "trafo", name(r.Trafo), "day", r.Day, "meter", r.Meter), Value: locale.Kilowatt(v.Lang, r.WasW) + " → " + is,
			Note: v.In(r.Reason) + ". " + r.Evidence + ". " + v.T("web.amend.bearers") + ": " + strings.Join(r.Meters, ", "),
		})
	}
	return list
}

func askConfirmPeaks(v *visit.Visit, p *taskPage) error {
	field := input(v, "entry")
	field.Input.Label = v.T("web.amend.entry")
	p.Danger, p.Fields = true, []ui.Field{field}
	entry, err := strconv.ParseInt(value(v, "entry"), 10, 64)
	if err != nil { // which one is asked for
		return nil
	}
	r, err := v.Engine.Corrections(v.Context(), v.Actor(), entry)
	if err == nil && !r.Signed && r.Declined == 0 {
		names, err := named(v)
		if err != nil {
			return err
		}
		p.Rows = correctionRows(v, names, r.Rows)
	}
	if aiqyn.KindOf(err) == aiqyn.NotFound {
		return nil
	}
	return err
}

func sendConfirmPeaks(v *visit.Visit, id aiqyn.CommandID) (any, error) {
	entry, err := number(v, "entry")
	return casework.SignPeaks{ID: id, Actor: v.Actor(), Entry: entry}, err
}

func askDeclinePeaks(v *visit.Visit, p *taskPage) error {
	if err := askConfirmPeaks(v, p); err != nil {
		return err
	}
	p.Fields = append(p.Fields, area(v, "ground"))
	return nil
}

func sendDeclinePeaks(v *visit.Visit, id aiqyn.CommandID) (any, error) {
	entry, err := number(v, "entry")
	return casework.DeclinePeaks{ID: id, Actor: v.Actor(), Entry: entry, Ground: v.Field("ground")}, err
}
