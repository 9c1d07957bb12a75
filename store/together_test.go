package store

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"aiqyn"
	"aiqyn/store/cluster"
)

// TestAskedTogether: whoever asks at one time with many others gets the rows that they
// asked for, also where one of the many asks for what is no text, or has given up.
func TestAskedTogether(t *testing.T) { engines(t, testAskedTogether) }

func testAskedTogether(t *testing.T, url string) {
	db, _ := filled(t, url, 2)
	docs := make([]RegisterDoc, 300)
	for i := range docs {
		docs[i] = RegisterDoc{Register: "a", Key: fmt.Sprint(i), Value: fmt.Append(nil, `{"n":`, i, `}`), At: day0}
	}
	if err := db.PutRegisterRows(t.Context(), docs); err != nil {
		t.Fatal(err)
	}
	gone, stop := context.WithCancel(t.Context())
	stop()
	var all sync.WaitGroup
	for i := range docs {
		all.Go(func() {
			keys, want := [][2]string{{"a", fmt.Sprint(i)}, {"a", fmt.Sprint(299 - i)}}, []string{string(docs[i].Value), string(docs[299-i].Value)}
			ctx := t.Context()
			switch i % 50 {
			case 20:
				keys[1][1] = "1\x00" // which PostgreSQL refuses to read, and SQLite finds nowhere
				want[1] = ""
			case 40:
				ctx = gone
			}
			got := make([]string, 2)
			err := db.RegisterRows(ctx, keys, func(i int, value []byte, _ string, _ time.Time) { got[i] = string(value) })
			switch {
			case i%50 == 40 && errors.Is(err, context.Canceled):
			case i%50 == 20 && aiqyn.KindOf(err) == aiqyn.Invalid:
			case err != nil || i%50 == 40 || !slices.Equal(got, want):
				t.Errorf("%d read %q, %v; want %q", i, strings.Join(got, " "), err, want)
			}
		})
	}
	all.Wait()
}

// TestAskedAcrossARestart: connections that the server has ended are made anew, and
// nobody who asks learns of it.
func TestAskedAcrossARestart(t *testing.T) {
	db, _ := filled(t, cluster.Database(t), 20)
	ask := func() {
		t.Helper()
		if same, _, err := db.FilingsBefore(t.Context(), "R7", []byte{2}, 3); err != nil || same == nil || same.No != 7 {
			t.Errorf("read %+v, %v", same, err)
		}
	}
	ask()
	if _, err := db.engine.(*postgreSQL).pool.Exec(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()`); err != nil {
		t.Fatal(err)
	}
	for range 3 {
		ask()
	}
}
