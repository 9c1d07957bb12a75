// Package api is the interface of programs: the same engine, policy and errors
// as the pages, as JSON. Names are those of the pages; times are RFC 3339,
// power is in watts, money in tiyn.
package api

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strconv"
	"time"

	"aiqyn"
	"aiqyn/access"
	"aiqyn/casework"
	"aiqyn/service"
	"aiqyn/web/show"
	"aiqyn/web/visit"
)

// Route is one line of the interface, below /api/v1.
type Route struct {
	Method, Path string
	May          access.Action
	Handle       visit.Handler
}

// Routes is the whole interface.
func Routes() []Route {
	return []Route{
		{"GET", "/services", access.ActionSeePublic, services},
		{"GET", "/services/{service}", access.ActionSeePublic, oneService},
		{"GET", "/capacity", access.ActionSeePublic, capacity},
		{"GET", "/capacity/{id}", access.ActionSeePublic, transformer},
		{"GET", "/log", access.ActionSeePublic, head},
		{"POST", "/verify", access.ActionSeePublic, verify},
		{"GET", "/cases", access.ActionViewOwnCase, mine},
		{"POST", "/cases", access.ActionFileCase, file},
		{"GET", "/cases/{ref}", access.ActionViewOwnCase, oneCase},
		{"GET", "/desk", access.ActionInbox, inbox},
		{"GET", "/desk/{ref}", access.ActionOpenSealed, oneCase},
		{"POST", "/cases/{ref}/steps/{step}/decide", access.ActionDecide, decide},
		{"GET", "/receipts/{index}", access.ActionViewReceipt, receipt},
	}
}

// send answers with JSON.
func send(v *visit.Visit, status int, body any) error {
	raw, err := json.Marshal(body)
	if err != nil {
		return err
	}
	return v.Data(status, "application/json", append(raw, '\n'))
}

// read takes a JSON body apart, strictly.
func read(v *visit.Visit, into any) error {
	d := json.NewDecoder(v.R.Body)
	d.DisallowUnknownFields()
	err := d.Decode(into)
	var large *http.MaxBytesError
	switch {
	case errors.As(err, &large):
		return aiqyn.E(aiqyn.TooLarge, "error.web-too-large", "limit", large.Limit>>20).Because(err)
	case err != nil:
		return aiqyn.E(aiqyn.Invalid, "error.web-json").Because(err)
	case d.More():
		return aiqyn.E(aiqyn.Invalid, "error.web-json")
	}
	return nil
}

type serviceJSON struct {
	ID      aiqyn.ServiceID     `json:"id"`
	Kind    aiqyn.Kind          `json:"kind"`
	Title   aiqyn.Text          `json:"title"`
	Summary aiqyn.Text          `json:"summary"`
	Body    aiqyn.BodyID        `json:"body"`
	Law     aiqyn.Law           `json:"law"`
	Fee     string              `json:"fee"` // a CEL expression in tiyn
	Hash    string              `json:"hash"`
	Burden  service.BurdenCount `json:"burden"`
	Ask     []questionJSON      `json:"ask,omitempty"`
	Refuse  []reasonJSON        `json:"refuse,omitempty"`
}

type questionJSON struct {
	Name     string               `json:"name"`
	Type     service.QuestionType `json:"type"`
	Label    aiqyn.Text           `json:"label"`
	Optional bool                 `json:"optional,omitempty"`
	Min      int64                `json:"min,omitempty"`
	Max      int64                `json:"max,omitempty"`
	Of       []string             `json:"of,omitempty"`
	When     string               `json:"when,omitempty"`
}

type reasonJSON struct {
	Name string     `json:"name"`
	Text aiqyn.Text `json:"text"`
	When string     `json:"when"`
	Law  aiqyn.Law  `json:"law"`
}

func newService(s *service.Service) serviceJSON {
	return serviceJSON{
		ID: s.ID, Kind: s.Kind, Title: s.Title, Summary: s.Summary, Body: s.Body, Law: s.Law,
		Fee: s.Fee.Amount, Hash: s.Hash(), Burden: service.Burden(s),
	}
}

func services(v *visit.Visit) error {
	pack := v.Engine.Pack()
	list := make([]serviceJSON, 0, len(pack.Services))
	for _, s := range pack.Services {
		list = append(list, newService(s))
	}
	return send(v, http.StatusOK, map[string]any{"pack": pack.Name, "version": pack.Version, "hash": pack.Hash(), "services": list})
}

func oneService(v *visit.Visit) error {
	s, err := show.Service(v, v.Path("service"))
	if err != nil {
		return err
	}
	out := newService(s)
	for _, q := range s.Ask {
		item := questionJSON{Name: q.Name, Type: q.Type, Label: q.Label, Optional: q.Optional, Min: q.Min, Max: q.Max}
		for _, c := range q.Of {
			item.Of = append(item.Of, c.Value)
		}
		if q.When != nil {
			item.When = q.When.Expr
		}
		out.Ask = append(out.Ask, item)
	}
	for _, r := range s.Refuse {
		out.Refuse = append(out.Refuse, reasonJSON{r.Name, r.Text, r.When.Expr, r.Law})
	}
	return send(v, http.StatusOK, out)
}

func paging(v *visit.Visit) (casework.Page, error) {
	p := casework.Page{After: v.Query("after")}
	if s := v.Query("limit"); s != "" {
		n, err := strconv.Atoi(s)
		if err != nil || n < 1 || n > 200 {
			return p, aiqyn.E(aiqyn.Invalid, "error.web-limit").On("limit")
		}
		p.Limit = n
	}
	return p, nil
}

type resultJSON struct {
	Ref   aiqyn.Reference `json:"ref"`
	First int64           `json:"first"` // entries in the log
	Last  int64           `json:"last"`
	Again bool            `json:"again"` // it had been carried out before
}

func do(v *visit.Visit, status int, command any) error {
	r, err := v.Engine.Do(v.Context(), command)
	if err != nil {
		return err
	}
	return send(v, status, resultJSON{r.Ref, r.First, r.Last, r.Again})
}

func file(v *visit.Visit) error {
	var in struct {
		Command aiqyn.CommandID   `json:"command"`
		Service aiqyn.ServiceID   `json:"service"`
		Answers map[string]string `json:"answers"`
	}
	if err := read(v, &in); err != nil {
		return err
	}
	return do(v, http.StatusCreated, casework.File{
		ID: in.Command, Actor: v.Actor(), Service: in.Service, Answers: in.Answers, Channel: "online", Lang: v.Lang,
	})
}

func decide(v *visit.Visit) error {
	var in struct {
		Command aiqyn.CommandID `json:"command"`
		Grant   bool            `json:"grant"`
		Reason  string          `json:"reason,omitempty"`
		Note    string          `json:"note,omitempty"`
	}
	if err := read(v, &in); err != nil {
		return err
	}
	return do(v, http.StatusOK, casework.Decide{
		ID: in.Command, Actor: v.Actor(), Ref: aiqyn.Reference(v.Path("ref")), Step: aiqyn.StepID(v.Path("step")),
		Grant: in.Grant, Reason: in.Reason, Note: in.Note,
	})
}

func receipt(v *visit.Visit) error {
	index, err := strconv.ParseInt(v.Path("index"), 10, 64)
	if err != nil {
		return aiqyn.E(aiqyn.NotFound, "error.web-no-entry")
	}
	raw, err := v.Engine.Receipt(v.Context(), v.Actor(), index)
	if err != nil {
		return err
	}
	return v.Data(http.StatusOK, "application/json", raw)
}

func verify(v *visit.Visit) error {
	raw, err := io.ReadAll(v.R.Body)
	if err != nil {
		return aiqyn.E(aiqyn.Invalid, "error.web-json").Because(err)
	}
	d, err := v.Engine.Check(v.Context(), raw)
	if err != nil {
		return err
	}
	return send(v, http.StatusOK, map[string]any{
		"ok": true, "level": d.Level, "index": d.Index, "size": d.Size, "origin": d.Origin, "witnesses": d.Witnesses,
	})
}

func head(v *visit.Visit) error {
	h, err := v.Engine.Head(v.Context())
	if err != nil {
		return err
	}
	return send(v, http.StatusOK, map[string]any{
		"origin": h.Origin, "size": h.Size, "root": h.Root, "at": rfc(h.At), "witnessed": h.Witnessed, "late": h.Late,
		"witnesses": len(h.Witnesses), "needed": h.Needed,
		"key": h.VerifierKey, "practice": h.Practice,
	})
}

func rfc(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339Nano)
}
