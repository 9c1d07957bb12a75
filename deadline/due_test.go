package deadline

import (
	"errors"
	"os"
	"slices"
	"testing"
	"time"

	"aiqyn"
)

// kz is the calendar that ships.
func kz(t testing.TB) *Calendar {
	t.Helper()
	data, err := os.ReadFile("../packs/kz/calendars/kz.yaml")
	if err != nil {
		t.Fatal(err)
	}
	c, err := ParseCalendar(data, "kz.yaml")
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// local reads "2025-05-02 19:00" on the wall of the calendar's zone.
func local(t testing.TB, c *Calendar, s string) time.Time {
	t.Helper()
	at, err := time.ParseInLocation("2006-01-02 15:04", s, c.Zone)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

// TestDue holds dates that were counted by hand on a wall calendar.
func TestDue(t *testing.T) {
	c := kz(t)
	for _, test := range []struct {
		name  string
		start string
		days  int
		unit  Unit
		last  string
	}{
		{"plain week", "2025-06-09 10:00", 5, WorkingDays, "2025-06-16"},
		{"before opening is the same day", "2025-05-02 07:00", 5, WorkingDays, "2025-05-13"},
		{"at closing is in time", "2025-05-02 18:30", 5, WorkingDays, "2025-05-13"},
		{"after closing is the next working day", "2025-05-02 18:31", 5, WorkingDays, "2025-05-14"},
		{"after closing before New Year", "2026-12-31 19:00", 1, WorkingDays, "2027-01-06"},
		{"day off, next working day is a Sunday", "2025-01-03 10:00", 1, WorkingDays, "2025-01-06"},
		{"Saturday before a working Sunday", "2025-01-04 10:00", 2, WorkingDays, "2025-01-08"},
		{"on the working Sunday", "2025-01-05 10:00", 1, WorkingDays, "2025-01-06"},
		{"working Sunday after hours", "2025-01-05 20:00", 1, WorkingDays, "2025-01-08"},
		{"New Year", "2025-01-01 00:00", 3, WorkingDays, "2025-01-09"},
		{"Nauryz 2025 with two moved days", "2025-03-19 12:00", 5, WorkingDays, "2025-03-31"},
		{"Women's Day 2025 moved to Monday", "2025-03-07 12:00", 1, WorkingDays, "2025-03-11"},
		{"Kurban Ait does not move", "2025-06-05 10:00", 1, WorkingDays, "2025-06-09"},
		{"Capital Day 2025 moved", "2025-07-04 10:00", 1, WorkingDays, "2025-07-08"},
		{"30 August is a holiday in 2025", "2025-08-29 10:00", 1, WorkingDays, "2025-09-02"},
		{"30 August is not a holiday in 2026", "2026-08-28 10:00", 1, WorkingDays, "2026-08-31"},
		{"Republic Day 2025 moved", "2025-10-24 10:00", 2, WorkingDays, "2025-10-29"},
		{"Women's Day 2026 moved", "2026-03-06 10:00", 1, WorkingDays, "2026-03-10"},
		{"Nauryz 2026 with two moved days", "2026-03-20 10:00", 2, WorkingDays, "2026-03-27"},
		{"15 March is a working week in 2026", "2026-03-13 10:00", 1, WorkingDays, "2026-03-16"},
		{"three holidays of May 2026", "2026-05-06 10:00", 3, WorkingDays, "2026-05-13"},
		{"Kurban Ait 2026", "2026-05-26 10:00", 1, WorkingDays, "2026-05-28"},
		{"fifteen days", "2026-11-23 10:00", 15, WorkingDays, "2026-12-14"},
		{"fifteen days over Independence Day", "2026-12-01 10:00", 15, WorkingDays, "2026-12-23"},
		{"into the next year", "2026-12-31 10:00", 1, WorkingDays, "2027-01-05"},
		{"Constitution Day 2027", "2027-03-12 10:00", 1, WorkingDays, "2027-03-16"},
		{"Unity Day 2027 moved", "2027-04-30 10:00", 1, WorkingDays, "2027-05-04"},
		{"calendar days", "2025-05-02 10:00", 10, CalendarDays, "2025-05-12"},
		{"calendar days ending on a holiday", "2025-05-02 10:00", 7, CalendarDays, "2025-05-12"},
		{"calendar days from a day off", "2025-05-03 10:00", 1, CalendarDays, "2025-05-06"},
		{"calendar days beyond the published years", "2027-12-01 10:00", 365, CalendarDays, "2028-11-30"},
	} {
		t.Run(test.name, func(t *testing.T) {
			due, err := c.Due(local(t, c, test.start), Term{Days: test.days, Unit: test.unit}, nil)
			if err != nil {
				t.Fatal(err)
			}
			if due.Last.String() != test.last {
				t.Errorf("last day %s, want %s; why: %v", due.Last, test.last, due.Why)
			}
			if want := due.Last.AddDays(1).Start(c.Zone).Add(-time.Microsecond); !due.At.Equal(want) {
				t.Errorf("ends at %v, want the last microsecond of the day", due.At)
			}
		})
	}
}

func TestDueReadsTheClockOfItsZone(t *testing.T) {
	c := kz(t)
	// 13:31 in Greenwich is 18:31 in Almaty.
	due, err := c.Due(time.Date(2025, 5, 2, 13, 31, 0, 0, time.UTC), Term{Days: 5, Unit: WorkingDays}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if due.From.String() != "2025-05-05" || due.Start.String() != "2025-05-06" || due.Last.String() != "2025-05-14" {
		t.Errorf("from %s, day 1 %s, last %s", due.From, due.Start, due.Last)
	}
	if got := due.At.UTC().Format(time.RFC3339Nano); got != "2025-05-14T18:59:59.999999Z" {
		t.Errorf("ends at %s", got)
	}
}

func TestSuspension(t *testing.T) {
	c := kz(t)
	type pause struct{ from, to string }
	for _, test := range []struct {
		name   string
		cap    int
		pauses []pause
		last   string
		why    []string
	}{
		{"none", 9, nil, "2025-06-16", nil},
		{"two whole days", 9, []pause{{"2025-06-11 00:00", "2025-06-13 00:00"}}, "2025-06-18", []string{"deadline.suspended", "deadline.shifted"}},
		{"only whole days", 9, []pause{{"2025-06-11 14:00", "2025-06-13 11:00"}}, "2025-06-17", []string{"deadline.suspended", "deadline.shifted"}},
		{"less than a day", 9, []pause{{"2025-06-11 00:01", "2025-06-11 23:59"}}, "2025-06-16", []string{"deadline.suspended"}},
		{"overlapping count once", 9, []pause{{"2025-06-12 00:00", "2025-06-14 00:00"}, {"2025-06-11 00:00", "2025-06-13 00:00"}}, "2025-06-19", []string{"deadline.suspended", "deadline.suspended", "deadline.shifted"}},
		{"touching make a whole day", 9, []pause{{"2025-06-11 14:00", "2025-06-12 12:00"}, {"2025-06-12 12:00", "2025-06-13 11:00"}}, "2025-06-17", []string{"deadline.suspended", "deadline.suspended", "deadline.shifted"}},
		{"days off are not working days", 9, []pause{{"2025-06-14 00:00", "2025-06-16 00:00"}}, "2025-06-16", []string{"deadline.suspended"}},
		{"before the term", 9, []pause{{"2025-06-01 00:00", "2025-06-10 00:00"}}, "2025-06-16", nil},
		{"after the term", 9, []pause{{"2025-06-17 00:00", "2025-06-20 00:00"}}, "2025-06-16", nil},
		{"the second falls into what the first added", 9, []pause{{"2025-06-11 00:00", "2025-06-12 00:00"}, {"2025-06-17 00:00", "2025-06-18 00:00"}}, "2025-06-18", []string{"deadline.suspended", "deadline.suspended", "deadline.shifted"}},
		{"capped", 1, []pause{{"2025-06-11 00:00", "2025-06-14 00:00"}}, "2025-06-17", []string{"deadline.suspended", "deadline.shifted", "deadline.suspension-cap"}},
		{"not allowed at all", 0, []pause{{"2025-06-11 00:00", "2025-06-14 00:00"}}, "2025-06-16", []string{"deadline.suspended", "deadline.suspension-cap"}},
		{"still running counts to the cap", 3, []pause{{"2025-06-11 00:00", ""}}, "2025-06-19", []string{"deadline.suspended-still", "deadline.shifted", "deadline.suspension-cap", "deadline.latest"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			var pauses []Suspension
			for _, p := range test.pauses {
				s := Suspension{From: local(t, c, p.from), Reason: "register-down"}
				if p.to != "" {
					s.To = local(t, c, p.to)
				}
				pauses = append(pauses, s)
			}
			due, err := c.Due(local(t, c, "2025-06-09 10:00"), Term{Days: 5, Unit: WorkingDays, Cap: test.cap}, pauses)
			if err != nil {
				t.Fatal(err)
			}
			if due.Last.String() != test.last {
				t.Errorf("last day %s, want %s", due.Last, test.last)
			}
			if keys := keysOf(due.Why); !slices.Equal(keys[1:len(keys)-1], test.why) {
				t.Errorf("why %q, want %q between filing and count", keys, test.why)
			}
		})
	}
}

func keysOf(why []Reason) []string {
	keys := make([]string, len(why))
	for i, r := range why {
		keys[i] = r.Key
	}
	return keys
}

func TestDueAtCountsWhatRunsUpToNow(t *testing.T) {
	c := kz(t)
	start, term := local(t, c, "2025-06-09 10:00"), Term{Days: 5, Unit: WorkingDays, Cap: 9}
	running := []Suspension{{From: local(t, c, "2025-06-11 00:00")}}
	for now, want := range map[string]string{
		"2025-06-10 10:00": "2025-06-16", // not begun
		"2025-06-11 10:00": "2025-06-17", // the day of now counts
		"2025-06-12 23:59": "2025-06-18",
		"2025-09-30 10:00": "2025-06-27", // the cap of nine is used up
	} {
		due, err := c.DueAt(start, term, running, local(t, c, now))
		if err != nil || due.Last.String() != want {
			t.Errorf("as of %s: %s, %v; want %s", now, due.Last, err, want)
		}
	}
}

func TestWhy(t *testing.T) {
	c := kz(t)
	due, err := c.Due(local(t, c, "2025-05-02 19:00"), Term{Days: 5, Unit: WorkingDays}, nil)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"deadline.filed-after-hours", "deadline.holiday", "deadline.holiday", "deadline.count"}
	if !slices.Equal(keysOf(due.Why), want) {
		t.Fatalf("why %q, want %q", keysOf(due.Why), want)
	}
	for i, args := range []map[string]any{
		{"filed": "2025-05-02", "date": "2025-05-05"},
		{"date": "2025-05-07", "name": aiqyn.Text{KK: "Отан қорғаушы күні", RU: "День защитника Отечества", EN: "Defender of the Fatherland Day"}},
		{"date": "2025-05-09", "name": aiqyn.Text{KK: "Жеңіс күні", RU: "День Победы", EN: "Victory Day"}},
		{"n": 5, "first": "2025-05-06", "date": "2025-05-14"},
	} {
		for name, value := range args {
			if due.Why[i].Args[name] != value {
				t.Errorf("%s: %s is %v, want %v", due.Why[i].Key, name, due.Why[i].Args[name], value)
			}
		}
	}
}

func TestYearsOutsideAreAnError(t *testing.T) {
	c := kz(t)
	week := Term{Days: 5, Unit: WorkingDays}
	for _, start := range []string{"2024-12-31 10:00", "2027-12-27 10:00", "2027-12-31 19:00", "2028-01-01 10:00"} {
		_, err := c.Due(local(t, c, start), week, nil)
		var year *YearError
		if !errors.As(err, &year) || year.From != 2025 || year.To != 2027 || aiqyn.KindOf(err) != aiqyn.Unavailable {
			t.Errorf("from %s: %v, want a YearError", start, err)
		}
	}
	if _, _, err := c.IsWorking(Date{2028, 1, 1}); err == nil {
		t.Error("1 January 2028 is not published")
	}
	start := local(t, c, "2027-11-01 10:00")
	if _, err := c.Due(start, Term{Days: 5, Unit: WorkingDays, Cap: 60}, []Suspension{{From: start}}); err == nil {
		t.Error("a suspension led past the published years unnoticed")
	}
}

func TestWrongTerms(t *testing.T) {
	c := kz(t)
	start := local(t, c, "2025-06-09 10:00")
	for _, term := range []Term{
		{}, {Days: 5}, {Days: 0, Unit: WorkingDays}, {Days: -1, Unit: CalendarDays},
		{Days: 5, Unit: "hours"}, {Days: 5, Unit: WorkingDays, Cap: -1}, {Days: 1 << 40, Unit: CalendarDays},
	} {
		if _, err := c.Due(start, term, nil); aiqyn.KindOf(err) != aiqyn.Internal {
			t.Errorf("term %+v: %v", term, err)
		}
	}
	backwards := []Suspension{{From: start, To: start.Add(-time.Hour)}}
	if _, err := c.Due(start, Term{Days: 5, Unit: WorkingDays}, backwards); err == nil {
		t.Error("a suspension that ends before it begins was taken")
	}
}

func TestDaysLeft(t *testing.T) {
	c := kz(t)
	due, err := c.Due(local(t, c, "2025-05-02 10:00"), Term{Days: 5, Unit: WorkingDays}, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		now  string
		left int
	}{
		{"2025-05-02 10:00", 5}, {"2025-05-05 00:00", 4}, {"2025-05-08 12:00", 2}, {"2025-05-10 12:00", 2},
		{"2025-05-12 23:59", 1}, {"2025-05-13 23:59", 0}, {"2025-05-14 00:00", -1}, {"2025-05-17 12:00", -3},
		{"2025-05-19 12:00", -4},
	} {
		if left := c.DaysLeft(local(t, c, test.now), due); left != test.left {
			t.Errorf("at %s: %d days left, want %d", test.now, left, test.left)
		}
	}
	friday := Due{Last: Date{2025, 6, 13}, Unit: WorkingDays}
	if left := c.DaysLeft(local(t, c, "2025-06-14 12:00"), friday); left != -1 {
		t.Errorf("on the Saturday after: %d days left, want -1", left)
	}
}

func BenchmarkDue(b *testing.B) {
	c := kz(b)
	term := Term{Days: 15, Unit: WorkingDays, Cap: 10}
	start := local(b, c, "2025-05-02 19:00")
	pause := []Suspension{{From: local(b, c, "2025-05-12 00:00"), To: local(b, c, "2025-05-14 00:00"), Reason: "register-down"}}
	for name, s := range map[string][]Suspension{"plain": nil, "suspended": pause} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := c.Due(start, term, s); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
