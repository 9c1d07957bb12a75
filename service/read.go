package service

import (
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"aiqyn"
	"aiqyn/deadline"
)

// reader turns the tree of a file into the types of this package. It checks
// what one part of a file can tell; what parts say about each other is
// checked afterwards ([checker]).
type reader struct {
	acts    map[string]Act
	missing map[string]bool // acts that a file was told of, "file act"
	same    map[string]bool // texts that may be the same in kk and ru; true once seen
}

// service reads one service.yaml.
func (r *reader) service(v value) *Service {
	f := v.fields("service", "kind", "title", "summary", "words", "law", "body", "object", "calendar", "cap",
		"visits", "retention", "sensitive", "fee", "ask", "look-up", "compute", "refuse", "suspend", "sign", "steps", "outcome", "follow", "bring", "only-follows", "queue", "auction", "objects", "territory")
	s := &Service{
		ID:          aiqyn.ServiceID(f.need("service").dotted()),
		Kind:        oneOf(f.need("kind"), aiqyn.Fact, aiqyn.Right, aiqyn.Share),
		Title:       r.text(f.need("title")),
		Summary:     r.text(f.need("summary")),
		Words:       r.text(f.get("words")),
		Law:         r.needLaw(f, "a service"),
		Body:        aiqyn.BodyID(f.need("body").name()),
		Object:      f.get("object").name(),
		Calendar:    f.need("calendar").name(),
		Cap:         int(f.get("cap").whole(1, 1000)),
		Visits:      int(f.get("visits").whole(0, 100)),
		Retention:   int(f.need("retention").whole(1, 36_525)),
		Sensitive:   f.get("sensitive").yes(),
		Fee:         r.fee(f.need("fee")),
		Outcome:     r.outcome(f.need("outcome")),
		Follow:      r.follow(f.get("follow")),
		OnlyFollows: f.get("only-follows").yes(),
		Queue:       r.queue(f.get("queue")),
		Auction:     r.auction(f.get("auction")),
		Objects:     r.objects(f.get("objects")),
		Territory:   condition(f.get("territory")),
	}
	for _, item := range f.get("bring").items() {
		s.Bring = append(s.Bring, r.brought(item))
	}
	s.Ask = r.questions(f.get("ask"), true)
	s.LookUps = r.lookUps(f.get("look-up"))
	s.Compute = r.computes(f.get("compute"))
	for _, item := range f.get("refuse").items() {
		s.Refuse = append(s.Refuse, r.reason(item))
	}
	for _, item := range f.get("suspend").items() {
		s.Suspend = append(s.Suspend, r.suspendReason(item))
	}
	for _, item := range f.need("steps").items() {
		if step := r.step(item); step != nil {
			s.Steps = append(s.Steps, step)
		}
	}
	for _, item := range f.get("sign").items() {
		name := item.name()
		if name != SignFiling && !slices.ContainsFunc(s.Steps, func(step *Step) bool { return string(step.Name) == name }) {
			item.fail("%q is neither the filing nor a step: nothing to sign", name)
		}
		s.Sign = append(s.Sign, name)
	}
	return s
}

// fee reads the official price, how it is paid and when it goes back.
func (r *reader) fee(v value) Fee {
	f := v.fields("amount", "law", "note", "pay", "refund")
	fee := Fee{Amount: f.need("amount").expression(), Law: r.needLaw(f, "a fee"), Note: r.text(f.get("note"))}
	if v := f.get("pay"); !v.absent() {
		p := v.fields("title", "within", "after", "law")
		fee.After = aiqyn.StepID(p.get("after").name())
		law := r.needLaw(p, "a time to pay")
		fee.Pay = &Step{
			Name: StepPayment, Title: r.text(p.need("title")), By: aiqyn.RoleApplicant, Law: law,
			Within: []Within{{Term: term(p.need("within").fields("days", "calendar")), Since: SinceOpened, Law: law}},
		}
	}
	for _, item := range f.get("refund").items() {
		g := item.fields("after", "reasons", "law")
		fee.Refunds = append(fee.Refunds, FeeRefund{
			After: oneOf(g.need("after"), aiqyn.Withdrawn, aiqyn.Refused, aiqyn.Annulled, aiqyn.Lapsed), Reasons: g.get("reasons").names(), Law: r.needLaw(g, "a refund"),
		})
	}
	return fee
}

// questions reads an ordered mapping of questions. What a citizen is asked
// needs a law of its own; what an officer records is covered by the step's.
func (r *reader) questions(v value, ofCitizen bool) []Question {
	var list []Question
	for name, item := range v.entries() {
		before := v.doc.problems.count()
		f := item.fields("type", "label", "hint", "law", "optional", "min", "max", "of", "when")
		q := Question{
			Name: keyed(item, name),
			Type: oneOf(f.need("type"), TypeText, TypeInteger, TypeKilowatt, TypeChoice, TypeYesNo,
				TypeDate, TypeCadastral, TypeIIN, TypeBIN, TypePhone, TypeInstitution),
			Label:    r.text(f.need("label")),
			Hint:     r.text(f.get("hint")),
			Optional: f.get("optional").yes(),
			Min:      f.get("min").whole(-1e15, 1e15),
			Max:      f.get("max").whole(-1e15, 1e15),
			Of:       r.choices(f.get("of")),
			When:     condition(f.get("when")),
		}
		if ofCitizen {
			q.Law = r.needLaw(f, "a question")
		} else {
			q.Law = r.law(f.get("law"))
		}
		if v.doc.problems.count() == before {
			checkBounds(f, q)
		}
		list = append(list, q)
	}
	return list
}

// keyed checks a name that stands as a key.
func keyed(v value, name string) string {
	if !nameShape.MatchString(name) {
		v.fail("name %q: want lower-case words joined by hyphens", name)
	}
	return name
}

// checkBounds holds a question to what its type needs and allows.
func checkBounds(f fields, q Question) {
	if f.absent() || q.Type == "" {
		return
	}
	switch counted := q.Type == TypeInteger || q.Type == TypeKilowatt; {
	case counted && (f.get("min").absent() || f.get("max").absent()):
		f.fail("a number needs min and max")
	case q.Type == TypeText && f.get("max").absent():
		f.fail("a text needs max, its length in letters")
	case !counted && q.Type != TypeText && !(f.get("min").absent() && f.get("max").absent()):
		f.fail("min and max belong to numbers and texts")
	case q.Min > q.Max:
		f.fail("min %d is above max %d", q.Min, q.Max)
	case q.Type == TypeText && (q.Min < 0 || q.Max < 1):
		f.fail("a text has at least one letter")
	case q.Type == TypeKilowatt && q.Min < 0:
		f.fail("power is not negative")
	}
	if q.Type == TypeChoice && len(q.Of) < 2 {
		f.fail("a choice needs at least two options")
	}
	if q.Type != TypeChoice && !f.get("of").absent() {
		f.fail("options belong to a choice")
	}
}

// choices reads options: a mapping each, or a plain value that is its own
// label in every language, such as I, II, III.
func (r *reader) choices(v value) []Choice {
	var list []Choice
	for _, item := range v.items() {
		var c Choice
		if item.node.Kind == yaml.ScalarNode {
			w := item.word()
			c = Choice{Value: w, Label: aiqyn.Text{KK: w, RU: w, EN: w}}
		} else {
			f := item.fields("value", "label", "hint")
			c = Choice{Value: f.need("value").word(), Label: r.text(f.need("label")), Hint: r.text(f.get("hint"))}
		}
		if slices.ContainsFunc(list, func(o Choice) bool { return o.Value == c.Value }) {
			item.fail("option %q is there already", c.Value)
		}
		list = append(list, c)
	}
	return list
}

func (r *reader) lookUps(v value) []LookUp {
	var list []LookUp
	for name, item := range v.entries() {
		f := item.fields("register", "of", "purpose")
		list = append(list, LookUp{
			Name: keyed(item, name), Register: f.need("register").dotted(),
			Of: f.need("of").name(), Purpose: r.text(f.need("purpose")),
		})
	}
	return list
}

func (r *reader) computes(v value) []Compute {
	var list []Compute
	for name, item := range v.entries() {
		f := item.fields("with", "from", "when")
		c := Compute{Name: keyed(item, name), With: f.need("with").word(), From: f.need("from").names(), When: condition(f.get("when"))}
		if base, version, ok := strings.Cut(c.With, "@"); c.With != "" &&
			(!ok || !dottedShape.MatchString(base) || strings.Trim(version, "0123456789") != "" || version == "") {
			f.get("with").fail("computation %q: want its name and version, such as grid.connection-points@1", c.With)
		}
		list = append(list, c)
	}
	return list
}

// condition reads a rule; it is compiled when all names are known.
func condition(v value) *Condition {
	if v.absent() {
		return nil
	}
	return &Condition{Expr: v.expression()}
}

func (r *reader) reason(v value) Reason {
	f := v.fields("reason", "text", "fix", "when", "law", "proof", "about")
	reason := Reason{
		Name: f.need("reason").name(), Text: r.text(f.need("text")), Fix: r.text(f.need("fix")),
		Law: r.needLaw(f, "a reason to refuse"), Proof: f.get("proof").name(), About: f.get("about").name(),
	}
	if c := condition(f.need("when")); c != nil {
		reason.When = *c
	}
	return reason
}

func (r *reader) suspendReason(v value) SuspendReason {
	f := v.fields("reason", "text", "ours", "steps", "law")
	s := SuspendReason{
		Name: f.need("reason").name(), Text: r.text(f.need("text")), Ours: f.get("ours").yes(),
		Law: r.needLaw(f, "a reason to stop the clock"),
	}
	for _, name := range f.get("steps").names() {
		s.Steps = append(s.Steps, aiqyn.StepID(name))
	}
	return s
}

func (r *reader) outcome(v value) Outcome {
	f := v.fields("document", "says", "reserves", "amount", "at", "other", "precedence", "valid", "law")
	o := Outcome{
		Document: r.text(f.need("document")), Reserves: f.get("reserves").dotted(),
		Amount: f.get("amount").expression(), At: f.get("at").expression(), Other: r.other(f.get("other")), Precedence: r.precedence(f.get("precedence")), Law: r.needLaw(f, "an outcome"),
	}
	for _, item := range f.get("says").items() {
		s := item.fields("when", "text")
		o.Says = append(o.Says, Statement{When: condition(s.get("when")), Text: r.text(s.need("text"))})
	}
	r.valid(f.get("valid"), &o)
	return o
}

// term reads the days of a mapping that may have more keys.
func term(f fields) deadline.Term {
	t := deadline.Term{
		Days: int(f.need("days").whole(1, 3660)),
		Unit: oneOf(f.need("calendar"), deadline.WorkingDays, deadline.CalendarDays),
	}
	if _, ok := f.byKey["cap"]; ok {
		t.Cap = int(f.get("cap").whole(1, 3660))
	}
	return t
}
