package casework

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"time"

	"aiqyn"
	"aiqyn/deadline"
	"aiqyn/store"
)

// until passes the hours of rounds before an instant, while queues are told again.
func (t *queueTelling) until(at time.Time, entry int64) {
	for _, d := range t.beside.pass(&t.qs, at, t.e.packs.queueNow) {
		t.noted[d] = t.last
	}
	for _, d := range t.qs.pass(at, t.e.packs.queueNow) {
		t.noted[d] = t.last
	}
	t.last = entry
	t.leftUnranked(entry)
}

// remarkDays tells of the days without a round, and holds the rows of them, which the
// public page shows, to what was told.
func (t *queueTelling) remarkDays(ctx context.Context) error {
	t.until(t.head.Recorded, t.head.Size)
	must, _ := t.daysOf(&t.qs, t.beside)
	for _, id := range slices.Sorted(maps.Keys(must)) {
		svc := t.e.packs.queueNow(id)
		for _, m := range t.e.packs.missedOf(svc, must[id], t.qs.at(id).rounds, t.head.Recorded, t.Zone) {
			t.remark(t.noted[store.QueueDay{Service: string(id), Day: m.First}], "%s: on %d working days, from %s to %s, places were free at the hour of rounds, people waited for them, and no round was held", id, m.Days, m.First, m.Last)
		}
	}
	since, err := daysSinceOf(ctx, t.Store)
	if err != nil {
		return err
	}
	missing, extra, err := t.daysApart(ctx, &t.qs, since, t.beside)
	for _, d := range missing {
		t.wrong(t.noted[d], "%s: that no round was held on %s is not kept", d.Service, d.Day)
	}
	for _, d := range extra {
		t.wrong(t.head.Size-1, "%s: it is kept that no round was held on %s, which the entries do not give", d.Service, d.Day)
	}
	return err
}

// daysApart tells the rows of days without a round from what was told: which are missing,
// and which nothing gives. Of a service of which another pack has given times otherwise
// nobody can tell them again.
func (a *auditor) daysApart(ctx context.Context, qs *queues, since time.Time, beside *erasedDays) (missing, extra []store.QueueDay, err error) {
	rows, err := a.Store.QueueDays(ctx)
	if err != nil {
		return nil, nil, err
	}
	now, err := a.Store.Head(ctx)
	if err != nil {
		return nil, nil, err
	}
	held := func(d store.QueueDay) bool {
		at, err := deadline.ParseDate(d.Day)
		hour := roundHour(at, a.Zone)
		moved := now.Size > a.head.Size && !at.Before(qs.days.next.AddDays(-1)) // it may have its round by now
		return err == nil && !moved && !hour.Before(since) && hour.Before(a.head.Recorded) && a.timedAlike(aiqyn.ServiceID(d.Service))
	}
	must, may := a.daysOf(qs, beside)
	there := make(map[store.QueueDay]bool, len(rows))
	for _, d := range rows {
		there[d] = true
		if !slices.Contains(may[aiqyn.ServiceID(d.Service)], d.Day) && held(d) {
			extra = append(extra, d)
		}
	}
	for svc, days := range must {
		for _, day := range days {
			if d := (store.QueueDay{Service: string(svc), Day: day}); !there[d] && held(d) {
				missing = append(missing, d)
			}
		}
	}
	slices.SortFunc(missing, func(x, y store.QueueDay) int {
		return cmp.Or(cmp.Compare(x.Service, y.Service), cmp.Compare(x.Day, y.Day))
	})
	return missing, extra, nil
}

// daysOf are the days without a round that must be kept, and those that may be: the same,
// but for a service of which cases were erased.
func (a *auditor) daysOf(qs *queues, beside *erasedDays) (must, may map[aiqyn.ServiceID][]string) {
	if len(beside.of) == 0 {
		return qs.days.days, qs.days.days
	}
	must, may = maps.Clone(qs.days.days), maps.Clone(qs.days.days)
	if must == nil {
		must, may = make(map[aiqyn.ServiceID][]string), make(map[aiqyn.ServiceID][]string)
	}
	for svc := range beside.of {
		must[svc], may[svc] = beside.sure[svc], beside.maybe[svc]
	}
	return must, may
}

// timedAlike reports whether every pack that has a service gives its times alike.
func (a *auditor) timedAlike(id aiqyn.ServiceID) bool {
	now := a.e.packs.queueNow(id)
	return now != nil && !slices.ContainsFunc(a.e.packs.all(), func(hash string) bool {
		svc, err := a.e.packs.service(hash, id)
		return err == nil && (svc.Queue == nil || !reflect.DeepEqual(svc.Queue.Slots, now.Queue.Slots))
	})
}

// days makes the rows of days without a round again.
func (b *rebuilding) days(ctx context.Context, qs *queues, beside *erasedDays) error {
	beside.pass(qs, b.head.Recorded, b.e.packs.queueNow)
	qs.pass(b.head.Recorded, b.e.packs.queueNow)
	missing, extra, err := b.daysApart(ctx, qs, time.Time{}, beside)
	if err != nil {
		return err
	}
	for _, d := range missing {
		b.differed(d.Service, "that no round was held on %s was not kept", d.Day)
	}
	for _, d := range extra {
		b.differed(d.Service, "it was kept that no round was held on %s, which the entries do not give", d.Day)
	}
	b.batch.QueueDays, b.gone.QueueDays = append(b.batch.QueueDays, missing...), append(b.gone.QueueDays, extra...)
	if err := b.put(ctx); err != nil {
		return err
	}
	since, err := daysSinceOf(ctx, b.Store)
	if err == nil && !since.IsZero() {
		err = b.Store.PutSetting(ctx, daysSince, "0")
	}
	return err
}

// remark notes what is not forged, and not as it should be.
func (a *auditor) remark(index int64, format string, args ...any) {
	if len(a.remarks) < maxProblems {
		a.remarks = append(a.remarks, located{index, Problem{Where: "entry " + strconv.FormatInt(index, 10), What: fmt.Sprintf(format, args...)}})
	}
}
