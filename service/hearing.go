package service

import (
	"go.yaml.in/yaml/v3"

	"aiqyn"
	"aiqyn/deadline"
)

// Hearing is the notice before a refusal: АППК art. 73. A pack says it once; a service
// says its own, or why nobody is heard, only where another act does.
type Hearing struct {
	Text   aiqyn.Text    // what the applicant may do in it; may be empty
	Notice deadline.Term // at least this long between notice and refusal
	Object deadline.Term // within this long of the notice the applicant may object
	Law    aiqyn.Law
}

// heard reads the hearing that a step has of its own, or by which law it has none.
func (r *reader) heard(v value) (*Hearing, *aiqyn.Law) {
	if v.absent() || v.node.Kind != yaml.MappingNode || !says(v.node, "waived") {
		return r.hearing(v), nil
	}
	f := v.fields("waived", "law")
	law := r.needLaw(f, "a waiver of the hearing")
	if !f.get("waived").yes() {
		f.get("waived").fail("waived is true, or is left out and there is a hearing")
	}
	if law.Act != "" && law.Status != aiqyn.Confirmed {
		f.get("law").fail("nobody is left unheard unless a law says so that is confirmed")
	}
	return nil, &law
}

// says reports whether a mapping has a key.
func says(n *yaml.Node, key string) bool {
	for i := 0; i < len(n.Content); i += 2 {
		if n.Content[i].Value == key {
			return true
		}
	}
	return false
}

func (r *reader) hearing(v value) *Hearing {
	if v.absent() {
		return nil
	}
	f := v.fields("text", "notice", "object", "law")
	h := &Hearing{
		Notice: term(f.need("notice").fields("days", "calendar")),
		Object: term(f.need("object").fields("days", "calendar")),
		Law:    r.needLaw(f, "a hearing"),
	}
	if !f.get("text").absent() {
		h.Text = r.text(f.get("text"))
	}
	return h
}

// hearing gives the step that decides the pack's hearing, unless it has its own or none by
// a law of its own: nobody is refused unheard because a service forgot to say so.
func (c *checker) hearing(path string, step *Step) {
	own, usual := step.Hearing, c.pack.Hearing
	adverse := step.Decides && (step.By != aiqyn.RoleSystem || len(c.s.Refuse) > 0 && c.s.Kind != aiqyn.Fact)
	switch {
	case own != nil && shorter(own.Notice, own.Object):
		c.doc.fail(path+".hearing", unheardInTime)
	case own != nil && usual != nil && own.Law.Status == aiqyn.Proposal && (shorter(own.Notice, usual.Notice) || shorter(own.Object, usual.Object)):
		c.doc.fail(path+".hearing", "a proposal gives the applicant less time than the hearing of the pack")
	case own != nil || step.Unheard != nil || !adverse:
	case usual != nil:
		step.Hearing = usual
	case step.By == aiqyn.RoleSystem:
		c.doc.fail(path, "the step can refuse and has no hearing, nor has the pack")
	default:
		c.doc.fail(path, "an officer decides and there is no hearing before a refusal, nor has the pack one")
	}
}

const unheardInTime = "the applicant could still object when the refusal is already allowed"

// shorter reports whether a term is shorter than another of the same kind of days.
func shorter(a, b deadline.Term) bool { return a.Unit == b.Unit && a.Days < b.Days }
