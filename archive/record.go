package archive

import (
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/xuri/excelize/v2"

	"aiqyn"
)

// Record is one case of the former system, as its row says.
type Record struct {
	Row       int
	Number    string
	Applicant aiqyn.PersonID
	Filed     string // 2006-01-02
	Decided   string
	Outcome   aiqyn.Outcome
	Lang      aiqyn.Lang
	Agent     aiqyn.PersonID // who applied for the applicant; may be empty, as what follows
	Reason    string         // of the service's list, why it was refused
	Node      string         // transformer that it was about
	Since     string         // 2006-01-02; of who waits, as the next two
	Time      string         // 15:04:05, "" if the queue was kept by days
	Placed    bool           // has a place there already
	Answers   map[string]string
}

// Fault is what is wrong with a row, and in which column.
type Fault struct {
	Row    int
	Column string // of the table; empty: the row as a whole
	Err    *aiqyn.Error
}

// Reader turns the lines of one table into records.
type Reader struct {
	mapping *Mapping
	at      map[string]int // by column of the table
	seen    map[string]int // by number: the row
}

// NewReader finds the mapping's columns in the header of a table.
func NewReader(m *Mapping, header Line) (*Reader, error) {
	r := &Reader{mapping: m, at: map[string]int{}, seen: map[string]int{}}
	for i, name := range header.Cells {
		name = strings.TrimSpace(name)
		if _, twice := r.at[name]; twice && name != "" {
			return nil, aiqyn.E(aiqyn.Invalid, "error.import-column-twice", "column", name)
		}
		r.at[name] = i
	}
	for _, f := range m.fields() {
		if f.column == nil || f.column.Column == "" {
			continue
		}
		if _, ok := r.at[f.column.Column]; !ok {
			return nil, aiqyn.E(aiqyn.Invalid, "error.import-no-column", "column", f.column.Column)
		}
	}
	return r, nil
}

// Column is the name of the table's column that an answer comes from.
func (r *Reader) Column(answer string) string {
	if c, ok := r.mapping.Answers[answer]; ok {
		return c.Column
	}
	return ""
}

// Read turns a line into a record, or says everything that is wrong with it. An
// empty line is neither.
func (r *Reader) Read(line Line) (*Record, []Fault) {
	if !slices.ContainsFunc(line.Cells, func(c string) bool { return strings.TrimSpace(c) != "" }) {
		return nil, nil
	}
	rec := &Record{Row: line.Row, Answers: map[string]string{}}
	var faults []Fault
	for _, f := range r.mapping.fields() {
		if f.column == nil {
			continue
		}
		value, err := r.value(f, line)
		if err == nil {
			err = r.put(rec, f.name, value)
		}
		if err != nil {
			faults = append(faults, Fault{line.Row, f.column.Column, err})
		}
	}
	if len(faults) > 0 {
		return nil, faults
	}
	return rec, nil
}

// value is what a line says of a field.
func (r *Reader) value(f field, line Line) (string, *aiqyn.Error) {
	if f.column.Column == "" {
		return f.constant()
	}
	i := r.at[f.column.Column]
	cell := ""
	if i < len(line.Cells) {
		cell = strings.TrimSpace(line.Cells[i])
	}
	if f.date && cell != "" { // whether it may be empty, put says
		return date(cell, f.column.Date, line.Serial)
	}
	if len(f.column.Values) > 0 && cell != "" {
		meant, ok := f.column.Values[cell]
		if !ok {
			return "", aiqyn.E(aiqyn.Invalid, "error.import-value", "values", strings.Join(slices.Sorted(maps.Keys(f.column.Values)), ", "))
		}
		return meant, nil
	}
	return cell, nil
}

// date reads a date as the mapping says it is written, or the number of days
// that XLSX keeps it as.
func date(cell, as string, serial Serial) (string, *aiqyn.Error) {
	at, err := time.Parse(layouts[as], cell)
	if n, notNumber := strconv.ParseFloat(cell, 64); err != nil && serial != NoSerial && notNumber == nil && n >= 1 && n < 100_000 {
		at, err = excelize.ExcelDateToTime(n, serial == From1904)
	}
	if err != nil || at.Year() < 1900 || at.Year() > 2200 {
		return "", aiqyn.E(aiqyn.Invalid, "error.import-date", "format", as)
	}
	return at.Format(time.DateOnly), nil
}

// outcomes that a former system may have come to.
var outcomes = []aiqyn.Outcome{aiqyn.Granted, aiqyn.Refused, aiqyn.Withdrawn, aiqyn.Lapsed, aiqyn.Annulled}

// optional are the fields that a row may leave empty.
var optional = []string{"lang", "agent", "reason", "node", "time", "state"}

// clock reads a time of day; without seconds it is the whole minute.
func clock(cell string) (string, *aiqyn.Error) {
	for _, layout := range []string{time.TimeOnly, "15:04"} {
		if at, err := time.Parse(layout, cell); err == nil {
			return at.Format(time.TimeOnly), nil
		}
	}
	return "", aiqyn.E(aiqyn.Invalid, "error.import-time")
}

// putWaits keeps what a row says of somebody who waits.
func (rec *Record) putWaits(name, value string) (err *aiqyn.Error) {
	switch {
	case name == "since":
		rec.Since = value
	case name == "time" && value != "":
		rec.Time, err = clock(value)
	case name == "state":
		if rec.Placed = value == "placed"; !rec.Placed && value != "" && value != "waiting" {
			return aiqyn.E(aiqyn.Invalid, "error.import-state")
		}
	}
	return err
}

// put checks a value by itself and keeps it.
func (r *Reader) put(rec *Record, name, value string) *aiqyn.Error {
	answer, isAnswer := strings.CutPrefix(name, answerPrefix)
	switch {
	case isAnswer && value == "":
		return nil
	case isAnswer:
		rec.Answers[answer] = value
		return nil
	case value == "" && !slices.Contains(optional, name):
		return aiqyn.E(aiqyn.Invalid, "error.answer-required")
	}
	switch name {
	case "number":
		if row, twice := r.seen[value]; twice {
			return aiqyn.E(aiqyn.Invalid, "error.import-number-twice", "row", row)
		}
		if len(value) > 200 {
			return aiqyn.E(aiqyn.Invalid, "error.too-large")
		}
		r.seen[value] = rec.Row
		rec.Number = value
	case "agent":
		rec.Agent = aiqyn.PersonID(value)
	case "reason":
		rec.Reason = value
	case "node":
		rec.Node = value
	case "applicant":
		rec.Applicant = aiqyn.PersonID(value)
	case "filed":
		rec.Filed = value
	case "decided":
		if rec.Decided = value; rec.Filed != "" && value < rec.Filed {
			return aiqyn.E(aiqyn.Invalid, "error.import-order")
		}
	case "outcome":
		if rec.Outcome = aiqyn.Outcome(value); !slices.Contains(outcomes, rec.Outcome) {
			return aiqyn.E(aiqyn.Invalid, "error.import-outcome")
		}
	case "since", "time", "state":
		return rec.putWaits(name, value)
	case "lang":
		if rec.Lang = aiqyn.Lang(value); value != "" && !slices.Contains(aiqyn.Langs, rec.Lang) {
			return aiqyn.E(aiqyn.Invalid, "error.answer-choice")
		}
	}
	return nil
}
