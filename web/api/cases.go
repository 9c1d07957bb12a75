package api

import (
	"net/http"
	"strconv"

	"aiqyn"
	"aiqyn/casework"
	"aiqyn/web/visit"
)

type lineJSON struct {
	Ref      aiqyn.Reference `json:"ref"`
	Service  aiqyn.ServiceID `json:"service"`
	Status   casework.Status `json:"status"`
	Outcome  aiqyn.Outcome   `json:"outcome,omitempty"`
	Filed    string          `json:"filed"`
	Due      string          `json:"due,omitempty"`
	DaysLeft int             `json:"days_left"`
	Object   string          `json:"object,omitempty"`
}

func sendLines(v *visit.Visit, list casework.List[casework.CaseLine]) error {
	lines := make([]lineJSON, 0, len(list.Items))
	for _, l := range list.Items {
		lines = append(lines, lineJSON{l.Ref, l.Service, l.Status, l.Outcome, rfc(l.Filed), rfc(l.Due), l.DaysLeft, l.Object})
	}
	return send(v, http.StatusOK, map[string]any{"cases": lines, "next": list.Next})
}

func mine(v *visit.Visit) error {
	p, err := paging(v)
	if err != nil {
		return err
	}
	list, err := v.Engine.Mine(v.Context(), v.Who.Actor.Person, p)
	if err != nil {
		return err
	}
	return sendLines(v, list)
}

func inbox(v *visit.Visit) error {
	p, err := paging(v)
	if err != nil {
		return err
	}
	list, err := v.Engine.Inbox(v.Context(), v.Actor(), p)
	if err != nil {
		return err
	}
	return sendLines(v, list)
}

type caseJSON struct {
	Ref       aiqyn.Reference   `json:"ref"`
	Service   aiqyn.ServiceID   `json:"service"`
	Pack      string            `json:"pack"`
	Status    casework.Status   `json:"status"`
	Outcome   aiqyn.Outcome     `json:"outcome,omitempty"`
	Step      aiqyn.StepID      `json:"step,omitempty"`
	State     string            `json:"state,omitempty"`
	Filed     string            `json:"filed"`
	Due       string            `json:"due,omitempty"`
	DaysLeft  int               `json:"days_left"`
	Suspended string            `json:"suspended,omitempty"`
	Answers   map[string]string `json:"answers,omitempty"`
	Reasons   []truthJSON       `json:"reasons,omitempty"`
	Can       []string          `json:"can"`
	Events    []eventJSON       `json:"events"`
}

// truthJSON is a listed reason to refuse, and whether it is true now.
type truthJSON struct {
	Name string `json:"name"`
	True bool   `json:"true"`
}

type eventJSON struct {
	Entry int64              `json:"entry"`
	Kind  casework.EventKind `json:"kind"`
	At    string             `json:"at"`
	Role  aiqyn.Role         `json:"role"`
	Level string             `json:"level"`
	By    int                `json:"witnesses"` // how many have cosigned
	Late  bool               `json:"late"`
}

func oneCase(v *visit.Visit) error {
	c, err := v.Engine.Case(v.Context(), v.Actor(), aiqyn.Reference(v.Path("ref")))
	if err != nil {
		return err
	}
	out := caseJSON{
		Ref: c.Ref, Service: c.Service.ID, Pack: c.PackHash, Status: c.Status, Outcome: c.Outcome, Filed: rfc(c.Filed),
		State: string(c.StepState), DaysLeft: c.DaysLeft, Suspended: c.Suspended, Can: append([]string{}, c.Can...),
		Answers: map[string]string{}, Events: []eventJSON{},
	}
	if c.Step != nil {
		out.Step = c.Step.Name
	}
	if c.Due != nil {
		out.Due = rfc(c.Due.At)
	}
	for _, a := range c.Answers {
		out.Answers[a.Question.Name] = a.Value
	}
	if c.Ruling != nil {
		for _, r := range c.Ruling.Reasons {
			out.Reasons = append(out.Reasons, truthJSON{r.Reason.Name, r.True})
		}
	}
	for _, e := range c.Events {
		out.Events = append(out.Events, eventJSON{e.Index, e.Kind, rfc(e.At), e.Role, string(e.Proven.Level), e.Proven.By, e.Proven.Late})
	}
	return send(v, http.StatusOK, out)
}

type trafoJSON struct {
	ID        int        `json:"id"`
	Name      string     `json:"name"`
	District  aiqyn.Text `json:"district"`
	RatedKVA  int64      `json:"rated_kva"`
	FreeW     *int64     `json:"free_w"` // null: unlimited
	ReservedW int64      `json:"reserved_w"`
	PeakW     int64      `json:"peak_w"`
	Binding   string     `json:"binding"`
	Basis     string     `json:"basis"`
	Measured  string     `json:"measured,omitempty"`
}

func newTrafo(l casework.TrafoLine) trafoJSON {
	t := trafoJSON{
		ID: l.ID, Name: l.Name, District: l.District, RatedKVA: l.SnKVA, ReservedW: l.ReservedW, PeakW: l.PeakW,
		Binding: l.Binding, Basis: l.Basis, Measured: l.Measured,
	}
	if l.FreeW >= 0 {
		t.FreeW = &l.FreeW
	}
	return t
}

func published(p casework.Publication) map[string]any {
	return map[string]any{"at": rfc(p.At), "day": p.Day, "network": p.Network, "hash": p.Hash, "entry": p.Entry, "count": p.Count}
}

func capacity(v *visit.Visit) error {
	p, err := paging(v)
	if err != nil {
		return err
	}
	list, pub, err := v.Engine.Transformers(v.Context(), v.Query("district"), v.Query("name"), p)
	if err != nil {
		return err
	}
	lines := make([]trafoJSON, 0, len(list.Items))
	for _, l := range list.Items {
		lines = append(lines, newTrafo(l))
	}
	return send(v, http.StatusOK, map[string]any{"publication": published(pub), "transformers": lines, "next": list.Next})
}

func transformer(v *visit.Visit) error {
	id, err := strconv.Atoi(v.Path("id"))
	if err != nil {
		return aiqyn.E(aiqyn.NotFound, "error.web-no-page")
	}
	l, pub, err := v.Engine.Transformer(v.Context(), id)
	if err != nil {
		return err
	}
	return send(v, http.StatusOK, map[string]any{"publication": published(pub), "transformer": newTrafo(l)})
}
