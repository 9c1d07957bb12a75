//go:build !linux

package store

// giveUp leaves to the system when it gives a silent peer up.
func giveUp(uintptr) error { return nil }
