package allocation

import "testing"

// TestTurn: in serial order everybody is told when they chose and what was left then:
// what they got was the first of their list with a place.
func TestTurn(t *testing.T) {
	for seed := range uint64(40) {
		r := invented(seed, 9, 4, false)
		r.Rules = Rules{Kind: Serial, Order: []string{ByTier, ByDate, ByLottery}}
		for i := range r.Applicants {
			r.Applicants[i].Holds = -1
		}
		out, err := r.Run()
		if err != nil {
			t.Fatal(err)
		}
		turns := map[int]bool{}
		for i, a := range r.Applicants {
			turn, left := out.Turn(i)
			turns[turn] = true
			want := int32(-1)
			for _, h := range a.List {
				if left[r.Institutions[h].ID] > 0 {
					want = h
					break
				}
			}
			if out.Match[i] != want {
				t.Fatalf("round %d: %s chose at %d, %v was left, and got %d", seed, a.ID, turn, left, out.Match[i])
			}
		}
		if len(turns) != len(r.Applicants) || turns[0] {
			t.Fatalf("round %d: turns %v", seed, turns)
		}
	}
	if turn, left := (&Result{round: &Round{Rules: Rules{Kind: DeferredAcceptance}}}).Turn(0); turn != 0 || left != nil {
		t.Error("where nobody chooses in turn there is a turn")
	}
}
