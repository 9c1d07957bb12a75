package api

import (
	"net/http"

	"aiqyn/release"
	"aiqyn/web/visit"
)

// daysJSON is a number of days that so many did not exceed.
type daysJSON struct {
	Days   int  `json:"days" doc:"-1: not known yet."`
	Longer bool `json:"longer" doc:"It is only known that it was longer than that."`
}

type waitsJSON struct {
	Applicant int `json:"applicant"`
	Body      int `json:"body"`
	Others    int `json:"others"`
	State     int `json:"state"`
}

type withinJSON struct {
	Days  int `json:"days"`
	Roads int `json:"roads" doc:"How many certainly took no longer."`
}

type roadJSON struct {
	Service       string       `json:"service" doc:"Of the first application."`
	Month         string       `json:"month" doc:"Of the end; empty: of all months."`
	Region        string       `json:"region"`
	District      string       `json:"district" doc:"Empty: of all districts."`
	Roads         int          `json:"roads" doc:"That have ended."`
	Median        daysJSON     `json:"median"`
	P90           daysJSON     `json:"p90"`
	WorkingDays   int          `json:"working_days" doc:"Of all roads together."`
	Waits         waitsJSON    `json:"waits" doc:"Calendar days of all roads together, by whom they waited for."`
	Within        []withinJSON `json:"within"`
	Running       int          `json:"running" doc:"At least so many were under way when a month ended last; of all roads of a service alone."`
	MedianRunning daysJSON     `json:"median_with_running" doc:"With those under way, each longer than it is old."`
}

type placeJSON struct {
	Service string   `json:"service"`
	Body    string   `json:"body" doc:"Empty: of all bodies."`
	Region  string   `json:"region"`
	Granted int      `json:"granted"`
	Median  daysJSON `json:"median"`
	P90     daysJSON `json:"p90"`
}

type roadsJSON struct {
	Release string      `json:"release" doc:"Hash of the newest release; empty: there is none."`
	Roads   []roadJSON  `json:"roads"`
	Parts   []placeJSON `json:"parts" doc:"Of each part of a road by itself."`
}

// roadFigures are how long roads took, from releases alone.
func roadFigures(v *visit.Visit) error {
	f, last, err := v.Engine.Figures(v.Context())
	if err != nil {
		return err
	}
	out := roadsJSON{Release: last.Hash, Roads: []roadJSON{}, Parts: []placeJSON{}}
	for i := range f.Roads {
		r := &f.Roads[i]
		road := roadJSON{Service: r.Service, Month: r.Month, Region: r.Region, District: r.District, Roads: r.Cases, Median: daysOf(r.Median), P90: daysOf(r.P90),
			WorkingDays: r.Working, Waits: waitsJSON(r.Waits), Within: []withinJSON{}, Running: r.Running, MedianRunning: daysOf(r.Still)}
		for _, w := range r.Within {
			road.Within = append(road.Within, withinJSON{w.Days, w.Cases})
		}
		out.Roads = append(out.Roads, road)
	}
	for _, p := range f.Places {
		out.Parts = append(out.Parts, placeJSON{p.Service, p.Body, p.Region, p.Cases, daysOf(p.Median), daysOf(p.P90)})
	}
	return send(v, http.StatusOK, out)
}

func daysOf(d release.Days) daysJSON { return daysJSON{d.N, d.More} }
