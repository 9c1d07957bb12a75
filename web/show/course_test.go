package show

import (
	"testing"
	"time"

	"aiqyn"
	"aiqyn/casework"
	"aiqyn/locale"
	"aiqyn/service"
	"aiqyn/web/visit"
)

// TestCourseOfACase: a hold of an overseer stands like a suspension; what ended
// after its deadline stays late, also once it is over; and a deadline that moved
// is the one that counts.
func TestCourseOfACase(t *testing.T) {
	texts, err := locale.Load()
	if err != nil {
		t.Fatal(err)
	}
	day := func(n int) time.Time { return time.Date(2026, 11, n, 6, 0, 0, 0, time.UTC) }
	v := &visit.Visit{Site: &visit.Site{Texts: texts, Clock: func() time.Time { return day(28) }}, Lang: aiqyn.English}
	survey := &service.Step{Name: "survey", Title: aiqyn.Text{EN: "Survey"}}
	decide := &service.Step{Name: "conditions", Title: aiqyn.Text{EN: "Decision"}}
	due := func(n int) map[string]any { return map[string]any{"due": day(n)} }
	c := &casework.CaseView{Service: &service.Service{}, Events: []casework.EventView{
		{Kind: casework.EventOpened, Step: survey, At: day(2), Args: due(4)},
		{Kind: casework.EventPerformed, Step: survey, At: day(6)},
		{Kind: casework.EventOpened, Step: decide, At: day(6), Args: due(10)},
		{Kind: casework.EventHeld, Step: decide, At: day(8), Args: map[string]any{"due": time.Time{}}},
		{Kind: casework.EventUnheld, Step: decide, At: day(12), Args: due(16)},
		{Kind: casework.EventGranted, Step: decide, At: day(15)},
	}}
	spans := courseOf(v, c)
	if len(spans) != 3 {
		t.Fatalf("%+v", spans)
	}
	if s := spans[0]; s.Name != "Survey" || s.Kind != "late" || !s.Due.Equal(day(4)) || !s.To.Equal(day(6)) {
		t.Errorf("a step that ended late: %+v", s)
	}
	if s := spans[1]; s.Kind != "" || !s.To.Equal(day(15)) {
		t.Errorf("a step that ended by the deadline that the hold moved: %+v", s)
	}
	if s := spans[2]; s.Kind != "still" || s.Name != "On hold" || !s.From.Equal(day(8)) || !s.To.Equal(day(12)) {
		t.Errorf("a hold: %+v", s)
	}
	c.Events = append(c.Events[:3], casework.EventView{Kind: casework.EventEscalated, Step: decide, At: day(11), Args: map[string]any{"due": day(20), "why": "silence"}})
	c.Step = decide
	if spans = courseOf(v, c); len(spans) != 2 || spans[1].Kind != "late" || !spans[1].Due.Equal(day(10)) || !spans[1].To.IsZero() {
		t.Errorf("a step that was handed up: %+v", spans)
	}
}
