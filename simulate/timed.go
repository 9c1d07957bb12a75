package simulate

import (
	"fmt"

	"aiqyn"
	"aiqyn/registry"
)

// Timed are institutions whose places have a time, with the service that gives them
// and the register that knows them.
type Timed struct {
	Service      aiqyn.ServiceID
	Register     string
	Institutions []registry.Institution
}

// firstSurgery is the surgery whose keeper one can be.
const firstSurgery = "pol-1"

// kindOf is a kind of place that has a time.
type kindOf struct {
	id    string
	title aiqyn.Text
}

// dayPlaces is the most that a group may see in a day.
const dayPlaces = 40

// Timed are the town's surgeries, its hospital, and its centres of examination and of
// public services.
func (w *World) Timed() []Timed {
	text := func(kk, ru, en string) aiqyn.Text { return aiqyn.Text{KK: kk, RU: ru, EN: en} }
	return []Timed{
		{"health.specialist", registry.SurgeryRegister, w.timed("pol", 2, text("№ %d емхана", "Поликлиника № %d", "Surgery No. %d"), "specialist", []kindOf{
			{"therapist", text("Жалпы тәжірибелік дәрігер", "Терапевт", "General practitioner")}, {"cardiologist", text("Жүрек дәрігері", "Кардиолог", "Cardiologist")},
			{"neurologist", text("Жүйке дәрігері", "Невролог", "Neurologist")}, {"ophthalmologist", text("Көз дәрігері", "Офтальмолог", "Ophthalmologist")}})},
		{"health.hospitalisation", registry.HospitalRegister, w.timed("hosp", 1, text("№ %d аурухана", "Больница № %d", "Hospital No. %d"), "ward", []kindOf{
			{"cardiology", text("Жүрек аурулары", "Кардиология", "Cardiology")}, {"surgery", text("Хирургия бөлімшесі", "Хирургия", "Surgery")}})},
		{"driving.exam-slot", registry.ExamCentreRegister, w.timed("exam", 1, text("№ %d емтихан орталығы", "Экзаменационный центр № %d", "Examination Centre No. %d"), "exam", []kindOf{
			{"theory", text("Теориялық емтихан", "Теоретический экзамен", "Theory")}, {"practice", text("Тәжірибелік емтихан", "Практический экзамен", "Practical")}})},
		{"centre.appointment", registry.ServiceCentreRegister, w.timed("centre", 1, text("№ %d ХҚКО", "ЦОН № %d", "Service Centre No. %d"), "counter", []kindOf{
			{"documents", text("Жеке құжаттар", "Личные документы", "Personal documents")}, {"property", text("Жылжымайтын мүлік", "Недвижимость", "Property")}})},
	}
}

func (w *World) timed(id string, n int, title aiqyn.Text, is string, kinds []kindOf) []registry.Institution {
	list := make([]registry.Institution, n)
	for i := range list {
		at := &w.Parcels[(i*2+len(id))*len(w.Parcels)/32]
		g := registry.Institution{
			ID: fmt.Sprintf("%s-%d", id, i+1), Region: at.Region, District: at.District, Address: at.Address, Lat: at.Lat, Lon: at.Lon,
			Title: aiqyn.Text{KK: fmt.Sprintf(title.KK, i+1), RU: fmt.Sprintf(title.RU, i+1), EN: fmt.Sprintf(title.EN, i+1)},
		}
		for _, d := range w.Districts {
			if d.Code == at.District {
				g.Locality = d.Title
			}
		}
		for _, k := range kinds {
			g.Groups = append(g.Groups, registry.PlaceGroup{ID: k.id, Title: k.title, Places: dayPlaces, Is: map[string]string{is: k.id}})
		}
		list[i] = g
	}
	return list
}
