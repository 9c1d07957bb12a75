package service

import (
	"fmt"
	"slices"
	"strings"

	"aiqyn"
	"aiqyn/deadline"
	"aiqyn/rule"
)

// Queue is how places of a share are waited for and given out. A case of such a
// service waits at the step Offer until a round offers it a place.
type Queue struct {
	Places string       // register of the institutions and their groups
	List   []string     // questions that name institutions, the one liked best first
	Offer  aiqyn.StepID // step in which the applicant answers an offer
	Answer string       // its record, yes or no
	Order  []string     // what ranks those who wait: tier, sibling, date or points, lottery
	Round  RoundKind    // by which places are shared out
	Fits   *Condition   // which groups of an institution suit; reads the group as [VarGroup]
	Bars   []Reason     // why somebody may not stand in it, tried when they apply
	Tiers  []Tier       // the first whose rule holds; the last has none
	Points []Criterion
	Quotas []PlaceQuota // at most two
	// Sibling says where a brother or sister is; nil: that ranks nobody.
	Sibling  *Sibling
	Reserves []PlaceReserve // in the order in which their seats are filled
	// OpenFirst fills the seats that nobody's are kept before the others.
	OpenFirst bool
	Stops     []Stop
	// Restore says how often an applicant may end a stop; nil: never.
	Restore *Restore
	Slots   *Slots // places have a time; nil: they have none
	// Transfer lets who waits move to another region and keep the first date; nil: not.
	Transfer *Transfer
	// Once says that who has a place never gets another; nil: they may ask for a
	// better one and keep theirs meanwhile.
	Once *Once
	Law  aiqyn.Law
}

// Transfer is the law by which somebody moves to another region with their date.
type Transfer struct{ Law aiqyn.Law }

// Once is the law by which somebody is given a place once in their life.
type Once struct{ Law aiqyn.Law }

// RoundKind is how a round shares out places.
type RoundKind string

// Kinds of round: places with quotas of their own, where everybody asks down their
// list; or one order for all places, where each in turn takes the best that is left.
const (
	RoundAccepting RoundKind = "deferred-acceptance"
	RoundSerial    RoundKind = "serial"
)

// Tier is a class of priority. It follows from what registers say, never from a paper.
type Tier struct {
	Name string
	Text aiqyn.Text
	When *Condition
	Law  aiqyn.Law
}

// StopAfter says what a stop follows.
type StopAfter string

// What a stop follows.
const (
	AfterDeclined StopAfter = "declined" // the applicant said no
	AfterExpired  StopAfter = "expired"  // and said nothing in time
)

// Stop is a time in which somebody gets no offer. It is policy with dates: that
// counts whose law is in force on the day.
type Stop struct {
	After StopAfter
	Term  deadline.Term
	Law   aiqyn.Law
}

// Restore lets an applicant end a stop themselves.
type Restore struct {
	Times  int
	Within deadline.Term // after the stop began
	Law    aiqyn.Law
}

// VarGroup is how the rule fits of a queue reads a group of an institution.
const VarGroup = "group"

// orderParts are what can rank those who wait.
var orderParts = []string{"tier", "sibling", "points", "date", "lottery"}

// BarOf is the first reason that holds on the facts why somebody may not stand in
// the queue; nil if none does.
func (q *Queue) BarOf(vars map[string]any) (*Reason, error) {
	return firstOf(q.Bars, vars)
}

// TierOf is the class of priority that holds on the facts: its place, 0 the first.
func (q *Queue) TierOf(vars map[string]any) (int, error) {
	for i, tier := range q.Tiers {
		if tier.When == nil {
			return i, nil
		}
		holds, err := tier.When.Program.Eval(vars)
		if err != nil {
			return 0, fmt.Errorf("tier %s: %w", tier.Name, err)
		}
		if holds {
			return i, nil
		}
	}
	return 0, fmt.Errorf("no tier holds")
}

// StopOn is the stop that follows on a day; nil if no policy in force has one.
func (q *Queue) StopOn(after StopAfter, day string) *Stop {
	for i, s := range q.Stops {
		if s.After == after && s.Law.From <= day && (s.Law.To == "" || day <= s.Law.To) {
			return &q.Stops[i]
		}
	}
	return nil
}

// Suits reports whether a group suits somebody, by the facts about them.
func (q *Queue) Suits(vars, group map[string]any) (bool, error) {
	if q.Fits == nil {
		return true, nil
	}
	read := make(map[string]any, len(vars)+1)
	for name, v := range vars {
		read[name] = v
	}
	read[VarGroup] = group
	return q.Fits.Program.Eval(read)
}

func (r *reader) queue(v value) *Queue {
	if v.absent() {
		return nil
	}
	f := v.fields("places", "list", "offer", "answer", "order", "round", "fits", "bar", "tiers", "points", "quotas", "sibling", "reserves", "precedence", "stop", "restore", "slots", "transfer", "once", "law")
	q := &Queue{
		Places: f.need("places").dotted(), List: f.need("list").names(), Offer: aiqyn.StepID(f.need("offer").name()), Answer: f.need("answer").name(),
		Fits: condition(f.get("fits")), Restore: r.restore(f.get("restore")), Slots: r.slots(f.get("slots")), Law: r.needLaw(f, "a queue"),
	}
	if t := f.get("transfer"); !t.absent() {
		q.Transfer = &Transfer{Law: r.needLaw(t.fields("law"), "a transfer")}
	}
	if o := f.get("once"); !o.absent() {
		q.Once = &Once{Law: r.needLaw(o.fields("law"), "a place once")}
	}
	for _, item := range f.need("order").items() {
		part := oneOf(item, orderParts...)
		if slices.Contains(q.Order, part) {
			item.fail("%q is in the order already", part)
		}
		q.Order = append(q.Order, part)
	}
	if q.Round = RoundAccepting; !f.get("round").absent() {
		q.Round = oneOf(f.get("round"), RoundAccepting, RoundSerial)
	}
	for _, item := range f.get("points").items() {
		q.Points = append(q.Points, r.criterion(item))
	}
	for _, item := range f.get("quotas").items() {
		q.Quotas = append(q.Quotas, r.placeQuota(item))
	}
	r.kept(q, f)
	for _, item := range f.get("bar").items() {
		q.Bars = append(q.Bars, r.reason(item))
	}
	for _, item := range f.need("tiers").items() {
		t := item.fields("tier", "text", "when", "law")
		q.Tiers = append(q.Tiers, Tier{Name: t.need("tier").name(), Text: r.text(t.need("text")), When: condition(t.get("when")), Law: r.needLaw(t, "a tier")})
	}
	for _, item := range f.get("stop").items() {
		s := item.fields("after", "days", "calendar", "law")
		q.Stops = append(q.Stops, Stop{After: oneOf(s.need("after"), AfterDeclined, AfterExpired), Term: term(s), Law: r.needLaw(s, "a stop")})
	}
	return q
}

func (r *reader) restore(v value) *Restore {
	if v.absent() {
		return nil
	}
	f := v.fields("times", "within", "law")
	return &Restore{
		Times: int(f.need("times").whole(1, 100)), Within: term(f.need("within").fields("days", "calendar")), Law: r.needLaw(f, "being restored"),
	}
}

// queue holds a queue to the rest of the service, once all names are known.
func (c *checker) queue() {
	q := c.s.Queue
	if q == nil {
		return
	}
	if c.s.Kind != aiqyn.Share {
		c.doc.fail("queue", "only a share is waited for: kind is %q", c.s.Kind)
	}
	if c.s.OnlyFollows || c.s.Fee.Pay != nil {
		c.doc.fail("queue", "a queue is entered by who applies, for nothing")
	}
	if findRegister(c.pack.Registers, q.Places) == nil {
		c.doc.fail("queue.places", "register %q is not among the registers of the pack", q.Places)
	}
	for _, name := range q.List {
		if question, ok := c.s.Question(name); !ok || question.Type != TypeInstitution {
			c.doc.fail("queue.list", "there is no question %q for an institution", name)
		}
	}
	c.offer(q)
	if !keepsOrder(q.Order) {
		c.doc.fail("queue.order", "want tier, then sibling, then date or points, then lottery; lottery is always the last")
	}
	c.queueRules(q)
	c.points(q)
	c.kept(q)
	c.slots(q.Slots)
}

// keepsOrder reports whether an order is one that a queue can be kept in.
func keepsOrder(order []string) bool {
	if i := slices.Index(order, "sibling"); i >= 0 {
		if i != 1 {
			return false
		}
		order = slices.Delete(slices.Clone(order), 1, 2)
	}
	n := len(order)
	return n > 0 && n <= 3 && order[n-1] == "lottery" && (n == 1 || order[0] == "tier")
}

// offer holds the step of the offer to what an answer is.
func (c *checker) offer(q *Queue) {
	step := findStepIn(c.s.Steps, q.Offer)
	if step == nil || len(c.s.Steps) < 2 || c.s.Steps[0] != step || step.By != aiqyn.RoleApplicant || step.When != nil || step.Again != nil {
		c.doc.fail("queue.offer", "the first step, always taken by the applicant, answers the offer")
		return
	}
	if answer, ok := findQuestion(step.Records, q.Answer); !ok || answer.Type != TypeYesNo || answer.Optional || answer.When != nil {
		c.doc.fail("queue.answer", "step %q records no %q that is always yes or no", q.Offer, q.Answer)
	}
}

func findStepIn(steps []*Step, name aiqyn.StepID) *Step {
	if i := slices.IndexFunc(steps, func(s *Step) bool { return s.Name == name }); i >= 0 {
		return steps[i]
	}
	return nil
}

// queueRules compiles what is asked of the facts.
func (c *checker) queueRules(q *Queue) {
	seen := map[string]bool{}
	for i := range q.Bars {
		c.condition(fmt.Sprintf("queue.bar[%d].when", i), &q.Bars[i].When, "it bars nobody")
		if name := q.Bars[i].Name; seen[name] {
			c.doc.fail(fmt.Sprintf("queue.bar[%d]", i), "reason %q is there already", name)
		}
		seen[q.Bars[i].Name] = true
	}
	last := len(q.Tiers) - 1
	for i := range q.Tiers {
		path := fmt.Sprintf("queue.tiers[%d]", i)
		c.condition(path+".when", q.Tiers[i].When, "nobody is of the tier")
		switch {
		case q.Tiers[i].When == nil && i < last:
			c.doc.fail(path, "the tiers after this one never hold")
		case q.Tiers[i].When != nil && i == last:
			c.doc.fail(path, "the last tier must hold always")
		}
	}
	if len(q.Tiers) > 64 {
		c.doc.fail("queue.tiers", "64 tiers are the most")
	}
	if q.Fits != nil {
		c.scope[VarGroup] = rule.Map
		c.envs = map[int]*rule.Env{}
		c.condition("queue.fits", q.Fits, "no group suits anybody")
		delete(c.scope, VarGroup)
		c.envs = map[int]*rule.Env{}
	}
}

// Waits reports whether a question is one of a queue that names an institution.
func (s *Service) Waits(question string) bool {
	return s.Queue != nil && slices.Contains(s.Queue.List, question)
}

// IsInstitution reports whether a text can be the name of an institution in its
// register.
func IsInstitution(name string) bool {
	return name != "" && len(name) <= 64 && strings.Trim(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-") == ""
}
