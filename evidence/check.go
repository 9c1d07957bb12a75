package evidence

import (
	"crypto/ed25519"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"aiqyn"
)

// maxItems bounds a bundle; a survey has half a dozen.
const maxItems = 200

// Check reports whether a bundle meets the requirements in its context; the
// error names the first piece that is missing or wrong.
func Check(required []Requirement, b Bundle, c Context) error {
	if err := b.belongs(c); err != nil {
		return err
	}
	if len(b.Items) > maxItems {
		return aiqyn.E(aiqyn.TooLarge, "error.too-large")
	}
	for i, item := range b.Items {
		if err := item.check(c); err != nil {
			return err.Because(fmt.Errorf("item %d", i))
		}
	}
	for _, r := range required {
		if err := r.met(b, c); err != nil {
			return err
		}
	}
	return nil
}

// belongs checks that the bundle is about this act and follows the last one.
func (b Bundle) belongs(c Context) error {
	switch {
	case b.Object != c.Object || b.Step != c.Step:
		return aiqyn.E(aiqyn.Invalid, "error.evidence-other-case")
	case b.By != c.By:
		return aiqyn.E(aiqyn.Forbidden, "error.evidence-other-officer")
	case b.Previous != c.Previous:
		return aiqyn.E(aiqyn.Conflict, "error.evidence-chain").
			Because(fmt.Errorf("cites %q, the last bundle is %q", b.Previous, c.Previous))
	}
	return nil
}

// check holds an item against its kind, the window and the one who acts.
func (i Item) check(c Context) *aiqyn.Error {
	wrong := func(key string, args ...any) *aiqyn.Error {
		return aiqyn.E(aiqyn.Invalid, key, append(args, "kind", string(i.Kind))...).On(string(i.Kind))
	}
	switch {
	case !slices.Contains(Kinds, i.Kind):
		return wrong("error.evidence-kind")
	case i.By != c.By:
		return wrong("error.evidence-other-officer")
	case i.Time.Before(c.From) || i.Time.After(c.To):
		return wrong("error.evidence-time", "from", c.From, "to", c.To)
	case i.Kind == Place && i.Place == nil, i.Place != nil && !i.Place.valid():
		return wrong("error.evidence-place")
	case (i.Kind == Photo || i.Kind == Document) && !IsHash(i.Hash):
		return wrong("error.evidence-file")
	}
	return nil
}

// met checks one requirement.
func (r Requirement) met(b Bundle, c Context) error {
	if r.Kind == Signature {
		if len(b.Signature) == 0 {
			return missing(Signature, 1)
		}
		if len(c.Own) == ed25519.PrivateKeySize && c.Key.Equal(c.Own.Public()) && b.signedWith(c.Own) {
			return nil
		}
		return b.Verify(c.Key)
	}
	want, have, files := max(r.Count, 1), 0, map[string]bool{}
	for _, item := range b.Items {
		if item.Kind != r.Kind {
			continue
		}
		if err := r.near(item, c); err != nil {
			return err
		}
		if item.Hash != "" {
			if files[item.Hash] { // the same photo twice is one photo
				continue
			}
			files[item.Hash] = true
		}
		have++
	}
	if have < want {
		return missing(r.Kind, want-have)
	}
	return nil
}

// near checks that an item with a place lies within the radius of the object.
// Where no register knows the object there is nothing to compare with: the
// place is kept all the same, and what follows from an unknown object is for
// the rules to say.
func (r Requirement) near(item Item, c Context) error {
	if r.Radius == 0 || item.Place == nil || c.Where == nil {
		return nil
	}
	if metres := Distance(*item.Place, *c.Where); metres > int64(r.Radius) {
		return aiqyn.E(aiqyn.Invalid, "error.evidence-far",
			"distance", metres, "radius", r.Radius).On(string(item.Kind))
	}
	return nil
}

// missing names what lacks: key "error.evidence-missing", with the kind.
func missing(k Kind, n int) error {
	return aiqyn.E(aiqyn.Invalid, "error.evidence-missing", "kind", string(k), "n", n).On(string(k))
}

// IsHash reports whether a text names a file the way items do.
func IsHash(s string) bool {
	digits, ok := strings.CutPrefix(s, "sha256:")
	raw, err := hex.DecodeString(digits)
	return ok && err == nil && len(raw) == 32 && strings.ToLower(digits) == digits
}

// Keys finds the public key that an officer signed with.
type Keys func(aiqyn.OfficerID) ed25519.PublicKey

// VerifyChain checks the bundles of one object in their order: each cites the
// digest of the one before and is signed by its officer. It needs nothing but
// the bundles and the keys.
func VerifyChain(bundles []Bundle, keys Keys) error {
	previous := ""
	for i, b := range bundles {
		if b.Previous != previous || b.Object != bundles[0].Object {
			return aiqyn.E(aiqyn.Invalid, "error.evidence-chain").Because(fmt.Errorf("bundle %d", i))
		}
		if err := b.Verify(keys(b.By)); err != nil {
			return fmt.Errorf("bundle %d: %w", i, err)
		}
		previous = b.Digest()
	}
	return nil
}
