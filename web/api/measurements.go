package api

import (
	"net/http"

	"aiqyn/casework"
	"aiqyn/web/visit"
)

type measurementsIn struct {
	actIn
	Table string `json:"table" doc:"CSV whose first line is trafo,day,peak_kw,meter. A row without a meter is an estimate that the utility stands by."`
}

type tableIn struct {
	Table string `json:"table" doc:"CSV, as it would be taken in."`
}

type leftJSON struct {
	Row    int    `json:"row" doc:"Line of the table, from 1."`
	Column string `json:"column,omitempty"`
	Code   string `json:"code"`
	Detail string `json:"detail"`
}

type measurementsJSON struct {
	Entry int64      `json:"entry,omitempty" doc:"The batch's entry in the log; left out where nothing was taken in."`
	Taken int        `json:"taken" doc:"Rows that were taken in, or would be."`
	From  string     `json:"from,omitempty"`
	To    string     `json:"to,omitempty"`
	Left  []leftJSON `json:"left" doc:"Rows that were left out, and why."`
}

func newMeasurements(v *visit.Visit, entry int64, r casework.MeasurementsReport) measurementsJSON {
	return measurementsJSON{Entry: entry, Taken: r.Taken, From: r.From, To: r.To, Left: leftOf(v, r)}
}

func leftOf(v *visit.Visit, r casework.MeasurementsReport) []leftJSON {
	left := []leftJSON{}
	for _, f := range r.Faults {
		left = append(left, leftJSON{f.Row, f.Column, f.Err.Key, v.Texts.Error(v.Lang, f.Err)})
	}
	return left
}

// takeMeasurements takes in what meters have counted, and tells row by row what
// was left.
func takeMeasurements(v *visit.Visit) error {
	var in measurementsIn
	if err := read(v, &in); err != nil {
		return err
	}
	done, err := v.Engine.Do(v.Context(), casework.Measurements{ID: in.Command, Actor: v.Actor(), Table: []byte(in.Table)})
	if err != nil {
		return err
	}
	report, err := v.Engine.MeasurementBatch(v.Context(), v.Actor(), done.First)
	if err != nil {
		return err
	}
	return send(v, http.StatusOK, newMeasurements(v, done.First, report))
}

// checkMeasurements tells the same of a table that is not taken in.
func checkMeasurements(v *visit.Visit) error {
	var in tableIn
	if err := read(v, &in); err != nil {
		return err
	}
	report, err := v.Engine.CheckMeasurements(v.Context(), v.Actor(), []byte(in.Table))
	if err != nil {
		return err
	}
	return send(v, http.StatusOK, newMeasurements(v, 0, report))
}
