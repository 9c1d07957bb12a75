package citizen

import (
	"net/http"
	"net/url"
	"slices"

	"aiqyn"
	"aiqyn/casework"
	"aiqyn/service"
	"aiqyn/web/show"
	"aiqyn/web/sign"
	"aiqyn/web/ui"
	"aiqyn/web/visit"
)

// application is a service being applied for, with the answers so far.
type application struct {
	service *service.Service
	answers map[string]string
	asked   []service.Question
}

func open(v *visit.Visit) (*application, error) {
	svc, err := show.Service(v, v.Path("service"))
	if err != nil {
		return nil, err
	}
	if svc.OnlyFollows {
		return nil, aiqyn.E(aiqyn.Conflict, "error.only-follows")
	}
	if svc.Queue != nil && len(v.Engine.Givers(svc.ID, casework.PlaceFilter{}, casework.Page{Limit: 1}).Items) == 0 {
		return nil, aiqyn.E(aiqyn.Conflict, "error.queue-no-places")
	}
	a := new(application)
	if a.answers, err = v.Engine.Draft(v.Context(), v.Actor().Desk(), svc.ID); err != nil {
		return nil, err
	}
	if a.answers == nil {
		a.answers = map[string]string{}
	}
	a.service = show.WithInstitutions(v, svc, a.answers)
	a.asked, err = show.Asked(a.service, a.answers)
	return a, err
}

// fault is what is wrong with the answer to a question, nil if nothing is.
func (a *application) fault(v *visit.Visit, q service.Question) error {
	if a.answers[q.Name] == "" && q.Optional {
		return nil
	}
	return v.Engine.CheckAnswer(a.service, q.Name, a.answers[q.Name], a.answers)
}

// seen reports whether a question was answered, or passed over though it may be.
func (a *application) seen(v *visit.Visit, q service.Question) bool {
	_, ok := a.answers[q.Name]
	return ok && a.fault(v, q) == nil
}

// next is the first question that still waits for its answer.
func (a *application) next(v *visit.Visit) (service.Question, bool) {
	for _, q := range a.asked {
		if !a.seen(v, q) {
			return q, true
		}
	}
	return service.Question{}, false
}

func (a *application) href(v *visit.Visit, q service.Question) string {
	return v.Href("apply", a.service.ID, "questions", q.Name)
}

type tasksPage struct {
	ui.Layout
	Title1 string
	Tasks  []ui.Task
	Done   int
	Forget string // address of the form that forgets the draft
	Start  string
	Whose  string   // for whom it is
	Choose string   // address where that is chosen
	Bars   []string // who may not ask for it for themselves, and what they can do
}

// Tasks lists what is asked and what is answered already. Who comes back on
// another device finds the same.
func Tasks(v *visit.Visit) error {
	a, err := open(v)
	if err != nil {
		return err
	}
	page := &tasksPage{Layout: v.Layout("web.apply.title", "service", v.In(a.service.Title)), Title1: v.In(a.service.Title)}
	page.Section = "services"
	page.Crumbs = []ui.Crumb{{Href: v.Href("services"), Text: v.T("web.services.title")}, {Href: v.Href("services", a.service.ID), Text: v.In(a.service.Title)}}
	for _, q := range a.asked {
		task := ui.Task{Href: a.href(v, q), Title: v.In(q.Label), Status: ui.Tag{Kind: "todo", Text: v.T("web.task.todo")}}
		if a.seen(v, q) {
			page.Done++
			task.Status = ui.Tag{Kind: "good", Text: v.T("web.task.done")}
			task.Hint = show.Answer(v, casework.Answer{Question: q, Value: a.answers[q.Name]})
		} else if a.answers[q.Name] != "" {
			task.Status = ui.Tag{Kind: "warn", Text: v.T("web.task.begun")}
		}
		page.Tasks = append(page.Tasks, task)
	}
	page.Whose, page.Choose = v.Who.Name, choose(v, v.R.URL.Path)
	if v.Who.ForName != "" {
		page.Whose = v.Who.ForName
	} else if a.service.Queue != nil {
		for _, bar := range a.service.Queue.Bars {
			page.Bars = append(page.Bars, v.In(bar.Text)+". "+v.In(bar.Fix))
		}
	}
	send := ui.Task{Title: v.T("web.check.title"), Status: ui.Tag{Text: v.T("web.task.blocked")}}
	page.Start = v.Href("apply", a.service.ID, "check")
	if q, waits := a.next(v); waits {
		page.Start = a.href(v, q)
	} else {
		send.Href, send.Status = page.Start, ui.Tag{Kind: "todo", Text: v.T("web.task.todo")}
	}
	page.Tasks = append(page.Tasks, send)
	if len(a.answers) > 0 {
		page.Forget = v.Href("apply", a.service.ID, "forget")
	}
	return v.Page("citizen/tasks", page)
}

// Forget drops the answers given so far.
func Forget(v *visit.Visit) error {
	if err := v.Engine.DropDraft(v.Context(), v.Actor().Desk(), aiqyn.ServiceID(v.Path("service"))); err != nil {
		return err
	}
	return v.Go("services", v.Path("service"))
}

// find is the question of the address, which must be one that is asked.
func (a *application) find(name string) (int, error) {
	i := slices.IndexFunc(a.asked, func(q service.Question) bool { return q.Name == name })
	if i < 0 {
		return 0, aiqyn.E(aiqyn.NotFound, "error.web-no-page")
	}
	return i, nil
}

// Question asks one question.
func Question(v *visit.Visit) error {
	a, err := open(v)
	if err != nil {
		return err
	}
	i, err := a.find(v.Path("question"))
	if err != nil {
		return err
	}
	if q := a.asked[i].Name; a.answers[q] == "" {
		a.answers[q] = v.Query(q) // a page that leads here may know the answer
	}
	page := a.page(v, i, "")
	page.Question.Hidden = append(page.Question.Hidden, a.along(v, i)...)
	return v.Page("citizen/ask", page)
}

// along are answers to other questions that the page which leads here knew as well: they
// are kept with this one, and stand on the check like any other.
func (a *application) along(v *visit.Visit, at int) []ui.Hidden {
	var list []ui.Hidden
	for _, q := range a.service.Ask {
		if value := v.Query(q.Name); value != "" && a.answers[q.Name] == "" && q.Name != a.asked[at].Name {
			list = append(list, ui.Hidden{Name: answerField + q.Name, Value: value})
		}
	}
	return list
}

func (a *application) page(v *visit.Visit, i int, fault string) *askPage {
	q := a.asked[i]
	more := a.institutions(v, &q)
	page := &askPage{Others: more, Layout: v.Titled(v.In(q.Label))}
	page.Section, page.LangForm = "services", "question"
	page.Back = v.Href("apply", a.service.ID)
	if i > 0 {
		page.Back = a.href(v, a.asked[i-1])
	}
	page.Question = ui.Question{
		Action:  a.href(v, q),
		Caption: v.T("web.question.caption", "service", v.In(a.service.Title), "at", i+1, "of", len(a.asked)),
		Field:   show.Field(v, q, a.answers[q.Name], fault, true),
		Law:     why(v, q.Law),
	}
	if v.R.FormValue("from") == "check" {
		page.Back = v.Href("apply", a.service.ID, "check")
		page.Question.Hidden = []ui.Hidden{{Name: "from", Value: "check"}}
	}
	if fault != "" {
		page.Errors = []ui.FieldError{{Field: firstField(q), Text: fault}}
	}
	return page
}

func why(v *visit.Visit, law aiqyn.Law) string {
	if cited := show.Law(v, law); cited != "" {
		return v.T("web.question.law", "law", cited)
	}
	return ""
}

// firstField is the input that takes the cursor when the answer is wrong.
func firstField(q service.Question) string {
	if q.Type == service.TypeDate {
		return q.Name + "-day"
	}
	return q.Name
}

// Answer keeps an answer, right or wrong, and goes on if it is right.
func Answer(v *visit.Visit) error {
	a, err := open(v)
	if err != nil {
		return err
	}
	i, err := a.find(v.Path("question"))
	if err != nil {
		return err
	}
	q := a.asked[i]
	a.answers[q.Name] = show.Typed(v, q)
	for _, other := range a.service.Ask {
		if value := v.Field(answerField + other.Name); value != "" && a.answers[other.Name] == "" {
			a.answers[other.Name] = value
		}
	}
	if err := v.Engine.SaveDraft(v.Context(), v.Actor().Desk(), a.service.ID, a.answers); err != nil {
		return err
	}
	if href, ok := v.Switched(); ok {
		return v.Redirect(href)
	}
	if err := a.fault(v, q); err != nil {
		return onPage(err, func(fault string) error {
			return v.PageAs(http.StatusUnprocessableEntity, "citizen/ask", a.page(v, i, fault))
		}, v)
	}
	return v.Redirect(a.after(v, i))
}

// after is the page that follows an answer: the next question that waits, or
// the check. Who came from the check goes back there.
func (a *application) after(v *visit.Visit, i int) string {
	a.asked, _ = show.Asked(a.service, a.answers) // it could be told a moment ago
	if v.R.PostFormValue("from") != "check" && i+1 < len(a.asked) {
		return a.href(v, a.asked[i+1])
	}
	if q, waits := a.next(v); waits {
		return a.href(v, q)
	}
	return v.Href("apply", a.service.ID, "check")
}

type checkPage struct {
	ui.Layout
	Service string
	Rows    []ui.Row
	LookUps []string
	Fee     string
	FeeNote string
	FeeOnly string
	FeeLaw  string
	After   string // what happens when it is sent
	Action  string
	Command string
	Hidden  []ui.Hidden // the answers as they are shown: what is filed is what was checked
}

// CheckAnswers lists every answer with a way to change it.
func CheckAnswers(v *visit.Visit) error {
	a, err := open(v)
	if err != nil {
		return err
	}
	if q, waits := a.next(v); waits {
		return v.Redirect(a.href(v, q))
	}
	return a.check(v, http.StatusOK, nil)
}

// choose is the address where it is chosen for whom one acts; it leads on to next.
func choose(v *visit.Visit, next string) string {
	return v.Href("account", "mandates") + "?" + url.Values{"next": {next}}.Encode()
}

func (a *application) check(v *visit.Visit, status int, faults []ui.FieldError) error {
	tiyn, err := v.Engine.Fee(a.service, a.answers)
	if err != nil {
		return err
	}
	page := &checkPage{
		Layout: v.Layout("web.check.title"), Service: v.In(a.service.Title), Fee: show.Price(v, tiyn), FeeNote: v.In(a.service.Fee.Note), FeeLaw: show.Law(v, a.service.Fee.Law),
		Action: v.Href("apply", a.service.ID, "file"), Command: v.NewCommand(),
	}
	page.Section, page.Back, page.Errors = "services", v.Href("apply", a.service.ID), faults
	if page.After = v.T("web.check.what-happens"); tiyn > 0 {
		page.After, page.FeeOnly = v.T("web.pay.after"), show.OnlyPrice(v, a.service)
	}
	if v.Who.ForName != "" {
		page.Rows = append(page.Rows, ui.Row{Key: v.T("web.agent.for"), Value: v.Who.ForName, Change: choose(v, v.Href("apply", a.service.ID, "check"))})
	}
	for _, q := range a.asked {
		page.Rows = append(page.Rows, ui.Row{
			Key: v.In(q.Label), Value: show.Answer(v, casework.Answer{Question: q, Value: a.answers[q.Name]}),
			Change: a.href(v, q) + "?from=check",
		})
		page.Hidden = append(page.Hidden, ui.Hidden{Name: answerField + q.Name, Value: a.answers[q.Name]})
	}
	page.Hidden = append(page.Hidden, ui.Hidden{Name: actingField, Value: v.Who.Acting})
	for _, l := range a.service.LookUps {
		page.LookUps = append(page.LookUps, v.In(l.Purpose))
	}
	return v.PageAs(status, "citizen/check", page)
}

// answerField is how the check names the answers that it sends.
const answerField = "answer-"

// actingField is for whom it was when it was checked: what was to be filed for
// somebody is not filed for another, though the visitor has changed over meanwhile
// in another window, or their mandate has ended.
const actingField = "acting"

// File sends the application: the answers of the check page, under its command
// id. Sent twice, also after the draft is gone, it is filed once.
func File(v *visit.Visit) error {
	a, err := open(v)
	if err != nil {
		return err
	}
	command, err := v.Command()
	if err != nil {
		return err
	}
	if v.Field(actingField) != v.Who.Acting {
		return aiqyn.E(aiqyn.Conflict, "error.web-acting-changed")
	}
	answers := map[string]string{}
	for _, q := range a.service.Ask {
		if value := v.Field(answerField + q.Name); value != "" {
			answers[q.Name] = value
		}
	}
	filing := casework.File{ID: command, Actor: v.Actor(), Service: a.service.ID, Answers: answers, Channel: "online", Lang: v.Lang}
	act := sign.Act{
		Command: filing, Action: v.Href("apply", a.service.ID, "file"), Back: v.Href("apply", a.service.ID, "check"),
		Required: a.service.MustBeSigned(service.SignFiling),
	}
	var done bool
	if filing.CMS, done, err = sign.Under(v, act); done || err != nil {
		return err
	}
	result, err := v.Engine.Do(v.Context(), filing)
	if err != nil {
		if sign.Fault(err) {
			return sign.Ask(v, act, v.Texts.Error(v.Lang, err))
		}
		return onPage(err, func(fault string) error {
			return a.check(v, http.StatusUnprocessableEntity, []ui.FieldError{{Text: fault}})
		}, v)
	}
	if err := v.Engine.DropDraft(v.Context(), v.Actor().Desk(), a.service.ID); err != nil {
		return err
	}
	return v.Go("cases", result.Ref, "filed")
}
