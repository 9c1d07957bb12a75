package public

import (
	"aiqyn/casework"
	"aiqyn/locale"
	"aiqyn/tile"
	"aiqyn/web/show"
	"aiqyn/web/ui"
	"aiqyn/web/ui/atlas"
	"aiqyn/web/visit"
)

// lotsOnMap is how many lots a map has at most, the newest.
const lotsOnMap = 200

// lotsMap draws the lots of a list by whether bids are taken; nil if none says where it
// is. Few says that there are more.
func lotsMap(v *visit.Visit, f casework.LotFilter) (drawn *ui.Map, few string, err error) {
	all, err := v.Engine.Lots(v.Context(), f, casework.Page{Limit: lotsOnMap})
	if err != nil {
		return nil, "", err
	}
	m := atlas.Map{ID: "map", Title: v.T("web.lots.map")}
	open := 0
	for _, l := range all.Items {
		if l.Lat == 0 && l.Lon == 0 {
			continue
		}
		at := tile.At(l.Lon, l.Lat)
		p := atlas.Place{
			Spot: atlas.Spot{X: int64(at.X), Y: -int64(at.Y)}, Kind: "bad", Name: l.Parcel, Href: v.Href("lots", l.ID), Label: len(all.Items) <= labelled,
			Note: show.LotTag(v, l).Text + ". " + v.In(l.Purpose) + ", " + show.LotRight(v, l) + ". " + v.T("web.lot.least") + ": " + locale.Money(v.Lang, l.Least),
		}
		if l.State == casework.LotPublished && !v.Now().After(l.Bids) {
			open++
			p.Kind = "good"
		}
		m.Places = append(m.Places, p)
	}
	if len(m.Places) == 0 {
		return nil, "", nil
	}
	m.Desc = v.T("web.lots.map-desc", "n", len(m.Places), "open", open)
	if all.Next != "" {
		few = v.T("web.lots.map-few", "n", len(all.Items))
	}
	legend := map[string]string{"good": v.T("web.lots.map-open"), "bad": v.T("web.lots.map-over")}
	return ui.NewMap(m.Draw(), legend, ui.Link{Href: "#list", Text: v.T("web.places.map-list")}), few, nil
}
