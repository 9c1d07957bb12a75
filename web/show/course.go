package show

import (
	"slices"
	"time"

	"aiqyn"
	"aiqyn/casework"
	"aiqyn/locale"
	"aiqyn/service"
	"aiqyn/web/ui"
	"aiqyn/web/ui/chart"
	"aiqyn/web/visit"
)

// Course draws how long each step of a case took and when its clock stood. It
// is nil as long as no step has begun.
func Course(v *visit.Visit, c *casework.CaseView) *ui.Chart {
	spans := courseOf(v, c)
	if len(spans) < 2 { // one alone is what the clock says
		return nil
	}
	t := chart.Timeline{Frame: Frame(v, "course", v.T("web.case.course")), Axis: v.T("web.case.course-step"), Spans: spans}
	if c.Step != nil {
		t.Now = v.Now()
	}
	return ui.NewChart(t.Draw())
}

// Frame starts a drawing of a page.
func Frame(v *visit.Visit, id, title string) chart.Frame {
	return chart.Frame{ID: id, Title: title, Lang: v.Lang, T: v.T}
}

// course collects the spans of a case from its events.
type course struct {
	spans []chart.Span
	step  *service.Step
	open  int       // the span of the open step, −1: none
	due   time.Time // of the open step, zero: it has none, or is late already
	still int       // of the clock that stands, −1: it runs
	held  int       // of an overseer's hold, −1: there is none
}

func courseOf(v *visit.Visit, c *casework.CaseView) []chart.Span {
	k := course{open: -1, still: -1, held: -1}
	for _, e := range c.Events {
		switch e.Kind {
		case casework.EventOpened:
			k.close(e.At)
			if e.Step != nil {
				k.step, k.open = e.Step, k.begin(v.In(e.Step.Title), "", e.At)
				k.due = dueOf(e)
			}
		case casework.EventPerformed:
			k.close(e.At)
		case casework.EventEscalated:
			k.late(e.At)
			k.due = dueOf(e)
		case casework.EventRescheduled:
			k.due = dueOf(e)
		case casework.EventHeld:
			k.end(&k.held, e.At)
			k.held = k.begin(v.T("web.hold.title"), "still", e.At)
		case casework.EventUnheld:
			k.end(&k.held, e.At)
			if due := dueOf(e); !due.IsZero() {
				k.due = due
			}
		case casework.EventSuspended:
			k.end(&k.still, e.At)
			k.still = k.begin(SuspendReason(v, c.Service, e.Reason), "still", e.At)
		case casework.EventResumed:
			k.end(&k.still, e.At)
			k.due = dueOf(e)
		case casework.EventGranted, casework.EventRefused, casework.EventWithdrawn, casework.EventAppealDecided:
			k.close(e.At)
			k.end(&k.still, e.At)
		}
	}
	if n := len(c.Events); c.Step == nil && n > 0 { // closed: nothing goes on
		k.close(c.Events[n-1].At)
		k.end(&k.still, c.Events[n-1].At)
		k.end(&k.held, c.Events[n-1].At)
	}
	if k.open >= 0 && c.Due != nil && c.Step != nil && k.step.Name == c.Step.Name {
		s := &k.spans[k.open]
		if s.Due = c.Due.At; v.Now().After(s.Due) {
			s.Kind = "late"
		}
	}
	return k.spans
}

// dueOf is the deadline that an event sets.
func dueOf(e casework.EventView) time.Time {
	due, _ := e.Args["due"].(time.Time)
	return due
}

// late marks the open step if its deadline has passed by then: also one that was
// finished since stays marked.
func (k *course) late(at time.Time) {
	if k.open >= 0 && !k.due.IsZero() && at.After(k.due) {
		k.spans[k.open].Kind, k.spans[k.open].Due = "late", k.due
	}
}

// close ends the open step.
func (k *course) close(at time.Time) {
	k.late(at)
	k.end(&k.open, at)
	k.due = time.Time{}
}

func (k *course) begin(name, kind string, at time.Time) int {
	k.spans = append(k.spans, chart.Span{Name: name, Kind: kind, From: at})
	return len(k.spans) - 1
}

// end closes a span if it is open.
func (k *course) end(span *int, at time.Time) {
	if *span >= 0 {
		k.spans[*span].To = at
	}
	*span = -1
}

// FreeOverTime draws what was published of a transformer day by day, given the newest
// first; nil before the second publication.
func FreeOverTime(v *visit.Visit, days []casework.TrafoDay) *ui.Chart {
	days = slices.Clone(days)
	slices.Reverse(days)
	days = slices.DeleteFunc(days, func(d casework.TrafoDay) bool { return d.Line.FreeW < 0 })
	if len(days) < 2 {
		return nil
	}
	l := chart.Line{Frame: Frame(v, "history", v.T("web.capacity.history")), Unit: v.T("ui.unit.kw"), Axis: v.T("web.capacity.published"), Decimal: 1,
		Ends:  [2]string{locale.DayMonth(v.Lang, days[0].At), locale.DayMonth(v.Lang, days[len(days)-1].At)},
		Lines: []chart.Series{{Name: v.T("web.capacity.free")}, {Name: v.T("web.capacity.reserved")}}}
	for _, d := range days {
		l.Points = append(l.Points, When(v, d.At))
		l.Lines[0].Values = append(l.Lines[0].Values, float64(d.Line.FreeW)/1000)
		l.Lines[1].Values = append(l.Lines[1].Values, float64(d.Line.ReservedW)/1000)
	}
	return ui.NewChart(l.Draw())
}

// Refusals draws the share of refusals of every service, with the limits of
// chance; nil where there are too few services to compare.
func Refusals(v *visit.Visit, units []chart.Unit) *ui.Chart {
	if len(units) < leastUnits {
		return nil
	}
	f := chart.Funnel{Frame: Frame(v, "refusals", v.T("web.figures.funnel")), Axis: v.T("web.verify.service"), Cases: v.T("web.figures.cases"),
		Events: v.T("outcome." + string(aiqyn.Refused)), Units: units}
	return ui.NewChart(f.Draw())
}

// leastUnits is how many points a funnel needs to say anything.
const leastUnits = 3
