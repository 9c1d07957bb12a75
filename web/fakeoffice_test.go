package web

import (
	"context"

	"aiqyn"
	"aiqyn/casework"
	"aiqyn/deadline"
	"aiqyn/packs"
	"aiqyn/service"
)

func (f *fake) Acts(_ context.Context, viewer aiqyn.Actor, _ casework.Page) (casework.List[casework.ActView], error) {
	return casework.List[casework.ActView]{Next: "41", Items: []casework.ActView{
		{Index: 60, Kind: casework.EventRefusalRejected, At: now, Ref: "AQ-OPEN-0001"},
		{Index: 42, Kind: casework.EventRostered, At: now, Role: aiqyn.RoleRegistrar, Officer: viewer.Officer, Roster: &casework.RosterShown{Role: aiqyn.RoleSurveyor, Body: "utility", N: 6}},
	}}, f.down
}

func (f *fake) Workload(context.Context, aiqyn.Actor) ([]casework.StepLoad, error) {
	svc, _ := f.pack.Service("energy.connection")
	return []casework.StepLoad{
		{Service: svc.ID, Step: svc.Steps[0].Title, Open: 41, Late: 3, Week: 30, Month: 10, Longer: 1},
		{Service: svc.ID, Step: svc.Steps[1].Title, Open: 12, Late: 0, Week: 4, Month: 8},
	}, f.down
}

func (f *fake) SignedPacks(context.Context, aiqyn.Actor) ([]casework.PackView, error) {
	from, err := deadline.ParseDate("2026-12-01")
	return []casework.PackView{
		{Hash: "6b86b273", Name: "kz", Version: "2026-12", From: from, SignedBy: "publisher-02", Signed: now, Changes: []casework.PackChange{
			{Kind: "changed", Name: "energy.connection", Title: aiqyn.Text{KK: "Электр желісіне қосылу", RU: "Подключение к электросети", EN: "Connection to the grid"}},
			{Kind: "new", Name: "heat.connection", Title: aiqyn.Text{KK: "Жылу желісіне қосылу", RU: "Подключение к теплосети", EN: "Connection to district heating"}},
			{Kind: "changed", Name: "calendars/kz"},
		}, Missing: []service.CompetentLog{{Origin: "south.example/log", Title: southLog}}},
		{Hash: "d4735e3a", Name: "kz", Version: "2027-01", From: from, SignedBy: "publisher-01", Signed: now},
	}, err
}

func (f *fake) PackFiles(context.Context, string) ([]service.File, error) {
	return packs.Kazakhstan(), nil
}

var someRosters = []casework.RosterView{{Role: aiqyn.RoleEngineer, Body: "utility"}, {Role: aiqyn.RoleSurveyor, Body: "utility", Entry: 42, At: now, Officers: []casework.RosterOfficer{
	{ID: "surveyor-01", Name: "Оспанов Бекзат", Tied: true}, {ID: "surveyor-02", Name: "Сейітов Ерлан"}, {ID: "surveyor-03", Name: "Иманов Айбек", Tied: true}, {ID: "surveyor-04", Name: "Попова Анна", Tied: true},
}}}

func (f *fake) Rosters(_ context.Context, _ aiqyn.Actor, keep func(*casework.RosterView) bool, p casework.Page) (list casework.List[casework.RosterView], err error) {
	for i := range someRosters {
		if keep == nil || keep(&someRosters[i]) {
			list.Items = append(list.Items, someRosters[i])
		}
	}
	if p.After == "" {
		list.Next = "utility/surveyor"
	}
	return list, f.down
}

func (f *fake) Roster(_ context.Context, _ aiqyn.Actor, role aiqyn.Role, body aiqyn.BodyID) (casework.RosterView, error) {
	for _, r := range someRosters {
		if r.Role == role && r.Body == body {
			return r, nil
		}
	}
	return casework.RosterView{}, aiqyn.E(aiqyn.NotFound, "error.not-found")
}

func (f *fake) RosterTotals(context.Context, aiqyn.Actor) (casework.RosterTotals, error) {
	return casework.RosterTotals{Rosters: 1, Officers: 4, Vacant: 1}, f.down
}

func (f *fake) ReportErasures(context.Context, aiqyn.Actor) ([]casework.ReportWaiting, error) {
	return []casework.ReportWaiting{{Entry: 17, Asked: now, Ground: "Мәтінде бөтен адамның аты бар."}}, nil
}

func (f *fake) Readings(context.Context, aiqyn.Actor, casework.Page) (casework.List[casework.ReadingView], error) {
	svc, _ := f.pack.Service("energy.connection")
	at := casework.ReadingView{Index: 103, At: now, Ref: "AQ-OPEN-0001", Title: svc.Title, Role: aiqyn.RoleSurveyor, Body: "utility", Officer: "surveyor-01"}
	list := casework.List[casework.ReadingView]{Next: "99"}
	for _, kind := range []casework.EventKind{casework.EventSeen, casework.EventGlassOpened, casework.EventGlassAsked, casework.EventRead, casework.EventReadRefused, casework.EventConsentedInPerson, casework.EventLookedUp} {
		r := at
		r.Kind, r.Purpose, r.Ground = kind, casework.PurposeContact, "Шағым түсті."
		if kind == casework.EventConsentedInPerson {
			r.Ground = string(casework.IdentityCard)
		}
		if kind == casework.EventLookedUp || kind == casework.EventRead {
			r.What = []string{"people", "cadastre.rights"}
		}
		list.Items = append(list.Items, r)
	}
	// In the application of another, in which a register names the viewer.
	of := casework.ReadingView{Index: 98, Kind: casework.EventLookedUp, At: now, Title: svc.Title, Role: aiqyn.RoleSystem, What: []string{"cadastre.rights"}}
	by := casework.ReadingView{Index: 97, Kind: casework.EventSeen, At: now, Title: svc.Title, Role: aiqyn.RoleSurveyor, Body: "utility", Officer: "surveyor-01", Purpose: casework.PurposeDecision}
	list.Items = append(list.Items, of, by)
	return list, f.down
}

func (f *fake) Looks(context.Context, aiqyn.Actor, casework.Page) (casework.List[casework.LookView], error) {
	one := casework.LookView{Index: -1, Day: now, Ref: "AQ-OPEN-0001", Kind: casework.LookCovered, N: 3, Role: aiqyn.RoleSurveyor, Body: "utility", Officer: "surveyor-01"}
	list := casework.List[casework.LookView]{Next: "90"}
	for i, kind := range []casework.LookKind{casework.LookCovered, casework.LookClear, casework.LookReceipt, casework.LookArchive, casework.LookFile} {
		l := one
		if l.Kind = kind; i > 0 {
			l.Index, l.N = 96, int64(i)
		}
		list.Items = append(list.Items, l)
	}
	return list, f.down
}

func (f *fake) MachineLooks(context.Context, aiqyn.Actor) (list []casework.LookView, err error) {
	for _, kind := range []casework.LookKind{"notify", "sign-in", "mandate", "represent"} {
		list = append(list, casework.LookView{Index: -1, Day: now, Kind: kind, N: 2, Role: aiqyn.RoleSystem})
	}
	return list, f.down
}

func (f *fake) GlassesAsked(context.Context, aiqyn.Actor) ([]casework.GlassWaiting, error) {
	return []casework.GlassWaiting{{Ref: "AQ-OPEN-0001", By: "overseer-01", Role: aiqyn.RoleOverseer, Ground: "Шағым түсті.", Asked: now}}, nil
}
