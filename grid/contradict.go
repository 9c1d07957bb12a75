package grid

import (
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"math"
	"slices"
	"time"

	"aiqyn"
	"aiqyn/canonical"
)

// Verdict is what became of an application for power, as far as it is known: on
// which network it was decided, and how much was reserved on the trees around.
type Verdict struct {
	At        time.Time
	LoadW     int64  // 0: not known
	Network   string // hash; empty: not known, as of a former system
	ReservedW int64
	Consent   bool   // it was refused for want of the consent of whoever owns the transformer
	Demand    int    // how much more than one source the reliability category asks for; 0: not known
	Sites     []Site // transformers that it was about, the nearest first; nil: not known
}

// Site is what bounded the power under one transformer when a verdict was given.
type Site struct {
	// Consent says that it is somebody else's who had not agreed: what was free there was not to be had.
	Consent bool  `json:"consent,omitempty"`
	DrawnW  int64 `json:"drawn_w"` // what the loads of the network draw on its tree
	// FreeW is what could still be drawn at its busbar, −1 without limit; nil: not noted, as
	// of grants, and of refusals from before it was.
	FreeW     *int64 `json:"free_w,omitempty"`
	Path      string `json:"path"`       // hash of what is between it and its source, and of the limits
	ReservedW int64  `json:"reserved_w"` // on its tree
	Trafo     int    `json:"trafo"`
}

// MaxSites is how many transformers one verdict is about at most. A refusal that
// names as many may have been about more.
const MaxSites = 64

// Change is what was different when power was granted, without there being more of
// it built or given back. Also words of the catalogue: web.flips.change-….
type Change string

// Changes that do not excuse.
const (
	ChangeNone     Change = ""
	ChangeMeasured Change = "measured" // less is drawn, by what was measured since
	// By what the refusal itself has noted there was room enough, or none for what was given:
	ChangeNetwork  Change = "network"  // another network between the transformer and its source
	ChangeReturned Change = "returned" // less is reserved on its tree
	ChangeLess     Change = "less"     // less was asked for
	// Whoever owns the transformer had not agreed, and then power was given there:
	ChangeConsent Change = "consent"
	// Less was asked for, and nothing shows what was free, as of a former system:
	ChangeSmaller Change = "smaller"
)

// ChangeBrought is that nothing but another network excuses a grant: it does, unless
// somebody is known to have brought that network.
const ChangeBrought Change = "brought"

// Equal reports whether two verdicts have noted the same of a transformer.
func (s Site) Equal(of Site) bool {
	known := (s.FreeW == nil) == (of.FreeW == nil) && (s.FreeW == nil || *s.FreeW == *of.FreeW)
	s.FreeW, of.FreeW = nil, nil
	return known && s == of
}

// Contradicts reports whether a grant contradicts the refusal of the same object, or
// of an object within reach of the same transformer: it came later, for no less power
// and no lower category, and nothing shows that there was more room by then. More
// room is what was built or changed between the transformer and its source, or less
// that is reserved on its tree. That less was measured is no more room built: it is
// named. Nor is it room that whoever owns the transformer agreed to one and not to
// another: that is named, whatever else has changed. What a former system claims shows
// nothing, so that less was asked for is named too.
//
// Where the refusal has noted how much was free, that decides: if it was enough, no change
// excuses it; else another network does, what was given back, or a smaller load that would
// have fitted. Where less was measured as well, what was given back must make up for what
// was lacking.
//
// What nothing but another network excuses is told as [ChangeBrought], and false: whoever
// knows by which act that network came into force may name it.
func Contradicts(refused, granted Verdict) (Change, bool) {
	less := refused.LoadW > 0 && granted.LoadW > 0 && granted.LoadW < refused.LoadW
	switch {
	case !granted.At.After(refused.At):
		return "", false
	case less && !refused.notes() && refused.Network != "":
		return "", false
	case refused.Demand > 0 && granted.Demand > 0 && granted.Demand < refused.Demand:
		return "", false
	case refused.Network == "" || granted.Network == "":
		return refused.unproven(less), true
	case len(refused.Sites) == 0 || len(granted.Sites) == 0: // from before they were noted
		return "", refused.Network == granted.Network && granted.ReservedW >= refused.ReservedW
	}
	site := granted.Sites[0]
	i := slices.IndexFunc(refused.Sites, func(s Site) bool { return s.Trafo == site.Trafo })
	switch {
	case i < 0 && len(refused.Sites) == MaxSites: // which may have been about it, too
		return "", !less
	case i < 0 && !less: // it was not there yet
		return ChangeBrought, false
	case i < 0:
		return "", false
	case refused.Sites[i].Consent:
		return ChangeConsent, true
	case refused.Sites[i].FreeW != nil && refused.LoadW > 0 && granted.LoadW > 0:
		return changedSince(refused.Sites[i], site, refused.LoadW, granted.LoadW)
	case less:
		return "", false
	}
	return changed(refused.Sites[i], site)
}

// unproven is what was different, as far as anybody can tell who was told no figures.
func (v *Verdict) unproven(less bool) Change {
	switch {
	case v.Consent:
		return ChangeConsent
	case less:
		return ChangeSmaller
	}
	return ChangeNone
}

// notes reports whether a refusal has noted how much was free.
func (v *Verdict) notes() bool {
	return slices.ContainsFunc(v.Sites, func(s Site) bool { return s.FreeW != nil })
}

// changedSince holds the site of a grant against that of a refusal which has noted what
// was free there, by the loads of both.
func changedSince(was, is Site, refusedW, grantedW int64) (Change, bool) {
	free, change := *was.FreeW, ChangeNone
	given := max(was.ReservedW-is.ReservedW, 0)
	fits := min(refusedW, grantedW) <= free+given
	switch {
	case was.Path != is.Path:
		change = ChangeNetwork
	case is.DrawnW < was.DrawnW:
		change = ChangeMeasured
	case is.ReservedW < was.ReservedW:
		change = ChangeReturned
	case grantedW < refusedW:
		change = ChangeLess
	}
	if free < 0 || free >= refusedW { // it was not true
		return change, true
	}
	switch {
	case change == ChangeReturned || fits:
		return "", false
	case change == ChangeNetwork:
		return ChangeBrought, false
	}
	return change, true
}

// changed holds the site of a grant against that of a refusal.
func changed(was, granted Site) (Change, bool) {
	switch {
	case granted.ReservedW < was.ReservedW:
		return "", false
	case was.Path != granted.Path:
		return ChangeBrought, false
	case granted.DrawnW < was.DrawnW:
		return ChangeMeasured, true
	}
	return ChangeNone, true
}

// SitesAround are the transformers above every bus that a question about connection
// points could have been answered with, the nearest first: those that a refusal says
// have no room. input is that of a released computation of connection points.
func SitesAround(input []byte, snapshot func(hash string) (*Model, error)) ([]Site, error) {
	in, m, err := question(input, snapshot)
	if err != nil {
		return nil, err
	}
	q, err := in.query(m, nil)
	if err != nil {
		return nil, err
	}
	if err := m.ready(&q.PointsQuery); err != nil {
		return nil, err
	}
	g := Ground{in.Limits, in.Network, in.Reserved}
	var sites []Site
	rooms := make(map[int]map[int]int64) // by tree and transformer
	for _, trafo := range m.trafosAround(&q.PointsQuery) {
		site := g.site(m, trafo)
		tree := m.treeOfTrafo(trafo)
		if rooms[tree] == nil {
			if rooms[tree], err = g.rooms(m, tree); err != nil {
				return nil, err
			}
		}
		free := rooms[tree][trafo]
		site.FreeW = &free
		sites = append(sites, site)
	}
	return sites, nil
}

func (m *Model) treeOfTrafo(trafo int) int {
	i, _ := m.trafoAt(trafo)
	return int(m.tree[m.trafo[i].branch])
}

// rooms is what is free under each transformer of a tree.
func (g *Ground) rooms(m *Model, tree int) (map[int]int64, error) {
	var held []Extra
	for _, r := range g.Reserved {
		if t, ok := m.TreeOf(r.Bus); ok && t == tree {
			held = append(held, r)
		}
	}
	all, err := m.TreeTrafos(tree, held, g.Limits.Limits())
	if err != nil {
		return nil, err
	}
	rooms := make(map[int]int64, len(all.Trafos))
	for _, t := range all.Trafos {
		rooms[t.Trafo] = t.FreeW
	}
	return rooms, nil
}

// Ground is what a question about connection points rests on, apart from where and
// how much: of the input of a released computation, whichever version.
type Ground struct {
	Limits   Limits1 `json:"limits"`
	Network  string  `json:"network"` // hash
	Reserved []Extra `json:"reserved"`
}

// Withheld are the transformers, ascending, whose owners had not agreed when a question
// about connection points was put; none in versions that knew no owners.
func Withheld(input []byte) ([]int, error) {
	var in ConnectionPoints3Input
	if err := canonical.Unmarshal(input, &in); err != nil {
		return nil, invalid("grid.bad-input").Because(err)
	}
	return in.without(), nil
}

// ReadGround reads it from the input; the rest is passed over.
func ReadGround(input []byte) (g Ground, err error) {
	if err := canonical.Unmarshal(input, &g); err != nil {
		return Ground{}, invalid("grid.bad-input").Because(err)
	}
	return g, nil
}

// ReservedW is what is reserved on the trees around.
func (g *Ground) ReservedW() (sum int64) {
	for _, r := range g.Reserved {
		sum += r.Watt
	}
	return sum
}

// SiteOf is the transformer above a bus of its network; ok is false where there is none.
func (g *Ground) SiteOf(m *Model, bus int) (s Site, ok bool) {
	trafo, ok := m.Above(bus)
	if !ok {
		return Site{}, false
	}
	return g.site(m, trafo), true
}

// question reads one, and the network that it is about.
func question(input []byte, snapshot func(string) (*Model, error)) (*ConnectionPoints2Input, *Model, error) {
	in := new(ConnectionPoints2Input)
	if err := canonical.Unmarshal(input, in); err != nil {
		return nil, nil, invalid("grid.bad-input").Because(err)
	}
	m, err := snapshot(in.Network)
	if err == nil && m == nil {
		err = aiqyn.E(aiqyn.NotFound, "grid.no-snapshot", "network", in.Network)
	}
	return in, m, err
}

// trafosAround lists the transformers above the buses that suit a load and are no
// farther than a line may be long, the nearest first, at most MaxSites.
func (m *Model) trafosAround(q *PointsQuery) []int {
	s := newSearch(m, q)
	defer s.close()
	near := m.place.within(nil, s.x, s.y, -1, min(s.straight(q.Costs.MaxRouteM), m.place.farthest(s.x, s.y)))
	slices.SortFunc(near, func(a, b nearby) int { return cmp.Or(cmp.Compare(a.mm, b.mm), cmp.Compare(a.node, b.node)) })
	var trafos []int
	seen := make(map[int]bool)
	for _, n := range near {
		if !s.suits(n.node) {
			continue
		}
		if trafo, ok := m.Above(m.busID(int(n.node))); ok && !seen[trafo] {
			seen[trafo] = true
			if trafos = append(trafos, trafo); len(trafos) == MaxSites {
				break
			}
		}
	}
	return trafos
}

// site is what bounds the power under a transformer of the model.
func (g *Ground) site(m *Model, trafo int) Site {
	i, _ := m.trafoAt(trafo)
	k := int(m.trafo[i].branch)
	tree := int(m.tree[k])
	s := Site{DrawnW: m.drawn(tree), Path: m.pathHash(k, g.Limits), Trafo: trafo}
	for _, r := range g.Reserved {
		if t, ok := m.TreeOf(r.Bus); ok && t == tree {
			s.ReservedW += r.Watt
		}
	}
	return s
}

// Fed is what a transformer feeds: loads as the network has them, and what of a list is
// reserved there.
type Fed struct{ RatedVA, LoadW, ReservedW int64 }

// Below sums up what a transformer feeds, directly and through others; nothing if the
// model does not know it.
func (m *Model) Below(trafo int, reserved []Extra) (sum Fed) {
	i, ok := m.trafoAt(trafo)
	if !ok {
		return sum
	}
	sum.RatedVA = m.trafo[i].snVA
	top := int(m.trafo[i].branch)
	lo, hi := m.span(int(m.tree[top]))
	below, load := make([]bool, hi-lo), 0.0
	for k := top; k < hi; k++ { // parents come before their children
		if k != top && !below[int(m.hot.par[k])-lo] {
			continue
		}
		below[k-lo] = true
		load += m.hot.p[k]
		if m.hot.pc != nil {
			load += m.hot.pc[k]
		}
	}
	sum.LoadW = int64(math.Round(load * 1e6))
	for _, r := range reserved {
		if k, ok := m.node(r.Bus); ok && k >= lo && k < hi && below[k-lo] {
			sum.ReservedW += r.Watt
		}
	}
	return sum
}

// drawn is the active power of the network's own loads on a tree, at rated voltage.
func (m *Model) drawn(tree int) int64 {
	lo, hi := m.span(tree)
	sum := 0.0
	for k := lo; k < hi; k++ {
		sum += m.hot.p[k]
		if m.hot.pc != nil {
			sum += m.hot.pc[k]
		}
	}
	return int64(math.Round(sum * 1e6))
}

// pathHash names the branches from k up to its source, what they are rated for, and
// the limits that they are held to.
func (m *Model) pathHash(k int, lim Limits1) string {
	h := sha256.New()
	put := func(values ...uint64) {
		for _, v := range values {
			h.Write(binary.BigEndian.AppendUint64(nil, v))
		}
	}
	put(uint64(lim.Line), uint64(lim.PowerFactor), uint64(lim.Trafo), uint64(lim.VMax), uint64(lim.VMin))
	bits := math.Float64bits
	for {
		put(uint64(m.limit.kind[k]), uint64(m.limit.id[k]), bits(m.limit.up[k]), bits(m.limit.down[k]), bits(m.hot.r[k]), bits(m.hot.x[k]))
		up := int(m.hot.par[k])
		if up == k {
			return hex.EncodeToString(h.Sum(nil)[:8])
		}
		k = up
	}
}
