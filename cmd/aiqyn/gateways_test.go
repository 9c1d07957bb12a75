package main

import (
	"log/slog"
	"os"
	"path/filepath"
	"testing"
	"time"

	"aiqyn/notify"
)

// TestGateways reads addresses as they are typed, and lets no letter cross a
// network in the clear.
func TestGateways(t *testing.T) {
	secret := filepath.Join(t.TempDir(), "centre")
	if err := os.WriteFile(secret, []byte("smpp://u:p@centre.example?from=1414\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, x := range []struct {
		ways     gatewayFlags
		ok       bool
		carriers int
	}{
		{gatewayFlags{}, true, 0},
		{gatewayFlags{sms: "smpp://u:p@centre.example:2775?from=1414"}, true, 1},
		{gatewayFlags{sms: "@" + secret, mail: "smtps://mail.example?from=a@example.kz"}, true, 2},
		{gatewayFlags{mail: "smtp://127.0.0.1:25?from=a@example.kz&security=none"}, true, 1},
		{gatewayFlags{outbox: filepath.Join(t.TempDir(), "out")}, true, 2},
		{gatewayFlags{mail: "smtp://mail.example:25?from=a@example.kz&security=none"}, false, 0},
		{gatewayFlags{mail: "smtp://mail.example:25?from=nobody"}, false, 0},
		{gatewayFlags{sms: "smpp://u:p@centre.example"}, false, 0},
		{gatewayFlags{sms: "http://centre.example?from=1414"}, false, 0},
		{gatewayFlags{sms: "@" + secret + "-none"}, false, 0},
		{gatewayFlags{sms: "%"}, false, 0},
	} {
		g, err := openGateways(x.ways, slog.New(slog.DiscardHandler))
		if (err == nil) != x.ok {
			t.Errorf("%+v: %v", x.ways, err)
		}
		if err != nil {
			continue
		}
		if len(g.carriers) != x.carriers+1 { // programs are told by webhook, whatever else there is
			t.Errorf("%+v: %d ways", x.ways, len(g.carriers))
		}
		g.Close()
	}
}

// TestTelephones: what the demonstration sends arrives on its own telephones.
func TestTelephones(t *testing.T) {
	phones, err := startTelephones(time.Now, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	defer phones.Close()
	if _, err := phones.carriers[notify.Email].Carry(t.Context(), notify.Letter{ID: 1, To: "aigul@example.kz", Subject: "x", Text: "сәлем", At: time.Now()}); err != nil {
		t.Fatal(err)
	}
	if got := phones.mail.Inbox("aigul@example.kz"); len(got) != 1 || got[0].Text != "сәлем" {
		t.Errorf("arrived: %+v", got)
	}
}
