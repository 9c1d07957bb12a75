package casework

import (
	"context"
	"strconv"

	"aiqyn"
	"aiqyn/canonical"
	"aiqyn/registry"
	"aiqyn/secrecy"
	"aiqyn/service"
)

// Wish is a load that somebody thinks of connecting: at a parcel, or where that
// is empty at a place in degrees.
type Wish struct {
	Parcel   string
	Lon, Lat float64
	KW       int64
	// What an application would answer, by question; may be empty.
	Answers map[string]string
}

// Wished is what it would take, as of now: the computation that an application
// would be held against.
type Wished struct {
	Points *PointsView
	Parcel string
	At     Spot
	Area   []Spot // ring of the parcel; empty for a place alone
	// Sources is how many independent ones feed the points that have room; Needed how
	// many the category asks for; Unknown how many transformers of others there are within
	// reach of which nobody knows the load, where those that have room are too few.
	Sources, Needed, Unknown int

	Days int // for how long power would be held
}

// ConnectionPoints tells where a load could be connected and at what cost, with
// what is held at this moment. It says nothing of anybody: of a parcel only
// where it lies is read.
func (e *Engine) ConnectionPoints(ctx context.Context, w Wish) (Wished, error) {
	out, s, err := e.searchFor(ctx, w)
	if err != nil {
		return out, err
	}
	if out.Points = pointsOf(s.answer); out.Points != nil {
		withhold(out.Points, s.policy)
	}
	err = e.wishedTerms(s.svc, s.answers, s.b, &out)
	if !s.policy.Open() {
		out.Unknown = 0 // what nobody knows is for officers then
	}
	return out, err
}

// wishSearch is a search for connection points before anybody has applied.
type wishSearch struct {
	policy  secrecy.Policy
	svc     *service.Service
	answers map[string]any
	b       *Binding
	answer  []byte
}

// searchFor searches as an application would.
func (e *Engine) searchFor(ctx context.Context, w Wish) (out Wished, s wishSearch, err error) {
	c := e.Capacity
	if c == nil {
		return out, s, aiqyn.E(aiqyn.Unavailable, "error.no-network")
	}
	if s.policy, err = e.policy(ctx); err != nil {
		return out, s, err
	}
	if pointsTell(s.policy) {
		return out, s, aiqyn.E(aiqyn.Conflict, "error.wish-classified")
	}
	svc, comp, load := e.pointsComputation()
	if comp.Bind == nil {
		return out, s, aiqyn.E(aiqyn.Unavailable, "error.no-network")
	}
	if lo, hi := max(load.Min, 1), load.Max; w.KW < lo || hi != 0 && w.KW > hi {
		return out, s, aiqyn.E(aiqyn.Invalid, "error.answer-range", "min", lo, "max", hi).On("kw")
	}
	out, x, y, err := e.wishedPlace(ctx, w)
	if err != nil {
		return out, s, err
	}
	if s.answers, err = e.wishedAnswers(svc, w); err != nil {
		return out, s, err
	}
	s.svc, s.b = svc, &Binding{Values: map[string]any{"place": map[string]any{"x": x, "y": y}}, Capacity: c, Rule: e.Pack().Capacity, Snapshot: e.snapshots,
		Filed: e.Clock(), Window: e.capacityRule().Window, Zone: e.Zone, Published: e.publishedWith}
	for name, v := range s.answers {
		s.b.Values[name] = v
	}
	if err := comp.Bind(s.b); err != nil {
		return out, s, err
	}
	if s.answer = s.b.Output; s.answer == nil {
		s.answer, err = comp.Run(s.b.Input, e.snapshots)
	}
	return out, s, err
}

// pointsTell reports whether answers to enough questions would tell what is
// classified: points lie along lines and beside transformers, and the loads that
// they take add up to what is free.
func pointsTell(p secrecy.Policy) bool {
	return p.Of(secrecy.Capacity, secrecy.Free) != secrecy.Exact || p.Of(secrecy.Lines, secrecy.Place) != secrecy.Exact ||
		p.Of(secrecy.Transformers, secrecy.Place) != secrecy.Exact || p.Of(secrecy.Substations, secrecy.Place) != secrecy.Exact
}

// withhold leaves out what reinforcing would take where the rated power is
// hidden: it names the transformer to replace, and its price tells which it is.
func withhold(points *PointsView, p secrecy.Policy) {
	if p.Of(secrecy.Transformers, secrecy.Name) != secrecy.Exact || p.Of(secrecy.Substations, secrecy.Name) != secrecy.Exact {
		points.Ask = AskView{} // whose it is would tell which it is
	}
	small, _, _ := p.Effective(secrecy.Transformers)
	large, _, _ := p.Effective(secrecy.Substations)
	if small == secrecy.Exact && large == secrecy.Exact {
		return
	}
	points.Upgrade = nil
	for i := range points.Rejected {
		points.Rejected[i].Reinforce = nil
	}
	for i := range points.Feasible {
		points.Feasible[i].Reinforce = nil
	}
}

// WishQuestions are those of the application, besides place and load, that bear on
// where and for how long power can be had: choices that the computation reads, or that
// the time depends on.
func (e *Engine) WishQuestions() []service.Question {
	svc, _, _ := e.pointsComputation()
	if svc == nil {
		return nil
	}
	var list []service.Question
	for _, q := range svc.Ask {
		if q.Type == service.TypeChoice {
			list = append(list, q)
		}
	}
	return list
}

// WishApplication is the service by which what was thought of is applied for, and what
// its application would answer so far, by question.
func (e *Engine) WishApplication(w Wish) (aiqyn.ServiceID, map[string]string) {
	svc, _, load := e.pointsComputation()
	if svc == nil {
		return "", nil
	}
	answers := make(map[string]string)
	for name, answer := range w.Answers {
		if answer != "" {
			answers[name] = answer
		}
	}
	for _, q := range svc.Ask {
		if q.Type == service.TypeCadastral && w.Parcel != "" {
			answers[q.Name] = w.Parcel
		}
	}
	if w.KW > 0 {
		answers[load.Name] = strconv.FormatInt(w.KW, 10)
	}
	return svc.ID, answers
}

// wishedAnswers reads what an application would answer. What is not said is left out,
// and a choice that would not be asked at this load is an error, as it would be there.
func (e *Engine) wishedAnswers(svc *service.Service, w Wish) (map[string]any, error) {
	answers := map[string]any{"load": w.KW}
	for _, q := range e.WishQuestions() {
		text := w.Answers[q.Name]
		if text == "" {
			continue
		}
		v, err := e.value(q, text)
		if err != nil {
			return nil, err
		}
		answers[q.Name] = v
	}
	return answers, e.checkVoltage(svc, e.Pack().Hash(), answers, w.Answers)
}

// wishedTerms adds what the category and the time would come to.
func (e *Engine) wishedTerms(svc *service.Service, answers map[string]any, b *Binding, out *Wished) error {
	vars := e.answerVars(svc, answers, "")
	term, err := svc.Outcome.ValidFor(vars)
	if err != nil {
		return err
	}
	out.Days = term.Days
	out.Needed = 1
	if answers["category"] == nil {
		return nil
	}
	for _, c := range svc.ComputeOrder() {
		if !ofSources(c.With) {
			continue
		}
		if needed, err := neededBy(&c, vars); err != nil {
			return err
		} else if !needed {
			continue
		}
		out.Needed = 2
		if out.Sources, out.Unknown, err = e.countSources(c.With, b); err != nil {
			return err
		}
	}
	return nil
}

// countSources counts as a case would be: by the computation that the service names.
func (e *Engine) countSources(with string, b *Binding) (sources, unknown int, err error) {
	b.Input, b.Output = nil, nil
	if err := e.Computations[with].Bind(b); err != nil || b.Output == nil {
		return 0, 0, err
	}
	var out struct {
		Sources int   `json:"sources"`
		Unknown []int `json:"unknown"`
	}
	err = canonical.Unmarshal(b.Output, &out)
	return out.Sources, len(out.Unknown), err
}

// pointsComputation is the service and the computation by which the pack in force gives
// power, and the question for how much of it.
func (e *Engine) pointsComputation() (*service.Service, Computation, service.Question) {
	for _, svc := range e.Pack().Services {
		if svc.Outcome.Reserves != shareCapacity {
			continue
		}
		q, _ := svc.Asked()
		for _, c := range svc.ComputeOrder() {
			if comp := e.Computations[c.With]; ofSearch(c.With) {
				return svc, comp, q
			}
		}
	}
	return nil, Computation{}, service.Question{}
}

// wishedPlace is where the load would be, also in the network's coordinates.
func (e *Engine) wishedPlace(ctx context.Context, w Wish) (out Wished, x, y float64, err error) {
	m := e.Capacity.tables().Model
	if w.Parcel == "" {
		var ok bool
		if x, y, ok = m.PlaneOf(w.Lon, w.Lat); !ok {
			return out, 0, 0, aiqyn.E(aiqyn.Invalid, "error.wish-place").On("at")
		}
		mx, my := m.Millimetres(x, y)
		out.At = Spot{mx, my}
		return out, x, y, nil
	}
	number, err := registry.ParseCadastral(w.Parcel, e.Practice)
	if err != nil {
		return out, 0, 0, aiqyn.E(aiqyn.Invalid, "error.answer-type").On("parcel").Because(err)
	}
	read, err := e.Registers.Read(ctx, registry.Query{Register: registry.ParcelRegister, Key: string(number), Purpose: "wish", Actor: aiqyn.System})
	if err != nil {
		return out, 0, 0, err
	}
	var p registry.Parcel
	if !read.Found || canonical.Unmarshal(read.Value, &p) != nil {
		return out, 0, 0, aiqyn.E(aiqyn.NotFound, "error.wish-parcel").On("parcel")
	}
	out.Parcel = string(number)
	mx, my := m.Millimetres(p.X, p.Y)
	out.At = Spot{mx, my}
	if len(p.Polygon) >= 3 {
		for _, corner := range p.Polygon {
			cx, cy := m.Millimetres(corner[0], corner[1])
			out.Area = append(out.Area, Spot{cx, cy})
		}
	}
	return out, p.X, p.Y, nil
}
