package ui

import "html/template"

type (
	// Kiosk is the bar of a shared screen: where it forgets whoever is there, after
	// how many seconds without a touch, and for how many of them it warns.
	Kiosk struct {
		Over       string
		Idle, Warn int
	}
	// Ticket is what somebody takes away from a shared screen: the number of their
	// case, by when they hear, and where to look.
	Ticket struct {
		Reference, Title, By, Address string
		Code                          template.HTML // the address as a QR code
	}
)
