package show

import (
	"net/url"
	"strconv"
	"strings"

	"aiqyn"
	"aiqyn/casework"
	"aiqyn/service"
	"aiqyn/web/visit"
)

// WishOf reads from the address the load that somebody thinks of connecting, and where.
func WishOf(v *visit.Visit) (casework.Wish, error) {
	w := casework.Wish{Parcel: v.Query("parcel"), Answers: make(map[string]string)}
	for _, q := range v.Engine.WishQuestions() {
		w.Answers[q.Name] = v.Query(q.Name)
	}
	if v.Query("kw") == "" {
		return w, aiqyn.E(aiqyn.Invalid, "error.answer-required").On("kw")
	}
	kw, err := strconv.ParseInt(v.Query("kw"), 10, 64)
	if err != nil {
		return w, aiqyn.E(aiqyn.Invalid, "error.answer-type").On("kw")
	}
	w.KW = kw
	if w.Parcel == "" {
		var ok bool
		if w.Lon, w.Lat, ok = Place(v.Query("at")); !ok {
			return w, aiqyn.E(aiqyn.Invalid, "error.wish-place").On("at")
		}
	}
	return w, nil
}

// WishHref is the address of the question what it would take at a parcel; kw is 0 where
// that is still to be said.
func WishHref(v *visit.Visit, parcel string, kw int64) string {
	q := url.Values{"parcel": {parcel}}
	if kw > 0 {
		q.Set("kw", strconv.FormatInt(kw, 10))
	}
	return withQuery(v.Href("capacity", "points"), q)
}

// Place reads "longitude,latitude" in degrees.
func Place(s string) (lon, lat float64, ok bool) {
	x, y, _ := strings.Cut(s, ",")
	lon, errX := strconv.ParseFloat(strings.TrimSpace(x), 64)
	lat, errY := strconv.ParseFloat(strings.TrimSpace(y), 64)
	return lon, lat, errX == nil && errY == nil && lon >= -180 && lon <= 180 && lat >= -90 && lat <= 90
}

// ConsideredNames are the values of the address that say what was searched for, and of
// what reason the list is.
func ConsideredNames(v *visit.Visit) []string {
	names := []string{"parcel", "at", "kw", "because"}
	for _, q := range v.Engine.WishQuestions() {
		names = append(names, q.Name)
	}
	return names
}

// ConsideredNow is the address of all that a search would consider now for what a case is
// about; empty where the case has no points, or whoever looks does not see its parcel.
func ConsideredNow(v *visit.Visit, c *casework.CaseView) string {
	if c.Ruling == nil || c.Ruling.Points == nil {
		return ""
	}
	q := url.Values{"kw": {strconv.FormatInt(c.Ruling.Points.LoadW/1000, 10)}}
	choices := v.Engine.WishQuestions()
	for _, a := range c.Answers {
		if a.Question.Type == service.TypeCadastral {
			q.Set("parcel", a.Value)
		}
		for _, choice := range choices {
			if choice.Name == a.Question.Name && a.Value != "" {
				q.Set(choice.Name, a.Value)
			}
		}
	}
	if q.Get("parcel") == "" || c.Ruling.Points.LoadW%1000 != 0 {
		return ""
	}
	return withQuery(v.Href("capacity", "points", "all"), q)
}
