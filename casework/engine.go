package casework

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/mod/sumdb/note"

	"aiqyn"
	"aiqyn/attachment"
	"aiqyn/beacon"
	"aiqyn/deadline"
	"aiqyn/ledger"
	"aiqyn/oidc"
	"aiqyn/passkey"
	"aiqyn/pay"
	"aiqyn/registry"
	"aiqyn/service"
	"aiqyn/signature"
	"aiqyn/store"
)

// Beacon is a source of rounds that can also be asked for one.
type Beacon interface {
	beacon.Source
	// Published returns a round, false as long as it is not there.
	Published(n uint64) (beacon.Round, bool)
}

// Config is what an engine is made of. All but the marked are required.
type Config struct {
	Store        *store.DB
	Origin       string                                      // name of the log, as in its checkpoints
	Signer       note.Signer                                 // of checkpoints
	VerifierKey  string                                      // the signer's public key, as a vkey
	DataKey      [32]byte                                    // wraps the cases' keys; kept outside the database
	BasePack     *service.Pack                               // in force until another is published
	Parse        func([]service.File) (*service.Pack, error) // strict, with the computations known here
	Registers    registry.Register
	Beacon       Beacon
	Policy       *ledger.Policy // optional: the witnesses that must cosign; nil: none
	Witnesses    []Cosigner     // optional: how to reach them
	Computations Computations
	Capacity     *Capacity    // optional: the share "grid.capacity"
	Clock        aiqyn.Clock  // optional: time.Now
	Log          *slog.Logger // optional
	// Manual leaves timers and witnesses to RunDue and Cosign: tests and the
	// simulator move time themselves.
	Manual bool
	// BrowserVerifier, if set, is the WebAssembly that pages load to verify
	// receipts: the log announces its hash.
	BrowserVerifier []byte
	Practice        bool // demonstration keys: pages say so
	// Codes, if set, says how many one-time codes a number gets, in the place of
	// what holds where accounts are worth stealing.
	Codes store.CodeLimits
	Zone  *time.Location // optional: Asia/Almaty
	// Trust is whom electronic signatures are believed by, as it stands now; nil:
	// nobody, and no signature is taken.
	Trust func() (*signature.Trust, error)
	// OnPublished, if set, is told when something new is public.
	OnPublished func(context.Context, *Engine) error
	Passkeys    *passkey.Party // optional: the site that passkeys are for; nil: none are taken
	Identity    *oidc.Provider // optional: the state's identity provider, who vouches for people
	Payments    pay.Provider   // optional: takes official prices; nil: what costs something is not taken
	// FormerPayments take nothing any more, and are asked about what was ordered there.
	FormerPayments []pay.Provider
	Shards         []Shard // optional: other logs that this one hears and tells
	// Sharing, if set, has several processes share the log of one database.
	Sharing *Sharing
	// Attachments keeps the files of cases; nil: they stay with whoever has them,
	// and their fingerprints alone are recorded.
	Attachments *attachment.Keeper
	Scanner     Scanner // optional: looks into each file before it is kept
	// Observe, if set, sees the batches of every transaction after it was written: for
	// measuring.
	Observe func([]store.Batch)
	// Batch is how many commands one transaction takes at most; 0 means 512.
	Batch int
	// MaxSkew is how far the clock may fall back before commands are refused; 0 means 2 s.
	MaxSkew time.Duration
}

// Engine runs cases. It is safe for concurrent use.
type Engine struct {
	Config
	keys       *keyring
	rosterBook rosterBook
	queue      chan *request
	writes     chan *pending
	over       chan struct{} // closed once nothing will be answered any more
	broken     atomic.Pointer[error]
	turning    sync.Mutex    // held by the sequencer while it decides a batch
	deciding   atomic.Bool   // the sequencer has something for the writer soon
	written    atomic.Int64  // batches that need nobody's memory any more
	newest     atomic.Int64  // number of the last case on disk
	fence      atomic.Int64  // of this process; a head with another is no longer ours
	decoding   chan struct{} // taken by who decodes a picture
	stop       context.CancelFunc
	done       sync.WaitGroup
	wakeUp     chan struct{}
	alarms     *alarms

	runner jobRunner
	untold atomic.Bool // something was published, and OnPublished does not know

	described json.RawMessage // what the source of randomness says of itself, canonical

	tries     codeTried
	standings standings
	people    sync.Map // ties of officers by their numbers, for whoever is not the sequencer
	numbers   numbers
	seq       sequencer // owned by the sequencing goroutine
	packs     packs
	health    health
	witness   witnessing
	tenure    tenure
	verifier  *ledger.Verifier
	parsed    models
	announced announced
	published publishedLines
	laidOut   laidOut
	parcels   parcelTiles
	classes   classes
	tabled    tabled
	scored    scored
	queues    queues
	ranRounds ranRounds
	lots      lots
	former    atomic.Pointer[[]string]        // other names that the log has had
	told      atomic.Pointer[map[string]bool] // whose programs are told, by keyed hash
	machine   *machineLooks
}

// health is what /readyz and /metrics tell.
type health struct {
	head      atomic.Int64
	recorded  atomic.Int64
	witnessed atomic.Int64
	commands  atomic.Int64
	refused   atomic.Int64
	overdue   atomic.Int64

	letters, lettersDead atomic.Int64 // handed on; given up
	woken                atomic.Int64 // when timers of cases were last looked at
}

// Open starts an engine on a database. It refuses to write to a log that its
// witnesses know to be longer: that database was restored from a backup.
func Open(ctx context.Context, cfg Config) (*Engine, error) {
	if cfg.Clock == nil {
		cfg.Clock = time.Now
	}
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	if cfg.Batch == 0 {
		cfg.Batch = 512
	}
	if cfg.MaxSkew == 0 {
		cfg.MaxSkew = 2 * time.Second
	}
	if cfg.Zone == nil {
		zone, err := time.LoadLocation("Asia/Almaty")
		if err != nil {
			return nil, err
		}
		cfg.Zone = zone
	}
	e := &Engine{
		Config: cfg, keys: newKeyring(cfg.DataKey), machine: new(machineLooks),
		queue: make(chan *request, 4096), writes: make(chan *pending, 8), over: make(chan struct{}),
		wakeUp: make(chan struct{}, 1), alarms: newAlarms(), decoding: make(chan struct{}, 1),
	}
	e.Registers = watched{e.Registers, e.machine}
	if err := errors.Join(e.openCapacity(ctx), e.makeVerifier(), e.describeBeacon()); err != nil {
		return nil, err
	}
	if err := e.begin(ctx); err != nil {
		return nil, err
	}
	if err := e.packs.load(ctx, e); err != nil {
		return nil, err
	}
	if err := e.readOrders(ctx); err != nil { // by what their packs say
		return nil, err
	}
	e.sayUnreached(e.packs.current())
	if err := e.readWebhooks(ctx); err != nil {
		return nil, err
	}
	e.runner.store, e.runner.clock, e.runner.zone, e.runner.log, e.runner.list = e.Store, e.Clock, e.Zone, e.Log, e.jobs()
	run, stop := context.WithCancel(context.Background())
	e.stop = stop
	e.done.Go(func() { e.sequence(run) })
	e.done.Go(func() { e.write() })
	if cfg.Sharing != nil {
		if err := e.share(ctx, run); err != nil {
			e.Close()
			return nil, err
		}
	}
	if !cfg.Manual {
		e.done.Go(func() { e.keepWaking(run) })
		e.done.Go(func() { e.keepAlarms(run) })
		e.done.Go(func() { e.keepWitnessed(run) })
	}
	return e, nil
}

// makeVerifier prepares the server's own check of receipts.
func (e *Engine) makeVerifier() error {
	key, err := ledger.ParseKey(e.VerifierKey)
	if err != nil {
		return fmt.Errorf("verifier key: %w", err)
	}
	e.verifier, err = ledger.NewVerifier([]note.Verifier{key}, e.Policy)
	return err
}

// begin takes the log over and checks it against the witnesses. Where several
// processes share it, it is taken with the lease.
func (e *Engine) begin(ctx context.Context) error {
	if e.Sharing != nil {
		return nil
	}
	head, err := e.Store.Begin(ctx, e.Origin)
	if err != nil {
		return fmt.Errorf("open log: %w", err)
	}
	if head.Origin != e.Origin {
		return aiqyn.E(aiqyn.Invalid, "error.other-origin", "log", head.Origin, "configured", e.Origin)
	}
	e.fence.Store(head.Fence)
	if err := e.checkWitnesses(ctx, head); err != nil {
		return err
	}
	return e.reload(ctx)
}

// Close stops taking commands, finishes those taken, and returns.
func (e *Engine) Close() error {
	e.stop()
	e.done.Wait()
	if err := e.countMachine(context.Background()); err != nil {
		e.Log.Error("count what was read", "err", err)
	}
	e.giveBack()
	return nil
}

// request is one command on its way through the sequencer.
type request struct {
	cmd   command
	reply chan reply
}

type reply struct {
	result Result
	err    error
}

// Do carries out one command: it returns once its events are on disk and in
// the log, or with the reason why there are none. A retry with the same id
// gets the first answer. Of several processes that share the log, the one that
// holds it carries the command out, wherever it came in.
func (e *Engine) Do(ctx context.Context, cmd any) (Result, error) {
	if e.Sharing == nil {
		return e.do(ctx, cmd)
	}
	return e.doShared(ctx, cmd)
}

// do carries out one command in this process.
func (e *Engine) do(ctx context.Context, cmd any) (Result, error) {
	c, err := e.commandOf(cmd)
	if err != nil {
		return Result{}, err
	}
	return e.carryOut(ctx, c)
}

// carryOut prepares a command and sends it.
func (e *Engine) carryOut(ctx context.Context, c command) (Result, error) {
	// What was computed beforehand may be stale by the time the command is
	// decided; then it is prepared again, at most a few times.
	for range 4 {
		err := e.stands(ctx, c.by())
		if err == nil {
			err = c.prepare(ctx, e)
		}
		if err != nil {
			if ctx.Err() != nil { // the caller has gone: no register is to blame
				err = aiqyn.E(aiqyn.Unavailable, "error.unavailable").Because(ctx.Err())
			}
			return Result{}, err
		}
		answer, err := e.send(ctx, c)
		if !errors.Is(err, errStale) {
			return answer, err
		}
	}
	return Result{}, aiqyn.E(aiqyn.Unavailable, "error.unavailable").Because(errStale)
}

// send puts a prepared command into the queue and waits for its answer.
func (e *Engine) send(ctx context.Context, c command) (Result, error) {
	r, err := e.enqueue(ctx, c)
	if err != nil {
		return Result{}, err
	}
	return e.await(ctx, r)
}

func (e *Engine) enqueue(ctx context.Context, c command) (*request, error) {
	r := &request{cmd: c, reply: make(chan reply, 1)}
	select {
	case e.queue <- r:
		return r, nil
	case <-e.over:
		return nil, aiqyn.E(aiqyn.Unavailable, "error.stopping")
	case <-ctx.Done():
		return nil, aiqyn.E(aiqyn.Unavailable, "error.unavailable").Because(ctx.Err())
	}
}

// await waits for the answer. A caller that gives up leaves the command to its
// fate: whoever sends the same id again learns what became of it.
func (e *Engine) await(ctx context.Context, r *request) (Result, error) {
	var a reply
	select {
	case a = <-r.reply:
	case <-ctx.Done():
		return Result{}, aiqyn.E(aiqyn.Unavailable, "error.unavailable").Because(ctx.Err())
	case <-e.over:
		select {
		case a = <-r.reply:
		default: // it came when nobody was taking commands any more
			return Result{}, aiqyn.E(aiqyn.Unavailable, "error.stopping")
		}
	}
	e.health.commands.Add(1)
	if a.err != nil {
		e.health.refused.Add(1)
	}
	return a.result, a.err
}

// crowded reports whether other commands will be decided before one that is sent
// now.
func (e *Engine) crowded() bool { return len(e.queue) >= maxBatch/2 }

// errStale says that a command must be prepared again.
var errStale = errors.New("prepared on readings that are no longer current")

// calendar returns the calendar in force under a name.
func (e *Engine) calendar(name string) (*deadline.Calendar, error) {
	if c := e.packs.calendar(name); c != nil {
		return c, nil
	}
	return nil, fmt.Errorf("calendar %q is in no pack in force", name)
}
