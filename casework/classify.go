package casework

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"aiqyn"
	"aiqyn/access"
	"aiqyn/canonical"
	"aiqyn/deadline"
	"aiqyn/secrecy"
)

// What the public may see of the network is decided by acts in the log. A secrecy
// officer gives a class; one that hides more than before, or for longer, is in force
// only once an overseer has countersigned it, on a ground that is fresh. On its last
// day a class ends by itself: a job writes to its reviewer before, and writes down
// that it has ended.

// classified is a classification: asked for, in force, warned of, or ended.
type classified struct {
	secrecy.Classification
	Asked int64             // the entry that asked for it, if it took two
	Told  []aiqyn.OfficerID // to whom a warning was written, ascending; nil of warnings from before letters were
}

// classifiedText is how the log keeps it: names in their order.
type classifiedText struct {
	Asked     int64             `json:"asked,omitempty"`
	Attribute secrecy.Attribute `json:"attribute"`
	Class     secrecy.Class     `json:"class"`
	Ground    string            `json:"ground"`
	Issued    deadline.Date     `json:"issued,omitzero"`
	Item      string            `json:"item,omitempty"`
	Layer     secrecy.Layer     `json:"layer"`
	Reviewer  aiqyn.OfficerID   `json:"reviewer"`
	Roadmap   string            `json:"roadmap,omitempty"`
	Told      []aiqyn.OfficerID `json:"told,omitempty"`
	Until     deadline.Date     `json:"until"`
}

// MarshalJSON writes it as the log keeps it.
func (d classified) MarshalJSON() ([]byte, error) {
	return canonical.Encode(classifiedText{d.Asked, d.Attribute, d.Class, d.Ground, d.Issued, d.Item, d.Layer, d.Reviewer, d.Roadmap, d.Told, d.Until})
}

// UnmarshalJSON reads it, in whatever order its names are.
func (d *classified) UnmarshalJSON(b []byte) error {
	var text classifiedText
	if err := canonical.Decode(b, &text); err != nil {
		return err
	}
	*d = classified{secrecy.Classification{
		Subject: secrecy.Subject{Layer: text.Layer, Attribute: text.Attribute}, Class: text.Class, Ground: text.Ground, Issued: text.Issued,
		Item: text.Item, Roadmap: text.Roadmap, Until: text.Until, Reviewer: text.Reviewer,
	}, text.Asked, text.Told}
	return nil
}

// classify gives a subject a class, or asks for that.
type classify struct {
	apart
	Classify
	policy  secrecy.Policy
	given   []secrecy.Dated
	asked   []*event
	after   int64 // entry of the newest act that was seen when it was prepared
	reached bool  // the reviewer can sign in, and be written to
}

func (c *classify) prepare(ctx context.Context, e *Engine) error {
	if err := c.apart.prepare(ctx, e); err != nil {
		return err
	}
	acts, err := e.secrecyActs(ctx)
	if err != nil {
		return err
	}
	c.given = given(acts)
	c.policy, c.asked, c.after = secrecy.InForce(c.given, e.today()), waitingClasses(acts), newestAct(acts)
	_, c.reached, err = e.officerAccount(ctx, c.reviewer())
	return err
}

// reviewer is who is to review what is given, or what is confirmed.
func (c *classify) reviewer() aiqyn.OfficerID {
	if ev := c.waits(); ev != nil {
		return ev.data.(*classified).Reviewer
	}
	return c.Reviewer
}

// waits is what was asked for under the entry that the command names; nil if nothing is.
func (c *classify) waits() *event {
	if i := slices.IndexFunc(c.asked, func(ev *event) bool { return ev.index == c.Entry }); i >= 0 {
		return c.asked[i]
	}
	return nil
}

// may holds a class to the rules on the day: what it lacks, how old its ground is, and
// whether who reviews it is an officer who may and can be written to.
func (c *classify) may(t *turn, d secrecy.Classification) error {
	if err := d.Check(deadline.DateOf(t.now.In(t.e.Zone))); err != nil || d.Class == secrecy.Exact {
		return err
	}
	if !c.reached || !reviews(t.s.inForce(), d.Reviewer) {
		return aiqyn.E(aiqyn.Invalid, "error.class-reviewer").On("reviewer")
	}
	if last, ok := secrecy.Last(c.given, d.Subject); ok && c.policy.TakesTwo(d) {
		return d.Fresh(last.Classification)
	}
	return nil
}

func (e *Engine) today() deadline.Date { return deadline.DateOf(e.Clock().In(e.Zone)) }

func (c *classify) decide(t *turn) error {
	if done, err := c.once(t); done || err != nil {
		return err
	}
	if t.s.classed > c.after {
		return errStale
	}
	if c.Entry != 0 {
		return c.confirm(t)
	}
	if c.actor.Officer == "" || !access.Allowed(c.actor.Role, access.ActionClassify, access.None).OK {
		return aiqyn.E(aiqyn.Forbidden, "error.forbidden")
	}
	if err := c.may(t, c.Classification); err != nil {
		return err
	}
	kind := EventClassified
	if c.policy.TakesTwo(c.Classification) {
		kind = EventClassAsked
	}
	if c.Class == secrecy.Exact && c.policy.Of(c.Layer, c.Attribute) == secrecy.Exact {
		return aiqyn.E(aiqyn.Conflict, "error.class-open").On("subject")
	}
	t.classes(kind, c.actor, &classified{Classification: c.Classification})
	c.finish(t)
	return nil
}

// confirm countersigns what somebody of another role has asked for.
func (c *classify) confirm(t *turn) error {
	first := c.waits()
	if first == nil {
		return aiqyn.E(aiqyn.NotFound, "error.not-found").On("entry")
	}
	if err := t.countersigned(access.ActHide, first.actor, c.actor); err != nil {
		return err
	}
	d := *first.data.(*classified)
	if err := c.may(t, d.Classification); err != nil {
		return err
	}
	d.Asked = c.Entry
	t.classes(EventClassified, c.actor, &d)
	c.finish(t)
	return nil
}

// classes writes down an act about a class. Whatever was prepared before it is stale.
func (t *turn) classes(kind EventKind, by aiqyn.Actor, d *classified) {
	was := t.s.classed
	t.s.classed = t.emitSystem(kind, by, d).index
	t.undo = append(t.undo, func() { t.s.classed = was })
}

// newestAct is the entry of the last of some acts, −1 if there is none.
func newestAct(acts []*event) int64 {
	if len(acts) == 0 {
		return -1
	}
	return acts[len(acts)-1].index
}

// secrecyActs are all acts about classes, in the order of the log. They are read
// once; later ones are added as they come.
func (e *Engine) secrecyActs(ctx context.Context) ([]*event, error) {
	m := &e.classes
	m.mu.Lock()
	defer m.mu.Unlock()
	rows, err := e.Store.SecrecyActs(ctx, m.after())
	if err != nil {
		return nil, err
	}
	events, err := e.systemEvents(rows)
	if err != nil {
		return nil, err
	}
	m.acts = append(m.acts, events...)
	return slices.Clone(m.acts), nil
}

// classes are the acts about classes that have been read.
type classes struct {
	mu   sync.Mutex
	acts []*event
}

func (m *classes) after() int64 { return newestAct(m.acts) }

// given are the classifications that came into force.
func given(acts []*event) []secrecy.Dated {
	var list []secrecy.Dated
	for _, ev := range acts {
		if d, ok := ev.data.(*classified); ok && ev.kind == EventClassified {
			list = append(list, secrecy.Dated{Classification: d.Classification, Entry: ev.index, At: ev.at})
		}
	}
	return list
}

// waitingClasses are those that were asked for and wait for the second person; of
// each subject the newest, unless something came into force since.
func waitingClasses(acts []*event) []*event {
	newest := make(map[secrecy.Subject]*event)
	for _, ev := range acts {
		d := ev.data.(*classified)
		switch ev.kind {
		case EventClassAsked:
			newest[d.Subject] = ev
		case EventClassified:
			delete(newest, d.Subject)
		}
	}
	var list []*event
	for _, s := range secrecy.Subjects {
		if ev := newest[s]; ev != nil {
			list = append(list, ev)
		}
	}
	return list
}

// ClassView is one classification as pages show it.
type ClassView struct {
	secrecy.Dated
	By aiqyn.OfficerID
}

// SecrecyView is what is classified, what of that ends within [secrecy.WarnDays] days,
// what waits for a second person, and what was opened again, newest first.
type SecrecyView struct {
	InForce []ClassView
	Ending  []ClassView
	Waiting []ClassView
	Ended   []ClassView
}

// maxEnded bounds what the page shows of the past.
const maxEnded = 50

// Secrecy tells what is classified: anybody may know that.
func (e *Engine) Secrecy(ctx context.Context) (SecrecyView, error) {
	var out SecrecyView
	acts, err := e.secrecyActs(ctx)
	if err != nil {
		return out, err
	}
	view := func(ev *event) ClassView {
		d := ev.data.(*classified)
		return ClassView{secrecy.Dated{Classification: d.Classification, Entry: ev.index, At: ev.at}, ev.actor.Officer}
	}
	byEntry := make(map[int64]*event, len(acts))
	for _, ev := range acts {
		byEntry[ev.index] = ev
	}
	today := e.today()
	for _, d := range secrecy.InForce(given(acts), today).List() {
		c := view(byEntry[d.Entry])
		out.InForce = append(out.InForce, c)
		if d.EndsSoon(today) {
			out.Ending = append(out.Ending, c)
		}
	}
	for _, ev := range waitingClasses(acts) {
		out.Waiting = append(out.Waiting, view(ev))
	}
	for i := len(acts) - 1; i >= 0 && len(out.Ended) < maxEnded; i-- {
		if d := acts[i].data.(*classified); acts[i].kind == EventDeclassified || acts[i].kind == EventClassified && d.Class == secrecy.Exact {
			out.Ended = append(out.Ended, view(acts[i]))
		}
	}
	return out, nil
}

// policy is what is in force now.
func (e *Engine) policy(ctx context.Context) (secrecy.Policy, error) {
	acts, err := e.secrecyActs(ctx)
	return secrecy.InForce(given(acts), e.today()), err
}

// policyKey names a policy: it changes whenever what is in force does.
func policyKey(p secrecy.Policy) string {
	var b strings.Builder
	for _, d := range p.List() {
		fmt.Fprintf(&b, "/%d", d.Entry)
	}
	return b.String()
}

// since is when a policy became as strict as it is.
func since(p secrecy.Policy) (at time.Time) {
	for _, d := range p {
		if d.At.After(at) {
			at = d.At
		}
	}
	return at
}

// exactKind are publications of which the public sees another form: for auditors,
// and for making rulings again.
const exactKind = "capacity-exact"

// kind is the kind of snapshot that a publication is kept as.
func (d *capacityPublished) kind() string {
	if d.Public != "" {
		return exactKind
	}
	return capacityKind
}

// withhold makes what the public sees of a publication.
func (p *publishCapacity) withhold(ctx context.Context, e *Engine) error {
	p.public = nil
	if p.policy.Open() {
		return nil
	}
	var err error
	x := p.said.exact(mainsOf(e.Capacity.tables().Model))
	if x.Month, err = e.monthly(ctx, p.policy, p.said.Day, noEntry); err != nil {
		return err
	}
	p.public, err = publicSnapshot(p.said.Network, x, p.policy)
	return err
}

// exact is all of a publication; mains are the lines of the surveyed network.
func (p *publication) exact(mains []Main) Exact {
	return Exact{Day: p.Day, Trafos: p.Trafos, Feeders: p.Feeders, Mains: mains}
}

// withheld reports whether a published snapshot is not handed out now: the network,
// its places and its measurements while anything is classified, and publications
// from before it was.
func withheld(policy secrecy.Policy, kind string, added time.Time) bool {
	if policy.Open() {
		return false
	}
	switch kind {
	case networkKind, differenceKind, changeKind, placesKind, peaksKind, peaksFileKind, correctionsKind, correctionsFileKind:
		return true
	}
	return kind == capacityKind && added.Before(since(policy))
}
