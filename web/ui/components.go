package ui

import (
	"strings"
	"time"
)

// The components. Each struct is what the template of the same name shows, in
// the folder of that name; texts come already in the page's language.
type (
	// Input is one line of text.
	Input struct {
		Name, Label, Hint, Value, Error string
		Suffix                          string // "kW"
		Type                            string // "text" unless said
		Mode                            string // inputmode: "numeric", "tel"
		Autocomplete                    string
		Width                           string // in letters: "5", "10", "20"
		Heading                         bool   // the label is the heading of the page
		Plain                           bool   // no spelling, no capitals: numbers and codes
	}
	// Upload asks for a file. It goes along with its form; where Parts says, a
	// script sends it there as soon as it is chosen, in parts that can go on after
	// the connection was lost. Kept is the hash of one that was sent already.
	Upload struct {
		Name, Label, Hint, Error string
		Accept                   string // media types, by commas
		Parts                    string
		Kept                     string
	}
	// File is one file of a case; Says is what its camera wrote, Alike leads to
	// other cases with the same photograph.
	File struct {
		Href, Title, What, Says string
		Alike                   []Link
	}
	// Road is the way from an application to what it was for: what is done, what is
	// now, what is next.
	Road struct {
		Total string // how many days
		Spent []Fact // the same days, by whom they waited for
		Stops []Stop
	}
	// Stop is one step of it; Href leads to its case, if that is another one.
	Stop struct {
		Title, Of, Who, When, Days, Href string
		State                            Tag
		Now                              bool
	}
	// Textarea is several lines of text.
	Textarea struct {
		Name, Label, Hint, Value, Error string
		Rows                            int
		Heading                         bool
	}
	// Option is one choice of Radios or Select.
	Option struct {
		Value, Label, Hint string
		Checked, Disabled  bool
	}
	// Radios asks for one of a few.
	Radios struct {
		Name, Label, Hint, Error string
		Options                  []Option
		Heading                  bool
	}
	// Select asks for one of many, in filters only.
	Select struct {
		Name, Label string
		Options     []Option
	}
	// DateInput asks for day, month and year.
	DateInput struct {
		Name, Label, Hint, Error string
		Day, Month, Year         string
		Heading                  bool
	}
	// Passkey is a button that has a device answer Options; it is shown by a script,
	// where the browser can. Kind is "get" or "create"; the fields of the form that
	// carry the answer begin with Prefix.
	Passkey struct {
		Kind, Options, Ceremony, Label, Prefix string
		Second                                 bool
	}
	// Field is exactly one of the inputs.
	Field struct {
		Input    *Input
		Textarea *Textarea
		Radios   *Radios
		Date     *DateInput
		Upload   *Upload
	}
	// Hidden is a value that travels with a form.
	Hidden struct{ Name, Value string }
	// Question is a page that asks one thing.
	Question struct {
		Action, Caption, Law, Button string
		Field                        Field
		Hidden                       []Hidden
	}
	// Row is one line of a summary list; Change is where it can be changed.
	Row struct{ Key, Value, Note, Change string }
	// Task is one line of a task list; without Href it cannot start yet.
	Task struct {
		Href, Title, Hint string
		Status            Tag
	}
	// Tag names a state: kind "", "todo", "good", "warn" or "bad".
	Tag struct{ Kind, Text string }
	// Price is an official price: to be paid, paid, or what goes back.
	Price struct {
		Kind, Title, Text, Law string
		Notes                  []string
		Links                  []Link
	}
	// OtherSide is the other log of a case that was sent from one to another.
	OtherSide struct {
		Kind, Title, Law string
		Texts            []string
		Rows             []Row
		There            *Link // its page, of another site
		Proof            *Link // that the other log gave
	}
	// Panel says that something is done.
	Panel struct {
		Kind, Title, Caption, Reference string
		Inner                           bool // the page has a heading besides it
	}
	// Moment is one event of a timeline, or what comes next.
	Moment struct {
		At              time.Time
		What, Who, Text string
		Next            bool
		Proof           *Proof
	}
	// Proof leads from an event to its receipt.
	Proof struct {
		Href  string
		Entry int64
		Level Tag
	}
	// Clock is a running term: figure, words and why. State is "", "late" or
	// "still".
	Clock struct {
		Figure, Title, Left, State string
		Why                        []string
		Open                       bool // the reasons are shown at once
	}
	// Pager leads through a list that is never counted.
	Pager struct{ First, Next string }
	// Link is a link.
	Link struct{ Href, Text string }
	// Empty stands where a list has nothing.
	Empty struct {
		Text   string
		Action *Link
	}
	// Fact is one figure that a person looks for.
	Fact struct{ Name, Value string }
	// Card is a thing to choose, with what decides the choice.
	Card struct {
		Href, Title, Summary string
		Facts                []Fact
	}
	// CapacityBar draws how much of a transformer is taken; the same numbers
	// stand beside it as text. Used and Kept are per cent.
	CapacityBar struct {
		Label      string
		Used, Kept int
	}
	// Point is one row of a table of connection points.
	Point struct {
		Name, Route, Cost, Free, Limit, Why string
		Parts                               string // of the cost; may be empty
		Above, AboveHref                    string // the transformer that feeds it, with its load; may be empty
		Chosen                              bool
	}
	// Source says what public figures stand on.
	Source struct {
		At             time.Time
		Method, Limits string
		Entry          string // where the ledger holds it
		Hash           string
	}
	// Receipt is the proof of one event.
	Receipt struct {
		Level Tag
		Rows  []Row
		File  string
		Paper string // the same as PDF
	}
)

// Described lists the ids that describe an input.
func (i Input) Described() string { return described(i.Name, i.Hint, i.Error) }

// Described lists the ids that describe an upload.
func (u Upload) Described() string { return described(u.Name, u.Hint, u.Error) }

// Described lists the ids that describe a text area.
func (t Textarea) Described() string { return described(t.Name, t.Hint, t.Error) }

// Described lists the ids that describe the choices.
func (r Radios) Described() string { return described(r.Name, r.Hint, r.Error) }

// Described lists the ids that describe a date.
func (d DateInput) Described() string { return described(d.Name, d.Hint, d.Error) }

func described(name, hint, fault string) string {
	var ids []string
	if hint != "" {
		ids = append(ids, name+"-hint")
	}
	if fault != "" {
		ids = append(ids, name+"-error")
	}
	return strings.Join(ids, " ")
}

// datePart is one of the three boxes of a date.
type datePart struct{ Name, Key, Value, Width string }

// Parts are the three boxes in the order in which people write them.
func (d DateInput) Parts() []datePart {
	return []datePart{
		{d.Name + "-day", "web.date.day", d.Day, "2"},
		{d.Name + "-month", "web.date.month", d.Month, "2"},
		{d.Name + "-year", "web.date.year", d.Year, "4"},
	}
}
