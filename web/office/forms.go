package office

import (
	"strconv"
	"strings"

	"aiqyn"
	"aiqyn/casework"
	"aiqyn/deadline"
	"aiqyn/web/ui"
	"aiqyn/web/visit"
)

func reference(v *visit.Visit) aiqyn.Reference {
	return aiqyn.Reference(strings.ToUpper(value(v, "ref")))
}

// askErase is for both who erase a case: who asks, and who confirms.
func askErase(v *visit.Visit, p *taskPage) error {
	p.Danger, p.Fields = true, []ui.Field{input(v, "ref"), area(v, "ground")}
	return nil
}

func sendErase(v *visit.Visit, id aiqyn.CommandID) (any, error) {
	return casework.Erase{ID: id, Actor: v.Actor(), Ref: reference(v), Ground: v.Field("ground")}, nil
}

// askReduce is for both who withdraw what was published as free of a transformer.
func askReduce(v *visit.Visit, p *taskPage) error {
	p.Danger, p.Fields = true, []ui.Field{input(v, "trafo"), area(v, "ground")}
	return nil
}

func sendReduce(v *visit.Visit, id aiqyn.CommandID) (any, error) {
	trafo, err := number(v, "trafo")
	return casework.ReduceMargin{ID: id, Actor: v.Actor(), Trafo: int(trafo), Ground: v.Field("ground")}, err
}

// askReport is for both who erase what a report says.
func askReport(v *visit.Visit, p *taskPage) error {
	p.Danger, p.Fields = true, []ui.Field{input(v, "entry"), area(v, "ground")}
	return nil
}

func sendReport(v *visit.Visit, id aiqyn.CommandID) (any, error) {
	entry, err := number(v, "entry")
	return casework.EraseReport{ID: id, Actor: v.Actor(), Entry: entry, Ground: v.Field("ground")}, err
}

func askPublish(v *visit.Visit, p *taskPage) error {
	from, file := input(v, "from"), input(v, "files")
	from.Input.Type, from.Input.Hint = "date", v.T("web.office.from-hint", "n", casework.PackNotice)
	file.Input.Type, file.Input.Hint, file.Input.Value = "file", v.T("web.office.files-hint"), ""
	p.Files, p.Fields = true, []ui.Field{file, from, signature(v)}
	return nil
}

func sendPublish(v *visit.Visit, id aiqyn.CommandID) (any, error) {
	from, err := day(v, "from")
	if err != nil {
		return nil, err
	}
	files, err := sentPack(v)
	return casework.Publish{ID: id, Actor: v.Actor(), Files: files, From: from, Signature: v.Field("signature")}, err
}

// askSign shows what the second publisher signs: what lies here.
func askSign(v *visit.Visit, p *taskPage) error {
	pack, from := value(v, "pack"), value(v, "from")
	signed, err := v.Engine.SignedPacks(v.Context(), v.Actor())
	if err != nil {
		return err
	}
	for _, s := range signed {
		if s.Hash == pack && s.From.String() == from {
			p.Rows = packRows(v, s)
		}
	}
	if p.Rows == nil {
		return aiqyn.E(aiqyn.NotFound, "error.not-found")
	}
	p.Hidden, p.Fields = []ui.Hidden{{Name: "pack", Value: pack}, {Name: "from", Value: from}}, []ui.Field{signature(v)}
	return nil
}

func sendSign(v *visit.Visit, id aiqyn.CommandID) (any, error) {
	from, err := day(v, "from")
	if err != nil {
		return nil, err
	}
	files, err := v.Engine.PackFiles(v.Context(), v.Field("pack"))
	return casework.Publish{ID: id, Actor: v.Actor(), Files: files, From: from, Signature: v.Field("signature")}, err
}

// choose asks for one of the rosters.
func choose(v *visit.Visit) (ui.Field, error) {
	rosters, err := v.Engine.Rosters(v.Context(), v.Actor())
	r := &ui.Radios{Name: "roster", Label: v.T("web.office.roster")}
	for _, one := range rosters {
		key := rosterKey(one)
		r.Options = append(r.Options, ui.Option{Value: key, Label: rosterName(v, one), Checked: v.Field("roster") == key})
	}
	return ui.Field{Radios: r}, err
}

// anInstitution is what a form calls the roster of an institution that has none yet: which
// there are, their registers know.
const anInstitution = "institution"

func rosterKey(r casework.RosterView) string { return string(r.Role) + "/" + string(r.Body) }

// chosen is the roster that a form names.
func chosen(v *visit.Visit, id aiqyn.CommandID) (casework.Roster, error) {
	out := casework.Roster{ID: id, Actor: v.Actor()}
	rosters, err := v.Engine.Rosters(v.Context(), v.Actor())
	if err != nil {
		return out, err
	}
	for _, r := range rosters {
		if rosterKey(r) != v.Field("roster") {
			continue
		}
		out.Role, out.Body = r.Role, r.Body
		return out, nil
	}
	if v.Field("roster") == anInstitution {
		out.Role, out.Body = aiqyn.RoleInstitution, aiqyn.BodyID(v.Field(anInstitution))
		for _, r := range rosters {
			if r.Role == out.Role && r.Body == out.Body {
				return out, aiqyn.E(aiqyn.Conflict, "error.institution-listed").On(anInstitution)
			}
		}
		return out, nil
	}
	return out, aiqyn.E(aiqyn.Invalid, "error.answer-choice").On("roster")
}

// askEnrol puts somebody on a roster, and on the list of officers.
func askEnrol(v *visit.Visit, p *taskPage) error {
	rosters, err := choose(v)
	rosters.Radios.Options = append(rosters.Radios.Options, ui.Option{Value: anInstitution, Label: v.T("web.office.an-institution"), Checked: v.Field("roster") == anInstitution})
	p.Fields = []ui.Field{rosters, input(v, anInstitution), input(v, "officer"), input(v, "name"), input(v, "iin"), input(v, "phone")}
	p.Fields[1].Input.Hint, p.Fields[2].Input.Hint = v.T("web.office.institution-hint"), v.T("web.office.officer-hint")
	return err
}

func sendEnrol(v *visit.Visit, id aiqyn.CommandID) (any, error) {
	r, err := chosen(v, id)
	if err != nil {
		return nil, err
	}
	officer := aiqyn.OfficerID(v.Field("officer"))
	if officer == "" {
		return nil, aiqyn.E(aiqyn.Invalid, "error.officer-id").On("officer")
	}
	r.Persons = map[aiqyn.OfficerID]aiqyn.PersonID{officer: aiqyn.PersonID(v.Field("iin"))}
	r.Enrol = casework.Enrolment{Officer: officer, Name: v.Field("name"), Phone: v.Field("phone")}
	return r, nil
}

// askRemove takes somebody off a roster. What was drawn stays drawn, and they sign in no more.
func askRemove(v *visit.Visit, p *taskPage) error {
	rosters, err := choose(v)
	p.Fields = []ui.Field{rosters, input(v, "officer")}
	return err
}

func sendRemove(v *visit.Visit, id aiqyn.CommandID) (any, error) {
	r, err := chosen(v, id)
	if err != nil {
		return nil, err
	}
	if r.Leaves = aiqyn.OfficerID(v.Field("officer")); r.Leaves == "" {
		return nil, aiqyn.E(aiqyn.Invalid, "error.officer-id").On("officer")
	}
	return r, nil
}

func askAttest(v *visit.Visit, p *taskPage) error {
	h, err := v.Engine.Head(v.Context())
	if err != nil {
		return err
	}
	size := input(v, "size")
	if size.Input.Value == "" {
		size.Input.Value = strconv.FormatInt(h.Size, 10)
	}
	p.Fields = []ui.Field{size, radios(v, "sound", "yes", "no"), area(v, "text"), signature(v)}
	return nil
}

func sendAttest(v *visit.Visit, id aiqyn.CommandID) (any, error) {
	size, err := number(v, "size")
	if err != nil {
		return nil, err
	}
	sound := v.Field("sound")
	if sound != "yes" && sound != "no" {
		return nil, aiqyn.E(aiqyn.Invalid, "error.answer-choice").On("sound")
	}
	return casework.Attest{ID: id, Actor: v.Actor(), Size: size, Sound: sound == "yes", Text: v.Field("text"), Signature: v.Field("signature")}, nil
}

func askOpen(v *visit.Visit, p *taskPage) error {
	p.Fields = []ui.Field{input(v, "ref")}
	return nil
}

// Open leads to a case by its reference.
func Open(v *visit.Visit) error { return v.Go("office", "cases", reference(v)) }

func askHold(v *visit.Visit, p *taskPage) error {
	until := input(v, "until")
	until.Input.Type, until.Input.Hint = "date", v.T("web.office.until-hint")
	p.Fields = []ui.Field{input(v, "ref"), area(v, "ground"), until}
	return nil
}

func sendHold(v *visit.Visit, id aiqyn.CommandID) (any, error) {
	h := casework.Hold{ID: id, Actor: v.Actor(), Ref: reference(v), Ground: v.Field("ground")}
	if v.Field("until") == "" {
		return h, nil
	}
	var err error
	h.Until, err = day(v, "until")
	return h, err
}

func askLift(v *visit.Visit, p *taskPage) error {
	p.Fields = []ui.Field{input(v, "ref"), area(v, "ground")}
	return nil
}

func sendLift(v *visit.Visit, id aiqyn.CommandID) (any, error) {
	return casework.Hold{ID: id, Actor: v.Actor(), Ref: reference(v), Ground: v.Field("ground"), Lift: true}, nil
}

// askGlass asks to see a person in the clear; a second person answers.
func askGlass(v *visit.Visit, p *taskPage) error {
	p.Fields = []ui.Field{input(v, "ref"), area(v, "ground")}
	return nil
}

func sendGlass(v *visit.Visit, id aiqyn.CommandID) (any, error) {
	return casework.AskGlass{ID: id, Actor: v.Actor(), Ref: reference(v), Ground: v.Field("ground")}, nil
}

func askOpenGlass(v *visit.Visit, p *taskPage) error {
	asked, err := v.Engine.GlassesAsked(v.Context(), v.Actor())
	if err != nil {
		return err
	}
	for _, g := range asked {
		if g.Ref == reference(v) {
			p.Rows = glassRows(v, g)
		}
	}
	if p.Rows == nil {
		return aiqyn.E(aiqyn.NotFound, "error.glass-not-asked")
	}
	p.Hidden, p.Fields = []ui.Hidden{{Name: "ref", Value: string(reference(v))}}, []ui.Field{signature(v)}
	return nil
}

func sendOpenGlass(v *visit.Visit, id aiqyn.CommandID) (any, error) {
	return casework.OpenGlass{ID: id, Actor: v.Actor(), Ref: reference(v), Signature: v.Field("signature")}, nil
}

func number(v *visit.Visit, name string) (int64, error) {
	n, err := strconv.ParseInt(v.Field(name), 10, 64)
	if err != nil {
		return 0, aiqyn.E(aiqyn.Invalid, "error.answer-type").On(name).Because(err)
	}
	return n, nil
}

func day(v *visit.Visit, name string) (deadline.Date, error) {
	d, err := deadline.ParseDate(v.Field(name))
	if err != nil {
		return d, aiqyn.E(aiqyn.Invalid, "error.answer-type").On(name).Because(err)
	}
	return d, nil
}
