package aiqyn

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// ErrorKind sorts errors by what the person or program that got them can do.
// One function in web maps a kind to a status and a page.
type ErrorKind string

// The kinds of error. An error that is not an [Error] counts as Internal.
const (
	Invalid         ErrorKind = "invalid"         // correct the input and send again
	Unauthenticated ErrorKind = "unauthenticated" // sign in
	Forbidden       ErrorKind = "forbidden"       // not yours
	NotFound        ErrorKind = "not-found"       //
	Conflict        ErrorKind = "conflict"        // the state of the case does not allow it
	TooLarge        ErrorKind = "too-large"       //
	TooMany         ErrorKind = "too-many"        // wait, then try again
	Unavailable     ErrorKind = "unavailable"     // ours or a register's fault; try later
	Internal        ErrorKind = "internal"        // detail is logged, never shown
)

// Error is an error that can be shown to a person: Key names a text in the
// catalogue (room locale), Args fill its holes, Err is for the log only.
type Error struct {
	Kind  ErrorKind
	Key   string         // catalogue key: "error.reason-not-true"
	Field string         // the question or field at fault, if any
	Args  map[string]any // named holes of the text
	Err   error          // cause; logged, never shown
}

// E makes an Error; args are pairs of name and value.
func E(kind ErrorKind, key string, args ...any) *Error {
	e := &Error{Kind: kind, Key: key}
	for i := 0; i+1 < len(args); i += 2 {
		if e.Args == nil {
			e.Args = make(map[string]any, len(args)/2)
		}
		e.Args[fmt.Sprint(args[i])] = args[i+1]
	}
	return e
}

// TooSoon is an error that says when to try again: a page says it in words, a
// program reads the seconds.
func TooSoon(wait time.Duration) *Error {
	seconds := int((wait + time.Second - 1) / time.Second)
	if seconds <= 90 {
		return E(TooMany, "error.wait-seconds", "n", seconds, "seconds", seconds)
	}
	return E(TooMany, "error.wait-minutes", "n", (seconds+59)/60, "seconds", seconds)
}

// On names the field at fault.
func (e *Error) On(field string) *Error { e.Field = field; return e }

// Because attaches the cause for the log.
func (e *Error) Because(err error) *Error { e.Err = err; return e }

func (e *Error) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %s", e.Kind, e.Key)
	if e.Field != "" {
		fmt.Fprintf(&b, " (%s)", e.Field)
	}
	for _, k := range slices.Sorted(maps.Keys(e.Args)) {
		fmt.Fprintf(&b, " %s=%v", k, e.Args[k])
	}
	if e.Err != nil {
		fmt.Fprintf(&b, ": %v", e.Err)
	}
	return b.String()
}

func (e *Error) Unwrap() error { return e.Err }

// KindOf returns the kind of the first [Error] in err's chain, Internal for
// any other error, and "" for nil.
func KindOf(err error) ErrorKind {
	if err == nil {
		return ""
	}
	var e *Error
	if errors.As(err, &e) {
		return e.Kind
	}
	return Internal
}
