package web

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"aiqyn"
	"aiqyn/access"
	"aiqyn/casework"
	"aiqyn/deadline"
	"aiqyn/grid"
	"aiqyn/registry"
	"aiqyn/secrecy"
	"aiqyn/service"
	"aiqyn/tile"
)

func (f *fake) CapacityHistory(_ context.Context, _ aiqyn.Actor, id int, p casework.Page) (casework.List[casework.TrafoDay], error) {
	var days casework.List[casework.TrafoDay]
	for i := range 30 {
		d := casework.TrafoDay{Publication: f.publishedDay(i), Line: f.trafo(id)}
		d.Line.FreeW += int64(i / 7 * 12_000)
		if i%7 == 6 {
			d.Change = &casework.TrafoChange{Trafo: id, Why: []string{casework.CauseGranted, casework.CauseMeasured}}
		}
		days.Items = append(days.Items, d)
	}
	if p.After != "" {
		days.Items = days.Items[:3]
	} else {
		days.Next = "7"
	}
	return days, f.down
}

func (f *fake) AskedBelow(_ context.Context, _ aiqyn.Actor, id int) (*casework.Asked, error) {
	if id != 7 {
		return nil, f.down
	}
	return &casework.Asked{Watt: 24_500, Applications: 3}, f.down
}

func (f *fake) AskedNow(ctx context.Context, viewer aiqyn.Actor) (map[int]casework.Asked, time.Time, error) {
	is, err := f.AskedBelow(ctx, viewer, 7)
	return map[int]casework.Asked{7: *is}, now, err
}

func (f *fake) BusesBelow(_ context.Context, viewer aiqyn.Actor, id int, p casework.Page) (casework.List[casework.BusLine], error) {
	if !access.Allowed(viewer.Role, access.ActionSeeExact, access.None).OK {
		return casework.List[casework.BusLine]{}, aiqyn.E(aiqyn.Forbidden, "error.forbidden")
	}
	list := casework.List[casework.BusLine]{Next: "709"}
	for i := range 10 {
		list.Items = append(list.Items, casework.BusLine{ID: 100*id + i, FreeW: int64(i * 12_300), LapseW: int64(i*12_300 + 5_000), ReservedW: 5_000, Binding: "voltage", Element: 100*id + 9,
			Asked: casework.Asked{Watt: int64(i%2) * 7_000, Applications: i % 2}})
	}
	if p.After != "" {
		list.Items, list.Next = list.Items[:3], ""
	}
	return list, f.down
}

func (f *fake) BindingDays(ctx context.Context, viewer aiqyn.Actor, id int) (casework.BindingDays, error) {
	out := casework.BindingDays{Since: "2026-10-24"}
	days, err := f.CapacityHistory(ctx, viewer, id, casework.Page{})
	for i, d := range days.Items {
		b := casework.BindingDay{TrafoDay: d, Source: casework.FeedView{Known: i > 0, Bus: i / 20, Trafo: 9000, Name: "ПС 110/10"}}
		if gone := f.reduction(true); i > 24 {
			b.Withdrawn = &gone
		}
		out.Days = append(out.Days, b)
	}
	return out, err
}

func (f *fake) FeederHistory(_ context.Context, _ aiqyn.Actor, line int, p casework.Page) (casework.List[casework.FeederDay], error) {
	var days casework.List[casework.FeederDay]
	for i := range 10 {
		days.Items = append(days.Items, casework.FeederDay{Publication: f.publishedDay(i), Line: casework.FeederLine{ID: line, FreeW: int64(100+i) * 1000, LapseW: 300_000, ReservedW: 50_000, Trafos: 22}})
	}
	return days, f.down
}

// publishedDay is the publication of so many days ago.
func (f *fake) publishedDay(ago int) casework.Publication {
	p := published
	p.At = now.AddDate(0, 0, -ago)
	p.Day, p.Entry = p.At.Format("2006-01-02"), published.Entry-int64(ago)
	return p
}

func (f *fake) PublishedDays(_ context.Context, p casework.Page) (casework.List[casework.Publication], error) {
	var days casework.List[casework.Publication]
	for ago := range 30 {
		if d := f.publishedDay(ago); p.After == "" || strconv.FormatInt(d.Entry+1, 10) < p.After {
			days.Items = append(days.Items, d)
		}
	}
	return days, f.down
}

func (f *fake) BetweenDays(_ context.Context, first, second string) (from, to casework.Publication, err error) {
	from, to = f.publishedDay(1), f.publishedDay(0)
	for day, p := range map[string]*casework.Publication{first: &from, second: &to} {
		if day != "" {
			p.Day = day
		}
	}
	if from.Day >= to.Day {
		return from, to, aiqyn.E(aiqyn.Invalid, "error.days-order").On("from")
	}
	return from, to, f.down
}

func (f *fake) CapacityChanges(_ context.Context, _ aiqyn.Actor, _, _ casework.Publication, p casework.Page) (casework.List[casework.TrafoDifference], error) {
	var list casework.List[casework.TrafoDifference]
	if p.After != "" {
		return list, f.down
	}
	for id := range 12 {
		was, is := f.trafo(id), f.trafo(id)
		was.FreeW += 35_000
		was.ReservedW = 0
		c := casework.TrafoDifference{Was: &was, Is: &is, Why: []string{casework.CauseGranted}}
		if id == 3 {
			c.Is, c.Why = nil, []string{casework.CauseNetwork}
		}
		list.Items = append(list.Items, c)
	}
	return list, f.down
}

func (f *fake) trafo(id int) casework.TrafoLine {
	basis := []string{"measured", "estimated", "unknown"}[id%3]
	return casework.TrafoLine{
		ID: id, Name: "ТП-" + strconv.Itoa(1000+id), District: f.pack.Regions[0].Title, SnKVA: 400, FreeW: int64(id * 17_300), LapseW: int64(id*17_300 + 20_000),
		ReservedW: 20_000, Owned: id%2 == 1, PeakW: 400_000 - int64(id*15_000), ApartW: int64(id%4) * 50_000, IdleW: int64(id%3) * 12_500, Binding: "trafo", Basis: basis, Measured: "2026-11-20", Lat: 51.1, Lon: 71.4,
	}
}

func (f *fake) AllTransformers(context.Context) ([]casework.TrafoLine, casework.Publication, error) {
	var list []casework.TrafoLine
	for id := range 412 {
		list = append(list, f.trafo(id%31))
		list[id].ID, list[id].Name = id, "ТП-"+strconv.Itoa(1000+id)
	}
	return list, published, f.down
}

func (f *fake) PublicGrid(ctx context.Context) (*casework.GridView, error) {
	list, pub, err := f.AllTransformers(ctx)
	var mains []casework.Main
	var feeders []casework.FeederLine
	for i := range list {
		list[i].Lon, list[i].Lat = 71.4+float64(i%23)*0.002, 51.1+float64(i/23)*0.0012
		if i%23 > 0 {
			mains = append(mains, casework.Main{Line: tile.Line{A: tile.At(list[i-1].Lon, list[i-1].Lat), B: tile.At(list[i].Lon, list[i].Lat)}, VA: 3_500_000})
			if i%23 == 1 {
				feeders = append(feeders, casework.FeederLine{ID: 4000 + i, Substation: list[i-1].ID, FreeW: int64(i%5) * 40_000, LapseW: 300_000, ReservedW: 50_000, LoadPPM: 410_000, Trafos: 22, Binding: "line", Element: 4000 + i,
					Lat: list[i-1].Lat, Lon: list[i-1].Lon, ToLat: list[i].Lat, ToLon: list[i].Lon})
			}
		}
	}
	return casework.NewGridView(pub, casework.Exact{Trafos: list, Feeders: feeders, Mains: mains}, f.policy), err
}

func (f *fake) GridFor(ctx context.Context, viewer aiqyn.Actor) (*casework.GridView, error) {
	if access.Allowed(viewer.Role, access.ActionSeeExact, access.None).OK {
		open := &fake{pack: f.pack, down: f.down}
		return open.PublicGrid(ctx)
	}
	return f.PublicGrid(ctx)
}

func (f *fake) Scorecard(context.Context, aiqyn.ServiceID) (casework.Scorecard, error) {
	svc, _ := f.pack.Service("energy.connection")
	return casework.Scorecard{Publication: published, Service: svc, Others: []*service.Service{svc}, Network: true, Kept: 97, Silent: casework.Few, Flips: 10, Granted: 810, Refused: 40, Escalated: 10, Rejected: casework.Few, Dearer: casework.Few, Until: deadline.Date{Year: 2026, Month: 10, Day: 31}, Measured: 300, Estimated: 80, Unknown: 32, Owed: 12, Overdue: 3, Withdrawn: 4,
		Odd: grid.Oddities{Generating: []int{12}, GeneratingN: 1, Unrated: []int{101, 102}, UnratedN: 250}}, f.down
}

func (f *fake) Secrecy(context.Context) (casework.SecrecyView, error) {
	one := casework.ClassView{Dated: secrecy.Dated{Classification: secrecy.Classification{
		Subject: secrecy.Subject{Layer: secrecy.Capacity, Attribute: secrecy.Peak}, Class: secrecy.Generalised, Ground: "V1500010403, 5-бап", Issued: deadline.Date{Year: 2026, Month: 4, Day: 20}, Item: "12", Roadmap: "3.1",
		Until: deadline.Date{Year: 2027, Month: 5, Day: 1}, Reviewer: "secrecy-01"}, Entry: 17, At: now}, By: "secrecy-01"}
	view := casework.SecrecyView{Waiting: []casework.ClassView{one}, Ending: f.ending}
	if f.ending == nil {
		view.Ending = view.Waiting
	}
	view.InForce = append(view.InForce, f.ending...)
	for s, d := range f.policy {
		c := one
		c.Subject, c.Class = s, d.Class
		view.InForce = append(view.InForce, c)
	}
	return view, f.down
}

func (f *fake) Reviewers(context.Context, aiqyn.Actor) ([]casework.RosterOfficer, error) {
	return []casework.RosterOfficer{{ID: "auditor-01", Name: "Тексеруші Асан"}, {ID: "overseer-01", Name: "Бақылаушы Айша"}, {ID: "secrecy-01", Name: "Құпия қызметкері"}}, f.down
}

func (f *fake) WishQuestions() []service.Question {
	svc, _ := f.pack.Service("energy.connection")
	return svc.Ask[2:6]
}

func (f *fake) ConnectionPoints(_ context.Context, w casework.Wish) (casework.Wished, error) {
	if w.KW > 10_000 {
		return casework.Wished{}, aiqyn.E(aiqyn.Invalid, "error.answer-range", "min", 1, "max", 10_000).On("kw")
	}
	return casework.Wished{Points: somePoints, Parcel: w.Parcel, At: casework.Spot{X: 300_000, Y: 400_000}, Sources: 1, Needed: 2, Unknown: 2, Days: 90}, f.down
}

// Parcels are a chessboard of plots of 0.0004 by 0.0003 degrees around the transformers.
func (f *fake) parcel(column, row int) casework.ParcelSeen {
	lon, lat := 71.4+float64(column)*0.0004, 51.1+float64(row)*0.0003
	p := casework.ParcelSeen{Plot: registry.Plot{Number: fmt.Sprintf("99-999-%03d-%03d", row, column), Area: 900, Use: "dwelling"}, Middle: tile.At(lon+0.0002, lat+0.00015)}
	for _, corner := range [][2]float64{{0, 0}, {0.00038, 0}, {0.00038, 0.00028}, {0, 0.00028}} {
		p.Ring = append(p.Ring, tile.At(lon+corner[0], lat+corner[1]))
	}
	return p
}

func (f *fake) ParcelAt(_ context.Context, lon, lat float64) (casework.ParcelSeen, error) {
	column, row := int((lon-71.4)/0.0004), int((lat-51.1)/0.0003)
	if lon < 71.4 || lat < 51.1 || column > 100 || row > 100 {
		return casework.ParcelSeen{}, aiqyn.E(aiqyn.NotFound, "error.no-parcel-here", "m", casework.ParcelReach).On("at")
	}
	return f.parcel(column, row), f.down
}

func (f *fake) ParcelsIn(_ context.Context, w casework.Window) (list []casework.ParcelSeen, more bool, err error) {
	if w.Zoom < casework.ParcelZoom {
		return nil, false, f.down
	}
	for i := range 60 {
		list = append(list, f.parcel(45+i%10, 30+i/10))
	}
	return list, true, f.down
}

func (f *fake) ParcelTile(_ context.Context, a tile.Address) ([]byte, error) {
	var list []casework.ParcelSeen
	for i := range 10_000 {
		p := f.parcel(i%100, i/100)
		if p.Middle.Tile(a.Z) == a {
			list = append(list, p)
		}
	}
	return casework.DrawParcels(a, list), f.down
}

func (f *fake) WishApplication(w casework.Wish) (aiqyn.ServiceID, map[string]string) {
	return "energy.connection", map[string]string{"parcel": w.Parcel, "load": strconv.FormatInt(w.KW, 10)}
}

func (f *fake) AllConsidered(ctx context.Context, w casework.Wish, because string) ([]casework.ConsideredPoint, error) {
	view, err := f.ConsideredPoints(ctx, w, because, casework.Page{})
	return view.List.Items, err
}

func (f *fake) ConsideredPoints(_ context.Context, w casework.Wish, because string, p casework.Page) (casework.ConsideredView, error) {
	view := casework.ConsideredView{LoadW: w.KW * 1000, All: 240, Shown: 5, Reasons: []string{grid.BecauseDearer, grid.BecauseCapacity}, Because: map[string]int{grid.BecauseDearer: 200, grid.BecauseCapacity: 35}}
	for _, one := range []string{"", grid.BecauseCapacity, grid.BecauseDearer} {
		if because == "" || because == one {
			view.List.Items = append(view.List.Items, casework.ConsideredPoint{Point: grid.Point{ID: "4017", Bus: 4017, RouteM: 320, Cost: 210_000_000, FreeW: 48_000, Binding: "trafo", Because: one}, Solved: one != grid.BecauseDearer})
		}
	}
	if p.After == "" {
		view.List.Next = "4017"
	}
	return view, f.down
}

// Ground is a chessboard of streets, a transformer at each crossing.
func (f *fake) Ground() *casework.Ground {
	at := func(id int) casework.Spot { return casework.Spot{X: int64(id%23) * 150_000, Y: int64(id/23) * 130_000} }
	g := &casework.Ground{Trafos: map[int]casework.Spot{}, Plane: func(x, y float64) casework.Spot { return casework.Spot{X: int64(x), Y: int64(y)} }}
	g.Bus = func(id int) (casework.Spot, bool) { return at(id), id > 0 }
	for id := range 412 {
		g.Trafos[id] = at(id)
		if id%23 > 0 {
			g.Mains = append(g.Mains, [2]casework.Spot{at(id - 1), at(id)})
		}
	}
	return g
}

var published = casework.Publication{At: now, Day: "2026-11-23", Network: "n", Hash: "ef2d127de37b942baad06145e54b0c619a1f22327b2ebbcfbec78f5564afe39d", Entry: 99, Count: 412}

func (f *fake) Districts() []aiqyn.Text {
	return []aiqyn.Text{{KK: "Теміржол", RU: "Железнодорожный", EN: "Railway"}}
}

func (f *fake) Transformers(_ context.Context, _ aiqyn.Actor, _, name string, p casework.Page) (casework.List[casework.TrafoLine], casework.Publication, error) {
	var list casework.List[casework.TrafoLine]
	if name == "none" {
		return list, published, f.down
	}
	first := 1
	if p.After != "" {
		first, _ = strconv.Atoi(p.After)
	}
	for id := first; id < first+min(12, max(1, p.Limit)); id++ {
		list.Items = append(list.Items, f.trafo(id))
	}
	if first < 20 {
		list.Next = strconv.Itoa(first + 12)
	}
	return list, published, f.down
}

func (f *fake) TransformersOfDay(ctx context.Context, viewer aiqyn.Actor, day string, p casework.Page) (casework.List[casework.TrafoLine], casework.Publication, error) {
	list, pub, err := f.Transformers(ctx, viewer, "", "", p)
	if pub.Day = day; day == "1999-01-01" {
		err = aiqyn.E(aiqyn.NotFound, "error.no-publication", "day", day)
	}
	return list, pub, err
}

func (f *fake) Transformer(_ context.Context, _ aiqyn.Actor, id int) (casework.TrafoLine, casework.Publication, error) {
	if id > 100 {
		return casework.TrafoLine{}, published, aiqyn.E(aiqyn.NotFound, "error.not-found")
	}
	return f.trafo(id), published, nil
}
