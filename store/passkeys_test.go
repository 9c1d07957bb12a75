package store

import (
	"testing"
	"time"
)

// TestPasskeys walks the path of a passkey's row: made with its entry, used by
// whoever read it last, once for each challenge, removed.
func TestPasskeys(t *testing.T) { engines(t, testPasskeys) }

func testPasskeys(t *testing.T, url string) {
	db := fresh(t, url)
	ctx := t.Context()
	head, err := db.Begin(ctx, "test")
	if err != nil {
		t.Fatal(err)
	}
	was := head
	head.Size, head.Recorded = 1, day0
	subject, account := []byte("subject"), []byte("account")
	k := Passkey{ID: []byte("k1"), Account: account, Sealed: []byte("one"), Made: day0}
	b := &Batch{
		Was: was, Head: head, Entries: []Entry{{Index: 0, Kind: "passkey-added", Recorded: day0, Seq: 1, Fields: "f", Sealed: []byte("s")}},
		Passkeys: []Passkey{k, k}, AccountActs: []AccountAct{{Subject: subject, Entry: 0, Wrapped: []byte("w")}},
	}
	if err := db.Commit(ctx, b); err != nil {
		t.Fatal(err)
	}
	list, err := db.Passkeys(ctx, account, 10)
	if err != nil || len(list) != 1 || !list[0].Used.IsZero() || !list[0].Made.Equal(day0) {
		t.Fatalf("%+v, %v", list, err)
	}
	acts, err := db.AccountActs(ctx, subject, 1<<62, 10)
	if err != nil || len(acts) != 1 || string(acts[0].Wrapped) != "w" || acts[0].Kind != "passkey-added" {
		t.Errorf("%+v, %v", acts, err)
	}
	if w, err := db.AccountAct(ctx, []byte("other"), 0); err != nil || w != nil {
		t.Errorf("another's entry: %q, %v", w, err)
	}

	ends := day0.Add(time.Hour)
	k.Sealed, k.Used = []byte("two"), day0.Add(time.Minute)
	for _, step := range []struct {
		name, challenge, was string
		want                 bool
	}{
		{"used", "c1", "one", true}, {"the same challenge", "c1", "two", false}, {"what was read before", "c2", "one", false}, {"used again", "c3", "two", true},
	} {
		used, err := db.UsePasskey(ctx, []byte(step.challenge), ends, k, []byte(step.was))
		if err != nil || used != step.want {
			t.Errorf("%s: %v, %v", step.name, used, err)
		}
	}
	if fresh, err := db.Spend(ctx, []byte("c3"), ends); err != nil || fresh {
		t.Errorf("spent twice: %v, %v", fresh, err)
	}
	if err := db.DropExpired(ctx, ends, day0); err != nil {
		t.Fatal(err)
	}
	if fresh, err := db.Spend(ctx, []byte("c3"), ends); err != nil || !fresh {
		t.Errorf("a challenge is remembered for longer than it is good: %v, %v", fresh, err)
	}

	was = head
	head.Size, head.Recorded = 2, day0.Add(time.Hour)
	b = &Batch{Was: was, Head: head, Entries: []Entry{{Index: 1, Kind: "passkey-removed", Recorded: head.Recorded, Seq: 2, Fields: "f", Sealed: []byte("s")}}, PasskeysGone: [][]byte{k.ID}}
	if err := db.Commit(ctx, b); err != nil {
		t.Fatal(err)
	}
	if _, ok, err := db.Passkey(ctx, k.ID); err != nil || ok {
		t.Errorf("removed and still there: %v, %v", ok, err)
	}
}
