package ogc

import (
	"math"
	"strconv"
	"strings"
	"time"

	"aiqyn"
	"aiqyn/casework"
	"aiqyn/web/visit"
)

// Limits of a page of features, and how many it has unless it is asked.
const (
	MaxLimit     = 1000
	DefaultLimit = 100
)

// query is what a page of features is narrowed by.
type query struct {
	limit, after   int
	box            *box
	never          bool // no feature is of the time that is asked for
	district, room string
}

func wrong(name string) error {
	return aiqyn.E(aiqyn.Invalid, "error.ogc-value", "name", name).On(name)
}

func readQuery(v *visit.Visit, g *casework.GridView) (query, error) {
	q := query{limit: DefaultLimit, after: math.MinInt + 1, district: v.Query("district"), room: v.Query("room")}
	if err := only(v, "limit", "after", "bbox", "datetime", "district", "room"); err != nil {
		return q, err
	}
	if s := v.Query("limit"); s != "" {
		n, err := strconv.Atoi(s)
		if err != nil || n < 1 {
			return q, wrong("limit")
		}
		q.limit = min(n, MaxLimit) // as Core has it: no error, fewer features
	}
	if s := v.Query("after"); s != "" {
		n, err := strconv.Atoi(s)
		if err != nil || n == math.MaxInt {
			return q, wrong("after")
		}
		q.after = n
	}
	if s := v.Query("bbox"); s != "" {
		box, err := readBox(s)
		if err != nil {
			return q, err
		}
		q.box = box
	}
	if s := v.Query("datetime"); s != "" {
		until, err := readTime(s)
		if err != nil {
			return q, err
		}
		q.never = !until.IsZero() && until.Before(g.At) // what was published is good until the next publication
	}
	return q, nil
}

// readBox reads four numbers, or six of which the heights say nothing here.
func readBox(s string) (*box, error) {
	parts := strings.Split(s, ",")
	n := make([]float64, len(parts))
	for i, p := range parts {
		f, err := strconv.ParseFloat(strings.TrimSpace(p), 64)
		if err != nil || math.IsNaN(f) || math.IsInf(f, 0) {
			return nil, wrong("bbox")
		}
		n[i] = f
	}
	switch len(n) {
	case 4:
	case 6:
		n = []float64{n[0], n[1], n[3], n[4]}
	default:
		return nil, wrong("bbox")
	}
	if n[1] > n[3] {
		return nil, wrong("bbox")
	}
	return &box{n[0], n[1], n[2], n[3]}, nil
}

// readTime reads an instant or an interval of RFC 3339, with ".." or nothing for
// an open end, and returns when it ends; the zero time is never.
func readTime(s string) (until time.Time, err error) {
	from, to, interval := strings.Cut(s, "/")
	if !interval {
		to = from
	}
	var ends [2]time.Time
	for i, end := range []string{from, to} {
		if interval && (end == "" || end == "..") {
			continue
		}
		if ends[i], err = time.Parse(time.RFC3339, end); err != nil {
			return until, wrong("datetime")
		}
	}
	if !ends[1].IsZero() && ends[1].Before(ends[0]) {
		return until, wrong("datetime")
	}
	return ends[1], nil
}

// wants reports whether a feature is asked for.
func (q *query) wants(k kind, i int) bool {
	if q.never || q.district != "" && k.district(i) != q.district || q.room != "" && k.room(i) != q.room {
		return false
	}
	if q.box == nil {
		return true
	}
	r, ok := k.place(i)
	return ok && q.box.meets(r)
}
