package public

import (
	"aiqyn"
	"aiqyn/casework"
	"aiqyn/locale"
	"aiqyn/service"
	"aiqyn/web/show"
	"aiqyn/web/ui"
	"aiqyn/web/visit"
)

// versionsPage is the history of a service's rules, and what one version changed.
type versionsPage struct {
	ui.Layout
	List   ui.List
	Chosen string // heading of what changed; "" if there is nothing to compare
	Diff   ui.Diff
	Pack   string // address of the newer version as it is published
}

// Versions lists the versions of a service's rules, and says what one of them
// changed against the one before; the last that changed anything, unless asked.
func Versions(v *visit.Visit) error {
	id := aiqyn.ServiceID(v.Path("service"))
	svc, err := show.Service(v, string(id))
	if err != nil {
		return err
	}
	all, err := v.Engine.PackVersions(v.Context())
	if err != nil {
		return err
	}
	page := &versionsPage{Layout: v.Layout("web.versions.title", "service", v.In(svc.Title))}
	page.Section = "services"
	page.Crumbs = []ui.Crumb{{Href: v.Href("services"), Text: v.T("web.services.title")}, {Href: v.Href("services", svc.ID), Text: v.In(svc.Title)}}
	page.List = ui.List{
		Caption: v.T("web.versions.list"), Empty: ui.Empty{Text: v.T("web.versions.same")},
		Columns: []ui.Column{{Title: v.T("web.versions.version"), Head: true}, {Title: v.T("web.versions.from"), Number: true}, {Title: v.T("web.versions.changed")}, {Title: v.T("web.document.entry"), Number: true}},
	}
	chosen := -1
	for n, version := range all {
		kind := changeOf(all, n, id)
		if kind != "same" && (v.Query("version") == version.Pack.Hash() || v.Query("version") == "" && chosen < 0 && n+1 < len(all)) {
			chosen = n
		}
		page.List.Rows = append(page.List.Rows, versionRow(v, version, kind, n+1 < len(all), svc.ID))
	}
	if chosen >= 0 && chosen+1 < len(all) {
		page.compare(v, all[chosen+1], all[chosen], id)
	}
	return v.Page("public/versions", page)
}

// changeOf says what a version made of a service: "new", "changed", "gone" or
// "same"; of the one that the log began with "first", if it has the service.
func changeOf(all []casework.PackVersion, n int, id aiqyn.ServiceID) string {
	now, is := all[n].Pack.Service(id)
	if n+1 == len(all) {
		return map[bool]string{true: "first", false: "same"}[is]
	}
	was, there := all[n+1].Pack.Service(id)
	switch {
	case is && !there:
		return "new"
	case there && !is:
		return "gone"
	case is && now.Hash() != was.Hash():
		return "changed"
	}
	return "same"
}

func versionRow(v *visit.Visit, version casework.PackVersion, kind string, comparable bool, id aiqyn.ServiceID) ui.Line {
	tag := ui.Tag{Kind: map[string]string{"new": "good", "changed": "warn", "gone": "bad"}[kind], Text: v.T("web.versions.kind." + kind)}
	name := ui.Cell{Text: version.Pack.Version}
	if comparable && kind != "same" {
		name.Href = v.Href("services", id, "versions") + "?version=" + version.Pack.Hash()
	}
	from, entry := ui.Cell{Text: v.T("web.versions.began")}, ui.Cell{}
	if !version.From.IsZero() {
		from.Text = locale.Date(v.Lang, version.From.Start(locale.Zone))
	}
	if version.Entry >= 0 {
		entry = ui.Cell{Text: locale.Number(v.Lang, version.Entry), Href: v.Href("ledger", version.Entry)}
	}
	return ui.Line{Cells: []ui.Cell{name, from, {Tag: &tag}, entry}}
}

// compare holds a version against the one before.
func (page *versionsPage) compare(v *visit.Visit, was, now casework.PackVersion, id aiqyn.ServiceID) {
	page.Chosen = v.T("web.versions.what", "version", now.Pack.Version)
	page.Pack = "/published/packs/" + now.Pack.Hash() + ".json"
	page.Diff = ui.Diff{
		Caption: page.Chosen, Was: was.Pack.Version, Now: now.Pack.Version, Empty: ui.Empty{Text: v.T("web.versions.unseen")},
		Groups: show.ServiceDiff(v, serviceIn(was.Pack, id), serviceIn(now.Pack, id)),
	}
	if page.Diff.Was == page.Diff.Now {
		page.Diff.Was, page.Diff.Now = v.T("ui.diff.was"), v.T("ui.diff.now")
	}
}

func serviceIn(pack *service.Pack, id aiqyn.ServiceID) *service.Service {
	svc, _ := pack.Service(id)
	return svc
}
