package simulate

import "aiqyn/grid"

// Before anything is granted, the town keeps every limit with a little to spare.
const (
	calmPct   = 99.5
	calmLow   = 0.905
	calmStep  = 0.97
	calmTimes = 20
)

// calm solves the network and lowers the demand of the feeders that do not
// hold, until all do: what was estimated while laying them leaves out how the
// losses fall on each street.
func (u *utility) calm() error {
	for range calmTimes {
		model, err := grid.Compile(u.net)
		if err != nil {
			return err
		}
		strained, err := u.strained(model)
		if err != nil || len(strained) == 0 {
			return err
		}
		for i := range u.net.Loads {
			l := &u.net.Loads[i]
			if tree, _ := model.TreeOf(l.Bus); strained[tree] {
				l.PKW, l.QKVAr = round(l.PKW*calmStep, 2), round(l.QKVAr*calmStep, 2)
				u.supplies[i].KW = l.PKW
			}
		}
	}
	return nil
}

// strained are the trees that break a limit.
func (u *utility) strained(model *grid.Model) (map[int]bool, error) {
	flow, err := model.Flow(nil, grid.DefaultLimits())
	if err != nil {
		return nil, err
	}
	trees := make(map[int]bool)
	mark := func(bus int) {
		tree, _ := model.TreeOf(bus)
		trees[tree] = true
	}
	for _, b := range flow.Branches {
		if b.LoadingPct > calmPct {
			mark(b.To)
		}
	}
	for _, b := range flow.Buses {
		if b.VmPU < calmLow {
			mark(b.ID)
		}
	}
	return trees, nil
}
