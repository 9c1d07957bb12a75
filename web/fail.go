package web

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"runtime"
	"strconv"

	"aiqyn"
	"aiqyn/web/api"
	"aiqyn/web/ui"
	"aiqyn/web/visit"
)

// errorPage says what went wrong and what can be done.
type errorPage struct {
	ui.Layout
	Text string
	Ours bool   // it is our fault, or a register's
	ID   string // of the request, for whoever reports it
}

// fail is the one place where an error becomes a status and a page. Detail is
// logged and never shown.
func (s *Server) fail(v *visit.Visit, err error) {
	kind := aiqyn.KindOf(err)
	status := api.Statuses[kind]
	if status >= http.StatusInternalServerError {
		s.site.Log.Error("failed", "id", v.ID, "route", v.R.Pattern, "err", err)
	}
	if kind == aiqyn.TooMany {
		v.W.Header().Set("Retry-After", retryAfter(err))
	}
	switch {
	case forPrograms(v.R):
		s.problem(v, status, err)
	case kind == aiqyn.Unauthenticated && v.R.Method == http.MethodGet:
		next := url.Values{"next": {v.R.URL.RequestURI()}}
		_ = v.Redirect(v.Href("sign-in") + "?" + next.Encode())
	default:
		s.errorPage(v, kind, status, err)
	}
}

// retryAfter is the wait that an error names, in seconds.
func retryAfter(err error) string {
	var e *aiqyn.Error
	if asError(err, &e) {
		if n, ok := e.Args["seconds"].(int); ok {
			return strconv.Itoa(n)
		}
	}
	return "60"
}

func (s *Server) errorPage(v *visit.Visit, kind aiqyn.ErrorKind, status int, err error) {
	page := &errorPage{
		Layout: v.Layout("web.error." + string(kind)), Text: v.Texts.Error(v.Lang, err),
		Ours: status >= http.StatusInternalServerError, ID: v.ID,
	}
	if pageErr := v.PageAs(status, "web/error", page); pageErr != nil {
		s.site.Log.Error("error page", "id", v.ID, "err", pageErr)
		http.Error(v.W, v.Texts.Error(v.Lang, err), status)
	}
}

// problem is an error for programs.
func (s *Server) problem(v *visit.Visit, status int, err error) {
	if failed := api.Fail(v, status, err); failed != nil {
		s.site.Log.Error("problem", "id", v.ID, "err", failed)
	}
}

func asError[T error](err error, target *T) bool { return err != nil && errors.As(err, target) }

// thrown tells of a panic without the value that somebody has put into it: what the
// runtime itself says, or the type. Where it was, the stack says.
func thrown(value any) string {
	if err, ok := value.(runtime.Error); ok {
		return err.Error()
	}
	return fmt.Sprintf("%T", value)
}
