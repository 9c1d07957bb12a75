package signature

import (
	"bytes"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"strings"

	"golang.org/x/crypto/cryptobyte"

	"aiqyn"
)

// Limits of what is read. A signature with its certificates, a response and a
// time stamp has some 8 KB; what is signed is JSON.
const (
	MaxSize      = 256 << 10 // of a CMS, decoded
	maxText      = MaxSize*4/3 + 4096
	maxDepth     = 24
	maxElements  = 20_000
	maxCerts     = 12
	maxRevoked   = 1 << 22  // of one list
	maxList      = 64 << 20 // bytes of a revocation list
	maxAttribute = 64
)

func malformed(why string) error {
	return aiqyn.E(aiqyn.Invalid, "error.signature-malformed").Because(errors.New(why))
}

// Decode reads what a person uploads or a signing program returns: DER, BER, or
// either as base64, bare or as PEM. The result is DER.
func Decode(b []byte) ([]byte, error) {
	if len(b) > maxText {
		return nil, aiqyn.E(aiqyn.TooLarge, "error.signature-too-large", "limit", MaxSize>>10)
	}
	if text := bytes.TrimSpace(b); len(text) > 0 && text[0] != 0x30 {
		der, err := fromText(text)
		if err != nil {
			return nil, err
		}
		b = der
	}
	if len(b) > MaxSize {
		return nil, aiqyn.E(aiqyn.TooLarge, "error.signature-too-large", "limit", MaxSize>>10)
	}
	return toDER(b)
}

func fromText(text []byte) ([]byte, error) {
	if bytes.HasPrefix(text, []byte("-----")) {
		block, rest := pem.Decode(text)
		if block == nil || len(bytes.TrimSpace(rest)) > 0 {
			return nil, malformed("not one PEM block")
		}
		return block.Bytes, nil
	}
	bare := strings.Map(func(r rune) rune {
		if r == ' ' || r == '\n' || r == '\r' || r == '\t' {
			return -1
		}
		return r
	}, string(text))
	der, err := base64.StdEncoding.Strict().DecodeString(bare)
	if err != nil {
		return nil, aiqyn.E(aiqyn.Invalid, "error.signature-malformed").Because(err)
	}
	return der, nil
}

// toDER turns BER as signing programs write it, with lengths that are not said
// beforehand and octet strings in pieces, into DER. What is DER already stays
// as it is, byte by byte.
func toDER(b []byte) ([]byte, error) {
	r := berReader{in: b}
	out, err := r.element(0)
	if err != nil {
		return nil, err
	}
	if r.pos != len(b) {
		return nil, malformed("more after the end")
	}
	return out, nil
}

type berReader struct {
	in    []byte
	pos   int
	count int
}

// element reads one element and returns it in DER.
func (r *berReader) element(depth int) ([]byte, error) {
	if r.count++; depth > maxDepth || r.count > maxElements {
		return nil, malformed("too deep, or too many elements")
	}
	start := r.pos
	tag, err := r.tag()
	if err != nil {
		return nil, err
	}
	length, known, err := r.length()
	if err != nil {
		return nil, err
	}
	if tag&0x20 == 0 {
		if !known {
			return nil, malformed("a primitive element without a length")
		}
		r.pos += length
		return join(tag, r.in[r.pos-length:r.pos]), nil
	}
	end := r.pos + length
	var content []byte
	for {
		if known && r.pos >= end {
			break
		}
		if !known && bytes.HasPrefix(r.in[r.pos:], []byte{0, 0}) {
			r.pos += 2
			break
		}
		part, err := r.element(depth + 1)
		if err != nil {
			return nil, err
		}
		content = append(content, part...)
	}
	if known && r.pos != end {
		return nil, malformed("an element longer than the one that holds it")
	}
	if tag == 0x24 { // an octet string in pieces
		return pieces(content)
	}
	if known && r.pos-start == len(content)+headerSize(len(content)) {
		return r.in[start:r.pos], nil
	}
	return join(tag, content), nil
}

// tag reads a tag of one byte; longer ones occur nowhere here.
func (r *berReader) tag() (byte, error) {
	if r.pos >= len(r.in) {
		return 0, malformed("it ends too early")
	}
	tag := r.in[r.pos]
	if tag&0x1f == 0x1f || tag == 0 {
		return 0, malformed("an unknown tag")
	}
	r.pos++
	return tag, nil
}

// length reads a length, or that it is not known beforehand.
func (r *berReader) length() (n int, known bool, err error) {
	if r.pos >= len(r.in) {
		return 0, false, malformed("it ends too early")
	}
	first := r.in[r.pos]
	r.pos++
	switch {
	case first == 0x80:
		return 0, false, nil
	case first < 0x80:
		n = int(first)
	case first > 0x84 || r.pos+int(first&0x7f) > len(r.in):
		return 0, false, malformed("a length that cannot be")
	default:
		for range first & 0x7f {
			n = n<<8 | int(r.in[r.pos])
			r.pos++
		}
	}
	if n < 0 || n > len(r.in)-r.pos {
		return 0, false, malformed("it ends too early")
	}
	return n, true, nil
}

// pieces joins the content of octet strings.
func pieces(content []byte) ([]byte, error) {
	var all []byte
	for s := cryptobyte.String(content); !s.Empty(); {
		var piece cryptobyte.String
		if !s.ReadASN1(&piece, octetString) {
			return nil, malformed("an octet string in pieces that are none")
		}
		all = append(all, piece...)
	}
	return join(0x04, all), nil
}

func headerSize(n int) int {
	size := 2
	if n >= 0x80 {
		for ; n > 0; n >>= 8 {
			size++
		}
	}
	return size
}

// join writes an element in DER.
func join(tag byte, content []byte) []byte {
	n := len(content)
	out := make([]byte, 0, n+headerSize(n))
	out = append(out, tag)
	if n < 0x80 {
		out = append(out, byte(n))
	} else {
		size := headerSize(n) - 2
		out = append(out, 0x80|byte(size))
		for i := size - 1; i >= 0; i-- {
			out = append(out, byte(n>>(8*i)))
		}
	}
	return append(out, content...)
}
