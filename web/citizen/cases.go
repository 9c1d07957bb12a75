package citizen

import (
	"net/http"
	"slices"
	"strconv"

	"aiqyn"
	"aiqyn/casework"
	"aiqyn/locale"
	"aiqyn/web/show"
	"aiqyn/web/ui"
	"aiqyn/web/visit"
)

func find(v *visit.Visit) (*casework.CaseView, error) {
	return v.Engine.Case(v.Context(), v.Actor(), aiqyn.Reference(v.Path("ref")))
}

type filedPage struct {
	ui.Layout
	Case    *casework.CaseView
	Panel   ui.Panel
	Clock   *ui.Clock
	Other   *ui.OtherSide // the log that it was sent on to
	Next    *ui.Moment
	Receipt string
	Ticket  ui.Ticket
}

// Filed confirms: the number, what happens next, by when, and the proof.
func Filed(v *visit.Visit) error {
	c, err := find(v)
	if err != nil {
		return err
	}
	page := &filedPage{
		Layout: v.Layout("web.filed.title"), Case: c, Clock: show.Clock(v, c), Other: show.OtherSide(v, c, "cases"),
		Panel: ui.Panel{Kind: "good", Title: v.T("web.filed.title"), Caption: v.T("web.filed.caption"), Reference: string(c.Ref)},
	}
	page.Section = "cases"
	if next, ok := show.Next(v, c); ok {
		page.Next = &next
	}
	if len(c.Events) > 0 {
		page.Receipt = v.Href("cases", c.Ref, "receipts", c.Events[0].Index)
	}
	if page.Ticket, err = ticket(v, c, page.Clock); err != nil {
		return err
	}
	return v.Page("citizen/filed", page)
}

type casePage struct {
	ui.Layout
	Case     *casework.CaseView
	State    ui.Tag
	Clock    *ui.Clock
	Timeline []ui.Moment
	Evidence ui.Evidence
	Course   *ui.Chart
	Answers  []ui.Row
	Asked    bool     // somebody is asked, and has applied for nothing
	Agent    []ui.Row // who filed it for the applicant
	Records  []ui.Row
	Files    []ui.File
	Points   []ui.Point
	Reach    string       // address of all points within reach now
	Margin   []ui.Row     // what was published as free
	Earlier  *show.Before // who stands before it
	Added    string       // what comes on the network, where something is drawn there already
	Map      *ui.Map      // of the points; nil where their places are not known
	Draw     []ui.Row
	Refusal  *refusal
	Appeal   *appealed
	Pay      *ui.Price
	Correct  *correction
	Mended   []mended
	Reruled  *ui.Diff // of a case that was ruled again
	Road     *ui.Road
	Along    *ui.List
	By       *ui.Link      // the application that has brought it along
	Other    *ui.OtherSide // the other log of it
	Dearer   *dearer
	Contest  *show.Contest
	Queue    *show.Queue
	Turn     *ui.Link // the step that is the applicant's to take
	Actions  []ui.Link
	Play     *play // in the demonstration only
}

// play lets whoever tries the demonstration go on as the drawn officer.
type play struct{ Action, Officer, Next string }

// refusal is a plain reason, its law, what can be mended, and what one can do.
type refusal struct {
	Final                      bool
	Reason, Fix, Law, ObjectBy string
	Heard                      *show.Rule // what the hearing is for, and by which law
	Objection                  string
	AppealBy                   string // until when, and to whom
}

// Case is one case with its clock and everything that happened.
func Case(v *visit.Visit) error {
	c, err := find(v)
	if err != nil {
		return err
	}
	page := &casePage{
		Layout: v.Layout("web.case.title", "ref", string(c.Ref)), Case: c, State: show.StatusOf(v, c.Service.Answer, c.Status, c.Outcome),
		Clock: show.Clock(v, c), Timeline: show.Timeline(v, c), Evidence: proofs(v, c), Course: show.Course(v, c), Answers: show.Answers(v, c.Answers), Agent: show.Agent(v, c), Records: show.Answers(v, c.Records), Files: show.Files(v, c, "cases"),
		Draw: show.Draw(v, c), Refusal: newRefusal(v, c), Appeal: newAppealed(v, c),
		Asked: c.Service.Answer, Road: show.Road(v, c, "cases"), Pay: newPrice(v, c), Correct: newCorrection(v, c), Mended: newMended(v, c), Reruled: show.RulingDiff(v, c),
	}
	if c.Ruling != nil {
		page.Points, page.Margin, page.Map = show.Points(v, c.Ruling.Points), show.Margin(v, c.Ruling), show.PointsMap(v, c)
		page.Reach = show.ConsideredNow(v, c)
		page.Added, page.Earlier = show.Added(v, c.Ruling), show.Earlier(v, c)
	}
	if page.Asked {
		page.Title = v.T("web.asked.title", "ref", string(c.Ref))
	}
	page.Section = "cases"
	page.Crumbs = []ui.Crumb{{Href: v.Href("cases"), Text: v.T("web.cases.title")}}
	page.Along, page.By = show.Along(v, c, "cases"), show.BroughtBy(v, c, "cases")
	page.Other = show.OtherSide(v, c, "cases")
	if page.Queue = show.InQueue(v, c); page.Queue == nil {
		page.Queue = show.Bid(v, c)
	}
	page.Dearer, page.Contest = newDearer(v, c), show.Contested(v, c)
	if show.Can(c, "take-step") {
		page.Turn = &ui.Link{Href: v.Href("cases", c.Ref, "step"), Text: v.In(c.Step.Title)}
	}
	for _, name := range []string{"object", "contest", "point", "appeal", "correct", "withdraw"} {
		if asked := name == "withdraw" && page.Asked; show.Can(c, name) && !asked { // who is asked need not answer, and has nothing to withdraw
			page.Actions = append(page.Actions, ui.Link{Href: v.Href("cases", c.Ref, name), Text: v.T("web.action." + name)})
		}
	}
	if v.Play != nil && c.Step != nil && v.Play(aiqyn.OfficerID(c.Officer)) {
		page.Play = &play{v.Href("demo", "be"), c.Officer, v.Href("desk", c.Ref)}
	}
	return v.Page("citizen/case", page)
}

func newRefusal(v *visit.Visit, c *casework.CaseView) *refusal {
	final := c.Outcome == aiqyn.Refused
	if c.Hearing == nil || (!final && c.Status != casework.StatusHearing) {
		return nil
	}
	r := c.Hearing.Reason
	by := ""
	if !c.AppealBy.IsZero() {
		by = v.T("web.appeal.by", "date", c.AppealBy, "body", show.Body(v, c.Service.Appeal.Body))
	}
	var heard *show.Rule
	if h := c.Hearing; !final && h.Text != (aiqyn.Text{}) {
		heard = &show.Rule{Text: v.In(h.Text), Law: show.Law(v, h.Law)}
	}
	return &refusal{
		Heard: heard, AppealBy: by, Final: final, Reason: v.In(r.Text), Fix: v.In(r.Fix), Law: show.Law(v, r.Law),
		ObjectBy: locale.DateTime(v.Lang, c.Hearing.ObjectBy), Objection: c.Hearing.Objection,
	}
}

// appealed is an appeal: with whom it is, or how it ended and why.
type appealed struct{ Kind, Title, Text, Ground, Court string }

func newAppealed(v *visit.Visit, c *casework.CaseView) *appealed {
	a := c.Appeal
	if a == nil {
		return nil
	}
	view := &appealed{Kind: "plain", Title: v.T("web.appeal.open", "body", show.Body(v, a.Body)), Text: a.Text}
	if a.Outcome != "" {
		view.Kind, view.Ground = "good", a.Ground
		view.Title = v.T("event.appeal-decided", "outcome", string(a.Outcome))
	}
	if a.Outcome == casework.AppealUpheld {
		view.Kind, view.Court = "bad", v.T("web.appeal.court")
	}
	return view
}

type conditionsPage struct {
	ui.Layout
	Case *casework.CaseView
	Rows []ui.Row
	Says string

	Paper ui.Paper
}

// Conditions is the document that a grant gives, to read, print and show.
func Conditions(v *visit.Visit) error {
	c, err := find(v)
	if err != nil {
		return err
	}
	if c.Conditions == nil {
		return aiqyn.E(aiqyn.NotFound, "error.web-no-document")
	}
	page := &conditionsPage{Layout: v.Titled(v.In(c.Service.Outcome.Document)), Case: c, Rows: conditionRows(v, c)}
	if page.Paper, err = printed(v, c.Conditions.Entry, v.Href("cases", c.Ref, "conditions.pdf")); err != nil {
		return err
	}
	page.Section = "cases"
	page.Crumbs = []ui.Crumb{{Href: v.Href("cases"), Text: v.T("web.cases.title")}, {Href: v.Href("cases", c.Ref), Text: string(c.Ref)}}
	return v.Page("citizen/conditions", page)
}

func silent(v *visit.Visit, bySilence bool) string {
	if bySilence {
		return v.T("web.document.by-silence")
	}
	return ""
}

type receiptPage struct {
	ui.Layout
	Ref     aiqyn.Reference
	Receipt ui.Receipt
	JSON    string
}

// event finds the entry of the address among the case's events.
func event(v *visit.Visit, c *casework.CaseView) (*casework.EventView, error) {
	index, err := strconv.ParseInt(v.Path("index"), 10, 64)
	i := slices.IndexFunc(c.Events, func(e casework.EventView) bool { return e.Index == index })
	if err != nil || i < 0 {
		return nil, aiqyn.E(aiqyn.NotFound, "error.web-no-entry")
	}
	return &c.Events[i], nil
}

// receipt finds the case, the event and the proof that the address names.
func receipt(v *visit.Visit) (*casework.CaseView, *casework.EventView, []byte, error) {
	c, err := find(v)
	if err != nil {
		return nil, nil, nil, err
	}
	e, err := event(v, c)
	if err != nil {
		return nil, nil, nil, err
	}
	file, err := v.Engine.Receipt(v.Context(), v.Actor(), e.Index)
	return c, e, file, err
}

// Receipt shows the proof of one event and how to check it without us.
func Receipt(v *visit.Visit) error {
	c, e, file, err := receipt(v)
	if err != nil {
		return err
	}
	page := &receiptPage{Layout: v.Layout("web.receipt.of", "ref", string(c.Ref)), Ref: c.Ref, JSON: string(file)}
	page.Section = "cases"
	page.Crumbs = []ui.Crumb{{Href: v.Href("cases"), Text: v.T("web.cases.title")}, {Href: v.Href("cases", c.Ref), Text: string(c.Ref)}}
	page.Receipt = ui.Receipt{Level: show.Proven(v, e.Proven), File: v.Href("cases", c.Ref, "receipts", e.Index, "file"),
		Paper: v.Href("cases", c.Ref, "receipts", e.Index, "pdf"), Rows: receiptRows(v, c, e, file)}
	return v.Page("citizen/receipt", page)
}

// ReceiptFile is the receipt itself.
func ReceiptFile(v *visit.Visit) error {
	c, e, file, err := receipt(v)
	if err != nil {
		return err
	}
	return v.File("aiqyn-"+string(c.Ref)+"-"+strconv.FormatInt(e.Index, 10)+".json", "application/json", file)
}

// OtherReceipt is the proof of the other log that a case was sent on to, or has come from.
func OtherReceipt(v *visit.Visit) error {
	ref := aiqyn.Reference(v.Path("ref"))
	file, err := v.Engine.ForeignReceipt(v.Context(), v.Actor(), ref)
	if err != nil {
		return err
	}
	return v.File("aiqyn-"+string(ref)+"-other.json", "application/json", file)
}

type sayPage struct {
	ui.Layout
	Heading, Text, Action, Command string
	Danger                         bool
	Say                            *ui.Textarea
	Button                         string
}

// newSay asks for a text, or only for a yes, before something is done.
func newSay(v *visit.Visit, action, fault string) *sayPage {
	ref := v.Path("ref")
	page := &sayPage{
		Layout: v.Layout("web." + action + ".title"), Heading: v.T("web." + action + ".title"), Text: v.T("web." + action + ".text"),
		Action: v.Href("cases", ref, action), Command: v.NewCommand(), Button: v.T("web." + action + ".button"),
	}
	page.Section, page.Back, page.LangForm = "cases", v.Href("cases", ref), "say"
	if action != "withdraw" {
		page.Say = &ui.Textarea{Name: "text", Label: v.T("web." + action + ".say"), Error: fault, Value: v.Field("text"), Rows: 8}
	} else {
		page.Danger = true
	}
	if fault != "" {
		page.Errors = []ui.FieldError{{Field: "text", Text: fault}}
	}
	return page
}

// say takes what a person says and sends it as a command.
func say(v *visit.Visit, action string, command func(aiqyn.CommandID, string) any) error {
	if lang := aiqyn.Lang(v.R.PostFormValue("_lang")); slices.Contains(aiqyn.Langs, lang) {
		v.Lang = lang
		return v.Page("citizen/say", newSay(v, action, ""))
	}
	id, err := v.Command()
	if err != nil {
		return err
	}
	again := func(fault string) error {
		return v.PageAs(http.StatusUnprocessableEntity, "citizen/say", newSay(v, action, fault))
	}
	text := v.Field("text")
	if text == "" && action != "withdraw" {
		return again(v.T("error.answer-required"))
	}
	if _, err := v.Engine.Do(v.Context(), command(id, text)); err != nil {
		return onPage(err, again, v)
	}
	return v.Go("cases", v.Path("ref"))
}

// AskObject, AskAppeal and AskWithdraw ask before anything is sent.
func AskObject(v *visit.Visit) error   { return v.Page("citizen/say", newSay(v, "object", "")) }
func AskAppeal(v *visit.Visit) error   { return v.Page("citizen/say", newSay(v, "appeal", "")) }
func AskWithdraw(v *visit.Visit) error { return v.Page("citizen/say", newSay(v, "withdraw", "")) }

// Object records what the applicant says against a preliminary refusal.
func Object(v *visit.Visit) error {
	return say(v, "object", func(id aiqyn.CommandID, text string) any {
		return casework.Object{ID: id, Actor: v.Actor(), Ref: aiqyn.Reference(v.Path("ref")), Text: text}
	})
}

// AskContest asks what is wrong in a record.
func AskContest(v *visit.Visit) error { return v.Page("citizen/say", newSay(v, "contest", "")) }

// Contest has another officer record again.
func Contest(v *visit.Visit) error {
	return say(v, "contest", func(id aiqyn.CommandID, text string) any {
		return casework.Contest{ID: id, Actor: v.Actor(), Ref: aiqyn.Reference(v.Path("ref")), Text: text}
	})
}

// Appeal asks somebody else to look at a refusal.
func Appeal(v *visit.Visit) error {
	return say(v, "appeal", func(id aiqyn.CommandID, text string) any {
		return casework.Appeal{ID: id, Actor: v.Actor(), Ref: aiqyn.Reference(v.Path("ref")), Text: text}
	})
}

// Withdraw ends the case at the applicant's wish.
func Withdraw(v *visit.Visit) error {
	return say(v, "withdraw", func(id aiqyn.CommandID, _ string) any {
		return casework.Withdraw{ID: id, Actor: v.Actor(), Ref: aiqyn.Reference(v.Path("ref"))}
	})
}
