package public

import (
	"net/http"

	"aiqyn"
	"aiqyn/docs"
	"aiqyn/web/ui"
	"aiqyn/web/visit"
)

type docsPage struct {
	ui.Layout
	Doc     *docs.Page
	Foreign bool // the text is not in the language of the page
}

// Docs is one page of the documentation, or a program that it tells one to take
// along.
func Docs(v *visit.Visit) error {
	name := v.Path("page")
	if program, ok := v.Docs.File(name); ok {
		return v.Data(http.StatusOK, "text/plain; charset=utf-8", program)
	}
	if name == "" {
		name = docs.Index
	}
	doc, ok := v.Docs.Page(v.Lang, name)
	if !ok {
		return aiqyn.E(aiqyn.NotFound, "error.web-no-page")
	}
	page := &docsPage{Layout: v.Titled(doc.Title), Doc: doc, Foreign: doc.Lang != v.Lang}
	page.Section = "docs"
	page.Crumbs = []ui.Crumb{{Href: v.Href(""), Text: v.T("web.home.crumb")}}
	if name != docs.Index {
		page.Crumbs = append(page.Crumbs, ui.Crumb{Href: v.Href("docs"), Text: v.T("web.docs.title")})
	}
	return v.Page("public/docs", page)
}
