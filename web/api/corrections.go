package api

import (
	"net/http"

	"aiqyn/casework"
	"aiqyn/web/visit"
)

type correctionsIn struct {
	actIn
	Table string `json:"table" doc:"CSV whose first line is trafo,day,meter,peak_kw,reason,evidence. The first three name the reading; no power says that there should have been none. Reasons are those of the pack."`
}

type correctedJSON struct {
	Row      int      `json:"row" doc:"Line of the table, from 1."`
	Trafo    int      `json:"trafo"`
	Day      string   `json:"day"`
	Meter    string   `json:"meter,omitempty"`
	WasKW    float64  `json:"was_kw"`
	PeakKW   *float64 `json:"peak_kw" doc:"Null: there should have been no reading."`
	Entry    int64    `json:"entry" doc:"Entry of the reading that is corrected."`
	Meters   []string `json:"meters,omitempty" doc:"Other meters that have counted as much on that day."`
	NeedsTwo bool     `json:"needs_two" doc:"It could leave less power free, and waits for an overseer."`
}

type correctionsJSON struct {
	Entry int64           `json:"entry,omitempty" doc:"Entry in the log; left out where nothing was corrected."`
	Waits int64           `json:"waits" doc:"Entry of the rows that wait for an overseer; 0: none do."`
	Rows  []correctedJSON `json:"rows"`
	Left  []leftJSON      `json:"left" doc:"Rows that were left out, and why."`
}

func newCorrections(v *visit.Visit, r casework.CorrectionsReport) correctionsJSON {
	out := correctionsJSON{Entry: r.Entry, Waits: r.Waits, Rows: []correctedJSON{}, Left: []leftJSON{}}
	if !r.Signed && r.Entry != 0 {
		out.Waits = r.Entry
	}
	for _, p := range r.Rows {
		row := correctedJSON{Row: p.Row, Trafo: p.Trafo, Day: p.Day, Meter: p.Meter, WasKW: float64(p.WasW) / 1000, Entry: p.Corrected, Meters: p.Meters, NeedsTwo: p.NeedsTwo}
		if kw := float64(p.Watt) / 1000; p.Watt >= 0 {
			row.PeakKW = &kw
		}
		out.Rows = append(out.Rows, row)
	}
	for _, f := range r.Faults {
		out.Left = append(out.Left, leftJSON{f.Row, f.Column, f.Err.Key, v.Texts.Error(v.Lang, f.Err)})
	}
	return out
}

type declineIn struct {
	actIn
	Ground string `json:"ground" doc:"Whoever asked and the auditor will read it."`
}

func (in declineIn) of(v *visit.Visit) any {
	return casework.DeclinePeaks{ID: in.Command, Actor: v.Actor(), Entry: entryOf(v), Ground: in.Ground}
}

type signPeaksIn struct{ actIn }

func (in signPeaksIn) of(v *visit.Visit) any {
	return casework.SignPeaks{ID: in.Command, Actor: v.Actor(), Entry: entryOf(v)}
}

// takeCorrections corrects what was sent wrongly, and tells row by row what became of
// it; rows that wait are told with those that are in force.
func takeCorrections(v *visit.Visit) error {
	var in correctionsIn
	if err := read(v, &in); err != nil {
		return err
	}
	done, err := v.Engine.Do(v.Context(), casework.CorrectPeaks{ID: in.Command, Actor: v.Actor(), Table: []byte(in.Table)})
	if err != nil {
		return err
	}
	report, err := v.Engine.Corrections(v.Context(), v.Actor(), done.First)
	if err != nil {
		return err
	}
	if report.Waits != 0 {
		more, err := v.Engine.Corrections(v.Context(), v.Actor(), report.Waits)
		if err != nil {
			return err
		}
		report.Rows = append(report.Rows, more.Rows...)
	}
	return send(v, http.StatusOK, newCorrections(v, report))
}

// checkCorrections tells the same of a table that corrects nothing.
func checkCorrections(v *visit.Visit) error {
	var in tableIn
	if err := read(v, &in); err != nil {
		return err
	}
	report, err := v.Engine.CheckCorrections(v.Context(), v.Actor(), []byte(in.Table))
	if err != nil {
		return err
	}
	return send(v, http.StatusOK, newCorrections(v, report))
}
