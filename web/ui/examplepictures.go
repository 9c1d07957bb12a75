package ui

import (
	"math"
	"time"

	"aiqyn/locale"
	"aiqyn/web/ui/atlas"
	"aiqyn/web/ui/chart"
)

func pictureExamples(w words) []Example {
	return []Example{
		{Component: "chart", Name: "line", Data: *NewChart(exampleLine(w))},
		{Component: "chart", Name: "bar", Data: *NewChart(exampleBar(w))},
		{Component: "chart", Name: "funnel", Wide: true, Data: *NewChart(exampleFunnel(w))},
		{Component: "chart", Name: "timeline", Data: *NewChart(exampleTimeline(w))},
		{Component: "chart", Name: "heat", Data: *NewChart(exampleHeat(w))},
		{Component: "atlas", Name: "points", Data: *exampleMap(w)},
		{Component: "live-map", Name: "start", Data: LiveMap{Tiles: "/tiles/capacity", Tag: "ef2d127de37b942b", At: "70.95,50.93", Box: "70.9,50.9,71,50.96", Page: w.href("capacity"), Now: "/api/v1/capacity", Plots: "/tiles/parcels", PlotAt: "/api/v1/parcels", PlotZoom: 16, Words: `{"title":"` + w.in("Бос қуат картасы", "Карта свободной мощности", "Map of free power") + `","keys":""}`}},
	}
}

func (w words) frame(id, title string) chart.Frame {
	return chart.Frame{ID: id, Title: title, Lang: w.lang, T: w.t}
}

func exampleLine(w words) chart.Figure {
	l := chart.Line{Frame: w.frame("chart-line", w.in("ТП-17: бос қуат", "ТП-17: свободная мощность", "TP-17: free capacity")),
		Unit: w.in("кВт", "кВт", "kW"), Axis: w.in("Күні", "День", "Day"),
		Lines: []chart.Series{{Name: w.in("Бос", "Свободно", "Free")}, {Name: w.in("Сақталған", "Зарезервировано", "Reserved")}}}
	free := []float64{180, 180, 180, 168, 168, 150, 150, 150, math.NaN(), 120, 120, 96}
	for i, v := range free {
		at := exampleTime.AddDate(0, 0, i-len(free))
		l.Points = append(l.Points, locale.Date(w.lang, at))
		l.Lines[0].Values = append(l.Lines[0].Values, v)
		l.Lines[1].Values = append(l.Lines[1].Values, 200-v)
	}
	l.Ends = [2]string{locale.DayMonth(w.lang, exampleTime.AddDate(0, 0, -len(free))), locale.DayMonth(w.lang, exampleTime.AddDate(0, 0, -1))}
	return l.Draw()
}

func exampleBar(w words) chart.Figure {
	return chart.Bar{Frame: w.frame("chart-bar", w.in("Өтініштер немен аяқталды", "Чем закончились заявления", "What became of applications")),
		Axis: w.in("Нәтиже", "Результат", "Outcome"), Whole: w.in("Өтініштер", "Заявлений", "Applications"), Part: w.in("Дәлелденгені", "Из них доказано", "Of them proven"),
		Bars: []chart.Item{{Name: w.in("Берілді", "Выдано", "Granted"), Whole: 3345, Part: 3120}, {Name: w.in("Бас тартылды", "Отказано", "Refused"), Whole: 412, Part: 300},
			{Name: w.in("Өтініш беруші қайтарып алды", "Отозвано заявителем", "Withdrawn by the applicant"), Whole: 88}}}.Draw()
}

func exampleFunnel(w words) chart.Figure {
	f := chart.Funnel{Frame: w.frame("chart-funnel", w.in("Аудандар бойынша бас тарту үлесі", "Доля отказов по районам", "Share of refusals by district")),
		Axis: w.in("Аудан", "Район", "District"), Cases: w.in("Өтініштер", "Заявлений", "Applications"), Events: w.in("Бас тарту", "Отказов", "Refusals")}
	names := []string{w.in("Алмалы", "Алмалинский", "Almaly"), w.in("Әуезов", "Ауэзовский", "Auezov"), w.in("Бостандық", "Бостандыкский", "Bostandyk"),
		w.in("Жетісу", "Жетысуский", "Zhetysu"), w.in("Медеу", "Медеуский", "Medeu"), w.in("Наурызбай", "Наурызбайский", "Nauryzbay"), w.in("Түрксіб", "Турксибский", "Turksib")}
	for i, n := range [][2]int{{41, 412}, {60, 633}, {22, 240}, {31, 118}, {9, 96}, {4, 61}, {19, 351}} {
		f.Units = append(f.Units, chart.Unit{Name: names[i], Events: n[0], N: n[1]})
	}
	return f.Draw()
}

func exampleTimeline(w words) chart.Figure {
	day := func(n int) time.Time { return exampleTime.AddDate(0, 0, n) }
	return chart.Timeline{Frame: w.frame("chart-timeline", w.in("Істің барысы", "Ход дела", "Course of the case")), Axis: w.in("Қадам", "Шаг", "Step"), Now: day(9),
		Spans: []chart.Span{
			{Name: w.in("Тексеріп қарау", "Обследование", "Survey"), From: day(0), To: day(3), Due: day(2), Kind: "late"},
			{Name: w.in("Тоқтап тұрды: тізілім істемеді", "Срок стоял: реестр не работал", "Clock stood: register down"), From: day(3), To: day(5), Kind: "still"},
			{Name: w.in("Техникалық шарттар", "Технические условия", "Technical conditions"), From: day(5), Due: day(10)},
		}}.Draw()
}

func exampleHeat(w words) chart.Figure {
	h := chart.Heat{Frame: w.frame("chart-heat", w.in("Аптаның күндері мен сағаттар бойынша өтініштер", "Заявления по дням недели и часам", "Applications by weekday and hour")),
		Axis: w.in("Күн", "День", "Day"), Columns: []string{"8–10", "10–12", "12–14", "14–16", "16–18"}}
	h.Desc = w.in("Ең көбі – дүйсенбі күні 10–12 аралығында: 61 өтініш.", "Больше всего в понедельник с 10 до 12: 61 заявление.", "Most on Mondays from 10 to 12: 61 applications.")
	for i, values := range [][]int64{{22, 61, 40, 33, 12}, {18, 44, 31, 29, 9}, {15, 40, 28, 0, 4}} {
		h.Rows = append(h.Rows, chart.HeatRow{Name: locale.Weekday(w.lang, time.Weekday(i+1)), Values: values})
	}
	return h.Draw()
}

func exampleMap(w words) *Map {
	object, can := w.in("Сіздің учаскеңіз", "Ваш участок", "Your parcel"), w.in("қосуға болады", "можно подключить", "can be connected")
	m := atlas.Map{ID: "map-points", Title: w.in("Учаске мен қосылу нүктелері", "Участок и точки подключения", "The parcel and the connection points"),
		Desc:  w.in("Екі көше және төрт белгі.", "Две улицы и четыре отметки.", "Two streets and four marks."),
		Mains: [][2]atlas.Spot{{{X: 0, Y: 0}, {X: 600, Y: 40}}, {{X: 600, Y: 40}, {X: 900, Y: 400}}, {{X: 300, Y: 20}, {X: 280, Y: 500}}},
		Area:  []atlas.Spot{{X: 420, Y: 240}, {X: 520, Y: 250}, {X: 510, Y: 330}, {X: 415, Y: 320}},
		Places: []atlas.Place{
			{Spot: atlas.Spot{X: 465, Y: 285}, Kind: "object", Name: object, Label: true},
			{Spot: atlas.Spot{X: 300, Y: 20}, Kind: "chosen", Name: "ТП-17", Note: locale.Kilowatt(w.lang, 180_000), Href: w.href("capacity"), Label: true},
			{Spot: atlas.Spot{X: 600, Y: 40}, Kind: "good", Name: "ТП-21", Label: true},
			{Spot: atlas.Spot{X: 280, Y: 500}, Kind: "bad", Name: "ТП-18", Label: true},
		}}
	return NewMap(m.Draw(), map[string]string{"object": object, "chosen": w.in("ең арзаны", "самая дешёвая", "cheapest"), "good": can,
		"bad": w.in("қосуға болмайды", "нельзя подключить", "cannot be connected")}, Link{w.href("capacity"), w.in("Дәл осы тізім түрінде", "То же списком", "The same as a list")})
}
