package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"aiqyn"
	"aiqyn/casework"
	"aiqyn/simulate"
	"aiqyn/store"
)

// Folders of what strangers need, below that of the demonstration.
const (
	receiptsDir  = "receipts"
	publishedDir = "published"
)

// handOut writes what a stranger needs to check the demonstration without it:
// sample receipts, everything public, the key and the policy. The policy comes
// last: where it is, the rest is complete.
func (d *demo) handOut(ctx context.Context) error {
	if err := os.WriteFile(filepath.Join(d.dir, verifierKeyFile), []byte(d.keys.verifier+"\n"), 0o644); err != nil {
		return err
	}
	samples, err := d.office.samples(ctx)
	if err == nil {
		err = writeAll(filepath.Join(d.dir, receiptsDir), samples)
	}
	if err == nil {
		err = writePublished(ctx, d.office, d.keys.verifier, filepath.Join(d.dir, publishedDir))
	}
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(d.dir, "policy"), []byte(d.policy), 0o644)
}

// sample is a kind of case that is worth showing whole.
type sample struct {
	name string
	fits func(store.Case, *casework.CaseView) bool
	done bool
}

// samples are the receipts of a few cases from filing to outcome, and of what
// the system itself has recorded for all.
func (o *office) samples(ctx context.Context) (map[string][]byte, error) {
	files := make(map[string][]byte)
	for e, err := range o.db.EntriesByCase(ctx, 0, 1) {
		if err != nil {
			return nil, err
		}
		name := fmt.Sprintf("system-%06d-%s.json", e.Index, e.Kind)
		if files[name], err = o.Receipt(ctx, aiqyn.System, e.Index); err != nil {
			return nil, err
		}
	}
	wanted := []*sample{
		{name: "granted", fits: func(c store.Case, v *casework.CaseView) bool {
			return c.Outcome == string(aiqyn.Granted) && v.Conditions != nil && !v.Conditions.BySilence && hasEvent(v, casework.EventPerformed)
		}},
		{name: "silence", fits: func(_ store.Case, v *casework.CaseView) bool { return v.Conditions != nil && v.Conditions.BySilence }},
		{name: "refused", fits: func(c store.Case, _ *casework.CaseView) bool { return c.Outcome == string(aiqyn.Refused) }},
		{name: "rejected", fits: func(_ store.Case, v *casework.CaseView) bool { return hasEvent(v, casework.EventRefusalRejected) }},
		{name: "corrected", fits: func(_ store.Case, v *casework.CaseView) bool { return hasEvent(v, casework.EventCorrected) }},
	}
	connections := wanted
	certificate := []*sample{{name: "certificate", fits: func(c store.Case, _ *casework.CaseView) bool {
		return c.Outcome == string(aiqyn.Granted)
	}}}
	_, _, last, err := o.size(ctx)
	if err != nil {
		return nil, err
	}
	const part = 200
	for to := last + 1; to > 1 && !(all(connections) && all(certificate)); to -= part {
		rows, err := o.db.Cases(ctx, max(1, to-part), to)
		if err != nil {
			return nil, err
		}
		for i := len(rows) - 1; i >= 0; i-- {
			var list []*sample
			switch rows[i].Service {
			case string(simulate.ServiceConnection):
				list = connections
			case string(simulate.ServiceAddress):
				list = certificate
			}
			if err := o.sample(ctx, rows[i], list, files); err != nil {
				return nil, err
			}
		}
	}
	return files, nil
}

func all(list []*sample) bool {
	for _, s := range list {
		if !s.done {
			return false
		}
	}
	return true
}

func hasEvent(v *casework.CaseView, kind casework.EventKind) bool {
	for _, e := range v.Events {
		if e.Kind == kind {
			return true
		}
	}
	return false
}

// sample adds the receipts of a case if it is of a kind still wanted.
func (o *office) sample(ctx context.Context, row store.Case, wanted []*sample, files map[string][]byte) error {
	if all(wanted) || row.Closed.IsZero() {
		return nil
	}
	view, err := o.Case(ctx, aiqyn.System, aiqyn.Reference(row.Ref))
	if err != nil {
		return err
	}
	for _, s := range wanted {
		if s.done || !s.fits(row, view) {
			continue
		}
		s.done = true
		for i, e := range view.Events {
			name := fmt.Sprintf("%s-%02d-%s.json", s.name, i+1, e.Kind)
			if files[name], err = o.Receipt(ctx, aiqyn.System, e.Index); err != nil {
				return err
			}
		}
		return nil
	}
	return nil
}

// size is how many entries and cases there are.
func (o *office) size(ctx context.Context) (entries int64, at time.Time, cases int64, err error) {
	head, err := o.db.Head(ctx)
	if err != nil {
		return 0, time.Time{}, 0, err
	}
	cases, _, err = o.db.LastNumbers(ctx)
	return head.Size, head.Recorded, cases, err
}
