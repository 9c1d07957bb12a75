package service

import "aiqyn"

// CapacityRule says how the free capacity of a network is known, and for how long
// what was published binds whoever would say that there is none. Days are
// calendar days.
type CapacityRule struct {
	Measured int   // a meter's reading that is not older makes a transformer measured
	Peak     int   // the highest reading of so many days is its load
	Constant int   // so many days on end with one figure are a meter that stands still
	MostPct  int64 // a reading above so many percent of what it is rated for is none
	Window   int   // what was published so long before a filing, and since, binds
	History  int   // an unproven refusal is held against grants at the same transformer for so long; 0: at the same parcel alone
	Settled  int   // readings on so many of the days of Peak, all since a connection, make it part of the measured load; 0: nothing does
	Law      aiqyn.Law
}

// capacity reads how free capacity is known and what it binds.
func (r *reader) capacity(v value) *CapacityRule {
	if v.absent() {
		return nil
	}
	f := v.fields("measured", "peak", "constant", "most", "window", "history", "settled", "law")
	rule := &CapacityRule{
		Measured: int(f.need("measured").whole(1, 366)), Peak: int(f.need("peak").whole(1, 3660)), Constant: int(f.need("constant").whole(2, 366)),
		MostPct: f.need("most").whole(100, 1000), Window: int(f.need("window").whole(1, 366)), Law: r.needLaw(f, "free capacity"),
	}
	if h := f.get("history"); !h.absent() {
		rule.History = int(h.whole(1, 3660))
	}
	if v := f.get("settled"); !v.absent() { // packs from before say nothing
		rule.Settled = int(v.whole(1, int64(max(rule.Peak, 1))))
	}
	return rule
}
