package web

import (
	"encoding/json"
	"strings"
	"time"

	"aiqyn"
	kinds "aiqyn/attachment/media"
	"aiqyn/casework"
	"aiqyn/deadline"
	"aiqyn/evidence"
	"aiqyn/ledger"
	"aiqyn/rule"
	"aiqyn/service"
)

// cases are all the states of a case, each under a reference that names it.
func (f *fake) cases() map[aiqyn.Reference]*casework.CaseView {
	svc, _ := f.pack.Service("energy.connection")
	survey, conditions := svc.Steps[0], svc.Steps[len(svc.Steps)-1]
	base := func(ref aiqyn.Reference) *casework.CaseView {
		return &casework.CaseView{
			Ref: ref, Service: svc, Title: svc.Title, Applicant: "Сейітова Айгүл", Own: true, Filed: now.AddDate(0, 0, -2),
			Status: casework.StatusOpen, Step: survey, StepState: casework.StepOpen, Due: f.due(5), DaysLeft: 3,
			Silence: service.SilenceEscalates, Answers: f.answers(svc), Facts: someFacts, Draw: someDraw, Events: f.events(survey),
			Can: []string{"withdraw", "perform", "suspend"}, Covered: true,
		}
	}
	cases := map[aiqyn.Reference]*casework.CaseView{}
	add := func(ref aiqyn.Reference, change func(*casework.CaseView)) {
		c := base(ref)
		change(c)
		cases[ref] = c
	}
	add("AQ-OPEN-0001", func(c *casework.CaseView) {
		c.Files, c.Agent = someFiles, &casework.AgentView{Person: "••••••••0025", Kind: "mandate", Entry: 40}
		c.Events[0].Agent = true
		c.Ruling, c.Can = f.ruling(svc, true), append(c.Can, "point")
	})
	f.between(add)
	f.queued(add)
	f.ranked(add)
	f.bidding(add)
	f.booked(add)
	f.asked(add)
	add("AQ-DRAW-0001", func(c *casework.CaseView) {
		c.StepState, c.Applicant, c.Answers, c.Facts, c.Can = casework.StepDrawing, "", nil, nil, nil
	})
	add("AQ-DECI-0001", func(c *casework.CaseView) {
		c.Step, c.Ruling, c.Can = conditions, f.ruling(svc, true), []string{"decide", "suspend"}
	})
	add("AQ-DECI-0002", func(c *casework.CaseView) {
		c.Step, c.Ruling, c.Can, c.DaysLeft = conditions, f.ruling(svc, false), []string{"decide"}, -2
	})
	add("AQ-STIL-0001", func(c *casework.CaseView) {
		c.Status, c.Suspended, c.Can = casework.StatusSuspended, svc.Suspend[0].Name, []string{"resume"}
	})
	add("AQ-HEAR-0001", func(c *casework.CaseView) {
		c.Status, c.StepState, c.Step, c.Hearing = casework.StatusHearing, casework.StepHearing, conditions, hearing(svc)
		c.Can = []string{"object", "withdraw"}
	})
	add("AQ-REFU-0001", func(c *casework.CaseView) {
		c.Status, c.Outcome, c.Step, c.Due, c.Hearing = casework.StatusClosed, aiqyn.Refused, nil, nil, hearing(svc)
		c.Can, c.Ruling, c.AppealBy, c.RefusalPage = []string{"appeal"}, f.ruling(svc, false), now.AddDate(0, 0, 90), true
	})
	add("AQ-APPE-0001", func(c *casework.CaseView) {
		c.Status, c.Outcome, c.Step, c.Hearing, c.Ruling = casework.StatusAppeal, aiqyn.Refused, svc.Appeal.Step, hearing(svc), f.ruling(svc, false)
		c.Can, c.Appeal = []string{"decide-appeal"}, &casework.AppealView{Text: "Құқығымды кеше тіркедім.", At: now, Body: svc.Appeal.Body}
	})
	add("AQ-APPE-0002", func(c *casework.CaseView) {
		c.Status, c.Outcome, c.Step, c.Due, c.Hearing, c.Can = casework.StatusClosed, aiqyn.Refused, nil, nil, hearing(svc), nil
		c.Appeal = &casework.AppealView{Text: "Құқығымды кеше тіркедім.", At: now, Body: svc.Appeal.Body,
			Outcome: casework.AppealUpheld, Ground: "Тізілімде құқық тіркелмеген.", Decided: now}
	})
	add("AQ-CORR-0001", func(c *casework.CaseView) {
		f.granted(c, svc)
		c.Status, c.Step, c.Can = casework.StatusCorrection, svc.Correction.Step, []string{"answer-correction"}
		c.Correction = &casework.CorrectionView{Field: "survey.measured-load", Said: "20", Text: "Фотодан көрінеді.", Entry: 102, At: now}
	})
	add("AQ-CORR-0002", func(c *casework.CaseView) {
		f.granted(c, svc)
		c.Status, c.Step, c.Due = casework.StatusClosed, nil, nil
		c.Can = []string{"correct", "withdraw"}
		c.Correction = &casework.CorrectionView{Field: "survey.measured-load", Text: "Фотодан көрінеді.", Outcome: casework.CorrectionMade, Ground: "Фотода 20 кВт.", At: now}
		c.Corrected = []casework.CorrectedView{
			{Index: 104, Field: "survey.measured-load", Was: "200", Value: "20", At: now, Entry: 102, Ground: "Фотода 20 кВт.", Affected: []int64{103}, Again: 105, Grant: true},
			{Index: 106, Field: "rights", At: now, Entry: 101, Ground: "Тізілім түзетілді.", Affected: []int64{103}, Again: 107},
		}
		was, again := f.ruling(svc, true), f.ruling(svc, false)
		was.Entry, again.Entry, again.Reasons[1].True = 102, 107, true
		record := func(kw string) []casework.Answer {
			return []casework.Answer{{Question: svc.Steps[0].Records[0], Value: kw}}
		}
		right := func(share string) []casework.FactView {
			return []casework.FactView{{Name: "rights", Purpose: svc.LookUps[2].Purpose, Value: json.RawMessage(`{"parcel":"99-999-001-001","share":"` + share + `"}`)}}
		}
		c.Rulings = []casework.RulingStands{
			{RulingView: was, Answers: f.answers(svc), Records: record("200"), Facts: right("1/1")}, {RulingView: again, Answers: f.answers(svc), Records: record("20"), Facts: right("1/2")},
		}
	})
	add("AQ-GRAN-0001", func(c *casework.CaseView) {
		c.Status, c.Outcome, c.Step, c.Due, c.Ruling = casework.StatusClosed, aiqyn.Granted, nil, nil, f.ruling(svc, true)
		c.Can = nil
		c.Conditions = &casework.ConditionsView{Entry: 103, At: now, AmountW: 150_000, Point: &somePoints.Feasible[0], ValidTo: now.AddDate(3, 0, 0), BySilence: true}
		c.Records = []casework.Answer{{Question: svc.Steps[0].Records[0], Value: "37"}}
	})
	f.paidCases(add)
	f.roadCases(add)
	return cases
}

// granted gives a case what a grant gives it, and what may be wrong in it.
func (f *fake) granted(c *casework.CaseView, svc *service.Service) {
	c.Outcome, c.Ruling = aiqyn.Granted, f.ruling(svc, true)
	c.Conditions = &casework.ConditionsView{Entry: 103, At: now, AmountW: 150_000, Point: &somePoints.Feasible[0], ValidTo: now.AddDate(3, 0, 0)}
	q := svc.Steps[0].Records[0]
	c.Correctable = []casework.CorrectableView{
		{Field: "survey." + q.Name, Label: q.Label, Question: &q, Value: "200"}, {Field: "rights", Label: svc.LookUps[2].Purpose, Register: "cadastre.rights"},
	}
}

func hearing(svc *service.Service) *casework.HearingView {
	return &casework.HearingView{Reason: svc.Refuse[0], Noticed: now, ObjectBy: now.AddDate(0, 0, 2), RefuseNot: now.AddDate(0, 0, 3), Objection: "Құқығым тіркелген."}
}

func (f *fake) due(days int) *deadline.Due {
	due, err := f.pack.Calendars["kz"].Due(now, deadline.Term{Days: days, Unit: deadline.WorkingDays}, nil)
	if err != nil {
		panic(err)
	}
	return &due
}

func (f *fake) answers(svc *service.Service) []casework.Answer {
	values := map[string]string{"parcel": "99-999-001-001", "load": "150"}
	var list []casework.Answer
	for _, q := range svc.Ask {
		value := values[q.Name]
		if value == "" && len(q.Of) > 0 {
			value = q.Of[0].Value
		}
		list = append(list, casework.Answer{Question: q, Value: value})
	}
	return list
}

func (f *fake) events(step *service.Step) []casework.EventView {
	kinds := []casework.EventKind{casework.EventFiled, casework.EventLookedUp, casework.EventDrawn, casework.EventOpened, casework.EventSuspended}
	var list []casework.EventView
	for i, kind := range kinds {
		e := casework.EventView{Index: int64(100 + i), Seq: i + 1, Kind: kind, Step: step, At: now.Add(time.Duration(i-50) * time.Hour), Role: aiqyn.RoleSystem, Proven: casework.Standing{Level: ledger.Recorded, Of: 2, Needed: 2}}
		if i == 0 {
			e.Role, e.Proven, e.Occurred = aiqyn.RoleApplicant, casework.Standing{Level: ledger.Witnessed, By: 2, Of: 2, Needed: 2}, now.Add(-time.Hour)
		}
		list = append(list, e)
	}
	list[len(list)-1].Reason = "site-closed"
	return list
}

var somePoints = func() *casework.PointsView {
	p := &casework.PointsView{
		Certified: true, LoadW: 150_000, Network: "n",
		Feasible: []casework.PointView{{ID: "TP-17", Bus: 110, RouteM: 120, Cost: 45_000_000, FreeW: 180_000, Binding: "voltage"}, {ID: "TP-21", Bus: 136, RouteM: 900, Cost: 210_000_000, FreeW: 400_000, Binding: "line"}},
		Rejected: []casework.PointView{{ID: "TP-18", Bus: 66, RouteM: 2300, Cost: 0, FreeW: 20_000, Binding: "voltage", Element: 18, Limit: &casework.LimitView{Least: 9_500, Most: 10_500, Unit: "V"}, Because: "no-capacity",
			Reinforce: &casework.ReinforceView{Cost: 810_000_000}, Above: &casework.AboveView{Trafo: 18, Name: "18 ТП-18", RatedVA: 400_000, LoadW: 295_000, ReservedW: 80_000}}},
	}
	p.Best = &p.Feasible[0]
	return p
}()

var someDraw = &casework.DrawView{Beacon: "practice", Round: 4711, Due: now, Value: "6b86b273ff34fce19d6b804eff5a3f5747ada4eaa22f1d49c01e52ddb7875b4b", Eligible: 5, Blind: true, Protection: "beacon.practice"}

var someFacts = []casework.FactView{{
	Name: "parcel", Register: "cadastre.parcels", Purpose: aiqyn.Text{KK: "Учаске", RU: "Участок", EN: "Parcel"},
	Value: json.RawMessage(`{"number":"99-999-001-001","polygon":[[2750000,560000],[2850000,560000],[2850000,640000],[2750000,640000]]}`), At: now, Source: "local",
}, {
	Name: "rights", Register: "cadastre.rights", Purpose: aiqyn.Text{KK: "Құқық", RU: "Право", EN: "Right"},
	Value: json.RawMessage(`{"parcel":"99-999-001-001","lat":43.24,"lon":76.89,"holders":[{"iin":"900101300017"}]}`), At: now, Source: "local",
}}

func (f *fake) ruling(svc *service.Service, grant bool) *casework.RulingView {
	r := &casework.RulingView{Preview: true, Grant: grant, At: now, Points: somePoints, With: []string{"grid.connection-points@1"},
		Ahead: 312, Earlier: []casework.Earlier{{Ref: "AQ-00000-00001", Filed: now.Add(-time.Hour), Until: now.AddDate(0, 0, 20)}},
		Added: &casework.AddedView{Differs: true, Existing: 20, KW: 130, Measured: 20, Said: 149}}
	for i, reason := range svc.Refuse {
		r.Reasons = append(r.Reasons, casework.ReasonView{Reason: reason, True: i == 0 && !grant,
			Trace: rule.Trace{Expr: reason.When.Expr, Steps: []rule.TraceStep{{Expr: reason.When.Expr, Value: "false"}}}})
	}
	return r
}

// someFiles are a photograph and a plan; the photograph is open to the reader.
var someFiles = []casework.FileShown{
	{Hash: "sha256:" + strings.Repeat("ab", 32), Kind: "photo", Step: "survey", Entry: 101, Type: kinds.JPEG, Size: 3 << 20, Width: 4000, Height: 3000,
		Taken: "2026-11-23T10:15:00+05:00", Model: "Aspan 7", Place: &evidence.Point{Lat: 511282000, Lon: 714304000}, Open: true, Alike: []aiqyn.Reference{"AQ-DECI-0001"}},
	{Hash: "sha256:" + strings.Repeat("cd", 32), Kind: "document", Step: "survey", Entry: 101, Type: kinds.PDF, Size: 20 << 10},
}
