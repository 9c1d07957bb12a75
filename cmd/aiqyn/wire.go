package main

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"github.com/gowebpki/jcs"

	"aiqyn"
	"aiqyn/attachment"
	"aiqyn/casework"
	"aiqyn/grid"
	"aiqyn/ledger"
	"aiqyn/oidc"
	"aiqyn/passkey"
	"aiqyn/pay"
	"aiqyn/registry"
	"aiqyn/service"
	"aiqyn/signature"
	"aiqyn/store"
)

// wiring is what an engine is joined from. The demonstration and a server for
// real people differ in these values and in nothing else.
type wiring struct {
	db             *store.DB
	past           bool // its past is being made: timers by hand
	freely         bool // whoever tries it out signs in as often as they like
	practice       bool // keys and parties that protect nobody
	keys           *logKeys
	pack           []service.File
	registers      registry.Register
	beacon         casework.Beacon
	policy         *ledger.Policy
	witnesses      []casework.Cosigner
	clock          aiqyn.Clock
	log            *slog.Logger
	observe        func([]store.Batch) // sees what was written; for measuring
	published      func(context.Context, *casework.Engine) error
	sharing        *casework.Sharing                // with other processes; nil: with none
	trust          func() (*signature.Trust, error) // whom electronic signatures are believed by
	shards         []casework.Shard                 // other logs that this one hears and tells
	identity       *oidc.Provider                   // who vouches for people; nil: nobody
	payments       pay.Provider                     // who takes official prices; nil: nobody
	formerPayments []pay.Provider                   // who took them before, and is asked about the orders made there
	files          *attachment.Keeper               // of cases; nil: fingerprints alone are recorded
	scanner        casework.Scanner                 // looks into each of them; nil: nobody does
	registrar      *firstRegistrar                  // who begins to keep the officers; nil: somebody does already
	site           []string                         // origins that people reach it at; none: no passkeys are taken
}

// office is a running engine with its database.
type office struct {
	*casework.Engine
	db     *store.DB
	others *http.Server // to which other processes hand commands over; nil: there are none
}

// open starts an engine. Whatever is shared out, such as the power of a
// network, is read from the database.
func (w wiring) open(ctx context.Context) (*office, error) {
	pack, err := parseOwn(w.pack)
	if err != nil {
		return nil, err
	}
	capacity, err := readCapacity(ctx, w.db)
	if err != nil {
		return nil, err
	}
	program, err := browserVerifier()
	if err != nil {
		return nil, err
	}
	party, err := w.party()
	if err != nil {
		return nil, err
	}
	var codes store.CodeLimits
	if w.freely {
		codes = store.CodeLimits{Every: time.Second, PerHour: 1000, PerDay: 1000}
	}
	engine, err := casework.Open(ctx, casework.Config{
		Store: w.db, Origin: w.keys.origin, Signer: w.keys.signer, VerifierKey: w.keys.verifier, DataKey: w.keys.data,
		BasePack: pack, Parse: parseOwn, Registers: w.registers, Beacon: w.beacon,
		Policy: w.policy, Witnesses: w.witnesses, Computations: computations, Capacity: capacity,
		Clock: w.clock, Log: w.log, Manual: w.past, Practice: w.practice, Codes: codes, Observe: w.observe, OnPublished: w.published, Trust: w.trust,
		BrowserVerifier: program, Sharing: w.sharing, Shards: w.shards, Attachments: w.files, Scanner: w.scanner, Passkeys: party, Identity: w.identity, Payments: w.payments, FormerPayments: w.formerPayments,
	})
	if err != nil {
		return nil, err
	}
	if err := engine.KeepPack(ctx, w.pack); err != nil {
		engine.Close()
		return nil, err
	}
	return &office{Engine: engine, db: w.db}, nil
}

// party is the site that passkeys are for, nil if it is not known.
func (w wiring) party() (*passkey.Party, error) {
	if len(w.site) == 0 {
		return nil, nil
	}
	party, err := passkey.New("Aiqyn", w.site...)
	if err != nil {
		return nil, aiqyn.E(aiqyn.Invalid, "error.serve-site", "site", strings.Join(w.site, ",")).Because(err)
	}
	return party, nil
}

// Close ends the engine, then the database under it.
func (o *office) Close() error {
	if o.others != nil {
		o.others.Close()
	}
	o.Engine.Close()
	return o.db.Close()
}

// sharedPower is the setting that says which tables a log begins with: hashes of
// snapshots, and what the law or the utility lays down about it. From the first act on
// that is an entry, what is in force is what entries say.
type sharedPower struct {
	Network string      `json:"network"`
	Costs   string      `json:"costs"`
	Places  string      `json:"places"`
	Streets string      `json:"streets,omitempty"`
	Upgrade string      `json:"upgrades,omitempty"`
	Limits  grid.Limits `json:"limits"`
	Detour  int         `json:"detour"` // permille of the straight line
}

// trafoPlaces is what is known of a network's transformers, as it is published.
type trafoPlaces struct {
	Trafos []casework.TrafoPlace `json:"trafos"`
}

const powerSetting = casework.CapacitySetting

// readPower reads which network a log begins with, nil if there is none.
func readPower(ctx context.Context, db *store.DB) (*sharedPower, error) {
	text, err := db.Setting(ctx, powerSetting)
	if err != nil || text == "" {
		return nil, err
	}
	p := new(sharedPower)
	if err := json.Unmarshal([]byte(text), p); err != nil {
		return nil, fmt.Errorf("setting %s: %w", powerSetting, err)
	}
	return p, nil
}

// readCapacity reads the tables that a log begins with, nil if there are none, or if acts
// of the log say which are in force: the engine reads those by itself.
func readCapacity(ctx context.Context, db *store.DB) (*casework.Capacity, error) {
	if acts, err := db.TablesActs(ctx, -1); err != nil || len(acts) > 0 {
		return nil, err
	}
	p, err := readPower(ctx, db)
	if err != nil || p == nil {
		return nil, err
	}
	c := &casework.Capacity{Tables: casework.Tables{Hash: p.Network, Limits: p.Limits, Detour: p.Detour}}
	if err := readSnapshot(ctx, db, p.Costs, &c.Costs); err != nil {
		return nil, err
	}
	var known trafoPlaces
	if err := readSnapshot(ctx, db, p.Places, &known); err != nil {
		return nil, err
	}
	c.Places = known.Trafos
	if p.Upgrade != "" {
		if err := readSnapshot(ctx, db, p.Upgrade, &c.Upgrades); err != nil {
			return nil, err
		}
	}
	if c.Streets, err = readStreets(ctx, db, p.Streets); err != nil {
		return nil, err
	}
	data, err := db.Snapshot(ctx, p.Network)
	if err != nil {
		return nil, err
	}
	c.Model, err = casework.ParseNetwork(data)
	return c, err
}

// readStreets reads the streets in force; there may be none.
func readStreets(ctx context.Context, db *store.DB, hash string) (along grid.StreetsSnapshot, err error) {
	if hash == "" {
		return along, nil
	}
	data, err := db.Snapshot(ctx, hash)
	if err != nil {
		return along, err
	}
	s, err := grid.ReadStreets(data)
	if err != nil {
		return along, fmt.Errorf("snapshot %s: %w", hash, err)
	}
	along.Hash = hash
	along.Graph, err = grid.CompileStreets(s)
	return along, err
}

func readSnapshot(ctx context.Context, db *store.DB, hash string, into any) error {
	data, err := db.Snapshot(ctx, hash)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(data, into); err != nil {
		return fmt.Errorf("snapshot %s: %w", hash, err)
	}
	return nil
}

// powerInForce is a network with what is known of its transformers, the streets
// that a new line follows (nil: none) and what connecting and reinforcing cost.
type powerInForce struct {
	network  *grid.Network
	streets  *grid.Streets
	costs    grid.Costs
	upgrades grid.Upgrades
	places   []casework.TrafoPlace
}

// putCapacity keeps the tables that a log begins with. They are an entry as soon as
// [office.adopt] has written it.
func putCapacity(ctx context.Context, db *store.DB, f powerInForce, now time.Time) error {
	p := sharedPower{Limits: grid.DefaultLimits(), Detour: 1300, Network: f.network.Hash()}
	err := db.PutSnapshot(ctx, store.Snapshot{Hash: p.Network, Kind: "network", Data: f.network.Encode(), Added: now})
	if err == nil {
		p.Costs, err = putJSON(ctx, db, "costs", f.costs, now)
	}
	if err == nil {
		p.Places, err = putJSON(ctx, db, "places", trafoPlaces{f.places}, now)
	}
	if err == nil && len(f.upgrades.Conductors)+len(f.upgrades.Trafos) > 0 {
		p.Upgrade, err = putJSON(ctx, db, "upgrades", f.upgrades.Listed(), now)
	}
	if err == nil && f.streets != nil {
		p.Streets = f.streets.Hash()
		err = db.PutSnapshot(ctx, store.Snapshot{Hash: p.Streets, Kind: "streets", Data: f.streets.Encode(), Added: now})
	}
	if err != nil {
		return err
	}
	text, err := json.Marshal(p)
	if err != nil {
		return err
	}
	return db.PutSetting(ctx, powerSetting, string(text))
}

// adopt writes the tables that the log begins with down, if no entry has named any yet.
func (o *office) adopt(ctx context.Context, operator, words string) error {
	if o.Capacity == nil || o.TablesNamed() {
		return nil
	}
	actor := aiqyn.Actor{Role: aiqyn.RoleOperator, Officer: aiqyn.OfficerID(operator)}
	_, err := o.Do(ctx, casework.AdoptTables{ID: "tables/first", Actor: actor, Words: words})
	return err
}

// putJSON keeps a document under the hash of its canonical form.
func putJSON(ctx context.Context, db *store.DB, kind string, doc any, now time.Time) (hash string, err error) {
	data, err := json.Marshal(doc)
	if err == nil {
		data, err = jcs.Transform(data)
	}
	if err != nil {
		return "", err
	}
	hash = hashOf(data)
	return hash, db.PutSnapshot(ctx, store.Snapshot{Hash: hash, Kind: kind, Data: data, Added: now})
}
