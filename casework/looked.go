package casework

import (
	"cmp"
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"aiqyn"
	"aiqyn/access"
	"aiqyn/canonical"
	"aiqyn/deadline"
	"aiqyn/registry"
	"aiqyn/store"
)

// Whatever an officer is shown of a case is counted, by person, day, officer, case and
// kind: a page on which the person is covered, one on which they are not, a receipt, an
// archive, a file. It is counted before it is shown, or else it is not shown. When the day
// is over what was counted of a person is one entry of the log, which names nobody, and
// whose key the person has: a page opened a hundred times costs no more than one.
//
// What the machinery reads of people, to write to them, to sign them in, to see for whom
// they may act, is counted too, and shown to them; it is not in the log.

// LookKind is what somebody was shown, or what the machinery read for.
type LookKind string

// Kinds of looks.
const (
	LookCovered LookKind = "covered" // the page of the case, the person covered
	LookClear   LookKind = "clear"   // and in the clear
	LookReceipt LookKind = "receipt" // the receipt of an entry, or what is printed of it
	LookArchive LookKind = "archive" // every proof of the case
	LookFile    LookKind = "file"
)

const (
	looksEvery  = 10 * time.Minute
	looksAtOnce = 256
	// machineLooksKept is how long what the machinery read is shown.
	machineLooksKept = 400 * 24 * time.Hour
	looksShown       = 200
)

// look is one line of what was counted.
type look struct {
	Body    aiqyn.BodyID    `json:"body,omitempty"`
	Case    aiqyn.Reference `json:"case,omitempty"`
	Kind    LookKind        `json:"kind"`
	N       int64           `json:"n,omitempty"`
	Officer aiqyn.OfficerID `json:"officer,omitempty"`
	Role    aiqyn.Role      `json:"role"`
}

// look is how a page is counted.
func (s sight) look() LookKind {
	if s == seesAll {
		return LookClear
	}
	return LookCovered
}

// lookedBy counts that an officer is about to be shown something of a case. The applicant's
// own looks are nobody's business.
func (e *Engine) lookedBy(ctx context.Context, viewer aiqyn.Actor, rec *record, kind LookKind) error {
	if rec == nil || viewer.Role == aiqyn.RoleSystem || rec.state.isOf(viewer) {
		return nil
	}
	line, err := canonical.Encode(look{Body: viewer.Body, Case: rec.state.Ref, Kind: kind, Officer: viewer.Officer, Role: viewer.Role})
	if err != nil {
		return err
	}
	return e.Store.CountLooks(ctx, []store.Look{{Subject: e.lookSubject(rec.state.Applicant), Day: e.dayBegan(), Line: string(line), N: 1}})
}

func (e *Engine) lookSubject(p aiqyn.PersonID) []byte { return e.keys.hash("subject", personal(p)) }

func (e *Engine) dayBegan() time.Time { return deadline.DateOf(e.Clock().In(e.Zone)).Start(e.Zone) }

// machineLooks counts what the machinery reads of people until it is written down.
type machineLooks struct {
	mu sync.Mutex
	n  map[machineLook]int64
}

type machineLook struct {
	person aiqyn.PersonID
	kind   LookKind
}

// watched is the registers, with what is read of people outside cases counted. What a
// service looks up stands in its case: its purpose names the service, with a slash.
type watched struct {
	registry.Register
	looks *machineLooks
}

func (w watched) Read(ctx context.Context, q registry.Query) (registry.Reading, error) {
	r, err := w.Register.Read(ctx, q)
	if err == nil {
		w.looks.count(q, r)
	}
	return r, err
}

// ReadAll implements [registry.Several].
func (w watched) ReadAll(ctx context.Context, list []registry.Query) ([]registry.Reading, error) {
	readings, err := registry.ReadAll(ctx, w.Register, list)
	if err == nil {
		for i, q := range list {
			w.looks.count(q, readings[i])
		}
	}
	return readings, err
}

// Plots implements [registry.Placed]: what lies where is of no person.
func (w watched) Plots(ctx context.Context, box registry.Box) ([]registry.Plot, bool, error) {
	return registry.PlotsIn(ctx, w.Register, box)
}

func (m *machineLooks) count(q registry.Query, r registry.Reading) {
	if !r.Found || q.Register != registry.PeopleRegister || strings.Contains(q.Purpose, "/") {
		return
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.n == nil {
		m.n = make(map[machineLook]int64)
	}
	m.n[machineLook{aiqyn.PersonID(q.Key), LookKind(q.Purpose)}]++
}

// countMachine writes down what the machinery has read since the last time.
func (e *Engine) countMachine(ctx context.Context) error {
	e.machine.mu.Lock()
	n := e.machine.n
	e.machine.n = nil
	e.machine.mu.Unlock()
	var list []store.Look
	for l, times := range n {
		line, err := canonical.Encode(look{Kind: l.kind, Role: aiqyn.RoleSystem})
		if err != nil {
			return err
		}
		list = append(list, store.Look{Subject: e.lookSubject(l.person), Day: e.dayBegan(), Line: string(line), Machine: true, N: times})
	}
	slices.SortFunc(list, func(a, b store.Look) int { // two processes lock rows in one order
		return cmp.Or(strings.Compare(string(a.Subject), string(b.Subject)), strings.Compare(a.Line, b.Line))
	})
	for part := range slices.Chunk(list, looksAtOnce) {
		if err := e.Store.CountLooks(ctx, part); err != nil {
			return err
		}
	}
	return nil
}

// recordLooks puts into the log what was counted of one person on one day.
type recordLooks struct {
	apart
	subject []byte
	day     time.Time
	looks   []look
}

func (c *recordLooks) decide(t *turn) error {
	if done, err := c.once(t); done || err != nil {
		return err
	}
	about := aboutAccount{Looked: &lookedOn{Day: c.day.UTC(), Looks: c.looks}, Subject: hex.EncodeToString(c.subject)}
	if _, err := t.actOnHashed(EventLooked, aiqyn.System, about, c.subject); err != nil {
		return err
	}
	c.finish(t)
	return nil
}

// lookedOn is what was counted of a person on a day.
type lookedOn struct {
	Day   time.Time `json:"day"`
	Looks []look    `json:"looks"`
}

// logLooks puts what was counted on days that are over into the log. It can be cut short
// anywhere: a day of a person is recorded once, and forgotten here after.
func (e *Engine) logLooks(ctx context.Context) error {
	for {
		rows, err := e.Store.LooksBefore(ctx, e.dayBegan(), looksAtOnce)
		if err != nil || len(rows) == 0 {
			return errors.Join(err, e.Store.DropMachineLooks(ctx, e.Clock().Add(-machineLooksKept)))
		}
		groups := slices.Collect(chunks(rows, func(a, b store.Look) bool { return string(a.Subject) == string(b.Subject) && a.Day.Equal(b.Day) }))
		errs := make([]error, len(groups))
		var all sync.WaitGroup
		for i, g := range groups {
			all.Go(func() { errs[i] = e.logLook(ctx, g) })
		}
		all.Wait()
		if err := errors.Join(errs...); err != nil {
			return err
		}
	}
}

// logLook records one day of one person, or the part of it that was read.
func (e *Engine) logLook(ctx context.Context, rows []store.Look) error {
	first := rows[0]
	c := &recordLooks{apart: apart{actor: aiqyn.System}, subject: first.Subject, day: first.Day}
	for _, row := range rows {
		var l look
		if err := json.Unmarshal([]byte(row.Line), &l); err != nil {
			return err
		}
		l.N = row.N
		c.looks = append(c.looks, l)
	}
	lines, err := canonical.Encode(c.looks)
	if err != nil {
		return err
	}
	c.cid = aiqyn.CommandID(fmt.Sprintf("looked/%x/%d/%s", first.Subject, first.Day.Unix(), hexSum(lines)))
	if _, err := e.carryOut(ctx, c); err != nil {
		return err
	}
	return e.Store.DropLooks(ctx, rows)
}

// chunks parts a sorted list into runs of what is alike.
func chunks[T any](list []T, alike func(a, b T) bool) func(func([]T) bool) {
	return func(yield func([]T) bool) {
		for from := 0; from < len(list); {
			to := from + 1
			for to < len(list) && alike(list[from], list[to]) {
				to++
			}
			if !yield(list[from:to]) {
				return
			}
			from = to
		}
	}
}

// LookView is how often somebody was shown something of a person's on a day.
type LookView struct {
	Index   int64 // entry of the day; -1: the day is not over, or it is the machinery's
	Day     time.Time
	Ref     aiqyn.Reference
	Kind    LookKind
	N       int64
	Role    aiqyn.Role
	Body    aiqyn.BodyID
	Officer aiqyn.OfficerID
}

// Looks lists what officers were shown of a person's cases, by day, the newest first: on
// the first page before all what was counted since the last day was recorded. A page has
// whole days.
func (e *Engine) Looks(ctx context.Context, who aiqyn.Actor, p Page) (List[LookView], error) {
	var out List[LookView]
	if err := access.Check(who.Role, access.ActionReadings, access.Standing(who)); err != nil {
		return out, err
	}
	before, err := before(p.After)
	if err != nil {
		return out, err
	}
	subject := e.lookSubject(who.Behalf())
	if p.After == "" {
		if out.Items, err = e.counted(ctx, subject, false); err != nil {
			return out, err
		}
	}
	rows, err := e.Store.LooksInLog(ctx, subject, before, p.limit()+1)
	if err != nil {
		return out, err
	}
	out.Next, err = e.openActs(rows, p, func(ev *event, about *aboutAccount) {
		for _, l := range about.Looked.Looks {
			out.Items = append(out.Items, l.view(ev.index, about.Looked.Day.In(e.Zone)))
		}
	})
	return out, err
}

// MachineLooks lists what the machinery has read of a person, the newest day first.
func (e *Engine) MachineLooks(ctx context.Context, who aiqyn.Actor) ([]LookView, error) {
	if err := access.Check(who.Role, access.ActionReadings, access.Standing(who)); err != nil {
		return nil, err
	}
	return e.counted(ctx, e.lookSubject(who.Behalf()), true)
}

func (e *Engine) counted(ctx context.Context, subject []byte, machine bool) (list []LookView, err error) {
	rows, err := e.Store.LooksAt(ctx, subject, machine, looksShown)
	if err != nil {
		return nil, err
	}
	for _, row := range rows {
		var l look
		if err := json.Unmarshal([]byte(row.Line), &l); err != nil {
			return nil, err
		}
		l.N = row.N
		list = append(list, l.view(-1, row.Day.In(e.Zone)))
	}
	return list, nil
}

func (l look) view(entry int64, day time.Time) LookView {
	return LookView{Index: entry, Day: day, Ref: l.Case, Kind: l.Kind, N: l.N, Role: l.Role, Body: l.Body, Officer: l.Officer}
}
