package evidence

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"

	"aiqyn"
)

// maxBundle bounds the JSON of a bundle; photos are not in it, only their
// hashes.
const maxBundle = 256 << 10

// Parse reads a bundle as a device sends it. It is strict, for what it does
// not understand the signature would not cover.
func Parse(data []byte) (Bundle, error) {
	var b Bundle
	if len(data) > maxBundle {
		return b, aiqyn.E(aiqyn.TooLarge, "error.too-large")
	}
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if err := d.Decode(&b); err != nil {
		return Bundle{}, aiqyn.E(aiqyn.Invalid, "error.evidence-malformed").Because(err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return Bundle{}, aiqyn.E(aiqyn.Invalid, "error.evidence-malformed").Because(errors.New("more than one bundle"))
	}
	return b, nil
}
