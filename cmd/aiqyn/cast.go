package main

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"aiqyn"
	"aiqyn/casework"
	"aiqyn/simulate"
	"aiqyn/store"
	"aiqyn/web"
)

// cast is whom a visitor can be: the personas that are introduced, and every
// officer whom the draw may give a case to.
type cast struct {
	Personas []shownPersona             `json:"personas"`
	Phones   map[aiqyn.OfficerID]string `json:"phones"` // of officers
	// Persons are who officers are, as their practice certificates say.
	Persons map[aiqyn.OfficerID]aiqyn.PersonID `json:"persons,omitempty"`
}

// shownPersona is what is kept of a persona.
type shownPersona struct {
	Name  string     `json:"name"`
	Phone string     `json:"phone"`
	Role  aiqyn.Role `json:"role"`
	Title aiqyn.Text `json:"title"`
	Try   aiqyn.Text `json:"try"`
}

const castSetting = "demo.cast"

// writeCast keeps whom a visitor can be.
func writeCast(ctx context.Context, db *store.DB, w *simulate.World) error {
	c := cast{Phones: make(map[aiqyn.OfficerID]string), Persons: make(map[aiqyn.OfficerID]aiqyn.PersonID)}
	for _, o := range w.Officers {
		c.Phones[o.ID], c.Persons[o.ID] = o.Phone, o.IIN
	}
	for _, p := range w.Personas {
		c.Personas = append(c.Personas, shownPersona{Name: p.Name.String(), Phone: p.Phone, Role: p.Actor.Role, Title: p.Title, Try: about(p)})
	}
	text, err := json.Marshal(c)
	if err != nil {
		return err
	}
	return db.PutSetting(ctx, castSetting, string(text))
}

// about adds to the sentence what has to be typed: the company, the parcel and the
// power.
func about(p simulate.Persona) aiqyn.Text {
	if p.Parcel == "" || p.KW == 0 {
		return p.Try
	}
	kw := strconv.Itoa(p.KW)
	add := func(sentence, bin, parcel, unit string) string {
		company := ""
		if p.Company != "" {
			company = bin + " " + string(p.Company) + ", "
		}
		return strings.TrimSpace(sentence) + " (" + company + parcel + " " + p.Parcel + ", " + kw + " " + unit + ")"
	}
	return aiqyn.Text{KK: add(p.Try.KK, "БСН", "учаске", "кВт"), RU: add(p.Try.RU, "БИН", "участок", "кВт"), EN: add(p.Try.EN, "BIN", "parcel", "kW")}
}

func readCast(ctx context.Context, db *store.DB) (c cast, err error) {
	text, err := db.Setting(ctx, castSetting)
	if err != nil {
		return c, err
	}
	if err := json.Unmarshal([]byte(text), &c); err != nil {
		return c, fmt.Errorf("setting %s: %w", castSetting, err)
	}
	return c, nil
}

// pages are the cast as the pages show it.
func (c cast) pages(clock aiqyn.Clock, advance func(time.Duration) error) *web.Demo {
	d := &web.Demo{Freely: true, Now: clock, Advance: advance, Officer: func(id aiqyn.OfficerID) (string, bool) {
		phone, ok := c.Phones[id]
		return phone, ok
	}}
	for _, p := range c.Personas {
		d.Personas = append(d.Personas, web.Persona{Name: p.Name, Title: p.Title, Role: p.Role, Phone: p.Phone, About: p.Try})
	}
	return d
}

// recast gives the parts of those who handle cases to officers who have some: whoever
// tries such a part finds work on the desk.
func (s *seeding) recast(ctx context.Context, o *office) error {
	w := s.world
	played := make(map[string]bool, len(w.Personas))
	for _, p := range w.Personas {
		played[p.ID] = true
	}
	for i, p := range w.Personas {
		if p.Actor.Role != aiqyn.RoleSurveyor && p.Actor.Role != aiqyn.RoleEngineer {
			continue
		}
		busy, err := s.busiest(ctx, o, p.Actor, played)
		if err != nil {
			return err
		}
		if busy != nil {
			w.Personas[i] = busy.Persona()
			played[w.Personas[i].ID] = true
		}
	}
	return writeCast(ctx, o.db, w)
}

// busiest is the officer with the most cases among the colleagues of an actor whom
// nobody plays; nil if none has more than the actor.
func (s *seeding) busiest(ctx context.Context, o *office, than aiqyn.Actor, played map[string]bool) (most *simulate.Officer, err error) {
	own, err := o.Inbox(ctx, than, casework.Page{})
	if err != nil {
		return nil, err
	}
	n := len(own.Items)
	for i := range s.world.Officers {
		f := &s.world.Officers[i]
		if f.Role != than.Role || f.Body != than.Body || played[string(f.ID)] {
			continue
		}
		desk, err := o.Inbox(ctx, f.Actor(), casework.Page{})
		if err != nil {
			return nil, err
		}
		if len(desk.Items) > n {
			most, n = f, len(desk.Items)
		}
	}
	return most, nil
}
