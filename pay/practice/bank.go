// Package practice is a bank in which no money moves: for the demonstration and
// for tests. It speaks the protocol of room pay through the same client as any
// other, and whoever is sent to it presses "pay" or "decline".
package practice

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"os"
	"strconv"
	"sync"
	"time"

	"aiqyn/pay"
	"aiqyn/webhook"
)

// Config is what a bank is made of.
type Config struct {
	Seed [32]byte // of its key
	Now  func() time.Time
	File string // where its orders lie; "": in memory only
	// Tell hands a notice on to whoever made the order; optional. What it does not
	// take, it asks for.
	Tell func(context.Context, pay.Signed) error
}

// Bank takes orders. It is safe for concurrent use.
type Bank struct {
	Config
	key ed25519.PrivateKey
	api *http.ServeMux

	mu     sync.Mutex
	down   bool
	orders map[string]*order // by key
}

// order is one order and what became of it.
type order struct {
	Order  pay.Order   `json:"order"`
	Notice *pay.Signed `json:"notice,omitempty"`
	Refund *pay.Signed `json:"refund,omitempty"`
	Taken  int64       `json:"taken,omitempty"`
}

// Open opens a bank, with the orders of its file.
func Open(c Config) (*Bank, error) {
	b := &Bank{Config: c, key: ed25519.NewKeyFromSeed(c.Seed[:]), orders: map[string]*order{}, api: http.NewServeMux()}
	b.api.HandleFunc("POST /orders", b.make)
	b.api.HandleFunc("GET /orders/{key}", b.find)
	b.api.HandleFunc("POST /orders/{key}/refund", b.refund)
	if c.File == "" {
		return b, nil
	}
	data, err := os.ReadFile(c.File)
	if errors.Is(err, os.ErrNotExist) {
		return b, nil
	}
	if err == nil {
		err = json.Unmarshal(data, &b.orders)
	}
	return b, err
}

// token is what the bank knows its only customer by.
const token = "practice-practice"

// Provider is the bank as it is asked to take sums.
func (b *Bank) Provider(name string) *pay.Client {
	return pay.New(pay.Config{
		Title: name, API: "http://bank.practice", Token: token, PublicKey: webhook.PublicText(b.key.Public().(ed25519.PublicKey)),
	}, b)
}

// SetDown has the bank answer nobody, or again.
func (b *Bank) SetDown(down bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.down = down
}

// RoundTrip answers the client without a network.
func (b *Bank) RoundTrip(r *http.Request) (*http.Response, error) {
	b.mu.Lock()
	down := b.down
	b.mu.Unlock()
	if down {
		return nil, errors.New("the practice bank is closed")
	}
	w := &answer{header: http.Header{}, status: http.StatusOK}
	if r.Header.Get("Authorization") != "Bearer "+token {
		w.status = http.StatusUnauthorized
	} else {
		b.api.ServeHTTP(w, r)
	}
	return &http.Response{
		StatusCode: w.status, Status: strconv.Itoa(w.status) + " " + http.StatusText(w.status), Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: w.header, Body: io.NopCloser(&w.body), ContentLength: int64(w.body.Len()), Request: r,
	}, nil
}

// answer is what a handler writes.
type answer struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func (a *answer) Header() http.Header         { return a.header }
func (a *answer) WriteHeader(status int)      { a.status = status }
func (a *answer) Write(p []byte) (int, error) { return a.body.Write(p) }

// slipID is what a page is found by: nobody guesses it from the key.
func (b *Bank) slipID(key string) string {
	mac := hmac.New(sha256.New, b.key.Seed())
	mac.Write([]byte(key))
	return hex.EncodeToString(mac.Sum(nil)[:16])
}

func (b *Bank) make(w http.ResponseWriter, r *http.Request) {
	var o pay.Order
	if err := json.NewDecoder(r.Body).Decode(&o); err != nil || !pay.IsKey(o.Key) || o.Amount <= 0 {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.orders[o.Key] == nil {
		b.orders[o.Key] = &order{Order: o}
		if !b.keep(w) {
			return
		}
	}
	say(w, map[string]string{"page": "/" + b.orders[o.Key].Order.Lang + "/demo/bank/" + b.slipID(o.Key)})
}

func (b *Bank) find(w http.ResponseWriter, r *http.Request) {
	b.mu.Lock()
	defer b.mu.Unlock()
	o := b.orders[r.PathValue("key")]
	if o == nil {
		w.WriteHeader(http.StatusNotFound)
		return
	}
	b.expire(o)
	if !b.keep(w) {
		return
	}
	tell(w, o.Notice)
}

func (b *Bank) refund(w http.ResponseWriter, r *http.Request) {
	var ask pay.Refund
	b.mu.Lock()
	defer b.mu.Unlock()
	o := b.orders[r.PathValue("key")]
	err := json.NewDecoder(r.Body).Decode(&ask)
	switch {
	case o == nil:
		w.WriteHeader(http.StatusNotFound)
		return
	case err != nil || ask.Amount != o.Taken || o.Taken == 0:
		w.WriteHeader(http.StatusConflict)
		return
	case o.Refund == nil:
		o.Refund = b.sign(pay.Notice{Type: pay.Refunded, Order: o.Order.Key, Amount: ask.Amount, Currency: ask.Currency, At: b.Now(), Receipt: "R-" + b.slipID(o.Order.Key)[:8]})
		if !b.keep(w) {
			return
		}
	}
	tell(w, o.Refund)
}

// expire closes an order whose time is over.
func (b *Bank) expire(o *order) {
	if now := b.Now(); o.Notice == nil && !now.Before(o.Order.Expires) {
		o.Notice = b.sign(pay.Notice{Type: pay.Expired, Order: o.Order.Key, Currency: o.Order.Currency, At: now})
	}
}

// Look finds an order by its page. Its state is "" as long as it is open.
func (b *Bank) Look(id string) (order pay.Order, state pay.Type, ok bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	o := b.at(id)
	if o == nil {
		return pay.Order{}, "", false
	}
	b.expire(o)
	if o.Notice != nil {
		if n, err := o.Notice.Parse(); err == nil {
			state = n.Type
		}
	}
	return o.Order, state, true
}

func (b *Bank) at(id string) *order {
	for key, o := range b.orders {
		if b.slipID(key) == id {
			return o
		}
	}
	return nil
}

// Press is the payer's answer: the order's sum is paid, or declined.
func (b *Bank) Press(ctx context.Context, id string, paid bool) (back string, err error) {
	o, state, ok := b.Look(id)
	switch {
	case !ok:
		return "", pay.ErrUnknown
	case state != "":
		return o.Return, nil
	case paid:
		_, err = b.Take(ctx, o.Key, o.Amount, o.Currency)
	default:
		_, err = b.Decline(ctx, o.Key)
	}
	return o.Return, err
}

// Take takes a sum for an order, whatever was asked for, and tells of it. The
// error is of telling.
func (b *Bank) Take(ctx context.Context, key string, amount int64, currency string) (pay.Signed, error) {
	b.mu.Lock()
	o := b.orders[key]
	if o == nil {
		b.mu.Unlock()
		return pay.Signed{}, pay.ErrUnknown
	}
	o.Taken = amount
	return b.conclude(ctx, o, pay.Notice{Type: pay.Paid, Order: key, Amount: amount, Currency: currency, At: b.Now(), Receipt: "P-" + b.slipID(key)[:8]})
}

// Decline takes nothing for an order.
func (b *Bank) Decline(ctx context.Context, key string) (pay.Signed, error) {
	b.mu.Lock()
	o := b.orders[key]
	if o == nil {
		b.mu.Unlock()
		return pay.Signed{}, pay.ErrUnknown
	}
	return b.conclude(ctx, o, pay.Notice{Type: pay.Declined, Order: key, Currency: o.Order.Currency, At: b.Now()})
}

// conclude signs what became of an order, lets go of the lock, and tells.
func (b *Bank) conclude(ctx context.Context, o *order, n pay.Notice) (pay.Signed, error) {
	o.Notice = b.sign(n)
	s, err := *o.Notice, b.write()
	b.mu.Unlock()
	if err != nil || b.Tell == nil {
		return s, err
	}
	return s, b.Tell(ctx, s)
}

// Sign signs a notice as the bank does.
func (b *Bank) Sign(n pay.Notice) pay.Signed { return *b.sign(n) }

func (b *Bank) sign(n pay.Notice) *pay.Signed {
	n.At = n.At.UTC().Truncate(time.Second)
	body, err := json.Marshal(n)
	if err != nil {
		panic(err) // plain values always encode
	}
	sum := sha256.Sum256(body)
	m := webhook.Message{ID: "notice-" + hex.EncodeToString(sum[:8]), Timestamp: strconv.FormatInt(n.At.Unix(), 10), Body: body}
	return &pay.Signed{Body: body, ID: m.ID, Signature: m.SignWith(b.key), Timestamp: m.Timestamp}
}

// keep writes the orders down; without that nothing is answered.
func (b *Bank) keep(w http.ResponseWriter) bool {
	if err := b.write(); err != nil {
		w.WriteHeader(http.StatusInternalServerError)
		return false
	}
	return true
}

func (b *Bank) write() error {
	if b.File == "" {
		return nil
	}
	data, err := json.Marshal(b.orders)
	if err == nil {
		err = os.WriteFile(b.File+".new", data, 0o600)
	}
	if err == nil {
		err = os.Rename(b.File+".new", b.File)
	}
	return err
}

// tell says what became of an order.
func tell(w http.ResponseWriter, s *pay.Signed) {
	if s == nil {
		say(w, map[string]bool{"open": true})
		return
	}
	say(w, map[string]*pay.Signed{"notice": s})
}

func say(w http.ResponseWriter, doc any) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(doc) // a buffer takes everything
}
