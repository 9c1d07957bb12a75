package ledger

import "fmt"

// OpenedField is one field of a leaf, shown with its salt.
type OpenedField struct {
	Field int
	Salt  Salt
	Value string
}

// Opening shows chosen fields of a leaf and keeps the others closed: it holds
// the commitments of all fields, and salt and value of those opened.
type Opening struct {
	Commitments [NumFields]Hash
	Opened      []OpenedField // in leaf order
}

// Open opens the named fields of the entry, each at most once and in leaf order.
func (e *Entry) Open(fields ...int) (*Opening, error) {
	o := &Opening{Commitments: e.fieldCommitments()}
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
	if LeafHash(combine(&o.Commitments)) != leaf {
		return fmt.Errorf("opening belongs to another leaf than %v", leaf)
	}
	return nil
}
