package public

import (
	"bytes"
	"encoding/csv"
	"net/url"
	"strconv"

	"aiqyn"
	"aiqyn/casework"
	"aiqyn/locale"
	"aiqyn/web/show"
	"aiqyn/web/ui"
	"aiqyn/web/visit"
)

// pageSize is how many transformers a page shows; csvSize how many a read
// takes for the file.
const (
	pageSize = 25
	csvSize  = 200
)

// trafo is one transformer as a row or a page of its own.
type trafo struct {
	casework.TrafoLine
	Href, Name, Free, Lapse, Binding string
	Basis                            ui.Tag
	Bar                              ui.CapacityBar
}

func newTrafo(v *visit.Visit, l casework.TrafoLine) trafo {
	t := trafo{
		TrafoLine: l, Href: v.Href("capacity", l.ID), Name: l.Name,
		Free: show.Watts(v, l.FreeW), Lapse: show.Watts(v, l.LapseW), Binding: show.Limit(v, l.Binding),
		Basis: ui.Tag{Kind: map[string]string{"measured": "good", "estimated": "warn"}[l.Basis], Text: v.T("web.basis." + l.Basis)},
	}
	if rated := l.SnKVA * 1000; rated > 0 {
		t.Bar.Used = percent(l.PeakW, rated)
		t.Bar.Kept = min(percent(l.ReservedW, rated), 100-t.Bar.Used)
	}
	t.Bar.Label = v.T("web.capacity.bar", "peak", locale.Kilowatt(v.Lang, l.PeakW), "kept", locale.Kilowatt(v.Lang, l.ReservedW), "rated", l.SnKVA)
	return t
}

func percent(part, whole int64) int { return int(min(100, max(0, part*100/whole))) }

type capacityPage struct {
	ui.Layout
	District ui.Select
	Name     string
	Rows     []trafo
	Pager    ui.Pager
	Source   ui.Source
	CSV      string
}

// Capacity lists the free power of every transformer.
func Capacity(v *visit.Visit) error {
	page := &capacityPage{Layout: v.Layout("web.capacity.title"), Name: v.Query("name"), District: districts(v)}
	page.Section = "capacity"
	list, publication, err := v.Engine.Transformers(v.Context(), v.Query("district"), page.Name,
		casework.Page{After: v.Query("after"), Limit: pageSize})
	if err != nil {
		return err
	}
	page.Source = source(v, publication)
	for _, line := range list.Items {
		page.Rows = append(page.Rows, newTrafo(v, line))
	}
	filter := url.Values{}
	for _, name := range []string{"district", "name"} {
		if value := v.Query(name); value != "" {
			filter.Set(name, value)
		}
	}
	page.CSV = withQuery(v.Href("capacity.csv"), filter)
	if v.Query("after") != "" {
		page.Pager.First = withQuery(v.Href("capacity"), filter)
	}
	if list.Next != "" {
		filter.Set("after", list.Next)
		page.Pager.Next = withQuery(v.Href("capacity"), filter)
	}
	return v.Page("public/capacity", page)
}

func withQuery(path string, q url.Values) string {
	if len(q) == 0 {
		return path
	}
	return path + "?" + q.Encode()
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

type trafoPage struct {
	ui.Layout
	Trafo  trafo
	Rows   []ui.Row
	Source ui.Source
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
	id, err := strconv.Atoi(v.Path("id"))
	if err != nil {
		return aiqyn.E(aiqyn.NotFound, "error.web-no-page")
	}
	line, publication, err := v.Engine.Transformer(v.Context(), id)
	if err != nil {
		return err
	}
	t := newTrafo(v, line)
	page := &trafoPage{Layout: v.Titled(t.Name), Trafo: t, Source: source(v, publication)}
	page.Section = "capacity"
	page.Crumbs = []ui.Crumb{{Href: v.Href(""), Text: v.T("web.home.crumb")}, {Href: v.Href("capacity"), Text: v.T("web.capacity.title")}}
	page.Rows = []ui.Row{
		{Key: v.T("web.capacity.free"), Value: t.Free},
		{Key: v.T("web.capacity.lapse"), Value: t.Lapse, Note: v.T("web.capacity.lapse-note")},
		{Key: v.T("web.capacity.rated"), Value: locale.Number(v.Lang, line.SnKVA) + " " + v.T("web.kva")},
		{Key: v.T("web.capacity.peak"), Value: locale.Kilowatt(v.Lang, line.PeakW)},
		{Key: v.T("web.capacity.reserved"), Value: locale.Kilowatt(v.Lang, line.ReservedW)},
		{Key: v.T("web.capacity.binding"), Value: t.Binding},
		{Key: v.T("web.capacity.basis"), Value: t.Basis.Text, Note: measured(v, line.Measured)},
		{Key: v.T("web.capacity.district"), Value: v.In(line.District)},
	}
	return v.Page("public/transformer", page)
}

func measured(v *visit.Visit, day string) string {
	if day == "" {
		return ""
	}
	return v.T("web.capacity.measured", "at", day)
}

// CapacityCSV is the whole list as a file, read page by page.
func CapacityCSV(v *visit.Visit) error {
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	write := func(fields ...string) { _ = w.Write(fields) } // a buffer does not fail
	write("id", "name", "district", "rated_kva", "free_w", "free_if_reservations_lapse_w", "reserved_w", "peak_w",
		"limited_by", "basis", "measured", "lat", "lon", "published", "publication_sha256")
	p := casework.Page{Limit: csvSize}
	for {
		list, pub, err := v.Engine.Transformers(v.Context(), v.Query("district"), v.Query("name"), p)
		if err != nil {
			return err
		}
		for _, l := range list.Items {
			write(strconv.Itoa(l.ID), l.Name, v.In(l.District), number(l.SnKVA), number(l.FreeW), number(l.LapseW),
				number(l.ReservedW), number(l.PeakW), l.Binding, l.Basis, l.Measured, degrees(l.Lat), degrees(l.Lon), pub.Day, pub.Hash)
		}
		if list.Next == "" {
			break
		}
		p.After = list.Next
	}
	w.Flush()
	return v.File("aiqyn-free-capacity.csv", "text/csv; charset=utf-8", b.Bytes())
}

func number(n int64) string { return strconv.FormatInt(n, 10) }

// degrees are written to six places, a tenth of a metre; an unknown place has none.
func degrees(d float64) string {
	if d == 0 {
		return ""
	}
	return strconv.FormatFloat(d, 'f', 6, 64)
}
