package access

import (
	"strings"
	"unicode/utf8"
)

// Datum is a kind of personal datum that is masked.
type Datum string

// Data that are masked.
const (
	IIN   Datum = "iin"
	Phone Datum = "phone"
	Name  Datum = "name" // as registers write it: last, first, middle
)

const dot = "•"

// Mask covers a datum so that whoever knows the person recognises it and
// nobody else learns anything. An IIN begins with the day of birth and the
// sex, so only its last four digits stay; of a phone the operator's code and
// the last two; of a name the first name and a letter: «Айгүл С.». What does
// not look as it should is covered whole.
func Mask(kind Datum, value string) string {
	switch kind {
	case IIN:
		if len(value) == 12 && digits(value) {
			return strings.Repeat(dot, 8) + value[8:]
		}
	case Phone:
		if n, ok := strings.CutPrefix(value, "+7"); ok && len(n) == 10 && digits(n) {
			return "+7 " + n[:3] + " ••• •• " + n[8:]
		}
	case Name:
		if last, rest, ok := strings.Cut(strings.TrimSpace(value), " "); ok {
			first, _, _ := strings.Cut(strings.TrimSpace(rest), " ")
			initial, _ := utf8.DecodeRuneInString(last)
			return first + " " + string(initial) + "."
		}
	}
	return strings.Repeat(dot, 3)
}

func digits(s string) bool { return strings.Trim(s, "0123456789") == "" }
