package allocation

import "slices"

// Why says how an applicant fared at one institution of their list.
type Why struct {
	Institution string `json:"institution"`
	Place       int    `json:"place"` // in the institution's order, 1 the first
	Of          int    `json:"of"`    // how many asked for it
	Admitted    bool   `json:"admitted"`
	// By is what parted the applicant from the last who was admitted on the same
	// terms: holds, tier, sibling, points, date, lottery, a category whose seats are kept,
	// "quota"; "seats" when the institution had none; "" when admitted.
	By string `json:"by,omitempty"`
	// Points are the applicant's own and Cut the fewest that were admitted, of a
	// round that is ordered by them; Cut is nil when nobody was.
	Points int64  `json:"points,omitempty"`
	Cut    *int64 `json:"cut,omitempty"`
}

// Explain tells an applicant how they fared at each institution that they would
// have preferred, and at the one they got. Nothing of the others is told but
// how many there are and what set the last admitted apart.
func (out *Result) Explain(applicant int) []Why {
	m := out.m
	who := int32(slices.Index(m.turn, int32(applicant)))
	list := []Why{}
	for e := m.who[who].from; e < m.who[who+1].from; e++ {
		h := m.asks[e].at()
		mine, worst := m.keyOf(who, e), uint64(0)
		w := Why{Institution: out.round.Institutions[h].ID, Place: 1, Admitted: out.rest[who] == e}
		last := int32(-1) // the last asker admitted without a reserved seat
		for other := range int32(m.size()) {
			o := m.entry(other, h)
			if o < 0 {
				continue
			}
			w.Of++
			theirs := m.keyOf(other, o)
			if theirs >= mine {
				continue
			}
			w.Place++
			if out.rest[other] == o && (last < 0 || theirs > worst) {
				last, worst = other, theirs
			}
		}
		if !w.Admitted {
			w.By = out.parted(who, last, h)
		}
		out.points(&w, who, h)
		list = append(list, w)
		if w.Admitted {
			break
		}
	}
	return list
}

// points tells the applicant's points and the fewest with which somebody was
// admitted, if points rank anybody.
func (out *Result) points(w *Why, who, h int32) {
	r := out.round
	if !slices.Contains(r.Rules.order(), ByPoints) {
		return
	}
	w.Points = r.Applicants[out.m.turn[who]].Points
	for i, at := range out.Match {
		if p := r.Applicants[i].Points; at == h && (w.Cut == nil || p < *w.Cut) {
			w.Cut = &p
		}
	}
}

// entry is an asker's ask of an institution, −1 when they did not ask.
func (m *market) entry(who, h int32) int32 {
	for e := m.who[who].from; e < m.who[who+1].from; e++ {
		if m.asks[e].at() == h {
			return e
		}
	}
	return -1
}

// parted is what the last admitted who stood before has that the asker has
// not; when nobody admitted stood before, reserved seats took all there were.
func (out *Result) parted(who, last, h int32) string {
	r := out.round
	if r.Institutions[h].Seats == 0 {
		return "seats"
	}
	who = out.m.turn[who]
	if last < 0 {
		return r.reservedFor(who, h)
	}
	last = out.m.turn[last]
	if len(r.Rules.Quotas) > 0 && r.compare(who, last, h) < 0 {
		return "quota"
	}
	a, b := &r.Applicants[who], &r.Applicants[last]
	for _, part := range r.Rules.order() {
		switch part {
		case ByHolding:
			if (a.Holds == h) != (b.Holds == h) {
				return part
			}
		case ByTier:
			if a.Tier != b.Tier {
				return part
			}
		case BySibling:
			if slices.Contains(a.Siblings, h) != slices.Contains(b.Siblings, h) {
				return part
			}
		case ByPoints:
			if a.Points != b.Points {
				return part
			}
		case ByDate:
			if a.Date != b.Date {
				return part
			}
		}
	}
	return ByLottery
}

// reservedFor names the category whose seats the applicant could not have.
func (r *Round) reservedFor(who, h int32) string {
	for i, n := range r.Institutions[h].Reserves {
		c := r.Rules.Reserves[i].Category
		if n > 0 && r.Applicants[who].Categories>>slices.Index(r.Categories, c)&1 == 0 {
			return c
		}
	}
	return "quota"
}

// compare holds two applicants against the published order of an institution,
// the lottery aside.
func (r *Round) compare(x, y, h int32) int {
	a, b := &r.Applicants[x], &r.Applicants[y]
	for _, part := range r.Rules.order() {
		c := 0
		switch part {
		case ByHolding:
			c = first(a.Holds == h, b.Holds == h)
		case ByTier:
			c = a.Tier - b.Tier
		case BySibling:
			c = first(slices.Contains(a.Siblings, h), slices.Contains(b.Siblings, h))
		case ByPoints:
			c = int(b.Points - a.Points)
		case ByDate:
			c = int(a.Date - b.Date)
		}
		if c != 0 {
			return c
		}
	}
	return 0
}

func first(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return -1
	}
	return 1
}
