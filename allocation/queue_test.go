package allocation

import (
	"math/rand/v2"
	"slices"
	"testing"
)

// TestQueue: against a plain sorted list, with people who come, go and ask.
func TestQueue(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 3))
	var q Queue
	var plain []Waiting
	for range 20_000 {
		w := Waiting{uint8(rng.IntN(3)), rng.IntN(4) == 0, rng.Int64N(3), rng.Int64N(300), rng.Uint64N(8)}
		i, in := slices.BinarySearchFunc(plain, w, Waiting.compare)
		switch rng.IntN(5) {
		case 0, 1, 2:
			if q.Enter(w) == in {
				t.Fatalf("entering %v, who is in: %v", w, in)
			}
			if !in {
				plain = slices.Insert(plain, i, w)
			}
		case 3:
			if q.Leave(w) != in {
				t.Fatalf("leaving %v, who is in: %v", w, in)
			}
			if in {
				plain = slices.Delete(plain, i, i+1)
			}
		default:
			if place, ok := q.Position(w); ok != in || ok && place != i+1 {
				t.Fatalf("%v is %d %v, want %d %v", w, place, ok, i+1, in)
			}
		}
	}
	if q.Len() != len(plain) || len(plain) < 2*blockSize {
		t.Fatalf("%d wait, want %d, and more than two blocks", q.Len(), len(plain))
	}
	for _, w := range plain {
		q.Leave(w)
	}
	if _, ok := q.Position(plain[0]); ok || q.Len() != 0 || !q.Enter(plain[0]) {
		t.Error("an emptied queue")
	}
}
