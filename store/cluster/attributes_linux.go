package cluster

import "syscall"

// attributes has the server end with this process, however that ends.
func (c *Cluster) attributes() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Credential: c.as, Pdeathsig: syscall.SIGKILL}
}
