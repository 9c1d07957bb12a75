package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strconv"
	"time"

	"golang.org/x/mod/sumdb/note"

	"aiqyn"
	"aiqyn/ledger"
)

const witnessUsage = `usage: aiqyn witness --key FILE --listen ADDR --log VKEY… [--state FILE]
       aiqyn witness --key FILE --init NAME [--state FILE]

Cosigns the checkpoints of logs that only ever grow, by C2SP's tlog-witness: a
log that shows us one history can show nobody another. Run it for somebody
else's log, on a machine and under a key that they cannot reach.

The state file remembers the last checkpoint of each log. Guard it like the key:
a witness that forgets can be made to cosign a fork. If it is missing, the
witness does not start.

  --init NAME makes a key and an empty state, prints the public key, and ends.
  POST ADDR/add-checkpoint is what logs ask; GET ADDR/metrics tells whoever
  watches over the witness how far it has cosigned, and what it has refused.
`

// maxCheckpoint bounds what a log may send: a proof of 63 hashes and a note.
const maxCheckpoint = 64 << 10

// witnessFlags are how a witness is called.
type witnessFlags struct {
	key, state, listen, name string
	logs                     []*ledger.Key
}

func witnessCommand(c *call) error {
	var f witnessFlags
	c.flags.StringVar(&f.key, "key", "", "private key of the witness in `FILE`")
	c.flags.StringVar(&f.state, "state", "", "`FILE` with what was cosigned last (default: the key's file and .state)")
	c.flags.StringVar(&f.listen, "listen", "", "`ADDR` to answer at, as host:port")
	c.flags.StringVar(&f.name, "init", "", "make a key of this `NAME` and an empty state")
	c.flags.Func("log", "public `VKEY` of a log to witness; may be repeated", func(vkey string) error {
		key, err := ledger.ParseKey(vkey)
		f.logs = append(f.logs, key)
		return err
	})
	if _, err := c.words(0, 0); err != nil {
		return err
	}
	if err := c.required("key"); err != nil {
		return err
	}
	if f.state == "" {
		f.state = f.key + ".state"
	}
	if f.name != "" {
		return initWitness(c, f)
	}
	if err := c.required("listen", "log"); err != nil {
		return err
	}
	w, state, err := f.open()
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", f.listen)
	if err != nil {
		return err
	}
	fmt.Fprintln(c.stderr, c.text("command.witness.ready", "addr", listener.Addr().String(), "logs", len(f.logs)))
	return serveUntilDone(c.ctx, witnessServer(w, f.logs, state), listener)
}

// initWitness makes a new witness and prints what logs must know of it.
func initWitness(c *call, f witnessFlags) error {
	skey, vkey, err := ledger.GenerateCosignerKey(rand.Reader, f.name)
	if err != nil {
		return c.error("error.command-origin", "name", f.name)
	}
	if there, err := exists(f.state); err != nil || there {
		return aiqyn.E(aiqyn.Conflict, "error.command-key-there", "file", f.state).Because(err)
	}
	if err := writeNew(f.key, skey+"\n", 0o600); err != nil {
		return err
	}
	if _, err := openWitnessState(f.state, true); err != nil {
		return err
	}
	fmt.Fprintln(c.stdout, vkey)
	return nil
}

func (f *witnessFlags) open() (*ledger.Witness, *witnessState, error) {
	skey, err := readSecret(f.key)
	if err != nil {
		return nil, nil, err
	}
	signer, err := ledger.NewCosigner(skey, time.Now)
	if err != nil {
		return nil, nil, badKey(f.key, err)
	}
	state, err := openWitnessState(f.state, false)
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil, aiqyn.E(aiqyn.Invalid, "error.command-witness-state", "file", f.state).Because(err)
	}
	if err != nil {
		return nil, nil, err
	}
	w, err := newWitness(signer, f.logs, state)
	return w, state, err
}

// newWitness joins a key, the logs and what was cosigned of them.
func newWitness(signer *ledger.Signer, logs []*ledger.Key, state ledger.WitnessState) (*ledger.Witness, error) {
	keys := make([]note.Verifier, len(logs))
	for i, k := range logs {
		keys[i] = k
	}
	return ledger.NewWitness(ledger.WitnessConfig{Signer: signer, Logs: keys, State: state})
}

// witnessServer answers as c2sp.org/tlog-witness lays down.
func witnessServer(w *ledger.Witness, logs []*ledger.Key, state *witnessState) *http.Server {
	mux := http.NewServeMux()
	var n witnessCounts
	mux.HandleFunc("GET /metrics", func(out http.ResponseWriter, _ *http.Request) {
		out.Header().Set("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
		n.write(out, logs, state)
	})
	mux.HandleFunc("POST /add-checkpoint", func(out http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(http.MaxBytesReader(out, r.Body, maxCheckpoint))
		if err != nil {
			http.Error(out, "body cannot be read", http.StatusBadRequest)
			return
		}
		answer, err := w.AddCheckpoint(body, time.Now())
		var refusal *ledger.WitnessError
		n.count(err)
		switch {
		case errors.As(err, &refusal):
			if refusal.Status == ledger.StatusConflict {
				out.Header().Set("Content-Type", ledger.SizeContentType)
			}
			answer = refusal.Body()
			out.Header().Set("Content-Length", strconv.Itoa(len(answer)))
			out.WriteHeader(refusal.Status)
		case err != nil:
			http.Error(out, "internal error", http.StatusInternalServerError)
			return
		}
		out.Write(answer)
	})
	return &http.Server{
		Handler: mux, ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 10 * time.Second,
		WriteTimeout: 10 * time.Second, IdleTimeout: time.Minute, MaxHeaderBytes: 16 << 10,
	}
}

// serveUntilDone serves until the process is asked to end, and then lets
// requests under way finish.
func serveUntilDone(ctx context.Context, s *http.Server, l net.Listener) error {
	failed := make(chan error, 1)
	go func() { failed <- s.Serve(l) }()
	select {
	case err := <-failed:
		return err
	case <-ctx.Done():
	}
	end, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	return s.Shutdown(end)
}
