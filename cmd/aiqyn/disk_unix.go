package main

import (
	"syscall"

	"aiqyn"
)

// checkDisk refuses to begin what would not fit.
func checkDisk(dir string, need uint64) error {
	var s syscall.Statfs_t
	if err := syscall.Statfs(dir, &s); err != nil {
		return err
	}
	if free := s.Bavail * uint64(s.Bsize); free < need {
		return aiqyn.E(aiqyn.Unavailable, "error.disk-full")
	}
	return nil
}
