package citizen

import (
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"aiqyn"
	"aiqyn/casework"
	"aiqyn/web/show"
	"aiqyn/web/visit"
)

// Booking is the time of a case as a file for calendars (RFC 5545).
func Booking(v *visit.Visit) error {
	c, err := find(v)
	if err != nil {
		return err
	}
	if c.Queue == nil || c.Queue.State != casework.QueueTaken || c.Queue.Group == nil || c.Queue.Group.Slot == nil {
		return aiqyn.E(aiqyn.NotFound, "error.web-no-page")
	}
	g := *c.Queue.Group
	slot := *g.Slot
	g.Slot = nil
	place := show.GroupName(v, g)
	if g.Institution.Address != "" {
		place += ", " + g.Institution.Address
	}
	lines := []string{
		"BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Aiqyn//Queue//EN", "BEGIN:VEVENT",
		"UID:" + strings.ToLower(string(c.Ref)) + "@aiqyn", fmt.Sprintf("SEQUENCE:%d", c.Queue.Slots.Changes),
		"DTSTAMP:" + icalTime(v.Now()), "DTSTART:" + icalTime(slot.Starts), "DTEND:" + icalTime(slot.Ends),
		"SUMMARY:" + icalText(v.In(c.Title)), "LOCATION:" + icalText(place), "DESCRIPTION:" + icalText(string(c.Ref)),
		"URL:" + v.Origin() + v.Href("cases", c.Ref), "STATUS:CONFIRMED", "CLASS:PRIVATE",
		"BEGIN:VALARM", "ACTION:DISPLAY", "DESCRIPTION:" + icalText(v.In(c.Title)), "TRIGGER:-PT2H", "END:VALARM",
		"END:VEVENT", "END:VCALENDAR",
	}
	var b strings.Builder
	for _, line := range lines {
		b.WriteString(icalFold(line))
	}
	return v.File("booking-"+string(c.Ref)+".ics", "text/calendar; charset=utf-8", []byte(b.String()))
}

func icalTime(t time.Time) string { return t.UTC().Format("20060102T150405Z") }

// icalText escapes a text as RFC 5545, 3.3.11 asks.
func icalText(text string) string {
	return strings.NewReplacer(`\`, `\\`, ";", `\;`, ",", `\,`, "\r\n", `\n`, "\n", `\n`).Replace(text)
}

// icalFold ends a line, and folds it so that none is longer than 75 octets (3.1); no
// letter is cut.
func icalFold(line string) string {
	var b strings.Builder
	room := 75
	for _, letter := range line {
		if n := utf8.RuneLen(letter); n > room {
			b.WriteString("\r\n ")
			room = 74 - n
		} else {
			room -= n
		}
		b.WriteRune(letter)
	}
	return b.String() + "\r\n"
}
