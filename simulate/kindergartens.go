package simulate

import (
	"fmt"
	"time"

	"aiqyn"
	"aiqyn/registry"
)

// gardenNames are what the town's kindergartens are called.
var gardenNames = []latinised{{"Балапан", "Balapan"}, {"Ақбота", "Aqbota"}, {"Айгөлек", "Aigölek"}, {"Күншуақ", "Künshuaq"}, {"Еркемай", "Erkemai"}, {"Балдәурен", "Baldäuren"}}

// firstGarden is the kindergarten whose keeper one can be.
const firstGarden = "kg-1"

// latinised is a name in Cyrillic, the same in Kazakh and Russian, and in Latin.
type latinised struct{ cyrillic, latin string }

// Sizes of the invented kindergartens.
const (
	gardenPlaces = 25 // the most that a group may have
	gardenYears  = 5  // of birth, from two years of age on
)

// Kindergartens are the town's: each has groups of two languages for every year of
// birth, and every third is private with places that the state pays. The places of the
// youngest are those of the coming school year, all of them shared out on one day.
func (w *World) Kindergartens() []registry.Institution {
	list := make([]registry.Institution, len(gardenNames))
	for i, name := range gardenNames {
		at := &w.Parcels[(i*len(w.Parcels))/len(gardenNames)]
		g := registry.Institution{
			ID: fmt.Sprintf("kg-%d", i+1), Private: i%3 == 2, Region: at.Region, District: at.District, Address: at.Address, Lat: at.Lat, Lon: at.Lon,
			Title: aiqyn.Text{KK: "«" + name.cyrillic + "» балабақшасы", RU: "Детский сад «" + name.cyrillic + "»", EN: name.latin + " Kindergarten"},
		}
		g.Locality = w.locality(at.District)
		for year := w.Today.Year() - 1 - gardenYears; year < w.Today.Year()-1; year++ {
			for _, lang := range []string{"kk", "ru"} {
				group := registry.PlaceGroup{ID: fmt.Sprintf("%s-%d", lang, year), Places: gardenPlaces, Is: map[string]string{
					"language": lang, "from": fmt.Sprintf("%d-01-01", year), "to": fmt.Sprintf("%d-12-31", year)}}
				if year == w.Today.Year()-2 {
					group.Opens = yearOpens(w.Today)
				}
				g.Groups = append(g.Groups, group)
			}
		}
		list[i] = g
	}
	return list
}

// yearOpens is the day of the next yearly round: the first of July to come.
func yearOpens(today time.Time) string {
	year := today.Year()
	if today.Month() >= time.July {
		year++
	}
	return fmt.Sprintf("%d-07-01", year)
}

// locality is what a district is called.
func (w *World) locality(code string) aiqyn.Text {
	for _, d := range w.Districts {
		if d.Code == code {
			return d.Title
		}
	}
	return aiqyn.Text{}
}

// Infant is a child who may stand in the queue of the kindergartens, with a parent.
type Infant struct {
	Child, Parent aiqyn.PersonID
	Born          string
}

// Infants are the children of the years that kindergartens have groups for, at most
// so many, each with one parent.
func (w *World) Infants(most int) []Infant {
	from, to := fmt.Sprint(w.Today.Year()-1-gardenYears), fmt.Sprint(w.Today.Year()-1)
	born := make(map[aiqyn.PersonID]string)
	for i := range w.People {
		if b := w.People[i].Born; len(b) == len(time.DateOnly) && from <= b && b < to {
			born[w.People[i].IIN] = b
		}
	}
	cast := make(map[aiqyn.PersonID]bool)
	for _, p := range w.Personas {
		cast[p.IIN] = true // visitors do it themselves
	}
	var list []Infant
	seen := make(map[aiqyn.PersonID]bool)
	for _, row := range w.Children {
		for _, child := range row.Children {
			if born[child] != "" && !seen[child] && !cast[row.Person] && len(list) < most {
				seen[child] = true
				list = append(list, Infant{Child: child, Parent: row.Person, Born: born[child]})
			}
		}
	}
	return list
}
