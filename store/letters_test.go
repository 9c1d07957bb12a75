package store

import (
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"
)

func TestLetters(t *testing.T) { engines(t, testLetters) }

// testLetters walks a letter's ways: claimed by one of several, settled once,
// told of by its parts, given up and found again.
func testLetters(t *testing.T, url string) {
	db := fresh(t, url)
	ctx := t.Context()
	head, err := db.Begin(ctx, "log")
	if err != nil {
		t.Fatal(err)
	}
	b := example(head, 4)
	for i := range b.Messages {
		m := &b.Messages[i]
		m.Person, m.Lane, m.Due = []byte("p"), LaneRest, m.Created
	}
	if err := db.Commit(ctx, b); err != nil {
		t.Fatal(err)
	}
	now := day0.Add(time.Hour)
	until := now.Add(time.Minute)
	var claimed []Message
	var mu sync.Mutex
	var all sync.WaitGroup
	for range 3 {
		all.Go(func() {
			mine, err := db.ClaimLetters(ctx, LaneRest, now, until, 3)
			mu.Lock()
			defer mu.Unlock()
			if claimed = append(claimed, mine...); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	last, err := db.ClaimLetters(ctx, LaneRest, now, until, 10)
	claimed = append(claimed, last...)
	ids := map[int64]bool{}
	for _, m := range claimed {
		ids[m.ID] = true
	}
	if err != nil || len(claimed) != 4 || len(ids) != 4 {
		t.Fatalf("claimed %d letters, %d different, %v", len(claimed), len(ids), err)
	}
	sent := func(id int64, claim time.Time, parts ...string) Settled {
		return Settled{ID: id, Claimed: claim, Channel: "sms", State: LetterSent, Tries: 1, Sent: now, Parts: parts}
	}
	if err := db.Told(ctx, "2b", true, now); err != nil { // before it is known whose it is
		t.Fatal(err)
	}
	list := []Settled{sent(1, until, "1a"), sent(2, until, "2a", "2b"), sent(3, until.Add(time.Second), "3a"),
		{ID: 4, Claimed: until, Channel: "email", State: LetterDead, Failure: "bad-address", Ended: now}}
	if err := db.SettleLetters(ctx, list, now); err != nil {
		t.Fatal(err)
	}
	for part, delivered := range map[string]bool{"1a": false, "2a": true, "3a": true, "unheard-of": true} {
		for range 2 {
			if err := db.Told(ctx, part, delivered, now); err != nil {
				t.Fatal(err)
			}
		}
	}
	states := func() (got []string) {
		t.Helper()
		before := Message{Created: now}
		for {
			page, err := db.LettersOf(ctx, []byte("p"), before.Created, before.ID, 3)
			if err != nil {
				t.Fatal(err)
			}
			for _, m := range page {
				got = append(got, fmt.Sprint(m.ID, " ", m.State))
			}
			if len(page) < 3 {
				return got
			}
			before = page[2]
		}
	}
	// The third was claimed by somebody else meanwhile, and is theirs to settle.
	if got, want := states(), []string{"4 dead", "3 waiting", "2 delivered", "1 dead"}; !slices.Equal(got, want) {
		t.Errorf("states %q, want %q", got, want)
	}
	// A centre that counts anew names a part like one that has arrived long ago.
	later := until.Add(time.Minute)
	if last, err = db.ClaimLetters(ctx, LaneRest, until, later, 10); err != nil || len(last) != 1 || last[0].ID != 3 {
		t.Fatalf("claimed %+v, %v", last, err)
	}
	if err := db.SettleLetters(ctx, []Settled{sent(3, later, "2a")}, now); err != nil {
		t.Fatal(err)
	}
	if got := states(); got[1] != "3 sent" {
		t.Errorf("%q, before any receipt of it", got[1])
	}
	dead, err := db.DeadLetters(ctx, time.Time{}, 0, 10)
	if err != nil || len(dead) != 2 {
		t.Errorf("given up: %+v, %v", dead, err)
	}
	if more, err := db.DeadLetters(ctx, dead[0].Ended, dead[0].ID, 10); err != nil || len(more) != 1 {
		t.Errorf("the next page: %+v, %v", more, err)
	}
	again := example(b.Head, 1)
	again.Again = []int64{1, 2, 3, 4}
	if err := db.Commit(ctx, again); err != nil {
		t.Fatal(err)
	}
	if got, want := states(), []string{"4 waiting", "3 sent", "2 delivered", "1 waiting"}; !slices.Equal(got, want) {
		t.Errorf("sent again: %q, want %q", got, want)
	}
	if err := db.Told(ctx, "2a", true, now); err != nil {
		t.Fatal(err)
	}
	if got := states(); got[1] != "3 delivered" { // whoever asks for it again though it is on its way
		t.Errorf("%q, once its receipt has come", got[1])
	}
	o, err := db.Outbox(ctx, 100)
	if err != nil || o.Dead != 0 || o.Oldest[LaneRest].IsZero() || !o.Oldest[LaneNow].IsZero() {
		t.Errorf("outbox %+v, %v", o, err)
	}
	if err := db.PutContact(ctx, []byte("p"), []byte("c")); err != nil {
		t.Fatal(err)
	}
	if got, err := db.Contacts(ctx, [][]byte{[]byte("p"), []byte("q")}); err != nil || len(got) != 1 || string(got["p"]) != "c" {
		t.Errorf("contacts %q, %v", got, err)
	}
}
