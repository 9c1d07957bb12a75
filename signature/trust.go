package signature

import (
	"crypto/sha256"
	"crypto/x509"
	"errors"
	"slices"
	"sync"
	"time"

	"aiqyn"
)

// Root is an authority that a body has decided to believe.
type Root struct {
	Certificate *Certificate
	// Practice marks an authority whose certificates prove nothing about
	// anybody; whatever rests on it says so.
	Practice bool
}

// Trust is whom a body believes, and what is known of certificates that no
// longer hold. It is safe for concurrent use and never changes; new lists make
// a new one.
type Trust struct {
	roots   []Root
	between []*Certificate
	lists   []*RevocationList
	policy  Policy

	checked *memory
}

// Policy is what a body demands beyond a chain to its roots.
type Policy struct {
	// StampRequired refuses a signature without a time stamp.
	StampRequired bool
	// StatusOptional accepts a certificate of which nothing is known. For those
	// who check long after, when no list speaks of it any more.
	StatusOptional bool
}

// NewTrust joins roots, the authorities between them and people, and the lists
// that are at hand.
func NewTrust(roots []Root, between []*Certificate, lists []*RevocationList, policy Policy) (*Trust, error) {
	if len(roots) == 0 {
		return nil, aiqyn.E(aiqyn.Invalid, "error.signature-no-roots")
	}
	lists = slices.Clone(lists)
	slices.SortStableFunc(lists, func(a, b *RevocationList) int { return b.ThisUpdate.Compare(a.ThisUpdate) })
	return &Trust{roots: slices.Clone(roots), between: slices.Clone(between), lists: lists, policy: policy, checked: new(memory)}, nil
}

// With returns the same trust under another policy.
func (t *Trust) With(p Policy) *Trust {
	return &Trust{roots: t.roots, between: t.between, lists: t.lists, policy: p, checked: t.checked}
}

// Practice reports whether every root is for practice.
func (t *Trust) Practice() bool {
	return !slices.ContainsFunc(t.roots, func(r Root) bool { return !r.Practice })
}

// AnyPractice reports whether any root is for practice.
func (t *Trust) AnyPractice() bool {
	return slices.ContainsFunc(t.roots, func(r Root) bool { return r.Practice })
}

// maxChain is the longest chain: person, two authorities and a root.
const maxChain = 5

// chain finds the way from a certificate to a root, every link of which holds
// at an instant: the certificate first, the root last.
func (t *Trust) chain(leaf *Certificate, others []*Certificate, at time.Time) ([]*Certificate, error) {
	pool := slices.Concat(others, t.between)
	chain, err := t.extend([]*Certificate{leaf}, pool, at)
	if err != nil {
		return nil, err
	}
	for _, c := range chain {
		if err := c.valid(at); err != nil {
			return nil, err
		}
	}
	return chain, nil
}

// extend tries every issuer in turn; a dead end is left and the next one tried.
func (t *Trust) extend(chain []*Certificate, pool []*Certificate, at time.Time) ([]*Certificate, error) {
	last := chain[len(chain)-1]
	if t.isRoot(last) {
		return chain, nil
	}
	untrusted := aiqyn.E(aiqyn.Invalid, "error.signature-untrusted", "issuer", nameOf(last))
	if len(chain) == maxChain {
		return nil, untrusted
	}
	var found error = untrusted
	issuers := pool
	for _, r := range t.roots {
		issuers = append(issuers[:len(issuers):len(issuers)], r.Certificate)
	}
	for _, c := range issuers {
		if !c.issued(last) || slices.Contains(chain, c) || !c.mayIssue(len(chain)-1) {
			continue
		}
		if err := t.linked(last, c); err != nil {
			found = err
			continue
		}
		whole, err := t.extend(append(chain[:len(chain):len(chain)], c), pool, at)
		if err == nil {
			return whole, nil
		}
		found = err
	}
	return nil, found
}

func (t *Trust) isRoot(c *Certificate) bool {
	return slices.ContainsFunc(t.roots, func(r Root) bool { return same(r.Certificate.Raw, c.Raw) })
}

func (t *Trust) practiceRoot(c *Certificate) bool {
	return slices.ContainsFunc(t.roots, func(r Root) bool { return r.Practice && same(r.Certificate.Raw, c.Raw) })
}

// memory holds what was verified once, by what is signed and who signs, both in
// full: officers sign every day with the same certificate.
type memory struct {
	mu   sync.Mutex
	done map[[2][sha256.Size]byte]bool
}

// maxMemory bounds it; officers are thousands, not millions.
const maxMemory = 1 << 15

// once verifies something that an authority has signed, unless that was done.
func (m *memory) once(what signedThing, raw []byte, issuer *Certificate) error {
	key := [2][sha256.Size]byte{sha256.Sum256(raw), sha256.Sum256(issuer.Raw)}
	m.mu.Lock()
	known := m.done[key]
	m.mu.Unlock()
	if known {
		return nil
	}
	if err := what.check(issuer); err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.done == nil || len(m.done) >= maxMemory {
		m.done = make(map[[2][sha256.Size]byte]bool)
	}
	m.done[key] = true
	return nil
}

// linked checks that issuer has signed c.
func (t *Trust) linked(c, issuer *Certificate) error {
	if err := t.checked.once(c.signed, c.Raw, issuer); err != nil {
		return badCertificate(err)
	}
	return nil
}

func nameOf(c *Certificate) string {
	if name := attribute(c.Issuer, oidCommonName); name != "" {
		return name
	}
	return c.Issuer.String()
}

// standing finds out whether a certificate had been revoked by an instant, from
// the responses at hand and then the lists. now is when it is asked: a source
// must still hold by then.
func (t *Trust) standing(c, issuer *Certificate, responses []*response, by, now time.Time) (status, error) {
	var known *status
	stale := false
	consider := func(s status, err error) error {
		switch {
		case err == nil:
			if s.revoked && !s.at.After(by) {
				return aiqyn.E(aiqyn.Invalid, "error.signature-revoked", "at", s.at)
			}
			if known == nil {
				known = &s
			}
		case errors.Is(err, errStale):
			stale = true
		case !errors.Is(err, errNothing):
			return err
		}
		return nil
	}
	for _, r := range responses {
		if err := consider(r.says(c, issuer, now)); err != nil {
			return status{}, err
		}
	}
	for _, l := range t.lists {
		if err := consider(t.listed(l, c, issuer, now)); err != nil {
			return status{}, err
		}
	}
	switch {
	case known != nil:
		return *known, nil
	case t.policy.StatusOptional:
		return status{}, nil
	case stale:
		return status{}, aiqyn.E(aiqyn.Invalid, "error.signature-stale")
	}
	return status{}, aiqyn.E(aiqyn.Invalid, "error.signature-status")
}

// listed looks a certificate up in a list that its issuer must have signed.
func (t *Trust) listed(l *RevocationList, c, issuer *Certificate, now time.Time) (status, error) {
	if !same(l.RawIssuer, issuer.RawSubject) || issuer.KeyUsage&x509.KeyUsageCRLSign == 0 {
		return status{}, errNothing
	}
	if err := t.checked.once(l.signed, l.Raw, issuer); err != nil {
		return status{}, aiqyn.E(aiqyn.Invalid, "error.signature-list").Because(err)
	}
	return l.says(c, now)
}
