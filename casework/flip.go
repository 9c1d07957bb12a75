package casework

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	"aiqyn"
	"aiqyn/access"
	"aiqyn/grid"
	"aiqyn/service"
	"aiqyn/store"
)

// A refusal for want of power that is later granted to anyone at the same parcel,
// though nothing shows that there was more room by then, contradicts itself. It is
// looked for when something is granted, and when history is imported: what a former
// system claims is found as well, and marked as unproven. Each is an entry of the
// case that brought it to light.

// flip names a refusal and the grant that contradicts it.
type flip struct {
	Days     int             `json:"days"` // between them
	Granted  aiqyn.Reference `json:"granted"`
	Imported bool            `json:"imported"` // one of the two is a former system's claim
	Other    bool            `json:"other"`    // they had different applicants
	Refused  aiqyn.Reference `json:"refused"`
}

// verdict is what became of one case for power.
type verdict struct {
	grid.Verdict
	granted  bool
	ref      aiqyn.Reference
	who      aiqyn.PersonID
	imported bool
}

// maxSameObject is how many cases about one parcel are looked at.
const maxSameObject = 64

// flips looks for what the case that is now being decided contradicts, or is
// contradicted by, among those on disk and those that are on their way there.
func (t *turn) flips(now verdict) error {
	s := t.rec.state
	if s.Object == "" {
		return nil
	}
	seen := map[aiqyn.Reference]bool{now.ref: true}
	look := func(was verdict) {
		if f := flipOf(was, now); f != nil && !seen[was.ref] {
			t.emit(EventFlip, aiqyn.System, f)
		}
		seen[was.ref] = true
	}
	for _, object := range []string{string(s.Service) + "\x00" + s.Object, importedObject(s.Service, s.Object)} {
		rows, err := t.e.Store.CasesOfObject(context.Background(), t.e.keys.hash("object", object), maxSameObject)
		if err != nil {
			return err
		}
		for _, row := range rows {
			if row.No == s.No || row.Status == string(StatusErased) {
				continue
			}
			was, ok, err := t.e.verdictOf(context.Background(), row)
			if err != nil {
				return err
			}
			if ok {
				look(was)
			}
		}
	}
	for _, was := range t.s.verdicts.of(s.Service, s.Object) {
		look(was)
	}
	t.noteVerdict(now)
	return nil
}

// noteVerdict remembers what became of the case until it is on disk for sure.
func (t *turn) noteVerdict(v verdict) {
	s := t.rec.state
	t.s.verdicts = t.s.verdicts.with(s.Service, s.Object, v)
	t.undo = append(t.undo, func() { t.s.verdicts = t.s.verdicts[:len(t.s.verdicts)-1] })
}

// newVerdicts are the last that were decided, which may not be on disk yet.
type newVerdicts []newVerdict

type newVerdict struct {
	service aiqyn.ServiceID
	object  string
	verdict
}

// maxNewVerdicts is more than can be on their way to the disk at once.
const maxNewVerdicts = 16 * maxBatch

func (n newVerdicts) of(svc aiqyn.ServiceID, object string) (list []verdict) {
	for _, v := range n {
		if v.object == object && v.service == svc {
			list = append(list, v.verdict)
		}
	}
	return list
}

func (n newVerdicts) with(svc aiqyn.ServiceID, object string, v verdict) newVerdicts {
	if len(n) >= maxNewVerdicts {
		n = slices.Clone(n[len(n)/2:])
	}
	return append(n, newVerdict{svc, object, v})
}

// flipOf names which of two verdicts contradicts the other, nil if neither does.
func flipOf(a, b verdict) *flip {
	if a.granted == b.granted {
		return nil
	}
	if a.granted {
		a, b = b, a
	}
	if !grid.Contradicts(a.Verdict, b.Verdict) {
		return nil
	}
	return &flip{
		Days: int(b.At.Sub(a.At).Hours() / 24), Granted: b.ref, Imported: a.imported || b.imported, Other: a.who != b.who, Refused: a.ref,
	}
}

// verdictOf reads what became of a case; ok is false while it is open, and where it
// was refused for another reason than a lack of power that a computation proves.
func (e *Engine) verdictOf(ctx context.Context, row store.Case) (v verdict, ok bool, err error) {
	rec, err := e.keys.openRecord(row)
	if err != nil {
		return v, false, nil // damaged: the audit says so
	}
	entries, err := e.Store.EntriesOf(ctx, row.No, int(row.Seq))
	if err != nil {
		return v, false, err
	}
	v.ref, v.who = rec.state.Ref, rec.state.Applicant
	for _, entry := range entries {
		ev, err := e.decodeEntry(entry, rec.key)
		if err != nil {
			return v, false, err
		}
		switch d := ev.data.(type) {
		case *importedCase:
			return importedVerdict(d, e.Zone)
		case *ruled:
			v.Network, v.ReservedW = roomOf(d.Computed)
		case *granted:
			v.At, v.granted, ok = ev.at, true, d.Share != ""
		case *refused:
			svc, err := e.packs.service(rec.state.Pack, rec.state.Service)
			reason, listed := service.Reason{}, false
			if err == nil {
				reason, listed = svc.Reason(d.Reason)
			}
			v.At, v.granted, ok = ev.at, false, listed && reason.Proof != ""
		}
	}
	v.LoadW = loadOf(rec.state.Answers)
	return v, ok, nil
}

// importedVerdict is what a former system claims.
func importedVerdict(d *importedCase, zone *time.Location) (verdict, bool, error) {
	v := verdict{Verdict: grid.Verdict{At: d.Decided.Start(zone), LoadW: loadOf(d.Answers)}, ref: d.Ref, who: d.Applicant, imported: true, granted: d.Outcome == aiqyn.Granted}
	return v, d.Outcome == aiqyn.Granted || d.Outcome == aiqyn.Refused, nil
}

func loadOf(answers map[string]any) int64 {
	switch kw := answers["load"].(type) {
	case int64:
		return kw * 1000
	case json.Number:
		n, _ := kw.Int64()
		return n * 1000
	case float64:
		return int64(kw) * 1000
	}
	return 0
}

// roomOf reads from what a ruling computed on which network it was, and how much
// was reserved around.
func roomOf(list []computed) (network string, reserved int64) {
	for _, c := range list {
		if c.With != grid.ConnectionPoints1 && c.With != grid.ConnectionPoints2 {
			continue
		}
		var in struct {
			Network  string       `json:"network"`
			Reserved []grid.Extra `json:"reserved"`
		}
		if json.Unmarshal(c.In, &in) == nil {
			network, reserved = in.Network, 0
			for _, r := range in.Reserved {
				reserved += r.Watt
			}
		}
	}
	return network, reserved
}

// grantContradicts looks for refusals that a grant contradicts.
func (t *turn) grantContradicts(ev *evaluation) error {
	s := t.rec.state
	v := verdict{Verdict: grid.Verdict{At: t.now, LoadW: loadOf(s.Answers)}, granted: true, ref: s.Ref, who: s.Applicant}
	v.Network, v.ReservedW = roomOf(ev.computed)
	return t.flips(v)
}

// refusalStands remembers a refusal for want of power.
func (t *turn) refusalStands(ev *evaluation, reason string) {
	s := t.rec.state
	if r, ok := ev.reason(reason); ok && r.Reason.Proof != "" {
		v := verdict{Verdict: grid.Verdict{At: t.now, LoadW: loadOf(s.Answers)}, ref: s.Ref, who: s.Applicant}
		v.Network, v.ReservedW = roomOf(ev.computed)
		t.noteVerdict(v)
	}
}

// Flip is a refusal and the grant that contradicts it, for those who look into it.
type Flip struct {
	Entry            int64
	At               time.Time // when it came to light
	Refused, Granted aiqyn.Reference
	Object           string
	Days             int
	Imported, Other  bool
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
		out.Items = append(out.Items, Flip{row.Index, ev.at, d.Refused, d.Granted, rec.state.Object, d.Days, d.Imported, d.Other})
	}
	return out, nil
}

// FlipCount is how many there are: anybody may know that.
func (e *Engine) FlipCount(ctx context.Context) (int64, error) { return e.Store.CountFlips(ctx) }
