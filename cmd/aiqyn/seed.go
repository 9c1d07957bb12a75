package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"slices"
	"sync"
	"time"

	"aiqyn"
	"aiqyn/casework"
	"aiqyn/deadline"
	"aiqyn/grid"
	"aiqyn/packs"
	"aiqyn/pay"
	"aiqyn/pay/practice"
	"aiqyn/registry"
	"aiqyn/service"
	"aiqyn/simulate"
	"aiqyn/store"
)

// seed makes a country in f.dir, whose past ends now. The database gets its name when
// everything is in it and on the disk; until then it is nobody's.
func seed(c *call, f demoFlags, now time.Time) error {
	bar := newProgress(c.stderr)
	defer bar.end()
	// Nearly all of what a seeding allocates it soon throws away, and it is over
	// in seconds: collecting less often makes it faster by a tenth.
	defer debug.SetGCPercent(debug.SetGCPercent(400))
	present := beginning(now)
	posts, err := postsOf(packs.Kazakhstan())
	if err != nil {
		return err
	}
	cfg := simulate.Config{Seed: f.seed, People: f.people, Today: present, Posts: posts}
	if f.network != "" {
		data, err := os.ReadFile(f.network)
		if err != nil {
			return aiqyn.E(aiqyn.Invalid, "error.command-file", "file", f.network).Because(err)
		}
		cfg.Network = data
	}
	world, err := simulate.Generate(cfg, func(done, total int, what string) {
		if what != "" {
			bar.show(c.text(what), done, total)
		}
	})
	if err != nil {
		return err
	}
	unfinished := databaseFile(f.dir) + ".new"
	s := &seeding{call: c, bar: bar, dir: f.dir, world: world, posts: posts, present: present, cases: f.cases}
	if err := s.fill(unfinished); err != nil {
		return err
	}
	os.Remove(unfinished + ".lock")
	err = errors.Join(syncFile(unfinished), os.Rename(unfinished, databaseFile(f.dir)), syncFile(f.dir))
	return err
}

// seeding is a country on its way into a database.
type seeding struct {
	call    *call
	bar     *progress
	dir     string
	world   *simulate.World
	posts   []simulate.Post // of the services' bodies
	present time.Time
	cases   int
	peaks   []byte        // what the town's meters have counted
	metered string        // day up to which that was taken in
	before  *grid.Network // as it was surveyed before works
	bank    *practice.Bank
}

// fill writes the registers, then lets the engine live through the past.
func (s *seeding) fill(file string) error {
	ctx := s.call.ctx
	db, err := store.Open(ctx, "sqlite:"+file, store.Options{NoSync: true})
	if err != nil {
		return err
	}
	defer db.Close()
	if err := s.registers(ctx, db); err != nil {
		return err
	}
	if s.before, err = beforeWorks(s.world.Network); err != nil {
		return err
	}
	if err := writeCapacity(ctx, db, s.world, s.before, s.past()); err != nil {
		return err
	}
	keyDir := filepath.Join(s.dir, "keys")
	keys, err := makeKeys(keyDir, practiceOrigin)
	if err != nil {
		return err
	}
	if err := makePractice(keyDir); err != nil {
		return err
	}
	clock := new(pastClock)
	parties, err := openPractice(keyDir, keys, clock.now, true)
	if err != nil {
		return err
	}
	clock.set(s.past())
	o, err := s.open(db, keys, parties, clock)
	if err != nil {
		return err
	}
	defer o.Engine.Close()
	if err := errors.Join(s.people(ctx, o), o.adopt(ctx, string(s.operator().Officer), "Желі мен бағалар жүйе басталғандағыдай")); err != nil {
		return err
	}
	if err := s.live(ctx, o, clock); err != nil {
		return err
	}
	if err := errors.Join(s.meters(ctx, o, s.present), s.misread(ctx, o), s.outgrown(ctx, o), s.prices(ctx, o)); err != nil {
		return err
	}
	if err := s.former(ctx, o); err != nil {
		return err
	}
	if err := s.recast(ctx, o); err != nil {
		return err
	}
	if err := db.EveryLetterArrived(ctx, s.present); err != nil {
		return err
	}
	clock.set(s.present) // numbers are confirmed today
	if err := s.accounts(ctx, o); err != nil {
		return err
	}
	if err := parties.settle(); err != nil {
		return err
	}
	return db.PutSetting(ctx, offsetSetting, s.offset().String())
}

// open opens the engine that lives through the past, and the bank where deposits are
// paid there.
func (s *seeding) open(db *store.DB, keys *logKeys, parties *practiceParties, clock *pastClock) (o *office, err error) {
	s.bank, err = practiceBank(s.dir, parties.seed, clock.now, func(ctx context.Context, n pay.Signed) error { return o.SettlePayment(ctx, n) })
	if err != nil {
		return nil, err
	}
	o, err = wiring{
		db: db, past: true, practice: true, keys: keys, pack: packs.Kazakhstan(), registers: registry.NewLocal(db),
		beacon: parties.beacon, policy: parties.policy, witnesses: parties.witnesses, clock: clock.now, payments: s.bank.Provider(pay.PracticeBank),
	}.open(s.call.ctx)
	return o, err
}

// offset is how far the demonstration's clock goes ahead of the real one. Its
// past ends where its present begins, some seconds ago by now.
func (s *seeding) offset() time.Duration {
	if beginning(s.present) == s.present && time.Since(s.present).Abs() < time.Hour {
		return 0
	}
	return time.Until(s.present)
}

// past is the day before the first case.
func (s *seeding) past() time.Time {
	y, m, d := s.world.Today.In(zone).Date()
	return time.Date(y, m, d, 9, 0, 0, 0, zone).AddDate(0, 0, -366)
}

// row is one document of a register, not yet written out.
type row struct {
	register, key string
	doc           any
}

// registers writes every document of every register.
func (s *seeding) registers(ctx context.Context, db *store.DB) error {
	w := s.world
	rows := make([]row, 0, 2*len(w.People)+2*len(w.Parcels)+len(w.Businesses))
	for i := range w.People {
		rows = append(rows, row{registry.PeopleRegister, string(w.People[i].IIN), &w.People[i]})
		rows = append(rows, row{registry.AddressRegister, string(w.Addresses[i].Person), &w.Addresses[i]})
	}
	for i := range w.Children {
		rows = append(rows, row{registry.ChildrenRegister, string(w.Children[i].Person), &w.Children[i]})
	}
	for i := range w.Parcels {
		rows = append(rows, row{registry.ParcelRegister, w.Parcels[i].Number, &w.Parcels[i]})
		rows = append(rows, row{registry.RightRegister, w.Rights[i].Parcel, &w.Rights[i]})
	}
	for i := range w.Substations {
		rows = append(rows, row{registry.RightRegister, w.Substations[i].Right.Parcel, &w.Substations[i].Right})
	}
	for i := range w.Businesses {
		rows = append(rows, row{registry.BusinessRegister, string(w.Businesses[i].BIN), &w.Businesses[i]})
	}
	rows = append(rows, standings(w)...)
	rows = append(rows, kindergartens(w)...)
	rows = append(rows, competitionRows(w)...)
	rows = append(rows, timedRows(w)...)
	rows = append(rows, saleRows(w)...)
	// In order of their keys the index grows at its end only.
	slices.SortFunc(rows, func(a, b row) int { return cmp.Or(cmp.Compare(a.register, b.register), cmp.Compare(a.key, b.key)) })
	return s.write(ctx, db, rows)
}

// standings are the rows of work, study, licences, conscripts and courts.
func standings(w *simulate.World) []row {
	return slices.Concat(
		rowsOf(registry.StudyRegister, w.Studies, func(d *registry.Study) aiqyn.PersonID { return d.Person }),
		rowsOf(registry.MarkRegister, w.Marks, func(d *registry.Marks) aiqyn.PersonID { return d.Person }),
		rowsOf(registry.EmploymentRegister, w.Employments, func(d *registry.Employment) aiqyn.PersonID { return d.Person }),
		rowsOf(registry.InsuranceRegister, w.Insurances, func(d *registry.Insurance) aiqyn.PersonID { return d.Person }),
		rowsOf(registry.DrivingLicenceRegister, w.Licences, func(d *registry.DrivingLicence) aiqyn.PersonID { return d.Person }),
		rowsOf(registry.DrivingFitnessRegister, w.Fitness, func(d *registry.DrivingFitness) aiqyn.PersonID { return d.Person }),
		rowsOf(registry.ConscriptRegister, w.Conscripts, func(d *registry.Conscript) aiqyn.PersonID { return d.Person }),
		rowsOf(registry.CourtRegister, w.Courts, func(d *registry.CourtActs) aiqyn.PersonID { return d.Person }),
	)
}

// rowsOf are the rows of a register that is kept by person.
func rowsOf[T any](register string, list []T, person func(*T) aiqyn.PersonID) []row {
	rows := make([]row, len(list))
	for i := range list {
		rows[i] = row{register, string(person(&list[i])), &list[i]}
	}
	return rows
}

// write writes rows part by part; while one goes to the database the next is
// put into its canonical form.
func (s *seeding) write(ctx context.Context, db *store.DB, rows []row) error {
	const part = 4096
	type written struct {
		docs []store.RegisterDoc
		err  error
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	next := make(chan written, 1)
	go func() {
		defer close(next)
		for some := range slices.Chunk(rows, part) {
			var w written
			w.docs, w.err = canonicalRows(some, s.past())
			select {
			case next <- w:
			case <-ctx.Done():
				return
			}
		}
	}()
	done := 0
	for w := range next {
		if w.err != nil {
			return w.err
		}
		s.bar.show(s.call.text("command.demo.registers"), done, len(rows))
		if err := db.PutRegisterRows(ctx, w.docs); err != nil {
			return err
		}
		done += len(w.docs)
	}
	return ctx.Err()
}

// canonicalRows writes documents in their canonical form, on every core.
func canonicalRows(rows []row, at time.Time) ([]store.RegisterDoc, error) {
	docs := make([]store.RegisterDoc, len(rows))
	workers := runtime.GOMAXPROCS(0)
	errs := make([]error, workers)
	var group sync.WaitGroup
	for w := range workers {
		group.Go(func() {
			for i := w; i < len(rows) && errs[w] == nil; i += workers {
				var value []byte
				value, errs[w] = registry.Canonical(rows[i].doc)
				docs[i] = store.RegisterDoc{Register: rows[i].register, Key: rows[i].key, Value: value, Version: "1", At: at, Cells: registry.CellsOf(rows[i].doc)}
			}
		})
	}
	group.Wait()
	return docs, errors.Join(errs...)
}

// former imports what the town's former system claims, as an operator would.
func (s *seeding) former(ctx context.Context, o *office) error {
	operator := s.world.Officers[slices.IndexFunc(s.world.Officers, func(f simulate.Officer) bool { return f.Role == aiqyn.RoleOperator })]
	list, _ := s.world.FormerCases()
	for _, c := range list {
		outcome := aiqyn.Refused
		if c.Granted {
			outcome = aiqyn.Granted
		}
		_, err := o.Do(ctx, casework.Import{
			ID: aiqyn.CommandID("import/former/" + c.Number), Actor: operator.Actor(), Service: "energy.connection", Applicant: c.Applicant,
			Answers: map[string]string{"parcel": c.Parcel, "load": fmt.Sprint(c.LoadKW)}, Lang: aiqyn.Kazakh,
			Filed: deadline.DateOf(c.Filed.In(zone)), Decided: deadline.DateOf(c.Decided.In(zone)), Outcome: outcome, Source: "practice archive", Number: c.Number,
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// pool is whom officers of a step are drawn from, or who has one task of all. Those of the town's own bodies
// are here whatever the pack; its services add theirs (postsOf).
type pool struct {
	role aiqyn.Role
	body aiqyn.BodyID
}

var pools = []pool{
	{aiqyn.RoleSurveyor, simulate.Utility}, {aiqyn.RoleEngineer, simulate.Utility}, {aiqyn.RoleHead, simulate.Utility},
	{aiqyn.RoleAppeals, simulate.AppealsCouncil},
	{aiqyn.RoleSecrecy, simulate.Platform}, {aiqyn.RoleAuditor, simulate.Audit}, {aiqyn.RoleOverseer, simulate.AntiCorruption}, // who may review what is classified
}

// people enters officers, and who may be drawn.
func (s *seeding) people(ctx context.Context, o *office) error {
	w := s.world
	officers := make([]store.Officer, len(w.Officers))
	rosters := make(map[pool][]aiqyn.OfficerID) // of those who act on cases
	persons := make(map[aiqyn.OfficerID]aiqyn.PersonID)
	for i, f := range w.Officers {
		officers[i] = store.Officer{ID: string(f.ID), Role: string(f.Role), Body: string(f.Body), Name: f.Name.String()}
		rosters[pool{f.Role, f.Body}] = append(rosters[pool{f.Role, f.Body}], f.ID)
		persons[f.ID] = f.IIN
	}
	if err := o.db.PutOfficers(ctx, officers); err != nil {
		return err
	}
	registrar := w.Officers[slices.IndexFunc(w.Officers, func(f simulate.Officer) bool { return f.Role == aiqyn.RoleRegistrar })]
	more := pools
	for _, p := range s.posts {
		if one := (pool{p.Role, p.Body}); !slices.Contains(more, one) {
			more = append(slices.Clip(more), one)
		}
	}
	for _, p := range more {
		roster := casework.Roster{
			ID: aiqyn.CommandID(fmt.Sprintf("first-roster-%s-%s", p.body, p.role)), Actor: registrar.Actor(), Role: p.role, Body: p.body, Officers: rosters[p], Persons: persons,
		}
		if _, err := o.Do(ctx, roster); err != nil {
			return err
		}
	}
	return writeCast(ctx, o.db, w)
}

// accounts enters whoever may sign in.
func (s *seeding) accounts(ctx context.Context, o *office) error {
	for _, f := range s.world.Officers {
		account := casework.Account{Actor: f.Actor(), Name: f.Name.String(), Phone: f.Phone, Lang: f.Lang, Roles: []aiqyn.Role{f.Role}}
		if err := o.PutAccount(ctx, account); err != nil {
			return err
		}
	}
	for _, p := range s.world.Personas {
		account := casework.Account{Actor: p.Actor, Name: p.Name.String(), Phone: p.Phone, Lang: p.Lang, Roles: []aiqyn.Role{p.Actor.Role}}
		if err := o.PutAccount(ctx, account); err != nil {
			return err
		}
	}
	return nil
}

// postsOf are the posts without which nobody could apply for the services of a
// pack: five to draw from for each step, and a head for what is late and for what
// is objected to.
func postsOf(files []service.File) ([]simulate.Post, error) {
	pack, err := parseOwn(files)
	if err != nil {
		return nil, err
	}
	var posts []simulate.Post
	for _, svc := range pack.Services {
		for _, step := range svc.Steps {
			if step.Draw {
				posts = append(posts, simulate.Post{Role: step.By, Body: svc.Body, Count: 5})
			}
			if step.Draw || step.Hearing != nil {
				posts = append(posts, simulate.Post{Role: aiqyn.RoleHead, Body: svc.Body, Count: 1})
			}
		}
	}
	return posts, nil
}
