package atlas

import (
	"html"
	"strings"
)

// Plot is a piece of the ground that can be chosen.
type Plot struct {
	Ring       []Spot // not closed
	Name, Href string
}

// plots draws each as a link; the Tab key stops at none, for they are many and the list
// beside the map has them.
func (f frame) plots(b *strings.Builder, list []Plot) {
	for _, p := range list {
		if path := f.ring(p.Ring); path != "" {
			b.WriteString(`<a href="` + html.EscapeString(p.Href) + `" tabindex="-1" aria-label="` + html.EscapeString(p.Name) + `"><path class="map__plot" d="` + path + `"><title>` + html.EscapeString(p.Name) + `</title></path></a>`)
		}
	}
}
