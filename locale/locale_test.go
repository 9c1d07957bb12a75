package locale

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"aiqyn"
)

// of makes a catalogue of one file.
func of(t *testing.T, text string) *Catalogue {
	t.Helper()
	c, err := load(fileSystem(map[string]string{"test": text}))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// same writes an entry with one text in all languages.
func same(key, text string) string {
	return fmt.Sprintf("%s:\n  kk: %q\n  ru: %q\n  en: %q\n", key, text, text, text)
}

func TestTextFillsHoles(t *testing.T) {
	c := of(t, same("a.b", "{x}")+same("a.year", "{x:plain}")+same("a.date", "{x:date}")+
		same("a.at", "{x:datetime}")+same("a.money", "{x:money}")+same("a.power", "{x:power}")+
		same("a.length", "{x:distance}")+same("a.key", "{x:key}")+same("a.role", "{x:role.*}")+
		same("role.test", "tester")+same("a.braces", "{{{x}}}"))
	at := time.Date(2026, 5, 5, 13, 30, 0, 0, time.UTC)
	for _, test := range []struct {
		key  string
		arg  any
		want string
	}{
		{"a.b", "text", "text"},
		{"a.b", 1250, "1 250"},
		{"a.b", json.Number("1250"), "1 250"},
		{"a.b", 1250.0, "1 250"},
		{"a.b", 2.5, "2.5"},
		{"a.b", "007", "007"},
		{"a.b", at, "5 May 2026, 18:30"},
		{"a.b", "2026-05-05T13:30:00Z", "5 May 2026, 18:30"},
		{"a.b", "2026-05-05", "5 May 2026"},
		{"a.b", "2026-55-05", "2026-55-05"},
		{"a.b", aiqyn.Text{EN: "word"}, "word"},
		{"a.b", map[string]any{"en": "word"}, "word"},
		{"a.b", []string{"a", "b"}, "a, b"},
		{"a.b", aiqyn.RoleHead, "head"},
		{"a.year", 2026, "2026"},
		{"a.date", at, "5 May 2026"},
		{"a.date", "2026-05-05T20:00:00Z", "6 May 2026"},
		{"a.date", "soon", "soon"},
		{"a.at", at, "5 May 2026, 18:30"},
		{"a.money", 125_050, "1 250.50 ₸"},
		{"a.money", float64(100), "1 ₸"},
		{"a.power", 2500, "2.5 kW"},
		{"a.length", 1200, "1.2 km"},
		{"a.key", "role.test", "tester"},
		{"a.role", aiqyn.Role("test"), "tester"},
		{"a.role", "nobody", "⟦role.nobody⟧"},
		{"a.braces", 1, "{1}"},
	} {
		got := c.Text(aiqyn.English, test.key, map[string]any{"x": test.arg})
		if got = strings.ReplaceAll(got, noBreak, " "); got != test.want {
			t.Errorf("%s of %v: got %q, want %q", test.key, test.arg, got, test.want)
		}
	}
	if got := c.Text(aiqyn.English, "a.b", nil); got != "⟦x⟧" {
		t.Errorf("a missing argument shows as %q", got)
	}
	if got := c.Text(aiqyn.English, "no.such", nil); got != "⟦no.such⟧" {
		t.Errorf("a missing key shows as %q", got)
	}
}

func TestPlurals(t *testing.T) {
	c, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		lang aiqyn.Lang
		n    any
		want string
	}{
		{aiqyn.Russian, 1, "остался 1 рабочий день"},
		{aiqyn.Russian, 2, "осталось 2 рабочих дня"},
		{aiqyn.Russian, 5, "осталось 5 рабочих дней"},
		{aiqyn.Russian, 11, "осталось 11 рабочих дней"},
		{aiqyn.Russian, 21, "остался 21 рабочий день"},
		{aiqyn.Russian, 112, "осталось 112 рабочих дней"},
		{aiqyn.Russian, 1022, "осталось 1 022 рабочих дня"},
		{aiqyn.Russian, 1.5, "осталось 1,5 рабочего дня"},
		{aiqyn.Russian, float64(3), "осталось 3 рабочих дня"},
		{aiqyn.Russian, json.Number("4"), "осталось 4 рабочих дня"},
		{aiqyn.Russian, int64(10_000_001), "остался 10 000 001 рабочий день"},
		{aiqyn.Kazakh, 1, "1 жұмыс күні қалды"},
		{aiqyn.Kazakh, 7, "7 жұмыс күні қалды"},
		{aiqyn.English, 1, "1 working day left"},
		{aiqyn.English, 0, "0 working days left"},
		{aiqyn.English, 1.5, "1.5 working days left"},
	} {
		got := c.Text(test.lang, "days.left.working", map[string]any{"n": test.n})
		if got = strings.ReplaceAll(got, noBreak, " "); got != test.want {
			t.Errorf("%s %v: got %q, want %q", test.lang, test.n, got, test.want)
		}
	}
}

// TestPluralFormsExist: CLDR never asks for a form that a text need not have.
func TestPluralFormsExist(t *testing.T) {
	for i, lang := range aiqyn.Langs {
		known := map[any]bool{}
		for _, name := range formNames[i] {
			known[formOf[name]] = true
		}
		for n := -1200; n <= 1200; n++ {
			if form := pluralForm(lang, n); !known[form] {
				t.Fatalf("%s: %d takes form %v", lang, n, form)
			}
		}
	}
}

func TestErrorShowsNoDetail(t *testing.T) {
	c, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	known := aiqyn.E(aiqyn.Invalid, "error.answer-range", "min", 1, "max", 10_000)
	if got := c.Error(aiqyn.English, fmt.Errorf("file a case: %w", known)); got !=
		"The answer must be between 1 and 10"+noBreak+"000." {
		t.Errorf("got %q", got)
	}
	internal := c.Text(aiqyn.English, "error.internal", nil)
	for _, err := range []error{
		errors.New("UNIQUE constraint failed: people.iin=900101"),
		aiqyn.E(aiqyn.Invalid, "error.of-no-catalogue"),
	} {
		if got := c.Error(aiqyn.English, err); got != internal {
			t.Errorf("%v shows as %q", err, got)
		}
	}
	if got := c.Error(aiqyn.English, nil); got != "" {
		t.Errorf("no error shows as %q", got)
	}
}

func TestPlainTextsAllocateNothing(t *testing.T) {
	c, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	if n := testing.AllocsPerRun(100, func() { c.Text(aiqyn.Kazakh, "event.filed", nil) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func BenchmarkTextPlain(b *testing.B) {
	c, err := Load()
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		c.Text(aiqyn.Kazakh, "event.filed", nil)
	}
}

func BenchmarkTextPlural(b *testing.B) {
	c, err := Load()
	if err != nil {
		b.Fatal(err)
	}
	args := map[string]any{"n": 5}
	b.ReportAllocs()
	for b.Loop() {
		c.Text(aiqyn.Russian, "days.left.working", args)
	}
}

func ExampleDate() {
	day := time.Date(2026, 5, 5, 12, 0, 0, 0, time.UTC)
	fmt.Println(Date(aiqyn.Kazakh, day))
	fmt.Println(Date(aiqyn.Russian, day))
	fmt.Println(Date(aiqyn.English, day))
	// Output:
	// 2026 ж. 5 мамыр
	// 5 мая 2026 г.
	// 5 May 2026
}

// TestASentenceThatEndsWithAYear has one point in Russian, where the word for year has
// one of its own.
func TestASentenceThatEndsWithAYear(t *testing.T) {
	c := of(t, same("a.until", "{x:date}. {x:date}, {y}.")+same("a.more", "{x:date}..."))
	at := time.Date(2026, 5, 5, 13, 30, 0, 0, time.UTC)
	for lang, want := range map[aiqyn.Lang]string{
		"ru": "5 мая 2026 г. 5 мая 2026 г., ещё.", "kk": "2026 ж. 5 мамыр. 2026 ж. 5 мамыр, ещё.", "en": "5 May 2026. 5 May 2026, ещё.",
	} {
		if got := c.Text(lang, "a.until", map[string]any{"x": at, "y": "ещё"}); got != want {
			t.Errorf("%s: %q, want %q", lang, got, want)
		}
	}
	if got := c.Text("ru", "a.more", map[string]any{"x": at}); got != "5 мая 2026 г..." {
		t.Errorf("%q", got)
	}
}
