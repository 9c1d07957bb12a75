package simulate

// Road is how those who were granted power go on to light: how many days they and
// their builder take, and whether the first inspection finds something wanting. They
// build themselves: in the past nobody has paid.
type Road struct {
	Contract int // days from the application
	Works    int // days from the contract
	Mending  int // days, if something is wanting; 0: nothing is
	Licence  string
}

// Who goes on, and for how many something has to be mended.
const (
	goesOn = 0.72
	mends  = 0.15
)

// road plans what follows a grant, if they go on in time to be seen.
func (p *planner) road() *Road {
	r := &Road{Contract: 14 + p.r.IntN(45), Works: 6 + p.r.IntN(40), Licence: "KZ-" + digits(p.r.IntN(10_000))}
	if chance(p.r, mends) {
		r.Mending = 2 + p.r.IntN(9)
	}
	if !chance(p.r, goesOn) {
		return nil
	}
	return r
}

// digits writes a number below ten thousand with four digits.
func digits(n int) string {
	return string([]byte{'0' + byte(n/1000), '0' + byte(n/100%10), '0' + byte(n/10%10), '0' + byte(n%10)})
}
