package main

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"aiqyn"
	"aiqyn/beacon"
	"aiqyn/casework"
	"aiqyn/ledger"
)

// What the demonstration puts where a state has independent parties. Each
// protects against nothing, because one machine plays them all; the names say
// so wherever they appear.
const (
	practiceName    = "practice." // whatever begins like this is for practice
	practiceOrigin  = practiceName + "aiqyn.example/demo"
	practiceWitness = practiceName + "aiqyn.example/same-machine-witness-%d"
	practicePeriod  = 3 * time.Second
)

// practiceBeacon is beacon.Practice as the engine asks for it: every round is
// there at once, so the engine's own clock decides when it counts.
type practiceBeacon struct{ *beacon.Practice }

// Published implements [casework.Beacon].
func (b practiceBeacon) Published(n uint64) (beacon.Round, bool) { return b.Round(n), true }

// practiceGenesis is before every case of a demonstration.
var practiceGenesis = time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC)

// practiceParties are the beacon and the witnesses of one demonstration.
type practiceParties struct {
	beacon    practiceBeacon
	policy    *ledger.Policy
	text      string // of the policy, with what must be known about it
	witnesses []casework.Cosigner
	states    []*witnessState
	seed      [32]byte // what other parties' keys are made from
	dir       string
}

// makePractice makes the secrets of a demonstration's parties.
func makePractice(dir string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	var seed [32]byte
	rand.Read(seed[:])
	if err := writeNew(filepath.Join(dir, "beacon.key"), hex.EncodeToString(seed[:])+"\n", 0o600); err != nil {
		return err
	}
	for n := 1; n <= 2; n++ {
		skey, _, err := ledger.GenerateCosignerKey(rand.Reader, fmt.Sprintf(practiceWitness, n))
		if err != nil {
			return err
		}
		if err := writeNew(witnessFile(dir, n, "key"), skey+"\n", 0o600); err != nil {
			return err
		}
	}
	return nil
}

func witnessFile(dir string, n int, ext string) string {
	return filepath.Join(dir, fmt.Sprintf("witness-%d.%s", n, ext))
}

// openPractice reads them. While the past is made the witnesses keep what they
// have cosigned in memory, and in files once it is complete.
func openPractice(dir string, keys *logKeys, clock aiqyn.Clock, past bool) (*practiceParties, error) {
	text, err := readSecret(filepath.Join(dir, "beacon.key"))
	if err != nil {
		return nil, err
	}
	seed, err := hex.DecodeString(text)
	if err != nil || len(seed) != 32 {
		return nil, badKey(filepath.Join(dir, "beacon.key"), err)
	}
	log, err := ledger.ParseKey(keys.verifier)
	if err != nil {
		return nil, err
	}
	p := &practiceParties{dir: dir, seed: [32]byte(seed), beacon: practiceBeacon{beacon.NewPractice([32]byte(seed), practiceGenesis, practicePeriod)}}
	p.text = "# Practice: both witnesses run inside the demonstration, on the machine that\n" +
		"# keeps the log. They show how it works and protect against nothing.\n" +
		"log " + keys.verifier + "\n"
	for n := 1; n <= 2; n++ {
		skey, err := readSecret(witnessFile(dir, n, "key"))
		if err != nil {
			return nil, err
		}
		signer, err := ledger.NewCosigner(skey, clock)
		if err != nil {
			return nil, badKey(witnessFile(dir, n, "key"), err)
		}
		file := witnessFile(dir, n, "state")
		if past {
			file = ""
		}
		state, err := openWitnessState(file, false)
		if err != nil {
			return nil, err
		}
		w, err := newInside(signer, log, state, clock)
		if err != nil {
			return nil, err
		}
		p.witnesses, p.states = append(p.witnesses, w), append(p.states, state)
		p.text += fmt.Sprintf("witness w%d %s\n", n, signer)
	}
	p.text += "group both all w1 w2\nquorum both\n"
	p.policy, err = ledger.ParsePolicy([]byte(p.text))
	return p, err
}

// settle moves what the witnesses have cosigned to their files.
func (p *practiceParties) settle() error {
	var errs []error
	for i, s := range p.states {
		errs = append(errs, s.keepIn(witnessFile(p.dir, i+1, "state")))
	}
	return errors.Join(errs...)
}

// inside is a witness in our own process, asked by a call instead of a post.
type inside struct {
	name    string
	witness *ledger.Witness
	clock   aiqyn.Clock
}

func newInside(signer *ledger.Signer, log *ledger.Key, state ledger.WitnessState, clock aiqyn.Clock) (*inside, error) {
	w, err := newWitness(signer, []*ledger.Key{log}, state)
	return &inside{signer.Name(), w, clock}, err
}

// Name implements [casework.Cosigner].
func (w *inside) Name() string { return w.name }

// AddCheckpoint implements [casework.Cosigner].
func (w *inside) AddCheckpoint(_ context.Context, request []byte) ([]byte, error) {
	answer, err := w.witness.AddCheckpoint(request, w.clock())
	var refusal *ledger.WitnessError
	if errors.As(err, &refusal) && refusal.Status == http.StatusConflict {
		return nil, &casework.Behind{Size: refusal.Size}
	}
	return answer, err
}
