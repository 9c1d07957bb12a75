package deadline

import "time"

// DaysLeft counts the days from tomorrow to the last day, in the unit of the
// deadline: 0 on the last day itself. Once it has passed the number is negative:
// the days gone by since, at least one. Days outside the published years are
// not working days that anybody knows of, and are not counted.
func (c *Calendar) DaysLeft(now time.Time, d Due) int {
	run := count{calendar: c, term: Term{Unit: d.Unit}}
	today, last := DateOf(now.In(c.Zone)).serial(), d.Last.serial()
	if today <= last {
		return run.days(today+1, last)
	}
	return -max(1, run.days(last+1, today))
}

// Recompute carries an open deadline over to a new version of the calendar: a
// holiday announced late moves it. A deadline that has passed stays where it
// was, and none is moved to an instant that has passed already. Pass the old
// one back in when moved is false.
func Recompute(old Due, oldCal, newCal *Calendar, start time.Time, t Term, s []Suspension, now time.Time) (due Due, moved bool, err error) {
	if !old.At.After(now) || oldCal.Version() == newCal.Version() {
		return old, false, nil
	}
	due, err = newCal.Due(start, t, s)
	if err != nil {
		return old, false, err
	}
	if due.At.Equal(old.At) || !due.At.After(now) {
		return old, false, nil
	}
	due.Why = append(due.Why, changes(oldCal, newCal, start, due, old)...)
	return due, true, nil
}

// changes says which days the new calendar has otherwise than the old one, and
// where the deadline went.
func changes(oldCal, newCal *Calendar, start time.Time, due, old Due) []Reason {
	var reasons []Reason
	first := DateOf(start.In(newCal.Zone)).serial()
	last := max(due.Last.serial(), old.Last.serial())
	for n := first; n <= last; n++ {
		if oldCal.published(n) != nil || newCal.published(n) != nil || oldCal.isWorking(n) == newCal.isWorking(n) {
			continue
		}
		key := "deadline.became-working"
		if !newCal.isWorking(n) {
			key = "deadline.became-day-off"
		}
		reasons = append(reasons, Reason{Key: key, Args: map[string]any{"date": newCal.text(n)}})
	}
	return append(reasons, Reason{Key: "deadline.moved",
		Args: map[string]any{"from": old.Last.String(), "to": due.Last.String()}})
}
