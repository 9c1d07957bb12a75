package service

import (
	"strings"
	"testing"
)

// These pin the small pack, as it is and as it was before a price had to say how
// it is paid. If one changes, so does every hash that a case has ever been pinned
// by: adjust neither it nor the files that it is of, make a second way of hashing.
const (
	tinyHash   = "a4fee2527bd6cf17bc34572b8a9735dde13e401a864cbb6638588ec805b59533"
	unpaidHash = "ad2735f0e99b1e9b6204e52997928d392034a13de4194875747b7c63fbf4fab4"
)

func parsed(t *testing.T, files []File) *Pack {
	t.Helper()
	p, err := ParsePackWith(files, tinyOptions)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestHashIsPinned(t *testing.T) {
	if got := parsed(t, tinyPack(t)).Hash(); got != tinyHash {
		t.Errorf("hash %s, want %s", got, tinyHash)
	}
	if got := parsed(t, packIn(t, "testdata/unpaid")).Hash(); got != unpaidHash {
		t.Errorf("hash of the pack as it was %s, want %s", got, unpaidHash)
	}
}

// TestAStoredPackIsReadForGood: what is demanded today keeps no pack from being
// read that was published before, only from being published.
func TestAStoredPackIsReadForGood(t *testing.T) {
	p := parsed(t, packIn(t, "testdata/unpaid"))
	if err := p.Overtaken(); err == nil || err.Error() != permit+":10: there is something to pay, and nothing says by when: pay is missing" {
		t.Errorf("it may still be published: %v", err)
	}
	if s, _ := p.Service("tree.permit"); s.Fee.Amount == "" || s.Fee.Pay != nil {
		t.Errorf("its fee is %+v", s.Fee)
	}
	if err := parsed(t, tinyPack(t)).Overtaken(); err != nil {
		t.Error(err)
	}
}

func TestHashIgnoresWhatDoesNotCount(t *testing.T) {
	same := []change{
		{permit, "kind: right\n", "kind:   \"right\" # computed\n\n"},
		{permit, "kk: Учаске, ru: Участок, en: Parcel", "en: Parcel, kk: Учаске, ru: Участок"},
		{permit, "body: park\nobject: parcel\n", "object: parcel\nbody: park\n"},
		{"services/tree.permit/cases.txtar", "# A small tree", "# A very small tree"},
	}
	want := parsed(t, tinyPack(t)).Hash()
	for _, c := range same {
		files, _ := changed(t, c)
		if got := parsed(t, files).Hash(); got != want {
			t.Errorf("%q for %q changes the hash", c.new, c.old)
		}
	}
	files := tinyPack(t)
	files[0], files[len(files)-1] = files[len(files)-1], files[0]
	if got := parsed(t, files).Hash(); got != want {
		t.Error("the order of the files changes the hash")
	}
}

func TestHashCoversWhatCounts(t *testing.T) {
	dead := "  dead:\n    type: yes-no\n    optional: true\n    label: {kk: Қураған ба, ru: Сухое ли, en: Is it dead}\n    " + someLaw + "\n"
	different := []change{
		{permit, "days: 7", "days: 8"},
		{permit, "en: Parcel", "en: Plot"},
		{permit, dead, ""},
		{permit, "min: 1\n    max: 60", "min: 1\n    max: 61"},
		{record, "retention: 30", "retention: 31"},
		{"pack.yaml", `version: "1"`, `version: "2"`},
		{"pack.yaml", "kk: Қала", "kk: Шаһар"},
		{"certificates.yaml", "class: abolished", "class: self-issued"},
		{"calendars/tiny.yaml", `close: "18:00"`, `close: "18:30"`},
	}
	seen := map[string]string{parsed(t, tinyPack(t)).Hash(): "the pack as it is"}
	for _, c := range different {
		files, _ := changed(t, c)
		got := parsed(t, files).Hash()
		if other, ok := seen[got]; ok {
			t.Errorf("%q for %q: the hash is that of %s", c.new, c.old, other)
		}
		seen[got] = c.new
	}
}

func TestHashKeepsTheOrderOfQuestions(t *testing.T) {
	a := "  dead:\n    type: yes-no\n    optional: true\n    label: {kk: Қураған ба, ru: Сухое ли, en: Is it dead}\n    " + someLaw + "\n"
	files, text := changed(t, change{permit, a, ""}, change{permit, "ask:\n", "ask:\n" + a})
	if !strings.Contains(text, "ask:\n  dead:") {
		t.Fatal("the question was not moved")
	}
	before, _ := parsed(t, tinyPack(t)).Service("tree.permit")
	after, _ := parsed(t, files).Service("tree.permit")
	if before.Hash() == after.Hash() {
		t.Error("the questions come in another order and the hash is the same")
	}
}

func TestHashOfAServiceIsItsOwn(t *testing.T) {
	files, _ := changed(t, change{record, "retention: 30", "retention: 31"})
	before, _ := parsed(t, tinyPack(t)).Service("tree.permit")
	after, _ := parsed(t, files).Service("tree.permit")
	if before.Hash() != after.Hash() {
		t.Error("a change in one service changes the hash of another")
	}
}
