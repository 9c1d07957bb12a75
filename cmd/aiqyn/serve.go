package main

import (
	"context"
	"crypto/rand"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"

	"aiqyn"
	"aiqyn/casework"
	"aiqyn/ledger"
	"aiqyn/signature"
	"aiqyn/store"
	"aiqyn/web"
)

const serveUsage = `usage: aiqyn serve --db sqlite:FILE|postgres://… --pack DIR --keys DIR [--listen ADDR] [--policy FILE]
                   [--beacon FILE --rounds URL|DIR] [--registers FILE]
                   [--trust DIR [--require-stamp]] [--sms URL] [--mail URL] [--outbox FILE]
                   [--proxy NETWORK,…] [--handover ADDR] [--without-standby]
                   [--shards FILE] [--site ORIGIN,…] [--oidc FILE] [--pay FILE]
                   [--attachments DIR] [--scanner ADDR]
       aiqyn serve --init … [--network FILE --costs FILE] [--registrar FILE]

Serves the services of a pack: pages under /kk/, /ru/ and /en/, /api/v1 for
programs, /log/ with the tiles of the log, /published/ with all that is public,
/healthz and /readyz.

  --policy     witnesses that must cosign, with their addresses (c2sp.org/tlog-policy)
  --beacon     public randomness that officers are drawn by: the word quicknet, a
               file with the description of a drand chain, or one with two bodies'
               commitments
  --rounds     where its rounds are read: the address of drand, or a folder
  --registers  how registers of other bodies are reached through X-Road; without
               it their rows are those in the database
  --proxy      networks of our own proxies, by commas: what they say of who asks
               is believed, so that limits count people and not the proxy
  --trust      whom electronic signatures are believed by: roots/, between/ and crl/
               of DIR, read again every minute; without it none is taken.
               --require-stamp takes none without a time stamp
  --sms        the message centre that SMS go by and answers come from:
               smpp://user:password@host:2775?from=1414 (or smpps://, over TLS)
  --mail       the mail server: smtp://user:password@host:587?from=noreply@example.kz
               with STARTTLS, or smtps://; either may be @FILE, a file that holds it
  --outbox     where messages that no other way takes are appended, a line of JSON
               each, for the body's own gateway to send. Without any of the three
               they wait in the database
  --handover   where other processes on the same PostgreSQL hand commands over, an
               address that only they reach. One of them decides, the others serve
               pages and take its place within 10 s when it is gone. With --shards other
               logs are heard there, too, also by a process on a file
  --site       how people reach it, such as https://example.kz; by commas if there
               are several, on the same host or below the first. Passkeys are bound
               to it; without it none are taken
  --oidc       the identity provider that may vouch for people: FILE in JSON names its
               issuer, client_id, client_secret, redirect (this site's /oidc/callback)
               and the claim that holds the IIN
  --pay        the payment provider that takes official prices: FILE in JSON names
               its name, api, token, key, pages and this site; without it services
               with a price take no applications
  --shards     other logs that this one hears and tells, one a line: its public key,
               a file with its policy, and the --handover address where it is told
  --attachments  where the files of cases lie, encrypted (default: attachments
               beside a database that is a file; with a database on a server the
               processes must share it, and without it fingerprints alone are kept)
  --scanner    ClamAV's daemon, which looks into each file before it is kept:
               unix:/run/clamav/clamd.ctl or tcp:host:3310

It creates nothing by itself. --init makes a new database, and puts a network
and its table of costs into force: the log begins with an entry that names them,
by --operator. Keys are made by aiqyn keys init, and keys
for practice are refused.

--registrar names who enters all other officers, on the page Office: FILE in
JSON has their officer (registrar-01), body, name, iin and phone. Once somebody
keeps a roster, it is refused.
`

// serveFlags are how a server is called.
type serveFlags struct {
	url, pack, keys, listen, policy, beacon, rounds, registers, network, costs, streets, upgrades, proxy, handover, trust, shards, site, oidc, pay, registrar string
	operator                                                                                                                                                  string
	attachments, scanner                                                                                                                                      string
	ways                                                                                                                                                      gatewayFlags
	init, secure, alone, stamp                                                                                                                                bool
}

func serveCommand(c *call) error {
	var f serveFlags
	c.flags.StringVar(&f.url, "db", "", "the database, as `sqlite:FILE|postgres://…`")
	c.flags.StringVar(&f.pack, "pack", "", "`DIR` of the pack")
	c.flags.StringVar(&f.keys, "keys", "", "`DIR` of the log's keys")
	c.flags.StringVar(&f.listen, "listen", "127.0.0.1:8080", "`ADDR` to serve at")
	c.flags.StringVar(&f.policy, "policy", "", "`FILE` that says which witnesses must cosign")
	c.flags.StringVar(&f.beacon, "beacon", "", "source of randomness: quicknet, or the `FILE` that describes it")
	c.flags.StringVar(&f.rounds, "rounds", "", "`URL|DIR` with its rounds")
	c.flags.StringVar(&f.registers, "registers", "", "`FILE` with the registers reached through X-Road")
	c.flags.StringVar(&f.network, "network", "", "with --init: put the network of `FILE` into force")
	c.flags.StringVar(&f.costs, "costs", "", "with --network: the table of costs in `FILE`")
	c.flags.StringVar(&f.streets, "streets", "", "with --network: the streets in `FILE` that a new line follows")
	c.flags.StringVar(&f.upgrades, "upgrades", "", "with --network: what reinforcing costs, the table in `FILE`")
	c.flags.StringVar(&f.trust, "trust", "", "`DIR` with the authorities that electronic signatures are believed by")
	c.flags.BoolVar(&f.stamp, "require-stamp", false, "take no electronic signature without a time stamp")
	c.flags.StringVar(&f.ways.sms, "sms", "", "`URL` of the message centre: smpp://user:password@host:2775?from=1414, or @FILE")
	c.flags.StringVar(&f.ways.mail, "mail", "", "`URL` of the mail server: smtp://user:password@host:587?from=noreply@example.kz, or @FILE")
	c.flags.StringVar(&f.ways.outbox, "outbox", "", "append messages that no other way takes to `FILE`, a line of JSON each, for the body's own gateway to send")
	c.flags.StringVar(&f.proxy, "proxy", "", "`NETWORKS` of our own proxies, whose word on who asks is taken")
	c.flags.StringVar(&f.handover, "handover", "", "`ADDR` where other processes on the same PostgreSQL hand commands over")
	c.flags.StringVar(&f.shards, "shards", "", "`FILE` with other logs that this one hears and tells")
	c.flags.StringVar(&f.site, "site", "", "`ORIGINS` that people reach it at, such as https://example.kz: passkeys are bound to them")
	c.flags.StringVar(&f.oidc, "oidc", "", "`FILE` that says which identity provider vouches for people")
	c.flags.StringVar(&f.pay, "pay", "", "`FILE` that says which payment provider takes official prices")
	c.flags.StringVar(&f.registrar, "registrar", "", "`FILE` that says who enters all other officers of a new log")
	c.flags.StringVar(&f.attachments, "attachments", "", "`DIR` with the files of cases")
	c.flags.StringVar(&f.scanner, "scanner", "", "`ADDR` of ClamAV's daemon, unix:PATH or tcp:HOST:PORT")
	c.flags.BoolVar(&f.alone, "without-standby", false, "take a PostgreSQL without a synchronous standby: what is acknowledged is on one machine only")
	c.flags.BoolVar(&f.init, "init", false, "make a new database")
	c.flags.StringVar(&f.operator, "operator", "serve", "`NAME` of the operator who sets a log up, as its first entry about tables records it")
	c.flags.BoolVar(&f.secure, "https", false, "people reach it over HTTPS only: cookies and headers say so")
	if _, err := c.words(0, 0); err != nil {
		return err
	}
	if err := c.required("db", "pack", "keys"); err != nil {
		return err
	}
	if f.handover != "" && f.shards == "" && !store.OnServer(f.url) {
		return aiqyn.E(aiqyn.Invalid, "error.serve-handover")
	}
	w, err := f.wiring(c)
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", f.listen)
	if err != nil {
		return aiqyn.E(aiqyn.Unavailable, "error.command-listen", "addr", f.listen).Because(err)
	}
	defer listener.Close()
	o, err := f.office(c.ctx, w)
	if err != nil {
		return err
	}
	defer o.Close()
	if err := o.adopt(c.ctx, f.operator, "What this log begins with, or what was in force when acts about tables became its entries"); err != nil && f.init {
		return err
	} else if err != nil {
		w.log.Warn("name the tables in force", "err", err)
	}
	return c.serve(o, w, f, listener)
}

// office opens the database and an engine on it, and lets other processes hand
// commands over to it if it shares its log with any.
func (f *serveFlags) office(ctx context.Context, w wiring) (o *office, err error) {
	if w.db, err = f.database(ctx); err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			w.db.Close()
		}
	}()
	if w.files, err = openFiles(filesBeside(f.url, f.attachments)); err != nil {
		return nil, err
	}
	if w.scanner, err = openScanner(f.scanner); err != nil {
		return nil, err
	}
	if w.registers, err = openRegisters(f.registers, w.db); err != nil {
		return nil, err
	}
	if err := placeParcels(ctx, w.db); err != nil {
		return nil, err
	}
	if f.handover == "" {
		return w.open(ctx)
	}
	others, err := f.shareWith(&w)
	if err != nil {
		return nil, err
	}
	if o, err = w.open(ctx); err != nil {
		others.Close()
		return nil, err
	}
	o.others = &http.Server{Handler: o.Handover(), ReadTimeout: time.Minute, WriteTimeout: time.Minute, IdleTimeout: time.Minute}
	go o.others.Serve(others)
	return o, nil
}

// shareWith opens the address at which other processes hand commands over, and other
// logs are heard.
func (f *serveFlags) shareWith(w *wiring) (net.Listener, error) {
	l, err := net.Listen("tcp", f.handover)
	if err != nil {
		return nil, aiqyn.E(aiqyn.Unavailable, "error.command-listen", "addr", f.handover).Because(err)
	}
	if store.OnServer(f.url) { // one process alone has a file, and shares it with nobody
		w.sharing = &casework.Sharing{Name: rand.Text(), Address: "http://" + l.Addr().String()}
	}
	return l, nil
}

// serve answers until the process is asked to end.
func (c *call) serve(o *office, w wiring, f serveFlags, listener net.Listener) error {
	if err := o.appoint(c.ctx, f.operator, w.registrar); err != nil {
		return err
	}
	log := w.log
	proxies, err := networks(f.proxy)
	if err != nil {
		return err
	}
	server, err := web.New(web.Config{
		Engine: o, Catalogue: c.texts, Log: log, Secure: f.secure, Proxies: proxies, Ready: o.ready, Amiss: o.Amiss, Metrics: o.metrics(log),
	})
	if err != nil {
		return err
	}
	background, stop := context.WithCancel(c.ctx)
	var letters sync.WaitGroup
	defer letters.Wait() // before the office closes under them
	defer stop()
	keepRoom(background)
	ways, err := openGateways(f.ways, log)
	if err != nil {
		return err
	}
	defer ways.Close()
	letters.Go(func() { ways.run(background, o.Engine, c.texts, log) })
	log.Info("serving", "addr", listener.Addr().String(), "log", o.Origin)
	return serveUntilDone(c.ctx, server.HTTP(f.listen), listener)
}

// wiring gathers everything but the database, so that nothing is made before
// all the rest is known to be right.
func (f *serveFlags) wiring(c *call) (wiring, error) {
	w, err := f.offline(c)
	if err != nil {
		return w, err
	}
	w.past, w.site = false, strings.FieldsFunc(f.site, func(r rune) bool { return r == ',' || r == ' ' })
	if _, err := w.party(); err != nil {
		return w, err
	}
	if w.identity, err = openIdentity(f.oidc); err != nil {
		return w, err
	}
	if w.payments, w.formerPayments, err = openPayments(f.pay); err != nil {
		return w, err
	}
	pack, err := parseOwn(w.pack)
	if err != nil {
		return w, err
	}
	if w.registrar, err = openRegistrar(f.registrar, pack); err != nil {
		return w, err
	}
	if w.shards, err = readShards(f.shards); err != nil {
		return w, err
	}
	if err := f.namesAll(pack, w); err != nil {
		return w, err
	}
	if f.trust != "" {
		folder := &trustFolder{dir: f.trust, policy: signature.Policy{StampRequired: f.stamp}}
		trust, err := folder.now()
		if err != nil {
			return w, err
		}
		if trust.AnyPractice() {
			return w, aiqyn.E(aiqyn.Invalid, "error.serve-practice-authority", "dir", f.trust)
		}
		w.trust = folder.now
	}
	if f.beacon != "" {
		w.beacon, err = openBeacon(c.ctx, f.beacon, f.rounds, w.log)
		return w, err
	}
	if draws(pack) {
		return w, aiqyn.E(aiqyn.Invalid, "error.serve-beacon")
	}
	return w, nil
}

// offline gathers what an engine needs that does nothing by itself: the pack, the
// keys of no demonstration, and the witnesses.
func (f *serveFlags) offline(c *call) (wiring, error) {
	w := wiring{clock: time.Now, log: slog.New(web.CoverLog(slog.NewJSONHandler(c.stderr, nil))), past: true}
	var err error
	if w.pack, err = readPack(f.pack); err != nil {
		return w, err
	}
	if w.keys, err = readKeys(f.keys); err != nil {
		return w, err
	}
	if strings.HasPrefix(w.keys.origin, practiceName) {
		return w, aiqyn.E(aiqyn.Invalid, "error.serve-practice", "origin", w.keys.origin)
	}
	if w.policy, err = readPolicy(f.policy); err != nil {
		return w, err
	}
	w.witnesses = reachable(w.policy)
	return w, nil
}

// reachable are the witnesses of a policy that have an address.
func reachable(p *ledger.Policy) []casework.Cosigner {
	if p == nil {
		return nil
	}
	client := &http.Client{Timeout: 10 * time.Second}
	var list []casework.Cosigner
	for _, w := range p.Witnesses {
		if w.URL != "" {
			list = append(list, &casework.HTTPWitness{Key: w.Key.Name(), URL: w.URL, Client: client})
		}
	}
	return list
}

// database opens the database; it makes one only for --init.
func (f *serveFlags) database(ctx context.Context) (*store.DB, error) {
	open := f.file
	if store.OnServer(f.url) {
		open = f.onServer
	}
	db, err := open(ctx)
	if err != nil || f.network == "" {
		return db, err
	}
	if !f.init {
		db.Close()
		return nil, aiqyn.E(aiqyn.Invalid, "error.command-flag", "command", "serve", "flag", "--init")
	}
	if err := f.power(ctx, db); err != nil {
		db.Close()
		return nil, err
	}
	return db, nil
}

func (f *serveFlags) file(ctx context.Context) (*store.DB, error) {
	file, ok := strings.CutPrefix(f.url, "sqlite:")
	if !ok {
		return nil, aiqyn.E(aiqyn.Invalid, "error.database-url", "url", f.url)
	}
	there, err := exists(file)
	switch {
	case err != nil:
		return nil, err
	case there && f.init:
		return nil, aiqyn.E(aiqyn.Conflict, "error.backup-there", "file", file)
	case !there && !f.init:
		return nil, aiqyn.E(aiqyn.Invalid, "error.serve-no-database", "file", file)
	}
	return store.Open(ctx, f.url, store.Options{})
}

// onServer opens a database that somebody has created, empty for --init.
func (f *serveFlags) onServer(ctx context.Context) (*store.DB, error) {
	db, err := store.Open(ctx, f.url, store.Options{})
	if err != nil {
		return nil, err
	}
	mirrored, err := db.Mirrored(ctx)
	if err == nil && !mirrored && !f.alone {
		err = aiqyn.E(aiqyn.Invalid, "error.serve-standby")
	}
	begun := false
	if err == nil {
		begun, err = db.Begun(ctx)
	}
	switch {
	case err != nil:
	case begun && f.init:
		err = aiqyn.E(aiqyn.Conflict, "error.database-in-use", "table", "head")
	case !begun && !f.init:
		err = aiqyn.E(aiqyn.Invalid, "error.serve-empty")
	}
	if err != nil {
		db.Close()
		return nil, err
	}
	return db, nil
}
