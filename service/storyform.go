package service

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"aiqyn"
	"aiqyn/deadline"
)

// StoryForms are the sentences that a story may hold; the whole language is
// this list.
var StoryForms = []string{
	// What holds before the story begins. People are by default registered
	// nowhere; the network is by default the small one of the tests.
	"given person {iin} {text}",
	"given company {iin} {text}",
	"given person {iin} lives at {text}",
	"given parcel {parcel} held by {people}",
	"given parcel {parcel} held by nobody",
	"given {register} of {iin} says {answers}",
	"given margin {number} kW at nearest node",
	"given margin nowhere",
	"given margin uncertified",
	"given second point {number} m away",
	"given nearest node belongs to {people}",
	"given person {iin} is {word}",
	"given institution {word} has {number} places in {word} {answers}",
	"given institution {word} of region {number} has {number} places in {word}",
	"given person {iin} lives in region {number}",
	"person {iin} moves to region {number}",
	"register {register} of {iin} says {answers}",

	"at {date} {clock}",
	"about {iin}",
	"about what follows",
	"about what was before",
	"about what comes along {service}",
	"register {register} is down",
	"register {register} is up",

	"round is held",
	"person {iin} becomes {word}",
	"institution {word} reports {number} places in {word}",
	"institution {word} publishes {number} slots of {number} minutes at {date} {clock} in {word}",
	"institution {word} publishes {number} same-day slots of {number} minutes at {date} {clock} in {word}",
	"institution {word} cancels the slots at {date} {clock} in {word}",
	"institution {word} says they came",
	"institution {word} says they did not come",
	"applicant asks for another time",
	"applicant asks for another time {answers}",
	"applicant takes a ticket in {word}",
	"applicant asks to be restored",
	"applicant has registers read again",
	"applicant moves to another region {answers}",

	"former queue has {iin} since {date} {answers}",
	"given plot {parcel} of {word} worth {number} tenge",
	"institution {word} publishes a lot of {parcel}",
	"institution {word} takes back the lot of {parcel} because {word}",
	"lots go on",
	"applicant seals {number} tenge",
	"applicant opens {number} tenge",

	"bank is down",
	"bank is up",

	"applicant files {answers}",
	"applicant {iin} files {answers}",
	"applicant files",
	"applicant {iin} files",
	"applicant pays",
	"applicant pays {number} tenge",
	"applicant declines to pay",
	"applicant files for {service} {answers}",
	"applicant {iin} files for {service} {answers}",
	"applicant records {answers}",
	"applicant withdraws",
	"applicant objects {text}",
	"applicant contests {text}",
	"applicant appeals {text}",
	"applicant says {field} is {word} because {text}",
	"applicant reports {certificate} demanded by {body}",

	"{officer} records {answers}",
	"{officer} grants",
	"{officer} grants at second point",
	"{officer} grants at second point because {reason}",
	"{officer} refuses {reason}",
	"{officer} suspends {reason}",
	"{officer} resumes",
	"{officer} corrects {field} to {word} because {text}",
	"{officer} corrects nothing because {text}",
	"{officer} upholds the refusal because {text}",
	"{officer} annuls the refusal because {text}",
	"{officer} annuls the grant because {text}",
	"{officer} returns the case because {text}",

	"reader of {body} reads {register} of {iin}",

	// The newest event of the case.
	"expect drawn {step}",
	"expect opened {step}",
	"expect granted",
	"expect granted by silence",
	"expect granted by rule",
	"expect performed {step}",
	"expect drawn another {step}",
	"expect flagged {reason}",
	"expect not flagged",
	"expect used",
	"expect connected",
	"expect ended",
	"expect answered",
	"expect asked",
	"expect entered",
	"expect offered {word}",
	"expect offered {word} at {date} {clock}",
	"expect booked {word} at {date} {clock}",
	"expect rebooked",
	"expect slot cancelled",
	"expect slots listed {number} free {number} in {word}",
	"expect taken {word}",
	"expect declined until {date}",
	"expect expired until {date}",
	"expect restored",
	"expect ranked {word}",
	"expect points {number}",
	"expect parted at {word} by {word}",
	"expect cut-off {number} at {word}",
	"expect moved",
	"expect transferred {number} to {number}",
	"expect first date unproven",
	"expect turn {number} of {number}",
	"expect inversions by {word} {number}",
	"expect private {word}",
	"expect opens {date} at {word}",
	"expect newest round shares {number} places among {number}",
	"expect bid {word}",
	"expect bid lost because {word}",
	"expect no refund",
	"expect won for {number} tenge",
	"expect refused {reason}",
	"expect hearing {reason}",
	"expect escalated {step} to {officer}",
	"expect suspended {reason}",
	"expect resumed",
	"expect withdrawn",
	"expect lapsed",
	"expect unpaid",
	"expect payment declined",
	"expect refund due {number} tenge because {refund}",
	"expect refunded {number} tenge",
	"expect appealed",
	"expect appeal upheld",
	"expect appeal annulled",
	"expect appeal returned",
	"expect corrected",
	"expect correction asked {field}",
	"expect correction made",
	"expect correction declined",
	"expect correction affects {number} entries",
	"expect counted {certificate} demanded by {body} {number}",
	// What is true of the newest lot of a parcel.
	"expect lot {parcel} {word}",
	"expect lot {parcel} least {number} tenge",
	// The answer to the command before.
	"expect accepted",
	"expect rejected {number} {error}",
	// What is true of the case now.
	"expect ruling grant",
	"expect ruling refuse {reason}",
	"expect reason {reason} is true",
	"expect reason {reason} is false",
	"expect due {step} {date}",
	"expect due {step} {date} because {why}",
	"expect due {step} {date} because {why} {date}",
	"expect no refusal before {date}",
	"expect unpaid {number} tenge",
	"expect paid {number} tenge",
	"expect document says {text}",
	"expect tier {word}",
	"expect first date {date}",
	"expect place {number} of {number} at {word}",
	"expect {number} free places at {word}",
	"expect reserved {number} kW",
	"expect attached {number}",
	"expect margin {number} kW at nearest node",
	"expect fact {register} is recorded",
	"expect fact {register} is not recorded",
}

// Whys are the words for why a date is that date: deadline.holiday without its
// first part, and so on.
var Whys = []string{
	"filed-after-hours", "filed-on-day-off", "holiday", "moved-day-off", "working-weekend",
	"suspended", "suspension-cap", "ends-on-day-off", "paid",
}

// RefundWhys are the words for why money goes back: by the rule of the pack, or
// because it was never the fee.
var RefundWhys = []string{"withdrawn", "refused", "annulled", "lapsed", "late", "twice", "amount", "currency"}

// holes is what may stand in a pair of braces.
var holes = map[string]func(string) error{
	"iin":         matches(`^\d{12}$`, "twelve digits"),
	"parcel":      matches(`^\d{2}-\d{3}-\d{3}-\d{3,4}$`, "a cadastral number such as 99-999-001-001"),
	"people":      matches(`^\d{12}(,\d{12})*$`, "twelve digits, several joined by commas"),
	"number":      matches(`^(0|[1-9]\d{0,8})$`, "a whole number"),
	"clock":       matches(`^([01]\d|2[0-3]):[0-5]\d$`, "a time such as 10:00"),
	"field":       matches(`^[a-z][a-z0-9-]*(\.[a-z][a-z0-9-]*)?$`, "a field such as survey.measured-load"),
	"service":     matches(dottedShape.String(), "the name of a service"),
	"register":    matches(dottedShape.String(), "the name of a register"),
	"error":       matches(dottedShape.String(), "the key of an error"),
	"step":        matches(nameShape.String(), "the name of a step"),
	"reason":      matches(nameShape.String(), "the name of a reason"),
	"body":        matches(nameShape.String(), "the name of a body"),
	"certificate": matches(nameShape.String(), "the name of a certificate"),
	"word":        matches(`^\S+$`, "a value"),
	"officer":     oneWordOf(append(roleNames(officers), string(aiqyn.RoleAppeals))),
	"why":         oneWordOf(Whys),
	"refund":      oneWordOf(RefundWhys),
	"date":        isDate,
	"text":        func(string) error { return nil },
}

func matches(pattern, what string) func(string) error {
	shape := regexp.MustCompile(pattern)
	return func(s string) error {
		if !shape.MatchString(s) {
			return slip{"%q: want %s", []any{s, what}}
		}
		return nil
	}
}

func oneWordOf(words []string) func(string) error {
	all := strings.Join(words, ", ")
	return func(s string) error {
		if !slices.Contains(words, s) {
			return slip{"%q: want one of %s", []any{s, all}}
		}
		return nil
	}
}

func roleNames(roles []aiqyn.Role) []string {
	names := make([]string, len(roles))
	for i, r := range roles {
		names[i] = string(r)
	}
	return names
}

func isDate(s string) error {
	if _, err := deadline.ParseDate(s); err != nil {
		return fmt.Errorf("%q: want a date such as 2026-05-09", s)
	}
	return nil
}

// Instant is the time of an at line.
func (l StoryLine) Instant(zone *time.Location) (time.Time, error) {
	return time.ParseInLocation("2006-01-02 15:04", l.Args[0]+" "+l.Args[1], zone)
}
