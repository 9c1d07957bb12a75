package beacon

import (
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"slices"

	"aiqyn"
)

// Candidate is an officer of the roster with the cases already on their desk.
type Candidate struct {
	Officer aiqyn.OfficerID `json:"officer"`
	Load    int             `json:"load"`
}

// Draw is everything that decides who gets a step. Nothing of the applicant is
// here: filing under another name, with another phone or another representative
// changes nothing, and the object cannot be exchanged.
type Draw struct {
	Beacon  string   `json:"beacon"`
	Round   uint64   `json:"round"`
	Value   [32]byte `json:"value"`
	Object  string   `json:"object"`  // what the case is about: a cadastral number
	Service string   `json:"service"` //
	Step    string   `json:"step"`    //
	Nonce   int      `json:"nonce"`   // counts draws again, when the drawn officer had to step aside
}

// Pick is the outcome of a draw.
type Pick struct {
	Officer  aiqyn.OfficerID `json:"officer"`
	Eligible int             `json:"eligible"` // among how many chance chose
	Blind    bool            `json:"blind"`    // at least three: nobody could count on one of them
	Digest   string          `json:"digest"`   // hex; covers the draw, the roster and the officer
}

// blindFrom is the smallest pool in which the outcome cannot be counted on.
const blindFrom = 3

// Pick draws the officer. Eligible are those with the least load and those
// with one case more: exactly the least would let a clerk who sees the desks
// foretell the next draw, and a wider band would load people unevenly. Among
// the eligible each is equally likely, and the order of the roster is of no
// account.
func (d Draw) Pick(roster []Candidate) (Pick, error) {
	all, err := sorted(roster)
	if err != nil {
		return Pick{}, err
	}
	least := slices.MinFunc(all, func(a, b Candidate) int { return cmp.Compare(a.Load, b.Load) }).Load
	eligible := slices.DeleteFunc(slices.Clone(all), func(c Candidate) bool { return c.Load > least+1 })
	seed := d.seed()
	officer := eligible[uniform(seed, uint64(len(eligible)))].Officer
	return Pick{
		Officer:  officer,
		Eligible: len(eligible),
		Blind:    len(eligible) >= blindFrom,
		Digest:   digest(seed, all, officer),
	}, nil
}

// sorted returns the roster by officer, so that its order does not matter.
func sorted(roster []Candidate) ([]Candidate, error) {
	if len(roster) == 0 {
		return nil, aiqyn.E(aiqyn.Conflict, "error.roster-empty")
	}
	all := slices.SortedFunc(slices.Values(roster), func(a, b Candidate) int {
		return cmp.Compare(a.Officer, b.Officer)
	})
	for i, c := range all {
		if c.Officer == "" || c.Load < 0 || i > 0 && all[i-1].Officer == c.Officer {
			return nil, aiqyn.E(aiqyn.Invalid, "error.roster-wrong", "officer", string(c.Officer))
		}
	}
	return all, nil
}

// seed hashes the fields, each behind its length, so that no two draws share
// an input.
func (d Draw) seed() [32]byte {
	b := append(make([]byte, 0, 256), "aiqyn draw v1\n"...)
	b = appendField(b, d.Beacon)
	b = binary.BigEndian.AppendUint64(b, d.Round)
	b = append(b, d.Value[:]...)
	b = appendField(b, d.Object)
	b = appendField(b, d.Service)
	b = appendField(b, d.Step)
	b = binary.BigEndian.AppendUint64(b, uint64(d.Nonce))
	return sha256.Sum256(b)
}

func appendField(b []byte, s string) []byte {
	b = binary.BigEndian.AppendUint32(b, uint32(len(s)))
	return append(b, s...)
}

// uniform returns a number below n. It reads 64-bit words from SHA-256 of the
// seed and a counter, and passes over the few words at the top of the range
// that would make small numbers likelier.
func uniform(seed [32]byte, n uint64) uint64 {
	tail := -n % n // 2⁶⁴ mod n
	for counter := uint64(0); ; counter++ {
		block := sha256.Sum256(binary.BigEndian.AppendUint64(seed[:], counter))
		for i := 0; i < len(block); i += 8 {
			if word := binary.BigEndian.Uint64(block[i:]); word >= tail {
				return word % n
			}
		}
	}
}

func digest(seed [32]byte, all []Candidate, officer aiqyn.OfficerID) string {
	b := append(make([]byte, 0, 64+32*len(all)), "aiqyn pick v1\n"...)
	b = append(b, seed[:]...)
	for _, c := range all {
		b = appendField(b, string(c.Officer))
		b = binary.BigEndian.AppendUint64(b, uint64(c.Load))
	}
	sum := sha256.Sum256(appendField(b, string(officer)))
	return hex.EncodeToString(sum[:])
}
