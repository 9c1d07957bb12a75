package archive

import (
	"archive/zip"
	"bytes"
	"errors"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"aiqyn"
)

const mapping = `source: old-portal
service: energy.connection
number: {column: Number}
applicant: {column: IIN}
filed: {column: Filed, date: DD.MM.YYYY}
decided: {column: Decided, date: DD.MM.YYYY}
outcome: {column: Result, values: {issued: granted, declined: refused}}
lang: {is: kk}
answers:
  parcel: {column: Parcel}
  category: {is: III}
`

const table = "\ufeffNumber,IIN,Filed,Decided,Result,Parcel\n" +
	"1,900101300017,01.02.2020,05.02.2020,issued,99-999-001-001\n" +
	",,,,,\n" +
	"2,900101300017,31.02.2020,05.02.2020,issued,\n" +
	"1,900101300017,07.02.2020,05.02.2020,unknown,\n" +
	"3, 900101300017 ,01.02.2020,05.02.2020,declined,\n"

func parsed(t testing.TB, text string) *Mapping {
	t.Helper()
	m, err := ParseMapping([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// readAll reads a whole table.
func readAll(m *Mapping, data []byte) (records []*Record, faults []Fault, err error) {
	var r *Reader
	for line, err := range m.Lines(data) {
		if err != nil {
			return records, faults, err
		}
		if r == nil {
			if r, err = NewReader(m, line); err != nil {
				return nil, nil, err
			}
			continue
		}
		rec, wrong := r.Read(line)
		if rec != nil {
			records = append(records, rec)
		}
		faults = append(faults, wrong...)
	}
	return records, faults, nil
}

// TestATable is read row by row; what is wrong is said by row and column.
func TestATable(t *testing.T) {
	records, faults, err := readAll(parsed(t, mapping), []byte(table))
	if err != nil || len(records) != 2 {
		t.Fatal(records, faults, err)
	}
	first := records[0]
	if first.Row != 2 || first.Number != "1" || first.Applicant != "900101300017" || first.Filed != "2020-02-01" || first.Decided != "2020-02-05" ||
		first.Outcome != aiqyn.Granted || first.Lang != aiqyn.Kazakh || first.Answers["parcel"] != "99-999-001-001" || first.Answers["category"] != "III" {
		t.Errorf("read %+v", first)
	}
	if records[1].Row != 6 || records[1].Outcome != aiqyn.Refused {
		t.Errorf("read %+v", records[1])
	}
	want := []struct {
		row         int
		column, key string
	}{{4, "Filed", "error.import-date"}, {5, "Number", "error.import-number-twice"}, {5, "Decided", "error.import-order"}, {5, "Result", "error.import-value"}}
	if len(faults) != len(want) {
		t.Fatalf("faults %+v", faults)
	}
	for i, w := range want {
		if f := faults[i]; f.Row != w.row || f.Column != w.column || f.Err.Key != w.key {
			t.Errorf("fault %d: row %d, column %s: %v", i, f.Row, f.Column, f.Err)
		}
	}
}

// TestRowsAreWhereTheyStand: empty lines count, and so do the lines of a cell
// that has several, for whoever looks a row up in the file.
func TestRowsAreWhereTheyStand(t *testing.T) {
	const text = "\nNumber,IIN,Filed,Decided,Result,Parcel\r\n\n1,900101300017,01.02.2020,05.02.2020,issued,\"99-999\n-001-001\"\n\n\n" +
		"2,900101300017,31.02.2020,05.02.2020,issued,\n"
	records, faults, err := readAll(parsed(t, mapping), []byte(text))
	if err != nil || len(records) != 1 || records[0].Row != 4 || len(faults) != 1 || faults[0].Row != 8 {
		t.Errorf("%+v %+v %v", records, faults, err)
	}
}

// TestDatesThatMayBeMissing: an answer that is a date may be left out, the days
// of a case may not; what is the same for all is checked with the mapping.
func TestDatesThatMayBeMissing(t *testing.T) {
	m := parsed(t, mapping+"  built: {column: Built, date: DD.MM.YYYY}\n  measured: {is: 03.04.2019, date: DD.MM.YYYY}\n")
	const text = "Number,IIN,Filed,Decided,Result,Parcel,Built\n" +
		"1,900101300017,01.02.2020,05.02.2020,issued,x,\n2,900101300017,01.02.2020,05.02.2020,issued,x,07.08.2018\n3,900101300017,,05.02.2020,issued,x,\n"
	records, faults, err := readAll(m, []byte(text))
	if err != nil || len(records) != 2 {
		t.Fatalf("%+v %+v %v", records, faults, err)
	}
	if _, there := records[0].Answers["built"]; there || records[0].Answers["measured"] != "2019-04-03" || records[1].Answers["built"] != "2018-08-07" {
		t.Errorf("%+v", records)
	}
	if len(faults) != 1 || faults[0].Row != 4 || faults[0].Column != "Filed" || faults[0].Err.Key != "error.answer-required" {
		t.Errorf("%+v", faults)
	}
	same := strings.Replace(mapping, "filed: {column: Filed, date: DD.MM.YYYY}", "filed: {is: 2020-01-15}", 1)
	if records, faults, err = readAll(parsed(t, same), []byte(table)); err != nil || len(records) == 0 || records[0].Filed != "2020-01-15" {
		t.Errorf("%+v %+v %v", records, faults, err)
	}
}

// workbook writes a table as XLSX.
func workbook(t testing.TB, rows ...[]any) []byte {
	t.Helper()
	f := excelize.NewFile()
	for i, row := range rows {
		cell, _ := excelize.CoordinatesToCellName(1, i+1)
		if err := f.SetSheetRow("Sheet1", cell, &row); err != nil {
			t.Fatal(err)
		}
	}
	var b bytes.Buffer
	if err := f.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// TestAWorkbook reads the same, dates as days of XLSX too.
func TestAWorkbook(t *testing.T) {
	data := workbook(t, []any{"Number", "IIN", "Filed", "Decided", "Result", "Parcel"}, []any{"1", "900101300017", 43862, "05.02.2020", "issued", "99-999-001-001"})
	records, faults, err := readAll(parsed(t, mapping), data)
	if err != nil || len(faults) > 0 || len(records) != 1 || records[0].Filed != "2020-02-01" || records[0].Decided != "2020-02-05" {
		t.Errorf("%+v %+v %v", records, faults, err)
	}
	if _, _, err := readAll(parsed(t, mapping+"sheet: Other\n"), data); aiqyn.KindOf(err) != aiqyn.Invalid {
		t.Errorf("a sheet that is not there: %v", err)
	}
}

// TestAWorkbookThatCountsFrom1904 is how some computers used to write one: the
// same number is another day.
func TestAWorkbookThatCountsFrom1904(t *testing.T) {
	f, err := excelize.OpenReader(bytes.NewReader(workbook(t, []any{"Number", "IIN", "Filed", "Decided", "Result", "Parcel"},
		[]any{"1", "900101300017", 42400, 42404, "issued", "99-999-001-001"})))
	if err != nil {
		t.Fatal(err)
	}
	yes := true
	if err := f.SetWorkbookProps(&excelize.WorkbookPropsOptions{Date1904: &yes}); err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := f.Write(&b); err != nil {
		t.Fatal(err)
	}
	records, faults, err := readAll(parsed(t, mapping), b.Bytes())
	if err != nil || len(faults) > 0 || len(records) != 1 || records[0].Filed != "2020-02-01" || records[0].Decided != "2020-02-05" {
		t.Errorf("%+v %+v %v", records, faults, err)
	}
}

// TestWrongMappings: whatever a mapping does not say clearly is refused.
func TestWrongMappings(t *testing.T) {
	for name, change := range map[string][2]string{
		"unknown word": {"lang:", "language:"}, "no source": {"source: old-portal", "source: ''"}, "no number": {"number: {column: Number}", ""},
		"number for all": {"number: {column: Number}", "number: {is: '1'}"}, "no outcome": {"outcome:", "lang2:"}, "both": {"{is: III}", "{is: III, column: X}"},
		"neither": {"{is: III}", "{}"}, "unknown date": {"date: DD.MM.YYYY}\ndecided", "date: DDMM}\ndecided"}, "date of a number": {"{column: IIN}", "{column: IIN, date: YYYYMMDD}"},
		"a day that is none": {"{column: Filed, date: DD.MM.YYYY}", "{is: 2020-02-31}"}, "a day written otherwise": {"{column: Filed, date: DD.MM.YYYY}", "{is: 01.02.2020}"},
		"two documents": {"lang:", "---\nlang:"}, "a path for a name": {"old-portal", "a/b"},
	} {
		if _, err := ParseMapping([]byte(strings.Replace(mapping, change[0], change[1], 1))); aiqyn.KindOf(err) != aiqyn.Invalid {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := ParseMapping(bytes.Repeat([]byte("#"), maxMapping+1)); aiqyn.KindOf(err) != aiqyn.TooLarge {
		t.Errorf("a huge one: %v", err)
	}
	for header, key := range map[string]string{"Number,IIN,Filed,Decided,Result": "error.import-no-column", "Number,Number,IIN,Filed,Decided,Result,Parcel": "error.import-column-twice"} {
		var e *aiqyn.Error
		if _, _, err := readAll(parsed(t, mapping), []byte(header+"\n")); !errors.As(err, &e) || e.Key != key {
			t.Errorf("%s: %v", header, err)
		}
	}
}

// TestBombs: what is small and unpacks to too much, or lies about it, ends
// before it has filled anything.
func TestBombs(t *testing.T) {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	w, err := z.Create("xl/worksheets/sheet1.xml")
	if err != nil {
		t.Fatal(err)
	}
	zeros := make([]byte, 1<<20)
	for range MaxUnzip>>20 + 1 {
		if _, err := w.Write(zeros); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	if _, _, err := readAll(parsed(t, mapping), b.Bytes()); aiqyn.KindOf(err) != aiqyn.TooLarge {
		t.Errorf("half a gigabyte in %d bytes: %v", b.Len(), err)
	}
	var many bytes.Buffer
	z = zip.NewWriter(&many)
	for range maxParts + 1 {
		if _, err := z.Create("x"); err != nil {
			t.Fatal(err)
		}
	}
	z.Close()
	for name, c := range map[string]struct {
		data []byte
		kind aiqyn.ErrorKind
	}{
		"many parts": {many.Bytes(), aiqyn.TooLarge}, "a long cell": {[]byte(strings.Repeat("x", maxCell+1)), aiqyn.TooLarge},
		"many columns": {[]byte(strings.Repeat("x,", maxColumns+1)), aiqyn.TooLarge}, "not UTF-8": {[]byte("\xff\xfe"), aiqyn.Invalid},
		"half an archive": {[]byte("PK\x03\x04…"), aiqyn.Invalid}, "an open quote": {[]byte("\"x"), aiqyn.Invalid},
	} {
		if _, _, err := readAll(parsed(t, mapping), c.data); aiqyn.KindOf(err) != c.kind {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// FuzzLines: any bytes are a table, or an error that a person can read.
func FuzzLines(f *testing.F) {
	f.Add([]byte(table))
	f.Add(workbook(f, []any{"Number", "IIN"}, []any{1, 2.5}))
	f.Add([]byte("PK\x03\x04"))
	m := parsed(f, mapping)
	f.Fuzz(func(t *testing.T, data []byte) {
		records, faults, err := readAll(m, data)
		if err != nil && aiqyn.KindOf(err) == aiqyn.Internal {
			t.Fatalf("%v", err)
		}
		for _, r := range records {
			if r.Number == "" || r.Applicant == "" || r.Decided < r.Filed {
				t.Fatalf("%+v", r)
			}
		}
		for _, w := range faults {
			if w.Row < 2 || w.Err == nil {
				t.Fatalf("%+v", w)
			}
		}
	})
}

func FuzzParseMapping(f *testing.F) {
	f.Add([]byte(mapping))
	f.Fuzz(func(t *testing.T, data []byte) {
		m, err := ParseMapping(data)
		if err == nil && (m.Source == "" || m.Number == nil) {
			t.Fatalf("%+v", m)
		}
		if err != nil && aiqyn.KindOf(err) == aiqyn.Internal {
			t.Fatal(err)
		}
	})
}
