package ledger

import (
	"fmt"
	"slices"
)

// OpenedField is one field of a leaf, shown with its salt.
type OpenedField struct {
	Field int
	Salt  Salt
	Value string
}

// Opening shows chosen fields of a leaf and keeps the others closed: it holds
// the commitments of all fields, and salt and value of those opened.
type Opening struct {
	Commitments Commitments
	Opened      []OpenedField // in leaf order
}

// Open opens the named fields of the entry, each at most once and in leaf order.
func (e *Entry) Open(fields ...int) (*Opening, error) {
	o := &Opening{Commitments: e.Commitments()}
	for i, f := range fields {
		if f < 0 || f >= NumFields || i > 0 && f <= fields[i-1] {
			return nil, fmt.Errorf("open field %d: not a field of a leaf, or out of order", f)
		}
		o.Opened = append(o.Opened, OpenedField{f, e.Salts[f], e.Fields[f]})
	}
	return o, nil
}

// Verify reports whether each opened field is what the leaf committed to.
func (o *Opening) Verify(leaf Hash) error {
	last := -1
	for _, f := range o.Opened {
		if f.Field <= last || f.Field >= NumFields {
			return fmt.Errorf("opened field %d: not a field of a leaf, or out of order", f.Field)
		}
		last = f.Field
		if FieldCommitment(f.Field, f.Salt, f.Value) != o.Commitments[f.Field] {
			return fmt.Errorf("opened field %q is not what the leaf committed to", FieldNames[f.Field])
		}
	}
	if LeafHash(o.Commitments.Entry()) != leaf {
		return fmt.Errorf("opening belongs to another leaf than %v", leaf)
	}
	return nil
}

// Reopen puts an opening together from the opened fields, in leaf order, and
// the commitments of all others, by position.
func Reopen(opened []OpenedField, closed []Hash) (*Opening, error) {
	o := &Opening{Opened: opened}
	if len(opened)+len(closed) != NumFields {
		return nil, fmt.Errorf("%d fields are opened and %d closed, a leaf has %d", len(opened), len(closed), NumFields)
	}
	for i, next := 0, 0; i < NumFields; i++ {
		if next < len(opened) && opened[next].Field == i {
			o.Commitments[i] = FieldCommitment(i, opened[next].Salt, opened[next].Value)
			next++
			continue
		}
		if i-next == len(closed) {
			return nil, fmt.Errorf("opened fields are not in leaf order")
		}
		o.Commitments[i] = closed[i-next]
	}
	return o, nil
}

// Closed returns the commitments of the fields that are not opened, by position.
func (o *Opening) Closed() []Hash {
	closed := make([]Hash, 0, NumFields-len(o.Opened))
	next := 0
	for i := range o.Commitments {
		if next < len(o.Opened) && o.Opened[next].Field == i {
			next++
			continue
		}
		closed = append(closed, o.Commitments[i])
	}
	return closed
}

// Leaf is the leaf hash that all the commitments make.
func (o *Opening) Leaf() Hash { return LeafHash(o.Commitments.Entry()) }

// FieldNamed is the position of the field of that name, or −1.
func FieldNamed(name string) int { return slices.Index(FieldNames[:], name) }
