package registry

import "aiqyn"

// Name is a person's name as the register writes it.
type Name struct {
	Last   string `json:"last"`
	First  string `json:"first"`
	Middle string `json:"middle,omitempty"`
}

// String writes last, first and middle name.
func (n Name) String() string {
	s := n.Last
	for _, part := range []string{n.First, n.Middle} {
		if part != "" {
			s += " " + part
		}
	}
	return s
}

// Person is a row of "people", by IIN.
type Person struct {
	IIN   aiqyn.PersonID `json:"iin"`
	Name  Name           `json:"name"`
	Born  string         `json:"born"` // 2006-01-02
	Phone string         `json:"phone,omitempty"`
	Lang  aiqyn.Lang     `json:"lang,omitempty"`
}

// Address is a row of "people.address": where a person is registered, by IIN.
type Address struct {
	Person     aiqyn.PersonID `json:"person"`
	Region     string         `json:"region"`   // KATO code
	District   string         `json:"district"` // KATO code
	Settlement aiqyn.Text     `json:"settlement"`
	Street     string         `json:"street"`
	House      string         `json:"house"`
	Flat       string         `json:"flat,omitempty"`
	Since      string         `json:"since"` // 2006-01-02
}

// Parcel is a row of "cadastre.parcels", by cadastral number. X and Y are
// metres in the projection of the network that serves it.
type Parcel struct {
	Number   string       `json:"number"`
	Area     int64        `json:"area"` // m²
	Use      string       `json:"use"`
	Region   string       `json:"region"`   // KATO code
	District string       `json:"district"` // KATO code
	Address  string       `json:"address,omitempty"`
	Lat      float64      `json:"lat"`
	Lon      float64      `json:"lon"`
	X        float64      `json:"x"`
	Y        float64      `json:"y"`
	Polygon  [][2]float64 `json:"polygon,omitempty"` // x, y of the corners, not closed
}

// Right is a row of "cadastre.rights": who holds a parcel, by its number.
type Right struct {
	Parcel  string   `json:"parcel"`
	Holders []Holder `json:"holders"`
}

// Holder is one who has a right to a parcel.
type Holder struct {
	Person aiqyn.PersonID `json:"person"` // IIN or BIN
	Share  string         `json:"share"`  // "1/2"
	Since  string         `json:"since"`  // 2006-01-02
	Basis  string         `json:"basis"`  // contract, inheritance, decision …
}

// Business is a row of "business", by BIN.
type Business struct {
	BIN        aiqyn.PersonID `json:"bin"`
	Title      string         `json:"title"`
	Registered string         `json:"registered"` // 2006-01-02
	Head       aiqyn.PersonID `json:"head"`       // IIN of who may act for it
	Active     bool           `json:"active"`
}
