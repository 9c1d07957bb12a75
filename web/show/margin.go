package show

import (
	"strconv"
	"strings"

	"aiqyn/casework"
	"aiqyn/web/ui"
	"aiqyn/web/visit"
)

// Margin tells what was published as free before an application: that binds, even
// where there is no room any more. Nothing is told where there is room now.
func Margin(v *visit.Visit, r *casework.RulingView) []ui.Row {
	if r == nil {
		return nil
	}
	var rows []ui.Row
	if r.Sources != nil {
		for _, d := range r.Sources.Days {
			rows = append(rows, ui.Row{Key: v.T("web.margin.published", "at", d.Day), Value: v.T("web.margin.sources", "n", d.Sources), Note: v.T("web.margin.entry", "entry", strconv.FormatInt(d.Entry, 10))})
		}
	}
	if r.Margin == nil {
		return rows
	}
	for _, d := range r.Margin.Days {
		value := v.T("web.margin.no-room", "free", Watts(v, d.NearestFreeW))
		if d.Feasible {
			value = v.T("web.margin.room")
		}
		rows = append(rows, ui.Row{Key: v.T("web.margin.published", "at", d.Day), Value: value, Note: v.T("web.margin.entry", "entry", strconv.FormatInt(d.Entry, 10))})
	}
	if len(r.Margin.Unknown) > 0 {
		var names []string
		for _, id := range r.Margin.Unknown {
			names = append(names, strconv.Itoa(id))
		}
		rows = append(rows, ui.Row{Key: v.T("web.margin.unknown"), Value: strings.Join(names, ", "), Note: v.T("web.margin.must-measure")})
	}
	return rows
}

// Added says what comes on the network where something is drawn there already; "" where
// nothing is.
func Added(v *visit.Visit, r *casework.RulingView) string {
	if r == nil || r.Added == nil || r.Added.Said == 0 {
		return ""
	}
	key := "web.points.added"
	if r.Added.Differs {
		key = "web.points.added-differs"
	}
	watts := func(kw int64) string { return Watts(v, kw*1000) }
	return v.T(key, "said", watts(r.Added.Said), "measured", watts(r.Added.Measured), "existing", watts(r.Added.Existing), "added", watts(r.Added.KW))
}
