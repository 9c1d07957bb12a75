package ledger

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"aiqyn"

	"github.com/transparency-dev/formats/proof"
	"golang.org/x/mod/sumdb/note"
)

// witnessedPolicy is a policy of two witnesses out of three, their signers,
// and the log's.
func witnessedPolicy(t testing.TB) (p *Policy, logKey *Signer, witnesses []note.Signer) {
	t.Helper()
	logKey = logSigner(origin, 1)
	text := "log " + logKey.String() + "\n"
	for i := range 3 {
		w := cosigner(fmt.Sprintf("w%d.example", i), byte(20+i), 1700000000+int64(10*i))
		text += fmt.Sprintf("witness W%d %s\n", i, w)
		witnesses = append(witnesses, w)
	}
	p, err := ParsePolicy([]byte(text + "group G 2 W0 W1 W2\nquorum G\n"))
	if err != nil {
		t.Fatal(err)
	}
	return p, logKey, witnesses
}

func checkReceipt(v *Verifier, b []byte) (Verdict, error) {
	r, err := ParseReceipt(b)
	if err != nil {
		return Verdict{}, err
	}
	return v.Verify(r)
}

func TestReceiptRoundTrip(t *testing.T) {
	p, logKey, witnesses := witnessedPolicy(t)
	v := must(NewVerifier(nil, p))
	r := sampleReceipt(t, 5, 300, logKey, witnesses[0], witnesses[1])
	b := r.MarshalCanonical()
	if !isCanonical(b) {
		t.Fatalf("not canonical: %s", b)
	}
	for _, file := range [][]byte{b, append(bytes.Clone(b), '\n')} {
		back, err := ParseReceipt(file)
		if err != nil {
			t.Fatal(err)
		}
		if back.Event != r.Event || back.Salts != r.Salts || !bytes.Equal(back.Private, r.Private) || back.Proof != r.Proof {
			t.Errorf("read %+v, want %+v", back, r)
		}
		verdict, err := v.Verify(back)
		if err != nil {
			t.Fatal(err)
		}
		if verdict.Index != 5 || verdict.Size != 300 || verdict.Origin != origin || verdict.Level != Witnessed {
			t.Errorf("verdict %+v", verdict)
		}
	}
}

// TestReceiptReadsAsJSON reads a receipt as a stranger would, with a JSON
// library and the proof reader of transparency-dev.
func TestReceiptReadsAsJSON(t *testing.T) {
	_, logKey, _ := witnessedPolicy(t)
	r := sampleReceipt(t, 5, 300, logKey)
	var stranger struct {
		Event   map[string]string `json:"event"`
		Salts   [][]byte          `json:"salts"`
		Private json.RawMessage   `json:"private"`
		Proof   string            `json:"proof"`
	}
	if err := json.Unmarshal(r.MarshalCanonical(), &stranger); err != nil {
		t.Fatal(err)
	}
	var e Entry
	for i, name := range FieldNames {
		e.Fields[i] = stranger.Event[name]
		copy(e.Salts[i][:], stranger.Salts[i])
	}
	if len(stranger.Event) != NumFields || len(stranger.Salts) != NumFields || e != r.Entry() {
		t.Errorf("read as %+v", e)
	}
	if PrivateHash(stranger.Private) != e.Fields[FieldPrivate] {
		t.Error("hash of the private part differs")
	}
	var p proof.TLogProof
	if err := p.Unmarshal([]byte(stranger.Proof)); err != nil {
		t.Fatal(err)
	}
	if p.Index != 5 || string(p.Marshal()) != stranger.Proof {
		t.Errorf("proof is written differently: %q", p.Marshal())
	}
}

// TestReceiptFlips changes each byte of a receipt, one at a time, in several
// ways. None may pass.
func TestReceiptFlips(t *testing.T) {
	p, logKey, witnesses := witnessedPolicy(t)
	v := must(NewVerifier(nil, p))
	receipts := map[string]*Receipt{
		"witnessed": sampleReceipt(t, 5, 300, logKey, witnesses[0], witnesses[1]),
		"alone":     sampleReceipt(t, 0, 1, logKey),
	}
	receipts["withheld"] = sampleReceipt(t, 37, 70, logKey)
	receipts["withheld"].Private = nil
	for name, r := range receipts {
		b := append(r.MarshalCanonical(), '\n')
		if _, err := checkReceipt(v, b); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		for i := range b {
			for _, mask := range []byte{1, 2, 4, 8, 16, 32, 64, 128} {
				changed := bytes.Clone(b)
				changed[i] ^= mask
				if _, err := checkReceipt(v, changed); err == nil {
					t.Errorf("%s, byte %d xor %02x: passed:\n%s", name, i, mask, changed)
				} else if aiqyn.KindOf(err) != aiqyn.Invalid {
					t.Errorf("%s, byte %d: %v", name, i, err)
				}
			}
		}
	}
}

// TestReceiptCuts leaves each byte out, doubles it, and ends before it.
func TestReceiptCuts(t *testing.T) {
	p, logKey, witnesses := witnessedPolicy(t)
	v := must(NewVerifier(nil, p))
	b := sampleReceipt(t, 5, 300, logKey, witnesses[0]).MarshalCanonical()
	for i := range b {
		for what, changed := range map[string][]byte{
			"left out": append(bytes.Clone(b[:i]), b[i+1:]...),
			"doubled":  append(bytes.Clone(b[:i+1]), b[i:]...),
			"cut":      b[:i],
		} {
			if _, err := checkReceipt(v, changed); err == nil {
				t.Errorf("byte %d %s: passed:\n%s", i, what, changed)
			}
		}
	}
}

func TestParseReceiptRefuses(t *testing.T) {
	_, logKey, _ := witnessedPolicy(t)
	r := sampleReceipt(t, 5, 300, logKey)
	good := string(r.MarshalCanonical())
	if _, err := ParseReceipt([]byte(good)); err != nil {
		t.Fatal(err)
	}
	swap := func(old, new string) string {
		if !strings.Contains(good, old) {
			t.Fatalf("receipt does not hold %s", old)
		}
		return strings.Replace(good, old, new, 1)
	}
	for _, c := range []struct{ what, text, where string }{
		{"empty", "", "event"},
		{"not JSON", "receipt", "event"},
		{"array", "[]", "event"},
		{"unknown field first", swap(`{"event"`, `{"aaa":1,"event"`), "event"},
		{"unknown field last", good[:len(good)-1] + `,"zzz":1}`, "end"},
		{"unknown field within", swap(`,"proof"`, `,"prologue":1,"proof"`), "proof"},
		{"unknown field in event", swap(`"time":`, `"tijd":"","time":`), "event.time"},
		{"field twice", swap(`"day":"2026-05-05"`, `"day":"2026-05-05","day":"2026-05-05"`), "event.district"},
		{"event field missing", swap(`"day":"2026-05-05",`, ``), "event.day"},
		{"event field not text", swap(`"v":"1"`, `"v":1`), "event.v"},
		{"event field null", swap(`"v":"1"`, `"v":null`), "event.v"},
		{"escape that is not needed", swap(`"refused"`, `"\u0072efused"`), "event.kind"},
		{"slash escaped", swap(`energy.connection`, `energy\/connection`), "event.service"},
		{"name in capitals", swap(`"day"`, `"Day"`), "event.day"},
		{"proof missing", good[:strings.Index(good, `,"proof"`)] + good[strings.Index(good, `,"salts"`):], "proof"},
		{"salts missing", good[:strings.Index(good, `,"salts"`)] + "}", "salts"},
		{"proof twice", swap(`,"salts"`, `,"proof":"","salts"`), "salts"},
		{"order of members", swap(`{"event"`, `{"salts":[],"event"`), "event"},
		{"private null", swap(`"private":{`, `"private":null,"x":{`), "private"},
		{"private array", swap(`"private":{`, `"private":[{`), "private"},
		{"private with space", swap(`"private":{`, `"private":{ `), "private"},
		{"space", swap(`{"event":{`, `{"event": {`), "event.body"},
		{"leading space", " " + good, "event"},
		{"byte order mark", "\ufeff" + good, "event"},
		{"two newlines", good + "\n\n", "end"},
		{"carriage return", good + "\r\n", "end"},
		{"second receipt", good + good, "end"},
		{"salt too many", good[:len(good)-2] + `,"AAAAAAAAAAAAAAAAAAAAAA=="]}`, "salts"},
		{"salt with loose bits", lastSalt(good, "AAAAAAAAAAAAAAAAAAAAAB=="), "salts"},
		{"salt without padding", lastSalt(good, "AAAAAAAAAAAAAAAAAAAAAA"), "salts"},
		{"salt with a break", lastSalt(good, `AAAAAAAAAA\nAAAAAAAAAAAA`), "salts"},
		{"salt for URLs", lastSalt(good, "____________________-A=="), "salts"},
		{"salt of 17 bytes", lastSalt(good, "AAAAAAAAAAAAAAAAAAAAAAA="), "salts"},
	} {
		_, err := ParseReceipt([]byte(c.text))
		var e *aiqyn.Error
		if !errors.As(err, &e) {
			t.Errorf("%s: %v", c.what, err)
		} else if e.Args["where"] != c.where {
			t.Errorf("%s: error is in %v, want %s: %v", c.what, e.Args["where"], c.where, err)
		}
	}
	if _, err := ParseReceipt(make([]byte, MaxReceipt+1)); aiqyn.KindOf(err) != aiqyn.TooLarge {
		t.Errorf("oversize: %v", err)
	}
}

func lastSalt(receipt, salt string) string {
	i := strings.LastIndex(receipt, `,"`)
	return receipt[:i] + `,"` + salt + `"]}`
}

func TestParseProofRefuses(t *testing.T) {
	_, logKey, _ := witnessedPolicy(t)
	good := sampleReceipt(t, 5, 300, logKey).Proof
	p, err := ParseProof(good)
	if err != nil || p.String() != good || p.Index != 5 {
		t.Fatalf("ParseProof: %+v, %v", p, err)
	}
	for what, text := range map[string]string{
		"empty":            "",
		"version 2":        strings.Replace(good, "@v1", "@v2", 1),
		"extra data":       strings.Replace(good, "index", "extra AAAA\nindex", 1),
		"no index":         strings.Replace(good, "index 5\n", "", 1),
		"index with zero":  strings.Replace(good, "index 5", "index 05", 1),
		"negative index":   strings.Replace(good, "index 5", "index -5", 1),
		"index and space":  strings.Replace(good, "index 5", "index 5 ", 1),
		"no checkpoint":    good[:strings.Index(good, "\n\n")+1],
		"hash not base64":  strings.Replace(good, "index 5\n", "index 5\nxyz\n", 1),
		"hash loose bits":  strings.Replace(good, "index 5\n", "index 5\n"+strings.Repeat("A", 42)+"B=\n", 1),
		"too many hashes":  strings.Replace(good, "index 5\n", "index 5\n"+strings.Repeat(strings.Repeat("A", 43)+"=\n", 64), 1),
		"carriage returns": strings.ReplaceAll(good, "\n", "\r\n"),
	} {
		if _, err := ParseProof(text); err == nil {
			t.Errorf("%s: accepted", what)
		}
	}
}

func FuzzParseReceipt(f *testing.F) {
	p, logKey, witnesses := witnessedPolicy(f)
	v := must(NewVerifier(nil, p))
	original := sampleReceipt(f, 5, 300, logKey, witnesses[0], witnesses[1])
	f.Add(original.MarshalCanonical())
	withheld := sampleReceipt(f, 0, 1, logKey)
	withheld.Private = nil
	f.Add(withheld.MarshalCanonical())
	f.Fuzz(func(t *testing.T, b []byte) {
		r, err := ParseReceipt(b)
		if err != nil {
			return
		}
		if canonical := bytes.TrimSuffix(b, []byte("\n")); !isCanonical(canonical) || !bytes.Equal(r.MarshalCanonical(), canonical) {
			t.Errorf("accepted, though not canonical: %q", b)
		}
		if _, err := v.Verify(r); err == nil && r.Event != original.Event && r.Event != withheld.Event {
			t.Errorf("verified what was never signed: %q", b)
		}
	})
}

func FuzzParseProof(f *testing.F) {
	_, logKey, _ := witnessedPolicy(f)
	f.Add(sampleReceipt(f, 5, 300, logKey).Proof)
	f.Fuzz(func(t *testing.T, text string) {
		if p, err := ParseProof(text); err == nil && p.String() != text {
			t.Errorf("%q is written %q", text, p)
		}
	})
}
