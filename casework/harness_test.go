package casework

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"aiqyn"
	"aiqyn/beacon"
	"aiqyn/grid"
	"aiqyn/ledger"
	kz "aiqyn/packs"
	"aiqyn/pay/practice"
	"aiqyn/registry"
	"aiqyn/service"
	"aiqyn/store"
)

// rig is a whole engine on a small world whose clock the test moves.
type rig struct {
	*Engine
	t     testing.TB
	dir   string
	db    *store.DB
	mu    sync.Mutex
	now   time.Time
	n     int
	cfg   Config
	files []service.File
	opts  []rigOption // of the first opening; later ones keep them
	bank  *practice.Bank
	url   string // of the database
}

type rigOption func(*Config)

// start is a Monday morning without holidays near.
var start = time.Date(2026, 6, 1, 10, 0, 0, 0, time.FixedZone("+05", 5*3600))

func newRig(t testing.TB, opts ...rigOption) *rig {
	t.Helper()
	r := bareRig(t, start, opts...)
	r.seed()
	return r
}

// bareRig is a rig in whose world there is nobody yet.
func bareRig(t testing.TB, now time.Time, opts ...rigOption) *rig {
	t.Helper()
	r := &rig{t: t, dir: t.TempDir(), now: now, files: kz.Kazakhstan(), opts: opts}
	r.url = newDatabase(t, r.dir)
	r.open()
	t.Cleanup(r.shut)
	return r
}

func (r *rig) shut() {
	if r.Engine != nil {
		r.Engine.Close()
		r.db.Close()
		r.Engine = nil
	}
}

// open starts an engine on the rig's file; again after a crash or a restore.
func (r *rig) open() {
	r.t.Helper()
	if err := r.tryOpen(); err != nil {
		r.t.Fatal(err)
	}
}

// reopen ends the process and starts another on the same file.
func (r *rig) reopen() {
	r.t.Helper()
	r.shut()
	r.open()
}

func (r *rig) tryOpen() error {
	r.t.Helper()
	ctx := context.Background()
	if r.bank == nil {
		r.openBank()
	}
	db, err := store.Open(ctx, r.url, store.Options{})
	if err != nil {
		r.t.Fatal(err)
	}
	r.db = db
	skey, vkey, err := ledger.GenerateKey(zeroReader{}, "test.aiqyn.example/log")
	if err != nil {
		r.t.Fatal(err)
	}
	signer, err := ledger.NewSigner(skey)
	if err != nil {
		r.t.Fatal(err)
	}
	pack, err := parseOnce(r.files)
	if err != nil {
		r.t.Fatal(err)
	}
	r.cfg = Config{
		Store: db, Origin: "test.aiqyn.example/log", Signer: signer, VerifierKey: vkey, DataKey: [32]byte{1},
		BasePack: pack, Parse: parseOnce, Registers: registry.NewLocal(db), Computations: testComputations,
		Beacon: testBeacon{beacon.NewPractice([32]byte{7}, start.AddDate(-1, 0, 0), 3*time.Second)},
		Clock:  r.clock, Manual: true, Practice: true, Capacity: testCapacity(r.t, 400),
		Payments: r.bank.Provider("Practice bank"),
	}
	for _, o := range r.opts {
		o(&r.cfg)
	}
	engine, err := Open(ctx, r.cfg)
	if err != nil {
		db.Close()
		return err
	}
	r.Engine = engine
	return nil
}

func (r *rig) clock() time.Time {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.now
}

// at moves the clock and lets everything happen that is due by then.
func (r *rig) at(t time.Time) {
	r.t.Helper()
	r.mu.Lock()
	r.now = t
	r.mu.Unlock()
	if _, err := r.RunDue(context.Background()); err != nil {
		r.t.Fatal(err)
	}
	if err := r.askPayments(context.Background()); err != nil {
		r.t.Fatal(err)
	}
}

func (r *rig) pass(d time.Duration) { r.t.Helper(); r.at(r.clock().Add(d)) }

// testBeacon knows every round in advance; the engine must not use one early.
type testBeacon struct{ *beacon.Practice }

func (b testBeacon) Published(n uint64) (beacon.Round, bool) { return b.Round(n), true }

// testCapacity is a source, a transformer and one low-voltage bus 50 m from
// the test parcel with about kw free.
func testCapacity(t testing.TB, kw float64) *Capacity {
	t.Helper()
	n := testNetwork(kw)
	m, err := grid.Compile(n)
	if err != nil {
		t.Fatal(err)
	}
	return &Capacity{Tables: Tables{Model: m, Hash: n.Hash(), Limits: grid.DefaultLimits(), Costs: testCosts, Detour: 1300, Places: []TrafoPlace{{Trafo: 1, Basis: basisEstimated}}}}
}

// keepNetwork keeps the test network as the snapshot that rulings name.
func (r *rig) keepNetwork() {
	r.t.Helper()
	n := testNetwork(400)
	err := r.db.PutSnapshot(r.t.Context(), store.Snapshot{Hash: n.Hash(), Kind: "network", Data: n.Encode(), Added: start})
	if err != nil {
		r.t.Fatal(err)
	}
}

func testNetwork(kw float64) *grid.Network {
	f := func(v float64) *float64 { return &v }
	return &grid.Network{
		Name: "test", BaseHz: 50, Radial: true, CRS: "EPSG:32642",
		Sources: []grid.Source{{Bus: 1, VPU: 1}},
		Buses: []grid.Bus{
			{ID: 1, VnKV: 10, X: f(500000), Y: f(5660000)}, {ID: 2, VnKV: 0.4, X: f(500010), Y: f(5660000)},
		},
		Trafos: []grid.Trafo{{
			ID: 1, Name: "ТП-1", HV: 1, LV: 2, SnKVA: kw / 0.95, VnHVKV: 10, VnLVKV: 0.4, VkPct: 4.5, VkrPct: 1, PfeKW: 1, I0Pct: 0.5,
			TapSide: "hv", Model: grid.TrafoModel{RPU: 0.005, XPU: 0.02, Ratio: 1},
		}},
		Lines: []grid.Line{},
		Loads: []grid.Load{},
	}
}

var testCosts = grid.Costs{
	From: "2026-01-01", Source: "test", MaxRouteM: 1000,
	Levels: []grid.Level{{MaxV: 400, Tap: 1_000_00, Cables: []grid.Cable{{MaxW: 1_000_000, PerM: 5_000_00, R: 10, X: 10}}}},
}

const (
	holder   = aiqyn.PersonID("900101750009")
	stranger = aiqyn.PersonID("990731799995")
	plot     = "99-999-001-001"
)

// seed enters people, a parcel and the officers.
func (r *rig) seed() {
	put := r.register
	for i, p := range []aiqyn.PersonID{holder, stranger} {
		put(registry.PeopleRegister, string(p), registry.Person{
			IIN: p, Name: registry.Name{Last: "Омарова", First: "Айгүл"}, Phone: fmt.Sprintf("+7700000000%d", i), Lang: "kk"})
	}
	for i := range 40 {
		parcel := plot
		if i > 0 {
			parcel = fmt.Sprintf("99-999-002-%03d", i)
		}
		put(registry.ParcelRegister, parcel, registry.Parcel{
			Number: parcel, Area: 600, Region: "71", District: "7110", Lat: 51.1, Lon: 71.4, X: 500050, Y: 5660000})
		put(registry.RightRegister, parcel, registry.Right{Parcel: parcel, Holders: []registry.Holder{{Person: holder, Share: "1/1"}}})
	}
	put(registry.AddressRegister, string(holder), registry.Address{Person: holder, Region: "71", District: "7110", Street: "Достық", House: "5"})
	r.seedOfficers(6)
}

// register enters one row of a register.
func (r *rig) register(register, key string, doc any) {
	r.t.Helper()
	value, err := registry.Canonical(doc)
	if err != nil {
		r.t.Fatal(err)
	}
	row := store.RegisterDoc{Register: register, Key: key, Value: value, Version: "1", At: r.clock(), Cells: registry.CellsOf(doc)}
	if err := r.db.PutRegisterRows(context.Background(), []store.RegisterDoc{row}); err != nil {
		r.t.Fatal(err)
	}
}

// officerName is how an officer of the rig signs.
func officerName(id aiqyn.OfficerID) string { return "Сәрсенов " + string(id) }

// listed enters officers into the list of them.
func (r *rig) listed(role aiqyn.Role, ids ...aiqyn.OfficerID) {
	r.t.Helper()
	r.listedAt("utility", role, ids...)
}

func (r *rig) listedAt(body aiqyn.BodyID, role aiqyn.Role, ids ...aiqyn.OfficerID) {
	r.t.Helper()
	var list []store.Officer
	for _, id := range ids {
		list = append(list, store.Officer{ID: string(id), Role: string(role), Body: string(body), Name: officerName(id)})
	}
	if err := r.db.PutOfficers(context.Background(), list); err != nil {
		r.t.Fatal(err)
	}
}

// seedOfficers puts n officers of each kind on the rosters.
func (r *rig) seedOfficers(n int) {
	r.t.Helper()
	r.listed(aiqyn.RolePublisher, "publisher-01", "publisher-02")
	r.listed(aiqyn.RoleAuditor, "auditor-01")
	r.listed(aiqyn.RoleHead, "head-01", "head-02", "head-99")
	for _, role := range []aiqyn.Role{aiqyn.RoleSurveyor, aiqyn.RoleEngineer} {
		r.roster(role, "utility", string(role), n)
	}
	r.roster(aiqyn.RoleAppeals, "appeals-council", string(aiqyn.RoleAppeals), n)
}

// roster enlists n officers of a body, name-01 and on.
func (r *rig) roster(role aiqyn.Role, body aiqyn.BodyID, name string, n int) {
	r.t.Helper()
	var officers []aiqyn.OfficerID
	for i := range n {
		officers = append(officers, aiqyn.OfficerID(fmt.Sprintf("%s-%02d", name, i+1)))
	}
	r.listedAt(body, role, officers...)
	r.must(Roster{ID: r.id(), Actor: aiqyn.Actor{Role: aiqyn.RoleRegistrar, Officer: "registrar-01"}, Role: role, Body: body, Officers: officers})
}

// id makes a fresh command id.
func (r *rig) id() aiqyn.CommandID {
	r.n++
	return aiqyn.CommandID(fmt.Sprintf("c%d", r.n))
}

func (r *rig) must(cmd any) Result {
	r.t.Helper()
	res, err := r.Do(context.Background(), cmd)
	if err != nil {
		r.t.Fatalf("%T: %v", cmd, err)
	}
	return res
}

func (r *rig) file(person aiqyn.PersonID, parcel string, kw int) aiqyn.Reference {
	r.t.Helper()
	return r.must(r.filing(person, parcel, kw)).Ref
}

func (r *rig) filing(person aiqyn.PersonID, parcel string, kw int) File {
	return File{
		ID: r.id(), Actor: aiqyn.Actor{Role: aiqyn.RoleApplicant, Person: person}, Service: "energy.connection", Lang: "kk", Channel: "online",
		Answers: answersFor(parcel, kw),
	}
}

func answersFor(parcel string, kw int) map[string]string {
	a := map[string]string{"parcel": parcel, "load": fmt.Sprint(kw), "category": "III", "term": "permanent"}
	if kw <= 15 {
		a["phases"] = "one-phase"
	}
	if kw > 200 {
		a["voltage"] = "low"
	}
	if kw > 600 {
		a["voltage"] = "medium"
	}
	return a
}

// view is the case as the system sees it.
func (r *rig) view(ref aiqyn.Reference) *CaseView {
	r.t.Helper()
	v, err := r.Case(context.Background(), aiqyn.System, ref)
	if err != nil {
		r.t.Fatal(err)
	}
	return v
}

// officer is whoever was drawn for the open step.
func (r *rig) officer(ref aiqyn.Reference) aiqyn.Actor {
	r.t.Helper()
	v := r.view(ref)
	if v.Officer == "" {
		r.t.Fatalf("%s: nobody is drawn for %v", ref, v.Step)
	}
	by := aiqyn.Actor{Role: v.Step.By, Officer: aiqyn.OfficerID(v.Officer), Body: "utility"}
	for key, officers := range r.standsOn() {
		if key.role == by.Role && slices.Contains(officers, by.Officer) {
			by.Body = key.body
		}
	}
	return by
}

// survey does the survey as the drawn officer would.
func (r *rig) survey(ref aiqyn.Reference) {
	r.t.Helper()
	r.must(r.surveyOf(ref))
}

func (r *rig) surveyOf(ref aiqyn.Reference) Perform { return r.surveyFor(ref, r.officer(ref)) }

func (r *rig) surveyFor(ref aiqyn.Reference, actor aiqyn.Actor) Perform {
	hash := "sha256:" + fmt.Sprintf("%064x", 1)
	hash2 := "sha256:" + fmt.Sprintf("%064x", 2)
	return Perform{
		ID: r.id(), Actor: actor, Ref: ref, Step: "survey", Records: map[string]string{"measured-load": "20"},
		Evidence: []EvidenceItem{{Kind: "place", Lat: "51.1", Lon: "71.4"}, {Kind: "time"}, {Kind: "photo", Hash: hash}, {Kind: "photo", Hash: hash2}, {Kind: "signature", Text: officerName(actor.Officer)}},
	}
}

// toConditions files a case and brings it to the engineer's desk.
func (r *rig) toConditions(person aiqyn.PersonID, parcel string, kw int) aiqyn.Reference {
	r.t.Helper()
	ref := r.file(person, parcel, kw)
	r.pass(10 * time.Second)
	r.survey(ref)
	r.pass(10 * time.Second)
	return ref
}

func kinds(v *CaseView) []EventKind {
	var out []EventKind
	for _, e := range v.Events {
		out = append(out, e.Kind)
	}
	return out
}

func asError(err error) (*aiqyn.Error, bool) {
	var e *aiqyn.Error
	return e, errors.As(err, &e)
}

// free is what the one point of the network can still take, in watts.
func (r *rig) free() int64 {
	r.t.Helper()
	c := r.cfg.Capacity
	tree, _ := c.Model.TreeOf(2)
	held, _ := c.reserved(tree)
	free, err := c.Model.BusCapacity(2, held, c.Limits)
	if err != nil {
		r.t.Fatal(err)
	}
	return free.FreeW
}
