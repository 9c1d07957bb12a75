package ledger

import (
	"crypto/sha256"
	"strings"
	"testing"

	"golang.org/x/mod/sumdb/tlog"
)

func TestFieldNamesMatchIndexes(t *testing.T) {
	for name, field := range map[string]int{"v": FieldV, "service": FieldService, "district": FieldDistrict,
		"case": FieldCase, "kind": FieldKind, "officer": FieldOfficer, "private": FieldPrivate} {
		if FieldNames[field] != name {
			t.Errorf("field %d is called %q, want %q", field, FieldNames[field], name)
		}
	}
	if FieldPrivate != NumFields-1 {
		t.Errorf("the last field is %d of %d", FieldPrivate, NumFields)
	}
}

// TestCommitmentLayout recomputes a commitment from the words of its comment.
func TestCommitmentLayout(t *testing.T) {
	e := sampleEntry(7, []byte("{}"))
	e.Fields[FieldReason] = strings.Repeat("long ", 400)
	all := []byte("aiqynE/1")
	for i, value := range e.Fields {
		in := append([]byte("aiqynF/1"), byte(i))
		in = append(in, e.Salts[i][:]...)
		sum := sha256.Sum256(append(in, value...))
		all = append(all, sum[:]...)
	}
	want := Hash(sha256.Sum256(all))
	if got := e.Commitment(); got != want {
		t.Errorf("Commitment = %v, want %v", got, want)
	}
	if got, want := LeafHash(want), tlog.RecordHash(want[:]); got != want {
		t.Errorf("LeafHash = %v, want %v", got, want)
	}
}

func TestCommitmentBindsEverything(t *testing.T) {
	base := sampleEntry(1, nil)
	seen := map[Hash]string{base.Commitment(): "base"}
	note := func(what string, e Entry) {
		if before, twice := seen[e.Commitment()]; twice {
			t.Errorf("%s commits like %s", what, before)
		}
		seen[e.Commitment()] = what
	}
	for i := range NumFields {
		e := base
		e.Fields[i] += "x"
		note("longer "+FieldNames[i], e)
		e = base
		e.Salts[i][15] ^= 1
		note("salt of "+FieldNames[i], e)
		if i > 0 { // moving text across the border of two fields
			e = base
			e.Fields[i-1], e.Fields[i] = e.Fields[i-1]+e.Fields[i], ""
			if e.Fields != base.Fields {
				note("border before "+FieldNames[i], e)
			}
			e = base
			e.Fields[i-1], e.Fields[i] = e.Fields[i], e.Fields[i-1]
			e.Salts[i-1], e.Salts[i] = e.Salts[i], e.Salts[i-1]
			note("swap before "+FieldNames[i], e)
		}
	}
}

func TestSaltsAreIndependent(t *testing.T) {
	a := DeriveSalts([32]byte{1})
	b := DeriveSalts([32]byte{2})
	seen := map[Salt]bool{}
	for _, salt := range append(a[:], b[:]...) {
		if salt == (Salt{}) || seen[salt] {
			t.Fatalf("salt %x is zero or comes twice", salt)
		}
		seen[salt] = true
	}
	if a != DeriveSalts([32]byte{1}) {
		t.Error("the same secret gives other salts")
	}
}

func TestCommitmentDoesNotAllocate(t *testing.T) {
	e := sampleEntry(1, []byte("{}"))
	s := &brief{digest: newDigest()}
	own := testing.AllocsPerRun(100, func() { s.sum(0) }) // by crypto/sha256 itself, which the race detector has it do
	if n := testing.AllocsPerRun(100, func() { LeafHash(e.Commitment()) }); n > NumFields*own {
		t.Errorf("Commitment allocates %v times, and a hash %v times", n, own)
	}
}

func TestOpening(t *testing.T) {
	e := sampleEntry(3, nil)
	leaf := LeafHash(e.Commitment())
	for _, fields := range [][]int{nil, {FieldV}, {FieldService, FieldRegion, FieldOutcome}, {FieldPrivate}} {
		o, err := e.Open(fields...)
		if err != nil {
			t.Fatal(err)
		}
		if err := o.Verify(leaf); err != nil {
			t.Errorf("open %v: %v", fields, err)
		}
		if err := o.Verify(leafOf(1)); err == nil {
			t.Errorf("open %v: holds for another leaf", fields)
		}
		again, err := Reopen(o.Opened, o.Closed())
		if err != nil || again.Leaf() != leaf || again.Verify(leaf) != nil {
			t.Errorf("open %v: put together again it is not what it was: %v", fields, err)
		}
		if _, err := Reopen(o.Opened, append(o.Closed(), leaf)); err == nil {
			t.Errorf("open %v: one commitment too many", fields)
		}
	}
	for _, fields := range [][]int{{-1}, {NumFields}, {2, 2}, {3, 1}} {
		if _, err := e.Open(fields...); err == nil {
			t.Errorf("open %v: no error", fields)
		}
	}
}

func TestOpeningChanged(t *testing.T) {
	e := sampleEntry(3, nil)
	leaf := LeafHash(e.Commitment())
	for what, change := range map[string]func(*Opening){
		"value":      func(o *Opening) { o.Opened[0].Value = "granted" },
		"salt":       func(o *Opening) { o.Opened[0].Salt[0]++ },
		"field":      func(o *Opening) { o.Opened[0].Field = FieldReason },
		"order":      func(o *Opening) { o.Opened[0], o.Opened[1] = o.Opened[1], o.Opened[0] },
		"twice":      func(o *Opening) { o.Opened[1] = o.Opened[0] },
		"range":      func(o *Opening) { o.Opened[1].Field = NumFields },
		"negative":   func(o *Opening) { o.Opened[0].Field = -1 },
		"commitment": func(o *Opening) { o.Commitments[0][0]++ },
		"both": func(o *Opening) {
			f := &o.Opened[0]
			f.Value = "granted"
			o.Commitments[f.Field] = FieldCommitment(f.Field, f.Salt, f.Value)
		},
	} {
		o, err := e.Open(FieldOutcome, FieldOfficer)
		if err != nil {
			t.Fatal(err)
		}
		change(o)
		if err := o.Verify(leaf); err == nil {
			t.Errorf("changed %s: still holds", what)
		}
		if what == "commitment" || what == "both" {
			continue // of an opened field: made again from its value
		}
		if again, err := Reopen(o.Opened, o.Closed()); err == nil && again.Leaf() == leaf {
			t.Errorf("changed %s: put together again it holds", what)
		}
	}
}
