package casework

import (
	"context"
	"maps"
	"slices"

	"aiqyn"
	"aiqyn/store"
)

// files reads every file of a case and holds it against the hash that its act
// recorded.
func (c *caseAudit) files() {
	if c.Attachments == nil {
		return
	}
	for _, hash := range slices.Sorted(maps.Keys(c.rec.state.Files)) {
		err := c.Attachments.Check(c.key.files(c.row.No), hash)
		if err == nil || aiqyn.KindOf(err) == aiqyn.NotFound && c.erasedSince() {
			continue
		}
		entry := c.rec.state.Files[hash].Entry
		if aiqyn.KindOf(err) == aiqyn.NotFound {
			c.wrong(entry, "its file %s is missing", hash)
		} else {
			c.wrong(entry, "its file %s is damaged", hash)
		}
	}
}

// erasedSince reports whether the case was erased while the audit ran.
func (c *caseAudit) erasedSince() bool {
	rows, err := c.Store.CasesByNo(context.Background(), []int64{c.row.No})
	return err == nil && len(rows) == 1 && rows[0].Status == string(StatusErased)
}

// leftovers looks for files of cases that are erased, or never were.
func (a *auditor) leftovers(ctx context.Context) error {
	if a.Attachments == nil {
		return nil
	}
	a.e.Attachments = a.Attachments
	return a.e.leftFiles(ctx, a.Store.CasesByNo, func(no int64) error {
		entry := a.head.Size - 1
		a.wrong(entry, "case %d is erased or never was, and files of it are left", no)
		return nil
	})
}

// leftFiles calls f with each case that has files and should have none.
func (e *Engine) leftFiles(ctx context.Context, find func(context.Context, []int64) ([]store.Case, error), f func(no int64) error) error {
	const slice = 500
	var numbers []int64
	look := func() error {
		rows, err := find(ctx, numbers)
		if err != nil {
			return err
		}
		there := make(map[int64]bool, len(rows))
		for _, row := range rows {
			there[row.No] = row.Status != string(StatusErased)
		}
		for _, no := range numbers {
			if !there[no] {
				if err := f(no); err != nil {
					return err
				}
			}
		}
		numbers = numbers[:0]
		return nil
	}
	err := e.Attachments.Cases(func(no int64, files int) error {
		if files == 0 {
			return nil
		}
		if numbers = append(numbers, no); len(numbers) == slice {
			return look()
		}
		return nil
	})
	if err != nil || len(numbers) == 0 {
		return err
	}
	return look()
}
