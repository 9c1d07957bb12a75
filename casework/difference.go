package casework

import (
	"context"
	"encoding/json"
	"slices"
	"strconv"

	"aiqyn"
	"aiqyn/grid"
	"aiqyn/store"
)

// CapacityDifference is what a publication of free power has in difference to the
// one before it, as it is published under its hash. It holds every move of what is
// reserved between the two, so that whoever has both knows what was reserved below
// each transformer at every entry of the log.
type CapacityDifference struct {
	Base *[2]string `json:"base,omitempty"` // hashes of the surveyed network, was and is, where they differ
	// Corrections are what was sent wrongly and was corrected between the two.
	Corrections []PeakCorrection `json:"corrections,omitempty"`
	Day         string           `json:"day"`
	From        PublishedDay     `json:"from"`
	Moves       []CapacityMove   `json:"moves"` // of the entries from From.Position on and below Position
	Position    int64            `json:"position"`
	To          string           `json:"to"` // hash of the publication
	Trafos      []TrafoChange    `json:"trafos"`
	// InForce is what was in force at From.Position, and Acts are those of the same entries
	// as the moves; differences from before have neither.
	InForce *GridInForce `json:"in_force,omitempty"`
	Acts    []GridAct    `json:"acts,omitempty"`
	// Salt is told to nobody but auditors: see [keyring.withheldSalt].
	Salt string `json:"salt,omitempty"`
}

// PublishedDay is a publication as another names it.
type PublishedDay struct {
	Day      string `json:"day"`
	Entry    int64  `json:"entry"`
	Hash     string `json:"hash"`
	Position int64  `json:"position"` // as of how many entries its figures are
}

// TrafoChange is what has changed of one transformer, and why. Each pair is what was
// and what is; −1 as free power is no limit, as peak that nothing is known, and
// either as all of a side that the transformer is not in the network there.
type TrafoChange struct {
	ConnectedW [2]int64 `json:"connected_w"`
	FreeW      [2]int64 `json:"free_w"`
	LapseW     [2]int64 `json:"lapse_w"`
	PeakW      [2]int64 `json:"peak_w"` // by its meter, or as the utility stands by it
	ReservedW  [2]int64 `json:"reserved_w"`
	Trafo      int      `json:"trafo"`
	Why        []string `json:"why"` // causes, ascending
}

// Causes of a change besides those of moves.
const (
	CauseMeasured  = "measured"  // its load is known as another
	CauseCorrected = "corrected" // its load was sent wrongly, and was corrected
	CauseNetwork   = "network"   // another network was surveyed
	CauseLimits    = "limits"    // the limits are others
	CauseLoads     = "loads"     // loads are brought to what was measured in another way
	CauseNeighbour = "neighbour" // something else on its feeder has changed
)

// differ makes the difference of two publications, with the moves between them.
func differ(from PublishedDay, was, is *publication, to string, moves []CapacityMove, corrections []PeakCorrection, m *grid.Model) *CapacityDifference {
	d := &CapacityDifference{Corrections: corrections, Day: is.Day, From: from, Moves: moves, Position: is.Position, To: to, Trafos: []TrafoChange{}}
	if was.Base != is.Base {
		d.Base = &[2]string{was.Base, is.Base}
	}
	own, corrected := ownCauses(moves, m), make(map[int]bool)
	for _, c := range corrections {
		corrected[c.Trafo] = true
	}
	peaks := [2]map[int]int64{peaksByTrafo(was.Peaks), peaksByTrafo(is.Peaks)}
	lines := [2]map[int]*TrafoLine{linesByTrafo(was.Trafos), linesByTrafo(is.Trafos)}
	ids := make([]int, 0, len(is.Trafos))
	for i := range is.Trafos {
		ids = append(ids, is.Trafos[i].ID)
	}
	for i := range was.Trafos {
		if lines[1][was.Trafos[i].ID] == nil {
			ids = append(ids, was.Trafos[i].ID)
		}
	}
	slices.Sort(ids)
	for _, id := range ids {
		c := TrafoChange{Trafo: id}
		for side := range 2 {
			c.side(side, lines[side][id], peaks[side])
		}
		if c.same() {
			continue
		}
		c.Why = slices.Clone(own[id])
		switch {
		case c.PeakW[0] == c.PeakW[1]:
		case corrected[id]:
			c.Why = append(c.Why, CauseCorrected)
		default:
			c.Why = append(c.Why, CauseMeasured)
		}
		if d.Base != nil {
			c.Why = append(c.Why, CauseNetwork)
		}
		if was.Limits != is.Limits {
			c.Why = append(c.Why, CauseLimits)
		}
		if grid.MeasuredLoadsVersion(is.Loads) > 2 && was.Loads != is.Loads { // version 2 came without its cause
			c.Why = append(c.Why, CauseLoads)
		}
		if len(c.Why) == 0 {
			c.Why = []string{CauseNeighbour}
		}
		slices.Sort(c.Why)
		c.Why = slices.Compact(c.Why)
		d.Trafos = append(d.Trafos, c)
	}
	return d
}

// side fills in what was (0) or what is (1).
func (c *TrafoChange) side(n int, l *TrafoLine, peaks map[int]int64) {
	c.PeakW[n] = -1
	if w, ok := peaks[c.Trafo]; ok {
		c.PeakW[n] = w
	}
	if l == nil {
		c.ConnectedW[n], c.FreeW[n], c.LapseW[n], c.ReservedW[n] = -1, -1, -1, -1
		return
	}
	c.ConnectedW[n], c.FreeW[n], c.LapseW[n], c.ReservedW[n] = l.ConnectedW, l.FreeW, l.LapseW, l.ReservedW
}

func (c *TrafoChange) same() bool {
	same := func(x [2]int64) bool { return x[0] == x[1] }
	return same(c.ConnectedW) && same(c.FreeW) && same(c.LapseW) && same(c.PeakW) && same(c.ReservedW)
}

// ownCauses are the causes of moves by the transformers that feed their place.
func ownCauses(moves []CapacityMove, m *grid.Model) map[int][]string {
	own := make(map[int][]string)
	for _, x := range moves {
		for _, trafo := range append(m.Upstream(x.Trafo), x.Trafo) {
			if !slices.Contains(own[trafo], x.Cause) {
				own[trafo] = append(own[trafo], x.Cause)
			}
		}
	}
	return own
}

func peaksByTrafo(peaks []grid.Peak) map[int]int64 {
	by := make(map[int]int64, len(peaks))
	for _, p := range peaks {
		by[p.Trafo] = p.Watt
	}
	return by
}

func linesByTrafo(lines []TrafoLine) map[int]*TrafoLine {
	by := make(map[int]*TrafoLine, len(lines))
	for i := range lines {
		by[lines[i].ID] = &lines[i]
	}
	return by
}

// differenceKind and exactDifferenceKind are the kinds of snapshot of a difference:
// whole for anybody, and for auditors alone while something is classified.
const (
	differenceKind      = "capacity-difference"
	exactDifferenceKind = "capacity-difference-exact"
)

// differenceKind is the kind of snapshot that its difference is kept as.
func (d *capacityPublished) differenceKind() string {
	if d.Public != "" {
		return exactDifferenceKind
	}
	return differenceKind
}

// before reads what was published last.
func (p *publishCapacity) before(ctx context.Context, e *Engine) error {
	p.was, p.after = nil, 0
	last, ok, err := e.Store.LastPublication(ctx)
	if err != nil || !ok {
		return err
	}
	p.after = last.ID
	if p.was, err = e.publicationAt(ctx, last.Entry); err != nil {
		return err
	}
	p.from, p.fromDay = publishedDay(last.Entry, last.Day, last.Hash, p.was), day(last.At, e.Zone)
	return nil
}

// publishedDay names a publication.
func publishedDay(entry int64, day, hash string, said *publication) PublishedDay {
	d := PublishedDay{Day: day, Entry: entry, Hash: hash, Position: said.Position}
	if d.Position == 0 { // from before publications said so
		d.Position = entry
	}
	return d
}

// basesOf are the surveyed networks of two publications that follow each other: one,
// unless another was surveyed between them.
func (e *Engine) basesOf(was, is *publication) (bases []*grid.Model, err error) {
	for i, hash := range []string{was.Base, is.Base} {
		if i == 1 && hash == was.Base {
			break
		}
		m, err := e.modelFor(hash)
		if err != nil {
			return nil, err
		}
		bases = append(bases, m)
	}
	return bases, nil
}

// compare makes the difference to what was published last; nil before the second.
func (p *publishCapacity) compare(ctx context.Context, e *Engine) error {
	if p.difference = nil; p.was == nil {
		return nil
	}
	moves, err := e.moves(ctx, p.from.Position, p.said.Position)
	if err != nil {
		return err
	}
	bases, err := e.basesOf(p.was, &p.said)
	if err != nil {
		return err
	}
	corrections, err := e.correctedBetween(ctx, p.was.Measured, p.said.Measured)
	if err != nil {
		return err
	}
	acts, err := e.gridActs(ctx, p.from.Position, p.said.Position)
	if err != nil {
		return err
	}
	d := differ(p.from, p.was, &p.said, p.hash, publishedMoves(moves, p.leave, bases), corrections, bases[len(bases)-1])
	d.inForceFrom(acts, p.fromDay)
	if !p.policy.Open() {
		d.Salt = e.keys.withheldSalt(d.To)
	}
	p.difference, err = json.Marshal(d)
	return err
}

// differenceOf reads what an entry's publication has in difference to the one
// before; nil if it names none.
func (e *Engine) differenceOf(ctx context.Context, d *capacityPublished) (*CapacityDifference, error) {
	if d.Difference == "" {
		return nil, nil
	}
	data, err := snapshotOf(ctx, e.Store, d.differenceKind(), d.Difference)
	if err != nil {
		return nil, err
	}
	diff := new(CapacityDifference)
	return diff, json.Unmarshal(data, diff)
}

// BetweenDays are the newest publications of two days, the first before the second:
// without a day the newest, and the one before it.
func (e *Engine) BetweenDays(ctx context.Context, first, second string) (from, to Publication, err error) {
	if to, err = e.publicationOf(ctx, second, ""); err != nil {
		return from, to, err
	}
	if from, err = e.publicationOf(ctx, first, strconv.FormatInt(to.Entry+1, 10)); err != nil {
		return from, to, err
	}
	if from.Entry >= to.Entry {
		err = aiqyn.E(aiqyn.Invalid, "error.days-order").On("from")
	}
	return from, to, err
}

// publicationOf is the publication of a day; without one the newest below another.
func (e *Engine) publicationOf(ctx context.Context, day, below string) (Publication, error) {
	if day != "" {
		return e.PublicationOfDay(ctx, day)
	}
	list, err := e.PublishedDays(ctx, Page{After: below, Limit: 1})
	if err == nil && len(list.Items) == 0 {
		err = aiqyn.E(aiqyn.NotFound, "error.no-difference")
	}
	if err != nil {
		return Publication{}, err
	}
	return list.Items[0], nil
}

// PublicationOfDay is the newest publication of a day, NotFound if there was none.
func (e *Engine) PublicationOfDay(ctx context.Context, day string) (Publication, error) {
	p, ok, err := e.Store.PublicationOfDay(ctx, day)
	if err == nil && !ok {
		err = aiqyn.E(aiqyn.NotFound, "error.no-publication", "day", day)
	}
	return published1(p), err
}

// PublishedDays lists the publications, the newest first.
func (e *Engine) PublishedDays(ctx context.Context, p Page) (List[Publication], error) {
	var out List[Publication]
	from, err := before(p.After)
	if err != nil {
		return out, err
	}
	rows, err := e.Store.PublicationsBefore(ctx, from, p.limit()+1)
	if err != nil {
		return out, err
	}
	rows, out.Next = onePage(rows, p, func(r store.Publication) int64 { return r.ID })
	for _, row := range rows {
		out.Items = append(out.Items, published1(row))
	}
	return out, nil
}

// TrafoDifference is one transformer on two days.
type TrafoDifference struct {
	Was, Is *TrafoLine // nil: it was not in the network
	Why     []string   // all causes between the two
}

// CapacityChanges lists the transformers of which something has changed between two
// publications, ascending, as far as the viewer may see it now.
func (e *Engine) CapacityChanges(ctx context.Context, viewer aiqyn.Actor, from, to Publication, p Page) (List[TrafoDifference], error) {
	var out List[TrafoDifference]
	policy, err := e.policy(ctx)
	if err != nil {
		return out, err
	}
	if !policy.Open() && !seesExact(viewer) {
		return out, aiqyn.E(aiqyn.Forbidden, "error.classified")
	}
	begin := int64(-1)
	if p.After != "" {
		if begin, err = after(p.After); err != nil {
			return out, err
		}
	}
	a, b := from.Entry+1, to.Entry+1 // as publications are numbered
	rows, err := e.Store.CapacityChanged(ctx, a, b, begin, p.limit()+1)
	if err != nil {
		return out, err
	}
	rows, out.Next = onePage(rows, p, func(r store.CapacityChange) int64 { return r.Trafo })
	for _, row := range rows {
		d, err := trafoDifference(row)
		if err != nil {
			return out, err
		}
		out.Items = append(out.Items, d)
	}
	return out, nil
}

// trafoDifference reads a row.
func trafoDifference(row store.CapacityChange) (d TrafoDifference, err error) {
	for _, side := range []struct {
		text []byte
		into **TrafoLine
	}{{row.Was, &d.Was}, {row.Is, &d.Is}} {
		if len(side.text) > 0 {
			if err := json.Unmarshal(side.text, side.into); err != nil {
				return d, err
			}
		}
	}
	for _, text := range row.Why {
		var c TrafoChange
		if err := json.Unmarshal(text, &c); err != nil {
			return d, err
		}
		d.Why = append(d.Why, c.Why...)
	}
	slices.Sort(d.Why)
	d.Why = slices.Compact(d.Why)
	return d, nil
}
