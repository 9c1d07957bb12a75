package web

import (
	"context"
	"strings"

	"aiqyn"
	"aiqyn/casework"
	"aiqyn/deadline"
	"aiqyn/release"
)

// What the fake has published: figures of two services, more releases than one
// page shows.

var lastRelease = casework.ReleaseView{From: "2026-11-22", To: "2026-11-22", Hash: strings.Repeat("0a", 32), Opened: 24, Closed: 40_213, Entry: 48_190, At: now}

func (f *fake) Figures(context.Context) (release.Figures, casework.ReleaseView, error) {
	if f.alone { // nothing was ever released
		return release.Figures{}, casework.ReleaseView{}, f.down
	}
	return release.Figures{
		From: deadline.Date{Year: 2025, Month: 11, Day: 28}, To: deadline.Date{Year: 2026, Month: 11, Day: 22}, Size: 48_100, Opened: 8_000, Closed: 40_100,
		Services: []release.ServiceFigures{
			{Service: "address.certificate", Cases: 4_200, Proven: 3_345, Outcomes: []release.OutcomeFigure{{Outcome: "granted", Cases: 4_200, Proven: 3_345}}},
			{Service: "energy.connection", Cases: 679, Outcomes: []release.OutcomeFigure{
				{Outcome: "granted", Cases: 613}, {Outcome: "withdrawn", Cases: 28}, {Outcome: "refused", Reason: "no-right", Cases: 26}, {Outcome: "refused", Reason: "no-capacity", Cases: 12},
			}, Median: release.Days{N: 3}, P90: release.Days{N: 10, More: true}},
		},
		Places: []release.PlaceFigures{
			{Service: "energy.connection", Cases: 613, Median: release.Days{N: 3}, P90: release.Days{N: 7}},
			{Service: "energy.connection", Body: "utility", Region: "710000000", Cases: 480, Median: release.Days{N: 3}, P90: release.Days{N: 6}},
			{Service: "energy.energising", Cases: 204, Median: release.Days{N: 41}, P90: release.Days{N: 60, More: true}},
		},
		Roads: []release.RoadFigures{
			{Service: "energy.connection", Cases: 204, Median: release.Days{N: 75}, P90: release.Days{N: 120, More: true}, Working: 204 * 50, Waits: release.Waits{Applicant: 204 * 52, Body: 204*14 + 41, Others: 12, State: 204},
				Within: []release.Within{{Days: 60, Cases: 61}, {Days: 75, Cases: 130}, {Days: 120, Cases: 180}}, Running: 60, Still: release.Days{N: 90}},
			{Service: "energy.connection", Region: "710000000", District: "711000000", Cases: 90, Median: release.Days{N: 75}, P90: release.Days{N: 120}, Working: 4000, Waits: release.Waits{Applicant: 5000, Body: 1000}},
			{Service: "energy.connection", Month: "2026-10", Cases: 24, Median: release.Days{N: 60}, P90: release.Days{N: 90}, Working: 1000, Waits: release.Waits{Applicant: 1300, Body: 200}},
		},
	}, lastRelease, f.down
}

func (f *fake) Releases(_ context.Context, p casework.Page) (casework.List[casework.ReleaseView], error) {
	var list casework.List[casework.ReleaseView]
	if f.alone {
		return list, f.down
	}
	for i := range 25 {
		r := lastRelease
		r.Entry -= int64(i)
		list.Items = append(list.Items, r)
	}
	if p.After == "" {
		list.Next = "48165"
	}
	return list, f.down
}

func (f *fake) PublishedIndex(context.Context) (casework.PublishedIndex, error) {
	if f.alone {
		return casework.PublishedIndex{}, f.down
	}
	return casework.PublishedIndex{Hash: strings.Repeat("0b", 32), Entry: 48_191, At: now}, f.down
}

func (f *fake) Published(_ context.Context, path string) ([]byte, error) {
	if path != "index" && path != "releases/"+lastRelease.Hash+".json" {
		return nil, aiqyn.E(aiqyn.NotFound, "error.not-found")
	}
	return []byte("published"), f.down
}

func (f *fake) VerifierHash(context.Context) (string, error) { return f.verifier, f.down }
