package allocation

import (
	"io"
	"slices"

	"github.com/go-json-experiment/json/jsontext"

	"aiqyn"
)

const maxBytes = 4 << 30

// Read reads a published round file. It takes no key that it does not know, none
// twice, and no number that is not whole; every error names the place.
func Read(file io.Reader) (*Round, error) {
	limited := &io.LimitedReader{R: file, N: maxBytes}
	d := &reader{dec: jsontext.NewDecoder(limited), where: "round", in: map[int][]string{}}
	r := new(Round)
	d.object(
		key{"round", func() { r.Name = d.text("round") }},
		key{"closed", func() { r.Closed = d.text("closed") }},
		key{"rules", func() { d.rules(&r.Rules) }},
		key{"categories", func() { r.Categories = d.texts("categories") }},
		key{"seed", func() { d.seed(&r.Seed) }},
		key{"institutions", func() { d.institutions(r) }},
		key{"applicants", func() { d.applicants(r) }},
		key{"lot", func() { d.lot(&r.Lot) }},
		key{"bids", func() { d.bids(r) }},
	)
	if d.err == nil {
		if _, err := d.dec.ReadToken(); err != io.EOF {
			d.syntax(err)
		}
	}
	if limited.N == 0 {
		return nil, aiqyn.E(aiqyn.TooLarge, "allocation.too-large", "limit_gib", maxBytes>>30)
	}
	if d.err != nil {
		return nil, d.err
	}
	if err := d.settle(r); err != nil {
		return nil, err
	}
	return r, r.Check()
}

// reader reads one round and keeps the first error.
type reader struct {
	dec   *jsontext.Decoder
	err   error
	where string
	// what the file names before it may have said what there is
	reserves []map[string]int
	in       map[int][]string // of those who have any
	arena    []int32          // where lists lie, one after the other
	chunks   [][]Applicant    // that were read before; so many are not moved again and again
}

func (d *reader) rules(r *Rules) {
	d.object(
		key{"kind", func() { r.Kind = d.text("kind") }},
		key{"order", func() { r.Order = d.texts("order") }},
		key{"open_first", func() { r.OpenFirst = d.truth("open_first") }},
		key{"reserves", func() {
			d.each("reserves", func() {
				var v Reserve
				d.object(
					key{"category", func() { v.Category = d.text("category") }},
					key{"soft", func() { v.Soft = d.truth("soft") }},
				)
				r.Reserves = append(r.Reserves, v)
			})
		}},
		key{"quotas", func() {
			d.each("quotas", func() {
				var q Quota
				d.object(
					key{"category", func() { q.Category = d.text("category") }},
					key{"percent", func() { q.Percent = d.small("percent") }},
				)
				r.Quotas = append(r.Quotas, q)
			})
		}},
	)
}

func (d *reader) seed(s *Seed) {
	d.object(
		key{"beacon", func() { s.Beacon = d.text("beacon") }},
		key{"round", func() {
			v := d.whole("round")
			if v < 0 {
				d.wrong("round")
			}
			s.Round = uint64(v)
		}},
		key{"value", func() { s.Value = d.hash("value") }},
		key{"proof", func() { s.Proof = d.bytes("proof", 0) }},
	)
}

func (d *reader) institutions(r *Round) {
	var h Institution
	var kept map[string]int
	keys := []key{
		key{"id", func() { h.ID = d.text("id"); d.where = h.ID }},
		key{"seats", func() { h.Seats = d.small("seats") }},
		key{"reserves", func() {
			kept = map[string]int{}
			if !d.step("reserves", '{') {
				return
			}
			for d.err == nil && d.dec.PeekKind() == '"' {
				name := d.text("reserves")
				kept[name] = d.small("reserves") // the decoder refuses a name twice
			}
			d.step("reserves", '}')
		}},
	}
	d.each("institutions", func() {
		d.where, h, kept = "institutions", Institution{}, nil
		d.object(keys...)
		r.Institutions = append(r.Institutions, h)
		d.reserves = append(d.reserves, kept)
	})
	d.where = "round"
}

// chunk is how many applicants are read before room is made for more.
const chunk = 1 << 14

func (d *reader) applicants(r *Round) {
	var a Applicant
	var in []string
	n := 0
	keys := []key{
		{"id", func() { a.ID = d.text("id"); d.where = a.ID }},
		{"tier", func() { a.Tier = d.small("tier") }},
		{"date", func() { a.Date = d.whole("date") }},
		{"points", func() { a.Points = d.whole("points") }},
		{"in", func() { in = d.texts("in") }},
		{"list", func() { a.List = d.places("list") }},
		{"siblings", func() { a.Siblings = d.places("siblings") }},
		{"holds", func() { a.Holds = int32(d.small("holds")) }},
	}
	d.each("applicants", func() {
		d.where, a, in = "applicants", Applicant{Holds: -1}, nil
		d.object(keys...)
		if n%chunk == 0 {
			d.chunks = append(d.chunks, make([]Applicant, 0, chunk))
		}
		last := &d.chunks[len(d.chunks)-1]
		*last = append(*last, a)
		if n++; n > maxApplicants {
			d.fail(invalid("allocation.too-many", "where", "applicants", "limit", maxApplicants))
		}
		if in != nil {
			d.in[n-1] = in
		}
	})
	d.where = "round"
	r.Applicants = slices.Concat(d.chunks...)
	d.chunks = nil
}

func (d *reader) lot(l *Lot) {
	d.object(
		key{"id", func() { l.ID = d.text("id") }},
		key{"reserve_tiyn", func() { l.Reserve = d.whole("reserve_tiyn") }},
	)
}

func (d *reader) bids(r *Round) {
	d.each("bids", func() {
		var b Bid
		amount, salt := false, false
		d.where = "bids"
		d.object(
			key{"id", func() { b.ID = d.text("id"); d.where = b.ID }},
			key{"sealed", func() { b.Sealed = d.hash("sealed") }},
			key{"amount_tiyn", func() { b.Amount, amount = d.whole("amount_tiyn"), true }},
			key{"salt", func() { b.Salt, salt = d.hash("salt"), true }},
		)
		if amount != salt {
			d.wrong("salt")
		}
		b.Opened = amount
		r.Bids = append(r.Bids, b)
	})
	d.where = "round"
}

// settle turns names of categories into what they stand for.
func (d *reader) settle(r *Round) error {
	for i, kept := range d.reserves {
		h := &r.Institutions[i]
		if len(kept) == 0 {
			continue
		}
		h.Reserves = make([]int, len(r.Rules.Reserves))
		for name, n := range kept {
			k := slices.IndexFunc(r.Rules.Reserves, func(v Reserve) bool { return v.Category == name })
			if k < 0 {
				return invalid("allocation.unknown", "where", h.ID, "id", clip(name))
			}
			h.Reserves[k] = n
		}
	}
	bit := make(map[string]uint32, len(r.Categories))
	if len(r.Categories) <= maxCategories {
		for i, c := range r.Categories {
			bit[c] = 1 << i
		}
	}
	for i, in := range d.in {
		for _, c := range in {
			if bit[c] == 0 {
				return invalid("allocation.unknown", "where", r.Applicants[i].ID, "id", clip(c))
			}
			r.Applicants[i].Categories |= bit[c]
		}
	}
	return nil
}
