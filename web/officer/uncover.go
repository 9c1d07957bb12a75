package officer

import (
	"aiqyn"
	"aiqyn/casework"
	"aiqyn/web/visit"
)

// Uncover shows whose case it is, once it is recorded what for.
func Uncover(v *visit.Visit) error {
	id, err := v.Command()
	if err != nil {
		return err
	}
	return do(v, casework.OpenPersonal{ID: id, Actor: v.Actor(), Ref: aiqyn.Reference(v.Path("ref")), Purpose: casework.Purpose(v.Field("purpose"))})
}
