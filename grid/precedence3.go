package grid

// Precedence3 is version 2 for any number of applications before a case. The earliest are
// placed one by one, as there; of those that are more, the sum of what they claim is kept
// at each of their buses. So where there is room for all nobody waits because there are
// many, and nobody before is left out.
const Precedence3 = "grid.precedence@3"

// Precedence3Input is the input of version 3.
type Precedence3Input struct {
	Claims   []Claimed            `json:"claims"` // the earliest, in the order of filing
	LoadW    int64                `json:"load_w"`
	Networks []Precedence2Network `json:"networks"` // none where nothing is claimed
	Points   []int                `json:"points"`   // buses at which the case has room, the cheapest first
	Reserved []Extra              `json:"reserved"`
	Rest     []Extra              `json:"rest"` // what those claim who are more than [MostClaims], at all of their buses, ascending
}

// Second is the input as version 2 has it, but for the rest.
func (in *Precedence3Input) Second() Precedence2Input {
	return Precedence2Input{Claims: in.Claims, LoadW: in.LoadW, Networks: in.Networks, Points: in.Points, Reserved: in.Reserved}
}

// RunPrecedence3 computes it from JSON to JSON.
func RunPrecedence3(input []byte, snapshot func(hash string) (*Model, error)) ([]byte, error) {
	return runPrecedence(input, (*Precedence3Input).Answer, snapshot)
}

// Answer computes it. More is that there are more than are placed one by one, and that a
// point is not free.
func (in *Precedence3Input) Answer(snapshot func(string) (*Model, error)) (*Precedence, error) {
	two := in.Second()
	if err := two.check(); err != nil {
		return nil, err
	}
	if err := checkRest(in.Rest); err != nil {
		return nil, err
	}
	out := &Precedence{Before: []SpokenFor{}, Claim: []int{}, Free: []int{}, LoadW: in.LoadW, Version: 3}
	if len(in.Networks) == 0 {
		out.Free = append(out.Free, in.Points...)
	}
	for i := range in.Networks {
		if err := two.on(&in.Networks[i], in.Rest, snapshot, out); err != nil {
			return nil, err
		}
	}
	out.claims(in.Points)
	if len(out.Free) == len(in.Points) {
		out.Before = []SpokenFor{}
	} else {
		out.More = len(in.Rest) > 0
	}
	return out, nil
}

// Precedence3Live answers like [RunPrecedence3] and returns, beside the output, the input.
func Precedence3Live(in *Precedence3Input, snapshot func(string) (*Model, error)) (input, output []byte, err error) {
	out, err := in.Answer(snapshot)
	if err != nil {
		return nil, nil, err
	}
	return bothInOrder(in, out)
}
