package release

import (
	"bytes"
	"encoding/json"

	"aiqyn"
	"aiqyn/ledger"
)

// MaxBytes is the size beyond which a release is not read.
const MaxBytes = 256 << 20

// Encode writes a release in its one form, RFC 8785.
func (r *Release) Encode() ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(r); err != nil {
		return nil, err
	}
	out := bytes.TrimSuffix(b.Bytes(), []byte("\n"))
	if err := ledger.CheckCanonical(out); err != nil {
		return nil, aiqyn.E(aiqyn.Invalid, "error.release-form", "where", "JSON").Because(err)
	}
	return out, nil
}

// Parse reads a release and checks it. Whether its leaves are those of a log
// is for the one who has the log.
func Parse(b []byte) (*Release, error) {
	if len(b) > MaxBytes {
		return nil, aiqyn.E(aiqyn.TooLarge, "error.release-large", "limit", MaxBytes>>20)
	}
	if err := ledger.CheckCanonical(b); err != nil {
		return nil, aiqyn.E(aiqyn.Invalid, "error.release-form", "where", "JSON").Because(err)
	}
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	r := new(Release)
	if err := d.Decode(r); err != nil {
		return nil, aiqyn.E(aiqyn.Invalid, "error.release-form", "where", "JSON").Because(err)
	}
	if again, err := r.Encode(); err != nil || !bytes.Equal(again, b) {
		return nil, malformed("JSON") // a null, or a part left out
	}
	return r, r.Check()
}
