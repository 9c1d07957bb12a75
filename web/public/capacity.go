package public

import (
	"math"
	"net/url"
	"strconv"

	"aiqyn"
	"aiqyn/access"
	"aiqyn/casework"
	"aiqyn/locale"
	"aiqyn/secrecy"
	"aiqyn/web/show"
	"aiqyn/web/ui"
	"aiqyn/web/visit"
)

// pageSize is how many transformers a page shows.
const pageSize = 25

// trafo is one transformer as a row or a page of its own.
type trafo struct {
	casework.TrafoLine
	Href, Name, Free, Lapse, Binding string
	Basis                            ui.Tag
	Bar                              ui.CapacityBar
}

func newTrafo(v *visit.Visit, l casework.TrafoLine) trafo {
	t := trafo{
		TrafoLine: l, Href: v.Href("capacity", l.ID), Name: show.TrafoName(l),
		Free: show.Watts(v, l.FreeW), Lapse: show.Watts(v, l.LapseW), Binding: show.Limit(v, l.Binding),
		Basis: ui.Tag{Kind: map[string]string{"measured": "good", "estimated": "warn"}[l.Basis], Text: v.T("web.basis." + l.Basis)},
	}
	if rated := l.SnKVA * 1000; l.SnKVA > 0 && l.PeakW >= 0 && l.ReservedW >= 0 {
		t.Bar.Used = percent(l.PeakW, rated)
		t.Bar.Kept = min(percent(l.ReservedW, rated), 100-t.Bar.Used)
	}
	t.Bar.Label = v.T("web.capacity.bar", "peak", show.VoltAmperes(v, l.PeakW), "kept", show.Watts(v, l.ReservedW), "rated", rated(v, l))
	return t
}

func percent(part, whole int64) int { return int(min(100, max(0, (part*200+whole)/(2*whole)))) }

type capacityPage struct {
	ui.Layout
	List   ui.List
	Source ui.Source
	Map    *ui.Map
	Room   *ui.Chart
	Areas  *ui.List // figures of cells; nil: nothing is generalised
	Asked  string   // as of when it is told what is asked for; empty: it is not
	Flips  string   // how many refusals were contradicted by a grant
}

// flips says how many refusals were contradicted by a later grant.
func flips(v *visit.Visit) (string, error) {
	n, err := v.Engine.FlipCount(v.Context())
	return v.T("web.flips.count", "n", n), err
}

// trafoFilter are the names that may narrow the list of transformers.
var trafoFilter = []string{"district", "name"}

// transformers reads the list as the address narrows it.
func transformers(v *visit.Visit, p casework.Page) (casework.List[casework.TrafoLine], casework.Publication, error) {
	return v.Engine.Transformers(v.Context(), v.Actor(), v.Query("district"), v.Query("name"), p)
}

// fileTransformers are those of a file: all that was published on a day, if the address
// names one, or else what the list shows.
func fileTransformers(v *visit.Visit, p casework.Page) (casework.List[casework.TrafoLine], casework.Publication, error) {
	if day := v.Query("day"); day != "" {
		return v.Engine.TransformersOfDay(v.Context(), v.Actor(), day, p)
	}
	return transformers(v, p)
}

// Capacity lists the free power of every transformer.
func Capacity(v *visit.Visit) error {
	list, publication, err := transformers(v, casework.Page{After: v.Query("after"), Limit: pageSize})
	if err != nil {
		return err
	}
	listing := show.NewListing(v, []any{"capacity"}, trafoFilter...)
	page := &capacityPage{Layout: v.Layout("web.capacity.title"), Source: source(v, publication)}
	page.Section = "capacity"
	page.List = ui.List{
		Caption: v.T("web.capacity.caption", "at", locale.DateTime(v.Lang, publication.At)),
		Filter: &ui.Filter{Action: listing.Bare(), Selects: []ui.Select{districts(v)}, Reset: listing.Plain(),
			Inputs: []ui.Input{{Name: "name", Label: v.T("web.capacity.name"), Value: v.Query("name")}}},
		Columns: []ui.Column{
			{Title: v.T("web.capacity.transformer"), Head: true}, {Title: v.T("web.capacity.free"), Number: true}, {Title: v.T("web.capacity.taken")},
			{Title: v.T("web.capacity.binding")}, {Title: v.T("web.capacity.basis")},
		},
		Total: listing.Total(len(list.Items), list.Next), Files: listing.Files(), Pager: listing.Pager(list.Next),
		Empty: ui.Empty{Text: v.T("web.capacity.none"), Action: &ui.Link{Href: listing.Bare(), Text: v.T("web.capacity.reset")}},
	}
	if listing.Plain() == "" { // the publication has counted itself
		page.List.Total = v.T("ui.list.all", "n", publication.Count)
	}
	page.List.Files = append(page.List.Files, ui.Link{Href: v.Href("capacity.geojson") + query(v), Text: "GeoJSON"})
	asked, at, err := v.Engine.AskedNow(v.Context(), v.Actor())
	if err != nil {
		return err
	}
	if asked != nil {
		page.List.Columns = append(page.List.Columns, ui.Column{Title: v.T("web.capacity.asked"), Number: true})
		page.Asked = v.T("web.capacity.asked-at", "at", locale.DateTime(v.Lang, at))
	}
	for _, line := range list.Items {
		row := newTrafo(v, line).cells(v)
		if asked != nil {
			row.Cells = append(row.Cells, ui.Cell{Text: askedText(v, asked[line.ID])})
		}
		page.List.Rows = append(page.List.Rows, row)
	}
	if page.Flips, err = flips(v); err != nil {
		return err
	}
	g, err := v.Engine.GridFor(v.Context(), v.Actor())
	if err != nil {
		return err
	}
	page.Notice, page.Areas = secrecyNotice(v, g), areas(v, g)
	if page.Map, page.Room = capacityMap(v, g), show.RoomByDistrict(v, g); g.Policy.Of(secrecy.Capacity, secrecy.Free) != secrecy.Exact {
		page.Room = nil
	}
	return v.Page("public/capacity", page)
}

// query is the filter of the list as the address has it.
func query(v *visit.Visit) string {
	q := url.Values{}
	for _, name := range trafoFilter {
		if value := v.Query(name); value != "" {
			q.Set(name, value)
		}
	}
	if len(q) == 0 {
		return ""
	}
	return "?" + q.Encode()
}

// cells are a transformer as a row of the list.
func (t trafo) cells(v *visit.Visit) ui.Line {
	return ui.Line{Cells: []ui.Cell{
		{Text: t.Name, Href: t.Href, Note: below(v, t.TrafoLine)}, {Text: t.Free}, {Bar: &t.Bar}, {Text: t.Binding}, {Tag: &t.Basis},
	}}
}

// districts offers the districts that transformers stand in.
func districts(v *visit.Visit) ui.Select {
	s := ui.Select{Name: "district", Label: v.T("web.capacity.district"), Options: []ui.Option{{Label: v.T("web.capacity.all")}}}
	chosen := v.Query("district")
	for _, d := range v.Engine.Districts() {
		s.Options = append(s.Options, ui.Option{Value: d.RU, Label: v.In(d), Checked: d.RU == chosen})
	}
	return s
}

// maxCourse is how many publications the course of a transformer goes back: a
// quarter of a year.
const maxCourse = 92

type trafoPage struct {
	ui.Layout
	Trafo   trafo
	Rows    []ui.Row
	By      *ui.Link // act by which the tables are in force; nil: none is on record
	Source  ui.Source
	Chart   *ui.Chart // how it went; nil at first
	Days    ui.List   // the newest published figures
	History string    // where the older ones are
	Buses   string    // where the buses below it are; empty for who may not see them
	Peaks   ui.List
	Meters  ui.List // that are registered
	Binding *bindingDays
	Gone    *ui.List // what was withdrawn of what was published; nil: nothing
}

// source says where the figures come from, how old they are and what they do
// not say.
func source(v *visit.Visit, p casework.Publication) ui.Source {
	s := ui.Source{At: p.At, Method: v.T("web.capacity.method"), Limits: v.T("web.capacity.limits"), Hash: p.Hash}
	if p.Entry > 0 {
		s.Entry = v.Href("ledger", p.Entry)
	}
	return s
}

// Transformer shows one, with what limits it and how old the figure is.
func Transformer(v *visit.Visit) error {
	id, line, publication, err := oneTrafo(v)
	if err != nil {
		return err
	}
	history, err := v.Engine.CapacityHistory(v.Context(), v.Actor(), id, casework.Page{Limit: maxCourse})
	if err != nil {
		return err
	}
	t := newTrafo(v, line)
	page := &trafoPage{Layout: v.Titled(t.Name), Trafo: t, Source: source(v, publication), Chart: show.FreeOverTime(v, history.Items), Days: historyList(v, history.Items[:min(newestDays, len(history.Items))]), History: v.Href("capacity", id, "history")}
	if page.Peaks, err = peaks(v, id); err != nil {
		return err
	}
	if page.Meters, err = metersOf(v, id); err != nil {
		return err
	}
	gone, err := v.Engine.Withdrawals(v.Context(), v.Actor(), id, casework.Page{})
	if err != nil {
		return err
	}
	if page.Binding, err = bindingOf(v, id); err != nil {
		return err
	}
	if len(gone.Items) > 0 {
		list := withdrawals(v, gone.Items, false)
		page.Gone = &list
	}
	if is, ok, err := v.Engine.TablesInForce(v.Context()); err != nil {
		return err
	} else if ok {
		page.By = &ui.Link{Href: v.Href("capacity-tables", is.Entry), Text: v.T("web.tables.by-entry-text", "entry", is.Entry)}
	}
	page.Section = "capacity"
	page.Crumbs = []ui.Crumb{{Href: v.Href(""), Text: v.T("web.home.crumb")}, {Href: v.Href("capacity"), Text: v.T("web.capacity.title")}}
	asked, err := v.Engine.AskedBelow(v.Context(), v.Actor(), id)
	if err != nil {
		return err
	}
	page.Rows = trafoRows(v, &t, line, asked)
	if access.Allowed(v.Actor().Role, access.ActionSeeExact, access.None).OK {
		page.Buses = v.Href("capacity", id, "buses")
	}
	return v.Page("public/transformer", page)
}

// below is what a list says below a transformer's name: its district, and that it is
// somebody's.
func below(v *visit.Visit, l casework.TrafoLine) string {
	switch district := v.In(l.District); {
	case !l.Owned:
		return district
	case district == "":
		return v.T("web.capacity.owned-yes")
	default:
		return district + " · " + v.T("web.capacity.owned-yes")
	}
}

func measured(v *visit.Visit, l casework.TrafoLine) string {
	switch {
	case l.Measured == "":
		return ""
	case l.Missing > 0:
		return v.T("web.capacity.missing", "at", l.Measured, "n", l.Missing)
	}
	return v.T("web.capacity.measured", "at", l.Measured)
}

// peaks lists what its meters have counted, the newest first. Days that are
// missing stand in the list as such.
func peaks(v *visit.Visit, id int) (ui.List, error) {
	read, err := v.Engine.Peaks(v.Context(), v.Actor(), id, casework.Page{After: v.Query("after"), Limit: pageSize})
	if err != nil {
		return ui.List{}, err
	}
	listing := show.NewListing(v, []any{"capacity", id})
	list := ui.List{
		Caption: v.T("web.peaks.of"), Pager: listing.Pager(read.Next), Empty: ui.Empty{Text: v.T("web.peaks.nothing")},
		Columns: []ui.Column{{Title: v.T("web.peaks.day"), Head: true}, {Title: v.T("web.peaks.peak"), Number: true}, {Title: v.T("web.peaks.meter")}, {Title: v.T("web.peaks.entry"), Number: true}},
	}
	for _, d := range read.Items {
		if d.Gap > 0 {
			days := dayText(v, d.Day)
			if d.Until != d.Day {
				days += " – " + dayText(v, d.Until)
			}
			list.Rows = append(list.Rows, ui.Line{Cells: []ui.Cell{{Text: days}, {Tag: &ui.Tag{Kind: "warn", Text: v.T("web.peaks.gap", "n", d.Gap)}}, {}, {}}})
			continue
		}
		meter := d.Meter
		if meter == "" {
			meter = v.T("web.peaks.estimate")
		}
		peak := ui.Cell{Text: locale.Kilowatt(v.Lang, d.Watt), Note: becameOf(v, d)}
		if d.None {
			peak.Text = v.T("web.amend.struck")
		}
		list.Rows = append(list.Rows, ui.Line{Cells: []ui.Cell{
			{Text: dayText(v, d.Day), Href: correctHref(v, id, d)}, peak, {Text: meter}, {Text: strconv.FormatInt(d.Entry, 10), Href: v.Href("ledger", d.Entry)},
		}})
	}
	return list, nil
}

// becameOf says that a reading was corrected, or corrects another.
func becameOf(v *visit.Visit, d casework.PeakDay) string {
	switch {
	case d.By >= 0:
		return v.T("web.amend.corrected", "entry", strconv.FormatInt(d.By, 10))
	case d.Old >= 0:
		return v.T("web.amend.corrects", "entry", strconv.FormatInt(d.Old, 10))
	}
	return ""
}

// correctHref leads who sends readings to where one is corrected.
func correctHref(v *visit.Visit, id int, d casework.PeakDay) string {
	if v.Actor().Role != aiqyn.RoleOperator || d.By >= 0 || d.None {
		return ""
	}
	return v.Href("operate", "corrections") + "?" + url.Values{"trafo": {strconv.Itoa(id)}, "day": {d.Day}, "meter": {d.Meter}}.Encode()
}

// rated is the rated power in kVA, where it is shown.
func rated(v *visit.Visit, l casework.TrafoLine) string {
	if l.SnKVA == casework.Withheld {
		return v.T("web.secrecy.withheld")
	}
	return locale.Number(v.Lang, l.SnKVA)
}

// shown is a number of a file; what is withheld is none.
func shown(n int64) any {
	if n == casework.Withheld {
		return nil
	}
	return n
}

// kilowatts are watts as a number of a file; without limit there is none.
func kilowatts(w int64) any {
	if w < 0 {
		return nil
	}
	return float64(w) / 1000
}

// degrees of an unknown place are none.
func degrees(d float64) any {
	if d == 0 {
		return nil
	}
	return math.Round(d*1e6) / 1e6 // a tenth of a metre
}
