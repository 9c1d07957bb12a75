// Package passkey has a person's own device prove who they are: a key that never
// leaves it, opened by finger, face or PIN, signs a challenge of ours (WebAuthn
// Level 3, https://www.w3.org/TR/webauthn-3/). It keeps nothing: what must be
// remembered between a challenge and its answer is handed out as a Ceremony, and
// whoever keeps that sees to its life and to its being used once.
package passkey

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/netip"
	"net/url"
	"slices"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"
)

// MaxAnswer is how large an answer of a browser may be, in bytes.
const MaxAnswer = 16 << 10

// Why an answer is not taken, beside what is wrong with its form or signature.
var (
	// ErrCloned says that the device counts fewer uses than we do: the key may
	// have been copied, and both copies are in use.
	ErrCloned = errors.New("passkey: the counter did not grow")
	// ErrUnknown says that nobody has registered the key.
	ErrUnknown = errors.New("passkey: nobody's key")
)

// Party is the site that passkeys are for.
type Party struct{ site *webauthn.WebAuthn }

// Owner is who passkeys belong to. ID is opaque, 1 to 64 bytes, and says nothing
// of the person: their device hands it out to whoever asks.
type Owner struct {
	ID   []byte
	Name string // as the person's device lists it
	Keys []Key
}

// Key is one passkey as it is kept.
type Key struct {
	ID     []byte // the device's name for it
	Record []byte // public key, counter and flags, as JSON
}

// Asked is a challenge: Options is what the browser is given, Ceremony what must
// be remembered until the answer.
type Asked struct{ Options, Ceremony []byte }

// New returns the party for a site that is reached under some origins, such as
// https://example.kz. Passkeys are bound to the host of the first: the others lie
// on it, or below. A host that is only a number can have none.
func New(name string, origins ...string) (*Party, error) {
	if len(origins) == 0 {
		return nil, errors.New("passkey: no origin")
	}
	var hosts []string
	for _, o := range origins {
		u, err := url.Parse(o)
		if err != nil || u.Host == "" || u.Path != "" || u.Scheme != "https" && u.Hostname() != "localhost" {
			return nil, fmt.Errorf("passkey: %q is not an origin that browsers let have passkeys", o)
		}
		if _, err := netip.ParseAddr(u.Hostname()); err == nil {
			return nil, fmt.Errorf("passkey: %q has no name", o)
		}
		hosts = append(hosts, u.Hostname())
	}
	site, err := webauthn.New(&webauthn.Config{
		RPID: hosts[0], RPDisplayName: name, RPOrigins: slices.Clone(origins),
		AttestationPreference: protocol.PreferNoAttestation, // which make a device is, is nobody's business
		AuthenticatorSelection: protocol.AuthenticatorSelection{
			ResidentKey: protocol.ResidentKeyRequirementRequired, RequireResidentKey: protocol.ResidentKeyRequired(),
			UserVerification: protocol.VerificationRequired,
		},
	})
	if err != nil {
		return nil, fmt.Errorf("passkey: %w", err)
	}
	return &Party{site}, nil
}

// Register asks a device to make a key for an owner; one that has a key of theirs
// already makes none.
func (p *Party) Register(o Owner) (Asked, error) {
	owner, err := ownerOf(o)
	if err != nil {
		return Asked{}, err
	}
	options, session, err := p.site.BeginRegistration(owner, webauthn.WithExclusions(webauthn.Credentials(owner.keys).CredentialDescriptors()))
	if err != nil {
		return Asked{}, fmt.Errorf("passkey: %w", err)
	}
	return asked(options.Response, session)
}

// Registered checks the answer to Register and returns the key that was made.
func (p *Party) Registered(o Owner, ceremony, answer []byte) (Key, error) {
	session, err := sessionOf(ceremony, answer)
	if err != nil {
		return Key{}, err
	}
	said, err := protocol.ParseCredentialCreationResponseBytes(answer)
	if err != nil {
		return Key{}, fmt.Errorf("passkey: %w", err)
	}
	made, err := p.site.CreateCredential(&owner{Owner: o}, session, said)
	if err != nil {
		return Key{}, fmt.Errorf("passkey: %w", err)
	}
	return keyOf(made)
}

// Ask asks any device for any key of ours: who answers is told by the answer.
func (p *Party) Ask() (Asked, error) {
	options, session, err := p.site.BeginDiscoverableLogin(webauthn.WithUserVerification(protocol.VerificationRequired))
	if err != nil {
		return Asked{}, fmt.Errorf("passkey: %w", err)
	}
	return asked(options.Response, session)
}

// AskOwner asks for a key of one owner.
func (p *Party) AskOwner(o Owner) (Asked, error) {
	owner, err := ownerOf(o)
	if err != nil {
		return Asked{}, err
	}
	if len(owner.keys) == 0 {
		return Asked{}, ErrUnknown
	}
	options, session, err := p.site.BeginLogin(owner, webauthn.WithUserVerification(protocol.VerificationRequired))
	if err != nil {
		return Asked{}, fmt.Errorf("passkey: %w", err)
	}
	return asked(options.Response, session)
}

// Answered checks the answer to Ask or AskOwner and returns the key with its new
// counter. find looks up whose a key is, by the device's name for it; it returns
// ErrUnknown for nobody's.
func (p *Party) Answered(ceremony, answer []byte, find func(key []byte) (Owner, error)) (Owner, Key, error) {
	session, err := sessionOf(ceremony, answer)
	if err != nil {
		return Owner{}, Key{}, err
	}
	said, err := protocol.ParseCredentialRequestResponseBytes(answer)
	if err != nil {
		return Owner{}, Key{}, fmt.Errorf("passkey: %w", err)
	}
	found, err := find(said.RawID)
	if err != nil {
		return Owner{}, Key{}, err
	}
	whose, err := ownerOf(found)
	if err != nil {
		return Owner{}, Key{}, err
	}
	used, err := p.validate(whose, session, said)
	if err != nil {
		return Owner{}, Key{}, fmt.Errorf("passkey: %w", err)
	}
	if used.Authenticator.CloneWarning {
		return Owner{}, Key{}, ErrCloned
	}
	key, err := keyOf(used)
	return found, key, err
}

// validate checks an answer of a device. Asked for anybody's key, it must say
// whose it is, and the key must be theirs.
func (p *Party) validate(whose *owner, session webauthn.SessionData, said *protocol.ParsedCredentialAssertionData) (*webauthn.Credential, error) {
	if session.UserID != nil {
		return p.site.ValidateLogin(whose, session, said)
	}
	_, used, err := p.site.ValidatePasskeyLogin(func(_, handle []byte) (webauthn.User, error) {
		if !bytes.Equal(handle, whose.ID) {
			return nil, ErrUnknown
		}
		return whose, nil
	}, session, said)
	return used, err
}

// asked writes what the browser is given and what is remembered.
func asked(options any, session *webauthn.SessionData) (a Asked, err error) {
	if a.Options, err = json.Marshal(options); err == nil {
		a.Ceremony, err = json.Marshal(session)
	}
	return a, err
}

func sessionOf(ceremony, answer []byte) (s webauthn.SessionData, err error) {
	if len(answer) > MaxAnswer {
		return s, fmt.Errorf("passkey: an answer of %d bytes", len(answer))
	}
	if err := json.Unmarshal(ceremony, &s); err != nil {
		return s, fmt.Errorf("passkey: ceremony: %w", err)
	}
	return s, nil
}

// keyOf keeps of a credential what the next check needs. How it was attested is
// dropped: nothing rests on it, and it can tell devices apart.
func keyOf(c *webauthn.Credential) (Key, error) {
	c.Attestation = webauthn.CredentialAttestation{}
	record, err := json.Marshal(c)
	return Key{ID: c.ID, Record: record}, err
}

// owner is an Owner as the library wants one.
type owner struct {
	Owner
	keys []webauthn.Credential
}

func ownerOf(o Owner) (*owner, error) {
	all := &owner{Owner: o}
	for _, k := range o.Keys {
		var c webauthn.Credential
		if err := json.Unmarshal(k.Record, &c); err != nil {
			return nil, fmt.Errorf("passkey: record: %w", err)
		}
		all.keys = append(all.keys, c)
	}
	return all, nil
}

func (o *owner) WebAuthnID() []byte                         { return o.ID }
func (o *owner) WebAuthnName() string                       { return o.Name }
func (o *owner) WebAuthnDisplayName() string                { return o.Name }
func (o *owner) WebAuthnCredentials() []webauthn.Credential { return o.keys }
