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
	m.Keys = MapKeys(d.Kinds, says)
	return m
}

// MapKeys explains marks; says are what they mean, by kind.
func MapKeys(kinds []string, says map[string]string) []MapKey {
	var keys []MapKey
	for _, kind := range kinds {
		keys = append(keys, MapKey{kind, says[kind], atlas.Shape(kind)})
	}
	return keys
}

// LiveMap is what the script of a map over our own tiles starts with. Without a
// script it shows nothing: the map beside it does.
type LiveMap struct {
	Tiles string // before /z/x/y.mvt
	Tag   string // of what the tiles are made from
	At    string // longitude and latitude of the middle, in degrees
	Zoom  int    // 0: all of the box, as near as it goes
	Box   string // of all there is: west, south, east, north, in degrees
	Page  string // of a transformer, before its number
	Now   string // what is asked for below one now, before its number
	Words string // texts, as JSON
	// Plots are before /z/x/y.mvt of the parcels, from zoom PlotZoom on; PlotAt answers
	// which one lies at a place.
	Plots, PlotAt string
	PlotZoom      int
	Keys          []MapKey
}
