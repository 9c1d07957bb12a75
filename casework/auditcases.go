package casework

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"sync"

	"aiqyn/store"
)

// cases checks case by case, two slices at a time. No case is without an entry,
// so a number beyond the log's size was not given by it: such cases, and those
// below one, are a slice each, however far away their numbers are.
func (a *auditor) cases(ctx context.Context) error {
	last, err := a.beyond(ctx, a.caseSlice)
	if err != nil {
		return err
	}
	const workers = 2
	next := make(chan int64)
	errs := make([]error, workers)
	var wg sync.WaitGroup
	run, stop := context.WithCancel(ctx)
	defer stop()
	for w := range workers {
		wg.Go(func() {
			for from := range next {
				if errs[w] = a.caseSlice(run, from, min(from+sliceOfCases, last+1)); errs[w] != nil {
					stop()
					return
				}
			}
		})
	}
feed:
	for from := int64(1); from <= last; from += sliceOfCases {
		select {
		case next <- from:
		case <-run.Done():
			break feed
		}
	}
	close(next)
	wg.Wait()
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// beyond does the cases whose numbers the log has not given, and returns the
// last that it may have.
func (a *auditor) beyond(ctx context.Context, slice func(ctx context.Context, from, to int64) error) (last int64, err error) {
	if last, _, err = a.Store.LastNumbers(ctx); err != nil {
		return 0, err
	}
	last = min(last, a.head.Size)
	const all = 1 << 62
	for _, beyond := range [][2]int64{{-all, 0}, {last + 1, all}} {
		if err := slice(ctx, beyond[0], beyond[1]); err != nil {
			return 0, err
		}
	}
	return last, nil
}

// sliceOfCases is how many cases are held in memory at once.
const sliceOfCases = auditSlice / 32

func (a *auditor) caseSlice(ctx context.Context, from, to int64) error {
	var pictured, whole []*caseAudit
	err := a.eachCase(ctx, from, to, caseVisit{
		begin: a.beginCase,
		entry: func(c *caseAudit, e *store.Entry) { c.entry(e) },
		finish: func(c *caseAudit) error {
			if c.finish(); len(c.likenesses) > 0 {
				pictured = append(pictured, c)
			}
			if !c.bad && c.n > 0 {
				whole = append(whole, c)
			}
			return nil
		},
		orphan: func(e *store.Entry) { a.wrong(e.Index, "its case %d is missing", e.Case) },
	})
	if err == nil {
		err = a.underMandates(ctx, from, to, whole)
	}
	if err != nil || len(pictured) == 0 {
		return err
	}
	return a.likenesses(ctx, from, to, pictured)
}

// likenesses holds what pictures are found again by against the cases that have
// them.
func (a *auditor) likenesses(ctx context.Context, from, to int64, cases []*caseAudit) error {
	rows, err := a.Store.LikenessesOf(ctx, from, to)
	if err != nil {
		return err
	}
	there := make(map[string]bool, len(rows))
	for _, l := range rows {
		there[likenessKey(l)] = true
	}
	for _, c := range cases {
		lost := func(l store.Likeness) bool { return !there[likenessKey(l)] }
		if slices.ContainsFunc(c.likenesses, lost) && !c.erasedSince() {
			a.wrong(c.last, "case %d: a picture of it, a transformer that its verdict is about, or a person whom a register names in it, is not in the list that cases are found again by", c.row.No)
		}
	}
	return nil
}

// toldOf notes what whoever a register names in the case finds it again by.
func (c *caseAudit) toldOf(ev *event) {
	if c.pack == nil {
		return
	}
	if marks := c.e.keys.readAbout(c.pack.Registers, c.rec.state, ev); ev.index < c.unnamed {
		c.readLate = append(c.readLate, marks...)
	} else {
		c.likenesses = append(c.likenesses, marks...)
	}
}

func likenessKey(l store.Likeness) string {
	return strconv.FormatInt(l.Case, 10) + "/" + string(l.Band)
}

// caseVisit is what is done with each case of a slice.
type caseVisit struct {
	begin  func(store.Case) *caseAudit
	entry  func(*caseAudit, *store.Entry)
	finish func(*caseAudit) error
	orphan func(*store.Entry) // belongs to a case without a row
}

// eachCase goes through the cases from…to−1 with their entries. It reads the
// rows first: what is written meanwhile shows as entries that a row does not
// count yet, never the other way round.
func (a *auditor) eachCase(ctx context.Context, from, to int64, v caseVisit) error {
	rows, err := a.Store.Cases(ctx, from, to)
	if err != nil {
		return err
	}
	var c *caseAudit
	var checked int64
	finish := func() error {
		if c == nil {
			return nil
		}
		return v.finish(c)
	}
	for e, err := range a.Store.EntriesByCase(ctx, from, to) {
		if err != nil {
			return err
		}
		for (c == nil || c.row.No < e.Case) && len(rows) > 0 && rows[0].No <= e.Case {
			if err := finish(); err != nil {
				return err
			}
			c, rows = v.begin(rows[0]), rows[1:]
		}
		known := c != nil && c.row.No == e.Case
		if e.Index >= a.head.Size {
			if known {
				c.since++
			}
			continue // written since the audit began
		}
		checked++
		if known {
			v.entry(c, e)
		} else {
			v.orphan(e)
		}
	}
	if err := finish(); err != nil {
		return err
	}
	for _, row := range rows {
		if err := v.finish(v.begin(row)); err != nil {
			return err
		}
	}
	a.mu.Lock()
	a.out.Checked += checked
	a.mu.Unlock()
	a.progress(checked)
	return nil
}

// erasedRow is what is left of the row of a case that was erased.
func erasedRow(r *residue) store.Case {
	return store.Case{
		No: r.Case, Ref: fmt.Sprintf("erased-%d", r.Case), Status: string(StatusErased), Seq: r.Entries,
		Service: string(r.Service), Outcome: string(r.Outcome), Applicant: []byte{}, Object: []byte{}, Filing: []byte{}, State: []byte{},
	}
}
