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
		{Index: 42, Kind: casework.EventRostered, At: now, Role: aiqyn.RoleRegistrar, Officer: viewer.Officer, What: "surveyor · utility · 6"},
	}}, f.down
}

func (f *fake) SignedPacks(context.Context, aiqyn.Actor) ([]casework.PackView, error) {
	from, err := deadline.ParseDate("2026-12-01")
	return []casework.PackView{
		{Hash: "6b86b273", Name: "kz", Version: "2026-12", From: from, SignedBy: "publisher-02", Signed: now, Changes: []casework.PackChange{{Kind: "changed", Name: "energy.connection"}, {Kind: "new", Name: "water.connection"}}},
		{Hash: "d4735e3a", Name: "kz", Version: "2027-01", From: from, SignedBy: "publisher-01", Signed: now},
	}, err
}

func (f *fake) PackFiles(context.Context, string) ([]service.File, error) {
	return packs.Kazakhstan(), nil
}

func (f *fake) Rosters(context.Context, aiqyn.Actor) ([]casework.RosterView, error) {
	return []casework.RosterView{{Role: aiqyn.RoleSurveyor, Body: "utility", Entry: 42, At: now, Officers: []casework.RosterOfficer{
		{ID: "surveyor-01", Name: "Оспанов Бекзат", Tied: true}, {ID: "surveyor-02", Name: "Сейітов Ерлан"},
	}}}, nil
}

func (f *fake) ReportErasures(context.Context, aiqyn.Actor) ([]casework.ReportWaiting, error) {
	return []casework.ReportWaiting{{Entry: 17, Asked: now, Ground: "Мәтінде бөтен адамның аты бар."}}, nil
}
