// Package practice is an identity provider for tests, to be run as a process of its
// own: it has keys, sends people back with a code, and takes each code once from
// whoever holds its verifier. Whom it vouches for it is told by whoever asks, and it
// can be told to misbehave: it protects nothing.
package practice

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/url"
	"sync"
	"time"

	"github.com/go-jose/go-jose/v4"
)

// How a provider may misbehave; the query of the address that somebody is sent to
// says so, as fault.
const (
	OtherIssuer   = "issuer"
	OtherAudience = "audience"
	OtherNonce    = "nonce"
	OtherKey      = "signature"
	Expired       = "expired"
	Nobody        = "nobody" // no claim
	Unsigned      = "unsigned"
)

// Provider is an http.Handler; Issuer is set before it is asked.
type Provider struct {
	Issuer string
	Claim  string
	Now    func() time.Time

	key, other *ecdsa.PrivateKey
	mu         sync.Mutex
	codes      map[string]grant
}

// grant is what a code is exchanged for.
type grant struct{ person, client, redirect, nonce, challenge, fault string }

// New makes a provider with keys of its own.
func New(claim string) (*Provider, error) {
	p := &Provider{Claim: claim, Now: time.Now, codes: map[string]grant{}}
	var err error
	if p.key, err = ecdsa.GenerateKey(elliptic.P256(), rand.Reader); err == nil {
		p.other, err = ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	}
	return p, err
}

func (p *Provider) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch r.URL.Path {
	case "/.well-known/openid-configuration":
		reply(w, http.StatusOK, map[string]any{
			"issuer": p.Issuer, "authorization_endpoint": p.Issuer + "/authorize", "token_endpoint": p.Issuer + "/token", "jwks_uri": p.Issuer + "/keys",
			"response_types_supported": []string{"code"}, "subject_types_supported": []string{"public"}, "id_token_signing_alg_values_supported": []string{"ES256"},
		})
	case "/keys":
		reply(w, http.StatusOK, jose.JSONWebKeySet{Keys: []jose.JSONWebKey{{Key: p.key.Public(), KeyID: "1", Algorithm: "ES256", Use: "sig"}}})
	case "/authorize":
		p.authorize(w, r)
	case "/token":
		p.token(w, r)
	default:
		http.NotFound(w, r)
	}
}

func reply(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v) // the reader has gone
}

// authorize sends a person back with a code. Whoever asks says who they are.
func (p *Provider) authorize(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	back, err := url.Parse(q.Get("redirect_uri"))
	if err != nil || q.Get("response_type") != "code" || q.Get("code_challenge_method") != "S256" || q.Get("code_challenge") == "" {
		http.Error(w, "invalid_request", http.StatusBadRequest)
		return
	}
	code := rand.Text()
	p.mu.Lock()
	p.codes[code] = grant{q.Get("person"), q.Get("client_id"), q.Get("redirect_uri"), q.Get("nonce"), q.Get("code_challenge"), q.Get("fault")}
	p.mu.Unlock()
	back.RawQuery = url.Values{"code": {code}, "state": {q.Get("state")}, "iss": {p.Issuer}}.Encode()
	http.Redirect(w, r, back.String(), http.StatusFound)
}

// token exchanges a code, once, for whoever has the verifier of its challenge.
func (p *Provider) token(w http.ResponseWriter, r *http.Request) {
	client, _, basic := r.BasicAuth()
	if !basic {
		client = r.PostFormValue("client_id")
	}
	p.mu.Lock()
	g, ok := p.codes[r.PostFormValue("code")]
	delete(p.codes, r.PostFormValue("code"))
	p.mu.Unlock()
	sum := sha256.Sum256([]byte(r.PostFormValue("code_verifier")))
	if !ok || g.client != client || g.redirect != r.PostFormValue("redirect_uri") || g.challenge != base64.RawURLEncoding.EncodeToString(sum[:]) {
		reply(w, http.StatusBadRequest, map[string]string{"error": "invalid_grant"})
		return
	}
	token, err := p.sign(g)
	if err != nil {
		http.Error(w, "server_error", http.StatusInternalServerError)
		return
	}
	reply(w, http.StatusOK, map[string]any{"access_token": rand.Text(), "token_type": "Bearer", "expires_in": 60, "id_token": token})
}

func (p *Provider) sign(g grant) (string, error) {
	now := p.Now()
	claims := map[string]any{"iss": p.Issuer, "aud": g.client, "sub": rand.Text(), "nonce": g.nonce, "iat": now.Unix(), "exp": now.Add(time.Minute).Unix(), p.Claim: g.person}
	key := p.key
	switch g.fault {
	case OtherIssuer:
		claims["iss"] = "https://id.evil.example"
	case OtherAudience:
		claims["aud"] = "another-site"
	case OtherNonce:
		claims["nonce"] = rand.Text()
	case Expired:
		claims["exp"] = now.Add(-time.Minute).Unix()
	case Nobody:
		delete(claims, p.Claim)
	case OtherKey:
		key = p.other
	}
	payload, err := json.Marshal(claims)
	if err != nil {
		return "", err
	}
	if g.fault == Unsigned {
		encode := base64.RawURLEncoding.EncodeToString
		return encode([]byte(`{"alg":"none"}`)) + "." + encode(payload) + ".", nil
	}
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.ES256, Key: jose.JSONWebKey{Key: key, KeyID: "1"}}, (&jose.SignerOptions{}).WithType("JWT"))
	if err != nil {
		return "", err
	}
	signed, err := signer.Sign(payload)
	if err != nil {
		return "", err
	}
	return signed.CompactSerialize()
}
