package officer

import (
	"aiqyn"
	"aiqyn/casework"
	"aiqyn/web/ui"
	"aiqyn/web/visit"
)

// purposes asks what an officer uncovers people for.
func purposes(v *visit.Visit, faults []ui.FieldError) ui.Radios {
	r := ui.Radios{Name: "purpose", Label: v.T("web.desk.purpose"), Error: faultOf(faults, "purpose")}
	for _, p := range casework.Purposes {
		r.Options = append(r.Options, ui.Option{Value: string(p), Label: v.T("purpose." + string(p))})
	}
	return r
}

// Uncover shows whose case it is, once it is recorded what for.
func Uncover(v *visit.Visit) error {
	id, err := v.Command()
	if err != nil {
		return err
	}
	return do(v, casework.OpenPersonal{ID: id, Actor: v.Actor(), Ref: aiqyn.Reference(v.Path("ref")), Purpose: casework.Purpose(v.Field("purpose"))})
}
