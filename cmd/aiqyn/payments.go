package main

import "aiqyn/pay"

// openPayments reads which provider takes official prices, nil for no file, and
// those at whom orders were made before it.
func openPayments(file string) (now pay.Provider, former []pay.Provider, err error) {
	c, ok, err := readConfig(file, "error.serve-pay", pay.ReadConfig)
	if !ok {
		return nil, nil, err
	}
	for _, f := range c.Former {
		former = append(former, pay.New(f, nil))
	}
	return pay.New(c, nil), former, nil
}
