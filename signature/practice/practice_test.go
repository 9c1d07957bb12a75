package practice

import (
	"bytes"
	"testing"
	"time"

	"aiqyn/signature"
)

var (
	now    = time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
	person = signature.Holder{Name: "ЕСІМОВА АЙГҮЛ", Person: "900101300017", Powers: []signature.Power{signature.PowerPerson}}
)

// TestKept keeps an authority in a file: what it has issued before still leads
// to it, and so does what it issues afterwards.
func TestKept(t *testing.T) {
	a, err := NewAuthority(ECDSA, now.AddDate(-1, 0, 0))
	if err != nil {
		t.Fatal(err)
	}
	before, err := a.Issue(person, RSA, ForSigning, now)
	if err != nil {
		t.Fatal(err)
	}
	kept, err := a.Encode()
	if err != nil {
		t.Fatal(err)
	}
	again, err := Decode(kept, a.Root().Certificate.Raw)
	if err != nil {
		t.Fatal(err)
	}
	after, err := again.Issue(person, GOST, ForSigning, now)
	if err != nil {
		t.Fatal(err)
	}
	trust, err := a.Trust(signature.Policy{}, now, now.AddDate(1, 0, 0))
	if err != nil {
		t.Fatal(err)
	}
	for _, i := range []*Identity{before, after} {
		message, err := i.Sign([]byte("text"), Options{Stamp: now})
		if err != nil {
			t.Fatal(err)
		}
		s, err := trust.Verify(message, signature.Given{Content: []byte("text"), At: now})
		if err != nil || s.Name != person.Name || !s.Practice {
			t.Errorf("%+v, %v", s, err)
		}
	}
	if _, err := Decode(kept[:40], a.Root().Certificate.Raw); err == nil {
		t.Error("half a file is read")
	}
	if _, err := Decode(kept, nil); err == nil {
		t.Error("an authority without its root")
	}
}

// TestNothingIsTwice makes certificates and signatures that differ each time.
func TestNothingIsTwice(t *testing.T) {
	a, err := NewAuthority(GOST, now)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := a.Encode(); err == nil {
		t.Error("a GOST authority is kept")
	}
	one, err := a.Issue(person, GOST, ForSigning, now)
	if err != nil {
		t.Fatal(err)
	}
	two, err := a.Issue(person, GOST, ForSigning, now)
	if err != nil {
		t.Fatal(err)
	}
	if one.Certificate.SerialNumber.Cmp(two.Certificate.SerialNumber) == 0 {
		t.Error("two certificates with one number")
	}
	x, _ := one.Sign([]byte("text"), Options{})
	y, _ := one.Sign([]byte("text"), Options{})
	if len(x) == 0 || bytes.Equal(x, y) {
		t.Error("a secret of GOST is used twice")
	}
	if _, err := a.Issue(person, "des", ForSigning, now); err == nil {
		t.Error("a kind of key that there is not")
	}
}
