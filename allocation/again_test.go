package allocation

import "testing"

// TestApplyingAgainDoesNotRollAgain: a number in the lottery follows from the round, its
// seed and the applicant's lasting secret, and from nothing else. Whoever withdraws and
// comes again, later, at the end of the file, with another list, has the same name and
// number, and of equals the same win; another secret, seed, round of the beacon or name of
// the round gives another, and over many seeds everybody wins about as often.
func TestApplyingAgainDoesNotRollAgain(t *testing.T) {
	const many, rolls = 5, 400
	secret := func(i int) [32]byte { return [32]byte{byte(i + 1)} }
	round := func(seed int, order []int) *Round {
		r := &Round{Name: "2026", Closed: "2026-05-01T00:00:00Z", Rules: Rules{Kind: Lottery}, Institutions: []Institution{{ID: "a", Seats: 1}}, Seed: Seed{Beacon: "practice", Round: uint64(seed)}}
		r.Seed.Value[0], r.Seed.Value[1] = byte(seed), byte(seed>>8)
		for _, i := range order {
			r.Applicants = append(r.Applicants, Applicant{ID: Pseudonym(secret(i), r.Name), List: []int32{0}, Holds: -1})
		}
		return r
	}
	winner := func(r *Round) string {
		for i, h := range run(t, r) {
			if h == 0 {
				return r.Applicants[i].ID
			}
		}
		t.Fatal("nobody has won")
		return ""
	}
	wins := make(map[string]int)
	for seed := range rolls {
		first := winner(round(seed, []int{0, 1, 2, 3, 4}))
		wins[first]++
		again := round(seed, []int{1, 2, 3, 4, 0}) // the first withdraws and comes again
		again.Applicants[4].Date = 9
		if got := winner(again); got != first {
			t.Fatalf("seed %d: who came again has changed the winner from %s to %s", seed, first, got)
		}
	}
	for i := range many {
		if n := wins[Pseudonym(secret(i), "2026")]; n < rolls/many/2 || n > rolls/many*3/2 {
			t.Errorf("%d wins %d times of %d: %v", i, n, rolls, wins)
		}
	}
	base := round(7, []int{0})
	id := base.Applicants[0].ID
	n := number(base.lotteryHead(), id)
	for what, change := range map[string]func(*Round){
		"another list and date": func(r *Round) { r.Applicants[0].Date, r.Applicants[0].List, r.Applicants[0].Tier = 5, nil, 2 },
		"another closing":       func(r *Round) { r.Closed = "2026-05-02T00:00:00Z" },
	} {
		r := round(7, []int{0})
		if change(r); number(r.lotteryHead(), r.Applicants[0].ID) != n {
			t.Errorf("%s gives another number", what)
		}
	}
	for what, change := range map[string]func(*Round){
		"another value of the seed": func(r *Round) { r.Seed.Value[31]++ },
		"another round of it":       func(r *Round) { r.Seed.Round++ },
		"another name of the round": func(r *Round) { r.Name = "2027" },
		"another secret":            func(r *Round) { r.Applicants[0].ID = Pseudonym(secret(1), r.Name) },
	} {
		r := round(7, []int{0})
		if change(r); number(r.lotteryHead(), r.Applicants[0].ID) == n {
			t.Errorf("%s gives the same number", what)
		}
	}
}

// TestNamesOfTwoRoundsHaveNothingInCommon (I15): who has the names of everybody in two
// rounds cannot tell who is who in them: all are different, of one length, and the order
// of the names of one says nothing of that of the other.
func TestNamesOfTwoRoundsHaveNothingInCommon(t *testing.T) {
	const n = 2000
	seen, inOrder := make(map[string]bool), 0
	var last [2]string
	for i := range n {
		var secret [32]byte
		secret[0], secret[1] = byte(i), byte(i>>8)
		a, b := Pseudonym(secret, "2026"), Pseudonym(secret, "2027")
		if seen[a] || seen[b] || a == b || len(a) != len(b) {
			t.Fatalf("%d: %s, %s", i, a, b)
		}
		seen[a], seen[b] = true, true
		if (a < last[0]) == (b < last[1]) {
			inOrder++
		}
		last = [2]string{a, b}
	}
	if inOrder < n/2-150 || inOrder > n/2+150 {
		t.Errorf("%d of %d neighbours are in the same order in both", inOrder, n)
	}
}
