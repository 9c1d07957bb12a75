package service

import (
	"regexp"
	"slices"
	"strings"

	"aiqyn"
)

// pack reads pack.yaml. Acts and the list of same texts come first, for the
// texts and laws of everything else lean on them.
func (r *reader) pack(v value) *Pack {
	f := v.fields("pack", "version", "from", "acts", "registers", "bodies", "regions", "hold", "hearing", "appeal", "correction", "capacity", "competence", "same-in-kk-and-ru")
	for _, item := range f.get("same-in-kk-and-ru").items() {
		if s := item.sentence(); s != "" {
			r.same[s] = false
		}
	}
	p := &Pack{Name: f.need("pack").name(), Version: f.need("version").word(), From: f.need("from").date()}
	for id, item := range f.get("acts").entries() {
		a := item.fields("title", "source")
		act := Act{ID: id, Title: r.text(a.need("title")), Source: a.need("source").word()}
		p.Acts = append(p.Acts, act)
		r.acts[id] = act
	}
	for name, item := range f.get("registers").entries() {
		p.Registers = append(p.Registers, r.register(name, item))
	}
	for name, item := range f.need("bodies").entries() {
		p.Bodies = append(p.Bodies, r.body(name, item))
	}
	codes := map[string]bool{}
	for _, item := range f.need("regions").items() {
		p.Regions = append(p.Regions, r.region(item, codes, true))
	}
	if p.Hearing = r.hearing(f.get("hearing")); p.Hearing != nil && shorter(p.Hearing.Notice, p.Hearing.Object) {
		f.get("hearing").fail(unheardInTime)
	}
	p.Hold, p.Appeal = r.hold(f.get("hold")), r.appeal(f.get("appeal"), p.Bodies)
	p.Correction, p.Capacity = r.correction(f.get("correction")), r.capacity(f.get("capacity"))
	p.Competence = r.competence(f.get("competence"), codes)
	i := 0
	for _, item := range f.get("bodies").entries() {
		checkBody(item, p.Bodies[i], p.Bodies, codes)
		i++
	}
	return p
}

// appeal reads who hears appeals, and makes the step of it.
func (r *reader) appeal(v value, bodies []Body) *AppealRule {
	if v.absent() {
		return nil
	}
	f := v.fields("title", "body", "within", "decide", "law")
	a := &AppealRule{
		Body: aiqyn.BodyID(f.need("body").name()), Within: term(f.need("within").fields("days", "calendar")),
		Law: r.needLaw(f, "an appeal"),
	}
	if !hasBody(bodies, a.Body) {
		f.get("body").fail("body %q is not among the bodies of the pack", a.Body)
	}
	a.Step = &Step{
		Name: StepAppeal, Title: r.text(f.need("title")), By: aiqyn.RoleAppeals, Draw: true, Law: a.Law,
		Within:  []Within{{Term: term(f.need("decide").fields("days", "calendar")), Since: SinceOpened, Law: a.Law}},
		Silence: Silence{Then: SilenceEscalates, To: aiqyn.RoleHead, Law: a.Law},
	}
	return a
}

// correction reads by when errors are corrected, and makes the step of it.
func (r *reader) correction(v value) *CorrectionRule {
	if v.absent() {
		return nil
	}
	f := v.fields("title", "decide", "law")
	law := r.needLaw(f, "a correction")
	return &CorrectionRule{Law: law, Step: &Step{
		Name: StepCorrection, Title: r.text(f.need("title")), By: aiqyn.RoleHead, Law: law,
		Within:  []Within{{Term: term(f.need("decide").fields("days", "calendar")), Since: SinceOpened, Law: law}},
		Silence: Silence{Then: SilenceEscalates, To: aiqyn.RoleHead, Law: law},
	}}
}

func (r *reader) register(name string, v value) Register {
	f := v.fields("title", "fields", "answers", "parties")
	if !dottedShape.MatchString(name) {
		v.fail("name %q: want lower-case words joined by hyphens or dots", name)
	}
	reg := Register{Name: name, Title: r.text(f.need("title")), Answers: f.get("answers").names()}
	for _, item := range f.get("fields").items() {
		reg.Fields = append(reg.Fields, item.word())
	}
	for _, item := range f.get("parties").items() {
		path := item.dotted()
		if first, _, _ := strings.Cut(path, "."); !slices.Contains(reg.Fields, first) {
			item.fail("register %s has no field %q", name, first)
		}
		reg.Parties = append(reg.Parties, path)
	}
	return reg
}

func (r *reader) body(name string, v value) Body {
	f := v.fields("title", "region", "successor", "from", "to")
	return Body{
		ID: aiqyn.BodyID(keyed(v, name)), Title: r.text(f.need("title")), Region: f.get("region").word(),
		Successor: aiqyn.BodyID(f.get("successor").name()), From: f.get("from").date(), To: f.get("to").date(),
	}
}

// checkBody holds a body to the regions and bodies that the pack has.
func checkBody(v value, b Body, all []Body, codes map[string]bool) {
	if b.Region != "" && !codes[b.Region] {
		v.fail("region %s is not among the regions", b.Region)
	}
	if b.Successor != "" && (b.Successor == b.ID || !hasBody(all, b.Successor)) {
		v.fail("successor %q is not another body of the pack", b.Successor)
	}
	if !b.To.IsZero() && b.To.Before(b.From) {
		v.fail("the body ends before it begins")
	}
}

func hasBody(bodies []Body, id aiqyn.BodyID) bool {
	for _, b := range bodies {
		if b.ID == id {
			return true
		}
	}
	return false
}

var katoShape = regexp.MustCompile(`^\d{9}$`)

func (r *reader) region(v value, codes map[string]bool, first bool) Region {
	f := v.fields("code", "title", "districts")
	reg := Region{Code: f.need("code").word(), Title: r.text(f.need("title"))}
	if reg.Code != "" && !katoShape.MatchString(reg.Code) {
		f.get("code").fail("region code %q: want nine digits", reg.Code)
	}
	if codes[reg.Code] {
		f.get("code").fail("region %s is there already", reg.Code)
	}
	codes[reg.Code] = true
	if !first && !f.get("districts").absent() {
		f.fail("a district has no districts")
		return reg
	}
	for _, item := range f.get("districts").items() {
		reg.Districts = append(reg.Districts, r.region(item, codes, false))
	}
	return reg
}

// certificates reads certificates.yaml.
func (r *reader) certificates(v value, registers []Register) []Certificate {
	var list []Certificate
	f := v.fields("certificates")
	for id, item := range f.need("certificates").entries() {
		c := item.fields("title", "class", "reads", "law")
		cert := Certificate{
			ID: keyed(item, id), Title: r.text(c.need("title")),
			Class: oneOf(c.need("class"), Abolished, SelfIssued),
			Reads: c.need("reads").dotted(), Law: r.needLaw(c, "a certificate"),
		}
		if cert.Reads != "" && findRegister(registers, cert.Reads) == nil {
			c.get("reads").fail("register %q is not among the registers of the pack", cert.Reads)
		}
		list = append(list, cert)
	}
	return list
}

func findRegister(list []Register, name string) *Register {
	for i := range list {
		if list[i].Name == name {
			return &list[i]
		}
	}
	return nil
}
