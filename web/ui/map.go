package ui

import (
	"html/template"

	"aiqyn/web/ui/atlas"
)

// Map is a map with what its marks mean and where the same stands in words.
type Map struct {
	atlas.Drawing
	Keys []MapKey
	Twin Link
}

// MapKey explains the mark of a kind of place.
type MapKey struct {
	Kind, Text string
	Shape      template.HTML
}

// manyPlaces is from how many places on marks are drawn smaller.
const manyPlaces = 60

// Crowded reports whether marks are drawn smaller.
func (m Map) Crowded() bool { return m.Shown > manyPlaces }

// NewMap puts a drawing on a page; says are what its marks mean, by kind.
func NewMap(d atlas.Drawing, says map[string]string, twin Link) *Map {
	m := &Map{Drawing: d, Twin: twin}
	for _, kind := range d.Kinds {
		m.Keys = append(m.Keys, MapKey{kind, says[kind], atlas.Shape(kind)})
	}
	return m
}
