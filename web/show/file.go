package show

import (
	"strconv"
	"strings"
	"time"

	"aiqyn/casework"
	"aiqyn/deadline"
	"aiqyn/locale"
	"aiqyn/web/ui"
	"aiqyn/web/visit"
)

// Files are the files of a case; below is the part of the site that the case is
// on, where the reader may open them; empty: they may not.
func Files(v *visit.Visit, c *casework.CaseView, below string) []ui.File {
	var list []ui.File
	for i, f := range c.Files {
		href := ""
		if below != "" {
			href = v.Href(below, c.Ref, "files", f.Hash)
		}
		list = append(list, File(v, f, i+1, href))
	}
	return list
}

// File is one file, the n-th of its case.
func File(v *visit.Visit, f casework.FileShown, n int, href string) ui.File {
	what := []string{strings.ToUpper(string(f.Type))}
	if f.Width > 0 {
		what = append(what, strconv.Itoa(f.Width)+" × "+strconv.Itoa(f.Height))
	}
	what = append(what, Size(v, f.Size))
	out := ui.File{Href: href, Title: v.T("web.file.one", "kind", f.Kind, "n", n), What: strings.Join(what, ", ")}
	var says []string
	if f.Taken != "" {
		says = append(says, taken(v, f.Taken))
	}
	if f.Place != nil {
		says = append(says, degrees(f.Place.Lat)+", "+degrees(f.Place.Lon))
	}
	if f.Model != "" {
		says = append(says, f.Model)
	}
	out.Says = strings.Join(says, " · ")
	for _, ref := range f.Alike {
		out.Alike = append(out.Alike, ui.Link{Href: v.Href("office", "cases", ref), Text: string(ref)})
	}
	return out
}

// taken is the moment that a camera wrote, by the camera's own clock; what is
// no moment stays as it was written.
func taken(v *visit.Visit, text string) string {
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04:05"} {
		if at, err := time.Parse(layout, text); err == nil {
			y, m, d := at.Date()
			return ui.Day(v.Lang, deadline.Date{Year: y, Month: m, Day: d}) + ", " + at.Format(time.TimeOnly)
		}
	}
	return text
}

// Size is a number of bytes as people read it.
func Size(v *visit.Visit, n int64) string {
	if n < 1<<20 {
		return v.T("web.file.kilobytes", "n", locale.Number(v.Lang, max(1, n>>10)))
	}
	return v.T("web.file.megabytes", "n", locale.Number(v.Lang, n>>20))
}

// degrees writes 10⁻⁷ degrees, to about a metre.
func degrees(e7 int64) string { return strconv.FormatFloat(float64(e7)/1e7, 'f', 5, 64) }

// Purposes asks what somebody needs personal data for.
func Purposes(v *visit.Visit, fault string) ui.Radios {
	r := ui.Radios{Name: "purpose", Label: v.T("web.desk.purpose"), Error: fault}
	for _, p := range casework.Purposes {
		r.Options = append(r.Options, ui.Option{Value: string(p), Label: v.T("purpose." + string(p))})
	}
	return r
}
