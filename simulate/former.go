package simulate

import (
	"fmt"
	"time"

	"aiqyn"
)

// FormerCase is an application for power as the town's former system claims it was
// decided.
type FormerCase struct {
	Number         string
	Parcel         string
	Applicant      aiqyn.PersonID
	LoadKW         int
	Filed, Decided time.Time
	Granted        bool
}

// FormerCases is the history of a former system: invented, like all of the town. The
// parcels of planted are those where it refused and later granted the same to
// somebody, one way or another, or half of it; of all the others it has nothing to hide.
func (w *World) FormerCases() (list []FormerCase, planted []string) {
	r := stream(w.seed, "former")
	add := func(i, days int, other, granted bool, kw int) {
		holders := w.Rights[i].Holders
		who := holders[0].Person
		if other {
			who = w.Rights[(i+1)%len(w.Rights)].Holders[0].Person
		}
		decided := w.Today.AddDate(0, 0, days)
		list = append(list, FormerCase{Number: fmt.Sprintf("F-%04d", len(list)+1), Parcel: w.Rights[i].Parcel, Applicant: who, LoadKW: kw,
			Filed: decided.AddDate(0, 0, -4), Decided: decided, Granted: granted})
	}
	start := 7
	for n := range 15 {
		i := start + n*11
		if i+1 >= len(w.Rights) {
			break
		}
		kw, days := 5+r.IntN(40), -1400+r.IntN(500)
		switch n % 3 {
		case 0:
			add(i, days, false, false, kw)
			add(i, days+3+r.IntN(200), n%2 == 0, true, kw)
			planted = append(planted, w.Rights[i].Parcel)
		case 1:
			add(i, days, false, false, kw)
			add(i, days+30, false, true, kw/2)
			planted = append(planted, w.Rights[i].Parcel)
		default:
			add(i, days, false, true, kw)
		}
	}
	return list, planted
}
