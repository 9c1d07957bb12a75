package evidence

import (
	"crypto/ed25519"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"aiqyn"
	"aiqyn/locale"
)

var (
	filed    = time.Date(2026, 11, 20, 6, 0, 0, 0, time.UTC)
	received = time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
	object   = At(51.1282, 71.4304)
	private  = ed25519.NewKeyFromSeed(make([]byte, ed25519.SeedSize))
	public   = private.Public().(ed25519.PublicKey)
)

// survey is what the survey of a connection must leave behind.
var survey = []Requirement{{Kind: Place, Radius: 200}, {Kind: Moment}, {Kind: Photo, Radius: 200, Count: 2}, {Kind: Signature}}

func contextOf() Context {
	return Context{Object: "99-999-001-0042", Step: "survey", By: "surveyor-03",
		Where: &object, From: filed, To: received, Key: public}
}

// good is a bundle that meets the survey's requirements, not yet signed.
func good() Bundle {
	at := filed.Add(48 * time.Hour)
	near := Point{object.Lat + 5000, object.Lon - 5000} // some 66 m away
	return Bundle{Object: "99-999-001-0042", Step: "survey", By: "surveyor-03", Items: []Item{
		{Kind: Place, Place: &near, Time: at, By: "surveyor-03"},
		{Kind: Moment, Time: at, By: "surveyor-03"},
		{Kind: Photo, Place: &near, Time: at, Hash: HashOf([]byte("pole")), By: "surveyor-03"},
		{Kind: Photo, Time: at.Add(time.Minute), Hash: HashOf([]byte("meter")), By: "surveyor-03"},
	}}
}

func TestCheckNamesWhatIsMissing(t *testing.T) {
	texts, err := locale.Load()
	if err != nil {
		t.Fatal(err)
	}
	far := Point{object.Lat + 50_000, object.Lon}
	for _, test := range []struct {
		name       string
		change     func(*Bundle, *Context)
		key, field string
	}{
		{"nothing", func(*Bundle, *Context) {}, "", ""},
		{"no place", func(b *Bundle, _ *Context) { b.Items = b.Items[1:] }, "error.evidence-missing", "place"},
		{"no time", func(b *Bundle, _ *Context) { b.Items[1].Kind = Document; b.Items[1].Hash = HashOf(nil) },
			"error.evidence-missing", "time"},
		{"one photo", func(b *Bundle, _ *Context) { b.Items = b.Items[:3] }, "error.evidence-missing", "photo"},
		{"one photo twice", func(b *Bundle, _ *Context) { b.Items[3].Hash = b.Items[2].Hash }, "error.evidence-missing", "photo"},
		{"an object that no register knows", func(b *Bundle, c *Context) { c.Where, b.Items[0].Place = nil, &far }, "", ""},
		{"nothing at all", func(b *Bundle, _ *Context) { b.Items = nil }, "error.evidence-missing", "place"},
		{"place far away", func(b *Bundle, _ *Context) { b.Items[0].Place = &far }, "error.evidence-far", "place"},
		{"photo far away", func(b *Bundle, _ *Context) { b.Items[2].Place = &far }, "error.evidence-far", "photo"},
		{"place without coordinates", func(b *Bundle, _ *Context) { b.Items[0].Place = nil }, "error.evidence-place", "place"},
		{"place off the Earth", func(b *Bundle, _ *Context) { b.Items[2].Place = &Point{91 * e7, 0} }, "error.evidence-place", "photo"},
		{"photo without a file", func(b *Bundle, _ *Context) { b.Items[2].Hash = "" }, "error.evidence-file", "photo"},
		{"photo with a bad hash", func(b *Bundle, _ *Context) { b.Items[2].Hash = "sha256:00" }, "error.evidence-file", "photo"},
		{"before it was filed", func(b *Bundle, _ *Context) { b.Items[1].Time = filed.Add(-time.Second) }, "error.evidence-time", "time"},
		{"from the future", func(b *Bundle, _ *Context) { b.Items[1].Time = received.Add(time.Second) }, "error.evidence-time", "time"},
		{"unknown kind", func(b *Bundle, _ *Context) { b.Items[1].Kind = "smell" }, "error.evidence-kind", "smell"},
		{"taken by another", func(b *Bundle, _ *Context) { b.Items[2].By = "surveyor-04" }, "error.evidence-other-officer", "photo"},
		{"sent by another", func(b *Bundle, _ *Context) { b.By = "surveyor-04" }, "error.evidence-other-officer", ""},
		{"of another object", func(b *Bundle, _ *Context) { b.Object = "99-999-001-0043" }, "error.evidence-other-case", ""},
		{"of another step", func(b *Bundle, _ *Context) { b.Step = "inspection" }, "error.evidence-other-case", ""},
		{"out of the chain", func(_ *Bundle, c *Context) { c.Previous = "sha256:1" }, "error.evidence-chain", ""},
		{"too many items", func(b *Bundle, _ *Context) { b.Items = make([]Item, maxItems+1) }, "error.too-large", ""},
		{"another's key", func(_ *Bundle, c *Context) { c.Key = make([]byte, 32) }, "error.evidence-signature", "signature"},
		{"the key that signs", func(_ *Bundle, c *Context) { c.Own = private }, "", ""},
		{"a key that signs for another", func(_ *Bundle, c *Context) { c.Key, c.Own = make([]byte, 32), private }, "error.evidence-signature", "signature"},
		{"no key", func(_ *Bundle, c *Context) { c.Key = nil }, "error.evidence-signature", "signature"},
	} {
		b, c := good(), contextOf()
		test.change(&b, &c)
		b.Sign(private)
		err := Check(survey, b, c)
		var e *aiqyn.Error
		if errors.As(err, &e) && (e.Key != test.key || e.Field != test.field) || (err == nil) != (test.key == "") {
			t.Errorf("%s: got %v, want %s (%s)", test.name, err, test.key, test.field)
		}
		if e != nil {
			noHoleLeft(t, texts, e)
		}
	}
	b, c := good(), contextOf()
	c.Own = private
	b.Sign(private)
	b.Signature[3] ^= 1
	if err := Check(survey, b, c); err == nil || err.(*aiqyn.Error).Field != "signature" {
		t.Errorf("a signature that is not the one its key makes: %v", err)
	}
	if err := Check(survey, good(), contextOf()); err == nil || err.(*aiqyn.Error).Field != "signature" {
		t.Errorf("an unsigned bundle: %v", err)
	}
}

// noHoleLeft checks that an error can be told in every language with the
// arguments that it carries.
func noHoleLeft(t *testing.T, texts *locale.Catalogue, e *aiqyn.Error) {
	t.Helper()
	for _, lang := range aiqyn.Langs {
		if text := texts.Text(lang, e.Key, e.Args); strings.Contains(text, "⟦") {
			t.Errorf("%s: %q", lang, text)
		}
	}
}

// TestSignatureCoversEverything: whatever is changed after signing, the
// signature no longer holds.
func TestSignatureCoversEverything(t *testing.T) {
	for name, change := range map[string]func(*Bundle){
		"object":    func(b *Bundle) { b.Object += " " },
		"step":      func(b *Bundle) { b.Step += "2" },
		"officer":   func(b *Bundle) { b.By = "surveyor-04" },
		"previous":  func(b *Bundle) { b.Previous = "sha256:2" },
		"kind":      func(b *Bundle) { b.Items[1].Kind = Place },
		"latitude":  func(b *Bundle) { b.Items[0].Place.Lat++ },
		"longitude": func(b *Bundle) { b.Items[0].Place.Lon++ },
		"no place":  func(b *Bundle) { b.Items[0].Place = nil },
		"time":      func(b *Bundle) { b.Items[1].Time = b.Items[1].Time.Add(time.Microsecond) },
		"hash":      func(b *Bundle) { b.Items[2].Hash = HashOf([]byte("other")) },
		"by":        func(b *Bundle) { b.Items[2].By = "x" },
		"order":     func(b *Bundle) { b.Items[2], b.Items[3] = b.Items[3], b.Items[2] },
		"fewer":     func(b *Bundle) { b.Items = b.Items[:3] },
		"signature": func(b *Bundle) { b.Signature[0] ^= 1 },
	} {
		b := good()
		b.Sign(private)
		if err := b.Verify(public); err != nil {
			t.Fatal(err)
		}
		change(&b)
		if b.Verify(public) == nil {
			t.Errorf("%s may be changed after signing", name)
		}
	}
}

func TestParse(t *testing.T) {
	b := good()
	b.Sign(private)
	data, err := json.Marshal(b)
	if err != nil {
		t.Fatal(err)
	}
	back, err := Parse(data)
	if err != nil || back.Digest() != b.Digest() || back.Verify(public) != nil {
		t.Errorf("a bundle that went through JSON is another: %v", err)
	}
	for name, text := range map[string]string{
		"nothing":       "",
		"a list":        "[]",
		"unknown field": `{"objct":"99-999-001-0042"}`,
		"two bundles":   "{}{}",
		"a bad time":    `{"items":[{"time":"yesterday"}]}`,
		"half a metre":  `{"items":[{"place":{"lat":51.5,"lon":71}}]}`,
		"a year 12026":  `{"items":[{"time":"12026-01-01T00:00:00Z"}]}`,
		"much too long": `{"object":"` + strings.Repeat("9", maxBundle) + `"}`,
	} {
		if _, err := Parse([]byte(text)); aiqyn.KindOf(err) != aiqyn.Invalid && aiqyn.KindOf(err) != aiqyn.TooLarge {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func FuzzParse(f *testing.F) {
	b := good()
	b.Sign(private)
	data, err := json.Marshal(b)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(data)
	f.Add([]byte(`{"items":[{"kind":"place","place":{"lat":1,"lon":2},"time":"2026-11-23T09:00:00+05:00"}]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		b, err := Parse(data)
		if err != nil {
			return
		}
		again, err := json.Marshal(b)
		if err != nil {
			t.Fatal(err)
		}
		if back, err := Parse(again); err != nil || back.Digest() != b.Digest() {
			t.Errorf("%s reads as another bundle than %s: %v", again, data, err)
		}
		if b.Verify(public) == nil && b.Digest() != good().Digest() {
			t.Errorf("a bundle that nobody signed verifies: %s", data)
		}
	})
}

func TestVerifyChain(t *testing.T) {
	chain := make([]Bundle, 4)
	for i := range chain {
		chain[i] = good()
		chain[i].Step = aiqyn.StepID(fmt.Sprintf("visit-%d", i))
		if i > 0 {
			chain[i].Previous = chain[i-1].Digest()
		}
		chain[i].Sign(private)
	}
	keys := func(by aiqyn.OfficerID) ed25519.PublicKey {
		if by == "surveyor-03" {
			return public
		}
		return nil
	}
	if err := VerifyChain(chain, keys); err != nil {
		t.Fatal(err)
	}
	if err := VerifyChain(nil, keys); err != nil {
		t.Errorf("an empty chain: %v", err)
	}
	for name, bad := range map[string][]Bundle{
		"one left out":  {chain[0], chain[2], chain[3]},
		"first missing": chain[1:],
		"exchanged":     {chain[1], chain[0]},
		"twice":         {chain[0], chain[0]},
	} {
		if VerifyChain(bad, keys) == nil {
			t.Errorf("%s: the chain holds", name)
		}
	}
	forged := append([]Bundle(nil), chain...)
	forged[1].By = "surveyor-04"
	if VerifyChain(forged, keys) == nil {
		t.Error("a bundle of an officer without a key holds")
	}
	other := good()
	other.Object, other.Previous = "99-999-001-0099", chain[0].Digest()
	other.Sign(private)
	if VerifyChain([]Bundle{chain[0], other}, keys) == nil {
		t.Error("a bundle of another object holds")
	}
}
