package main

import (
	"fmt"
	"math/rand/v2"
	"os"
	"runtime/debug"
	"time"

	"aiqyn"
	"aiqyn/casework"
	"aiqyn/registry"
	"aiqyn/store"
)

// Who asks where they stand opens the page of their case: the engine reads the case, and
// tells its positions in the lines of all its groups and in those of the country.

const (
	benchQueue  = aiqyn.ServiceID("education.kindergarten")
	benchGroups = 10   // institutions, of one group each
	benchAsking = 200  // cases that ask, beside all the others
	benchRows   = 5000 // places that are written at once
)

// queueing is how many wait where a page is measured.
func (b *bench) queueing() int {
	if b.long {
		return 4_300_000
	}
	return 200_000
}

// positionPage measures the engine's answer behind a page that says where somebody
// stands, in a queue that as many wait in as for land.
func (b *bench) positionPage() error {
	dir, err := os.MkdirTemp("", "aiqyn-bench-")
	if err != nil {
		return err
	}
	w, err := newBenchWorld(b.ctx, dir, nil, 1)
	if err != nil {
		os.RemoveAll(dir)
		return err
	}
	defer w.close()
	refs, err := b.queueUp(w)
	if err != nil {
		return err
	}
	w.office.Close()
	w.office = nil
	began := time.Now()
	if err := b.othersWait(w, b.queueing()); err != nil {
		return err
	}
	filled := time.Since(began)
	if err := w.open(b.ctx); err != nil {
		return err
	}
	fmt.Fprintf(b.stderr, "%d wait: written in %.1f s, read in %.1f s\n", b.queueing(), filled.Seconds(), (time.Since(began) - filled).Seconds())
	debug.FreeOSMemory()
	return b.asks(w, refs)
}

// asks has each of some cases asked a few times where it stands.
func (b *bench) asks(w *benchWorld, refs []aiqyn.Reference) error {
	took := make(times, 0, 5*len(refs))
	for range 5 {
		for i, ref := range refs {
			start := time.Now()
			view, err := w.Case(b.ctx, aiqyn.Actor{Role: aiqyn.RoleApplicant, Person: benchPerson(1000 + i)}, ref)
			if err != nil {
				return err
			}
			took = append(took, time.Since(start))
			if q := view.Queue; q == nil || len(q.Lines) != 3 || q.Lines[0].Position < 1 || q.Lines[0].CountryOf < b.queueing() {
				return fmt.Errorf("%s stands at %+v", ref, view.Queue)
			}
		}
	}
	fmt.Fprintf(b.stderr, "one's own case and its positions: %.2f ms, of a hundred the slowest %.2f\n", ms(took.at(0.5)), ms(took.at(0.99)))
	b.add(figure{Name: "allocation.position.page", Value: ms(took.at(0.5)), Unit: "ms", Better: "lower", Goal: 1, Extrapolated: !b.long,
		LimitName: fmt.Sprintf("%d wait; the whole case with its positions in three lines and the country's", b.queueing())})
	return nil
}

// queueUp files the cases that ask, each for three groups.
func (b *bench) queueUp(w *benchWorld) (refs []aiqyn.Reference, err error) {
	var docs []store.RegisterDoc
	put := func(register, key string, doc any) {
		value, bad := registry.Canonical(doc)
		if bad != nil {
			err = bad
		}
		docs = append(docs, store.RegisterDoc{Register: register, Key: key, Value: value, Version: "1", At: time.Now()})
	}
	born := time.Now().AddDate(-3, 0, 0)
	for g := range benchGroups {
		id := fmt.Sprintf("kg-%d", g)
		put(registry.KindergartenRegister, id, registry.Institution{ID: id, Title: aiqyn.Text{KK: id, RU: id, EN: id}, Region: "710000000", District: "711210000", Groups: []registry.PlaceGroup{
			{ID: "kk", Places: 50, Is: map[string]string{"language": "kk", "from": born.AddDate(-1, 0, 0).Format(time.DateOnly), "to": born.AddDate(1, 0, 0).Format(time.DateOnly)}}}})
	}
	for i := range benchAsking {
		id := benchPerson(1000 + i)
		put(registry.PeopleRegister, string(id), registry.Person{IIN: id, Born: born.Format(time.DateOnly), Lang: "kk", Phone: fmt.Sprintf("+7701%07d", i), Name: registry.Name{Last: "Өлшем", First: "Бала"}})
	}
	if err != nil {
		return nil, err
	}
	if err := w.office.db.PutRegisterRows(b.ctx, docs); err != nil {
		return nil, err
	}
	for g := range benchGroups {
		id := fmt.Sprintf("kg-%d", g)
		if _, err := w.Do(b.ctx, casework.ReportPlaces{ID: benchCommand(), Actor: aiqyn.Actor{Role: aiqyn.RoleInstitution, Officer: aiqyn.OfficerID(id), Body: aiqyn.BodyID(id)}, Service: benchQueue, Institution: id, Group: "kk"}); err != nil {
			return nil, err
		}
	}
	for i := range benchAsking {
		answers := map[string]string{"language": "kk", "first": fmt.Sprintf("kg-%d", i%benchGroups), "second": fmt.Sprintf("kg-%d", (i+1)%benchGroups), "third": fmt.Sprintf("kg-%d", (i+2)%benchGroups)}
		done, err := w.Do(b.ctx, casework.File{ID: benchCommand(), Actor: aiqyn.Actor{Role: aiqyn.RoleApplicant, Person: benchPerson(1000 + i)}, Service: benchQueue, Lang: "kk", Channel: "online", Answers: answers})
		if err != nil {
			return nil, err
		}
		refs = append(refs, done.Ref)
	}
	return refs, nil
}

// othersWait writes the places of so many others, with the engine closed: before and
// behind those who ask.
func (b *bench) othersWait(w *benchWorld, n int) error {
	if err := checkDisk(w.dir, uint64(n)*400); err != nil {
		return err
	}
	db, err := store.Open(b.ctx, w.url(), store.Options{NoSync: true})
	if err != nil {
		return err
	}
	defer db.Close()
	head, err := db.Head(b.ctx)
	if err != nil {
		return err
	}
	rng := rand.New(rand.NewPCG(3, uint64(n)))
	now := time.Now().UTC()
	for from := 0; from < n; from += benchRows {
		batch := store.Batch{Was: head, Head: head}
		for i := from; i < min(n, from+benchRows); i++ {
			batch.Places = append(batch.Places, store.QueuePlace{
				Case: 1_000_000 + int64(i), Service: string(benchQueue), Object: fmt.Appendf(nil, "%016d", i), Waiting: true, Tier: int64(rng.IntN(3)),
				First: now.Add(time.Duration(rng.IntN(4000)-3000) * time.Hour), Groups: []string{fmt.Sprintf("kg-%d/kk", rng.IntN(benchGroups))},
			})
		}
		t, err := db.Write(b.ctx)
		if err != nil {
			return err
		}
		if err := t.Add(&batch); err != nil {
			t.Abandon()
			return err
		}
		if err := t.Commit(func() (string, error) { return head.Checkpoint, nil }); err != nil {
			return err
		}
	}
	return nil
}
