package simulate

import (
	"math/rand/v2"
	"strings"
	"time"

	"aiqyn"
)

// resident is a person before they are written into the register.
type resident struct {
	iin                 aiqyn.PersonID
	last, first, middle Spelling
	female              bool
	born                time.Time
	phone               string // of those who are fourteen or older
	lang                aiqyn.Lang
	household           int
	lot                 int // index in lots
	flat                int // 0: a house
}

func (p *resident) adult(today time.Time) bool { return p.age(today) >= 18 }

func (p *resident) age(today time.Time) int {
	years := today.Year() - p.born.Year()
	if today.YearDay() < p.born.YearDay() {
		years--
	}
	return years
}

// household is who lives together; head and spouse come first.
type household struct {
	first, count int // in residents
	adults       int // head and spouse: those who hold rights
}

// populace makes people, household by household.
type populace struct {
	r       *rand.Rand
	today   time.Time
	numbers *numbers
	phones  int
	people  []resident
	homes   []household
}

// family are the things its members share.
type family struct {
	kazakh  bool
	lang    aiqyn.Lang
	surname Spelling
	father  Spelling // given name of the man, father of the children
}

// settle makes households until there are exactly count people.
func (p *populace) settle(count int) {
	p.people = make([]resident, 0, count)
	for len(p.people) < count {
		p.home(count - len(p.people))
	}
}

// home makes one household of at most room people.
func (p *populace) home(room int) {
	r := p.r
	f := family{kazakh: chance(r, 0.72), lang: aiqyn.Russian}
	f.surname = pick(r, Names.SurnamesRU)
	if f.kazakh {
		f.surname = pick(r, Names.SurnamesKK)
	}
	if f.kazakh && chance(r, 0.78) || chance(r, 0.03) {
		f.lang = aiqyn.Kazakh
	}
	h := household{first: len(p.people), adults: 1}
	age := 22 + int(52*r.Float64()*between(r, 0.6, 1))
	couple := room > 1 && chance(r, 0.78)
	man := p.member(f, age, couple || chance(r, 0.4), f.surname)
	f.father = man.first
	if couple {
		h.adults = 2
		p.member(f, max(20, age-r.IntN(6)), false, f.surname)
	}
	limit := h.first + room - len(p.people)
	if couple || chance(r, 0.4) {
		for range weighted(r, 0.12, 0.20, 0.28, 0.22, 0.12, 0.06) {
			child := age - 20 - r.IntN(16)
			if child >= 0 && child < 24 && len(p.people) < h.first+limit {
				p.member(f, child, chance(r, 0.51), f.surname)
			}
		}
	}
	if age > 30 && chance(r, 0.14) && len(p.people)-h.first < room {
		f.father = Spelling{}
		p.member(f, min(age+21+r.IntN(12), 95), chance(r, 0.3), f.surname)
	}
	h.count = len(p.people) - h.first
	p.homes = append(p.homes, h)
}

// member adds one person to the household being made. Children carry their
// father's name as patronymic, others that of a father unknown to us.
func (p *populace) member(f family, age int, male bool, surname Spelling) resident {
	r := p.r
	m := resident{female: !male, lang: f.lang, last: surname, household: len(p.homes)}
	m.born = p.today.AddDate(-age, 0, -1-r.IntN(363))
	men, women := Names.MaleRU, Names.FemaleRU
	if f.kazakh {
		men, women = Names.MaleKK, Names.FemaleKK
	}
	m.first = pick(r, men)
	if m.female {
		m.first, m.last = pick(r, women), feminine(surname)
	}
	m.middle = p.patronymic(f, m.female, m.born.Year())
	m.iin = p.numbers.person(m.born, m.female)
	if age >= 14 {
		m.phone = phone(p.phones)
		p.phones++
	}
	p.people = append(p.people, m)
	return m
}

// patronymic follows the country's custom: Russian names in -ович, Kazakh ones
// so until about 1995 and with ұлы or қызы since.
func (p *populace) patronymic(f family, female bool, year int) Spelling {
	if !f.kazakh {
		father := pick(p.r, Names.Fathers)
		for _, named := range Names.Fathers {
			if f.father.RU == named.Father {
				father = named
			}
		}
		if female {
			return Spelling{father.Daughter, father.Daughter}
		}
		return Spelling{father.Son, father.Son}
	}
	father := f.father
	if father.KK == "" {
		father = pick(p.r, Names.MaleKK)
	}
	soft := strings.HasSuffix(father.KK, "й")
	if year < 1995 && !soft {
		end := "ович"
		if female {
			end = "овна"
		}
		return Spelling{father.KK + end, father.RU + end}
	}
	if female {
		return Spelling{father.KK + "қызы", father.RU + "кызы"}
	}
	return Spelling{father.KK + "ұлы", father.RU + "улы"}
}

// house gives every household a home: flats take theirs first in order, houses
// the rest. lots[i].units says how many a lot takes.
func (p *populace) house(lots []lot) {
	h := 0
	for i := range lots {
		for unit := range lots[i].units {
			if h == len(p.homes) {
				lots[i].units = unit
				break
			}
			home := p.homes[h]
			for k := home.first; k < home.first+home.count; k++ {
				p.people[k].lot = i
				if lots[i].use == Flats {
					p.people[k].flat = unit + 1
				}
			}
			h++
		}
	}
}
