package beacon

import (
	"bytes"
	"testing"
	"time"

	"aiqyn"
)

func describedPair(t testing.TB, links uint64) (*Pair, *Chain, *Chain) {
	t.Helper()
	a, err := NewChain("audit", [32]byte{1}, links)
	if err != nil {
		t.Fatal(err)
	}
	b, err := NewChain("prosecutor", [32]byte{2}, links)
	if err != nil {
		t.Fatal(err)
	}
	p, err := NewPair(a.Commitment(), b.Commitment(), time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC), time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	return p, a, b
}

// TestSourcesAreWhatTheyDescribe: whoever reads a source's description has the same
// clock, and, but for practice, takes the same rounds and no other.
func TestSourcesAreWhatTheyDescribe(t *testing.T) {
	pair, a, b := describedPair(t, 5000)
	linkA, _ := a.Reveal(77)
	linkB, _ := b.Reveal(77)
	joined, err := pair.Join(77, linkA, linkB)
	if err != nil {
		t.Fatal(err)
	}
	quick, _ := ParseRound([]byte(quicknetRound))
	chained, _ := ParseRound([]byte(defaultRound))
	exercise := NewPractice([32]byte{3}, time.Date(2026, 11, 1, 5, 0, 0, 0, time.FixedZone("", 5*3600)), 3*time.Second)
	for _, test := range []struct {
		source Source
		round  Round
	}{{Quicknet(), quick}, {DefaultChain(), chained}, {pair, joined}, {exercise, exercise.Round(9)}} {
		read, err := Parse(test.source.Description())
		if err != nil {
			t.Fatal(err)
		}
		at := time.Date(2026, 11, 29, 12, 0, 0, 1, time.UTC)
		if read.Name() != test.source.Name() || read.At(at) != test.source.At(at) || !bytes.Equal(read.Description(), test.source.Description()) {
			t.Errorf("%s is read as %s", test.source.Description(), read.Description())
		}
		if err := read.Verify(test.round); (err == nil) != Proves(read) || Proves(read) == (test.source == exercise) {
			t.Errorf("%s: a true round gives %v", read.Name(), err)
		}
		other := test.round
		other.Value[5] ^= 1
		if read.Verify(other) == nil {
			t.Errorf("%s takes another value", read.Name())
		}
	}
	for _, text := range []string{
		``, `{}`, `{"bodies":[]}`, `{"bodies":[],"more":1}`, `{"practice":{"genesis":"2026-01-01T00:00:00Z","period":"0s"}}`, `{"practice":{"period":"soon"}}`,
		`{"bodies":[{"body":"a","links":1,"tip":"00"},{"body":"b","links":1,"tip":"00"}],"genesis":"2026-01-01T00:00:00Z","period":"1m"}`,
	} {
		if _, err := Parse([]byte(text)); aiqyn.KindOf(err) != aiqyn.Invalid {
			t.Errorf("%s: got %v", text, err)
		}
	}
}

// TestAPairRemembersLinks: in whatever order rounds come, the true ones hold and others
// do not, also those just beside what is remembered.
func TestAPairRemembersLinks(t *testing.T) {
	pair, a, b := describedPair(t, 5000)
	for _, n := range []uint64{3000, 1, 2048, 2047, 4999, 1024, 1023, 5000, 3000, 2049} {
		linkA, _ := a.Reveal(n)
		linkB, _ := b.Reveal(n)
		r, err := pair.Join(n, linkA, linkB)
		if err != nil {
			t.Errorf("round %d: %v", n, err)
		}
		linkB[0] ^= 1
		if _, err := pair.Join(n, linkA, linkB); err == nil {
			t.Errorf("round %d: another link holds", n)
		}
		if r.Number++; pair.Verify(r) == nil {
			t.Errorf("the links of round %d hold for the next", n)
		}
	}
}

func FuzzParse(f *testing.F) {
	pair, _, _ := describedPair(f, 10)
	for _, source := range []Source{Quicknet(), DefaultChain(), pair, NewPractice([32]byte{}, time.Unix(0, 0), time.Second)} {
		f.Add(source.Description())
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		source, err := Parse(data)
		if err != nil {
			return
		}
		again, err := Parse(source.Description())
		if err != nil || !bytes.Equal(again.Description(), source.Description()) {
			t.Errorf("%s is described as %s: %v", data, source.Description(), err)
		}
	})
}
