// Package officer holds the desk of those who decide: cases by clock, and one
// page a case with everything that the decision may rest on. Before the draw
// it shows nothing of whoever applied, because the engine tells it nothing.
package officer

import (
	"embed"
	"errors"
	"net/http"
	"strconv"

	"aiqyn"
	"aiqyn/casework"
	"aiqyn/service"
	"aiqyn/web/show"
	"aiqyn/web/sign"
	"aiqyn/web/ui"
	"aiqyn/web/visit"
)

//go:embed *.html
var Files embed.FS

// factView is one look-up, its document taken apart.
type factView struct {
	Title, Source string
	Rows          []ui.Row
	Lines         string // what is not a plain document
}

type reasonView struct {
	Name, Text, Law string
	ID              string // of its field
	True, Chosen    bool
	Open            bool // it rests on what nobody has recorded yet
	Trace           []traceStep
}

// Fails is that a reason is known not to be true.
func (r reasonView) Fails() bool { return !r.Open && !r.True }

// Unknown is that nobody knows whether it is.
func (r reasonView) Unknown() bool { return r.Open && !r.True }

type traceStep struct{ Expr, Value string }

type casePage struct {
	ui.Layout
	Case     *casework.CaseView
	State    ui.Tag
	Clock    *ui.Clock
	Answers  []ui.Row
	Agent    []ui.Row // who filed it for the applicant
	Fee      []ui.Row
	Records  []ui.Row
	Reruled  *ui.Diff // of a case that was ruled again
	Facts    []factView
	Reasons  []reasonView
	Early    bool // one of them is open
	Failing  int  // how many of them do not hold, and of how many nobody knows:
	Unknown  int  // they are folded away
	Points   []ui.Point
	Reach    string       // address of all points within reach now
	Margin   []ui.Row     // what was published as free
	Earlier  *show.Before // who stands before it
	Added    string       // what comes on the network, where something is drawn there already
	Draw     []ui.Row
	Timeline []ui.Moment
	Road     *ui.Road
	Along    *ui.List
	Between  *ui.OtherSide // the other log of it
	By       *ui.Link      // the application that has brought it along
	Contest  *show.Contest
	Sealed   bool

	Command          string
	Perform, Decide  string // addresses of the forms; empty: not now
	Suspend, Resume  string
	Fields           []ui.Field
	Evidence         []ui.Field
	Files            []ui.File
	SuspendReasons   []ui.Option
	Other            *otherForm
	Appeal           *appealForm
	Correction       *correctionForm
	Uncover          string // address of the form that uncovers people; empty: they are not covered
	Purposes         ui.Radios
	GrantDisabled    bool
	RefusalsPossible bool
	Impossible       int // reasons that cannot be chosen
}

// Case shows one case on one page.
func Case(v *visit.Visit) error { return page(v, http.StatusOK, nil) }

func page(v *visit.Visit, status int, faults []ui.FieldError) error {
	c, err := v.Engine.Case(v.Context(), v.Actor(), aiqyn.Reference(v.Path("ref")))
	if err != nil {
		return err
	}
	p := &casePage{
		Layout: v.Layout("web.desk.title", "ref", string(c.Ref)), Case: c, State: show.StatusOf(v, c.Service.Answer, c.Status, c.Outcome),
		Clock: show.Clock(v, c), Answers: show.Answers(v, c.Answers), Fee: show.FeeRows(v, c), Agent: show.Agent(v, c), Records: show.Answers(v, c.Records), Facts: facts(v, c),
		Draw: show.Draw(v, c), Timeline: show.Timeline(v, c), Road: show.Road(v, c, ""), Contest: show.Contested(v, c), Command: v.NewCommand(), Sealed: c.StepState == casework.StepDrawing,
	}
	p.Along, p.By, p.Between = show.Along(v, c, ""), show.BroughtBy(v, c, ""), show.OtherSide(v, c, "")
	p.Section, p.Errors, p.Reruled = "inbox", faults, show.RulingDiff(v, c)
	p.Crumbs = []ui.Crumb{{Href: v.Href("desk"), Text: v.T("web.inbox.title")}}
	if c.Ruling != nil {
		p.Points, p.Margin = show.Points(v, c.Ruling.Points), show.Margin(v, c.Ruling)
		p.Reach = show.ConsideredNow(v, c)
		p.Added, p.Earlier = show.Added(v, c.Ruling), show.Earlier(v, c)
		p.reasons(v, c)
	}
	p.forms(v, c)
	if c.Covered {
		p.Uncover, p.Purposes = v.Href("desk", c.Ref, "open"), show.Purposes(v, faultOf(faults, "purpose"))
	}
	p.Files = show.Files(v, c, readableBelow(v))
	p.Appeal, p.Correction = newAppealForm(v, c, faults), newCorrectionForm(v, c, faults)
	return v.PageAs(status, "officer/case", p)
}

// reasons shows every listed reason, whether it is true now and why. A false
// one cannot be chosen; a true one stands against a grant.
func (p *casePage) reasons(v *visit.Visit, c *casework.CaseView) {
	for _, r := range c.Ruling.Reasons {
		row := reasonView{
			Name: r.Reason.Name, ID: "reason", Text: v.In(r.Reason.Text), Law: show.Law(v, r.Reason.Law), True: r.True,
			Chosen: v.R.PostFormValue("reason") == r.Reason.Name, Open: c.Ruling.Preview && open(c, r.Reason),
		}
		for _, s := range r.Trace.Steps {
			row.Trace = append(row.Trace, traceStep{s.Expr, s.Value})
		}
		if n := len(p.Reasons); n > 0 {
			row.ID += "-" + strconv.Itoa(n)
		}
		switch {
		case row.Fails():
			p.Failing++
		case row.Unknown():
			p.Unknown++
		}
		if !r.True {
			p.Impossible++
		}
		p.RefusalsPossible = p.RefusalsPossible || r.True
		p.Reasons, p.Early = append(p.Reasons, row), p.Early || row.Open
	}
	p.GrantDisabled = !c.Ruling.Grant
}

// forms offers what the officer may do now, and nothing else.
func (p *casePage) forms(v *visit.Visit, c *casework.CaseView) {
	if c.Step == nil {
		return
	}
	ref := c.Ref
	if show.Can(c, "perform") {
		p.Perform = v.Href("desk", ref, "steps", c.Step.Name, "perform")
		for _, q := range c.Step.Records {
			q = show.OnlyIf(v, c.Service, q)
			p.Fields = append(p.Fields, show.Field(v, q, typed(v, q), faultOf(p.Errors, q.Name), false))
		}
		p.Evidence = evidenceFields(v, c, p.Errors)
	}
	if show.Can(c, "decide") {
		p.Decide = v.Href("desk", ref, "steps", c.Step.Name, "decide")
		p.Other = newOther(v, c, p.Errors)
	}
	if show.Can(c, "suspend") {
		p.Suspend = v.Href("desk", ref, "suspend")
		for _, r := range c.Service.Suspend {
			p.SuspendReasons = append(p.SuspendReasons, ui.Option{Value: r.Name, Label: v.In(r.Text)})
		}
	}
	if show.Can(c, "resume") {
		p.Resume = v.Href("desk", ref, "resume")
	}
}

func typed(v *visit.Visit, q service.Question) string {
	if v.R.Method != http.MethodPost {
		return ""
	}
	return show.Typed(v, q)
}

func faultOf(faults []ui.FieldError, field string) string {
	for _, f := range faults {
		if f.Field == field {
			return f.Text
		}
	}
	return ""
}

// do sends a command, and shows the case again with what was wrong with it.
// A signature is mended on its own page.
func do(v *visit.Visit, command any, signed ...sign.Act) error {
	if _, err := v.Engine.Do(v.Context(), command); err != nil {
		if len(signed) > 0 && sign.Fault(err) {
			return sign.Ask(v, signed[0], v.Texts.Error(v.Lang, err))
		}
		var e *aiqyn.Error
		if errors.As(err, &e) && (e.Kind == aiqyn.Invalid || e.Kind == aiqyn.Conflict) {
			status := http.StatusUnprocessableEntity
			if e.Kind == aiqyn.Conflict {
				status = http.StatusConflict
			}
			return page(v, status, []ui.FieldError{{Field: inputOf(e.Field), Text: v.Texts.Error(v.Lang, err)}})
		}
		return err
	}
	return v.Go("desk", v.Path("ref"))
}

// inputOf is the input that an error is about: the engine names a piece of
// evidence by its kind.
func inputOf(field string) string {
	switch field {
	case "place", "time", "photo", "document", "signature":
		return evidenceName(field, 1)
	}
	return field
}

// Perform records what an officer did in a step, with the evidence of it.
func Perform(v *visit.Visit) error {
	id, err := v.Command()
	if err != nil {
		return err
	}
	c, err := v.Engine.Case(v.Context(), v.Actor(), aiqyn.Reference(v.Path("ref")))
	if err != nil {
		return err
	}
	if c.Step == nil || string(c.Step.Name) != v.Path("step") {
		return aiqyn.E(aiqyn.Conflict, "error.step-taken").On("step")
	}
	records := map[string]string{}
	for _, q := range c.Step.Records {
		if value := show.Typed(v, q); value != "" {
			records[q.Name] = value
		}
	}
	if faults := fileFaults(v); len(faults) > 0 {
		return page(v, http.StatusUnprocessableEntity, faults)
	}
	evidence, occurred, err := readEvidence(v, c.Step)
	if err != nil {
		return page(v, http.StatusUnprocessableEntity, []ui.FieldError{{Field: "evidence-time", Text: v.Texts.Error(v.Lang, err)}})
	}
	command := casework.Perform{ID: id, Actor: v.Actor(), Ref: c.Ref, Step: c.Step.Name, Records: records, Evidence: evidence, Occurred: occurred}
	act := sign.Act{
		Command: command, Action: v.Href("desk", c.Ref, "steps", c.Step.Name, "perform"), Back: v.Href("desk", c.Ref),
		Required: c.Service.MustBeSigned(string(c.Step.Name)),
	}
	var done bool
	if command.CMS, done, err = sign.Under(v, act); done || err != nil {
		return err
	}
	return do(v, command, act)
}

// Decide grants, or refuses for one listed reason.
func Decide(v *visit.Visit) error {
	id, err := v.Command()
	if err != nil {
		return err
	}
	c, err := v.Engine.Case(v.Context(), v.Actor(), aiqyn.Reference(v.Path("ref")))
	if err != nil {
		return err
	}
	if faults := fileFaults(v); len(faults) > 0 {
		return page(v, http.StatusUnprocessableEntity, faults)
	}
	command := casework.Decide{
		ID: id, Actor: v.Actor(), Ref: c.Ref, Step: aiqyn.StepID(v.Path("step")),
		Grant: v.Field("decision") == "grant", Reason: v.Field("reason"), Note: v.Field("note"),
		Point: v.Field("point"), PointReason: v.Field("point-reason"), PointLetter: v.Field(letterName),
	}
	act := sign.Act{
		Command: command, Action: v.Href("desk", c.Ref, "steps", command.Step, "decide"), Back: v.Href("desk", c.Ref),
		Required: c.Service.MustBeSigned(string(command.Step)),
	}
	var done bool
	if command.CMS, done, err = sign.Under(v, act); done || err != nil {
		return err
	}
	return do(v, command, act)
}

// Suspend stops the clock for a listed reason.
func Suspend(v *visit.Visit) error {
	id, err := v.Command()
	if err != nil {
		return err
	}
	return do(v, casework.Suspend{ID: id, Actor: v.Actor(), Ref: aiqyn.Reference(v.Path("ref")), Reason: v.Field("suspend-reason")})
}

// Resume starts it again.
func Resume(v *visit.Visit) error {
	id, err := v.Command()
	if err != nil {
		return err
	}
	return do(v, casework.Resume{ID: id, Actor: v.Actor(), Ref: aiqyn.Reference(v.Path("ref"))})
}
