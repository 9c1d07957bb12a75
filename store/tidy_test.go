package store

import (
	"context"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"
)

// TestTidyBesideTheWriter: what is committed while the write-ahead log is being
// copied is in the database afterwards, and the log does not grow for ever.
func TestTidyBesideTheWriter(t *testing.T) {
	ctx := context.Background()
	file := filepath.Join(t.TempDir(), "a.db")
	db, err := Open(ctx, "sqlite:"+file, Options{})
	if err != nil {
		t.Fatal(err)
	}
	var tidied atomic.Int64
	stop := make(chan struct{})
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			select {
			case <-stop:
				return
			default:
				db.Tidy()
				tidied.Add(1)
			}
		}
	}()
	const rows = 400
	at := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	value := make([]byte, 30_000)
	for i := range value {
		value[i] = 'a' + byte(i%26)
	}
	for i := range rows {
		doc := RegisterDoc{Register: "r", Key: string(rune('a'+i%26)) + time.Duration(i).String(), Value: value, Version: "1", At: at}
		if err := db.PutRegisterRows(ctx, []RegisterDoc{doc}); err != nil {
			t.Fatal(err)
		}
		if i%50 == 49 { // one that began after the last row has ended
			for before := tidied.Load(); tidied.Load() < before+2; {
				time.Sleep(time.Millisecond)
			}
		}
	}
	close(stop)
	<-done
	log, err := os.Stat(file + "-wal")
	if err != nil {
		t.Fatal(err)
	}
	if written := int64(rows * 8 * 4096); log.Size() > written/2 {
		t.Errorf("%d bytes in the log after about %d were committed: it never began anew", log.Size(), written)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	again, err := Open(ctx, "sqlite:"+file, Options{ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	defer again.Close()
	var n int
	if err := again.row(ctx, `SELECT count(*) FROM register_row`).Scan(&n); err != nil || n != rows {
		t.Errorf("%d rows of %d, %v", n, rows, err)
	}
}
