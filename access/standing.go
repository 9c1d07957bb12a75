package access

import (
	"strconv"
	"strings"

	"aiqyn"
)

// By what right somebody acts for another, as [aiqyn.Actor] has it in Mandate:
// "entry/1234", a mandate by the entry of the log that gave it, or the row of a
// register by its version, "business/7".
const mandateEntry = "entry/"

// MandateOf names the mandate that an entry of the log gave.
func MandateOf(entry int64) string { return mandateEntry + strconv.FormatInt(entry, 10) }

// MandateEntry is the entry that gave the mandate under which an actor acts.
func MandateEntry(a aiqyn.Actor) (entry int64, ok bool) {
	text, ok := strings.CutPrefix(a.Mandate, mandateEntry)
	if !ok || a.For == "" {
		return 0, false
	}
	entry, err := strconv.ParseInt(text, 10, 64)
	return entry, err == nil && entry >= 0
}

// Standing is how an actor stands to the affairs in which they act: their own, or
// those of another by a mandate or by a register. It says what is claimed; whether
// the mandate holds is for whoever carries out the act. No officer stands for
// anybody.
func Standing(a aiqyn.Actor) Relation {
	_, given := MandateEntry(a)
	switch {
	case a.Person == "" || a.Officer != "" || a.Role != aiqyn.RoleApplicant:
		return None
	case a.For == "" && a.Mandate == "":
		return Own
	case a.For == "" || a.Mandate == "" || a.For == a.Person:
		return None
	case given:
		return Mandated
	}
	return Represented
}
