package simulate

import (
	"fmt"
	"strconv"
	"time"

	"aiqyn"
	"aiqyn/registry"
)

func fraction(part, whole int) string { return fmt.Sprintf("%d/%d", part, whole) }

// name is a person's name as the register writes it: in the language that they
// chose for their papers.
func (p *resident) name() registry.Name {
	if p.lang == aiqyn.Kazakh {
		return registry.Name{Last: p.last.KK, First: p.first.KK, Middle: p.middle.KK}
	}
	return registry.Name{Last: p.last.RU, First: p.first.RU, Middle: p.middle.RU}
}

func (p *resident) person() registry.Person {
	return registry.Person{IIN: p.iin, Name: p.name(), Born: day(p.born), Phone: p.phone, Lang: p.lang}
}

// parents are those who live with children of theirs, with the children, whatever
// their age by now.
func parents(p *populace) (rows []registry.Children) {
	const apart = 15 // years at least between a parent and a child
	for _, h := range p.homes {
		members := p.people[h.first : h.first+h.count]
		for _, parent := range members[:h.adults] {
			row := registry.Children{Person: parent.iin}
			for _, child := range members[h.adults:] {
				if child.born.After(parent.born.AddDate(apart, 0, 0)) {
					row.Children = append(row.Children, child.iin)
				}
			}
			if len(row.Children) > 0 {
				rows = append(rows, row)
			}
		}
	}
	return rows
}

// address is where somebody is registered: at home since their birth, or since
// the family moved in.
func (p *resident) address(l *lot, streets []Street, today time.Time) registry.Address {
	moved := today.AddDate(0, 0, -200-l.house*37%6000)
	if p.born.After(moved) {
		moved = p.born
	}
	a := registry.Address{
		Person: p.iin, Region: Region, District: Districts[l.district].Code, Settlement: Town,
		Street: streets[l.street].Name.In(p.lang), House: strconv.Itoa(l.house), Since: day(moved),
	}
	if p.flat > 0 {
		a.Flat = strconv.Itoa(p.flat)
	}
	return a
}

func (l *lot) parcel(streets []Street) registry.Parcel {
	middle := centre(l.ring).rounded()
	lon, lat := lonLat(middle)
	p := registry.Parcel{
		Number: l.number, Area: int64(area(l.ring) + 0.5), Use: string(l.use),
		Region: Region, District: Districts[l.district].Code,
		Address: streets[l.street].Name.KK + ", " + strconv.Itoa(l.house),
		Lat:     round(lat, 6), Lon: round(lon, 6), X: middle.X, Y: middle.Y,
		Polygon: make([][2]float64, len(l.ring)),
	}
	for i, c := range l.ring {
		p.Polygon[i] = [2]float64{c.X, c.Y}
	}
	return p
}
