package main

import (
	"runtime"
	"testing"
)

// TestRoomIsBounded: a server that keeps little may use a few times that, one
// that keeps much no more than twice, and nobody less.
func TestRoomIsBounded(t *testing.T) {
	for live := uint64(0); live < 8<<30; live += 13 << 20 {
		percent := percentFor(live, roomy)
		room := live * uint64(percent) / 100
		if percent < leastGC || percent > mostGC || room > max(live, roomy) {
			t.Fatalf("%d bytes live, %d percent", live, percent)
		}
	}
	if percent := percentFor(1<<20, roomy); percent != mostGC {
		t.Errorf("a server that keeps 1 MB lets its heap grow by %d percent", percent)
	}
	if percent := percentFor(1<<30, roomy); percent != leastGC {
		t.Errorf("a server that keeps 1 GB lets its heap grow by %d percent", percent)
	}
	for live := uint64(0); live < 8<<30; live += 13 << 20 {
		if percent := percentFor(live, audited); percent < leastGC || percent > mostAudited || live*uint64(percent)/100 > max(live, audited) {
			t.Fatalf("%d bytes live in an audit, %d percent", live, percent)
		}
	}
	keep := make([]byte, 64<<20)
	runtime.GC()
	if live := liveHeap(); live < 64<<20 {
		t.Errorf("64 MB are kept, %d bytes live", live)
	}
	runtime.KeepAlive(keep)
}
