package web

import (
	"context"

	"aiqyn"
	"aiqyn/archive"
	"aiqyn/casework"
)

func (f *fake) Peaks(_ context.Context, _ aiqyn.Actor, trafo int, p casework.Page) (casework.List[casework.PeakDay], error) {
	list := casework.List[casework.PeakDay]{Items: []casework.PeakDay{
		{Day: "2026-11-20", Watt: 182_500, Meter: "KZ-0042", Entry: 61, By: -1, Old: 60}, {Day: "2026-11-20", Watt: 1_825_000, Meter: "KZ-0042", Entry: 60, By: 61, Old: -1},
		{Day: "2026-11-17", Until: "2026-11-19", Gap: 3}, {Day: "2026-11-16", Watt: 190_000, Meter: "KZ-0042", Entry: 60, By: -1, Old: -1},
		{Day: "2026-01-01", Watt: 250_000, Entry: 17, By: -1, Old: -1},
	}}
	if trafo%3 == 2 {
		list.Items = nil
	}
	return list, f.down
}

func (f *fake) Meters(_ context.Context, _ aiqyn.Actor, trafo int, _ casework.Page) (casework.List[casework.MeterView], error) {
	if trafo%3 == 2 {
		return casework.List[casework.MeterView]{}, f.down
	}
	return casework.List[casework.MeterView]{Items: []casework.MeterView{{Meter: "KZ-0042", Since: "2026-05-01", Entry: 16, Gone: -1}, {Meter: "KZ-0007", Since: "2019-03-12", Entry: 16, Gone: 59}}}, f.down
}

func (f *fake) CheckMeters(_ context.Context, _ aiqyn.Actor, table []byte) (casework.MeasurementsReport, error) {
	_, faults, err := archive.ReadMeters(table)
	return casework.MeasurementsReport{Faults: faults}, err
}

func (f *fake) MeterBatches(context.Context, aiqyn.Actor, casework.Page) (casework.List[casework.MetersLine], error) {
	return casework.List[casework.MetersLine]{Items: []casework.MetersLine{{Entry: 59, At: published.At, By: "operator-01", Meters: 61}}}, f.down
}

func (f *fake) CheckMeasurements(_ context.Context, _ aiqyn.Actor, table []byte) (casework.MeasurementsReport, error) {
	peaks, faults, err := archive.ReadPeaks(table)
	return casework.MeasurementsReport{Taken: len(peaks), From: "2026-11-16", To: "2026-11-20", Faults: faults}, err
}

func (f *fake) MeasurementBatch(_ context.Context, _ aiqyn.Actor, entry int64) (casework.MeasurementsReport, error) {
	if entry > 1000 {
		return casework.MeasurementsReport{}, aiqyn.E(aiqyn.NotFound, "error.not-found")
	}
	return casework.MeasurementsReport{Taken: 61, From: "2026-11-16", To: "2026-11-20", Faults: []archive.Fault{
		{Row: 4, Column: "peak_kw", Err: aiqyn.E(aiqyn.Invalid, "error.peak-most", "percent", "150", "rated", "400")},
		{Row: 9, Err: aiqyn.E(aiqyn.Invalid, "error.peak-twice")},
	}}, f.down
}

func (f *fake) MeasurementBatches(_ context.Context, _ aiqyn.Actor, p casework.Page) (casework.List[casework.MeasurementsLine], error) {
	return casework.List[casework.MeasurementsLine]{Items: []casework.MeasurementsLine{{Entry: 61, Taken: 61, From: "2026-11-16", To: "2026-11-20"}}}, f.down
}

// corrections of the fake: one in force by one person, one that waits.
func (f *fake) correction(entry int64) casework.CorrectionsReport {
	r := casework.CorrectionsReport{Entry: entry, At: published.At, Signed: entry < 63, Rows: []casework.CorrectedPeak{
		{Row: 2, Trafo: 7, Day: "2026-11-20", Meter: "KZ-0042", WasW: 1_825_000, Watt: 182_500, Reason: correctionReasons[0].Text, Evidence: "2026-11-21 күнгі № 114 акт", NeedsTwo: entry == 63, Corrected: 61},
		{Row: 3, Trafo: 8, Day: "2026-11-20", WasW: 40_000, Watt: -1, Reason: correctionReasons[1].Text, Evidence: "№ 115 акт", Meters: []string{"KZ-0107"}, Corrected: 61},
	}}
	if entry == 64 {
		r.Declined, r.Ground = 65, "The act names another meter"
	}
	if entry == 62 {
		r.Waits, r.Faults = 63, []archive.Fault{{Row: 4, Column: "reason", Err: aiqyn.E(aiqyn.Invalid, "error.answer-choice")}}
	}
	return r
}

var correctionReasons = []casework.CorrectionReason{
	{Name: "wrong-unit", Text: aiqyn.Text{KK: "Сан басқа өлшем бірлігінде жіберілген", RU: "Число передано в других единицах", EN: "The figure was sent in another unit"}},
	{Name: "typing", Text: aiqyn.Text{KK: "Сан қолмен қате терілген", RU: "Опечатка при ручном вводе", EN: "The figure was mistyped"}},
}

func (f *fake) CorrectionReasons() []casework.CorrectionReason { return correctionReasons }

func (f *fake) CheckCorrections(_ context.Context, _ aiqyn.Actor, table []byte) (casework.CorrectionsReport, error) {
	_, faults, err := archive.ReadCorrections(table)
	r := f.correction(62)
	r.Entry, r.Waits, r.Faults = 0, 0, faults
	return r, err
}

func (f *fake) Corrections(_ context.Context, _ aiqyn.Actor, entry int64) (casework.CorrectionsReport, error) {
	if entry > 1000 {
		return casework.CorrectionsReport{}, aiqyn.E(aiqyn.NotFound, "error.not-found")
	}
	return f.correction(entry), f.down
}

func (f *fake) CorrectionsMade(context.Context, aiqyn.Actor, casework.Page) (casework.List[casework.CorrectionsReport], error) {
	return casework.List[casework.CorrectionsReport]{Items: []casework.CorrectionsReport{f.correction(62)}}, f.down
}

func (f *fake) CorrectionsAsked(context.Context, aiqyn.Actor) ([]casework.CorrectionsReport, error) {
	return []casework.CorrectionsReport{f.correction(63)}, f.down
}

// forgetful is an engine that cannot tell who is signed in.
type forgetful struct {
	*fake
	err error
}

func (f forgetful) Session(context.Context, string) (casework.Session, error) {
	return casework.Session{}, f.err
}

func (f *fake) Withdrawals(context.Context, aiqyn.Actor, int, casework.Page) (casework.List[casework.Reduction], error) {
	return casework.List[casework.Reduction]{Items: []casework.Reduction{f.reduction(true)}}, f.down
}

func (f *fake) ReductionsAsked(context.Context, aiqyn.Actor) ([]casework.Reduction, error) {
	return []casework.Reduction{f.reduction(false)}, f.down
}

func (f *fake) reduction(signed bool) casework.Reduction {
	return casework.Reduction{Trafo: 7, Name: "7 ТП-7", Entry: 88, At: published.At, Ground: "Желіге жаңа тұтынушы қосылды.", Meters: []string{"KZ-0042", "KZ-0107"}, Watt: 380_000, Signed: signed, AskedBy: aiqyn.RoleHead, SignedBy: aiqyn.RoleOverseer, Asked: 80}
}

func (f *fake) MeasurementsOwed(context.Context, aiqyn.Actor, casework.Page) (casework.List[casework.Debt], error) {
	return casework.List[casework.Debt]{Next: "86", Items: []casework.Debt{
		{Entry: 87, At: published.At, Due: published.At.AddDate(1, 0, 0), Trafos: []casework.DebtOf{{Trafo: 7, Name: "7 ТП-7", Met: -1}, {Trafo: 8, Name: "8 ТП-8", Met: 91}}},
		{Entry: 86, At: published.At, Due: published.At, Trafos: []casework.DebtOf{{Trafo: 9, Name: "9 ТП-9", Met: -1}}},
	}}, f.down
}

func (f *fake) Flips(context.Context, aiqyn.Actor, casework.Page) (casework.List[casework.Flip], error) {
	return casework.List[casework.Flip]{Items: []casework.Flip{
		{Entry: 90, At: published.At, Refused: "AQ-REFU-0001", Granted: "AQ-GRAN-0001", Object: "99-999-001-001", Days: 29, Other: true, Change: "returned", Watt: 12_000},
		{Entry: 89, At: published.At, Refused: "AQ-REFU-0001", Granted: "AQ-GRAN-0001", Object: "99-999-001-002", Days: 1, Imported: true},
	}}, f.down
}

func (f *fake) FlipCount(context.Context) (int64, error) { return 2, f.down }
