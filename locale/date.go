package locale

import (
	"strconv"
	"time"
	_ "time/tzdata" // the zone must be there on machines that have none

	"aiqyn"
)

// Zone is the time that people are shown: Asia/Almaty, one zone for all of
// Kazakhstan since 1 March 2024.
var Zone = mustZone("Asia/Almaty")

func mustZone(name string) *time.Location {
	zone, err := time.LoadLocation(name)
	if err != nil {
		panic(err) // the zone is embedded above
	}
	return zone
}

// wordsOf are the words of one language that dates and units are made of.
type wordsOf struct {
	months    [12]string // as a date says them: genitive in Russian
	alone     [12]string // as a heading says them
	until     [12]string // as "until" wants them: dative in Kazakh, else empty
	weekdays  [7]string  // from Sunday, as package time counts
	year      string     // after the year: "г."
	yearFirst bool       // 2026 ж. 5 мамыр
	metre     string
	kilometre string
	kilowatt  string
	kilovolt  string // of amperes
}

var words = [3]wordsOf{
	{
		months: [12]string{"қаңтар", "ақпан", "наурыз", "сәуір", "мамыр", "маусым",
			"шілде", "тамыз", "қыркүйек", "қазан", "қараша", "желтоқсан"},
		alone: [12]string{"қаңтар", "ақпан", "наурыз", "сәуір", "мамыр", "маусым",
			"шілде", "тамыз", "қыркүйек", "қазан", "қараша", "желтоқсан"},
		until: [12]string{"қаңтарға", "ақпанға", "наурызға", "сәуірге", "мамырға", "маусымға",
			"шілдеге", "тамызға", "қыркүйекке", "қазанға", "қарашаға", "желтоқсанға"},
		weekdays: [7]string{"жексенбі", "дүйсенбі", "сейсенбі", "сәрсенбі", "бейсенбі", "жұма", "сенбі"},
		year:     " ж.", yearFirst: true, metre: "м", kilometre: "км", kilowatt: "кВт", kilovolt: "кВА",
	},
	{
		months: [12]string{"января", "февраля", "марта", "апреля", "мая", "июня",
			"июля", "августа", "сентября", "октября", "ноября", "декабря"},
		alone: [12]string{"январь", "февраль", "март", "апрель", "май", "июнь",
			"июль", "август", "сентябрь", "октябрь", "ноябрь", "декабрь"},
		weekdays: [7]string{"воскресенье", "понедельник", "вторник", "среда", "четверг", "пятница", "суббота"},
		year:     " г.", metre: "м", kilometre: "км", kilowatt: "кВт", kilovolt: "кВА",
	},
	{
		months: [12]string{"January", "February", "March", "April", "May", "June",
			"July", "August", "September", "October", "November", "December"},
		alone: [12]string{"January", "February", "March", "April", "May", "June",
			"July", "August", "September", "October", "November", "December"},
		weekdays: [7]string{"Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"},
		metre:    "m", kilometre: "km", kilowatt: "kW", kilovolt: "kVA",
	},
}

// Date writes the day of an instant in [Zone]: "2026 ж. 5 мамыр",
// "5 мая 2026 г.", "5 May 2026".
func Date(l aiqyn.Lang, t time.Time) string {
	y, m, d := t.In(Zone).Date()
	return withYear(l, y, dayMonth(l, d, m))
}

// Until writes a day as the word "until" wants it: «2026 ж. 5 мамырға дейін»,
// «до 5 мая 2026 г.», "until 5 May 2026".
func Until(l aiqyn.Lang, t time.Time) string {
	y, m, d := t.In(Zone).Date()
	if month := words[index(l)].until[m-1]; month != "" {
		return withYear(l, y, strconv.Itoa(d)+" "+month)
	}
	return Date(l, t)
}

// DateTime writes day and minute: "5 мая 2026 г., 18:30".
func DateTime(l aiqyn.Lang, t time.Time) string { return Date(l, t) + ", " + Time(l, t) }

// Time writes the minute of the day on the 24-hour clock: "18:30".
func Time(_ aiqyn.Lang, t time.Time) string { return t.In(Zone).Format("15:04") }

// Weekday names the day of the week.
func Weekday(l aiqyn.Lang, d time.Weekday) string { return words[index(l)].weekdays[d] }

// Month writes a month with its year, as headings do: "май 2026 г.".
func Month(l aiqyn.Lang, y int, m time.Month) string {
	return withYear(l, y, words[index(l)].alone[m-1])
}

// DateRange writes two days and says only once what they share:
// "5–9 мая 2026 г.", "30 April – 2 May 2026".
func DateRange(l aiqyn.Lang, from, to time.Time) string {
	y1, m1, d1 := from.In(Zone).Date()
	y2, m2, d2 := to.In(Zone).Date()
	switch {
	case y1 != y2:
		return Date(l, from) + " – " + Date(l, to)
	case m1 != m2:
		return withYear(l, y2, dayMonth(l, d1, m1)+" – "+dayMonth(l, d2, m2))
	case d1 != d2:
		return withYear(l, y2, strconv.Itoa(d1)+"–"+dayMonth(l, d2, m2))
	}
	return Date(l, from)
}

// DaysLeft says how much of a term is left: "5 working days left", "today is
// the last day", "2 working days late". Terms are in working or calendar days.
func (c *Catalogue) DaysLeft(l aiqyn.Lang, days int, working bool) string {
	unit := "calendar"
	if working {
		unit = "working"
	}
	switch {
	case days == 0:
		return c.Text(l, "days.last", nil)
	case days < 0:
		return c.Text(l, "days.late."+unit, map[string]any{"n": -days})
	}
	return c.Text(l, "days.left."+unit, map[string]any{"n": days})
}

// DayMonth writes the day of an instant without its year: "5 мамыр".
func DayMonth(l aiqyn.Lang, t time.Time) string {
	_, m, d := t.In(Zone).Date()
	return dayMonth(l, d, m)
}

func dayMonth(l aiqyn.Lang, d int, m time.Month) string {
	return strconv.Itoa(d) + " " + words[index(l)].months[m-1]
}

// withYear adds the year where the language has it: first in Kazakh.
func withYear(l aiqyn.Lang, y int, days string) string {
	w := &words[index(l)]
	year := strconv.Itoa(y) + w.year
	if w.yearFirst {
		return year + " " + days
	}
	return days + " " + year
}
