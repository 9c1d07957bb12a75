package casework

import (
	"context"
	"log/slog"
	"slices"
	"sync"
	"time"

	"aiqyn"
	"aiqyn/deadline"
	"aiqyn/retry"
	"aiqyn/store"
)

// A job is done by itself at its time, whether or not a case is concerned: what
// a case waits for is its own timer (see wake.go). Each occurrence is run by one
// process and marked when it is done. A process that ends in between leaves it
// to be run again, so every job can bear to run twice.
type job struct {
	name  string
	daily bool          // an occurrence each day; days that were missed are made up for
	hour  time.Duration // of a daily one, after midnight
	every time.Duration // otherwise: what was missed is over
	run   func(ctx context.Context, occurrence time.Time) error
}

// Names of jobs, as the operator's page calls them: text web.jobs.<name>.
const (
	jobCapacity = "capacity" // publish the free power of a day
	jobReleases = "releases" // release what can be, and index what is public
	jobSweep    = "sweep"    // forget what has expired
	jobFiles    = "files"    // drop what was uploaded and never named
	jobMandates = "mandates" // write off what has ended by itself
	jobTables   = "tables"   // publish what is free on a network that has just come into force
	jobSecrecy  = "secrecy"  // warn of classes that end, write down those that have
	jobLooks    = "looks"    // put into the log who looked at whom on days that are over
	jobShards   = "shards"   // tell other shards what is witnessed
	jobPayments = "payments" // ask the payment provider what it has not told
	jobRounds   = "rounds"   // commit the rounds of a day
	jobOffers   = "offers"   // draw rounds that are committed, and make their offers
	jobLots     = "lots"     // open lots, sell them, end their bids
	jobCases    = "cases"    // the timers of cases, shown beside the jobs
)

// Rules of jobs.
const (
	jobLease   = 10 * time.Second // prolonged while it runs; so long a job of one that died is nobody's
	jobMissed  = 31               // so many days at most are made up for
	sweepEvery = time.Minute
	filesEvery = time.Hour
	indexEvery = time.Minute

	tablesEvery   = time.Minute
	secrecyEvery  = 10 * time.Minute
	mandatesEvery = 10 * time.Minute
	shardsEvery   = 2 * time.Second
	roundsAt      = 9 * time.Hour // of the morning: an offer wakes nobody
	offersEvery   = 2 * time.Second
	lotsEvery     = 2 * time.Second
	partsKept     = 30 * 24 * time.Hour // receipts that are about no letter of ours
)

var jobAgain = retry.Policy{First: 5 * time.Second, Cap: 10 * time.Minute}

// jobRunner runs jobs of one database; several processes may, each with its own.
type jobRunner struct {
	store *store.DB
	clock aiqyn.Clock
	zone  *time.Location
	log   *slog.Logger
	list  []job

	mu      sync.Mutex // one job at a time in a process
	entered bool
}

// jobs are those of an engine.
func (e *Engine) jobs() []job {
	list := []job{
		{name: jobReleases, every: indexEvery, run: func(ctx context.Context, _ time.Time) error { return e.publishNew(ctx) }},
		{name: jobMandates, every: mandatesEvery, run: func(ctx context.Context, _ time.Time) error { return e.expireMandates(ctx) }},
		{name: jobLooks, every: looksEvery, run: func(ctx context.Context, _ time.Time) error { return e.logLooks(ctx) }},
		{name: jobSecrecy, every: secrecyEvery, run: func(ctx context.Context, _ time.Time) error { return e.reviewClasses(ctx) }},
		{name: jobRounds, daily: true, hour: roundsAt, run: func(ctx context.Context, day time.Time) error {
			d := deadline.DateOf(day.In(e.Zone))
			if d != deadline.DateOf(e.Clock().In(e.Zone)) {
				return nil // who waited yesterday waits today: no round is made up for
			}
			return e.commitRounds(ctx, d)
		}},
		{name: jobOffers, every: offersEvery, run: func(ctx context.Context, _ time.Time) error { return e.goOnWithRounds(ctx) }},
		{name: jobLots, every: lotsEvery, run: func(ctx context.Context, _ time.Time) error { return e.RunLots(ctx) }},
		{name: jobSweep, every: sweepEvery, run: func(ctx context.Context, _ time.Time) error { return e.sweep(ctx) }},
	}
	if e.Capacity != nil {
		list = append(list, job{name: jobCapacity, daily: true, run: func(ctx context.Context, day time.Time) error {
			_, err := e.publishCapacityOf(ctx, deadline.DateOf(day.In(e.Zone)))
			return err
		}})
		list = append(list, job{name: jobTables, every: tablesEvery, run: func(ctx context.Context, _ time.Time) error { return e.publishTables(ctx) }})
	}
	if e.Attachments != nil {
		list = append(list, job{name: jobFiles, every: filesEvery, run: func(ctx context.Context, _ time.Time) error { return e.sweepFiles(ctx) }})
	}
	if e.Payments != nil {
		list = append(list, job{name: jobPayments, every: paymentsEvery, run: func(ctx context.Context, _ time.Time) error { return e.askPayments(ctx) }})
	}
	if len(e.Shards) > 0 {
		list = append(list, job{name: jobShards, every: shardsEvery, run: func(ctx context.Context, _ time.Time) error { return e.tellOthers(ctx) }})
	}
	slices.SortFunc(list, func(a, b job) int { return len(a.name) - len(b.name) }) // sweep first, capacity before releases
	return list
}

// publishNew releases the days that can be, announces the verifier for browsers
// if it is another, lists in the signed index whatever is public and new, and
// tells whoever keeps a copy of it.
func (e *Engine) publishNew(ctx context.Context) error {
	if _, err := e.Release(ctx); err != nil {
		return err
	}
	if e.BrowserVerifier != nil {
		if err := e.PublishVerifier(ctx, e.BrowserVerifier); err != nil {
			return err
		}
	}
	changed, err := e.Index(ctx)
	if changed {
		e.untold.Store(true)
	}
	if err != nil || e.OnPublished == nil || !e.untold.Load() {
		return err
	}
	if err := e.OnPublished(ctx, e); err != nil {
		return err
	}
	e.untold.Store(false)
	return nil
}

// sweep forgets codes, sessions and receipts that nobody can use any more.
func (e *Engine) sweep(ctx context.Context) error {
	now := e.Clock()
	if err := e.Store.DropExpired(ctx, now, now.Add(-sessionIdle)); err != nil {
		return err
	}
	if err := e.Store.DropQuestions(ctx, now.Add(-partsKept)); err != nil {
		return err
	}
	return e.Store.DropReceipts(ctx, now.Add(-partsKept))
}

// RunJobs runs every job that is due now, one after the other, and waits for
// one that runs already in this process. The engine calls it by itself unless
// it is Manual.
func (e *Engine) RunJobs(ctx context.Context) error {
	e.runner.mu.Lock()
	defer e.runner.mu.Unlock()
	return e.runner.due(ctx)
}

// startJobs runs due jobs beside the timers of cases, which wait for none.
func (e *Engine) startJobs(run context.Context) {
	if !e.runner.mu.TryLock() {
		return
	}
	e.done.Go(func() {
		defer e.runner.mu.Unlock()
		if err := e.runner.due(run); err != nil && run.Err() == nil {
			e.Log.Error("jobs", "err", err)
		}
	})
}

// due runs what is due. One that fails is noted and keeps no other.
func (r *jobRunner) due(ctx context.Context) error {
	if err := r.enter(ctx); err != nil {
		return err
	}
	rows, err := r.store.Jobs(ctx)
	if err != nil {
		return err
	}
	now := r.clock()
	for _, j := range r.list {
		i := slices.IndexFunc(rows, func(row store.Job) bool { return row.Name == j.name })
		if i < 0 || rows[i].Next.After(now) || rows[i].Leased.After(now) {
			continue
		}
		if err := r.whole(ctx, j); err != nil {
			return err
		}
	}
	return ctx.Err()
}

// enter makes sure that each job has its row.
func (r *jobRunner) enter(ctx context.Context) error {
	if r.entered {
		return nil
	}
	for _, j := range r.list {
		if err := r.store.PutJob(ctx, j.name, j.first(r.clock(), r.zone)); err != nil {
			return err
		}
	}
	r.entered = true
	return nil
}

// whole runs a job until it is not due any more: once for each day that was
// missed. It stops when somebody else has it.
func (r *jobRunner) whole(ctx context.Context, j job) error {
	for ctx.Err() == nil {
		now := r.clock()
		row, ok, err := r.store.ClaimJob(ctx, j.name, now, now.Add(jobLease))
		if err != nil || !ok {
			return err
		}
		again, err := r.once(ctx, j, row)
		if err != nil || !again {
			return err
		}
	}
	return nil
}

// once runs one occurrence and marks it. The mark is refused to whom the claim
// was lost: then somebody else has run it, or does.
func (r *jobRunner) once(ctx context.Context, j job, row store.Job) (again bool, err error) {
	occurrence := row.Next
	if oldest := j.oldest(r.clock(), r.zone); occurrence.Before(oldest) {
		if j.daily {
			r.log.Warn("days are left out", "job", j.name, "from", occurrence, "to", oldest)
		}
		occurrence = oldest
	}
	failed := r.held(ctx, row, func(ctx context.Context) error { return j.run(ctx, occurrence) })
	now, keep := r.clock(), context.WithoutCancel(ctx)
	if failed != nil {
		r.log.Error("job failed", "job", j.name, "occurrence", occurrence, "err", failed)
		rest := now.Add(jobAgain.After(j.name, int(row.Tries)+1))
		if ctx.Err() != nil {
			rest = now // the process is asked to end: whoever comes next goes on at once
		}
		_, err := r.store.FailJob(keep, row, string(aiqyn.KindOf(failed)), rest, now)
		return false, err
	}
	next := j.next(occurrence, now, r.zone)
	marked, err := r.store.MarkJob(keep, row, next, now)
	return marked && !next.After(now), err
}

// held runs f while the claim is prolonged; when the claim is lost, f is ended.
func (r *jobRunner) held(ctx context.Context, row store.Job, f func(context.Context) error) error {
	ctx, end := context.WithCancel(ctx)
	defer end()
	go func() {
		tick := time.NewTicker(jobLease / 4)
		defer tick.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
			}
			if ours, err := r.store.HoldJob(ctx, row, r.clock().Add(jobLease)); err == nil && !ours {
				end()
				return
			}
		}
	}()
	return f(ctx)
}

// on is the occurrence of a daily job on a day.
func (j job) on(d deadline.Date, zone *time.Location) time.Time { return d.Start(zone).Add(j.hour) }

// first is the occurrence that a new job begins with: this day's, or now.
func (j job) first(now time.Time, zone *time.Location) time.Time {
	if j.daily {
		return j.on(deadline.DateOf(now.In(zone)), zone)
	}
	return now
}

// oldest is the earliest occurrence that is still worth making up for.
func (j job) oldest(now time.Time, zone *time.Location) time.Time {
	if j.daily {
		return j.on(deadline.DateOf(now.In(zone)).AddDays(1-jobMissed), zone)
	}
	return now
}

// next is the occurrence that follows one.
func (j job) next(occurrence, now time.Time, zone *time.Location) time.Time {
	if j.daily {
		return j.on(deadline.DateOf(occurrence.In(zone)).AddDays(1), zone)
	}
	return now.Add(j.every)
}

// JobView is how a job stands, for an operator.
type JobView struct {
	Name     string // text web.jobs.<name>
	Last     time.Time
	Next     time.Time // zero: nothing is waited for
	Running  bool
	Failing  bool // its last run failed, and it will be tried again
	Failures int64
	Failed   time.Time
	Error    aiqyn.ErrorKind
}

// Jobs tells how all that is done by itself stands: the jobs, and before them
// the timers of cases.
func (e *Engine) Jobs(ctx context.Context, viewer aiqyn.Actor) ([]JobView, error) {
	if viewer.Role != aiqyn.RoleOperator {
		return nil, aiqyn.E(aiqyn.Forbidden, "error.forbidden")
	}
	wake, err := e.Store.NextWake(ctx)
	if err != nil {
		return nil, err
	}
	rows, err := e.Store.Jobs(ctx)
	if err != nil {
		return nil, err
	}
	list := []JobView{{Name: jobCases, Next: wake, Last: unix(e.health.woken.Load()), Failures: e.health.overdue.Load()}}
	for _, row := range rows {
		v := JobView{
			Name: row.Name, Last: row.Last, Next: row.Next, Failures: row.Failures, Failed: row.Failed, Error: aiqyn.ErrorKind(row.Error),
			Failing: row.Tries > 0, Running: row.Tries == 0 && row.Leased.After(e.Clock()),
		}
		if v.Failing && row.Leased.After(v.Next) {
			v.Next = row.Leased
		}
		list = append(list, v)
	}
	return list, nil
}

func unix(us int64) time.Time {
	if us == 0 {
		return time.Time{}
	}
	return time.UnixMicro(us)
}

// jobMetrics tell whether what is done by itself is done.
func (e *Engine) jobMetrics(ctx context.Context) ([]metric, error) {
	rows, err := e.Store.Jobs(ctx)
	if err != nil {
		return nil, err
	}
	var overdue, failing, failures float64
	for _, row := range rows {
		overdue = max(overdue, e.Clock().Sub(row.Next).Seconds())
		failures += float64(row.Failures)
		if row.Tries > 0 {
			failing++
		}
	}
	return []metric{
		{"jobs_overdue_seconds", "gauge", "How long the job has been due that has waited longest.", overdue},
		{"jobs_failing", "gauge", "Jobs whose last run failed.", failing},
		{"jobs_failed_total", "counter", "Runs of jobs that failed, in all processes and since ever.", failures},
	}, nil
}
