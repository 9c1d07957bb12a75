package ledger

import (
	"errors"
	"slices"
	"strings"
	"sync"
	"time"

	"aiqyn"

	"golang.org/x/mod/sumdb/note"
)

// Level is how strongly an entry is proven.
type Level string

// Levels of proof.
const (
	Recorded  Level = "recorded"  // the log signed that it holds the entry
	Witnessed Level = "witnessed" // and the policy's quorum of witnesses has seen that log
)

// Verdict is what a receipt proves.
type Verdict struct {
	Level       Level
	Index, Size int64 // of the entry, and of the log that was signed
	Origin      string
	Leaf        Hash
	Root        Hash      // of the log that was signed
	Witnesses   []string  // names of the keys that cosigned
	WitnessedAt time.Time // when the quorum was met; zero at level recorded
}

// Verifier checks receipts against keys and a policy that come from somewhere
// else than the receipt. It is safe for concurrent use.
type Verifier struct {
	ring   keyring
	logs   map[keyID]bool
	policy *Policy
	cache  checkpointCache
}

// NewVerifier makes a Verifier that accepts the logs of the given keys, each
// under its key's name, and those that the policy lists. Without a policy,
// which may be nil, no witness is listed and no cosignature accepted.
func NewVerifier(logKeys []note.Verifier, p *Policy) (*Verifier, error) {
	v := &Verifier{logs: map[keyID]bool{}, policy: p}
	var keys []note.Verifier
	if p != nil {
		keys = p.WitnessKeys()
		logKeys = append(slices.Clone(logKeys), p.LogKeys()...)
	}
	for _, k := range logKeys {
		id := keyID{k.Name(), k.KeyHash()}
		if !v.logs[id] { // the key file and the policy may name the same log
			v.logs[id] = true
			keys = append(keys, k)
		}
	}
	if len(v.logs) == 0 {
		return nil, errors.New("no key of any log to verify against")
	}
	ring, err := newKeyring(keys)
	v.ring = ring
	return v, err
}

// Verify checks that the private part and all fields are those that the leaf
// committed to, that the leaf is in the log, and that the log's state is
// signed by listed keys only, each signature being right.
func (v *Verifier) Verify(r *Receipt) (Verdict, error) {
	if err := r.checkPrivate(); err != nil {
		return Verdict{}, aiqyn.E(aiqyn.Invalid, "error.receipt-private").Because(err)
	}
	proof, err := ParseProof(r.Proof)
	if err != nil {
		return Verdict{}, aiqyn.E(aiqyn.Invalid, "error.receipt-proof").Because(err)
	}
	checked, err := v.checkpoint(proof.Checkpoint)
	if err != nil {
		return Verdict{}, err
	}
	e := r.Entry()
	leaf := LeafHash(e.Commitment())
	c := &checked.checkpoint
	if err := VerifyInclusion(proof.Index, c.Size, c.Root, leaf, proof.Hashes); err != nil {
		return Verdict{}, aiqyn.E(aiqyn.Invalid, "error.receipt-changed").Because(err)
	}
	return Verdict{
		Level: checked.level, Index: proof.Index, Size: c.Size, Origin: c.Origin, Leaf: leaf, Root: c.Root,
		Witnesses: slices.Clone(checked.witnesses), WitnessedAt: checked.witnessedAt,
	}, nil
}

// checkedCheckpoint is what a verified checkpoint says.
type checkedCheckpoint struct {
	checkpoint  Checkpoint
	level       Level
	witnesses   []string
	witnessedAt time.Time
}

func (v *Verifier) checkpoint(msg string) (*checkedCheckpoint, error) {
	if checked := v.cache.get(msg); checked != nil {
		return checked, nil
	}
	signed, err := v.ring.open(msg, true)
	if err != nil {
		if bad := (*SignatureError)(nil); errors.As(err, &bad) && bad.Name != "" {
			return nil, aiqyn.E(aiqyn.Invalid, "error.receipt-signature", "name", bad.Name).Because(err)
		}
		return nil, aiqyn.E(aiqyn.Invalid, "error.receipt-proof").Because(err)
	}
	checked := &checkedCheckpoint{checkpoint: signed.Checkpoint, level: Recorded}
	if err := v.weigh(checked, signed.Signatures); err != nil {
		return nil, err
	}
	v.cache.put(strings.Clone(msg), checked)
	return checked, nil
}

// weigh demands the log's own signature and finds when the quorum was met.
func (v *Verifier) weigh(checked *checkedCheckpoint, sigs []Signature) error {
	logSigned := false
	var cosigs []Signature
	for _, s := range sigs {
		if !v.logs[keyID{s.Name, s.KeyHash}] {
			cosigs = append(cosigs, s)
			continue
		}
		if s.Name != checked.checkpoint.Origin {
			return aiqyn.E(aiqyn.Invalid, "error.receipt-signature", "name", s.Name).
				Because(&SignatureError{s.Name, "key of another log"})
		}
		logSigned = true
	}
	if !logSigned {
		return aiqyn.E(aiqyn.Invalid, "error.receipt-unsigned", "name", checked.checkpoint.Origin)
	}
	slices.SortStableFunc(cosigs, func(a, b Signature) int { return a.Time.Compare(b.Time) })
	for i, s := range cosigs {
		checked.witnesses = append(checked.witnesses, s.Name)
		if checked.level == Recorded && v.policy.NeedsWitnesses() && v.policy.Satisfied(cosigs[:i+1]) {
			checked.level, checked.witnessedAt = Witnessed, s.Time
		}
	}
	return nil
}

// cacheSize bounds each of the two generations of the cache.
const cacheSize = 1024

// checkpointCache remembers checkpoints that were verified, by all their
// bytes. When the young generation is full it becomes the old one, and the
// old one is forgotten: bounded memory without bookkeeping per use.
type checkpointCache struct {
	mu         sync.RWMutex
	young, old map[string]*checkedCheckpoint
}

func (c *checkpointCache) get(msg string) *checkedCheckpoint {
	c.mu.RLock()
	checked, young := c.young[msg]
	if !young {
		checked = c.old[msg]
	}
	c.mu.RUnlock()
	if checked != nil && !young {
		c.put(strings.Clone(msg), checked) // still in use: keep it in the young generation
	}
	return checked
}

func (c *checkpointCache) put(msg string, checked *checkedCheckpoint) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.young == nil || len(c.young) >= cacheSize {
		c.young, c.old = make(map[string]*checkedCheckpoint), c.young
	}
	c.young[msg] = checked
}
