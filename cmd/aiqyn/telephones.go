package main

import (
	"fmt"
	"log/slog"

	"aiqyn"
	"aiqyn/notify/mta"
	"aiqyn/notify/smsc"
)

// telephones are what a demonstration has in the place of an operator's message
// centre and a mail server: letters to its people leave over real connections,
// and arrive on this very machine.
type telephones struct {
	*gateways
	centre *smsc.Center
	mail   *mta.Server
}

// shortNumber is from whom the demonstration's SMS come; people can answer it.
const shortNumber = "1414"

func startTelephones(clock aiqyn.Clock, log *slog.Logger) (*telephones, error) {
	centre, err := smsc.Start(smsc.Config{Now: clock})
	if err != nil {
		return nil, err
	}
	mail, err := mta.Start(nil)
	if err != nil {
		centre.Close()
		return nil, err
	}
	t := &telephones{centre: centre, mail: mail}
	t.gateways, err = openGateways(gatewayFlags{
		sms:  fmt.Sprintf("smpp://practice:practice@%s?from=%s", centre.Addr(), shortNumber),
		mail: fmt.Sprintf("smtp://%s?from=practice@aiqyn.example&security=none", mail.Addr()),
	}, log)
	if err != nil {
		t.Close()
		return nil, err
	}
	return t, nil
}

// Close ends both.
func (t *telephones) Close() error {
	t.mail.Close()
	return t.centre.Close()
}
