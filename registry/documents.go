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

// Study is a row of "education.students", by IIN: where a person studies or has
// studied last.
type Study struct {
	Form        string         `json:"form"`        // full-time, part-time
	Funding     string         `json:"funding"`     // state, own
	Institution string         `json:"institution"` // its name
	Level       string         `json:"level"`       // college, university
	Person      aiqyn.PersonID `json:"person"`
	Since       string         `json:"since"`           // 2006-01-02
	Status      string         `json:"status"`          // enrolled, on-leave, finished, left
	Until       string         `json:"until,omitempty"` // 2006-01-02, when it has ended or is to end
}

// Marks is a row of "education.marks", by IIN: of the last session of a study. It is
// a register of its own, so that a proof of study does not tell of marks.
type Marks struct {
	Lowest  int            `json:"lowest"` // 0 to 100 points
	Person  aiqyn.PersonID `json:"person"`
	Session string         `json:"session"` // 2006-01-02, its last day
}

// Exam is a row of "education.exams" or "labour.tests", by IIN: the result of the
// latest test that somebody sat.
type Exam struct {
	Person aiqyn.PersonID `json:"person"`
	Score  int            `json:"score"`           // points
	Taken  string         `json:"taken"`           // 2006-01-02
	Until  string         `json:"until,omitempty"` // 2006-01-02, the last day on which it counts
}

// SchoolCertificate is a row of "education.certificates", by IIN.
type SchoolCertificate struct {
	Average int            `json:"average"` // of the marks, in tenths: 0 to 50
	Issued  string         `json:"issued"`  // 2006-01-02
	Person  aiqyn.PersonID `json:"person"`
	Rural   bool           `json:"rural"` // of a rural school
}

// Employment is a row of "labour.contracts", by IIN: a person's latest contract.
type Employment struct {
	Employer aiqyn.PersonID `json:"employer,omitempty"` // BIN
	Person   aiqyn.PersonID `json:"person"`
	Since    string         `json:"since"`           // 2006-01-02
	Until    string         `json:"until,omitempty"` // 2006-01-02, of one that has ended
	Working  bool           `json:"working"`
}

// Allotments is a row of "land.allotments", by IIN: how many plots for a house
// somebody was given free of charge, by whatever body and in whatever year.
type Allotments struct {
	Given  int            `json:"given"`
	Latest string         `json:"latest,omitempty"` // 2006-01-02
	Person aiqyn.PersonID `json:"person"`
}

// Insurance is a row of "social.insurance", by IIN: for how long somebody has
// been insured against the loss of work.
type Insurance struct {
	Latest string         `json:"latest"` // 2006-01-02, of the last contribution
	Months int            `json:"months"` // for which contributions were paid
	Person aiqyn.PersonID `json:"person"`
}

// DrivingLicence is a row of "transport.licences", by IIN.
type DrivingLicence struct {
	Banned     string         `json:"banned,omitempty"` // 2006-01-02, last day of a ban from driving
	Categories string         `json:"categories"`       // "B, C"
	Issued     string         `json:"issued"`           // 2006-01-02
	Number     string         `json:"number"`
	Person     aiqyn.PersonID `json:"person"`
	Until      string         `json:"until"` // 2006-01-02
}

// DrivingFitness is a row of "health.driving", by IIN: what the last medical
// examination of a driver has found.
type DrivingFitness struct {
	Fit    bool           `json:"fit"`
	Person aiqyn.PersonID `json:"person"`
	Until  string         `json:"until"` // 2006-01-02
}

// Conscript is a row of "military.register", by IIN: one who may be called up.
type Conscript struct {
	Person aiqyn.PersonID `json:"person"`
	Until  string         `json:"until"` // 2006-01-02, the last day on which they may be called up
}

// CourtActs is a row of "court.acts", by IIN: what courts have decided in cases
// to which a person is a party.
type CourtActs struct {
	Acts   []CourtAct     `json:"acts"`
	Person aiqyn.PersonID `json:"person"`
}

// CourtAct is one judicial act.
type CourtAct struct {
	Court  string `json:"court"`
	Force  string `json:"force,omitempty"` // 2006-01-02; empty: not in force yet
	Made   string `json:"made"`            // 2006-01-02
	Number string `json:"number"`
}

// Institution is a row of a register of those who give places of a queue, such as
// "education.kindergartens", by its id.
type Institution struct {
	Address  string       `json:"address,omitempty"`
	District string       `json:"district"` // KATO code
	Groups   []PlaceGroup `json:"groups,omitempty"`
	ID       string       `json:"id"`
	Lat      float64      `json:"lat"`
	Locality aiqyn.Text   `json:"locality,omitzero"` // what the district is called
	Lon      float64      `json:"lon"`
	Private  bool         `json:"private"` // with places that the state pays
	Region   string       `json:"region"`  // KATO code
	Title    aiqyn.Text   `json:"title"`
}

// PlaceGroup is a group of an institution, such as that of the children of one
// year who are spoken to in one language. Is holds what rules tell groups by.
type PlaceGroup struct {
	ID     string            `json:"id"`
	Title  aiqyn.Text        `json:"title,omitzero"` // what people call it; none: what Is says
	Is     map[string]string `json:"is,omitempty"`
	Places int64             `json:"places"` // the most that it may have; if they have a time, in a day
	// Closes is the last day on which somebody may come into its line, 2006-01-02;
	// its places are shared out after it. Empty: there is none.
	Closes string `json:"closes,omitempty"`
	// Opens is the first day on which a round shares out its places, 2006-01-02: on it
	// all that there are go in one round, and daily rounds then give what is freed.
	// Empty: they are shared out as they come.
	Opens string `json:"opens,omitempty"`
}

// Sale is a row of "land.sales", by cadastral number: a plot that is the state's and
// may be sold, or leased, to whoever offers most.
type Sale struct {
	Number  string     `json:"number"`
	Purpose aiqyn.Text `json:"purpose"` // what may be done there
	Right   string     `json:"right"`   // ownership, lease
	Seller  string     `json:"seller"`  // institution that may sell it
	Title   aiqyn.Text `json:"title"`   // what the seller is called
	Value   int64      `json:"value"`   // appraised: of the plot, or of its lease for a year, tiyn
	Years   int64      `json:"years"`   // of a lease; 0: ownership
}

// Lot is a row of "land.lots", by cadastral number: the newest lot of a parcel.
type Lot struct {
	Area       int64  `json:"area"`       // m²
	Bids       string `json:"bids"`       // last day to seal a bid
	Deposit    int64  `json:"deposit"`    // tiyn
	Least      int64  `json:"least"`      // tiyn
	Lot        string `json:"lot"`        // its name
	Objections string `json:"objections"` // last day to object
	Right      string `json:"right"`      // ownership, lease
	Seller     string `json:"seller"`
	State      string `json:"state"` // published, opened, sold, unsold, withdrawn
	Years      int64  `json:"years"` // of a lease
}

// Referrals is a row of "health.referrals", by IIN: where doctors have sent
// somebody, and how pressing the protocol makes it. They name specialists, and
// wards of hospitals.
type Referrals struct {
	Person aiqyn.PersonID `json:"person"`
	To     []string       `json:"to,omitempty"`
	Urgent []string       `json:"urgent,omitempty"` // of them, within days
}

// Privileges is a row of "social.privileges": what puts a child before others in
// queues, by the child's IIN.
type Privileges struct {
	Disabled      bool           `json:"disabled"`       // a parent, or a child with special needs
	LargeFamily   bool           `json:"large_family"`   //
	MilitaryChild bool           `json:"military_child"` // of who serves in special bodies
	Orphan        bool           `json:"orphan"`
	Person        aiqyn.PersonID `json:"person"`
}

// Siblings is a row of "education.siblings", by the child's IIN: the institutions that
// a brother or sister goes to, and no more of them.
type Siblings struct {
	At     []string       `json:"at"`
	Person aiqyn.PersonID `json:"person"`
}
