package ledger

import (
	"bytes"
	"errors"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	fnote "github.com/transparency-dev/formats/note"
	"golang.org/x/mod/sumdb/note"
)

// Keys of the log and of all witnesses in testdata/arche2025h1.checkpoint, a
// checkpoint of a public log that four independent witnesses cosigned.
var archeKeys = []string{
	"arche2025h1.staging.ct.transparency.dev+ba2f06c0+AU0vHmlGCS/PdN8b2OaGmKprLI8HKM+dJ472xgFYh15f",
	"transparency.dev/DEV:witness-little-garden+d8042a87+BCtusOxINQNUTN5Oj8HObRkh2yHf/MwYaGX4CPdiVEPM",
	"witness1.smartit.nu/witness1+a48c820f+BPSFWg9G6KPiO7QPryYO5Xq4oYJJ+kAvLKLSimDhoxMO",
	"remora.n621.de+da77ade7+BOvN63jn/bLvkieywe8R6UYAtVtNbZpXh34x7onlmtw2",
	"witness.stagemole.eu+67f7aea0+BEqSG3yu9YrmcM3BHvQYTxwFj3uSWakQepafafpUqklv",
}

func parseKeys(t testing.TB, vkeys ...string) []note.Verifier {
	t.Helper()
	var keys []note.Verifier
	for _, vkey := range vkeys {
		k, err := ParseKey(vkey)
		if err != nil {
			t.Fatal(err)
		}
		keys = append(keys, k)
	}
	return keys
}

func TestRealCheckpoint(t *testing.T) {
	msg, err := os.ReadFile("testdata/arche2025h1.checkpoint")
	if err != nil {
		t.Fatal(err)
	}
	keys := parseKeys(t, archeKeys...)
	c, err := OpenCheckpoint(msg, keys...)
	if err != nil {
		t.Fatal(err)
	}
	if c.Origin != "arche2025h1.staging.ct.transparency.dev" || c.Size != 1432088532 {
		t.Errorf("checkpoint of %s at %d", c.Origin, c.Size)
	}
	if len(c.Signatures) != len(keys) {
		t.Errorf("%d signatures verified, want %d", len(c.Signatures), len(keys))
	}
	cosigned := time.Unix(0x6a122120, 0)
	for _, s := range c.Signatures[1:] {
		if !s.Time.Equal(cosigned) {
			t.Errorf("%s cosigned at %v, want %v", s.Name, s.Time, cosigned)
		}
	}
	var bad *SignatureError
	if _, err := ParseCheckpoint(msg, keys...); !errors.As(err, &bad) || bad.Name != c.Origin {
		t.Errorf("the signature of a type that is not listed: %v", err)
	}
	changed := bytes.Replace(msg, []byte("1432088532"), []byte("1432088533"), 1)
	for _, k := range keys {
		if _, err := OpenCheckpoint(changed, k); err == nil {
			t.Errorf("%s signed another size", k.Name())
		}
	}
}

// TestSignedNoteVector is the test vector of c2sp.org/signed-note.
func TestSignedNoteVector(t *testing.T) {
	key := parseKeys(t, "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k")[0]
	text, sigs, err := splitNote("This is an example message.\n\n— example.com/foo " +
		"Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := must(newKeyring([]note.Verifier{key})).verify(text, sigs, true); err != nil {
		t.Error(err)
	}
}

func signed(t testing.TB, signers ...note.Signer) []byte {
	t.Helper()
	msg, err := SignCheckpoint(Checkpoint{Origin: origin, Size: 20852163, Root: leafOf(9)}, signers...)
	if err != nil {
		t.Fatal(err)
	}
	return msg
}

func TestCheckpointRoundTrip(t *testing.T) {
	signer, witness := logSigner(origin, 1), cosigner("w.example", 2, 1700000000)
	for _, c := range []Checkpoint{
		{Origin: origin, Size: 0, Root: emptyRoot},
		{Origin: "a b+c", Size: 1, Root: leafOf(1)},
		{Origin: origin, Size: 1<<63 - 1, Root: leafOf(1), Extensions: []string{"one", "two words"}},
	} {
		msg, err := SignCheckpoint(c, signer, witness)
		if err != nil {
			t.Fatal(err)
		}
		back, err := ParseCheckpoint(msg, signer.Key, witness.Key)
		if err != nil {
			t.Fatal(err)
		}
		if back.Text() != c.Text() || !slices.Equal(back.Extensions, c.Extensions) || len(back.Signatures) != 2 {
			t.Errorf("read %+v, want %+v", back, c)
		}
		if got := back.Signatures[1].Time; got.Unix() != 1700000000 {
			t.Errorf("cosigned at %v", got)
		}
	}
}

func TestSignCheckpointRefuses(t *testing.T) {
	signer := logSigner(origin, 1)
	good := Checkpoint{Origin: origin, Size: 1, Root: leafOf(1)}
	for what, c := range map[string]Checkpoint{
		"no origin":          {Size: 1},
		"newline in origin":  {Origin: "a\nb", Size: 1},
		"negative size":      {Origin: origin, Size: -1},
		"root of empty log":  {Origin: origin, Root: leafOf(1)},
		"empty extension":    {Origin: origin, Size: 1, Extensions: []string{""}},
		"control character":  {Origin: origin, Size: 1, Extensions: []string{"a\tb"}},
		"not UTF-8":          {Origin: "\xff", Size: 1},
		"blank line smuggle": {Origin: origin, Size: 1, Extensions: []string{"x\n\n— y"}},
	} {
		if msg, err := SignCheckpoint(c, signer); err == nil {
			t.Errorf("%s: signed %q", what, msg)
		}
	}
	if _, err := SignCheckpoint(good); err == nil {
		t.Error("signed without a signer")
	}
}

// TestCheckpointFlips changes each byte of a checkpoint, one at a time, in
// several ways.
func TestCheckpointFlips(t *testing.T) {
	signer, witness := logSigner(origin, 1), cosigner("w.example", 2, 1700000000)
	msg := signed(t, signer, witness)
	if _, err := ParseCheckpoint(msg, signer.Key, witness.Key); err != nil {
		t.Fatal(err)
	}
	for i := range msg {
		for _, mask := range []byte{1, 2, 4, 8, 16, 32, 64, 128, 255} {
			changed := bytes.Clone(msg)
			changed[i] ^= mask
			if _, err := ParseCheckpoint(changed, signer.Key, witness.Key); err == nil {
				t.Errorf("byte %d xor %02x: accepted %q", i, mask, changed)
			}
		}
		if _, err := ParseCheckpoint(msg[:i], signer.Key, witness.Key); err == nil && len(bytes.Split(msg[:i], []byte("\n"))) != 6 {
			t.Errorf("cut at %d: accepted", i)
		}
	}
}

func TestParseCheckpointRefuses(t *testing.T) {
	signer, witness := logSigner(origin, 1), cosigner("w.example", 2, 1700000000)
	stranger := cosigner("stranger.example", 3, 1700000000)
	good := string(signed(t, signer, witness))
	lines := strings.SplitAfter(good, "\n")
	for what, msg := range map[string]string{
		"empty":             "",
		"unsigned":          strings.Join(lines[:4], ""),
		"no text":           "\n" + lines[4],
		"trailing newline":  good + "\n",
		"trailing text":     good + "x\n",
		"same line twice":   good + lines[4],
		"unlisted key":      string(signed(t, signer, stranger)),
		"carriage return":   strings.ReplaceAll(good, "\n", "\r\n"),
		"break in base64":   strings.Replace(good, "— w.example ", "— w.example \r", 1),
		"space at line end": strings.Replace(good, "=\n\n", "= \n\n", 1),
		"leading zero":      strings.Replace(good, "20852163", "020852163", 1),
		"plus sign":         strings.Replace(good, "20852163", "+20852163", 1),
		"too long":          good + strings.Repeat("— a.example AAAAAAA=\n", maxNote/20),
		"too many":          good + strings.Repeat("— a.example AAAAAAA=\n", maxSignatures),
	} {
		if _, err := ParseCheckpoint([]byte(msg), signer.Key, witness.Key); err == nil {
			t.Errorf("%s: accepted", what)
		}
	}
	if _, err := OpenCheckpoint(signed(t, signer, stranger), signer.Key); err != nil {
		t.Errorf("a client must pass over keys that it does not know: %v", err)
	}
	if _, err := OpenCheckpoint([]byte(good), stranger.Key); err == nil {
		t.Error("opened without a signature by a known key")
	}
	if _, err := OpenCheckpoint([]byte(good), signer.Key, signer.Key); err == nil {
		t.Error("the same key was listed twice")
	}
}

func TestAddCosignatures(t *testing.T) {
	signer, early, late := logSigner(origin, 1), cosigner("w.example", 2, 1700000000), cosigner("w.example", 2, 1700000009)
	other, stranger := cosigner("x.example", 4, 1700000001), cosigner("s.example", 5, 1700000001)
	msg := signed(t, signer)
	answer := func(by ...note.Signer) []byte {
		return bytes.SplitAfterN(signed(t, by...), []byte("\n\n"), 2)[1]
	}
	keys := []note.Verifier{early.Key, other.Key}
	for _, by := range [][]note.Signer{{early}, {other, stranger}, {late}} {
		var err error
		if msg, _, err = AddCosignatures(msg, answer(by...), keys...); err != nil {
			t.Fatal(err)
		}
	}
	c, err := ParseCheckpoint(msg, signer.Key, early.Key, other.Key)
	if err != nil {
		t.Fatal(err)
	}
	if len(c.Signatures) != 3 || c.Signatures[2].Time.Unix() != 1700000009 {
		t.Errorf("signatures: %+v", c.Signatures)
	}
	for what, lines := range map[string][]byte{
		"empty": nil, "stranger": answer(stranger), "text": []byte("thanks\n"),
		"wrong": bytes.Replace(answer(early), []byte("AAAA"), []byte("AAAB"), 1),
	} {
		if _, added, err := AddCosignatures(msg, lines, keys...); err == nil {
			t.Errorf("%s: added %v", what, added)
		}
	}
}

// TestCosignaturesInterchange signs with our code and verifies with the code
// of transparency-dev, and the other way around.
func TestCosignaturesInterchange(t *testing.T) {
	skey, vkey, err := GenerateCosignerKey(seed(7), "w.example/1")
	if err != nil {
		t.Fatal(err)
	}
	ours := must(NewCosigner(skey, func() time.Time { return time.Unix(1700000000, 0) }))
	theirs := must(fnote.NewSignerForCosignatureV1(skey))
	theirKey := must(fnote.NewVerifierForCosignatureV1(vkey))
	if ours.KeyHash() != theirs.KeyHash() || ours.String() != vkey {
		t.Errorf("key %s, theirs %08x", ours, theirs.KeyHash())
	}
	if _, err := note.Open(signed(t, ours), note.VerifierList(theirKey)); err != nil {
		t.Errorf("they refuse ours: %v", err)
	}
	c, err := ParseCheckpoint(signed(t, theirs), must(ParseKey(vkey)))
	if err != nil {
		t.Fatalf("we refuse theirs: %v", err)
	}
	if time.Since(c.Signatures[0].Time) > time.Hour {
		t.Errorf("cosigned at %v", c.Signatures[0].Time)
	}
}

func FuzzParseCheckpoint(f *testing.F) {
	signer, witness := logSigner(origin, 1), cosigner("w.example", 2, 1700000000)
	f.Add(signed(f, signer, witness))
	f.Add(must(os.ReadFile("testdata/arche2025h1.checkpoint")))
	known := note.VerifierList(signer.Key, witness.Key)
	f.Fuzz(func(t *testing.T, msg []byte) {
		strict, err := ParseCheckpoint(msg, signer.Key, witness.Key)
		if err != nil {
			return
		}
		n, err := note.Open(msg, known)
		if err != nil || n.Text != strict.Text() || len(n.UnverifiedSigs) > 0 {
			t.Errorf("accepted %q, which note.Open reads as %+v, %v", msg, n, err)
		}
	})
}
