package ui

import (
	"net/url"

	"aiqyn"
)

// Page is a page struct: it embeds [Layout] and adds what its template shows.
type Page interface{ Frame() *Layout }

// Layout is what every page has around its content.
type Layout struct {
	Lang   aiqyn.Lang
	Title  string     // of the window; the name of the site is added
	Path   string     // without the language: "cases/AQ-7K2M-9F3D"
	Query  url.Values // kept by the language switch
	Crumbs []Crumb
	Back   string // address of the page before, where there are no crumbs
	// LangForm names the form whose answers the language switch must keep: the
	// switch then posts it.
	LangForm string
	Section  string // of the menu: "services", "capacity", "ledger", "verify", "cases", "inbox", "institution", "facts"
	Errors   []FieldError
	Notice   *Notice
	Who      string // who is signed in; empty: nobody
	For      string // for whom they act; empty: for themselves
	NotFor   bool   // they had chosen to act for somebody, and may not any more
	Desk     bool   // has cases to handle
	Own      bool   // has applications of their own
	Operate  bool   // keeps the service running
	Office   bool   // keeps rules, rosters or keys, or watches
	Places   bool   // gives places that are waited for
	Facts    bool   // reads facts with consent
	Demo     bool
	Wide     bool   // dense pages of officers
	Kiosk    *Kiosk // of a shared screen; nil elsewhere
	// KioskStart is the first page of one, where there is nobody to forget.
	KioskStart bool
}

// Frame is what stands around every page. Templates of it are given this and not the
// page, whose own fields may have the same names.
func (l *Layout) Frame() *Layout { return l }

// Crumb is one step of the way from the front page.
type Crumb struct{ Href, Text string }

// FieldError is one line of an error summary; Field is the id of the input.
type FieldError struct{ Field, Text string }

// Notice is what just happened, on top of the next page.
type Notice struct{ Kind, Title, Text string }

// Switch is one language of the switch.
type Switch struct {
	Lang    aiqyn.Lang
	Name    string
	Href    string
	Current bool
}

var ownNames = map[aiqyn.Lang]string{aiqyn.Kazakh: "Қазақша", aiqyn.Russian: "Русский", aiqyn.English: "English"}

// Languages lists the switch; page and query stay.
func (l *Layout) Languages() []Switch {
	var s []Switch
	for _, lang := range aiqyn.Langs {
		href := "/" + string(lang) + "/" + l.Path
		if q := l.Query.Encode(); q != "" {
			href += "?" + q
		}
		s = append(s, Switch{Lang: lang, Name: ownNames[lang], Href: href, Current: lang == l.Lang})
	}
	return s
}
