package api

import (
	"fmt"
	"net/http"
	"reflect"
	"regexp"
	"slices"
	"strconv"

	"aiqyn"
	"aiqyn/access"
	"aiqyn/web/visit"
)

// prose begins the document.
var prose = fmt.Sprintf(`The engine, policy and errors of the pages, as JSON. Times are RFC 3339, power is in watts, money in tiyn (1/100 tenge).

Whoever has signed in on the pages sends the token of the session, as the cookie or after "Authorization: Bearer". Commands want a second proof not older than a few minutes, as the pages do; without it they are answered 403 with the key error.proof-needed.

A command carries an id that its sender chose. Sent twice it is carried out once.

At most %d commands a minute and %d applications an hour by one account and for one person or company, %d bytes in one request, %d lines in one page of a list. Who is beyond that is answered 429, with Retry-After in seconds.

Errors are problem details (RFC 9457); key does not change, title is in the language of Accept-Language: kk, ru or en.`,
	CommandsPerMinute, FilingsPerHour, MaxBody, MaxPage)

// Document is the whole interface in OpenAPI 3.1. cookie is the name of the
// session's.
func Document(cookie string) map[string]any {
	s := &schemas{named: object{}}
	paths := object{}
	for _, r := range Routes() {
		path, ok := paths[r.Path].(object)
		if !ok {
			path = object{}
			paths[r.Path] = path
		}
		path[map[string]string{"GET": "get", "POST": "post", "PUT": "put", "DELETE": "delete"}[r.Method]] = s.operation(r)
	}
	s.of(reflect.TypeFor[problemJSON]())
	return object{
		"openapi": "3.1.1",
		"info":    object{"title": "Aiqyn", "version": "1", "description": prose},
		"servers": []any{object{"url": "/api/v1"}},
		"paths":   paths,
		"components": object{
			"schemas": s.named,
			"securitySchemes": object{
				"session": object{"type": "apiKey", "in": "cookie", "name": cookie},
				"bearer":  object{"type": "http", "scheme": "bearer"},
			},
		},
	}
}

func openapi(v *visit.Visit) error { return send(v, http.StatusOK, Document(v.SessionCookie())) }

func (s *schemas) operation(r Route) object {
	o := object{"operationId": r.Name, "summary": r.Says, "responses": s.responses(r), "security": security(r)}
	if list := parameters(r); len(list) > 0 {
		o["parameters"] = list
	}
	if r.Takes != nil {
		o["requestBody"] = object{"required": true, "content": object{"application/json": object{"schema": s.of(reflect.TypeOf(r.Takes))}}}
	}
	return o
}

// security says who may: anybody, or whoever has signed in, and in what role.
func security(r Route) []any {
	if r.May == access.ActionSeePublic {
		return []any{}
	}
	return []any{object{"session": []any{}}, object{"bearer": []any{}}}
}

func (s *schemas) responses(r Route) object {
	mime := r.Mime
	if mime == "" {
		mime = "application/json"
	}
	out := object{strconv.Itoa(r.success()): object{
		"description": "Done.", "content": object{mime: object{"schema": s.of(reflect.TypeOf(r.Gives))}},
	}}
	problem := object{"application/problem+json": object{"schema": object{"$ref": "#/components/schemas/Problem"}}}
	if r.Mime == mimeFHIR {
		problem = object{mimeFHIR: object{"schema": s.of(reflect.TypeFor[fhirOutcomeJSON]())}}
	}
	for _, kind := range r.failures() {
		answer := object{"description": failures[kind], "content": problem}
		if kind == aiqyn.TooMany {
			answer["headers"] = object{"Retry-After": object{"description": "Seconds to wait.", "schema": object{"type": "integer"}}}
		}
		out[strconv.Itoa(Statuses[kind])] = answer
	}
	return out
}

// failures says what each kind of error means.
var failures = map[aiqyn.ErrorKind]string{
	aiqyn.Invalid:         "Correct the request and send it again.",
	aiqyn.Unauthenticated: "Nobody is signed in.",
	aiqyn.Forbidden:       "The policy does not let this role, or wants a second proof first.",
	aiqyn.NotFound:        "There is none, or it is none of the sender's business.",
	aiqyn.Conflict:        "The state of the case does not allow it.",
	aiqyn.TooLarge:        "The request is too large.",
	aiqyn.TooMany:         "Too many; wait.",
	aiqyn.Unavailable:     "Our fault or a register's; try later.",
	aiqyn.Internal:        "Our fault; the detail is in our log.",
}

func (r Route) success() int {
	if r.Status != 0 {
		return r.Status
	}
	return http.StatusOK
}

// failures are the kinds of error that a route can answer with: those of its own
// and those that follow from what it is.
func (r Route) failures() []aiqyn.ErrorKind {
	kinds := append([]aiqyn.ErrorKind{aiqyn.Internal, aiqyn.Unavailable}, r.Fails...)
	if r.Paged || r.Takes != nil {
		kinds = append(kinds, aiqyn.Invalid)
	}
	if r.Method != http.MethodGet || r.Seeks {
		kinds = append(kinds, aiqyn.TooMany)
	}
	if r.Takes != nil {
		kinds = append(kinds, aiqyn.TooLarge)
	}
	if r.May != access.ActionSeePublic {
		kinds = append(kinds, aiqyn.Unauthenticated, aiqyn.Forbidden)
	}
	slices.Sort(kinds)
	return slices.Compact(kinds)
}

var wildcard = regexp.MustCompile(`\{([a-z]+)\}`)

// numbered are the wildcards that are numbers.
var numbered = []string{"index", "id"}

func parameters(r Route) (list []any) {
	for _, m := range wildcard.FindAllStringSubmatch(r.Path, -1) {
		kind := "string"
		if slices.Contains(numbered, m[1]) {
			kind = "integer"
		}
		list = append(list, object{"name": m[1], "in": "path", "required": true, "schema": object{"type": kind}})
	}
	if r.Paged {
		list = append(list,
			object{"name": "after", "in": "query", "description": "The next of the page before.", "schema": object{"type": "string"}},
			object{"name": "limit", "in": "query", "schema": object{"type": "integer", "minimum": 1, "maximum": MaxPage, "default": 25}})
	}
	for _, p := range r.Query {
		list = append(list, object{"name": p.Name, "in": "query", "description": p.Says, "schema": object{"type": "string"}})
	}
	return list
}
