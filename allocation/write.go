package allocation

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"io"
	"slices"
	"strconv"
	"strings"
)

// Encode writes the round file that [Read] reads: applicants by their names,
// keys in one order, so that equal rounds are equal bytes.
func (r *Round) Encode() []byte {
	b := make([]byte, 0, 256+160*len(r.Applicants)+64*len(r.Institutions))
	b = append(b, `{"round":`...)
	b = appendText(b, r.Name)
	b = append(b, `,"closed":`...)
	b = appendText(b, r.Closed)
	rules, _ := json.Marshal(r.Rules) // plain data
	b = append(append(b, `,"rules":`...), rules...)
	if len(r.Categories) > 0 {
		b = append(b, `,"categories":`...)
		b = appendTexts(b, r.Categories)
	}
	b = append(b, `,"seed":{"beacon":`...)
	b = appendText(b, r.Seed.Beacon)
	b = append(b, `,"round":`...)
	b = strconv.AppendUint(b, r.Seed.Round, 10)
	b = append(b, `,"value":"`...)
	b = hex.AppendEncode(b, r.Seed.Value[:])
	b = append(b, `","proof":"`...)
	b = hex.AppendEncode(b, r.Seed.Proof)
	b = append(b, `"}`...)
	if r.Rules.Kind == SealedBid {
		b = r.appendBids(b)
	} else {
		b = r.appendInstitutions(b)
		b = append(b, ",\n\"applicants\":["...)
		for n, i := range r.byName() {
			if n > 0 {
				b = append(b, ',')
			}
			b = append(b, '\n')
			b = r.appendApplicant(b, &r.Applicants[i])
		}
		b = append(b, ']')
	}
	return append(b, "}\n"...)
}

// byName is the order in which applicants are written and committed to.
func (r *Round) byName() []int32 {
	order := make([]int32, len(r.Applicants))
	for i := range order {
		order[i] = int32(i)
	}
	if slices.IsSortedFunc(r.Applicants, func(a, b Applicant) int { return strings.Compare(a.ID, b.ID) }) {
		return order // as they are in every file that was written by us
	}
	list := make([]ranked, len(r.Applicants))
	for i := range list {
		list[i] = ranked{beginning(r.Applicants[i].ID, 0), beginning(r.Applicants[i].ID, 8), int32(i)}
	}
	sortRanked(list, func(a, b ranked) int {
		if c := cmp.Or(cmp.Compare(a.hi, b.hi), cmp.Compare(a.lo, b.lo)); c != 0 {
			return c
		}
		return strings.Compare(r.Applicants[a.i].ID, r.Applicants[b.i].ID)
	})
	for k := range list {
		order[k] = list[k].i
	}
	return order
}

// beginning is eight bytes of a name as a number that sorts as they do: most
// names are told apart without being fetched.
func beginning(name string, from int) uint64 {
	var b [8]byte
	if from < len(name) {
		copy(b[:], name[from:])
	}
	return binary.BigEndian.Uint64(b[:])
}

func (r *Round) appendInstitutions(b []byte) []byte {
	b = append(b, ",\n\"institutions\":["...)
	for i := range r.Institutions {
		h := &r.Institutions[i]
		if i > 0 {
			b = append(b, ',')
		}
		b = append(b, "\n{\"id\":"...)
		b = appendText(b, h.ID)
		b = append(b, `,"seats":`...)
		b = strconv.AppendInt(b, int64(h.Seats), 10)
		sep := `,"reserves":{`
		for k, n := range h.Reserves {
			if n > 0 {
				b = append(b, sep...)
				b = appendText(b, r.Rules.Reserves[k].Category)
				b = append(b, ':')
				b = strconv.AppendInt(b, int64(n), 10)
				sep = ","
			}
		}
		if sep == "," {
			b = append(b, '}')
		}
		b = append(b, '}')
	}
	return append(b, ']')
}

// appendApplicant writes one applicant; it is also the leaf that the commitment
// holds and that a parent checks.
func (r *Round) appendApplicant(b []byte, a *Applicant) []byte {
	b = append(b, `{"id":`...)
	b = appendText(b, a.ID)
	b = append(b, `,"tier":`...)
	b = strconv.AppendInt(b, int64(a.Tier), 10)
	b = append(b, `,"date":`...)
	b = strconv.AppendInt(b, a.Date, 10)
	if a.Points > 0 {
		b = append(b, `,"points":`...)
		b = strconv.AppendInt(b, a.Points, 10)
	}
	sep := `,"in":[`
	for i, c := range r.Categories {
		if a.Categories>>i&1 == 1 {
			b = append(b, sep...)
			b = appendText(b, c)
			sep = ","
		}
	}
	if sep == "," {
		b = append(b, ']')
	}
	b = append(b, `,"list":`...)
	b = appendPlaces(b, a.List)
	if len(a.Siblings) > 0 {
		b = append(b, `,"siblings":`...)
		b = appendPlaces(b, a.Siblings)
	}
	if a.Holds >= 0 {
		b = append(b, `,"holds":`...)
		b = strconv.AppendInt(b, int64(a.Holds), 10)
	}
	return append(b, '}')
}

func (r *Round) appendBids(b []byte) []byte {
	b = append(b, `,"lot":{"id":`...)
	b = appendText(b, r.Lot.ID)
	b = append(b, `,"reserve_tiyn":`...)
	b = strconv.AppendInt(b, r.Lot.Reserve, 10)
	b = append(b, "},\n\"bids\":["...)
	order := slices.SortedFunc(slices.Values(r.Bids), func(x, y Bid) int { return strings.Compare(x.ID, y.ID) })
	for i, bid := range order {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(b, '\n')
		b = bid.append(b)
	}
	return append(b, ']')
}

func (bid *Bid) append(b []byte) []byte {
	b = append(b, `{"id":`...)
	b = appendText(b, bid.ID)
	b = append(b, `,"sealed":"`...)
	b = hex.AppendEncode(b, bid.Sealed[:])
	b = append(b, '"')
	if bid.Opened {
		b = append(b, `,"amount_tiyn":`...)
		b = strconv.AppendInt(b, bid.Amount, 10)
		b = append(b, `,"salt":"`...)
		b = hex.AppendEncode(b, bid.Salt[:])
		b = append(b, '"')
	}
	return append(b, '}')
}

// Encode is what [Result.Write] writes.
func (out *Result) Encode() []byte {
	var b bytes.Buffer
	out.Write(&b, out.round.Commit()) // a buffer takes everything
	return b.Bytes()
}

// Write writes who got what: a line for each applicant, by their names, with
// the institution or null, under the commitment to the inputs and the rules.
func (out *Result) Write(w io.Writer, c *Commitment) error {
	r := out.round
	b := make([]byte, 0, writeAtOnce+256)
	b = append(b, `{"round":`...)
	b = appendText(b, r.Name)
	root := c.Root()
	b = append(b, `,"inputs":"`...)
	b = hex.AppendEncode(b, root[:])
	b = append(b, `","rules":"`...)
	b = append(b, r.Rules.Hash()...)
	b = append(b, "\",\"result\":["...)
	for n, i := range c.order {
		if len(b) >= writeAtOnce {
			if _, err := w.Write(b); err != nil {
				return err
			}
			b = b[:0]
		}
		if n > 0 {
			b = append(b, ',')
		}
		b = append(b, "\n["...)
		b = appendText(b, r.Applicants[i].ID)
		if h := out.Match[i]; h >= 0 {
			b = append(b, ',')
			b = appendText(b, r.Institutions[h].ID)
			b = append(b, ']')
		} else {
			b = append(b, ",null]"...)
		}
	}
	_, err := w.Write(append(b, "]}\n"...))
	return err
}

// writeAtOnce is how many bytes go to a file at a time.
const writeAtOnce = 1 << 16

func appendText(b []byte, s string) []byte {
	for i := range len(s) {
		if c := s[i]; c < 0x20 || c == '"' || c == '\\' || c >= 0x7f {
			quoted, _ := json.Marshal(s)
			return append(b, quoted...)
		}
	}
	b = append(b, '"')
	b = append(b, s...)
	return append(b, '"')
}

func appendTexts(b []byte, list []string) []byte { return appendList(b, list, appendText) }

func appendPlaces(b []byte, list []int32) []byte {
	return appendList(b, list, func(b []byte, h int32) []byte { return strconv.AppendInt(b, int64(h), 10) })
}

func appendList[T any](b []byte, list []T, one func([]byte, T) []byte) []byte {
	b = append(b, '[')
	for i, v := range list {
		if i > 0 {
			b = append(b, ',')
		}
		b = one(b, v)
	}
	return append(b, ']')
}
