package deadline

import (
	"math/rand/v2"
	"testing"
	"time"
)

// naive counts as a person does: day by day, looking each of them up.
type naive struct {
	c    *Calendar
	days map[Date]DayKind
}

func newNaive(c *Calendar) naive {
	n := naive{c: c, days: map[Date]DayKind{}}
	for _, d := range c.Days {
		n.days[d.Date] = d.Kind
	}
	return n
}

func (n naive) working(d Date) bool {
	if kind, listed := n.days[d]; listed {
		return kind == WorkingWeekend
	}
	return d.Weekday() != time.Saturday && d.Weekday() != time.Sunday
}

func (n naive) counts(d Date, u Unit) bool { return u == CalendarDays || n.working(d) }

// suspended reports whether every moment of the day, looked at hour by hour,
// lies in some suspension. The test's suspensions begin and end on the hour.
func (n naive) suspended(d Date, s []Suspension) bool {
	for hour := range 24 {
		at := d.Start(n.c.Zone).Add(time.Duration(hour) * time.Hour)
		covered := false
		for _, one := range s {
			covered = covered || !at.Before(one.From) && at.Before(one.To)
		}
		if !covered {
			return false
		}
	}
	return true
}

func (n naive) due(start time.Time, t Term, s []Suspension) Date {
	local := start.In(n.c.Zone)
	from := DateOf(local)
	if !n.working(from) || local.Hour()*60+local.Minute() > 18*60+30 {
		for from = from.AddDays(1); !n.working(from); {
			from = from.AddDays(1)
		}
	}
	day, passed, stood := from, 0, 0
	for passed < t.Days {
		day = day.AddDays(1)
		switch {
		case !n.counts(day, t.Unit):
		case stood < t.Cap && n.suspended(day, s):
			stood++
		default:
			passed++
		}
	}
	for t.Unit == CalendarDays && !n.working(day) {
		day = day.AddDays(1)
	}
	return day
}

func TestDueAgreesWithCountingDayByDay(t *testing.T) {
	c := kz(t)
	plain := newNaive(c)
	random := rand.New(rand.NewPCG(2025, 2027))
	begin := Date{2025, 1, 1}.Start(c.Zone)
	for range 20_000 {
		start := begin.Add(time.Duration(random.IntN(900*24*60)) * time.Minute)
		term := Term{Days: 1 + random.IntN(40), Unit: WorkingDays, Cap: random.IntN(15)}
		if random.IntN(3) == 0 {
			term.Unit = CalendarDays
		}
		var s []Suspension
		for range random.IntN(4) {
			from := DateOf(start).Start(c.Zone).Add(time.Duration(random.IntN(60*24)-120) * time.Hour)
			s = append(s, Suspension{From: from, To: from.Add(time.Duration(random.IntN(12*24)) * time.Hour)})
		}
		due, err := c.Due(start, term, s)
		if err != nil {
			t.Fatalf("start %v, %+v, %v: %v", start, term, s, err)
		}
		if want := plain.due(start, term, s); due.Last != want {
			t.Fatalf("start %v, %+v, %v: %s, counted by hand %s", start, term, s, due.Last, want)
		}
	}
}

func TestEveryDayAgreesWithTheList(t *testing.T) {
	c := kz(t)
	plain := newNaive(c)
	total := 0
	for d := (Date{2025, 1, 1}); d.Year <= 2027; d = d.AddDays(1) {
		working, _, err := c.IsWorking(d)
		if err != nil || working != plain.working(d) {
			t.Errorf("%s: working %v, %v", d, working, err)
		}
		if rank := c.rank(d.serial()); rank != total {
			t.Fatalf("%s: %d working days before it, counted %d", d, rank, total)
		}
		if working {
			total++
			if at, ok := c.nth(c.first, total); !ok || at != d.serial() {
				t.Fatalf("working day %d is not %s", total, d)
			}
		}
	}
	if _, ok := c.nth(c.first, total+1); ok {
		t.Error("there is a working day after the last")
	}
}

func FuzzDue(f *testing.F) {
	c := kz(f)
	plain := newNaive(c)
	f.Add(int64(1_746_190_800), 5, 3, true, int64(86_400), int64(172_800))
	f.Fuzz(func(t *testing.T, start int64, days, most int, working bool, from, length int64) {
		term := Term{Days: days, Unit: CalendarDays, Cap: most}
		if working {
			term.Unit = WorkingDays
		}
		at := time.Unix(start, 0)
		hour := time.Unix(start-start%3600+from%(1000*3600)/3600*3600, 0)
		s := []Suspension{{From: hour, To: hour.Add(time.Duration(length%(1000*3600)/3600) * time.Hour)}}
		due, err := c.Due(at, term, s)
		if err != nil {
			return
		}
		if days > 400 || due.Last.Year > 2027 || at.Second() != 0 {
			return
		}
		if want := plain.due(at, term, s); due.Last != want {
			t.Errorf("start %v, %+v, %v: %s, counted by hand %s", at, term, s, due.Last, want)
		}
	})
}
