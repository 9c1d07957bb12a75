package casework

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"aiqyn/store"
)

// cases makes the rows of cases again, a slice at a time.
func (b *rebuilding) cases(ctx context.Context) error {
	last, err := b.beyond(ctx, b.slice)
	for from := int64(1); err == nil && from <= last; from += sliceOfCases {
		err = b.slice(ctx, from, min(from+sliceOfCases, last+1))
	}
	return err
}

func (b *rebuilding) slice(ctx context.Context, from, to int64) error {
	var made []*caseAudit
	var wrongs int64
	unsound := make(map[int64]bool)
	err := b.eachCase(ctx, from, to, caseVisit{
		begin: b.begin,
		entry: func(c *caseAudit, e *store.Entry) {
			wrongs = b.wrongs
			c.opens(e, c.fold)
			if b.wrongs != wrongs {
				unsound[c.row.No] = true
			}
		},
		finish: func(c *caseAudit) error {
			made = append(made, c)
			return nil
		},
		orphan: func(e *store.Entry) {
			b.wrong(e.Index, "its case %d is missing, and the case's key with it: the case cannot be made again", e.Case)
		},
	})
	if err != nil {
		return err
	}
	var pictures, late, older []store.Likeness
	var whole []*caseAudit
	keep := make(map[int64]bool) // whose pictures stay as they are
	for _, c := range made {
		if unsound[c.row.No] {
			keep[c.row.No] = true
			continue // said already
		}
		if err := b.row(c); err != nil {
			return err
		}
		pictures, late, older = append(pictures, c.likenesses...), append(late, c.readLate...), append(older, c.older...)
		whole = append(whole, c)
	}
	if err := b.listed(ctx, from, to, whole); err != nil {
		return err
	}
	if err := b.pictured(ctx, from, to, pictures, late, older, keep); err != nil {
		return err
	}
	return b.put(ctx)
}

// begin takes from the row what the log does not give: the key. That a case was
// erased the log says, and not the row.
func (b *rebuilding) begin(row store.Case) *caseAudit {
	was := row
	if b.residue[row.No] != nil {
		row.Status = string(StatusErased)
	} else if row.Status == string(StatusErased) {
		row.Status = ""
	}
	c := b.beginCase(row)
	c.row = was
	return c
}

// row holds the row of a case against what its entries give.
func (b *rebuilding) row(c *caseAudit) error {
	b.report.Made++
	if r := b.residue[c.row.No]; r != nil {
		return b.erased(c, r)
	}
	switch {
	case c.n == 0:
		b.differed("case "+c.row.Ref, "no entry gives it")
		b.gone.Cases = append(b.gone.Cases, c.row.No)
		return nil
	case c.key == nil:
		b.wrong(c.last, "the key of case %d does not open: the case cannot be made again", c.row.No)
		return nil
	}
	want := c.want()
	c.reserved()
	c.owing()
	state, err := c.state(nil)
	if err != nil {
		return err
	}
	plain, failed := open(c.key.gcm, c.row.State, rowPlace(&c.row))
	if failed != nil {
		want.Wake = c.wake()
	}
	names := differing(&c.row, want)
	if failed != nil || !bytes.Equal(plain, state) {
		names = append(names, "state")
	}
	if len(names) == 0 {
		return nil
	}
	for _, name := range names {
		b.differed("case "+want.Ref, "its %s was not what its entries give", name)
	}
	c.rec.row = *want
	if err := c.rec.sealRow(); err != nil {
		return err
	}
	b.batch.Cases = append(b.batch.Cases, c.rec.row)
	return nil
}

// wake is when a case is to be looked at whose row no longer tells. Rounds of the
// beacon are not known here: who waits for one is looked at first.
func (c *caseAudit) wake() time.Time {
	s := c.rec.state
	if !s.Held && !s.standing() && s.StepState == StepDrawing {
		return s.Last
	}
	return c.e.nextWake(s, c.svc, c.head.Recorded)
}

// erased holds the row of a case that was erased against its residue.
func (b *rebuilding) erased(c *caseAudit, r *residue) error {
	if r.Entries != c.n {
		b.wrong(c.last, "case %d had %d entries when it was erased, %d are left", c.row.No, r.Entries, c.n)
		return nil
	}
	c.holdErased(r)
	c.mu.Lock()
	c.queueFolds.forgotten(c.first, c.last, r)
	c.mu.Unlock()
	want := erasedRow(r)
	if c.row.Key == nil && len(c.row.State) == 0 && bytes.Equal(rowPlace(&c.row), rowPlace(&want)) {
		return nil
	}
	b.differed("case "+want.Ref, "is erased and its row was not what must be left")
	b.batch.Cases = append(b.batch.Cases, want)
	return nil
}

// pictured holds what pictures of a slice of cases are found again by against
// the entries. What is late is made for entries from before there was any, and nobody
// has missed it.
func (b *rebuilding) pictured(ctx context.Context, from, to int64, want, late, older []store.Likeness, keep map[int64]bool) error {
	rows, err := b.Store.LikenessesOf(ctx, from, to)
	if err != nil {
		return err
	}
	left := make(map[string]store.Likeness, len(want))
	unmissed := make(map[string]bool, len(late))
	for _, l := range late {
		left[likenessKey(l)], unmissed[likenessKey(l)] = l, true
	}
	for _, l := range want {
		left[likenessKey(l)] = l
		delete(unmissed, likenessKey(l))
	}
	b.report.Made += int64(len(left))
	may := make(map[string]bool, len(older))
	for _, l := range older {
		may[likenessKey(l)] = true
	}
	for _, l := range rows {
		key := likenessKey(l)
		if may[key] {
			continue
		}
		if _, ok := left[key]; !ok && !keep[l.Case] {
			b.differed(fmt.Sprintf("case %d", l.Case), "no picture and no verdict of it gives a mark that cases are found again by")
			b.gone.Likenesses = append(b.gone.Likenesses, l)
		}
		delete(left, key)
	}
	for _, key := range slices.Sorted(maps.Keys(left)) {
		if !unmissed[key] {
			b.differed(fmt.Sprintf("case %d", left[key].Case), "a picture or a verdict of it was not to be found again")
		}
		b.batch.Likenesses = append(b.batch.Likenesses, left[key])
	}
	return nil
}
