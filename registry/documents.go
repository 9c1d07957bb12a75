package registry

import "aiqyn"

// Name is a person's name as the register writes it.
type Name struct {
	First  string `json:"first"`
	Last   string `json:"last"`
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
	Born  string         `json:"born"` // 2006-01-02
	IIN   aiqyn.PersonID `json:"iin"`
	Lang  aiqyn.Lang     `json:"lang,omitempty"`
	Name  Name           `json:"name"`
	Phone string         `json:"phone,omitempty"`
}

// Address is a row of "people.address": where a person is registered, by IIN.
type Address struct {
	District   string         `json:"district"` // KATO code
	Flat       string         `json:"flat,omitempty"`
	House      string         `json:"house"`
	Person     aiqyn.PersonID `json:"person"`
	Region     string         `json:"region"` // KATO code
	Settlement aiqyn.Text     `json:"settlement"`
	Since      string         `json:"since"` // 2006-01-02
	Street     string         `json:"street"`
}

// Children is a row of "people.children": whose parent a person is, by the parent's
// IIN. It is a register of its own, so that who looks a person up for something else
// does not read of their children.
type Children struct {
	Children []aiqyn.PersonID `json:"children"`
	Person   aiqyn.PersonID   `json:"person"`
}

// Parcel is a row of "cadastre.parcels", by cadastral number. X and Y are
// metres in the projection of the network that serves it.
type Parcel struct {
	Address  string       `json:"address,omitempty"`
	Area     int64        `json:"area"`     // m²
	District string       `json:"district"` // KATO code
	Lat      float64      `json:"lat"`
	Lon      float64      `json:"lon"`
	Number   string       `json:"number"`
	Polygon  [][2]float64 `json:"polygon,omitempty"` // x, y of the corners, not closed
	Region   string       `json:"region"`            // KATO code
	Use      string       `json:"use"`
	X        float64      `json:"x"`
	Y        float64      `json:"y"`
}

// Right is a row of "cadastre.rights": who holds a parcel, by its number.
type Right struct {
	Holders []Holder `json:"holders"`
	Parcel  string   `json:"parcel"`
}

// Holder is one who has a right to a parcel.
type Holder struct {
	Basis  string         `json:"basis"`  // contract, inheritance, decision …
	Person aiqyn.PersonID `json:"person"` // IIN or BIN
	Share  string         `json:"share"`  // "1/2"
	Since  string         `json:"since"`  // 2006-01-02
}

// Business is a row of "business", by BIN.
type Business struct {
	Active     bool           `json:"active"`
	BIN        aiqyn.PersonID `json:"bin"`
	Head       aiqyn.PersonID `json:"head"`       // IIN of who may act for it
	Registered string         `json:"registered"` // 2006-01-02
	Title      string         `json:"title"`
}
