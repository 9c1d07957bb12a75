package ui

import "aiqyn/locale"

func listExamples(w words) []Example {
	lang := w.lang
	return []Example{
		{Component: "filter", Name: "set", Data: exampleFilter(w)},
		{Component: "list", Name: "two", Data: exampleList(w)},
		{Component: "list", Name: "nothing", Data: List{Empty: Empty{Text: w.in("Мұндай трансформатор табылмады.", "Такой трансформатор не найден.", "No such transformer was found.")}}},
		{Component: "pager", Name: "both", Data: Pager{First: w.href("capacity"), Next: w.href("capacity") + "?after=7"}},
		{Component: "empty", Name: "cases", Data: Empty{Text: w.in("Сізде өтініш жоқ.", "У вас нет заявлений.", "You have no applications."),
			Action: &Link{w.href("services"), w.in("Қызмет табу", "Найти услугу", "Find a service")}}},
		{Component: "cards", Name: "one", Data: []Card{{Href: w.href("services"), Title: w.in("Электр желісіне қосылу", "Подключение к электросети", "Power connection"),
			Summary: w.in("Техникалық шарттар беріледі.", "Вы получите технические условия.", "You get technical conditions."), Facts: exampleFacts(w)}}},
		{Component: "capacity-bar", Name: "half", Data: CapacityBar{Label: w.in("400 кВт-тың 200-і бос емес", "занято 200 из 400 кВт", "200 of 400 kW taken"), Used: 40, Kept: 10}},
		{Component: "points", Name: "two", Data: []Point{
			{Name: "ТП-17", Route: locale.Distance(lang, 120), Cost: locale.Money(lang, 45_000_000), Free: locale.Kilowatt(lang, 180_000), Limit: w.in("кернеу", "напряжение", "voltage"),
				Why: w.in("ең арзаны", "самая дешёвая", "cheapest"), Chosen: true},
			{Name: "ТП-18", Route: locale.Distance(lang, 2000), Cost: "–", Free: locale.Kilowatt(lang, 20_000), Limit: w.in("кабель", "кабель", "cable"),
				Why: w.in("жүктемені көтермейді", "не выдержит нагрузки", "cannot take the load")}}},
		{Component: "source", Name: "capacity", Data: Source{At: exampleTime, Method: w.in("Желі бойынша есептелген.", "Рассчитано по сети.", "Computed from the network."),
			Limits: w.in("Бұл уәде емес.", "Это не обещание.", "Not a promise."), Entry: w.href("ledger", 17), Hash: "6b86b273ff34fce1"}},
	}
}

func exampleFilter(w words) Filter {
	return Filter{
		Action: w.href("capacity"), Reset: w.href("capacity"), Inputs: []Input{{Name: "name", Label: w.in("Атауы", "Название", "Name"), Value: "17"}},
		Selects: []Select{{Name: "district", Label: w.in("Аудан", "Район", "District"), Options: []Option{
			{Label: w.in("Барлығы", "Все", "All")}, {Value: "1", Label: w.in("Алмалы", "Алмалинский", "Almaly"), Checked: true}}}},
	}
}

func exampleList(w words) List {
	taken := func(used, kept int) *CapacityBar {
		return &CapacityBar{Label: w.in("бос емес бөлігі", "занятая часть", "part that is taken"), Used: used, Kept: kept}
	}
	return List{
		Caption: w.in("Бос қуат", "Свободная мощность", "Free capacity"), Total: w.in("Тізімде 2 жолдан көп", "В списке больше 2 строк", "More than 2 rows in the list"),
		Files: []Link{{w.href("capacity.csv"), "CSV"}, {w.href("capacity.xlsx"), "XLSX"}},
		Columns: []Column{{Title: w.in("Трансформатор", "Трансформатор", "Transformer"), Head: true}, {Title: w.in("Бос", "Свободно", "Free"), Unit: w.in("кВт", "кВт", "kW"), Number: true},
			{Title: w.in("Бос емес", "Занято", "Taken")}, {Title: w.in("Негізі", "Основание", "Based on")}, {Title: w.in("Қалғаны", "Осталось", "Left")}},
		Rows: []Line{
			{Cells: []Cell{{Text: "ТП-17", Href: w.href("capacity"), Note: w.in("Алмалы", "Алмалинский", "Almaly")}, {Text: "180"}, {Bar: taken(40, 0)},
				{Tag: &Tag{"good", w.in("өлшенген", "измерено", "measured")}}, {Text: w.in("2 күнге кешікті", "опоздание на 2 дня", "2 days late"), Mark: "late"}}},
			{Cells: []Cell{{Text: "ТП-18", Href: w.href("capacity"), Law: w.in("№ 143 қағидалар", "Правила № 143", "Rules No. 143")}, {}, {Bar: taken(80, 10)},
				{Tag: &Tag{"", w.in("белгісіз", "неизвестно", "unknown")}}, {Text: "6b86b273", Code: true}}},
		},
		Pager: Pager{Next: w.href("capacity") + "?after=18"},
	}
}
