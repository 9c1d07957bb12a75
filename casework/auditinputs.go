package casework

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"

	"aiqyn/canonical"
	"aiqyn/grid"
	"aiqyn/service"
)

// inputs holds each field of what a ruling was computed from to the case, to what was
// published and to the packs, and what it has computed to what its service computes: a
// true answer to another question proves nothing. Vars are what rules read in it, nil if
// it could not be made again, which is said.
func (c *caseAudit) inputs(ev *event, r *ruled, vars map[string]any) {
	if vars == nil {
		return
	}
	left := r.Computed
	for _, of := range c.svc.ComputeOrder() {
		needed, err := neededBy(&of, vars)
		if err != nil {
			c.wrong(ev.index, "the ruling cannot be made again: %v", err)
			return
		}
		if !needed {
			continue
		}
		b := &Binding{Values: make(map[string]any, len(of.From))}
		for _, name := range of.From {
			b.Values[name] = vars[service.Variable(name)]
		}
		if len(left) == 0 || left[0].Name != of.Name {
			if c.reaches(&of, b, r) {
				c.wrong(ev.index, "the ruling leaves out %s, which its service computes", of.Name)
			}
			continue
		}
		x := &left[0]
		left = left[1:]
		if x.With != of.With {
			c.wrong(ev.index, "the ruling computes %s with %s, its service with %s", of.Name, x.With, of.With)
		} else if err := c.input(ev, r, x, b); err != nil {
			c.wrong(ev.index, "what the ruling computes %s from is not so: %v", of.Name, err)
		}
	}
	if len(left) > 0 {
		c.wrong(ev.index, "the ruling computes %s, which its service does not", left[0].Name)
	}
}

// reaches reports whether the facts reach for a computation.
func (c *caseAudit) reaches(of *service.Compute, b *Binding, r *ruled) bool {
	if of.With == grid.NoRoom1 {
		return lacksRoom(r)
	}
	if of.With == grid.Precedence1 {
		return false
	}
	if of.With == grid.Precedence2 || of.With == grid.Precedence3 {
		points, err := casePoints(r)
		return err != nil || len(points) > 0
	}
	if search := searchIn(r.Computed); of.With == grid.Claim1 && search != nil {
		return FoundPoint(search.Out) && noneFree(r.Computed)
	} else if ofClaim(of.With) && search != nil {
		_, _, _, known := b.wanted()
		return known && c.claimsAnew(r, of.With, search, b)
	}
	if ofSearch(of.With) || ofClaim(of.With) || ofMargin(of.With) || ofSources(of.With) {
		_, _, _, known := b.wanted()
		return known
	}
	comp, ok := c.e.Computations[of.With]
	return ok && comp.Bind == nil
}

func ofSearch(with string) bool {
	return with == grid.ConnectionPoints1 || with == grid.ConnectionPoints2 || with == grid.ConnectionPoints3
}

// input holds what one computation was computed from.
func (c *caseAudit) input(ev *event, r *ruled, x *computed, b *Binding) error {
	switch {
	case ofSearch(x.With):
		return c.searchInput(ev, x, b)
	case ofSources(x.With):
		return c.sourcesInput(ev, r, x, b)
	case ofMargin(x.With):
		return c.marginInput(ev, r, x, b)
	case x.With == grid.NoRoom1:
		return noRoomInput(r, x)
	case x.With == grid.Precedence2, x.With == grid.Precedence3:
		return c.precedenceInput(ev, r, x, b)
	case ofClaim(x.With):
		return c.claimInput(ev, x, b)
	case c.e.Computations[x.With].Bind != nil:
		return nil
	}
	want, err := canonical.Encode(b.Values)
	if err == nil && !bytes.Equal(want, x.In) {
		err = fmt.Errorf("it is not what stands in the case")
	}
	return err
}

// asksFor is what the inputs of searches and of margins have in common.
type asksFor struct {
	Detour   int           `json:"detour_permille"`
	Limits   grid.Limits1  `json:"limits"`
	LoadW    int64         `json:"load_w"`
	Reserved []grid.Extra  `json:"reserved"`
	Streets  string        `json:"streets"`
	Upgrades grid.Upgrades `json:"upgrades"`
	XMM      int64         `json:"x"`
	YMM      int64         `json:"y"`
}

// ofCase holds what is asked for to the case.
func (q *asksFor) ofCase(b *Binding) error {
	x, y, load, known := b.wanted()
	switch {
	case !known || q.XMM != thousandths(x) || q.YMM != thousandths(y):
		return fmt.Errorf("the place is not that of the case")
	case q.LoadW != load*1000:
		return fmt.Errorf("the load is not what is asked for, less what is drawn already")
	}
	return nil
}

// right holds what is asked for to the case and to what was published.
func (q *asksFor) right(c *caseAudit, ev *event, b *Binding, byStreets bool) error {
	if err := q.ofCase(b); err != nil {
		return err
	}
	if !c.limitsOfPack(ev, q.Limits) {
		return fmt.Errorf("its limits are those of no pack that was in force")
	}
	if act := c.tables.at(ev.index); act != nil {
		return act.suits(q, byStreets)
	}
	switch {
	case !c.tables.detour(q.Detour):
		return fmt.Errorf("the detour is not the one that was published")
	case byStreets && !c.tables.streets.had(q.Streets, ev.at, c.tables.set):
		return fmt.Errorf("its streets were not published")
	case byStreets && !c.tables.upgrades.had(upgradesKey(q.Upgrades), ev.at, c.tables.set):
		return fmt.Errorf("what reinforcing costs was not published so")
	}
	return nil
}

// searchInput holds that of a search for connection points.
func (c *caseAudit) searchInput(ev *event, x *computed, b *Binding) error {
	var in struct {
		asksFor
		Agreed  string `json:"agreed"`
		Network string `json:"network"`
	}
	if err := canonical.Unmarshal(x.In, &in); err != nil {
		return err
	}
	if err := in.right(c, ev, b, x.With != grid.ConnectionPoints1); err != nil {
		return err
	}
	switch {
	case !c.tables.inForce(in.Network, ev.index):
		return fmt.Errorf("its network was not in force")
	case x.With == grid.ConnectionPoints3 && in.Agreed != b.agreed():
		return fmt.Errorf("another owner has agreed")
	}
	found, err := foundIn(x.Out)
	if err != nil {
		return err
	}
	c.saysOfSearch(ev, in.Network, in.Reserved, found.Feasible)
	return nil
}

// saysOfSearch notes what a search says of the books: it must have looked where it has
// found something.
func (c *caseAudit) saysOfSearch(ev *event, network string, reserved []grid.Extra, at []foundBus) {
	said := bookSaid{entry: ev.index, no: c.row.No, own: c.rec.state.possession(), reserved: reserved, network: network}
	for _, p := range at {
		said.looked = append(said.looked, p.Bus)
	}
	c.says(said)
}

// networkAndOwners holds a network to the one in force, and whose transformers are on it to
// what was published and to who has agreed.
func (c *caseAudit) networkAndOwners(ev *event, b *Binding, network, agreed string, owned []grid.OwnedTrafo) error {
	switch {
	case !c.tables.inForce(network, ev.index):
		return fmt.Errorf("its network was not in force")
	case agreed != b.agreed():
		return fmt.Errorf("another owner has agreed")
	case !c.ownedWere(owned, ev.index):
		return fmt.Errorf("it takes other transformers for somebody's than were published")
	}
	return nil
}

// sourcesInput holds that of a count of sources: it leaves out no voltage, for a second
// source of another one is a second source.
func (c *caseAudit) sourcesInput(ev *event, r *ruled, x *computed, b *Binding) error {
	var in struct {
		asksFor
		Agreed  string            `json:"agreed"`
		Costs   grid.Costs        `json:"costs"`
		Network string            `json:"network"`
		Owned   []grid.OwnedTrafo `json:"owned"`

		Networks []grid.MarginNetwork4 `json:"networks"`
		Since    string                `json:"since"`
		Tables   []grid.MarginTables   `json:"tables"`
	}
	if err := canonical.Unmarshal(x.In, &in); err != nil {
		return err
	}
	if err := in.right(c, ev, b, true); err != nil {
		return err
	}
	if left, ok := c.leftOut(in.Costs, ev.index); !ok || len(left) > 0 {
		return fmt.Errorf("its prices were not published")
	}
	if err := c.networkAndOwners(ev, b, in.Network, in.Agreed, in.Owned); err != nil {
		return err
	}
	var found struct {
		Points []foundBus `json:"points"`
	}
	err := canonical.Unmarshal(x.Out, &found)
	if err != nil {
		return err
	}
	if x.With == grid.IndependentSources4 {
		if in.Reserved, err = c.sourcesShown(ev, r, x, in.Reserved, found.Points, shownSaid{in.Since, in.Network, nil, in.Networks, in.Tables}); err != nil {
			return err
		}
	}
	c.saysOfSearch(ev, in.Network, in.Reserved, found.Points)
	return c.sourcesUnknown(ev, x)
}

// foundPoints is what the books are held to of the output of a search.
type foundPoints struct {
	pointsFound
	Feasible []foundBus `json:"feasible"`
}

// foundBus is where something was found.
type foundBus struct {
	Bus int `json:"bus"`
}

func foundIn(out []byte) (found foundPoints, err error) {
	err = canonical.Unmarshal(out, &found)
	return found, err
}

// marginInput holds that of a published margin, but for what [caseAudit.margins] does.
func (c *caseAudit) marginInput(ev *event, r *ruled, x *computed, b *Binding) error {
	var in struct {
		asksFor
		Costs   grid.Costs      `json:"costs"`
		Now     json.RawMessage `json:"now"`
		Unknown []int           `json:"unknown"`
	}
	if err := canonical.Unmarshal(x.In, &in); err != nil {
		return err
	}
	if marginVersion(x.With) == 4 { // its tables are those of the networks
		if err := in.ofCase(b); err != nil {
			return err
		}
	} else if err := in.right(c, ev, b, true); err != nil {
		return err
	} else if prices := c.pricesAt(ev.index); len(prices) > 0 && !slices.ContainsFunc(prices, func(table grid.Costs) bool { return reflect.DeepEqual(in.Costs, table) }) {
		return fmt.Errorf("its prices were not published")
	}
	if len(in.Now) > 0 && string(in.Now) != "null" {
		return nil // nothing else enters
	}
	search := searchIn(r.Computed)
	if search == nil {
		return fmt.Errorf("there is no search before it")
	}
	found, err := foundIn(search.Out)
	if err != nil {
		return err
	}
	m, err := c.e.model(found.Network)
	if err != nil {
		return err
	}
	around, err := trafosAround(search.In, &found.pointsFound, c.e.modelFor)
	if err != nil {
		return err
	}
	networks, best, err := marginBound(x)
	if err != nil {
		return err
	}
	c.says(bookSaid{networks: networks, best: best, entry: ev.index, no: c.row.No, own: c.rec.state.possession(), reserved: in.Reserved, margin: true, above: trafosAbove(m, &found.pointsFound), around: around, unknown: in.Unknown})
	return nil
}

// limitsOfPack reports whether a pack that may have been in force has the limits, or, while
// there is one that has none, what the network was put into force with.
func (a *auditor) limitsOfPack(ev *event, l grid.Limits1) bool {
	with := func() bool { return !a.tables.set || grid.LimitsPPM(a.tables.limits) == l }
	if act := a.tables.at(ev.index); act != nil {
		with = func() bool { return act.Limits == l }
	}
	for _, p := range a.packsAt(ev) {
		of, ok := limitsOf(p)
		if ok && grid.LimitsPPM(of) == l || !ok && with() {
			return true
		}
	}
	return false
}

// marginBound is the point that binds by what was published, and the networks on which
// there was room for it; none where nothing binds.
func marginBound(x *computed) (networks []string, best int, err error) {
	var out struct {
		Best *struct {
			Bus int `json:"bus"`
		} `json:"best"`
		Days []struct {
			Feasible bool   `json:"feasible"`
			Network  string `json:"network"`
		} `json:"days"`
	}
	if err := canonical.Unmarshal(x.Out, &out); err != nil || out.Best == nil {
		return nil, 0, err
	}
	for _, d := range out.Days {
		if d.Feasible {
			networks = append(networks, d.Network)
		}
	}
	return networks, out.Best.Bus, nil
}
