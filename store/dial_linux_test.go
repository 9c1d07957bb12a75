package store

import (
	"net"
	"syscall"
	"testing"
)

// TestDeadServersAreNoticed: the kernel is told when to give a silent peer up.
func TestDeadServersAreNoticed(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	conn, err := dialServer(t.Context(), "tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	raw, err := conn.(*net.TCPConn).SyscallConn()
	if err != nil {
		t.Fatal(err)
	}
	for name, option := range map[string]struct{ level, name, want int }{
		"unacknowledged": {syscall.IPPROTO_TCP, tcpUserTimeout, int(silentAtMost.Milliseconds())},
		"idle":           {syscall.IPPROTO_TCP, syscall.TCP_KEEPIDLE, 1},
		"probes":         {syscall.SOL_SOCKET, syscall.SO_KEEPALIVE, 1},
	} {
		var got int
		if e := raw.Control(func(fd uintptr) { got, err = syscall.GetsockoptInt(int(fd), option.level, option.name) }); e != nil || err != nil {
			t.Fatal(e, err)
		}
		if got != option.want {
			t.Errorf("%s: %d, want %d", name, got, option.want)
		}
	}
}
