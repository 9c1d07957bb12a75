// Package pay has the official price paid: by a provider that we ask to take a
// sum, and whose signed word alone says that it was paid.
//
// Four things are said, each a JSON document over HTTPS, and docs/payments.md
// lays them down:
//
//	POST {api}/orders              take this sum         → where the payer is sent
//	GET  {api}/orders/{key}        what became of it     → a signed notice, or that it is open
//	POST {api}/orders/{key}/refund give the sum back     → a signed notice, or that it is on its way
//	POST {site}/pay/notify         the provider's notice, whenever something has happened
//
// A notice is signed by the provider's key of Ed25519, as Standard Webhooks lays
// down (room webhook). We cannot make one ourselves, and that is the point: what
// is kept of a payment proves to others that it was made.
package pay

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"
	"time"

	"aiqyn/webhook"
)

// PracticeBank is what the log calls the bank of a demonstration. Pages call it so in
// the language of whoever reads.
const PracticeBank = "Practice Bank"

// Tenge is the currency of official prices, by ISO 4217; sums are in tiyn, a
// hundredth of it.
const Tenge = "KZT"

// Failures. ErrAway says that the provider does not answer, and would not about
// another order; ErrForged that a notice is not the provider's; ErrUnknown that it
// knows no such order; ErrRefused that it answered and gave no answer to this.
var (
	ErrAway    = errors.New("pay: the provider does not answer")
	ErrForged  = errors.New("pay: not signed by the provider")
	ErrUnknown = errors.New("pay: no such order")
	ErrRefused = errors.New("pay: the provider refuses")
)

// Provider takes sums and gives them back. Each call may be repeated: an order
// and its refund are known by the order's key, and exist once.
type Provider interface {
	// Name is what pages call it.
	Name() string
	// Key is its public key, as room webhook writes it.
	Key() string
	// Pages is the origin of the pages on which people pay, "" if it is ours.
	Pages() string
	// Make asks it to take a sum, and returns the page to send the payer to.
	Make(ctx context.Context, o Order) (page string, err error)
	// Find asks what became of an order; nil as long as nothing has.
	Find(ctx context.Context, key string) (*Signed, error)
	// Refund asks it to give a sum back; nil as long as that is on its way.
	Refund(ctx context.Context, r Refund) (*Signed, error)
}

// Order is a sum to be taken.
type Order struct {
	Key      string    `json:"order"`  // ours
	Amount   int64     `json:"amount"` // tiyn
	Currency string    `json:"currency"`
	Title    string    `json:"title"`   // what for, in the payer's language
	Lang     string    `json:"lang"`    // kk, ru or en
	Return   string    `json:"return"`  // where the browser is sent afterwards
	Notify   string    `json:"notify"`  // where the notice is sent
	Expires  time.Time `json:"expires"` // nothing is taken after this
}

// Refund is a sum to be given back, to whoever paid it.
type Refund struct {
	Order    string `json:"order"`
	Amount   int64  `json:"amount"`
	Currency string `json:"currency"`
}

// Type is what a notice says.
type Type string

// Types of notice. After a declined or expired order nothing is taken any more,
// unless the provider says so later: its last word about money counts.
const (
	Paid     Type = "payment.paid"
	Declined Type = "payment.declined"
	Expired  Type = "payment.expired"
	Refunded Type = "payment.refunded"
)

// Notice is the provider's word about an order.
type Notice struct {
	Type     Type      `json:"type"`
	Order    string    `json:"order"`             // our key
	Amount   int64     `json:"amount"`            // tiyn; 0 when nothing was taken
	Currency string    `json:"currency"`          //
	Receipt  string    `json:"receipt,omitempty"` // the provider's own number, for the payer
	At       time.Time `json:"at"`                // when it happened
}

// Signed is a notice as it came: its very bytes, and the signature over them.
type Signed struct {
	Body      []byte `json:"body"`
	ID        string `json:"id"`
	Signature string `json:"signature"`
	Timestamp string `json:"timestamp"`
}

// Bounds of a notice, and of what else a provider says.
const (
	MaxBody   = 4 << 10
	maxHeader = 1 << 10
	maxText   = 100
)

var (
	idShape       = regexp.MustCompile(`^[A-Za-z0-9_-]{1,100}$`)
	keyShape      = regexp.MustCompile(`^[A-Z0-9][A-Z0-9-]{0,59}$`)
	stampShape    = regexp.MustCompile(`^[1-9][0-9]{0,11}$`)
	currencyShape = regexp.MustCompile(`^[A-Z]{3}$`)
)

// IsKey reports whether a text can be the key of an order.
func IsKey(key string) bool { return keyShape.MatchString(key) }

// Parse reads a notice without looking at who signed it; an error is
// [ErrForged], for a provider writes none like that.
func (s Signed) Parse() (Notice, error) {
	if len(s.Body) > MaxBody || len(s.Signature) > maxHeader || !idShape.MatchString(s.ID) || !stampShape.MatchString(s.Timestamp) {
		return Notice{}, fmt.Errorf("%w: out of bounds", ErrForged)
	}
	n, err := parseNotice(s.Body)
	if err != nil {
		return Notice{}, fmt.Errorf("%w: %w", ErrForged, err)
	}
	return n, nil
}

// Open reads a notice that a key has signed. When it was signed does not count:
// it may come late, and whoever sends one again changes nothing.
func (s Signed) Open(key string) (Notice, error) {
	n, err := s.Parse()
	if err != nil {
		return Notice{}, err
	}
	public, err := webhook.ParsePublic(key)
	if err != nil {
		return Notice{}, err
	}
	if !(webhook.Message{ID: s.ID, Timestamp: s.Timestamp, Body: s.Body}).SignedBy(public, s.Signature) {
		return Notice{}, ErrForged
	}
	return n, nil
}

// Hash names a notice by its bytes.
func (s Signed) Hash() string {
	sum := sha256.Sum256(s.Body)
	return hex.EncodeToString(sum[:])
}

// parseNotice reads the body of a notice strictly: a field that is not known, or
// given twice, may mean something that we would not do.
func parseNotice(body []byte) (n Notice, err error) {
	if err := strictly(body, &n); err != nil {
		return Notice{}, err
	}
	return n, n.check()
}

// check holds a notice to what may stand in one.
func (n Notice) check() error {
	moves := n.Type == Paid || n.Type == Refunded
	switch {
	case !moves && n.Type != Declined && n.Type != Expired:
		return fmt.Errorf("type %q", n.Type)
	case !IsKey(n.Order):
		return errors.New("order is no key of ours")
	case !currencyShape.MatchString(n.Currency):
		return errors.New("currency is none")
	case n.Amount < 0 || n.Amount > maxAmount || moves != (n.Amount > 0):
		return fmt.Errorf("amount %d", n.Amount)
	case len(n.Receipt) > maxText || strings.ContainsFunc(n.Receipt, isControl):
		return errors.New("receipt is no number")
	case n.At.UTC().Year() < 2000 || n.At.UTC().Year() > 9999:
		return errors.New("at is no instant")
	}
	return nil
}

// maxAmount is the largest sum that is believed, in tiyn: what JSON's numbers
// hold in every language.
const maxAmount = 1<<53 - 1

func isControl(r rune) bool {
	return r < ' ' || r == 0x7f || r == '\uFFFD' || r == '\u2028' || r == '\u2029'
}

// strictly decodes one JSON object into v: no field that v has not, none twice,
// nothing after it.
func strictly(data []byte, v any) error {
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if err := d.Decode(v); err != nil {
		return err
	}
	if _, err := d.Token(); err != io.EOF {
		return errors.New("something follows the document")
	}
	return once(data)
}

// once refuses an object that has a field twice: readers differ in which they
// take. encoding/json takes names of any case, so case does not tell them apart.
func once(data []byte) error {
	d := json.NewDecoder(bytes.NewReader(data))
	if start, err := d.Token(); err != nil || start != json.Delim('{') {
		return errors.New("not an object")
	}
	seen := map[string]bool{}
	for d.More() {
		name, err := d.Token()
		if err != nil {
			return err
		}
		key, _ := name.(string)
		if key = strings.ToLower(key); seen[key] {
			return fmt.Errorf("field %q is there twice", key)
		}
		seen[key] = true
		var skipped json.RawMessage
		if err := d.Decode(&skipped); err != nil {
			return err
		}
	}
	return nil
}
