package sheet

import (
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/xuri/excelize/v2"
)

// maxRows is what a sheet of XLSX can hold below its header.
const maxRows = excelize.TotalRows - 1

// The two sheets of a file: the list, and what stands behind it.
const (
	listSheet  = "1"
	aboutSheet = "2"
)

// writeXLSX writes the list on the first sheet and its source on the second.
// Rows beyond a few megabytes wait in a temporary file, not in memory.
func writeXLSX(w io.Writer, s Sheet, rows Rows) (err error) {
	file := excelize.NewFile()
	defer func() { err = errors.Join(err, file.Close()) }()
	if err := file.SetSheetName("Sheet1", listSheet); err != nil {
		return err
	}
	bold, err := file.NewStyle(&excelize.Style{Font: &excelize.Font{Bold: true}, Alignment: &excelize.Alignment{WrapText: true, Vertical: "top"}})
	if err != nil {
		return err
	}
	if err := writeList(file, s, rows, bold); err != nil {
		return err
	}
	if err := writeAbout(file, s, bold); err != nil {
		return err
	}
	if err := file.SetDocProps(&excelize.DocProperties{Title: s.Title, Creator: "Aiqyn"}); err != nil {
		return err
	}
	_, err = file.WriteTo(w)
	return err
}

func writeList(file *excelize.File, s Sheet, rows Rows, bold int) error {
	out, err := file.NewStreamWriter(listSheet)
	if err != nil {
		return err
	}
	if err := out.SetColWidth(1, max(1, len(s.Columns)), 20); err != nil {
		return err
	}
	if err := out.SetPanes(&excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}); err != nil {
		return err
	}
	header := make([]any, len(s.Columns))
	for i, c := range s.Columns {
		title := c.Title
		if c.Unit != "" {
			title += ", " + c.Unit
		}
		header[i] = excelize.Cell{StyleID: bold, Value: title}
	}
	if err := out.SetRow("A1", header); err != nil {
		return err
	}
	n := 0
	for row, err := range rows {
		if err != nil {
			return err
		}
		if n++; n > maxRows {
			return fmt.Errorf("a list of more than %d rows does not fit a sheet", maxRows)
		}
		if len(row) != len(s.Columns) {
			return fmt.Errorf("a row of %d cells in a list of %d columns", len(row), len(s.Columns))
		}
		if err := writeRow(out, n+1, row); err != nil {
			return err
		}
	}
	return out.Flush()
}

func writeRow(out *excelize.StreamWriter, at int, row Row) error {
	cells := make([]any, len(row))
	for i, cell := range row {
		switch v := cell.(type) {
		case string:
			cells[i] = harmless(v)
		case time.Time:
			cells[i] = stamp(v) // a date of Excel would lose the zone
		case nil, int64, float64, bool:
			cells[i] = v
		default:
			return fmt.Errorf("a cell of type %T", cell)
		}
	}
	name, err := excelize.CoordinatesToCellName(1, at)
	if err != nil {
		return err
	}
	return out.SetRow(name, cells)
}

// writeAbout says what the list is, what its columns are called in the CSV, in
// which units they are and where they come from.
func writeAbout(file *excelize.File, s Sheet, bold int) error {
	if _, err := file.NewSheet(aboutSheet); err != nil {
		return err
	}
	out, err := file.NewStreamWriter(aboutSheet)
	if err != nil {
		return err
	}
	if err := out.SetColWidth(1, 3, 34); err != nil {
		return err
	}
	lines := [][]any{{excelize.Cell{StyleID: bold, Value: s.Title}}}
	for _, n := range s.About {
		lines = append(lines, []any{excelize.Cell{StyleID: bold, Value: n.Name}, harmless(n.Text)})
	}
	lines = append(lines, nil)
	for _, c := range s.Columns {
		lines = append(lines, []any{excelize.Cell{StyleID: bold, Value: c.Title}, c.Unit, c.Name})
	}
	for i, line := range lines {
		name, err := excelize.CoordinatesToCellName(1, i+1)
		if err != nil {
			return err
		}
		if err := out.SetRow(name, line); err != nil {
			return err
		}
	}
	return out.Flush()
}
