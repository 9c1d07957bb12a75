package casework

import (
	"context"
	"fmt"

	"aiqyn"
	"aiqyn/access"
	"aiqyn/store"
)

// What a person writes when they report a paper demanded may name them, or
// somebody else. It is sealed under a key of its own, which lies beside the log
// wrapped like a case's. Whoever erases the text destroys the key: the entry
// stays whole, its hash holds, the count stands, and nobody can read it again.

// reportState is where a report with a text stands.
type reportState struct {
	asked aiqyn.Actor // who wants it erased; a second role confirms
}

// report records a report.
func (t *turn) report(actor aiqyn.Actor, d *demanded, text string) {
	if text != "" {
		key, wrapped := t.e.keys.fresh()
		entry := t.s.next + int64(len(t.events))
		d.Sealed = seal(key.gcm, []byte(text), reportPlace(entry))
		t.reportKeys = append(t.reportKeys, store.ReportKey{Entry: entry, Wrapped: wrapped})
		t.s.reports[entry] = reportState{}
		t.undo = append(t.undo, func() { delete(t.s.reports, entry) })
	}
	t.emitSystem(EventDemanded, actor, d)
}

// reportPlace names where a sealed report belongs.
func reportPlace(entry int64) []byte { return fmt.Appendf(nil, "report/%d", entry) }

func (k *keyring) openReport(key store.ReportKey, sealed []byte) (string, error) {
	opened, err := k.unwrap(key.Wrapped)
	if err != nil {
		return "", err
	}
	text, err := open(opened.gcm, sealed, reportPlace(key.Entry))
	return string(text), err
}

// eraseReport takes two people: an overseer and the custodian of the keys.
type eraseReport struct {
	apart
	EraseReport
}

func (c *eraseReport) decide(t *turn) error {
	if done, err := c.once(t); done || err != nil {
		return err
	}
	was, there := t.s.reports[c.Entry]
	switch {
	case c.actor.Role != aiqyn.RoleCustodian && c.actor.Role != aiqyn.RoleOverseer || c.actor.Officer == "":
		return aiqyn.E(aiqyn.Forbidden, "error.forbidden")
	case !there:
		return aiqyn.E(aiqyn.NotFound, "error.not-found")
	case c.Ground == "":
		return aiqyn.E(aiqyn.Invalid, "error.answer-required").On("ground")
	}
	if was.asked.Role != "" {
		if err := t.countersigned(access.ActEraseReport, was.asked, c.actor); err != nil {
			return err
		}
	}
	t.undo = append(t.undo, func() { t.s.reports[c.Entry] = was })
	d := &reportErasure{Entry: c.Entry, Ground: c.Ground}
	if was.asked.Role == "" {
		t.emitSystem(EventReportAsked, c.actor, d)
		t.s.reports[c.Entry] = reportState{asked: recorded(c.actor)}
	} else {
		t.emitSystem(EventReportErased, c.actor, d)
		t.silenced = append(t.silenced, c.Entry)
		delete(t.s.reports, c.Entry)
	}
	c.finish(t)
	return nil
}

// Report reads what a person wrote in the report at an entry, for those who
// look into it.
func (e *Engine) Report(ctx context.Context, viewer aiqyn.Actor, entry int64) (string, error) {
	if viewer.Role != aiqyn.RoleOverseer {
		return "", aiqyn.E(aiqyn.Forbidden, "error.forbidden")
	}
	row, err := e.entry(ctx, entry)
	if err != nil {
		return "", err
	}
	if row.Case != 0 || EventKind(row.Kind) != EventDemanded {
		return "", aiqyn.E(aiqyn.NotFound, "error.not-found")
	}
	ev, err := e.decodeEntry(row, e.keys.system)
	if err != nil {
		return "", err
	}
	d := ev.data.(*demanded)
	keys, err := e.Store.ReportKeys(ctx, entry-1, 1)
	switch {
	case err != nil:
		return "", err
	case d.Sealed == nil:
		return d.Text, nil
	case len(keys) == 0 || keys[0].Entry != entry:
		return "", aiqyn.E(aiqyn.NotFound, "error.erased")
	}
	return e.keys.openReport(keys[0], d.Sealed)
}

// DemandCount counts reports of a paper demanded, by body.
type DemandCount struct {
	Certificate string
	Body        string
	Count       int
}
