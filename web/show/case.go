package show

import (
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"aiqyn"
	"aiqyn/casework"
	"aiqyn/deadline"
	"aiqyn/locale"
	"aiqyn/service"
	"aiqyn/web/ui"
	"aiqyn/web/visit"
)

// Clock shows the running term of a case: by when, how long still, and why
// that date. It is nil when no clock runs.
func Clock(v *visit.Visit, c *casework.CaseView) *ui.Clock {
	if c.Due == nil || c.Status == casework.StatusClosed || c.Status == casework.StatusErased {
		return nil
	}
	date := c.Due.Last
	clock := &ui.Clock{
		Figure: strconv.Itoa(max(c.DaysLeft, -c.DaysLeft)),
		Title:  by(v, c),
		Left:   v.T("days.left."+unit(c.Due.Unit), "n", c.DaysLeft),
	}
	switch {
	case c.Hold != nil:
		clock.State, clock.Title = "still", v.T("web.clock.still")
		clock.Left = v.T("web.hold.reason")
	case c.Suspended != "":
		clock.State, clock.Title = "still", v.T("web.clock.still")
		clock.Left = SuspendReason(v, c.Service, c.Suspended)
	case c.DaysLeft == 0:
		clock.Left = v.T("days.last")
	case c.DaysLeft < 0:
		clock.State = "late"
		clock.Title = v.T("web.clock.was", "date", date)
		clock.Left = v.T("days.late."+unit(c.Due.Unit), "n", -c.DaysLeft)
	}
	for _, why := range c.Due.Why {
		clock.Why = append(clock.Why, v.Texts.Text(v.Lang, why.Key, inWords(v, c.Service, why.Args)))
	}
	switch c.Silence {
	case service.SilenceGrants:
		clock.Why = append(clock.Why, v.T("web.clock.silence-grants"))
	case service.SilenceLapses:
		clock.Why = append(clock.Why, v.T("web.clock.silence-lapses"))
	case service.SilenceEscalates:
		clock.Why = append(clock.Why, v.T("web.clock.silence-escalates"))
	}
	return clock
}

// by says what must be done by the date that runs: the body answers, or before
// that the applicant pays.
func by(v *visit.Visit, c *casework.CaseView) string {
	if c.Status == casework.StatusPayment {
		return v.T("web.pay.until", "date", c.Due.Last)
	}
	if c.Step != nil && c.Step.By == aiqyn.RoleApplicant {
		return v.T("web.step.until", "date", c.Due.Last)
	}
	return v.T("web.clock.by", "date", c.Due.Last)
}

// inWords puts the name of what stopped a clock into words.
func inWords(v *visit.Visit, svc *service.Service, args map[string]any) map[string]any {
	name, ok := args["reason"].(string)
	if !ok {
		return args
	}
	args = maps.Clone(args) // they are shared
	if args["reason"] = SuspendReason(v, svc, name); name == casework.ReasonHeld {
		args["reason"] = v.T("web.hold.reason")
	}
	return args
}

func unit(u deadline.Unit) string {
	if u == deadline.CalendarDays {
		return "calendar"
	}
	return "working"
}

// SuspendReason is the text of a reason for which a clock stands.
func SuspendReason(v *visit.Visit, svc *service.Service, name string) string {
	i := slices.IndexFunc(svc.Suspend, func(r service.SuspendReason) bool { return r.Name == name })
	if i < 0 {
		return name
	}
	return v.In(svc.Suspend[i].Text)
}

// Reason is the text of a reason to refuse.
func Reason(v *visit.Visit, svc *service.Service, name string) string {
	i := slices.IndexFunc(svc.Refuse, func(r service.Reason) bool { return r.Name == name })
	if i < 0 {
		return name
	}
	return v.In(svc.Refuse[i].Text)
}

// Timeline tells a case from its newest event back, with what comes next on
// top. Each event leads to its receipt.
func Timeline(v *visit.Visit, c *casework.CaseView) []ui.Moment {
	var moments []ui.Moment
	if next, ok := Next(v, c); ok {
		moments = append(moments, next)
	}
	for _, e := range slices.Backward(c.Events) {
		m := ui.Moment{
			At: e.At, What: Event(v, c, e), Who: Who(v, e),
			Proof: &ui.Proof{Href: v.Href("cases", c.Ref, "receipts", e.Index), Entry: e.Index, Level: Proven(v, e.Proven)},
		}
		if !e.Occurred.IsZero() && !e.Occurred.Equal(e.At) {
			m.Text = v.T("web.timeline.occurred", "at", locale.DateTime(v.Lang, e.Occurred))
		}
		if e.Reason != "" {
			m.Text = eventReason(v, c.Service, e)
		}
		if e.Signed != nil {
			m.Text = Signed(v, e.Signed)
		}
		moments = append(moments, m)
	}
	return moments
}

// Who says as what somebody did it, and how they were known.
func Who(v *visit.Visit, e casework.EventView) string {
	who := v.T("role." + string(e.Role))
	if e.Agent {
		who = v.T("web.agent.role")
	}
	if e.Known != "" {
		who += " · " + v.T("web.proven."+string(e.Known))
	}
	return who
}

// eventArgs adds to an event's own arguments what its sentence may need.
func eventArgs(v *visit.Visit, c *casework.CaseView, e casework.EventView) []any {
	args := make([]any, 0, 2*len(e.Args)+4)
	for name, value := range e.Args {
		if provider, ok := value.(string); ok && name == "provider" {
			value = Provider(v, provider)
		}
		args = append(args, name, value)
	}
	step := ""
	if e.Step != nil {
		step = v.In(e.Step.Title)
	}
	return append(args, "step", step, "reason", eventReason(v, c.Service, e))
}

func eventReason(v *visit.Visit, svc *service.Service, e casework.EventView) string {
	switch {
	case e.Kind == casework.EventSuspended:
		return SuspendReason(v, svc, e.Reason)
	case e.Kind == casework.EventRefundDue || e.Kind == casework.EventRefunded:
		return v.T("web.pay.why." + e.Reason)
	}
	return Reason(v, svc, e.Reason)
}

// Next is what happens now, by whom and by when.
func Next(v *visit.Visit, c *casework.CaseView) (ui.Moment, bool) {
	if c.Step == nil || c.Status == casework.StatusClosed || c.Status == casework.StatusErased {
		return ui.Moment{}, false
	}
	if q := c.Queue; q != nil && (q.State == casework.QueueWaiting || q.State == casework.QueueStopped) {
		return ui.Moment{Next: true, What: v.T("web.queue.next-step"), Who: v.T("role." + string(aiqyn.RoleSystem)), Text: v.T("web.queue.next")}, true
	}
	if m, ok := NextOfBid(v, c); ok {
		return m, true
	}
	if c.Status == casework.StatusBooked && c.Queue != nil && c.Queue.Group != nil && c.Queue.Group.Slot != nil {
		return ui.Moment{Next: true, What: v.T("web.slots.come"), Who: v.T("role." + string(aiqyn.RoleApplicant)), Text: GroupName(v, *c.Queue.Group)}, true
	}
	m := ui.Moment{Next: true, What: v.In(c.Step.Title), Who: v.T("role." + string(c.Step.By))}
	switch {
	case c.StepState == casework.StepDrawing && c.Draw != nil:
		m.Text = v.T("web.next.drawing", "at", locale.DateTime(v.Lang, c.Draw.Due))
	case c.Status == casework.StatusHearing && c.Hearing != nil:
		m.Text = v.T("web.next.hearing", "at", locale.DateTime(v.Lang, c.Hearing.ObjectBy))
	case c.StepState == casework.StepEscalated:
		m.Text = v.T("web.next.escalated")
	case c.Due != nil:
		m.Text = by(v, c)
	}
	return m, true
}

// Points lists the candidate points: the possible ones, cheapest first, then
// the others with what stands against them.
func Points(v *visit.Visit, p *casework.PointsView) []ui.Point {
	if p == nil {
		return nil
	}
	var rows []ui.Point
	for _, point := range p.Feasible {
		row := newPoint(v, point)
		switch {
		case p.Best == nil:
		case point.ID == p.Best.ID:
			row.Chosen, row.Why = true, v.T("web.points.cheapest")
		default:
			row.Why = v.T("web.points.dearer", "sum", locale.Money(v.Lang, point.Cost-p.Best.Cost))
		}
		rows = append(rows, row)
	}
	if p.Ask.Parcel != "" {
		rows = append(rows, ui.Point{Name: p.Ask.ID, Cost: locale.Money(v.Lang, p.Ask.Cost), Route: "–", Free: "–", Limit: "–", Why: v.T("web.points.ask")})
	}
	for _, point := range p.Rejected {
		row := newPoint(v, point)
		if point.Because != "" {
			row.Why = v.T("grid.because." + point.Because)
		}
		if r := point.Reinforce; r != nil {
			row.Why = v.T("web.points.reinforce", "because", row.Why, "what", reinforced(v, r), "sum", locale.Money(v.Lang, r.Cost))
		}
		rows = append(rows, row)
	}
	return rows
}

// reinforced names what would have to be replaced.
func reinforced(v *visit.Visit, r *casework.ReinforceView) string {
	var parts []string
	for _, step := range r.Steps {
		now, then := locale.Number(v.Lang, step.Now), locale.Number(v.Lang, step.Then)
		if step.Kind == "trafo" {
			now, then = locale.Number(v.Lang, step.Now/1000), locale.Number(v.Lang, step.Then/1000)
		}
		parts = append(parts, v.T("web.points.replace-"+step.Kind, "id", step.Element, "now", now, "then", then))
	}
	return strings.Join(parts, ", ")
}

func newPoint(v *visit.Visit, p casework.PointView) ui.Point {
	row := ui.Point{
		Name: p.ID, Route: locale.Distance(v.Lang, p.RouteM), Cost: locale.Money(v.Lang, p.Cost),
		Free: Watts(v, p.FreeW), Limit: Limit(v, p.Binding),
	}
	if element := elementOf(v, p); element != "" {
		row.Limit += " (" + element + ")"
	}
	if p.Limit != nil {
		row.Limit += ", " + most(v, p.Limit)
	}
	if a := p.Above; a != nil {
		row.Above = v.T("web.points.above", "name", a.Name, "load", Watts(v, a.LoadW), "kept", Watts(v, a.ReservedW), "rated", locale.Number(v.Lang, a.RatedVA/1000))
		row.AboveHref = v.Href("capacity", a.Trafo)
	}
	if p.Price != nil {
		row.Parts = parts(v, p)
	}
	if p.Because != "" && p.Cost == 0 {
		row.Cost = "–" // what cannot be had has no price
	}
	return row
}

// most is what an element may bear.
func most(v *visit.Visit, l *casework.LimitView) string {
	switch l.Unit {
	case "V":
		return v.T("refusal-one.limit-volts", "least", locale.Number(v.Lang, l.Least), "most", locale.Number(v.Lang, l.Most))
	case "A":
		return v.T("refusal-one.limit-ampere", "most", locale.Number(v.Lang, l.Most))
	}
	return v.T("refusal-one.limit-va", "most", locale.Number(v.Lang, l.Most))
}

// elementOf names what of the network binds a point; "" where nothing does.
func elementOf(v *visit.Visit, p casework.PointView) string {
	switch p.Binding {
	case "voltage", "line", "trafo":
		return v.T("web.points.element-"+p.Binding, "id", strconv.Itoa(p.Element))
	}
	return ""
}

// parts says what a price is made of.
func parts(v *visit.Visit, p casework.PointView) string {
	var list []string
	for _, part := range []struct {
		name string
		sum  int64
	}{{"cable", p.Price.Cable}, {"tap", p.Price.Tap}, {"station", p.Price.Station}} {
		if part.sum > 0 {
			list = append(list, v.T("web.points."+part.name, "sum", locale.Money(v.Lang, part.sum)))
		}
	}
	return strings.Join(list, ", ")
}

// Limit names what binds a place of the network.
func Limit(v *visit.Visit, binding string) string {
	if binding == "" {
		binding = "none"
	}
	return v.T("grid.binding." + binding)
}

// Left is the clock of one line of a list.
func Left(v *visit.Visit, line casework.CaseLine) string {
	switch {
	case line.Due.IsZero():
		return ""
	case line.DaysLeft < 0:
		return v.T("days.late.working", "n", -line.DaysLeft)
	case line.DaysLeft == 0:
		return v.T("days.last")
	}
	return v.T("days.left.working", "n", line.DaysLeft)
}

// When is a day, or nothing if there is none.
func When(v *visit.Visit, t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return locale.Date(v.Lang, t)
}

// Can reports whether the viewer may send a command now.
func Can(c *casework.CaseView, command string) bool { return slices.Contains(c.Can, command) }

// Event is the sentence of one event.
func Event(v *visit.Visit, c *casework.CaseView, e casework.EventView) string {
	if e.Kind == casework.EventFiled && c.Service.Answer {
		return v.T("web.asked.filed")
	}
	return v.T("event."+string(e.Kind), eventArgs(v, c, e)...)
}

// Draw tells how the officer was chosen, as rows that can be checked.
func Draw(v *visit.Visit, c *casework.CaseView) []ui.Row {
	d := c.Draw
	if d == nil {
		return nil
	}
	var rows []ui.Row
	if d.Eligible > 0 { // it is drawn
		rows = append(rows, ui.Row{Key: v.T("web.draw.eligible"), Value: locale.Number(v.Lang, int64(d.Eligible)), Note: blind(v, d)})
	}
	rows = append(rows, ui.Row{Key: v.T("web.draw.round"), Value: d.Beacon + " " + strconv.FormatUint(d.Round, 10), Note: locale.DateTime(v.Lang, d.Due)})
	if d.Value != "" {
		rows = append(rows, ui.Row{Key: v.T("web.draw.value"), Value: d.Value})
	}
	if d.Protection != "" {
		rows = append(rows, ui.Row{Key: v.T("web.draw.protection"), Value: v.T(d.Protection)})
	}
	return rows
}

func blind(v *visit.Visit, d *casework.DrawView) string {
	switch {
	case d.Kept:
		return v.T("web.draw.kept")
	case !d.Blind:
		return v.T("web.draw.not-blind")
	}
	return ""
}

// Pager leads on through a keyset list and back to its start.
func Pager(v *visit.Visit, href, next string) ui.Pager {
	var p ui.Pager
	if v.Query("after") != "" {
		p.First = href
	}
	if next != "" {
		p.Next = href + "?after=" + url.QueryEscape(next)
	}
	return p
}
