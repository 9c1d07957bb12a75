package casework

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"maps"
	"slices"

	"aiqyn"
	"aiqyn/access"
	"aiqyn/store"
)

// keptAs reports whether a row keeps a mandate as its entries have made it, under
// the key that the engine opens it by.
func (m *mandate) keptAs(k *keyring, row store.Mandate) (bool, error) {
	want, err := k.mandateRow(m)
	if err != nil {
		return false, err
	}
	kept, failed := k.openMandate(row)
	if failed != nil || !bytes.Equal(row.Giver, want.Giver) || !bytes.Equal(row.Holder, want.Holder) || !row.Ends.Equal(want.Ends) {
		return false, nil
	}
	is, err := json.Marshal(kept)
	if err != nil {
		return false, err
	}
	ought, err := json.Marshal(m)
	return bytes.Equal(is, ought), err
}

// compareMandates holds the mandates that are kept against those that the entries
// give, and tells what differs: a row that nothing gives, one that is another, a
// mandate without its row.
func (a *auditor) compareMandates(ctx context.Context, given map[int64]*mandate, differs func(row *store.Mandate, m *mandate)) error {
	left := maps.Clone(given)
	for row, err := range a.Store.AllMandates(ctx) {
		if err != nil {
			return err
		}
		m := left[row.Entry]
		delete(left, row.Entry)
		if row.Entry >= a.head.Size {
			continue
		}
		same := false
		if m != nil {
			if same, err = m.keptAs(a.e.keys, *row); err != nil {
				return err
			}
		}
		if !same {
			differs(row, m)
		}
	}
	for _, entry := range slices.Sorted(maps.Keys(left)) {
		differs(nil, left[entry])
	}
	return nil
}

// mandates notes what compareMandates finds, unless the log has gone on.
func (a *auditor) mandates(ctx context.Context, given map[int64]*mandate) error {
	type difference struct {
		entry int64
		what  string
	}
	var found []difference
	err := a.compareMandates(ctx, given, func(row *store.Mandate, m *mandate) {
		switch {
		case m == nil:
			found = append(found, difference{a.head.Size - 1, "a mandate is kept that no entry has given"})
		case row == nil:
			found = append(found, difference{m.entry, "the mandate that it gave is gone"})
		default:
			found = append(found, difference{m.entry, "the mandate that it gave is not kept as its entries say"})
		}
	})
	if err != nil {
		return err
	}
	now, err := a.Store.Head(ctx)
	if err != nil || now.Size != a.head.Size { // it lives: they may have changed since
		return err
	}
	for _, d := range found {
		a.wrong(d.entry, "%s", d.what)
	}
	return nil
}

// underMandate holds whoever acts under a mandate against what became of it by that
// place of the log: it had been taken up, had not ended, and was for this service.
func (c *caseAudit) underMandate(ev *event) {
	entry, ok := access.MandateEntry(ev.actor)
	if !ok {
		return
	}
	svc := c.rec.state.Service
	if d, ok := ev.data.(*filed); ok {
		svc = d.Service
	}
	if m := c.given[entry]; m == nil || !m.letAt(ev) || !m.covers(svc) {
		c.wrong(ev.index, "acts under mandate %d, which lets them do nothing there", entry)
	}
}

// letAt reports whether who caused an entry could act under the mandate there.
func (m *mandate) letAt(ev *event) bool {
	taken := m.acceptedAt != 0 && m.acceptedAt < ev.index && (m.endedAt == 0 || ev.index < m.endedAt)
	return taken && ev.at.Before(m.Until) && ev.actor.Person == m.Holder.Person && ev.actor.For == m.Giver.Person
}

// under is the mandate that a case was filed under, if it was.
func (s *State) under() (mandate int64, ok bool) {
	return access.MandateEntry(aiqyn.Actor{For: s.Applicant, Mandate: s.Mandate})
}

// compareUnder holds what lists the cases of a mandate against the cases from…to−1,
// and tells what is missing and what is too many. Of a case that it was not told of
// it says nothing.
func (a *auditor) compareUnder(ctx context.Context, from, to int64, cases []*caseAudit, differs func(c *caseAudit, mandate int64, missing bool)) error {
	rows, err := a.Store.CasesMandated(ctx, from, to)
	if err != nil {
		return err
	}
	there := make(map[int64][]int64, len(rows))
	for _, row := range rows {
		there[row.Case] = append(there[row.Case], row.Mandate)
	}
	for _, c := range cases {
		want, filed := c.rec.state.under()
		for _, mandate := range there[c.row.No] {
			if !filed || mandate != want {
				differs(c, mandate, false)
			}
		}
		if filed && !slices.Contains(there[c.row.No], want) {
			differs(c, want, true)
		}
	}
	return nil
}

// underMandates notes what compareUnder finds.
func (a *auditor) underMandates(ctx context.Context, from, to int64, cases []*caseAudit) error {
	return a.compareUnder(ctx, from, to, cases, func(c *caseAudit, mandate int64, missing bool) {
		switch {
		case !missing:
			a.wrong(c.last, "case %d: is listed under mandate %d and was not filed under it", c.row.No, mandate)
		case !c.erasedSince():
			a.wrong(c.last, "case %d: is not listed under mandate %d that it was filed under", c.row.No, mandate)
		}
	})
}

// mandates makes the rows of mandates again.
func (b *rebuilding) mandates(ctx context.Context) error {
	if err := b.foldAccounts(ctx); err != nil || len(b.found) > 0 {
		return err // one that cannot be read may have given any of them
	}
	b.report.Made += int64(len(b.given))
	var failed error
	err := b.compareMandates(ctx, b.given, func(row *store.Mandate, m *mandate) {
		if m == nil {
			b.differed("mandates", "one was kept that no entry has given")
			b.gone.Mandates = append(b.gone.Mandates, row.Entry)
			return
		}
		b.differed("mandates", "that of entry %d was not kept as its entries say", m.entry)
		want, err := b.e.keys.mandateRow(m)
		failed = errors.Join(failed, err)
		b.batch.Mandates = append(b.batch.Mandates, want)
		failed = errors.Join(failed, b.keyOf(ctx, m, want.Giver))
	})
	if err := errors.Join(err, failed); err != nil {
		return err
	}
	return b.put(ctx)
}

// keyOf puts the key of a mandate back under whoever gave it, if only who it was
// given to has it left.
func (b *rebuilding) keyOf(ctx context.Context, m *mandate, giver []byte) error {
	wrapped, err := b.Store.AccountAct(ctx, giver, m.entry)
	if err == nil && wrapped == nil {
		b.batch.AccountActs = append(b.batch.AccountActs, store.AccountAct{Subject: giver, Entry: m.entry, Wrapped: m.wrapped})
	}
	return err
}

// listed makes the lists of cases under mandates again, for a slice of cases.
func (b *rebuilding) listed(ctx context.Context, from, to int64, cases []*caseAudit) error {
	return b.compareUnder(ctx, from, to, cases, func(c *caseAudit, mandate int64, missing bool) {
		row := store.MandateCase{Mandate: mandate, Case: c.row.No}
		if missing {
			b.differed("case "+c.row.Ref, "was not listed under the mandate that it was filed under")
			b.batch.MandateCases = append(b.batch.MandateCases, row)
			return
		}
		b.differed("case "+c.row.Ref, "was listed under a mandate that it was not filed under")
		b.gone.MandateCases = append(b.gone.MandateCases, row)
	})
}
