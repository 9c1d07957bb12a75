package public

import (
	"net/http"

	"aiqyn"
	"aiqyn/access"
	"aiqyn/casework"
	"aiqyn/locale"
	"aiqyn/service"
	"aiqyn/web/sheet"
	"aiqyn/web/show"
	"aiqyn/web/ui"
	"aiqyn/web/visit"
)

type certificatesPage struct {
	ui.Layout
	List    ui.List
	Demands ui.List
}

// Certificates lists every paper that bodies used to demand, what became of
// it, and who demands it still.
func Certificates(v *visit.Visit) error {
	page := &certificatesPage{Layout: v.Layout("web.certificates.title")}
	page.List = ui.List{Caption: page.Title, Columns: []ui.Column{
		{Title: v.T("web.certificates.paper"), Head: true}, {Title: v.T("web.certificates.class")}, {Title: v.T("web.certificates.reads")}}}
	kinds := map[service.CertificateClass]string{service.Abolished: "good", service.SelfIssued: "todo"}
	for _, c := range v.Engine.Pack().Certificates {
		class := ui.Tag{Kind: kinds[c.Class], Text: v.T("web.certificates." + string(c.Class))}
		page.List.Rows = append(page.List.Rows, ui.Line{Cells: []ui.Cell{{Text: v.In(c.Title), Law: show.Law(v, c.Law)}, {Tag: &class}, {Text: register(v, c.Reads)}}})
	}
	counts, err := v.Engine.Demands(v.Context())
	if err != nil {
		return err
	}
	listing := show.NewListing(v, []any{"certificates", "demands"})
	page.Demands = ui.List{
		Caption: v.T("web.certificates.demands"), Files: listing.Files(), Empty: ui.Empty{Text: v.T("web.certificates.no-demands")},
		Columns: []ui.Column{{Title: v.T("web.certificates.body"), Head: true}, {Title: v.T("web.certificates.paper")}, {Title: v.T("web.certificates.count"), Number: true}},
	}
	sum := 0
	for _, d := range counts {
		sum += d.Count
		page.Demands.Rows = append(page.Demands.Rows, ui.Line{Cells: []ui.Cell{{Text: d.Body}, {Text: certificate(v, d.Certificate)}, {Text: locale.Number(v.Lang, int64(d.Count))}}})
	}
	page.Demands.Total = v.T("web.certificates.total", "n", sum)
	return v.Page("public/certificates", page)
}

// DemandsFile is who demanded which paper, to keep.
func DemandsFile(format sheet.Format) visit.Handler {
	return func(v *visit.Visit) error {
		counts, err := v.Engine.Demands(v.Context())
		if err != nil {
			return err
		}
		list := sheet.Sheet{Title: v.T("web.certificates.demands"), Columns: []sheet.Column{
			{Name: "body", Title: v.T("web.certificates.body")}, {Name: "certificate", Title: v.T("web.certificates.paper")},
			{Name: "reports", Title: v.T("web.certificates.count")},
		}}
		list.About = show.NewListing(v, []any{"certificates"}).About(show.AsOf(v), sheet.Note{Name: v.T("ui.sheet.limits"), Text: v.T("web.certificates.demands-text")})
		return v.Sheet("aiqyn-demanded-certificates", format, list, func(yield func(sheet.Row, error) bool) {
			for _, d := range counts {
				if !yield(sheet.Row{d.Body, certificate(v, d.Certificate), int64(d.Count)}, nil) {
					return
				}
			}
		})
	}
}

func certificate(v *visit.Visit, id string) string {
	for _, c := range v.Engine.Pack().Certificates {
		if c.ID == id {
			return v.In(c.Title)
		}
	}
	return id
}

func register(v *visit.Visit, name string) string {
	for _, r := range v.Engine.Pack().Registers {
		if r.Name == name {
			return v.In(r.Title)
		}
	}
	return name
}

type reportPage struct {
	ui.Layout
	Certificate ui.Radios
	Body        ui.Input
	Text        ui.Textarea
	Command     string
	Sent        bool
}

// Report asks who demanded which paper.
func Report(v *visit.Visit) error {
	page := newReport(v)
	page.Sent = v.Query("sent") != ""
	return v.Page("public/report", page)
}

func newReport(v *visit.Visit) *reportPage {
	page := &reportPage{
		Layout:      v.Layout("web.report.title"),
		Certificate: ui.Radios{Name: "certificate", Label: v.T("web.report.certificate")},
		Body:        ui.Input{Name: "body", Label: v.T("web.report.body"), Hint: v.T("web.report.body-hint"), Value: v.Field("body")},
		Text:        ui.Textarea{Name: "text", Label: v.T("web.report.text"), Hint: v.T("web.report.text-hint"), Value: v.Field("text")},
		Command:     v.NewCommand(),
	}
	for _, c := range v.Engine.Pack().Certificates {
		page.Certificate.Options = append(page.Certificate.Options,
			ui.Option{Value: c.ID, Label: v.In(c.Title), Checked: v.Field("certificate") == c.ID})
	}
	page.LangForm = "report"
	page.Crumbs = []ui.Crumb{{Href: v.Href(""), Text: v.T("web.home.crumb")}, {Href: v.Href("certificates"), Text: v.T("web.certificates.title")}}
	return page
}

// SendReport records that a paper was demanded. Whoever reports may stay unnamed.
func SendReport(v *visit.Visit) error {
	page := newReport(v)
	if lang := aiqyn.Lang(v.R.PostFormValue("_lang")); lang != "" {
		v.Lang = lang
		page = newReport(v)
		page.Lang = lang
		return v.Page("public/report", page)
	}
	if certificate(v, v.Field("certificate")) == v.Field("certificate") {
		page.Certificate.Error = v.T("error.answer-choice")
		page.Errors = append(page.Errors, ui.FieldError{Field: "certificate", Text: page.Certificate.Error})
	}
	if v.Field("body") == "" {
		page.Body.Error = v.T("error.answer-required")
		page.Errors = append(page.Errors, ui.FieldError{Field: "body", Text: page.Body.Error})
	}
	if page.Errors != nil {
		return v.PageAs(http.StatusUnprocessableEntity, "public/report", page)
	}
	command, err := v.Command()
	if err != nil {
		return err
	}
	_, err = v.Engine.Do(v.Context(), casework.Demanded{
		ID: command, Actor: v.Actor(), Certificate: v.Field("certificate"), Body: v.Field("body"), Text: v.Field("text"),
	})
	if err != nil {
		return err
	}
	return v.Redirect(v.Href("certificates", "report") + "?sent=yes")
}

type ruleRow struct {
	Actions, Who, What, Relation, Sees, Why string
}

type pairRow struct{ Act, Asks, Answers string }

type rulesPage struct {
	ui.Layout
	Rows  []ruleRow
	Pairs []pairRow // what takes two people
}

// Rules shows the policy as it is in force: who may do and see what.
func Rules(v *visit.Visit) error {
	page := &rulesPage{Layout: v.Layout("web.rules.title")}
	for _, rule := range access.Table() {
		row := ruleRow{
			Relation: v.T("web.relation." + string(rule.Relation)), Sees: v.T("web.sees." + string(rule.Sees)),
			Why: v.T("access." + rule.Name),
		}
		for i, action := range rule.Actions {
			if i > 0 {
				row.Actions += ", "
			}
			row.Actions += v.T("action." + string(action))
		}
		if len(rule.Roles) == len(aiqyn.Roles) {
			row.Who = v.T("web.rules.everybody")
		} else {
			row.Who = joined(v, "role.", rule.Roles)
		}
		page.Rows = append(page.Rows, row)
	}
	for _, p := range access.Pairs() {
		row := pairRow{v.T("act." + string(p.Act)), joined(v, "role.", p.Asks.Roles), joined(v, "role.", p.Answers.Roles)}
		if p.Either {
			row.Answers += " – " + v.T("web.rules.either")
		}
		page.Pairs = append(page.Pairs, row)
	}
	return v.Page("public/rules", page)
}

func joined[T ~string](v *visit.Visit, prefix string, words []T) string {
	text := ""
	for i, w := range words {
		if i > 0 {
			text += ", "
		}
		text += v.T(prefix + string(w))
	}
	return text
}
