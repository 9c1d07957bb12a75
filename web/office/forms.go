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
