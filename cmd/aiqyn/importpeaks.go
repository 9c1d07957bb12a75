package main

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"strconv"

	"aiqyn"
	"aiqyn/archive"
	"aiqyn/casework"
)

// importPeaks takes a table of daily peaks in, as one batch: the same table is
// taken in once.
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

func (f *importFlags) takePeaks(c *call, o *office, table []byte, report *importReport) error {
	actor := aiqyn.Actor{Role: aiqyn.RoleOperator, Officer: aiqyn.OfficerID(f.importer)}
	checked, err := o.CheckMeasurements(c.ctx, actor, table)
	if err != nil {
		return err
	}
	again := 0
	if !f.dry && checked.Taken > 0 {
		sum := sha256.Sum256(table)
		if _, err = o.Do(c.ctx, casework.Measurements{ID: aiqyn.CommandID("peaks/" + hex.EncodeToString(sum[:])), Actor: actor, Table: table}); err != nil {
			return err
		}
	}
	for _, fault := range checked.Faults {
		if err := report.add(fault.Row, fault.Column, c.why(fault.Err)); err != nil {
			return err
		}
	}
	key := "command.import-done"
	if f.dry {
		key = "command.import-dry"
	}
	c.say(key, "done", strconv.Itoa(checked.Taken), "again", strconv.Itoa(again), "wrong", strconv.Itoa(len(checked.Faults)))
	if len(checked.Faults) > 0 {
		return errNotHeld
	}
	return nil
}
