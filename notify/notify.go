// Package notify carries letters to people: by SMS over a line to a message
// centre, by e-mail over SMTP. It knows how a letter is handed on and what an
// answer means; which letters there are, and when one is tried again, is the
// engine's to know. A letter says what happened and where to read more, never
// whose it is.
package notify

import (
	"context"
	"errors"
	"fmt"
	"net/textproto"
	"strconv"
	"time"

	"aiqyn"
	"aiqyn/notify/smpp"
)

// Channel is a way to reach somebody.
type Channel string

// Channels. A letter in the application is read on the person's own page and
// handed to nobody.
const (
	SMS   Channel = "sms"
	Email Channel = "email"
	InApp Channel = "in-app"
	// Program is a program's address on the web; nobody chooses it instead of
	// being told themselves.
	Program Channel = "program"
)

// Channels lists what a person can choose from.
var Channels = []Channel{SMS, Email, InApp}

// Letter is one message on its way to one address.
type Letter struct {
	ID      int64
	Channel Channel
	To      string // +77010000000, or an address of e-mail
	Lang    aiqyn.Lang
	Ref     aiqyn.Reference
	Subject string // of an e-mail
	Text    string
	At      time.Time     // written
	Life    time.Duration // how much longer it is worth reading; 0: for ever
	Key     string        // of what a program is told: the same for every try
	Secret  string        // with which it is signed
}

// Carrier hands letters of one channel on. The ids are those by which a
// gateway will tell what became of the letter, one a part, none if it never
// will. An error is a *Failure where the carrier knows what it means.
// It is called by many at once.
type Carrier interface {
	Carry(context.Context, Letter) (ids []string, err error)
}

// Failure is why a letter was not handed on.
type Failure struct {
	Code  string // of text notify.failure.<code>
	Final bool   // the same letter to the same address will fail again
	// Blameless: the other side asked for patience or is not there; the letter
	// has not been tried at all.
	Blameless bool
	Err       error
}

// Codes of failures, as people read them.
const (
	NoLine      = "no-line"      // the gateway is not reached
	NoAnswer    = "no-answer"    // it took no notice, or it is not known
	Throttled   = "throttled"    // it asks for patience
	Refused     = "refused"      // it would not take it now
	BadAddress  = "bad-address"  // there is nobody there
	TooLong     = "too-long"     // more parts than are allowed
	OutOfDate   = "out-of-date"  // not worth reading any more
	NotReceived = "not-received" // taken, and not delivered in the end
	Fault       = "fault"        // ours
)

// Codes lists them all.
var Codes = []string{NoLine, NoAnswer, Throttled, Refused, BadAddress, TooLong, OutOfDate, NotReceived, Fault}

func (f *Failure) Error() string { return fmt.Sprintf("letter not handed on (%s): %v", f.Code, f.Err) }
func (f *Failure) Unwrap() error { return f.Err }

// Status is what the other side has answered, as a number of its protocol; "" if it has
// not. What it says in words may repeat whom the letter was for, and no log has it.
func (f *Failure) Status() string {
	var mail *textproto.Error
	var sms *smpp.Refused
	switch {
	case errors.As(f.Err, &mail):
		return strconv.Itoa(mail.Code)
	case errors.As(f.Err, &sms):
		return fmt.Sprintf("%#x", uint32(sms.Status))
	}
	return ""
}

// FailureOf is what an error of a carrier means; one that it does not explain
// is a fault that may pass.
func FailureOf(err error) *Failure {
	var f *Failure
	switch {
	case err == nil:
		return nil
	case errors.As(err, &f):
		return f
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, context.Canceled):
		return &Failure{Code: NoAnswer, Err: err}
	}
	return &Failure{Code: Fault, Err: err}
}
