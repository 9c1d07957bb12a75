// Package sheet writes a list as a file to keep: CSV for programs, XLSX for
// people. It streams, so that a list of any length takes the memory of a few
// rows; each column says its unit, and the file says where its figures come
// from.
package sheet

import (
	"io"
	"iter"
	"strings"
	"time"

	"aiqyn"
)

// Column is one column of a list.
type Column struct {
	Name  string // in the header of a CSV, the same in every language: "free_w"
	Title string // as people read it
	Unit  string // "kW"; empty if it has none
}

// Note is one line of what stands behind the figures: source, time, method.
type Note struct{ Name, Text string }

// Sheet is a list without its rows.
type Sheet struct {
	Title   string
	Columns []Column
	About   []Note
}

// Row holds a cell per column: string, int64, float64, bool, time.Time or nil.
type Row []any

// Rows are read as they are written; an error ends the file.
type Rows = iter.Seq2[Row, error]

// Format is the form of a file.
type Format struct {
	Extension, MIME string
	write           func(io.Writer, Sheet, Rows) error
}

// The two formats.
var (
	CSV  = Format{"csv", "text/csv; charset=utf-8", writeCSV}
	XLSX = Format{"xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", writeXLSX}
)

// Formats are all of them.
var Formats = []Format{CSV, XLSX}

// ByExtension finds a format: "csv".
func ByExtension(name string) (Format, error) {
	for _, f := range Formats {
		if f.Extension == name {
			return f, nil
		}
	}
	return Format{}, aiqyn.E(aiqyn.NotFound, "error.sheet-format")
}

// Write writes the list. After an error what has been written is no whole file
// and must not be taken for one.
func (f Format) Write(w io.Writer, s Sheet, rows Rows) error { return f.write(w, s, rows) }

// harmless keeps a text from being run: programs for tables take one that
// begins like a formula for a formula, and what a stranger typed into a form
// would then run on an officer's machine. An apostrophe in front makes it text.
func harmless(s string) string {
	if s != "" && strings.ContainsRune("=+-@\t\r\n＝＋－＠|%", firstRune(s)) {
		return "'" + s
	}
	return s
}

func firstRune(s string) rune {
	for _, r := range s {
		return r
	}
	return 0
}

// stamp writes an instant; files are in the country's time and say so.
func stamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Format(time.RFC3339)
}
