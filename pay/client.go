package pay

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"aiqyn/webhook"
)

// Config is how a provider is reached, as the file of serve --pay says.
type Config struct {
	Title     string `json:"name"`  // what pages call it
	API       string `json:"api"`   // https://pay.example.kz/v1
	Token     Secret `json:"token"` // we are known to it by
	PublicKey string `json:"key"`   // whpk_…: its notices are signed with
	People    string `json:"pages"` // origin of the pages where people pay
	Site      string `json:"site"`  // ours: https://example.kz
	// Former are providers that take nothing any more, and are asked about the orders
	// that were made at them.
	Former []Config `json:"former,omitempty"`
}

// Secret is a text that no log and no error shows.
type Secret string

// String covers it.
func (Secret) String() string { return "…" }

// MarshalText covers it, in logs and wherever else it may be encoded.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// GoString covers it.
func (s Secret) GoString() string { return s.String() }

// maxConfig is the largest file that is read.
const maxConfig = 16 << 10

// ReadConfig reads a Config; unknown keys are refused, and so is whatever would
// go in the clear, except on this very machine.
func ReadConfig(r io.Reader) (c Config, err error) {
	data, err := io.ReadAll(io.LimitReader(r, maxConfig+1))
	if err != nil || len(data) > maxConfig {
		return c, errors.Join(errors.New("pay: the file cannot be read whole"), err)
	}
	if strictly(data, &c) != nil { // its error may quote the token
		return Config{}, errors.New("pay: the file is not JSON with name, api, token, key, pages and site, each once, and former")
	}
	keys := make(map[string]bool)
	for i, one := range append([]Config{c}, c.Former...) {
		if err := one.check(); err != nil {
			return Config{}, err
		}
		if keys[one.PublicKey] || i > 0 && one.Former != nil {
			return Config{}, errors.New("pay: former lists providers, each with a key of its own")
		}
		keys[one.PublicKey] = true
	}
	return c, nil
}

// check refuses what one provider cannot be reached by.
func (c Config) check() error {
	for name, address := range map[string]string{"api": c.API, "pages": c.People, "site": c.Site} {
		u, err := url.Parse(address)
		if err != nil || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" || u.Scheme != "https" && !(u.Scheme == "http" && here(u.Hostname())) {
			return fmt.Errorf("pay: %s is not an address over HTTPS", name)
		}
		if name != "api" && u.Path != "" || strings.HasSuffix(address, "/") || strings.ContainsAny(u.Host, " ;,'\"") {
			return fmt.Errorf("pay: %s %q must end without a path and without a slash", name, address)
		}
	}
	if c.Title == "" || len(c.Token) < 16 {
		return errors.New("pay: name and token are needed; a token has 16 letters at least")
	}
	if _, err := webhook.ParsePublic(c.PublicKey); err != nil {
		return fmt.Errorf("pay: key: %w", err)
	}
	return nil
}

func here(host string) bool { return host == "localhost" || host == "127.0.0.1" || host == "::1" }

// Client is a provider that is reached over HTTP.
type Client struct {
	c    Config
	http *http.Client
}

// patience is how long a provider may take to answer.
const patience = 10 * time.Second

// New returns a provider. Transport is how it is reached; nil: over the network.
func New(c Config, transport http.RoundTripper) *Client {
	return &Client{c, &http.Client{
		Timeout: patience, Transport: transport,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }, // the token goes to nobody else
	}}
}

// Name is what pages call it.
func (p *Client) Name() string { return p.c.Title }

// Key is its public key.
func (p *Client) Key() string { return p.c.PublicKey }

// Pages is the origin where people pay.
func (p *Client) Pages() string { return p.c.People }

// Make asks it to take a sum. Order.Return is a path of ours; what the provider
// gets is its whole address.
func (p *Client) Make(ctx context.Context, o Order) (page string, err error) {
	o.Return, o.Notify = p.c.Site+o.Return, p.c.Site+"/pay/notify"
	var answer struct {
		Page string `json:"page"`
	}
	if err := p.call(ctx, http.MethodPost, "/orders", o, &answer); err != nil {
		return "", err
	}
	// Nobody is sent anywhere but to the provider that was configured.
	if rest, ok := strings.CutPrefix(answer.Page, p.c.People+"/"); !ok || strings.HasPrefix(rest, "/") || strings.ContainsRune(answer.Page, 0x5c) || strings.ContainsFunc(answer.Page, isControl) || len(answer.Page) > 500 {
		return "", fmt.Errorf("%w: it names a page elsewhere", ErrRefused)
	}
	return answer.Page, nil
}

// told is what it says of an order: its notice, or that there is none yet.
type told struct {
	Open   bool    `json:"open,omitempty"`
	Notice *Signed `json:"notice,omitempty"`
}

// Find asks what became of an order.
func (p *Client) Find(ctx context.Context, key string) (*Signed, error) {
	return p.ask(ctx, http.MethodGet, key, "", nil)
}

// Refund asks it to give a sum back.
func (p *Client) Refund(ctx context.Context, r Refund) (*Signed, error) {
	return p.ask(ctx, http.MethodPost, r.Order, "/refund", r)
}

// ask returns a notice as it came. Who signed it is looked at by whoever takes it:
// an order may be older than the key that the provider signs with by now.
func (p *Client) ask(ctx context.Context, method, key, act string, body any) (*Signed, error) {
	if !IsKey(key) {
		return nil, ErrUnknown
	}
	var answer told
	if err := p.call(ctx, method, "/orders/"+key+act, body, &answer); err != nil {
		return nil, err
	}
	switch s := answer.Notice; {
	case s == nil && answer.Open:
		return nil, nil
	case s == nil || answer.Open:
		return nil, fmt.Errorf("%w: it says neither", ErrRefused)
	default:
		n, err := s.Parse()
		if err == nil && n.Order != key {
			err = ErrForged
		}
		if err != nil {
			return nil, err
		}
		return s, nil
	}
}

// call says one thing and reads the answer.
func (p *Client) call(ctx context.Context, method, path string, body, answer any) error {
	var data []byte
	if body != nil {
		var err error
		if data, err = json.Marshal(body); err != nil {
			return err
		}
	}
	r, err := http.NewRequestWithContext(ctx, method, p.c.API+path, bytes.NewReader(data))
	if err != nil {
		return fmt.Errorf("%w: %w", ErrAway, err)
	}
	r.Header.Set("Authorization", "Bearer "+string(p.c.Token))
	r.Header.Set("Content-Type", "application/json")
	w, err := p.http.Do(r)
	var about *url.Error
	if errors.As(err, &about) {
		err = about.Err // its address names a case
	}
	if err != nil {
		return fmt.Errorf("%w: %w", ErrAway, err)
	}
	defer w.Body.Close()
	if err := failureOf(w); err != nil {
		return err
	}
	reply, err := io.ReadAll(io.LimitReader(w.Body, 4*MaxBody))
	if err != nil {
		return fmt.Errorf("%w: %w", ErrAway, err)
	}
	if err := strictly(reply, answer); err != nil {
		return fmt.Errorf("%w: %w", ErrRefused, err)
	}
	return nil
}

// failureOf tells what the status of an answer says: that it knows no such order,
// that it is overrun or not there, or that it does not take this.
func failureOf(w *http.Response) error {
	switch w.StatusCode {
	case http.StatusNotFound:
		return ErrUnknown
	case http.StatusTooManyRequests, http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		return fmt.Errorf("%w: %s", ErrAway, w.Status)
	}
	if w.StatusCode/100 != 2 {
		return fmt.Errorf("%w: %s", ErrRefused, w.Status)
	}
	return nil
}
