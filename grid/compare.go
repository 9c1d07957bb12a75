package grid

import (
	"cmp"
	"encoding/json"
	"math"
	"reflect"
	"slices"
)

// Kinds of elements that two networks are compared by, and of the tables beside them.
const (
	ElementSource = "source" // by its bus
	ElementBus    = "bus"
	ElementLine   = "line"
	ElementTrafo  = "trafo"
	ElementLink   = "link"
	ElementShunt  = "shunt"
	ElementLoad   = "load" // by its bus
)

// What has become of an element.
const (
	Added   = "added"
	Removed = "removed"
	Changed = "changed"
)

// ElementChange is an element that two networks do not have alike.
type ElementChange struct {
	Element string        `json:"element"`
	Fields  []FieldChange `json:"fields,omitempty"` // of one that both have
	ID      int           `json:"id"`
	What    string        `json:"what"`
}

// FieldChange is a field of it, as it stands in the published networks; null is none.
type FieldChange struct {
	Field string          `json:"field"`
	Is    json.RawMessage `json:"is"`
	Was   json.RawMessage `json:"was"`
}

// RatingChange is a rating that two networks have otherwise: the power of a transformer in
// volt-amperes, or the current of a line in milliamperes; −1 where no limit is recorded.
type RatingChange struct {
	Element string `json:"element"`
	ID      int    `json:"id"`
	Is      int64  `json:"is"`
	Was     int64  `json:"was"`
}

// Compare lists the elements that a network has otherwise than the one before it, by kind
// and ascending by id, and the rating that has changed by the largest factor, nil if none
// has: one that is limited on one side alone counts as the largest.
func Compare(was, is *Network) (list []ElementChange, largest *RatingChange) {
	a, b := was.sorted(), is.sorted()
	if a.Name != b.Name || a.CRS != b.CRS || a.BaseHz != b.BaseHz {
		list = append(list, ElementChange{Element: "network", What: Changed, Fields: fieldsChanged(
			struct {
				BaseHz    float64 `json:"base_hz"`
				CRS, Name string
			}{a.BaseHz, a.CRS, a.Name}, struct {
				BaseHz    float64 `json:"base_hz"`
				CRS, Name string
			}{b.BaseHz, b.CRS, b.Name})})
	}
	list = CompareLists(list, ElementSource, a.Sources, b.Sources, func(s *Source) int { return s.Bus }, nil)
	list = CompareLists(list, ElementBus, a.Buses, b.Buses, func(s *Bus) int { return s.ID }, nil)
	list = CompareLists(list, ElementLine, a.Lines, b.Lines, func(s *Line) int { return s.ID }, func(was, is *Line) {
		largest = larger(largest, RatingChange{ElementLine, is.ID, milliamperes(is.IMaxA), milliamperes(was.IMaxA)})
	})
	list = CompareLists(list, ElementTrafo, a.Trafos, b.Trafos, func(s *Trafo) int { return s.ID }, func(was, is *Trafo) {
		largest = larger(largest, RatingChange{ElementTrafo, is.ID, thousandfold(is.SnKVA), thousandfold(was.SnKVA)})
	})
	list = CompareLists(list, ElementLink, a.Links, b.Links, func(s *Link) int { return s.ID }, nil)
	list = CompareLists(list, ElementShunt, a.Shunts, b.Shunts, func(s *Shunt) int { return s.ID }, nil)
	return CompareLists(list, ElementLoad, a.Loads, b.Loads, func(s *Load) int { return s.Bus }, nil), largest
}

func milliamperes(limit *float64) int64 {
	if limit == nil {
		return -1
	}
	return thousandfold(*limit)
}

func thousandfold(v float64) int64 { return int64(math.Round(v * 1000)) }

// larger is which of two changes of a rating is the larger, the first if they are alike.
func larger(than *RatingChange, c RatingChange) *RatingChange {
	if c.Is == c.Was || than != nil && factor(*than) >= factor(c) {
		return than
	}
	return &c
}

// factor is by how much a rating has changed, 1 or more.
func factor(c RatingChange) float64 {
	lo, hi := min(c.Is, c.Was), max(c.Is, c.Was)
	if lo <= 0 {
		return math.Inf(1)
	}
	return float64(hi) / float64(lo)
}

// CompareLists appends what differs between two lists of elements, ascending by id; each
// is told of single elements that both have and that differ.
func CompareLists[T any](list []ElementChange, element string, was, is []T, id func(*T) int, each func(was, is *T)) []ElementChange {
	cut := func(l []T) (own, others []T) {
		n := 1
		for n < len(l) && id(&l[n]) == id(&l[0]) {
			n++
		}
		return l[:n], l[n:]
	}
	var old, own []T
	for len(was) > 0 || len(is) > 0 {
		order := 0
		switch {
		case len(was) == 0:
			order = 1
		case len(is) == 0:
			order = -1
		default:
			order = cmp.Compare(id(&was[0]), id(&is[0]))
		}
		switch {
		case order < 0:
			list = append(list, ElementChange{Element: element, ID: id(&was[0]), What: Removed})
			_, was = cut(was)
			continue
		case order > 0:
			list = append(list, ElementChange{Element: element, ID: id(&is[0]), What: Added})
			_, is = cut(is)
			continue
		}
		old, was = cut(was)
		own, is = cut(is)
		if reflect.DeepEqual(old, own) {
			continue
		}
		c := ElementChange{Element: element, ID: id(&own[0]), What: Changed}
		if len(old) == 1 && len(own) == 1 {
			c.Fields = fieldsChanged(old[0], own[0])
			if each != nil {
				each(&old[0], &own[0])
			}
		} else {
			c.Fields = []FieldChange{{"all", encoded(own), encoded(old)}}
		}
		list = append(list, c)
	}
	return list
}

// fieldsChanged are the fields of two values of one type that differ, by name.
func fieldsChanged(was, is any) []FieldChange {
	var a, b map[string]json.RawMessage
	for _, x := range []struct {
		of   any
		into *map[string]json.RawMessage
	}{{was, &a}, {is, &b}} {
		if err := json.Unmarshal(encoded(x.of), x.into); err != nil {
			panic("grid: an element is no object: " + err.Error())
		}
	}
	null := json.RawMessage("null")
	value := func(m map[string]json.RawMessage, key string) json.RawMessage {
		if v, ok := m[key]; ok {
			return v
		}
		return null
	}
	names := make([]string, 0, len(a))
	for key := range a {
		names = append(names, key)
	}
	for key := range b {
		if _, ok := a[key]; !ok {
			names = append(names, key)
		}
	}
	slices.Sort(names)
	var list []FieldChange
	for _, key := range names {
		if w, i := value(a, key), value(b, key); string(w) != string(i) {
			list = append(list, FieldChange{key, i, w})
		}
	}
	return list
}

// CompareTables lists what differs between two tables beside a network, such as prices,
// field by field: each list is compared place by place, and a name says where, such as
// "levels.0.tap".
func CompareTables(was, is any) []FieldChange {
	var a, b any
	for _, x := range []struct {
		of   any
		into *any
	}{{was, &a}, {is, &b}} {
		if err := json.Unmarshal(encoded(x.of), x.into); err != nil {
			panic("grid: a table that does not encode: " + err.Error())
		}
	}
	return fieldsChanged(flat(a), flat(b))
}

// flat has the single values of a document by where they stand.
func flat(doc any) map[string]json.RawMessage {
	out := make(map[string]json.RawMessage)
	var walk func(at string, v any)
	walk = func(at string, v any) {
		below := func(key string) string {
			if at == "" {
				return key
			}
			return at + "." + key
		}
		switch v := v.(type) {
		case map[string]any:
			for key, x := range v {
				walk(below(key), x)
			}
		case []any:
			for i, x := range v {
				walk(below(string(encoded(i))), x)
			}
		default:
			out[at] = encoded(v)
		}
	}
	walk("", doc)
	return out
}

func encoded(v any) json.RawMessage {
	data, err := json.Marshal(v)
	if err != nil {
		panic("grid: encoding what was never checked: " + err.Error())
	}
	return data
}

// CompareStreets lists the pieces of street that two graphs do not both have, by where they
// lie: those that are gone first. The id of a piece is its position among those of its side.
func CompareStreets(element string, was, is *Streets) []ElementChange {
	a, b := was.pieces(), is.pieces()
	var gone, come []ElementChange
	for len(a) > 0 || len(b) > 0 {
		order := 0
		switch {
		case len(a) == 0:
			order = 1
		case len(b) == 0:
			order = -1
		default:
			order = comparePieces(a[0].ends, b[0].ends)
		}
		null := json.RawMessage("null")
		switch {
		case order < 0:
			gone = append(gone, ElementChange{element, []FieldChange{{"ends", null, encoded(a[0].ends)}}, a[0].edge, Removed})
			a = a[1:]
		case order > 0:
			come = append(come, ElementChange{element, []FieldChange{{"ends", encoded(b[0].ends), null}}, b[0].edge, Added})
			b = b[1:]
		default:
			a, b = a[1:], b[1:]
		}
	}
	return append(gone, come...)
}

// piece is one straight piece of street.
type piece struct {
	ends [2][2]int64 // ascending
	edge int
}

func (s *Streets) pieces() []piece {
	list := make([]piece, len(s.Edges))
	for i, e := range s.Edges {
		ends := [2][2]int64{s.Nodes[e[0]], s.Nodes[e[1]]}
		if slices.Compare(ends[0][:], ends[1][:]) > 0 {
			ends[0], ends[1] = ends[1], ends[0]
		}
		list[i] = piece{ends, i}
	}
	slices.SortStableFunc(list, func(a, b piece) int { return comparePieces(a.ends, b.ends) })
	return list
}

func comparePieces(a, b [2][2]int64) int {
	return cmp.Or(slices.Compare(a[0][:], b[0][:]), slices.Compare(a[1][:], b[1][:]))
}
