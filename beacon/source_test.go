package beacon

import (
	"crypto/sha256"
	"testing"
	"time"

	"aiqyn"
)

// Every source keeps one contract.
var _ = []Source{(*Practice)(nil), (*Drand)(nil), (*Pair)(nil)}

// bodies makes a pair of two bodies with chains of so many links.
func bodies(t testing.TB, links uint64) (*Pair, *Chain, *Chain) {
	t.Helper()
	a, err := NewChain("ministry", [32]byte{1}, links)
	if err != nil {
		t.Fatal(err)
	}
	b, err := NewChain("court", [32]byte{2}, links)
	if err != nil {
		t.Fatal(err)
	}
	p, err := NewPair(a.Commitment(), b.Commitment(), genesis, time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	return p, a, b
}

func reveal(t testing.TB, c *Chain, round uint64) [32]byte {
	t.Helper()
	link, err := c.Reveal(round)
	if err != nil {
		t.Fatal(err)
	}
	return link
}

func TestPairRevealsWhatItCommitted(t *testing.T) {
	const links = 3000 // more than one stride
	p, a, b := bodies(t, links)
	previous := [2][32]byte{a.Commitment().Tip, b.Commitment().Tip}
	for _, round := range []uint64{1, 2, 3, 1023, 1024, 1025, 2048, links} {
		la, lb := reveal(t, a, round), reveal(t, b, round)
		r, err := p.Join(round, la, lb)
		if err != nil {
			t.Fatalf("round %d: %v", round, err)
		}
		if r.Value != sha256.Sum256(append(la[:], lb[:]...)) {
			t.Errorf("round %d: the value is not SHA-256(a ‖ b)", round)
		}
		if round <= 3 && (sha256.Sum256(la[:]) != previous[0] || sha256.Sum256(lb[:]) != previous[1]) {
			t.Errorf("round %d: the links do not lead to those before", round)
		}
		previous = [2][32]byte{la, lb}
	}
	if _, err := a.Reveal(links + 1); err == nil {
		t.Error("a chain reveals more than it has")
	}
	if _, err := a.Reveal(0); err == nil {
		t.Error("round 0 would give the commitment itself")
	}
}

func TestPairRefusesWhatWasNotCommitted(t *testing.T) {
	p, a, b := bodies(t, 10)
	good, err := p.Join(4, reveal(t, a, 4), reveal(t, b, 4))
	if err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string]func(*Round){
		"another value": func(r *Round) { r.Value[0] ^= 1 },
		"another round": func(r *Round) { r.Number = 5 },
		"round 0":       func(r *Round) { r.Number = 0 },
		"past the end":  func(r *Round) { r.Number = 11 },
		"no proof":      func(r *Round) { r.Proof = nil },
		"swapped": func(r *Round) {
			r.Proof = append(append([]byte(nil), r.Proof[32:]...), r.Proof[:32]...)
			r.Value = sha256.Sum256(r.Proof)
		},
		"own link": func(r *Round) {
			r.Proof = append(append([]byte(nil), r.Proof[:32]...), make([]byte, 32)...)
			r.Value = sha256.Sum256(r.Proof)
		},
	} {
		bad := good
		change(&bad)
		if err := p.Verify(bad); aiqyn.KindOf(err) != aiqyn.Invalid {
			t.Errorf("%s: got %v", name, err)
		}
	}
	if _, err := p.Join(4, reveal(t, a, 5), reveal(t, b, 4)); err == nil {
		t.Error("a body may reveal ahead of the other")
	}
}

func TestPairNeedsTwoBodies(t *testing.T) {
	a, _ := NewChain("ministry", [32]byte{1}, 10)
	b, _ := NewChain("court", [32]byte{2}, 10)
	ca, cb := a.Commitment(), b.Commitment()
	copied := Commitment{Body: "court", Tip: ca.Tip, Links: 10}
	for name, test := range map[string]struct {
		a, b   Commitment
		period time.Duration
	}{
		"one body":    {ca, ca, time.Minute},
		"copied tip":  {ca, copied, time.Minute},
		"no name":     {ca, Commitment{Tip: cb.Tip, Links: 10}, time.Minute},
		"no links":    {ca, Commitment{Body: "court", Tip: cb.Tip}, time.Minute},
		"many links":  {ca, Commitment{Body: "court", Tip: cb.Tip, Links: MaxLinks + 1}, time.Minute},
		"no interval": {ca, cb, 0},
	} {
		if _, err := NewPair(test.a, test.b, genesis, test.period); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	for _, links := range []uint64{0, MaxLinks + 1} {
		if _, err := NewChain("court", [32]byte{}, links); err == nil {
			t.Errorf("a chain of %d links", links)
		}
	}
}

func TestPractice(t *testing.T) {
	p := practice()
	if p.Protection() != "beacon.practice" || p.Name() != "practice" {
		t.Error("practice must say that it protects against nothing")
	}
	r := p.Round(5)
	if err := p.Verify(r); err != nil {
		t.Error(err)
	}
	for _, bad := range []Round{{Number: 6, Value: r.Value}, {Number: 5}, {Number: 0, Value: p.Round(0).Value},
		{Number: 5, Value: r.Value, Proof: []byte{1}}} {
		if p.Verify(bad) == nil {
			t.Errorf("%+v verifies", bad)
		}
	}
	other := NewPractice([32]byte{9}, genesis, time.Second)
	if other.Round(5).Value == r.Value {
		t.Error("two seeds give one value")
	}
}

// TestScheduleLooksAhead: the round that a moment names is not yet published
// at that moment, and is the first such.
func TestScheduleLooksAhead(t *testing.T) {
	p := NewPractice([32]byte{}, genesis, 3*time.Second)
	for _, d := range []time.Duration{-time.Hour, 0, 1, 3*time.Second - 1, 3 * time.Second, 1000 * time.Hour} {
		at := genesis.Add(d)
		n := p.At(at)
		if !p.Time(n).After(at) {
			t.Errorf("%v: round %d is due at %v", d, n, p.Time(n))
		}
		if n > 1 && p.Time(n-1).After(at) {
			t.Errorf("%v: round %d is not the first", d, n)
		}
	}
}

func BenchmarkPractice(b *testing.B) {
	p := practice()
	b.ReportAllocs()
	for b.Loop() {
		p.Round(7)
	}
}
