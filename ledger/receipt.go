package ledger

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"aiqyn"
)

// MaxReceipt is the size beyond which a receipt is not read.
const MaxReceipt = 1 << 20

// Receipt is an opened leaf and the proof that the log holds it. It is what a
// person is given, and it needs neither us nor a network to be checked:
//
//	{"event":{"body":"utility",…,"v":"1"},"private":{…},"proof":"c2sp.org/tlog-proof@v1\n…","salts":["…",…]}
//
// The only spelling of a receipt is its canonical JSON (RFC 8785), after which
// one newline may follow.
type Receipt struct {
	Event   [NumFields]string // in leaf order
	Salts   [NumFields]Salt
	Private json.RawMessage // canonical JSON object, or nil if withheld or absent
	Proof   string          // c2sp.org/tlog-proof
}

// NewReceipt makes the receipt of an entry that the log holds at index. The
// private part must be canonical JSON, and the bytes that the entry's field
// "private" is the hash of; nil withholds it.
func NewReceipt(e Entry, private []byte, index int64, proof []Hash, checkpoint []byte) *Receipt {
	p := Proof{Index: index, Hashes: proof, Checkpoint: string(checkpoint)}
	return &Receipt{Event: e.Fields, Salts: e.Salts, Private: private, Proof: p.String()}
}

// Entry returns the opened leaf.
func (r *Receipt) Entry() Entry { return Entry{Fields: r.Event, Salts: r.Salts} }

// fieldOrder lists the fields as canonical JSON does: by name.
var fieldOrder = func() (order [NumFields]int) {
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order[:], func(a, b int) int { return strings.Compare(FieldNames[a], FieldNames[b]) })
	return order
}()

// MarshalCanonical returns the receipt's bytes.
func (r *Receipt) MarshalCanonical() []byte {
	b := make([]byte, 0, 1536+len(r.Private)+len(r.Proof)*17/16)
	b = append(b, `{"event":{`...)
	for i, f := range fieldOrder {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(appendString(b, FieldNames[f]), ':')
		b = appendString(b, r.Event[f])
	}
	b = append(b, '}')
	if len(r.Private) > 0 {
		b = append(append(b, `,"private":`...), r.Private...)
	}
	b = appendString(append(b, `,"proof":`...), r.Proof)
	b = append(b, `,"salts":[`...)
	for i := range r.Salts {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(b, '"')
		b = base64.StdEncoding.AppendEncode(b, r.Salts[i][:])
		b = append(b, '"')
	}
	return append(b, `]}`...)
}

// ParseReceipt reads a receipt in its only spelling. The error names the
// place at which it differs. What the receipt says is for [Verifier.Verify]
// to check.
func ParseReceipt(b []byte) (*Receipt, error) {
	if len(b) > MaxReceipt {
		return nil, aiqyn.E(aiqyn.TooLarge, "error.receipt-too-large", "limit", MaxReceipt)
	}
	p := receiptParser{scanner: scanner{in: string(b)}}
	if err := p.parse(); err != nil {
		return nil, aiqyn.E(aiqyn.Invalid, "error.receipt-form", "where", p.where, "byte", p.pos).Because(err)
	}
	return &p.receipt, nil
}

// receiptParser reads the receipt in one pass; where is the part it is in.
type receiptParser struct {
	scanner
	receipt Receipt
	where   string
}

func (p *receiptParser) parse() error {
	if err := p.event(); err != nil {
		return err
	}
	if strings.HasPrefix(p.in[p.pos:], `,"private":`) {
		if err := p.private(); err != nil {
			return err
		}
	}
	p.where = "proof"
	if err := p.member(",", "proof"); err != nil {
		return err
	}
	proof, err := p.text()
	if err != nil {
		return err
	}
	p.receipt.Proof = proof
	if err := p.salts(); err != nil {
		return err
	}
	p.where = "end"
	if err := p.literal("}"); err != nil {
		return err
	}
	if rest := p.in[p.pos:]; rest != "" && rest != "\n" {
		return errors.New("more after the end than one newline")
	}
	return nil
}

// member steps over a separator and a key, which must be the named one.
func (p *receiptParser) member(separator, name string) error {
	if err := p.literal(separator); err != nil {
		return err
	}
	start := p.pos
	key, err := p.text()
	if err != nil {
		return err
	}
	if key != name {
		p.pos = start
		return fmt.Errorf("want %q, not %.40q: unknown, missing, twice or out of order", name, key)
	}
	return p.literal(":")
}

func (p *receiptParser) event() error {
	p.where = "event"
	if err := p.member("{", "event"); err != nil {
		return err
	}
	separator := "{"
	for _, f := range fieldOrder {
		p.where = eventPlace[f]
		if err := p.member(separator, FieldNames[f]); err != nil {
			return err
		}
		value, err := p.text()
		if err != nil {
			return err
		}
		p.receipt.Event[f] = value
		separator = ","
	}
	return p.literal("}")
}

// eventPlace names the fields for error messages.
var eventPlace = func() (places [NumFields]string) {
	for i, name := range FieldNames {
		places[i] = "event." + name
	}
	return places
}()

func (p *receiptParser) private() error {
	p.where = "private"
	if err := p.member(",", "private"); err != nil {
		return err
	}
	start := p.pos
	if p.peek() != '{' {
		return errors.New("want an object")
	}
	if err := p.value(0); err != nil {
		return err
	}
	p.receipt.Private = json.RawMessage(p.in[start:p.pos])
	return nil
}

func (p *receiptParser) salts() error {
	p.where = "salts"
	if err := p.member(",", "salts"); err != nil {
		return err
	}
	separator := "["
	for i := range p.receipt.Salts {
		if err := p.literal(separator); err != nil {
			return err
		}
		raw, _, err := p.raw()
		if err != nil {
			return err
		}
		if !decodeSalt(&p.receipt.Salts[i], raw) {
			p.pos -= len(raw) + 1
			return fmt.Errorf("salt %d is not %d bytes in canonical base64", i, len(Salt{}))
		}
		separator = ","
	}
	return p.literal("]")
}

func decodeSalt(salt *Salt, encoded string) bool {
	var src [24]byte
	var dst [18]byte
	if len(encoded) != len(src) {
		return false
	}
	copy(src[:], encoded)
	n, err := strict64.Decode(dst[:], src[:])
	copy(salt[:], dst[:])
	return err == nil && n == len(salt)
}

// checkPrivate holds the private part against the field that commits to it.
func (r *Receipt) checkPrivate() error {
	if len(r.Private) > 0 && PrivateHash(r.Private) != r.Event[FieldPrivate] {
		return errors.New("private part is not the one that the entry committed to")
	}
	return nil
}
