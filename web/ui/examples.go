package ui

import (
	"slices"
	"time"

	"aiqyn"
	"aiqyn/locale"
)

// Example is one component with data: what the style page shows and the tests
// hold against the golden file beside the template.
type Example struct {
	Group, Component, Name string
	Data                   any
	// Alone keeps it off the style page: it brings the heading of a page.
	Alone bool
	// Wide leaves it to the component's own page: the style page has a limit.
	Wide bool
}

// Groups are what components are for, in the order of the style page.
var Groups = []string{"ask", "tell", "list", "picture"}

// Examples lists every component at least once, with texts in a language; t is
// a text of the catalogue in it.
func Examples(lang aiqyn.Lang, t func(key string, args ...any) string) []Example {
	w := words{lang, t}
	return slices.Concat(
		group("ask", slices.Concat(askExamples(w), signatureExamples(w))), group("tell", slices.Concat(tellExamples(w), frameExamples(w))), group("list", listExamples(w)), group("picture", pictureExamples(w)),
	)
}

// words is the language of the examples.
type words struct {
	lang aiqyn.Lang
	t    func(key string, args ...any) string
}

// in is a text that only examples have.
func (w words) in(kk, ru, en string) string { return aiqyn.Text{KK: kk, RU: ru, EN: en}.In(w.lang) }

func (w words) href(parts ...any) string { return Href(w.lang, parts...) }

func group(name string, list []Example) []Example {
	for i := range list {
		list[i].Group = name
	}
	return list
}

// exampleTime is when the examples happen: a Monday morning in Almaty.
var exampleTime = time.Date(2026, 11, 23, 10, 15, 0, 0, locale.Zone)

func exampleLoad(w words, name string) Input {
	return Input{Name: name, Label: w.in("Қанша қуат керек?", "Какая мощность нужна?", "How much power do you need?"),
		Suffix: w.in("кВт", "кВт", "kW"), Mode: "numeric", Width: "5"}
}

func askExamples(w words) []Example {
	load, alone, asked := exampleLoad(w, "load"), exampleLoad(w, "load"), exampleLoad(w, "asked")
	alone.Heading = true
	load.Value, load.Error = w.in("көп", "много", "a lot"), w.in("Киловатты бүтін санмен жазыңыз", "Напишите целое число киловатт", "Write a whole number of kilowatts")
	load.Hint = w.in("Үйге әдетте 10 кВт жетеді", "Для дома обычно хватает 10 кВт", "For a house, 10 kW is usual")
	yes, no := w.in("Иә", "Да", "Yes"), w.in("Жоқ", "Нет", "No")
	photo := w.in("Фотосурет", "Фотография", "Photograph")
	law := w.in("№ 143 қағидалар, 8-тармақ", "Правила № 143, пункт 8", "Rules No. 143, paragraph 8")
	return []Example{
		{Component: "question", Name: "kilowatts", Data: Question{Action: w.href("apply", "energy.connection", "questions", "load"),
			Caption: w.in("Электр желісіне қосылу", "Подключение к электросети", "Power connection"),
			Field:   Field{Input: &asked}, Law: law, Hidden: []Hidden{{"from", "check"}}}},
		{Component: "input", Name: "kilowatts", Data: alone, Alone: true},
		{Component: "input", Name: "error", Data: load},
		{Component: "textarea", Name: "empty", Data: Textarea{Name: "text", Label: w.in("Не айтқыңыз келеді?", "Что вы хотите сказать?", "What do you want to say?")}},
		{Component: "upload", Name: "empty", Data: Upload{Name: "photo", Label: photo, Accept: "image/jpeg,image/png", Hint: w.in("JPEG немесе PNG, 20 МБ дейін", "JPEG или PNG, до 20 МБ", "JPEG or PNG, up to 20 MB")}},
		{Component: "upload", Name: "sent", Data: Upload{Name: "second", Label: photo, Parts: w.href("design"), Kept: "sha256:6b86b273ff34fce19d6b804eff5a3f5747ada4eaa22f1d49c01e52ddb7875b4b"}, Wide: true},
		{Component: "radios", Name: "choice", Data: Radios{Name: "category", Label: w.in("Сенімділік санаты", "Категория надёжности", "Reliability category"), Options: []Option{
			{Value: "I", Label: w.in("Бірінші", "Первая", "First"), Hint: w.in("Ауруханалар", "Больницы", "Hospitals")}, {Value: "III", Label: w.in("Үшінші", "Третья", "Third"), Checked: true}}}},
		{Component: "radios", Name: "error", Data: Radios{Name: "temporary", Label: w.in("Уақытша ма?", "Это временно?", "Is it temporary?"),
			Error:   w.in("Иә немесе жоқ дегенді таңдаңыз", "Выберите: да или нет", "Choose yes or no"),
			Options: []Option{{Value: "yes", Label: yes}, {Value: "no", Label: no}}}},
		{Component: "date-input", Name: "filled", Data: DateInput{Name: "until", Label: w.in("Қай күнге дейін?", "До какого дня?", "Until when?"), Day: "5", Month: "12", Year: "2026"}},
		{Component: "select", Name: "district", Data: Select{Name: "region", Label: w.in("Аудан", "Район", "District"), Options: []Option{
			{Label: w.in("Барлығы", "Все", "All")}, {Value: "1", Label: w.in("Алмалы", "Алмалинский", "Almaly"), Checked: true}}}},
		{Component: "passkey", Name: "get", Data: Passkey{Kind: "get", Options: `{"challenge":"AAAA","rpId":"example.kz"}`, Ceremony: "sealed", Label: w.t("web.passkey.sign-in")}},
		{Component: "error-summary", Name: "two", Data: []FieldError{{"load", load.Error}, {"", w.in("Тағы бір қате бар", "Есть ещё одна ошибка", "Something else is wrong")}}},
	}
}

// frameExamples are of what stands around every page, the style page too: there they are
// seen, and here by themselves.
func frameExamples(w words) []Example {
	citizen := &Layout{Lang: w.lang, Path: "cases", Section: "cases", Own: true, Who: w.in("Айгүл С.", "Айгуль С.", "Aigul S.")}
	officer := &Layout{Lang: w.lang, Path: "desk", Section: "inbox", Desk: true, Who: w.in("Бекзат О.", "Бекзат О.", "Bekzat O.")}
	return []Example{
		{Component: "header", Name: "citizen", Data: citizen, Wide: true}, {Component: "header", Name: "officer", Data: officer, Wide: true},
		{Component: "footer", Name: "all", Data: citizen, Wide: true},
	}
}

func tellExamples(w words) []Example {
	granted := w.in("Берілді", "Выдано", "Granted")
	filed := Moment{At: exampleTime, What: w.in("Өтініш берілді", "Заявление подано", "Application filed"), Who: w.in("өтініш беруші", "заявитель", "applicant"),
		Text:  w.in("Мерзім есебі басталды.", "Срок пошёл.", "The clock started."),
		Proof: &Proof{Href: w.href("ledger", 17), Entry: 17, Level: Tag{"good", w.in("Куәлар растады", "Подтверждено свидетелями", "Witnessed")}}}
	next := Moment{What: w.in("Тексеріп қарау", "Обследование", "Survey"), Next: true, Who: w.in("тексеруші", "обследователь", "surveyor")}
	return []Example{
		{Component: "tag", Name: "good", Data: Tag{"good", granted}},
		{Component: "panel", Name: "done", Data: Panel{Kind: "good", Title: filed.What, Caption: w.in("Нөмірі", "Его номер", "Its number is"), Reference: "AQ-7K2M-9F3D", Inner: true}},
		{Component: "price", Name: "owing", Data: Price{Kind: "warn", Title: w.t("web.pay.owing", "sum", locale.Money(w.lang, 2_500_000))}},
		{Component: "other-side", Name: "there", Data: OtherSide{Kind: "good", Title: w.t("web.otherlog.sent", "log", w.in("Оңтүстік", "Юг", "The South")),
			Texts: []string{w.t("web.otherlog.sent-text", "log", w.in("Оңтүстік", "Юг", "The South"))}, Rows: []Row{{Key: w.t("web.otherlog.ref-there"), Value: "AQ-7K2M-9F3D"}}}},
		{Component: "notice", Name: "good", Data: Notice{Kind: "good", Title: w.in("Сақталды", "Сохранено", "Saved"), Text: w.in("Жауабыңыз сақталды.", "Ваш ответ сохранён.", "Your answer is kept.")}},
		{Component: "clock", Name: "running", Data: Clock{Figure: "3", Title: w.in("Жауап 2026 жылғы 5 желтоқсанға дейін беріледі", "Ответ – до 5 декабря 2026 года", "Answer by 5 December 2026"),
			Left: w.in("3 жұмыс күні қалды", "осталось 3 рабочих дня", "3 working days left"), Why: []string{w.in("1 желтоқсан – демалыс күні", "1 декабря – выходной день", "1 December is a holiday")}}},
		{Component: "clock", Name: "late", Data: Clock{Figure: "2", Title: w.in("Жауап 2026 жылғы 5 желтоқсанда берілуі тиіс еді", "Ответ должны были дать 5 декабря 2026 года", "The answer was due on 5 December 2026"),
			Left: w.in("2 жұмыс күніне кешікті", "опоздание на 2 рабочих дня", "2 working days late"), State: "late"}, Wide: true},
		{Component: "road", Name: "half", Data: Road{Total: w.t("web.road.so-far", "n", 12), Stops: []Stop{
			{Title: w.in("Шарт жасасу", "Заключение договора", "Making the contract"), Who: w.t("role.applicant"), State: Tag{"good", w.t("web.road.done")}, When: w.in("3 желтоқсан", "3 декабря", "3 December"), Days: w.t("web.road.days", "n", 2), Href: w.href("services")},
			{Title: w.in("Құрылғыларды тексеру", "Осмотр электроустановки", "Inspection"), Who: w.t("role.surveyor"), State: Tag{"todo", w.t("web.road.now")}, When: w.in("10 желтоқсанға дейін", "до 10 декабря", "by 10 December"), Now: true},
			{Title: w.in("Кернеу беру", "Подача напряжения", "Energising"), Who: w.t("role.engineer"), State: Tag{"", w.t("web.road.next")}}}}},
		{Component: "timeline", Name: "two", Data: []Moment{next, filed}},
		{Component: "tasks", Name: "states", Data: []Task{
			{Href: w.href("services"), Title: w.in("Жер учаскесі", "Земельный участок", "Parcel"), Status: Tag{"good", w.in("Дайын", "Готово", "Done")}},
			{Href: w.href("services"), Title: w.in("Қуат", "Мощность", "Power"), Status: Tag{"todo", w.in("Басталмаған", "Не начато", "Not started")}},
			{Title: w.in("Тексеріп, жіберу", "Проверить и отправить", "Check and send"), Status: Tag{"", w.in("Әзірге мүмкін емес", "Пока нельзя", "Cannot start yet")}}}},
		{Component: "summary", Name: "answers", Data: []Row{{Key: w.in("Қуат", "Мощность", "Power"), Value: locale.Kilowatt(w.lang, 150_000), Change: w.href("services")},
			{Key: w.in("Берілді", "Подано", "Filed"), Value: w.in("бүгін", "сегодня", "today"), Note: w.in("сіз бердіңіз", "вами", "by you")}}},
		{Component: "facts", Name: "service", Data: exampleFacts(w)},
		{Component: "diff", Name: "row", Data: Diff{Was: "2026-11", Now: "2026-12", Groups: Compare(
			[]DiffItem{{ID: "t", What: w.in("Мерзім", "Срок", "Term"), Text: w.in("2 күн", "2 дня", "2 days")}}, []DiffItem{{ID: "t", What: w.in("Мерзім", "Срок", "Term"), Text: w.in("3 күн", "3 дня", "3 days")}}, w.t)}},
		{Component: "diff", Name: "versions", Data: exampleDiff(w), Wide: true},
		{Component: "diff", Name: "same", Data: Diff{Empty: Empty{Text: w.t("web.versions.unseen")}}, Wide: true},
		{Component: "kiosk", Name: "bar", Data: Kiosk{Over: w.href("design"), Idle: 120, Warn: 30}},
		{Component: "ticket", Name: "filed", Data: Ticket{Reference: "AQ-7K2M-9F3D", Title: w.in("Электр желісіне қосылу", "Подключение к электросети", "Power connection"),
			By: w.in("Жауап 2026 жылғы 5 желтоқсанға дейін беріледі", "Ответ – до 5 декабря 2026 года", "Answer by 5 December 2026"), Address: "aiqyn.example/kk/cases/AQ-7K2M-9F3D"}},
		{Component: "evidence", Name: "case", Data: Evidence{File: w.href("design"), Name: "aiqyn-AQ-7K2M-9F3D.zip", Entries: 17}},
		{Component: "paper", Name: "conditions", Data: Paper{File: w.href("design"), Href: w.href("design"), Check: "https://aiqyn.example/kk/check/103/00112233445566778899", Code: exampleCode}},
		{Component: "files", Name: "two", Data: []File{
			{Href: w.href("design"), Title: w.in("Фотосурет, №1", "Фотография № 1", "Photograph No. 1"), What: "JPEG, 4000 × 3000, 3 MB", Says: "2026-11-23 10:15:00 · 51.12820, 71.43040"},
			{Title: w.in("Құжат, №2", "Документ № 2", "Document No. 2"), What: "PDF, 2 MB", Alike: []Link{{w.href("design"), "AQ-7K2M-9F3D"}}}}},
		{Component: "receipt", Name: "recorded", Data: Receipt{Level: Tag{"good", w.in("Жазылды", "Записано", "Recorded")},
			Rows: []Row{{Key: w.in("Жазба", "Запись", "Entry"), Value: "17"}}, File: w.href("verify"), Paper: w.href("verify")}},
	}
}

func exampleDiff(w words) Diff {
	terms, reasons := w.t("web.versions.terms"), w.t("web.versions.refusals")
	survey, parcel := w.in("Тексеріп қарау", "Обследование", "Survey"), w.in("Учаскеге құқығыңыз жоқ", "У вас нет права на участок", "You have no right to the parcel")
	return Diff{Caption: w.t("web.versions.what", "version", "2026-12"), Was: "2026-11", Now: "2026-12", Groups: Compare(
		[]DiffItem{{Group: terms, ID: "survey", What: survey, Text: w.in("2 жұмыс күні, тексеруші", "2 рабочих дня, обследователь", "2 working days, surveyor")},
			{Group: reasons, ID: "far", What: w.in("Желі тым алыс", "Сеть слишком далеко", "The network is too far"), Text: w.in("ең көбі 300 м", "не дальше 300 м", "at most 300 m")}},
		[]DiffItem{{Group: terms, ID: "survey", What: survey, Text: w.in("3 жұмыс күні, тексеруші", "3 рабочих дня, обследователь", "3 working days, surveyor")},
			{Group: reasons, ID: "no-right", What: parcel, Text: w.in("Құқығыңызды тіркеңіз", "Зарегистрируйте право", "Have your right registered")}}, w.t)}
}

func exampleFacts(w words) []Fact {
	return []Fact{{w.in("Жауап мерзімі", "Ответ в течение", "Answer within"), w.in("5 жұмыс күні", "5 рабочих дней", "5 working days")},
		{w.in("Бағасы", "Стоит", "Costs"), locale.Money(w.lang, 0)}}
}
