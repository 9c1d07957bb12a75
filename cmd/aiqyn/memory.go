package main

import (
	"context"
	"os"
	"runtime/debug"
	"runtime/metrics"
	"sync/atomic"
	"time"
)

// A server throws nearly all that it allocates away with the command it was
// for. Collected when the heap has quadrupled and not doubled, a command costs
// a tenth less. One that keeps more than a little gets roomy bytes beside what
// it keeps, and never less than as much again.
const (
	roomy   = 112 << 20
	audited = 512 << 20 // while a log is audited, on whoever's machine that is: a fourth less of a processor
	mostGC  = 300       // percent
	leastGC = 100

	// mostAudited is mostGC while a log is audited. Beyond it there is less to collect, and
	// what is looked at again has left the processor's cache meanwhile.
	mostAudited = 700
)

// room is how much there is by now; 0: roomy.
var room atomic.Uint64

// keepRoom gives the heap room until ctx ends, unless whoever started the
// process has said how much by GOGC or GOMEMLIMIT.
func keepRoom(ctx context.Context) {
	if os.Getenv("GOGC") != "" || os.Getenv("GOMEMLIMIT") != "" {
		return
	}
	go func() {
		tick := time.NewTicker(time.Second)
		defer tick.Stop()
		for percent := leastGC; ; {
			if fit := percentFor(liveHeap(), max(roomy, room.Load())); fit != percent {
				percent = fit
				debug.SetGCPercent(percent)
			}
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
			}
		}
	}()
}

// percentFor is how much the heap may grow by when so much of it lives and there
// is such room beside it, in steps: to change it stops the program for a moment.
func percentFor(live, room uint64) int {
	const step = 25
	most := int64(mostGC)
	if room > roomy {
		most = mostAudited
	}
	return int(min(most, max(leastGC, int64(room*100/max(live, 1))/step*step)))
}

// liveHeap is what the last collection has found alive.
func liveHeap() uint64 {
	sample := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
	metrics.Read(sample)
	return sample[0].Value.Uint64()
}
