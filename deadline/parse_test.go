package deadline

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"aiqyn"
)

const small = `calendar: test
title: {kk: к, ru: р, en: e}
zone: Asia/Almaty
years: {from: 2025, to: 2025}
weekend: [saturday, sunday]
office-hours: {open: "09:00", close: "18:30"}
counting:
  after-hours: next-working-day
  on-day-off: same-day
  ends-on-day-off: same-day
  law: {act: K2000000350, from: 2021-07-01, status: unconfirmed}
days:
  - date: 2025-05-09
    kind: public
    name: {kk: Жеңіс күні, ru: День Победы, en: Victory Day}
    status: confirmed
    source: press
    announced: 2025-01-01
`

const victory = "    kind: public\n    name: {kk: Жеңіс күні, ru: День Победы, en: Victory Day}\n"

func TestParseCalendar(t *testing.T) {
	c, err := ParseCalendar([]byte(small), "test.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if open, close := c.Hours(); open != 9*time.Hour || close != 18*time.Hour+30*time.Minute {
		t.Errorf("office hours %v to %v", open, close)
	}
	if w := c.Weekend(); len(w) != 2 || w[0] != time.Sunday || w[1] != time.Saturday {
		t.Errorf("weekend %v", w)
	}
	if c.Counting.OnDayOff != SameDay || c.Counting.Law.Status != aiqyn.Unconfirmed {
		t.Errorf("counting %+v", c.Counting)
	}
	working, why, err := c.IsWorking(Date{2025, 5, 9})
	if err != nil || working || len(why) != 1 || why[0].Key != "deadline.holiday" {
		t.Errorf("9 May: %v, %v, %v", working, why, err)
	}
	// Counted from the Saturday itself, as this file says.
	due, err := c.Due(local(t, c, "2025-05-10 12:00"), Term{Days: 1, Unit: CalendarDays}, nil)
	if err != nil || due.Last.String() != "2025-05-11" {
		t.Errorf("due %s, %v", due.Last, err)
	}
}

func TestParseCalendarRefuses(t *testing.T) {
	for _, test := range []struct{ name, old, with, want string }{
		{"unknown key", "zone:", "colour: red\nzone:", "test.yaml:3: calendar: unknown key \"colour\""},
		{"unknown key of a day", "    source: press", "    origin: press", "test.yaml:17: day: unknown key \"origin\""},
		{"key twice", "zone:", "calendar: again\nzone:", "test.yaml:3: calendar: \"calendar\" stands twice"},
		{"missing key", "zone: Asia/Almaty\n", "", "test.yaml:1: calendar: \"zone\" is missing"},
		{"missing translation", "kk: Жеңіс күні, ", "", "test.yaml:15: name: \"kk\" is missing"},
		{"empty translation", "kk: Жеңіс күні", "kk: \"\"", "test.yaml:15: name: a text is expected"},
		{"duplicate date", "    announced: 2025-01-01\n", "    announced: 2025-01-01\n  - date: 2025-05-09\n" + victory + "    status: derived\n    source: s\n", "test.yaml:19: day 2025-05-09 stands on line 13 already"},
		{"no such date", "date: 2025-05-09", "date: 2025-02-29", "test.yaml:13: date: \"2025-02-29\" is not a date"},
		{"outside the years", "date: 2025-05-09", "date: 2026-05-09", "test.yaml:13: day 2026-05-09 is outside the published years 2025 to 2025"},
		{"working weekday", "kind: public", "kind: working-weekend", "test.yaml:13: day 2025-05-09 is a Friday"},
		{"moved to a Sunday", "date: 2025-05-09\n    kind: public", "date: 2025-05-11\n    kind: transferred-day-off", "test.yaml:13: day 2025-05-11 is a Sunday"},
		{"unknown kind", "kind: public", "kind: feast", "test.yaml:14: kind: \"feast\" is not one of"},
		{"confirmed but not announced", "    announced: 2025-01-01\n", "", "test.yaml:13: day 2025-05-09 is confirmed: when was it announced?"},
		{"unknown zone", "Asia/Almaty", "Asia/Nowhere", "test.yaml:3: zone: \"Asia/Nowhere\" is not a time zone"},
		{"zone of the machine", "Asia/Almaty", "Local", "test.yaml:3: zone: \"Local\" is not a time zone"},
		{"years backwards", "{from: 2025, to: 2025}", "{from: 2025, to: 2024}", "test.yaml:4: years"},
		{"too many years", "{from: 2025, to: 2025}", "{from: 1900, to: 9000}", "test.yaml:4: years"},
		{"unknown weekday", "[saturday, sunday]", "[saturday, funday]", "test.yaml:5: weekend: \"funday\""},
		{"no working day", "[saturday, sunday]", "[monday, tuesday, wednesday, thursday, friday, saturday, sunday]", "test.yaml:5: weekend"},
		{"hours backwards", `close: "18:30"`, `close: "08:30"`, "test.yaml:6: office-hours"},
		{"hour that is none", `open: "09:00"`, `open: "25:00"`, "test.yaml:6: open"},
		{"unknown roll", "after-hours: next-working-day", "after-hours: never", "test.yaml:8: after-hours: \"never\""},
		{"law without status", ", status: unconfirmed", "", "test.yaml:11: law: \"status\" is missing"},
		{"days that are no list", small[strings.Index(small, "days:"):], "days: none\n", "test.yaml:12: days: a list is expected"},
		{"a second document", "    announced: 2025-01-01\n", "    announced: 2025-01-01\n---\nmore: true\n", "more than one document"},
		{"an alias", "title: {kk: к, ru: р, en: e}", "title: &t {kk: к, ru: р, en: e}\nzone: *t", "aliases are not part of the format"},
		{"broken YAML", "years: {from", "years: [from", "did not find expected"},
		{"nothing", small, "", "test.yaml:1: the file is empty"},
		{"another shape", small, "[1, 2]", "test.yaml:1: calendar: a mapping is expected"},
	} {
		t.Run(test.name, func(t *testing.T) {
			text := strings.Replace(small, test.old, test.with, 1)
			if text == small {
				t.Fatal("the test changes nothing")
			}
			_, err := ParseCalendar([]byte(text), "test.yaml")
			var list ParseErrors
			if !errors.As(err, &list) || !strings.Contains(err.Error(), test.want) {
				t.Errorf("error\n%v\nwant %s", err, test.want)
			}
		})
	}
}

func TestVersionIsOfTheContent(t *testing.T) {
	version := func(text string) string {
		c, err := ParseCalendar([]byte(text), "test.yaml")
		if err != nil {
			t.Fatal(err)
		}
		return c.Version()
	}
	base := version(small)
	if len(base) != 12 {
		t.Errorf("version %q", base)
	}
	if same := version("# a comment\n" + strings.Replace(small, "zone: Asia/Almaty", "zone:   \"Asia/Almaty\"", 1)); same != base {
		t.Error("formatting changed the version")
	}
	for _, change := range [][2]string{
		{"2025-05-09", "2025-05-08"}, {"18:30", "18:00"}, {"Victory Day", "Victory day"}, {"[saturday, sunday]", "[sunday]"},
		{"on-day-off: same-day", "on-day-off: next-working-day"}, {"Asia/Almaty", "Asia/Qyzylorda"}, {"to: 2025", "to: 2026"},
	} {
		if version(strings.Replace(small, change[0], change[1], 1)) == base {
			t.Errorf("%s in place of %s is the same version", change[1], change[0])
		}
	}
}

// TestCalendarOfKazakhstan holds the shipped file against the collected facts.
func TestCalendarOfKazakhstan(t *testing.T) {
	dir := os.Getenv("AIQYN_REFERENCE")
	if dir == "" {
		if os.Getenv("CI") == "true" {
			t.Fatal("AIQYN_REFERENCE is not set")
		}
		t.Skip("set AIQYN_REFERENCE to the folder with the reference data")
	}
	data, err := os.ReadFile(filepath.Join(dir, "kz", "kz_holidays_2025_2027.json"))
	if err != nil {
		t.Fatal(err)
	}
	var facts struct {
		Days []struct {
			Date, Kind string
			KK         string `json:"name_kk"`
			RU         string `json:"name_ru"`
			EN         string `json:"name_en"`
		}
	}
	if err := json.Unmarshal(data, &facts); err != nil {
		t.Fatal(err)
	}
	c := kz(t)
	if len(c.Days) != len(facts.Days) {
		t.Fatalf("%d days, the facts have %d", len(c.Days), len(facts.Days))
	}
	for i, fact := range facts.Days {
		d := c.Days[i]
		kind := strings.ReplaceAll(fact.Kind, "_", "-")
		if d.Date.String() != fact.Date || string(d.Kind) != kind || d.Name != (aiqyn.Text{KK: fact.KK, RU: fact.RU, EN: fact.EN}) {
			t.Errorf("%s %s %v, the facts say %+v", d.Date, d.Kind, d.Name, fact)
		}
		if derived := d.Date.Year == 2027; derived != (d.Status == Derived) {
			t.Errorf("%s is %s", d.Date, d.Status)
		}
	}
}

func FuzzParseCalendar(f *testing.F) {
	f.Add([]byte(small))
	f.Add([]byte("calendar: {"))
	f.Add([]byte("&a [*a]"))
	f.Fuzz(func(t *testing.T, data []byte) {
		c, err := ParseCalendar(data, "fuzz.yaml")
		if err != nil {
			var list ParseErrors
			if !errors.As(err, &list) || len(list) == 0 || list[0].Line < 1 {
				t.Fatalf("an error without a place: %v", err)
			}
			return
		}
		if c.Version() == "" {
			t.Fatal("no version")
		}
		for d := (Date{c.From, 1, 1}); d.Year <= c.To; d = d.AddDays(11) {
			if _, _, err := c.IsWorking(d); err != nil {
				t.Fatal(err)
			}
		}
		_, _ = c.Due(Date{c.From, 6, 1}.Start(c.Zone), Term{Days: 9, Unit: WorkingDays}, nil)
	})
}

func BenchmarkParseCalendar(b *testing.B) {
	data, err := os.ReadFile("../packs/kz/calendars/kz.yaml")
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := ParseCalendar(data, "kz.yaml"); err != nil {
			b.Fatal(err)
		}
	}
}
