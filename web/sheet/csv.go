package sheet

import (
	"bufio"
	"encoding/csv"
	"fmt"
	"io"
	"strconv"
	"time"
)

// writeCSV writes RFC 4180 without a byte order mark: the first column's name
// must be what the header says it is. Who opens it in a program for tables
// takes the XLSX.
func writeCSV(w io.Writer, s Sheet, rows Rows) error {
	buffered := bufio.NewWriter(w)
	out := csv.NewWriter(buffered)
	cells := make([]string, len(s.Columns))
	for i, c := range s.Columns {
		cells[i] = c.Name
	}
	if err := out.Write(cells); err != nil {
		return err
	}
	for row, err := range rows {
		if err != nil {
			return err
		}
		if len(row) != len(cells) {
			return fmt.Errorf("a row of %d cells in a list of %d columns", len(row), len(cells))
		}
		for i, cell := range row {
			if cells[i], err = plain(cell); err != nil {
				return fmt.Errorf("column %s: %w", s.Columns[i].Name, err)
			}
		}
		if err := out.Write(cells); err != nil {
			return err
		}
	}
	out.Flush()
	if err := out.Error(); err != nil {
		return err
	}
	return buffered.Flush()
}

// plain writes a cell. Only what is typed as a number may begin with a sign.
func plain(cell any) (string, error) {
	switch v := cell.(type) {
	case nil:
		return "", nil
	case string:
		return harmless(v), nil
	case int64:
		return strconv.FormatInt(v, 10), nil
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64), nil
	case bool:
		return strconv.FormatBool(v), nil
	case time.Time:
		return stamp(v), nil
	}
	return "", fmt.Errorf("a cell of type %T", cell)
}
