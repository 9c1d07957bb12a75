package casework

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"aiqyn"
	"aiqyn/deadline"
	"aiqyn/notify"
	"aiqyn/store"
)

// published lists the days for which free power was published, in order.
func (r *rig) publishedDays() []string {
	r.t.Helper()
	var days []string
	for e, err := range r.db.EntriesByCase(context.Background(), 0, 1) {
		if err != nil {
			r.t.Fatal(err)
		}
		if EventKind(e.Kind) != EventCapacity {
			continue
		}
		plain, err := open(r.keys.system.gcm, e.Sealed, place(0, e.Seq))
		if err != nil {
			r.t.Fatal(err)
		}
		ev := &event{kind: EventCapacity}
		if err := decodePrivate(plain, ev); err != nil {
			r.t.Fatal(err)
		}
		days = append(days, ev.data.(*capacityPublished).Day)
	}
	return days
}

func (r *rig) runJobs() {
	r.t.Helper()
	if err := r.RunJobs(r.t.Context()); err != nil {
		r.t.Fatal(err)
	}
}

// TestDaysThatWereMissed: after two days in which nobody served, each of them
// is published, once.
func TestDaysThatWereMissed(t *testing.T) {
	r := newRig(t)
	r.keepNetwork()
	r.runJobs()
	r.runJobs()
	if got := r.publishedDays(); !slices.Equal(got, []string{"2026-06-01"}) {
		t.Fatalf("on the first day: %q", got)
	}
	r.shut()
	r.skip(3 * 24 * time.Hour)
	r.open()
	r.runJobs()
	r.runJobs()
	if got, want := r.publishedDays(), []string{"2026-06-01", "2026-06-02", "2026-06-03", "2026-06-04"}; !slices.Equal(got, want) {
		t.Errorf("published %q, want %q", got, want)
	}
	if rep := r.audit(); !rep.OK {
		t.Errorf("audit: %+v", rep.Problems)
	}
}

// TestALongAbsence is not made up for beyond a month: the server's log says which days
// were left out, and the audit remarks them.
func TestALongAbsence(t *testing.T) {
	var log bytes.Buffer
	r := newRig(t, func(c *Config) { c.Log = slog.New(slog.NewTextHandler(&log, nil)) })
	r.keepNetwork()
	r.runJobs()
	r.skip(10 * time.Second)
	r.runJobs()
	if strings.Contains(log.String(), "left out") {
		t.Errorf("told of days where none was missed: %s", log.String())
	}
	r.skip(200 * 24 * time.Hour)
	r.runJobs()
	if strings.Contains(log.String(), "job=lots") {
		t.Errorf("what is done every few seconds leaves no days out: %s", log.String())
	}
	if n := len(r.publishedDays()); n != 1+jobMissed {
		t.Errorf("%d days", n)
	}
	if !strings.Contains(log.String(), "days are left out") || !strings.Contains(log.String(), "job="+jobCapacity) {
		t.Errorf("nobody is told of the days that are missing: %s", log.String())
	}
	rep := r.audit()
	if !rep.OK || !slices.ContainsFunc(rep.Remarks, func(p Problem) bool {
		return strings.Contains(p.What, "2026-06-0") || strings.Contains(p.What, "no free power") || strings.Contains(p.What, "days")
	}) {
		t.Errorf("the audit does not remark them: %+v %+v", rep.Problems, rep.Remarks)
	}
}

// TestKilledBetweenRunAndMark: the day was published and the process ended
// before it could say so. The next one runs the job again, and the log has the
// day once.
func TestKilledBetweenRunAndMark(t *testing.T) {
	r := newRig(t)
	now := r.clock()
	if err := r.runner.enter(t.Context()); err != nil {
		t.Fatal(err)
	}
	row, ok, err := r.db.ClaimJob(t.Context(), jobCapacity, now, now.Add(jobLease))
	if err != nil || !ok {
		t.Fatal(ok, err)
	}
	if _, err := r.publishCapacityOf(t.Context(), deadline.DateOf(row.Next.In(r.Zone))); err != nil {
		t.Fatal(err)
	}
	r.reopen() // without a mark
	r.runJobs()
	if jobs, _ := r.db.Jobs(t.Context()); !jobs[0].Last.IsZero() {
		t.Error("the job was run although somebody has it")
	}
	r.skip(jobLease + time.Second)
	r.runJobs()
	if got := r.publishedDays(); len(got) != 1 {
		t.Errorf("published %q", got)
	}
	jobs, err := r.db.Jobs(t.Context())
	if i := slices.IndexFunc(jobs, func(j store.Job) bool { return j.Name == jobCapacity }); err != nil || jobs[i].Runs != 1 || jobs[i].Next.Before(r.clock()) {
		t.Errorf("the job stands at %+v, %v", jobs, err)
	}
	// Whoever had it cannot mark it any more.
	if held, err := r.db.MarkJob(t.Context(), row, r.clock(), r.clock()); held || err != nil {
		t.Errorf("a lost claim marked the job: %v", err)
	}
}

// counted is a runner with one job that counts its occurrences.
func (r *rig) counted(runs *[]time.Time, mu *sync.Mutex, fail func() error) *jobRunner {
	return &jobRunner{store: r.db, clock: r.clock, zone: r.Zone, log: slog.New(slog.DiscardHandler), list: []job{
		{name: "test", daily: true, run: func(_ context.Context, at time.Time) error {
			mu.Lock()
			defer mu.Unlock()
			if err := fail(); err != nil {
				return err
			}
			*runs = append(*runs, at)
			return nil
		}},
	}}
}

// TestTwoProcessesOneJob: two that look at the same moment, thirty days long.
func TestTwoProcessesOneJob(t *testing.T) {
	r := newRig(t)
	var runs []time.Time
	var mu sync.Mutex
	well := func() error { return nil }
	two := []*jobRunner{r.counted(&runs, &mu, well), r.counted(&runs, &mu, well)}
	const days = 30
	for range days {
		var both sync.WaitGroup
		for _, p := range two {
			both.Go(func() {
				if err := p.due(context.Background()); err != nil {
					t.Error(err)
				}
			})
		}
		both.Wait()
		r.skip(24 * time.Hour)
	}
	if len(runs) != days || !slices.IsSortedFunc(runs, time.Time.Compare) || len(slices.Compact(slices.Clone(runs))) != days {
		t.Errorf("%d runs: %v", len(runs), runs)
	}
}

// TestAJobThatFails rests longer each time, is shown to the operator, and then
// does what it owes.
func TestAJobThatFails(t *testing.T) {
	r := newRig(t)
	var runs []time.Time
	var mu sync.Mutex
	broken, tries := true, 0
	p := r.counted(&runs, &mu, func() error {
		if tries++; broken {
			return aiqyn.E(aiqyn.Unavailable, "error.unavailable").Because(errors.New("broken"))
		}
		return nil
	})
	do := func() {
		t.Helper()
		if err := p.due(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	for range 24 * 60 {
		do()
		r.skip(time.Minute)
	}
	if tries < 24*6 || tries > 24*6+30 { // every ten minutes in the end
		t.Errorf("tried %d times in a day", tries)
	}
	operator := aiqyn.Actor{Role: aiqyn.RoleOperator, Officer: "operator-01"}
	list, err := r.Jobs(t.Context(), operator)
	i := slices.IndexFunc(list, func(j JobView) bool { return j.Name == "test" })
	if err != nil || i < 0 || !list[i].Failing || list[i].Error != aiqyn.Unavailable || list[i].Failures != int64(tries) || list[i].Running {
		t.Fatalf("the operator sees %+v, %v", list, err)
	}
	if _, err := r.Jobs(t.Context(), aiqyn.Actor{Role: aiqyn.RoleHead, Officer: "head-01"}); aiqyn.KindOf(err) != aiqyn.Forbidden {
		t.Errorf("somebody else sees them: %v", err)
	}
	broken = false
	r.skip(time.Hour)
	do()
	if len(runs) != 2 { // yesterday, and today
		t.Errorf("after it was mended: %v", runs)
	}
}

// TestReminders go shortly before the date, and only to whom still has something
// to do by then.
func TestReminders(t *testing.T) {
	for _, objects := range []bool{false, true} {
		r := newRig(t)
		mail := new(pouch)
		p := r.post(map[notify.Channel]notify.Carrier{notify.SMS: mail})
		ref := r.toConditions(stranger, plot, 50) // whose right is not recorded
		r.must(Decide{ID: r.id(), Actor: r.officer(ref), Ref: ref, Step: "conditions", Reason: "no-right"})
		r.deliver(p)
		mail.take()
		if list := r.letters(stranger); list[0].Key != "message.notified" {
			t.Fatalf("a reminder shows before its time: %+v", list[0])
		}
		if objects {
			r.must(Object{ID: r.id(), Actor: aiqyn.Actor{Role: aiqyn.RoleApplicant, Person: stranger}, Ref: ref, Text: "I have one"})
		}
		v := r.view(ref)
		r.skip(v.Hearing.ObjectBy.Add(-23 * time.Hour).Sub(r.clock()))
		r.deliver(p)
		got := mail.take()
		if objects && len(got) != 0 || !objects && (len(got) != 1 || got[0].Ref != ref) {
			t.Errorf("objected %v: reminded by %+v", objects, got)
		}
		if again := r.deliver(p); again != 0 {
			t.Errorf("%d letters more", again)
		}
	}
}
