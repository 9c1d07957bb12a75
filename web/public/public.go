// Package public holds the pages that anybody may see: what services there are
// and what they take, where power is free, what the ledger holds, how to check
// a receipt, which papers nobody may ask for.
package public

import (
	"embed"
	"slices"
	"strings"

	"aiqyn"
	"aiqyn/casework"
	"aiqyn/locale"
	"aiqyn/service"
	"aiqyn/web/show"
	"aiqyn/web/ui"
	"aiqyn/web/visit"
)

//go:embed *.html
var Files embed.FS

// newCard is a service in a list: it answers what, how long and how much before
// anything is clicked.
func newCard(v *visit.Visit, svc *service.Service) ui.Card {
	burden := service.Burden(svc)
	asks := v.T("web.service.questions", "n", burden.QuestionsMax)
	if burden.QuestionsMax == 0 {
		asks = v.T("web.service.no-questions")
	}
	return ui.Card{
		Href: v.Href("services", svc.ID), Title: v.In(svc.Title), Summary: v.In(svc.Summary),
		Facts: []ui.Fact{
			{Name: v.T("web.service.within"), Value: longest(v, svc, burden)},
			{Name: v.T("web.service.costs"), Value: show.Fee(v, svc.Fee)},
			{Name: v.T("web.service.asks"), Value: asks},
		},
	}
}

// longest is how long a service takes at most; a queue knows no such day.
func longest(v *visit.Visit, svc *service.Service, b service.BurdenCount) string {
	switch {
	case svc.Queue != nil:
		return v.T("web.service.by-queue")
	case svc.Auction != nil:
		return v.T("web.service.by-auction")
	case b.WorkingDays > 0:
		return v.T("web.service.up-to", "term", v.T("days.working.term", "n", b.WorkingDays))
	case b.CalendarDays > 0:
		return v.T("web.service.up-to", "term", v.T("days.calendar.term", "n", b.CalendarDays))
	}
	return v.T("web.service.at-once")
}

type homePage struct {
	ui.Layout
	Groups      []group
	Log         casework.Head
	Watched     string // what its witnesses are worth
	Publication casework.Publication
}

// Home answers what I can get, how long it takes, what it costs and how I
// check it.
func Home(v *visit.Visit) error {
	head, err := v.Engine.Head(v.Context())
	if err != nil {
		return err
	}
	page := &homePage{
		Layout: v.Layout("web.home.title"), Log: head, Watched: v.T("web.home.check.ledger-" + watched(head)), Groups: catalogue(v, ""),
	}
	_, page.Publication, err = v.Engine.Transformers(v.Context(), v.Actor(), "", "", casework.Page{Limit: 1})
	if err != nil && aiqyn.KindOf(err) != aiqyn.NotFound {
		return err
	}
	return v.Page("public/home", page)
}

type servicesPage struct {
	ui.Layout
	Search string
	Found  int
	Groups []group
}

// group is what one institution gives.
type group struct {
	ID    string // where its page has it
	Title string
	Cards []ui.Card
}

// Services finds a service by a word in any of the three languages.
func Services(v *visit.Visit) error {
	page := &servicesPage{Layout: v.Layout("web.services.title"), Search: v.Query("q")}
	page.Section = "services"
	page.Groups = catalogue(v, page.Search)
	for _, g := range page.Groups {
		page.Found += len(g.Cards)
	}
	return v.Page("public/services", page)
}

// catalogue are the services that a search finds, by institution in the order of
// the pack; of each, what one gets before what one is told.
func catalogue(v *visit.Visit, search string) []group {
	pack := v.Engine.Pack()
	services := slices.Clone(pack.Services)
	slices.SortStableFunc(services, func(a, b *service.Service) int { return strings.Compare(string(b.Kind), string(a.Kind)) })
	var groups []group
	for _, body := range pack.Bodies {
		g := group{ID: "of-" + string(body.ID), Title: v.In(body.Title)}
		for _, svc := range services {
			if svc.Body == body.ID && matches(svc, body.Title, search) {
				g.Cards = append(g.Cards, newCard(v, svc))
			}
		}
		if len(g.Cards) > 0 {
			groups = append(groups, g)
		}
	}
	return groups
}

// matches reports whether every word of a search begins a word of the
// service's texts or of its institution's name, in whatever language it was typed.
func matches(svc *service.Service, body aiqyn.Text, search string) bool {
	var all strings.Builder
	for _, text := range []aiqyn.Text{svc.Title, svc.Summary, svc.Outcome.Document, svc.Words, body} {
		for _, l := range aiqyn.Langs {
			all.WriteString(" " + text.In(l))
		}
	}
	words := strings.FieldsFunc(strings.ToLower(all.String()), isBreak)
	for _, want := range strings.FieldsFunc(strings.ToLower(search), isBreak) {
		stem := stemOf(want)
		if !slices.ContainsFunc(words, func(w string) bool { return strings.HasPrefix(w, stem) }) {
			return false
		}
	}
	return true
}

func isBreak(r rune) bool { return strings.ContainsRune(" \t\n.,;:!?()«»\"'–—-/", r) }

// stemOf cuts the end of a long word: Kazakh and Russian change it with case.
func stemOf(word string) string {
	letters := []rune(word)
	if len(letters) > 5 {
		letters = letters[:max(4, len(letters)-3)]
	}
	return string(letters)
}

type reasonRow struct{ Text, Fix, Law string }

type servicePage struct {
	ui.Layout
	Service   *service.Service
	Body, Law string
	Facts     []ui.Fact
	Questions []ui.Row
	LookUps   []string
	Terms     []termRow
	Reasons   []reasonRow
	Answers   []show.Rule // how an answer comes, and what no answer means
	Given     show.Rule   // how long what is granted is valid
	Fee       string
	FeeLaw    string
	FeeWithin show.Rule
	Refunds   []show.Rule
	Capacity  bool
	Before    *ui.Link // what it follows, if nobody applies for it
	After     *ui.Link // what follows it
	AfterLaw  string
}

// neighbours finds what the service follows and what follows it.
func (p *servicePage) neighbours(v *visit.Visit, svc *service.Service) {
	link := func(s *service.Service) *ui.Link {
		return &ui.Link{Href: v.Href("services", s.ID), Text: v.In(s.Title)}
	}
	for _, s := range v.Engine.Pack().Services {
		if svc.OnlyFollows && s.Follow != nil && s.Follow.Service == svc.ID {
			p.Before = link(s)
		}
		if svc.Follow != nil && s.ID == svc.Follow.Service {
			p.After, p.AfterLaw = link(s), show.Law(v, svc.Follow.Law)
		}
	}
}

// Service says first what a service takes, how long, what it costs; then on
// what law, who decides, and for which reasons it can be refused.
func Service(v *visit.Visit) error {
	svc, err := show.Service(v, v.Path("service"))
	if err != nil {
		return err
	}
	page := &servicePage{
		Layout: v.Titled(v.In(svc.Title)), Service: svc, Body: show.Body(v, svc.Body), Law: show.Law(v, svc.Law),
		Facts: serviceFacts(v, svc), Fee: show.Fee(v, svc.Fee), FeeLaw: show.Law(v, svc.Fee.Law),
		Capacity: svc.Outcome.Reserves != "",
	}
	page.FeeWithin, page.Refunds = show.FeeRules(v, svc)
	page.neighbours(v, svc)
	page.Section = "services"
	page.Crumbs = []ui.Crumb{{Href: v.Href(""), Text: v.T("web.home.crumb")}, {Href: v.Href("services"), Text: v.T("web.services.title")}}
	for _, q := range svc.Ask {
		page.Questions = append(page.Questions, questionRow(v, svc, q))
	}
	for _, l := range svc.LookUps {
		page.LookUps = append(page.LookUps, v.In(l.Purpose))
	}
	page.Terms, page.Answers = terms(v, svc), answers(v, svc)
	if valid := svc.Outcome.Valid; valid.Days > 0 {
		page.Given = show.Rule{Text: v.T("web.service.valid", "term", show.Term(v, valid)), Law: show.Law(v, svc.Outcome.ValidLaw)}
	}
	for _, one := range svc.Outcome.Shorter {
		page.Given.Text += " " + v.T("web.service.valid", "term", show.Term(v, one.Term)) + " (" + v.T("web.service.only-if", "when", show.Condition(v, svc, one.When)) + ")"
	}
	if p := svc.Outcome.Precedence; p != nil {
		page.Given.Text += " " + v.T("web.service.precedence", "term", show.Term(v, p.Terms[len(p.Terms)-1].Term))
	}
	reasons := svc.Refuse
	if svc.Auction != nil { // why one may not bid
		reasons = slices.Concat(svc.Auction.Bars, reasons)
	}
	if svc.Queue != nil { // why one may not stand in it
		reasons = slices.Concat(svc.Queue.Bars, reasons)
	}
	for _, r := range reasons {
		page.Reasons = append(page.Reasons, reasonRow{v.In(r.Text), v.In(r.Fix), show.Law(v, r.Law)})
	}
	return v.Page("public/service", page)
}

// questionRow shows a question with its hint or choices, and when it is asked.
func questionRow(v *visit.Visit, svc *service.Service, q service.Question) ui.Row {
	row := ui.Row{Key: v.In(q.Label), Value: v.In(q.Hint)}
	if len(q.Of) > 0 {
		var labels []string
		for _, c := range q.Of {
			labels = append(labels, v.In(c.Label))
		}
		row.Value = strings.Join(labels, "; ")
	}
	if q.When != nil {
		row.Note = v.T("web.service.only-if", "when", show.Condition(v, svc, q.When))
	}
	return row
}

func serviceFacts(v *visit.Visit, svc *service.Service) []ui.Fact {
	b := service.Burden(svc)
	questions := locale.Number(v.Lang, int64(b.QuestionsMax))
	if b.QuestionsMin != b.QuestionsMax {
		questions = locale.Number(v.Lang, int64(b.QuestionsMin)) + "–" + questions
	}
	return []ui.Fact{
		{Name: v.T("web.service.within"), Value: longest(v, svc, b)},
		{Name: v.T("web.service.costs"), Value: show.Fee(v, svc.Fee)},
		{Name: v.T("web.service.burden.questions"), Value: questions},
		{Name: v.T("web.service.burden.documents"), Value: locale.Number(v.Lang, int64(b.Documents))},
		{Name: v.T("web.service.burden.visits"), Value: locale.Number(v.Lang, int64(b.Visits))},
	}
}
