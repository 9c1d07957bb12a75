package office

import (
	"cmp"
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

// head sees how the work of the body stands, and asks for what needs a second
// person.
func head(v *visit.Visit, p *officePage) error {
	steps, err := v.Engine.Workload(v.Context(), v.Actor())
	if err != nil {
		return err
	}
	p.Rows, p.Charts = open(v, steps), load(v, steps)
	p.Tasks = []ui.Link{{Href: v.Href("desk"), Text: v.T("web.inbox.title")}, task(v, "erase"), task(v, "reduce")}
	return nil
}

// publisher signs packs; a second one signs what the first has signed.
func publisher(v *visit.Visit, p *officePage) (err error) {
	pack := v.Engine.Pack()
	p.Rows = []ui.Row{{Key: v.T("web.office.in-force"), Value: pack.Name + " " + pack.Version, Note: pack.Hash()}}
	p.Tasks, p.Quiet = []ui.Link{task(v, "publish")}, v.T("web.office.no-packs")
	if p.Notice, err = show.Unreached(v); err != nil {
		return err
	}
	signed, err := v.Engine.SignedPacks(v.Context(), v.Actor())
	for _, s := range signed {
		w := waiting{Rows: packRows(v, s)}
		if s.SignedBy != v.Actor().Officer {
			w.Href, w.Text = v.Href("office", "sign")+"?"+url.Values{"pack": {s.Hash}, "from": {s.From.String()}}.Encode(), v.T("web.office.sign.title")
		}
		p.Waiting = append(p.Waiting, w)
	}
	return err
}

// packRows tell what a pack that waits would change, and since when.
func packRows(v *visit.Visit, s casework.PackView) []ui.Row {
	rows := []ui.Row{
		{Key: v.T("web.office.pack"), Value: s.Name + " " + s.Version, Note: s.Hash}, {Key: v.T("web.office.from"), Value: ui.Day(v.Lang, s.From)},
		{Key: v.T("web.office.signed-by"), Value: string(s.SignedBy), Note: locale.DateTime(v.Lang, s.Signed)},
	}
	for _, c := range s.Changes {
		rows = append(rows, ui.Row{Key: v.T("web.office.change." + c.Kind), Value: cmp.Or(v.In(c.Title), c.Name)})
	}
	for _, l := range s.Missing {
		rows = append(rows, ui.Row{Key: v.T("web.office.missing"), Value: v.In(l.Title) + " (" + l.Origin + ")", Note: v.T("web.unreached.yet")})
	}
	return rows
}

// serviceName is what a service is called by the pack in force; one that it has no
// more is called by its id.
func serviceName(v *visit.Visit, id string) string {
	if svc, ok := v.Engine.Pack().Service(aiqyn.ServiceID(id)); ok {
		return v.In(svc.Title)
	}
	return id
}

// custodian confirms what others have asked for, and can ask for nothing alone.
func custodian(v *visit.Visit, p *officePage) error {
	p.Quiet = v.T("web.office.nothing-waits")
	list, err := v.Engine.Inbox(v.Context(), v.Actor(), casework.Page{Limit: 50})
	if err != nil {
		return err
	}
	for _, line := range list.Items {
		p.Waiting = append(p.Waiting, waiting{
			Href: v.Href("office", "confirm-erasure") + "?" + url.Values{"ref": {string(line.Ref)}}.Encode(), Text: v.T("web.office.confirm-erasure.title"),
			Rows: []ui.Row{
				{Key: v.T("web.cases.ref"), Value: string(line.Ref)}, {Key: v.T("web.inbox.service"), Value: v.In(line.Title)},
				{Key: v.T("web.cases.filed"), Value: show.When(v, line.Filed)},
			},
		})
	}
	glasses, err := v.Engine.GlassesAsked(v.Context(), v.Actor())
	if err != nil {
		return err
	}
	for _, g := range glasses {
		p.Waiting = append(p.Waiting, waiting{
			Href: v.Href("office", "confirm-glass") + "?" + url.Values{"ref": {string(g.Ref)}}.Encode(), Text: v.T("web.office.confirm-glass.title"), Rows: glassRows(v, g),
		})
	}
	reports, err := v.Engine.ReportErasures(v.Context(), v.Actor())
	for _, r := range reports {
		entry := strconv.FormatInt(r.Entry, 10)
		p.Waiting = append(p.Waiting, waiting{
			Href: v.Href("office", "confirm-report") + "?" + url.Values{"entry": {entry}}.Encode(), Text: v.T("web.office.confirm-report.title"),
			Rows: []ui.Row{{Key: v.T("web.office.entry"), Value: entry, Note: locale.DateTime(v.Lang, r.Asked)}, {Key: v.T("web.office.ground"), Value: r.Ground}},
		})
	}
	return err
}

// glassRows tell who asks to see whose case, and why.
func glassRows(v *visit.Visit, g casework.GlassWaiting) []ui.Row {
	return []ui.Row{
		{Key: v.T("web.cases.ref"), Value: string(g.Ref)}, {Key: v.T("web.office.ground"), Value: g.Ground},
		{Key: v.T("web.office.asked-by"), Value: v.T("role."+string(g.Role)) + " · " + string(g.By), Note: locale.DateTime(v.Lang, g.Asked)},
	}
}

// state tells how the log stands.
func state(v *visit.Visit) ([]ui.Row, error) {
	h, err := v.Engine.Head(v.Context())
	if err != nil {
		return nil, err
	}
	rows := []ui.Row{
		{Key: v.T("web.office.entries"), Value: locale.Number(v.Lang, h.Size), Note: locale.DateTime(v.Lang, h.At)},
		{Key: v.T("web.office.witnessed"), Value: locale.Number(v.Lang, h.Witnessed)},
	}
	if h.Late {
		rows[1].Note = v.T("witness.late")
	}
	return rows, nil
}

// auditor opens cases masked, and attests what recomputing the log has come to.
func auditor(v *visit.Visit, p *officePage) (err error) {
	p.Tasks = []ui.Link{task(v, "attest"), task(v, "open"), task(v, "glass"), {Href: v.Href("verify"), Text: v.T("web.verify.title")}, {Href: v.Href("ledger"), Text: v.T("web.ledger.title")}, queues(v)}
	p.Rows, err = state(v)
	return err
}

// queues leads to all queues, each with who was given a place before an earlier date.
func queues(v *visit.Visit) ui.Link {
	return ui.Link{Href: v.Href("places"), Text: v.T("web.queues.title")}
}

// overseer watches, holds cases for a time, and has what reports say erased.
func overseer(v *visit.Visit, p *officePage) error {
	p.Tasks = []ui.Link{task(v, "open"), task(v, "glass"), task(v, "hold"), task(v, "lift"), task(v, "report"), {Href: v.Href("office", "flips"), Text: v.T("web.flips.title")}, {Href: v.Href("figures"), Text: v.T("web.figures.title")}, queues(v)}
	asked, err := v.Engine.ReductionsAsked(v.Context(), v.Actor())
	for _, r := range asked {
		trafo := strconv.Itoa(r.Trafo)
		p.Waiting = append(p.Waiting, waiting{
			Href: v.Href("office", "confirm-reduce") + "?" + url.Values{"trafo": {trafo}}.Encode(), Text: v.T("web.office.confirm-reduce.title"),
			Rows: []ui.Row{
				{Key: v.T("web.office.trafo"), Value: trafo, Note: locale.DateTime(v.Lang, r.At)}, {Key: v.T("web.office.ground"), Value: r.Ground},
				{Key: v.T("web.peaks.meter"), Value: strings.Join(r.Meters, ", "), Note: locale.Kilowatt(v.Lang, r.Watt)},
			},
		})
	}
	if err != nil {
		return err
	}
	if err := correctionsWaiting(v, p); err != nil {
		return err
	}
	if err := queuesWaiting(v, p); err != nil {
		return err
	}
	if err := tablesWaiting(v, p); err != nil {
		return err
	}
	return classesWaiting(v, p)
}

// operator sees how the service runs, and nobody's data.
func operator(v *visit.Visit, p *officePage) (err error) {
	p.Tasks = []ui.Link{{Href: v.Href("operate", "letters"), Text: v.T("web.dead.title")}, {Href: v.Href("operate", "measurements"), Text: v.T("web.peaks.title")}, {Href: v.Href("operate", "corrections"), Text: v.T("web.amend.title")}, {Href: v.Href("operate", "meters"), Text: v.T("web.meters.title")}, {Href: v.Href("capacity-tables"), Text: v.T("web.tables.title")}, {Href: v.Href("ledger"), Text: v.T("web.ledger.title")}}
	if p.Rows, err = state(v); err != nil {
		return err
	}
	if p.Notice, err = show.Unreached(v); err != nil {
		return err
	}
	dead, err := v.Engine.DeadLetters(v.Context(), v.Actor(), casework.Page{})
	listing := show.NewListing(v, []any{"operate", "letters"})
	p.Rows = append(p.Rows, ui.Row{Key: v.T("web.dead.title"), Value: listing.Total(len(dead.Items), dead.Next)})
	return err
}
