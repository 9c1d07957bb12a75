package web

import (
	"net/http"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"aiqyn"
	"aiqyn/casework"
)

// roadCases are cases of a road: one in which it is the applicant's turn.
func (f *fake) roadCases(add func(aiqyn.Reference, func(*casework.CaseView))) {
	svc, _ := f.pack.Service("energy.energising")
	first, _ := f.pack.Service("energy.connection")
	add("AQ-ROAD-0001", func(c *casework.CaseView) {
		c.Service, c.Title, c.Step, c.Draw, c.Can = svc, svc.Title, svc.Steps[0], nil, []string{"take-step", "withdraw"}
		c.Answers, c.Facts, c.Ruling, c.Silence = nil, nil, nil, svc.Steps[0].Silence.Then
		c.Contest = &casework.ContestView{Step: first.Steps[0].Title, At: now, Text: "Басқа учаске қаралған.", First: c.Records, Second: c.Records}
		c.Conditions = &casework.ConditionsView{At: now, AmountW: 50_000, Point: &casework.PointView{ID: "b2", Cost: 200},
			Dearer: &casework.DearerView{Best: "b1", BestCost: 100_00, Cost: 200_00, Over: 100, Reason: first.Outcome.Other.Reasons[0].Text, Letter: "sha256:" + strings.Repeat("ab", 32), Kept: true}}
		c.Road = &casework.RoadView{Began: now.AddDate(0, 0, -9), Days: 9, Stops: []casework.RoadStop{
			{Ref: "AQ-OPEN-0001", Service: first.Title, Step: first.Steps[0].Title, By: aiqyn.RoleSurveyor, State: casework.RoadDone, From: now.AddDate(0, 0, -9), To: now.AddDate(0, 0, -8), Days: 1},
			{Ref: "AQ-ROAD-0001", Service: svc.Title, Step: svc.Steps[0].Title, By: aiqyn.RoleApplicant, State: casework.RoadNow, From: now.AddDate(0, 0, -2), Due: now.Add(30 * 24 * time.Hour), Days: 2},
			{Service: svc.Title, Step: svc.Steps[len(svc.Steps)-1].Title, By: aiqyn.RoleEngineer, State: casework.RoadNext},
		}}
	})
}

// TestTheRoadIsShown: the applicant sees the whole way, whose turn it is, what the
// dearer point costs them and both records of what they contested; the step is taken on
// a page of its own, in every language.
func TestTheRoadIsShown(t *testing.T) {
	f := newFake(t)
	s := newServer(t, f, nil)
	for _, lang := range aiqyn.Langs {
		w := ask(s, "applicant", "/"+string(lang)+"/cases/AQ-ROAD-0001", nil)
		page := w.Body.String()
		for _, want := range []string{`id="road"`, `aria-current="step"`, `/cases/AQ-OPEN-0001"`, `/cases/AQ-ROAD-0001/step"`, "Басқа учаске қаралған.", "b1", "/cases/AQ-ROAD-0001/files/sha256:abab"} {
			if w.Code != http.StatusOK || !strings.Contains(page, want) {
				t.Errorf("%s: status %d, no %s", lang, w.Code, want)
			}
		}
		form := ask(s, "applicant", "/"+string(lang)+"/cases/AQ-ROAD-0001/step", nil)
		if !strings.Contains(form.Body.String(), `name="builder"`) || !strings.Contains(form.Body.String(), `name="builder-licence"`) {
			t.Errorf("%s: status %d, the step does not ask who builds", lang, form.Code)
		}
		if folder := os.Getenv("AIQYN_PICTURES"); folder != "" {
			os.WriteFile(folder+"/road-"+string(lang)+".html", []byte(page), 0o644)
			os.WriteFile(folder+"/step-"+string(lang)+".html", form.Body.Bytes(), 0o644)
		}
	}
	f.sent = nil
	w := ask(s, "applicant", "/kk/cases/AQ-ROAD-0001/step", url.Values{"command": {strings.Repeat("d", 32)}, "builder": {"utility"}})
	if len(f.sent) != 1 {
		t.Fatalf("status %d: %s", w.Code, w.Body)
	}
	p, ok := f.sent[0].(casework.Perform)
	if !ok || p.Step != "contract" || p.Records["builder"] != "utility" || p.Actor.Role != aiqyn.RoleApplicant {
		t.Errorf("sent %+v", f.sent)
	}
}
