package casework

import (
	"errors"
	"log/slog"
	"net/textproto"
	"strings"
	"testing"

	"aiqyn/notify"
	"aiqyn/notify/smpp"
)

// TestALetterGivenUpTellsTheLogNothing: what a server of mail or a message centre says
// when it will not take a letter repeats whom it was for. The log has the reason and the
// number of the answer.
func TestALetterGivenUpTellsTheLogNothing(t *testing.T) {
	const said = "<a.omarova@example.kz> Омарова Айгүл, 900101750009, +77000000000: no such user"
	for status, failure := range map[string]error{
		"550": &notify.Failure{Code: notify.BadAddress, Final: true, Err: &textproto.Error{Code: 550, Msg: said}},
		"0xb": &notify.Failure{Code: notify.BadAddress, Final: true, Err: &smpp.Refused{Status: smpp.StatusInvalidDest}},
		`""`:  &notify.Failure{Code: notify.Fault, Final: true, Err: errors.New(said)},
	} {
		var log strings.Builder
		r := newRig(t)
		carrier := new(pouch)
		p := r.post(map[notify.Channel]notify.Carrier{notify.SMS: carrier})
		p.Log = slog.New(slog.NewTextHandler(&log, nil))
		r.file(holder, plot, 5)
		carrier.failing(failure)
		if n := r.deliver(p); n == 0 {
			t.Fatal("no letter was tried")
		}
		got := log.String()
		if !strings.Contains(got, "letter given up") || !strings.Contains(got, "status="+status) || !strings.Contains(got, "letter=") {
			t.Errorf("the log does not say what failed: %q", got)
		}
		for _, s := range []string{"Омарова", "Айгүл", "900101750009", "7000000000", "@"} {
			if strings.Contains(got, s) {
				t.Errorf("%q is in the log: %s", s, got)
			}
		}
	}
}
