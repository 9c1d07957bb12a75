package public

import (
	"html/template"
	"reflect"
	"slices"

	"aiqyn"
	"aiqyn/web/ui"
	"aiqyn/web/visit"
)

type designPage struct {
	ui.Layout
	Groups []designGroup
	Whole  string // address of the page with all of them; empty: this is it
}

type designGroup struct {
	Name, Title string
	Parts       []designPart
}

// designPart is one component: when to use it, how a page includes it, and how
// it looks.
type designPart struct {
	Name, Use, Call, Data, Href string
	Examples                    []template.HTML
}

// Design shows every component as pages show it, or one alone.
func Design(v *visit.Visit) error {
	page := &designPage{Layout: v.Layout("design.title")}
	only := v.Path("component")
	for _, name := range ui.Groups {
		page.Groups = append(page.Groups, designGroup{Name: name, Title: v.T("design.group." + name)})
	}
	for _, e := range ui.Examples(v.Lang, v.T) {
		if e.Alone || e.Wide && only == "" || only != "" && e.Component != only {
			continue
		}
		out, err := v.UI.Component(v.Lang, e.Component, e.Data)
		if err != nil {
			return err
		}
		g := &page.Groups[slices.Index(ui.Groups, e.Group)]
		g.add(v, e, template.HTML(out)) // of our own templates, which have escaped what is in it
	}
	page.Groups = slices.DeleteFunc(page.Groups, func(g designGroup) bool { return len(g.Parts) == 0 })
	if only != "" {
		if len(page.Groups) == 0 {
			return aiqyn.E(aiqyn.NotFound, "error.web-no-page")
		}
		page.Whole = v.Href("design")
		page.Crumbs = []ui.Crumb{{Href: page.Whole, Text: page.Title}}
	}
	return v.Page("public/design", page)
}

// add puts an example beside those of the same component.
func (g *designGroup) add(v *visit.Visit, e ui.Example, out template.HTML) {
	i := slices.IndexFunc(g.Parts, func(p designPart) bool { return p.Name == e.Component })
	if i < 0 {
		i = len(g.Parts)
		g.Parts = append(g.Parts, designPart{
			Name: e.Component, Use: v.T("design.use." + e.Component), Href: v.Href("design", e.Component),
			Call: `{{template "` + e.Component + `" .}}`, Data: reflect.TypeOf(e.Data).String(),
		})
	}
	g.Parts[i].Examples = append(g.Parts[i].Examples, out)
}
