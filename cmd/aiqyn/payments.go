package main

import "aiqyn/pay"

// openPayments reads which provider takes official prices; nil for no file.
func openPayments(file string) (pay.Provider, error) {
	c, ok, err := readConfig(file, "error.serve-pay", pay.ReadConfig)
	if !ok {
		return nil, err
	}
	return pay.New(c, nil), nil
}
