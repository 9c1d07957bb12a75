package casework

import (
	"slices"
	"strings"
	"testing"
	"time"

	"aiqyn/notify"
)

// TestRemindersOfAQueue: an offer is reminded of a day before its end if nobody has
// answered, a time a day before it comes, or two hours before where a day before was
// gone when it was taken; who has given theirs back is not reminded of it.
func TestRemindersOfAQueue(t *testing.T) {
	r := surgery(t, 4)
	r.opens(2, 4)
	mail := new(pouch)
	post := r.post(map[notify.Channel]notify.Carrier{notify.SMS: mail})
	told := func() (to []string) {
		r.deliver(post)
		for _, l := range mail.take() {
			if strings.Contains(l.Text, "соңғы күні") || strings.Contains(l.Text, "ертең келесіз") || strings.Contains(l.Text, "сізді күтеді") {
				to = append(to, l.To)
			}
		}
		slices.Sort(to)
		return to
	}
	remind := func(what string, at time.Time, want ...string) {
		t.Helper()
		if r.at(at.Add(-time.Minute)); len(told()) > 0 {
			t.Errorf("%s: a minute before its time there is a reminder", what)
		}
		if r.at(at.Add(time.Minute)); !slices.Equal(told(), want) {
			t.Errorf("%s: want reminders to %v", what, want)
		}
	}
	kept, back, silent, late := r.booking(0), r.booking(1), r.booking(2), r.booking(3)
	holdRound(r)
	r.replies(0, kept, "yes")
	r.replies(1, back, "yes")
	r.must(Rebook{ID: r.id(), Actor: payer(childOf(1)), Ref: back, Part: "afternoon"})
	if list := told(); len(list) > 0 {
		t.Fatalf("reminders at once to %v", list)
	}
	due := r.dueOf(silent)
	if !due.Equal(r.dueOf(late)) || due.Sub(r.clock()) < 30*time.Hour {
		t.Fatal("offers end at", due)
	}
	remind("offers that nobody answered", due.Add(-offerReminder), "+77000000002", "+77000000003")
	starts, soon := r.stateOf(kept).Starts, r.stateOf(late).Starts
	remind("a time that was kept", starts.Add(-slotReminder), "+77000000000")
	r.at(due.Add(-time.Minute))
	r.replies(3, late, "yes")
	if left := soon.Sub(r.clock()); left >= slotReminder || left < 3*time.Hour {
		t.Fatalf("%s are left", left)
	}
	remind("a time that was taken late", soon.Add(-slotLateReminder), "+77000000003")
	r.at(soon)
	if list := told(); len(list) > 0 {
		t.Errorf("after all that reminders to %v", list)
	}
}
