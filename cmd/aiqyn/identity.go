package main

import (
	"os"
	"time"

	"aiqyn"
	"aiqyn/oidc"
)

// openIdentity reads which identity provider vouches for people; nil for no file.
func openIdentity(file string) (*oidc.Provider, error) {
	if file == "" {
		return nil, nil
	}
	f, err := os.Open(file)
	if err != nil {
		return nil, aiqyn.E(aiqyn.Invalid, "error.command-file", "file", file).Because(err)
	}
	defer f.Close()
	c, err := oidc.ReadConfig(f)
	if err != nil {
		return nil, aiqyn.E(aiqyn.Invalid, "error.serve-oidc", "file", file).Because(err)
	}
	return oidc.New(c, time.Now), nil
}
