package grid

import "time"

// Verdict is what became of an application for power, as far as it is known: on
// which network it was decided, and how much was reserved on the trees around.
type Verdict struct {
	At        time.Time
	LoadW     int64  // 0: not known
	Network   string // hash; empty: not known, as of a former system
	ReservedW int64
}

// Contradicts reports whether a grant contradicts the refusal of the same object:
// it came later, for no less power, and nothing shows that there was more room by
// then. More room is another network, or less that is reserved on the same. What a
// former system claims shows nothing.
func Contradicts(refused, granted Verdict) bool {
	switch {
	case !granted.At.After(refused.At):
		return false
	case refused.LoadW > 0 && granted.LoadW > 0 && granted.LoadW < refused.LoadW:
		return false
	case refused.Network == "" || granted.Network == "":
		return true
	}
	return refused.Network == granted.Network && granted.ReservedW >= refused.ReservedW
}
