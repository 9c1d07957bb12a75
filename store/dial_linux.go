package store

import "syscall"

// tcpUserTimeout is TCP_USER_TIMEOUT of linux/tcp.h.
const tcpUserTimeout = 0x12

// giveUp has the kernel end a connection whose other side no longer takes what
// is sent: a machine without power says no good-bye.
func giveUp(fd uintptr) error {
	return syscall.SetsockoptInt(int(fd), syscall.IPPROTO_TCP, tcpUserTimeout, int(silentAtMost.Milliseconds()))
}
