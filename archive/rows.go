package archive

import (
	"archive/zip"
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"iter"
	"strings"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"

	"aiqyn"
)

// Limits on a table.
const (
	MaxFile    = 64 << 20  // bytes of a file
	MaxUnzip   = 512 << 20 // bytes of what an XLSX holds
	MaxRows    = 1_000_000
	maxColumns = 200
	maxCell    = 8000 // bytes
	maxParts   = 1000 // files within an XLSX
)

// Line is one row of a table as it stands there.
type Line struct {
	Row    int // where it stands: the row of a sheet, the line of a text, from 1
	Cells  []string
	Serial Serial
}

// Serial is how a table may write a date as a number of days.
type Serial int

// A text writes none; a workbook counts from 1900, or from 1904 if it says so.
const (
	NoSerial Serial = iota
	From1900
	From1904
)

// Lines reads a table, CSV in UTF-8 or XLSX, header first. What cannot be read
// ends it with an error.
func (m *Mapping) Lines(data []byte) iter.Seq2[Line, error] {
	if len(data) > MaxFile {
		return failing(tooLarge(MaxFile>>20, "MiB"))
	}
	if bytes.HasPrefix(data, []byte("PK\x03\x04")) {
		return bounded(m.xlsx(data))
	}
	return bounded(m.csv(data))
}

func failing(err error) iter.Seq2[Line, error] {
	return func(yield func(Line, error) bool) { yield(Line{}, err) }
}

func tooLarge(limit int, unit string) error {
	return aiqyn.E(aiqyn.TooLarge, "error.import-large", "limit", limit, "unit", unit)
}

func unreadable(err error) error { return aiqyn.E(aiqyn.Invalid, "error.import-file").Because(err) }

// bounded holds every line within the limits.
func bounded(lines iter.Seq2[Line, error]) iter.Seq2[Line, error] {
	return func(yield func(Line, error) bool) {
		for line, err := range lines {
			if err == nil {
				err = line.check()
			}
			if !yield(line, err) || err != nil {
				return
			}
		}
	}
}

func (l Line) check() error {
	switch {
	case l.Row > MaxRows+1:
		return tooLarge(MaxRows, "rows")
	case len(l.Cells) > maxColumns:
		return tooLarge(maxColumns, "columns")
	}
	for _, c := range l.Cells {
		if len(c) > maxCell {
			return tooLarge(maxCell, "bytes")
		}
	}
	return nil
}

func (m *Mapping) csv(data []byte) iter.Seq2[Line, error] {
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	return func(yield func(Line, error) bool) {
		if !utf8.Valid(data) {
			yield(Line{}, unreadable(errors.New("not UTF-8")))
			return
		}
		r := csv.NewReader(bytes.NewReader(data))
		r.FieldsPerRecord, r.ReuseRecord = -1, false
		if m.Delimiter != "" {
			r.Comma = rune(m.Delimiter[0])
		}
		for {
			cells, err := r.Read()
			if errors.Is(err, io.EOF) {
				return
			}
			row := 0
			if err != nil {
				err = unreadable(err)
			} else {
				row, _ = r.FieldPos(0) // empty lines are skipped, and a cell may have several
			}
			if !yield(Line{Row: row, Cells: cells}, err) || err != nil {
				return
			}
		}
	}
}

// xlsx reads one sheet row by row. What it holds is measured before anything is
// unpacked, and while it is: an archive that lies about itself ends there.
func (m *Mapping) xlsx(data []byte) iter.Seq2[Line, error] {
	return func(yield func(Line, error) bool) {
		if err := measure(data); err != nil {
			yield(Line{}, err)
			return
		}
		file, err := excelize.OpenReader(bytes.NewReader(data), excelize.Options{RawCellValue: true, UnzipSizeLimit: MaxUnzip, UnzipXMLSizeLimit: 16 << 20})
		if err != nil {
			yield(Line{}, unreadable(err))
			return
		}
		defer file.Close()
		sheet := m.Sheet
		if sheet == "" && file.SheetCount > 0 {
			sheet = file.GetSheetList()[0]
		}
		serial := From1900
		if props, err := file.GetWorkbookProps(); err == nil && props.Date1904 != nil && *props.Date1904 {
			serial = From1904
		}
		rows, err := file.Rows(sheet)
		if err != nil {
			yield(Line{}, unreadable(err))
			return
		}
		defer rows.Close()
		for row := 1; rows.Next(); row++ {
			cells, err := rows.Columns()
			if err != nil {
				err = unreadable(err)
			}
			if !yield(Line{Row: row, Cells: cells, Serial: serial}, err) || err != nil {
				return
			}
		}
		if err := rows.Error(); err != nil {
			yield(Line{}, unreadable(err))
		}
	}
}

// measure refuses an archive that would unpack to more than is allowed. It
// unpacks everything once, into nothing, and stops at the limit.
func measure(data []byte) error {
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return unreadable(err)
	}
	if len(z.File) > maxParts {
		return tooLarge(maxParts, "parts")
	}
	left := int64(MaxUnzip)
	for _, f := range z.File {
		if strings.HasSuffix(f.Name, "/") {
			continue
		}
		part, err := f.Open()
		if err != nil {
			return unreadable(err)
		}
		n, err := io.CopyN(io.Discard, part, left+1)
		part.Close()
		if left -= n; left < 0 {
			return tooLarge(MaxUnzip>>20, "MiB")
		}
		if err != nil && !errors.Is(err, io.EOF) {
			return unreadable(err)
		}
	}
	return nil
}
