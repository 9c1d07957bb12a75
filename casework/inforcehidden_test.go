package casework

import (
	"encoding/json"
	"strconv"
	"strings"
	"testing"
)

// hidesActs: while anything is classified, nothing that strangers are given names an act
// or what was in force, and what the public is given of the day does not either.
func (r *rig) hidesActs(t *testing.T) {
	t.Helper()
	last := r.lastPublication(t)
	ev, err := r.systemEntry(last.Entry)
	if err != nil {
		t.Fatal(err)
	}
	d := ev.data.(*capacityPublished)
	said, err := r.differenceOf(t.Context(), d)
	if err != nil || d.differenceKind() != exactDifferenceKind || said.InForce == nil || len(said.Acts) == 0 {
		t.Fatalf("the difference of a hidden day, %s, has %+v, %v", d.differenceKind(), said, err)
	}
	r.notGuessed(t, last.Entry, d, said)
	if _, err := r.Published(t.Context(), "differences/"+d.Difference+".json"); err == nil {
		t.Error("a stranger reads it")
	}
	files, err := r.PublishedFiles(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	public := 0
	for _, f := range files {
		data, err := f.Read()
		if err != nil {
			t.Fatal(err)
		}
		if strings.HasPrefix(f.Path, "capacity/") {
			public++
		}
		for _, word := range []string{`"in_force"`, `"acts"`, `"reductions"`} {
			if !strings.HasPrefix(f.Path, "packs/") && strings.Contains(string(data), word) {
				t.Errorf("%s has %s while something is classified", f.Path, word)
			}
		}
	}
	if public == 0 {
		t.Error("the public is given nothing of the day")
	}
}

// notGuessed: the receipt of a hidden day tells anybody the hashes of what is withheld.
// Whoever guesses all that could be known of it does not come to them.
func (r *rig) notGuessed(t *testing.T, entry int64, d *capacityPublished, said *CapacityDifference) {
	t.Helper()
	receipt, err := r.Published(t.Context(), "receipts/"+strconv.FormatInt(entry, 10)+".json")
	if err != nil || !strings.Contains(string(receipt), d.Difference) || !strings.Contains(string(receipt), d.Hash) {
		t.Fatalf("the receipt names no hash: %v", err)
	}
	exact, err := r.publicationBy(t.Context(), d)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		of   any
		salt *string
		hash string
	}{{said, &said.Salt, d.Difference}, {exact, &exact.Salt, d.Hash}} {
		whole, err := json.Marshal(c.of)
		if err != nil || hexSum(whole) != c.hash || len(*c.salt) != 32 {
			t.Fatalf("%T with its salt %q is not what was published: %v", c.of, *c.salt, err)
		}
		salt := *c.salt
		*c.salt = ""
		guess, err := json.Marshal(c.of)
		if *c.salt = salt; err != nil || hexSum(guess) == c.hash {
			t.Errorf("%T is found by guessing: %v", c.of, err)
		}
		*c.salt = ""
	}
	ev, err := r.systemEntry(entry)
	if err != nil {
		t.Fatal(err)
	}
	a, err := newAuditor(t.Context(), r.auditConfig())
	if err != nil {
		t.Fatal(err)
	}
	if err := together(t.Context(), a.tree, a.entries); err != nil {
		t.Fatal(err)
	}
	if err := r.forgery(a, ev, said); err == nil {
		t.Error("a difference without a salt is taken for what is withheld")
	}
}

// systemEntry reads an entry of the system's own.
func (r *rig) systemEntry(entry int64) (*event, error) {
	row, err := r.entry(r.t.Context(), entry)
	if err != nil {
		return nil, err
	}
	return r.decodeEntry(row, r.keys.system)
}
