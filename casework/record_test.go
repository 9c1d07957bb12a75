package casework

import (
	"testing"

	"aiqyn/store"
)

// TestClosedCasesAreLetGo: only once they are on disk as they were closed, and no
// filing can have read them before.
func TestClosedCasesAreLetGo(t *testing.T) {
	closed := func(seq int64) *record { return &record{row: store.Case{No: 7}, state: &State{No: 7, Seq: seq}} }
	for name, tt := range map[string]struct {
		written, floor int64
		then           func(*cache)
		kept           bool
	}{
		"not written":               {written: 2, floor: 99, kept: true},
		"a filing may have read it": {written: 3, floor: 10, kept: true},
		"written, and long ago":     {written: 3, floor: 11},
		"changed since":             {written: 3, floor: 11, then: func(c *cache) { c.put(closed(6)) }, kept: true},
		"closed again, not written": {written: 3, floor: 11, then: func(c *cache) { c.put(closed(6)); c.closed(closed(6), 4, 10) }, kept: true},
		"closed again, and written": {written: 4, floor: 11, then: func(c *cache) { c.put(closed(6)); c.closed(closed(6), 4, 10) }},
	} {
		c := newCache(2)
		c.put(closed(5))
		c.closed(closed(5), 3, 10)
		if tt.then != nil {
			tt.then(c)
		}
		c.forget(tt.written, tt.floor)
		if got := c.get(7) != nil; got != tt.kept || c.order.Len() != len(c.byNo) {
			t.Errorf("%s: kept is %v, %d in order, %d by number", name, got, c.order.Len(), len(c.byNo))
		}
	}
}
