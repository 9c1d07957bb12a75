package release

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"aiqyn/deadline"
	"aiqyn/ledger"
)

// world is a log of decided cases, as its keeper knows them.
type world struct {
	cases  []Case
	wholes map[int64]Whole       // by the index of the outcome
	leaves map[int64]ledger.Hash // of the log
	size   int64
}

var first = deadline.Date{Year: 2026, Month: 1, Day: 1}

// kindOf is how many cases a day of a kind there are, about.
type kindOf struct {
	service, outcome, reason string
	perDay                   float64
	days                     int // it takes, at most
	countsOnly               bool
}

var kinds = []kindOf{
	{"address", "granted", "", 14, 0, false},
	{"energy", "granted", "", 2, 20, false},
	{"energy", "refused", "no-right", 0.3, 12, false},
	{"energy", "refused", "no-capacity", 0.02, 12, false},
	{"benefit", "granted", "", 25, 0, true},
}

// invent makes a log of so many days.
func invent(seed uint64, days int) *world {
	w := &world{wholes: make(map[int64]Whole), leaves: make(map[int64]ledger.Hash)}
	r := rand.New(rand.NewPCG(seed, 1))
	for d := range days {
		for _, k := range kinds {
			n := int(k.perDay)
			if r.Float64() < k.perDay-float64(n) {
				n++
			}
			if n > 0 {
				n += r.IntN(n+1) - n/2
			}
			for range n {
				w.add(k, first.AddDays(d), r)
			}
		}
	}
	return w
}

// add decides a case on a day. One person in five has others, too.
func (w *world) add(k kindOf, day deadline.Date, r *rand.Rand) {
	person := fmt.Sprint("person ", r.IntN(1_000_000))
	if r.IntN(5) == 0 {
		person = fmt.Sprint("agent ", r.IntN(3))
	}
	filer := person // or one in ten through somebody who acts for many
	if r.IntN(10) == 0 {
		filer = fmt.Sprint("agent ", r.IntN(3))
	}
	c := Case{Person: person, Filer: filer, CountsOnly: k.countsOnly, Decided: day, Filed: day.AddDays(-r.IntN(k.days + 1))}
	c.FiledAs[ledger.FieldService], c.FiledAs[ledger.FieldDay], c.FiledAs[ledger.FieldKind] = k.service, c.Filed.String(), "filed"
	as := &c.DecidedAs
	as[ledger.FieldService], as[ledger.FieldDay], as[ledger.FieldKind], as[ledger.FieldReason] = k.service, day.String(), k.outcome, k.reason
	as[ledger.FieldPack], as[ledger.FieldBody], as[ledger.FieldRegion] = "pack", "body", []string{"11", "75"}[r.IntN(2)]
	tag := fmt.Sprintf("%016x", r.Uint64())
	whole := Whole{FiledIndex: w.size, DecidedIndex: w.size + 1}
	whole.Filed = ledger.Entry{Fields: c.FiledAs, Salts: ledger.DeriveSalts([32]byte{byte(w.size), byte(w.size >> 8), byte(w.size >> 16)})}
	whole.Decided = ledger.Entry{Fields: c.DecidedAs, Salts: ledger.DeriveSalts([32]byte{byte(w.size), byte(w.size >> 8), byte(w.size >> 16), 1})}
	whole.Filed.Fields[ledger.FieldCase], whole.Decided.Fields[ledger.FieldCase] = tag, tag
	whole.Decided.Fields[ledger.FieldTime], whole.Decided.Fields[ledger.FieldOfficer] = "the very second", "an officer"
	c.Index = whole.DecidedIndex
	w.leaves[whole.FiledIndex] = ledger.LeafHash(whole.Filed.Commitment())
	w.leaves[whole.DecidedIndex] = ledger.LeafHash(whole.Decided.Commitment())
	w.wholes[c.Index] = whole
	w.cases = append(w.cases, c)
	w.size += 2
}

// until is the log as it was at the end of a day.
func (w *world) until(day deadline.Date, s *State) Input {
	in := Input{Origin: "log.example", Before: s, To: day, Open: w.open}
	for _, c := range w.cases {
		if !c.Decided.After(day) {
			in.Cases = append(in.Cases, c)
			in.Size = c.Index + 1
		}
	}
	return in
}

func (w *world) open(cases []*Case) ([]Whole, error) {
	list := make([]Whole, len(cases))
	for i, c := range cases {
		list[i] = w.wholes[c.Index]
	}
	return list, nil
}

func (w *world) at(index int64) *Case {
	for i := range w.cases {
		if w.cases[i].Index == index {
			return &w.cases[i]
		}
	}
	return nil
}

// releases are made every few days, as the lengths say in turn.
func (w *world) releases(t *testing.T, days int, lengths ...int) []*Release {
	t.Helper()
	var s State
	var list []*Release
	for day, i := -1, 0; ; i++ {
		if day += lengths[i%len(lengths)]; day >= days {
			return list
		}
		r, err := Build(w.until(first.AddDays(day), &s))
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Add(r); err != nil {
			t.Fatal(err)
		}
		list = append(list, r)
	}
}
