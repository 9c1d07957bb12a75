package release

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"aiqyn/deadline"
	"aiqyn/ledger"
)

// Case is a decided case as the keeper of the log knows it: what its leaves
// would say if opened, and who its applicant is, which no release says.
type Case struct {
	Person     string // any name that one applicant always has
	Filer      string // likewise of who has brought the case about: the applicant, or who acts for them
	CountsOnly bool   // its service is too sensitive for a leaf to be opened
	Filed      deadline.Date
	Decided    deadline.Date
	FiledAs    [ledger.NumFields]string // fields of the leaf of the filing
	DecidedAs  [ledger.NumFields]string // fields of the leaf of the first outcome
	Index      int64                    // of the leaf of the outcome
	FiledIndex int64                    // of the leaf of the filing; needed only after a restore
	Road       *Road                    // the whole way that ends with it; nil: it ends none, or it is not known
}

func (c *Case) label() Label { return labelOf(&c.DecidedAs) }

func labelOf(decided *[ledger.NumFields]string) Label {
	return Label{decided[ledger.FieldService], decided[ledger.FieldKind], decided[ledger.FieldReason]}
}

// days is how many calendar days the case took.
func (c *Case) days() int { return max(0, c.Decided.DaysSince(c.Filed)) }

// Whole is a case with its two leaves, salts included.
type Whole struct {
	Filed, Decided           ledger.Entry
	FiledIndex, DecidedIndex int64
}

// Input is what a release is made of.
type Input struct {
	Origin string
	Before *State // what was told already
	To     deadline.Date
	Size   int64  // of the log at the end of that day
	Cases  []Case // decided by then, those that were told among them or not
	// Underway gives the roads that had not ended by then; nil: they are not told. It is
	// asked once a month is over.
	Underway func() ([]Underway, error)
	// Format is the form of the release, the newest if "". Releases in an earlier form are
	// made again in theirs.
	Format string
	// Open opens the cases of a group, in their order.
	Open func([]*Case) ([]Whole, error)
}

// Build makes the release of the days from the last one released to To. It
// tells nothing that fewer than [Minimum] people have in common.
func Build(in Input) (*Release, error) {
	r := &Release{Format: cmp.Or(in.Format, Format), Minimum: Minimum, Origin: in.Origin, Size: in.Size, From: in.from(), To: in.To, Counts: []Count{}, Groups: []Group{}}
	if r.Cuts() {
		r.Cut = in.Before.Cut
	}
	in.byApplicant(r.Format)
	groups, waiting := in.grouped(r)
	for _, g := range groups {
		group, err := g.at.open(g.cases, in.Open)
		if err != nil {
			return nil, err
		}
		if r.Format != FormatCases {
			group.Roads = roadParts(g.cases, nil)
		}
		r.Groups = append(r.Groups, group)
	}
	month := monthEnd(in.To)
	inMonth := func(c *Case) bool { return !c.Decided.After(month) }
	for _, g := range sortedGroups(waiting, inMonth, labelKey) {
		if people(g) >= Minimum {
			c := in.count(g, month)
			if r.Format != FormatCases {
				c.Roads = roadParts(g, c.Days)
			}
			r.Counts = append(r.Counts, c)
		}
	}
	if err := r.tellRunning(in.Underway, month); err != nil {
		return nil, err
	}
	r.Closed = in.Size - in.Before.Opened() - r.leaves()
	return r, r.Check()
}

// grouping is cases that are opened alike.
type grouping struct {
	at    precision
	cases []*Case
}

// grouped splits the cases that were not told into those that a release opens, and the rest.
func (in *Input) grouped(r *Release) (groups []grouping, waiting []*Case) {
	waiting = in.waiting(r.Cut)
	fresh := func(c *Case) bool { return !c.Decided.Before(r.From) && !c.CountsOnly }
	for _, p := range precisions {
		for _, g := range sortedGroups(waiting, fresh, p.key) {
			if people(g) >= Minimum {
				groups = append(groups, grouping{p, g})
				waiting = without(waiting, g)
			}
		}
	}
	return groups, waiting
}

// tellRunning counts the roads under way if a month has ended on the release's days.
func (r *Release) tellRunning(underway func() ([]Underway, error), month deadline.Date) error {
	if r.Format == FormatCases || underway == nil || month.Before(r.From) {
		return nil
	}
	list, err := underway()
	if err != nil {
		return err
	}
	r.Running = running(list, since(r.Format, Format))
	return nil
}

// monthEnd is the last day of the last month that is over at the end of a day.
// Counts wait for it: counted as soon as ten had come together, nobody would
// learn how long they took.
func monthEnd(day deadline.Date) deadline.Date {
	if next := day.AddDays(1); next.Day == 1 {
		return day
	}
	return deadline.Date{Year: day.Year, Month: day.Month, Day: 1}.AddDays(-1)
}

// leaves is how many leaves the release opens.
func (r *Release) leaves() (n int64) {
	for _, g := range r.Groups {
		n += 2 * int64(len(g.Cases))
	}
	return n
}

// from is the day after the last one released, or the first day of any case.
func (in *Input) from() deadline.Date {
	if !in.Before.To.IsZero() {
		return in.Before.To.AddDays(1)
	}
	first := in.To
	for i := range in.Cases {
		if in.Cases[i].Decided.Before(first) {
			first = in.Cases[i].Decided
		}
	}
	return first
}

// waiting are the cases that have not been told, in order of the log. Those filed before a
// cut are told no more.
func (in *Input) waiting(cut int64) []*Case {
	var list []*Case
	for i := range in.Cases {
		c := &in.Cases[i]
		if !c.Decided.After(in.To) && !in.Before.HasTold(c.Index, c.DecidedAs) && (cut == 0 || c.FiledIndex > cut) {
			list = append(list, c)
		}
	}
	slices.SortFunc(list, func(a, b *Case) int { return cmp.Compare(a.Index, b.Index) })
	return list
}

// sortedGroups groups the cases that are wanted by a key, in order of the keys.
func sortedGroups(cases []*Case, wanted func(*Case) bool, key func(*Case) string) [][]*Case {
	byKey := make(map[string][]*Case)
	for _, c := range cases {
		if wanted(c) {
			byKey[key(c)] = append(byKey[key(c)], c)
		}
	}
	groups := make([][]*Case, 0, len(byKey))
	for _, k := range slices.Sorted(maps.Keys(byKey)) {
		groups = append(groups, byKey[k])
	}
	return groups
}

func labelKey(c *Case) string {
	l := c.label()
	return strings.Join([]string{l.Service, l.Outcome, l.Reason}, "\n")
}

// key is all that the precision would open of a case but its tag.
func (p precision) key(c *Case) string {
	var b strings.Builder
	for _, f := range p.decided {
		b.WriteString(c.DecidedAs[f] + "\n")
	}
	for _, f := range p.filed {
		b.WriteString(c.FiledAs[f] + "\n")
	}
	return b.String()
}

func without(cases, gone []*Case) []*Case {
	out := make(map[*Case]bool, len(gone))
	for _, c := range gone {
		out[c] = true
	}
	return slices.DeleteFunc(cases, func(c *Case) bool { return out[c] })
}

// open opens the leaves of a group.
func (p precision) open(cases []*Case, open func([]*Case) ([]Whole, error)) (Group, error) {
	g := Group{Decided: named(p.decided, &cases[0].DecidedAs), Filed: named(p.filed, &cases[0].FiledAs)}
	wholes, err := open(cases)
	if err != nil || len(wholes) != len(cases) {
		return g, fmt.Errorf("open %d cases, got %d: %w", len(cases), len(wholes), err)
	}
	for i, c := range cases {
		w := &wholes[i]
		if !says(&w.Decided, &c.DecidedAs, p.decided) || !says(&w.Filed, &c.FiledAs, p.filed) {
			return g, fmt.Errorf("entries %d and %d do not say what their case is grouped by", w.FiledIndex, w.DecidedIndex)
		}
		tag := w.Decided.Fields[ledger.FieldCase]
		if tag == "" || tag != w.Filed.Fields[ledger.FieldCase] || w.DecidedIndex != c.Index {
			return g, fmt.Errorf("entries %d and %d are not of one case", w.FiledIndex, w.DecidedIndex)
		}
		one := Opened{Case: tag}
		if one.Decided, err = leafOf(&w.Decided, w.DecidedIndex, p.decided); err != nil {
			return g, err
		}
		if one.Filed, err = leafOf(&w.Filed, w.FiledIndex, p.filed); err != nil {
			return g, err
		}
		g.Cases = append(g.Cases, one)
	}
	return g, nil
}

// says reports whether an entry says in these fields what it was grouped by.
func says(e *ledger.Entry, want *[ledger.NumFields]string, fields []int) bool {
	return !slices.ContainsFunc(fields, func(f int) bool { return e.Fields[f] != want[f] })
}

// leafOf opens fields of an entry, and the tag of its case.
func leafOf(e *ledger.Entry, index int64, fields []int) (Leaf, error) {
	l := Leaf{Index: index}
	o, err := e.Open(slices.Sorted(slices.Values(append([]int{ledger.FieldCase}, fields...)))...)
	if err != nil {
		return l, err
	}
	for _, f := range o.Opened {
		l.Salts = append(l.Salts, f.Salt[:])
	}
	for _, h := range o.Closed() {
		l.Closed = append(l.Closed, h[:])
	}
	return l, nil
}

// count counts cases of one label. It begins where the label was told last, or
// with the first release: the day of a case would be one person's.
func (in *Input) count(cases []*Case, to deadline.Date) Count {
	l := cases[0].label()
	c := Count{Cases: len(cases), Service: l.Service, Outcome: l.Outcome, Reason: l.Reason, From: in.Before.First, To: to, Days: spans(cases)}
	if told := in.Before.Told(l); !told.IsZero() {
		c.From = told.AddDays(1)
	} else if c.From.IsZero() {
		c.From = in.from()
	}
	return c
}

// edges are the ends of spans, in calendar days. They are laid down beforehand:
// an end taken from the cases would be the time of one of them.
var edges = []int{0, 1, 2, 3, 5, 7, 10, 14, 21, 30, 45, 60, 90, 120, 180, 365}

// spans counts cases by how long they took.
func spans(cases []*Case) []Span { return spansBy(cases, (*Case).days, edges) }

// spansBy counts cases by their days, each span with enough people and up to one of
// the ends. The last has no end, unless all are within it.
func spansBy(cases []*Case, days func(*Case) int, ends []int) []Span {
	sorted := slices.SortedStableFunc(slices.Values(cases), func(a, b *Case) int { return cmp.Compare(days(a), days(b)) })
	var list []Span
	from := 0
	for _, to := range ends {
		n := 0
		for n < len(sorted) && days(sorted[n]) <= to {
			n++
		}
		if rest := people(sorted[n:]); people(sorted[:n]) < Minimum || rest > 0 && rest < Minimum {
			continue // too few in it, or too few left for the last
		}
		list = append(list, Span{Cases: n, From: from, To: to})
		if from, sorted = to+1, sorted[n:]; len(sorted) == 0 {
			return list
		}
	}
	return append(list, Span{Cases: len(sorted), From: from, To: -1})
}
