package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"aiqyn"
	"aiqyn/attachment"
	"aiqyn/beacon"
	"aiqyn/casework"
	"aiqyn/ledger"
	"aiqyn/packs"
	"aiqyn/registry"
	"aiqyn/service"
	"aiqyn/simulate"
	"aiqyn/store"
	"aiqyn/store/cluster"
)

// benchWorld is an engine on a database of its own, for measuring: the
// generated town's network, and as many parcels on it as cases will need.
type benchWorld struct {
	*office
	dir     string
	server  *cluster.Cluster // nil: the database is a file
	made    int              // databases beside its own
	keys    *logKeys
	parcels int
	points  [][2]float64 // where parcels lie
	next    atomic.Int64
	batches []store.Batch
	keep    bool // collect batches
	mu      sync.Mutex
	holders map[string]holding // by reference
	waiting map[string]*wait

	pack  []service.File     // nil: as it ships
	files *attachment.Keeper // nil: none are kept

	stored   []aiqyn.Reference // cases that it was filled with, in order of their numbers
	visitors []visitor         // who is signed in already
}

// benchPeriod is how often the measuring beacon publishes: a case must not
// wait for its draw while something else is measured.
const benchPeriod = 20 * time.Millisecond

func newBenchWorld(ctx context.Context, dir string, server *cluster.Cluster, parcels int) (*benchWorld, error) {
	return benchWorldOf(ctx, &benchWorld{dir: dir, server: server, parcels: parcels})
}

// benchWorldOf fills a world in.
func benchWorldOf(ctx context.Context, w *benchWorld) (*benchWorld, error) {
	w.holders, w.waiting = make(map[string]holding), make(map[string]*wait)
	if w.pack == nil {
		w.pack = packs.Kazakhstan()
	}
	if w.keys == nil {
		skey, vkey, err := ledger.GenerateKey(rand.Reader, "bench.aiqyn.example/log")
		if err != nil {
			return nil, err
		}
		signer, err := ledger.NewSigner(skey)
		if err != nil {
			return nil, err
		}
		w.keys = &logKeys{origin: "bench.aiqyn.example/log", signer: signer, verifier: vkey, data: [32]byte{1}}
	}
	if err := w.seed(ctx); err != nil {
		return nil, err
	}
	return w, w.open(ctx)
}

// open starts the engine on the world's file.
func (w *benchWorld) open(ctx context.Context) error {
	db, err := store.Open(ctx, w.url(), store.Options{})
	if err != nil {
		return err
	}
	wiring := wiring{
		db: db, practice: true, keys: w.keys, pack: w.pack, files: w.files, registers: registry.NewLocal(db),
		beacon: practiceBeacon{beacon.NewPractice([32]byte{1}, time.Now().Add(-time.Hour), benchPeriod)}, clock: time.Now,
		observe: w.observe,
	}
	if w.office, err = wiring.open(ctx); err != nil {
		db.Close()
		return err
	}
	return w.rosters(ctx)
}

// url is where the world's database is.
func (w *benchWorld) url() string {
	if w.server == nil {
		return "sqlite:" + w.file()
	}
	return cluster.URL("bench", w.server)
}

// fresh makes another database of the same kind.
func (w *benchWorld) fresh() (string, error) {
	w.made++
	name := fmt.Sprint("fresh", w.made)
	if w.server == nil {
		return "sqlite:" + filepath.Join(w.dir, name+".db"), nil
	}
	return w.server.Create(name)
}

func (w *benchWorld) file() string { return filepath.Join(w.dir, "bench.db") }

// observe keeps what was written, to write it once more without the rest, and
// tells whoever waits for a draw who was drawn: a case's row says it.
func (w *benchWorld) observe(batches []store.Batch) {
	if w.keep {
		w.batches = append(w.batches, batches...)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	for i := range batches {
		w.seen(batches[i].Cases)
	}
}

func (w *benchWorld) seen(cases []store.Case) {
	for i := range cases {
		c := &cases[i]
		if waiting := w.waiting[c.Ref]; waiting != nil && c.Officer != "" && waiting.step == c.Step {
			waiting.officer <- aiqyn.OfficerID(c.Officer)
			delete(w.waiting, c.Ref)
		} else if c.Officer != "" {
			w.holders[c.Ref] = holding{c.Step, aiqyn.OfficerID(c.Officer)}
		}
		if c.Status == "closed" {
			delete(w.holders, c.Ref)
		}
	}
}

// holding is who holds a case's open step.
type holding struct {
	step    string
	officer aiqyn.OfficerID
}

// wait is somebody waiting for a draw.
type wait struct {
	step    string
	officer chan aiqyn.OfficerID
}

// seed enters the network, the parcels and their holders.
func (w *benchWorld) seed(ctx context.Context) error {
	town, err := simulate.Generate(simulate.Config{Seed: 1, People: 5000, Today: time.Now()}, func(int, int, string) {})
	if err != nil {
		return err
	}
	for _, p := range town.Parcels {
		w.points = append(w.points, [2]float64{p.X, p.Y})
	}
	db, err := store.Open(ctx, w.url(), store.Options{NoSync: true})
	if err != nil {
		return err
	}
	defer db.Close()
	if err := putCapacity(ctx, db, powerInForce{network: town.Network, streets: town.StreetGraph(), costs: simulate.Costs(), upgrades: simulate.Upgrades(), places: []casework.TrafoPlace{}}, time.Now()); err != nil {
		return err
	}
	var docs []store.RegisterDoc
	put := func(register, key string, doc any) error {
		value, err := registry.Canonical(doc)
		docs = append(docs, store.RegisterDoc{Register: register, Key: key, Value: value, Version: "1", At: time.Now(), Cells: registry.CellsOf(doc)})
		return err
	}
	for i := range w.parcels {
		at := w.points[i%len(w.points)]
		parcel, person := benchParcel(i), benchPerson(i)
		err := put(registry.ParcelRegister, parcel, registry.Parcel{Number: parcel, Area: 600, Use: "dwelling", Region: "71", District: "7110",
			Lat: 51.1, Lon: 71.4, X: at[0], Y: at[1]})
		if err == nil {
			err = put(registry.RightRegister, parcel, registry.Right{Parcel: parcel, Holders: []registry.Holder{{Person: person, Share: "1/1"}}})
		}
		if err == nil {
			err = put(registry.PeopleRegister, string(person), registry.Person{IIN: person, Name: registry.Name{Last: "Өлшем", First: "Адам"},
				Phone: fmt.Sprintf("+7700%07d", i), Lang: "kk"})
		}
		if err == nil {
			err = put(registry.AddressRegister, string(person), registry.Address{Person: person, Region: "71", District: "7110", Street: "Достық", House: "5"})
		}
		if err != nil {
			return err
		}
	}
	return db.PutRegisterRows(ctx, docs)
}

func benchParcel(i int) string         { return fmt.Sprintf("99-999-%03d-%03d", i/1000, i%1000) }
func benchPerson(i int) aiqyn.PersonID { return aiqyn.PersonID(fmt.Sprintf("9%011d", i)) }
func benchCommand() aiqyn.CommandID    { return aiqyn.CommandID(rand.Text()) }

func (w *benchWorld) rosters(ctx context.Context) error {
	var listed []store.Officer
	for _, role := range []aiqyn.Role{aiqyn.RoleSurveyor, aiqyn.RoleEngineer} {
		r := casework.Roster{ID: benchCommand(), Actor: aiqyn.Actor{Role: aiqyn.RoleRegistrar, Officer: "registrar-01"}, Role: role, Body: "utility"}
		for i := range 12 {
			id := fmt.Sprintf("%s-%02d", role, i)
			r.Officers = append(r.Officers, aiqyn.OfficerID(id))
			listed = append(listed, store.Officer{ID: id, Role: string(role), Body: "utility", Name: id})
		}
		if _, err := w.Do(ctx, r); err != nil {
			return err
		}
	}
	return w.office.db.PutOfficers(ctx, listed)
}

// certificate files a whole certificate: five entries by one command.
func (w *benchWorld) certificate(ctx context.Context) error {
	i := int(w.next.Add(1)) % w.parcels
	_, err := w.Do(ctx, casework.File{ID: benchCommand(), Actor: aiqyn.Actor{Role: aiqyn.RoleApplicant, Person: benchPerson(i)},
		Service: "address.certificate", Lang: "kk", Channel: "online", Answers: map[string]string{"use": "extract"}})
	return err
}

// apart is a step through the parcels that meets each of them: those who apply
// at one time live all over the town, not in one street.
const apart = 7919

// lifecycle takes one connection from filing over survey and decision to its
// withdrawal: ten entries, two draws, one ruling on the network. Where there is room for
// one more alone, it is granted when those filed before it are decided.
func (w *benchWorld) lifecycle(ctx context.Context) error {
	i := int(w.next.Add(1)) * apart % w.parcels
	person := aiqyn.Actor{Role: aiqyn.RoleApplicant, Person: benchPerson(i)}
	filed, err := w.Do(ctx, casework.File{ID: benchCommand(), Actor: person, Service: "energy.connection", Lang: "kk", Channel: "online",
		Answers: map[string]string{"parcel": benchParcel(i), "load": "2", "category": "III", "term": "permanent", "phases": "one-phase"}})
	if err != nil {
		return err
	}
	surveyor, err := w.drawn(ctx, filed.Ref, "survey", aiqyn.RoleSurveyor)
	if err != nil {
		return err
	}
	if _, err := w.Do(ctx, casework.Perform{ID: benchCommand(), Actor: surveyor, Ref: filed.Ref, Step: "survey",
		Records: map[string]string{"measured-load": "1"}, Evidence: benchEvidence(surveyor.Officer)}); err != nil {
		return err
	}
	engineer, err := w.drawn(ctx, filed.Ref, "conditions", aiqyn.RoleEngineer)
	if err != nil {
		return err
	}
	for {
		_, err := w.Do(ctx, casework.Decide{ID: benchCommand(), Actor: engineer, Ref: filed.Ref, Step: "conditions", Grant: true})
		if err == nil {
			break
		}
		if e := (*aiqyn.Error)(nil); !errors.As(err, &e) || e.Key != "error.stands-behind" {
			return err
		}
	}
	_, err = w.Do(ctx, casework.Withdraw{ID: benchCommand(), Actor: person, Ref: filed.Ref})
	return err
}

func benchEvidence(by aiqyn.OfficerID) []casework.EvidenceItem {
	return []casework.EvidenceItem{
		{Kind: "place", Lat: "51.1", Lon: "71.4"}, {Kind: "time"}, {Kind: "photo", Hash: fmt.Sprintf("sha256:%064d", 1)},
		{Kind: "photo", Hash: fmt.Sprintf("sha256:%064d", 2)}, {Kind: "signature", Text: string(by)},
	}
}

// drawn waits until an officer is drawn for a step.
func (w *benchWorld) drawn(ctx context.Context, ref aiqyn.Reference, step string, role aiqyn.Role) (aiqyn.Actor, error) {
	actor := aiqyn.Actor{Role: role, Body: "utility"}
	w.mu.Lock()
	if h := w.holders[string(ref)]; h.step == step {
		w.mu.Unlock()
		actor.Officer = h.officer
		return actor, nil
	}
	waiting := &wait{step, make(chan aiqyn.OfficerID, 1)}
	w.waiting[string(ref)] = waiting
	w.mu.Unlock()
	select {
	case actor.Officer = <-waiting.officer:
		return actor, nil
	case <-ctx.Done():
		return actor, ctx.Err()
	}
}

// close ends the world and removes its files.
func (w *benchWorld) close() {
	if w.office != nil {
		w.office.Close()
	}
	os.RemoveAll(w.dir)
	if w.server != nil {
		w.server.Remove()
	}
}
