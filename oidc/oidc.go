// Package oidc has the state's identity provider vouch for a person: OpenID Connect
// Core 1.0, the code flow with PKCE (RFC 7636), state and nonce. What must be
// remembered between sending somebody there and their coming back is an Attempt;
// whoever keeps it binds it to the browser and uses it once.
package oidc

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"
)

// ErrRefused says that the provider, or who speaks in its name, has not vouched for
// anybody: a wrong state, issuer, audience, nonce or signature, an expired token, a
// code that is used up, or no person in it. ErrAway says that it does not answer.
var (
	ErrRefused = errors.New("oidc: nobody was vouched for")
	ErrAway    = errors.New("oidc: the provider does not answer")
)

// Config is how a provider is reached, as the file of serve --oidc says.
type Config struct {
	Issuer   string   `json:"issuer"`           // https://id.example.kz
	Client   string   `json:"client_id"`        //
	Secret   string   `json:"client_secret"`    // empty: a public client, held by PKCE alone
	Redirect string   `json:"redirect"`         // https://example.kz/oidc/callback
	Claim    string   `json:"claim"`            // of the ID token, that holds the IIN
	Scopes   []string `json:"scopes,omitempty"` // beside openid
}

// maxConfig is the largest file that is read.
const maxConfig = 16 << 10

// ReadConfig reads a Config; unknown keys are refused, and so is a provider that is
// reached in the clear, except on this very machine.
func ReadConfig(r io.Reader) (c Config, err error) {
	d := json.NewDecoder(io.LimitReader(r, maxConfig))
	d.DisallowUnknownFields()
	if err := d.Decode(&c); err != nil {
		return c, fmt.Errorf("oidc: %w", err)
	}
	for name, address := range map[string]string{"issuer": c.Issuer, "redirect": c.Redirect} {
		u, err := url.Parse(address)
		if err != nil || u.Host == "" || u.Scheme != "https" && !(u.Scheme == "http" && here(u.Hostname())) {
			return c, fmt.Errorf("oidc: %s %q is not an address over HTTPS", name, address)
		}
	}
	if c.Client == "" || c.Claim == "" {
		return c, errors.New("oidc: client_id and claim are needed")
	}
	return c, nil
}

func here(host string) bool { return host == "localhost" || host == "127.0.0.1" || host == "::1" }

// Provider is an identity provider. What it says of itself is read when it is first
// needed: a provider that is away keeps no server from starting.
type Provider struct {
	Config
	now    func() time.Time
	client *http.Client

	mu    sync.Mutex
	known *known
	away  time.Time // until then it is not asked again
}

// known is what a provider has said of itself.
type known struct {
	oauth    oauth2.Config
	verifier *oidc.IDTokenVerifier
}

// patience is how long a provider may take to answer; maxReply how much it may say.
const (
	patience = 10 * time.Second
	maxReply = 1 << 20
)

// New returns a provider; now is the clock that its tokens are held against.
func New(c Config, now func() time.Time) *Provider {
	return &Provider{Config: c, now: now, client: &http.Client{Timeout: patience, Transport: limited{http.DefaultTransport}}}
}

// limited reads no more of an answer than it may be long.
type limited struct{ http.RoundTripper }

func (l limited) RoundTrip(r *http.Request) (*http.Response, error) {
	res, err := l.RoundTripper.RoundTrip(r)
	if err == nil {
		res.Body = struct {
			io.Reader
			io.Closer
		}{io.LimitReader(res.Body, maxReply), res.Body}
	}
	return res, err
}

// awayFor is how long a provider that did not answer is left in peace.
const awayFor = 15 * time.Second

// discover reads what the provider says of itself, once. Keys are read again when a
// token is signed by one that is not known.
func (p *Provider) discover() (*known, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.known != nil {
		return p.known, nil
	}
	if p.now().Before(p.away) {
		return nil, ErrAway
	}
	said, err := oidc.NewProvider(oidc.ClientContext(context.Background(), p.client), p.Issuer)
	if err != nil {
		p.away = p.now().Add(awayFor) // those who wait for the lock do not ask one after another
		return nil, fmt.Errorf("%w: %w", ErrAway, err)
	}
	p.known = &known{
		oauth: oauth2.Config{
			ClientID: p.Client, ClientSecret: p.Secret, RedirectURL: p.Redirect, Endpoint: said.Endpoint(), Scopes: append([]string{oidc.ScopeOpenID}, p.Scopes...),
		},
		verifier: said.Verifier(&oidc.Config{ClientID: p.Client, Now: p.now}),
	}
	return p.known, nil
}

// Attempt is one person on their way.
type Attempt struct {
	State    string `json:"state"`
	Nonce    string `json:"nonce"`
	Verifier string `json:"verifier"`
}

// Begin returns the address to send a person to, and what to remember.
func (p *Provider) Begin() (address string, a Attempt, err error) {
	k, err := p.discover()
	if err != nil {
		return "", a, err
	}
	a = Attempt{State: rand.Text(), Nonce: rand.Text(), Verifier: oauth2.GenerateVerifier()}
	return k.oauth.AuthCodeURL(a.State, oidc.Nonce(a.Nonce), oauth2.S256ChallengeOption(a.Verifier)), a, nil
}

// maxParameter is how long what comes back in an address may be.
const maxParameter = 2000

// Finish exchanges the code that came back for the person whom the provider vouches
// for: the text of the claim. answer is the query of the address they came back to.
func (p *Provider) Finish(ctx context.Context, a Attempt, answer url.Values) (string, error) {
	code, state, issuer := answer.Get("code"), answer.Get("state"), answer.Get("iss")
	switch {
	case len(code) > maxParameter || len(state) > maxParameter || code == "" || a.State == "":
		return "", refused("no code")
	case subtle.ConstantTimeCompare([]byte(state), []byte(a.State)) != 1:
		return "", refused("another state")
	case issuer != "" && issuer != p.Issuer: // RFC 9207
		return "", refused("another issuer answers")
	}
	k, err := p.discover()
	if err != nil {
		return "", err
	}
	ctx = oidc.ClientContext(ctx, p.client)
	token, err := k.oauth.Exchange(ctx, code, oauth2.VerifierOption(a.Verifier))
	if err != nil {
		var said *oauth2.RetrieveError
		if errors.As(err, &said) && said.Response.StatusCode < http.StatusInternalServerError {
			return "", refused(err.Error())
		}
		return "", fmt.Errorf("%w: %w", ErrAway, err)
	}
	raw, ok := token.Extra("id_token").(string)
	if !ok {
		return "", refused("no token")
	}
	said, err := k.verifier.Verify(ctx, raw)
	if err != nil {
		return "", refused(err.Error())
	}
	if subtle.ConstantTimeCompare([]byte(said.Nonce), []byte(a.Nonce)) != 1 {
		return "", refused("another nonce")
	}
	claims := map[string]any{}
	if err := said.Claims(&claims); err != nil {
		return "", refused(err.Error())
	}
	person, _ := claims[p.Claim].(string)
	if person = strings.TrimSpace(person); person == "" {
		return "", refused("no " + p.Claim)
	}
	return person, nil
}

func refused(why string) error { return fmt.Errorf("%w: %s", ErrRefused, why) }
