// Package visit is one request as a handler sees it: in which language, by
// whom, and how to answer. It keeps handlers short and holds the few rules
// that every answer obeys.
package visit

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"log/slog"
	"net/http"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"aiqyn"
	"aiqyn/access"
	"aiqyn/casework"
	"aiqyn/docs"
	"aiqyn/locale"
	"aiqyn/web/ui"
)

// Site is what all requests share.
type Site struct {
	Engine Engine
	UI     *ui.UI
	Docs   *docs.Site
	Texts  *locale.Catalogue
	Clock  aiqyn.Clock
	Log    *slog.Logger
	Demo   bool // marks every page, and knows personas and their messages
	Secure bool // is reached over HTTPS only
	// Proxies are those of ours whose word is taken for who asks.
	Proxies []netip.Prefix
	// SignInPractice signs, in the demonstration, as whoever is there would with
	// their own certificate; nil everywhere else.
	SignInPractice func(a aiqyn.Actor, document []byte) (cms []byte, err error)
	// Play tells, in the demonstration, whether one can go on as an officer;
	// nil everywhere else.
	Play func(aiqyn.OfficerID) bool
}

// Visit is one request.
type Visit struct {
	*Site
	W    http.ResponseWriter
	R    *http.Request
	ID   string // of the request, in the log and on error pages
	Lang aiqyn.Lang
	Who  casework.Session // the zero value: nobody is signed in

	// Naming counts that the visitor names another by a number, and fails if they
	// have had their share: numbers are not there to be tried.
	Naming func() error

	// Faults are what is wrong with the files of a form, by their inputs.
	Faults map[string]error
	// Signature is the file of an electronic signature that came with such a form.
	Signature []byte

	proof string // of RememberProof, in this very answer
	token string // of StartSession, in this very answer
}

// Handler answers a visit, or returns why not.
type Handler func(*Visit) error

// Context is the request's.
func (v *Visit) Context() context.Context { return v.R.Context() }

// Actor is who is asking.
func (v *Visit) Actor() aiqyn.Actor {
	if v.Who.Actor.Role == "" {
		return aiqyn.Actor{Role: aiqyn.RoleAnonymous}
	}
	return v.Who.Actor
}

// SignedIn reports whether anybody is.
func (v *Visit) SignedIn() bool { return v.Who.Actor.Role != "" }

// IsOfficer reports whether the one who is signed in acts for a body.
func (v *Visit) IsOfficer() bool { return v.Who.Actor.Officer != "" }

// May reports whether the policy gives the visitor's role an action at all: to who
// acts for another, what it gives for those.
func (v *Visit) May(action access.Action) bool {
	a := v.Actor()
	another := a.For != ""
	return slices.ContainsFunc(access.Relations, func(r access.Relation) bool {
		stands := r == access.Represented || r == access.Mandated
		if (another || stands) && r != access.None && r != access.Standing(a) {
			return false
		}
		return access.Allowed(a.Role, action, r).OK
	})
}

// Home is where somebody who has signed in begins.
func (v *Visit) Home() string {
	switch {
	case v.May(access.ActionInbox):
		return v.Href("desk")
	case v.May(access.ActionViewOwnCase):
		return v.Href("cases")
	case v.May(access.ActionOffice):
		return v.Href("office")
	case v.May(access.ActionOperate):
		return v.Href("operate", "letters")
	case v.May(access.ActionReportPlaces):
		return v.Href("institution")
	case v.May(access.ActionReadFact):
		return v.Href("facts")
	}
	return v.Href("")
}

// T is a text of the catalogue in the visit's language; args are pairs.
func (v *Visit) T(key string, args ...any) string {
	m := make(map[string]any, len(args)/2)
	for i := 0; i+1 < len(args); i += 2 {
		m[args[i].(string)] = args[i+1]
	}
	return v.Texts.Text(v.Lang, key, m)
}

// In is a text of a pack in the visit's language.
func (v *Visit) In(t aiqyn.Text) string { return t.In(v.Lang) }

// Href is a path in the visit's language.
func (v *Visit) Href(parts ...any) string { return ui.Href(v.Lang, parts...) }

// Origin is the address of the site as the visitor reached it.
func (v *Visit) Origin() string {
	if v.Secure {
		return "https://" + v.R.Host
	}
	return "http://" + v.R.Host
}

// Path is a wildcard of the route.
func (v *Visit) Path(name string) string { return v.R.PathValue(name) }

// Field is a value of the form, in normal form and without blanks around it.
func (v *Visit) Field(name string) string {
	return strings.TrimSpace(locale.NFC(v.R.PostFormValue(name)))
}

// Query is a value of the address.
func (v *Visit) Query(name string) string {
	return strings.TrimSpace(locale.NFC(v.R.URL.Query().Get(name)))
}

// Now is the time by the site's clock.
func (v *Visit) Now() time.Time { return v.Clock() }

// NewCommand makes the id that a form carries, so that sending it twice is
// sending it once.
func (v *Visit) NewCommand() string {
	var b [16]byte
	rand.Read(b[:]) // never fails
	return hex.EncodeToString(b[:])
}

// Command is the id that the form carried; without one it is refused, for
// then a retry could not be told from a second wish.
func (v *Visit) Command() (aiqyn.CommandID, error) {
	id := v.R.PostFormValue("command")
	if raw, err := hex.DecodeString(id); err != nil || len(raw) != 16 {
		return "", aiqyn.E(aiqyn.Invalid, "error.web-no-command")
	}
	return aiqyn.CommandID(id), nil
}

// Layout starts a page: its title is a text of the catalogue.
func (v *Visit) Layout(key string, args ...any) ui.Layout {
	return v.Titled(v.T(key, args...))
}

// Titled starts a page whose title is already a text.
func (v *Visit) Titled(title string) ui.Layout {
	path := strings.TrimPrefix(v.R.URL.EscapedPath(), "/"+string(v.Lang)+"/")
	l := ui.Layout{
		Lang: v.Lang, Title: title, Path: path, Query: v.R.URL.Query(),
		Who: v.Who.Name, For: v.Who.ForName, NotFor: v.Who.NotFor, Desk: v.May(access.ActionInbox), Own: v.May(access.ActionViewOwnCase), Operate: v.May(access.ActionOperate), Office: v.May(access.ActionOffice), Places: v.May(access.ActionReportPlaces), Facts: v.May(access.ActionReadFact), Demo: v.Demo, Wide: v.IsOfficer(),
	}
	if v.Kiosk() {
		l.Kiosk = &ui.Kiosk{Over: v.Href("kiosk", "over"), Idle: int(IdleAfter.Seconds()), Warn: int(warnFor.Seconds())}
	}
	return l
}

// Switched answers the language switch of a form: whatever was typed has been
// kept by then, and the same page comes again in the other language.
func (v *Visit) Switched() (string, bool) {
	lang := aiqyn.Lang(v.R.PostFormValue("_lang"))
	for _, l := range aiqyn.Langs {
		if l == lang {
			return "/" + string(l) + strings.TrimPrefix(v.R.URL.RequestURI(), "/"+string(v.Lang)), true
		}
	}
	return "", false
}

// Page sends a page.
func (v *Visit) Page(name string, page ui.Page) error { return v.PageAs(http.StatusOK, name, page) }

// PageAs sends a page with a status.
func (v *Visit) PageAs(status int, name string, page ui.Page) error {
	body, err := v.UI.Render(name, page)
	if err != nil {
		return err
	}
	v.W.Header().Set("Cache-Control", "no-store")
	v.idle()
	v.send(status, "text/html; charset=utf-8", body)
	return nil
}

// Redirect leads to another page after a form was taken.
func (v *Visit) Redirect(href string) error {
	http.Redirect(v.W, v.R, href, http.StatusSeeOther)
	return nil
}

// Go leads to a path in the visit's language.
func (v *Visit) Go(parts ...any) error { return v.Redirect(v.Href(parts...)) }

// Mend shows an error that the person can mend beside the field it is about;
// any other error is handed on.
func (v *Visit) Mend(err error, show func(fault string) error) error {
	var e *aiqyn.Error
	if errors.As(err, &e) && (e.Kind == aiqyn.Invalid || e.Kind == aiqyn.Unauthenticated || e.Kind == aiqyn.Conflict) {
		return show(v.Texts.Error(v.Lang, err))
	}
	return err
}

// Told is, in the demonstration, the newest message to a number: nobody there
// has the telephone.
func (v *Visit) Told(phone string) string {
	if !v.Demo || phone == "" {
		return ""
	}
	list, err := v.Engine.Messages(v.Context(), phone, 1)
	if err != nil || len(list) == 0 {
		return ""
	}
	return v.Texts.Text(list[0].Lang, list[0].Key, list[0].Args)
}

// File sends a file to keep.
func (v *Visit) File(name, mime string, body []byte) error {
	v.W.Header().Set("Content-Disposition", `attachment; filename="`+name+`"`)
	v.W.Header().Set("Cache-Control", "no-store")
	v.send(http.StatusOK, mime, body)
	return nil
}

// Data sends something for programs.
func (v *Visit) Data(status int, mime string, body []byte) error {
	v.send(status, mime, body)
	return nil
}

// worthGzip is the size from which compressing saves a packet.
const worthGzip = 1024

var zippers = sync.Pool{New: func() any { return gzip.NewWriter(nil) }}

// send writes the whole answer, compressed if the reader takes that.
func (v *Visit) send(status int, mime string, body []byte) {
	h := v.W.Header()
	h.Set("Content-Type", mime)
	h.Add("Vary", "Accept-Encoding")
	if len(body) >= worthGzip && strings.Contains(v.R.Header.Get("Accept-Encoding"), "gzip") {
		body = zip(body)
		h.Set("Content-Encoding", "gzip")
	}
	h.Set("Content-Length", strconv.Itoa(len(body)))
	v.W.WriteHeader(status)
	if v.R.Method != http.MethodHead {
		_, _ = v.W.Write(body) // the reader has gone
	}
}

func zip(body []byte) []byte {
	var b bytes.Buffer
	z := zippers.Get().(*gzip.Writer)
	z.Reset(&b)
	_, _ = z.Write(body) // a buffer does not fail
	_ = z.Close()
	zippers.Put(z)
	return b.Bytes()
}
