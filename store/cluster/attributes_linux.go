package cluster

import (
	"fmt"
	"os"
	"path/filepath"
	"syscall"
)

// attributes has the server end with this process, however that ends.
func (c *Cluster) attributes() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Credential: c.as, Pdeathsig: syscall.SIGKILL}
}

// memory is a fresh folder in memory for the data of servers of this process, "" where
// there is less of it than the tests of a package want. What a process left there that
// was killed is removed first.
func memory() string {
	const shm, room = "/dev/shm", 2 << 30
	left, _ := filepath.Glob(shm + "/aiqyn-pg-*")
	for _, dir := range left {
		var pid int
		if _, err := fmt.Sscanf(filepath.Base(dir), "aiqyn-pg-%d-", &pid); err == nil && syscall.Kill(pid, 0) == syscall.ESRCH {
			os.RemoveAll(dir)
		}
	}
	var disk syscall.Statfs_t
	if err := syscall.Statfs(shm, &disk); err != nil || disk.Bavail*uint64(disk.Bsize) < room {
		return ""
	}
	return shm
}
