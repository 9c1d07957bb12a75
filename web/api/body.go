package api

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"

	"aiqyn"
	"aiqyn/web/visit"
)

// read takes a JSON body apart, strictly: nothing unknown in it, nothing twice, and nothing
// behind it. The server limits how long it may be.
func read(v *visit.Visit, into any) error {
	body, err := io.ReadAll(v.R.Body)
	if err != nil {
		return unread(err)
	}
	if !utf8.Valid(body) {
		return unread(errors.New("the body is no text"))
	}
	if name, twice := doubled(body); twice {
		return aiqyn.E(aiqyn.Invalid, "error.web-json-twice", "field", name).On(name)
	}
	d := json.NewDecoder(bytes.NewReader(body))
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		return unread(err)
	}
	if _, err := d.Token(); err != io.EOF {
		return unread(err)
	}
	return nil
}

// doubled is the first name that an object within a text has twice, in whichever case: a
// decoder takes the last, and whoever reads along may take the first. What is wrong with a
// text otherwise is for the decoder to say.
func doubled(text []byte) (name string, twice bool) {
	d := jsontext.NewDecoder(bytes.NewBuffer(text), jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))
	var names []map[string]bool // of the objects that are open, by how deep they are
	for {
		token, err := d.ReadToken()
		if err != nil {
			return "", false
		}
		depth := d.StackDepth()
		for len(names) <= depth {
			names = append(names, make(map[string]bool))
		}
		switch kind, read := d.StackIndex(depth); {
		case token.Kind() == '{':
			clear(names[depth])
		case kind == '{' && read%2 == 1: // a name
			folded := strings.ToLower(token.String())
			if names[depth][folded] {
				return token.String(), true
			}
			names[depth][folded] = true
		}
	}
}
