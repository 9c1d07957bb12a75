package simulate

import (
	"strings"

	"aiqyn"
)

// Names are the given names and surnames of the country, common ones in
// combinations of our own.
var Names = struct {
	MaleKK, FemaleKK, MaleRU, FemaleRU []Spelling
	SurnamesKK, SurnamesRU             []Spelling
	Fathers                            []Patronymic // of Russian form
}{
	MaleKK: spellings(`Айбек Айдар Айдос Алмас Арман Асан Асқар Асылбек Бақытжан Бауыржан Бекзат Берік Болат
		Ғалым Дәулет Дәурен Данияр Дархан Досжан Ерасыл Ербол Ерлан Ержан Еркебұлан Жандос Жасұлан
		Қайрат Қанат Қуаныш Мақсат Марат Медет Мейіржан Мұрат Мұхтар Нұрбол Нұржан Нұрлан Нұрсұлтан Олжас
		Өміржан Рүстем Руслан Санжар Серік Сұңқар Талғат Темірлан Тілек Тимур Ұлан Үмітжан Шыңғыс Ілияс
		Әділ Әлихан`),
	FemaleKK: spellings(`Айгерім Айгүл/Айгуль Айдана Айжан Айнұр Айым Ақбота Ақмарал Алтынай Анар Аружан Асель
		Әйгерім Әсем Әсия Бақыт Балжан Баян Ботакөз Гаухар Гүлмира/Гульмира Гүлнар/Гульнар Дана Дариға Дина Динара
		Еркежан Жанар Жанна Жансая Жібек Зарина Зере Инкар Қарлығаш Қымбат Қызғалдақ Ләззат Мадина Меруерт
		Мөлдір Назгүл/Назгуль Назерке Нұргүл/Нургуль Перизат Раушан Сабина Салтанат Сандуғаш Сәуле Толғанай Томирис
		Ұлжан Шолпан`),
	MaleRU: spellings(`Александр Алексей Андрей Антон Артём Виктор Владимир Денис Дмитрий Евгений Иван Игорь
		Константин Максим Михаил Николай Олег Павел Роман Сергей Юрий`),
	FemaleRU: spellings(`Александра Алина Анастасия Анна Валентина Виктория Дарья Екатерина Елена Ирина Ксения
		Любовь Мария Наталья Оксана Ольга Полина Светлана Татьяна Юлия Яна`),
	SurnamesKK: spellings(`Ахметов Байжанов Баймағамбетов Бейсенов Бекмұхамбетов Досжанов Есенов Есімов Ермеков
		Жақсыбеков Жүнісов Жұмабаев Ибрагимов Кенжебаев Қабдолов Қалиев Қасымов Қожахметов Қуанышев
		Мұқанов Мұсабеков Мырзахметов Нұрғалиев Нұрпейісов Омаров Оразбаев Оспанов Рахымжанов Сағынтаев
		Сапаров Сәдуақасов Сейітов Серікбаев Смағұлов Сүлейменов Тілеубаев Тоқтаров Төлегенов Ысқақов/Искаков
		Шәкенов Шәріпов Әбдірахманов/Абдрахманов Әлімжанов Әубәкіров/Аубакиров`),
	SurnamesRU: spellings(`Иванов Петров Сидоров Кузнецов Попов Васильев Соколов Михайлов Новиков Фёдоров Морозов
		Волков Лебедев Козлов Степанов Ким Ли Цой Пак Шмидт Вагнер Бондаренко Шевченко Коваленко Ткаченко
		Хакимов Юсупов Гарипов`),
	Fathers: patronymics(`Александр:Александрович:Александровна Алексей:Алексеевич:Алексеевна
		Андрей:Андреевич:Андреевна Антон:Антонович:Антоновна Виктор:Викторович:Викторовна
		Владимир:Владимирович:Владимировна Денис:Денисович:Денисовна Дмитрий:Дмитриевич:Дмитриевна
		Евгений:Евгеньевич:Евгеньевна Иван:Иванович:Ивановна Игорь:Игоревич:Игоревна
		Максим:Максимович:Максимовна Михаил:Михайлович:Михайловна Николай:Николаевич:Николаевна
		Олег:Олегович:Олеговна Павел:Павлович:Павловна Роман:Романович:Романовна Сергей:Сергеевич:Сергеевна
		Юрий:Юрьевич:Юрьевна Артём:Артёмович:Артёмовна Константин:Константинович:Константиновна`),
}

// Spelling is one name as it is written in Kazakh and in Russian.
type Spelling struct{ KK, RU string }

// Patronymic is a father's name with what his son and daughter carry.
type Patronymic struct{ Father, Son, Daughter string }

// Text gives the name in all three languages.
func (s Spelling) Text() aiqyn.Text { return aiqyn.Text{KK: s.KK, RU: s.RU, EN: latin(s.KK)} }

// spellings reads a list of names; where Russian custom differs from a plain
// change of letters, it follows a stroke.
func spellings(list string) []Spelling {
	var out []Spelling
	for _, word := range strings.Fields(list) {
		kk, ru, given := strings.Cut(word, "/")
		if !given {
			ru = russian(kk)
		}
		out = append(out, Spelling{kk, ru})
	}
	return out
}

func patronymics(list string) []Patronymic {
	var out []Patronymic
	for _, word := range strings.Fields(list) {
		p := strings.Split(word, ":")
		out = append(out, Patronymic{p[0], p[1], p[2]})
	}
	return out
}

// feminine gives a surname its woman's form.
func feminine(surname Spelling) Spelling {
	for _, end := range []string{"ов", "ев", "ёв", "ин"} {
		if strings.HasSuffix(surname.RU, end) {
			return Spelling{surname.KK + "а", surname.RU + "а"}
		}
	}
	return surname
}

var (
	toRussian = strings.NewReplacer("Ә", "А", "ә", "а", "Ғ", "Г", "ғ", "г", "Қ", "К", "қ", "к", "Ң", "Н", "ң", "н",
		"Ө", "О", "ө", "о", "Ұ", "У", "ұ", "у", "Ү", "У", "ү", "у", "Һ", "Х", "һ", "х", "І", "И", "і", "и")
	toLatin = strings.NewReplacer("А", "A", "а", "a", "Ә", "A", "ә", "a", "Б", "B", "б", "b", "В", "V", "в", "v",
		"Г", "G", "г", "g", "Ғ", "G", "ғ", "g", "Д", "D", "д", "d", "Е", "E", "е", "e", "Ё", "Yo", "ё", "yo",
		"Ж", "Zh", "ж", "zh", "З", "Z", "з", "z", "И", "I", "и", "i", "Й", "I", "й", "i", "К", "K", "к", "k",
		"Қ", "Q", "қ", "q", "Л", "L", "л", "l", "М", "M", "м", "m", "Н", "N", "н", "n", "Ң", "N", "ң", "n",
		"О", "O", "о", "o", "Ө", "O", "ө", "o", "П", "P", "п", "p", "Р", "R", "р", "r", "С", "S", "с", "s",
		"Т", "T", "т", "t", "У", "U", "у", "u", "Ұ", "U", "ұ", "u", "Ү", "U", "ү", "u", "Ф", "F", "ф", "f",
		"Х", "Kh", "х", "kh", "Һ", "H", "һ", "h", "Ц", "Ts", "ц", "ts", "Ч", "Ch", "ч", "ch", "Ш", "Sh", "ш", "sh",
		"Щ", "Sh", "щ", "sh", "Ъ", "", "ъ", "", "Ы", "Y", "ы", "y", "І", "I", "і", "i", "Ь", "", "ь", "",
		"Э", "E", "э", "e", "Ю", "Yu", "ю", "yu", "Я", "Ya", "я", "ya")
)

// russian writes Kazakh letters as Russian papers do.
func russian(kk string) string { return toRussian.Replace(kk) }

// latin writes a name for readers of English.
func latin(kk string) string { return toLatin.Replace(kk) }
