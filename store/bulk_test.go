package store

import (
	"os"
	"reflect"
	"regexp"
	"testing"
)

// everyTable is what rows are written to many at a time.
var everyTable = []table{intoEntry, intoCases, intoTile, intoReservation, intoOutbox, intoCommand, intoSnapshot, intoDemand, intoReportKey, intoCapacity, intoRegister, intoRegisterPlace,
	intoAccountAct, intoMandate, intoMandated, intoPasskey, intoQuestion, intoLikeness, intoPayment, intoMeasurement, intoMeter, intoPlace, intoMove, intoInversion, intoQueueDay, intoLot, intoLotCase, intoLook}

func TestEveryTableIsListed(t *testing.T) {
	source, err := os.ReadFile("bulk.go")
	if err != nil {
		t.Fatal(err)
	}
	if n := len(regexp.MustCompile(`(?m)^\tinto\w+ += table\{`).FindAll(source, -1)); n != len(everyTable) {
		t.Errorf("bulk.go has %d tables, the tests know %d", n, len(everyTable))
	}
}

// TestRowsAreOfBothEngines: each value of each row of a batch is of a type that
// either engine takes many at a time.
func TestRowsAreOfBothEngines(t *testing.T) {
	b := Batch{Capacity: &Publication{Lines: make([]CapacityLine, 1)}}
	fields := reflect.ValueOf(&b).Elem()
	for i := range fields.NumField() {
		if f := fields.Field(i); f.Kind() == reflect.Slice {
			f.Set(reflect.MakeSlice(f.Type(), 1, 1))
		}
	}
	b.Places[0].Waiting = true // or there is no row
	seen := rowTypes{t, make(map[string]bool)}
	if err := b.write(seen); err != nil {
		t.Fatal(err)
	}
	for _, into := range []table{intoEntry, intoPlace, intoMove, intoInversion, intoMeasurement, intoLot, intoLotCase} {
		if !seen.tables[into.name()] {
			t.Errorf("%s had no row", into.name())
		}
	}
}

// rowTypes is a writer that looks at rows and writes none.
type rowTypes struct {
	t      *testing.T
	tables map[string]bool
}

func (w rowTypes) exec(string, ...any) error { return nil }
func (w rowTypes) swap(string, ...any) error { return nil }

func (w rowTypes) insert(into table, n int, row func([]any, int) []any) error {
	for i := range n {
		w.tables[into.name()] = true
		values := row(nil, i)
		if len(values) != into.columns {
			w.t.Errorf("%s: %d values for %d columns", into.name(), len(values), into.columns)
		}
		for k, v := range values {
			if err := new(column).add(v); err != nil {
				w.t.Errorf("%s: value %d: %v", into.name(), k+1, err)
			}
		}
	}
	return nil
}
