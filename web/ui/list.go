package ui

// The list: what every table of many rows is made of. It is read page by page
// and never counted; the same rows can be had as a file.
type (
	// List is one page of rows with its filter and its files.
	List struct {
		Caption string
		Filter  *Filter // nil: none
		Columns []Column
		Rows    []Line
		Total   string // "412 transformers", "more than 25 cases"
		Files   []Link // the same list to keep
		Pager   Pager
		Empty   Empty
		Dense   bool // an officer's: narrow rows, keys j and k
	}
	// Column is one column; the one that is Head names the row.
	Column struct {
		Title, Unit  string
		Number, Head bool
	}
	// Line is one row, a cell per column.
	Line struct{ Cells []Cell }
	// Cell is what one cell shows, from the text to the drawing.
	Cell struct {
		Text, Href, Note, Law string
		Mark                  string // "late", "soon"
		Code                  bool   // a fingerprint: breaks anywhere
		Whole                 bool   // a number of an object: breaks nowhere
		Tag                   *Tag
		Bar                   *CapacityBar
	}
	// Filter narrows a list by its address alone, so that a list can be sent
	// to somebody else as it is.
	Filter struct {
		Action  string
		Selects []Select
		Inputs  []Input
		Button  string // "Show" unless said
		Label   string // what is looked for, where a page has two
		Reset   string // address without any filter; empty: none is set
		More    *Narrower
	}
	// Narrower are choices that few make: folded below the others until one is made.
	Narrower struct {
		Title   string
		Selects []Select
		Open    bool
	}
)

// Heading is the title with its unit: "Free, kW".
func (c Column) Heading() string {
	if c.Unit == "" {
		return c.Title
	}
	return c.Title + ", " + c.Unit
}
