package simulate

import (
	"fmt"

	"aiqyn"
	"aiqyn/registry"
)

// Who gives places by points in the demonstration; all invented.
var (
	campuses  = []latinised{{"Айқын", "Aiqyn"}, {"Болашақ", "Bolashaq"}, {"Дала", "Dala"}}
	employers = []latinised{{"Мұрағат", "Muraghat"}, {"Статистика", "Statistics"}, {"Жол", "Roads"}}
)

// Days before the present on which what was shared out has closed, and after it until
// which the rest takes people in.
const (
	shared   = 4
	takingIn = 20
)

// kind is a kind of group: what tells it, and what people call it.
type kind struct {
	id, is string
	title  aiqyn.Text
}

var (
	programmes = []kind{
		{"it", "programme", aiqyn.Text{KK: "Ақпараттық технологиялар", RU: "Информационные технологии", EN: "Information technology"}},
		{"energy", "programme", aiqyn.Text{KK: "Электр техникасы және энергетика", RU: "Электротехника и энергетика", EN: "Electrical engineering and energy"}},
		{"law", "programme", aiqyn.Text{KK: "Құқық", RU: "Право", EN: "Law"}},
	}
	posts = []kind{
		{"office", "field", aiqyn.Text{KK: "Іс қағаздарын жүргізуші", RU: "Делопроизводитель", EN: "Clerk"}},
		{"finance", "field", aiqyn.Text{KK: "Есепші", RU: "Бухгалтер", EN: "Accountant"}},
		{"it", "field", aiqyn.Text{KK: "Бағдарламашы", RU: "Программист", EN: "Programmer"}},
	}
)

// Universities have grants in three groups of programmes; those of the first have been
// shared out.
func (w *World) Universities() []registry.Institution {
	return w.competing(campuses, "u", 3, programmes, aiqyn.Text{KK: "«%s» университеті (ойдан шығарылған)", RU: "Университет «%s» (вымышленный)", EN: "%s University (invented)"})
}

// Employers have vacancies in three fields; those of the first have been filled.
func (w *World) Employers() []registry.Institution {
	return w.competing(employers, "e", 2, posts, aiqyn.Text{KK: "«%s» мемлекеттік мекемесі (ойдан шығарылған)", RU: "Государственное учреждение «%s» (вымышленное)", EN: "State institution %s (invented)"})
}

// plotAreas are where plots for houses are given.
var plotAreas = []latinised{{"Жайлау", "Zhailau"}, {"Қызыл арай", "Qyzyl Arai"}, {"Тұмар", "Tumar"}}

// PlotAreas have plots for houses, given out as they come free.
func (w *World) PlotAreas() []registry.Institution {
	plots := []kind{{"plots", "", aiqyn.Text{KK: "үй салуға арналған учаске", RU: "участок под дом", EN: "plot for a house"}}}
	list := w.competing(plotAreas, "p", 40, plots, aiqyn.Text{KK: "«%s» алабы (ойдан шығарылған)", RU: "Массив «%s» (вымышленный)", EN: "%s settlement (invented)"})
	for i := range list {
		list[i].Groups[0].Closes, list[i].Groups[0].Is = "", nil
	}
	return list
}

func (w *World) competing(names []latinised, prefix string, places int64, kinds []kind, title aiqyn.Text) []registry.Institution {
	list := make([]registry.Institution, len(names))
	for i, name := range names {
		at := &w.Parcels[(i*len(w.Parcels)+len(w.Parcels)/2)/len(names)]
		list[i] = registry.Institution{
			ID: fmt.Sprintf("%s-%d", prefix, i+1), Region: at.Region, District: at.District, Address: at.Address, Lat: at.Lat, Lon: at.Lon, Locality: w.locality(at.District),
			Title: aiqyn.Text{KK: fmt.Sprintf(title.KK, name.cyrillic), RU: fmt.Sprintf(title.RU, name.cyrillic), EN: fmt.Sprintf(title.EN, name.latin)},
		}
		for k, one := range kinds {
			closes := w.Today.AddDate(0, 0, takingIn)
			if k == 0 {
				closes = w.Today.AddDate(0, 0, -shared)
			}
			list[i].Groups = append(list[i].Groups, registry.PlaceGroup{ID: one.id, Title: one.title, Places: places, Closes: day(closes), Is: map[string]string{one.is: one.id}})
		}
	}
	return list
}

// Candidate is somebody who sat a test.
type Candidate struct {
	Exam   registry.Exam
	School registry.SchoolCertificate
}

// Candidates are so many people of an age who play no part, with invented results.
func (w *World) Candidates(stage string, from, to, most int) (list []Candidate) {
	r := stream(w.seed, stage)
	cast := make(map[aiqyn.PersonID]bool)
	for _, p := range w.Personas {
		cast[p.IIN] = true
	}
	for i := range w.lives {
		p := &w.lives[i]
		if age := p.age(w.Today); age < from || age > to || cast[p.iin] {
			continue
		}
		list = append(list, w.candidate(p.iin, 55+r.IntN(45), 35+r.IntN(16), chance(r, 0.3)))
		if len(list) == most {
			break
		}
	}
	return list
}

func (w *World) candidate(person aiqyn.PersonID, score, average int, rural bool) Candidate {
	return Candidate{
		Exam:   registry.Exam{Person: person, Score: score, Taken: day(w.Today.AddDate(0, -2, 0)), Until: day(w.Today.AddDate(0, 10, 0))},
		School: registry.SchoolCertificate{Person: person, Average: average, Issued: day(w.Today.AddDate(0, -5, 0)), Rural: rural},
	}
}

// Seeker is the visitor's part who looks for work, with a result of the test.
func (w *World) Seeker() (c Candidate, ok bool) {
	for _, p := range w.Personas {
		if p.ID == "seeker" {
			return w.candidate(p.IIN, 78, 40, false), true
		}
	}
	return c, false
}
