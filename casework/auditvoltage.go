package casework

import (
	"context"
	"encoding/json"
	"errors"
	"slices"

	"aiqyn/canonical"
	"aiqyn/grid"
)

// voltages holds the table by which a ruling looked for points to those published and
// to what was asked for: nothing may be left out but what the asked voltage leaves out,
// and nothing at all where no point was found.
func (c *caseAudit) voltages(ev *event, r *ruled) {
	var in struct {
		Costs grid.Costs `json:"costs"`
	}
	search := searchIn(r.Computed)
	if search == nil || c.pack == nil || canonical.Unmarshal(search.In, &in) != nil {
		return
	}
	if err := c.rightPrices(ev, in.Costs, FoundPoint(search.Out)); err != nil {
		c.wrong(ev.index, "the ruling %v", err)
	}
}

// rightPrices holds the table by which points were looked for, found or not.
func (c *caseAudit) rightPrices(ev *event, costs grid.Costs, found bool) error {
	left, ok := c.leftOut(costs, ev.index)
	rule, asked := c.pack.Capacity.Asked(func(question string) any { return c.rec.state.Answers[question] })
	switch {
	case !ok:
		return errors.New("looks for points at prices that were not published")
	case len(left) > 0 && !found:
		return errors.New("finds no point and has not looked at every voltage")
	case slices.ContainsFunc(left, func(v int64) bool { return !asked || v > rule.Above && v <= rule.UpTo }):
		return errors.New("leaves out points at a voltage that could have been asked for")
	}
	return nil
}

// leftOut are the levels, by their highest voltage, at which a published table lays
// something and these costs nothing; not ok if they are those of no table. Where none
// was published each level is taken for one that lays something.
func (a *auditor) leftOut(costs grid.Costs, entry int64) (volts []int64, ok bool) {
	prices := a.pricesAt(entry)
	i := slices.IndexFunc(prices, costs.Within)
	for n, l := range costs.Levels {
		if len(l.Cables) == 0 && (i < 0 || len(prices[i].Levels[n].Cables) > 0) {
			volts = append(volts, l.MaxV)
		}
	}
	return volts, i >= 0 || len(prices) == 0
}

// pricesAt are the tables of costs that may have been in force before an entry: that of the
// last act, or all that were ever published where none is on record.
func (a *auditor) pricesAt(entry int64) []grid.Costs {
	if act := a.tables.at(entry); act != nil {
		return []grid.Costs{act.costs}
	}
	return a.prices
}

// readPrices reads the tables of costs that were ever published.
func (a *auditor) readPrices(ctx context.Context) error {
	kept, err := a.Store.Snapshots(ctx, "costs")
	if err != nil {
		return err
	}
	for _, s := range kept {
		data, err := a.Store.SnapshotOf(ctx, s.Kind, s.Hash)
		if err != nil {
			return err
		}
		var table grid.Costs
		if err := json.Unmarshal(data, &table); err != nil {
			if err := a.malformedFile(s.Kind, s.Hash, err); err != nil {
				return err
			}
			continue
		}
		a.prices = append(a.prices, table)
	}
	return nil
}
