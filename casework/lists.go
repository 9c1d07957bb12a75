package casework

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"aiqyn"
	"aiqyn/rule"
	"aiqyn/service"
	"aiqyn/store"
)

// limit is how many lines a page has.
func (p Page) limit() int {
	if p.Limit <= 0 {
		return 25
	}
	return min(p.Limit, 200)
}

func (p Page) filter() store.CaseFilter {
	return store.CaseFilter{Service: string(p.Service), Status: string(p.Status)}
}

// Mine lists the cases of whoever asks, or of whom they act for, newest first; under
// a mandate those that were filed under it.
func (e *Engine) Mine(ctx context.Context, who aiqyn.Actor, p Page) (List[CaseLine], error) {
	before, err := after(p.After)
	if err != nil || who.Person == "" {
		return List[CaseLine]{}, err
	}
	if err := e.looks(ctx, who); err != nil {
		return List[CaseLine]{}, err
	}
	rows, err := e.minesOf(ctx, who, p, before)
	if err != nil {
		return List[CaseLine]{}, err
	}
	return e.lines(rows, p.limit(), true, func(r store.Case) string { return strconv.FormatInt(r.No, 10) })
}

// Inbox lists what an officer must do, by clock. A head sees what was handed up.
func (e *Engine) Inbox(ctx context.Context, officer aiqyn.Actor, p Page) (List[CaseLine], error) {
	key := string(officer.Officer)
	switch officer.Role {
	case aiqyn.RoleHead:
		key = Desk(aiqyn.RoleHead, officer.Body)
	case aiqyn.RoleCustodian: // what somebody has asked them to erase
		key = Desk(aiqyn.RoleCustodian, "")
	}
	if officer.Officer == "" {
		return List[CaseLine]{}, aiqyn.E(aiqyn.Forbidden, "error.forbidden")
	}
	dueText, noText, _ := strings.Cut(p.After, ".")
	due, err := after(dueText)
	if err != nil {
		return List[CaseLine]{}, err
	}
	no, err := after(noText)
	if err != nil {
		return List[CaseLine]{}, err
	}
	var from time.Time
	if due != 0 {
		from = time.UnixMicro(due)
	}
	rows, err := e.Store.CasesOfOfficer(ctx, key, p.filter(), from, no, p.limit()+1)
	if err != nil {
		return List[CaseLine]{}, err
	}
	return e.lines(rows, p.limit(), true, func(r store.Case) string {
		return fmt.Sprintf("%d.%d", max(0, r.Due.UnixMicro()), r.No)
	})
}

// after reads the place in a list where the next page begins.
func after(s string) (int64, error) {
	if s == "" {
		return 0, nil
	}
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil || n < 0 {
		return 0, aiqyn.E(aiqyn.Invalid, "error.page")
	}
	return n, nil
}

// before is after for a list that goes back from its newest line.
func before(s string) (int64, error) {
	if s == "" {
		return 1 << 62, nil
	}
	return after(s)
}

// onePage is what one page shows of rows that were read with one too many, and
// where the next begins; "" where there is none.
func onePage[T any](rows []T, p Page, place func(T) int64) (page []T, next string) {
	if len(rows) <= p.limit() {
		return rows, ""
	}
	page = rows[:p.limit()]
	return page, strconv.FormatInt(place(page[len(page)-1]), 10)
}

func (e *Engine) lines(rows []store.Case, limit int, objects bool, next func(store.Case) string) (List[CaseLine], error) {
	var out List[CaseLine]
	if len(rows) > limit {
		rows = rows[:limit]
		out.Next = next(rows[limit-1])
	}
	now := e.Clock()
	for _, row := range rows {
		rec, err := e.keys.openRecord(row)
		if err != nil {
			return out, err
		}
		svc, err := e.packs.service(rec.state.Pack, rec.state.Service)
		if err != nil {
			return out, err
		}
		line := CaseLine{
			Ref: aiqyn.Reference(row.Ref), Service: svc.ID, Title: svc.Title, Status: Status(row.Status),
			Outcome: aiqyn.Outcome(row.Outcome), Filed: row.Filed, Due: row.Due, Answer: svc.Answer,
		}
		if step := findStep(svc, aiqyn.StepID(row.Step)); step != nil {
			line.Step = step.Title
		}
		if objects && svc.Object != "" {
			line.Object = rec.state.Object
		}
		if !row.Due.IsZero() {
			line.DaysLeft = e.daysLeft(svc, row.Due, now)
		}
		out.Items = append(out.Items, line)
	}
	return out, nil
}

// daysLeft counts working days to a date, negative once it has passed.
func (e *Engine) daysLeft(svc *service.Service, due, now time.Time) int {
	cal, err := e.calendar(svc.Calendar)
	if err != nil {
		return 0
	}
	return cal.DaysLeft(now, dueOn(due, e.Zone))
}

// Fee is the official price of a service for these answers, in tiyn.
func (e *Engine) Fee(svc *service.Service, typed map[string]string) (int64, error) {
	env, err := svc.Env().CompileValue(svc.Fee.Amount)
	if err != nil {
		return 0, err
	}
	vars := svc.Blank()
	for _, q := range svc.Ask {
		if v, err := e.value(q, strings.TrimSpace(typed[q.Name])); err == nil {
			vars[service.Variable(q.Name)] = v
		}
	}
	if err := e.lotVars(svc, typed, vars); err != nil {
		return 0, err
	}
	v, err := env.Value(vars)
	if err != nil {
		return 0, err
	}
	n, ok := rule.Normalise(v).(int64)
	if !ok {
		return 0, fmt.Errorf("fee of %s: %v is no amount", svc.ID, v)
	}
	return n, nil
}

// Demands counts who still demands papers.
func (e *Engine) Demands(ctx context.Context) ([]DemandCount, error) {
	rows, err := e.Store.Demands(ctx, 200)
	if err != nil {
		return nil, err
	}
	list := make([]DemandCount, len(rows))
	for i, r := range rows {
		list[i] = DemandCount{Certificate: r.Certificate, Body: r.Body, Count: int(r.N)}
	}
	return list, nil
}

// Draft returns the answers a person has given so far, on whatever device.
func (e *Engine) Draft(ctx context.Context, person aiqyn.PersonID, svc aiqyn.ServiceID) (map[string]string, error) {
	sealed, err := e.Store.Draft(ctx, e.keys.hash("person", string(person)), string(svc))
	if err != nil || sealed == nil {
		return map[string]string{}, err
	}
	plain, err := open(e.keys.system.gcm, sealed, []byte("draft/"+string(person)+"/"+string(svc)))
	if err != nil {
		return nil, fmt.Errorf("open draft: %w", err)
	}
	answers := map[string]string{}
	return answers, json.Unmarshal(plain, &answers)
}

// maxDraft bounds what an unfinished application may take.
const maxDraft = 64 << 10

// SaveDraft keeps the answers given so far.
func (e *Engine) SaveDraft(ctx context.Context, person aiqyn.PersonID, svc aiqyn.ServiceID, answers map[string]string) error {
	plain, err := json.Marshal(answers)
	if err != nil {
		return err
	}
	if len(plain) > maxDraft {
		return aiqyn.E(aiqyn.TooLarge, "error.too-large")
	}
	sealed := seal(e.keys.system.gcm, plain, []byte("draft/"+string(person)+"/"+string(svc)))
	return e.Store.PutDraft(ctx, e.keys.hash("person", string(person)), string(svc), sealed, e.Clock())
}

// DropDraft forgets them.
func (e *Engine) DropDraft(ctx context.Context, person aiqyn.PersonID, svc aiqyn.ServiceID) error {
	return e.Store.PutDraft(ctx, e.keys.hash("person", string(person)), string(svc), nil, e.Clock())
}
