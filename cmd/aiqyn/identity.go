package main

import (
	"time"

	"aiqyn/oidc"
)

// openIdentity reads which identity provider vouches for people; nil for no file.
func openIdentity(file string) (*oidc.Provider, error) {
	c, ok, err := readConfig(file, "error.serve-oidc", oidc.ReadConfig)
	if !ok {
		return nil, err
	}
	return oidc.New(c, time.Now), nil
}
