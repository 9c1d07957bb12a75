//go:build !linux

package cluster

import "syscall"

func (c *Cluster) attributes() *syscall.SysProcAttr { return &syscall.SysProcAttr{Credential: c.as} }

// memory is nowhere.
func memory() string { return "" }
