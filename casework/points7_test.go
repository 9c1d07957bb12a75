package casework

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"aiqyn"
	"aiqyn/deadline"
	"aiqyn/service"
)

// almaty is the instant of a wall clock there.
func almaty(t testing.TB, text string) time.Time {
	t.Helper()
	at, err := time.ParseInLocation("2006-01-02 15:04", text, time.FixedZone("+05", 5*3600))
	if err != nil {
		t.Fatal(err)
	}
	return at
}

// edited is the pack with a change in one of its files.
func (r *rig) edited(name, old, replacement string) []service.File {
	r.t.Helper()
	files := slices.Clone(r.files)
	for i, f := range files {
		if strings.HasSuffix(f.Name, name) && bytes.Contains(f.Data, []byte(old)) {
			files[i].Data = bytes.Replace(f.Data, []byte(old), []byte(replacement), 1)
			return files
		}
	}
	r.t.Fatalf("%s does not say %q", name, old)
	return nil
}

// withHolidays is the pack with more days off in its calendar.
func (r *rig) withHolidays(days ...string) []service.File {
	r.t.Helper()
	const before = "  - date: 2026-07-06\n"
	more := ""
	for _, day := range days {
		more += "  - date: " + day + "\n    kind: public\n    name: {kk: Аза күні, ru: День траура, en: Day of mourning}\n" +
			"    status: confirmed\n    source: test\n    announced: 2026-06-01\n"
	}
	return r.edited("kz.yaml", before, more+before)
}

func publisher(n int) aiqyn.Actor {
	return aiqyn.Actor{Role: aiqyn.RolePublisher, Officer: aiqyn.OfficerID(fmt.Sprintf("publisher-%02d", n))}
}

// publish has two publishers sign a pack.
func (r *rig) publish(files []service.File, from string) {
	r.t.Helper()
	day, err := deadline.ParseDate(from)
	if err != nil {
		r.t.Fatal(err)
	}
	for n := range 2 {
		by := publisher(n)
		r.listed(aiqyn.RolePublisher, by.Officer)
		r.must(Publish{ID: r.id(), Actor: by, Files: files, From: day, Signature: officerName(by.Officer)})
	}
}

// due is the last day of the open step.
func (r *rig) due(ref aiqyn.Reference) string {
	r.t.Helper()
	v := r.view(ref)
	if v.Due == nil {
		return ""
	}
	return v.Due.Last.String()
}

func TestPoint07TimeHasTwoFaces(t *testing.T) {
	t.Run("a suspension runs out by itself, and moves the date by its cap at most", testSuspensionRunsOut)
	t.Run("the cap is one for all suspensions together", testSuspensionsTogether)
	t.Run("a holiday announced late moves open dates and never one that has passed", testLateHoliday)
	t.Run("a device's clock moves no date", func(t *testing.T) {
		r := newRig(t)
		ref := r.file(holder, plot, 150)
		r.pass(10 * time.Second)
		due := r.due(ref)
		r.pass(24 * time.Hour)
		p := r.surveyOf(ref)
		for _, at := range []string{"9999-12-31T23:59:59-01:00", "0001-01-01T00:00:00+05:00", "2026-05-20T10:00:00+05:00", "2026-06-02T10:02:00+05:00"} {
			wrong := p
			wrong.ID = r.id()
			wrong.Occurred, _ = time.Parse(time.RFC3339, at)
			if _, err := r.Do(t.Context(), wrong); aiqyn.KindOf(err) != aiqyn.Invalid || keyOf(err) != "error.evidence-time" {
				t.Errorf("done at %s: %v", at, err)
			}
		}
		p.Occurred = r.clock().AddDate(0, 0, -1)
		r.must(p)
		v := r.view(ref)
		i := slices.IndexFunc(v.Events, func(ev EventView) bool { return ev.Kind == EventPerformed })
		if ev := v.Events[i]; ev.At.Before(r.clock()) || !ev.Occurred.Equal(p.Occurred) {
			t.Errorf("recorded %v, occurred %v", ev.At, ev.Occurred)
		}
		if due != "2026-06-03" || r.due(ref) != "2026-06-08" {
			t.Errorf("survey due %s, conditions due %s", due, r.due(ref))
		}
	})
}

func testSuspensionRunsOut(t *testing.T) {
	r := newRig(t)
	ref := r.file(holder, plot, 150)
	r.pass(10 * time.Second)
	r.at(almaty(t, "2026-06-03 20:00")) // the last day of the survey, after hours
	r.must(Suspend{ID: r.id(), Actor: r.officer(ref), Ref: ref, Reason: "site-closed"})
	for day := 4; day <= 10; day++ { // five working days: the 4th, 5th, 8th, 9th, 10th
		r.at(almaty(t, fmt.Sprintf("2026-06-%02d 23:58", day)))
		if v := r.view(ref); v.Suspended == "" {
			t.Fatalf("the clock runs again on the %dth: %v", day, kinds(v))
		}
	}
	r.at(almaty(t, "2026-06-11 00:01"))
	v := r.view(ref)
	if v.Suspended != "" || !slices.Contains(kinds(v), EventResumed) || v.StepState != StepEscalated {
		t.Errorf("after the cap: suspended %q, step %s, %v", v.Suspended, v.StepState, kinds(v))
	}
}

func testSuspensionsTogether(t *testing.T) {
	r := newRig(t)
	ref := r.file(holder, plot, 150)
	r.pass(10 * time.Second)
	officer := r.officer(ref)
	stop := func() error {
		_, err := r.Do(t.Context(), Suspend{ID: r.id(), Actor: officer, Ref: ref, Reason: "register-down"})
		return err
	}
	// Two days of five, then again without end.
	r.at(almaty(t, "2026-06-02 10:00"))
	if err := stop(); err != nil {
		t.Fatal(err)
	}
	r.at(almaty(t, "2026-06-05 10:00"))
	r.must(Resume{ID: r.id(), Actor: officer, Ref: ref})
	if got := r.due(ref); got != "2026-06-05" {
		t.Errorf("after two days the survey is due %s", got)
	}
	if err := stop(); err != nil {
		t.Fatal(err)
	}
	r.at(almaty(t, "2026-06-10 23:58")) // the 8th, 9th and 10th are the other three
	if v := r.view(ref); v.Suspended == "" {
		t.Errorf("the clock runs before the cap is used up: %v", kinds(v))
	}
	r.setClock(almaty(t, "2026-06-11 00:01"))
	if err := stop(); err == nil {
		t.Error("suspended a third time beyond the cap")
	}
	r.pass(time.Second)
	v := r.view(ref)
	if v.Suspended != "" || v.StepState != StepEscalated {
		t.Errorf("beyond the cap: suspended %q, %v", v.Suspended, kinds(v))
	}
	events := r.entries()
	for _, ev := range events {
		if d, ok := ev.data.(*resumed); ok && d.Due.After(almaty(t, "2026-06-11 00:00")) {
			t.Errorf("entry %d moves the date to %v: the cap is five days", ev.index, d.Due)
		}
	}
}

func testLateHoliday(t *testing.T) {
	r := newRig(t)
	open := r.file(holder, plot, 150)             // its conditions are due on the 8th
	long := r.file(holder, "99-999-002-001", 800) // on the 15th
	decided := r.toConditions(holder, "99-999-002-002", 50)
	r.must(Decide{ID: r.id(), Actor: r.officer(decided), Ref: decided, Step: "conditions", Grant: true})
	r.at(almaty(t, "2026-06-01 15:00"))
	for _, ref := range []aiqyn.Reference{open, long} {
		if v := r.view(ref); v.StepState == StepOpen && v.Step.Name == "survey" {
			r.survey(ref)
		}
	}
	r.at(almaty(t, "2026-06-02 10:00"))
	late := r.file(holder, "99-999-002-003", 5) // its survey is due on the 4th
	if r.due(open) != "2026-06-08" || r.due(long) != "2026-06-15" || r.due(late) != "2026-06-04" {
		t.Fatalf("due %s, %s, %s", r.due(open), r.due(long), r.due(late))
	}
	// The 4th, the 8th and the 12th are declared days off, from the 6th on.
	r.publish(r.withHolidays("2026-06-04", "2026-06-08", "2026-06-12"), "2026-06-06")
	r.at(almaty(t, "2026-06-03 12:00"))
	if r.due(open) != "2026-06-08" {
		t.Errorf("moved before its day: %s", r.due(open))
	}
	r.at(almaty(t, "2026-06-07 12:00")) // the machine slept over the 4th and the day of effect
	if got := r.due(open); got != "2026-06-10" {
		t.Errorf("the open date moved to %s", got)
	}
	if got := r.due(long); got != "2026-06-18" {
		t.Errorf("the long open date moved to %s", got)
	}
	v := r.view(late)
	if v.StepState != StepEscalated || slices.Contains(kinds(v), EventResumed) {
		t.Errorf("a date that had passed was moved: %v", kinds(v))
	}
	for _, ev := range r.entries() {
		if d, ok := ev.data.(*rescheduled); ok && !d.Was.After(ev.at) {
			t.Errorf("entry %d moves a date that had passed: %v", ev.index, d.Was)
		}
	}
	if slices.Contains(kinds(r.view(decided)), EventRescheduled) {
		t.Error("a decided case was moved")
	}
	r.reopen()
	r.pass(time.Second)
	if got := r.due(open); got != "2026-06-10" {
		t.Errorf("after a restart the date is %s", got)
	}
	r.at(almaty(t, "2026-06-11 00:00"))
	if r.view(open).Outcome != aiqyn.Granted {
		t.Errorf("silence at the moved date: %v", kinds(r.view(open)))
	}
}
