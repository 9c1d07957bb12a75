// Package office holds the pages of those who keep the rules, the rosters and
// the keys, and of those who watch: one page a role, with what they may do by
// the policy, what waits for them, and what they have done, as the log has it.
package office

import (
	"embed"
	"strconv"

	"aiqyn"
	"aiqyn/access"
	"aiqyn/casework"
	"aiqyn/deadline"
	"aiqyn/locale"
	"aiqyn/web/show"
	"aiqyn/web/ui"
	"aiqyn/web/visit"
)

//go:embed *.html
var Files embed.FS

// waiting is one thing that waits for a second person; Href leads to where they
// answer, and is empty where it waits for somebody else.
type waiting struct {
	Rows       []ui.Row
	Href, Text string
	Other      *ui.Link // what else can be done with it
}

type officePage struct {
	ui.Layout
	May     []string  // what the policy allows this role, in words
	Tasks   []ui.Link // what it can do now
	Rows    []ui.Row  // how things stand
	Waiting []waiting
	Ending  []waiting // classes that end by themselves soon
	Quiet   string    // nothing waits; empty: nothing ever does
	Charts  []*ui.Chart
	Acts    *ui.List
}

// Office is the page of whoever is signed in.
func Office(v *visit.Visit) error {
	role := v.Actor().Role
	p := &officePage{Layout: v.Titled(v.T("web.menu.office") + ": " + v.T("role."+string(role))), May: may(v, role)}
	p.Section = "office"
	fill := map[aiqyn.Role]func(*visit.Visit, *officePage) error{
		aiqyn.RoleHead: head, aiqyn.RolePublisher: publisher, aiqyn.RoleRegistrar: registrar, aiqyn.RoleCustodian: custodian,
		aiqyn.RoleAuditor: auditor, aiqyn.RoleOverseer: overseer, aiqyn.RoleOperator: operator, aiqyn.RoleSecrecy: secrecyOfficer,
	}[role]
	if fill == nil {
		return aiqyn.E(aiqyn.Forbidden, "error.forbidden")
	}
	if err := fill(v, p); err != nil {
		return err
	}
	if err := classesEnding(v, p); err != nil {
		return err
	}
	if role != aiqyn.RoleHead {
		acts, err := acts(v)
		if err != nil {
			return err
		}
		p.Acts = acts
	}
	return v.Page("office/office", p)
}

// task is a link to the form of a task.
func task(v *visit.Visit, id string) ui.Link {
	return ui.Link{Href: v.Href("office", id), Text: v.T("web.office." + id + ".title")}
}

// may lists what the policy gives a role beyond what it gives everybody.
func may(v *visit.Visit, role aiqyn.Role) []string {
	var list []string
	for _, rule := range access.Table() {
		for _, r := range rule.Roles {
			if r == role && len(rule.Roles) < len(aiqyn.Roles) {
				list = append(list, v.T("access."+rule.Name))
			}
		}
	}
	return list
}

// acts lists what the role has done, the newest first.
func acts(v *visit.Visit) (*ui.List, error) {
	done, err := v.Engine.Acts(v.Context(), v.Actor(), casework.Page{After: v.Query("after")})
	if err != nil {
		return nil, err
	}
	listing := show.NewListing(v, []any{"office"})
	list := &ui.List{
		Caption: v.T("web.office.acts"), Total: listing.Total(len(done.Items), done.Next), Pager: listing.Pager(done.Next),
		Empty: ui.Empty{Text: v.T("web.office.no-acts")},
		Columns: []ui.Column{
			{Title: v.T("web.office.act"), Head: true}, {Title: v.T("web.office.what")}, {Title: v.T("web.office.who")},
			{Title: v.T("web.office.when"), Number: true}, {Title: v.T("web.document.entry"), Number: true},
		},
	}
	for _, a := range done.Items {
		what := ui.Cell{Text: about(v, a)}
		if a.Ref != "" {
			what.Text = string(a.Ref)
			if v.May(access.ActionOpenCase) {
				what.Href = v.Href("office", "cases", a.Ref)
			}
		}
		list.Rows = append(list.Rows, ui.Line{Cells: []ui.Cell{
			{Text: v.T("event." + string(a.Kind))}, what, {Text: string(a.Officer)}, {Text: locale.DateTime(v.Lang, a.At)},
			{Text: strconv.FormatInt(a.Index, 10), Href: v.Href("ledger", a.Index)},
		}})
	}
	return list, nil
}

// about says what an act was about, in words.
func about(v *visit.Visit, a casework.ActView) string {
	switch {
	case a.Roster != nil:
		return v.T("role."+string(a.Roster.Role)) + " · " + show.Body(v, a.Roster.Body) + " · " + v.T("web.office.people", "n", a.Roster.N)
	case a.From != "":
		if day, err := deadline.ParseDate(a.From); err == nil {
			return v.T("web.office.pack-from", "pack", a.What, "day", ui.Day(v.Lang, day))
		}
	case a.Kind == casework.EventErased:
		return serviceName(v, a.What)
	}
	return a.What
}
