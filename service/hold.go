package service

import "aiqyn"

// HoldRule says how long an overseer may hold a case: no officer acts on it and
// silence means nothing meanwhile.
type HoldRule struct {
	Days   int // one hold on an open case, in working days
	Cap    int // all holds on an open case together, in working days
	Closed int // one hold on a closed case, for which nobody waits, in calendar days
	Law    aiqyn.Law
}

// hold reads how long cases may be held.
func (r *reader) hold(v value) *HoldRule {
	if v.absent() {
		return nil
	}
	f := v.fields("days", "cap", "closed", "law")
	h := &HoldRule{
		Days: int(f.need("days").whole(1, 366)), Cap: int(f.need("cap").whole(1, 366)), Closed: int(f.need("closed").whole(1, 3660)),
		Law: r.needLaw(f, "a hold"),
	}
	if h.Cap < h.Days {
		f.fail("all holds together (%d days) are shorter than one (%d)", h.Cap, h.Days)
	}
	return h
}
