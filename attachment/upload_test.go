package attachment

import (
	"aiqyn"
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"
	"testing/iotest"
)

// cut gives some bytes and then fails, as a connection does.
func cut(b []byte, n int) io.Reader {
	return io.MultiReader(bytes.NewReader(b[:n]), iotest.ErrReader(io.ErrUnexpectedEOF))
}

func TestAnUploadGoesOnWhereItStopped(t *testing.T) {
	k, ctx := open(t), context.Background()
	content := random(5*chunkSize + 321)
	u, err := k.Begin(mine, Upload{Owner: "officer", Use: "photo", Length: int64(len(content))})
	if err != nil {
		t.Fatal(err)
	}
	var at int64
	for _, n := range []int{1, 100, chunkSize - 101, chunkSize, 2*chunkSize + 5, 17} {
		next, err := k.Append(ctx, mine, u.ID, at, cut(content[at:], n), nil)
		if !errors.Is(err, io.ErrUnexpectedEOF) || next != at+int64(n) {
			t.Fatalf("after %d bytes: at %d, %v", n, next, err)
		}
		found, err := k.Find(ctx, mine, u.ID)
		if err != nil || found.Offset != next || found.Owner != "officer" || found.Use != "photo" {
			t.Fatalf("found %+v, %v", found, err)
		}
		at = next
		k = &Keeper{dir: k.dir, busy: map[string]*holding{}} // another process
	}
	if _, err := k.Append(ctx, mine, u.ID, at+1, bytes.NewReader(content), nil); aiqyn.KindOf(err) != aiqyn.Conflict {
		t.Errorf("at a wrong offset: %v", err)
	}
	if _, err := k.Finish(ctx, mine, u.ID, nil); aiqyn.KindOf(err) != aiqyn.Conflict {
		t.Errorf("finished too early: %v", err)
	}
	if _, err := k.Find(ctx, other, u.ID); aiqyn.KindOf(err) != aiqyn.NotFound {
		t.Errorf("another case finds it: %v", err)
	}
	end, err := k.Append(ctx, mine, u.ID, at, bytes.NewReader(content[at:]), nil)
	if err != nil || end != int64(len(content)) {
		t.Fatalf("the rest: at %d, %v", end, err)
	}
	kept, err := k.Finish(ctx, mine, u.ID, nil)
	if err != nil || kept.Hash != hashOf(content) {
		t.Fatalf("kept %+v, %v", kept, err)
	}
	if got, err := read(k, mine, kept.Hash); err != nil || !bytes.Equal(got, content) {
		t.Errorf("read %d bytes, %v", len(got), err)
	}
}

// TestAChunkCutShortIsSentAgain: what a crash left of a chunk does not count.
func TestAChunkCutShortIsSentAgain(t *testing.T) {
	k, ctx := open(t), context.Background()
	content := random(3 * chunkSize)
	u, err := k.Begin(mine, Upload{Length: int64(len(content))})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := k.Append(ctx, mine, u.ID, 0, cut(content, 2*chunkSize+9), nil); err == nil {
		t.Fatal("nothing was cut")
	}
	part := filepath.Join(k.incoming(mine, u.ID), partFile)
	info, err := os.Stat(part)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(part, info.Size()-5); err != nil {
		t.Fatal(err)
	}
	found, err := k.Find(ctx, mine, u.ID)
	if err != nil || found.Offset != chunkSize {
		t.Fatalf("found %+v, %v", found, err)
	}
	if _, err := k.Append(ctx, mine, u.ID, chunkSize, bytes.NewReader(content[chunkSize:]), nil); err != nil {
		t.Fatal(err)
	}
	if kept, err := k.Finish(ctx, mine, u.ID, nil); err != nil || kept.Hash != hashOf(content) {
		t.Errorf("kept %+v, %v", kept, err)
	}
}

// TestALostConnectionGivesWay: whoever comes back need not wait until the server
// learns that the connection before is dead.
func TestALostConnectionGivesWay(t *testing.T) {
	k, ctx := open(t), context.Background()
	u, err := k.Begin(mine, Upload{Length: 1000})
	if err != nil {
		t.Fatal(err)
	}
	dead, alive := io.Pipe()
	over := make(chan error)
	go func() {
		_, err := k.Append(ctx, mine, u.ID, 0, dead, func() { alive.CloseWithError(os.ErrDeadlineExceeded) })
		over <- err
	}()
	if _, err := alive.Write(make([]byte, 400)); err != nil {
		t.Fatal(err)
	}
	found, err := k.Find(ctx, mine, u.ID)
	if err != nil || found.Offset != 400 {
		t.Errorf("found %+v, %v", found, err)
	}
	if err := <-over; !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("the first ended with %v", err)
	}
}
