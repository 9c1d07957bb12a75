package ledger

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"

	"github.com/gowebpki/jcs"
)

// isCanonical asks the reference implementation of RFC 8785.
func isCanonical(in []byte) bool {
	out, err := jcs.Transform(in)
	return err == nil && bytes.Equal(out, in)
}

var jsonTexts = []string{
	`{}`, `[]`, `""`, `null`, `true`, `false`, `0`, `-1`, `1.5`, `[1,2,[3]]`, `{"a":1,"b":{"c":[]}}`,
	``, ` `, `nul`, `nulll`, `tru`, `{`, `[`, `"`, `{"a"}`, `{"a":}`, `{a:1}`, `[1,]`, `[,1]`, `{"a":1,}`, `{,}`, `[1 ,2]`, `[1, 2]`, ` []`, `[] `, "[]\n", `{"a": 1}`,
	`{"b":1,"a":2}`, `{"a":1,"a":2}`, `{"":1,"a":2}`, `{"a":1,"":2}`, `{"a":1,"aa":2}`, `{"aa":1,"a":2}`,
	`"\u0041"`, `"\u001f"`, `"\u001F"`, `"\u0000"`, `"\u000a"`, `"\n"`, `"\b\t\n\f\r\"\\"`, `"\/"`, `"/"`, `"\u2028"`, "\"\u2028\"", `"\ud83d\ude00"`, `"😀"`, "\"\x7f\"", "\"\xff\"", "\"\xed\xa0\x80\"", "\"\xc0\x80\"", "\"\ufffd\"", "\"\n\"", `"\x"`, `"\u00"`, `"\u000g"`, `"\u0010"`, `"\u0020"`, `"\u000b"`, `"\u000B"`,
	`00`, `01`, `-0`, `-`, `+1`, `.5`, `5.`, `1.0`, `1.50`, `1e5`, `1E5`, `1e+5`, `1e21`, `1e+21`, `1E+21`, `1e-7`, `1e-07`, `0.000001`, `1e-6`, `100000000000000000000`, `1000000000000000000000`, `999999999999999`, `9007199254740993`, `9007199254740992`, `123456789012345680000`, `5e-324`, `1e400`, `1.7976931348623157e+308`, `NaN`, `Infinity`, `0x10`, `1_000`, `1e`, `1e+`, `--1`, `1-1`, `-1.5e-10`,
	`{"\n":1,"a":2}`, `{"a":2,"\n":1}`, `{"€":1,"😀":2}`, `{"😀":1,"ﬀ":2}`, `{"ﬀ":1,"😀":2}`, "{\"\ue000\":1,\"\U00010000\":2}", "{\"\U00010000\":1,\"\ue000\":2}", `{"\"":1,"#":2}`, `{"#":1,"\"":2}`, "{\"\ud7ff\":1,\"\U0010ffff\":2}", `{"é":1,"z":2}`, `{"z":1,"é":2}`,
}

func TestCheckCanonicalAgainstReference(t *testing.T) {
	for _, text := range jsonTexts {
		if got, want := CheckCanonical([]byte(text)), isCanonical([]byte(text)); (got == nil) != want {
			t.Errorf("%q: %v, reference says %v", text, got, want)
		}
	}
}

func TestNumbersAgainstReference(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 6))
	for range 20000 {
		f := math.Float64frombits(rng.Uint64())
		if math.IsNaN(f) || math.IsInf(f, 0) {
			continue
		}
		want := must(jcs.NumberToJSON(f))
		if got := string(appendNumber(nil, f)); got != want {
			t.Errorf("%v is written %s, want %s", f, got, want)
		}
		for _, token := range []string{want, strconv.FormatFloat(f, 'g', -1, 64), strconv.FormatInt(int64(rng.Uint64()), 10)} {
			if got, want := CheckCanonical([]byte(token)) == nil, isCanonical([]byte(token)); got != want {
				t.Errorf("%s: %v, reference says %v", token, got, want)
			}
		}
	}
}

// TestMutationsAgainstReference changes canonical texts at random, a byte at
// a time, and asks both implementations.
func TestMutationsAgainstReference(t *testing.T) {
	rng := rand.New(rand.NewPCG(7, 8))
	alphabet := []byte("\"\\{}[]:,0123456789eE+-. \n\tabtnrfu/\x00\x1f\x7f\x80\xc3\xa9\xee\xf0")
	texts := append([]string{string(samplePrivate(3))}, jsonTexts...)
	accepted := 0
	for range 60000 {
		in := []byte(texts[rng.IntN(len(texts))])
		for range 1 + rng.IntN(2) {
			at := rng.IntN(len(in) + 1)
			c := alphabet[rng.IntN(len(alphabet))]
			switch rng.IntN(3) {
			case 0:
				in = append(in[:at:at], append([]byte{c}, in[at:]...)...)
			case 1:
				if at < len(in) {
					in[at] = c
				}
			default:
				if at < len(in) {
					in = append(in[:at:at], in[at+1:]...)
				}
			}
		}
		got, want := CheckCanonical(in) == nil, isCanonical(in)
		if got != want {
			t.Fatalf("%q: %v, reference says %v", in, got, want)
		}
		if got {
			accepted++
		}
	}
	if accepted < 1000 {
		t.Errorf("only %d mutations were canonical: the test says little", accepted)
	}
}

func TestDepth(t *testing.T) {
	deep := strings.Repeat("[", maxDepth) + strings.Repeat("]", maxDepth)
	if err := CheckCanonical([]byte(deep)); err != nil {
		t.Errorf("depth %d: %v", maxDepth, err)
	}
	for _, open := range []string{"[", `{"a":`} {
		if err := CheckCanonical([]byte(strings.Repeat(open, 500000))); !errors.Is(err, errDepth) {
			t.Errorf("depth 500000: %v", err)
		}
	}
}

func TestStringsRoundTrip(t *testing.T) {
	for c := range rune(0x3000) {
		text := fmt.Sprintf("a%cb", c)
		encoded := appendString(nil, text)
		if !isCanonical(encoded) {
			t.Fatalf("U+%04X is written %s", c, encoded)
		}
		s := scanner{in: string(encoded)}
		if back, err := s.text(); err != nil || back != text {
			t.Fatalf("U+%04X is read %q, %v", c, back, err)
		}
	}
}

func FuzzCheckCanonical(f *testing.F) {
	for _, text := range jsonTexts {
		f.Add([]byte(text))
	}
	f.Add(samplePrivate(1))
	f.Fuzz(func(t *testing.T, in []byte) {
		err := CheckCanonical(in)
		if errors.Is(err, errDepth) {
			return // our limit is lower than the reference's
		}
		if want := isCanonical(in); (err == nil) != want {
			t.Errorf("%q: %v, reference says %v", in, err, want)
		}
		if err == nil && !json.Valid(in) {
			t.Errorf("%q is not JSON", in)
		}
	})
}
