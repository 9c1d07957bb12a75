package store

import (
	"context"
	"net"
	"strings"
	"syscall"
	"time"
)

// silentAtMost is how long a server may say nothing, not even that it has got
// what was sent, before it counts as gone.
const silentAtMost = 5 * time.Second

// dialServer connects to a database server so that its death is noticed: by
// probes while we wait for it, and by what it does not acknowledge.
func dialServer(ctx context.Context, network, address string) (net.Conn, error) {
	d := net.Dialer{
		KeepAliveConfig: net.KeepAliveConfig{Enable: true, Idle: silentAtMost / 5, Interval: silentAtMost / 5, Count: 4},
		Control: func(network, _ string, c syscall.RawConn) error {
			if !strings.HasPrefix(network, "tcp") {
				return nil
			}
			var failed error
			err := c.Control(func(fd uintptr) { failed = giveUp(fd) })
			if err == nil {
				err = failed
			}
			return err
		},
	}
	return d.DialContext(ctx, network, address)
}
