package main

import (
	"os"

	"aiqyn"
	"aiqyn/pay"
)

// openPayments reads which provider takes official prices; nil for no file.
func openPayments(file string) (pay.Provider, error) {
	if file == "" {
		return nil, nil
	}
	f, err := os.Open(file)
	if err != nil {
		return nil, aiqyn.E(aiqyn.Invalid, "error.command-file", "file", file).Because(err)
	}
	defer f.Close()
	c, err := pay.ReadConfig(f)
	if err != nil {
		return nil, aiqyn.E(aiqyn.Invalid, "error.serve-pay", "file", file).Because(err)
	}
	return pay.New(c, nil), nil
}
