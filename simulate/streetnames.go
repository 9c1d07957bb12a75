package simulate

import (
	"fmt"
	"strings"

	"aiqyn"
)

// arterialNames are given to the wide streets first, streetNames to the rest.
var (
	arterialNames = streetList(`Абай|Абая; Абылай хан|Абылай хана; Достық; Бейбітшілік; Ұлы Дала; Тәуелсіздік;
		Жібек жолы; Қабанбай батыр|Кабанбай батыра; Мәңгілік Ел; Сарыарқа; Тұран; Республика|Республики;
		Төле би; Сығанақ`)
	streetNames = streetList(`Ақан сері; Біржан сал|Биржан сала; Жамбыл|Жамбыла; Құрманғазы; Мұхтар Әуезов|Мухтара Ауэзова;
		Қаныш Сәтбаев|Каныша Сатпаева; Шоқан Уәлиханов|Чокана Валиханова; Ыбырай Алтынсарин|Ибрая Алтынсарина;
		Бауыржан Момышұлы|Бауыржана Момышулы; Бөгенбай батыр|Богенбай батыра; Әйтеке би; Қажымұқан|Кажымукана;
		Бұқар жырау; Кенесары; Наурыз; Желтоқсан; Ақжайық; Алатау; Алтай; Балқаш|Балхаш; Бурабай; Есіл; Ертіс|Иртыш;
		Көкшетау; Қаратау; Марқакөл; Отырар; Сарайшық; Тараз; Түркістан|Туркестан; Ұлытау; Хан Тәңірі; Шарын; Жетісу;
		Мойынқұм; Тобыл|Тобол; Торғай|Тургай; Нұра; Қайнар; Самал; Жұлдыз; Арман; Болашақ; Береке; Бірлік; Жайлау;
		Көктем; Өрнек; Шаттық; Ырыс; Жеруйық; Гүлдер; Мектеп; Теміржолшылар; Құрылысшылар; Диқан; Балауса; Шұғыла;
		Таңшолпан; Ақбұлақ; Қарлығаш; Алмалы; Тұлпар; Қыран; Самұрық; Көкпар; Тайбурыл; Домбыра; Қобыз; Ақсұңқар`)
)

// streetList reads names as Kazakh has them, with the Russian form after a bar
// where it is more than a change of letters.
func streetList(list string) []Spelling {
	var out []Spelling
	for item := range strings.SplitSeq(list, ";") {
		kk, ru, given := strings.Cut(strings.Join(strings.Fields(item), " "), "|")
		if !given {
			ru = russian(kk)
		}
		out = append(out, Spelling{kk, ru})
	}
	return out
}

// streetNamer hands out names without repeating one; when they run out,
// streets are numbered.
type streetNamer struct{ arterials, streets, numbered int }

func (n *streetNamer) next(arterial bool) aiqyn.Text {
	if arterial && n.arterials < len(arterialNames) {
		s := arterialNames[n.arterials]
		n.arterials++
		return aiqyn.Text{KK: s.KK + " даңғылы", RU: "проспект " + s.RU, EN: latin(s.KK) + " Avenue"}
	}
	if n.streets < len(streetNames) {
		s := streetNames[n.streets]
		n.streets++
		return aiqyn.Text{KK: s.KK + " көшесі", RU: "улица " + s.RU, EN: latin(s.KK) + " Street"}
	}
	n.numbered++
	return aiqyn.Text{
		KK: fmt.Sprintf("№ %d көше", n.numbered),
		RU: fmt.Sprintf("улица № %d", n.numbered),
		EN: fmt.Sprintf("Street No. %d", n.numbered),
	}
}
