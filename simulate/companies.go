package simulate

import (
	"math/rand/v2"
	"time"

	"aiqyn"
	"aiqyn/registry"
)

// akimatTitle is the town's own administration: it holds schools, clinics and land
// that nobody has been given.
const akimatTitle = "Тұнықсу қаласының әкімдігі (ойдан шығарылған)"

var (
	companyWords = []string{
		"Жарық", "Бәйтерек", "Ақниет", "Сенім", "Қуат", "Достар", "Алтын Дән", "Көкжиек", "Нұрлы Жол", "Тірек",
		"Ырыс", "Шаңырақ", "Мерей", "Парасат", "Дастан", "Арай", "Керуен", "Тұмар", "Самғау", "Жетісу",
	}
	companyTrades = []string{
		"Құрылыс", "Сервис", "Трейд", "Нан", "Маркет", "Инжиниринг", "Логистик", "Жиһаз", "Агро", "Строй",
		"Электро", "Металл",
	}
)

// companies makes one for about every fifty people; the first is the akimat.
// Each is headed by an adult of the town.
func companies(r *rand.Rand, n *numbers, people []resident, today time.Time) []registry.Business {
	adults := grownUps(people, today)
	count := len(people)/50 + 10
	out := make([]registry.Business, 0, count)
	for k := range count {
		year := today.Year() - 1 - r.IntN(22)
		c := registry.Business{
			BIN: n.company(year), Registered: day(time.Date(year, time.Month(1+r.IntN(12)), 1+r.IntN(28), 0, 0, 0, 0, time.UTC)),
			Head: people[pick(r, adults)].iin, Active: k == 0 || chance(r, 0.94),
			Title: "«" + pick(r, companyWords) + "-" + pick(r, companyTrades) + "» ЖШС",
		}
		if k == 0 {
			c.Title = akimatTitle
		}
		out = append(out, c)
	}
	return out
}

// grownUps lists who may hold rights and answer for a company.
func grownUps(people []resident, today time.Time) []int {
	var adults []int
	for i := range people {
		if people[i].adult(today) && people[i].age(today) < 75 {
			adults = append(adults, i)
		}
	}
	return adults
}

// day writes a civil date as registers do.
func day(t time.Time) string { return t.Format("2006-01-02") }

// holdings gives every lot its holders.
type holdings struct {
	r         *rand.Rand
	today     time.Time
	people    []resident
	homes     []household
	companies []registry.Business
	adults    []int
	living    [][]int                      // households by lot
	able      map[aiqyn.PersonID]time.Time // since when each could hold a right
}

func newHoldings(r *rand.Rand, p *populace, c []registry.Business, lots int) *holdings {
	h := &holdings{r: r, today: p.today, people: p.people, homes: p.homes, companies: c,
		adults: grownUps(p.people, p.today), living: make([][]int, lots), able: make(map[aiqyn.PersonID]time.Time, len(p.people))}
	for i := range p.people {
		h.able[p.people[i].iin] = p.people[i].born.AddDate(18, 0, 0)
	}
	for i := range c {
		h.able[c[i].BIN], _ = time.Parse(time.DateOnly, c[i].Registered)
	}
	for i, home := range p.homes {
		at := p.people[home.first].lot
		h.living[at] = append(h.living[at], i)
	}
	return h
}

// of says who holds a lot: families their houses, each flat an equal share of
// its ground, companies shops and workshops, the akimat what is public.
func (h *holdings) of(i int, l lot) []registry.Holder {
	switch l.use {
	case School, Clinic:
		return h.share("decision", h.companies[0].BIN)
	case Shop, Workshop:
		return h.share("contract", h.company())
	case Flats:
		owners := make([]aiqyn.PersonID, 0, len(h.living[i]))
		for _, home := range h.living[i] {
			owners = append(owners, h.people[h.homes[home].first].iin)
		}
		if len(owners) > 0 {
			return h.share("contract", owners...)
		}
		return h.share("decision", h.companies[0].BIN)
	case Dwelling:
		return h.family(h.homes[h.living[i][0]])
	}
	switch weighted(h.r, 0.62, 0.18, 0.20) {
	case 0:
		return h.share("contract", h.people[pick(h.r, h.adults)].iin)
	case 1:
		return h.share("contract", h.company())
	}
	return h.share("decision", h.companies[0].BIN)
}

// company is one that is active and not the akimat.
func (h *holdings) company() aiqyn.PersonID {
	for {
		if c := h.companies[1+h.r.IntN(len(h.companies)-1)]; c.Active {
			return c.BIN
		}
	}
}

// family holds its house alone, as a couple, or by inheritance with a relative
// who lives elsewhere.
func (h *holdings) family(home household) []registry.Holder {
	head := h.people[home.first].iin
	switch {
	case chance(h.r, 0.08):
		relative := h.people[pick(h.r, h.adults)].iin
		if relative != head {
			return h.share("inheritance", head, relative)
		}
	case home.adults == 2 && chance(h.r, 0.45):
		return h.share(pick(h.r, []string{"contract", "decision"}), head, h.people[home.first+1].iin)
	}
	return h.share(pick(h.r, []string{"contract", "contract", "decision", "privatisation"}), head)
}

// share divides a parcel evenly. Nobody holds it since before they could: a
// person since they came of age, a company since it was registered.
func (h *holdings) share(basis string, holders ...aiqyn.PersonID) []registry.Holder {
	var able time.Time
	for _, p := range holders {
		if from := h.able[p]; from.After(able) {
			able = from
		}
	}
	since := h.today.AddDate(0, 0, -60-h.r.IntN(9000))
	if since.Before(able) {
		days := int(h.today.Sub(able).Hours() / 24)
		since = able.AddDate(0, 0, h.r.IntN(max(1, days)))
	}
	out := make([]registry.Holder, len(holders))
	for i, p := range holders {
		out[i] = registry.Holder{Person: p, Share: fraction(1, len(holders)), Since: day(since), Basis: basis}
	}
	return out
}
