package casework

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"strings"
	"testing"
)

// TestMacIsHMAC holds the keyed hash against the standard library's.
func TestMacIsHMAC(t *testing.T) {
	key := sha256.Sum256([]byte("key"))
	for _, texts := range [][]string{{""}, {"aiqyn/seal"}, {"officer", "engineer-01"}, {"", ""}, {"a", strings.Repeat("ұзын ", 200)}, {"a", "b", "c"}} {
		want := hmac.New(sha256.New, key[:])
		want.Write([]byte(strings.Join(texts, "\x00")))
		if got := mac(&key, texts...); !bytes.Equal(got[:], want.Sum(nil)) {
			t.Errorf("%q: %x", texts, got)
		}
	}
}

// TestNothingFollowsAPrivatePart: a decoder that is used again must not take
// what stands behind one private part for the next.
func TestNothingFollowsAPrivatePart(t *testing.T) {
	const part = `{"actor":{"role":"system"},"data":{"text":"a"}}`
	read := func(text string) (*event, error) {
		ev := &event{kind: EventObjected}
		return ev, decodePrivate([]byte(text), ev)
	}
	for range 50 {
		for _, bad := range []string{part + part, part + "x", part[:len(part)-1], strings.Replace(part, `"text"`, `"taxt"`, 1)} {
			if _, err := read(bad); err == nil {
				t.Fatalf("%s is taken", bad)
			}
		}
		if ev, err := read(part); err != nil || ev.data.(*objected).Text != "a" {
			t.Fatalf("%+v, %v", ev, err)
		}
	}
}
