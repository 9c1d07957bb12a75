package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"strconv"

	"aiqyn"
	"aiqyn/archive"
	"aiqyn/casework"
)

// importPeaks takes a table of daily peaks, or of corrections of such, in as one batch:
// the same table is taken in once.
func (f *importFlags) importPeaks(c *call) error {
	if err := c.required("db", "pack", "keys", "in"); err != nil {
		return err
	}
	table, err := readLimited(f.in, archive.MaxPeaks)
	if err != nil {
		return err
	}
	o, err := f.office(c)
	if err != nil {
		return err
	}
	defer o.Close()
	report, err := f.openReport(c)
	if err != nil {
		return err
	}
	return errors.Join(f.takePeaks(c, o, table, report), report.close())
}

// peaksTable is a table about daily peaks: what would become of it, and the command
// that takes it in.
type peaksTable struct {
	check func(context.Context, aiqyn.Actor, []byte) (taken int, faults []archive.Fault, err error)
	take  func(aiqyn.CommandID, aiqyn.Actor, []byte) any
	name  string // of the command
}

// table is what the flags say the table is of.
func (f *importFlags) table(o *office) peaksTable {
	if f.corrections {
		return peaksTable{func(ctx context.Context, actor aiqyn.Actor, table []byte) (int, []archive.Fault, error) {
			r, err := o.CheckCorrections(ctx, actor, table)
			return len(r.Rows), r.Faults, err
		}, func(id aiqyn.CommandID, actor aiqyn.Actor, table []byte) any {
			return casework.CorrectPeaks{ID: id, Actor: actor, Table: table}
		}, "corrections/"}
	}
	if f.meters {
		return peaksTable{func(ctx context.Context, actor aiqyn.Actor, table []byte) (int, []archive.Fault, error) {
			r, err := o.CheckMeters(ctx, actor, table)
			return r.Taken, r.Faults, err
		}, func(id aiqyn.CommandID, actor aiqyn.Actor, table []byte) any {
			return casework.RegisterMeters{ID: id, Actor: actor, Table: table}
		}, "meters/"}
	}
	return peaksTable{func(ctx context.Context, actor aiqyn.Actor, table []byte) (int, []archive.Fault, error) {
		r, err := o.CheckMeasurements(ctx, actor, table)
		return r.Taken, r.Faults, err
	}, func(id aiqyn.CommandID, actor aiqyn.Actor, table []byte) any {
		return casework.Measurements{ID: id, Actor: actor, Table: table}
	}, "peaks/"}
}

func (f *importFlags) takePeaks(c *call, o *office, table []byte, report *importReport) error {
	actor, kind := aiqyn.Actor{Role: aiqyn.RoleOperator, Officer: aiqyn.OfficerID(f.importer)}, f.table(o)
	taken, faults, err := kind.check(c.ctx, actor, table)
	if err != nil {
		return err
	}
	if !f.dry && taken > 0 {
		sum := sha256.Sum256(table)
		if _, err = o.Do(c.ctx, kind.take(aiqyn.CommandID(kind.name+hex.EncodeToString(sum[:])), actor, table)); err != nil {
			return err
		}
	}
	for _, fault := range faults {
		if err := report.add(fault.Row, fault.Column, c.why(fault.Err)); err != nil {
			return err
		}
	}
	key := "command.import-done"
	if f.dry {
		key = "command.import-dry"
	}
	c.say(key, "done", strconv.Itoa(taken), "again", "0", "wrong", strconv.Itoa(len(faults)))
	if len(faults) > 0 {
		return errNotHeld
	}
	return nil
}
