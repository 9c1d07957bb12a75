package sheet

import (
	"bytes"
	"encoding/csv"
	"errors"
	"iter"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"aiqyn"
)

var almaty = time.FixedZone("+05", 5*3600)

// trafos is a list with a name that somebody meant to be run.
var trafos = Sheet{
	Title:   "Бос қуат",
	Columns: []Column{{"name", "Трансформатор", ""}, {"free_kw", "Бос қуат", "кВт"}, {"share", "Үлесі", "%"}, {"measured", "Өлшенген", ""}, {"known", "Белгілі", ""}},
	About:   []Note{{"Дереккөз", "Желі есебі"}, {"Шегі", "=cmd|' /C calc'!A0"}},
}

func rows(list ...Row) Rows {
	return func(yield func(Row, error) bool) {
		for _, r := range list {
			if !yield(r, nil) {
				return
			}
		}
	}
}

var someRows = []Row{
	{"ТП-17 «Қаңтар»", int64(-40), 12.5, time.Date(2026, 11, 23, 10, 0, 0, 0, almaty), true},
	{`=HYPERLINK("http://evil","ТП")`, int64(0), 0.0, time.Time{}, nil},
	{"+7 701", int64(1), 1.0, nil, false}, {"-1", int64(1), 1.0, nil, false}, {"@SUM(A1)", int64(1), 1.0, nil, false},
	{"\t=1", int64(1), 1.0, nil, false}, {"＝1+1", int64(1), 1.0, nil, false}, {"a=1, \"b\"\nc", int64(1), 1.0, nil, false},
}

func TestCSV(t *testing.T) {
	var b bytes.Buffer
	if err := CSV.Write(&b, trafos, rows(someRows...)); err != nil {
		t.Fatal(err)
	}
	got, err := csv.NewReader(&b).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	want := [][]string{
		{"name", "free_kw", "share", "measured", "known"},
		{"ТП-17 «Қаңтар»", "-40", "12.5", "2026-11-23T10:00:00+05:00", "true"},
		{`'=HYPERLINK("http://evil","ТП")`, "0", "0", "", ""},
		{"'+7 701", "1", "1", "", "false"}, {"'-1", "1", "1", "", "false"}, {"'@SUM(A1)", "1", "1", "", "false"},
		{"'\t=1", "1", "1", "", "false"}, {"'＝1+1", "1", "1", "", "false"}, {"a=1, \"b\"\nc", "1", "1", "", "false"},
	}
	if !slices.EqualFunc(got, want, slices.Equal) {
		t.Errorf("got %q\nwant %q", got, want)
	}
}

// A sheet read back has numbers as numbers, units in the header, its source on
// the second sheet, and nothing that a program would run.
func TestXLSX(t *testing.T) {
	var b bytes.Buffer
	if err := XLSX.Write(&b, trafos, rows(someRows...)); err != nil {
		t.Fatal(err)
	}
	file, err := excelize.OpenReader(&b)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	cell := func(sheet, name string) string {
		v, err := file.GetCellValue(sheet, name)
		if err != nil {
			t.Fatal(err)
		}
		if f, err := file.GetCellFormula(sheet, name); err != nil || f != "" {
			t.Errorf("%s!%s is a formula: %q, %v", sheet, name, f, err)
		}
		return v
	}
	for _, c := range []struct{ sheet, name, want string }{
		{"1", "B1", "Бос қуат, кВт"}, {"1", "A2", "ТП-17 «Қаңтар»"}, {"1", "B2", "-40"}, {"1", "D2", "2026-11-23T10:00:00+05:00"},
		{"1", "A3", `'=HYPERLINK("http://evil","ТП")`}, {"1", "E3", ""}, {"1", "A7", "'\t=1"},
		{"2", "A1", "Бос қуат"}, {"2", "B2", "Желі есебі"}, {"2", "B3", "'=cmd|' /C calc'!A0"}, {"2", "C6", "free_kw"}, {"2", "B6", "кВт"},
	} {
		if got := cell(c.sheet, c.name); got != c.want {
			t.Errorf("%s!%s = %q, want %q", c.sheet, c.name, got, c.want)
		}
	}
	if kind, err := file.GetCellType("1", "B2"); err != nil || kind != excelize.CellTypeUnset { // a bare number
		t.Errorf("B2 is of type %v, %v", kind, err)
	}
}

// What ends in the middle is an error, and a row of another shape too.
func TestBrokenRows(t *testing.T) {
	lost := errors.New("the register went away")
	broken := func(yield func(Row, error) bool) {
		_ = yield(someRows[0], nil) && yield(nil, lost)
	}
	for _, f := range Formats {
		for name, c := range map[string]struct {
			rows iter.Seq2[Row, error]
			want string
		}{
			"an error":     {broken, lost.Error()},
			"a short row":  {rows(Row{"a"}), "1 cells"},
			"what is none": {rows(Row{"a", "b", "c", "d", struct{}{}}), "type struct"},
		} {
			var b bytes.Buffer
			err := f.Write(&b, trafos, c.rows)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("%s with %s: %v", f.Extension, name, err)
			}
		}
	}
}

func TestByExtension(t *testing.T) {
	if f, err := ByExtension("xlsx"); err != nil || f.MIME != XLSX.MIME {
		t.Errorf("xlsx: %v, %v", f, err)
	}
	if _, err := ByExtension("exe"); aiqyn.KindOf(err) != aiqyn.NotFound {
		t.Errorf("exe: %v", err)
	}
}

func FuzzHarmless(f *testing.F) {
	for _, s := range []string{"=1", "\u00a0=1", "", "ТП", "'=1"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if got := harmless(s); got != "" && strings.ContainsRune("=+-@\t\r\n", rune(got[0])) {
			t.Errorf("%q became %q", s, got)
		}
	})
}
