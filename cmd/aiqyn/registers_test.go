package main

import (
	"testing"
	"time"

	"aiqyn/registry"
	"aiqyn/store"
)

// TestParcelsFromBeforeAreFoundByPlace: a database whose parcels were written before it was
// kept where they lie knows it once it is served, from the last that was placed on.
func TestParcelsFromBeforeAreFoundByPlace(t *testing.T) {
	onBoth(t, func(t *testing.T, url string) {
		t.Chdir(t.TempDir())
		db, err := store.Open(t.Context(), url, store.Options{})
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		for i, cells := range [][]int64{registry.CellsOf(registry.Parcel{X: 1, Y: 1}), nil, nil} {
			number := "99-999-001-00" + string(rune('1'+i))
			value, err := registry.Canonical(registry.Parcel{Number: number, X: 1, Y: 1})
			if err == nil {
				err = db.PutRegisterRows(t.Context(), []store.RegisterDoc{{Register: registry.ParcelRegister, Key: number, Value: value, Version: "1", At: time.Now(), Cells: cells}})
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		if err := placeParcels(t.Context(), db); err != nil {
			t.Fatal(err)
		}
		list, more, err := registry.PlotsIn(t.Context(), registry.NewLocal(db), registry.Box{X1: 2, Y1: 2})
		if err != nil || more || len(list) != 3 {
			t.Errorf("%+v, %v, %v", list, more, err)
		}
	})
}
