package file

import (
	"embed"
	"net/http"
	"strings"

	"aiqyn"
	"aiqyn/attachment/media"
	"aiqyn/casework"
	"aiqyn/web/show"
	"aiqyn/web/ui"
	"aiqyn/web/visit"
)

// Files are the pages.
//
//go:embed *.html
var Files embed.FS

// filePage shows a file, or asks what it is needed for.
type filePage struct {
	ui.Layout
	Rows     []ui.Row
	Content  string // address of the file; empty: it is not open
	Picture  bool
	Alt      string
	Action   string
	Command  string
	Purposes *ui.Radios // nil: it is the reader's own case
}

// Ask shows a file to whom it is open, and asks everybody else what they need it
// for. Below is the part of the site that the case is on.
func Ask(below string) visit.Handler {
	return func(v *visit.Visit) error { return page(v, below, http.StatusOK, nil) }
}

// Open opens a file for a purpose, and records that.
func Open(below string) visit.Handler {
	return func(v *visit.Visit) error {
		id, err := v.Command()
		if err != nil {
			return err
		}
		_, err = v.Engine.Do(v.Context(), casework.ReadFile{
			ID: id, Actor: v.Actor(), Ref: aiqyn.Reference(v.Path("ref")), Hash: v.Path("hash"), Purpose: casework.Purpose(v.Field("purpose")),
		})
		if err != nil {
			return v.Mend(err, func(fault string) error {
				return page(v, below, http.StatusUnprocessableEntity, []ui.FieldError{{Field: "purpose", Text: fault}})
			})
		}
		return v.Redirect(v.Href(append(parts(below), v.Path("ref"), "files", v.Path("hash"))...))
	}
}

// parts are those of an address below the language.
func parts(below string) []any {
	var list []any
	for part := range strings.SplitSeq(below, "/") {
		list = append(list, part)
	}
	return list
}

func page(v *visit.Visit, below string, status int, faults []ui.FieldError) error {
	c, err := v.Engine.Case(v.Context(), v.Actor(), aiqyn.Reference(v.Path("ref")))
	if err != nil {
		return err
	}
	shown, at, ok := find(c, v.Path("hash"))
	if !ok {
		return aiqyn.E(aiqyn.NotFound, "error.attachment-missing")
	}
	f := show.File(v, shown, at, "")
	p := &filePage{
		Layout: v.Layout("web.file.title"), Alt: f.Title, Picture: shown.Type != media.PDF, Command: v.NewCommand(),
		Rows: []ui.Row{{Key: v.T("web.file.what"), Value: f.Title}, {Key: v.T("web.file.kind"), Value: f.What}, {Key: v.T("web.file.hash"), Value: shown.Hash}},
	}
	if f.Says != "" {
		p.Rows = append(p.Rows, ui.Row{Key: v.T("web.file.camera"), Value: f.Says})
	}
	p.Errors = faults
	p.Crumbs = []ui.Crumb{{Href: v.Href(append(parts(below), c.Ref)...), Text: string(c.Ref)}}
	address := append(parts(below), c.Ref, "files", shown.Hash)
	if shown.Open {
		p.Content = v.Href(append(address, "content")...)
	} else {
		p.Action = v.Href(address...)
	}
	if !c.Own || v.IsOfficer() {
		asked := show.Purposes(v, faultIn(faults))
		p.Purposes = &asked
	}
	return v.PageAs(status, "file/file", p)
}

func faultIn(faults []ui.FieldError) string {
	if len(faults) == 0 {
		return ""
	}
	return faults[0].Text
}

func find(c *casework.CaseView, hash string) (casework.FileShown, int, bool) {
	for i, f := range c.Files {
		if f.Hash == hash {
			return f, i + 1, true
		}
	}
	return casework.FileShown{}, 0, false
}

// Content is the file itself, as others are shown it. A browser keeps no copy
// and runs nothing in it.
func Content(v *visit.Visit) error {
	f, err := v.Engine.OpenFile(v.Context(), v.Actor(), aiqyn.Reference(v.Path("ref")), v.Path("hash"))
	if err != nil {
		return err
	}
	defer f.Close()
	h := v.W.Header()
	h.Set("Content-Type", f.Type.MIME())
	h.Set("Content-Security-Policy", "default-src 'none'; sandbox")
	h.Set("Cache-Control", "no-store")
	h.Set("Content-Disposition", "inline")
	if f.Type == media.PDF {
		h.Set("Content-Disposition", `attachment; filename="document.pdf"`)
	}
	if err := f.Strip(v.W); err != nil {
		v.Log.Error("file", "id", v.ID, "err", err)
		panic(http.ErrAbortHandler) // half a file is none
	}
	return nil
}
