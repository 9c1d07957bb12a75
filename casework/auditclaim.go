package casework

import (
	"bytes"
	"fmt"
	"slices"

	"aiqyn/canonical"
	"aiqyn/grid"
	"aiqyn/rule"
	"aiqyn/service"
)

// claims holds what an application claims as it is filed: it says so, what it says is
// computed, from what the case and the log have, and nothing is left out.
func (c *caseAudit) claims(ev *event, d *lookedUp) {
	p := c.svc.Outcome.Precedence
	if filing := c.rec.state.Seq == 2; p.Claim == "" || !filing && !c.claimsByAppeal(ev) {
		if len(d.Claim) > 0 {
			c.wrong(ev.index, "claims something that is not claimed then")
		}
		return
	}
	vars, err := c.e.variables(c.svc, c.rec, ev.at)
	if err == nil {
		err = c.computesAlone(vars)
	}
	if err != nil {
		c.wrong(ev.index, "what the case claims cannot be made again: %v", err)
		return
	}
	left, pseudo := d.Claim, &ruled{Computed: d.Claim}
	if len(left) > 0 && (d.AsOf > ev.index || d.AsOf <= ev.index-claimAge-maxBatch) {
		c.wrong(ev.index, "claims by another state of the log than when it is filed")
		return
	}
	as := *ev
	if len(left) > 0 {
		as.index = d.AsOf
	}
	switch anyway := refusedAnyway(c.svc, vars); {
	case anyway && len(left) > 0:
		c.wrong(ev.index, "claims power that it would be refused anyway")
		return
	case anyway, !c.hasNetwork(ev.index): // then there is nothing to hold it to
		return
	}
	c.turn = ev
	defer func() { c.turn = nil }()
	order := c.svc.ComputeOrder()
	of := order[slices.IndexFunc(order, func(x service.Compute) bool { return x.Name == p.Claim })]
	of.When = nil
	if left = c.claimComputes(&as, new(ruled), left, of, vars); len(d.Claim) > 0 && !hasRoom(d.Claim[:1]) {
		for _, of := range order {
			if claimsByMargin(of, p) {
				left = c.claimComputes(&as, pseudo, left, of, vars)
			}
		}
		c.margins(&as, pseudo)
		c.voltages(&as, pseudo)
		c.owners(&as, pseudo)
	}
	if len(left) > 0 {
		c.wrong(ev.index, "claims something by %s, by which nothing is claimed", left[0].Name)
	}
}

// claimsByAppeal reports whether a look-up is that of an appeal, by which the case claims
// anew on what the registers say now: since version 2 of the claim.
func (c *caseAudit) claimsByAppeal(ev *event) bool {
	a := c.rec.state.Appeal
	return a != nil && a.Outcome == "" && ev.index == a.Entry+1 && claimsBy2(c.svc)
}

// computesAlone adds to variables what is computed of the case alone.
func (c *caseAudit) computesAlone(vars map[string]any) error {
	var alone []service.Compute
	for _, of := range c.svc.ComputeOrder() {
		if c.e.ofCaseAlone(of) {
			alone = append(alone, of)
		}
	}
	return c.e.compute(alone, &evaluation{vars: vars}, c.rec.state.Filed)
}

// hasNetwork reports whether a network was in force before an entry, as far as the log and
// its settings tell.
func (c *caseAudit) hasNetwork(entry int64) bool {
	return c.tables.set || c.tables.at(entry) != nil || c.tables.before(entry) > 0
}

// claimComputes holds the next of what a claim is computed by.
func (c *caseAudit) claimComputes(ev *event, r *ruled, left []computed, of service.Compute, vars map[string]any) []computed {
	b := &Binding{Values: make(map[string]any, len(of.From))}
	for _, name := range of.From {
		b.Values[name] = vars[service.Variable(name)]
	}
	if len(left) == 0 || left[0].Name != of.Name || left[0].With != of.With {
		if c.reaches(&of, b, r) {
			c.wrong(ev.index, "does not say what is claimed: it leaves out %s", of.Name)
		}
		return left
	}
	x := &left[0]
	out, err := c.e.Computations[x.With].Run(x.In, c.e.snapshots)
	if err == nil && !bytes.Equal(out, x.Out) {
		err = fmt.Errorf("%s answers otherwise", x.With)
	}
	if err == nil {
		vars[service.Variable(x.Name)], err = rule.NormaliseJSON(out)
	}
	if err == nil {
		err = c.input(ev, r, x, b)
	}
	if err != nil {
		c.wrong(ev.index, "what is claimed is not so: %v", err)
	}
	return left[1:]
}

// claimInput holds what a claim was computed from to the case and to what was published.
func (c *caseAudit) claimInput(ev *event, x *computed, b *Binding) error {
	var in grid.Claim2Input // which has what version 1 has
	var out grid.ClaimAnswer
	if err := canonical.Unmarshal(x.In, &in); err != nil {
		return err
	}
	if err := canonical.Unmarshal(x.Out, &out); err != nil {
		return err
	}
	room := len(out.Buses) > 0 && !out.Full
	asked := asksFor{Detour: in.Detour, Limits: in.Limits, LoadW: in.LoadW, Streets: in.Streets, XMM: in.XMM, YMM: in.YMM}
	if err := asked.right(c, ev, b, false); err != nil {
		return err
	}
	act := c.tables.at(ev.index)
	switch {
	case act != nil && act.Streets != in.Streets, act == nil && !c.tables.streets.had(in.Streets, ev.at, c.tables.set):
		return fmt.Errorf("its streets were not published")
	case !out.Free && room && !in.Wide:
		return fmt.Errorf("its cheapest point is taken, and it has not looked for another")
	}
	if err := c.networkAndOwners(ev, b, in.Network, in.Agreed, in.Owned); err != nil {
		return err
	}
	if err := c.rightPrices(ev, in.Costs, room); err != nil {
		return err
	}
	m, err := c.e.modelFor(in.Network)
	if err != nil {
		return err
	}
	if in.Wide && !slices.Equal(in.Trees, m.TreesNear(float64(in.XMM)/1000, float64(in.YMM)/1000, in.Costs.MaxRouteM)) {
		return fmt.Errorf("it has not looked at all trees within reach")
	}
	at := make([]foundBus, len(out.Buses))
	for i, bus := range out.Buses {
		at[i].Bus = bus
	}
	points := out.Buses
	switch {
	case !room: // nothing was looked at that others may claim
		points = nil
	case !in.Wide: // or only where it is free
		points = points[len(points)-1:]
	}
	c.saysOfSearch(ev, in.Network, in.Reserved, at)
	c.saysOfOrder(precedenceSaid{entry: ev.index, of: claimant{no: c.row.No, filed: c.rec.state.Filed, now: ev.at}, networks: []string{in.Network},
		points: points, claim: true, wide: in.Wide, all: x.With != grid.Claim1, rest: in.Rest,
		in: grid.Precedence2Input{Claims: in.Claims, Networks: []grid.Precedence2Network{{Network: in.Network, Trees: in.Trees}}}})
	if c.turn != nil && ev.index < c.turn.index && x.With != grid.Claim1 { // by version 1 nothing was looked at again
		return c.saysInTurn(x, &in, &out, ev.index)
	}
	return nil
}

// claimsAnew reports whether a ruling was to say by a version of grid.claim where its case is.
func (c *caseAudit) claimsAnew(r *ruled, with string, search *computed, b *Binding) bool {
	value, err := rule.NormaliseJSON(search.Out)
	if err != nil {
		return true
	}
	var order *computed
	for i := range r.Computed {
		if ofPrecedence(r.Computed[i].With) {
			order = &r.Computed[i]
		}
	}
	return claimsAnew(search.Out, value, order, b.Values["consent"]) || with == grid.Claim3 && lacksNearer(value, order)
}
