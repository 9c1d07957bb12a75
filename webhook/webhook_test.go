package webhook

import (
	"crypto/ed25519"
	"strings"
	"testing"
)

// TestVector holds the HMAC to the example of Standard Webhooks.
func TestVector(t *testing.T) {
	m := Message{ID: "msg_p5jXN8AQM9LWM0D4loKWxJek", Timestamp: "1614265330", Body: []byte(`{"test": 2432232314}`)}
	got, err := m.Sign("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
	if want := "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="; err != nil || got != want {
		t.Fatalf("%s, %v; want %s", got, err, want)
	}
	if _, err := m.Sign("whsec_c2hvcnQ="); err == nil {
		t.Error("a short secret is used")
	}
}

// TestSignedBy: only the very message by the very key counts, whatever else the
// header says.
func TestSignedBy(t *testing.T) {
	key := ed25519.NewKeyFromSeed(make([]byte, 32))
	public := key.Public().(ed25519.PublicKey)
	other := ed25519.NewKeyFromSeed([]byte(strings.Repeat("x", 32)))
	m := Message{ID: "n-1", Timestamp: "1780000000", Body: []byte(`{"a":1}`)}
	sig := m.SignWith(key)
	for _, header := range []string{sig, "v1,AAAA " + sig, m.SignWith(other) + " " + sig} {
		if !m.SignedBy(public, header) {
			t.Errorf("%q is not taken", header)
		}
	}
	for name, bad := range map[string]Message{
		"id": {"n-2", m.Timestamp, m.Body}, "time": {m.ID, "1780000001", m.Body}, "body": {m.ID, m.Timestamp, []byte(`{"a":2}`)},
	} {
		if bad.SignedBy(public, sig) {
			t.Errorf("another %s is taken", name)
		}
	}
	for _, header := range []string{"", m.SignWith(other), strings.Replace(sig, "v1a", "v1", 1), strings.Repeat("v1a,AAAA ", maxSignatures) + sig, sig[:len(sig)-2]} {
		if m.SignedBy(public, header) {
			t.Errorf("%q is taken", header)
		}
	}
	if m.SignedBy(nil, sig) {
		t.Error("no key at all has signed")
	}
}

// FuzzKeys: a key that is read is written the same way.
func FuzzKeys(f *testing.F) {
	key := ed25519.NewKeyFromSeed(make([]byte, 32))
	f.Add(PublicText(key.Public().(ed25519.PublicKey)))
	f.Add(PrivateText(key))
	f.Add("whpk_")
	f.Fuzz(func(t *testing.T, text string) {
		if k, err := ParsePublic(text); err == nil && PublicText(k) != text {
			t.Errorf("%q is read as %q", text, PublicText(k))
		}
		if k, err := ParsePrivate(text); err == nil && PrivateText(k) != text {
			t.Errorf("%q is read otherwise", text)
		}
	})
}
