package casework

import (
	"errors"
	"testing"

	"aiqyn/store"
)

// TestARefusedBatchIsNotOnDisk: a batch that came to the writer after another one
// had failed leaves nothing behind, though what was taken before it is committed.
func TestARefusedBatchIsNotOnDisk(t *testing.T) {
	r := newRig(t)
	newest, written := r.newest.Load(), r.written.Load()
	failure := errors.New("gone")
	r.broken.Store(&failure)
	to := &request{reply: make(chan reply, 1)}
	w := writer{e: r.Engine, head: r.seq.head}
	w.take(&pending{
		batch:   store.Batch{Head: store.Head{Size: 99}, Cases: []store.Case{{No: newest + 7, Ref: "AQ-X"}}, Erased: []int64{1}},
		number:  written + 7,
		replies: []settled{{to: to}},
	})
	if all := w.together(); len(all) != 0 {
		t.Errorf("told to others: %+v", all)
	}
	w.committed()
	if r.newest.Load() != newest || r.written.Load() != written {
		t.Errorf("case %d and batch %d are said to be on disk", r.newest.Load(), r.written.Load())
	}
	w.finish()
	if a := <-to.reply; !errors.Is(a.err, failure) {
		t.Errorf("answered %v", a.err)
	}
	r.broken.Store(nil)
}
