package beacon

import (
	"encoding/hex"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"aiqyn"
)

// reference opens a file of the reference data, which lie beside the project.
func reference(t testing.TB, name string) []byte {
	t.Helper()
	dir := os.Getenv("AIQYN_REFERENCE")
	if dir == "" {
		if os.Getenv("CI") == "true" {
			t.Fatal("AIQYN_REFERENCE is not set: the reference data are needed")
		}
		t.Skip("AIQYN_REFERENCE is not set: no reference data")
	}
	data, err := os.ReadFile(filepath.Join(dir, name))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// published are rounds that drand published, as its address gives them.
const (
	quicknetRound = `{"round":657413,"randomness":"fc1873a13f3545aeade8401532ef5519920652eee6b0d2b19ca12643b87b3587",` +
		`"signature":"b713718a38ae728dfd477991af2822e08d2f305e47718cef9f7848ce4050e7be41076862b98fad56e91a6b85b89cd97b"}`
	defaultRound = `{"round":1,"randomness":"101297f1ca7dc44ef6088d94ad5fb7ba03455dc33d53ddb412bbc4564ed986ec",` +
		`"signature":"8d61d9100567de44682506aea1a7a6fa6e5491cd27a0a0ed349ef6910ac5ac20ff7bc3e09d7c046566c9f7f3c6f3b10104990e7cb424998203d8f7de586fb7fa5f60045417a432684f85093b06ca91c769f0e7ca19268375e659c2a2352b4655",` +
		`"previous_signature":"176f93498eac9ca337150b46d21dd58673ea4e3581185f869672e59fa4cb390a"}`
)

func TestDrandVectors(t *testing.T) {
	var vectors struct {
		Beacons []struct {
			Chain      string `json:"chain"`
			Round      uint64 `json:"round"`
			Signature  string `json:"signature"`
			Previous   string `json:"previous_signature"`
			Randomness string `json:"randomness"`
			Valid      bool   `json:"valid"`
		} `json:"beacons"`
	}
	if err := json.Unmarshal(reference(t, "allocation/drand/vectors.json"), &vectors); err != nil {
		t.Fatal(err)
	}
	chains := map[string]*Drand{"quicknet": Quicknet(), "default": DefaultChain()}
	failed := 0
	for _, v := range vectors.Beacons {
		message, err := json.Marshal(map[string]any{"round": v.Round, "signature": v.Signature,
			"previous_signature": v.Previous, "randomness": v.Randomness})
		if err != nil {
			t.Fatal(err)
		}
		r, err := ParseRound(message)
		if err != nil {
			t.Fatal(err)
		}
		err = chains[v.Chain].Verify(r)
		if (err == nil) != v.Valid {
			t.Errorf("%s %d: want valid %v, got %v", v.Chain, v.Round, v.Valid, err)
		}
		if err != nil {
			failed++
		}
	}
	if len(vectors.Beacons) != 6 || failed != 2 {
		t.Errorf("%d of %d failed, want 2 of 6", failed, len(vectors.Beacons))
	}
}

func TestDrandRefusesAnyChangedByte(t *testing.T) {
	for _, test := range []struct {
		chain *Drand
		round string
	}{{Quicknet(), quicknetRound}, {DefaultChain(), defaultRound}} {
		r, err := ParseRound([]byte(test.round))
		if err != nil {
			t.Fatal(err)
		}
		if err := test.chain.Verify(r); err != nil {
			t.Fatal(err)
		}
		for i := 0; i < len(r.Proof); i += 7 {
			bad := r
			bad.Proof = append([]byte(nil), r.Proof...)
			bad.Proof[i] ^= 1
			if test.chain.Verify(bad) == nil {
				t.Errorf("%s: byte %d of the proof may be changed", test.chain.Name(), i)
			}
		}
		for _, change := range []func(*Round){
			func(r *Round) { r.Value[0] ^= 1 },
			func(r *Round) { r.Number++ },
			func(r *Round) { r.Number = 0 },
			func(r *Round) { r.Proof = nil },
			func(r *Round) { r.Proof = append([]byte{0}, r.Proof...) },
		} {
			bad := r
			change(&bad)
			err := test.chain.Verify(bad)
			if aiqyn.KindOf(err) != aiqyn.Invalid {
				t.Errorf("%s: a changed round gives %v", test.chain.Name(), err)
			}
		}
	}
	// A round of one chain is nothing in the other.
	r, _ := ParseRound([]byte(quicknetRound))
	if DefaultChain().Verify(r) == nil {
		t.Error("the default chain takes a round of quicknet")
	}
}

func TestDrandSchedule(t *testing.T) {
	q := Quicknet()
	if q.Name() != "drand-quicknet" || DefaultChain().Name() != "drand-default" {
		t.Error("names")
	}
	if want := time.Unix(1692803367, 0); !q.Time(1).Equal(want) || q.At(want) != 2 || q.At(want.Add(-time.Hour)) != 1 {
		t.Error("round 1 is at genesis, and the first after genesis is round 2")
	}
	if q.Hash() != "52db9ba70e0cc0f6eaf7803dd07447a1f5477735fd3f661792ba94600c84e971" {
		t.Error("hash of quicknet")
	}
}

func TestParseChainChecksItsHash(t *testing.T) {
	for _, change := range [][2]string{
		{`"period":3`, `"period":4`},
		{`"genesis_time":1692803367`, `"genesis_time":1692803368`},
		{`"public_key":"83`, `"public_key":"93`},
		{`"beaconID":"quicknet"`, `"beaconID":"other"`},
		{`f477d5`, `f477d6`},
		{`"period":3`, `"period":-3`},
		{`"period":3`, `"period":3,"more":1`},
		{`"groupHash":"f4`, `"groupHash":"`},
		{`bls-unchained-g1-rfc9380`, `bls-unchained-on-g1`},
	} {
		text := strings.Replace(quicknetInfo, change[0], change[1], 1)
		if text == quicknetInfo {
			t.Fatalf("%v changes nothing", change)
		}
		if _, err := ParseChain([]byte(text)); aiqyn.KindOf(err) != aiqyn.Invalid {
			t.Errorf("%v: got %v", change, err)
		}
	}
}

func TestParseRoundIsStrict(t *testing.T) {
	for name, text := range map[string]string{
		"nothing":           ``,
		"two values":        quicknetRound + quicknetRound,
		"unknown field":     `{"round":1,"signature":"` + strings.Repeat("00", 48) + `","more":1}`,
		"round 0":           `{"round":0,"signature":"` + strings.Repeat("00", 48) + `"}`,
		"negative":          `{"round":-1,"signature":"` + strings.Repeat("00", 48) + `"}`,
		"short signature":   `{"round":1,"signature":"00"}`,
		"not hex":           `{"round":1,"signature":"` + strings.Repeat("zz", 48) + `"}`,
		"long previous":     `{"round":1,"signature":"` + strings.Repeat("00", 48) + `","previous_signature":"` + strings.Repeat("00", 97) + `"}`,
		"other randomness":  strings.Replace(quicknetRound, "fc1873", "fc1874", 1),
		"much too long":     `{"round":1,"signature":"` + strings.Repeat("0", 10_000) + `"}`,
		"not even a object": `[]`,
	} {
		if _, err := ParseRound([]byte(text)); aiqyn.KindOf(err) != aiqyn.Invalid {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

func FuzzParseRound(f *testing.F) {
	f.Add([]byte(quicknetRound))
	f.Add([]byte(defaultRound))
	quick := Quicknet()
	f.Fuzz(func(t *testing.T, data []byte) {
		r, err := ParseRound(data)
		if err != nil {
			return
		}
		if quick.Verify(r) == nil && (r.Number != 657413 || hex.EncodeToString(r.Value[:3]) != "fc1873") {
			t.Errorf("a round that drand never published verifies: %+v", r)
		}
	})
}

func FuzzParseChain(f *testing.F) {
	f.Add([]byte(quicknetInfo))
	f.Add([]byte(defaultInfo))
	f.Fuzz(func(t *testing.T, data []byte) {
		if d, err := ParseChain(data); err == nil && (d.period <= 0 || d.Time(d.At(d.genesis)).Before(d.genesis)) {
			t.Errorf("a chain without a clock: %+v", d)
		}
	})
}

func BenchmarkVerifyQuicknet(b *testing.B) {
	quick := Quicknet()
	r, err := ParseRound([]byte(quicknetRound))
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if err := quick.Verify(r); err != nil {
			b.Fatal(err)
		}
	}
}
