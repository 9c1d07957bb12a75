package web

import (
	"errors"
	"mime"
	"net/http"
	"net/url"
	"strings"
	"unicode/utf8"

	"aiqyn"
	"aiqyn/web/file"
	"aiqyn/web/officer"
	"aiqyn/web/visit"
)

// takers take the files of forms, by their routes, while they arrive.
var takers = map[string]visit.Taker{"/desk/{ref}/steps/{step}/perform": officer.TakeFile, "/desk/{ref}/steps/{step}/decide": officer.TakeFile}

// accept reads a form within its limits. No body at all is a form without fields; one
// that is no form belongs to no route of pages.
func (s *Server) accept(v *visit.Visit, route route) error {
	err := within(s.limits.posts, v.Limited())
	if err != nil || route.method != http.MethodPost {
		return err
	}
	kind, params, _ := mime.ParseMediaType(v.R.Header.Get("Content-Type"))
	switch take := takers[route.path]; {
	case kind == "multipart/form-data" && take != nil:
		body := file.Patient(v)
		err = v.ReadParts(body, params["boundary"], take)
		body.Done()
	case kind == "multipart/form-data":
		err = v.R.ParseMultipartForm(maxBody)
	case kind != "application/x-www-form-urlencoded" && v.R.Body != http.NoBody && v.R.ContentLength != 0:
		return aiqyn.E(aiqyn.Invalid, "error.web-form")
	default: // it is read whole, whatever room its route has for files
		v.R.Body = http.MaxBytesReader(v.W, v.R.Body, maxBody)
		err = v.R.ParseForm()
	}
	var own *aiqyn.Error
	if asError(err, &own) {
		return err
	}
	var large *http.MaxBytesError
	if asError(err, &large) {
		return aiqyn.E(aiqyn.TooLarge, "error.web-too-large", "limit", bodyLimit(v.R)>>20).Because(err)
	}
	if err == nil {
		err = wellFormed(v.R.PostForm, route)
	}
	if err != nil {
		return aiqyn.E(aiqyn.Invalid, "error.web-form").Because(err)
	}
	return nil
}

// severals are the fields that a form may send more than once, by their routes.
var severals = map[string]string{"/operate/letters": "letters"}

// wellFormed reports what a form cannot have: text that is none, and a field twice, of
// which one reader takes the first and another the last.
func wellFormed(form url.Values, route route) error {
	for name, values := range form {
		if len(values) > 1 && severals[route.path] != name {
			return errors.New("a field is there twice")
		}
		for _, text := range append(values, name) {
			if !utf8.ValidString(text) || strings.ContainsRune(text, 0) {
				return errors.New("a field is no text")
			}
		}
	}
	return nil
}
