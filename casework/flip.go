package casework

import (
	"context"
	"slices"
	"strings"
	"time"

	"aiqyn"
	"aiqyn/access"
	"aiqyn/grid"
	"aiqyn/store"
)

// A refusal for want of power that is later granted to anyone at the same parcel, or
// at a transformer that the refusal was about, though nothing shows that there was
// more room by then, contradicts itself: whether it was another person, another who
// acted for them, or another point. It is looked for when something is granted, and
// when history is imported: what a former system claims is found as well, and marked
// as unproven. Each is an entry of the case that brought it to light, and the audit
// finds them all again.

// flip names a refusal and the grant that contradicts it.
type flip struct {
	Act      int64           `json:"act,omitempty"`    // number, counted from 1, of the entry that has brought another network between them
	Agent    bool            `json:"agent,omitempty"`  // another acted for the applicant
	Change   grid.Change     `json:"change,omitempty"` // what was different, and excuses nothing
	Days     int             `json:"days"`             // between them
	Granted  aiqyn.Reference `json:"granted"`
	Imported bool            `json:"imported"`        // one of the two is a former system's claim
	Node     string          `json:"node,omitempty"`  // transformer that both were about, its number or the name that a former system gives; "": the same object
	Other    bool            `json:"other"`           // they had different applicants
	Point    bool            `json:"point,omitempty"` // it was granted at another transformer than the nearest of the refusal
	Refused  aiqyn.Reference `json:"refused"`
	Watt     int64           `json:"w,omitempty"` // given back between them, or less than was refused, where that is the change
}

// maxMarked is how many cases are looked at that have one parcel or one transformer in
// common with a verdict and came to the other outcome: the newest. maxSameObject is how
// many of those about one parcel that were decided before verdicts left marks.
const (
	maxMarked     = 256
	maxSameObject = 64
)

// flips looks for what the case that is now being decided contradicts, or is
// contradicted by, among those on disk and those that are on their way there.
func (t *turn) flips(now verdict) error {
	s := t.rec.state
	object, rule := s.objectKey(), t.e.flipRule(s.Pack)
	keys := now.keys(object)
	seen := map[aiqyn.Reference]bool{now.ref: true}
	came := t.e.cameIntoForce()
	look := func(was verdict, same bool) {
		if f := flipOf(was, now, same, rule, came); f != nil && !seen[was.ref] {
			seen[was.ref] = true
			t.emit(EventFlip, aiqyn.System, f)
		}
	}
	rows, err := t.alike(keys, now.granted)
	if err != nil {
		return err
	}
	for _, row := range rows {
		if row.No == s.No || row.Status == string(StatusErased) {
			continue
		}
		was, about, ok, err := t.e.verdictOf(context.Background(), row)
		if err != nil {
			return err
		}
		if ok {
			look(was, about == object)
		}
	}
	for _, was := range t.s.verdicts.about(keys) {
		look(was.verdict, was.object == object)
	}
	t.noteVerdict(now)
	return nil
}

// flipRule is what a pack says of unproven history.
type flipRule struct {
	days   int  // for so long a refusal is held against grants at the same transformer
	lesser bool // a grant of less is named too
}

func (e *Engine) flipRule(pack string) (rule flipRule) {
	if p := e.packs.byHash[pack]; p != nil && p.Capacity != nil {
		rule = flipRule{p.Capacity.History, p.Capacity.Lesser}
	}
	return rule
}

// alike are cases that may contradict a verdict with these keys, each once. Those about
// one object that left no marks are found by the object, where there can be any.
func (t *turn) alike(keys []string, granted bool) ([]store.Case, error) {
	ctx, s := context.Background(), t.rec.state
	var list []store.Case
	seen := make(map[int64]bool)
	add := func(rows []store.Case, err error) error {
		for _, row := range rows {
			if !seen[row.No] {
				seen[row.No] = true
				list = append(list, row)
			}
		}
		return err
	}
	if s.Object != "" && t.s.unmarked != 0 {
		for _, object := range []string{s.objectKey(), importedObject(s.Service, s.Object)} {
			if err := add(t.e.Store.CasesOfObject(ctx, t.e.keys.hash("object", object), maxSameObject)); err != nil {
				return nil, err
			}
		}
	}
	for _, key := range keys {
		if err := add(t.e.Store.CasesMarked(ctx, t.e.keys.verdictMark(!granted, key), maxMarked)); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// noteVerdict remembers what became of the case, for good by its marks, and until it
// is on disk for sure by itself.
func (t *turn) noteVerdict(v verdict) {
	s := t.rec.state
	t.likenesses = append(t.likenesses, t.e.keys.marks(s, &v)...)
	was := t.s.verdicts
	t.s.verdicts = was.with(s.objectKey(), v)
	t.undo = append(t.undo, func() { t.s.verdicts = was })
}

// flipOf names which of two verdicts contradicts the other, nil if neither does. What
// is not proven, and not about one object, is held against each other only if so many
// days are between them at most. Another network excuses a grant only where no act says
// who has brought it: else the contradiction names the act.
func flipOf(a, b verdict, same bool, rule flipRule, came []cameIntoForce) *flip {
	if a.granted == b.granted {
		return nil
	}
	if a.granted {
		a, b = b, a
	}
	f := &flip{
		Agent: a.agent != b.agent, Days: int(b.At.Sub(a.At).Hours() / 24), Granted: b.ref, Imported: a.imported || b.imported, Other: a.who != b.who, Refused: a.ref,
	}
	if !same {
		if f.Node = sharedNode(&a, &b); f.Node == "" || f.Imported && f.Days > rule.days {
			return nil
		}
	}
	var is bool
	f.Change, is = grid.Contradicts(a.Verdict, b.Verdict)
	if f.Change == grid.ChangeNetwork || f.Change == grid.ChangeBrought {
		if entry, ok := changedBetween(came, a.At, b.At); ok {
			f.Act, is = entry+1, true
		}
	}
	if !is {
		return nil
	}
	switch f.Change {
	case grid.ChangeReturned:
		i := slices.IndexFunc(a.Sites, func(s grid.Site) bool { return s.Trafo == b.Sites[0].Trafo })
		f.Watt = a.Sites[i].ReservedW - b.Sites[0].ReservedW
	case grid.ChangeSmaller:
		if !rule.lesser {
			return nil
		}
		f.Watt = a.LoadW - b.LoadW
	}
	f.Point = len(a.Sites) > 0 && len(b.Sites) > 0 && a.Sites[0].Trafo != b.Sites[0].Trafo
	return f
}

// sharedNode names the transformer that two verdicts were both about, "" if none.
func sharedNode(a, b *verdict) string {
	theirs := b.nodes()
	for _, key := range a.nodes() {
		if slices.Contains(theirs, key) {
			_, name, _ := strings.Cut(key, "\x00")
			return name
		}
	}
	return ""
}

// grantContradicts looks for refusals that the grant in an event contradicts.
func (t *turn) grantContradicts(given *event, ev *evaluation) error {
	v, _ := verdictAt(given, t.rec.state, t.svc, ev.computed, t.e.Zone)
	return t.flips(v)
}

// refusalStands remembers a refusal that is one of the place.
func (t *turn) refusalStands(given *event, ev *evaluation) {
	if v, ok := verdictAt(given, t.rec.state, t.svc, ev.computed, t.e.Zone); ok {
		t.noteVerdict(v)
	}
}

// Flip is a refusal and the grant that contradicts it, for those who look into it.
type Flip struct {
	Entry            int64
	At               time.Time // when it came to light
	Refused, Granted aiqyn.Reference
	Object           string // of the case that brought it to light
	Node             string // transformer that both were about, where the objects are not the same
	Days             int
	Imported, Other  bool
	Agent, Point     bool   // another acted for the applicant; another point
	Change           string // what was different: a grid.Change
	Watt             int64  // given back between them, or less than was refused, where that is the change
	Act              int64  // entry by which the network was changed between them; −1: none
}

// Flips lists them, the newest first.
func (e *Engine) Flips(ctx context.Context, viewer aiqyn.Actor, p Page) (List[Flip], error) {
	var out List[Flip]
	if err := access.Check(viewer.Role, access.ActionWatch, access.None); err != nil {
		return out, err
	}
	from, err := before(p.After)
	if err != nil {
		return out, err
	}
	rows, err := e.Store.Flips(ctx, from, p.limit()+1)
	if err != nil {
		return out, err
	}
	rows, out.Next = onePage(rows, p, func(r store.Entry) int64 { return r.Index })
	var numbers []int64
	for _, row := range rows {
		numbers = append(numbers, row.Case)
	}
	slices.Sort(numbers)
	cases, err := e.Store.CasesByNo(ctx, slices.Compact(numbers))
	if err != nil {
		return out, err
	}
	byNo := make(map[int64]*record, len(cases))
	for _, row := range cases {
		if rec, err := e.keys.openRecord(row); err == nil {
			byNo[row.No] = rec
		}
	}
	for _, row := range rows {
		rec := byNo[row.Case]
		if rec == nil || rec.key == nil {
			continue // erased
		}
		ev, err := e.decodeEntry(row, rec.key)
		if err != nil {
			return out, err
		}
		d := ev.data.(*flip)
		out.Items = append(out.Items, Flip{row.Index, ev.at, d.Refused, d.Granted, rec.state.Object, d.Node, d.Days, d.Imported, d.Other, d.Agent, d.Point, string(d.Change), d.Watt, d.Act - 1})
	}
	return out, nil
}

// FlipCount is how many there are: anybody may know that.
func (e *Engine) FlipCount(ctx context.Context) (int64, error) { return e.Store.CountFlips(ctx) }
