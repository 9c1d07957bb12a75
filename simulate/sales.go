package simulate

import (
	"aiqyn"
	"aiqyn/registry"
)

// LandSeller is the institution that may sell the town's plots; somebody can be its
// clerk.
const LandSeller aiqyn.BodyID = "land-1"

// mostSales is how many plots of the town may be sold.
const mostSales = 10

// purposes are what may be done on a plot that is sold.
var purposes = []aiqyn.Text{
	{KK: "Дүкен", RU: "Магазин", EN: "A shop"}, {KK: "Автожөндеу шеберханасы", RU: "Автомастерская", EN: "A car workshop"},
	{KK: "Қойма", RU: "Склад", EN: "A warehouse"}, {KK: "Наубайхана", RU: "Пекарня", EN: "A bakery"},
}

// Sales are plots of the town that nobody has been given and that may be sold, or
// leased, to whoever offers most; the value of a square metre is invented.
func (w *World) Sales() (list []registry.Sale) {
	for i := range w.lots {
		held := w.Rights[i].Holders
		if w.lots[i].use != Vacant || len(held) != 1 || held[0].Person != w.Businesses[0].BIN {
			continue
		}
		s := registry.Sale{
			Number: w.Parcels[i].Number, Purpose: purposes[len(list)%len(purposes)], Right: "lease", Seller: string(LandSeller), Years: 5, Value: w.Parcels[i].Area * 300_000,
			Title: aiqyn.Text{KK: "Тұнықсу қаласының жер қатынастары бөлімі", RU: "Отдел земельных отношений города Тұнықсу", EN: "Land Department of Tunyksu"},
		}
		if len(list)%3 == 0 {
			s.Right, s.Years, s.Value = "ownership", 0, w.Parcels[i].Area*1_200_000
		}
		if list = append(list, s); len(list) == mostSales {
			break
		}
	}
	return list
}
