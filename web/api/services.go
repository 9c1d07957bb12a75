package api

import (
	"net/http"

	"aiqyn"
	"aiqyn/service"
	"aiqyn/web/show"
	"aiqyn/web/visit"
)

type servicesJSON struct {
	Pack     string        `json:"pack"`
	Version  string        `json:"version"`
	Hash     string        `json:"hash" doc:"What pins this version of the pack."`
	Services []serviceJSON `json:"services"`
}

type serviceJSON struct {
	ID      aiqyn.ServiceID     `json:"id"`
	Kind    aiqyn.Kind          `json:"kind"`
	Title   aiqyn.Text          `json:"title"`
	Summary aiqyn.Text          `json:"summary"`
	Body    aiqyn.BodyID        `json:"body" doc:"Which body answers for it."`
	Law     aiqyn.Law           `json:"law"`
	Fee     string              `json:"fee" doc:"The official price in tiyn, as a CEL expression over the answers."`
	Hash    string              `json:"hash"`
	Sign    []string            `json:"sign,omitempty" doc:"What must be signed electronically: filing, or names of steps."`
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
	When     string               `json:"when,omitempty" doc:"A CEL expression over earlier answers: asked only if it is true."`
}

type reasonJSON struct {
	Name string     `json:"name"`
	Text aiqyn.Text `json:"text"`
	When string     `json:"when" doc:"A CEL expression that must be true on the recorded facts."`
	Law  aiqyn.Law  `json:"law"`
}

func newService(s *service.Service) serviceJSON {
	return serviceJSON{
		ID: s.ID, Kind: s.Kind, Title: s.Title, Summary: s.Summary, Body: s.Body, Law: s.Law,
		Fee: s.Fee.Amount, Hash: s.Hash(), Sign: s.Sign, Burden: service.Burden(s),
	}
}

func services(v *visit.Visit) error {
	pack := v.Engine.Pack()
	list := make([]serviceJSON, 0, len(pack.Services))
	for _, s := range pack.Services {
		list = append(list, newService(s))
	}
	return send(v, http.StatusOK, servicesJSON{Pack: pack.Name, Version: pack.Version, Hash: pack.Hash(), Services: list})
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
