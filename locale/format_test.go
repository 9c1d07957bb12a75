package locale

import (
	"math"
	"strings"
	"testing"
	"time"

	"aiqyn"
)

// spaced shows no-break spaces as "_" so that a test reads well and still sees
// whether they are there.
func spaced(s string) string { return strings.ReplaceAll(s, noBreak, "_") }

func TestNumbers(t *testing.T) {
	for _, test := range []struct {
		got, want string
	}{
		{Number(aiqyn.Russian, 0), "0"},
		{Number(aiqyn.Russian, 999), "999"},
		{Number(aiqyn.Russian, 1000), "1_000"},
		{Number(aiqyn.Kazakh, 123456), "123_456"},
		{Number(aiqyn.English, 1234567), "1_234_567"},
		{Number(aiqyn.Russian, -7), "−7"},
		{Number(aiqyn.Russian, -1234), "−1_234"},
		{Number(aiqyn.Russian, math.MinInt64), "−9_223_372_036_854_775_808"},
		{Decimal(aiqyn.Russian, 1234.5, 2), "1_234,50"},
		{Decimal(aiqyn.English, 1234.5, 2), "1_234.50"},
		{Decimal(aiqyn.Kazakh, -0.001, 1), "0,0"},
		{Decimal(aiqyn.Kazakh, 2.4, 0), "2"},
		{Decimal(aiqyn.Kazakh, math.NaN(), 1), "–"},
		{Decimal(aiqyn.Kazakh, math.Inf(1), 1), "–"},
		{Money(aiqyn.Russian, 125_000), "1_250_₸"},
		{Money(aiqyn.Kazakh, 125_050), "1_250,50_₸"},
		{Money(aiqyn.English, 5), "0.05_₸"},
		{Money(aiqyn.English, 0), "0_₸"},
		{Money(aiqyn.Russian, -150), "−1,50_₸"},
		{Kilowatt(aiqyn.Russian, 150_000), "150_кВт"},
		{Kilowatt(aiqyn.English, 2_500), "2.5_kW"},
		{Kilowatt(aiqyn.Kazakh, 1), "0,001_кВт"},
		{Distance(aiqyn.Russian, 850), "850_м"},
		{Distance(aiqyn.Russian, 1_000), "1_км"},
		{Distance(aiqyn.English, 1_249), "1.2_km"},
		{Distance(aiqyn.Kazakh, 1_250), "1,3_км"},
		{Distance(aiqyn.English, 12_345_678), "12_345.7_km"},
		{Percent(aiqyn.Russian, 0.125, 1), "12,5_%"},
		{Percent(aiqyn.English, 0.125, 1), "12.5%"},
	} {
		if got := spaced(test.got); got != test.want {
			t.Errorf("got %q, want %q", got, test.want)
		}
	}
}

func TestDates(t *testing.T) {
	utc := func(y int, m time.Month, d, h, min int) time.Time {
		return time.Date(y, m, d, h, min, 0, 0, time.UTC)
	}
	kk, ru, en := aiqyn.Kazakh, aiqyn.Russian, aiqyn.English
	for _, test := range []struct {
		got, want string
	}{
		{Date(kk, utc(2026, 12, 16, 0, 0)), "2026 ж. 16 желтоқсан"},
		{Date(ru, utc(2026, 3, 8, 0, 0)), "8 марта 2026 г."},
		{Date(en, utc(2026, 8, 30, 0, 0)), "30 August 2026"},
		{Date(ru, utc(2026, 5, 5, 19, 0)), "6 мая 2026 г."}, // midnight in Almaty
		{DateTime(ru, utc(2026, 5, 5, 13, 30)), "5 мая 2026 г., 18:30"},
		{DateTime(ru, utc(2024, 2, 29, 12, 0)), "29 февраля 2024 г., 18:00"}, // +06 until March 2024
		{DateTime(kk, utc(2024, 3, 1, 12, 0)), "2024 ж. 1 наурыз, 17:00"},
		{Time(en, utc(2026, 5, 5, 4, 5)), "09:05"},
		{Month(ru, 2026, time.May), "май 2026 г."},
		{Month(kk, 2026, time.May), "2026 ж. мамыр"},
		{Weekday(ru, time.Monday), "понедельник"},
		{Weekday(kk, time.Sunday), "жексенбі"},
		{DateRange(ru, utc(2026, 5, 5, 0, 0), utc(2026, 5, 9, 0, 0)), "5–9 мая 2026 г."},
		{DateRange(en, utc(2026, 4, 30, 0, 0), utc(2026, 5, 2, 0, 0)), "30 April – 2 May 2026"},
		{DateRange(kk, utc(2026, 12, 31, 0, 0), utc(2027, 1, 2, 0, 0)), "2026 ж. 31 желтоқсан – 2027 ж. 2 қаңтар"},
		{DateRange(kk, utc(2026, 4, 28, 0, 0), utc(2026, 5, 3, 0, 0)), "2026 ж. 28 сәуір – 3 мамыр"},
		{DateRange(kk, utc(2026, 5, 5, 0, 0), utc(2026, 5, 9, 0, 0)), "2026 ж. 5–9 мамыр"},
		{Until(kk, utc(2026, 11, 30, 0, 0)), "2026 ж. 30 қарашаға"},
		{Until(kk, utc(2026, 9, 1, 0, 0)), "2026 ж. 1 қыркүйекке"},
		{Until(ru, utc(2026, 11, 30, 0, 0)), "30 ноября 2026 г."},
		{DateRange(en, utc(2026, 5, 5, 0, 0), utc(2026, 5, 5, 9, 0)), "5 May 2026"},
	} {
		if test.got != test.want {
			t.Errorf("got %q, want %q", test.got, test.want)
		}
	}
}

func TestDaysLeft(t *testing.T) {
	c, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		days    int
		working bool
		want    string
	}{
		{5, true, "осталось 5 рабочих дней"},
		{1, false, "остался 1 день"},
		{0, true, "сегодня последний день"},
		{-2, true, "просрочено на 2 рабочих дня"},
		{-21, false, "просрочено на 21 день"},
	} {
		if got := c.DaysLeft(aiqyn.Russian, test.days, test.working); got != test.want {
			t.Errorf("%d: got %q, want %q", test.days, got, test.want)
		}
	}
}
