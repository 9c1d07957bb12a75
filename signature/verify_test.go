package signature_test

import (
	"bytes"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/smallstep/pkcs7"

	"aiqyn"
	"aiqyn/locale"
	"aiqyn/signature"
	"aiqyn/signature/practice"
)

var (
	now     = time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
	content = []byte(`{"act":"perform","case":"AQ-7K2M-9F3D","v":"aiqyn-act/1"}`)
	holder  = signature.Holder{
		Name: "ОРАЗОВ БЕКЗАТ", Person: "850101300019", Organisation: `АО "Электр желілері"`, BIN: "991140000012",
		Powers: []signature.Power{signature.PowerOrganisation, signature.PowerEmployee},
	}
)

func authority(t testing.TB, kind practice.Kind) *practice.Authority {
	t.Helper()
	a, err := practice.NewAuthority(kind, now.AddDate(-2, 0, 0))
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func identity(t testing.TB, a *practice.Authority, kind practice.Kind, usage practice.Usage, from time.Time) *practice.Identity {
	t.Helper()
	i, err := a.Issue(holder, kind, usage, from)
	if err != nil {
		t.Fatal(err)
	}
	return i
}

func sign(t testing.TB, i *practice.Identity, what []byte, o practice.Options) []byte {
	t.Helper()
	b, err := i.Sign(what, o)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func trust(t testing.TB, a *practice.Authority, policy signature.Policy) *signature.Trust {
	t.Helper()
	tr, err := a.Trust(policy, now.AddDate(0, 0, -1), now.AddDate(0, 0, 30))
	if err != nil {
		t.Fatal(err)
	}
	return tr
}

func keyOf(err error) string {
	var e *aiqyn.Error
	if errors.As(err, &e) {
		return e.Key
	}
	if err != nil {
		return err.Error()
	}
	return ""
}

// TestEveryForm verifies each kind of key in each form of message.
func TestEveryForm(t *testing.T) {
	for _, kind := range []practice.Kind{practice.RSA, practice.ECDSA, practice.GOST} {
		a := authority(t, kind)
		me, tr := identity(t, a, kind, practice.ForSigning, now.AddDate(0, -1, 0)), trust(t, a, signature.Policy{})
		for name, o := range map[string]practice.Options{
			"attached": {Attached: true}, "detached": {}, "bare": {Bare: true}, "bare, attached": {Bare: true, Attached: true},
			"timed": {At: now}, "stamped": {At: now, Stamp: now.Add(-time.Minute)}, "with its status": {Status: now},
		} {
			message := sign(t, me, content, o)
			s, err := tr.Verify(message, signature.Given{Content: content, At: now})
			if err != nil {
				t.Errorf("%s, %s: %v", kind, name, err)
				continue
			}
			if s.Name != holder.Name || s.Person != holder.Person || s.BIN != holder.BIN || !slices.Equal(s.Powers, holder.Powers) || !s.Practice {
				t.Errorf("%s, %s: %+v", kind, name, s)
			}
			if stamped := s.Stamped != ""; stamped != !o.Stamp.IsZero() || stamped && !s.At.Equal(o.Stamp) {
				t.Errorf("%s, %s: stamped %q at %v", kind, name, s.Stamped, s.At)
			}
			if want := map[bool]string{true: "ocsp", false: "crl"}[!o.Status.IsZero()]; s.Status != want {
				t.Errorf("%s, %s: status by %q, want %q", kind, name, s.Status, want)
			}
		}
	}
}

// TestTexts takes what people upload: DER, BER in pieces, base64, PEM.
func TestTexts(t *testing.T) {
	a := authority(t, practice.ECDSA)
	der := sign(t, identity(t, a, practice.ECDSA, practice.ForSigning, now), content, practice.Options{Attached: true})
	bare := base64.StdEncoding.EncodeToString(der)
	for name, text := range map[string][]byte{
		"DER": der, "base64": []byte(bare), "base64 in lines": []byte(bare[:64] + "\r\n" + bare[64:] + "\n"),
		"PEM": pem.EncodeToMemory(&pem.Block{Type: "CMS", Bytes: der}), "indefinite BER": indefinite(t, der),
	} {
		if _, err := trust(t, a, signature.Policy{}).Verify(text, signature.Given{Content: content, At: now}); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	again, err := signature.Decode(indefinite(t, der))
	if err != nil || !bytes.Equal(again, der) {
		t.Errorf("BER comes out as other DER: %v", err)
	}
}

// indefinite writes the outer elements without their lengths, as old signing
// programs do.
func indefinite(t testing.TB, der []byte) []byte {
	t.Helper()
	body := func(b []byte) []byte { // of an element with a length of two bytes
		if b[1] != 0x82 {
			t.Fatalf("element with length %x", b[1])
		}
		return b[4:]
	}
	inner := body(der)
	id, rest := inner[:11], inner[11:]
	return slices.Concat([]byte{0x30, 0x80}, id, []byte{0xa0, 0x80}, body(rest), []byte{0, 0, 0, 0})
}

// TestRefused plays each way in which a signature can be bad; each has a reason
// of its own, and each reason a text in three languages.
func TestRefused(t *testing.T) {
	texts, err := locale.Load()
	if err != nil {
		t.Fatal(err)
	}
	a, stranger := authority(t, practice.ECDSA), authority(t, practice.ECDSA)
	month := now.AddDate(0, -1, 0)
	me := identity(t, a, practice.ECDSA, practice.ForSigning, month)
	revoked := identity(t, a, practice.ECDSA, practice.ForSigning, month)
	a.Revoke(revoked, now.AddDate(0, 0, -2))
	later := identity(t, a, practice.ECDSA, practice.ForSigning, month)
	a.Revoke(later, now.Add(-time.Hour))
	entering := identity(t, a, practice.RSA, practice.ForEntering, month)
	old := identity(t, a, practice.ECDSA, practice.ForSigning, now.AddDate(-1, -1, 0))
	young := identity(t, a, practice.ECDSA, practice.ForSigning, now.AddDate(0, 0, 1))
	foreign := identity(t, stranger, practice.ECDSA, practice.ForSigning, month)
	nameless, err := a.Issue(signature.Holder{Name: "X"}, practice.ECDSA, practice.ForSigning, month)
	if err != nil {
		t.Fatal(err)
	}
	good := sign(t, me, content, practice.Options{At: now})
	flip := func(b []byte, from int) []byte { b = bytes.Clone(b); b[from] ^= 1; return b }
	strict, plain := signature.Policy{StampRequired: true}, signature.Policy{}
	for _, x := range []struct {
		name    string
		message []byte
		policy  signature.Policy
		key     string
	}{
		{"good", good, plain, ""},
		{"nothing", nil, plain, "error.signature-malformed"},
		{"free text", []byte("X Y Z"), plain, "error.signature-malformed"},
		{"truncated", good[:len(good)-7], plain, "error.signature-malformed"},
		{"more after the end", append(bytes.Clone(good), 0), plain, "error.signature-malformed"},
		{"huge", make([]byte, 1<<20), plain, "error.signature-too-large"},
		{"huge text", bytes.Repeat([]byte("A"), 1<<20), plain, "error.signature-too-large"},
		{"over other bytes", sign(t, me, []byte("{}"), practice.Options{}), plain, "error.signature-other-bytes"},
		{"over other bytes, bare", sign(t, me, []byte("{}"), practice.Options{Bare: true}), plain, "error.signature-other-bytes"},
		{"with other content", sign(t, me, []byte("{}"), practice.Options{Attached: true}), plain, "error.signature-other-bytes"},
		{"last byte changed", flip(good, len(good)-1), plain, "error.signature-forged"},
		{"for entering", sign(t, entering, content, practice.Options{}), plain, "error.signature-usage"},
		{"expired", sign(t, old, content, practice.Options{}), plain, "error.signature-expired"},
		{"not yet", sign(t, young, content, practice.Options{}), plain, "error.signature-not-yet"},
		{"made tomorrow", sign(t, me, content, practice.Options{At: now.AddDate(0, 0, 1)}), plain, "error.signature-time"},
		{"made before its certificate", sign(t, me, content, practice.Options{At: month.AddDate(0, 0, -1)}), plain, "error.signature-time"},
		{"of a stranger's authority", sign(t, foreign, content, practice.Options{}), plain, "error.signature-untrusted"},
		{"revoked", sign(t, revoked, content, practice.Options{}), plain, "error.signature-revoked"},
		{"revoked, by its own response", sign(t, revoked, content, practice.Options{Status: now}), plain, "error.signature-revoked"},
		{"revoked after the stamp", sign(t, later, content, practice.Options{Stamp: now.Add(-2 * time.Hour)}), plain, ""},
		{"revoked before the stamp", sign(t, later, content, practice.Options{Stamp: now}), plain, "error.signature-revoked"},
		{"stamp of tomorrow", sign(t, me, content, practice.Options{Stamp: now.AddDate(0, 0, 1)}), plain, "error.signature-time"},
		{"stamp of a stranger", restamped(t, me, foreign), plain, "error.signature-stamp"},
		{"no stamp where one is due", good, strict, "error.signature-no-stamp"},
		{"stamped where one is due", sign(t, me, content, practice.Options{Stamp: now}), strict, ""},
		{"a status of last week", sign(t, me, content, practice.Options{Status: now.AddDate(0, 0, -7)}), plain, ""}, // the list is fresh
		{"of nobody", sign(t, nameless, content, practice.Options{}), plain, "error.signature-nobody"},
	} {
		_, err := trust(t, a, x.policy).Verify(x.message, signature.Given{Content: content, At: now})
		if got := keyOf(err); got != x.key {
			t.Errorf("%s: %v, want %q", x.name, err, x.key)
			continue
		}
		if err == nil {
			continue
		}
		for _, lang := range aiqyn.Langs {
			if text := texts.Error(lang, err); text == "" || strings.ContainsAny(text, "{}") || strings.Contains(text, "signature-") {
				t.Errorf("%s: %s reads %q", x.name, lang, text)
			}
		}
	}
}

// restamped puts the time stamp of one signature on another one's.
func restamped(t testing.TB, me, other *practice.Identity) []byte {
	t.Helper()
	// The unsigned attributes are the end of the message, so the stamp of
	// another message of the same length can be laid over it.
	mine, theirs := sign(t, me, content, practice.Options{Stamp: now}), sign(t, other, content, practice.Options{Stamp: now})
	tail := bytes.Index(mine, []byte{0x06, 0x0b, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x09, 0x10, 0x02, 0x0e})
	from := bytes.Index(theirs, []byte{0x06, 0x0b, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x09, 0x10, 0x02, 0x0e})
	if len(mine)-tail != len(theirs)-from {
		return restamped(t, me, other) // signatures of ECDSA differ in length by a byte: another try
	}
	return append(mine[:tail:tail], theirs[from:]...)
}

// TestStatus asks of certificates of which nothing fresh is known.
func TestStatus(t *testing.T) {
	a := authority(t, practice.ECDSA)
	me := identity(t, a, practice.ECDSA, practice.ForSigning, now.AddDate(0, -1, 0))
	verify := func(tr *signature.Trust, o practice.Options, at time.Time) string {
		_, err := tr.Verify(sign(t, me, content, o), signature.Given{Content: content, At: at})
		return keyOf(err)
	}
	bare, err := signature.NewTrust([]signature.Root{a.Root()}, nil, nil, signature.Policy{})
	if err != nil {
		t.Fatal(err)
	}
	listed := trust(t, a, signature.Policy{})
	for _, x := range []struct {
		name string
		got  string
		want string
	}{
		{"no list, no response", verify(bare, practice.Options{}, now), "error.signature-status"},
		{"a fresh response", verify(bare, practice.Options{Status: now}, now), ""},
		{"a response of last week", verify(bare, practice.Options{Status: now.AddDate(0, 0, -7)}, now), "error.signature-stale"},
		{"a response of tomorrow", verify(bare, practice.Options{Status: now.AddDate(0, 0, 1)}, now), "error.signature-stale"},
		{"a list that ran out", verify(listed, practice.Options{}, now.AddDate(0, 2, 0)), "error.signature-stale"},
		{"nothing known, and that is enough", verify(bare.With(signature.Policy{StatusOptional: true}), practice.Options{}, now), ""},
	} {
		if x.got != x.want {
			t.Errorf("%s: %q, want %q", x.name, x.got, x.want)
		}
	}
	if _, err := signature.NewTrust(nil, nil, nil, signature.Policy{}); keyOf(err) != "error.signature-no-roots" {
		t.Errorf("trust in nobody: %v", err)
	}
}

// TestAnotherLibraryAgrees has a library of others read what practice signs.
func TestAnotherLibraryAgrees(t *testing.T) {
	a := authority(t, practice.RSA)
	for _, kind := range []practice.Kind{practice.RSA, practice.ECDSA} {
		me := identity(t, a, kind, practice.ForSigning, now)
		for _, o := range []practice.Options{{Attached: true}, {At: now}, {Stamp: now}} { // it knows no OCSP response within
			p, err := pkcs7.Parse(sign(t, me, content, o))
			if err != nil {
				t.Errorf("%s %+v: %v", kind, o, err)
				continue
			}
			p.Content = content
			if err := p.Verify(); err != nil {
				t.Errorf("%s %+v: %v", kind, o, err)
			}
		}
	}
}

// TestEveryByte changes each byte of a message: none may be changed unseen,
// but for what the signature does not cover and nothing rests on.
func TestEveryByte(t *testing.T) {
	a := authority(t, practice.ECDSA)
	me := identity(t, a, practice.ECDSA, practice.ForSigning, now.AddDate(0, -1, 0))
	tr, good := trust(t, a, signature.Policy{}), sign(t, me, content, practice.Options{At: now})
	want, err := tr.Verify(good, signature.Given{Content: content, At: now})
	if err != nil {
		t.Fatal(err)
	}
	free := 0
	for i := range good {
		for _, bit := range []byte{0x01, 0x80} {
			bad := bytes.Clone(good)
			bad[i] ^= bit
			s, err := tr.Verify(bad, signature.Given{Content: content, At: now})
			switch {
			case err == nil && (s.Fingerprint != want.Fingerprint || s.At != want.At || s.Person != want.Person):
				t.Errorf("byte %d: another signer", i)
			case err == nil:
				free++
			case aiqyn.KindOf(err) != aiqyn.Invalid && aiqyn.KindOf(err) != aiqyn.TooLarge:
				t.Errorf("byte %d: %v", i, err)
			}
		}
	}
	if free > 40 { // version numbers, the list of digest algorithms, NULL parameters
		t.Errorf("%d bits of %d bytes can be changed unseen", free, len(good))
	}
}

func FuzzVerify(f *testing.F) {
	a := authority(f, practice.ECDSA)
	tr := trust(f, a, signature.Policy{})
	me := identity(f, a, practice.ECDSA, practice.ForSigning, now)
	good := sign(f, me, content, practice.Options{Attached: true, At: now, Stamp: now, Status: now})
	f.Add(good)
	f.Add(sign(f, identity(f, a, practice.GOST, practice.ForSigning, now), content, practice.Options{}))
	f.Add(indefinite(f, good))
	f.Add([]byte("-----BEGIN CMS-----\nMAA=\n-----END CMS-----\n"))
	f.Fuzz(func(t *testing.T, message []byte) {
		s, err := tr.Verify(message, signature.Given{Content: content, At: now})
		if err != nil {
			if aiqyn.KindOf(err) == aiqyn.Internal {
				t.Errorf("an error that nobody can read: %v", err)
			}
			return
		}
		if s.Person != holder.Person {
			t.Errorf("verifies as %+v", s)
		}
	})
}

// FuzzOthers reads what authorities publish.
func FuzzOthers(f *testing.F) {
	a := authority(f, practice.ECDSA)
	list, err := a.List(now, now.AddDate(0, 1, 0))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(list)
	f.Add(a.Root().Certificate.Raw)
	f.Fuzz(func(t *testing.T, b []byte) {
		if _, err := signature.ParseRevocationList(b); err != nil && aiqyn.KindOf(err) == aiqyn.Internal {
			t.Error(err)
		}
		if c, err := signature.ParseCertificate(b); err == nil {
			c.Holder()
		} else if aiqyn.KindOf(err) == aiqyn.Internal {
			t.Error(err)
		}
	})
}

func BenchmarkVerify(b *testing.B) {
	for _, kind := range []practice.Kind{practice.RSA, practice.ECDSA, practice.GOST} {
		b.Run(string(kind), func(b *testing.B) {
			a := authority(b, kind)
			tr, message := trust(b, a, signature.Policy{}), sign(b, identity(b, a, kind, practice.ForSigning, now), content, practice.Options{At: now})
			for b.Loop() {
				if _, err := tr.Verify(message, signature.Given{Content: content, At: now}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
