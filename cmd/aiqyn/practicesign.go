package main

import (
	"os"
	"path/filepath"
	"time"

	"aiqyn"
	"aiqyn/signature"
	"aiqyn/signature/practice"
)

// practiceSigner signs as the people of the demonstration would, with certificates
// of an authority whose every name says that it proves nothing.
type practiceSigner struct {
	authority *practice.Authority
	clock     aiqyn.Clock
}

// openPracticeSigner reads the authority of a demonstration, and makes it the
// first time. Its certificate lies in trust/roots for whoever checks the log.
func openPracticeSigner(dir string, clock aiqyn.Clock) (*practiceSigner, error) {
	keyFile, rootFile := filepath.Join(dir, "keys", "authority.key"), filepath.Join(dir, "trust", "roots", "practice.cer")
	there, err := exists(keyFile)
	if err != nil {
		return nil, err
	}
	if !there {
		return makePracticeSigner(keyFile, rootFile, clock)
	}
	key, err := os.ReadFile(keyFile)
	if err != nil {
		return nil, err
	}
	root, err := os.ReadFile(rootFile)
	if err != nil {
		return nil, err
	}
	a, err := practice.Decode(key, root)
	return &practiceSigner{a, clock}, err
}

func makePracticeSigner(keyFile, rootFile string, clock aiqyn.Clock) (*practiceSigner, error) {
	a, err := practice.NewAuthority(practice.ECDSA, practiceGenesis)
	if err != nil {
		return nil, err
	}
	key, err := a.Encode()
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(filepath.Dir(rootFile), 0o755); err != nil {
		return nil, err
	}
	// The key comes last: where it is, the certificate is.
	if err := os.WriteFile(rootFile, a.Root().Certificate.Raw, 0o644); err != nil {
		return nil, err
	}
	return &practiceSigner{a, clock}, os.WriteFile(keyFile, key, 0o600)
}

// trust believes the authority and nobody else.
func (p *practiceSigner) trust() (*signature.Trust, error) {
	now := p.clock()
	return p.authority.Trust(signature.Policy{}, now.Add(-time.Hour), now.Add(24*time.Hour))
}

// sign signs as a person would with a certificate of their own, with a time stamp
// and the authority's word that the certificate is in force.
func (p *practiceSigner) sign(who aiqyn.PersonID, document []byte) ([]byte, error) {
	if who == "" {
		return nil, aiqyn.E(aiqyn.Conflict, "error.signature-no-tie").On("cms")
	}
	now := p.clock()
	i, err := p.authority.Issue(signature.Holder{Name: practiceAuthority + " " + string(who), Person: who}, practice.ECDSA, practice.ForSigning, now.Add(-time.Hour))
	if err != nil {
		return nil, err
	}
	return i.Sign(document, practice.Options{At: now, Stamp: now, Status: now})
}
