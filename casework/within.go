package casework

import (
	"context"
	"fmt"
	"time"
)

// Within counts one act of a kind under a key, for all processes of the log, and
// says how long to wait; 0 if there were not yet so many in this window, which
// begins anew with each window of the clock. What is counted stays until then.
func (e *Engine) Within(ctx context.Context, kind, key string, most int, window time.Duration) (wait time.Duration, err error) {
	now := e.Clock()
	ends := now.Truncate(window).Add(window)
	places := make([][]byte, most)
	for i := range places {
		places[i] = e.keys.hash("within", fmt.Sprintf("%s\x00%s\x00%d\x00%d", kind, key, ends.Unix(), i))
	}
	counted, err := e.Store.SpendOne(ctx, places, ends)
	if err != nil || counted {
		return 0, err
	}
	return max(time.Second, ends.Sub(now)), nil
}
