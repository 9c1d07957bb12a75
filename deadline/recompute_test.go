package deadline

import (
	"os"
	"slices"
	"strings"
	"testing"
	"time"
)

const lateHoliday = `
  - date: 2025-05-12
    kind: public
    name: {kk: Аза тұту күні, ru: День траура, en: Day of mourning}
    status: confirmed
    source: decree
    announced: 2025-05-08
`

// amended is the shipped calendar with days added.
func amended(t testing.TB, days string) *Calendar {
	t.Helper()
	data, err := os.ReadFile("../packs/kz/calendars/kz.yaml")
	if err != nil {
		t.Fatal(err)
	}
	c, err := ParseCalendar([]byte(string(data)+days), "kz.yaml")
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestRecompute(t *testing.T) {
	before, after := kz(t), amended(t, lateHoliday)
	start, term := local(t, before, "2025-05-02 10:00"), Term{Days: 5, Unit: WorkingDays}
	old, err := before.Due(start, term, nil) // 13 May
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		name     string
		from, to *Calendar
		now      time.Time
		last     string
		moved    bool
	}{
		{"open: follows", before, after, local(t, before, "2025-05-08 12:00"), "2025-05-14", true},
		{"open to the last microsecond", before, after, old.At.Add(-time.Microsecond), "2025-05-14", true},
		{"at its end: stays", before, after, old.At, "2025-05-13", false},
		{"passed: stays", before, after, local(t, before, "2025-06-01 12:00"), "2025-05-13", false},
		{"same calendar", before, before, local(t, before, "2025-05-08 12:00"), "2025-05-13", false},
	} {
		t.Run(test.name, func(t *testing.T) {
			due, moved, err := Recompute(old, test.from, test.to, start, term, nil, test.now)
			if err != nil || moved != test.moved || due.Last.String() != test.last {
				t.Fatalf("%s, moved %v, %v", due.Last, moved, err)
			}
			keys := keysOf(due.Why)
			if moved && !slices.Equal(keys[len(keys)-2:], []string{"deadline.became-day-off", "deadline.moved"}) {
				t.Errorf("why %q", keys)
			}
		})
	}
}

// A holiday taken back brings deadlines forward, but not into the past.
func TestRecomputeNeverMovesIntoThePast(t *testing.T) {
	before, after := amended(t, lateHoliday), kz(t)
	start, term := local(t, before, "2025-05-02 10:00"), Term{Days: 5, Unit: WorkingDays}
	old, err := before.Due(start, term, nil) // 14 May
	if err != nil {
		t.Fatal(err)
	}
	due, moved, err := Recompute(old, before, after, start, term, nil, local(t, before, "2025-05-09 10:00"))
	if err != nil || !moved || due.Last.String() != "2025-05-13" {
		t.Errorf("in time: %s, moved %v, %v", due.Last, moved, err)
	}
	due, moved, err = Recompute(old, before, after, start, term, nil, local(t, before, "2025-05-14 10:00"))
	if err != nil || moved || due.Last != old.Last {
		t.Errorf("too late: %s, moved %v, %v", due.Last, moved, err)
	}
}

func TestRecomputeNeverMovesAPassedOne(t *testing.T) {
	before, after := kz(t), amended(t, lateHoliday)
	for minute := 0; minute < 60*24*60; minute += 97 {
		start := local(t, before, "2025-04-01 00:00").Add(time.Duration(minute) * time.Minute)
		old, err := before.Due(start, Term{Days: 7, Unit: WorkingDays}, nil)
		if err != nil {
			t.Fatal(err)
		}
		now := local(t, before, "2025-05-08 12:00")
		due, moved, err := Recompute(old, before, after, start, Term{Days: 7, Unit: WorkingDays}, nil, now)
		switch {
		case err != nil:
			t.Fatal(err)
		case !old.At.After(now) && (moved || !due.At.Equal(old.At)):
			t.Fatalf("%v had passed and moved to %v", old.At, due.At)
		case moved && !due.At.After(now):
			t.Fatalf("%v was moved to %v, which has passed", old.At, due.At)
		}
	}
}

func TestRecomputeKeepsTheOldWhenTheNewCannotBeCounted(t *testing.T) {
	before, after := kz(t), amended(t, strings.Replace(lateHoliday, "2025-05-12", "2027-12-30", 1))
	start, term := local(t, before, "2027-12-22 10:00"), Term{Days: 7, Unit: WorkingDays}
	old, err := before.Due(start, term, nil)
	if err != nil {
		t.Fatal(err)
	}
	due, moved, err := Recompute(old, before, after, start, term, nil, start)
	if err == nil || moved || due.Last != old.Last {
		t.Errorf("%s, moved %v, %v", due.Last, moved, err)
	}
}
