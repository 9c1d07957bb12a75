package officer

import (
	"slices"

	"aiqyn"
	"aiqyn/casework"
	"aiqyn/web/show"
	"aiqyn/web/ui"
	"aiqyn/web/visit"
)

// appealForm is where an appeal is decided. What the facts do not allow cannot
// be chosen, and says why.
type appealForm struct {
	Action, Text string
	Outcome      ui.Radios
	Ground       ui.Textarea
	Signature    ui.Input
}

func newAppealForm(v *visit.Visit, c *casework.CaseView, faults []ui.FieldError) *appealForm {
	if !show.Can(c, "decide-appeal") || c.Appeal == nil {
		return nil
	}
	refused := c.Ruling != nil && slices.ContainsFunc(c.Ruling.Reasons, func(r casework.ReasonView) bool {
		return r.True && c.Hearing != nil && r.Reason.Name == c.Hearing.Reason.Name
	})
	f := &appealForm{
		Action: v.Href("desk", c.Ref, "appeal"), Text: c.Appeal.Text,
		Outcome: ui.Radios{Name: "outcome", Label: v.T("web.desk.appeal-outcome"), Error: faultOf(faults, "outcome")},
		Ground: ui.Textarea{
			Name: "ground", Label: v.T("web.desk.appeal-ground"), Hint: v.T("web.desk.appeal-ground-hint"), Rows: 4,
			Value: v.Field("ground"), Error: faultOf(faults, "ground"),
		},
		Signature: ui.Input{
			Name: evidenceName("signature", 1), Label: v.T("web.evidence.signature"), Hint: v.T("web.evidence.signature-hint"), Plain: true,
			Value: v.Field(evidenceName("signature", 1)), Error: faultOf(faults, evidenceName("signature", 1)),
		},
	}
	for _, o := range []struct {
		outcome casework.AppealOutcome
		allowed bool
	}{
		{casework.AppealUpheld, refused}, {casework.AppealAnnulled, c.Ruling != nil && c.Ruling.Grant}, {casework.AppealReturned, true},
	} {
		key := "web.desk.appeal-" + string(o.outcome)
		f.Outcome.Options = append(f.Outcome.Options, ui.Option{
			Value: string(o.outcome), Label: v.T(key), Hint: v.T(key + "-hint"), Disabled: !o.allowed, Checked: v.Field("outcome") == string(o.outcome),
		})
	}
	return f
}

// DecideAppeal ends an appeal, with a ground and under the officer's name.
func DecideAppeal(v *visit.Visit) error {
	id, err := v.Command()
	if err != nil {
		return err
	}
	return do(v, casework.DecideAppeal{
		ID: id, Actor: v.Actor(), Ref: aiqyn.Reference(v.Path("ref")), Outcome: casework.AppealOutcome(v.Field("outcome")),
		Ground: v.Field("ground"), Signature: v.Field(evidenceName("signature", 1)),
	})
}
