package casework

import (
	"bytes"
	"context"
	"fmt"
	"reflect"
	"slices"

	"aiqyn/access"
	"aiqyn/canonical"
	"aiqyn/deadline"
	"aiqyn/service"
)

// sent holds what an entry has taken in of a table, and what it has left out and why, to
// the table as it came: whoever keeps the meters' figures does not write them.
func (a *auditor) sent(ctx context.Context, ev *event) error {
	switch d := ev.data.(type) {
	case *measured:
		kept, err := a.e.peaksAt(ctx, ev)
		if err != nil {
			return err
		}
		if from, to := daysOfTaken(kept); d.File != kept.File || d.From != from || d.To != to || d.Taken != len(kept.Taken) || d.Left != len(kept.Left) {
			return fmt.Errorf("it says something else than what is kept of it")
		}
		return a.sentAs(ctx, ev, ev.index, peaksKind, d.Hash, peaksFileKind, d.File)
	case *peaksCorrected:
		if ev.kind == EventPeaksCorrected && d.Asked != 0 {
			return nil // held to the asking
		}
		return a.sentAs(ctx, ev, a.firstOfTable(ev), correctionsKind, d.Hash, correctionsFileKind, d.File)
	}
	return nil
}

// firstOfTable is the first of the entries that one table of corrections has made.
func (a *auditor) firstOfTable(ev *event) int64 {
	if was := a.batch(ev.index - 1); was != nil && was.command == ev.command {
		return was.index
	}
	return ev.index
}

func daysOfTaken(k *peaksKept) (from, to string) {
	for i, p := range k.Taken {
		if i == 0 || p.Day < from {
			from = p.Day
		}
		to = max(to, p.Day)
	}
	return from, to
}

// sentAs makes what is kept of a table again, by what it may have been judged by, and
// holds it byte for byte to what is kept.
func (a *auditor) sentAs(ctx context.Context, ev *event, before int64, kind, hash, fileKind, file string) error {
	if !access.Allowed(ev.actor.Role, access.ActionMeasure, access.None).OK || ev.actor.Officer == "" {
		return fmt.Errorf("it is sent by somebody who may not")
	}
	kept, err := snapshotOf(ctx, a.Store, kind, hash)
	if err != nil {
		return err
	}
	table, err := snapshotOf(ctx, a.Store, fileKind, file)
	if err != nil {
		return err
	}
	list, err := a.judgedBy(ev, before)
	if err != nil {
		return err
	}
	for _, on := range list {
		again, err := a.e.keptAgain(ctx, kind, table, on)
		if err != nil {
			return err
		}
		if slices.ContainsFunc(again, func(data []byte) bool { return bytes.Equal(data, kept) }) {
			return nil
		}
	}
	return fmt.Errorf("what it has taken and left out is not what the table gives that was sent")
}

// keptAgain is what would be kept of a table, in one part or two.
func (e *Engine) keptAgain(ctx context.Context, kind string, table []byte, on judgesBy) ([][]byte, error) {
	if kind == peaksKind {
		peaks, faults, err := e.plausible(ctx, table, on)
		if err != nil {
			return nil, err
		}
		data, err := canonical.Encode(keptOf(table, peaks, faults))
		return [][]byte{data}, err
	}
	judged, err := e.judgeCorrections(ctx, table, on)
	if err != nil {
		return nil, err
	}
	parts, err := judged.parts(table)
	if err != nil {
		return nil, err
	}
	var list [][]byte
	for _, p := range parts {
		list = append(list, p.data)
	}
	return list, nil
}

// judgedBy is what a table may have been judged by when its entry came: the rule of a
// pack, a network that was in force about then, and the day, the likeliest first.
func (a *auditor) judgedBy(ev *event, before int64) (list []judgesBy, err error) {
	var rules []service.CapacityRule
	for _, p := range a.packsAt(ev) {
		rule := ruleOf(p)
		if !slices.ContainsFunc(rules, func(r service.CapacityRule) bool { return reflect.DeepEqual(r, rule) }) {
			rules = append(rules, rule)
		}
	}
	days := []deadline.Date{a.dayOf(ev)}
	if earlier := deadline.DateOf(ev.at.Add(-booksSlack).In(a.Zone)); earlier != days[0] {
		days = append(days, earlier)
	}
	for _, hash := range a.tables.surveyedAbout(ev.index) {
		m, err := a.e.model(hash)
		if err != nil {
			return nil, err
		}
		rated := ratedOf(m)
		for _, rule := range rules {
			for _, day := range days {
				list = append(list, judgesBy{rule: rule, rated: rated, today: day.String(), before: before, by: a.e.senderOf(ev)})
			}
		}
	}
	return list, nil
}

// surveyedAbout are the surveyed networks that may have been in force at an entry: that of
// the last act about tables; before the first those of the publications before and after
// it, and the one that the log begins with; any that was kept where there is none of these.
func (t *powerTables) surveyedAbout(entry int64) (list []string) {
	add := func(hash string) {
		if hash != "" && t.surveyed[hash] && !slices.Contains(list, hash) {
			list = append(list, hash)
		}
	}
	if act := t.at(entry); act != nil {
		add(act.Network)
		return list
	}
	next := t.before(entry)
	if next > 0 {
		add(t.published[next-1].base)
	}
	if next < len(t.published) {
		add(t.published[next].base)
	}
	add(t.network)
	if len(list) == 0 {
		for hash := range t.surveyed {
			add(hash)
		}
		slices.Sort(list)
	}
	return list
}
