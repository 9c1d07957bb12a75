package main

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"aiqyn"
	"aiqyn/simulate"
	"aiqyn/store"
	"aiqyn/web"
)

// shownPersona is what is kept of somebody whom a visitor can be.
type shownPersona struct {
	Name  string     `json:"name"`
	Phone string     `json:"phone"`
	Role  aiqyn.Role `json:"role"`
	Title aiqyn.Text `json:"title"`
	Try   aiqyn.Text `json:"try"`
}

const castSetting = "demo.cast"

// writeCast keeps whom a visitor can be, with the parcel and the power that the
// sentence about them is about.
func writeCast(ctx context.Context, db *store.DB, personas []simulate.Persona) error {
	cast := make([]shownPersona, len(personas))
	for i, p := range personas {
		cast[i] = shownPersona{Name: p.Name.String(), Phone: p.Phone, Role: p.Actor.Role, Title: p.Title, Try: about(p)}
	}
	text, err := json.Marshal(cast)
	if err != nil {
		return err
	}
	return db.PutSetting(ctx, castSetting, string(text))
}

// about adds to the sentence what has to be typed.
func about(p simulate.Persona) aiqyn.Text {
	if p.Parcel == "" || p.KW == 0 {
		return p.Try
	}
	kw := strconv.Itoa(p.KW)
	add := func(sentence, parcel, unit string) string {
		return strings.TrimSpace(sentence) + " (" + parcel + " " + p.Parcel + ", " + kw + " " + unit + ")"
	}
	return aiqyn.Text{KK: add(p.Try.KK, "учаске", "кВт"), RU: add(p.Try.RU, "участок", "кВт"), EN: add(p.Try.EN, "parcel", "kW")}
}

func readCast(ctx context.Context, db *store.DB) ([]shownPersona, error) {
	text, err := db.Setting(ctx, castSetting)
	if err != nil {
		return nil, err
	}
	var cast []shownPersona
	if err := json.Unmarshal([]byte(text), &cast); err != nil {
		return nil, fmt.Errorf("setting %s: %w", castSetting, err)
	}
	return cast, nil
}

// personas are the cast as the pages show it.
func personas(cast []shownPersona) []web.Persona {
	list := make([]web.Persona, len(cast))
	for i, p := range cast {
		list[i] = web.Persona{Name: p.Name, Role: p.Role, Phone: p.Phone, About: p.Try}
	}
	return list
}
